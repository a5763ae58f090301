//! Citations in pandoc's way: `[@key]`, `[zie @a, p. 3; -@b]`.

use std::ops::Range;

use pulldown_cmark::LinkType;

use super::super::body::{Citation, Context, HoleKind};
use super::escape;
use super::writer::{OpenLink, Writer};
use crate::html;

/// A citation as typed, without its place.
#[derive(Debug, PartialEq, Eq)]
pub struct Parsed {
    key: String,
    prefix: String,
    locator: String,
    year_only: bool,
}

/// The citations between two brackets, or none if this is something else: every `@` must start a key.
pub fn parse(label: &str) -> Option<Vec<Parsed>> {
    if !label.contains('@') {
        return None;
    }
    // First, for an entity ends in a semicolon.
    let label = escape::decode_entities(label);
    let mut found: Vec<Parsed> = Vec::new();
    let mut prefix = String::new();
    for part in label.split(';') {
        let marks = marks(part)?;
        if marks.is_empty() {
            match found.last_mut() {
                Some(last) if !part.trim().is_empty() => {
                    let joint = if last.locator.is_empty() { "" } else { "; " };
                    last.locator = format!("{}{joint}{}", last.locator, plain(part));
                }
                Some(_) => {}
                None => prefix = format!("{prefix}{}; ", plain(part)),
            }
            continue;
        }
        let mut start = 0;
        for (position, mark) in marks.iter().enumerate() {
            let own = plain(part[start..mark.start].trim_start_matches(','));
            let rest = &part[mark.end..];
            let last = position + 1 == marks.len();
            found.push(Parsed {
                key: part[mark.key..mark.end].to_owned(),
                prefix: std::mem::take(&mut prefix) + &own,
                locator: if last { plain(rest.trim_start().trim_start_matches(',')) } else { String::new() },
                year_only: mark.key - mark.start == 2,
            });
            start = mark.end;
        }
    }
    (!found.is_empty()).then_some(found)
}

fn plain(text: &str) -> String {
    html::valid(escape::unescape(text).trim())
}

/// Where in a text a key is cited.
struct Mark {
    /// Of `@`, or of the hyphen before it.
    start: usize,
    /// Of the key.
    key: usize,
    /// Behind the key.
    end: usize,
}

/// All keys of a part; none if there is an `@` that starts no key, as in an e-mail address.
fn marks(part: &str) -> Option<Vec<Mark>> {
    let mut marks = Vec::new();
    for (at, _) in part.match_indices('@') {
        let before = &part[..at];
        let head = before.strip_suffix('-').unwrap_or(before);
        if !head.is_empty() && !head.ends_with([' ', '\t', '\n', '\r', '(', '\u{a0}']) {
            return None;
        }
        let key = at + 1;
        let length = part[key..].find(|next: char| !next.is_ascii_alphanumeric() && !"_:.-".contains(next));
        let typed = &part[key..length.map_or(part.len(), |length| key + length)];
        let typed = typed.trim_end_matches(['_', ':', '.', '-']);
        if !typed.starts_with(|first: char| first.is_ascii_alphanumeric()) {
            return None;
        }
        marks.push(Mark { start: head.len(), key, end: key + typed.len() });
    }
    Some(marks)
}

impl Writer<'_, '_> {
    /// A bracket that the parser took for a link because it holds citations; returns the index of the next event.
    pub fn start_citations(&mut self, at: usize, link_type: LinkType, label: &str) -> usize {
        let (events, span) = (self.events, self.events.span(at));
        let end = events.end_of(at);
        if self.inside_link() {
            let inner = self.source.get(span).unwrap_or_default().to_owned();
            self.text(&inner);
            return end + 1;
        }
        if link_type != LinkType::ReferenceUnknown {
            self.write_citations(label, span);
            return end + 1;
        }
        // `[...][@key]`: the first bracket is a group of its own, or ordinary text.
        let inner_end = if end > at + 1 { events.span(end - 1).end } else { span.start + 1 };
        let opening = span.start + usize::from(self.source[span.start..].starts_with('!')) + 1;
        let second = inner_end.max(opening).min(span.end)..span.end;
        let first = self.source.get(opening..second.start).unwrap_or_default();
        if parse(first).is_some() {
            let first = first.to_owned();
            self.write_citations(&first, opening..second.start);
            self.write_citations(label, second);
            return end + 1;
        }
        self.text("[");
        self.open_link(OpenLink::Citations { label: label.to_owned(), span: second });
        at + 1
    }

    /// Writes the group of a bracket.
    pub fn write_citations(&mut self, label: &str, span: Range<usize>) {
        let Some(parsed) = parse(label) else {
            self.text(&format!("[{label}]"));
            return;
        };
        let start = self.body.citations.len();
        let mut searched = span.start;
        for citation in parsed {
            let mark = format!("@{}", citation.key);
            let place = self.source.get(searched..span.end).and_then(|rest| rest.find(&mark)).map(|at| searched + at + 1);
            let place = place.map_or(span.clone(), |at| at..at + citation.key.len());
            searched = if place == span { searched } else { place.end };
            self.block.cite(self.body.citations.len());
            self.body.citations.push(Citation {
                key: citation.key,
                prefix: citation.prefix,
                locator: citation.locator,
                year_only: citation.year_only,
                span: self.in_file(&place),
                anchor: format!("cite-{}", self.body.citations.len() + 1),
                context: Context::default(),
            });
        }
        self.out.hole(HoleKind::Citations { group: start..self.body.citations.len() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(label: &str) -> Vec<(String, String, String, bool)> {
        let parsed = parse(label).unwrap_or_default();
        parsed.into_iter().map(|one| (one.prefix, one.key, one.locator, one.year_only)).collect()
    }

    fn one(prefix: &str, key: &str, locator: &str, year_only: bool) -> (String, String, String, bool) {
        (prefix.to_owned(), key.to_owned(), locator.to_owned(), year_only)
    }

    #[test]
    fn a_bracket_may_hold_several_sources_with_words_before_and_pages_after() {
        assert_eq!(read("@szw-2021"), [one("", "szw-2021", "", false)]);
        assert_eq!(read("zie @a, p. 3; -@b."), [one("zie", "a", "p. 3", false), one("", "b", ".", true)]);
        assert_eq!(read("@a p. 3; 5"), [one("", "a", "p. 3; 5", false)]);
        assert_eq!(read("@a en @b, h. 2"), [one("", "a", "", false), one("en", "b", "h. 2", false)]);
        assert_eq!(read("@a p. 3\0"), [one("", "a", "p. 3\u{fffd}", false)], "pages have no control characters");
        assert_eq!(read(r"vgl.; @a, p.&nbsp;1\_2"), [one("vgl.; ", "a", "p.\u{a0}1_2", false)]);
    }

    #[test]
    fn an_address_or_a_lone_at_sign_is_no_citation() {
        for label in ["info@uwv.nl", "@", "@a; mail x@y.nl", "@-a", "geen"] {
            assert_eq!(parse(label), None, "{label}");
        }
    }
}

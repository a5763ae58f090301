//! Links: what an address means after decoding, and links to pages of the site.

use std::ops::Range;

use pulldown_cmark::LinkType;

use super::super::body::{Context, External, HoleKind, Link, LinkTarget};
use super::context::Subject;
use super::escape;
use super::writer::{OpenLink, Writer};
use crate::diagnostic::Diagnostic;

/// Where an address leads.
#[derive(Debug, PartialEq, Eq)]
pub enum Destination {
    /// To another site.
    External,
    /// To a mail or telephone program.
    Contact,
    /// To a page of the site, and a heading there.
    Page(LinkTarget, Option<String>),
    /// Nowhere.
    Empty,
    /// To what is not allowed.
    Refused,
}

/// The address as the most lenient browser could read it: decoded, without white space, control and invisible characters,
/// with backslashes as slashes.
fn canonical(address: &str) -> String {
    let mut text = address.to_owned();
    for _ in 0..3 {
        let decoded = escape::decode_percent(&escape::decode_entities(&text));
        if decoded == text {
            break;
        }
        text = decoded;
    }
    let invisible =
        |one: char| matches!(one, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    text.chars()
        .filter(|one| !one.is_whitespace() && !one.is_control() && !invisible(*one))
        .map(|one| if one == '\\' { '/' } else { one })
        .collect()
}

/// What stands before the first colon, if that comes before any slash, question mark or hash.
fn scheme(canonical: &str) -> Option<String> {
    let end = canonical.find([':', '/', '?', '#'])?;
    canonical[end..].starts_with(':').then(|| canonical[..end].to_ascii_lowercase())
}

/// Whether an image's address names another site, or data within itself.
pub fn leaves_the_site(address: &str) -> bool {
    let canonical = canonical(address);
    canonical.starts_with("//") || scheme(&canonical).is_some()
}

/// What an address in a link means.
pub fn destination(address: &str) -> Destination {
    let canonical = canonical(address);
    if canonical.is_empty() {
        return Destination::Empty;
    }
    if canonical.starts_with("//") {
        return Destination::Refused;
    }
    if let Some(scheme) = scheme(&canonical) {
        // The plain address must say it too: `java%73cript:` decodes to a scheme, but is not how one writes `https:`.
        let plain = address.to_ascii_lowercase();
        return match scheme.as_str() {
            "http" | "https" if plain.starts_with(&format!("{scheme}://")) => Destination::External,
            "mailto" | "tel" if plain.starts_with(&format!("{scheme}:")) => Destination::Contact,
            _ => Destination::Refused,
        };
    }
    let (path, heading) = address.split_once('#').unwrap_or((address, ""));
    let heading = Some(escape::decode_percent(heading)).filter(|heading| !heading.trim().is_empty());
    let target = match path.strip_prefix('/') {
        Some(address) => LinkTarget::Address(address.to_owned()),
        None if path.is_empty() => LinkTarget::SamePage,
        None => LinkTarget::File(escape::decode_percent(path)),
    };
    Destination::Page(target, heading)
}

impl Writer<'_, '_> {
    /// Any link; returns the index of the next event.
    pub fn start_link(&mut self, at: usize, link_type: LinkType, address: &str, title: &str, label: &str) -> usize {
        let span = self.events.span(at);
        match link_type {
            LinkType::WikiLink { has_pothole } => return self.start_wiki_link(at, address, has_pothole),
            LinkType::ShortcutUnknown | LinkType::CollapsedUnknown | LinkType::ReferenceUnknown => {
                return self.start_citations(at, link_type, label);
            }
            _ if self.inside_link() => self.open_link(OpenLink::Text),
            LinkType::Email => self.anchor(&format!("mailto:{address}"), title, None),
            _ => match destination(address) {
                Destination::External => self.anchor(address, title, Some(span)),
                Destination::Contact => self.anchor(address, title, None),
                Destination::Page(..) | Destination::Empty if !self.options.extensions => self.anchor(address, title, None),
                Destination::Page(LinkTarget::File(file), _) if file.starts_with("www.") => {
                    let typed = self.source.get(span.clone()).unwrap_or_default();
                    let mut diagnostic = Diagnostic::error("link-www").with("address", address);
                    diagnostic.replacement = typed.contains("(www.").then(|| typed.replacen("(www.", "(https://www.", 1));
                    self.report(diagnostic, &span);
                    self.open_link(OpenLink::Text);
                }
                Destination::Page(target, heading) => self.page_link(target, heading, &span),
                Destination::Empty => {
                    self.report(Diagnostic::error("link-empty"), &span);
                    self.open_link(OpenLink::Text);
                }
                Destination::Refused => {
                    self.report(Diagnostic::error("link-scheme").with("address", address), &span);
                    self.open_link(OpenLink::Text);
                }
            },
        }
        at + 1
    }

    /// `external` is the place of the whole link, if it leads to another site.
    fn anchor(&mut self, address: &str, title: &str, external: Option<Range<usize>>) {
        self.out.push(if external.is_some() { "<a class=\"external\" href=\"" } else { "<a href=\"" });
        escape::href(&mut self.out.html, address);
        self.out.push("\"");
        if external.is_some() {
            self.out.push(" rel=\"noopener\"");
        }
        if !title.is_empty() {
            self.out.attribute("title", title);
        }
        self.out.push(">");
        self.open_link(OpenLink::Anchor { address: address.to_owned(), external });
    }

    fn page_link(&mut self, target: LinkTarget, heading: Option<String>, span: &Range<usize>) {
        let index = self.add_link(target, heading, span);
        self.out.hole(HoleKind::LinkStart(index));
        self.open_link(OpenLink::Page { index, span: span.clone() });
    }

    fn add_link(&mut self, target: LinkTarget, heading: Option<String>, span: &Range<usize>) -> usize {
        self.body.links.push(Link { target, heading, span: self.in_file(span), context: Context::default() });
        self.body.links.len() - 1
    }

    /// Takes up the link of `[[target#heading]]`; its place is that of the target between the brackets.
    pub fn add_wiki_link(&mut self, typed: &str, span: &Range<usize>) -> usize {
        // In a table the bar is escaped: `[[id\|text]]`.
        let typed = typed.strip_suffix('\\').unwrap_or(typed);
        let opening = self.source.get(span.clone()).and_then(|text| text.find("[[")).map_or(span.start, |at| span.start + at + 2);
        let (name, heading) = typed.split_once('#').unwrap_or((typed, ""));
        let (target, marked) = if name.trim().is_empty() {
            (LinkTarget::SamePage, typed)
        } else {
            (LinkTarget::Name(escape::decode_entities(name.trim())), name)
        };
        let start = opening + marked.len() - marked.trim_start().len();
        let place = start..start + marked.trim().len();
        let place = if self.source.get(place.clone()) == Some(marked.trim()) { place } else { span.clone() };
        let heading = Some(heading.trim().to_owned()).filter(|heading| !heading.is_empty());
        self.add_link(target, heading, &place)
    }

    /// `[[target]]`, or a card in the middle of a sentence; returns the index of the next event.
    pub fn start_wiki_link(&mut self, at: usize, typed: &str, has_text: bool) -> usize {
        let (events, span) = (self.events, self.events.span(at));
        let end = events.end_of(at);
        let text = has_text && events.inside(at).any(|event| !matches!(event, pulldown_cmark::Event::Text(text) if text.is_empty()));
        let nested = self.inside_link();
        if nested && text {
            self.open_link(OpenLink::Text);
            return at + 1;
        }
        let start = self.block.text.len();
        if nested {
            self.text(typed);
            return end + 1;
        }
        let index = self.add_wiki_link(typed, &span);
        self.out.hole(HoleKind::LinkStart(index));
        if text {
            self.open_link(OpenLink::Page { index, span: 0..0 });
            return at + 1;
        }
        self.out.hole(HoleKind::LinkTitle(index));
        self.out.push("</a>");
        // The title is not known here; what was typed stands for it in the plain text.
        self.block.text.push_str(typed.trim_start_matches('#'));
        self.block.mention(start, Subject::Link(index, false));
        end + 1
    }

    /// Begins a link of any sort, so that its end knows what to write.
    pub fn open_link(&mut self, link: OpenLink) {
        let (text, html, holes) = (self.block.text.len(), self.out.html.len(), self.out.holes.len());
        self.quiet += usize::from(link.is_anchor());
        self.links.push((link, text, html, holes));
    }

    /// Whether an `<a>` is open; there can be no other within it.
    pub fn inside_link(&self) -> bool {
        self.links.iter().any(|(link, ..)| link.is_anchor())
    }

    /// Ends the innermost link; `last` is the index of the event before its end.
    pub fn end_link(&mut self, last: usize) {
        let Some((link, start, html, holes)) = self.links.pop() else { return };
        let empty = self.out.html.len() == html && self.out.holes.len() == holes;
        self.quiet = self.quiet.saturating_sub(usize::from(link.is_anchor()));
        match link {
            OpenLink::Text => {}
            OpenLink::Anchor { address, external } => {
                if empty && self.options.extensions {
                    self.out.text(&address);
                }
                self.out.push("</a>");
                if let Some(link) = external {
                    let place = self.external_place(&link, last, &address);
                    self.body.external.push(External { address, span: self.in_file(&place) });
                }
            }
            OpenLink::Page { index, span } => {
                if empty {
                    self.out.hole(HoleKind::LinkTitle(index));
                }
                self.out.push("</a>");
                self.block.mention(start, Subject::Link(index, !empty));
                if let Some(place) = self.address_place(&span, last) {
                    let place = self.in_file(&place);
                    if let Some(link) = self.body.links.get_mut(index) {
                        link.span = place;
                    }
                }
            }
            OpenLink::Citations { label, span } => {
                self.text("]");
                self.write_citations(&label, span);
            }
        }
    }

    /// Where this address stands in a link to another site: between its brackets, or between `<` and `>`.
    fn external_place(&self, link: &Range<usize>, last: usize, address: &str) -> Range<usize> {
        let auto = (link.start + 1).min(link.end)..link.end.saturating_sub(1).max(link.start + 1);
        let places = [self.address_place(link, last), Some(auto)];
        let is_there = |place: &Range<usize>| self.source.get(place.clone()) == Some(address);
        places.into_iter().flatten().find(is_there).unwrap_or_else(|| link.clone())
    }

    /// Where the address of `[text](address)` stands, given the link's span and the last event within it.
    fn address_place(&self, span: &Range<usize>, last: usize) -> Option<Range<usize>> {
        let behind_text = self.events.span(last).end;
        let from = if behind_text > span.start && behind_text < span.end { behind_text } else { span.start };
        let rest = self.source.get(from..span.end)?;
        let open = rest.find("](")? + 2;
        let typed = rest[open..].trim_start();
        let start = from + rest.len() - typed.len();
        let (start, typed, ends): (usize, &str, &[char]) = match typed.strip_prefix('<') {
            Some(inner) => (start + 1, inner, &['>']),
            None => (start, typed, &[' ', '\t', '\n', '\r']),
        };
        let length = typed.find(ends).unwrap_or(typed.len().saturating_sub(1));
        Some(start..start + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_four_schemes_lead_away_however_they_are_written() {
        assert_eq!(destination("https://vng.nl/a?b#c"), Destination::External);
        assert_eq!(destination("HTTP://vng.nl"), Destination::External);
        assert_eq!(destination("mailto:a@b.nl"), Destination::Contact);
        assert_eq!(destination("tel:+31701234567"), Destination::Contact);
        for address in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "javascript%3Aalert(1)",
            "javascript&colon;alert(1)",
            "java&#x0A;script&#58;alert(1)",
            "%256aavascript:alert(1)",
            "java\u{200b}script:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "//elders.nl",
            "/\\elders.nl",
            "\\\\elders.nl",
            "/\t/elders.nl",
            "http:elders.nl",
            "https:\\\\elders.nl",
            "x-eigen:iets",
        ] {
            assert_eq!(destination(address), Destination::Refused, "{address:?}");
        }
    }

    #[test]
    fn what_has_no_scheme_is_a_page_of_the_site() {
        let page = |target, heading: &str| Destination::Page(target, Some(heading.to_owned()).filter(|one| !one.is_empty()));
        assert_eq!(destination("../vragen/v-1.md#Wat%20nu"), page(LinkTarget::File("../vragen/v-1.md".to_owned()), "Wat nu"));
        assert_eq!(destination("bijlage.pdf"), page(LinkTarget::File("bijlage.pdf".to_owned()), ""));
        assert_eq!(destination("bijlage%20%C3%A9%C3%A9n.pdf"), page(LinkTarget::File("bijlage één.pdf".to_owned()), ""));
        assert_eq!(destination("/kaart/#x:y"), page(LinkTarget::Address("kaart/".to_owned()), "x:y"));
        assert_eq!(destination("#kop"), page(LinkTarget::SamePage, "kop"));
        assert_eq!(destination(" "), Destination::Empty);
    }
}

//! Headings: their anchors, unique on the page, and their levels, which may not skip one.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use pulldown_cmark::HeadingLevel;

use super::super::body::Heading;
use super::output::{LateIndex, Output};
use super::writer::Writer;
use crate::diagnostic::Diagnostic;

/// The heading that is being read.
pub struct OpenHeading {
    late: LateIndex,
    level: u8,
    id: Option<String>,
    span: Range<usize>,
}

/// The anchors of a page.
#[derive(Debug, Default)]
pub struct Anchors {
    taken: HashSet<String>,
    next: HashMap<String, usize>,
}

impl Anchors {
    /// The wish itself, or with -2, -3 if it has been given out; `cite-1` and the like belong to the citations and footnotes.
    pub fn unique(&mut self, wish: &str) -> String {
        let numbered = ["cite-", "fn-", "fnref-"]
            .iter()
            .any(|start| wish.strip_prefix(start).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit())));
        // The reference list and the theme's own sections have ids that start with these.
        let reserved = numbered || wish.starts_with("ref-") || wish.starts_with("page-") || wish == "menu";
        let wish = if reserved { format!("kop-{wish}") } else { wish.to_owned() };
        if self.taken.insert(wish.clone()) {
            return wish;
        }
        let next = self.next.entry(wish.clone()).or_insert(2);
        loop {
            let anchor = format!("{wish}-{next}");
            *next += 1;
            if self.taken.insert(anchor.clone()) {
                return anchor;
            }
        }
    }
}

/// A heading's text as an address: ASCII, lower case, words joined by hyphens. Empty if nothing of it is left.
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for character in deunicode::deunicode(text).chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if character != '\'' && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

impl Writer<'_, '_> {
    /// Opens a heading; its anchor is filled in at its end, when its text is known.
    pub fn start_heading(&mut self, level: HeadingLevel, id: Option<&str>, span: &Range<usize>) {
        let level = level as u8;
        let expected = (self.last_level + 1).min(6);
        if level < 2 || level > expected {
            let expected = expected.clamp(2, level.max(2));
            let typed = self.source.get(span.clone()).unwrap_or_default().trim_end();
            let mut diagnostic = Diagnostic::error("heading-level").with("level", level).with("expected", expected);
            if typed.starts_with('#') {
                diagnostic = diagnostic.replace_by(format!("{}{}", "#".repeat(expected.into()), typed.trim_start_matches('#')));
            }
            self.report(diagnostic, &(span.start..span.start + typed.len()));
        }
        self.last_level = level.max(2);
        self.out.fresh_line();
        self.out.push(&format!("<h{level}"));
        let late = self.out.later();
        self.out.push(">");
        self.quiet += 1;
        let id = id.map(|id| id.chars().filter(|one| !one.is_whitespace() && !one.is_control()).collect());
        self.heading = Some(OpenHeading { late, level, id, span: span.clone() });
    }

    /// Closes a heading and gives it its anchor.
    pub fn end_heading(&mut self) {
        let Some(heading) = self.heading.take() else { return };
        let text = self.block.text.trim().to_owned();
        let wish = heading.id.filter(|id: &String| !id.is_empty()).unwrap_or_else(|| slug(&text));
        let number = self.body.headings.len() + 1;
        let anchor = self.anchors.unique(&if wish.is_empty() { format!("kop-{number}") } else { wish });
        let mut late = Output::default();
        late.attribute("id", &anchor);
        self.out.fill(heading.late, late);
        self.quiet = self.quiet.saturating_sub(1);
        self.out.push(&format!("</h{}>\n", heading.level));
        let span = self.in_file(&heading.span);
        self.end_block();
        if text.is_empty() {
            let typed = self.source.get(heading.span.clone()).unwrap_or_default().trim_end().len();
            self.report(Diagnostic::error("heading-empty"), &(heading.span.start..heading.span.start + typed));
        }
        let end = self.body.plain.len();
        let plain = end - text.len()..end;
        self.body.headings.push(Heading { level: heading.level, text, anchor, span, plain });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_readable_ascii() {
        assert_eq!(slug("Wat wéten we? (2021–2025)"), "wat-weten-we-2021-2025");
        assert_eq!(slug("  Eén 'voorbeeld' "), "een-voorbeeld");
        assert_eq!(slug("?!"), "");
    }

    #[test]
    fn anchors_are_given_out_once() {
        let mut anchors = Anchors::default();
        let given: Vec<String> = ["a", "a-2", "a", "a", "cite-1"].iter().map(|wish| anchors.unique(wish)).collect();
        assert_eq!(given, ["a", "a-2", "a-3", "a-4", "kop-cite-1"]);
    }
}

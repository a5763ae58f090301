//! Footnotes in GitHub's way: numbered by their first reference, gathered at the end, with ways back.

use std::collections::HashMap;

use super::super::body::HoleKind;
use super::output::{LateIndex, Output};
use super::writer::Writer;
use crate::diagnostic::Diagnostic;

/// The footnotes that are referred to, in the order of their numbers.
#[derive(Debug, Default)]
pub struct Footnotes {
    notes: Vec<Note>,
    /// By the start of their definition.
    numbers: HashMap<usize, usize>,
}

#[derive(Debug)]
struct Note {
    definition: usize,
    references: usize,
}

impl Writer<'_, '_> {
    /// A reference to a footnote.
    pub fn footnote_reference(&mut self, name: &str) {
        let Some(definition) = self.events.definition(name) else {
            self.text(&format!("[^{name}]"));
            return;
        };
        let next = self.footnotes.notes.len();
        let index = *self.footnotes.numbers.entry(definition).or_insert(next);
        if index == next {
            self.footnotes.notes.push(Note { definition, references: 0 });
        }
        let references = self.footnotes.notes.get_mut(index).map_or(1, |note| {
            note.references += 1;
            note.references
        });
        let number = index + 1;
        let (open, close) =
            if self.inside_link() { (String::new(), "") } else { (format!("<a href=\"#fn-{number}\" role=\"doc-noteref\">"), "</a>") };
        let id = reference_id(number, references);
        self.out.push(&format!("<sup class=\"footnote-ref\" id=\"{id}\">{open}{number}{close}</sup>"));
    }

    /// A bracket that looks like a reference but has no definition; the parser sees ordinary text.
    pub fn check_unknown_footnote(&mut self, bracket: usize) {
        let Some(rest) = self.source.get(bracket + 1..).and_then(|rest| rest.strip_prefix('^')) else { return };
        let Some((end, _)) = rest.char_indices().take(100).find(|(_, next)| matches!(next, ']' | '[' | '\n')) else { return };
        let name = &rest[..end];
        if name.is_empty() || name.contains(char::is_whitespace) || !rest[end..].starts_with(']') {
            return;
        }
        let span = bracket..bracket + 2 + end + 1;
        self.report(Diagnostic::error("footnote-unknown").with("name", name), &span);
    }

    /// Writes all footnotes that were referred to, also from one another.
    pub fn write_footnotes(&mut self) {
        let mut places: Vec<LateIndex> = Vec::new();
        while let Some(definition) = self.footnotes.notes.get(places.len()).map(|note| note.definition) {
            if places.is_empty() {
                self.out.fresh_line();
                self.out.push("<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"");
                self.out.hole(HoleKind::Word("body.footnotes"));
                self.out.push("\">\n<ol>\n");
            }
            self.out.push(&format!("<li id=\"fn-{}\">", places.len() + 1));
            self.walk(definition + 1, self.events.end_of(definition));
            self.end_block();
            let html = &self.out.html;
            places.push(if html.ends_with("</p>\n") { self.out.later_at(html.len() - "</p>\n".len()) } else { self.out.later() });
            self.out.push("</li>\n");
        }
        if places.is_empty() {
            return;
        }
        self.out.push("</ol>\n</section>\n");
        for (index, place) in places.into_iter().enumerate() {
            let references = self.footnotes.notes.get(index).map_or(0, |note| note.references);
            let mut late = Output::default();
            for reference in 1..=references {
                late.push(&format!(" <a class=\"footnote-back\" href=\"#{}\" role=\"doc-backlink\"", reference_id(index + 1, reference)));
                late.push(" aria-label=\"");
                late.hole(HoleKind::Word("body.footnote_back"));
                if reference > 1 {
                    late.push(&format!(" ({reference})\">↩<sup>{reference}</sup></a>"));
                } else {
                    late.push("\">↩</a>");
                }
            }
            self.out.fill(place, late);
        }
    }

    /// Definitions that nothing refers to, and second definitions of one name.
    pub fn check_unused_footnotes(&mut self) {
        let events = self.events;
        for (definition, name) in events.definitions() {
            let code = match events.definition(name) {
                Some(first) if first != definition => "footnote-double",
                _ if self.footnotes.numbers.contains_key(&definition) => continue,
                _ => "footnote-unused",
            };
            let start = events.span(definition).start;
            let length = self.source.get(start..).and_then(|rest| rest.find(']')).map_or(0, |at| at + 1);
            self.report(Diagnostic::warning(code).with("name", name), &(start..start + length));
        }
    }
}

fn reference_id(number: usize, reference: usize) -> String {
    if reference == 1 { format!("fnref-{number}") } else { format!("fnref-{number}-{reference}") }
}

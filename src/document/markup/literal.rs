//! Signs of markup that a reader would see, for something about them is mistyped; and cells of tables that nobody would see.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::super::body::Unlinked;
use super::events::Events;
use crate::diagnostic::Diagnostic;

/// Longer than this is no key of a source.
const LONGEST_KEY: usize = 120;

/// What was found.
#[derive(Default)]
pub struct Literal {
    /// What is wrong, with its places in the text.
    pub diagnostics: Vec<(Diagnostic, Range<usize>)>,
    /// Ids that stand in the text as if they were to be links.
    pub unlinked: Vec<Unlinked>,
}

/// Looks through the events of a text.
pub fn find(source: &str, events: &Events<'_>) -> Literal {
    let mut found = Literal::default();
    let mut columns = 0;
    let mut starts_line = true;
    // What stands in the text as it was typed, as far as no other markup interrupts it.
    let mut run: Option<Range<usize>> = None;
    let mut at = 0;
    while let Some(event) = events.get(at) {
        let span = events.span(at);
        if let Event::Text(_) = event
            && let Some(run) = run.as_mut().filter(|run| run.end == span.start)
        {
            run.end = span.end;
            at += 1;
            continue;
        }
        if let Some(run) = run.take() {
            found.look_at(source, &run, starts_line);
            starts_line = false;
        }
        match event {
            Event::Text(_) => run = Some(span),
            Event::SoftBreak | Event::HardBreak | Event::Start(Tag::Item) => starts_line = true,
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Link { .. } | Tag::Image { .. }) => {
                starts_line = false;
                at = events.end_of(at);
            }
            Event::Start(Tag::Table(alignments)) => columns = alignments.len(),
            Event::Start(Tag::TableRow) => found.row(source, &span, columns),
            Event::Start(Tag::Paragraph) => {
                starts_line = true;
                found.table(source, &span);
            }
            _ => starts_line = false,
        }
        at += 1;
    }
    if let Some(run) = run {
        found.look_at(source, &run, starts_line);
    }
    found
}

impl Literal {
    fn warn(&mut self, code: &'static str, span: Range<usize>, replacement: Option<String>) {
        let mut diagnostic = Diagnostic::warning(code);
        diagnostic.replacement = replacement;
        self.diagnostics.push((diagnostic, span));
    }

    fn look_at(&mut self, source: &str, run: &Range<usize>, starts_line: bool) {
        let Some(text) = source.get(run.clone()) else { return };
        let is_escaped = |at: usize| source[..run.start + at].ends_with('\\');
        let place = |range: Range<usize>| run.start + range.start..run.start + range.end;
        let hashes = text.len() - text.trim_start_matches('#').len();
        if starts_line && (2..=6).contains(&hashes) && !is_escaped(0) && text[hashes..].starts_with(char::is_alphanumeric) {
            self.warn("heading-no-space", place(0..hashes), Some(format!("{} ", &text[..hashes])));
        }
        // Nearly all text ends here. Without a way out early, many bytes are compared at once.
        if !text.bytes().fold(false, |found, byte| found | matches!(byte, b'[' | b']' | b'*' | b'@')) {
            return;
        }
        if let Some(at) = text.find("[[").filter(|at| !is_escaped(*at)) {
            let end = text[at..].find(']').map(|end| at + end + 1);
            let mended = end.map(|end| format!("{}]", &text[at..end]));
            self.warn("wikilink-open", place(at..end.unwrap_or(at + 2)), mended);
        }
        for gap in ["] (http", "] (../"] {
            if let Some(at) = text.find(gap) {
                self.warn("link-space", place(at..at + 3), Some("](".to_owned()));
            }
        }
        if let Some(at) = text.find("**").filter(|at| !is_escaped(*at)) {
            let touches = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
            if touches(text[..at].chars().next_back()) || touches(text[at + 2..].chars().next()) {
                self.warn("emphasis-open", place(at..at + 2), None);
            }
        }
        for (at, sign) in text.match_indices(['@', '[']) {
            let before = text[..at].chars().next_back();
            if is_escaped(at) || before.is_some_and(char::is_alphanumeric) || text[at + 1..].starts_with(sign) {
                continue;
            }
            let start = if sign == "@" && matches!(before, Some('[' | '(')) { at - 1 } else { at };
            let key_at = at + 1 + usize::from(text[at + 1..].starts_with(' '));
            let length = text[key_at..].find(|next: char| !next.is_ascii_alphanumeric() && next != '-').unwrap_or(text.len() - key_at);
            let key = text[key_at..key_at + length].trim_end_matches('-');
            let closes = text[key_at + key.len()..].starts_with([']', ')']);
            if key.is_empty() || key.len() > LONGEST_KEY || (sign == "[" && !closes) {
                continue;
            }
            let end = key_at + key.len() + usize::from(closes && (start < at || sign == "["));
            self.unlinked.push(Unlinked { key: key.to_owned(), is_citation: sign == "@", span: place(start..end) });
        }
    }

    /// What stands in a row beyond the last column is on no page.
    fn row(&mut self, source: &str, span: &Range<usize>, columns: usize) {
        let row = source.get(span.clone()).unwrap_or_default().trim();
        let cells = cells(row);
        if cells > columns {
            let start = span.start + source[span.clone()].find(row).unwrap_or(0);
            let diagnostic = Diagnostic::error("table-cells").with("cells", cells).with("columns", columns);
            self.diagnostics.push((diagnostic, start..start + row.len()));
        }
    }

    /// A paragraph that looks like a table has no line of dashes below its head, or one of another length.
    fn table(&mut self, source: &str, span: &Range<usize>) {
        let text = source.get(span.clone()).unwrap_or_default();
        let mut lines = text.lines();
        let (Some(head), Some(next)) = (lines.next().map(str::trim_end), lines.next()) else { return };
        if head.len() > 2 && head.starts_with('|') && head.ends_with('|') && next.trim_start().starts_with('|') {
            let columns = cells(head);
            let rule = format!("|{}", "---|".repeat(columns));
            let has_dashes = next.trim().chars().all(|char| matches!(char, '|' | '-' | ':' | ' '));
            let end = if has_dashes { text.find(next).unwrap_or(0) + next.len() } else { head.len() };
            self.warn("table-no-rule", span.start..span.start + end, Some(format!("{head}\n{rule}")));
        }
    }
}

/// How many cells a row of a table has.
fn cells(row: &str) -> usize {
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = row.strip_suffix('|').filter(|rest| !rest.ends_with('\\')).unwrap_or(row);
    let bars = row.bytes().zip(std::iter::once(b' ').chain(row.bytes()));
    1 + bars.filter(|(byte, before)| *byte == b'|' && *before != b'\\').count()
}

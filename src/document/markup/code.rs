//! Code blocks and formulas: text in another language, handed to the part that knows it.

use std::ops::Range;

use pulldown_cmark::CodeBlockKind;

use super::super::body::HoleKind;
use super::super::{highlight, math};
use super::escape;
use super::writer::Writer;
use crate::chart::Chart;
use crate::diagnostic::Diagnostic;

/// The language that a block names; empty if none.
pub(super) fn language<'a>(kind: &'a CodeBlockKind) -> &'a str {
    let info = match kind {
        CodeBlockKind::Fenced(info) => info.trim(),
        CodeBlockKind::Indented => "",
    };
    info.split(char::is_whitespace).next().unwrap_or_default()
}

impl Writer<'_, '_> {
    /// A code block; returns the index of the next event.
    pub fn code_block(&mut self, at: usize, kind: &CodeBlockKind) -> usize {
        let events = self.events;
        let code = events.code(at);
        let language = language(kind);
        self.out.fresh_line();
        if language == "chart" && self.options.extensions && self.chart(&code, &events.span(at)) {
            return events.end_of(at) + 1;
        }
        self.out.push("<pre class=\"code\"><code");
        if !language.is_empty() {
            self.out.push(" class=\"language-");
            escape::attribute(&mut self.out.html, language);
            self.out.push("\"");
        }
        self.out.push(">");
        match self.highlighted(language, &code, &events.span(at)) {
            Some(html) => self.out.push(&html),
            None => self.out.text(&code),
        }
        self.out.push("</code></pre>\n");
        events.end_of(at) + 1
    }

    /// Leaves a hole for a chart, if the block describes one; else says what is wrong and lets the block be shown as code.
    fn chart(&mut self, code: &str, span: &Range<usize>) -> bool {
        let read = serde_yaml::from_str::<Chart>(code).map_err(|error| error.to_string());
        let checked = read.and_then(|chart| chart.problem().map_or(Ok(chart), |problem| Err(problem.to_owned())));
        match checked {
            Ok(chart) => {
                self.out.hole(HoleKind::Chart(self.body.charts.len()));
                self.body.charts.push(chart);
                true
            }
            Err(message) => {
                self.report(Diagnostic::error("chart").with("message", message), span);
                true
            }
        }
    }

    fn highlighted(&mut self, language: &str, code: &str, span: &Range<usize>) -> Option<String> {
        if !self.options.extensions || language.is_empty() {
            return None;
        }
        let highlighted = highlight::highlight(language, code);
        if highlighted.is_none() {
            let place = self.source.get(span.clone()).and_then(|text| text.find(language)).map_or(span.clone(), |at| {
                let start = span.start + at;
                start..start + language.len()
            });
            let nearest = highlight::nearest_language(language).unwrap_or_default();
            let code = if nearest.is_empty() { "code-language-plain" } else { "code-language" };
            self.report(Diagnostic::warning(code).with("language", language).with("nearest", nearest), &place);
        }
        highlighted
    }

    /// A formula.
    pub fn formula(&mut self, latex: &str, display: bool, span: &Range<usize>) {
        match math::mathml(latex, display) {
            Ok(html) => self.out.push(&html),
            Err(message) => {
                self.report(Diagnostic::error("math").with("message", message), span);
                self.out.push("<code>");
                self.out.text(latex);
                self.out.push("</code>");
            }
        }
        if !display {
            self.block.text.push_str(latex);
        }
    }
}

//! A problem in the words and with the lines that the preview shows of it.

use serde::Serialize;

use super::views::Views;
use crate::diagnostic::{Diagnostic, Locator, Texts};
use crate::source::Sources;

/// Lines that are shown before the one that is marked.
const BEFORE: usize = 2;

/// A problem with all that is shown of it.
#[derive(Debug, Serialize)]
pub struct Problem {
    /// `error` or `warning`.
    pub severity: &'static str,
    word: &'static str,
    code: &'static str,
    message: String,
    help: String,
    /// The file, if it is about one.
    pub file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    excerpt: Vec<Line>,
    replacement: Option<String>,
}

/// A line of an excerpt; only the last one has a marked part.
#[derive(Debug, Serialize)]
struct Line {
    number: usize,
    before: String,
    marked: String,
    after: String,
}

/// A problem in a language.
pub fn problem(diagnostic: &Diagnostic, sources: Option<&Sources>, language: &str) -> Problem {
    let texts = Texts::of(Views::language(language));
    let found = sources.and_then(|sources| Locator::new(sources).locate(diagnostic));
    let location = found.as_ref().and_then(|(_, location)| location.as_ref());
    let excerpt = found.as_ref().zip(location).map_or_else(Vec::new, |((source, _), location)| {
        let lines: Vec<&str> = source.text.lines().collect();
        let last = location.line.min(lines.len());
        let first = last.saturating_sub(BEFORE).max(1);
        let line = |number: usize| {
            let text = lines.get(number - 1).copied().unwrap_or_default();
            if number < last {
                return Line { number, before: text.to_owned(), marked: String::new(), after: String::new() };
            }
            let length = source.text[location.span.clone()].lines().next().unwrap_or_default().chars().count();
            let letters: Vec<char> = text.chars().collect();
            let start = (location.column - 1).min(letters.len());
            let end = (start + length).min(letters.len());
            let part = |range: std::ops::Range<usize>| letters[range].iter().collect::<String>();
            Line { number, before: part(0..start), marked: part(start..end), after: part(end..letters.len()) }
        };
        (first..=last).map(line).collect()
    });
    Problem {
        severity: diagnostic.severity.word(),
        word: texts.severity(diagnostic.severity),
        code: diagnostic.code,
        message: texts.message(diagnostic),
        help: texts.help(diagnostic),
        file: diagnostic.file.as_deref().map(str::to_owned),
        line: location.map(|location| location.line),
        column: location.map(|location| location.column),
        excerpt,
        replacement: diagnostic.replacement.clone(),
    }
}

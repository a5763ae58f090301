//! What is wrong, as part of a page: each problem in plain words, with its line and what to type instead.

use serde::Serialize;

use super::desk::{self, Section};
use super::state::State;
use super::views::Views;
use crate::diagnostic::{Diagnostic, Severity, Texts, locate};
use crate::source::Sources;

/// No more problems than this are shown at once; mending the first often mends the rest.
const MOST: usize = 40;

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
    let found = sources.and_then(|sources| locate(diagnostic, sources));
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

#[derive(Serialize)]
struct Panel<'a> {
    problems: Vec<Problem>,
    errors: usize,
    /// Whether the page under the panel is what was saved last.
    current: bool,
    more: usize,
    /// Whether the page's own list is asked for.
    own: bool,
    file: Option<&'a str>,
    warnings: Vec<Problem>,
    sections: Vec<Section>,
}

/// What the panel is about.
#[derive(Debug)]
pub struct Subject<'a> {
    /// What is wrong with the page that no other page knows of.
    pub extra: &'a [Diagnostic],
    /// Whether the page's own list is asked for.
    pub own: bool,
    /// The file that the page was made of, where that is known.
    pub file: Option<&'a str>,
}

/// The panel of a page: everything that keeps the last save from being shown, and what the page itself asks for, if that is
/// what somebody wants to know.
pub fn render(views: &Views, state: &State, subject: &Subject<'_>, language: &str) -> String {
    let sources = state.latest.as_ref().map(|snapshot| &snapshot.sources);
    let extra = subject.extra;
    let errors = state.errors().count() + extra.iter().filter(|one| one.severity == Severity::Error).count();
    let all: Vec<&Diagnostic> = if errors > 0 { extra.iter().chain(state.problems.iter()).collect() } else { Vec::new() };
    let is_own = |one: &&Diagnostic| subject.own && subject.file.is_some() && one.file.as_deref() == subject.file;
    let sections = if subject.own && subject.file.is_some() { desk::sections(views, state, language, subject.file) } else { Vec::new() };
    let panel = Panel {
        problems: all.iter().take(MOST).map(|one| problem(one, sources, language)).collect(),
        errors,
        current: state.is_current() && extra.is_empty(),
        more: all.len().saturating_sub(MOST),
        own: subject.own,
        file: subject.file,
        warnings: state.problems.iter().filter(is_own).map(|one| problem(one, sources, language)).collect(),
        sections,
    };
    views.render("panel.html", language, &panel)
}

//! What is wrong, as part of a page: each problem in plain words, with its line and what to type instead.

use serde::Serialize;

use super::desk::{self, Section};
use super::problem::{Problem, problem};
use super::state::State;
use super::views::Views;
use crate::diagnostic::{Diagnostic, Severity};

/// No more problems than this are shown at once; mending the first often mends the rest.
const MOST: usize = 40;

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

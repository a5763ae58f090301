//! What tabs are shown at one moment: the last good site, and what is wrong with the one after it.

use std::sync::Arc;

use crate::config::{self, Config};
use crate::diagnostic::{Diagnostic, Severity};
use crate::snapshot::{Snapshot, has_errors};

/// The site as the preview shows it, from one change to the next.
#[derive(Debug, Default, Clone)]
pub struct State {
    /// Counts the rebuilds; zero until the first is done.
    pub revision: u64,
    /// The last snapshot that was good; until there is one, the last of which pages can be made at all.
    pub shown: Option<Arc<Snapshot>>,
    /// The rebuild that made it.
    pub shown_revision: u64,
    /// The last snapshot.
    pub latest: Option<Arc<Snapshot>>,
    /// All that is known to be wrong with it, errors first.
    pub problems: Arc<[Diagnostic]>,
    /// Changes whenever tabs have to show other problems.
    pub problems_stamp: u64,
    /// `site.yaml`, as it last could be read.
    pub config: Option<Arc<Config>>,
    /// Whether a snapshot was ever good.
    was_good: bool,
    /// What could not be read of the folder.
    unreadable: Vec<Diagnostic>,
}

impl State {
    /// The state after a rebuild. `unreadable` are the problems of reading the folder.
    #[must_use]
    pub fn next(&self, snapshot: Snapshot, unreadable: Vec<Diagnostic>) -> Self {
        let snapshot = Arc::new(snapshot);
        let is_good = !snapshot.is_broken() && !has_errors(&unreadable);
        let can_be_shown = is_good || (!self.was_good && snapshot.site.is_some());
        Self {
            revision: self.revision + 1,
            shown_revision: if can_be_shown { self.revision + 1 } else { self.shown_revision },
            shown: if can_be_shown { Some(snapshot.clone()) } else { self.shown.clone() },
            problems: in_order(&unreadable, &snapshot.diagnostics),
            problems_stamp: self.problems_stamp + 1,
            config: read_config(&snapshot).or_else(|| self.config.clone()),
            was_good: self.was_good || is_good,
            latest: Some(snapshot),
            unreadable,
        }
    }

    /// The same state, once all pages of its last snapshot were looked at; nothing if that told nothing new.
    pub fn checked(&self, found: &[Diagnostic]) -> Option<Self> {
        let problems = in_order(&self.unreadable, found);
        (problems != self.problems).then(|| Self { problems, problems_stamp: self.problems_stamp + 1, ..self.clone() })
    }

    /// The errors that are known.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error)
    }

    /// Whether what is shown is what was saved last.
    pub fn is_current(&self) -> bool {
        self.shown.as_ref().zip(self.latest.as_ref()).is_some_and(|(shown, latest)| Arc::ptr_eq(shown, latest))
    }

    /// The language in which to speak to somebody of whom nothing else is known.
    pub fn language(&self) -> &str {
        self.config.as_ref().map_or("en", |config| config.first_language())
    }
}

fn in_order(unreadable: &[Diagnostic], found: &[Diagnostic]) -> Arc<[Diagnostic]> {
    let mut all: Vec<Diagnostic> = unreadable.iter().chain(found).cloned().collect();
    all.sort_by_key(|diagnostic| diagnostic.severity);
    all.into()
}

fn read_config(snapshot: &Snapshot) -> Option<Arc<Config>> {
    let file = snapshot.sources.get("site.yaml")?;
    let bytes = file.bytes();
    config::read(&file.path, std::str::from_utf8(&bytes).ok()?, None).ok().map(Arc::new)
}

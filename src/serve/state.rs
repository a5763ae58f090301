//! What tabs are shown at one moment: the last good site, and what is wrong with the one after it.

use std::sync::Arc;

use crate::config::{self, Config};
use crate::diagnostic::{Diagnostic, Severity};
use crate::snapshot::Snapshot;

/// The site as the preview shows it, from one rebuild to the next.
#[derive(Debug, Default)]
pub struct State {
    /// Counts the rebuilds; zero until the first is done.
    pub revision: u64,
    /// The last snapshot that can be shown.
    pub shown: Option<Arc<Snapshot>>,
    /// The last snapshot.
    pub latest: Option<Arc<Snapshot>>,
    /// All that is wrong with it, errors first.
    pub problems: Arc<[Diagnostic]>,
    /// The revision in which the errors among them last changed.
    pub errors_since: u64,
    /// `site.yaml`, as it last could be read.
    pub config: Option<Arc<Config>>,
}

impl State {
    /// The state after a rebuild. `problems` are those of reading the folder.
    #[must_use]
    pub fn next(&self, snapshot: Snapshot, problems: Vec<Diagnostic>) -> Self {
        let snapshot = Arc::new(snapshot);
        let mut all: Vec<Diagnostic> = problems;
        all.extend(snapshot.diagnostics().iter().cloned());
        all.sort_by_key(|diagnostic| diagnostic.severity);
        let revision = self.revision + 1;
        let errors =
            |all: &[Diagnostic]| -> Vec<Diagnostic> { all.iter().filter(|one| one.severity == Severity::Error).cloned().collect() };
        let same = errors(&all) == errors(&self.problems);
        let is_good = !snapshot.is_broken() && !all.iter().any(|one| one.severity == Severity::Error);
        Self {
            revision,
            shown: if is_good { Some(snapshot.clone()) } else { self.shown.clone() },
            config: read_config(&snapshot).or_else(|| self.config.clone()),
            latest: Some(snapshot),
            // The excerpts move with the text around them, so errors that are still there are shown anew.
            errors_since: if same && errors(&all).is_empty() { self.errors_since } else { revision },
            problems: all.into(),
        }
    }

    /// The errors that keep the last save from being shown.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error)
    }

    /// The language in which to speak to somebody of whom nothing else is known.
    pub fn language(&self) -> &str {
        self.config.as_ref().map_or("en", |config| config.first_language())
    }
}

fn read_config(snapshot: &Snapshot) -> Option<Arc<Config>> {
    let file = snapshot.sources().get("site.yaml")?;
    let text = std::str::from_utf8(&file.bytes).ok()?;
    config::read(&file.path, text, None).ok().map(Arc::new)
}

//! A diagnostic: what is wrong in an editor's file, where, and what to type instead.
//!
//! Stages raise diagnostics as plain data (a code and the words that fill its text); the text itself stands in a
//! catalogue per language, and the place is found in the file's bytes only when the diagnostic is shown.

mod format;
mod locate;
mod place;
mod texts;

pub use format::{Format, render, sort};
pub use locate::Locator;
pub use place::{Excerpt, KeyPart, KeyPath, KeyStep, Location, Place, SourceText};
pub use texts::{Texts, codes};

use std::fmt;
use std::sync::Arc;

use crate::words::Words;

/// How bad it is: an error stops the build, a warning does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The site is not published.
    Error,
    /// The site is published; somebody should look.
    Warning,
}

impl Severity {
    /// The word that formats for machines use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// The path of a file below the site's root, with `/` between its parts on every system.
pub type SitePath = Arc<str>;

/// One problem with its place. Create it with [`Diagnostic::error`] or [`Diagnostic::warning`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Names the text in the catalogues, e.g. `unknown-key`; also the rule id for machines.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// The file to open; none for a problem of the site as a whole.
    pub file: Option<SitePath>,
    /// Where in that file.
    pub place: Place,
    /// What fills the `{holes}` of the text, in no particular order.
    pub words: Vec<(&'static str, String)>,
    /// The same, for words that the site has in several languages.
    pub translated: Vec<(&'static str, Words)>,
    /// Text to put in the place of the marked text, where that is known for certain.
    pub replacement: Option<String>,
    /// A second place that belongs to it, e.g. the first of two equal ids.
    pub related: Option<(SitePath, Place)>,
}

impl Diagnostic {
    /// An error with a code of the catalogues; give it a file, a place and words with the methods below.
    pub fn error(code: &'static str) -> Self {
        Self::new(Severity::Error, code)
    }

    /// A warning with a code of the catalogues.
    pub fn warning(code: &'static str) -> Self {
        Self::new(Severity::Warning, code)
    }

    fn new(severity: Severity, code: &'static str) -> Self {
        Self { code, severity, file: None, place: Place::File, words: Vec::new(), translated: Vec::new(), replacement: None, related: None }
    }

    /// The file that it is about.
    #[must_use]
    pub fn in_file(mut self, file: &SitePath) -> Self {
        self.file = Some(file.clone());
        self
    }

    /// The place in the file: a byte range or a key of its front matter.
    #[must_use]
    pub fn at(mut self, place: impl Into<Place>) -> Self {
        self.place = place.into();
        self
    }

    /// Fills the hole `{name}` of the text.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.words.push((name, value.to_string()));
        self
    }

    /// Fills the hole `{name}` with words that the site has in several languages.
    #[must_use]
    pub fn with_words(mut self, name: &'static str, words: &Words) -> Self {
        self.translated.push((name, words.clone()));
        self
    }

    /// What to type in the place of the marked text.
    #[must_use]
    pub fn replace_by(mut self, text: impl Into<String>) -> Self {
        self.replacement = Some(text.into());
        self
    }

    /// A second place to show.
    #[must_use]
    pub fn related_to(mut self, file: &SitePath, place: impl Into<Place>) -> Self {
        self.related = Some((file.clone(), place.into()));
        self
    }
}

/// The known name that is nearest to what was typed, if it is near enough to be meant.
///
/// Near is an edit distance of at most a third of the longer of the two (Damerau-Levenshtein, adjacent swaps count as one),
/// or one of the two being the start of the other and at least half as long; a true slip wins over a mere start.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let lower = candidate.to_lowercase();
        let longest = typed.chars().count().max(lower.chars().count());
        let shortest = typed.chars().count().min(lower.chars().count());
        let is_start = shortest >= 3 && shortest * 2 >= longest && (lower.starts_with(&typed) || typed.starts_with(&lower));
        // Counted in halves, so that a start stands between one slip and two.
        let slips = edit_distance(&typed, &lower) * 2;
        let distance = if is_start { slips.min(3) } else { slips };
        if (is_start || distance * 3 <= longest * 2) && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, name)| name)
}

fn edit_distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().take(64).collect();
    let right: Vec<char> = right.chars().take(64).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut current = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let mut least = (previous[j] + usize::from(a != b)).min(previous[j + 1] + 1).min(current[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                least = least.min(before[j - 1] + 1);
            }
            current.push(least);
        }
        before = previous;
        previous = current;
    }
    previous[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_a_likely_slip_and_never_a_wild_guess() {
        let known = ["titel", "status", "volgende_stap", "zekerheid"];
        assert_eq!(nearest("titl", known), Some("titel"));
        assert_eq!(nearest("statsu", known), Some("status"));
        assert_eq!(nearest("volgende", known), Some("volgende_stap"));
        assert_eq!(nearest("appel", known), None);
        assert_eq!(nearest("minumum", ["min", "minimum"]), Some("minimum"));
        assert_eq!(nearest("Klimroos van de buren", ["klimroos"]), None);
    }
}

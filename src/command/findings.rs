//! What a build or a check says of the problems of a site.

use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};

use super::{Arguments, FormatArgument, in_words, say, warn_line};
use crate::diagnostic::{Diagnostic, Severity, Texts};
use crate::source::Sources;

/// What is said of the problems of a site.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Findings {
    text: String,
    pub errors: usize,
    warnings: usize,
}

impl Findings {
    pub(super) fn of(arguments: &Arguments, diagnostics: &[Diagnostic], sources: &Sources, language: &str) -> Self {
        let count = |severity: Severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        let text = in_words(arguments, diagnostics, sources, language);
        Self { text, errors: count(Severity::Error), warnings: count(Severity::Warning) }
    }

    /// Writes them and how many there are.
    pub(super) fn say(&self, arguments: &Arguments, language: &str, bar: &ProgressBar) {
        let Self { text, errors, warnings } = self;
        let to_programs = !matches!(arguments.format, FormatArgument::Human);
        if to_programs || errors + warnings > 0 {
            bar.finish_and_clear();
            say(arguments, text);
        }
        if !to_programs && errors + warnings > 0 {
            let texts = Texts::of(language);
            let site = match language {
                _ if *errors == 0 => "",
                "nl" => " De site is niet veranderd.",
                _ => " The site was not changed.",
            };
            let (errors, warnings) = (texts.counted(*errors, Severity::Error), texts.counted(*warnings, Severity::Warning));
            warn_line(format_args!("{errors}, {warnings}.{site}"));
        }
    }
}

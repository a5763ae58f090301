//! The texts of all diagnostics, per language, with holes for the words of the case at hand.

use std::sync::OnceLock;

use indexmap::IndexMap;
use serde::Deserialize;

use super::{Diagnostic, Severity};

/// The texts of one language.
#[derive(Debug)]
pub struct Texts {
    language: &'static str,
    texts: IndexMap<String, Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    message: String,
    #[serde(default)]
    help: String,
}

impl Texts {
    /// Dutch for `nl`, English for every other language.
    pub fn of(language: &str) -> &'static Self {
        static DUTCH: OnceLock<Texts> = OnceLock::new();
        static ENGLISH: OnceLock<Texts> = OnceLock::new();
        if language == "nl" {
            DUTCH.get_or_init(|| read("nl", include_str!("nl.yaml")))
        } else {
            ENGLISH.get_or_init(|| read("en", include_str!("en.yaml")))
        }
    }

    /// What is wrong, in one sentence.
    pub fn message(&self, diagnostic: &Diagnostic) -> String {
        let text = self.texts.get(diagnostic.code);
        text.map_or_else(|| diagnostic.code.to_owned(), |text| fill(&text.message, diagnostic, self.language))
    }

    /// What to type instead; empty where nothing can be said.
    pub fn help(&self, diagnostic: &Diagnostic) -> String {
        self.texts.get(diagnostic.code).map_or_else(String::new, |text| fill(&text.help, diagnostic, self.language))
    }

    /// The word before a message.
    pub fn severity(&self, severity: Severity) -> &'static str {
        match (severity, self.language) {
            (Severity::Error, "nl") => "fout",
            (Severity::Warning, "nl") => "let op",
            (severity, _) => severity.word(),
        }
    }

    /// How many there are of a severity: one error, two errors.
    pub fn counted(&self, count: usize, severity: Severity) -> String {
        let [one, many] = match (severity, self.language) {
            (Severity::Error, "nl") => ["fout", "fouten"],
            (Severity::Error, _) => ["error", "errors"],
            (Severity::Warning, "nl") => ["waarschuwing", "waarschuwingen"],
            (Severity::Warning, _) => ["warning", "warnings"],
        };
        format!("{count} {}", if count == 1 { one } else { many })
    }

    /// The word before what to type.
    pub fn help_word(&self) -> &'static str {
        if self.language == "nl" { "doe dit" } else { "help" }
    }
}

/// All codes, in the order of the English catalogue.
pub fn codes() -> impl Iterator<Item = &'static str> {
    Texts::of("en").texts.keys().map(String::as_str)
}

/// The catalogues are compiled in and a test reads them, so what cannot be read here is an empty catalogue, not a panic.
fn read(language: &'static str, yaml: &str) -> Texts {
    Texts { language, texts: serde_yaml::from_str(yaml).unwrap_or_default() }
}

fn fill(text: &str, diagnostic: &Diagnostic, language: &str) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        let Some(length) = rest[start..].find('}') else { break };
        let name = &rest[start + 1..start + length];
        let plain = diagnostic.words.iter().find(|(word, _)| *word == name).map(|(_, value)| value.as_str());
        let translated = || diagnostic.translated.iter().find(|(word, _)| *word == name).map(|(_, words)| words.get(language));
        match plain.or_else(translated) {
            Some(value) => filled.push_str(value),
            None => filled.push_str(&rest[start..=start + length]),
        }
        rest = &rest[start + length + 1..];
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_codes_and_the_same_holes() {
        let holes = |text: &str| {
            let mut found: Vec<String> =
                text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name.to_owned()).collect();
            found.sort();
            found.dedup();
            found
        };
        let (dutch, english) = (Texts::of("nl"), Texts::of("en"));
        assert!(english.texts.len() > 40, "the catalogue is read");
        assert_eq!(dutch.texts.keys().collect::<Vec<_>>(), english.texts.keys().collect::<Vec<_>>());
        for (code, text) in &english.texts {
            let other = &dutch.texts[code];
            assert_eq!(holes(&text.message), holes(&other.message), "{code}");
            assert_eq!(holes(&text.help), holes(&other.help), "{code}");
        }
    }
}

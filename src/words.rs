//! Words that exist once per language of the site.

use indexmap::IndexMap;
use serde::Deserialize;

/// A text in several languages, by language code, in the order of the file; a plain string counts for all languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "RawWords")]
pub struct Words(IndexMap<String, String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum RawWords {
    One(String),
    PerLanguage(IndexMap<String, String>),
}

impl From<RawWords> for Words {
    fn from(raw: RawWords) -> Self {
        match raw {
            RawWords::One(text) => Self(IndexMap::from([(String::new(), text)])),
            RawWords::PerLanguage(texts) => Self(texts),
        }
    }
}

impl Words {
    /// A text in Dutch and in English.
    pub fn pair(dutch: &str, english: &str) -> Self {
        let texts = [("nl", dutch), ("en", english)];
        Self(texts.into_iter().map(|(language, text)| (language.to_owned(), text.to_owned())).collect())
    }

    /// The text in a language, else in the first language that has one, else nothing.
    pub fn get(&self, language: &str) -> &str {
        self.0.get(language).or_else(|| self.0.first().map(|(_, text)| text)).map_or("", String::as_str)
    }

    /// The same words with something done to each text.
    #[must_use]
    pub fn map(&self, change: impl Fn(&str) -> String) -> Self {
        Self(self.0.iter().map(|(language, text)| (language.clone(), change(text))).collect())
    }

    /// Several words in a row, with commas between.
    #[must_use]
    pub fn joined<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        let mut joined: IndexMap<String, String> = IndexMap::new();
        for words in all {
            for (language, text) in &words.0 {
                let entry = joined.entry(language.clone()).or_default();
                if !entry.is_empty() {
                    entry.push_str(", ");
                }
                entry.push_str(text);
            }
        }
        Self(joined)
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a reader of this language gets words of that language.
    pub fn has(&self, language: &str) -> bool {
        self.0.contains_key(language) || self.0.contains_key("")
    }
}

/// The forms of a phrase for one and for several, with `{count}` as a hole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plural {
    /// For exactly one; the other form where it is missing.
    #[serde(default)]
    pub one: Option<String>,
    /// For every other number.
    pub other: String,
}

impl Plural {
    /// The phrase for this number, filled in.
    pub fn fill(&self, count: usize) -> String {
        let form = if count == 1 { self.one.as_ref().unwrap_or(&self.other) } else { &self.other };
        form.replace("{count}", &count.to_string())
    }
}

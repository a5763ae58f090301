//! What a word and its inflections have in common.

use std::borrow::Cow;

use rust_stemmers::Algorithm;

/// The stemmer of a language.
pub struct Stemmer {
    snowball: Option<rust_stemmers::Stemmer>,
    dutch: bool,
}

impl std::fmt::Debug for Stemmer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Stemmer {{ dutch: {}, snowball: {} }}", self.dutch, self.snowball.is_some())
    }
}

impl Stemmer {
    /// Snowball's algorithm for the language: for Dutch the one by Porter (2001), not that of Kraaij and Pohlmann, which
    /// takes *begeleiding* for *beleid*; for English Porter 2.
    pub fn new(language: &str) -> Self {
        let algorithm = match language {
            "nl" => Some(Algorithm::Dutch),
            "en" => Some(Algorithm::English),
            _ => None,
        };
        Self { snowball: algorithm.map(rust_stemmers::Stemmer::create), dutch: language == "nl" }
    }

    /// The stem of a folded word. A word with a digit, or with letters other than a to z, is its own.
    pub fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        let Some(snowball) = self.snowball.as_ref().filter(|_| word.bytes().all(|byte| byte.is_ascii_lowercase())) else {
            return Cow::Borrowed(word);
        };
        let stem = snowball.stem(word);
        // What stands between two vowels sounds voiced and is written so: huizen and huis, brieven and brief.
        let hard = match stem.as_bytes().last() {
            Some(b'z') if self.dutch => "s",
            Some(b'v') if self.dutch => "f",
            _ => return stem,
        };
        Cow::Owned(format!("{}{hard}", &stem[..stem.len() - 1]))
    }
}

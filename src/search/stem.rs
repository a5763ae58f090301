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
        if self.dutch { finish_dutch(stem) } else { stem }
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// What Snowball's Dutch algorithm leaves apart, although Dutch spells it by rule: plurals of words that end in a vowel
/// (studies, stages, maatjes, ideeën), verbs in -t (werkt, leert), participles (verhuurd), words in -s (kans and kansen),
/// doubled consonants (lessen), doubled vowels after another one (sociaal), and consonants that are voiced between vowels
/// (huizen, brieven).
fn finish_dutch(stem: Cow<'_, str>) -> Cow<'_, str> {
    let mut letters = stem.as_bytes().to_vec();
    if letters.ends_with(b"ieen") || letters.ends_with(b"eeen") {
        letters.truncate(letters.len() - 2);
    }
    single(&mut letters);
    harden(&mut letters);
    if let [.., before, b's'] = letters[..]
        && letters.len() > 3
        && !is_vowel(before)
        && before != b'j'
    {
        letters.pop();
    }
    if letters.len() > 4 && letters.ends_with(b"es") {
        match letters[letters.len() - 3] {
            b'i' => letters.truncate(letters.len() - 1),
            vowel if is_vowel(vowel) => {}
            _ => letters.truncate(letters.len() - 2),
        }
    }
    if is_participle(&letters) {
        letters.pop();
    }
    if let [.., before, b't'] = letters[..]
        && letters.len() > 3
        && matches!(before, b'd' | b'f' | b'g' | b'k' | b'l' | b'm' | b'p' | b'r')
    {
        letters.pop();
    }
    single(&mut letters);
    harden(&mut letters);
    if let [.., first, second, last] = letters[..]
        && first == second
        && letters.len() > 3
        && matches!(first, b'a' | b'e' | b'o' | b'u')
        && !is_vowel(last)
    {
        let at = letters.len() - 2;
        letters.remove(at);
    }
    match String::from_utf8(letters) {
        Ok(finished) if finished != stem => Cow::Owned(finished),
        _ => stem,
    }
}

/// Whether this ends as a participle that has no *ge*, or in *-eerd*: verhuurd, ontwikkeld, georganiseerd.
fn is_participle(letters: &[u8]) -> bool {
    const PREFIXES: [&[u8]; 4] = [b"be", b"her", b"ont", b"ver"];
    let [.., before, b'd'] = letters[..] else { return false };
    let prefixed = PREFIXES.iter().any(|prefix| letters.starts_with(prefix));
    letters.len() > 6
        && (letters.ends_with(b"eerd") || (prefixed && matches!(before, b'b' | b'g' | b'l' | b'm' | b'r' | b'v' | b'w' | b'z')))
        && letters != b"verkeerd"
}

/// Makes one of a doubled consonant at the end.
fn single(letters: &mut Vec<u8>) {
    if let [.., before, last] = letters[..]
        && before == last
        && !is_vowel(last)
    {
        letters.pop();
    }
}

/// Writes the last consonant as it is written at the end of a word.
fn harden(letters: &mut [u8]) {
    if let Some(last) = letters.last_mut() {
        match *last {
            b'z' => *last = b's',
            b'v' => *last = b'f',
            _ => {}
        }
    }
}

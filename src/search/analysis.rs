//! How a text becomes words that can be looked up, and how a language is analysed.
//!
//! `search-words.js` does the same in a browser; `tests/vectors/analysis.json` holds both to one behaviour.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashSet;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::stem::Stemmer;

/// Longer words are cut, in characters: nobody types them, and pasted rubbish must not fill the lexicon.
const LONGEST: usize = 64;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// The whole word, folded; without the hyphens and apostrophes inside.
    pub whole: Cow<'a, str>,
    /// The pieces of a word with hyphens or apostrophes, folded; empty for a plain word.
    pub pieces: Vec<String>,
}

/// What is done with the words of a language.
#[derive(Debug)]
pub struct Analysis {
    /// Its code.
    pub language: String,
    stemmer: Stemmer,
    function_words: FxHashSet<&'static str>,
}

impl Analysis {
    /// The analysis of a language; one without rules of its own is folded only.
    pub fn new(language: &str) -> Self {
        let words = match language {
            "nl" => include_str!("words/nl.function.txt"),
            "en" => include_str!("words/en.function.txt"),
            _ => "",
        };
        Self {
            language: language.to_owned(),
            stemmer: Stemmer::new(language),
            function_words: words.split_whitespace().filter(|word| !word.starts_with('#')).collect(),
        }
    }

    /// Whether a folded word is one that every text has.
    pub fn is_function_word(&self, word: &str) -> bool {
        self.function_words.contains(word)
    }

    /// The function words, in order.
    pub fn function_words(&self) -> Vec<&'static str> {
        let mut words: Vec<&'static str> = self.function_words.iter().copied().collect();
        words.sort_unstable();
        words
    }

    /// What a folded word and its inflections have in common.
    pub fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        self.stemmer.stem(word)
    }
}

fn is_letter(character: char) -> bool {
    // The soft hyphen is where a browser may break a word, not where a word ends.
    character.is_alphanumeric() || character == '\u{ad}' || (!character.is_ascii() && is_combining_mark(character))
}

fn is_joint(character: char) -> bool {
    matches!(character, '-' | '\u{2010}' | '\u{2011}' | '\'' | '\u{2019}')
}

/// What a byte says of the character that it begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A letter or digit that is as it is looked up.
    Folded,
    Capital,
    Other,
    /// Must be decoded first.
    Unknown,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Unknown; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        classes[byte as usize] = match byte {
            b'a'..=b'z' | b'0'..=b'9' => Class::Folded,
            b'A'..=b'Z' => Class::Capital,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

/// Where the first byte stands that is not of this class, the end if there is none, and what it is.
fn pass(text: &str, from: usize, class: Class) -> (usize, Class) {
    let rest = &text.as_bytes()[from..];
    let at = rest.iter().position(|byte| CLASSES[usize::from(*byte)] != class).unwrap_or(rest.len());
    (from + at, rest.get(at).map_or(Class::Other, |byte| CLASSES[usize::from(*byte)]))
}

/// Where the first letter stands; the end of the text if there is none.
fn next_letter(text: &str, from: usize) -> usize {
    let mut at = from;
    loop {
        let (next, class) = pass(text, at, Class::Other);
        let Some(character) = text[next..].chars().next() else { return next };
        if class != Class::Unknown || is_letter(character) {
            return next;
        }
        at = next + character.len_utf8();
    }
}

/// Where the letters end that stand here, and whether all of them are as they are looked up.
fn end_of_letters(text: &str, from: usize) -> (usize, bool) {
    let (mut at, mut is_folded) = (from, true);
    loop {
        // Nearly all letters are, and need not be decoded.
        let (next, class) = pass(text, at, Class::Folded);
        let Some(character) = text[next..].chars().next() else { return (next, is_folded) };
        if class == Class::Other || !is_letter(character) {
            return (next, is_folded);
        }
        is_folded = false;
        at = next + character.len_utf8();
    }
}

/// The words of a text, in order.
///
/// A word is a run of letters and digits; a single hyphen or apostrophe between two runs joins them. An apostrophe with one
/// or two letters after it is an ending and falls off (foto's, MBO'er).
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = next_letter(text, at);
        if start == text.len() {
            return None;
        }
        // Most words are one run, for which nothing need be kept.
        let mut runs: Vec<(Range<usize>, char)> = Vec::new();
        let mut from = start;
        let mut joint = ' ';
        let mut is_folded;
        loop {
            (at, is_folded) = end_of_letters(text, from);
            let mut next = text[at..].chars();
            let (Some(between), Some(after)) = (next.next(), next.next()) else { break };
            if !is_joint(between) || !is_letter(after) {
                break;
            }
            runs.push((from..at, joint));
            joint = between;
            from = at + between.len_utf8();
        }
        if runs.is_empty() {
            let word = &text[start..at];
            let whole = if is_folded && word.len() <= LONGEST { Cow::Borrowed(word) } else { fold(word) };
            return Some(Token { range: start..at, whole, pieces: Vec::new() });
        }
        runs.push((from..at, joint));
        Some(joined(text, &runs))
    })
}

fn joined<'a>(text: &'a str, runs: &[(Range<usize>, char)]) -> Token<'a> {
    let range = runs[0].0.start..runs[runs.len() - 1].0.end;
    let mut pieces: Vec<String> = Vec::with_capacity(runs.len());
    for (run, joint) in runs {
        let piece = fold(&text[run.clone()]).into_owned();
        if matches!(joint, '\'' | '\u{2019}') && piece.chars().count() <= 2 {
            continue;
        }
        pieces.push(piece);
    }
    let whole: String = pieces.concat().chars().take(LONGEST).collect();
    if pieces.len() == 1 {
        pieces.clear();
    }
    pieces.retain(|piece| piece.chars().count() > 1);
    Token { range, whole: Cow::Owned(whole), pieces }
}

/// A word in lower case without accents: één becomes een, coördinatie becomes coordinatie.
pub fn fold(word: &str) -> Cow<'_, str> {
    if word.len() <= LONGEST && word.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase()) {
        return Cow::Borrowed(word);
    }
    if word.is_ascii() {
        let mut folded = word.to_ascii_lowercase();
        folded.truncate(LONGEST);
        return Cow::Owned(folded);
    }
    let mut folded = String::with_capacity(word.len());
    for character in word.to_lowercase().nfkd().filter(|character| !is_combining_mark(*character) && *character != '\u{ad}') {
        match character {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            other => folded.push(other),
        }
    }
    if let Some((end, _)) = folded.char_indices().nth(LONGEST) {
        folded.truncate(end);
    }
    Cow::Owned(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors() -> serde_json::Value {
        serde_json::from_str(include_str!("../../tests/vectors/analysis.json")).expect("the vectors are JSON")
    }

    #[test]
    fn texts_are_cut_as_the_browser_cuts_them() {
        for vector in vectors()["tokens"].as_array().expect("a list") {
            let text = vector["text"].as_str().expect("a text");
            let found: Vec<Vec<String>> =
                tokens(text).map(|token| std::iter::once(token.whole.into_owned()).chain(token.pieces).collect()).collect();
            assert_eq!(serde_json::json!(found), vector["tokens"], "{text:?}");
        }
    }

    #[test]
    fn words_are_stemmed_as_the_browser_stems_them() {
        for (language, words) in vectors()["stems"].as_object().expect("by language") {
            let analysis = Analysis::new(language);
            for (word, stem) in words.as_object().expect("by word") {
                assert_eq!(*stem, *analysis.stem(word), "{language} {word}");
            }
        }
    }

    #[test]
    fn inflections_of_a_dutch_word_meet() {
        let analysis = Analysis::new("nl");
        let families =
            ["studie studies", "kans kansen", "huis huizen", "brief brieven", "les lessen", "sociaal sociale", "werk werkt werken"];
        for family in families {
            let mut stems: Vec<_> = family.split(' ').map(|word| analysis.stem(word)).collect();
            stems.dedup();
            assert_eq!(stems.len(), 1, "{family}: {stems:?}");
        }
        // Kraaij and Pohlmann's algorithm takes the one for the other.
        assert_ne!(analysis.stem("begeleiding"), analysis.stem("beleid"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_where_its_letters_are(text in "\\PC*") {
            let mut end = 0;
            for token in tokens(&text) {
                proptest::prop_assert!(token.range.start >= end && token.range.end <= text.len());
                proptest::prop_assert!(text.is_char_boundary(token.range.start) && text.is_char_boundary(token.range.end));
                proptest::prop_assert!(token.whole.chars().count() <= LONGEST);
                end = token.range.end;
            }
        }
    }
}

//! The words of an index by their first letter, for queries with typing errors; fetched only when a word is not found.

use std::collections::BTreeMap;

use super::bytes;

/// At most so many words per letter, the most common ones: who mistypes a word means a word that is used.
const MOST: usize = 4000;

/// Words by first letter, in order, given with how common they are and their numbers, which is what comes back; all that do not
/// begin with a to z stand together.
pub fn by_letter<'a>(words: impl Iterator<Item = (&'a str, u32, u32)>) -> BTreeMap<char, Vec<u32>> {
    let mut letters: BTreeMap<char, Vec<(&str, u32, u32)>> = BTreeMap::new();
    for word in words.filter(|(word, ..)| word.chars().count() >= 3 && !word.bytes().any(|byte| byte.is_ascii_digit())) {
        let letter = word.0.chars().next().filter(char::is_ascii_lowercase).unwrap_or('_');
        letters.entry(letter).or_default().push(word);
    }
    let most_common = |mut words: Vec<(&str, u32, u32)>| {
        if words.len() > MOST {
            words.select_nth_unstable_by(MOST, |a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            words.truncate(MOST);
        }
        words.sort_unstable();
        words.into_iter().map(|(.., number)| number).collect()
    };
    letters.into_iter().map(|(letter, words)| (letter, most_common(words))).collect()
}

/// The file of a letter: per word, front-coded, how common it is as the number of bits of its count.
pub fn encode(words: &[(&str, u32)]) -> Vec<u8> {
    let mut file = Vec::new();
    bytes::number(&mut file, words.len());
    let mut last = "";
    for (word, count) in words {
        bytes::word(&mut file, word, last);
        bytes::number(&mut file, (u32::BITS - count.leading_zeros()) as usize);
        last = word;
    }
    file
}

//! The Dutch words that are no compounds, looked up in the sorted list that the program holds: a start builds no table of them.

use std::cmp::Ordering;
use std::sync::LazyLock;

use super::filter::Filter;

/// Some lines of explanation, then 150,000 words of the letters a to z, at least [`KEY`] of them, each on a line, in order.
const FILE: &str = include_str!("words/nl.base.txt");
/// By so many letters the list is opened where a word would be.
const KEY: usize = 4;
/// So many beginnings there are.
const KEYS: usize = 26_usize.pow(4);

/// The words, each with the line's end.
static LIST: LazyLock<&'static str> = LazyLock::new(|| FILE.find("\na").map_or("", |end| &FILE[end + 1..]));

/// Where in the list the words begin that begin with the same letters, by the number that these are; the list's end is the last.
static STARTS: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let mut starts = Vec::with_capacity(KEYS + 1);
    let mut at = 0;
    for word in LIST.lines() {
        let end = key(word).map_or(starts.len(), |key| key + 1);
        if starts.len() < end {
            starts.resize(end, at);
        }
        at += u32::try_from(word.len() + 1).unwrap_or_default();
    }
    starts.resize(KEYS + 1, at);
    starts
});

/// The words, for those who ask of many more that are none.
static FILTER: LazyLock<Filter> = LazyLock::new(|| LIST.lines().fold(Filter::default(), Filter::with));

/// All words, as a filter.
pub fn filter() -> &'static Filter {
    &FILTER
}

/// The number that the first letters of a word are; none if it is shorter, or if these are not all of a to z.
fn key(word: &str) -> Option<usize> {
    let letters = word.as_bytes().get(..KEY)?;
    letters.iter().try_fold(0, |key, letter| letter.is_ascii_lowercase().then(|| key * 26 + usize::from(letter - b'a')))
}

/// Whether this folded word is one of them.
pub fn contains(word: &str) -> bool {
    let Some(key) = key(word).filter(|_| FILTER.may_have_word(word)) else { return false };
    let mut rest = &LIST[STARTS[key] as usize..STARTS[key + 1] as usize];
    while !rest.is_empty() {
        let bytes = rest.as_bytes();
        let start = bytes[..bytes.len() / 2].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let length = bytes[start..].iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len() - start);
        match bytes[start..start + length].cmp(word.as_bytes()) {
            Ordering::Equal => return true,
            Ordering::Less => rest = rest.get(start + length + 1..).unwrap_or_default(),
            Ordering::Greater => rest = &rest[..start],
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_and_they_stand_in_order() {
        let mut last = "";
        for word in LIST.lines() {
            assert!(word > last && word.len() >= KEY && word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word:?}");
            assert!(contains(word), "{word}");
            last = word;
        }
        assert!(LIST.lines().count() > 100_000);
    }

    #[test]
    fn what_is_no_word_is_not_found() {
        for word in ["", "a", "aa", "aaaaaa", "zzzzzz", "ver", "Huis", "één", "huis\n", "huis\nhuisarts", "stagediscriminatie", "# Dutch"]
        {
            assert!(!contains(word), "{word:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_found_if_it_is_a_line(word in "[a-z]{2,7}|\\PC{0,8}") {
            proptest::prop_assert_eq!(contains(&word), LIST.lines().any(|known| known == word));
        }
    }
}

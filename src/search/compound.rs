//! Which words a compound is made of: *arbeidsmarktdiscriminatie* is *arbeidsmarkt* and *discriminatie*.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::filter::{Beginning, Filter};
use super::lexicon;

/// What a link other than none and *s* costs, in natural logarithms of frequency.
const RARER_LINK: f32 = 0.7;
/// A part has at least this many letters; the first one may have one fewer, if it is a word of the site.
const SHORTEST_PART: usize = 4;
/// Longer words are not split: the work grows with the square of their length.
const LONGEST_WORD: usize = 48;
/// What each part beyond the first costs, in natural logarithms of frequency.
const PENALTY: f32 = 2.2;
/// How common a word is taken to be that the language has, but the site has not.
const ONLY_KNOWN: f32 = 0.5;

/// Short words that others are put before, of which none need stand by itself on a site: *netcongestie*, *ledlamp*.
const SHORT: [&str; 38] = [
    "aow", "app", "bed", "bos", "bus", "cao", "dag", "dak", "eis", "gas", "ggd", "ggz", "hbo", "hof", "ict", "ijs", "job", "kas", "koe",
    "led", "mbo", "net", "oog", "oor", "pgb", "pil", "rug", "tol", "uwv", "vak", "vis", "web", "weg", "wet", "wmo", "zee", "zon", "zzp",
];

/// Splits words of a language into words that are known.
#[derive(Debug)]
pub struct Splitter<'a> {
    known: FxHashMap<&'a str, Known>,
    /// All of them, and those of the language: most letters of a word need not be looked up as a part of it.
    filter: Filter,
    never: FxHashSet<&'static str>,
    splits: bool,
}

/// A word of the site.
#[derive(Debug, Clone, Copy)]
struct Known {
    position: u32,
    frequency: f32,
}

impl<'a> Splitter<'a> {
    /// A splitter that knows these folded words, with how often they occur. Only Dutch writes compounds as one word here.
    pub fn new(language: &str, words: impl Iterator<Item = (&'a str, u32)>) -> Self {
        let splits = language == "nl";
        let mut known = FxHashMap::default();
        let mut filter = Filter::default();
        if splits {
            filter = SHORT.into_iter().fold(lexicon::filter().clone(), Filter::with);
            for (position, (word, count)) in (0..).zip(words).filter(|(_, (word, _))| is_plain(word)) {
                #[allow(clippy::cast_precision_loss, reason = "an estimate")]
                known.insert(word, Known { position, frequency: (1.0 + count as f32).ln() });
                filter = filter.with(word);
            }
        }
        let never = include_str!("words/nl.affixes.txt").split_whitespace().filter(|word| !word.starts_with('#')).collect();
        Self { known, filter, never, splits }
    }

    /// Where this word stands among those of the site; only words that may be parts of compounds are known.
    pub fn position(&self, word: &str) -> Option<u32> {
        self.known.get(word).map(|known| known.position)
    }

    /// Whether this is a word, of the site or of the language.
    pub fn is_word(&self, word: &str) -> bool {
        self.known.contains_key(word) || (self.splits && lexicon::contains(word))
    }

    /// The parts of a word, as byte ranges in it, without the letters that link them; none if it is no compound.
    ///
    /// A part that is a compound itself is split as well.
    pub fn split(&self, word: &str) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        for part in self.split_once(word) {
            let own = self.split(&word[part.clone()]);
            if own.is_empty() {
                parts.push(part);
            } else {
                parts.extend(own.into_iter().map(|inner| part.start + inner.start..part.start + inner.end));
            }
        }
        parts
    }

    fn split_once(&self, word: &str) -> Vec<Range<usize>> {
        let length = 2 * SHORTEST_PART - 1..=LONGEST_WORD;
        if !self.splits || !length.contains(&word.len()) || !is_plain(word) || lexicon::contains(word) {
            return Vec::new();
        }
        // best[end] is the best way to cut the letters before `end` into parts, with the links that follow them.
        let mut best: [Option<Way>; LONGEST_WORD + 1] = [None; LONGEST_WORD + 1];
        best[0] = Some(Way { score: 0.0, parts: 0, from: 0, end: 0 });
        for start in 0..word.len() - 2 {
            let Some(way) = best[start] else { continue };
            // Only the first part may be that short.
            let shortest = if start == 0 { SHORTEST_PART - 1 } else { SHORTEST_PART };
            let mut letters = Beginning::default();
            for (letter, end) in word.as_bytes()[start..].iter().zip(start + 1..) {
                letters = letters.with(*letter);
                if end < start + shortest || !self.filter.may_have(letters) {
                    continue;
                }
                let Some(frequency) = self.part(word, start, end) else { continue };
                for (link, cost) in links(&word.as_bytes()[end..]) {
                    let next = end + link;
                    // A link stands between parts.
                    if *link > 0 && next == word.len() {
                        continue;
                    }
                    let score = way.score + frequency - cost;
                    let candidate = Way { score, parts: way.parts + 1, from: start, end };
                    if best[next].is_none_or(|known| candidate.mean() > known.mean()) {
                        best[next] = Some(candidate);
                    }
                }
            }
        }
        let mut parts = Vec::new();
        let mut at = word.len();
        while at > 0 {
            let Some(way) = &best[at] else { return Vec::new() };
            parts.push(way.from..way.end);
            at = way.from;
        }
        parts.reverse();
        if parts.len() < 2 { Vec::new() } else { parts }
    }

    /// How common this part is; none if it cannot be one.
    fn part(&self, word: &str, start: usize, end: usize) -> Option<f32> {
        if start == 0 && end == word.len() {
            return None;
        }
        let part = &word[start..end];
        let short = part.len() < SHORTEST_PART;
        let is_known = || (lexicon::contains(part) || (short && SHORT.contains(&part))).then_some(ONLY_KNOWN);
        let frequency = self.known.get(part).map(|known| known.frequency).or_else(is_known)?;
        // A short word at the start must be common on the site, or known to start others, but not any three letters.
        if (short && frequency < 1.6 && !SHORT.contains(&part)) || self.never.contains(part) {
            return None;
        }
        Some(frequency)
    }
}

/// How many of these letters may link a part to what follows it (none, *s*, *en*, *e*, *n*, *er*), and what each link costs.
fn links(rest: &[u8]) -> &'static [(usize, f32)] {
    match rest {
        [b's', ..] => &[(0, 0.0), (1, 0.0)],
        [b'e', b'n' | b'r', ..] => &[(0, 0.0), (1, RARER_LINK), (2, RARER_LINK)],
        [b'e' | b'n', ..] => &[(0, 0.0), (1, RARER_LINK)],
        _ => &[(0, 0.0)],
    }
}

/// A way to cut the beginning of a word.
#[derive(Debug, Clone, Copy)]
struct Way {
    score: f32,
    parts: u16,
    /// Where its last part begins and ends.
    from: usize,
    end: usize,
}

impl Way {
    fn mean(&self) -> f32 {
        let parts = f32::from(self.parts.max(1));
        self.score / parts - PENALTY * (parts - 1.0)
    }
}

fn is_plain(word: &str) -> bool {
    word.len() >= SHORTEST_PART - 1 && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    const SITE: [(&str, u32); 9] = [
        ("stage", 40),
        ("discriminatie", 30),
        ("arbeidsmarkt", 25),
        ("arbeid", 20),
        ("markt", 20),
        ("werk", 60),
        ("mbo", 30),
        ("coach", 4),
        ("gesprek", 12),
    ];

    static SPLITTER: LazyLock<Splitter<'static>> = LazyLock::new(|| Splitter::new("nl", SITE.into_iter()));

    fn split(word: &str) -> String {
        SPLITTER.split(word).into_iter().map(|part| &word[part]).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn compounds_fall_into_words_of_the_site_first() {
        assert_eq!(split("stagediscriminatie"), "stage|discriminatie");
        assert_eq!(split("arbeidsmarktdiscriminatie"), "arbeid|markt|discriminatie");
        assert_eq!(split("mbocoach"), "mbo|coach");
    }

    #[test]
    fn words_of_the_language_help_where_the_site_has_none() {
        assert_eq!(split("sollicitatiegesprek"), "sollicitatie|gesprek");
        assert_eq!(split("jeugdschuldenproblematiek"), "jeugd|schulden|problematiek");
    }

    #[test]
    fn words_that_are_no_compounds_stay_whole() {
        for word in ["onderwijs", "gemeente", "begeleiding", "inburgering", "discriminatie", "werken", "betaalbaarheid", "stages"] {
            assert_eq!(split(word), "", "{word}");
        }
        assert!(Splitter::new("en", SITE.into_iter()).split("stagediscriminatie").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn parts_stand_in_order_inside_the_word(word in "[a-z]{0,60}") {
            let mut end = 0;
            for part in SPLITTER.split(&word) {
                proptest::prop_assert!(part.start >= end && part.end <= word.len() && part.end - part.start >= 3);
                end = part.end;
            }
        }
    }
}

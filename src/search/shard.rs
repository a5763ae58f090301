//! A shard of terms: stems in order, each with its words and its pages; and the positions that go with it.
//!
//! Before it is compressed, a shard is: the length of the lexicon; the lexicon; the steps from page to page of all terms;
//! one byte per page of all terms with the impact (high half) and the section (low half). A term of the lexicon is its stem
//! (front-coded), the number of its pages, the length of its steps, and its words (front-coded against the stem): the
//! number of parts that the word has, and their starts and lengths.

use super::bytes;
use super::index::{Index, SHARDS_PER_POSITIONS};

/// So many words of a stem are kept for prefixes and suggestions, the most common ones.
const MOST_WORDS: usize = 12;

/// The shard with this number.
pub fn terms(index: &Index, number: usize) -> Vec<u8> {
    let (mut lexicon, mut steps, mut impacts) = (Vec::new(), Vec::new(), Vec::new());
    let groups = index.shard(number);
    bytes::number(&mut lexicon, groups.len());
    let mut last = "";
    for group in groups {
        let postings = index.postings(group);
        bytes::word(&mut lexicon, &group.key, last);
        last = &group.key;
        let before = steps.len();
        let mut page = 0;
        for (posting, _) in &postings {
            bytes::number(&mut steps, (posting.page - page) as usize);
            page = posting.page;
            impacts.push(posting.impact << 4 | posting.section);
        }
        bytes::number(&mut lexicon, postings.len());
        bytes::number(&mut lexicon, steps.len() - before);
        let words = &group.words[..group.words.len().min(MOST_WORDS)];
        bytes::number(&mut lexicon, words.len());
        for word in words {
            bytes::word(&mut lexicon, index.text(*word), &group.key);
            let parts = &index.word(*word).parts;
            bytes::number(&mut lexicon, parts.len());
            for part in parts {
                bytes::number(&mut lexicon, part.start);
                bytes::number(&mut lexicon, part.len());
            }
        }
    }
    let mut shard = Vec::with_capacity(lexicon.len() + steps.len() + impacts.len() + 4);
    bytes::number(&mut shard, lexicon.len());
    shard.extend_from_slice(&lexicon);
    shard.extend_from_slice(&steps);
    shard.extend_from_slice(&impacts);
    shard
}

/// The positions of some shards of terms. First the length of each shard's own. Per term: the length of its positions; per
/// page: how many, the first, and the steps to each next one. A page where only a compound has the term has none.
pub fn positions(index: &Index, number: usize) -> Vec<u8> {
    let (mut lengths, mut all) = (Vec::new(), Vec::new());
    for shard in number * SHARDS_PER_POSITIONS..(number + 1) * SHARDS_PER_POSITIONS {
        let before = all.len();
        for group in index.shard(shard) {
            let mut own = Vec::new();
            for (_, positions) in index.postings(group) {
                own.extend_from_slice(positions.unwrap_or(&[0]));
            }
            bytes::number(&mut all, own.len());
            all.extend_from_slice(&own);
        }
        bytes::number(&mut lengths, all.len() - before);
    }
    lengths.extend_from_slice(&all);
    lengths
}

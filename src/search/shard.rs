//! A shard of terms: stems in order, each with its words and its pages; and the positions that go with it.
//!
//! Before it is compressed, a shard is: the length of the lexicon; the lexicon; the steps from page to page of all terms;
//! one byte per page of all terms with the impact (high half) and the section (low half). A term of the lexicon is its stem
//! (front-coded), the number of its pages, the length of its steps, and its words (front-coded against the stem): the
//! number of parts that the word has, and their starts and lengths.

use super::bytes::{self, Piece};
use super::index::Index;

/// How many shards of terms share a file of positions; those are only read for phrases.
pub const SHARDS_PER_POSITIONS: usize = 16;

/// Of a stem that more pages have, a page's impact is told in four steps and its section not at all: so common a word says
/// little about a page, and its postings are what a first answer waits for.
const COMMON: usize = 10_000;

/// So many words of a stem are kept for prefixes and suggestions, the most common ones.
const MOST_WORDS: usize = 12;

/// A shard of terms, and the positions that go with it, before they are compressed.
#[derive(Debug, Default)]
pub struct Shard {
    /// The length of the lexicon, and the lexicon.
    lexicon: Vec<u8>,
    steps: Vec<u8>,
    impacts: Vec<u8>,
    /// Its share of a file of positions. Per term: the length of its positions; per page: how many, the first, and the steps
    /// to each next one. A page where only a compound has the term has none.
    pub positions: Vec<u8>,
}

/// The shard with this number.
pub fn shard(index: &Index, number: usize) -> Shard {
    let (mut lexicon, mut steps, mut impacts, mut all_positions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut own_positions, mut uses) = (Vec::new(), Vec::new());
    let groups = index.shard(number);
    bytes::number(&mut lexicon, groups.len());
    let mut last = "";
    for group in groups {
        bytes::word(&mut lexicon, &group.key, last);
        last = &group.key;
        let (before, count) = (steps.len(), impacts.len());
        let mut page = 0;
        own_positions.clear();
        for (posting, positions) in index.postings(group, &mut uses) {
            bytes::number(&mut steps, (posting.page - page) as usize);
            page = posting.page;
            impacts.push(posting.impact << 4 | posting.section);
            own_positions.extend_from_slice(positions.unwrap_or(&[0]));
        }
        if impacts.len() - count > COMMON {
            for impact in &mut impacts[count..] {
                *impact = ((*impact >> 4) / 4 * 4 + 1) << 4;
            }
        }
        bytes::number(&mut all_positions, own_positions.len());
        all_positions.extend_from_slice(&own_positions);
        bytes::number(&mut lexicon, impacts.len() - count);
        bytes::number(&mut lexicon, steps.len() - before);
        let words = &group.words[..group.words.len().min(MOST_WORDS)];
        bytes::number(&mut lexicon, words.len());
        for word in words {
            bytes::word(&mut lexicon, index.text(*word), &group.key);
            let parts = index.parts_of(*word);
            bytes::number(&mut lexicon, parts.len());
            for part in parts {
                bytes::number(&mut lexicon, part.start.into());
                bytes::number(&mut lexicon, part.len());
            }
        }
    }
    let mut whole = Vec::with_capacity(lexicon.len() + 4);
    bytes::number(&mut whole, lexicon.len());
    whole.extend_from_slice(&lexicon);
    Shard { lexicon: whole, steps, impacts, positions: all_positions }
}

impl Shard {
    /// The file of terms, in pieces.
    pub fn terms(&self) -> [Piece<'_>; 3] {
        [Piece::Words(&self.lexicon), Piece::Numbers(&self.steps), Piece::Numbers(&self.impacts)]
    }
}

/// The positions of some shards in one file: first the length of each one's own.
pub fn positions(shards: &[Shard]) -> Vec<u8> {
    let mut file = Vec::new();
    for number in 0..SHARDS_PER_POSITIONS {
        bytes::number(&mut file, shards.get(number).map_or(0, |shard| shard.positions.len()));
    }
    for shard in shards {
        file.extend_from_slice(&shard.positions);
    }
    file
}

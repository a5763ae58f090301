//! One page as the words that it has, with weights and places; the costly part of indexing, so it is done once per text.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use indexmap::map::Entry;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use super::analysis::{Analysis, tokens};
use super::{Record, Text, bytes, card};

/// The section of a posting whose word stands in the title or is a name of the page.
pub const IN_TITLE: u8 = 15;
/// The last section that a posting can name; later ones count as it.
const LAST_SECTION: u8 = 14;
/// So far apart are the last word of one field and the first of the next, so that no phrase spans both.
const GAP: usize = 8;

/// How much a word counts, by where it stands.
const NAME: f32 = 12.0;
const KEYWORD: f32 = 3.0;
const HEADING: f32 = 2.0;
const TEXT: f32 = 1.0;
const UNSEEN: f32 = 0.5;
/// A piece of a hyphenated word, of what the whole word counts.
const PIECE: f32 = 0.5;

/// The words of a page.
#[derive(Debug, Default)]
pub struct AnalysedPage {
    /// All words, one after another.
    words: String,
    /// One per word, in the order of their first use.
    pub entries: Vec<PageWord>,
    /// Those of one word after those of another.
    positions: Vec<u8>,
    /// How long the page is, in words that are no function words.
    pub length: f32,
}

/// A word of a page.
#[derive(Debug)]
pub struct PageWord {
    /// How often it occurs, each time with the weight of the place.
    pub weight: f32,
    /// How long its word is, in bytes.
    length: u16,
    /// Where it counts most.
    pub section: u8,
}

impl AnalysedPage {
    /// The words of its entries, in their order; folded.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let mut rest = self.words.as_str();
        self.entries.iter().map(move |entry| {
            let (word, behind) = rest.split_at(entry.length.into());
            rest = behind;
            word
        })
    }

    /// The positions of its entries, in their order: for each how many, the first, and the steps to each next one.
    pub fn positions(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.positions.as_slice();
        self.entries.iter().map(move |_| {
            let (own, behind) = rest.split_at(positions(rest).len());
            rest = behind;
            own
        })
    }

    /// Gives up the words of a page, unless somebody else keeps it too.
    pub fn forget_words(page: &mut Arc<Self>) {
        if let Some(page) = Arc::get_mut(page) {
            page.words = String::new();
        }
    }
}

/// The positions of a word on a page that these bytes begin with: how many, the first, then the steps to each next one, as
/// variable-length numbers.
pub fn positions(bytes: &[u8]) -> &[u8] {
    let (count, mut length) = bytes::read_number(bytes);
    length += bytes::length_of(&bytes[length..], count);
    &bytes[..length]
}

/// Pages that were analysed before, by the hash of what was read.
#[derive(Debug, Default)]
pub struct Memo {
    pages: HashMap<blake3::Hash, Arc<AnalysedPage>>,
}

/// The analysed pages of these records, in their order; each record is given the openings of its text. Pages that the memo
/// knows are not analysed again, and those it has that are not among these are forgotten.
pub fn analysed(
    records: &mut [Record],
    text: impl Fn(usize) -> Text + Sync,
    analysis: &Analysis,
    memo: Option<&mut Memo>,
) -> Vec<Arc<AnalysedPage>> {
    let known = memo.as_ref().map(|memo| &memo.pages);
    let all = records.len();
    let analysed: Vec<(Option<blake3::Hash>, Arc<AnalysedPage>)> = records
        .par_iter_mut()
        .enumerate()
        .map(|(position, record)| {
            let text = text(position);
            let hash = known.map(|_| fingerprint(record, &text, &analysis.language));
            let before = known.zip(hash).and_then(|(known, hash)| known.get(&hash).cloned());
            let page = before.unwrap_or_else(|| Arc::new(analyse(record, &text, analysis)));
            record.sections = card::openings(text.sections, all);
            (hash, page)
        })
        .collect();
    if let Some(memo) = memo {
        memo.pages = analysed.iter().filter_map(|(hash, page)| hash.map(|hash| (hash, page.clone()))).collect();
    }
    analysed.into_iter().map(|(_, page)| page).collect()
}

fn fingerprint(record: &Record, text: &Text, language: &str) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&text.len().to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(language);
    add(&record.id);
    add(&record.title);
    add(&text.unseen);
    for texts in [&text.names, &text.keywords] {
        add(&texts.len().to_string());
        for text in texts {
            add(text);
        }
    }
    for section in &text.sections {
        add(&section.heading);
        add(&section.text);
    }
    hasher.finalize()
}

#[derive(Default)]
struct Found {
    total: f32,
    best: f32,
    section: u8,
    /// Weight in the section that is being read.
    here: f32,
    here_section: u8,
    is_function_word: bool,
    uses: u32,
    last_position: u32,
}

struct Reader<'a> {
    analysis: &'a Analysis,
    words: IndexMap<Cow<'a, str>, Found, FxBuildHasher>,
    /// Each use of a word: which one, and where; in the order of the text.
    uses: Vec<(u32, u32)>,
    position: usize,
    length: f32,
}

/// Analyses a page.
pub fn analyse(record: &Record, text: &Text, analysis: &Analysis) -> AnalysedPage {
    let mut reader = Reader { analysis, words: IndexMap::default(), uses: Vec::new(), position: 0, length: 0.0 };
    reader.read(&record.id, NAME, IN_TITLE);
    for name in &text.names {
        reader.read(name, NAME, IN_TITLE);
    }
    reader.read(&record.title, title_weight(&record.title, analysis), IN_TITLE);
    for keyword in &text.keywords {
        reader.read(keyword, KEYWORD, 0);
    }
    for (number, section) in text.sections.iter().enumerate() {
        let number = u8::try_from(number).unwrap_or(LAST_SECTION).min(LAST_SECTION);
        reader.read(&section.heading, HEADING, number);
        reader.read(&section.text, TEXT, number);
    }
    reader.read(&text.unseen, UNSEEN, 0);
    reader.finish()
}

/// A word of a short title says more of what the page is about than one of a long title.
fn title_weight(title: &str, analysis: &Analysis) -> f32 {
    let words = tokens(title).filter(|token| !analysis.is_function_word(&token.whole)).count().clamp(1, 20);
    #[allow(clippy::cast_precision_loss, reason = "at most 20")]
    let words = words as f32;
    3.0 + 6.0 / words
}

impl<'a> Reader<'a> {
    fn read(&mut self, text: &'a str, weight: f32, section: u8) {
        for token in tokens(text) {
            let steps = token.pieces.len().max(1);
            let position = self.position;
            if token.whole.len() > 1 {
                self.whole(token.whole, weight, section, position);
            }
            for (step, piece) in token.pieces.into_iter().enumerate() {
                let (number, is_function_word) = self.number(Cow::Owned(piece));
                if !is_function_word {
                    self.add(number, weight * PIECE, section, position + step);
                }
            }
            self.position += steps;
        }
        self.position += GAP;
    }

    fn whole(&mut self, word: Cow<'a, str>, weight: f32, section: u8, position: usize) {
        let (number, is_function_word) = self.number(word);
        // Function words are looked for in titles only, for those who ask for nothing else.
        if !is_function_word {
            self.add(number, weight, section, position);
        } else if section == IN_TITLE {
            self.add(number, weight.min(TEXT), section, position);
        } else {
            return;
        }
        self.length += TEXT;
    }

    /// The number of a word, and whether it is a function word: both with one look at the words of the page.
    fn number(&mut self, word: Cow<'a, str>) -> (usize, bool) {
        match self.words.entry(word) {
            Entry::Occupied(known) => (known.index(), known.get().is_function_word),
            Entry::Vacant(new) => {
                let is_function_word = self.analysis.is_function_word(new.key());
                let number = new.index();
                new.insert(Found { is_function_word, ..Found::default() });
                (number, is_function_word)
            }
        }
    }

    fn add(&mut self, number: usize, weight: f32, section: u8, position: usize) {
        let found = &mut self.words[number];
        if found.here_section != section {
            found.here_section = section;
            found.here = 0.0;
        }
        found.here += weight;
        found.total += weight;
        if found.here > found.best {
            found.best = found.here;
            found.section = section;
        }
        let position = offset(position);
        if found.uses == 0 || found.last_position != position {
            found.uses += 1;
            found.last_position = position;
            self.uses.push((offset(number), position));
        }
    }

    fn finish(self) -> AnalysedPage {
        let mut page = AnalysedPage { length: self.length, ..AnalysedPage::default() };
        let used = || self.words.iter().filter(|(_, found)| found.uses > 0);
        page.entries.reserve_exact(used().count());
        page.words.reserve_exact(used().map(|(word, _)| word.len()).sum());
        // The uses of each word together, in the order of the text.
        let mut ends: Vec<usize> = Vec::with_capacity(self.words.len());
        let mut start = 0;
        for found in self.words.values() {
            ends.push(start);
            start += found.uses as usize;
        }
        let mut positions = vec![0; start];
        for (number, position) in self.uses {
            let end = &mut ends[number as usize];
            positions[*end] = position;
            *end += 1;
        }
        for ((word, found), end) in self.words.iter().zip(ends).filter(|((_, found), _)| found.uses > 0) {
            page.words.push_str(word);
            bytes::number(&mut page.positions, found.uses as usize);
            let mut last = 0;
            for position in &positions[end - found.uses as usize..end] {
                // A word's positions come in order, but for a piece that equals a word before it.
                bytes::number(&mut page.positions, position.saturating_sub(last) as usize);
                last = last.max(*position);
            }
            page.entries.push(PageWord {
                // Longer words were cut: it is far below what fits.
                length: u16::try_from(word.len()).unwrap_or_default(),
                weight: found.total,
                section: found.section,
            });
        }
        page.positions.shrink_to_fit();
        page
    }
}

/// Pages are far below four gigabytes: a source file is at most a few megabytes.
fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

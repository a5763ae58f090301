//! Pages as the words that they have, with weights and places; the costly part of indexing, so it is done once per text.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::HashTable;
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
/// How many pages are read one after another at most: more share little more, and their words no longer fit where a
/// processor is quick.
const LARGEST_BATCH: usize = 32;
/// About so many words a batch of that many pages has at least; a smaller one pays for room that it does not use.
const WORDS: usize = 4096;
/// So many batches share a few pages evenly among the threads.
const BATCHES: usize = 64;

/// How much a word counts, by where it stands.
const NAME: f32 = 12.0;
const KEYWORD: f32 = 3.0;
const HEADING: f32 = 2.0;
const TEXT: f32 = 1.0;
const UNSEEN: f32 = 0.5;
/// A piece of a hyphenated word, of what the whole word counts.
const PIECE: f32 = 0.5;

/// Pages that were read one after another, with their words: most are on many of them, and are kept once.
#[derive(Debug, Default)]
pub struct Batch {
    /// All words, one after another.
    texts: String,
    /// How long each of them is, in bytes.
    lengths: Vec<u16>,
    /// The pages, in their order.
    pub pages: Vec<AnalysedPage>,
}

/// The words of a page.
#[derive(Debug, Default)]
pub struct AnalysedPage {
    /// One per word, in the order of their first use.
    entries: Vec<PageWord>,
    /// Those of one word after those of another.
    positions: Vec<u8>,
    /// How long the page is, in words that are no function words.
    pub length: f32,
}

/// A word of a page.
#[derive(Debug, Clone, Copy)]
pub struct PageWord {
    /// Which one of its batch.
    pub word: u32,
    /// How often it occurs, each time with the weight of the place.
    pub weight: f32,
    /// Where it counts most.
    pub section: u8,
}

impl Batch {
    /// The words of its pages, in the order of their numbers; folded.
    pub fn words(&self) -> impl ExactSizeIterator<Item = &str> {
        let mut rest = self.texts.as_str();
        self.lengths.iter().map(move |length| {
            let (word, behind) = rest.split_at(usize::from(*length));
            rest = behind;
            word
        })
    }
}

impl AnalysedPage {
    /// Its words, each with its positions: how many, the first, and the steps to each next one.
    pub fn words(&self) -> impl Iterator<Item = (PageWord, &[u8])> {
        let mut rest = self.positions.as_slice();
        self.entries.iter().map(move |entry| {
            let (own, behind) = rest.split_at(positions(rest).len());
            rest = behind;
            (*entry, own)
        })
    }
}

/// The positions of a word on a page that these bytes begin with: how many, the first, then the steps to each next one, as
/// variable-length numbers.
pub fn positions(bytes: &[u8]) -> &[u8] {
    let (count, mut length) = bytes::read_number(bytes);
    length += bytes::length_of(&bytes[length..], count);
    &bytes[..length]
}

/// Pages that were analysed before, by the hash of what was read; each is a batch of its own.
#[derive(Debug, Default)]
pub struct Memo {
    pages: HashMap<blake3::Hash, Arc<Batch>>,
}

/// The analysed pages of these records, in their order; each record is given the openings of its text. Pages that the memo
/// knows are not analysed again, and those it has that are not among these are forgotten.
pub fn analysed(
    records: &mut [Record],
    text: impl Fn(usize) -> Text + Sync,
    analysis: &Analysis,
    memo: Option<&mut Memo>,
) -> Vec<Arc<Batch>> {
    let all = records.len();
    let Some(memo) = memo else {
        let size = (all / BATCHES).clamp(1, LARGEST_BATCH);
        let batches = records.par_chunks_mut(size).enumerate().map(|(number, records)| {
            let mut reader = Reader::new(analysis);
            let read = |(position, record): (usize, &mut Record)| {
                let text = text(number * size + position);
                let page = reader.page(record, &text);
                record.sections = card::openings(text.sections, all);
                page
            };
            let pages = records.iter_mut().enumerate().map(read).collect();
            Arc::new(reader.finish(pages))
        });
        return batches.collect();
    };
    let analysed: Vec<(blake3::Hash, Arc<Batch>)> = records
        .par_iter_mut()
        .enumerate()
        .map(|(position, record)| {
            let text = text(position);
            let hash = fingerprint(record, &text, &analysis.language);
            let page = memo.pages.get(&hash).cloned().unwrap_or_else(|| {
                let mut reader = Reader::new(analysis);
                let page = reader.page(record, &text);
                Arc::new(reader.finish(vec![page]))
            });
            record.sections = card::openings(text.sections, all);
            (hash, page)
        })
        .collect();
    memo.pages = analysed.iter().cloned().collect();
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

/// What is known of a word on the page that is being read.
#[derive(Clone, Default)]
struct Found {
    total: f32,
    best: f32,
    section: u8,
    /// Weight in the section that is being read.
    here: f32,
    here_section: u8,
    uses: u32,
    last_position: u32,
}

/// A word of a batch. Its text is kept with the others, for there are too many words to ask for memory for each.
struct Word {
    number: u32,
    /// Where its text begins, in bytes.
    start: u32,
    length: u16,
    is_function: bool,
}

impl Word {
    fn text<'a>(&self, texts: &'a str) -> &'a [u8] {
        let start = self.start as usize;
        texts.as_bytes().get(start..start + usize::from(self.length)).unwrap_or_default()
    }
}

/// Reads the pages of a batch, one after another.
struct Reader<'a> {
    analysis: &'a Analysis,
    /// The words of all pages so far, by their texts.
    words: HashTable<Word>,
    /// Their texts, one after another.
    texts: String,
    /// How long each of them is, in bytes.
    lengths: Vec<u16>,
    /// By the number of the word.
    found: Vec<Found>,
    /// The words of this page, in the order of their first use.
    used: Vec<u32>,
    /// Each use of a word: which one, and where; in the order of the text.
    uses: Vec<(u32, u32)>,
    position: usize,
    length: f32,
}

/// A word of a short title says more of what the page is about than one of a long title.
fn title_weight(title: &str, analysis: &Analysis) -> f32 {
    let words = tokens(title).filter(|token| !analysis.is_function_word(&token.whole)).count().clamp(1, 20);
    #[allow(clippy::cast_precision_loss, reason = "at most 20")]
    let words = words as f32;
    3.0 + 6.0 / words
}

impl<'a> Reader<'a> {
    fn new(analysis: &'a Analysis) -> Self {
        Self {
            analysis,
            words: HashTable::with_capacity(WORDS),
            texts: String::new(),
            lengths: Vec::new(),
            found: Vec::new(),
            used: Vec::new(),
            uses: Vec::new(),
            position: 0,
            length: 0.0,
        }
    }

    /// Analyses a page.
    fn page(&mut self, record: &Record, text: &Text) -> AnalysedPage {
        self.read(&record.id, NAME, IN_TITLE);
        for name in &text.names {
            self.read(name, NAME, IN_TITLE);
        }
        self.read(&record.title, title_weight(&record.title, self.analysis), IN_TITLE);
        for keyword in &text.keywords {
            self.read(keyword, KEYWORD, 0);
        }
        for (number, section) in text.sections.iter().enumerate() {
            let number = u8::try_from(number).unwrap_or(LAST_SECTION).min(LAST_SECTION);
            self.read(&section.heading, HEADING, number);
            self.read(&section.text, TEXT, number);
        }
        self.read(&text.unseen, UNSEEN, 0);
        self.finish_page()
    }

    fn read(&mut self, text: &str, weight: f32, section: u8) {
        for token in tokens(text) {
            let steps = token.pieces.len().max(1);
            let position = self.position;
            if token.whole.len() > 1 {
                self.whole(&token.whole, weight, section, position);
            }
            for (step, piece) in token.pieces.iter().enumerate() {
                let (number, is_function_word) = self.number(piece);
                if !is_function_word {
                    self.add(number, weight * PIECE, section, position + step);
                }
            }
            self.position += steps;
        }
        self.position += GAP;
    }

    fn whole(&mut self, word: &str, weight: f32, section: u8, position: usize) {
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

    /// The number of a word, and whether it is a function word: both with one look at the words of the batch.
    fn number(&mut self, word: &str) -> (usize, bool) {
        let hash = |text: &[u8]| FxBuildHasher.hash_one(text);
        let own = hash(word.as_bytes());
        if let Some(known) = self.words.find(own, |known| known.text(&self.texts) == word.as_bytes()) {
            return (known.number as usize, known.is_function);
        }
        let number = self.lengths.len();
        let is_function_word = self.analysis.is_function_word(word);
        // Longer words were cut: it is far below what fits.
        let length = u16::try_from(word.len()).unwrap_or_default();
        let new = Word { number: offset(number), start: offset(self.texts.len()), length, is_function: is_function_word };
        self.texts.push_str(word);
        self.lengths.push(length);
        self.found.push(Found::default());
        self.words.insert_unique(own, new, |known| hash(known.text(&self.texts)));
        (number, is_function_word)
    }

    fn add(&mut self, number: usize, weight: f32, section: u8, position: usize) {
        let found = &mut self.found[number];
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
        let (number, position) = (offset(number), offset(position));
        if found.uses == 0 {
            self.used.push(number);
        }
        if found.uses == 0 || found.last_position != position {
            found.uses += 1;
            found.last_position = position;
            self.uses.push((number, position));
        }
    }

    /// What was read since the last page.
    fn finish_page(&mut self) -> AnalysedPage {
        let mut page = AnalysedPage { entries: Vec::with_capacity(self.used.len()), length: self.length, ..AnalysedPage::default() };
        // The uses of each word together, in the order of the text.
        let mut start = 0;
        for number in &self.used {
            let found = &mut self.found[*number as usize];
            found.last_position = start;
            start += found.uses;
        }
        let mut sorted = vec![0; self.uses.len()];
        for (number, position) in self.uses.drain(..) {
            let next = &mut self.found[number as usize].last_position;
            sorted[*next as usize] = position;
            *next += 1;
        }
        let mut rest = sorted.as_slice();
        page.positions.reserve(2 * self.used.len() + sorted.len());
        for word in self.used.drain(..) {
            let found = std::mem::take(&mut self.found[word as usize]);
            let (own, behind) = rest.split_at(found.uses as usize);
            rest = behind;
            bytes::number(&mut page.positions, own.len());
            let mut last = 0;
            for position in own {
                // A word's positions come in order, but for a piece that equals a word before it.
                bytes::number(&mut page.positions, position.saturating_sub(last) as usize);
                last = last.max(*position);
            }
            page.entries.push(PageWord { word, weight: found.total, section: found.section });
        }
        page.positions.shrink_to_fit();
        (self.position, self.length) = (0, 0.0);
        page
    }

    /// The batch of these pages.
    fn finish(mut self, pages: Vec<AnalysedPage>) -> Batch {
        self.texts.shrink_to_fit();
        self.lengths.shrink_to_fit();
        Batch { texts: self.texts, lengths: self.lengths, pages }
    }
}

/// A batch is far below four gigabytes: a source file has at most 64 megabytes, and nearly all have a few kilobytes.
fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

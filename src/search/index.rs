//! The index of a collection in memory: its words with their stems and parts, and in which pages they stand.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::analysis::Analysis;
use super::compound::Splitter;
use super::page::{self, AnalysedPage, Batch, Memo};
use super::{Collection, Text, derivation, spelling};

/// About how many bytes of postings and words a shard of terms holds before it is compressed.
const SHARD: usize = 26_000;
/// A term of at least this size has a shard of its own: it is asked for often, and nobody need fetch its neighbours for it.
const OWN_SHARD: usize = 10_000;
/// So many words are split before their parts are put where they belong: those of all words at once take much memory.
const AT_ONCE: usize = 1 << 14;
/// A part of a compound, of what the whole word counts.
const PART: f32 = 0.35;
/// How soon more of the same word says no more, and how much a page's length matters (Robertson and Zaragoza, The
/// Probabilistic Relevance Framework: BM25 and Beyond, 2009).
const K1: f32 = 1.2;
const B: f32 = 0.6;

/// Where something of all words lies: that of each one ends here, and begins where that of the word before ends.
#[derive(Debug, Default)]
struct Ends(Vec<u32>);

impl Ends {
    fn of(&self, word: u32) -> Range<usize> {
        let word = word as usize;
        word.checked_sub(1).map_or(0, |before| self.0[before] as usize)..self.0[word] as usize
    }

    fn push(&mut self, end: usize) {
        self.0.push(offset(end));
    }
}

/// The words of all pages as they stand in texts, folded, by the number that each was given when it was first met.
#[derive(Debug, Default)]
struct Words {
    /// One after another.
    texts: String,
    text_ends: Ends,
    /// Where they stand, word after word.
    uses: Vec<Use>,
    use_ends: Ends,
    /// Their positions, word after word and page after page, so that those of a word are read one after another: per page how
    /// many, the first, and the steps to each next one.
    positions: Vec<u8>,
    position_ends: Ends,
    /// The parts of those that are compounds, word after word.
    parts: Vec<Range<u8>>,
    part_ends: Ends,
}

impl Words {
    /// The uses of a word, in the order of the pages.
    fn uses_of(&self, word: u32) -> &[Use] {
        &self.uses[self.use_ends.of(word)]
    }
}

/// What is known of a word on a page. There are hundreds for each page, so nothing lies between its fields.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, packed)]
pub(super) struct Use {
    page: u32,
    weight: f32,
    section: u8,
}

/// The positions of a use; none if it is not of one of a group's own words, but of a compound that one of them is a part of.
type OwnPositions<'a> = Option<&'a [u8]>;

/// Words with one stem.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// The stem.
    pub key: String,
    /// Its words, the most common first.
    pub words: Vec<u32>,
    /// Compounds that one of its words is a part of.
    part_of: Vec<u32>,
}

/// The stem of a part of a word.
enum PartStem {
    /// That of a word with this number.
    OfWord(u32),
    Own(String),
}

/// Groups in the order in which their stems are met.
#[derive(Default)]
struct Groups<'a> {
    numbers: FxHashMap<Cow<'a, str>, u32>,
    all: Vec<Group>,
}

impl<'a> Groups<'a> {
    /// The number of the group of a stem, which is there from now on.
    fn number(&mut self, stem: Cow<'a, str>) -> u32 {
        let next = offset(self.all.len());
        let number = *self.numbers.entry(stem).or_insert(next);
        if number == next {
            self.all.push(Group::default());
        }
        number
    }

    /// The groups with their stems.
    fn named(mut self) -> Vec<Group> {
        #[allow(clippy::iter_over_hash_type, reason = "each goes to its own group")]
        for (stem, number) in self.numbers {
            self.all[number as usize].key = stem.into_owned();
        }
        self.all
    }
}

/// That a word stands on a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posting {
    /// The page.
    pub page: u32,
    /// How much it counts there, from 0 to 15.
    pub impact: u8,
    /// Where it counts most.
    pub section: u8,
}

/// The index of a collection.
#[derive(Debug)]
pub struct Index {
    pub(super) collection: Collection,
    pub(super) analysis: Analysis,
    words: Words,
    groups: Vec<Group>,
    /// The groups of each shard of terms.
    pub(super) shards: Vec<Range<usize>>,
    /// Words by first letter.
    pub(super) letters: BTreeMap<char, Vec<u32>>,
    /// How long each page is beside the others, as BM25 counts it.
    norms: Vec<f32>,
}

impl Index {
    /// Indexes a collection, of which `text` gives what is to be read of the page with this position; pages that the memo
    /// knows are not analysed again.
    pub fn new(mut collection: Collection, text: impl Fn(usize) -> Text + Sync, memo: Option<&mut Memo>) -> Self {
        let analysis = Analysis::new(&collection.language);
        let batches = page::analysed(&mut collection.records, text, &analysis, memo);
        let lengths: Vec<f32> = batches.iter().flat_map(|batch| &batch.pages).map(|page| page.length).collect();
        #[allow(clippy::cast_precision_loss, reason = "an average")]
        let average_length = (lengths.iter().sum::<f32>() / lengths.len().max(1) as f32).max(1.0);
        let norms = lengths.iter().map(|length| K1 * (1.0 - B + B * length / average_length)).collect();
        let words = merge(batches);
        let (groups, shards, letters) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut index = Self { collection, analysis, words, groups, shards, letters, norms };
        index.group();
        index.plan();
        index.letters = spelling::by_letter(index.all_words().map(|word| (index.text(word), index.count(word), word)));
        index
    }

    /// The text of a word.
    pub(super) fn text(&self, word: u32) -> &str {
        &self.words.texts[self.words.text_ends.of(word)]
    }

    /// On how many pages a word stands.
    pub(super) fn count(&self, word: u32) -> u32 {
        offset(self.words.use_ends.of(word).len())
    }

    /// The parts of a word, as byte ranges in it; none if it is no compound.
    pub(super) fn parts_of(&self, word: u32) -> &[Range<u8>] {
        &self.words.parts[self.words.part_ends.of(word)]
    }

    /// The groups of a shard, in the order of their stems.
    pub(super) fn shard(&self, number: usize) -> &[Group] {
        self.shards.get(number).map_or(&[], |range| &self.groups[range.clone()])
    }

    fn all_words(&self) -> impl Iterator<Item = u32> + use<> {
        0..offset(self.words.text_ends.0.len())
    }

    /// Splits compounds, and puts words under their stems and under those of their parts.
    fn group(&mut self) {
        let all: Vec<u32> = self.all_words().collect();
        let stems: Vec<Cow<'_, str>> = all.par_iter().map(|word| self.analysis.stem(self.text(*word))).collect();
        let splitter = Splitter::new(&self.analysis.language, all.iter().map(|word| (self.text(*word), self.count(*word))));
        let mut groups = Groups::default();
        let own: Vec<u32> = stems.into_iter().map(|stem| groups.number(stem)).collect();
        for (word, group) in all.iter().zip(&own) {
            groups.all[*group as usize].words.push(*word);
        }
        let (mut all_parts, mut part_ends) = (Vec::new(), Ends::default());
        for some in all.chunks(AT_ONCE) {
            let divided: Vec<_> = some.par_iter().map(|word| self.divided(self.text(*word), &splitter)).collect();
            for (word, (parts, stems)) in some.iter().zip(divided) {
                all_parts.extend(parts);
                part_ends.push(all_parts.len());
                let own_group = own[*word as usize];
                let mut above: Vec<u32> = stems
                    .into_iter()
                    .map(|stem| match stem {
                        PartStem::OfWord(part) => own[part as usize],
                        PartStem::Own(stem) => groups.number(Cow::Owned(stem)),
                    })
                    .filter(|group| *group != own_group)
                    .collect();
                above.sort_unstable();
                above.dedup();
                for group in above {
                    groups.all[group as usize].part_of.push(*word);
                }
            }
        }
        drop(splitter);
        let mut groups = groups.named();
        groups.par_sort_unstable_by(|a, b| a.key.cmp(&b.key));
        for group in &mut groups {
            group.words.sort_by_key(|word| (std::cmp::Reverse(self.count(*word)), *word));
        }
        (self.words.parts, self.words.part_ends) = (all_parts, part_ends);
        self.groups = groups;
    }

    /// The parts of a word, and the stems of these, of what it or one of them comes from, and of what is left of it without its
    /// first or its last parts.
    fn divided(&self, text: &str, splitter: &Splitter<'_>) -> (Vec<Range<u8>>, Vec<PartStem>) {
        let stem = |part: &str| match splitter.position(part) {
            Some(word) => PartStem::OfWord(word),
            None => PartStem::Own(self.analysis.stem(part).into_owned()),
        };
        let parts = splitter.split(text);
        let mut stems: Vec<PartStem> = parts.iter().map(|part| stem(&text[part.clone()])).collect();
        if self.analysis.language == "nl" {
            for part in parts.iter().map(|part| &text[part.clone()]).chain([text]) {
                stems.extend(derivation::bases(part, |word| splitter.is_word(word)).iter().map(|base| stem(base)));
            }
        }
        for cut in 1..parts.len().saturating_sub(1) {
            stems.push(stem(&text[parts[cut].start..]));
            stems.push(stem(&text[..parts[cut].end]));
        }
        (parts.into_iter().map(|part| letter(part.start)..letter(part.end)).collect(), stems)
    }

    /// Cuts the groups into shards of about the same size.
    fn plan(&mut self) {
        let mut start = 0;
        let mut size = 0;
        for (position, group) in self.groups.iter().enumerate() {
            let postings: usize = group.words.iter().chain(&group.part_of).map(|word| self.count(*word) as usize).sum();
            let own = postings * 2 + group.key.len() + 8 + 6 * group.words.len();
            if position > start && (size + own > SHARD || own >= OWN_SHARD || size >= SHARD) {
                self.shards.push(start..position);
                start = position;
                size = 0;
            }
            size += if own >= OWN_SHARD { own.max(SHARD) } else { own };
        }
        if start < self.groups.len() {
            self.shards.push(start..self.groups.len());
        }
    }

    /// The pages of a group in their order, with the positions of its own words there; `uses` is room to work in.
    pub(super) fn postings<'a>(
        &'a self,
        group: &Group,
        uses: &mut Vec<(Use, OwnPositions<'a>)>,
    ) -> impl Iterator<Item = (Posting, OwnPositions<'a>)> {
        uses.clear();
        // Those of the group's own words come before those of compounds.
        for word in &group.words {
            let mut rest = &self.words.positions[self.words.position_ends.of(*word)];
            uses.extend(self.words.uses_of(*word).iter().map(|at| {
                let (own, behind) = rest.split_at(page::positions(rest).len());
                rest = behind;
                (*at, Some(own))
            }));
        }
        for word in &group.part_of {
            uses.extend(self.words.uses_of(*word).iter().map(|at| (Use { weight: at.weight * PART, ..*at }, None)));
        }
        uses.sort_by_key(|(at, _)| at.page);
        uses.chunk_by(|(a, _), (b, _)| a.page == b.page).map(|same| {
            let (first, own) = same[0];
            let weight: f32 = same.iter().map(|(at, _)| at.weight).sum();
            let best = same.iter().fold(first, |best, (at, _)| if at.weight > best.weight { *at } else { best });
            let norm = self.norms[first.page as usize];
            (Posting { page: first.page, impact: impact(weight, norm), section: best.section }, own)
        })
    }
}

/// BM25's share of a word on a page, without how rare the word is, in sixteenths.
fn impact(weight: f32, norm: f32) -> u8 {
    let share = weight / (weight + norm);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 15")]
    let impact = (share * 16.0).clamp(0.0, 15.0) as u8;
    impact
}

/// All words of all pages, in the order of their first use, with their texts and where they stand; each batch is given up as
/// soon as what it knows is taken over, unless somebody else keeps it too.
fn merge(batches: Vec<Arc<Batch>>) -> Words {
    /// Of a word that no page before this one has.
    const NEW: u32 = u32::MAX;
    let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
    let mut words = Words::default();
    // Of each word: how many uses it has, and how many bytes their positions take.
    let mut sizes: Vec<(u32, u32)> = Vec::new();
    // The number of each batch's words among all.
    let mut translations: Vec<Vec<u32>> = Vec::with_capacity(batches.len());
    for batch in &batches {
        let texts: Vec<&str> = batch.words().collect();
        let mut translation = vec![NEW; texts.len()];
        for (entry, positions) in batch.pages.iter().flat_map(AnalysedPage::words) {
            let number = &mut translation[entry.word as usize];
            if *number == NEW {
                let (text, next) = (texts[entry.word as usize], offset(sizes.len()));
                *number = *numbers.entry(text).or_insert(next);
                if *number == next {
                    words.texts.push_str(text);
                    words.text_ends.push(words.texts.len());
                    sizes.push((0, 0));
                }
            }
            let (uses, bytes) = &mut sizes[*number as usize];
            *uses += 1;
            *bytes += offset(positions.len());
        }
        translations.push(translation);
    }
    drop(numbers);
    let (mut uses_end, mut bytes_end) = (0, 0);
    // Where the next use of each word goes, and its positions; when all are there, where those of the word end.
    let mut next: Vec<(u32, u32)> = Vec::with_capacity(sizes.len());
    for (uses, bytes) in sizes {
        next.push((uses_end, bytes_end));
        uses_end += uses;
        bytes_end += bytes;
    }
    words.uses = vec![Use::default(); uses_end as usize];
    words.positions = vec![0; bytes_end as usize];
    let mut number = 0;
    for (batch, translation) in batches.into_iter().zip(translations) {
        for page in &batch.pages {
            for (entry, positions) in page.words() {
                let (uses, bytes) = &mut next[translation[entry.word as usize] as usize];
                words.uses[*uses as usize] = Use { page: number, weight: entry.weight, section: entry.section };
                *uses += 1;
                words.positions[*bytes as usize..][..positions.len()].copy_from_slice(positions);
                *bytes += offset(positions.len());
            }
            number += 1;
        }
    }
    (words.use_ends.0, words.position_ends.0) = next.into_iter().unzip();
    words
}

/// A position among all that an index holds, which is far below four thousand million.
fn offset(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// A position in a word that was split, which is a short one.
fn letter(position: usize) -> u8 {
    u8::try_from(position).unwrap_or(u8::MAX)
}

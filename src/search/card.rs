//! What results show of pages, in blocks; and by what pages can be narrowed, in columns.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Collection, Record, Section, bytes};

/// All texts together may have about so many characters; on a large site each page has its share of it for excerpts.
const ALL_TEXT: usize = 1_200_000;
/// However many pages there are, each has so much text for its excerpt, and none has more than the second.
const TEXT: (usize, usize) = (120, 6000);
/// Less than this of a section says nothing: then only what stands before the headings is kept.
const LEAST: usize = 80;

/// How many cards a block has.
pub fn per_block(pages: usize) -> usize {
    pages.div_ceil(560).clamp(4, 18)
}

/// A block of cards: a JSON array with, per page: id (or how many letters it shares with the
/// title, and the rest), title, address (empty if it follows from the id), badges (facet,
/// value, ...), sections (heading, anchor or 0 if it follows from the
/// heading, text, ...).
pub fn block(collection: &Collection, number: usize) -> Vec<u8> {
    let size = per_block(collection.records.len());
    let records = collection.records.iter().skip(number * size).take(size);
    let mut prefixes: BTreeMap<usize, &str> = BTreeMap::new();
    let cards = records.map(|record| {
        let prefix = prefixes.entry(record.kind).or_insert_with(|| address_prefix(collection, record.kind));
        card(record, prefix)
    });
    Value::Array(cards.collect()).to_string().into_bytes()
}

/// Of a page's text what its card has room for, in a site with so many pages.
pub fn openings(sections: Vec<Section>, pages: usize) -> Vec<Section> {
    let budget = (ALL_TEXT / pages.max(1)).clamp(TEXT.0, TEXT.1);
    let others = sections.len().saturating_sub(1);
    let lead = sections.first().map_or(0, |section| section.text.len().min(budget * 2 / 3));
    let share = (budget - lead).checked_div(others).filter(|share| *share >= LEAST);
    let opened = sections.into_iter().enumerate().map(|(position, section)| {
        let characters = match share {
            Some(_) if position == 0 => lead,
            Some(share) => share,
            None if position == 0 => budget,
            None => 0,
        };
        Section { text: opening(&section.text, characters).to_owned(), ..section }
    });
    opened.collect()
}

fn card(record: &Record, prefix: &str) -> Value {
    let expected = format!("{prefix}{}.html", record.id);
    let address = if expected == record.address { "" } else { record.address.as_str() };
    let badges: Vec<usize> = record.badges.iter().flat_map(|(badge, value)| [*badge, *value]).collect();
    let mut sections = Vec::new();
    for section in &record.sections {
        sections.push(json!(section.heading));
        sections.push(if section.anchor == plain_anchor(&section.heading) { json!(0) } else { json!(section.anchor) });
        sections.push(json!(section.text));
    }
    json!([short_id(record), record.title, address, badges, sections])
}

/// An id that begins as its title does: how many letters they share, and the rest.
fn short_id(record: &Record) -> Value {
    let slug = plain_anchor(&record.title);
    let shared = record.id.bytes().zip(slug.bytes()).take_while(|(a, b)| a == b).count();
    if shared > 8 { json!([shared, record.id[shared..]]) } else { json!(record.id) }
}

/// The anchor that a reader of the card can work out from the heading; most are so.
fn plain_anchor(heading: &str) -> String {
    let words = heading.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// What stands before the id in the addresses of a kind.
pub fn address_prefix(collection: &Collection, kind: usize) -> &str {
    collection
        .records
        .iter()
        .find(|record| record.kind == kind)
        .and_then(|record| record.address.strip_suffix(&format!("{}.html", record.id)))
        .unwrap_or_default()
}

/// The beginning of a text, cut between words.
fn opening(text: &str, characters: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(characters) else { return text };
    let start = &text[..end];
    start.rfind(char::is_whitespace).map_or("", |space| &start[..space])
}

/// The columns of all facets. Per facet: how many different sets of values there are; each set as its size and its values;
/// then the set of each page in a byte, or first the low bytes of all pages and then the high ones.
pub fn facets(collection: &Collection) -> Vec<Vec<u8>> {
    let mut columns = Vec::new();
    for facet in 0..collection.facets.len() {
        let values =
            |record: &Record| -> Vec<usize> { record.facets.iter().filter(|(own, _)| *own == facet).map(|(_, value)| *value).collect() };
        let of_pages: Vec<Vec<usize>> = collection.records.iter().map(values).collect();
        let mut numbers: BTreeMap<&[usize], usize> = of_pages.iter().map(|set| (set.as_slice(), 0)).collect();
        numbers.values_mut().enumerate().for_each(|(number, slot)| *slot = number);
        let mut file = Vec::new();
        bytes::number(&mut file, numbers.len());
        for set in numbers.keys() {
            bytes::number(&mut file, set.len());
            set.iter().for_each(|value| bytes::number(&mut file, *value));
        }
        let planes = if numbers.len() > 256 { 2 } else { 1 };
        for plane in 0..planes {
            file.extend(of_pages.iter().map(|set| u8::try_from(numbers[set.as_slice()] >> (8 * plane) & 0xff).unwrap_or(0)));
        }
        columns.push(file);
    }
    columns
}

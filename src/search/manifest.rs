//! The one file of an index with a name that is known: it says what the others are called and what is in them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::index::Index;
use super::part::Part;
use super::shard::SHARDS_PER_POSITIONS;
use super::{Choice, Facet, card};

/// Its name.
pub const NAME: &str = "manifest.bin";
/// Changes when an older client could not read the files.
const FORMAT: u32 = 1;

/// The manifest as JSON.
pub fn manifest(index: &Index, marks: &BTreeMap<Part, String>) -> Vec<u8> {
    let collection = &index.collection;
    let of =
        |wanted: fn(&Part) -> bool| -> String { marks.iter().filter(|(part, _)| wanted(part)).map(|(_, mark)| mark.as_str()).collect() };
    let kinds: Vec<Value> = collection
        .kinds
        .iter()
        .enumerate()
        .map(|(position, kind)| {
            let count = collection.records.iter().filter(|record| record.kind == position).count();
            json!([kind.value, kind.label, count, card::address_prefix(collection, position), collection.kind_names.get(position)])
        })
        .collect();
    let letters: String = marks
        .keys()
        .filter_map(|part| match part {
            Part::Letter(letter) => Some(*letter),
            _ => None,
        })
        .collect();
    let mut manifest = json!({
        "format": FORMAT,
        "generation": "",
        "language": collection.language,
        "size": collection.records.len(),
        "kindLabel": collection.kind_label,
        "kinds": kinds,
        "facets": collection.facets.iter().map(facet).collect::<Vec<_>>(),
        "badges": collection.badges.iter().map(facet).collect::<Vec<_>>(),
        "functionWords": index.analysis.function_words().join(" "),
        "synonyms": collection.synonyms,
        "starts": starts(index),
        "terms": of(|part| matches!(part, Part::Terms(_))),
        "positions": of(|part| matches!(part, Part::Positions(_))),
        "shardsPerPositions": SHARDS_PER_POSITIONS,
        "cards": of(|part| matches!(part, Part::Cards(_))),
        "cardsPerBlock": card::per_block(collection.records.len()),
        "letters": letters,
        "spelling": of(|part| matches!(part, Part::Letter(_))),
        "columns": of(|part| matches!(part, Part::Facets)),
    });
    let generation = blake3::hash(manifest.to_string().as_bytes()).to_hex()[..16].to_owned();
    manifest["generation"] = json!(generation);
    manifest.to_string().into_bytes()
}

fn facet(facet: &Facet) -> Value {
    let values: Vec<Value> = facet.values.iter().map(choice).collect();
    json!([facet.name, facet.label, values])
}

fn choice(choice: &Choice) -> Value {
    if choice.tone.is_empty() { json!([choice.value, choice.label]) } else { json!([choice.value, choice.label, choice.tone]) }
}

/// For each shard but the first, the shortest beginning of its first stem that comes after the last stem of the one before.
fn starts(index: &Index) -> String {
    let mut starts: Vec<&str> = Vec::new();
    for number in 1.. {
        let (Some(before), Some(first)) = (index.shard(number - 1).last(), index.shard(number).first()) else { break };
        let end = first
            .key
            .char_indices()
            .map(|(at, letter)| at + letter.len_utf8())
            .find(|end| first.key[..*end] > *before.key)
            .unwrap_or(first.key.len());
        starts.push(&first.key[..end]);
    }
    starts.join("\n")
}

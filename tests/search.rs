//! The index of a site's search: what is in it, and that it depends on the site alone.

mod support;

use std::collections::BTreeMap;
use std::io::Read as _;

use flate2::read::ZlibDecoder;
use serde_json::Value;
use support::{Site, outputs};
use via_site::search::{Choice, Collection, Facet, Index, Memo, Record, Section, Text};

fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    ZlibDecoder::new(bytes).read_to_end(&mut plain).expect("a compressed file");
    plain
}

fn manifest(files: &BTreeMap<String, Vec<u8>>, folder: &str) -> Value {
    serde_json::from_slice(&inflated(&files[&format!("{folder}manifest.bin")])).expect("JSON")
}

/// A made-up collection of some pages.
fn collection(pages: usize) -> Collection {
    let records = (0..pages).map(|number| Record {
        address: format!("vragen/v-{number:04}.html"),
        id: format!("v-{number:04}"),
        title: format!("Vraag {number} over stages"),
        facets: vec![(0, number % 2)],
        ..Record::default()
    });
    let choice = |value: &str| Choice { value: value.to_owned(), label: value.to_owned(), ..Choice::default() };
    Collection {
        language: "nl".to_owned(),
        kind_label: "Soort".to_owned(),
        kinds: vec![choice("vraag")],
        facets: vec![Facet { name: "status".to_owned(), label: "Status".to_owned(), values: vec![choice("open"), choice("dicht")] }],
        records: records.collect(),
        ..Collection::default()
    }
}

/// What is read of its pages.
fn text(number: usize) -> Text {
    Text {
        sections: vec![
            Section { text: format!("Nummer{number} gaat over arbeidsmarktdiscriminatie."), ..Section::default() },
            Section { heading: "Waarom".to_owned(), anchor: "waarom".to_owned(), text: "Omdat het om kansen gaat.".to_owned() },
        ],
        ..Text::default()
    }
}

fn files(collection: Collection, memo: Option<&mut Memo>) -> BTreeMap<String, Vec<u8>> {
    Index::new(collection, text, memo).files().into_iter().collect()
}

#[test]
fn every_language_has_an_index_of_its_own_pages() {
    let built = outputs(Site::of_fixture("recipes").run());
    let built: BTreeMap<String, Vec<u8>> = built.into_iter().filter(|(address, _)| address.starts_with("search/")).collect();
    let dutch = manifest(&built, "search/nl/");
    assert_eq!(dutch["language"], "nl");
    let counts: u64 = dutch["kinds"].as_array().expect("kinds").iter().filter_map(|kind| kind[2].as_u64()).sum();
    assert_eq!(dutch["size"].as_u64(), Some(counts));
    assert!(manifest(&built, "search/en/")["size"].as_u64() < dutch["size"].as_u64(), "few recipes are translated");
}

#[test]
fn the_same_pages_give_the_same_files_whatever_was_indexed_before() {
    let mut memo = Memo::default();
    files(collection(40), Some(&mut memo));
    let again = files(collection(50), Some(&mut memo));
    assert_eq!(again, files(collection(50), None));
}

#[test]
fn one_changed_page_changes_few_names() {
    let before = files(collection(400), None);
    let mut changed = collection(400);
    changed.records[7].title = "Vraag 7 over banen".to_owned();
    let after = files(changed, None);
    let new = after.keys().filter(|name| !before.contains_key(*name)).count();
    assert!(new * 4 < after.len(), "{new} of {} files have new names", after.len());
}

#[test]
fn an_empty_site_has_an_index_too() {
    let files = files(collection(0), None);
    let manifest: Value = serde_json::from_slice(&inflated(&files["manifest.bin"])).expect("JSON");
    assert_eq!(manifest["size"], 0);
}

#[test]
fn every_file_that_the_manifest_promises_is_there() {
    let files = files(collection(300), None);
    let manifest: Value = serde_json::from_slice(&inflated(&files["manifest.bin"])).expect("JSON");
    for (letter, marks) in [("t", "terms"), ("p", "positions"), ("c", "cards")] {
        let marks = manifest[marks].as_str().expect("marks").as_bytes();
        assert_eq!(marks.len() % 8, 0);
        for (number, mark) in marks.chunks(8).enumerate() {
            let name = format!("{letter}{number}-{}.bin", String::from_utf8_lossy(mark));
            assert!(files.contains_key(&name), "{name}");
        }
    }
    let shards = manifest["terms"].as_str().expect("marks").len() / 8;
    assert_eq!(manifest["starts"].as_str().expect("starts").lines().count(), shards - 1);
}

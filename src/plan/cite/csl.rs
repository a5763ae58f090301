//! Citations as CSL-JSON, the data that citation processors and reference managers read (csl-data.json, CSL 1.0.2).

use serde_json::{Map, Value as Json, json};

use super::{Author, Item};
use crate::plan::json::put;

/// The types that the schema csl-data.json lists.
const TYPES: [&str; 45] = [
    "article",
    "article-journal",
    "article-magazine",
    "article-newspaper",
    "bill",
    "book",
    "broadcast",
    "chapter",
    "classic",
    "collection",
    "dataset",
    "document",
    "entry",
    "entry-dictionary",
    "entry-encyclopedia",
    "event",
    "figure",
    "graphic",
    "hearing",
    "interview",
    "legal_case",
    "legislation",
    "manuscript",
    "map",
    "motion_picture",
    "musical_score",
    "pamphlet",
    "paper-conference",
    "patent",
    "performance",
    "periodical",
    "personal_communication",
    "post",
    "post-weblog",
    "regulation",
    "report",
    "review",
    "review-book",
    "software",
    "song",
    "speech",
    "standard",
    "thesis",
    "treaty",
    "webpage",
];

/// The type of this name; `document` where the language knows no such type.
pub(super) fn item_type(name: &str) -> &'static str {
    TYPES.into_iter().find(|known| *known == name).unwrap_or("document")
}

/// A list of items, as the schema asks for, also when there is only one.
pub(super) fn csl_json(items: &[Item]) -> String {
    let items: Vec<Json> = items.iter().map(item).collect();
    let mut text = serde_json::to_string_pretty(&items).unwrap_or_default();
    text.push('\n');
    text
}

fn item(item: &Item) -> Json {
    let mut csl = Map::new();
    put(&mut csl, "id", item.id.as_str());
    put(&mut csl, "type", item.form);
    put(&mut csl, "title", item.title.as_str());
    put(&mut csl, "author", item.authors.iter().map(author).collect::<Vec<_>>());
    if let Some(date) = item.issued {
        let parts: Vec<i16> = [Some(date.year()), date.month().map(i16::from), date.day().map(i16::from)].into_iter().flatten().collect();
        put(&mut csl, "issued", json!({ "date-parts": [parts] }));
    }
    let genre = if matches!(item.form, "thesis" | "manuscript" | "report") { item.genre.as_str() } else { "" };
    for (name, value) in [
        ("publisher", item.publisher.as_str()),
        ("container-title", &item.container),
        ("volume", &item.volume),
        ("issue", &item.issue),
        ("page", &item.pages),
        ("number", &item.number),
        ("genre", genre),
        ("DOI", &item.doi),
        ("URL", &item.url),
        ("language", &item.language),
        ("note", &item.note),
    ] {
        put(&mut csl, name, value);
    }
    Json::Object(csl)
}

/// A particle goes with the family name wherever that is shown, but not where it is sorted: as is the custom in Dutch.
fn author(author: &Author) -> Json {
    let mut name = Map::new();
    match author {
        Author::Organisation(literal) => put(&mut name, "literal", literal.as_str()),
        Author::Person { family, given, particle } => {
            put(&mut name, "family", family.as_str());
            put(&mut name, "given", given.as_str());
            put(&mut name, "non-dropping-particle", particle.as_str());
        }
    }
    Json::Object(name)
}

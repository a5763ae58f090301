//! Words that should not stand where they stand: out of date, or stronger than what is known.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use super::names::is_whole_word;
use super::{Entry, Site, field_place};
use crate::document::value::Value;
use crate::graph::EntityIndex;
use crate::schema::{Care, Role};

/// The pages of a list that the schema asks for.
pub fn care<'a>(site: &Site<'a>, care: &Care) -> Vec<Entry<'a>> {
    let graph = site.graph;
    let holds = |index| care.when.as_ref().is_none_or(|condition| graph.holds(index, condition));
    let pages = site.documents().filter(|(index, _)| graph.entity(*index).kind == care.kind && holds(*index));
    if care.words.is_empty() {
        let originals = pages.filter(|(_, document)| !document.translation);
        return originals
            .map(|(entity, document)| Entry { entity, document, place: field_place(care.at.as_ref()), note: String::new() })
            .collect();
    }
    let finders: BTreeMap<&str, AhoCorasick> =
        care.words.iter().filter_map(|(language, words)| Some((language.as_str(), finder(words)?))).collect();
    let mut entries = Vec::new();
    for (entity, document) in pages {
        let Some(finder) = finders.get(document.language.as_str()) else { continue };
        let found = site.texts(document).into_iter().find_map(|text| first(finder, text));
        entries.extend(found.map(|word| Entry { entity, document, place: site.place_of(document, word), note: format!("“{word}”") }));
    }
    entries
}

/// Pages that use a word which the site advises against, or which is no longer in use.
pub fn dated<'a>(site: &Site<'a>) -> Vec<Entry<'a>> {
    let graph = site.graph;
    let mut words: Vec<String> = Vec::new();
    let mut owners: Vec<EntityIndex> = Vec::new();
    for (index, entity) in graph.present() {
        for document in &entity.documents {
            let deprecated = document.role(&graph.schema, Role::Deprecated).map_or(&[][..], Value::items);
            let is_over =
                document.role(&graph.schema, Role::ValidUntil).and_then(Value::as_date).is_some_and(|date| date.last_day() < graph.today);
            let own = Some(document.text(&graph.schema, Role::Title))
                .filter(|title| is_over && graph.schema.kind(document.kind).glossary && !title.is_empty());
            for word in deprecated.iter().filter_map(Value::as_text).chain(own) {
                words.push(word.to_owned());
                owners.push(index);
            }
        }
    }
    let finder = finder(&words);
    let mut entries = Vec::new();
    for (entity, document) in site.documents() {
        for text in site.texts(document) {
            let found = finder
                .iter()
                .flat_map(|finder| finder.find_iter(text))
                .find(|found| owners[found.pattern().as_usize()] != entity && is_whole_word(text, found.start(), found.end()));
            if let Some(found) = found {
                let word = &text[found.range()];
                let advice = site.title(owners[found.pattern().as_usize()]);
                // A word whose own page says that its time is over has no other to go to.
                let said = if advice.eq_ignore_ascii_case(word) { "desk.dated.over" } else { "desk.dated.note" };
                let note = site.word(said).replace("{word}", word).replace("{title}", advice);
                entries.push(Entry { entity, document, place: site.place_of(document, word), note });
                break;
            }
        }
        for (name, value) in &document.fields {
            for item in value.items() {
                let Value::Term(vocabulary, term) = item else { continue };
                let term = graph.schema.vocabulary(*vocabulary).terms.get(term);
                if let Some(term) = term.filter(|term| term.valid_until.is_some_and(|date| date.last_day() < graph.today)) {
                    let note = site.word("desk.dated.over").replace("{word}", term.label.get(site.language));
                    entries.push(Entry { entity, document, place: field_place(Some(name)), note });
                }
            }
        }
    }
    entries
}

fn finder(words: &[String]) -> Option<AhoCorasick> {
    AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(words).ok()
}

fn first<'t>(finder: &AhoCorasick, text: &'t str) -> Option<&'t str> {
    finder.find_iter(text).find(|found| is_whole_word(text, found.start(), found.end())).map(|found| &text[found.range()])
}

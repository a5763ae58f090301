//! Pages and their names: which nothing leads to, which are named without a link, and which may be one page twice.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Entry, Site};
use crate::diagnostic::Place;
use crate::graph::EntityIndex;
use crate::schema::{KindIndex, Role};

/// Pages to which no other page leads, save lists.
pub fn orphans<'a>(site: &Site<'a>) -> Vec<Entry<'a>> {
    let graph = site.graph;
    let is_reached = |index: EntityIndex| {
        let shown_there = |relation| graph.schema.relation(relation).inverse.is_some() || graph.schema.relation(relation).symmetric;
        graph.incoming(index).next().is_some()
            || graph.outgoing(index).any(|edge| shown_there(edge.relation))
            || !graph.mentions_of(index).is_empty()
    };
    let listed = |index: &EntityIndex| {
        let kind = graph.schema.kind(graph.entity(*index).kind);
        // Glossaries are reached from running text, and plain pages from the menu.
        !kind.glossary && !kind.address.is_empty()
    };
    let found = site.documents().filter(|(index, document)| !document.translation && listed(index) && !is_reached(*index));
    found.map(|(entity, document)| Entry { entity, document, place: Place::File, note: String::new() }).collect()
}

/// The names by which running text may speak of a page: long enough to be meant.
fn names(site: &Site<'_>) -> (Vec<String>, Vec<EntityIndex>) {
    let graph = site.graph;
    let mut named: BTreeMap<String, BTreeSet<EntityIndex>> = BTreeMap::new();
    for (index, entity) in graph.present().filter(|(_, entity)| !graph.schema.kind(entity.kind).glossary) {
        for document in &entity.documents {
            let title = document.text(&graph.schema, Role::Title).trim();
            let short = document.text(&graph.schema, Role::Short).trim();
            let is_long = title.chars().count() >= 10 || title.split_whitespace().count() > 1;
            let is_short_name = short.chars().count() >= 3 && short.chars().any(char::is_uppercase);
            for name in [title].into_iter().filter(|_| is_long).chain([short].into_iter().filter(|_| is_short_name)) {
                named.entry(name.to_owned()).or_default().insert(index);
            }
        }
    }
    // A name of several pages says of none of them that it is meant.
    named.into_iter().filter(|(_, entities)| entities.len() == 1).filter_map(|(name, entities)| Some((name, *entities.first()?))).unzip()
}

/// Pages that name another page in their text and have no link to it, nor it to them.
pub fn unlinked<'a>(site: &Site<'a>) -> Vec<Entry<'a>> {
    let graph = site.graph;
    let (patterns, targets) = names(site);
    let Ok(finder) = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns) else { return Vec::new() };
    let mut entries = Vec::new();
    for (entity, document) in site.documents() {
        let [_, summary, body] = site.texts(document);
        let mut seen = BTreeSet::new();
        for text in [summary, body] {
            for found in finder.find_iter(text).filter(|found| is_whole_word(text, found.start(), found.end())) {
                let target = targets[found.pattern().as_usize()];
                if target == entity || !seen.insert(target) || are_linked(site, entity, target) {
                    continue;
                }
                let name = &patterns[found.pattern().as_usize()];
                let note = site.word("desk.unlinked.note").replace("{name}", name).replace("{id}", &graph.entity(target).id);
                entries.push(Entry { entity, document, place: site.place_of(document, name), note });
            }
        }
    }
    entries
}

fn are_linked(site: &Site<'_>, one: EntityIndex, other: EntityIndex) -> bool {
    let graph = site.graph;
    graph.outgoing(one).any(|edge| edge.to == other)
        || graph.incoming(one).any(|edge| edge.from == other)
        || graph.mentions_of(other).iter().any(|mention| mention.from == one)
}

/// Whether the text between these offsets is not part of a longer word.
pub fn is_whole_word(text: &str, start: usize, end: usize) -> bool {
    let is_letter = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '-');
    !is_letter(text[..start].chars().next_back()) && !is_letter(text[end..].chars().next())
}

/// A word that more titles have than this says nothing about any two of them.
const COMMON: usize = 50;

/// Two titles are alike if they share this part of all their words.
const ALIKE: f64 = 0.7;

/// Pages of one kind whose titles are nearly the same.
pub fn twins<'a>(site: &Site<'a>) -> Vec<Entry<'a>> {
    let mut by_word: BTreeMap<(KindIndex, String), Vec<usize>> = BTreeMap::new();
    let graph = site.graph;
    let originals: Vec<(EntityIndex, BTreeSet<String>)> =
        graph.present().map(|(index, entity)| (index, words(entity.original().text(&graph.schema, Role::Title)))).collect();
    for (position, (index, words)) in originals.iter().enumerate() {
        for word in words {
            by_word.entry((graph.entity(*index).kind, word.clone())).or_default().push(position);
        }
    }
    let mut pairs = BTreeSet::new();
    for positions in by_word.values().filter(|positions| positions.len() <= COMMON) {
        for (rank, one) in positions.iter().enumerate() {
            pairs.extend(positions[rank + 1..].iter().map(|other| (*one, *other)));
        }
    }
    let mut entries = Vec::new();
    for (one, other) in pairs {
        let ((first, left), (second, right)) = (&originals[one], &originals[other]);
        #[allow(clippy::cast_precision_loss, reason = "numbers of words are small")]
        let likeness = left.intersection(right).count() as f64 / left.union(right).count().max(1) as f64;
        if likeness < ALIKE {
            continue;
        }
        for (entity, twin) in [(*second, *first), (*first, *second)] {
            let document: &'a crate::document::Document = graph.entity(entity).original();
            if site.file.map_or(entity == *second, |file| *document.path == *file) {
                let note = site.word("desk.twins.note").replace("{title}", site.title(twin)).replace("{id}", &graph.entity(twin).id);
                entries.push(Entry { entity, document, place: Place::File, note });
            }
        }
    }
    entries
}

fn words(title: &str) -> BTreeSet<String> {
    let folded = deunicode::deunicode(title).to_lowercase();
    folded.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| word.len() > 2).map(str::to_owned).collect()
}

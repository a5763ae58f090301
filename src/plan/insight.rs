//! What a page says beyond its own fields: counts with their denominator, warnings about what it leans on, its history, and
//! its claim as a sentence whose verb fits the certainty.

use std::collections::{BTreeMap, BTreeSet};

use similar::{ChangeTag, TextDiff};
use tera::Value as Data;

use super::Planner;
use super::data::{extended, html, list, maybe, number, object, text};
use super::summary::date_words;
use crate::chart::{Chart, Row};
use crate::date::PartialDate;
use crate::diagnostic::KeyStep;
use crate::document::value::{Record, Value};
use crate::document::{Document, by_role, record_fields};
use crate::graph::{EntityIndex, related};
use crate::schema::{Direction, Field, FieldPath, FieldType, KindIndex, Name, Role, ViewForm};

impl Planner {
    /// For each field that the kind counts: how many of these entities carry which term, and how many none.
    pub(super) fn tally(&self, kind: KindIndex, items: &[EntityIndex], language: &str) -> Vec<Data> {
        let counted = self.schema.kind(kind).tally.iter().filter_map(|path| {
            let facet = self.facet(path, items, language)?;
            let without = items.iter().filter(|index| self.graph.term(self.graph.entity(**index), path).is_none()).count();
            Some(extended(
                &facet,
                [
                    ("total", number(items.len())),
                    ("without", number(without)),
                    ("kind_label", text(self.kind_words(kind, items.len(), language))),
                ],
            ))
        });
        counted.collect()
    }

    pub(super) fn kind_words(&self, kind: KindIndex, count: usize, language: &str) -> &str {
        let kind = self.schema.kind(kind);
        if count == 1 { kind.singular.get(language) } else { kind.plural.get(language) }
    }

    /// Warnings: of the entity itself, and of every entity that it points at or cites.
    pub(super) fn banners(&self, index: EntityIndex, document: &Document, language: &str) -> Vec<Data> {
        let mut leaned_on: Vec<EntityIndex> = self.graph.outgoing(index).map(|edge| edge.to).collect();
        leaned_on.extend(self.graph.citations(document).iter().flatten());
        leaned_on.sort_unstable();
        leaned_on.dedup();
        let mut banners = Vec::new();
        for banner in &self.schema.banners {
            if self.graph.entity(index).kind == banner.kind && self.graph.holds(index, &banner.when) {
                banners.push(object([("text", text(banner.own.get(language))), ("item", Data::none())]));
            }
            for other in leaned_on.iter().filter(|other| self.graph.entity(**other).kind == banner.kind && **other != index) {
                if self.graph.holds(*other, &banner.when) {
                    banners.push(object([("text", text(banner.message.get(language))), ("item", self.summary(*other, language))]));
                }
            }
        }
        banners
    }

    /// Terms that the body uses although they were out of use when the page was dated.
    pub(super) fn outdated_terms(&self, index: EntityIndex, terms: &[EntityIndex], language: &str) -> Vec<Data> {
        let original = self.graph.entity(index).original();
        let dated = original.role(&self.schema, Role::Date).and_then(Value::as_date).map_or(self.graph.today, PartialDate::last_day);
        let outdated = terms.iter().filter_map(|term| {
            let until = self.graph.entity(*term).original().role(&self.schema, Role::ValidUntil).and_then(Value::as_date)?;
            (until.last_day() < dated)
                .then(|| extended(&self.summary(*term, language), [("until_text", text(date_words(until, self.words(language))))]))
        });
        outdated.collect()
    }

    /// What happened to an entity: its own changes, and dated entities of the site's timelines that point at it.
    pub(super) fn history(&self, index: EntityIndex, document: &Document, language: &str) -> Vec<Data> {
        let words = self.words(language);
        let mut events: Vec<(PartialDate, Data)> = Vec::new();
        if let Some(field) = self.schema.kind(document.kind).role(Role::Changes) {
            let fields = record_fields(field);
            for item in document.fields.get(&field.name).map_or(&[][..], Value::items) {
                let Value::Record(record) = item else { continue };
                let date = by_role(fields, record, Role::Date).and_then(Value::as_date);
                let what = by_role(fields, record, Role::Text).and_then(Value::as_text).unwrap_or_default();
                if let Some(date) = date {
                    events.push((date, event(date, words, what, Data::none(), Vec::new())));
                }
            }
        }
        let dated_kinds: Vec<KindIndex> = self
            .schema
            .views
            .iter()
            .filter_map(|view| match &view.form {
                ViewForm::Timeline { kinds } => Some(kinds.iter().copied()),
                _ => None,
            })
            .flatten()
            .collect();
        let mut seen = BTreeSet::new();
        for edge in self.graph.incoming(index) {
            let other = self.graph.entity(edge.from);
            if !dated_kinds.contains(&other.kind) || !seen.insert(edge.from) {
                continue;
            }
            let Some(date) = other.original().role(&self.schema, Role::Date).and_then(Value::as_date) else { continue };
            let facts = self.pointing_record(edge.from, index, language);
            events.push((date, event(date, words, "", self.summary(edge.from, language), facts)));
        }
        events.sort_by_key(|event| event.0);
        events.into_iter().map(|(_, event)| event).collect()
    }

    /// What the record in which `from` points at `to` says besides, as facts.
    fn pointing_record(&self, from: EntityIndex, to: EntityIndex, language: &str) -> Vec<Data> {
        let document = self.graph.entity(from).original();
        let id = &self.graph.entity(to).id;
        let mut facts = Vec::new();
        for reference in document.references.iter().filter(|reference| reference.target.to_lowercase() == **id) {
            let [KeyStep::Key(field), KeyStep::Index(position), ..] = reference.path.0.as_slice() else { continue };
            let Some(field) = self.schema.kind(document.kind).field(field) else { continue };
            let Some(Value::Record(record)) = document.fields.get(&field.name).and_then(|value| value.items().get(*position)) else {
                continue;
            };
            let others = record_fields(field).iter().filter(|field| !matches!(field.ty, FieldType::Reference(_)));
            facts.extend(self.facts(from, others, record, None, &[], language));
        }
        facts
    }

    /// The word-by-word difference of a record that has a before and an after.
    pub(super) fn difference(&self, fields: &[Field], record: &Record) -> Option<Data> {
        let before = by_role(fields, record, Role::Before)?.as_text()?;
        let after = by_role(fields, record, Role::After)?.as_text()?;
        let parts = reworded(before, after).into_iter().map(|(operation, words)| object([("op", text(operation)), ("text", text(words))]));
        Some(object([("type", text("diff")), ("parts", list(parts))]))
    }

    /// The claim as a sentence that can be quoted. It speaks one language: none where what it names has no title in that
    /// language, and no size whose unit was not translated.
    pub(super) fn sentence(&self, index: EntityIndex, language: &str) -> Option<String> {
        let entity = self.graph.entity(index);
        let rules = self.schema.sentences.iter().find(|rules| rules.kind == entity.kind)?;
        let direction = self.graph.term(entity, &rules.direction)?;
        let certainty = self.graph.term(entity, &rules.certainty)?;
        let pattern = rules.patterns.get(direction)?.get(certainty)?.get(language);
        let titles = |relation| {
            let names: Option<Vec<String>> = related(&self.graph, index, Direction::Forward(relation))
                .map(|other| self.graph.entity(other))
                .map(|other| other.speaks(language).then(|| in_sentence(other.text(&self.schema, Role::Title, language))))
                .collect();
            let and = self.words(language).text("sentence.and");
            match names?.as_slice() {
                [] => None,
                [one] => Some(one.clone()),
                [rest @ .., last] => Some(format!("{} {and} {last}", rest.join(", "))),
            }
        };
        let (subject, object) = (titles(rules.subject)?, titles(rules.object)?);
        let mut sentence = super::list::capital(&pattern.replace("{subject}", &subject).replace("{object}", &object));
        if let Some((value, unit)) = &rules.size
            && entity.speaks(language)
            && let (Some(Value::Number(value)), Some(unit)) =
                (entity.original().value(value), entity.document(language).value(unit).and_then(Value::as_text))
        {
            let size = format!(" ({} {unit}).", crate::chart::number(*value, language));
            sentence = format!("{}{size}", sentence.trim_end_matches('.'));
        }
        Some(sentence)
    }

    /// A chart with its table, for templates.
    pub(super) fn chart(&self, chart: &Chart, language: &str) -> Data {
        let rows = chart.table(language).into_iter().map(|row| list(row.into_iter().map(text)));
        object([
            ("title", text(&chart.title)),
            ("svg", html(chart.svg(language))),
            ("columns", list(chart.columns.iter().map(text))),
            ("rows", list(rows)),
        ])
    }

    /// How many entities of each year there are, by the term that they carry now; none where fewer than two years are known.
    pub(super) fn by_year(&self, kind: KindIndex, path: &FieldPath, items: &[EntityIndex], language: &str) -> Option<Data> {
        let first = self.graph.entity(*items.first()?);
        let (vocabulary, _) = self.vocabulary_of(first, path, language)?;
        let mut years: BTreeMap<i16, BTreeMap<Name, f64>> = BTreeMap::new();
        let terms = self.terms_among(path, items);
        for index in items {
            let entity = self.graph.entity(*index);
            let date = entity.original().role(&self.schema, Role::Date).and_then(Value::as_date);
            if let (Some(date), Some(term)) = (date, self.graph.term(entity, path)) {
                *years.entry(date.year()).or_default().entry(term.clone()).or_default() += 1.0;
            }
        }
        if years.len() < 2 || terms.len() > 6 {
            return None;
        }
        let label = |term: &Name| self.schema.vocabulary(vocabulary).terms.get(term).map_or("", |term| term.label.get(language)).to_owned();
        let title =
            super::list::capital(&self.words(language).fill("chart.by_year", &[("kind", self.schema.kind(kind).plural.get(language))]));
        let columns = std::iter::once(self.words(language).text("chart.year").to_owned()).chain(terms.iter().map(label)).collect();
        let rows = years
            .into_iter()
            .map(|(year, counts)| Row { name: year.to_string(), values: terms.iter().map(|term| counts.get(term).copied()).collect() })
            .collect();
        Some(self.chart(&Chart { title, stacked: true, unit: String::new(), columns, rows }, language))
    }

    /// The terms of a field that occur among entities, in the order of the vocabulary.
    pub(super) fn terms_among(&self, path: &FieldPath, items: &[EntityIndex]) -> Vec<Name> {
        let mut found: Vec<Name> = Vec::new();
        for index in items {
            for term in self.graph.terms(self.graph.entity(*index), path) {
                if !found.contains(term) {
                    found.push(term.clone());
                }
            }
        }
        let language = self.config.first_language();
        let vocabulary = items.first().and_then(|first| self.vocabulary_of(self.graph.entity(*first), path, language));
        if let Some((vocabulary, _)) = vocabulary {
            found.sort_by_key(|term| self.schema.vocabulary(vocabulary).terms.get_index_of(term));
        }
        found
    }
}

fn event(date: PartialDate, words: &crate::catalogue::Catalogue, what: &str, item: Data, facts: Vec<Data>) -> Data {
    object([
        ("date", text(date.to_string())),
        ("date_text", maybe(Some(date_words(date, words)))),
        ("text", text(what)),
        ("item", item),
        ("facts", list(facts)),
    ])
}

/// What a reader sees of a change of words: runs that stayed, went (`removed`) and came (`added`). Words that changed one
/// after the other are one run, with the spaces between them.
fn reworded(before: &str, after: &str) -> Vec<(&'static str, String)> {
    fn close(parts: &mut Vec<(&'static str, String)>, removed: &mut String, added: &mut String) {
        for (operation, run) in [("removed", removed), ("added", added)] {
            let run = std::mem::take(run);
            if !run.trim().is_empty() {
                parts.push((operation, run));
            }
        }
    }
    let (mut parts, mut removed, mut added, mut space) = (Vec::new(), String::new(), String::new(), String::new());
    for change in TextDiff::from_words(before, after).iter_all_changes() {
        let word = change.value();
        match change.tag() {
            ChangeTag::Equal if word.trim().is_empty() && !(removed.is_empty() && added.is_empty()) => space.push_str(word),
            ChangeTag::Equal => {
                close(&mut parts, &mut removed, &mut added);
                let word = std::mem::take(&mut space) + word;
                match parts.last_mut() {
                    Some(("same", run)) => run.push_str(&word),
                    _ => parts.push(("same", word)),
                }
            }
            tag => {
                removed.push_str(&space);
                added.push_str(&space);
                space.clear();
                if tag == ChangeTag::Delete { &mut removed } else { &mut added }.push_str(word);
            }
        }
    }
    close(&mut parts, &mut removed, &mut added);
    if !space.is_empty() {
        parts.push(("same", space));
    }
    parts
}

/// A title inside a sentence: without its capital, unless it starts with a name or an abbreviation, and without a last stop.
fn in_sentence(title: &str) -> String {
    let title = title.trim_end_matches(['.', '?', '!']);
    let mut letters = title.chars();
    let first_word = title.split([' ', '-']).next().unwrap_or_default();
    let ordinary = first_word.chars().skip(1).all(char::is_lowercase) && first_word.chars().count() > 1;
    match letters.next() {
        Some(first) if ordinary => first.to_lowercase().chain(letters).collect(),
        _ => title.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_loses_its_capital_inside_a_sentence_but_an_abbreviation_does_not() {
        assert_eq!(in_sentence("Gestructureerde gesprekken"), "gestructureerde gesprekken");
        assert_eq!(in_sentence("LOB op het vmbo"), "LOB op het vmbo");
        assert_eq!(in_sentence("WW-gebruik"), "WW-gebruik");
    }

    #[test]
    fn words_that_changed_one_after_the_other_are_one_run() {
        let parts = reworded("Agenda Verdere Integratie op de Markt", "Agenda Voor een Open op de Markt");
        let told: Vec<(&str, &str)> = parts.iter().map(|(operation, run)| (*operation, run.as_str())).collect();
        assert_eq!(told, [("same", "Agenda "), ("removed", "Verdere Integratie"), ("added", "Voor een Open"), ("same", " op de Markt")]);
        assert_eq!(reworded("gelijk", "gelijk"), [("same", "gelijk".to_owned())]);
        assert_eq!(reworded("a b c", "a c"), [("same", "a ".to_owned()), ("removed", "b ".to_owned()), ("same", "c".to_owned())]);
    }
}

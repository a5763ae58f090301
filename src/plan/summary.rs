//! What lists and cards say of an entity, and how single values are worded for readers.

use std::collections::BTreeMap;

use tera::Value as Data;

use super::Planner;
use super::data::{extended, html, list, maybe, number, object, text};
use crate::catalogue::Catalogue;
use crate::date::PartialDate;
use crate::document::value::{Record, Value, value_at};
use crate::graph::{Edge, Entity, EntityIndex};
use crate::schema::{Field, FieldPath, FieldType, Name, Role, VocabularyIndex, field_at};

impl Planner {
    fn summarise(&self, index: EntityIndex, language: &str) -> Data {
        let entity = self.graph.entity(index);
        let kind = self.schema.kind(entity.kind);
        let original = entity.original();
        let date = original.role(&self.schema, Role::Date).and_then(Value::as_date);
        // The engine finds a field among twelve by looking at one after the other, so those that lists show come first.
        object([
            ("url", text(self.addresses.entity(entity, language))),
            ("title", text(entity.text(&self.schema, Role::Title, language))),
            ("lang", text(&entity.document(language).language)),
            ("draft", Data::from(original.is_draft(&self.schema))),
            ("summary", text(entity.text(&self.schema, Role::Summary, language))),
            ("badges", list(self.badges(entity, language))),
            ("date_text", maybe(date.map(|date| date_words(date, self.words(language))))),
            ("date", maybe(date.map(|date| date.to_string()))),
            ("kind_label", text(kind.singular.get(language))),
            ("kind", text(&kind.name)),
            ("id", text(&entity.id)),
            ("short", text(original.text(&self.schema, Role::Short))),
        ])
    }

    fn badges(&self, entity: &Entity, language: &str) -> Vec<Data> {
        let kind = self.schema.kind(entity.kind);
        let mut badges = Vec::new();
        for path in &kind.badges {
            if let Some((vocabulary, label)) = self.vocabulary_of(entity, path, language)
                && let Some(term) = self.graph.term(entity, path)
            {
                badges.push(extended(&self.term(vocabulary, term, language), [("label", text(label))]));
            }
        }
        badges
    }

    /// The vocabulary of a term field or derived state, and what readers see as its name.
    pub(super) fn vocabulary_of(&self, entity: &Entity, path: &FieldPath, language: &str) -> Option<(VocabularyIndex, String)> {
        if let [name] = path.as_slice()
            && let Some((_, derived)) = self.schema.derived_of(entity.kind).find(|(_, derived)| derived.name == *name)
        {
            return Some((derived.vocabulary, derived.label.get(language).to_owned()));
        }
        let field = field_at(&self.schema.kind(entity.kind).fields, path)?;
        match field.ty {
            FieldType::Term(vocabulary) => Some((vocabulary, field.label.get(language).to_owned())),
            _ => None,
        }
    }

    /// The shared summary of an entity.
    pub(super) fn summary(&self, index: EntityIndex, language: &str) -> Data {
        let slot = self.summaries.get(language).and_then(|summaries| summaries.get(index.0));
        slot.map_or_else(Data::none, |slot| slot.get_or_init(|| self.summarise(index, language)).clone())
    }

    /// A word of a vocabulary with its meaning and the page that lists it, shared by all who show it.
    pub(super) fn term(&self, vocabulary: VocabularyIndex, name: &Name, language: &str) -> Data {
        let found = self.schema.vocabulary(vocabulary);
        let Some((position, _, term)) = found.terms.get_full(name) else { return Data::none() };
        let slot = self.terms.get(language).and_then(|vocabularies| vocabularies.get(vocabulary.0)?.get(position));
        let described = || {
            object([
                ("type", text("term")),
                ("term", text(name)),
                ("word", text(term.label.get(language))),
                ("tone", text(&term.tone)),
                ("definition", text(term.definition.get(language))),
                ("url", text(self.addresses.term(found, name, language, 1))),
            ])
        };
        slot.map_or_else(Data::none, |slot| slot.get_or_init(described).clone())
    }

    /// A word that says why there is no value.
    pub(super) fn gap(&self, vocabulary: VocabularyIndex, name: &Name, language: &str) -> Data {
        extended(&self.term(vocabulary, name, language), [("type", text("gap"))])
    }

    /// The facts of a record: its fields in the order of the schema, without those that `skip` names by role.
    ///
    /// `translated` holds the record in the reader's language, where that was translated. A text that was not says its language.
    pub(super) fn facts<'f>(
        &self,
        entity: EntityIndex,
        fields: impl IntoIterator<Item = &'f Field>,
        record: &Record,
        translated: Option<&Record>,
        skip: &[Role],
        language: &str,
    ) -> Vec<Data> {
        let mut facts = Vec::new();
        for field in fields {
            if field.private || field.role.is_some_and(|role| skip.contains(&role)) {
                continue;
            }
            let (said, original) = (translated.and_then(|record| record.get(&field.name)), record.get(&field.name));
            let Some(value) = said.or(original) else { continue };
            let values: Vec<Data> = match (said, original) {
                (Some(Value::Record(said)), Some(Value::Record(original))) => {
                    vec![self.record_value(entity, field, original, Some(said), language)]
                }
                _ => value.items().iter().map(|item| self.foreign_or_not(entity, field, item, said.is_some(), language)).collect(),
            };
            if values.is_empty() {
                continue;
            }
            facts.push(self.fact(&field.name, field.label.get(language), &values, field.list, field.unit.get(language), value));
        }
        facts
    }

    pub(super) fn fact(&self, name: &str, label: &str, values: &[Data], is_list: bool, unit: &str, value: &Value) -> Data {
        object([
            ("name", text(name)),
            ("label", text(label)),
            ("values", list(values.to_vec())),
            ("list", Data::from(is_list)),
            ("unit", text(unit)),
            ("gap", Data::from(matches!(value, Value::Gap(..)))),
        ])
    }

    /// A value, which says its language if it is a text in another one than the page's.
    fn foreign_or_not(&self, entity: EntityIndex, field: &Field, value: &Value, translated: bool, language: &str) -> Data {
        let data = self.value(entity, field, value, language);
        let original = &self.graph.entity(entity).original().language;
        let is_foreign = !translated && original != language && matches!(value, Value::Text(_));
        if is_foreign { extended(&data, [("lang", text(original))]) } else { data }
    }

    fn record_value(&self, entity: EntityIndex, field: &Field, record: &Record, translated: Option<&Record>, language: &str) -> Data {
        let fields = crate::document::record_fields(field);
        let mut facts = self.facts(entity, fields, record, translated, &[], language);
        if let Some(difference) = self.difference(fields, record) {
            let label = self.words(language).text("difference.label");
            facts.push(self.fact("difference", label, &[difference], false, "", &Value::Record(Record::new())));
        }
        object([("type", text("record")), ("fields", list(facts))])
    }

    fn value(&self, entity: EntityIndex, field: &Field, value: &Value, language: &str) -> Data {
        let words = self.words(language);
        match value {
            Value::Text(content) => object([("type", text("text")), ("text", text(content))]),
            Value::Markdown(body) => object([("type", text("html")), ("html", html(&body.html))]),
            Value::Number(value) => object([("type", text("text")), ("text", text(crate::chart::number(*value, language)))]),
            Value::Date(date) => {
                object([("type", text("date")), ("date", text(date.to_string())), ("text", text(date_words(*date, words)))])
            }
            Value::Boolean(yes) => {
                object([("type", text("text")), ("text", text(words.text(if *yes { "value.yes" } else { "value.no" })))])
            }
            Value::Url(address) => object([("type", text("link")), ("url", text(address)), ("text", text(address))]),
            Value::Doi(doi) => {
                object([("type", text("link")), ("url", text(format!("https://doi.org/{doi}"))), ("text", text(format!("doi:{doi}")))])
            }
            Value::Term(vocabulary, name) => self.term(*vocabulary, name, language),
            Value::Gap(vocabulary, name) => self.gap(*vocabulary, name, language),
            Value::List(items) => {
                object([("type", text("list")), ("values", list(items.iter().map(|item| self.value(entity, field, item, language))))])
            }
            Value::Record(record) => self.record_value(entity, field, record, None, language),
            Value::Reference(position) => {
                let document = self.graph.entity(entity).original();
                let target = document.references.get(*position).and_then(|reference| self.graph.find(&reference.target.to_lowercase()));
                match target {
                    Some(target) => object([("type", text("entity")), ("item", self.summary(target, language)), ("fields", list([]))]),
                    None => Data::none(),
                }
            }
        }
    }

    /// What a pointer carries, such as a page number, as facts.
    pub(super) fn edge_note(&self, edge: &Edge, language: &str) -> Vec<Data> {
        let relation = self.schema.relation(edge.relation);
        self.facts(edge.from, &relation.fields, &edge.fields, None, &[], language)
    }

    /// The value of one column of a board or ledger.
    pub(super) fn field_fact(&self, index: EntityIndex, path: &FieldPath, language: &str) -> Option<Data> {
        let entity = self.graph.entity(index);
        let kind = self.schema.kind(entity.kind);
        let field = field_at(&kind.fields, path)?;
        let translated = value_at(&entity.document(language).fields, path);
        let value = translated.or_else(|| entity.original().value(path))?;
        let values: Vec<Data> = value.items().iter().map(|item| self.value(index, field, item, language)).collect();
        Some(self.fact(&field.name, field.label.get(language), &values, field.list, field.unit.get(language), value))
    }

    /// The words of a language.
    pub(super) fn words(&self, language: &str) -> &Catalogue {
        self.face.catalogues.get(language).unwrap_or(&self.no_words)
    }

    /// How often each term of a field occurs among entities, in the order of the vocabulary.
    pub(super) fn facet(&self, path: &FieldPath, items: &[EntityIndex], language: &str) -> Option<Data> {
        let first = self.graph.entity(*items.first()?);
        let (vocabulary, label) = self.vocabulary_of(first, path, language)?;
        let mut counts: BTreeMap<&Name, usize> = BTreeMap::new();
        for index in items {
            for term in self.graph.terms(self.graph.entity(*index), path) {
                *counts.entry(term).or_default() += 1;
            }
        }
        let terms = self.schema.vocabulary(vocabulary).terms.keys().filter_map(|name| {
            let count = counts.get(name)?;
            Some(extended(&self.term(vocabulary, name, language), [("count", number(*count))]))
        });
        Some(object([("label", text(label)), ("name", text(path.join("."))), ("terms", list(terms))]))
    }
}

/// A date in words: `13 december 2021`, `december 2021`, `2021`.
pub fn date_words(date: PartialDate, words: &Catalogue) -> String {
    let year = date.year().to_string();
    let month = |month: i8| words.item("date.months", usize::try_from(month - 1).unwrap_or(0)).to_owned();
    match (date.month(), date.day()) {
        (Some(number), Some(day)) => words.fill("date.day", &[("day", &day.to_string()), ("month", &month(number)), ("year", &year)]),
        (Some(number), None) => words.fill("date.month", &[("month", &month(number)), ("year", &year)]),
        _ => year,
    }
}

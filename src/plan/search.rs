//! What the search may know of each published page: what a reader of that page sees, and the words that lead to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::list::capital;
use super::{File, Planner};
use crate::document::body::Body;
use crate::document::record_fields;
use crate::document::value::{Record as Fields, Value};
use crate::graph::{Entity, EntityIndex};
use crate::schema::{Field, FieldPath, KindIndex, RelationIndex, Role, VocabularyIndex};
use crate::search::{Choice, Collection, Facet, Index, Memo, Record, Section, Text};

/// Roles of fields that are read on their own account, or say nothing about the subject.
const READ_APART: [Role; 12] = [
    Role::Title,
    Role::Short,
    Role::Summary,
    Role::Draft,
    Role::Aliases,
    Role::Keywords,
    Role::Synonyms,
    Role::Deprecated,
    Role::Changes,
    Role::Tombstone,
    Role::Updated,
    Role::Order,
];

/// By what a facet or a badge is the same for several kinds.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
enum Subject {
    Terms(FieldPath, VocabularyIndex),
    Targets(RelationIndex),
    Year,
}

/// A facet while its values are being collected, by their order.
struct Draft {
    subject: Subject,
    label: String,
    values: BTreeMap<usize, Choice>,
    /// Pages with the values they have.
    uses: Vec<(usize, usize)>,
}

/// Pages that were analysed for the search before, by language. It changes how long an index takes, never what is in it.
#[derive(Debug, Default)]
pub struct Analysed(Mutex<BTreeMap<String, Memo>>);

impl Analysed {
    fn with<T>(&self, language: &str, work: impl FnOnce(&mut Memo) -> T) -> T {
        let mut memos = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(memos.entry(language.to_owned()).or_default())
    }
}

impl Planner {
    /// The files of the search index of each language, below `search/`.
    pub(super) fn search_files(&self) -> Vec<File> {
        let mut files = Vec::new();
        for language in &self.config.languages {
            let (collection, entities) = self.collection(language);
            let text = |page: usize| self.text(entities[page], language);
            // Where nobody waits for the next state of the site, nothing is kept for it.
            let index = match self.analysed.upgrade() {
                Some(analysed) => analysed.with(language, |memo| Index::new(collection, text, Some(memo))),
                None => Index::new(collection, text, None),
            };
            let own = index.files().into_iter();
            files.extend(own.map(|(name, bytes)| File { address: format!("search/{language}/{name}"), bytes: bytes.into() }));
        }
        files
    }

    /// All published pages of entities in a language, as the search sees them, and whose page each is.
    fn collection(&self, language: &str) -> (Collection, Vec<EntityIndex>) {
        let words = self.words(language);
        let mut collection = Collection {
            language: language.to_owned(),
            kind_label: words.text("search.kind").to_owned(),
            synonyms: self.synonyms(language),
            ..Collection::default()
        };
        let mut entities = Vec::new();
        let (mut facets, mut badges) = (Vec::new(), Vec::new());
        for (position, kind) in self.schema.kinds.iter().enumerate() {
            let label = capital(kind.plural.get(language));
            collection.kinds.push(Choice { value: kind.name.to_string(), label, ..Choice::default() });
            collection.kind_names.push(capital(kind.singular.get(language)));
            for index in self.order(KindIndex(position)) {
                let entity = self.graph.entity(*index);
                if entity.speaks(language) {
                    let page = collection.records.len();
                    for (drafts, paths) in [(&mut facets, &kind.facets), (&mut badges, &kind.badges)] {
                        for path in paths {
                            self.collect_values(drafts, page, *index, path, language);
                        }
                    }
                    self.collect_year(&mut facets, page, entity, language);
                    collection.records.push(Record {
                        address: self.addresses.entity(entity, language),
                        id: entity.id.to_string(),
                        kind: position,
                        title: entity.text(&self.schema, Role::Title, language).to_owned(),
                        ..Record::default()
                    });
                    entities.push(*index);
                }
            }
        }
        collection.facets = finish(facets, &mut collection.records, |record| &mut record.facets, self);
        collection.badges = finish(badges, &mut collection.records, |record| &mut record.badges, self);
        self.tell_apart(&mut collection, language);
        (collection, entities)
    }

    /// Facets that go by one label, or by that of the kinds, say which kinds they are of.
    fn tell_apart(&self, collection: &mut Collection, language: &str) {
        let labels: Vec<String> =
            collection.facets.iter().map(|facet| facet.label.clone()).chain([collection.kind_label.clone()]).collect();
        for (number, facet) in collection.facets.iter_mut().enumerate() {
            if labels.iter().filter(|label| **label == facet.label).count() > 1 {
                let having = collection.records.iter().filter(|record| record.facets.iter().any(|(own, _)| *own == number));
                let kinds: BTreeSet<usize> = having.map(|record| record.kind).collect();
                let kinds: Vec<&str> = kinds.into_iter().map(|kind| self.schema.kinds[kind].plural.get(language)).collect();
                facet.label = format!("{} ({})", facet.label, kinds.join(", "));
            }
        }
    }

    /// What is read of an entity's page.
    fn text(&self, index: EntityIndex, language: &str) -> Text {
        let entity = self.graph.entity(index);
        let document = entity.document(language);
        let original = entity.original();
        let texts = |role: Role| document.role(&self.schema, role).map_or(&[][..], Value::items).iter().filter_map(Value::as_text);
        let keywords = texts(Role::Aliases).filter(|alias| !alias.starts_with('/'));
        let keywords = keywords.chain(texts(Role::Keywords)).chain(texts(Role::Synonyms)).chain(texts(Role::Deprecated));
        let short = original.text(&self.schema, Role::Short);
        let mut lead: Vec<String> = Vec::new();
        let mut unseen: Vec<String> = Vec::new();
        lead.push(entity.text(&self.schema, Role::Summary, language).to_owned());
        for field in &self.schema.kind(entity.kind).fields {
            if field.private || field.role.is_some_and(|role| READ_APART.contains(&role)) {
                continue;
            }
            let value = document.fields.get(&field.name).or_else(|| original.fields.get(&field.name));
            if let Some(value) = value {
                self.texts_of(field, value, language, &mut lead, &mut unseen);
            }
        }
        Text {
            names: (!short.is_empty()).then(|| short.to_owned()).into_iter().collect(),
            keywords: keywords.map(str::to_owned).collect(),
            sections: sections(&document.body, &lead),
            unseen: unseen.join("\n"),
        }
    }

    /// The texts of a value: what stands there in words, and the words of its terms.
    fn texts_of(&self, field: &Field, value: &Value, language: &str, texts: &mut Vec<String>, terms: &mut Vec<String>) {
        for item in value.items() {
            match item {
                // What has a role of its own, such as the name of an author, stands elsewhere than in a sentence.
                Value::Text(text) if field.role.is_some_and(|role| role != Role::Text) => terms.push(text.clone()),
                Value::Text(text) => texts.push(text.clone()),
                Value::Markdown(body) => texts.push(body.plain.clone()),
                Value::Term(vocabulary, name) | Value::Gap(vocabulary, name) => {
                    if let Some(term) = self.schema.vocabulary(*vocabulary).terms.get(name) {
                        terms.push(term.label.get(language).to_owned());
                    }
                }
                Value::Record(record) => self.texts_of_record(record_fields(field), record, language, texts, terms),
                _ => {}
            }
        }
    }

    fn texts_of_record(&self, fields: &[Field], record: &Fields, language: &str, texts: &mut Vec<String>, terms: &mut Vec<String>) {
        for field in fields.iter().filter(|field| !field.private) {
            if let Some(value) = record.get(&field.name) {
                self.texts_of(field, value, language, texts, terms);
            }
        }
    }

    /// Words of the glossary that mean the same, and those that are no longer used, both ways.
    fn synonyms(&self, language: &str) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for (_, entity) in self.graph.present() {
            if !self.schema.kind(entity.kind).glossary || !entity.speaks(language) {
                continue;
            }
            let document = entity.document(language);
            let title = document.text(&self.schema, Role::Title);
            for role in [Role::Synonyms, Role::Deprecated] {
                let others = document.role(&self.schema, role).map_or(&[][..], Value::items).iter().filter_map(Value::as_text);
                pairs.extend(others.flat_map(|other| [(other.to_owned(), title.to_owned()), (title.to_owned(), other.to_owned())]));
            }
        }
        pairs
    }

    fn collect_values(&self, drafts: &mut Vec<Draft>, page: usize, index: EntityIndex, path: &FieldPath, language: &str) {
        let entity = self.graph.entity(index);
        if let Some((vocabulary, label)) = self.vocabulary_of(entity, path, language) {
            let draft = draft(drafts, Subject::Terms(path.clone(), vocabulary), &label);
            for name in self.graph.terms(entity, path) {
                if let Some((position, _, term)) = self.schema.vocabulary(vocabulary).terms.get_full(name) {
                    draft.add(page, position, name, term.label.get(language), &term.tone);
                }
            }
            return;
        }
        let [name] = path.as_slice() else { return };
        let Some(relation) = self.schema.relations.iter().position(|relation| relation.name == *name && !relation.private) else { return };
        let draft = draft(drafts, Subject::Targets(RelationIndex(relation)), self.schema.relations[relation].label.get(language));
        for edge in self.graph.outgoing(index).filter(|edge| edge.relation.0 == relation) {
            let target = self.graph.entity(edge.to);
            if !target.removed {
                draft.add(page, edge.to.0, &target.id, target.text(&self.schema, Role::Title, language), "");
            }
        }
    }

    /// The year of a page's date, the latest first.
    fn collect_year(&self, drafts: &mut Vec<Draft>, page: usize, entity: &Entity, language: &str) {
        if let Some(date) = entity.original().role(&self.schema, Role::Date).and_then(Value::as_date) {
            let year = date.year().to_string();
            let order = usize::try_from(i32::from(i16::MAX) - i32::from(date.year())).unwrap_or(0);
            draft(drafts, Subject::Year, self.words(language).text("search.year")).add(page, order, &year, &year, "");
        }
    }
}

impl Draft {
    fn add(&mut self, page: usize, order: usize, value: &str, label: &str, tone: &str) {
        self.values.entry(order).or_insert_with(|| Choice { value: value.to_owned(), label: label.to_owned(), tone: tone.to_owned() });
        self.uses.push((page, order));
    }
}

fn draft<'a>(drafts: &'a mut Vec<Draft>, subject: Subject, label: &str) -> &'a mut Draft {
    let position = drafts.iter().position(|draft| draft.subject == subject).unwrap_or_else(|| {
        drafts.push(Draft { subject, label: label.to_owned(), values: BTreeMap::new(), uses: Vec::new() });
        drafts.len() - 1
    });
    &mut drafts[position]
}

/// Facets with the values that occur, and each page's values by their positions there.
fn finish(drafts: Vec<Draft>, records: &mut [Record], of: fn(&mut Record) -> &mut Vec<(usize, usize)>, planner: &Planner) -> Vec<Facet> {
    let mut facets: Vec<Facet> = Vec::new();
    for draft in drafts.into_iter().filter(|draft| !draft.uses.is_empty()) {
        let number = facets.len();
        let positions: BTreeMap<usize, usize> = draft.values.keys().enumerate().map(|(position, order)| (*order, position)).collect();
        for (page, order) in draft.uses {
            let own = of(&mut records[page]);
            let value = (number, positions[&order]);
            if !own.contains(&value) {
                own.push(value);
            }
        }
        let name = match &draft.subject {
            Subject::Terms(path, vocabulary) => {
                let name = path.join(".");
                // Kinds may call different lists by one name; the second one then goes by the name of its list.
                if facets.iter().any(|facet| facet.name == name) { planner.schema.vocabulary(*vocabulary).name.to_string() } else { name }
            }
            Subject::Targets(relation) => planner.schema.relation(*relation).name.to_string(),
            Subject::Year => "year".to_owned(),
        };
        facets.push(Facet { name, label: draft.label, values: draft.values.into_values().collect() });
    }
    for record in records {
        of(record).sort_unstable();
    }
    facets
}

/// The text of a page by its headings; what stands in fields comes before the body's first heading.
fn sections(body: &Body, lead: &[String]) -> Vec<Section> {
    let lead: Vec<&str> = lead.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    let mut section = Section { text: lead.join("\n"), ..Section::default() };
    let mut sections = Vec::with_capacity(body.headings.len() + 1);
    let mut from = 0;
    // A heading of nothing but an image leads nowhere that could be named.
    for heading in body.headings.iter().filter(|heading| !heading.text.is_empty()) {
        append(&mut section.text, body.plain.get(from..heading.plain.start));
        let next = Section { heading: heading.text.clone(), anchor: heading.anchor.clone(), text: String::new() };
        sections.push(std::mem::replace(&mut section, next));
        from = heading.plain.end;
    }
    append(&mut section.text, body.plain.get(from..));
    sections.push(section);
    sections
}

/// Appends some of a body's text, without the breaks between it and the headings.
fn append(text: &mut String, more: Option<&str>) {
    let more = more.unwrap_or_default().trim_matches('\n');
    if !text.is_empty() && !more.is_empty() {
        text.push('\n');
    }
    text.push_str(more);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::markup::{MarkupOptions, render};

    #[test]
    fn a_text_is_cut_at_its_headings_and_at_nothing_that_looks_like_one() {
        let text = "Voor.\n\nKop\n\n## Kop\n\nEen.\n\n## ![een plaat](plaat.png)\n\nTwee.\n\n## Slot\n\n- a\n- b\n\n## Leeg\n";
        let body = render(text, 0, &MarkupOptions { raw_html: &[], extensions: true });
        let found = sections(&body, &["Samen.".to_owned(), String::new()]);
        let found: Vec<(&str, &str, &str)> = found.iter().map(|one| (&*one.heading, &*one.anchor, &*one.text)).collect();
        let told = [("", "", "Samen.\nVoor.\nKop"), ("Kop", "kop", "Een.\nTwee."), ("Slot", "slot", "a\nb"), ("Leeg", "leeg", "")];
        assert_eq!(found, told);
    }
}

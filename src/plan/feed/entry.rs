//! What is an entry: what changed, when, who says so, and how that reads.

use std::collections::BTreeMap;

use tera::Value as Data;
use tera::value::Key;

use super::super::Planner;
use super::super::data::escape;
use super::host;
use crate::date::PartialDate;
use crate::document::value::{Record, Value};
use crate::document::{by_role, record_fields};
use crate::graph::EntityIndex;
use crate::schema::{Field, FieldType, Role};

/// A change that readers should know of, in no language yet.
pub(super) struct Entry<'a> {
    /// What changed.
    pub(super) about: EntityIndex,
    /// Who says so.
    pub(super) from: EntityIndex,
    date: PartialDate,
    /// What tells it from other changes of the same entity on the same date; a part of its permanent id.
    key: String,
    content: Content<'a>,
}

enum Content<'a> {
    /// A sentence by the editor.
    Note(&'a str),
    /// What another entity decided.
    Record(&'a [Field], &'a Record),
}

/// A line of an entry or of an event: what it says, after what that is.
pub(in crate::plan) struct Line {
    /// Empty for a sentence that stands alone.
    pub(in crate::plan) label: String,
    /// The value in words.
    pub(in crate::plan) text: String,
    /// Its language, where that is not the reader's.
    pub(in crate::plan) language: Option<String>,
}

/// An entry in the words of a language.
pub(super) struct Item {
    pub(super) id: String,
    pub(super) url: String,
    pub(super) title: String,
    /// Of the title, where that is not the reader's.
    pub(super) language: Option<String>,
    /// RFC 3339.
    pub(super) date: String,
    /// The kind of what changed: its name and what readers call it.
    pub(super) kind: (String, String),
    pub(super) lines: Vec<Line>,
}

impl Item {
    /// The content without markup.
    pub(super) fn plain(&self) -> String {
        let lines = self.lines.iter().map(Line::plain).collect::<Vec<_>>();
        lines.join("\n")
    }

    /// The content as HTML, where it is more than a sentence.
    pub(super) fn html(&self) -> Option<String> {
        if self.lines.iter().all(|line| line.label.is_empty()) {
            return None;
        }
        let facts = self.lines.iter().map(|line| {
            let language = line.language.as_ref().map_or_else(String::new, |language| format!(" lang=\"{}\"", escape(language)));
            format!("<dt>{}</dt><dd{language}>{}</dd>", escape(&line.label), escape(&line.text))
        });
        Some(format!("<dl>{}</dl>", facts.collect::<String>()))
    }
}

impl Line {
    /// The line as plain text.
    pub(in crate::plan) fn plain(&self) -> String {
        if self.label.is_empty() { self.text.clone() } else { format!("{}: {}", self.label, self.text) }
    }
}

impl Planner {
    /// All entries, the newest first; those of the future are no news yet.
    pub(super) fn entries(&self) -> Vec<Entry<'_>> {
        let mut entries = Vec::new();
        for (index, _) in self.graph.present() {
            self.own_changes(index, &mut entries);
            self.decisions(index, &mut entries);
        }
        entries.retain(|entry| entry.date.first_day() <= self.graph.today);
        entries.sort_by(|a, b| b.date.cmp(&a.date).then(a.about.cmp(&b.about)));
        entries
    }

    /// The major changes that an entity tells of itself, numbered per date in the order of its file; the lesser ones count,
    /// so that calling one of them major renames none.
    fn own_changes<'a>(&'a self, index: EntityIndex, entries: &mut Vec<Entry<'a>>) {
        let document = self.graph.entity(index).original();
        let Some(field) = self.schema.kind(document.kind).role(Role::Changes).filter(|field| !field.private) else { return };
        let fields = record_fields(field);
        let mut numbers: BTreeMap<PartialDate, usize> = BTreeMap::new();
        for item in document.fields.get(&field.name).map_or(&[][..], Value::items) {
            let Value::Record(record) = item else { continue };
            let Some(date) = by_role(fields, record, Role::Date).and_then(Value::as_date) else { continue };
            let number = numbers.entry(date).or_default();
            *number += 1;
            if let Some(Value::Boolean(true)) = by_role(fields, record, Role::Major) {
                let note = by_role(fields, record, Role::Text).and_then(Value::as_text).unwrap_or_default();
                entries.push(Entry { about: index, from: index, date, key: format!("-{number}"), content: Content::Note(note) });
            }
        }
    }

    /// What a dated entity decided about others: each record of a list that points at one.
    fn decisions<'a>(&'a self, index: EntityIndex, entries: &mut Vec<Entry<'a>>) {
        let entity = self.graph.entity(index);
        let document = entity.original();
        let Some(date) = document.role(&self.schema, Role::Date).and_then(Value::as_date) else { return };
        let mut numbers: BTreeMap<EntityIndex, usize> = BTreeMap::new();
        for field in &self.schema.kind(entity.kind).fields {
            let fields = record_fields(field);
            let points = fields.iter().filter(|inner| matches!(inner.ty, FieldType::Reference(_)) && !inner.private);
            if field.private || !field.list || field.role.is_some() {
                continue;
            }
            let points: Vec<&Field> = points.collect();
            for item in document.fields.get(&field.name).map_or(&[][..], Value::items) {
                let Value::Record(record) = item else { continue };
                for pointer in points.iter().filter_map(|point| record.get(&point.name)).flat_map(Value::items) {
                    let Value::Reference(position) = pointer else { continue };
                    let target = document.references.get(*position).and_then(|to| self.graph.find(&to.target.to_lowercase()));
                    let Some(about) = target.filter(|target| !self.graph.entity(*target).removed) else { continue };
                    let number = numbers.entry(about).or_default();
                    *number += 1;
                    let key = if *number == 1 { format!(".{}", entity.id) } else { format!(".{}.{number}", entity.id) };
                    entries.push(Entry { about, from: index, date, key, content: Content::Record(fields, record) });
                }
            }
        }
    }

    /// An entry in a language. Its id is a tag URI (RFC 4151) of which nothing changes when other entries come or go.
    pub(super) fn item(&self, entry: &Entry<'_>, language: &str) -> Item {
        let entity = self.graph.entity(entry.about);
        let kind = self.schema.kind(entity.kind);
        let spoken = &entity.document(language).language;
        let original = &self.graph.entity(entry.from).original().language;
        let lines = match entry.content {
            Content::Note(note) => {
                let language = (original != language).then(|| original.clone());
                vec![Line { label: String::new(), text: note.to_owned(), language }]
            }
            Content::Record(fields, record) => self.lines(entry.from, fields, record, &[], language),
        };
        let folder = self.config.base_path().trim_start_matches('/');
        let prefix = if language == self.config.first_language() { String::new() } else { format!("{language}/") };
        let (host, year) = (host(&self.config.base_url), entry.date.year());
        Item {
            id: format!("tag:{host},{year:04}:{folder}{prefix}{}#{}{}", entity.id, entry.date, entry.key),
            url: format!("{}{}", self.config.base_url, self.addresses.entity(entity, language)),
            title: entity.text(&self.schema, Role::Title, language).to_owned(),
            language: (spoken != language).then(|| spoken.clone()),
            date: midnight(entry.date),
            kind: (kind.name.to_string(), kind.singular.get(language).to_owned()),
            lines,
        }
    }

    /// The fields of a record in words, as a page says them; without pointers, private fields and those that `skip` names.
    pub(in crate::plan) fn lines(&self, index: EntityIndex, fields: &[Field], record: &Record, skip: &[Role], language: &str) -> Vec<Line> {
        let original = &self.graph.entity(index).original().language;
        let mut lines = Vec::new();
        for field in fields.iter().filter(|field| !matches!(field.ty, FieldType::Reference(_))) {
            let Some(value) = record.get(&field.name) else { continue };
            let facts = self.facts(index, std::slice::from_ref(field), record, None, skip, language);
            let own = matches!(field.ty, FieldType::Text | FieldType::Markdown) && !matches!(value, Value::Gap(..));
            for fact in &facts {
                let text = match value {
                    Value::Markdown(body) => body.plain.clone(),
                    _ => fact_words(fact),
                };
                let foreign = (own && original != language).then(|| original.clone());
                lines.push(Line { label: field.label.get(language).to_owned(), text, language: foreign });
            }
        }
        lines
    }
}

/// The start of a date, in RFC 3339.
pub(super) fn midnight(date: PartialDate) -> String {
    format!("{}T00:00:00Z", date.first_day())
}

/// What a fact says, without its label.
fn fact_words(fact: &Data) -> String {
    let unit = part(fact, "unit").and_then(Data::as_str).unwrap_or_default();
    format!("{} {unit}", joined(fact, "values")).trim().to_owned()
}

fn part<'a>(value: &'a Data, name: &'static str) -> Option<&'a Data> {
    value.as_map().and_then(|fields| fields.get(&Key::Str(name)))
}

fn joined(value: &Data, name: &'static str) -> String {
    let items = part(value, name).and_then(Data::as_array).unwrap_or_default();
    items.iter().map(words).filter(|words| !words.is_empty()).collect::<Vec<_>>().join(", ")
}

fn words(value: &Data) -> String {
    if let Some(label) = part(value, "label").and_then(Data::as_str)
        && part(value, "values").is_some()
    {
        return format!("{label}: {}", fact_words(value));
    }
    let text = ["text", "word"].into_iter().find_map(|name| part(value, name)).and_then(Data::as_str);
    text.map_or_else(|| [joined(value, "values"), joined(value, "fields")].concat(), str::to_owned)
}

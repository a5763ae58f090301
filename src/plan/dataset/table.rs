//! A kind as a table: one row per entity in its original language, one column per value that a field can hold.
//!
//! Records are flattened with dots, lists joined with `; ` and lists within lists with `, `. In a list of records the nth part of
//! each column belongs to the nth record, so an empty part stays, and a semicolon within a part becomes a comma. A gap is written as its term in every column of its field.

use super::Export;
use crate::document::value::{Record, Value, value_at};
use crate::graph::{Edge, Entity, EntityIndex, related};
use crate::schema::{Direction, Field, FieldPath, FieldType, KindIndex, RelationIndex, Role};

/// Columns, and keys in JSON, that are no fields: the entity's own, in this order, before and after its fields.
pub const OWN: [&str; 6] = ["id", "url", "kind", "language", "body", "translations"];

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The permanent name.
    Id,
    /// The permanent address.
    Url,
    /// The language of the texts.
    Language,
    /// The value at the end of a path.
    Field(FieldPath),
    /// A state that was worked out, by its position in the schema.
    Derived(usize),
    /// The running text without markup.
    Body,
    /// The text at the end of a path in another language.
    FieldIn(FieldPath, String),
    /// The running text in another language.
    BodyIn(String),
}

/// A column of a kind's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// What stands in it.
    pub source: Source,
}

/// The name of a field in the files: its own, or with the name of its kind in front where it is the name of something else.
pub fn public_name(own: &[&str], owner: &str, name: &str) -> String {
    let taken = own.contains(&name.split('.').next().unwrap_or(name));
    if taken { format!("{owner}_{name}") } else { name.to_owned() }
}

/// Whether the values of a field may leave the source, and could be there: what is removed or a draft is not published at all.
pub fn is_public(export: &Export<'_>, field: &Field) -> bool {
    if matches!(field.role, Some(Role::Draft | Role::Tombstone)) {
        return false;
    }
    let relation_is_private = matches!(field.ty, FieldType::Reference(relation) if export.site.schema.relation(relation).private);
    !field.private && !relation_is_private
}

/// The paths of all values that a list of fields can hold, through records, in the order of the schema.
pub fn leaves(export: &Export<'_>, fields: &[Field]) -> Vec<FieldPath> {
    let mut paths = Vec::new();
    for field in fields.iter().filter(|field| is_public(export, field)) {
        match &field.ty {
            FieldType::Record(inner) => paths.extend(leaves(export, inner).into_iter().map(|rest| {
                let mut path = vec![field.name.clone()];
                path.extend(rest);
                path
            })),
            _ => paths.push(vec![field.name.clone()]),
        }
    }
    paths
}

impl Export<'_> {
    /// The columns of a kind's table. Columns of translated texts stand there when at least one entity has the text.
    pub(super) fn columns(&self, kind: KindIndex) -> Vec<Column> {
        let found = self.site.schema.kind(kind);
        let column = |name: &str, source| Column { name: name.to_owned(), source };
        let mut columns = vec![column("id", Source::Id), column("url", Source::Url), column("language", Source::Language)];
        let paths = leaves(self, &found.fields);
        let named = |path: &FieldPath| public_name(&OWN, &found.name, &path.join("."));
        columns.extend(paths.iter().map(|path| column(&named(path), Source::Field(path.clone()))));
        for (position, derived) in self.site.schema.derived_of(kind) {
            columns.push(column(&public_name(&OWN, &found.name, &derived.name), Source::Derived(position)));
        }
        columns.push(column("body", Source::Body));
        for language in self.site.config.languages.iter().skip(1) {
            let translations: Vec<_> = self
                .site
                .graph
                .of_kind(kind)
                .flat_map(|index| self.site.graph.entity(index).documents.iter().filter(|document| document.language == *language))
                .collect();
            let has = |path: &FieldPath| translations.iter().any(|document| value_at(&document.fields, path).is_some());
            for path in paths.iter().filter(|path| has(path)) {
                columns.push(column(&format!("{}_{language}", named(path)), Source::FieldIn(path.clone(), language.clone())));
            }
            if translations.iter().any(|document| !document.body.plain.is_empty()) {
                columns.push(column(&format!("body_{language}"), Source::BodyIn(language.clone())));
            }
        }
        columns
    }

    /// The text of a cell.
    pub(super) fn cell(&self, index: EntityIndex, column: &Column) -> String {
        let entity = self.site.graph.entity(index);
        let original = entity.original();
        let fields = &self.site.schema.kind(entity.kind).fields;
        let translation = |language: &str| entity.documents.iter().find(|document| document.language == *language);
        match &column.source {
            Source::Id => entity.id.to_string(),
            Source::Url => self.permalink(entity),
            Source::Language => original.language.clone(),
            Source::Field(path) => self.flat(index, fields, &original.fields, path, "; "),
            Source::Derived(position) => entity.derived.get(position).map_or_else(String::new, |state| state.term.to_string()),
            Source::Body => original.body.plain.clone(),
            Source::FieldIn(path, language) => {
                translation(language).map_or_else(String::new, |document| self.flat(index, fields, &document.fields, path, "; "))
            }
            Source::BodyIn(language) => translation(language).map_or_else(String::new, |document| document.body.plain.clone()),
        }
    }

    /// The absolute address that an entity keeps.
    pub(super) fn permalink(&self, entity: &Entity) -> String {
        format!("{}{}", self.site.config.base_url, self.site.addresses.entity(entity, self.site.config.first_language()))
    }

    fn flat(&self, index: EntityIndex, fields: &[Field], record: &Record, path: &[crate::schema::Name], separator: &str) -> String {
        let Some((name, rest)) = path.split_first() else { return String::new() };
        let Some(field) = fields.iter().find(|field| field.name == *name) else { return String::new() };
        let value = record.get(name);
        if let Some(Value::Gap(_, term)) = value {
            return term.to_string();
        }
        // The relation of a field inside a record has a name with dots.
        if let FieldType::Reference(relation) = &field.ty
            && self.site.schema.relation(*relation).name == *name
        {
            let pointers = self.pointers(index, *relation);
            let texts = pointers.iter().map(|(to, edge)| self.pointer_text(index, *relation, *to, edge.map(|edge| &edge.fields)));
            return joined(texts.collect(), field.list, separator);
        }
        let Some(value) = value else { return String::new() };
        if rest.is_empty() {
            return joined(value.items().iter().map(|item| self.value_text(index, item)).collect(), field.list, separator);
        }
        let FieldType::Record(inner) = &field.ty else { return String::new() };
        let below = if field.list { ", " } else { separator };
        let parts = value.items().iter().map(|item| match item {
            Value::Record(record) => self.flat(index, inner, record, rest, below),
            Value::Gap(_, term) => term.to_string(),
            _ => String::new(),
        });
        joined(parts.collect(), field.list, separator)
    }

    /// The entities that a relation leads to, each with the edge that carries fields, in the order in which they are written.
    pub(super) fn pointers(&self, index: EntityIndex, relation: RelationIndex) -> Vec<(EntityIndex, Option<&Edge>)> {
        let leads =
            |from: EntityIndex, to: EntityIndex| self.site.graph.outgoing(from).find(|edge| edge.relation == relation && edge.to == to);
        related(&self.site.graph, index, Direction::Forward(relation))
            .map(|to| (to, leads(index, to).or_else(|| leads(to, index))))
            .collect()
    }

    /// The entity that a reference of the front matter names.
    pub(super) fn pointed(&self, index: EntityIndex, position: usize) -> Option<(EntityIndex, RelationIndex, &Record)> {
        let reference = self.site.graph.entity(index).original().references.get(position)?;
        let target = self.site.graph.find(&reference.target.to_lowercase())?;
        Some((target, reference.relation, &reference.fields))
    }

    /// `bron-1`, or `bron-1 (pagina: 12)` where the pointer carries fields.
    fn pointer_text(&self, index: EntityIndex, relation: RelationIndex, to: EntityIndex, carried: Option<&Record>) -> String {
        let id = &self.site.graph.entity(to).id;
        let fields = self.site.schema.relation(relation).fields.iter().filter(|field| !field.private);
        let notes: Vec<String> = fields
            .filter_map(|field| {
                let value = carried?.get(&field.name)?;
                let values: Vec<String> = value.items().iter().map(|item| self.value_text(index, item)).collect();
                Some(format!("{}: {}", field.name, values.join(", ")))
            })
            .collect();
        if notes.is_empty() { id.to_string() } else { format!("{id} ({})", notes.join(", ")) }
    }

    fn value_text(&self, index: EntityIndex, value: &Value) -> String {
        match value {
            Value::Text(text) | Value::Url(text) | Value::Doi(text) => text.clone(),
            Value::Markdown(body) => body.plain.clone(),
            Value::Number(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
            Value::Boolean(yes) => yes.to_string(),
            Value::Term(_, name) | Value::Gap(_, name) => name.to_string(),
            Value::List(items) => items.iter().map(|item| self.value_text(index, item)).collect::<Vec<_>>().join(", "),
            // A record is never the end of a path.
            Value::Record(_) => String::new(),
            Value::Reference(position) => self
                .pointed(index, *position)
                .map_or_else(String::new, |(to, relation, carried)| self.pointer_text(index, relation, to, Some(carried))),
        }
    }
}

/// Parts of a cell in a row; nothing where all are empty. In a list a semicolon within a part becomes a comma, so that the parts
/// can be told from each other.
fn joined(parts: Vec<String>, is_list: bool, separator: &str) -> String {
    if parts.iter().all(String::is_empty) {
        return String::new();
    }
    let parts: Vec<String> = if is_list { parts.into_iter().map(|part| part.replace(';', ",")).collect() } else { parts };
    parts.join(separator)
}

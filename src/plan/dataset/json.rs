//! A kind as JSON, with types: numbers are numbers, a term has its word, a reference its address, and a gap says why.

use serde_json::{Map, Number, Value as Json, json};

use super::Export;
use super::table::{OWN, is_public, public_name};
use crate::document::value::{Record, Value};
use crate::graph::EntityIndex;
use crate::schema::{Field, FieldType, KindIndex, Name, RelationIndex, VocabularyIndex};

/// The media type (RFC 8259).
pub const MEDIA_TYPE: &str = "application/json";

/// Keys of a reference that are no fields.
pub const OWN_OF_REFERENCE: [&str; 2] = ["id", "url"];

/// Where a record of fields stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Entity,
    Translation,
    Reference,
    Record,
}

impl Level {
    /// The keys beside the fields.
    fn own_names(self) -> &'static [&'static str] {
        match self {
            Self::Entity | Self::Translation => &OWN,
            Self::Reference => &OWN_OF_REFERENCE,
            Self::Record => &[],
        }
    }
}

/// A number as it was written: without a fraction where it has none.
fn number(value: f64) -> Json {
    #[allow(clippy::cast_possible_truncation, reason = "checked to be whole and far below the bound")]
    let whole = (value.fract() == 0.0 && value.abs() < 9e15).then_some(value as i64);
    whole.map(Json::from).or_else(|| Number::from_f64(value).map(Json::Number)).unwrap_or(Json::Null)
}

/// The text of a file with a line per value, as far as its last entry: what it says of itself, and the key of that entry.
pub fn begun(head: Map<String, Json>, key: &str) -> String {
    let mut text = String::from("{\n");
    for (key, value) in head {
        text.push_str(&format!("  {}: ", json!(key)));
        push_indented(&mut text, &pretty(&value), 1);
        text.push_str(",\n");
    }
    text.push_str(&format!("  {}: ", json!(key)));
    text
}

/// A value as text with a line per value, so that two versions can be compared.
pub fn pretty(value: &Json) -> String {
    // Sooner than `Display`, which hands every piece to a formatter. Values of JSON can always be written.
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Adds the text of a value, deeper by some levels. Line breaks inside strings are escaped, so all that are left are between
/// values.
pub fn push_indented(text: &mut String, value: &str, levels: usize) {
    let next = format!("\n{}", "  ".repeat(levels));
    for (number, line) in value.split('\n').enumerate() {
        if number > 0 {
            text.push_str(&next);
        }
        text.push_str(line);
    }
}

impl Export<'_> {
    /// What every file says of itself.
    pub(super) fn file_head(&self, version: &str) -> Map<String, Json> {
        let mut head = Map::new();
        let language = self.site.config.first_language();
        head.insert("title".to_owned(), json!(self.site.config.title.get(language)));
        head.insert("base_url".to_owned(), json!(self.site.config.base_url));
        head.insert("licence".to_owned(), self.licence_json());
        head.insert("date".to_owned(), json!(self.site.graph.today.to_string()));
        head.insert("schema_version".to_owned(), json!(version));
        head
    }

    /// The licence by name and address.
    pub(super) fn licence_json(&self) -> Json {
        json!({"name": self.site.config.licence.name.get(self.site.config.first_language()), "url": self.site.config.licence.url})
    }

    /// An entity with its public fields, in the order of the schema.
    pub(super) fn entity_json(&self, index: EntityIndex) -> Json {
        let entity = self.site.graph.entity(index);
        let kind = self.site.schema.kind(entity.kind);
        let original = entity.original();
        let mut object = Map::new();
        object.insert("id".to_owned(), json!(entity.id));
        object.insert("url".to_owned(), json!(self.permalink(entity)));
        object.insert("kind".to_owned(), json!(kind.name));
        object.insert("language".to_owned(), json!(original.language));
        object.append(&mut self.fields_json(index, &kind.name, &kind.fields, &original.fields, Level::Entity));
        for (position, derived) in self.site.schema.derived_of(entity.kind) {
            if let Some(state) = entity.derived.get(&position) {
                object.insert(public_name(&OWN, &kind.name, &derived.name), self.term_json(derived.vocabulary, &state.term));
            }
        }
        if !original.body.plain.is_empty() {
            object.insert("body".to_owned(), json!(original.body.plain));
        }
        let mut translations = Map::new();
        for document in entity.documents.iter().skip(1).filter(|document| self.site.config.languages.contains(&document.language)) {
            let mut texts = self.fields_json(index, &kind.name, &kind.fields, &document.fields, Level::Translation);
            if !document.body.plain.is_empty() {
                texts.insert("body".to_owned(), json!(document.body.plain));
            }
            translations.insert(document.language.clone(), Json::Object(texts));
        }
        if !translations.is_empty() {
            object.insert("translations".to_owned(), Json::Object(translations));
        }
        Json::Object(object)
    }

    /// How many entities of a kind there are, and all of them as the text of an array, in the order of their ids.
    ///
    /// Text, because all entities as values would be several times as large, and two files have them.
    pub(super) fn items_json(&self, kind: KindIndex) -> (usize, String) {
        let (mut count, mut items) = (0, String::from("["));
        for index in self.site.graph.of_kind(kind) {
            items.push_str(if count > 0 { ",\n  " } else { "\n  " });
            push_indented(&mut items, &pretty(&self.entity_json(index)), 1);
            count += 1;
        }
        items.push_str(if count > 0 { "\n]" } else { "]" });
        (count, items)
    }

    /// The public fields of a record.
    fn fields_json(&self, index: EntityIndex, owner: &str, fields: &[Field], record: &Record, level: Level) -> Map<String, Json> {
        let mut object = Map::new();
        for field in fields.iter().filter(|field| is_public(self, field)) {
            let name = public_name(level.own_names(), owner, &field.name);
            let value = record.get(&field.name);
            let is_gap = matches!(value, Some(Value::Gap(..)));
            if let FieldType::Reference(relation) = &field.ty
                && level == Level::Entity
                && !is_gap
            {
                let pointers = self.pointers(index, *relation);
                let mut items = pointers.iter().map(|(to, edge)| self.reference_json(index, *relation, *to, edge.map(|edge| &edge.fields)));
                let shown =
                    if field.list { Some(items.collect::<Vec<_>>()).filter(|all| !all.is_empty()).map(Json::Array) } else { items.next() };
                object.extend(shown.map(|shown| (name, shown)));
                continue;
            }
            if let Some(value) = value {
                object.insert(name, self.value_json(index, field, value));
            }
        }
        object
    }

    fn value_json(&self, index: EntityIndex, field: &Field, value: &Value) -> Json {
        match value {
            Value::Text(text) | Value::Url(text) | Value::Doi(text) => json!(text),
            Value::Markdown(body) => json!(body.plain),
            Value::Number(value) => number(*value),
            Value::Date(date) => json!(date.to_string()),
            Value::Boolean(yes) => json!(yes),
            Value::Term(vocabulary, name) => self.term_json(*vocabulary, name),
            Value::Gap(_, name) => json!({"gap": name}),
            Value::List(items) => items.iter().map(|item| self.value_json(index, field, item)).collect(),
            Value::Record(record) => {
                let inner = crate::document::record_fields(field);
                Json::Object(self.fields_json(index, &field.name, inner, record, Level::Record))
            }
            Value::Reference(position) => self
                .pointed(index, *position)
                .map_or(Json::Null, |(to, relation, carried)| self.reference_json(index, relation, to, Some(carried))),
        }
    }

    fn term_json(&self, vocabulary: VocabularyIndex, name: &Name) -> Json {
        let term = self.site.schema.vocabulary(vocabulary).terms.get(name);
        json!({"id": name, "label": term.map_or("", |term| term.label.get(self.site.config.first_language()))})
    }

    /// Where a pointer leads, and what it carries.
    pub(super) fn reference_json(&self, index: EntityIndex, relation: RelationIndex, to: EntityIndex, carried: Option<&Record>) -> Json {
        let target = self.site.graph.entity(to);
        let found = self.site.schema.relation(relation);
        let mut object = Map::new();
        object.insert("id".to_owned(), json!(target.id));
        object.insert("url".to_owned(), json!(self.permalink(target)));
        if let Some(carried) = carried {
            let owner = found.name.rsplit('.').next().unwrap_or(&found.name);
            object.append(&mut self.fields_json(index, owner, &found.fields, carried, Level::Reference));
        }
        Json::Object(object)
    }
}

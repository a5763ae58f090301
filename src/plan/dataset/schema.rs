//! The JSON Schema (draft 2020-12) of the published files, one per kind.
//!
//! [`crate::schema::json_schema`] describes what editors type; here a term has its word, a reference its address, and what is
//! private does not exist.

use serde_json::{Map, Value as Json, json};

use super::Export;
use super::json::OWN_OF_REFERENCE;
use super::table::{OWN, is_public, public_name};
use crate::schema::{Field, FieldType, KindIndex, VocabularyIndex};

impl Export<'_> {
    /// The schema of the file with all entities of a kind; `address` is its own address.
    pub(super) fn data_schema(&self, kind: KindIndex, address: &str) -> Json {
        let found = self.site.schema.kind(kind);
        let language = self.site.config.first_language();
        let text = json!({"type": "string"});
        let mut properties = Map::new();
        properties.insert("id".to_owned(), text.clone());
        properties.insert("url".to_owned(), json!({"type": "string", "format": "uri"}));
        properties.insert("kind".to_owned(), json!({"const": found.name}));
        properties.insert("language".to_owned(), json!({"enum": self.site.config.languages}));
        let mut required = vec!["id".to_owned(), "url".to_owned(), "kind".to_owned(), "language".to_owned()];
        let (mut fields, names) = self.properties(&OWN, &found.name, &found.fields);
        required.extend(names);
        properties.append(&mut fields);
        for (_, derived) in self.site.schema.derived_of(kind) {
            let mut term = self.term_schema(derived.vocabulary);
            title(&mut term, derived.label.get(language), "");
            properties.insert(public_name(&OWN, &found.name, &derived.name), term);
        }
        properties.insert("body".to_owned(), text.clone());
        properties.insert("translations".to_owned(), json!({"type": "object", "additionalProperties": {"type": "object"}}));
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": format!("{}{address}", self.site.config.base_url),
            "title": found.plural.get(language),
            "description": found.definition.get(language),
            "type": "object",
            "required": ["title", "base_url", "licence", "date", "schema_version", "kind", "count", "items"],
            "properties": {
                "title": text, "base_url": text, "date": {"type": "string", "format": "date"}, "schema_version": text,
                "licence": {"type": "object", "properties": {"name": text, "url": text}},
                "kind": {"const": found.name},
                "count": {"type": "integer", "minimum": 0},
                "items": {"type": "array", "items": {"$ref": "#/$defs/item"}},
            },
            "$defs": {"item": {"type": "object", "additionalProperties": false, "required": required, "properties": properties}},
        })
    }

    /// The properties of fields, and the names of those that are always there.
    fn properties(&self, own: &[&str], owner: &str, fields: &[Field]) -> (Map<String, Json>, Vec<String>) {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for field in fields.iter().filter(|field| is_public(self, field)) {
            let name = public_name(own, owner, &field.name);
            if field.required {
                required.push(name.clone());
            }
            properties.insert(name, self.property(field));
        }
        (properties, required)
    }

    fn property(&self, field: &Field) -> Json {
        let one = match &field.ty {
            FieldType::Text | FieldType::Markdown => json!({"type": "string"}),
            FieldType::Doi => json!({"type": "string", "pattern": "^10\\."}),
            FieldType::Url => json!({"type": "string", "format": "uri"}),
            FieldType::Number { .. } => json!({"type": "number"}),
            FieldType::Date => json!({"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}),
            FieldType::Boolean => json!({"type": "boolean"}),
            FieldType::Term(vocabulary) => self.term_schema(*vocabulary),
            FieldType::Record(inner) => {
                let (properties, required) = self.properties(&[], &field.name, inner);
                json!({"type": "object", "additionalProperties": false, "required": required, "properties": properties})
            }
            FieldType::Reference(relation) => {
                let relation = self.site.schema.relation(*relation);
                let owner = relation.name.rsplit('.').next().unwrap_or(&relation.name);
                let (mut carried, _) = self.properties(&OWN_OF_REFERENCE, owner, &relation.fields);
                let mut properties = Map::new();
                properties.insert("id".to_owned(), json!({"type": "string"}));
                properties.insert("url".to_owned(), json!({"type": "string", "format": "uri"}));
                properties.append(&mut carried);
                json!({"type": "object", "additionalProperties": false, "required": ["id", "url"], "properties": properties})
            }
        };
        let mut value = if field.list { json!({"type": "array", "items": one}) } else { one };
        if let Some(gaps) = field.gaps {
            let names: Vec<&str> = self.site.schema.vocabulary(gaps).terms.keys().map(|name| &**name).collect();
            let gap = json!({"type": "object", "required": ["gap"], "properties": {"gap": {"enum": names}}, "additionalProperties": false});
            value = json!({"anyOf": [value, gap]});
        }
        let language = self.site.config.first_language();
        title(&mut value, field.label.get(language), field.help.get(language));
        value
    }

    fn term_schema(&self, vocabulary: VocabularyIndex) -> Json {
        let names: Vec<&str> = self.site.schema.vocabulary(vocabulary).terms.keys().map(|name| &**name).collect();
        json!({
            "type": "object", "required": ["id", "label"], "additionalProperties": false,
            "properties": {"id": {"enum": names}, "label": {"type": "string"}},
        })
    }
}

fn title(schema: &mut Json, label: &str, help: &str) {
    if let Some(map) = schema.as_object_mut() {
        map.insert("title".to_owned(), json!(label));
        if !help.is_empty() {
            map.insert("description".to_owned(), json!(help));
        }
    }
}

//! The schema as JSON Schema (draft 2020-12) per kind, for the YAML tools of editors.

use serde_json::{Map, Value, json};

use super::{Field, FieldType, IdForm, Kind, Schema, VocabularyIndex};

/// The JSON Schema of the front matter of a kind, with labels and help in a language.
pub fn json_schema(schema: &Schema, kind: &Kind, language: &str) -> Value {
    let mut object = record(schema, &kind.fields, language);
    if let Value::Object(map) = &mut object {
        let mut root = Map::new();
        root.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        root.insert("$id".to_owned(), json!(format!("{}.schema.json", kind.name)));
        root.insert("title".to_owned(), json!(kind.singular.get(language)));
        root.insert("description".to_owned(), json!(kind.definition.get(language)));
        root.append(map);
        return Value::Object(root);
    }
    object
}

fn record(schema: &Schema, fields: &[Field], language: &str) -> Value {
    let properties: Map<String, Value> = fields.iter().map(|field| (field.name.to_string(), property(schema, field, language))).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| &*field.name).collect();
    json!({"type": "object", "additionalProperties": false, "required": required, "properties": properties})
}

fn property(schema: &Schema, field: &Field, language: &str) -> Value {
    let one = single(schema, field, language);
    let mut value = if field.list {
        let mut array = json!({"type": "array", "items": one});
        if let Some(map) = array.as_object_mut() {
            for (name, bound) in [("minItems", field.min), ("maxItems", field.max)] {
                if let Some(bound) = bound {
                    map.insert(name.to_owned(), json!(bound));
                }
            }
        }
        match field.ty {
            // One term or reference may stand without brackets.
            FieldType::Term(_) | FieldType::Reference(_) => json!({"anyOf": [array, one]}),
            _ => array,
        }
    } else {
        one
    };
    if let Some(gaps) = field.gaps {
        value = json!({"anyOf": [value, {"enum": terms(schema, gaps)}]});
    }
    if let Some(map) = value.as_object_mut() {
        map.insert("title".to_owned(), json!(field.label.get(language)));
        if !field.help.is_empty() {
            map.insert("description".to_owned(), json!(field.help.get(language)));
        }
    }
    value
}

fn single(schema: &Schema, field: &Field, language: &str) -> Value {
    match &field.ty {
        FieldType::Text | FieldType::Markdown => json!({"type": "string", "minLength": 1}),
        FieldType::Number { minimum, maximum } => {
            let mut number = json!({"type": "number"});
            if let Some(map) = number.as_object_mut() {
                for (name, bound) in [("minimum", minimum), ("maximum", maximum)] {
                    if let Some(bound) = bound {
                        map.insert(name.to_owned(), json!(bound));
                    }
                }
            }
            number
        }
        // YAML reads a bare year as a number.
        FieldType::Date => json!({"anyOf": [
            {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"},
            {"type": "integer", "minimum": 1000, "maximum": 9999},
        ]}),
        FieldType::Boolean => json!({"type": "boolean"}),
        FieldType::Url => json!({"type": "string", "pattern": "^https?://"}),
        FieldType::Doi => json!({"type": "string", "pattern": "^10\\.[0-9.]+/\\S+$"}),
        FieldType::Term(vocabulary) => {
            let labels: Vec<String> = schema
                .vocabulary(*vocabulary)
                .terms
                .iter()
                .filter(|(_, term)| !term.computed)
                .map(|(name, term)| format!("{name}: {}", term.definition.get(language)))
                .collect();
            json!({"enum": terms(schema, *vocabulary), "description": labels.join("\n")})
        }
        FieldType::Record(fields) => record(schema, fields, language),
        FieldType::Reference(relation) => {
            let relation = schema.relation(*relation);
            let patterns: Vec<String> = relation
                .to
                .iter()
                .map(|kind| match &schema.kind(*kind).id {
                    IdForm::Numbered { prefix, digits } => format!("{prefix}-[0-9]{{{digits}}}"),
                    IdForm::FileName => "[a-z0-9][a-z0-9-]*".to_owned(),
                })
                .collect();
            let id = json!({"type": "string", "pattern": format!("^({})$", patterns.join("|"))});
            if relation.fields.is_empty() {
                return id;
            }
            let mut entry = record(schema, &relation.fields, language);
            if let Some(properties) = entry.get_mut("properties").and_then(Value::as_object_mut) {
                properties.insert("ref".to_owned(), id.clone());
            }
            if let Some(required) = entry.get_mut("required").and_then(Value::as_array_mut) {
                required.push(json!("ref"));
            }
            json!({"anyOf": [id, entry]})
        }
    }
}

fn terms(schema: &Schema, vocabulary: VocabularyIndex) -> Vec<&str> {
    schema.vocabulary(vocabulary).terms.iter().filter(|(_, term)| !term.computed).map(|(name, _)| &**name).collect()
}

//! Objects of JSON without what is empty.

use serde_json::{Map, Value as Json};

/// Sets a property, unless it would be empty.
pub fn put(map: &mut Map<String, Json>, name: &str, value: impl Into<Json>) {
    let value = value.into();
    let is_empty = match &value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(fields) => fields.is_empty(),
        _ => false,
    };
    if !is_empty {
        map.insert(name.to_owned(), value);
    }
}

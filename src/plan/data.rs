//! Short ways to build the values that templates see.

use tera::value::Key;
use tera::{Map, Value};

pub use crate::html::escape;

/// A map from field names to values, in this order.
pub fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Map {
    entries.into_iter().map(|(name, value)| (Key::Str(name), value)).collect()
}

/// The same as a value.
pub fn object<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    Value::from(map(entries))
}

/// Text that is escaped when it is printed.
pub fn text(text: impl AsRef<str>) -> Value {
    Value::from(text.as_ref())
}

/// HTML that is printed as it is.
pub fn html(html: impl AsRef<str>) -> Value {
    Value::safe_string(html.as_ref())
}

/// Text, or none.
pub fn maybe(value: Option<impl AsRef<str>>) -> Value {
    value.map_or_else(Value::none, text)
}

/// A list.
pub fn list(values: impl IntoIterator<Item = Value>) -> Value {
    Value::from(values.into_iter().collect::<Vec<_>>())
}

/// A number.
pub fn number(number: usize) -> Value {
    Value::from(number)
}

/// A value with more fields laid over it; a value that is no map gives just those.
pub fn extended<const N: usize>(value: &Value, entries: [(&'static str, Value); N]) -> Value {
    let mut fields = value.as_map().cloned().unwrap_or_default();
    for (name, value) in entries {
        fields.insert(Key::Str(name), value);
    }
    Value::from(fields)
}

/// A field of a map.
pub fn field(value: &Value, name: &'static str) -> Option<Value> {
    value.as_map()?.get(&Key::Str(name)).cloned()
}

//! Statements about things, written as Turtle and as JSON-LD; both say the same.
//!
//! [RDF 1.1 Turtle](https://www.w3.org/TR/turtle/) and [JSON-LD 1.1](https://www.w3.org/TR/json-ld11/). Every thing has an address,
//! so there are no blank nodes, and both files have one order.

use serde_json::{Map, Value as Json, json};

/// Prefixes of the vocabularies in use.
pub const PREFIXES: [(&str, &str); 7] = [
    ("adms", "http://www.w3.org/ns/adms#"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("vcard", "http://www.w3.org/2006/vcard/ns#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// What is said of a thing by one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// Another thing.
    Iri(String),
    /// Text in a language.
    Text(String, String),
    /// A value of a type such as `xsd:date`; of plain text where the type is empty.
    Typed(String, &'static str),
}

/// A thing: its address, its type, and what is said of it.
#[derive(Debug, Clone)]
pub struct Node {
    iri: String,
    ty: &'static str,
    statements: Vec<(&'static str, Vec<Object>)>,
}

impl Node {
    /// A thing of a type such as `dcat:Dataset`.
    pub fn new(iri: &str, ty: &'static str) -> Self {
        Self { iri: iri_safe(iri), ty, statements: Vec::new() }
    }

    /// Says something; nothing is said with no objects.
    #[must_use]
    pub fn with(mut self, property: &'static str, objects: impl IntoIterator<Item = Object>) -> Self {
        let objects: Vec<Object> = objects.into_iter().collect();
        if !objects.is_empty() {
            self.statements.push((property, objects));
        }
        self
    }
}

impl Object {
    /// Another thing by its address.
    pub fn iri(iri: &str) -> Self {
        Self::Iri(iri_safe(iri))
    }
}

/// An address without the characters that [RFC 3987](https://www.rfc-editor.org/rfc/rfc3987) forbids.
fn iri_safe(iri: &str) -> String {
    let mut safe = String::with_capacity(iri.len());
    for letter in iri.chars() {
        if letter <= ' ' || matches!(letter, '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\') {
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                safe.push_str(&format!("%{byte:02X}"));
            }
        } else {
            safe.push(letter);
        }
    }
    safe
}

/// All things as Turtle.
pub fn turtle(nodes: &[Node]) -> String {
    let mut turtle: String = PREFIXES.iter().map(|(prefix, address)| format!("@prefix {prefix}: <{address}> .\n")).collect();
    for node in nodes {
        turtle.push_str(&format!("\n<{}> a {}", node.iri, node.ty));
        for (property, objects) in &node.statements {
            let written: Vec<String> = objects.iter().map(turtle_object).collect();
            turtle.push_str(&format!(" ;\n    {property} {}", written.join(", ")));
        }
        turtle.push_str(" .\n");
    }
    turtle
}

fn turtle_object(object: &Object) -> String {
    match object {
        Object::Iri(iri) => format!("<{iri}>"),
        Object::Text(text, language) => format!("{}@{language}", quoted(text)),
        Object::Typed(value, "") => quoted(value),
        Object::Typed(value, ty) => format!("{}^^{ty}", quoted(value)),
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// All things as JSON-LD with its context inside, so that nothing has to be fetched to read it.
pub fn json_ld(nodes: &[Node]) -> Json {
    let context: Map<String, Json> = PREFIXES.iter().map(|(prefix, address)| ((*prefix).to_owned(), json!(address))).collect();
    let graph: Vec<Json> = nodes
        .iter()
        .map(|node| {
            let mut object = Map::new();
            object.insert("@id".to_owned(), json!(node.iri));
            object.insert("@type".to_owned(), json!(node.ty));
            for (property, objects) in &node.statements {
                let mut written: Vec<Json> = objects.iter().map(json_object).collect();
                let value = if written.len() == 1 { written.remove(0) } else { Json::Array(written) };
                object.insert((*property).to_owned(), value);
            }
            Json::Object(object)
        })
        .collect();
    json!({"@context": context, "@graph": graph})
}

fn json_object(object: &Object) -> Json {
    match object {
        Object::Iri(iri) => json!({"@id": iri}),
        Object::Text(text, language) => json!({"@value": text, "@language": language}),
        Object::Typed(value, "") => json!(value),
        Object::Typed(value, ty) => json!({"@value": value, "@type": ty}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text_in_turtle() {
        let hostile = "\" . <x:a> <x:b> \"\\\n\r\t>";
        let node = Node::new("https://x.nl/a b<c>", "dcat:Dataset").with("dct:title", [Object::Text(hostile.to_owned(), "nl".to_owned())]);
        let triples: Vec<_> = oxttl::TurtleParser::new().for_slice(&turtle(&[node])).collect::<Result<_, _>>().expect("Turtle");
        assert_eq!(triples.len(), 2);
        assert_eq!(triples[1].subject.to_string(), "<https://x.nl/a%20b%3Cc%3E>");
        assert_eq!(triples[1].object.to_string(), format!("{}@nl", quoted(hostile)));
    }
}

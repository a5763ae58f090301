//! Every address to which the pages of a site lead elsewhere, with all places that lead there.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::config::Config;
use crate::diagnostic::{KeyPath, Place, SitePath};
use crate::document::body::Body;
use crate::document::value::{Record, Value};
use crate::document::{Document, record_fields};
use crate::graph::{EntityIndex, Graph};
use crate::schema::{Field, FieldType, Role};

/// Addresses without the part behind `#`, which servers never see.
pub type Addresses = BTreeMap<String, Address>;

/// What leads to an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// All places, in the order of the entities.
    pub mentions: Vec<Mention>,
    /// A copy of it in an archive, where an editor gave one.
    pub archive: Option<String>,
    /// The day of what stands there, as far as the page says so.
    pub dated: Option<Date>,
}

/// A place that leads to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The entity; none for `site.yaml`.
    pub entity: Option<EntityIndex>,
    /// The file.
    pub file: SitePath,
    /// Where in it.
    pub place: Place,
    /// The address as it is written there; empty where it is written in another way, such as a DOI.
    pub typed: String,
}

/// Collects the addresses of everything that is published: links in texts, fields, and the sources' DOIs. What stands on the
/// site itself and what is private is left out.
pub fn collect(graph: &Graph, config: &Config) -> Addresses {
    let mut collector = Collector { graph, config, addresses: Addresses::new() };
    collector.site();
    for (index, entity) in graph.present() {
        for document in &entity.documents {
            collector.document(index, document);
        }
    }
    collector.addresses
}

/// The address that a server is asked for.
fn without_fragment(address: &str) -> &str {
    address.split_once('#').map_or(address, |(address, _)| address)
}

struct Collector<'a> {
    graph: &'a Graph,
    config: &'a Config,
    addresses: Addresses,
}

/// The document that is being looked through.
#[derive(Clone, Copy)]
struct From<'a> {
    entity: EntityIndex,
    document: &'a Document,
}

impl Collector<'_> {
    fn site(&mut self) {
        let urls = [("licence", &self.config.licence.url), ("publisher", &self.config.publisher.url)];
        for (key, address) in urls {
            let place = KeyPath::of(key).key("url").value();
            self.add(address, Mention { entity: None, file: "site.yaml".into(), place, typed: address.clone() });
        }
    }

    fn document(&mut self, entity: EntityIndex, document: &Document) {
        let schema = self.graph.schema.clone();
        let kind = schema.kind(document.kind);
        let from = From { entity, document };
        self.record(from, &kind.fields, &document.fields, &KeyPath::default());
        for reference in &document.references {
            let relation = schema.relation(reference.relation);
            if !relation.private {
                self.record(from, &relation.fields, &reference.fields, &reference.path);
            }
        }
        self.body(from, &document.body, None);
        self.copies(&kind.fields, document);
    }

    fn record(&mut self, from: From<'_>, fields: &[Field], record: &Record, path: &KeyPath) {
        for field in fields.iter().filter(|field| !field.private) {
            let Some(value) = record.get(&field.name) else { continue };
            let path = path.key(&field.name);
            match value {
                Value::List(items) => {
                    for (position, item) in items.iter().enumerate() {
                        self.value(from, field, item, &path.index(position));
                    }
                }
                single => self.value(from, field, single, &path),
            }
        }
    }

    fn value(&mut self, from: From<'_>, field: &Field, value: &Value, path: &KeyPath) {
        let mention = |typed: &str| Mention {
            entity: Some(from.entity),
            file: from.document.path.clone(),
            place: path.clone().value(),
            typed: typed.to_owned(),
        };
        match value {
            Value::Url(address) => self.add(address, mention(address)),
            Value::Doi(doi) => self.add(&format!("https://doi.org/{doi}"), mention("")),
            Value::Markdown(body) => self.body(from, body, Some(path)),
            Value::Record(record) => self.record(from, record_fields(field), record, path),
            _ => {}
        }
    }

    /// The places in the text of a field are not those of the file, so the field as a whole stands for them.
    fn body(&mut self, from: From<'_>, body: &Body, field: Option<&KeyPath>) {
        for link in &body.external {
            let (place, typed) = match field {
                Some(path) => (path.clone().value(), String::new()),
                None => (Place::Span(link.span.clone()), link.address.clone()),
            };
            self.add(&link.address, Mention { entity: Some(from.entity), file: from.document.path.clone(), place, typed });
        }
    }

    /// What the page says of its own address: where a copy is kept, and of which day it is.
    fn copies(&mut self, fields: &[Field], document: &Document) {
        let of_role = |role: Role, url: bool| {
            let field =
                fields.iter().find(|field| field.role == Some(role) && !field.private && matches!(field.ty, FieldType::Url) == url)?;
            document.fields.get(&field.name)
        };
        let Some(own) = of_role(Role::SourceUrl, true).and_then(Value::as_text) else { return };
        let archive = of_role(Role::SourceArchive, true).and_then(Value::as_text);
        let dated = of_role(Role::Date, false).and_then(Value::as_date);
        if let Some(address) = self.addresses.get_mut(without_fragment(own)) {
            address.archive = address.archive.take().or_else(|| archive.map(str::to_owned));
            address.dated = address.dated.or_else(|| dated.map(crate::date::PartialDate::last_day));
        }
    }

    fn add(&mut self, address: &str, mention: Mention) {
        let address = without_fragment(address);
        let lower = address.to_ascii_lowercase();
        let is_elsewhere = lower.starts_with("http://") || lower.starts_with("https://");
        if is_elsewhere && !format!("{address}/").starts_with(&self.config.base_url) {
            self.addresses.entry(address.to_owned()).or_default().mentions.push(mention);
        }
    }
}

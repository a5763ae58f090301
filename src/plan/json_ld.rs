//! What a page says to machines in the vocabulary of schema.org, as one graph of JSON-LD (schema.org 29, JSON-LD 1.1).
//!
//! The page and what it is about are two nodes: the licence and the date of change are the page's, the authors and the year
//! those of the source that it describes. A page that *is* the work, such as a question or a claim of this site, says so.

mod source;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value as Json, json};
use tera::Value as Data;

use self::source::{put_source, source_type};
use super::Planner;
use super::cite::{Item, form, public_field, public_value};
use super::data::html;
use super::json::put;
use super::list::capital;
use crate::document::value::Value;
use crate::graph::{Edge, Entity, EntityIndex};
use crate::schema::{FieldType, Kind, Role, field_at};

/// Entities that one points at or cites, without those that were removed.
struct Links {
    sources: Vec<EntityIndex>,
    others: Vec<EntityIndex>,
}

impl Planner {
    /// The content of an entity's `<script type="application/ld+json">`; none for one that was removed.
    pub(super) fn json_ld(&self, index: EntityIndex, language: &str) -> Data {
        let entity = self.graph.entity(index);
        if entity.removed {
            return Data::none();
        }
        let mut nodes = vec![self.page_node(index, language)];
        if self.page_type(entity).is_none() {
            nodes.push(self.thing_node(index, language));
        }
        nodes.push(self.breadcrumbs(index, language));
        nodes.push(self.site_node(language));
        script(&nodes)
    }

    /// The same for the front page: the site, and the data set that it is.
    pub(super) fn site_json_ld(&self, language: &str) -> Data {
        let mut site = self.site_node(language);
        let publisher = self.publisher(language);
        let description = self.config.description.get(language);
        if let Json::Object(site) = &mut site {
            put(site, "description", description);
            put(site, "publisher", publisher.clone());
            put(site, "license", self.config.licence.url.as_str());
        }
        let mut data = node("Dataset", &format!("{}#dataset", self.config.base_url));
        put(&mut data, "name", self.config.title.get(language));
        put(&mut data, "description", description);
        put(&mut data, "url", self.home_url(language));
        put(&mut data, "inLanguage", json!(self.config.languages));
        put(&mut data, "license", self.config.licence.url.as_str());
        put(&mut data, "creator", publisher);
        put(&mut data, "isAccessibleForFree", true);
        let kinds = self.schema.kinds.iter().filter(|kind| !kind.address.is_empty());
        put(&mut data, "keywords", kinds.map(|kind| Json::from(kind.plural.get(language))).collect::<Vec<_>>());
        script(&[site, Json::Object(data)])
    }

    fn home_url(&self, language: &str) -> String {
        format!("{}{}", self.config.base_url, self.addresses.home(language))
    }

    fn site_node(&self, language: &str) -> Json {
        let mut site = node("WebSite", &format!("{}#website", self.config.base_url));
        put(&mut site, "name", self.config.title.get(language));
        put(&mut site, "url", self.home_url(language));
        put(&mut site, "inLanguage", json!(self.config.languages));
        Json::Object(site)
    }

    fn publisher(&self, language: &str) -> Json {
        let publisher = &self.config.publisher;
        let mut organisation = Map::new();
        put(&mut organisation, "name", publisher.name.get(language));
        if organisation.is_empty() {
            return Json::Null;
        }
        put(&mut organisation, "@type", "Organization");
        put(&mut organisation, "url", publisher.url.as_str());
        put(&mut organisation, "email", publisher.email.as_str());
        Json::Object(organisation)
    }

    /// What holds of the page as a work of this site, whatever it is about.
    fn page_node(&self, index: EntityIndex, language: &str) -> Json {
        let entity = self.graph.entity(index);
        let permalink = self.permalink(index, language);
        let page_type = self.page_type(entity);
        let mut page = node(page_type.unwrap_or("WebPage"), &permalink);
        put(&mut page, "url", permalink.as_str());
        put(&mut page, "name", entity.text(&self.schema, Role::Title, language));
        put(&mut page, "description", self.description(entity, language));
        if page_type.is_some() {
            put(&mut page, "identifier", &*entity.id);
        } else {
            put(&mut page, "mainEntity", json!({ "@id": thing_id(&permalink) }));
        }
        self.put_work(&mut page, entity, language);
        put(&mut page, "breadcrumb", json!({ "@id": format!("{permalink}#breadcrumb") }));
        if !is_own_work(self.type_of(entity)) {
            self.put_links(&mut page, "citation", index, language);
        }
        Json::Object(page)
    }

    /// What a work leads to. It is about terms and things; of questions, events or parties we know only that it names them.
    fn put_links(&self, work: &mut Map<String, Json>, sources: &str, index: EntityIndex, language: &str) {
        let links = self.links(index, language);
        let (about, mentions): (Vec<_>, Vec<_>) =
            links.others.into_iter().partition(|other| matches!(self.type_of(self.graph.entity(*other)), "DefinedTerm" | "Thing"));
        put(work, "about", self.pointers(&about, language));
        put(work, "mentions", self.pointers(&mentions, language));
        put(work, sources, self.pointers(&links.sources, language));
    }

    /// What holds of every work of this site: its language, its licence, the whole that it is part of, its last change.
    fn put_work(&self, work: &mut Map<String, Json>, entity: &Entity, language: &str) {
        put(work, "inLanguage", entity.document(language).language.as_str());
        put(work, "isPartOf", json!({ "@id": format!("{}#website", self.config.base_url) }));
        put(work, "license", self.config.licence.url.as_str());
        let updated = public_value(&self.schema, entity, Role::Updated).and_then(Value::as_date);
        put(work, "dateModified", updated.map(|date| date.to_string()));
    }

    /// What the page is about, by the type that the schema gives its kind.
    fn thing_node(&self, index: EntityIndex, language: &str) -> Json {
        let entity = self.graph.entity(index);
        let kind = self.schema.kind(entity.kind);
        let permalink = self.permalink(index, language);
        let own_type = self.type_of(entity);
        let title = entity.text(&self.schema, Role::Title, language);
        let mut thing = node(own_type, &thing_id(&permalink));
        put(&mut thing, "name", title);
        put(&mut thing, "description", self.description(entity, language));
        put(&mut thing, "url", permalink.as_str());
        put(&mut thing, "identifier", &*entity.id);
        put(&mut thing, "sameAs", same_as(kind, entity));
        if kind.citable {
            put_source(&mut thing, &Item::of_source(&self.schema, entity, language));
            return Json::Object(thing);
        }
        put(&mut thing, "alternateName", self.other_names(entity, language));
        if is_own_work(own_type) {
            self.put_work(&mut thing, entity, language);
            put(&mut thing, "text", title);
            self.put_links(&mut thing, if own_type == "Claim" { "appearance" } else { "citation" }, index, language);
        }
        match own_type {
            "Question" => {
                let answers = self.answers(index, language);
                if !answers.is_empty() {
                    put(&mut thing, "answerCount", answers.len());
                    put(&mut thing, "suggestedAnswer", answers);
                }
            }
            "DefinedTerm" => {
                put(&mut thing, "termCode", &*entity.id);
                let list = format!("{}{}", self.config.base_url, self.addresses.list(kind, language, 1));
                put(
                    &mut thing,
                    "inDefinedTermSet",
                    json!({ "@type": "DefinedTermSet", "name": capital(kind.plural.get(language)), "url": list }),
                );
            }
            _ if own_type.ends_with("Event") => {
                let date = public_value(&self.schema, entity, Role::Date).and_then(Value::as_date);
                put(&mut thing, "startDate", date.map(|date| date.to_string()));
            }
            _ => {}
        }
        Json::Object(thing)
    }

    /// Claims of this site that point at a question; whether one of them settles it is not for machines to say.
    fn answers(&self, index: EntityIndex, language: &str) -> Vec<Json> {
        let mut claims: Vec<EntityIndex> = Vec::new();
        for edge in self.graph.incoming(index).filter(|edge| self.is_public(edge)) {
            let entity = self.graph.entity(edge.from);
            if !entity.removed && self.type_of(entity) == "Claim" && !claims.contains(&edge.from) {
                claims.push(edge.from);
            }
        }
        let answer = |claim: &EntityIndex| {
            let title = self.graph.entity(*claim).text(&self.schema, Role::Title, language);
            json!({ "@type": "Answer", "text": title, "url": self.permalink(*claim, language) })
        };
        claims.iter().map(answer).collect()
    }

    /// The type of an entity in the vocabulary of schema.org; that of a source follows from its type in CSL.
    fn type_of(&self, entity: &Entity) -> &str {
        let kind = self.schema.kind(entity.kind);
        if kind.citable {
            return source_type(form(&self.schema, entity, "").0);
        }
        kind.schema_org.as_deref().unwrap_or("Thing")
    }

    /// The type of an entity that is no more than its page.
    fn page_type(&self, entity: &Entity) -> Option<&str> {
        let kind = self.schema.kind(entity.kind);
        kind.schema_org.as_deref().filter(|own_type| !kind.citable && own_type.ends_with("Page"))
    }

    fn description<'a>(&self, entity: &'a Entity, language: &str) -> &'a str {
        let is_public = public_field(self.schema.kind(entity.kind), Role::Summary).is_some();
        if is_public { entity.text(&self.schema, Role::Summary, language) } else { "" }
    }

    fn other_names(&self, entity: &Entity, language: &str) -> Vec<Json> {
        let kind = self.schema.kind(entity.kind);
        let document = entity.document(language);
        let names = [Role::Short, Role::Synonyms].into_iter().filter(|role| public_field(kind, *role).is_some());
        names
            .filter_map(|role| document.role(&self.schema, role).or_else(|| entity.original().role(&self.schema, role)))
            .flat_map(|value| value.items().iter().filter_map(Value::as_text).map(Json::from))
            .collect()
    }

    fn links(&self, index: EntityIndex, language: &str) -> Links {
        let document = self.graph.entity(index).document(language);
        let pointed = self.graph.outgoing(index).filter(|edge| self.is_public(edge)).map(|edge| edge.to);
        let cited = self.graph.citations(document).iter().flatten().copied();
        let mut links = Links { sources: Vec::new(), others: Vec::new() };
        for other in pointed.chain(cited) {
            let entity = self.graph.entity(other);
            let list = if self.schema.kind(entity.kind).citable { &mut links.sources } else { &mut links.others };
            if other != index && !entity.removed && !list.contains(&other) {
                list.push(other);
            }
        }
        links
    }

    /// A relation leaves the source unless it is private, or stands in a record that is.
    fn is_public(&self, edge: &Edge) -> bool {
        let relation = self.schema.relation(edge.relation);
        let fields = &self.schema.kind(self.graph.entity(edge.from).kind).fields;
        let path: Vec<_> = relation.name.split('.').map(Into::into).collect();
        let hidden = (1..=path.len()).any(|length| field_at(fields, &path[..length]).is_some_and(|field| field.private));
        !relation.private && !hidden
    }

    fn pointers(&self, entities: &[EntityIndex], language: &str) -> Vec<Json> {
        let pointer = |index: &EntityIndex| {
            let entity = self.graph.entity(*index);
            let permalink = self.permalink(*index, language);
            let id = if self.page_type(entity).is_some() { permalink.clone() } else { thing_id(&permalink) };
            let mut pointer = node(self.type_of(entity), &id);
            put(&mut pointer, "name", entity.text(&self.schema, Role::Title, language));
            put(&mut pointer, "url", permalink);
            Json::Object(pointer)
        };
        entities.iter().map(pointer).collect()
    }

    fn breadcrumbs(&self, index: EntityIndex, language: &str) -> Json {
        let entity = self.graph.entity(index);
        let kind = self.schema.kind(entity.kind);
        let permalink = self.permalink(index, language);
        let mut steps = vec![(self.words(language).text("nav.home").to_owned(), self.home_url(language))];
        if !kind.address.is_empty() {
            let list = format!("{}{}", self.config.base_url, self.addresses.list(kind, language, 1));
            steps.push((capital(kind.plural.get(language)), list));
        }
        steps.push((entity.text(&self.schema, Role::Title, language).to_owned(), permalink.clone()));
        let items = steps
            .into_iter()
            .enumerate()
            .map(|(position, (name, address))| json!({ "@type": "ListItem", "position": position + 1, "name": name, "item": address }));
        let mut crumbs = node("BreadcrumbList", &format!("{permalink}#breadcrumb"));
        put(&mut crumbs, "itemListElement", items.collect::<Vec<_>>());
        Json::Object(crumbs)
    }
}

fn node(own_type: &str, id: &str) -> Map<String, Json> {
    let mut node = Map::new();
    put(&mut node, "@type", own_type);
    put(&mut node, "@id", id);
    node
}

/// What a page is about has an address of its own, apart from that of the page.
fn thing_id(permalink: &str) -> String {
    format!("{permalink}#item")
}

/// Whether something of this type is a work that this site itself made, besides the page.
fn is_own_work(own_type: &str) -> bool {
    matches!(own_type, "Question" | "Claim")
}

/// Addresses by which the rest of the web knows the entity.
fn same_as(kind: &Kind, entity: &Entity) -> Vec<Json> {
    let fields = kind.fields.iter().filter(|field| !field.private && matches!(field.ty, FieldType::Url | FieldType::Doi));
    let values = fields.filter_map(|field| entity.original().fields.get(&field.name)).flat_map(Value::items);
    let addresses = values.filter_map(|value| match value {
        Value::Url(address) => Some(Json::from(address.as_str())),
        Value::Doi(doi) => Some(Json::from(format!("https://doi.org/{doi}"))),
        _ => None,
    });
    addresses.collect()
}

/// A graph as text that cannot end the script it stands in, nor be read as anything but JSON.
fn script(nodes: &[Json]) -> Data {
    let graph = serde_json::to_string(nodes).unwrap_or_default();
    let mut text = String::with_capacity(graph.len() + 64);
    text.push_str("{\"@context\":\"https://schema.org\",\"@graph\":");
    let mut rest = graph.as_str();
    while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        text.push_str(&rest[..at]);
        let mut letters = rest[at..].chars();
        if let Some(letter) = letters.next() {
            text.push_str(&format!("\\u{:04x}", u32::from(letter)));
        }
        rest = letters.as_str();
    }
    text.push_str(rest);
    text.push('}');
    html(text)
}

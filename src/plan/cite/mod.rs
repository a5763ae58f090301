//! What a citation says, read once from an entity and then written in the forms that people and reference managers ask for.

mod bibtex;
mod csl;
mod footnote;
mod ris;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;

use tera::Value as Data;

use super::data::{object, text};
use super::summary::date_words;
use super::{File, Planner};
use crate::catalogue::Catalogue;
use crate::date::PartialDate;
use crate::document::value::{Record, Value};
use crate::document::{by_role, record_fields};
use crate::graph::{Entity, EntityIndex};
use crate::schema::{Field, FieldType, Kind, Role, Schema};

/// Something that can be cited: a source, or a page of this site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Item {
    /// The id of the entity.
    pub id: String,
    /// Its type in the Citation Style Language 1.0.2.
    pub form: &'static str,
    /// What its type is called.
    pub genre: String,
    /// Who wrote it.
    pub authors: Vec<Author>,
    /// What it is called.
    pub title: String,
    /// When it appeared.
    pub issued: Option<PartialDate>,
    /// Who published it.
    pub publisher: String,
    /// The journal, newspaper, series, book or site that it stands in.
    pub container: String,
    /// Volume of the container.
    pub volume: String,
    /// Issue of the container.
    pub issue: String,
    /// Pages in the container.
    pub pages: String,
    /// Number of the report, bill or section.
    pub number: String,
    /// Digital Object Identifier, without an address in front.
    pub doi: String,
    /// Where it stands on the web.
    pub url: String,
    /// The language that it is in (BCP 47).
    pub language: String,
    /// What else a reader of the citation must know.
    pub note: String,
}

/// Who wrote something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Author {
    /// A human being.
    Person {
        /// `Berg`
        family: String,
        /// `Sanne Maria` or `S.M.`
        given: String,
        /// `van der`
        particle: String,
    },
    /// An organisation.
    Organisation(String),
}

/// A field of a kind that readers may see.
pub(super) fn public_field(kind: &Kind, role: Role) -> Option<&Field> {
    kind.role(role).filter(|field| !field.private)
}

/// The value of a field that readers may see.
pub(super) fn public_value<'a>(schema: &Schema, entity: &'a Entity, role: Role) -> Option<&'a Value> {
    let field = public_field(schema.kind(entity.kind), role)?;
    entity.original().fields.get(&field.name)
}

fn public_text(schema: &Schema, entity: &Entity, role: Role) -> String {
    // A reference manager reads one line per field.
    let text = public_value(schema, entity, role).and_then(Value::as_text).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Item {
    /// A citable entity, as its original says it; the name of its type is in the reader's language.
    pub(super) fn of_source(schema: &Schema, entity: &Entity, language: &str) -> Self {
        let text = |role: Role| public_text(schema, entity, role);
        let (form, genre) = form(schema, entity, language);
        Self {
            id: entity.id.to_string(),
            form,
            genre,
            authors: authors(schema, entity),
            title: text(Role::Title),
            issued: public_value(schema, entity, Role::Date).and_then(Value::as_date),
            publisher: text(Role::SourcePublisher),
            container: text(Role::SourceContainer),
            volume: text(Role::SourceVolume),
            issue: text(Role::SourceIssue),
            pages: text(Role::SourcePages),
            number: text(Role::SourceNumber),
            doi: text(Role::SourceDoi),
            url: text(Role::SourceUrl),
            language: source_language(schema, entity),
            note: String::new(),
        }
    }
}

/// The type of a source in the Citation Style Language, and what the site calls it; a report where the schema says nothing.
pub(super) fn form(schema: &Schema, entity: &Entity, language: &str) -> (&'static str, String) {
    let field = public_field(schema.kind(entity.kind), Role::SourceType);
    let term = field.and_then(|field| match (&field.ty, entity.original().fields.get(&field.name)) {
        (FieldType::Term(vocabulary), Some(Value::Term(_, term))) => schema.vocabulary(*vocabulary).terms.get(term),
        _ => None,
    });
    match term {
        Some(term) => (csl::item_type(term.csl.as_deref().unwrap_or("report")), term.label.get(language).to_owned()),
        None => ("report", String::new()),
    }
}

fn source_language(schema: &Schema, entity: &Entity) -> String {
    let tag = match public_value(schema, entity, Role::SourceLanguage) {
        Some(Value::Term(_, term)) => term,
        Some(Value::Text(text)) => text.as_str(),
        _ => return String::new(),
    };
    let is_tag = (2..=12).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_tag { tag.to_owned() } else { String::new() }
}

fn authors(schema: &Schema, entity: &Entity) -> Vec<Author> {
    let Some(field) = public_field(schema.kind(entity.kind), Role::SourceAuthors) else { return Vec::new() };
    let fields: Vec<Field> = record_fields(field).iter().filter(|field| !field.private).cloned().collect();
    let Some(value) = entity.original().fields.get(&field.name) else { return Vec::new() };
    let part = |record: &Record, role| {
        let part = by_role(&fields, record, role).and_then(Value::as_text).unwrap_or_default();
        part.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let authors = value.items().iter().filter_map(|item| {
        let Value::Record(record) = item else { return None };
        let (family, literal) = (part(record, Role::Family), part(record, Role::Literal));
        if !literal.is_empty() {
            Some(Author::Organisation(literal))
        } else if family.is_empty() {
            None
        } else {
            Some(Author::Person { family, given: part(record, Role::Given), particle: part(record, Role::Particle) })
        }
    });
    authors.collect()
}

impl Planner {
    /// An entity's page, as a part of this site.
    fn page_item(&self, index: EntityIndex, language: &str) -> Item {
        let entity = self.graph.entity(index);
        let site = self.config.title.get(language);
        let publisher = self.config.publisher.name.get(language);
        let words = self.words(language);
        let built = PartialDate::parse(&self.graph.today.to_string()).map(|today| date_words(today, words)).unwrap_or_default();
        Item {
            id: entity.id.to_string(),
            form: "webpage",
            title: entity.text(&self.schema, Role::Title, language).to_owned(),
            issued: self.page_date(index),
            publisher: if publisher == site { String::new() } else { publisher.to_owned() },
            container: site.to_owned(),
            url: self.permalink(index, language),
            language: entity.document(language).language.clone(),
            note: words.fill("cite.as_it_stood", &[("date", &built)]),
            ..Item::default()
        }
    }

    /// The date of a page: when it was last changed, else when the site was made.
    pub(super) fn page_date(&self, index: EntityIndex) -> Option<PartialDate> {
        let updated = public_value(&self.schema, self.graph.entity(index), Role::Updated).and_then(Value::as_date);
        updated.or_else(|| PartialDate::parse(&self.graph.today.to_string()))
    }

    /// The whole address of an entity's page, which never changes.
    pub(super) fn permalink(&self, index: EntityIndex, language: &str) -> String {
        format!("{}{}", self.config.base_url, self.addresses.at(&self.graph, index, language))
    }

    /// How to cite an entity: the source that it is, or else its page. Each is plain text with a key and a label.
    pub(super) fn citation_formats(&self, index: EntityIndex, language: &str) -> Vec<Data> {
        let entity = self.graph.entity(index);
        if entity.removed {
            return Vec::new();
        }
        let words = self.words(language);
        let (item, apa) = if self.schema.kind(entity.kind).citable {
            (
                Item::of_source(&self.schema, entity, language),
                plain(self.reference(index, language).map_or("", |reference| &reference.html)),
            )
        } else {
            let item = self.page_item(index, language);
            let apa = page_in_apa(&item, words);
            (item, apa)
        };
        let formats = [
            ("footnote", "cite.footnote", footnote::footnote(&item, words)),
            ("apa", "cite.apa", apa),
            ("bibtex", "cite.bibtex", bibtex::bibtex(&item)),
            ("ris", "cite.ris", ris::ris(&item)),
            ("csl", "cite.csl", csl::csl_json(std::slice::from_ref(&item))),
        ];
        formats
            .into_iter()
            .map(|(key, label, content)| object([("key", text(key)), ("label", text(words.text(label))), ("text", text(content))]))
            .collect()
    }

    /// All sources of each citable kind, as files for reference managers.
    pub(super) fn bibliography_files(&self) -> Vec<File> {
        let mut files = Vec::new();
        for kind in self.schema.kind_indices().filter(|kind| self.schema.kind(*kind).citable) {
            let found = self.schema.kind(kind);
            let language = self.config.first_language();
            let items: Vec<Item> =
                self.graph.of_kind(kind).map(|index| Item::of_source(&self.schema, self.graph.entity(index), language)).collect();
            if items.is_empty() {
                continue;
            }
            let name = if found.address.is_empty() { &found.folder } else { &found.address };
            let mut file = |ending: &str, content: String| {
                files.push(File { address: format!("data/{name}.{ending}"), bytes: content.into_bytes().into() });
            };
            file("bib", items.iter().map(bibtex::bibtex).collect::<Vec<_>>().join("\n"));
            file("ris", items.iter().map(ris::ris).collect::<Vec<_>>().join("\r\n"));
            file("csl.json", csl::csl_json(&items));
        }
        files
    }
}

/// A page of this site in the style of the American Psychological Association (7th edition), with its publisher as author.
fn page_in_apa(item: &Item, words: &Catalogue) -> String {
    let author = if item.publisher.is_empty() { &item.container } else { &item.publisher };
    let date = item.issued.map(|date| match date_words(date, words).rsplit_once(' ') {
        Some((day_and_month, year)) => format!("{year}, {day_and_month}"),
        None => date.year().to_string(),
    });
    let date = date.unwrap_or_else(|| words.text("reference.no_date").to_owned());
    let stop = if item.title.ends_with(['.', '?', '!', '…']) { "" } else { "." };
    let site = if *author == item.container { String::new() } else { format!(" {}.", item.container) };
    format!("{author}. ({date}). {}{stop}{site} {}", item.title, item.url)
}

/// The text of HTML that this program wrote itself.
fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut within_tag = false;
    for letter in html.chars() {
        match letter {
            '<' => within_tag = true,
            '>' => within_tag = false,
            letter if !within_tag => text.push(letter),
            _ => {}
        }
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.into_iter().fold(text, |text, (entity, letter)| text.replace(entity, letter))
}

//! The editors' desk: everything in a site that asks for care, each with its place.
//!
//! What care a kind of page needs stands in the schema (`desk`); what every site needs is worked out here: drafts, empty
//! fields, pages that nothing leads to, names without a link, twins, words that are out of date, and sentences that are hard
//! to read.

mod form;
mod names;
mod prose;
mod terms;

use serde::Serialize;

pub use self::form::{form, new_page};

use super::problem::{Problem, problem};
use super::state::State;
use super::views::Views;
use crate::diagnostic::{KeyPath, Place, Severity, SitePath, SourceText};
use crate::document::Document;
use crate::document::value::Value;
use crate::graph::{EntityIndex, Graph};
use crate::plan::Addresses;
use crate::schema::{Field, Name, Role};
use crate::source::{SourceFile, Sources};

/// No more of a list than this is shown; its count is right all the same.
const MOST: usize = 100;

/// A site as the checks see it.
struct Site<'a> {
    graph: &'a Graph,
    sources: &'a Sources,
    addresses: Addresses,
    views: &'a Views,
    language: &'a str,
    /// Only what is about this file.
    file: Option<&'a str>,
}

/// A page that asks for care.
struct Entry<'a> {
    entity: EntityIndex,
    document: &'a Document,
    place: Place,
    note: String,
}

/// A list on the desk.
#[derive(Debug, Serialize)]
pub struct Section {
    key: String,
    title: String,
    help: String,
    count: usize,
    items: Vec<Item>,
}

/// A line of a list.
#[derive(Debug, Serialize)]
struct Item {
    title: String,
    address: String,
    file: SitePath,
    line: usize,
    column: usize,
    note: String,
}

/// What the desk shows.
#[derive(Debug, Serialize)]
pub struct Desk {
    title: String,
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
    sections: Vec<Section>,
    kinds: Vec<(String, String)>,
    made: Option<Made>,
    tag: String,
}

/// A page that was just made with the form.
#[derive(Debug, Serialize)]
struct Made {
    file: String,
    address: Option<String>,
}

/// The desk in a language. `made` is the file of a page that was just made.
pub fn desk(views: &Views, state: &State, language: &str, made: Option<&str>, tag: String) -> Desk {
    let sources = state.latest.as_ref().map(|snapshot| &snapshot.sources);
    let problems = |severity| state.problems.iter().filter(move |one| one.severity == severity).take(MOST);
    let graph = graph_of(state);
    let kinds = graph.map_or_else(Vec::new, |graph| {
        graph.schema.kinds.iter().map(|kind| (kind.name.to_string(), kind.singular.get(language).to_owned())).collect()
    });
    let made = made.filter(|file| sources.is_some_and(|sources| sources.get(file).is_some())).map(|file| {
        let found = graph.and_then(|graph| document_of(graph, file));
        let address = found.zip(graph).map(|((entity, document), graph)| addresses(state, graph).at(graph, entity, &document.language));
        Made { file: file.to_owned(), address }
    });
    Desk {
        title: state.config.as_ref().map_or_else(String::new, |config| config.title.get(language).to_owned()),
        errors: problems(Severity::Error).map(|one| problem(one, sources, language)).collect(),
        warnings: problems(Severity::Warning).map(|one| problem(one, sources, language)).collect(),
        sections: sections(views, state, language, None),
        kinds,
        made,
        tag,
    }
}

/// The lists of the desk that are not empty; with a `file`, only what is about that file.
pub fn sections(views: &Views, state: &State, language: &str, file: Option<&str>) -> Vec<Section> {
    let Some((graph, snapshot)) = graph_of(state).zip(state.latest.as_ref()) else { return Vec::new() };
    let site = Site { graph, sources: &snapshot.sources, addresses: addresses(state, graph), views, language, file };
    let own = |key: &str, entries: Vec<Entry<'_>>| {
        site.section(key, views.word(language, &format!("desk.{key}.title")), views.word(language, &format!("desk.{key}.help")), &entries)
    };
    let mut sections = vec![own("drafts", drafts(&site))];
    for care in &graph.schema.desk {
        let entries = terms::care(&site, care);
        sections.push(site.section(&care.name, care.title.get(language).to_owned(), care.help.get(language).to_owned(), &entries));
    }
    sections.extend([
        own("gaps", gaps(&site)),
        own("orphans", names::orphans(&site)),
        own("unlinked", names::unlinked(&site)),
        own("twins", names::twins(&site)),
        own("dated", terms::dated(&site)),
        own("sentences", prose::long_sentences(&site)),
        own("level", prose::hard_summaries(&site)),
    ]);
    sections.retain(|section| section.count > 0);
    sections
}

/// The file that the page at an address was made of.
pub fn file_of(state: &State, address: &str) -> Option<SitePath> {
    let graph = graph_of(state)?;
    let addresses = addresses(state, graph);
    graph.present().find_map(|(_, entity)| {
        let document = entity.documents.iter().find(|document| addresses.entity(entity, &document.language) == address)?;
        Some(document.path.clone())
    })
}

fn graph_of(state: &State) -> Option<&Graph> {
    state.latest.iter().chain(&state.shown).find_map(|snapshot| snapshot.graph.as_deref())
}

fn addresses(state: &State, graph: &Graph) -> Addresses {
    Addresses::new(graph.schema.clone(), state.language().to_owned())
}

fn document_of<'a>(graph: &'a Graph, file: &str) -> Option<(EntityIndex, &'a Document)> {
    graph.present().find_map(|(index, entity)| Some((index, &**entity.documents.iter().find(|document| &*document.path == file)?)))
}

impl<'a> Site<'a> {
    /// All documents that are not removed, or the one that is asked for.
    fn documents(&self) -> impl Iterator<Item = (EntityIndex, &'a Document)> + '_ {
        let all = self.graph.present().flat_map(|(index, entity)| entity.documents.iter().map(move |document| (index, &**document)));
        all.filter(|(_, document)| self.file.is_none_or(|file| *document.path == *file))
    }

    fn title(&self, entity: EntityIndex) -> &'a str {
        self.graph.entity(entity).text(&self.graph.schema, Role::Title, self.language)
    }

    fn word(&self, path: &str) -> String {
        self.views.word(self.language, path)
    }

    fn section(&self, key: &str, title: String, help: String, entries: &[Entry<'_>]) -> Section {
        let items = entries.iter().take(MOST).map(|entry| self.item(entry)).collect();
        Section { key: key.to_owned(), title, help, count: entries.len(), items }
    }

    fn item(&self, entry: &Entry<'_>) -> Item {
        let document = entry.document;
        let text = self.sources.get(&document.path).map(|file| SourceText::new(&file.bytes(), true));
        let location = text.and_then(|text| text.locate(&entry.place));
        let own = document.text(&self.graph.schema, Role::Title);
        Item {
            title: if own.is_empty() { self.title(entry.entity) } else { own }.to_owned(),
            address: self.addresses.at(self.graph, entry.entity, &document.language),
            file: document.path.clone(),
            line: location.as_ref().map_or(1, |location| location.line),
            column: location.as_ref().map_or(1, |location| location.column),
            note: entry.note.clone(),
        }
    }

    /// Where a piece of text first stands in a document's file; the file as a whole where markup interrupts it.
    fn place_of(&self, document: &Document, text: &str) -> Place {
        let bytes = self.sources.get(&document.path).map(SourceFile::bytes).unwrap_or_default();
        let source = std::str::from_utf8(&bytes).unwrap_or_default();
        let start: String = text.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
        source
            .find(text)
            .map(|at| at..at + text.len())
            .or_else(|| source.find(&start).map(|at| at..at + start.len()))
            .map_or(Place::File, Place::Span)
    }

    /// What a document says in running text: its title, its summary and its body.
    fn texts(&self, document: &'a Document) -> [&'a str; 3] {
        let schema = &self.graph.schema;
        [document.text(schema, Role::Title), document.text(schema, Role::Summary), &document.body.plain]
    }
}

fn field_place(name: Option<&Name>) -> Place {
    name.map_or(Place::File, |name| KeyPath::of(name).value())
}

fn drafts<'a>(site: &Site<'a>) -> Vec<Entry<'a>> {
    let schema = &site.graph.schema;
    let drafts = site.documents().filter(|(_, document)| document.is_draft(schema));
    drafts.map(|(entity, document)| Entry { entity, document, place: Place::File, note: String::new() }).collect()
}

/// Required fields that hold a word which says why they are empty.
fn gaps<'a>(site: &Site<'a>) -> Vec<Entry<'a>> {
    let schema = &site.graph.schema;
    let mut entries = Vec::new();
    for (entity, document) in site.documents() {
        let required = schema.kind(document.kind).fields.iter().filter(|field: &&Field| field.required);
        for field in required {
            if let Some(Value::Gap(vocabulary, word)) = document.fields.get(&field.name) {
                let said = schema.vocabulary(*vocabulary).terms.get(word).map_or("", |term| term.label.get(site.language));
                let note = format!("{}: {said}", field.label.get(site.language));
                entries.push(Entry { entity, document, place: field_place(Some(&field.name)), note });
            }
        }
    }
    entries
}

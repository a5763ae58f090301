//! Every page of the site with its address, its template and exactly the data that it may show.
//!
//! The plan knows the graph and the words of the interface, but neither the disk nor the template engine.

mod address;
mod body;
mod calendar;
mod citation;
mod cite;
mod data;
mod dataset;
mod entity;
mod feed;
#[cfg(test)]
mod feeds_testing;
mod host_files;
mod insight;
mod json_ld;
mod list;
mod matrix;
mod meta;
mod outputs;
mod search;
mod shared;
mod succession;
mod summary;
mod view;
mod well_known;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use rayon::prelude::*;
use tera::value::Key;
use tera::{Map, Value as Data};

use self::address::{Addresses, root_of};
use self::body::Glossary;
use self::citation::Reference;
use self::data::{list, object, text};
use self::list::capital;
use self::summary::{Summaries, date_words};
use crate::catalogue::Catalogue;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place, SitePath};
use crate::document::value::Value;
use crate::graph::{EntityIndex, Graph};
use crate::schema::{KindIndex, Name, Role, Schema, ViewForm, VocabularyIndex};
use crate::source::Sources;

/// A page to be rendered.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its file, from the root of the site.
    pub address: String,
    /// Its template.
    pub template: String,
    /// Its language.
    pub language: String,
    /// What its template sees, besides what all pages of the language share.
    pub data: Map,
    /// The date of its last change that readers should know of (ISO 8601).
    pub lastmod: Option<String>,
    /// Whether search engines may show it.
    pub indexed: bool,
    /// The file that it was made from, and where in it.
    pub origin: Option<(SitePath, Place)>,
    /// Its addresses in other languages.
    pub alternates: Vec<(String, String)>,
}

impl Page {
    fn insert(&mut self, name: &'static str, value: Data) {
        self.data.insert(Key::Str(name), value);
    }

    /// Sets a field of `page`.
    fn set(&mut self, name: &'static str, value: Data) {
        let page = self.data.get(&Key::Str("page")).cloned().unwrap_or_else(Data::none);
        self.insert("page", data::extended(&page, [(name, value)]));
    }
}

/// A file that is copied or written as it is.
#[derive(Debug, Clone)]
pub struct File {
    /// Its address.
    pub address: String,
    /// Its bytes.
    pub bytes: std::sync::Arc<[u8]>,
}

/// All that the site will consist of.
#[derive(Debug, Default)]
pub struct Plan {
    /// Pages, by their addresses.
    pub pages: Vec<Page>,
    /// Files, by their addresses.
    pub files: Vec<File>,
    /// What all pages of a language share.
    pub shared: BTreeMap<String, Map>,
}

/// What a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// All documents, linked.
    pub graph: &'a Graph,
    /// `site.yaml`.
    pub config: &'a Config,
    /// The words of the interface, per language of the site.
    pub catalogues: &'a IndexMap<String, Catalogue>,
    /// Names of the theme's templates.
    pub templates: &'a BTreeSet<String>,
    /// The theme's static files: name and address.
    pub assets: &'a BTreeMap<String, String>,
    /// The site's files, for images.
    pub sources: &'a Sources,
}

/// Which page this is, whatever the language; by it the other languages' addresses are found.
enum PageAddress {
    Entity(EntityIndex),
    List(KindIndex, usize),
    Vocabulary(VocabularyIndex),
    Term(VocabularyIndex, Name, usize),
    View(String, usize),
    Search,
    Home,
    Alone,
}

struct Planner<'a> {
    graph: &'a Graph,
    schema: &'a Schema,
    config: &'a Config,
    catalogues: &'a IndexMap<String, Catalogue>,
    templates: &'a BTreeSet<String>,
    assets: &'a BTreeMap<String, String>,
    sources: &'a Sources,
    addresses: Addresses<'a>,
    no_words: Catalogue,
    summaries: BTreeMap<String, Summaries>,
    glossaries: BTreeMap<String, Glossary>,
    references: BTreeMap<String, BTreeMap<EntityIndex, Reference>>,
    /// The entities of each kind in the order of its list.
    order: Vec<Vec<EntityIndex>>,
    /// Where each entity stands in that order.
    position: Vec<Option<usize>>,
    /// Which entities have events, by their positions.
    eventful: Vec<bool>,
    /// Addresses of pages that are no entities.
    known: BTreeSet<String>,
}

/// Plans the whole site.
///
/// Returns the plan and what is wrong with links to addresses, with images, and with two pages that want one address.
pub fn plan(inputs: Inputs<'_>) -> (Plan, Vec<Diagnostic>) {
    Planner::new(inputs).finish()
}

impl<'a> Planner<'a> {
    /// All that pages have in common, worked out.
    fn new(inputs: Inputs<'a>) -> Self {
        let schema = &*inputs.graph.schema;
        let mut planner = Self {
            graph: inputs.graph,
            schema,
            config: inputs.config,
            catalogues: inputs.catalogues,
            templates: inputs.templates,
            assets: inputs.assets,
            sources: inputs.sources,
            addresses: Addresses::new(schema, inputs.config.first_language()),
            no_words: Catalogue::default(),
            summaries: BTreeMap::new(),
            glossaries: BTreeMap::new(),
            references: BTreeMap::new(),
            order: Vec::new(),
            position: vec![None; inputs.graph.entities.len()],
            eventful: Vec::new(),
            known: BTreeSet::new(),
        };
        planner.sort_kinds();
        for language in &inputs.config.languages {
            let summaries = planner.build_summaries(language);
            planner.summaries.insert(language.clone(), summaries);
            let glossary = planner.build_glossary(language);
            planner.glossaries.insert(language.clone(), glossary);
            let references = planner.build_references(language);
            planner.references.insert(language.clone(), references);
        }
        planner.eventful = planner.build_eventful();
        planner
    }
}

impl Planner<'_> {
    /// Numbered kinds keep the order of their ids; kinds with names are sorted as a reader would look them up.
    fn sort_kinds(&mut self) {
        for kind in self.schema.kind_indices() {
            let mut items: Vec<EntityIndex> = self.graph.of_kind(kind).collect();
            let found = self.schema.kind(kind);
            if found.role(Role::Order).is_some() {
                items.sort_by_key(|index| {
                    let document = self.graph.entity(*index).original();
                    match document.role(self.schema, Role::Order) {
                        Some(Value::Number(number)) => (0, order_key(*number), *index),
                        _ => (1, 0, *index),
                    }
                });
            } else if found.id == crate::schema::IdForm::FileName {
                items.sort_by_cached_key(|index| {
                    let entity = self.graph.entity(*index);
                    (crate::document::slug(entity.original().text(self.schema, Role::Title)), entity.id.clone())
                });
            }
            for (position, index) in items.iter().enumerate() {
                self.position[index.0] = Some(position);
            }
            self.order.push(items);
        }
    }

    fn finish(mut self) -> (Plan, Vec<Diagnostic>) {
        let mut pages = Vec::new();
        let open = self.open_data();
        for language in &self.config.languages {
            pages.push(self.home_page(language));
            pages.push(self.search_page(language));
            for kind in self.schema.kind_indices().filter(|kind| !self.schema.kind(*kind).address.is_empty()) {
                pages.extend(self.kind_lists(kind, language));
            }
            let vocabularies: Vec<VocabularyIndex> = (0..self.schema.vocabularies.len()).map(VocabularyIndex).collect();
            pages.extend(vocabularies.iter().flat_map(|vocabulary| self.vocabulary_pages(*vocabulary, language)).collect::<Vec<_>>());
            pages.extend(self.view_pages(language));
            pages.push(self.data_page(&open, language));
        }
        pages.push(self.not_found_page());
        self.known = pages.iter().map(|page| page.address.clone()).collect();
        let mut jobs = Vec::new();
        for (index, entity) in self.graph.entities.iter().enumerate() {
            for document in &entity.documents {
                if self.config.languages.contains(&document.language) {
                    self.known.insert(self.addresses.entity(entity, &document.language));
                    jobs.push((EntityIndex(index), document.language.as_str()));
                }
            }
        }
        let built: Vec<(Page, Vec<Diagnostic>)> = jobs.par_iter().map(|(index, language)| self.entity_page(*index, language)).collect();
        let mut diagnostics = Vec::new();
        for (page, problems) in built {
            pages.push(page);
            diagnostics.extend(problems);
        }
        self.name_apart(&mut pages);
        pages.extend(self.redirects(&mut diagnostics));
        let mut files = self.files();
        files.extend(open.files());
        files.extend(self.feeds());
        files.extend(self.calendars());
        files.extend(self.search_files());
        files.extend(self.well_known(&mut diagnostics));
        files.extend(self.host_files(&self.old_addresses()));
        for view in &self.schema.views {
            if let ViewForm::Matrix(matrix) = &view.form {
                files.extend(self.matrix_csv(view, matrix));
            }
        }
        let mut plan = Plan { pages, files, shared: BTreeMap::new() };
        for language in &self.config.languages {
            plan.shared.insert(language.clone(), self.shared(language));
        }
        self.sitemap(&mut plan);
        plan.pages.sort_by(|a, b| a.address.cmp(&b.address));
        plan.files.sort_by(|a, b| a.address.cmp(&b.address));
        self.one_page_per_address(&plan, &mut diagnostics);
        let missing: BTreeSet<&str> =
            plan.pages.iter().map(|page| page.template.as_str()).filter(|template| !self.templates.contains(*template)).collect();
        diagnostics.extend(
            missing
                .into_iter()
                .map(|template| Diagnostic::error("template-missing").with("template", template).with("theme", &self.config.theme)),
        );
        (plan, diagnostics)
    }

    /// Gives pages of one language that share a title the name of their kind as well, so that no two are called the same.
    fn name_apart(&self, pages: &mut [Page]) {
        let title = |page: &Page| {
            let page_data = page.data.get(&Key::Str("page"))?;
            data::field(page_data, "title")?.as_str().map(str::to_owned)
        };
        let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
        for page in pages.iter() {
            if let Some(title) = title(page) {
                *counts.entry((page.language.clone(), title)).or_default() += 1;
            }
        }
        for page in pages.iter_mut() {
            let Some(own) = title(page) else { continue };
            let kind = page.data.get(&Key::Str("entity")).and_then(|entity| data::field(entity, "kind_label"));
            if counts.get(&(page.language.clone(), own.clone())).is_some_and(|count| *count > 1)
                && let Some(kind) = kind.as_ref().and_then(Data::as_str)
            {
                page.set("title", text(format!("{own} ({kind})")));
            }
        }
    }

    /// A page with what every page has; its template's own data is added by the caller.
    #[allow(clippy::too_many_arguments, reason = "each is a field of every page")]
    fn page(
        &self,
        template: &str,
        language: &str,
        address: String,
        title: &str,
        section: &str,
        crumbs: Vec<(String, String)>,
        own: &PageAddress,
    ) -> Page {
        let words = self.words(language);
        let alternates: Vec<(String, Option<String>)> =
            self.config.languages.iter().map(|other| (other.clone(), self.address_in(own, other))).collect();
        let home = (words.text("nav.home").to_owned(), self.addresses.home(language));
        let is_home = matches!(own, PageAddress::Home);
        let crumbs = (!is_home).then_some(home).into_iter().chain(crumbs);
        let crumbs = crumbs.map(|(title, url)| object([("title", text(title)), ("url", text(url))]));
        let shown_alternates = alternates.iter().map(|(other, found)| {
            let url = found.clone().unwrap_or_else(|| self.addresses.home(other));
            object([
                ("lang", text(other)),
                ("name", text(self.words(other).text("language.name"))),
                ("canonical", text(format!("{}{url}", self.config.base_url))),
                ("url", text(&url)),
                ("current", Data::from(other == language)),
                ("available", Data::from(found.is_some())),
            ])
        });
        let page = object([
            ("title", text(title)),
            ("description", text(self.config.description.get(language))),
            ("url", text(&address)),
            ("canonical", text(format!("{}{address}", self.config.base_url))),
            ("section", text(section)),
            ("draft", Data::from(false)),
            ("breadcrumbs", list(crumbs)),
            ("feeds", list(self.feeds_of(own, language))),
            ("opensearch", text(self.open_search_address(language))),
            ("json_ld", Data::none()),
            ("meta", list([])),
            ("alternates", list(shown_alternates)),
            ("updated", Data::none()),
            ("updated_text", Data::none()),
        ]);
        let mut data = Map::new();
        data.insert(Key::Str("root"), text(root_of(&address)));
        data.insert(Key::Str("page"), page);
        let alternates = alternates.into_iter().filter_map(|(other, found)| found.map(|found| (other, found))).collect();
        Page {
            address,
            template: template.to_owned(),
            language: language.to_owned(),
            data,
            lastmod: None,
            indexed: true,
            origin: None,
            alternates,
        }
    }

    fn feeds_of(&self, own: &PageAddress, language: &str) -> Vec<Data> {
        match own {
            PageAddress::Entity(index) => self.feed_links(Some(*index), None, language),
            PageAddress::List(kind, _) => self.feed_links(None, Some(*kind), language),
            _ => self.feed_links(None, None, language),
        }
    }

    fn address_in(&self, own: &PageAddress, language: &str) -> Option<String> {
        match own {
            PageAddress::Entity(index) => {
                let entity = self.graph.entity(*index);
                entity.speaks(language).then(|| self.addresses.entity(entity, language))
            }
            PageAddress::List(kind, page) => Some(self.addresses.list(self.schema.kind(*kind), language, *page)),
            PageAddress::Vocabulary(vocabulary) => Some(self.addresses.vocabulary(self.schema.vocabulary(*vocabulary), language)),
            PageAddress::Term(vocabulary, term, page) => {
                Some(self.addresses.term(self.schema.vocabulary(*vocabulary), term, language, *page))
            }
            PageAddress::View(address, page) => Some(self.addresses.view(address, language, *page)),
            PageAddress::Search => Some(self.addresses.page(self.words(language).text("search.address"), language)),
            PageAddress::Home => Some(self.addresses.home(language)),
            PageAddress::Alone => None,
        }
    }

    /// The address of a page that exists, for one as an editor writes it: with or without `index.html` and `.html`.
    fn existing_address(&self, written: &str) -> Option<String> {
        let written = written.trim_matches('/');
        let candidates = [written.to_owned(), format!("{written}.html"), format!("{written}/index.html"), "index.html".to_owned()];
        let usable = if written.is_empty() { &candidates[3..] } else { &candidates[..3] };
        usable.iter().find(|candidate| self.known.contains(*candidate)).cloned()
    }

    /// The known address that is nearest to one that does not exist.
    fn nearest_address(&self, written: &str) -> String {
        let written = written.trim_matches('/');
        let shown = self.known.iter().map(|address| address.trim_end_matches("index.html").trim_end_matches(".html").trim_end_matches('/'));
        crate::diagnostic::nearest(written, shown).map_or_else(|| "/".to_owned(), |near| format!("/{near}"))
    }
}

/// A number as a key that sorts as the number does.
fn order_key(number: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation, reason = "an order far beyond these bounds is no order that anybody wrote")]
    let key = (number.clamp(-1e12, 1e12) * 1000.0) as i64;
    key
}

/// The address of a file beside the pages.
fn asset_address(path: &str) -> String {
    match (path.strip_prefix("content/"), path.strip_prefix("static/")) {
        (Some(path), _) => format!("media/{path}"),
        (_, Some(path)) => path.to_owned(),
        _ => path.to_owned(),
    }
}

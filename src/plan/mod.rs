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
mod json;
mod json_ld;
mod list;
mod matrix;
mod meta;
mod outputs;
mod request;
mod search;
mod shared;
mod succession;
mod summary;
mod view;
mod well_known;

pub use self::address::Addresses;
pub use self::host_files::{HEADERS, promised_headers};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock, Weak};

use rustc_hash::FxHashMap;
use tera::value::Key;
use tera::{Map, Value as Data};

use self::address::root_of;
use self::body::Glossary;
use self::citation::Reference;
use self::data::{list, map, object, text};
use self::dataset::OpenData;
use self::list::capital;
use self::request::{Bundle, Overview};
pub use self::request::{Planned, Request};
pub use self::search::Analysed;
use self::summary::date_words;
use crate::catalogue::Catalogue;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place, SitePath};
use crate::document::value::Value;
use crate::graph::{EntityIndex, Graph};
use crate::schema::{KindIndex, Name, Role, Schema, VocabularyIndex};
use crate::source::Sources;
use crate::theme::Face;

/// A page to be rendered.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its file, from the root of the site.
    pub address: String,
    /// Its template.
    pub template: String,
    /// Its language.
    pub language: String,
    /// What its template sees as `page`.
    pub own: Map,
    /// What its template sees besides that and what all pages of the language share.
    pub data: Map,
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
        self.own.insert(Key::Str(name), value);
    }
}

/// A file that is copied or written as it is.
#[derive(Debug, Clone)]
pub struct File {
    /// Its address.
    pub address: String,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
}

/// What a plan is made from.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// All documents, linked.
    pub graph: Arc<Graph>,
    /// `site.yaml`.
    pub config: Arc<Config>,
    /// What the theme brings besides its templates' text.
    pub face: Arc<Face>,
    /// The site's files, for images.
    pub sources: Sources,
    /// What the search made of pages before, as long as somebody keeps it.
    pub analysed: Weak<Analysed>,
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

/// The entities of a kind, as its list has them.
#[derive(Debug)]
struct Order {
    items: Vec<EntityIndex>,
    position: FxHashMap<EntityIndex, usize>,
}

/// A site that is planned as far as somebody asked.
///
/// Nothing of it is worked out before it is needed, and nothing twice; whatever is asked first, the answers are the same.
#[derive(Debug)]
pub struct Planner {
    graph: Arc<Graph>,
    schema: Arc<Schema>,
    config: Arc<Config>,
    face: Arc<Face>,
    sources: Sources,
    analysed: Weak<Analysed>,
    addresses: Addresses,
    no_words: Catalogue,
    /// By kind.
    orders: Vec<OnceLock<Order>>,
    summaries: BTreeMap<String, Vec<OnceLock<Data>>>,
    /// The words of each vocabulary, in its order.
    terms: BTreeMap<String, Vec<Vec<OnceLock<Data>>>>,
    references: BTreeMap<String, Vec<OnceLock<Option<Reference>>>>,
    glossaries: BTreeMap<String, OnceLock<Glossary>>,
    shared: BTreeMap<String, OnceLock<Map>>,
    /// Which entities have events, by their positions.
    eventful: Vec<OnceLock<bool>>,
    any_event: OnceLock<bool>,
    /// The titles that several pages of a language have.
    titles: BTreeMap<String, OnceLock<BTreeSet<String>>>,
    open_data: OnceLock<OpenData>,
    problems: OnceLock<Vec<Diagnostic>>,
    overviews: Vec<(Overview, OnceLock<Vec<Page>>)>,
    bundles: [OnceLock<Vec<File>>; Bundle::ALL.len()],
}

impl Planner {
    /// The site's configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// A plan of which nothing was asked yet.
    pub fn new(inputs: Inputs) -> Self {
        let schema = inputs.graph.schema.clone();
        let entities = inputs.graph.entities.len();
        let languages = || inputs.config.languages.iter().cloned();
        Self {
            addresses: Addresses::new(schema.clone(), inputs.config.first_language().to_owned()),
            no_words: Catalogue::default(),
            orders: slots(schema.kinds.len()),
            summaries: languages().map(|language| (language, slots(entities))).collect(),
            terms: languages()
                .map(|language| (language, schema.vocabularies.iter().map(|vocabulary| slots(vocabulary.terms.len())).collect()))
                .collect(),
            references: languages().map(|language| (language, slots(entities))).collect(),
            glossaries: languages().map(|language| (language, OnceLock::new())).collect(),
            shared: languages().map(|language| (language, OnceLock::new())).collect(),
            eventful: slots(entities),
            any_event: OnceLock::new(),
            titles: languages().map(|language| (language, OnceLock::new())).collect(),
            open_data: OnceLock::new(),
            problems: OnceLock::new(),
            overviews: Overview::all(&schema, &inputs.config).into_iter().map(|overview| (overview, OnceLock::new())).collect(),
            bundles: Default::default(),
            graph: inputs.graph,
            schema,
            config: inputs.config,
            face: inputs.face,
            sources: inputs.sources,
            analysed: inputs.analysed,
        }
    }

    /// The entities of a kind in the order of its list.
    fn order(&self, kind: KindIndex) -> &[EntityIndex] {
        &self.order_of(kind).items
    }

    /// Where an entity stands in the list of its kind; nowhere if it was removed.
    fn position(&self, index: EntityIndex) -> Option<usize> {
        self.order_of(self.graph.entity(index).kind).position.get(&index).copied()
    }

    fn order_of(&self, kind: KindIndex) -> &Order {
        self.orders[kind.0].get_or_init(|| {
            let items = self.sorted(kind);
            let position = items.iter().enumerate().map(|(position, index)| (*index, position)).collect();
            Order { items, position }
        })
    }

    /// Numbered kinds keep the order of their ids; kinds with names are sorted as a reader would look them up.
    fn sorted(&self, kind: KindIndex) -> Vec<EntityIndex> {
        let mut items: Vec<EntityIndex> = self.graph.of_kind(kind).collect();
        let found = self.schema.kind(kind);
        if found.role(Role::Order).is_some() {
            items.sort_by_key(|index| match self.graph.entity(*index).original().role(&self.schema, Role::Order) {
                Some(Value::Number(number)) => (0, order_key(*number), *index),
                _ => (1, 0, *index),
            });
        } else if found.id == crate::schema::IdForm::FileName {
            items.sort_by(|a, b| {
                let key = |index: &EntityIndex| (self.graph.entity(*index).original().sort_key.as_str(), *index);
                key(a).cmp(&key(b))
            });
        }
        items
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
        let shown = map([
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
        let data = map([("root", text(root_of(&address)))]);
        let alternates = alternates.into_iter().filter_map(|(other, found)| found.map(|found| (other, found))).collect();
        Page {
            address,
            template: template.to_owned(),
            language: language.to_owned(),
            own: shown,
            data,
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
}

/// Places for what is worked out when it is asked for.
fn slots<T>(count: usize) -> Vec<OnceLock<T>> {
    std::iter::repeat_with(OnceLock::new).take(count).collect()
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

//! Every output of the site: which there are, and one of them when it is asked for.
//!
//! A build asks for all, a preview for the few that somebody looks at. An output depends on the graph and on nothing that was
//! asked before, so both get the same bytes.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{File, Page, Planner};
use crate::config::{Config, Extra};
use crate::date::PartialDate;
use crate::diagnostic::{Diagnostic, Place, SitePath, nearest};
use crate::document::value::Value;
use crate::document::{by_role, record_fields};
use crate::graph::EntityIndex;
use crate::schema::{KindIndex, Role, Schema, ViewForm, VocabularyIndex};

/// An output that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// The page of an entity, in a language by its position.
    Entity(EntityIndex, usize),
    /// A page about many entities or none: which overview, and which of its pages.
    Overview(usize, usize),
    /// The list of all pages for search engines.
    Sitemap,
    /// A file that is written as it is.
    File(Bundle, usize),
}

/// What was asked for.
#[derive(Debug)]
pub enum Planned<'a> {
    /// A page to be rendered.
    Page(Cow<'a, Page>),
    /// A file.
    File(&'a File),
}

/// Pages that are planned together; languages by their positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Overview {
    Home(usize),
    Search(usize),
    Data(usize),
    NotFound,
    Kind(KindIndex, usize),
    Vocabulary(VocabularyIndex, usize),
    View(usize, usize),
    Redirects,
}

impl Overview {
    /// All overviews of a site.
    pub fn all(schema: &Schema, config: &Config) -> Vec<Self> {
        let mut all = vec![Self::NotFound, Self::Redirects];
        for language in 0..config.languages.len() {
            all.extend([Self::Home(language), Self::Search(language)]);
            all.extend(config.has(Extra::OpenData).then_some(Self::Data(language)));
            let kinds = schema.kind_indices().filter(|kind| !schema.kind(*kind).address.is_empty());
            all.extend(kinds.map(|kind| Self::Kind(kind, language)));
            all.extend((0..schema.vocabularies.len()).map(|vocabulary| Self::Vocabulary(VocabularyIndex(vocabulary), language)));
            all.extend((0..schema.views.len()).map(|view| Self::View(view, language)));
        }
        all
    }
}

/// Files that are made together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bundle {
    /// The theme's static files.
    Theme,
    /// The site's own files, as they are.
    Own,
    /// The open data.
    OpenData,
    /// Feeds.
    Feeds,
    /// Calendars.
    Calendars,
    /// `security.txt` and its like.
    WellKnown,
    /// Settings for hosts.
    Hosts,
    /// Evidence maps as CSV.
    Matrices,
    /// The search index of each language.
    Search,
}

impl Bundle {
    /// All, those that cost least first.
    pub const ALL: [Self; 9] =
        [Self::Theme, Self::WellKnown, Self::Hosts, Self::Own, Self::Matrices, Self::Calendars, Self::Feeds, Self::OpenData, Self::Search];

    fn position(self) -> usize {
        Self::ALL.iter().position(|bundle| *bundle == self).unwrap_or_default()
    }

    /// Whether a file of this bundle could have this address.
    fn may_hold(self, address: &str) -> bool {
        match self {
            Self::Theme => address.starts_with("assets/"),
            Self::Own | Self::WellKnown | Self::Hosts => true,
            Self::OpenData => address.starts_with("data/"),
            Self::Feeds => address.ends_with(".xml") || address.ends_with(".json"),
            Self::Calendars => address.ends_with(".ics"),
            Self::Matrices => address.ends_with(".csv"),
            Self::Search => address.starts_with("search/"),
        }
    }
}

impl Planner {
    /// All outputs, in no particular order.
    pub fn requests(&self) -> Vec<Request> {
        let mut requests = self.pages();
        requests.extend(Bundle::ALL.into_iter().flat_map(|bundle| self.files_of(bundle)));
        requests
    }

    /// All pages, in no particular order.
    pub fn pages(&self) -> Vec<Request> {
        let entities = self.graph.entities.iter().enumerate().flat_map(|(index, entity)| {
            let languages = entity.documents.iter().filter_map(|document| self.language_position(&document.language));
            languages.map(move |language| Request::Entity(EntityIndex(index), language))
        });
        let overviews = (0..self.overviews.len())
            .flat_map(|overview| (0..self.overview(overview).len()).map(move |page| Request::Overview(overview, page)));
        entities.chain(overviews).chain([Request::Sitemap]).collect()
    }

    fn files_of(&self, bundle: Bundle) -> impl Iterator<Item = Request> + use<> {
        (0..self.bundle(bundle).len()).map(move |file| Request::File(bundle, file))
    }

    /// The output at an address.
    pub fn find(&self, address: &str) -> Option<Request> {
        if address == SITEMAP {
            return Some(Request::Sitemap);
        }
        self.find_page(address).or_else(|| {
            let bundles = Bundle::ALL.into_iter().filter(|bundle| bundle.may_hold(address));
            bundles.into_iter().find_map(|bundle| {
                let file = self.bundle(bundle).iter().position(|file| file.address == address)?;
                Some(Request::File(bundle, file))
            })
        })
    }

    fn find_page(&self, address: &str) -> Option<Request> {
        let stem = address.strip_suffix(".html")?;
        let id = stem.rsplit('/').next().unwrap_or(stem);
        let entity = self.graph.find(id).and_then(|index| {
            let entity = self.graph.entity(index);
            let spoken = entity.documents.iter().find(|document| self.addresses.entity(entity, &document.language) == address)?;
            Some(Request::Entity(index, self.language_position(&spoken.language)?))
        });
        entity.or_else(|| {
            let may_hold = |overview: &usize| address.starts_with(&self.folder(&self.overviews[*overview].0));
            (0..self.overviews.len()).filter(may_hold).find_map(|overview| {
                let page = self.overview(overview).iter().position(|page| page.address == address)?;
                Some(Request::Overview(overview, page))
            })
        })
    }

    /// The address of an output, from the root of the site.
    pub fn address(&self, request: Request) -> Cow<'_, str> {
        match request {
            Request::Entity(index, language) => Cow::from(self.addresses.entity(self.graph.entity(index), self.language(language))),
            Request::Overview(overview, page) => Cow::from(&self.overview(overview)[page].address),
            Request::Sitemap => Cow::from(SITEMAP),
            Request::File(bundle, file) => Cow::from(&self.bundle(bundle)[file].address),
        }
    }

    /// Plans one output, and says what is wrong with the links and images on it.
    pub fn plan(&self, request: Request) -> (Planned<'_>, Vec<Diagnostic>) {
        let (page, mut diagnostics) = match request {
            Request::Entity(index, language) => {
                let (page, diagnostics) = self.entity_page(index, self.language(language));
                (Cow::Owned(page), diagnostics)
            }
            Request::Overview(overview, page) => (Cow::Borrowed(&self.overview(overview)[page]), Vec::new()),
            Request::Sitemap => (Cow::Owned(self.sitemap()), Vec::new()),
            Request::File(bundle, file) => return (Planned::File(&self.bundle(bundle)[file]), Vec::new()),
        };
        if !self.face.templates.contains(&page.template) {
            let missing = Diagnostic::error("template-missing").with("template", &page.template);
            diagnostics.push(missing.with("theme", &self.config.theme));
        }
        (Planned::Page(page), diagnostics)
    }

    /// What is wrong with the site beyond single pages: redirects, files that lapse, and two outputs that want one address.
    pub fn problems(&self) -> &[Diagnostic] {
        self.problems.get_or_init(|| {
            let mut diagnostics = Vec::new();
            self.redirects(&mut diagnostics);
            self.well_known(&mut diagnostics);
            self.one_output_per_address(&mut diagnostics);
            diagnostics
        })
    }

    /// No two outputs may want one address, nor one that another system cannot tell from it.
    fn one_output_per_address(&self, diagnostics: &mut Vec<Diagnostic>) {
        // The search has a folder of its own, and names that nobody would think of; making it only to know them would cost most.
        let files = Bundle::ALL.into_iter().filter(|bundle| *bundle != Bundle::Search).flat_map(|bundle| self.files_of(bundle));
        let requests = self.pages().into_iter().chain(files);
        let mut requests: Vec<(Cow<'_, str>, bool, Request)> =
            requests.map(|request| (self.address(request), matches!(request, Request::File(..)), request)).collect();
        requests.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        let mut seen: FxHashMap<Cow<'_, str>, Request> = FxHashMap::default();
        for (address, _, request) in &requests {
            let is_plain = address.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
            let folded = if is_plain { Cow::from(&**address) } else { Cow::from(address.to_lowercase()) };
            let Some(first) = seen.insert(folded, *request) else { continue };
            // Of the two, the one that somebody wrote down as an address is the likely slip.
            let (blamed, other) = match (self.origin(first), self.origin(*request)) {
                (Some(first), Some(second)) if matches!(first.1, Place::File) => (Some(second), Some(first)),
                (Some(first), second) => (Some(first), second),
                (None, second) => (second, None),
            };
            let mut diagnostic = Diagnostic::error("address-twice").with("address", format!("/{address}"));
            if let Some((path, place)) = blamed {
                diagnostic = diagnostic.in_file(&path).at(place);
            }
            diagnostic.related = other;
            diagnostics.push(diagnostic);
        }
    }

    /// The file that an output was made from, and where in it.
    pub fn origin(&self, request: Request) -> Option<(SitePath, Place)> {
        match request {
            Request::Entity(index, language) => {
                Some((self.graph.entity(index).document(self.language(language)).path.clone(), Place::File))
            }
            Request::Overview(overview, page) => self.overview(overview)[page].origin.clone(),
            Request::Sitemap | Request::File(..) => None,
        }
    }

    /// The pages of all overviews.
    pub(super) fn overview_pages(&self) -> impl Iterator<Item = &Page> {
        (0..self.overviews.len()).flat_map(|overview| self.overview(overview))
    }

    fn overview(&self, position: usize) -> &[Page] {
        let (overview, pages) = &self.overviews[position];
        pages.get_or_init(|| match overview {
            Overview::Home(language) => vec![self.home_page(self.language(*language))],
            Overview::Search(language) => vec![self.search_page(self.language(*language))],
            Overview::Data(language) => vec![self.data_page(self.language(*language))],
            Overview::NotFound => vec![self.not_found_page()],
            Overview::Kind(kind, language) => self.kind_lists(*kind, self.language(*language)),
            Overview::Vocabulary(vocabulary, language) => self.vocabulary_pages(*vocabulary, self.language(*language)),
            Overview::View(view, language) => self.view(&self.schema.views[*view], self.language(*language)),
            Overview::Redirects => self.redirects(&mut Vec::new()),
        })
    }

    /// With what the addresses of an overview's pages start.
    fn folder(&self, overview: &Overview) -> String {
        let without_page = |address: String| address.strip_suffix("index.html").map_or_else(|| address.clone(), str::to_owned);
        match overview {
            Overview::Home(language) => self.addresses.home(self.language(*language)),
            Overview::Search(language) => {
                let language = self.language(*language);
                self.addresses.page(self.words(language).text("search.address"), language)
            }
            Overview::Data(language) => without_page(self.addresses.view("data", self.language(*language), 1)),
            Overview::NotFound => "404.html".to_owned(),
            Overview::Kind(kind, language) => without_page(self.addresses.list(self.schema.kind(*kind), self.language(*language), 1)),
            Overview::Vocabulary(vocabulary, language) => {
                without_page(self.addresses.vocabulary(self.schema.vocabulary(*vocabulary), self.language(*language)))
            }
            Overview::View(view, language) => {
                without_page(self.addresses.view(&self.schema.views[*view].address, self.language(*language), 1))
            }
            Overview::Redirects => String::new(),
        }
    }

    /// Builds the search index, so that what it costs can be told apart from the pages.
    pub fn index_search(&self) {
        self.bundle(Bundle::Search);
    }

    /// Plans all overviews and makes all files but those of the search, several at once: each is one piece of work, and on its
    /// own would keep the other threads waiting. No overview asks for another: two that did would wait for each other forever.
    pub fn plan_overviews(&self) {
        let plan = |leads_to_data: bool| {
            let wanted = move |overview: &usize| matches!(self.overviews[*overview].0, Overview::Data(_)) == leads_to_data;
            (0..self.overviews.len()).into_par_iter().filter(wanted).for_each(|overview| {
                self.overview(overview);
            });
        };
        let make = |bundle| {
            self.bundle(bundle);
        };
        let others = || Bundle::ALL.into_par_iter().filter(|bundle| !matches!(bundle, Bundle::Search | Bundle::OpenData));
        // The open data is the largest piece, so it is begun first; the pages that lead to it would wait for it, so they come last.
        rayon::join(|| make(Bundle::OpenData), || rayon::join(|| plan(false), || others().for_each(make)));
        plan(true);
    }

    fn bundle(&self, bundle: Bundle) -> &[File] {
        self.bundles[bundle.position()].get_or_init(|| match bundle {
            Bundle::Theme => {
                let assets = self.face.assets.values();
                assets.map(|(address, bytes)| File { address: address.clone(), bytes: bytes.clone() }).collect()
            }
            Bundle::Own => self.files(),
            Bundle::OpenData if self.config.has(Extra::OpenData) => self.open_data().files(),
            Bundle::Feeds if self.config.has(Extra::Feeds) => self.feeds(),
            Bundle::Calendars if self.config.has(Extra::Calendars) => self.calendars(),
            Bundle::Search if self.config.has(Extra::Search) => self.search_files(),
            Bundle::OpenData | Bundle::Feeds | Bundle::Calendars | Bundle::Search => Vec::new(),
            Bundle::WellKnown => self.well_known(&mut Vec::new()),
            Bundle::Hosts => self.host_files(&self.old_addresses()),
            Bundle::Matrices => {
                let views = self.schema.views.iter();
                views
                    .filter_map(|view| match &view.form {
                        ViewForm::Matrix(matrix) => Some(self.matrix_csv(view, matrix)),
                        _ => None,
                    })
                    .flatten()
                    .collect()
            }
        })
    }

    fn language(&self, position: usize) -> &str {
        self.config.languages.get(position).map_or_else(|| self.config.first_language(), String::as_str)
    }

    fn language_position(&self, language: &str) -> Option<usize> {
        self.config.languages.iter().position(|own| own == language)
    }

    /// The title of an entity's page: with the name of its kind where another page of the language has the same title.
    pub(super) fn page_title(&self, index: EntityIndex, language: &str) -> String {
        let entity = self.graph.entity(index);
        let title = entity.text(&self.schema, Role::Title, language);
        let shared = self.titles.get(language).map(|slot| slot.get_or_init(|| self.shared_titles(language)));
        if shared.is_some_and(|shared| shared.contains(title)) {
            return format!("{title} ({})", self.schema.kind(entity.kind).singular.get(language));
        }
        title.to_owned()
    }

    /// The titles that several pages of a language have, of pages that might share one with an entity.
    fn shared_titles(&self, language: &str) -> BTreeSet<String> {
        let words = self.words(language);
        let fixed = ["search.title", "data.title", "not_found.title"].map(|key| words.text(key).to_owned());
        let kinds = self.schema.kinds.iter().map(|kind| super::capital(kind.plural.get(language)));
        let vocabularies = self.schema.vocabularies.iter().map(|vocabulary| vocabulary.label.get(language).to_owned());
        let views = self.schema.views.iter().map(|view| view.title.get(language).to_owned());
        let entities = self.graph.entities.iter().filter(|entity| entity.speaks(language));
        let entities = entities.map(|entity| Cow::Borrowed(entity.text(&self.schema, Role::Title, language)));
        let others = fixed.into_iter().chain(kinds).chain(vocabularies).chain(views).map(Cow::Owned);
        let mut seen = FxHashSet::default();
        others.chain(entities).filter_map(|title| seen.replace(title)).map(Cow::into_owned).collect()
    }

    /// The address of a page that exists, for one as an editor writes it: with or without `index.html` and `.html`.
    pub(super) fn existing_address(&self, written: &str) -> Option<String> {
        let written = written.trim_matches('/');
        let candidates = [written.to_owned(), format!("{written}.html"), format!("{written}/index.html"), "index.html".to_owned()];
        let usable = if written.is_empty() { &candidates[3..] } else { &candidates[..3] };
        usable.iter().find(|candidate| self.find_page(candidate).is_some()).cloned()
    }

    /// The known address that is nearest to one that does not exist.
    pub(super) fn nearest_address(&self, written: &str) -> String {
        let written = written.trim_matches('/');
        let addresses: BTreeSet<String> = self
            .pages()
            .into_iter()
            .map(|request| self.address(request))
            .filter(|address| address.ends_with(".html"))
            .map(Cow::into_owned)
            .collect();
        let shown = addresses.iter().map(|address| address.trim_end_matches("index.html").trim_end_matches(".html").trim_end_matches('/'));
        nearest(written, shown).map_or_else(|| "/".to_owned(), |near| format!("/{near}"))
    }

    /// The day of the last change of an entity's page that readers should know of: as it says itself, else that of the
    /// newest entry in its list of changes.
    pub(super) fn last_change(&self, index: EntityIndex) -> Option<PartialDate> {
        let entity = self.graph.entity(index);
        let original = entity.original();
        let logged = || {
            let fields = self.schema.kind(entity.kind).role(Role::Changes).map_or(&[][..], record_fields);
            let records = original.role(&self.schema, Role::Changes).map_or(&[][..], Value::items).iter();
            let dates = records.filter_map(|item| match item {
                Value::Record(record) => by_role(fields, record, Role::Date).and_then(Value::as_date),
                _ => None,
            });
            dates.max()
        };
        let updated = original.role(&self.schema, Role::Updated).and_then(Value::as_date).or_else(logged);
        updated.filter(|_| !entity.removed)
    }
}

/// The address of the list of all pages.
const SITEMAP: &str = "sitemap.xml";

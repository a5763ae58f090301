//! The one way from a site's files to its finished pages.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indexmap::IndexMap;
use jiff::civil;
use rayon::prelude::*;

use crate::config::{self, Config, Extra};
use crate::diagnostic::{self, Diagnostic, KeyPath, Severity, SitePath};
use crate::document::{self, Document, Reading, Setting};
use crate::plan::{Analysed, Inputs, Planner};
use crate::schema::{self, Schema};
use crate::snapshot::{self, Output, Site, Snapshot, timed};
use crate::source::{SourceFile, Sources};
use crate::theme::Theme;
use crate::{graph, theme};

/// What may differ between two runs over the same files.
#[derive(Debug, Clone)]
pub struct Options {
    /// The day for which the site is made; states such as "expired" depend on it.
    pub today: civil::Date,
    /// Whether drafts are part of the site.
    pub drafts: bool,
    /// Replaces `base_url` of `site.yaml`.
    pub base_url: Option<String>,
}

/// What a run over all outputs gives.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The finished site, by address; empty where there are errors.
    pub outputs: Vec<Output>,
    /// All that is wrong, errors first, then by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Outcome {
    /// Whether anything stops the site from being published.
    pub fn has_errors(&self) -> bool {
        snapshot::has_errors(&self.diagnostics)
    }
}

/// The whole site that these files make, in memory.
pub fn run(sources: &Sources, options: &Options) -> Outcome {
    let snapshot = Pipeline::new(options.clone()).update(sources.clone());
    if snapshot.is_broken() {
        return Outcome { outputs: Vec::new(), diagnostics: snapshot.check() };
    }
    let outputs = Mutex::new(Vec::new());
    let take = |address: &str, bytes: &[u8]| {
        let output = Output { address: address.to_owned(), bytes: bytes.to_vec() };
        outputs.lock().unwrap_or_else(PoisonError::into_inner).push(output);
        Ok::<(), Infallible>(())
    };
    let diagnostics = match snapshot.each(take) {
        Ok((diagnostics, _)) => diagnostics,
        Err(never) => match never {},
    };
    let mut outputs = outputs.into_inner().unwrap_or_else(PoisonError::into_inner);
    outputs.sort_by(|a, b| a.address.cmp(&b.address));
    if snapshot::has_errors(&diagnostics) {
        outputs.clear();
    }
    Outcome { outputs, diagnostics }
}

/// Turns states of a site's files into snapshots, and keeps what the next one can use again.
#[derive(Debug)]
pub struct Pipeline {
    options: Options,
    /// Whether there will be one update, after which nobody asks what a build does not.
    once: bool,
    memory: Option<Memory>,
    analysed: Arc<Analysed>,
}

/// What was made of files that may still be the same the next time.
struct Memory {
    /// `site.yaml` and `schema.yaml`.
    foundation_files: [Option<Arc<[u8]>>; 2],
    config: Arc<Config>,
    schema: Arc<Schema>,
    /// The site's own templates, words and static files, and its themes.
    theme_files: Vec<SourceFile>,
    theme: Result<Arc<Theme>, Vec<Diagnostic>>,
    documents: Vec<Known>,
}

/// A file of `content/` and what was made of it; in the order of their paths.
#[derive(Clone)]
struct Known {
    file: SourceFile,
    read: Read,
}

/// What was made of one file of `content/`.
#[derive(Clone)]
enum Read {
    Document(Arc<Document>),
    Asset,
    Refused(Diagnostic),
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Memory").field("documents", &self.documents.len()).finish_non_exhaustive()
    }
}

impl Pipeline {
    /// A pipeline that has not seen anything yet.
    pub fn new(options: Options) -> Self {
        Self { options, once: false, memory: None, analysed: Arc::default() }
    }

    /// A pipeline for one update: its snapshot gives the same outputs, and holds less of the documents.
    pub fn once(options: Options) -> Self {
        Self { once: true, ..Self::new(options) }
    }

    /// The site that these files make. It is the same, byte for byte, whatever was seen before.
    ///
    /// Errors of one stage do not hide those of the next, as long as the next has something to look at: documents are checked
    /// against each other even if some are broken, and pages are planned even if links are.
    pub fn update(&mut self, sources: Sources) -> Snapshot {
        let mut stages = Stages::default();
        let memory = self.memory.take();
        let remembered = memory.as_ref().filter(|memory| memory.foundation_files == FOUNDATIONS.map(|name| bytes_of(&sources, name)));
        let config = remembered.map_or_else(|| config_of(&sources, &self.options), |memory| Ok(memory.config.clone()));
        // Neither needs the other, and on a small site both cost more than its pages.
        let (schema, loaded) = rayon::join(
            || timed(|| remembered.map_or_else(|| schema_for(&sources, &config), |memory| Ok(memory.schema.clone()))),
            || timed(|| config.as_ref().ok().map(|config| theme_of(&sources, config, memory.as_ref()))),
        );
        let (schema, loaded) = (stages.note("schema", schema), stages.note("theme", loaded));
        let (config, schema, (theme_files, theme)) = match (config, schema, loaded) {
            (Ok(config), Ok(schema), Some(loaded)) => (config, schema, loaded),
            (config, schema, _) => {
                let mut diagnostics: Vec<_> = config.err().into_iter().chain(schema.err()).flatten().collect();
                diagnostic::sort(&mut diagnostics, &sources);
                self.memory = memory;
                return Snapshot { sources, pages_read: Vec::new(), graph: None, diagnostics, stages: stages.0, site: None };
            }
        };
        let same_foundations = memory.as_ref().is_some_and(|memory| Arc::ptr_eq(&memory.schema, &schema));
        let known = memory.filter(|_| same_foundations).map(|memory| memory.documents).unwrap_or_default();
        let documents = stages.run("document", || read_documents(&sources, &config, &schema, self.once, known));
        let (read, mut diagnostics) = documents_of(&documents, &schema, self.options.drafts);
        let pages_read = read.iter().map(|document| (document.path.clone(), document.hash)).collect();
        let (graph, problems) = stages.run("graph", || graph::build(&schema, read, &sources, self.options.today, self.options.drafts));
        diagnostics.extend(problems);
        diagnostics.extend(names_exist(&config, &graph));
        let graph = Arc::new(graph);
        let site = match &theme {
            Ok(theme) => {
                let (graph, config, face, sources) = (graph.clone(), config.clone(), theme.face.clone(), sources.clone());
                let inputs = Inputs { graph, config, face, sources, analysed: Arc::downgrade(&self.analysed) };
                Some(Site::new(stages.run("plan", || Planner::new(inputs)), theme.clone()))
            }
            Err(problems) => {
                diagnostics.extend(problems.iter().cloned());
                None
            }
        };
        diagnostic::sort(&mut diagnostics, &sources);
        let foundation_files = FOUNDATIONS.map(|name| bytes_of(&sources, name));
        self.memory = Some(Memory { foundation_files, config, schema, theme_files, theme, documents });
        Snapshot { sources, pages_read, graph: Some(graph), diagnostics, stages: stages.0, site }
    }
}

/// How long each stage took, in their order.
#[derive(Default)]
struct Stages(IndexMap<&'static str, Duration>);

impl Stages {
    fn run<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        self.note(name, timed(work))
    }

    fn note<T>(&mut self, name: &'static str, (result, time): (T, Duration)) -> T {
        *self.0.entry(name).or_default() += time;
        result
    }
}

/// The files without which nothing else can be understood.
const FOUNDATIONS: [&str; 2] = ["site.yaml", "schema.yaml"];

fn bytes_of(sources: &Sources, name: &str) -> Option<Arc<[u8]>> {
    sources.get(name).map(SourceFile::bytes)
}

/// The site's configuration.
fn config_of(sources: &Sources, options: &Options) -> Result<Arc<Config>, Vec<Diagnostic>> {
    let (file, text) = text_of(sources, "site.yaml").map_err(|error| vec![error])?;
    config::read(&file, &text, options.base_url.as_deref()).map(Arc::new)
}

/// The site's content model, in the languages of its configuration if that could be read.
fn schema_for(sources: &Sources, config: &Result<Arc<Config>, Vec<Diagnostic>>) -> Result<Arc<Schema>, Vec<Diagnostic>> {
    let languages = config.as_ref().map_or(&[][..], |config| &config.languages);
    let (file, text) = text_of(sources, "schema.yaml").map_err(|error| vec![error])?;
    schema::read(&file, &text, languages).map(Arc::new)
}

/// The content model of a site, for commands that need nothing else.
///
/// # Errors
///
/// All that is wrong with `site.yaml` or `schema.yaml`.
pub fn schema_of(sources: &Sources, options: &Options) -> Result<(Arc<Config>, Arc<Schema>), Vec<Diagnostic>> {
    let config = config_of(sources, options);
    match (schema_for(sources, &config), config) {
        (Ok(schema), Ok(config)) => Ok((config, schema)),
        (schema, config) => Err(config.err().into_iter().chain(schema.err()).flatten().collect()),
    }
}

fn text_of(sources: &Sources, name: &str) -> Result<(SitePath, String), Diagnostic> {
    let path: SitePath = name.into();
    let file = sources.get(name).ok_or_else(|| Diagnostic::error("file-missing").in_file(&path))?;
    match std::str::from_utf8(&file.bytes()) {
        Ok(text) => Ok((path, text.to_owned())),
        Err(error) => Err(Diagnostic::error("not-utf8").in_file(&path).at(error.valid_up_to()..error.valid_up_to() + 1)),
    }
}

type LoadedTheme = (Vec<SourceFile>, Result<Arc<Theme>, Vec<Diagnostic>>);

/// The theme, and the files of the site that it depends on.
fn theme_of(sources: &Sources, config: &Arc<Config>, memory: Option<&Memory>) -> LoadedTheme {
    let files: Vec<SourceFile> =
        ["templates", "catalogues", "themes"].into_iter().flat_map(|folder| sources.below(folder)).cloned().collect();
    match memory.filter(|memory| Arc::ptr_eq(&memory.config, config) && memory.theme_files == files) {
        Some(memory) => (files, memory.theme.clone()),
        None => (files, theme::load(config, sources).map(Arc::new)),
    }
}

/// Reads the files of `content/`; those that are as they were are not read again.
fn read_documents(sources: &Sources, config: &Config, schema: &Schema, once: bool, known: Vec<Known>) -> Vec<Known> {
    let is_text_read = !once || config.has(Extra::Search) || config.has(Extra::OpenData);
    let setting = Setting { schema, languages: &config.languages, raw_html: &config.raw_html };
    let mut known = known.into_iter().peekable();
    let files: Vec<(&SourceFile, Option<Known>)> = sources
        .below("content")
        .map(|file| {
            while known.next_if(|before| before.file.path < file.path).is_some() {}
            (file, known.next_if(|before| before.file == *file))
        })
        .collect();
    let read = files.into_par_iter().map(|(file, known)| {
        known.unwrap_or_else(|| {
            let read = match document::read(file, setting) {
                Reading::Document(mut document) => {
                    if !is_text_read {
                        document.body.keep_opening();
                    }
                    Read::Document(Arc::from(document))
                }
                Reading::Asset => Read::Asset,
                Reading::Refused(diagnostic) => Read::Refused(diagnostic),
            };
            Known { file: file.clone(), read }
        })
    });
    read.collect()
}

/// The documents among what was read, and what is wrong with them and with the other files.
fn documents_of(known: &[Known], schema: &Schema, with_drafts: bool) -> (Vec<Arc<Document>>, Vec<Diagnostic>) {
    let mut documents = Vec::new();
    let mut diagnostics = Vec::new();
    let mut types = std::collections::BTreeSet::new();
    for known in known {
        match &known.read {
            Read::Document(document) => {
                // A draft may be unfinished: what is wrong with it does not keep the others from being published.
                let unfinished = !with_drafts && document.is_draft(schema);
                diagnostics.extend(document.diagnostics.iter().cloned().map(|mut diagnostic| {
                    if unfinished {
                        diagnostic.severity = Severity::Warning;
                    }
                    diagnostic
                }));
                documents.push(document.clone());
            }
            Read::Asset => {}
            Read::Refused(diagnostic) => {
                // A folder full of files of one unknown type is one problem, not hundreds.
                let ending = diagnostic.words.iter().find(|(name, _)| *name == "ending").map(|(_, ending)| ending.clone());
                if ending.is_none_or(|ending| types.insert(ending)) {
                    diagnostics.push(diagnostic.clone());
                }
            }
        }
    }
    (documents, diagnostics)
}

/// The names in `site.yaml` that the schema or the content must have.
fn names_exist(config: &Config, graph: &graph::Graph) -> Vec<Diagnostic> {
    let file: SitePath = "site.yaml".into();
    let mut diagnostics = Vec::new();
    let mut check = |names: &[String], path: &KeyPath, known: &[&str], what: (&str, &str)| {
        for (position, name) in names.iter().enumerate().filter(|(_, name)| !known.contains(&name.as_str())) {
            let at = path.index(position).value();
            diagnostics.push(schema::unknown_name(what, name, known).in_file(&file).at(at));
        }
    };
    let home = KeyPath::of("home");
    let ids: Vec<&str> = graph.entities.iter().map(|entity| &*entity.id).collect();
    check(&config.home.starts, &home.key("starts"), &ids, ("pagina", "page"));
    let kinds: Vec<&str> = graph.schema.kinds.iter().map(|kind| &*kind.name).collect();
    check(&config.home.recent, &home.key("recent"), &kinds, ("soort", "kind"));
    let kinds = graph.schema.kinds.iter().map(|kind| kind.address.as_str());
    let sections: Vec<&str> =
        kinds.chain(graph.schema.views.iter().map(|view| view.address.as_str())).filter(|name| !name.is_empty()).collect();
    check(&config.navigation, &KeyPath::of("navigation"), &sections, ("adres", "address"));
    diagnostics
}

//! The one way from a site's files to its finished pages.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use jiff::civil;
use rayon::prelude::*;

use crate::config::{self, Config};
use crate::diagnostic::{self, Diagnostic, KeyPath, Severity, SitePath};
use crate::document::{self, Document, Reading, Setting};
use crate::plan::{self, Inputs};
use crate::render::{self, Output, TemplateTimes};
use crate::schema::{self, Schema};
use crate::source::Sources;
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

/// What a run gives.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The finished site; empty where there are errors.
    pub outputs: Vec<Output>,
    /// All that is wrong, errors first, then by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// How long each stage took, in their order.
    pub stages: IndexMap<&'static str, Duration>,
    /// How long the pages of each template took, and how many they were.
    pub templates: TemplateTimes,
    /// How many entities there are.
    pub entities: usize,
    /// All documents, linked; none where `site.yaml` or `schema.yaml` cannot be understood.
    pub graph: Option<Arc<graph::Graph>>,
}

impl Outcome {
    /// Whether anything stops the site from being published.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    fn stage<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = work();
        *self.stages.entry(name).or_default() += started.elapsed();
        result
    }

    fn sorted(mut self, sources: &Sources) -> Self {
        diagnostic::sort(&mut self.diagnostics, sources);
        self
    }
}

/// Runs all stages over a site's files.
///
/// Errors of one stage do not hide those of the next, as long as the next has something to look at: documents are checked
/// against each other even if some are broken, and pages are planned even if links are.
pub fn run(sources: &Sources, options: &Options) -> Outcome {
    let mut outcome = Outcome::default();
    let Some((config, schema)) = foundations(sources, options, &mut outcome) else { return outcome.sorted(sources) };
    let theme = outcome.stage("theme", || theme::load(&config, sources));
    let documents = outcome.stage("document", || read_documents(sources, &config, &schema));
    let (documents, diagnostics) = documents;
    outcome.diagnostics.extend(diagnostics);
    for document in &documents {
        // A draft may be unfinished: what is wrong with it does not keep the others from being published.
        let unfinished = !options.drafts && document.is_draft(&schema);
        outcome.diagnostics.extend(document.diagnostics.iter().cloned().map(|mut diagnostic| {
            if unfinished {
                diagnostic.severity = Severity::Warning;
            }
            diagnostic
        }));
    }
    let (graph, diagnostics) = outcome.stage("graph", || graph::build(&schema, documents, sources, options.today, options.drafts));
    outcome.diagnostics.extend(diagnostics);
    outcome.diagnostics.extend(names_exist(&config, &graph));
    outcome.entities = graph.entities.len();
    let graph = Arc::new(graph);
    outcome.graph = Some(graph.clone());
    let theme = match theme {
        Ok(theme) => theme,
        Err(problems) => {
            outcome.diagnostics.extend(problems);
            return outcome.sorted(sources);
        }
    };
    let addresses: BTreeMap<String, String> = theme.assets.iter().map(|(name, (address, _))| (name.clone(), address.clone())).collect();
    let inputs =
        Inputs { graph: &graph, config: &config, catalogues: &theme.catalogues, templates: &theme.templates, assets: &addresses, sources };
    let (plan, diagnostics) = outcome.stage("plan", || plan::plan(inputs));
    outcome.diagnostics.extend(diagnostics);
    if !outcome.has_errors() {
        match outcome.stage("render", || render::render(&plan, &theme)) {
            Ok((outputs, times)) => {
                outcome.outputs = outputs;
                outcome.templates = times;
            }
            Err(problems) => outcome.diagnostics.extend(problems),
        }
    }
    outcome.sorted(sources)
}

/// Reads `site.yaml` and `schema.yaml`, without which nothing else can be understood.
fn foundations(sources: &Sources, options: &Options, outcome: &mut Outcome) -> Option<(Config, Arc<Schema>)> {
    let (config, schema) = outcome.stage("schema", || {
        let config = text_of(sources, "site.yaml")
            .map_err(|error| vec![error])
            .and_then(|(file, text)| config::read(&file, &text, options.base_url.as_deref()));
        let languages = config.as_ref().map(|config| config.languages.clone()).unwrap_or_default();
        let schema =
            text_of(sources, "schema.yaml").map_err(|error| vec![error]).and_then(|(file, text)| schema::read(&file, &text, &languages));
        (config, schema)
    });
    match (config, schema) {
        (Ok(config), Ok(schema)) => Some((config, Arc::new(schema))),
        (config, schema) => {
            outcome.diagnostics.extend(config.err().into_iter().chain(schema.err()).flatten());
            None
        }
    }
}

/// The content model of a site, for commands that need nothing else.
///
/// # Errors
///
/// All that is wrong with `site.yaml` or `schema.yaml`.
pub fn schema_of(sources: &Sources, options: &Options) -> Result<(Config, Arc<Schema>), Vec<Diagnostic>> {
    let mut outcome = Outcome::default();
    foundations(sources, options, &mut outcome).ok_or(outcome.diagnostics)
}

fn text_of(sources: &Sources, name: &str) -> Result<(SitePath, String), Diagnostic> {
    let path: SitePath = name.into();
    let file = sources.get(name).ok_or_else(|| Diagnostic::error("file-missing").in_file(&path))?;
    match std::str::from_utf8(&file.bytes) {
        Ok(text) => Ok((path, text.to_owned())),
        Err(error) => Err(Diagnostic::error("not-utf8").in_file(&path).at(error.valid_up_to()..error.valid_up_to() + 1)),
    }
}

fn read_documents(sources: &Sources, config: &Config, schema: &Schema) -> (Vec<Arc<Document>>, Vec<Diagnostic>) {
    let setting = Setting { schema, languages: &config.languages, raw_html: &config.raw_html };
    let files: Vec<_> = sources.below("content").collect();
    let readings: Vec<Reading> = files.par_iter().map(|file| document::read(file, setting)).collect();
    let mut documents = Vec::new();
    let mut diagnostics = Vec::new();
    let mut types = std::collections::BTreeSet::new();
    for reading in readings {
        match reading {
            Reading::Document(document) => documents.push(Arc::from(document)),
            Reading::Asset => {}
            Reading::Refused(diagnostic) => {
                // A folder full of files of one unknown type is one problem, not hundreds.
                let ending = diagnostic.words.iter().find(|(name, _)| *name == "ending").map(|(_, ending)| ending.clone());
                if ending.is_none_or(|ending| types.insert(ending)) {
                    diagnostics.push(diagnostic);
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

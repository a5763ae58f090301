//! A site as of one moment: what is wrong with it, and any of its outputs as soon as it is asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use indexmap::IndexMap;
use rayon::prelude::*;

use crate::diagnostic::{self, Diagnostic, Severity, SitePath};
use crate::document::Setting;
use crate::document::cost::{Cost, cost};
use crate::graph::Graph;
use crate::plan::{Planned, Planner, Request};
use crate::render;
use crate::source::Sources;
use crate::theme::Theme;

/// So many entities are few: what they need in memory at once is no matter.
const FEW: usize = 2_000;

/// A finished file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its address, from the root of the site.
    pub address: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What one page cost.
#[derive(Debug)]
pub struct PageCost {
    /// Its address, from the root of the site.
    pub address: String,
    /// Its template.
    pub template: String,
    /// How long it took to plan and to render, with what it was the first to need.
    pub time: Duration,
}

/// A site as of one moment.
pub struct Snapshot {
    /// The files that it was made from.
    pub sources: Sources,
    /// Its documents' files, drafts too, each with the hash of what was read of it; in the order of their paths.
    pub pages_read: Vec<(SitePath, blake3::Hash)>,
    /// Its documents, linked; none where `site.yaml` or `schema.yaml` cannot be understood.
    pub graph: Option<Arc<Graph>>,
    /// What is wrong with it as far as can be said without planning its pages, errors first, then by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// How long each stage took, in their order.
    pub stages: IndexMap<&'static str, Duration>,
    /// None where the theme cannot be loaded either.
    pub(crate) site: Option<Site>,
}

/// What pages are made of.
pub(crate) struct Site {
    planner: Planner,
    theme: Arc<Theme>,
    /// All outputs by their addresses, in their order.
    outputs: OnceLock<Vec<(String, Request)>>,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Snapshot").field("files", &self.sources.files().len()).finish_non_exhaustive()
    }
}

/// What came of asking for an output.
#[derive(Debug)]
struct Made {
    template: Option<String>,
    time: Duration,
    /// None if the template failed; the reason is among the diagnostics.
    bytes: Option<Bytes>,
    diagnostics: Vec<Diagnostic>,
}

impl Snapshot {
    /// Whether anything stops it from being published, as far as can be said without planning its pages.
    pub fn is_broken(&self) -> bool {
        has_errors(&self.diagnostics)
    }

    /// How many entities there are.
    pub fn entities(&self) -> usize {
        self.graph.as_ref().map_or(0, |graph| graph.entities.len())
    }

    /// The addresses of all outputs, from the root of the site, in their order.
    pub fn addresses(&self) -> Vec<&str> {
        self.site.iter().flat_map(Site::outputs).map(|(address, _)| address.as_str()).collect()
    }

    /// The bytes of the output at an address; nothing if there is none.
    ///
    /// # Errors
    ///
    /// What the page's template stumbled over.
    pub fn output(&self, address: &str) -> Result<Option<Bytes>, Vec<Diagnostic>> {
        let Some(site) = &self.site else { return Ok(None) };
        let Some(request) = site.planner.find(address) else { return Ok(None) };
        let made = site.make(request);
        made.bytes.map(Some).ok_or(made.diagnostics)
    }

    /// Builds the search index, plans the overviews and makes what else is no page, ahead of all pages; notes the times.
    pub fn prepare(&mut self) {
        let search = || timed(|| self.index_search());
        let overviews = || timed(|| self.plan_overviews());
        // Side by side each fills the other's pauses, which is a good part of a small site's time. A large one would be a tenth of
        // a second sooner, and hold a tenth more.
        let (((), search), ((), overviews)) = if self.entities() <= FEW { rayon::join(search, overviews) } else { (search(), overviews()) };
        self.stages.extend([("search", search), ("overviews", overviews)]);
    }

    fn plan_overviews(&self) {
        if let Some(site) = &self.site {
            site.planner.plan_overviews();
        }
    }

    /// Builds the search index ahead of the other outputs.
    pub fn index_search(&self) {
        if let Some(site) = &self.site {
            site.planner.index_search();
        }
    }

    /// What is wrong with the site beyond single pages, such as two outputs that want one address.
    pub fn problems(&self) -> &[Diagnostic] {
        self.site.as_ref().map_or(&[], |site| site.planner.problems())
    }

    /// All that is wrong: what was known already, and what shows when all pages are planned; no page is rendered.
    pub fn check(&self) -> Vec<Diagnostic> {
        self.check_while(|| true).unwrap_or_default()
    }

    /// The same, for as long as `goes_on` says so before each page; nothing once it does not.
    pub fn check_while(&self, goes_on: impl Fn() -> bool + Sync) -> Option<Vec<Diagnostic>> {
        let mut diagnostics = self.diagnostics.clone();
        if let Some(site) = &self.site {
            diagnostics.extend_from_slice(site.planner.problems());
            let requests = site.planner.pages();
            let look = |request: &Request| goes_on().then(|| site.planner.plan(*request).1);
            let found: Option<Vec<Vec<Diagnostic>>> = requests.par_iter().map(look).collect();
            diagnostics.extend(found?.into_iter().flatten());
        }
        Some(self.in_order(diagnostics))
    }

    /// Makes every output and hands it to `take`, in no particular order and from several threads; gives all that is wrong with the
    /// site, and what each page cost, in the order of their addresses.
    ///
    /// # Errors
    ///
    /// Of those that `take` gave, the one at the first address.
    pub fn each<E: Send>(&self, take: impl Fn(&str, &[u8]) -> Result<(), E> + Sync) -> Result<(Vec<Diagnostic>, Vec<PageCost>), E> {
        let mut diagnostics = self.diagnostics.clone();
        let mut costs = Vec::new();
        let Some(site) = &self.site else { return Ok((diagnostics, costs)) };
        self.plan_overviews();
        diagnostics.extend_from_slice(site.planner.problems());
        let made: Vec<(&String, Made, Result<(), E>)> = site
            .outputs()
            .par_iter()
            .map(|(address, request)| {
                let mut made = site.make(*request);
                let taken = made.bytes.take().map_or(Ok(()), |bytes| take(address, &bytes));
                (address, made, taken)
            })
            .collect();
        let mut failed: BTreeMap<String, Diagnostic> = BTreeMap::new();
        for (address, made, taken) in made {
            taken?;
            for diagnostic in made.diagnostics {
                match &made.template {
                    // A template that fails on one page fails on many: the first will do.
                    Some(template) if diagnostic.code.starts_with("template") => {
                        failed.entry(template.clone()).or_insert(diagnostic);
                    }
                    _ => diagnostics.push(diagnostic),
                }
            }
            if let Some(template) = made.template {
                costs.push(PageCost { address: address.clone(), template, time: made.time });
            }
        }
        diagnostics.extend(failed.into_values());
        Ok((self.in_order(diagnostics), costs))
    }

    /// Reads every page's file once more, and says what each costs now that what they share is there.
    pub fn reading_costs(&self) -> Vec<Cost> {
        let (Some(graph), Some(site)) = (&self.graph, &self.site) else { return Vec::new() };
        let config = site.planner.config();
        let setting = Setting { schema: &graph.schema, languages: &config.languages, raw_html: &config.raw_html };
        let files: Vec<_> = self.sources.below("content").collect();
        files.into_par_iter().filter_map(|file| cost(file, setting)).collect()
    }

    fn in_order(&self, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        diagnostic::sort(&mut diagnostics, &self.sources);
        diagnostics
    }
}

impl Site {
    pub fn new(planner: Planner, theme: Arc<Theme>) -> Self {
        Self { planner, theme, outputs: OnceLock::new() }
    }

    fn outputs(&self) -> &[(String, Request)] {
        self.outputs.get_or_init(|| {
            let requests = self.planner.requests().into_iter();
            let mut outputs: Vec<_> = requests.map(|request| (self.planner.address(request).into_owned(), request)).collect();
            outputs.sort_unstable_by(|a, b| a.0.cmp(&b.0));
            outputs
        })
    }

    fn make(&self, request: Request) -> Made {
        let started = Instant::now();
        let (planned, mut diagnostics) = self.planner.plan(request);
        let (template, bytes) = match planned {
            Planned::File(file) => (None, Some(Bytes::from_owner(file.bytes.clone()))),
            Planned::Page(page) if has_errors(&diagnostics) => (Some(page.template.clone()), None),
            Planned::Page(page) => {
                let rendered = render::render(&page, self.planner.shared(&page.language), &self.theme);
                let bytes = rendered.map_err(|problem| diagnostics.push(problem)).ok();
                (Some(page.template.clone()), bytes.map(Bytes::from))
            }
        };
        Made { template, time: started.elapsed(), bytes, diagnostics }
    }
}

/// What comes of some work, and how long it took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    (work(), started.elapsed())
}

/// Whether anything here stops a site from being published.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

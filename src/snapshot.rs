//! A site as of one moment, of which any output can be asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity};
use crate::graph::Graph;
use crate::pipeline::{self, Options};
use crate::source::Sources;

/// Turns states of a site's files into snapshots, and keeps what the next one can use again.
#[derive(Debug)]
pub struct Pipeline {
    options: Options,
}

impl Pipeline {
    /// A pipeline that has not seen anything yet.
    pub fn new(options: Options) -> Self {
        Self { options }
    }

    /// The site that these files make. It is the same, byte for byte, whatever was seen before.
    pub fn update(&mut self, sources: Sources) -> Snapshot {
        let outcome = pipeline::run(&sources, &self.options);
        let outputs = outcome.outputs.into_iter().map(|output| (output.address, Arc::from(output.bytes))).collect();
        Snapshot { sources, graph: outcome.graph, outputs, diagnostics: outcome.diagnostics }
    }
}

/// A site as of one moment.
#[derive(Debug)]
pub struct Snapshot {
    sources: Sources,
    graph: Option<Arc<Graph>>,
    outputs: BTreeMap<String, Arc<[u8]>>,
    diagnostics: Vec<Diagnostic>,
}

impl Snapshot {
    /// The files that it was made from.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Its documents, linked; none where `site.yaml` or `schema.yaml` cannot be understood.
    pub fn graph(&self) -> Option<&Graph> {
        self.graph.as_deref()
    }

    /// What is wrong with it, errors first, then by file and place.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Whether anything stops it from being shown; its outputs are then empty.
    pub fn is_broken(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The addresses of all its outputs, from the root of the site, in their order.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.outputs.keys().map(String::as_str)
    }

    /// The bytes of an output; `None` if it has none at this address.
    pub fn output(&self, address: &str) -> Option<Arc<[u8]>> {
        self.outputs.get(address).cloned()
    }
}

//! What each stage costs, on one thread: time, memory and allocations; or each once, for `count.sh`, which counts instructions.
//!
//!     stages SITE
//!     stages --once SITE

#![allow(clippy::disallowed_methods, reason = "it publishes into a folder that it empties")]

use std::convert::Infallible;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use divan::{AllocProfiler, Bencher};
use mimalloc::MiMalloc;
use rayon::ThreadPoolBuilder;
use via_site::config::Config;
use via_site::document::{Document, Reading, Setting};
use via_site::graph::Graph;
use via_site::pipeline::{self, Options, Pipeline};
use via_site::publish::Output;
use via_site::schema::Schema;
use via_site::snapshot::Snapshot;
use via_site::source::Sources;
use via_site::{document, graph, publish, source, theme};

#[global_allocator]
static ALLOCATOR: AllocProfiler<MiMalloc> = AllocProfiler::new(MiMalloc);

/// The day of every measurement.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 23);

/// The site, and what the earlier stages make of it.
struct Prepared {
    root: PathBuf,
    sources: Sources,
    config: Arc<Config>,
    schema: Arc<Schema>,
    documents: Vec<Arc<Document>>,
    outputs: Vec<(String, Vec<u8>)>,
}

static PREPARED: OnceLock<Prepared> = OnceLock::new();

fn prepared() -> &'static Prepared {
    PREPARED.get().expect("the site was prepared before any stage was run")
}

fn options() -> Options {
    Options { today: TODAY, drafts: false, base_url: None }
}

impl Prepared {
    fn of(root: &Path) -> Self {
        let (sources, problems) = source::list(root);
        assert!(problems.is_empty(), "{problems:?}");
        let (config, schema) = pipeline::schema_of(&sources, &options()).expect("a schema");
        let mut prepared = Self { root: root.to_owned(), sources, config, schema, documents: Vec::new(), outputs: Vec::new() };
        prepared.documents = stage::document(&prepared);
        let snapshot = prepared.snapshot();
        let outputs = Mutex::new(Vec::new());
        stage::make(&snapshot, &|address, bytes| {
            outputs.lock().unwrap_or_else(PoisonError::into_inner).push((address.to_owned(), bytes.to_vec()))
        });
        prepared.outputs = outputs.into_inner().unwrap_or_else(PoisonError::into_inner);
        assert!(!prepared.outputs.is_empty(), "the site has errors: run via-site check");
        prepared
    }

    fn snapshot(&self) -> Snapshot {
        Pipeline::once(options()).update(self.sources.clone())
    }
}

/// The stages, each a function with a name that a counter of instructions can be told.
mod stage {
    use super::*;

    /// Does nothing that matters.
    #[inline(never)]
    pub fn between(number: usize) -> usize {
        black_box(number + 1)
    }

    #[inline(never)]
    pub fn source(root: &Path) -> Sources {
        source::list(root).0
    }

    #[inline(never)]
    pub fn schema(sources: &Sources) -> (Arc<Config>, Arc<Schema>) {
        pipeline::schema_of(sources, &options()).expect("a schema")
    }

    #[inline(never)]
    pub fn theme(prepared: &Prepared) -> theme::Theme {
        theme::load(&prepared.config, &prepared.sources).expect("a theme")
    }

    #[inline(never)]
    pub fn document(prepared: &Prepared) -> Vec<Arc<Document>> {
        read_all(prepared)
    }

    #[inline(never)]
    pub fn graph(prepared: &Prepared, documents: Vec<Arc<Document>>) -> Graph {
        graph::build(&prepared.schema, documents, &prepared.sources, TODAY, false).0
    }

    #[inline(never)]
    pub fn plan(snapshot: &Snapshot) {
        black_box(snapshot.check());
    }

    #[inline(never)]
    pub fn search(snapshot: &Snapshot) {
        snapshot.index_search();
    }

    #[inline(never)]
    pub fn make(snapshot: &Snapshot, take: &(dyn Fn(&str, &[u8]) + Sync)) {
        let take = |address: &str, bytes: &[u8]| {
            take(address, bytes);
            Ok::<(), Infallible>(())
        };
        let Ok(made) = snapshot.each(take);
        black_box(made);
    }

    #[inline(never)]
    pub fn publish(target: &Path, outputs: &[Output<'_>]) {
        publish::publish(target, outputs, "stages").expect("it is published");
    }
}

fn read_all(prepared: &Prepared) -> Vec<Arc<Document>> {
    let setting = Setting { schema: &prepared.schema, languages: &prepared.config.languages, raw_html: &prepared.config.raw_html };
    let read = |file| match document::read(file, setting) {
        Reading::Document(document) => Some(Arc::from(document)),
        Reading::Asset | Reading::Refused(_) => None,
    };
    prepared.sources.below("content").filter_map(read).collect()
}

/// A snapshot of which the earlier of these stages were asked already.
fn planned() -> Snapshot {
    let snapshot = prepared().snapshot();
    stage::search(&snapshot);
    stage::plan(&snapshot);
    snapshot
}

fn keep(outputs: &Mutex<Vec<(String, Vec<u8>)>>, address: &str, bytes: &[u8]) {
    outputs.lock().unwrap_or_else(PoisonError::into_inner).push((address.to_owned(), bytes.to_vec()));
}

fn nowhere(_: &str, bytes: &[u8]) {
    black_box(bytes);
}

fn outputs() -> Vec<Output<'static>> {
    prepared().outputs.iter().map(|(address, bytes)| Output { address, bytes }).collect()
}

#[divan::bench]
fn a_source() -> Sources {
    stage::source(&prepared().root)
}

#[divan::bench]
fn b_schema() -> (Arc<Config>, Arc<Schema>) {
    stage::schema(&prepared().sources)
}

#[divan::bench]
fn c_theme() -> theme::Theme {
    stage::theme(prepared())
}

#[divan::bench]
fn d_document() -> Vec<Arc<Document>> {
    stage::document(prepared())
}

#[divan::bench]
fn e_graph(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(|| prepared().documents.clone()).bench_values(|documents| stage::graph(prepared(), documents));
}

#[divan::bench]
fn f_search(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(|| prepared().snapshot()).bench_refs(|snapshot| stage::search(snapshot));
}

#[divan::bench]
fn g_plan(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(|| prepared().snapshot()).bench_refs(|snapshot| stage::plan(snapshot));
}

#[divan::bench]
fn h_make(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(planned).bench_refs(|snapshot| stage::make(snapshot, &nowhere));
}

#[divan::bench]
fn i_publish(bencher: Bencher<'_, '_>) {
    let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
    let target = place.path().join("public");
    let empty = || {
        let _ = std::fs::remove_dir_all(place.path());
        std::fs::create_dir_all(place.path()).expect("a folder");
        outputs()
    };
    bencher.with_inputs(empty).bench_values(|outputs| stage::publish(&target, &outputs));
}

/// Every stage once, in their order; what is between them ends with a call of `between`, so that a counter can tell it apart.
fn once(root: &Path) {
    let sources = measured(|| stage::source(root));
    let (config, schema) = measured(|| stage::schema(&sources));
    let mut prepared = Prepared { root: root.to_owned(), sources, config, schema, documents: Vec::new(), outputs: Vec::new() };
    black_box(measured(|| stage::theme(&prepared)));
    // The grammars are compiled when they are first needed, which costs more than all of a small site.
    black_box(read_all(&prepared));
    prepared.documents = measured(|| stage::document(&prepared));
    let documents = prepared.documents.clone();
    black_box(measured(|| stage::graph(&prepared, documents)));
    let snapshot = prepared.snapshot();
    measured(|| stage::search(&snapshot));
    measured(|| stage::plan(&snapshot));
    let made = Mutex::new(Vec::new());
    measured(|| stage::make(&snapshot, &|address, bytes| keep(&made, address, bytes)));
    let made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
    let outputs: Vec<Output<'_>> = made.iter().map(|(address, bytes)| Output { address, bytes }).collect();
    let place = tempfile::tempdir().expect("a folder");
    measured(|| stage::publish(&place.path().join("public"), &outputs));
}

fn measured<T>(stage: impl FnOnce() -> T) -> T {
    stage::between(black_box(0));
    stage()
}

fn main() {
    // One thread, and this one: what a stage costs is counted here, and does not depend on who happened to be free.
    ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global().expect("no threads were started before");
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--once", root] => once(Path::new(root)),
        [root] => {
            assert!(PREPARED.set(Prepared::of(Path::new(root))).is_ok());
            divan::Divan::default().sample_count(10).sample_size(1).main();
        }
        _ => panic!("usage: stages [--once] SITE"),
    }
}

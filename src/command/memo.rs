//! A build of which no input changed since the last one says the same again, and makes nothing.

use std::collections::BTreeMap;
use std::fs::File;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::findings::Findings;
use super::{Arguments, Making};
use crate::diagnostic::Diagnostic;
use crate::snapshot::Snapshot;
use crate::source::{SourceFile, Sources};

/// What a build said, for one that makes nothing.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Said {
    pub entities: usize,
    pub pages: usize,
    pub files: usize,
    pub findings: Findings,
}

/// Stands for all that the site and the words about it depend on: the files (see [`files`]) and what could not be read of them,
/// the options with the day, the form of the messages, and the program itself (see [`program`]).
pub(super) fn key(arguments: &Arguments, making: &Making, program: blake3::Hash, files: blake3::Hash, problems: &[Diagnostic]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(program.as_bytes()).update(files.as_bytes());
    // What derives `Debug` has quotes around its texts.
    hasher.update(format!("{:?}", (making.options(), &arguments.lang, arguments.format, problems)).as_bytes());
    hasher.finalize().to_hex().to_string()
}

/// Stands for the paths of all files and for what they hold at this moment; none if one cannot be read.
pub(super) fn files(sources: &Sources) -> Option<blake3::Hash> {
    files_where(sources, &BTreeMap::new())
}

/// The same for what a site was made of: its pages count as they were when they were read. Somebody may have saved one between
/// two looks at it, and saved it once more as it was before.
pub(super) fn files_as_read(snapshot: &Snapshot) -> Option<blake3::Hash> {
    let entities = snapshot.graph.iter().flat_map(|graph| &graph.entities);
    let read = entities.flat_map(|entity| &entity.documents).map(|document| (&*document.path, document.hash));
    files_where(&snapshot.sources, &read.collect())
}

/// With the hashes of files that were read before, by path.
fn files_where(sources: &Sources, read: &BTreeMap<&str, blake3::Hash>) -> Option<blake3::Hash> {
    let hash = |file: &SourceFile| match read.get(&*file.path) {
        Some(hash) => Some(*hash),
        None => file.read().ok().map(|bytes| blake3::hash(&bytes)),
    };
    let hashes: Option<Vec<_>> = sources.files().par_iter().map(hash).collect();
    let mut hasher = blake3::Hasher::new();
    for (file, hash) in sources.files().iter().zip(hashes?) {
        hasher.update(&file.path.len().to_le_bytes()).update(file.path.as_bytes()).update(hash.as_bytes());
    }
    Some(hasher.finalize())
}

/// The hash of this very program, which holds its version, its themes and the code of its libraries. None where it cannot read itself.
pub(super) fn program() -> Option<blake3::Hash> {
    // Linux also knows it by this name after another version took its place on the disk.
    let by_name = || File::open(std::env::current_exe()?);
    let running = if cfg!(target_os = "linux") { File::open("/proc/self/exe").or_else(|_| by_name()) } else { by_name() }.ok()?;
    Some(blake3::Hasher::new().update_reader(running).ok()?.finalize())
}

//! A build of which no input changed since the last one says the same again, and makes nothing.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::build::Findings;
use super::{Arguments, Making};
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

/// What a build said, for one that makes nothing.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Said {
    pub entities: usize,
    pub pages: usize,
    pub files: usize,
    pub findings: Findings,
}

/// Stands for all that the site and the words about it depend on: the files and what could not be read of them, the options
/// with the day, the form of the messages, and the program itself. None where the program cannot read itself.
pub(super) fn key(arguments: &Arguments, making: &Making, sources: &Sources, problems: &[Diagnostic]) -> Option<String> {
    let (program, files) = rayon::join(program, || hashes(sources));
    let mut hasher = blake3::Hasher::new();
    hasher.update(program?.as_bytes());
    // What is listed is told apart by its length and by what follows on it; what derives `Debug` has quotes around its texts.
    hasher.update(format!("{:?}", (making.options(), &arguments.lang, arguments.format, problems, files.len())).as_bytes());
    for (file, hash) in sources.files().iter().zip(files) {
        hasher.update(&file.path.len().to_le_bytes()).update(file.path.as_bytes()).update(hash.as_bytes());
    }
    Some(hasher.finalize().to_hex().to_string())
}

fn hashes(sources: &Sources) -> Vec<blake3::Hash> {
    sources.files().par_iter().map(|file| blake3::hash(&file.bytes)).collect()
}

/// The hash of this very program, which holds its version, its themes and the code of its libraries.
fn program() -> Option<blake3::Hash> {
    // Linux also knows it by this name after another version took its place on the disk.
    let running = Path::new("/proc/self/exe");
    let read = std::fs::read(running).or_else(|_| std::env::current_exe().and_then(std::fs::read));
    read.ok().map(|bytes| blake3::hash(&bytes))
}

//! A build of which no input changed since the last one says the same again, and makes nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::OnceLock;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Arguments;
use super::findings::Findings;
use crate::diagnostic::Diagnostic;
use crate::pipeline::Options;
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

/// What a site and the words about it depend on besides its files: the options with the day, the form of the messages, what could
/// not be read of the files, and the program itself.
pub(super) struct Circumstances {
    options: String,
    program: OnceLock<Option<blake3::Hash>>,
}

impl Circumstances {
    pub(super) fn new(arguments: &Arguments, options: &Options, problems: &[Diagnostic]) -> Self {
        // What derives `Debug` has quotes around its texts.
        let options = format!("{:?}", (options, &arguments.lang, arguments.format, problems));
        Self { options, program: OnceLock::new() }
    }

    /// Takes the look at the program that a key needs, which somebody may want done beside other work.
    pub(super) fn program(&self) -> Option<blake3::Hash> {
        *self.program.get_or_init(program)
    }

    /// Stands for these circumstances, and for the paths of all files and what they hold; pages are read for it. None if one cannot be.
    pub(super) fn key(&self, sources: &Sources) -> Option<String> {
        self.key_where(sources, &BTreeMap::new())
    }

    /// The same for what a site was made of: its pages count as they were when they were read, whatever was saved since.
    pub(super) fn key_as_read(&self, snapshot: &Snapshot) -> Option<String> {
        self.key_where(&snapshot.sources, &snapshot.pages_read.iter().map(|(path, hash)| (&**path, *hash)).collect())
    }

    /// With the hashes of files that were read before, by path.
    fn key_where(&self, sources: &Sources, read: &BTreeMap<&str, blake3::Hash>) -> Option<String> {
        let hash = |file: &SourceFile| match read.get(&*file.path) {
            Some(hash) => Some(*hash),
            None => file.read().ok().map(|bytes| blake3::hash(&bytes)),
        };
        let hashes = || sources.files().par_iter().map(hash).collect::<Option<Vec<_>>>();
        let (hashes, program) = rayon::join(hashes, || self.program());
        let mut hasher = blake3::Hasher::new();
        hasher.update(program?.as_bytes()).update(&self.options.len().to_le_bytes()).update(self.options.as_bytes());
        for (file, hash) in sources.files().iter().zip(hashes?) {
            hasher.update(&file.path.len().to_le_bytes()).update(file.path.as_bytes()).update(hash.as_bytes());
        }
        Some(hasher.finalize().to_hex().to_string())
    }
}

/// The hash of this very program, which holds its version, its themes and the code of its libraries. None where it cannot read itself.
fn program() -> Option<blake3::Hash> {
    // Linux also knows it by this name after another version took its place on the disk.
    let by_name = || File::open(std::env::current_exe()?);
    let running = if cfg!(target_os = "linux") { File::open("/proc/self/exe").or_else(|_| by_name()) } else { by_name() }.ok()?;
    Some(blake3::Hasher::new().update_reader(running).ok()?.finalize())
}

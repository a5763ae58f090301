//! The site's outputs become a folder, whole or not at all; nothing else in the program writes to the disk.
//!
//! The new site is laid out in a hidden tree beside the published one, and the two change places in one step: a reader, a
//! crash or a full disk never meets half a site. It is cheap because the two trees share their unchanged files by hard
//! links, and because the old tree stays behind as the start of the next one. It is safe because nothing in the hidden
//! tree is believed: a file there counts only if it *is* the published file, whose bytes were compared a moment ago.
//! Anything else is made anew, so a killed build leaves nothing behind that a later one could trip over.

#![allow(clippy::disallowed_methods, reason = "the one place that writes the disk")]

mod address;
mod kept;
mod manifest;
mod memo;
mod published;
mod system;
#[cfg(all(test, unix))]
mod tests;
mod tree;
mod workshop;

pub use kept::{Kept, keep, kept};
pub use manifest::{NAME as LIST, read_list, read_manifest};
pub use memo::{Memo, Recalled, recall};
pub use published::{Published, sha256};

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use address::Layout;
use system::System;
use tree::{Identity, Listing};
use workshop::Workshop;

/// One file of the site.
#[derive(Debug, Clone, Copy)]
pub struct Output<'a> {
    /// Where it stands below the site's root, with `/` between the parts: `vragen/v-0042.html`.
    pub address: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// What a publication did. `build.json`, which lists the files, is not counted as one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Files that are new or have other bytes than before.
    pub written: usize,
    /// Files that were published already and kept their bytes, inode and time.
    pub unchanged: usize,
    /// Files that were published and are not any more.
    pub removed: usize,
    /// The size of the site.
    pub total_bytes: u64,
    /// How the new site took the old one's place.
    pub swapped: Swap,
}

/// How the new site took the old one's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// The site stood there already; nothing was touched.
    Unchanged,
    /// In one step: at no moment was there no site.
    Exchanged,
    /// In two renames, because the file system cannot exchange folders: for a moment there was no site.
    Renamed,
    /// There was no site before.
    First,
}

/// Why nothing was published. Whatever it is, the old site is as it was.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The folder holds something else than a site that this program made.
    #[error("{path} holds files, but no build.json of via-site: choose another folder, or empty this one first")]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// Another build holds the lock.
    #[error("another build is publishing to {path} at this moment")]
    Locked {
        /// The folder that the other build publishes to.
        path: PathBuf,
    },
    /// The folder is a link: exchanging it would put a folder in the link's place and leave what it points to as it was.
    #[error("{path} is a symbolic link: give the folder that it points to, because the folder itself is replaced at every publication")]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// There is something else than a folder.
    #[error("{path} is not a folder")]
    NotADirectory {
        /// What stands there.
        path: PathBuf,
    },
    /// The path has no last name, as `.` or `/`, so there is no place beside it.
    #[error("{path} cannot be replaced as a whole: give a folder by its name, such as public")]
    NoName {
        /// The path as it was given.
        path: PathBuf,
    },
    /// The folder is the root of a mounted file system, or comes from a lower layer of a container; neither can be renamed.
    #[error("{path} is a mount point or part of a container's image: publish to a new folder below it ({source})")]
    MountPoint {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An output's address cannot be a file of the site; a mistake in the program, not in somebody's text.
    #[error("the address {address:?} cannot be published: {reason}")]
    BadAddress {
        /// The address as it was given.
        address: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The system refused.
    #[error("cannot {doing} {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// A verb that fits between "cannot" and the path.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// Makes `target` hold exactly these outputs and a `build.json` that lists them, in one step; touches nothing if it already does.
///
/// # Errors
///
/// As [`Publication::begin`], [`Publication::put`] and [`Publication::finish`].
pub fn publish(target: &Path, outputs: &[Output<'_>], generator: &str) -> Result<Report, PublishError> {
    publish_with(System::REAL, target, outputs, generator)
}

fn publish_with(system: System, target: &Path, outputs: &[Output<'_>], generator: &str) -> Result<Report, PublishError> {
    let addresses: Vec<&str> = outputs.iter().map(|output| output.address).collect();
    let publication = Publication::begin_with(system, target, &addresses)?;
    tree::first_error(outputs.par_iter().map(|output| publication.put(output.address, output.bytes)))?;
    publication.finish(generator, None)
}

/// A site on its way to its folder: outputs are put into it in any order and from any thread, and nobody sees them before the end.
#[derive(Debug)]
pub struct Publication<'a> {
    system: System,
    workshop: Workshop,
    layout: Layout<'a>,
    published: Listing,
    /// What the hidden tree held when it was made ready, which happens with the first output that is new.
    present: Mutex<Option<Arc<Listing>>>,
    done: Mutex<BTreeMap<String, Done>>,
    _lock: fs::File,
}

/// An output that was put.
#[derive(Debug)]
struct Done {
    sha256: String,
    length: u64,
    /// The published file that has its bytes already.
    published: Option<Identity>,
}

impl<'a> Publication<'a> {
    /// Takes the lock on a folder that will hold outputs with these addresses and nothing else.
    ///
    /// A process whose working folder is `target` will keep the old tree: a web server must open files by path.
    ///
    /// # Errors
    ///
    /// When the target is not a folder that may be replaced, when another build is busy with it, when an address is not
    /// harmless or clashes with another one, and when the system refuses something.
    pub fn begin(target: &Path, addresses: &'a [&'a str]) -> Result<Self, PublishError> {
        Self::begin_with(System::REAL, target, addresses)
    }

    fn begin_with(system: System, target: &Path, addresses: &'a [&'a str]) -> Result<Self, PublishError> {
        let layout = Layout::of(addresses.iter().copied())?;
        let workshop = Workshop::beside(target)?;
        // Asked twice: once so that a refused folder gets no hidden neighbour, once under the lock, when the answer counts.
        holds_a_site(&workshop.target)?;
        let lock = workshop.lock()?;
        workshop.settle()?;
        let published = if holds_a_site(&workshop.target)? { Listing::of(&workshop.target)? } else { Listing::empty(&workshop.target) };
        Ok(Self { system, workshop, layout, published, present: Mutex::default(), done: Mutex::default(), _lock: lock })
    }

    /// Puts an output in its place.
    ///
    /// # Errors
    ///
    /// When the system refuses to write it. The old site is as it was, and this one can not be finished.
    pub fn put(&self, address: &str, bytes: &[u8]) -> Result<(), PublishError> {
        let published = self.published.compare(address, bytes);
        if published.is_none() {
            tree::write(&self.workshop.tree, &*self.present()?, address, bytes)?;
        }
        let done = Done { sha256: manifest::sha256(bytes), length: bytes.len() as u64, published };
        lock(&self.done).insert(address.to_owned(), done);
        Ok(())
    }

    /// Lets the new site take the old one's place, with a `build.json` that says what it consists of.
    ///
    /// `generator` must start with `via-site`, or the next publication takes the folder for somebody else's. `memo` is what
    /// [`recall`] will know of it.
    ///
    /// # Errors
    ///
    /// When an output was not put, and when the system refuses something. The old site is then as it was.
    pub fn finish(self, generator: &str, memo: Option<&Memo>) -> Result<Report, PublishError> {
        let mut done = std::mem::take(&mut *lock(&self.done));
        if let Some(address) = self.layout.files.iter().find(|address| !done.contains_key(**address)) {
            return Err(PublishError::BadAddress { address: (*address).to_owned(), reason: "nothing was made for it" });
        }
        let list = manifest::write(generator, done.iter().map(|(address, done)| (address.as_str(), done.sha256.as_str())))
            .map_err(io_error(&self.workshop.target.join(manifest::NAME), "compose"))?;
        let unchanged = done.values().filter(|done| done.published.is_some()).count();
        let mut report = Report {
            written: done.len() - unchanged,
            unchanged,
            removed: self.published.files.keys().filter(|path| !self.layout.has_file(path) && *path != OsStr::new(manifest::NAME)).count(),
            total_bytes: done.values().map(|done| done.length).sum(),
            swapped: Swap::Unchanged,
        };
        let published = self.published.compare(manifest::NAME, &list);
        let remember = || memo.into_iter().for_each(|memo| memo::remember(&self.workshop, memo, &list));
        if report.removed == 0 && report.written == 0 && published.is_some() {
            remember();
            return Ok(report);
        }
        let present = self.present()?;
        if published.is_none() {
            tree::write(&self.workshop.tree, &present, manifest::NAME, &list)?;
        }
        done.insert(manifest::NAME.to_owned(), Done { sha256: String::new(), length: 0, published });
        let kept: Vec<(&String, &Identity)> = done.iter().filter_map(|(address, done)| Some((address, done.published.as_ref()?))).collect();
        tree::first_error(
            kept.par_iter()
                .map(|(address, identity)| tree::keep(&self.system, &self.published, &self.workshop.tree, &present, address, identity)),
        )?;
        self.workshop.take_over_permissions()?;
        sync(&self.workshop.tree.join(manifest::NAME))?;
        report.swapped = self.workshop.swap(&self.system)?;
        remember();
        Ok(report)
    }

    /// The hidden tree, made ready.
    fn present(&self) -> Result<Arc<Listing>, PublishError> {
        let mut present = lock(&self.present);
        if let Some(present) = &*present {
            return Ok(present.clone());
        }
        let ready = Arc::new(tree::prepare(&self.workshop.tree, &self.layout)?);
        *present = Some(ready.clone());
        Ok(ready)
    }
}

/// The value behind a lock; a thread that panicked with it left nothing half done that matters here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has the system put one file on the disk for good: the list, by which the next build knows that the site may be replaced.
///
/// The other files are left to the system's own time. A power cut within half a minute of a build may then cut some of them short,
/// but the next build compares every byte and mends that. Syncing the whole file system instead was measured: 1 to 13 ms for one
/// page, 100 to 120 ms for 10,000 pages on a quiet disk, and without limit on a busy one, as it waits for everybody's data.
fn sync(path: &Path) -> Result<(), PublishError> {
    // Open for writing, as Windows asks of those who want it written.
    fs::File::options().write(true).open(path).and_then(|file| file.sync_all()).map_err(io_error(path, "sync"))
}

/// Whether there is a site to replace; an error if there is something that must not be replaced.
fn holds_a_site(target: &Path) -> Result<bool, PublishError> {
    let path = || target.to_owned();
    let metadata = match fs::symlink_metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        other => other.map_err(io_error(target, "look at"))?,
    };
    if metadata.is_symlink() {
        return Err(PublishError::Symlink { path: path() });
    }
    if !metadata.is_dir() {
        return Err(PublishError::NotADirectory { path: path() });
    }
    if fs::read_dir(target).map_err(io_error(target, "list"))?.next().is_none() {
        return Ok(false);
    }
    if manifest::is_ours(target) { Ok(true) } else { Err(PublishError::NotOurs { path: path() }) }
}

/// For `map_err`: the same error with the path, and with what was being done to it.
fn io_error(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> PublishError {
    move |source| PublishError::Io { path: path.to_owned(), doing, source }
}

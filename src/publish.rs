//! The site's outputs become a folder, whole or not at all; nothing else in the program writes to the disk.
//!
//! The new site is laid out in a hidden tree beside the published one, and the two change places in one step: a reader, a
//! crash or a full disk never meets half a site. It is cheap because the two trees share their unchanged files by hard
//! links, and because the old tree stays behind as the start of the next one. It is safe because nothing in the hidden
//! tree is believed: a file there counts only if it *is* the published file, whose bytes were compared a moment ago.
//! Anything else is made anew, so a killed build leaves nothing behind that a later one could trip over.

#![allow(clippy::disallowed_methods, reason = "the one place that writes the disk")]

mod address;
mod manifest;
#[cfg(test)]
mod tests;
mod tree;
mod workshop;

pub use manifest::read_manifest;

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use address::Layout;
use tree::{Listing, Piece};
use workshop::{System, Workshop};

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
/// `generator` stands in `build.json` and must start with `via-site`, or the next publication takes the folder for
/// somebody else's. A process whose working folder is `target` keeps the old tree: a web server must open files by path.
///
/// # Errors
///
/// When the target is not a folder that may be replaced, when another build is busy with it, when an address is not
/// harmless or clashes with another one, and when the system refuses something. The old site is then as it was.
pub fn publish(target: &Path, outputs: &[Output<'_>], generator: &str) -> Result<Report, PublishError> {
    publish_with(&System::REAL, target, outputs, generator)
}

fn publish_with(system: &System, target: &Path, outputs: &[Output<'_>], generator: &str) -> Result<Report, PublishError> {
    let layout = Layout::of(outputs)?;
    let workshop = Workshop::beside(target)?;
    // Asked twice: once so that a refused folder gets no hidden neighbour, once under the lock, when the answer counts.
    holds_a_site(&workshop.target)?;
    let _lock = workshop.lock()?;
    workshop.settle()?;
    let published = if holds_a_site(&workshop.target)? { Listing::of(&workshop.target)? } else { Listing::empty(&workshop.target) };

    let compared: Vec<(Piece<'_>, String)> =
        layout.files.par_iter().map(|output| (published.compare(*output), manifest::sha256(output.bytes))).collect();
    let list = manifest::write(generator, compared.iter().map(|(piece, hash)| (piece.output.address, hash.as_str())))
        .map_err(io_error(&workshop.target.join(manifest::NAME), "compose"))?;
    let mut pieces: Vec<Piece<'_>> = compared.into_iter().map(|(piece, _)| piece).collect();

    let unchanged = pieces.iter().filter(|piece| piece.published.is_some()).count();
    let mut report = Report {
        written: pieces.len() - unchanged,
        unchanged,
        removed: published.files.keys().filter(|path| !layout.has_file(path) && *path != OsStr::new(manifest::NAME)).count(),
        total_bytes: pieces.iter().map(|piece| piece.output.bytes.len() as u64).sum(),
        swapped: Swap::Unchanged,
    };

    pieces.push(published.compare(Output { address: manifest::NAME, bytes: &list }));
    if report.removed == 0 && pieces.iter().all(|piece| piece.published.is_some()) {
        return Ok(report);
    }
    tree::bring_up_to_date(system, &workshop.tree, &published, &layout, &pieces)?;
    workshop.take_over_permissions()?;
    sync(&workshop.tree.join(manifest::NAME))?;
    report.swapped = workshop.swap(system)?;
    Ok(report)
}

/// Has the system put one file on the disk for good: the list, by which the next build knows that the site may be replaced.
///
/// The other files are left to the system's own time. A power cut within half a minute of a build may then cut some of them short,
/// but the next build compares every byte and mends that. Syncing the whole file system instead was measured: 1 to 13 ms for one
/// page, 100 to 120 ms for 10,000 pages on a quiet disk, and without limit on a busy one, as it waits for everybody's data.
fn sync(path: &Path) -> Result<(), PublishError> {
    fs::File::open(path).and_then(|file| file.sync_all()).map_err(io_error(path, "sync"))
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

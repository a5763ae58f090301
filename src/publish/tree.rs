//! A folder on the disk, compared with the site that is wanted, and brought to it by doing only what differs.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;
use walkdir::WalkDir;

use super::address::Layout;
use super::system::{self, System};
use super::{PublishError, io_error, manifest};

/// What is in a folder, at any depth, by the path below it.
#[derive(Debug)]
pub(super) struct Listing {
    root: PathBuf,
    /// Everything that is not a folder, and whether it is a plain file.
    pub files: BTreeMap<OsString, bool>,
    folders: BTreeSet<OsString>,
}

/// What makes a file that file and not its copy, and what a copy must keep.
#[derive(Debug)]
pub(super) struct Identity {
    number: Option<(u64, u64)>,
    modified: SystemTime,
}

impl Listing {
    /// Of a folder that is not there.
    pub fn empty(root: &Path) -> Self {
        Self { root: root.to_owned(), files: BTreeMap::new(), folders: BTreeSet::new() }
    }

    /// Of a folder. Links are listed, not followed.
    pub fn of(root: &Path) -> Result<Self, PublishError> {
        let mut listing = Self::empty(root);
        for entry in WalkDir::new(root).min_depth(1) {
            let entry = entry.map_err(|error| {
                let path = error.path().unwrap_or(root).to_owned();
                PublishError::Io { path, doing: "list", source: error.into() }
            })?;
            let path = address(entry.path().strip_prefix(root).unwrap_or(entry.path()));
            if entry.file_type().is_dir() {
                listing.folders.insert(path);
            } else {
                listing.files.insert(path, entry.file_type().is_file());
            }
        }
        Ok(listing)
    }

    /// Looks whether a file with these bytes stands here already.
    ///
    /// A file that cannot be read counts as another one: it will be replaced, which is the cure.
    pub fn compare(&self, address: &str, bytes: &[u8]) -> Option<Identity> {
        let plain = self.files.get(OsStr::new(address)).copied().unwrap_or(false);
        if plain { identity_if_equal(&self.root.join(address), bytes).unwrap_or(None) } else { None }
    }
}

/// A path with `/` between its parts, whatever the system puts there; no other sign changes, for what is stray is removed by it.
fn address(path: &Path) -> OsString {
    let mut address = OsString::new();
    for part in path.components() {
        if !address.is_empty() {
            address.push("/");
        }
        address.push(part);
    }
    address
}

/// Reads a file and gives its identity if it has these bytes. Times and lengths alone are not believed.
fn identity_if_equal(path: &Path, bytes: &[u8]) -> io::Result<Option<Identity>> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.len() != bytes.len() as u64 {
        return Ok(None);
    }
    let mut buffer = [0; 8192];
    for expected in bytes.chunks(buffer.len()) {
        let Some(found) = buffer.get_mut(..expected.len()) else { return Ok(None) };
        file.read_exact(found)?;
        if found != expected {
            return Ok(None);
        }
    }
    Ok(Some(Identity { number: system::number(&metadata), modified: metadata.modified()? }))
}

/// Makes the folder at `tree` ready for the files of a layout, whatever is in it now: what has no place in the layout goes, and its
/// folders come. Gives what is left.
pub(super) fn prepare(tree: &Path, layout: &Layout<'_>) -> Result<Listing, PublishError> {
    make_root(tree)?;
    let mut present = Listing::of(tree)?;
    let stray_files: Vec<&OsString> =
        present.files.keys().filter(|path| !layout.has_file(path) && *path != OsStr::new(manifest::NAME)).collect();
    first_error(stray_files.par_iter().map(|path| remove_file(&tree.join(path))))?;
    // From the last to the first, so that a folder is empty when its turn comes.
    for path in present.folders.iter().rev().filter(|path| !layout.has_folder(path)) {
        let path = tree.join(path);
        fs::remove_dir(&path).map_err(io_error(&path, "remove"))?;
    }
    for folder in layout.folders.iter().filter(|folder| !present.folders.contains(OsStr::new(folder))) {
        let path = tree.join(folder);
        fs::create_dir(&path).map_err(io_error(&path, "create"))?;
    }
    present.files.retain(|path, _| layout.has_file(path) || path == OsStr::new(manifest::NAME));
    Ok(present)
}

fn make_root(tree: &Path) -> Result<(), PublishError> {
    match fs::symlink_metadata(tree) {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(_) => remove_file(tree)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(io_error(tree, "look at")(error)),
    }
    fs::create_dir(tree).map_err(io_error(tree, "create"))
}

/// Puts a file with new bytes in the tree, without ever writing into a file that exists: such a file may be the published one.
///
/// New bytes get a new file and a new time even where the hidden tree happens to have them from two builds ago: with the old
/// time, a server would tell a browser that knows the version in between that nothing has changed since.
pub(super) fn write(tree: &Path, present: &Listing, address: &str, bytes: &[u8]) -> Result<(), PublishError> {
    let path = tree.join(address);
    if present.files.contains_key(OsStr::new(address)) {
        remove_file(&path)?;
    }
    write_new(&path, bytes).map_err(io_error(&path, "write"))
}

/// Puts the published file in the tree as well.
pub(super) fn keep(
    system: &System,
    published: &Listing,
    tree: &Path,
    present: &Listing,
    address: &str,
    identity: &Identity,
) -> Result<(), PublishError> {
    let (from, path) = (published.root.join(address), tree.join(address));
    if present.files.contains_key(OsStr::new(address)) {
        let metadata = fs::symlink_metadata(&path).map_err(io_error(&path, "look at"))?;
        if stands_for(identity, &from, &path, &metadata) {
            return Ok(());
        }
        remove_file(&path)?;
    }
    // Whatever the reason that a link is refused (no links, too many, another owner), a copy will do; and if a copy is refused
    // too, that is the error to report.
    if (system.link)(&from, &path).is_ok() {
        return Ok(());
    }
    copy(&from, &path, identity).map_err(io_error(&path, "write"))
}

/// Whether this file in the hidden tree is the published file, or the copy of it that stands in for a link.
fn stands_for(identity: &Identity, from: &Path, path: &Path, metadata: &Metadata) -> bool {
    let is_it = identity.number.is_some() && system::number(metadata) == identity.number;
    let may_be_copy = metadata.is_file() && metadata.modified().is_ok_and(|time| time == identity.modified);
    is_it || (may_be_copy && fs::read(from).is_ok_and(|bytes| matches!(identity_if_equal(path, &bytes), Ok(Some(_)))))
}

fn copy(from: &Path, path: &Path, identity: &Identity) -> io::Result<()> {
    write_new(path, &fs::read(from)?)?;
    File::options().write(true).open(path)?.set_modified(identity.modified)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    File::create_new(path)?.write_all(bytes)
}

fn remove_file(path: &Path) -> Result<(), PublishError> {
    fs::remove_file(path).map_err(io_error(path, "remove"))
}

/// The error of the first in order, not of the first in time, so that the same trouble gives the same message.
pub(super) fn first_error(results: impl IndexedParallelIterator<Item = Result<(), PublishError>>) -> Result<(), PublishError> {
    results.find_first(Result::is_err).unwrap_or(Ok(()))
}

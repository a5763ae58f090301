//! A folder on the disk, compared with the site that is wanted, and brought to it by doing only what differs.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;
use walkdir::WalkDir;

use super::address::Layout;
use super::workshop::System;
use super::{Output, PublishError, io_error, manifest};

/// What is in a folder, at any depth, by the path below it.
pub(super) struct Listing {
    root: PathBuf,
    /// Everything that is not a folder, and whether it is a plain file.
    pub files: BTreeMap<OsString, bool>,
    folders: BTreeSet<OsString>,
}

/// A file that is wanted, and the published file that has its bytes, if there is one at its address.
pub(super) struct Piece<'a> {
    pub output: Output<'a>,
    pub published: Option<Identity>,
}

/// What makes a file that file and not its copy, and what a copy must keep.
pub(super) struct Identity {
    device: u64,
    inode: u64,
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
            let path = entry.path().strip_prefix(root).unwrap_or(entry.path()).as_os_str().to_owned();
            if entry.file_type().is_dir() {
                listing.folders.insert(path);
            } else {
                listing.files.insert(path, entry.file_type().is_file());
            }
        }
        Ok(listing)
    }

    /// Looks whether the output stands here already.
    ///
    /// A file that cannot be read counts as another one: it will be replaced, which is the cure.
    pub fn compare<'a>(&self, output: Output<'a>) -> Piece<'a> {
        let plain = self.files.get(OsStr::new(output.address)).copied().unwrap_or(false);
        let published = if plain { identity_if_equal(&self.root.join(output.address), output.bytes).unwrap_or(None) } else { None };
        Piece { output, published }
    }
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
    Ok(Some(Identity { device: metadata.dev(), inode: metadata.ino(), modified: metadata.modified()? }))
}

/// Makes the folder at `tree` hold exactly `pieces`, whatever is in it now, without ever writing into a file that exists:
/// such a file may be the published one.
pub(super) fn bring_up_to_date(
    system: &System,
    tree: &Path,
    published: &Listing,
    layout: &Layout<'_>,
    pieces: &[Piece<'_>],
) -> Result<(), PublishError> {
    make_root(tree)?;
    let present = Listing::of(tree)?;

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
    first_error(pieces.par_iter().map(|piece| {
        let occupied = present.files.contains_key(OsStr::new(piece.output.address));
        place(system, &published.root, tree, piece, occupied)
    }))
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

/// Puts one file in the tree: the published one if it has the right bytes, else a new one.
///
/// New bytes get a new file and a new time even where the hidden tree happens to have them from two builds ago: with the old
/// time, a server would tell a browser that knows the version in between that nothing has changed since.
fn place(system: &System, published: &Path, tree: &Path, piece: &Piece<'_>, occupied: bool) -> Result<(), PublishError> {
    let path = tree.join(piece.output.address);
    if occupied {
        let metadata = fs::symlink_metadata(&path).map_err(io_error(&path, "look at"))?;
        if piece.published.as_ref().is_some_and(|identity| stands_for(identity, &path, &metadata, piece.output.bytes)) {
            return Ok(());
        }
        remove_file(&path)?;
    }
    // Whatever the reason that a link is refused (no links, too many, another owner), a copy will do; and if a copy is refused
    // too, that is the error to report.
    if piece.published.is_some() && (system.link)(&published.join(piece.output.address), &path).is_ok() {
        return Ok(());
    }
    write_new(&path, piece).map_err(io_error(&path, "write"))
}

/// Whether this file in the hidden tree is the published file, or the copy of it that stands in for a link.
fn stands_for(identity: &Identity, path: &Path, metadata: &Metadata, bytes: &[u8]) -> bool {
    let is_it = (metadata.dev(), metadata.ino()) == (identity.device, identity.inode);
    let may_be_copy = metadata.is_file() && metadata.modified().is_ok_and(|time| time == identity.modified);
    is_it || (may_be_copy && matches!(identity_if_equal(path, bytes), Ok(Some(_))))
}

fn write_new(path: &Path, piece: &Piece<'_>) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(piece.output.bytes)?;
    piece.published.as_ref().map_or(Ok(()), |identity| file.set_modified(identity.modified))
}

fn remove_file(path: &Path) -> Result<(), PublishError> {
    fs::remove_file(path).map_err(io_error(path, "remove"))
}

/// The error of the first in order, not of the first in time, so that the same trouble gives the same message.
fn first_error(results: impl IndexedParallelIterator<Item = Result<(), PublishError>>) -> Result<(), PublishError> {
    results.find_first(Result::is_err).unwrap_or(Ok(()))
}

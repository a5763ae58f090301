//! A site as it stands published in a folder, read for whoever sends it on or looks whether it is still whole.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::tree::Listing;
use super::{PublishError, manifest, read_manifest};

/// A folder that holds a site which this program made.
#[derive(Debug)]
pub struct Published {
    root: PathBuf,
    /// The SHA-256 of every file by its address, as `build.json` has them; `build.json` is not among them.
    pub files: BTreeMap<String, String>,
}

impl Published {
    /// The site in a folder; nothing if there is none, or one that this program did not make.
    pub fn open(folder: &Path) -> Option<Self> {
        Some(Self { root: folder.to_owned(), files: read_manifest(folder)? })
    }

    /// The bytes of the file at an address, as they are now.
    ///
    /// # Errors
    ///
    /// When there is no such file, or the system refuses to read it. A link is not followed.
    pub fn read(&self, address: &str) -> io::Result<Vec<u8>> {
        let path = self.root.join(address);
        if fs::symlink_metadata(&path)?.is_file() { fs::read(path) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    /// The paths of all that is in the folder and no folder itself, `build.json` too, with `/` between their parts; what is no
    /// UTF-8 in them is replaced.
    ///
    /// # Errors
    ///
    /// When the folder cannot be listed.
    pub fn listing(&self) -> Result<BTreeSet<String>, PublishError> {
        Ok(Listing::of(&self.root)?.files.into_keys().map(|path| path.to_string_lossy().into_owned()).collect())
    }
}

/// The SHA-256 of bytes in hexadecimal, as it stands in `build.json`.
pub fn sha256(bytes: &[u8]) -> String {
    manifest::sha256(bytes)
}

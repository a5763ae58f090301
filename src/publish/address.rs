//! An address becomes a path only after it has been shown to be harmless and to clash with no other.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use super::{PublishError, manifest};

/// What a part of a path may be long on the file systems in use.
const LONGEST_PART: usize = 255;

/// The files and folders that the site consists of, without `build.json`.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    /// Ordered by address, each address once.
    pub files: Vec<&'a str>,
    /// Every folder that holds a file or a folder, without the root; a parent comes before its children.
    pub folders: BTreeSet<&'a str>,
}

impl<'a> Layout<'a> {
    /// Orders the addresses and finds their folders.
    ///
    /// # Errors
    ///
    /// The first address, in their order, that is not harmless, stands there twice, or is also a folder of another.
    pub fn of(addresses: impl IntoIterator<Item = &'a str>) -> Result<Self, PublishError> {
        let mut layout = Self { files: addresses.into_iter().collect(), folders: BTreeSet::new() };
        layout.files.sort_unstable();
        for address in &layout.files {
            if let Some(reason) = fault(address) {
                return Err(bad(address, reason));
            }
            layout.folders.extend(address.match_indices('/').filter_map(|(end, _)| address.get(..end)));
        }
        for pair in layout.files.windows(2) {
            if let [first, second] = pair
                && first == second
            {
                return Err(bad(second, "two outputs have it"));
            }
        }
        for address in &layout.files {
            if layout.folders.contains(address) {
                return Err(bad(address, "it is a file, and the folder of another output"));
            }
        }
        if layout.folders.contains(manifest::NAME) {
            return Err(PublishError::BadAddress { address: manifest::NAME.to_owned(), reason: RESERVED });
        }
        Ok(layout)
    }

    /// Whether an output stands at this path below the root.
    pub fn has_file(&self, path: &OsStr) -> bool {
        self.files.binary_search_by(|address| OsStr::new(address).cmp(path)).is_ok()
    }

    /// Whether an output stands somewhere below this folder.
    pub fn has_folder(&self, path: &OsStr) -> bool {
        path.to_str().is_some_and(|path| self.folders.contains(path))
    }
}

const RESERVED: &str = "build.json is the list of the published files";

fn bad(address: &str, reason: &'static str) -> PublishError {
    PublishError::BadAddress { address: address.to_owned(), reason }
}

/// What is wrong with an address by itself.
fn fault(address: &str) -> Option<&'static str> {
    if address.is_empty() {
        return Some("it is empty");
    }
    if address.starts_with('/') {
        return Some("it is absolute");
    }
    if address == manifest::NAME {
        return Some(RESERVED);
    }
    address.split('/').find_map(|part| match part {
        "" => Some("a part of it is empty"),
        "." | ".." => Some("it has a part . or .."),
        _ if part.contains('\\') => Some("it has a backslash"),
        _ if part.contains('\0') => Some("it has a NUL byte"),
        _ if part.len() > LONGEST_PART => Some("a part of it is longer than 255 bytes"),
        _ => None,
    })
}

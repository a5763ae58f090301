//! `build.json`: who made the site, and the SHA-256 of each of its files; by it a folder is known as ours.
//!
//! It holds no date and no machine, so that the same input gives the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

/// The address of the list of all files, which no output may have.
pub const NAME: &str = "build.json";

/// How the generator of every version of this program starts.
const OURS: &str = "via-site";

#[derive(Serialize, Deserialize)]
struct Manifest<Text: Ord> {
    generator: Text,
    files: BTreeMap<Text, Text>,
}

/// The SHA-256 of every published file by its address, or nothing if `target` does not hold a site that this program made.
pub fn read_manifest(target: &Path) -> Option<BTreeMap<String, String>> {
    read_list(&read(target)?)
}

/// The same, from the bytes of a `build.json`.
pub fn read_list(list: &[u8]) -> Option<BTreeMap<String, String>> {
    let manifest: Manifest<String> = serde_json::from_slice(list).ok()?;
    manifest.generator.starts_with(OURS).then_some(manifest.files)
}

/// Whether the folder's `build.json` says that this program made it.
pub(super) fn is_ours(target: &Path) -> bool {
    /// Only what is asked for, so that a list of thousands of files is skipped and not kept.
    #[derive(Deserialize)]
    struct Maker {
        generator: String,
    }
    let maker: Option<Maker> = read(target).and_then(|bytes| serde_json::from_slice(&bytes).ok());
    maker.is_some_and(|maker| maker.generator.starts_with(OURS))
}

fn read(target: &Path) -> Option<Vec<u8>> {
    let path = target.join(NAME);
    // A link or a pipe with that name was not made here, and reading it might never end.
    fs::symlink_metadata(&path).ok()?.is_file().then(|| fs::read(&path).ok())?
}

/// The bytes of `build.json`.
pub(super) fn write<'a>(generator: &'a str, files: impl Iterator<Item = (&'a str, &'a str)>) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(&Manifest { generator, files: files.collect() })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(digest(&SHA256, bytes).as_ref())
}

/// A hash as text.
pub(super) fn hexadecimal(hash: &[u8]) -> String {
    hash.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

//! Which inputs the published site was made of, so that the same inputs need not be made into the same site again.
//!
//! A memo states a fact: inputs with this key gave the site with this `build.json`, and this was said about them. That stays
//! true whatever happens later, so nothing has to keep it up to date. It is of use only while the published folder holds that
//! site, which is looked up file by file and byte by byte; times and lengths are not believed.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::tree::Listing;
use super::workshop::Workshop;
use super::{PublishError, holds_a_site, kept, manifest};

/// What is to be remembered of a publication.
#[derive(Debug, Clone)]
pub struct Memo {
    /// Stands for all inputs: it is another one as soon as anything that the site depends on is.
    pub key: String,
    /// What was said about them.
    pub said: String,
}

/// What is known of a site that is to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recalled {
    /// Nothing: it must be made.
    Nothing,
    /// Nothing, for the memo in this file is not as it was written.
    Damaged(PathBuf),
    /// These inputs were made into the very site that is published, and this was said about them.
    Same(String),
}

#[derive(Serialize, Deserialize)]
struct Written {
    key: String,
    /// The SHA-256 of the `build.json` of the site that was made.
    manifest: String,
    said: String,
}

/// Looks whether the site that inputs with this key give is the one that is published at `target`. The key is asked for only if
/// there is something to compare it with; without one nothing is recalled.
///
/// # Errors
///
/// When the target is not a folder that may be replaced, when another build is busy with it, and when it cannot be listed.
pub fn recall(target: &Path, key: impl FnOnce() -> Option<String>) -> Result<Recalled, PublishError> {
    let workshop = Workshop::beside(target)?;
    if fs::symlink_metadata(&workshop.memo).is_err() {
        return Ok(Recalled::Nothing);
    }
    holds_a_site(&workshop.target)?;
    let _lock = workshop.lock()?;
    workshop.settle()?;
    let Some(written) = kept::read(&workshop.memo) else { return Ok(Recalled::Damaged(workshop.memo)) };
    // Written by another version of this program, it may have another shape.
    let Ok(written) = serde_json::from_slice::<Written>(&written) else { return Ok(Recalled::Nothing) };
    if key().is_some_and(|key| written.key == key) && holds_a_site(&workshop.target)? && is_published(&workshop.target, &written.manifest)?
    {
        return Ok(Recalled::Same(written.said));
    }
    Ok(Recalled::Nothing)
}

/// Writes down that inputs with this key gave the site with this `build.json`.
///
/// That it could not be written is no reason to stop: the next build makes everything.
pub(super) fn remember(workshop: &Workshop, memo: &Memo, manifest: &[u8]) {
    let written = Written { key: memo.key.clone(), manifest: manifest::sha256(manifest), said: memo.said.clone() };
    let Ok(written) = serde_json::to_vec(&written) else { return };
    let _ = kept::write(&workshop.memo, &written);
}

/// Whether the folder holds the site with this `build.json`, and nothing else.
fn is_published(target: &Path, manifest: &str) -> Result<bool, PublishError> {
    let Ok(list) = fs::read(target.join(manifest::NAME)) else { return Ok(false) };
    if manifest::sha256(&list) != manifest {
        return Ok(false);
    }
    let Some(files) = manifest::read_list(&list) else { return Ok(false) };
    let found = Listing::of(target)?;
    Ok(has_these_files(&found, &files) && files.par_iter().all(|(address, hash)| has_hash(&target.join(address), hash)))
}

fn has_these_files(found: &Listing, files: &BTreeMap<String, String>) -> bool {
    let known = |path: &OsStr| path == manifest::NAME || path.to_str().is_some_and(|path| files.contains_key(path));
    found.files.len() == files.len() + 1 && found.files.iter().all(|(path, plain)| *plain && known(path))
}

/// Whether a file has this SHA-256; one that cannot be read has not.
fn has_hash(path: &Path, expected: &str) -> bool {
    let hash = || {
        let mut file = File::open(path)?;
        let (mut hasher, mut buffer) = (Context::new(&SHA256), vec![0; 64 * 1024]);
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok::<_, std::io::Error>(manifest::hexadecimal(hasher.finish().as_ref())),
                length => hasher.update(buffer.get(..length).unwrap_or_default()),
            }
        }
    };
    hash().is_ok_and(|hash| hash == expected)
}

//! Files in the hidden folder beside the published site: what the program may forget, and would rather not.
//!
//! Each begins with the hash of the rest, so that what a full disk, a broken machine or somebody's editor left of it is known.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::workshop::Workshop;
use super::{PublishError, io_error};

/// What became of a file that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// There is none.
    Nothing,
    /// This one is not as it was written.
    Damaged(PathBuf),
    /// What was kept.
    Bytes(Vec<u8>),
}

/// What was kept under a name beside the site that is, or will be, published at `target`.
///
/// # Errors
///
/// When there is no place beside the target.
pub fn kept(target: &Path, name: &str) -> Result<Kept, PublishError> {
    let path = Workshop::beside(target)?.kept(name);
    if fs::symlink_metadata(&path).is_err() {
        return Ok(Kept::Nothing);
    }
    Ok(read(&path).map_or_else(|| Kept::Damaged(path.clone()), Kept::Bytes))
}

/// Keeps bytes under a name beside the site that is, or will be, published at `target`.
///
/// # Errors
///
/// When there is no place beside the target, and when the system refuses.
pub fn keep(target: &Path, name: &str, bytes: &[u8]) -> Result<(), PublishError> {
    let workshop = Workshop::beside(target)?;
    workshop.open()?;
    let path = workshop.kept(name);
    write(&path, bytes).map_err(io_error(&path, "write"))
}

/// A file without its first line, which is the hash of the rest; nothing if it is not.
pub(super) fn read(path: &Path) -> Option<Vec<u8>> {
    let bytes = fs::symlink_metadata(path).ok()?.is_file().then(|| fs::read(path).ok())??;
    let (hash, written) = bytes.split_at_checked(blake3::OUT_LEN * 2)?;
    let written = written.strip_prefix(b"\n")?;
    (blake3::hash(written).to_hex().as_bytes() == hash).then(|| written.to_vec())
}

/// Writes a file that [`read`] reads, in one step.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut whole = blake3::hash(bytes).to_hex().as_bytes().to_vec();
    whole.push(b'\n');
    whole.extend(bytes);
    let new = path.with_extension("new");
    // One that a killed program left, or a link that would lead the writing elsewhere.
    let _ = fs::remove_file(&new);
    File::create_new(&new).and_then(|mut file| file.write_all(&whole)).and_then(|()| fs::rename(&new, path))
}

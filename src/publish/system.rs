//! What not every operating system or file system can do: a second name for a file, two folders that change places, a number
//! for a file.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

/// What is asked of the system; tests put in its place what refuses.
#[derive(Debug, Clone, Copy)]
pub(super) struct System {
    /// Gives a file a second name.
    pub link: fn(&Path, &Path) -> io::Result<()>,
    /// Lets two folders change places in one step; [`io::ErrorKind::Unsupported`] where no such step is.
    pub exchange: fn(&Path, &Path) -> io::Result<()>,
}

impl System {
    /// The system as it is.
    pub const REAL: Self = Self { link: |from, to| fs::hard_link(from, to), exchange };
}

#[cfg(unix)]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).map_err(refusal)
}

#[cfg(not(unix))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// File systems that know of no exchange say so in several ways.
#[cfg(unix)]
pub(super) fn refusal(error: rustix::io::Errno) -> io::Error {
    use rustix::io::Errno;
    if [Errno::NOSYS, Errno::INVAL, Errno::NOTSUP, Errno::OPNOTSUPP].contains(&error) {
        return io::ErrorKind::Unsupported.into();
    }
    error.into()
}

/// Whether a folder was not renamed because one with something in it has that name; Windows may say the same of what it just refuses.
pub(super) fn is_taken(error: &io::Error) -> bool {
    let kind = error.kind();
    matches!(kind, io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists)
        || (cfg!(windows) && kind == io::ErrorKind::PermissionDenied)
}

/// The numbers of a file's disk and of the file on it, which no other file has; none where the system does not tell them.
#[allow(clippy::unnecessary_wraps, reason = "not every system has them")]
pub(super) fn number(metadata: &Metadata) -> Option<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Some((metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        None
    }
}

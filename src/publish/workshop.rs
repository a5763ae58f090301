//! The hidden folder beside the target: the lock, the tree in the making, and the exchange of that tree for the published one.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::system::{self, System};
use super::{PublishError, Swap, io_error};

/// The paths of one publication.
#[derive(Debug)]
pub(super) struct Workshop {
    /// The published site.
    pub target: PathBuf,
    /// The hidden folder beside it, on the same file system, `.public.via-site` for `public`.
    folder: PathBuf,
    /// The tree that will be the published site; between builds, the site as it was before.
    pub tree: PathBuf,
    /// The published site on its way out, where an exchange takes two renames. Only a killed build leaves it there.
    old: PathBuf,
    /// What the published site was made of.
    pub memo: PathBuf,
}

impl Workshop {
    /// Finds the paths; touches nothing.
    pub fn beside(target: &Path) -> Result<Self, PublishError> {
        let Some(name) = target.file_name() else {
            return Err(PublishError::NoName { path: target.to_owned() });
        };
        // Put together again without a slash at the end, which would make the system follow a link that is to be refused.
        let target = target.with_file_name(name);
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(".via-site");
        let folder = target.with_file_name(hidden);
        Ok(Self { tree: folder.join("tree"), old: folder.join("old"), memo: folder.join("memo"), target, folder })
    }

    /// Creates the hidden folder if need be.
    pub fn open(&self) -> Result<(), PublishError> {
        fs::create_dir_all(&self.folder).map_err(io_error(&self.folder, "create"))?;
        if fs::symlink_metadata(&self.folder).map_err(io_error(&self.folder, "look at"))?.is_symlink() {
            return Err(PublishError::Symlink { path: self.folder.clone() });
        }
        Ok(())
    }

    /// Where a file is kept that has nothing to do with the next build.
    pub fn kept(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Creates the hidden folder if need be and takes the lock, which is held for as long as the file is open.
    ///
    /// The lock is the system's, not the file's existence: it goes with the process, however that ends.
    pub fn lock(&self) -> Result<File, PublishError> {
        self.open()?;
        let path = self.folder.join("lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(io_error(&path, "open"))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(PublishError::Locked { path: self.target.clone() }),
            Err(TryLockError::Error(source)) => Err(io_error(&path, "lock")(source)),
        }
    }

    /// Ends an exchange by two renames that a killed build left halfway: the old site goes back if there is no new one.
    pub fn settle(&self) -> Result<(), PublishError> {
        if !stands(&self.old) {
            Ok(())
        } else if !stands(&self.target) {
            rename(&self.old, &self.target, "put back")
        } else if stands(&self.tree) {
            fs::remove_dir_all(&self.old).map_err(io_error(&self.old, "remove"))
        } else {
            rename(&self.old, &self.tree, "put away")
        }
    }

    /// Gives the root of the new site the permissions that somebody gave to the root of the old one, such as for a web server.
    pub fn take_over_permissions(&self) -> Result<(), PublishError> {
        let (Ok(old), Ok(new)) = (fs::metadata(&self.target), fs::metadata(&self.tree)) else { return Ok(()) };
        if old.permissions() == new.permissions() {
            return Ok(());
        }
        fs::set_permissions(&self.tree, old.permissions()).map_err(io_error(&self.tree, "set the permissions of"))
    }

    /// Puts the tree in the target's place, and the old site in the tree's.
    pub fn swap(&self, system: &System) -> Result<Swap, PublishError> {
        // Onto nothing or an empty folder a rename is enough; the system refuses it onto anything else, so it is safe to try.
        match fs::rename(&self.tree, &self.target) {
            Ok(()) => return Ok(Swap::First),
            Err(error) if system::is_taken(&error) => {}
            Err(error) => return Err(self.not_replaced(error)),
        }
        match (system.exchange)(&self.tree, &self.target) {
            Ok(()) => Ok(Swap::Exchanged),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => self.swap_by_renames(),
            Err(error) => Err(self.not_replaced(error)),
        }
    }

    fn swap_by_renames(&self) -> Result<Swap, PublishError> {
        fs::rename(&self.target, &self.old).map_err(|error| self.not_replaced(error))?;
        if let Err(error) = fs::rename(&self.tree, &self.target) {
            rename(&self.old, &self.target, "put back")?;
            return Err(self.not_replaced(error));
        }
        self.settle()?;
        Ok(Swap::Renamed)
    }

    fn not_replaced(&self, source: io::Error) -> PublishError {
        let path = self.target.clone();
        match source.kind() {
            io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices => PublishError::MountPoint { path, source },
            _ => PublishError::Io { path, doing: "replace", source },
        }
    }
}

/// Whether there is anything with this name, be it a link to nothing.
fn stands(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn rename(from: &Path, to: &Path, doing: &'static str) -> Result<(), PublishError> {
    fs::rename(from, to).map_err(io_error(from, doing))
}

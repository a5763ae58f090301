//! Where the stories play: on the disk, in memory, and on file systems that are mounted for one story.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Says something that is seen also when the test passes, which Rust's tests keep silent about.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "fire: {text}");
}

/// Says that something was not tested, and why.
pub fn left_out(what: &str, why: &str) {
    say(&format!("LEFT OUT: {what}: {why}"));
}

/// The folders for temporary files on this machine, on file systems of different types, each with that type.
pub fn places() -> Vec<(PathBuf, String)> {
    let mut places: Vec<(PathBuf, String)> = Vec::new();
    for folder in [std::env::temp_dir(), env!("CARGO_TARGET_TMPDIR").into(), "/dev/shm".into()] {
        let usable = TempDir::new_in(&folder).is_ok();
        let kind = file_system(&folder);
        if usable && places.iter().all(|(_, known)| *known != kind) {
            places.push((folder, kind));
        }
    }
    places
}

/// The type of the file system that a folder lies on.
fn file_system(folder: &Path) -> String {
    let output = Command::new("df").arg("--output=fstype").arg(folder).output().expect("df of coreutils");
    String::from_utf8_lossy(&output.stdout).lines().last().unwrap_or_default().to_owned()
}

/// Whether the tests run as the superuser, whom no permission stops and who may mount.
pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

/// Whether there is a program with this name.
pub fn has(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// A file system that is mounted for one story, and taken away at its end.
pub struct Mounted {
    pub path: PathBuf,
    _folder: TempDir,
}

impl Mounted {
    /// A file system in memory with this much room; the reason, where this is not allowed.
    pub fn memory(options: &str) -> Result<Self, String> {
        Self::new(|path| {
            run("mount", [OsStr::new("-t"), "tmpfs".as_ref(), "-o".as_ref(), options.as_ref(), "none".as_ref(), path.as_ref()])
        })
    }

    /// An ext4 with this many KiB, in a file.
    pub fn disk(kilobytes: u32) -> Result<Self, String> {
        Self::new(|path| {
            let image = path.with_file_name("image");
            let file = std::fs::File::create(&image).map_err(|error| error.to_string())?;
            file.set_len(u64::from(kilobytes) << 10).map_err(|error| error.to_string())?;
            run("mkfs.ext4", [OsStr::new("-q"), "-F".as_ref(), "-m".as_ref(), "0".as_ref(), image.as_ref()])?;
            run("mount", [OsStr::new("-o"), "loop".as_ref(), image.as_ref(), path.as_ref()])
        })
    }

    /// A folder seen through `bindfs`, a file system in a program, which cannot exchange folders.
    pub fn without_exchange() -> Result<Self, String> {
        Self::new(|path| {
            let behind = path.with_file_name("behind");
            std::fs::create_dir(&behind).map_err(|error| error.to_string())?;
            run("bindfs", [behind.as_os_str(), path.as_os_str()])
        })
    }

    fn new(mount: impl FnOnce(&Path) -> Result<(), String>) -> Result<Self, String> {
        let folder = TempDir::new().map_err(|error| error.to_string())?;
        let path = folder.path().join("mounted");
        std::fs::create_dir(&path).map_err(|error| error.to_string())?;
        mount(&path)?;
        Ok(Self { path, _folder: folder })
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let unmounted = run("umount", [&self.path]).or_else(|_| run("fusermount", [OsStr::new("-u"), self.path.as_ref()]));
        if let Err(why) = unmounted {
            say(&format!("{} stays mounted: {why}", self.path.display()));
        }
    }
}

fn run(program: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<(), String> {
    let output = Command::new(program).args(arguments).output().map_err(|error| format!("{program}: {error}"))?;
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{program}: {words}")) }
}

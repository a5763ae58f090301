//! A site's folder that is looked at again and again: files that did not change keep their bytes.
#![allow(clippy::disallowed_methods, reason = "part of the module that may")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use walkdir::WalkDir;

use super::{Content, FILES, FOLDERS, LARGEST, SourceFile, Sources};
use crate::diagnostic::{Diagnostic, SitePath};

/// Where to look.
#[derive(Debug, Clone, Copy)]
pub enum Look<'a> {
    /// At all files.
    Everywhere,
    /// At all files, but only read those whose length, time or place on the disk is not what it was.
    Stamps,
    /// At these files and folders, given with the root of the site in front; others are as they were.
    At(&'a BTreeSet<PathBuf>),
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It was not there before.
    Added,
    /// It holds something else.
    Edited,
    /// It is gone.
    Removed,
}

/// A file that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its path.
    pub path: SitePath,
    /// What became of it.
    pub what: Changed,
}

/// A site's folder as it was when it was last looked at.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    seen: Seen,
}

#[derive(Debug, Default)]
struct Seen {
    /// Whether pages are left on the disk until somebody asks what they hold.
    leaves_pages: bool,
    files: BTreeMap<SitePath, Known>,
    problems: BTreeMap<SitePath, Diagnostic>,
}

#[derive(Debug, Clone)]
struct Known {
    content: Content,
    stamp: Stamp,
    /// Whether it was what it had been, the last time; a file that was just written may be written again within the
    /// smallest step of the file system's clock.
    settled: bool,
}

/// What tells that a file was written, without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    place: u64,
}

impl Folder {
    /// A folder that has not been looked at yet.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf(), seen: Seen::default() }
    }

    /// One that will be looked at once: what its pages hold is read when somebody asks, and not kept.
    pub(super) fn leaving_pages(root: &Path) -> Self {
        Self { root: root.to_path_buf(), seen: Seen { leaves_pages: true, ..Seen::default() } }
    }

    /// Its path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its files, as of the last look.
    pub fn sources(&self) -> Sources {
        let files = self.seen.files.iter().map(|(path, known)| SourceFile { path: path.clone(), content: known.content.clone() });
        Sources { files: files.collect() }
    }

    /// What could not be read, as of the last look, by path.
    pub fn problems(&self) -> impl Iterator<Item = &Diagnostic> {
        self.seen.problems.values()
    }

    /// Looks again; gives what changed, by path. Files of which nothing changed keep their bytes, as the same allocation.
    pub fn look(&mut self, look: Look<'_>) -> Vec<Change> {
        let starts: BTreeSet<PathBuf> = match look {
            Look::At(paths) if !paths.contains(&self.root) => paths.iter().filter_map(|path| self.start(path)).collect(),
            _ => FILES.iter().chain(&FOLDERS).map(PathBuf::from).collect(),
        };
        let mut changes = Vec::new();
        for start in &starts {
            // What lies below another start is looked at with it.
            if starts.iter().any(|other| other != start && start.starts_with(other)) {
                continue;
            }
            let before = self.seen.take(&site_path(start));
            let known = matches!(look, Look::Stamps).then_some(&before);
            let mut now = Seen { leaves_pages: self.seen.leaves_pages, ..Seen::default() };
            now.walk(&self.root, &self.root.join(start), known);
            now.keep_bytes_of(&before);
            now.compare(&before, &mut changes);
            self.seen.files.append(&mut now.files);
            self.seen.problems.append(&mut now.problems);
        }
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        changes
    }

    /// Whether one of these files is gone or empty and was not: most likely an editor is in the middle of saving it.
    pub fn is_unfinished(&self, paths: &BTreeSet<PathBuf>) -> bool {
        paths.iter().any(|path| {
            let Ok(relative) = path.strip_prefix(&self.root) else { return false };
            let had_text = self.seen.files.get(&site_path(relative)).is_some_and(|known| known.stamp.length > 0);
            had_text && std::fs::metadata(path).map_or(true, |metadata| metadata.len() == 0)
        })
    }

    /// Whether a file that is read stands at this path, or could.
    pub fn concerns(&self, path: &Path) -> bool {
        self.start(path).is_some()
    }

    /// Which folders there are to watch: the root first, then those of its folders that are read; each with a number that
    /// changes when another folder takes its place.
    pub fn places(&self) -> Vec<(PathBuf, u64)> {
        let folders = std::iter::once(self.root.clone()).chain(FOLDERS.iter().map(|folder| self.root.join(folder)));
        let real = folders.filter_map(|path| {
            let metadata = path.symlink_metadata().ok().filter(std::fs::Metadata::is_dir)?;
            Some((path, place(&metadata)))
        });
        real.collect()
    }

    /// Whether it lies on a file system on which changes that others make are not told: one of another machine, or one that
    /// a program of its own provides.
    pub fn is_remote(&self) -> bool {
        #[cfg(target_os = "linux")]
        {
            // NFS, SMB, CIFS, SMB2, FUSE, 9P, AFS, VirtualBox, as `statfs(2)` and the kernel's `magic.h` number them.
            const TYPES: [u32; 8] = [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x6573_5546, 0x0102_1997, 0x5346_414f, 0x786f_4256];
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "32 bits, whatever a processor takes them for")]
            rustix::fs::statfs(&self.root).is_ok_and(|found| TYPES.contains(&(found.f_type as u32)))
        }
        #[cfg(not(target_os = "linux"))]
        false
    }

    /// The part of a path that is looked at, from the root: none if no file there is read, less if it leads through a link.
    fn start(&self, path: &Path) -> Option<PathBuf> {
        let relative = path.strip_prefix(&self.root).ok()?;
        let mut start = PathBuf::new();
        for (depth, part) in relative.components().enumerate() {
            let Component::Normal(name) = part else { return None };
            let read = name.to_str().is_some_and(|name| FOLDERS.contains(&name) || FILES.contains(&name));
            if is_hidden(name.to_str()) || (depth == 0 && !read) {
                return None;
            }
            start.push(name);
            if self.root.join(&start).is_symlink() {
                break;
            }
        }
        (!start.as_os_str().is_empty()).then_some(start)
    }
}

impl Seen {
    /// What is known of a path and of all below it; it is then no longer known.
    fn take(&mut self, path: &SitePath) -> Self {
        let inside = format!("{path}/");
        let files = take(&mut self.files, path, &inside);
        Self { leaves_pages: self.leaves_pages, files, problems: take(&mut self.problems, path, &inside) }
    }

    fn walk(&mut self, root: &Path, start: &Path, known: Option<&Self>) {
        let walk = WalkDir::new(start).follow_links(false).follow_root_links(false).into_iter();
        for entry in walk.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.file_name().to_str())) {
            match entry {
                Ok(entry) if entry.path_is_symlink() => self.problem(Diagnostic::warning("source-link"), &below(root, entry.path())),
                Ok(entry) if entry.file_type().is_file() => self.read(root, entry.path(), known),
                Ok(_) => {}
                // It went away while we looked, or was never there: then there is nothing to say about it.
                Err(error) if error.io_error().is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound) => {}
                Err(error) => {
                    let path = below(root, error.path().unwrap_or(start));
                    self.problem(Diagnostic::error("source-unreadable").with("reason", error), &path);
                }
            }
        }
    }

    fn read(&mut self, root: &Path, path: &Path, known: Option<&Self>) {
        let name = below(root, path);
        if path.strip_prefix(root).ok().and_then(Path::to_str).is_none() {
            return self.problem(Diagnostic::error("source-name"), &name);
        }
        if let Some(sign) = name.chars().find(|sign| *sign == '\\' || sign.is_control()) {
            return self.problem(
                Diagnostic::error("source-sign")
                    .with("sign", if sign.is_control() { sign.escape_default().to_string() } else { sign.to_string() }),
                &name,
            );
        }
        let metadata = std::fs::metadata(path);
        if metadata.as_ref().is_ok_and(|metadata| metadata.len() > LARGEST) {
            return self.problem(Diagnostic::error("source-too-large").with("limit", LARGEST >> 20), &name);
        }
        let stamp = metadata.ok().map(|metadata| stamp(&metadata));
        if let (Some(known), Some(stamp)) = (known.and_then(|known| known.files.get(&name)), stamp)
            && known.stamp == stamp
            && known.settled
        {
            self.files.insert(name, known.clone());
            return;
        }
        if let (true, Some(stamp)) = (self.leaves_pages && name.starts_with("content/") && name.ends_with(".md"), stamp) {
            self.files.insert(name, Known { content: Content::Left(path.into()), stamp, settled: false });
            return;
        }
        match std::fs::read(path) {
            Ok(bytes) => {
                let stamp = stamp.unwrap_or(Stamp { length: bytes.len() as u64, modified: None, place: 0 });
                self.files.insert(name, Known { content: Content::Held(bytes.into()), stamp, settled: false });
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => self.problem(Diagnostic::error("source-unreadable").with("reason", error), &name),
        }
    }

    fn problem(&mut self, diagnostic: Diagnostic, path: &SitePath) {
        self.problems.insert(path.clone(), diagnostic.in_file(path));
    }

    fn keep_bytes_of(&mut self, before: &Self) {
        for (path, known) in &mut self.files {
            if let Some(old) = before.files.get(path).filter(|old| old.content == known.content) {
                known.content = old.content.clone();
                known.settled = old.stamp == known.stamp;
            }
        }
    }

    fn compare(&self, before: &Self, changes: &mut Vec<Change>) {
        for (path, known) in &self.files {
            match before.files.get(path) {
                None => changes.push(Change { path: path.clone(), what: Changed::Added }),
                Some(old) if !old.content.is(&known.content) => {
                    changes.push(Change { path: path.clone(), what: Changed::Edited });
                }
                Some(_) => {}
            }
        }
        let gone = before.files.keys().filter(|path| !self.files.contains_key(*path));
        changes.extend(gone.map(|path| Change { path: path.clone(), what: Changed::Removed }));
        // A file that can no longer be read, or can again, is a change even where no bytes are.
        let told = |seen: &Self, path: &SitePath| seen.problems.get(path).cloned();
        let paths: BTreeSet<&SitePath> = self.problems.keys().chain(before.problems.keys()).collect();
        let different = paths.into_iter().filter(|path| told(self, path) != told(before, path));
        changes.extend(different.map(|path| Change { path: path.clone(), what: Changed::Edited }));
    }
}

fn take<T>(from: &mut BTreeMap<SitePath, T>, path: &SitePath, inside: &str) -> BTreeMap<SitePath, T> {
    let start: SitePath = inside.into();
    let mut keys: Vec<SitePath> = from.range(start..).map(|(key, _)| key.clone()).take_while(|key| key.starts_with(inside)).collect();
    keys.push(path.clone());
    keys.into_iter().filter_map(|key| from.remove_entry(&key)).collect()
}

fn stamp(metadata: &std::fs::Metadata) -> Stamp {
    Stamp { length: metadata.len(), modified: metadata.modified().ok(), place: place(metadata) }
}

/// The number of a file on its disk, where the system has such numbers.
fn place(metadata: &std::fs::Metadata) -> u64 {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::ino(metadata);
    #[cfg(not(unix))]
    return metadata.created().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok()).map_or(0, |time| time.as_secs());
}

fn is_hidden(name: Option<&str>) -> bool {
    name.is_some_and(|name| {
        name.starts_with('.') || name.ends_with('~') || name.starts_with("~$") || (name.starts_with('#') && name.ends_with('#'))
    })
}

fn below(root: &Path, path: &Path) -> SitePath {
    site_path(path.strip_prefix(root).unwrap_or(path))
}

fn site_path(relative: &Path) -> SitePath {
    relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/").into()
}

//! The only code that reads the disk: a site's folder becomes a list of files with their bytes.
#![allow(clippy::disallowed_methods, reason = "this is the module that may")]

mod folder;

use std::io;
use std::path::Path;
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use crate::diagnostic::{Diagnostic, SitePath};

pub use self::folder::{Change, Changed, Folder, Look};

/// A file of the site.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceFile {
    /// Where it stands, from the site's root.
    pub path: SitePath,
    content: Content,
}

/// What a file holds.
#[derive(Debug, Clone)]
enum Content {
    Held(Arc<[u8]>),
    /// It stands on the disk, at this path, and is read whenever somebody asks.
    Left(Arc<Path>),
}

impl PartialEq for Content {
    /// A file that was left on the disk is equal to nothing: it may have been written since.
    fn eq(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Held(own), Self::Held(others)) if own == others)
    }
}

impl Content {
    /// Whether the other is this one, and not only equal to it.
    fn is(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Held(own), Self::Held(others)) if Arc::ptr_eq(own, others))
    }
}

impl SourceFile {
    /// What it holds; nothing if it was left on the disk and cannot be read any more.
    pub fn bytes(&self) -> Arc<[u8]> {
        self.read().unwrap_or_default()
    }

    /// What it holds.
    ///
    /// # Errors
    ///
    /// What the system says of a file that was left on the disk.
    pub fn read(&self) -> io::Result<Arc<[u8]>> {
        match &self.content {
            Content::Held(bytes) => Ok(bytes.clone()),
            Content::Left(path) => std::fs::read(path).map(Arc::from),
        }
    }
}

/// All files of a site that the generator looks at, in the order of their paths.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

/// The largest file that is read; a larger one is a mistake, and would be held in memory.
const LARGEST: u64 = 64 << 20;

/// Files at the root of a site that are read.
pub const FILES: [&str; 2] = ["schema.yaml", "site.yaml"];

/// Folders of a site that are read, besides those files.
pub const FOLDERS: [&str; 5] = ["catalogues", "content", "static", "templates", "themes"];

/// The themes that come with the program, for sites that bring none.
static THEMES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/themes");

impl Sources {
    /// Files that need not stand on a disk, e.g. those of a test.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let files = files.into_iter().map(|(path, bytes)| SourceFile { path: path.into(), content: Content::Held(bytes.into()) });
        Self::sorted(files.collect())
    }

    fn sorted(mut files: Vec<SourceFile>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { files }
    }

    /// The file at this path.
    pub fn get(&self, path: &str) -> Option<&SourceFile> {
        self.files.binary_search_by(|file| (*file.path).cmp(path)).ok().map(|index| &self.files[index])
    }

    /// The files below a folder, in the order of their paths.
    pub fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a SourceFile> + use<'a> {
        let prefix = format!("{folder}/");
        let start = self.files.partition_point(|file| *file.path < *prefix);
        self.files[start..].iter().take_while(move |file| file.path.starts_with(&prefix))
    }

    /// All files.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }
}

/// Reads a site's folder.
///
/// Hidden files and editors' leavings (`.x`, `x~`, `~$x`, `#x#`) are passed over. Links are not followed, so that nothing outside
/// the folder can end up in the site; each is reported, as is every file that cannot be read.
pub fn read(root: &Path) -> (Sources, Vec<Diagnostic>) {
    let mut folder = Folder::new(root);
    folder.look(Look::Everywhere);
    (folder.sources(), folder.problems().cloned().collect())
}

/// The same for whoever passes over the site once: pages are read when they are asked for, by as many threads as ask, and not
/// kept in memory. What is wrong with reading one shows then.
pub fn list(root: &Path) -> (Sources, Vec<Diagnostic>) {
    let mut folder = Folder::leaving_pages(root);
    folder.look(Look::Everywhere);
    (folder.sources(), folder.problems().cloned().collect())
}

/// The two files at the root of a site alone, for whoever only wants to know what it is.
pub fn foundations(root: &Path) -> Sources {
    let mut folder = Folder::new(root);
    folder.look(Look::At(&FILES.iter().map(|file| root.join(file)).collect()));
    folder.sources()
}

/// The files of a theme that comes with the program, with paths below `themes/`.
pub fn built_in_theme(name: &str) -> Vec<SourceFile> {
    fn collect(folder: &Dir<'_>, files: &mut Vec<SourceFile>) {
        for file in folder.files() {
            if let Some(path) = file.path().to_str() {
                let path = format!("themes/{}", path.replace('\\', "/"));
                files.push(SourceFile { path: path.into(), content: Content::Held(file.contents().into()) });
            }
        }
        folder.dirs().for_each(|inner| collect(inner, files));
    }
    let mut files = Vec::new();
    if let Some(folder) = THEMES.get_dir(name) {
        collect(folder, &mut files);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The folder of the site that this folder lies in: the nearest one upwards that has a `site.yaml`.
pub fn find_site(from: &Path) -> Option<std::path::PathBuf> {
    from.ancestors().find(|folder| folder.join("site.yaml").is_file()).map(Path::to_path_buf)
}

//! The only code that reads the disk: a site's folder becomes a list of files with their bytes.
#![allow(clippy::disallowed_methods, reason = "this is the module that may")]

use std::path::Path;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use walkdir::WalkDir;

use crate::diagnostic::{Diagnostic, SitePath};

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it stands, from the site's root.
    pub path: SitePath,
    /// What it holds.
    pub bytes: Arc<[u8]>,
}

/// All files of a site that the generator looks at, in the order of their paths.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

/// The largest file that is read; a larger one is a mistake, and would be held in memory.
const LARGEST: u64 = 64 << 20;

/// Folders of a site that are read, besides the two files at its root.
const FOLDERS: [&str; 5] = ["catalogues", "content", "static", "templates", "themes"];

/// The themes that come with the program, for sites that bring none.
static THEMES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/themes");

impl Sources {
    /// Files that need not stand on a disk, e.g. those of a test.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let files = files.into_iter().map(|(path, bytes)| SourceFile { path: path.into(), bytes: bytes.into() });
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
/// Hidden files and editors' leavings (`.x`, `x~`, `#x#`) are passed over. Links are not followed, so that nothing outside
/// the folder can end up in the site; each is reported, as is every file that cannot be read.
pub fn read(root: &Path) -> (Sources, Vec<Diagnostic>) {
    let mut files = Vec::new();
    let mut diagnostics = Vec::new();
    for name in ["site.yaml", "schema.yaml"] {
        if root.join(name).is_symlink() {
            diagnostics.push(Diagnostic::warning("source-link").in_file(&site_path(root, &root.join(name))));
        } else if root.join(name).is_file() {
            read_file(root, &root.join(name), &mut files, &mut diagnostics);
        }
    }
    for folder in FOLDERS {
        let folder = root.join(folder);
        if folder.is_symlink() {
            diagnostics.push(Diagnostic::warning("source-link").in_file(&site_path(root, &folder)));
            continue;
        }
        if !folder.is_dir() {
            continue;
        }
        let walk = WalkDir::new(&folder).follow_links(false).into_iter().filter_entry(|entry| !is_hidden(entry.file_name().to_str()));
        for entry in walk {
            match entry {
                Ok(entry) if entry.file_type().is_file() => read_file(root, entry.path(), &mut files, &mut diagnostics),
                Ok(entry) if entry.path_is_symlink() => {
                    diagnostics.push(Diagnostic::warning("source-link").in_file(&site_path(root, entry.path())));
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().map_or_else(|| site_path(root, &folder), |path| site_path(root, path));
                    diagnostics.push(Diagnostic::error("source-unreadable").in_file(&path).with("reason", error));
                }
            }
        }
    }
    (Sources::sorted(files), diagnostics)
}

/// The files of a theme that comes with the program, with paths below `themes/`.
pub fn built_in_theme(name: &str) -> Vec<SourceFile> {
    fn collect(folder: &Dir<'_>, files: &mut Vec<SourceFile>) {
        for file in folder.files() {
            if let Some(path) = file.path().to_str() {
                let path = format!("themes/{}", path.replace('\\', "/"));
                files.push(SourceFile { path: path.into(), bytes: file.contents().into() });
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

fn is_hidden(name: Option<&str>) -> bool {
    name.is_some_and(|name| name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#')))
}

fn read_file(root: &Path, path: &Path, files: &mut Vec<SourceFile>, diagnostics: &mut Vec<Diagnostic>) {
    let site_path = site_path(root, path);
    if path.strip_prefix(root).ok().and_then(Path::to_str).is_none() {
        diagnostics.push(Diagnostic::error("source-name").in_file(&site_path));
        return;
    }
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > LARGEST) {
        diagnostics.push(Diagnostic::error("source-too-large").in_file(&site_path).with("limit", LARGEST >> 20));
        return;
    }
    match std::fs::read(path) {
        Ok(bytes) => files.push(SourceFile { path: site_path, bytes: bytes.into() }),
        Err(error) => diagnostics.push(Diagnostic::error("source-unreadable").in_file(&site_path).with("reason", error)),
    }
}

fn site_path(root: &Path, path: &Path) -> SitePath {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/").into()
}

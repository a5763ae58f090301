//! What the stories share: a site as a map of files, changes to it in a plain format, and a run of the pipeline.

#![allow(dead_code, clippy::disallowed_methods, reason = "each test file takes what it needs; the stories look at the disk")]

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use jiff::civil;
use tempfile::TempDir;
use via_site::pipeline::{self, Options, Outcome};
use via_site::source::{self, Sources};

/// The day on which all stories take place.
pub const TODAY: civil::Date = civil::date(2026, 11, 23);

/// A site: its files by path.
#[derive(Debug, Clone, Default)]
pub struct Site {
    pub files: BTreeMap<String, Vec<u8>>,
}

/// The options of a build on the day of the stories.
pub fn options() -> Options {
    Options { today: TODAY, drafts: false, base_url: None }
}

/// A folder below `tests/fixtures/`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

impl Site {
    /// The files of a folder below `tests/fixtures/`.
    pub fn of_fixture(name: &str) -> Self {
        Self::of_folder(&fixture(name))
    }

    /// The files of a folder.
    pub fn of_folder(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        collect(folder, folder, &mut files);
        assert!(!files.is_empty(), "{} has files", folder.display());
        Self { files }
    }

    /// The same site with one file written anew.
    pub fn with(mut self, path: &str, text: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), text.into());
        self
    }

    /// The same site without a file.
    pub fn without(mut self, path: &str) -> Self {
        assert!(self.files.remove(path).is_some(), "the site has {path}");
        self
    }

    /// The same site with a text in one file replaced; the text must stand there once.
    pub fn edit(mut self, path: &str, old: &str, new: &str) -> Self {
        let text = self.text(path);
        assert_eq!(text.matches(old).count(), 1, "{path} has this text once: {old}");
        self.files.insert(path.to_owned(), text.replacen(old, new, 1).into_bytes());
        self
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> String {
        let bytes = self.files.get(path).unwrap_or_else(|| panic!("the site has {path}"));
        String::from_utf8(bytes.clone()).expect("a text")
    }

    /// The site as the pipeline takes it.
    pub fn sources(&self) -> Sources {
        Sources::from_files(self.files.clone())
    }

    /// A run on the day of the stories.
    pub fn run(&self) -> Outcome {
        pipeline::run(&self.sources(), &options())
    }

    /// A run that must have nothing to say; the outputs by address.
    pub fn build(&self) -> Outputs {
        let outcome = self.run();
        let said = via_site::diagnostic::render(&outcome.diagnostics, &self.sources(), "en", via_site::diagnostic::Format::Human, false);
        assert!(outcome.diagnostics.is_empty(), "nothing is wrong with this site:\n{said}");
        outputs(outcome)
    }

    /// The codes of all that is wrong, in their order.
    pub fn codes(&self) -> Vec<&'static str> {
        self.run().diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
    }

    /// Writes the site into a folder.
    pub fn write_to(&self, folder: &Path) {
        for (path, bytes) in &self.files {
            let file = folder.join(path);
            fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
            fs::write(file, bytes).expect("a file");
        }
    }

    /// Writes the site into a new folder.
    pub fn on_disk(&self) -> TempDir {
        let folder = TempDir::new().expect("a folder");
        self.write_to(folder.path());
        folder
    }
}

/// Finished files by address.
pub type Outputs = BTreeMap<String, Vec<u8>>;

/// The outputs of a run by address.
pub fn outputs(outcome: Outcome) -> Outputs {
    outcome.outputs.into_iter().map(|output| (output.address, output.bytes)).collect()
}

/// The text of an output.
pub fn page<'a>(outputs: &'a Outputs, address: &str) -> &'a str {
    let bytes = outputs.get(address).unwrap_or_else(|| panic!("{address} is there; there are: {:?}", outputs.keys().collect::<Vec<_>>()));
    std::str::from_utf8(bytes).expect("a text")
}

/// The site of this repository, read from the disk, without a word about it.
pub fn own_site() -> Sources {
    let (sources, problems) = source::read(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(problems.is_empty(), "{problems:?}");
    sources
}

/// All files below a folder by their paths from there.
pub fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("below the root").to_str().expect("a name").replace(std::path::MAIN_SEPARATOR, "/");
            files.insert(name, fs::read(&path).expect("readable"));
        }
    }
}

/// What a program says. One that was only just copied may still be open for writing in a process that another test is about to
/// start, and the system starts it no sooner than that has passed.
pub fn output_of(command: &mut Command) -> Output {
    loop {
        match command.output() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => std::thread::sleep(Duration::from_millis(20)),
            output => return output.expect("it starts"),
        }
    }
}

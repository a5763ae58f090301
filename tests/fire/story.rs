//! Two versions of a site that are published to the same folder, and what must hold of that folder whatever happens.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::support::{Site, collect};

/// A published site: its files by address.
pub type Files = BTreeMap<String, Vec<u8>>;

pub struct Story {
    folder: TempDir,
    /// Where both versions are published.
    pub public: PathBuf,
    /// What a build where nothing was before makes of each version.
    pub expected: [Files; 2],
    pub program: PathBuf,
}

/// Whether the long version is asked for.
pub fn is_long() -> bool {
    std::env::var_os("VIA_SITE_LONG").is_some()
}

/// Chance, as it was or anew.
pub fn chance() -> (fastrand::Rng, u64) {
    let seed = std::env::var("VIA_SITE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..1_000_000));
    (fastrand::Rng::with_seed(seed), seed)
}

/// The two versions: they differ in pages, days, whole folders and the number of files.
pub fn versions() -> [Site; 2] {
    let one = Site::of_fixture("base");
    let other = one
        .clone()
        .edit("site.yaml", "raw_html:", "leave_out: [open_data, calendars]\nraw_html:")
        .edit("content/klussen/k-0001-rozen-snoeien.md", "Rozen snoeien", "Alle rozen snoeien")
        .with("content/woorden/compost.md", one.text("content/woorden/mulch.md").replace("ulch", "est"));
    [one, other]
}

impl Story {
    /// The versions stand below `place`, and so does the published site, of which there is none yet.
    pub fn begin(place: &Path) -> Self {
        Self::publishing_to(place, place)
    }

    /// The same, with the published site on another file system.
    pub fn publishing_to(place: &Path, output: &Path) -> Self {
        let folder = TempDir::new_in(place).expect("a folder");
        let mut expected = [Files::new(), Files::new()];
        let public = if place == output { folder.path().join("public") } else { output.join("public") };
        let program = std::env::var_os("VIA_SITE").unwrap_or_else(|| env!("CARGO_BIN_EXE_via-site").into()).into();
        for (version, site) in versions().iter().enumerate() {
            site.write_to(&folder.path().join(version.to_string()));
        }
        let story = Self { folder, public, expected: expected.clone(), program };
        for (version, files) in expected.iter_mut().enumerate() {
            let clean = story.folder.path().join(format!("clean-{version}/public"));
            let built = story.command(version).arg("--output").arg(&clean).output().expect("it starts");
            assert!(built.status.success(), "{built:?}");
            *files = whole(&clean).expect("a site");
        }
        assert!(expected[0] != expected[1]);
        Self { expected, ..story }
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The hidden folder beside the published site.
    pub fn hidden(&self) -> PathBuf {
        let name = self.public.file_name().expect("a name").to_string_lossy();
        self.public.with_file_name(format!(".{name}.via-site"))
    }

    /// The folder with the sources of a version.
    pub fn sources(&self, version: usize) -> PathBuf {
        self.path(&version.to_string())
    }

    /// Without its output, which [`Self::build_command`] has.
    fn command(&self, version: usize) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["build", "--lang", "en", "--date", ["2026-11-23", "2026-11-24"][version], "--site"]).arg(self.sources(version));
        command.env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    /// What builds a version.
    pub fn build_command(&self, version: usize) -> Command {
        let mut command = self.command(version);
        command.arg("--output").arg(&self.public);
        command
    }

    /// The same through `strace`, which does something with some calls; one thread, so that they come in the same order.
    pub fn traced(&self, version: usize, strace: &[&str]) -> Command {
        let build = self.build_command(version);
        let mut command = Command::new("strace");
        command.args(["-f", "-qq"]).args(strace).arg(build.get_program()).args(build.get_args()).args(["--jobs", "1"]);
        command.env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    /// A build that nothing is in the way of: it works, and leaves this version and nothing of earlier ones that failed.
    pub fn must_build(&self, version: usize) -> Said {
        let said = Said::of(self.build_command(version).output().expect("it starts"));
        assert_eq!(said.code, Some(0), "{said:#?}");
        assert_eq!(self.standing(), Some(version), "the site is the one that was asked for: {said:#?}");
        let known = BTreeSet::from(["lock", "memo", "tree"].map(str::to_owned));
        let left: BTreeSet<String> = names(&self.hidden());
        assert!(left.is_subset(&known), "nothing is left in the hidden folder: {left:?}");
        said
    }

    /// Which version stands published, whole and with nothing else beside it; none if nothing does.
    pub fn standing(&self) -> Option<usize> {
        let files = whole(&self.public)?;
        let version = self.expected.iter().position(|expected| *expected == files);
        Some(version.unwrap_or_else(|| {
            let changed = |expected: &Files| {
                let addresses: BTreeSet<&String> = files.keys().chain(expected.keys()).collect();
                addresses.into_iter().filter(|address| files.get(*address) != expected.get(*address)).cloned().collect::<Vec<_>>()
            };
            panic!("neither version: {:#?}", self.expected.each_ref().map(changed));
        }))
    }
}

/// The files of a published site, each of which must be what `build.json` says, and no other; none if there is no such folder.
pub fn whole(public: &Path) -> Option<Files> {
    fs::symlink_metadata(public).ok()?;
    let mut files = Files::new();
    collect(public, public, &mut files);
    let list: Value = serde_json::from_slice(files.get("build.json").expect("build.json")).expect("JSON");
    let listed = list["files"].as_object().expect("files");
    for (address, bytes) in files.iter().filter(|(address, _)| *address != "build.json") {
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(listed.get(address).and_then(Value::as_str), Some(hash.as_str()), "{address} is what build.json says");
    }
    assert_eq!(files.len(), listed.len() + 1, "build.json lists nothing that is not there");
    Some(files)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

/// How a build ended, and what it said.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub signal: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let said = Self { code: output.status.code(), signal: output.status.signal(), out: text(output.stdout), err: text(output.stderr) };
        assert!(!said.err.contains("panicked"), "{said:#?}");
        said
    }
}

//! Every diagnostic once: a small site with one slip in it, and what the editor then reads.
//!
//! `fixtures/diagnostics/<code>.txt` says how the site differs from the one in `fixtures/base/`, in parts that start with a
//! line of four equals signs:
//!
//! - `==== content/planten/p-0003.md`: a file with the text that follows;
//! - `==== edit schema.yaml`: in that file, the lines behind `< ` become those behind `> `;
//! - `==== remove site.yaml`: that file is not there;
//! - `==== bytes static/x.png`: a file with the bytes that follow in hexadecimal;
//! - `==== link content/a.md -> b`, `==== large path`, `==== unreadable path`: what only a disk can have; `%ff` in a path is a byte.
//!
//! `INSTA_UPDATE=always cargo test --test diagnostics` writes anew what is told, in `snapshots/diagnostics/`; read the difference
//! as an editor would: is it the very word that is marked, and does the help say what to type?

#![cfg(unix)] // What it does to the disk or the clock, Windows does in other words.
#![allow(clippy::disallowed_methods, reason = "the stories look at the disk")]

mod support;

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use support::{Site, fixture, options};
use tempfile::TempDir;
use via_site::diagnostic::{Diagnostic, Format, codes, render};
use via_site::source::Sources;
use via_site::{pipeline, source};

/// A change that only a disk can have.
enum OnDisk {
    Link { path: String, target: String },
    Large { path: String },
    Unreadable { path: String },
    Plain { path: String, text: String },
}

struct Story {
    site: Site,
    on_disk: Vec<OnDisk>,
}

impl Story {
    fn read(text: &str) -> Self {
        let mut story = Self { site: Site::of_fixture("base"), on_disk: Vec::new() };
        let (remark, rest) = text.split_once("==== ").expect("a part");
        assert!(remark.lines().all(|line| line.starts_with('#')), "only remarks stand before the first part");
        for part in rest.split("\n==== ") {
            let (head, body) = part.split_once('\n').unwrap_or((part, ""));
            let body = if body.is_empty() || body.ends_with('\n') { body.to_owned() } else { format!("{body}\n") };
            story.change(head.trim_end(), body);
        }
        story
    }

    fn change(&mut self, head: &str, body: String) {
        let site = std::mem::take(&mut self.site);
        self.site = match head.split_once(' ') {
            _ if head.contains('%') => {
                self.on_disk.push(OnDisk::Plain { path: head.to_owned(), text: body });
                site
            }
            Some(("edit", path)) => {
                let lines = |mark: &str| {
                    body.lines()
                        .filter_map(|line| line.strip_prefix(mark).map(|line| line.strip_prefix(" ").unwrap_or(line)))
                        .collect::<Vec<_>>()
                        .join("\n")
                };
                site.edit(path, &lines("<"), &lines(">"))
            }
            Some(("remove", path)) => site.without(path),
            Some(("bytes", path)) => {
                let digits: Vec<char> = body.chars().filter(char::is_ascii_hexdigit).collect();
                let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("two digits");
                site.with(path, digits.chunks(2).map(byte).collect::<Vec<u8>>())
            }
            Some(("link", rest)) => {
                let (path, target) = rest.split_once(" -> ").expect("a target");
                self.on_disk.push(OnDisk::Link { path: path.to_owned(), target: target.to_owned() });
                site
            }
            Some(("large", path)) => {
                self.on_disk.push(OnDisk::Large { path: path.to_owned() });
                site
            }
            Some(("unreadable", path)) => {
                self.on_disk.push(OnDisk::Unreadable { path: path.to_owned() });
                site
            }
            _ => site.with(head, body),
        };
    }

    /// What `via-site check` would say: first about the disk, if the story needs one, then about the site.
    fn tell(&self) -> (Sources, Vec<Diagnostic>) {
        let (sources, mut diagnostics) = if self.on_disk.is_empty() { (self.site.sources(), Vec::new()) } else { self.read_from_disk() };
        diagnostics.extend(pipeline::run(&sources, &options()).diagnostics);
        (sources, diagnostics)
    }

    fn read_from_disk(&self) -> (Sources, Vec<Diagnostic>) {
        let folder = TempDir::new().expect("a folder");
        let mut root = folder.path().join("site");
        self.site.write_to(&root);
        for change in &self.on_disk {
            match change {
                OnDisk::Link { path, target } => std::os::unix::fs::symlink(target, root.join(decoded(path))).expect("a link"),
                OnDisk::Large { path } => fs::File::create(root.join(path)).and_then(|file| file.set_len(65 << 20)).expect("a large file"),
                OnDisk::Plain { path, text } => fs::write(root.join(decoded(path)), text).expect("a file"),
                OnDisk::Unreadable { path } => {
                    fs::write(root.join(path), "niet te lezen").expect("a file");
                    root = out_of_reach(folder.path(), &root, path);
                }
            }
        }
        source::read(&root)
    }
}

/// Moves a site so deep that Linux takes the path of this one file for too long, whoever asks: root may read everything else.
fn out_of_reach(folder: &Path, root: &Path, path: &str) -> PathBuf {
    const LONGEST: usize = 4096;
    let mut deep = folder.to_owned();
    while deep.as_os_str().len() + 210 + "/site/".len() + path.len() < LONGEST {
        deep.push("d".repeat(100));
    }
    deep.push("e".repeat(LONGEST - deep.as_os_str().len() - "/site//".len() - path.len()));
    fs::create_dir_all(&deep).expect("folders");
    let moved = deep.join("site");
    fs::rename(root, &moved).expect("a move");
    moved
}

fn decoded(path: &str) -> OsString {
    let mut bytes = Vec::new();
    let mut parts = path.split('%');
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("two digits"));
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    OsString::from_vec(bytes)
}

fn stories() -> Vec<(String, Story)> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(fixture("diagnostics")).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    let name = |path: &Path| path.file_stem().and_then(OsStr::to_str).expect("a name").to_owned();
    found.iter().map(|path| (name(path), Story::read(&fs::read_to_string(path).expect("a text")))).collect()
}

/// The code that a fixture is about; a code with several stories has a number behind the next ones: `missing-field.2.txt`.
fn code_of(name: &str) -> &str {
    name.split_once('.').map_or(name, |(code, _)| code)
}

#[test]
fn the_base_site_has_nothing_wrong_with_it() {
    Site::of_fixture("base").build();
}

#[test]
fn every_slip_is_told_in_both_languages_with_its_place_and_what_to_type() {
    let mut failures = Vec::new();
    insta::glob!("fixtures/diagnostics/*.txt", |path| {
        let name = path.file_stem().and_then(OsStr::to_str).expect("a name").to_owned();
        let story = Story::read(&fs::read_to_string(path).expect("a text"));
        let (sources, diagnostics) = story.tell();
        let Some(first) = diagnostics.first() else {
            failures.push(format!("{name}: nothing is said"));
            return;
        };
        if first.code != code_of(&name) {
            failures.push(format!("{name}: the first thing said is {}", first.code));
        }
        let dutch = render(&diagnostics, &sources, "nl", Format::Human, false);
        let english = render(&diagnostics, &sources, "en", Format::Human, false);
        let json = render(&diagnostics[..1], &sources, "en", Format::Json, false);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("snapshots/diagnostics");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let said = format!("{dutch}{english}{json}");
        settings.bind(|| insta::assert_snapshot!("told", said));
    });
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_code_has_a_story() {
    let told: BTreeSet<&str> = stories().iter().flat_map(|(_, story)| story.tell().1).map(|diagnostic| diagnostic.code).collect();
    // Those about other machines are told where there is one.
    let online = include_str!("online/deploy.test.mjs");
    let verified = concat!(include_str!("verify.rs"), include_str!("online/verify.test.mjs"));
    let external = include_str!("online/external.test.mjs");
    let is_told = |code: &str| {
        told.contains(code)
            // Needs more problems than a fixture can show; tests/linear.rs has them.
            || code == "more-problems"
            || code.starts_with("deploy-") && online.contains(code)
            || code.starts_with("verify-") && verified.contains(code)
            || code.starts_with("external-") && external.contains(&format!("'{code}'"))
    };
    let missing: Vec<&str> = codes().filter(|code| !is_told(code)).collect();
    assert!(missing.is_empty(), "no fixture raises these: {missing:?}");
    let known: BTreeSet<&str> = codes().collect();
    let untold: Vec<&&str> = told.iter().filter(|code| !known.contains(*code)).collect();
    assert!(untold.is_empty(), "these have no text: {untold:?}");
}

#[test]
fn no_text_is_shown_with_a_hole_in_it() {
    for (name, story) in stories() {
        let (sources, diagnostics) = story.tell();
        for language in ["nl", "en"] {
            let texts = via_site::diagnostic::Texts::of(language);
            for diagnostic in &diagnostics {
                for text in [texts.message(diagnostic), texts.help(diagnostic)] {
                    let holes =
                        ["message", "help", "name", "key", "nearest", "known", "value", "example", "id", "address", "path", "language"];
                    let hole = holes.iter().find(|hole| text.contains(&format!("{{{hole}}}")));
                    assert!(hole.is_none(), "{name} in {language}: {text}");
                    assert!(
                        !text.contains(": .") && !text.contains("\"\"") && !text.ends_with(": "),
                        "{name} in {language} lacks a word: {text}"
                    );
                }
                assert!(!texts.message(diagnostic).is_empty(), "{name}: {} says nothing", diagnostic.code);
            }
        }
        assert!(render(&diagnostics, &sources, "nl", Format::Github, false).lines().count() == diagnostics.len(), "{name}: one line each");
    }
}

#[test]
fn every_place_lies_within_its_file() {
    for (name, story) in stories() {
        let (sources, diagnostics) = story.tell();
        for diagnostic in &diagnostics {
            let Some(file) = diagnostic.file.as_deref().and_then(|path| sources.get(path)) else { continue };
            let text = via_site::diagnostic::SourceText::new(&file.bytes(), file.path.ends_with(".md"));
            let Some(location) = text.locate(&diagnostic.place) else { continue };
            assert!(location.span.end <= text.text.len() && location.line <= text.text.lines().count().max(1), "{name}: {location:?}");
        }
    }
}

#[test]
fn what_is_said_to_type_instead_mends_it() {
    for (name, story) in stories() {
        let (sources, diagnostics) = story.tell();
        let Some(first) = diagnostics.first() else { continue };
        let (Some(replacement), Some(path)) = (&first.replacement, first.file.as_deref()) else { continue };
        let file = sources.get(path).expect("the file");
        let text = via_site::diagnostic::SourceText::new(&file.bytes(), path.ends_with(".md"));
        let location = text.locate(&first.place).expect("a place to put it");
        let mut mended = text.text.clone();
        mended.replace_range(location.span, replacement);
        let after = story.site.clone().with(path, mended).run().diagnostics;
        assert!(after.iter().all(|diagnostic| diagnostic.code != first.code), "{name}: {replacement:?} does not mend it: {after:?}");
        assert!(after.len() < diagnostics.len(), "{name}: {replacement:?} makes it worse: {after:?}");
    }
}

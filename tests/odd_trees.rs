//! Odd folders: names in every script, names that collide or that no server likes, a huge file, very many tiny ones. Each is built
//! whole, so that `verify` finds every page and link, or refused with a reason that names the file.
//!
//! `VIA_SITE_LONG=1` has a hundred thousand files instead of a thousand, and is for the release build.

#![cfg(unix)] // What it does to the disk or the clock, Windows does in other words.
#![allow(clippy::disallowed_methods, reason = "the stories look at the disk")]

mod support;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

use support::output_of;
use tempfile::TempDir;

const CONFIG: &str = "\
title: {nl: Bladen}
description: {nl: Bladen met vreemde namen.}
base_url: https://bladen.example/
languages: [nl]
theme: via
licence: {name: {nl: CC0}, url: https://creativecommons.org/publicdomain/zero/1.0/}
publisher: {name: {nl: Niemand}, url: https://bladen.example/, email: niemand@bladen.example, security_expires: '2099-01-01'}
";

const SCHEMA: &str = "\
common:
  titel: {type: text, required: true, role: title, label: {nl: Titel}}
  kern: {type: text, required: true, role: summary, label: {nl: Kern}}
kinds:
  bladen: {folder: bladen, singular: {nl: blad}, plural: {nl: bladen}, fields: {}}
";

/// Names of pages, without `.md`.
const NAMES: [&str; 44] = [
    "gewoon",
    "met spatie",
    "  twee  spaties  ",
    "Hoofdletters",
    "a..b",
    "..a",
    "...",
    "punt.",
    "punten...",
    "%2e",
    "%2e%2e",
    "%2e%2e%2fa",
    "%00",
    "%",
    "100%",
    "-streep",
    "--help",
    "_",
    "~golf",
    "#hekje",
    "vraag?",
    "a&b=c;d",
    "a+b",
    "a'b\"c",
    "a<b>c",
    "a\\b",
    "a\nb",
    "a\u{1b}[31mb",
    "a:b",
    "a|b*c",
    "CON",
    "aux.h",
    "index",
    "404",
    "één café",
    "ein straße",
    "вопрос",
    "سؤال",
    "שאלה",
    "คำถาม",
    "प्रश्न",
    "質問",
    "👩‍👩‍👧",
    "\u{202e}mg.gnp",
];

struct Tree(TempDir);

/// What a build, and the check of what it published, said.
struct End {
    built: bool,
    said: String,
    pages: Vec<String>,
}

impl Tree {
    fn new() -> Self {
        let tree = Self(TempDir::new().expect("a folder"));
        tree.file("site.yaml", CONFIG);
        tree.file("schema.yaml", SCHEMA);
        tree.page("eerste", "Eerste");
        tree
    }

    fn file(&self, path: impl AsRef<Path>, text: &str) {
        let file = self.0.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(&file, text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    fn page(&self, name: &str, title: &str) {
        self.file(format!("content/bladen/{name}.md"), &format!("---\ntitel: {title}\nkern: Een blad.\n---\n\nZie [[eerste]].\n"));
    }

    fn call(&self, arguments: &[&str]) -> (bool, String) {
        let program = std::env::var_os("VIA_SITE").unwrap_or_else(|| env!("CARGO_BIN_EXE_via-site").into());
        let output = output_of(Command::new(program).args(arguments).current_dir(self.0.path()).env("NO_COLOR", "1"));
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(!said.contains("panicked"), "{said}");
        (output.status.success(), said)
    }

    /// Builds, and checks what was published: a site with a fault is no end.
    fn build(&self) -> End {
        let (built, said) = self.call(&["build", "--date", "2026-11-23"]);
        if built {
            let (sound, found) = self.call(&["verify", "public"]);
            assert!(sound, "what was published has faults:\n{said}\n{found}");
        }
        let public = self.0.path().join("public/bladen");
        let pages = fs::read_dir(public).into_iter().flatten().filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok()).collect();
        End { built, said, pages }
    }
}

impl End {
    fn has(&self, title: &str) -> bool {
        self.pages.iter().any(|page| page.contains(&format!("<title>{title} - Bladen</title>")))
    }

    fn is_refused_with_a_reason(&self, file: &str) -> bool {
        !self.built && self.said.contains("fout[") && self.said.contains(file)
    }
}

#[test]
fn a_page_of_any_name_is_built_or_refused_with_a_reason() {
    let long = "a".repeat(255 - ".md".len());
    let wide = "質".repeat((255 - ".md".len()) / "質".len());
    for name in NAMES.into_iter().chain([long.as_str(), wide.as_str()]) {
        let tree = Tree::new();
        tree.page(name, "Vreemd");
        let end = tree.build();
        eprintln!("{name:?}: {}", if end.built { "built" } else { end.said.lines().next().unwrap_or_default() });
        // What begins with a dot is hidden, here as everywhere.
        let is_right = if end.built { end.has("Vreemd") != name.starts_with('.') } else { end.is_refused_with_a_reason("bladen/") };
        assert!(is_right, "{name:?}:\n{}", end.said);
    }
}

#[test]
fn a_file_of_any_name_that_a_page_links_to_is_published_or_told() {
    for name in NAMES {
        let tree = Tree::new();
        tree.file(format!("content/bladen/{name}.csv"), "a,b\n1,2\n");
        let address: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        tree.file("content/bladen/tweede.md", &format!("---\ntitel: Tweede\nkern: Een blad.\n---\n\nZie [dit]({address}.csv).\n"));
        let end = tree.build();
        eprintln!("{name:?}: {}", if end.built { "built" } else { end.said.lines().next().unwrap_or_default() });
        assert!(if end.built { end.has("Tweede") } else { end.is_refused_with_a_reason("bladen/") }, "{name:?}:\n{}", end.said);
    }
}

#[test]
fn names_that_would_be_one_file_elsewhere_are_told_and_neither_page_is_lost() {
    for (one, other) in
        [("blad", "Blad"), ("caf\u{e9}", "cafe\u{301}"), ("ﬁets", "fiets"), ("straße", "strasse"), ("ı", "i"), ("a b", "a-b")]
    {
        let tree = Tree::new();
        tree.page(one, "De ene");
        tree.page(other, "De andere");
        let end = tree.build();
        eprintln!("{one:?} and {other:?}: {}", if end.built { "built" } else { end.said.lines().next().unwrap_or_default() });
        let both = end.has("De ene") && end.has("De andere");
        assert!(if end.built { both } else { end.is_refused_with_a_reason("bladen/") }, "{one:?} and {other:?}:\n{}", end.said);
    }
}

#[test]
fn a_name_that_is_no_text_is_told() {
    let tree = Tree::new();
    tree.file(Path::new("content/bladen").join(OsStr::from_bytes(b"niet-\xff.md")), "---\ntitel: Nee\nkern: Nee.\n---\n");
    let end = tree.build();
    assert!(end.is_refused_with_a_reason("bladen/niet-"), "{}", end.said);
}

#[test]
fn a_huge_file_is_refused_before_it_is_read() {
    let tree = Tree::new();
    let file = File::create(tree.0.path().join("content/bladen/groot.md")).expect("a file");
    file.set_len(100 << 20).expect("a hole is as long as anything");
    let end = tree.build();
    assert!(end.is_refused_with_a_reason("bladen/groot.md") && end.said.contains("source-too-large"), "{}", end.said);
}

#[test]
fn folders_within_folders_to_the_longest_path_are_walked_to_the_end() {
    let tree = Tree::new();
    let path = "content/bladen/".to_owned() + &"diep/".repeat(700);
    tree.file(format!("{path}onder.md"), "---\ntitel: Onder\nkern: Een blad.\n---\n\nTekst.\n");
    let end = tree.build();
    assert!(if end.built { end.has("Onder") } else { end.is_refused_with_a_reason("onder.md") }, "{}", end.said);
}

#[test]
fn very_many_tiny_files_are_all_built() {
    let many = if std::env::var_os("VIA_SITE_LONG").is_some() { 100_000 } else { 1000 };
    let tree = Tree::new();
    for number in 0..many {
        tree.page(&format!("b{number}"), &format!("Blad {number}"));
    }
    let end = tree.build();
    assert!(end.built, "{}", end.said.chars().take(2000).collect::<String>());
    // All pages, and the list of them.
    assert!(end.pages.len() > many && end.has("Blad 0") && end.has(&format!("Blad {}", many - 1)), "{} pages", end.pages.len());
}

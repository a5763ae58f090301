//! A published site in a folder is compared with its list and its links are followed: a sound one is let pass, every sort of fault
//! is told in both languages. What only a server can have wrong is in `tests/online/verify.test.mjs`.

#![cfg(unix)] // What it does to the disk or the clock, Windows does in other words.
#![allow(clippy::disallowed_methods, reason = "the stories look at the disk")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

struct Story {
    folder: TempDir,
}

struct Said {
    code: Option<i32>,
    text: String,
}

impl Story {
    /// A built site with an old address that leads on.
    fn begin() -> Self {
        let story = Self { folder: TempDir::new().expect("a folder") };
        assert_eq!(story.call(&["init"]).code, Some(0));
        let page = story.folder.path().join("content/vragen/v-0001-een-eerste-vraag.md");
        let text = fs::read_to_string(&page).expect("a text").replacen("kern:", "aliassen: [/oud/vraag.html]\nkern:", 1);
        fs::write(page, text).expect("written");
        let built = story.call(&["build", "--date", "2026-11-23"]);
        assert_eq!(built.code, Some(0), "{}", built.text);
        story
    }

    fn call(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_via-site"));
        let Output { status, stdout, stderr } =
            command.args(arguments).current_dir(self.folder.path()).env("NO_COLOR", "1").output().expect("it starts");
        Said { code: status.code(), text: String::from_utf8([stdout, stderr].concat()).expect("UTF-8") }
    }

    fn verify(&self, language: &str) -> Said {
        self.call(&["verify", "public", "--lang", language])
    }

    fn path(&self, address: &str) -> PathBuf {
        self.folder.path().join("public").join(address)
    }

    /// Changes a file of the site, and what the list says of it, as a template with a mistake would.
    fn make(&self, address: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.path(address)).expect("a text");
        assert!(text.contains(old), "{address} holds {old}: {text}");
        let text = text.replacen(old, new, 1);
        let mut list: Value = serde_json::from_slice(&fs::read(self.path("build.json")).expect("a list")).expect("JSON");
        let hash: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
        list["files"][address] = hash.into();
        fs::write(self.path(address), text).expect("written");
        fs::write(self.path("build.json"), serde_json::to_vec(&list).expect("JSON")).expect("written");
    }
}

#[test]
fn a_site_as_it_was_built_has_nothing_wrong_with_it() {
    let story = Story::begin();
    for (language, words) in [("nl", "0 fouten, 0 waarschuwingen"), ("en", "1 old addresses looked at")] {
        let said = story.verify(language);
        assert_eq!(said.code, Some(0), "{}", said.text);
        assert!(said.text.contains(words), "{}", said.text);
    }
    let json: Value = serde_json::from_str(&story.call(&["verify", "public", "--format", "json"]).text).expect("JSON");
    assert_eq!(json, serde_json::json!([]));
}

#[test]
fn the_site_of_this_repository_has_nothing_wrong_with_it() {
    let folder = TempDir::new().expect("a folder");
    let public = folder.path().join("public");
    let call = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_via-site"));
        command.args(arguments).arg(&public).current_dir(env!("CARGO_MANIFEST_DIR")).env("NO_COLOR", "1").output().expect("it starts")
    };
    assert!(call(&["build", "--output"]).status.success());
    let said = call(&["verify", "--lang", "en"]);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

type Fault = (&'static str, fn(&Story), &'static str);

#[test]
fn every_sort_of_fault_is_told_with_where_it_is() {
    let page = "vragen/v-0001.html";
    assert!(Story::begin().path(page).exists());
    let faults: [Fault; 12] = [
        ("verify-missing", |story| fs::remove_file(story.path("vragen/v-0001.html")).expect("removed"), "vragen/v-0001.html"),
        ("verify-missing", |story| swap_for_link(&story.path("index.html")), "index.html"),
        ("verify-changed", |story| fs::write(story.path("robots.txt"), "User-agent: *\nDisallow: /\n").expect("written"), "robots.txt"),
        ("verify-changed", |story| fs::write(story.path("index.html"), "").expect("written"), "index.html"),
        ("verify-extra", |story| fs::write(story.path("vragen/extra.html"), "").expect("written"), "vragen/extra.html"),
        ("verify-extra", |story| std::os::unix::fs::symlink("index.html", story.path("x.html")).expect("a link"), "x.html"),
        ("verify-link", |story| story.make("vragen/v-0001.html", "</main>", "<a href=../weg.html>x</a></main>"), "\"../weg.html\""),
        (
            "verify-link",
            |story| story.make("sitemap.xml", "<loc>https://www.example.org/", "<loc>https://www.example.org/oude-"),
            "sitemap.xml",
        ),
        (
            "verify-link",
            |story| story.make("feed.xml", "href=\"https://www.example.org/index", "href=\"https://www.example.org/weg"),
            "feed.xml",
        ),
        (
            "verify-anchor",
            |story| story.make("vragen/v-0001.html", "</main>", "<a href=\"../bevindingen/b-0001.html#nergens\">x</a></main>"),
            "\"nergens\"",
        ),
        ("verify-redirect", |story| story.make("_redirects", "v-0001.html", "v-9999.html"), "\"/vragen/v-9999.html\""),
        (
            "verify-redirect",
            |story| story.make("_redirects", "vragen/v-0001.html", "bevindingen/b-0001.html"),
            "\"/bevindingen/b-0001.html\"",
        ),
    ];
    for (code, make, named) in faults {
        let story = Story::begin();
        make(&story);
        for (language, mark) in [("nl", "fout"), ("en", "error")] {
            let said = story.verify(language);
            assert_eq!(said.code, Some(1), "{code}: {}", said.text);
            assert!(said.text.contains(&format!("{mark}[{code}]")) && said.text.contains(named), "{code}: {}", said.text);
            assert!(!said.text.contains('{'), "no hole is left in {}", said.text);
        }
    }
}

fn swap_for_link(path: &Path) {
    let away = path.with_extension("away");
    fs::rename(path, &away).expect("moved");
    std::os::unix::fs::symlink(&away, path).expect("a link");
}

#[test]
fn one_mistake_on_every_page_is_told_once_with_its_number() {
    let story = Story::begin();
    for page in ["vragen/v-0001.html", "bevindingen/b-0001.html", "themas/t-0001.html"] {
        story.make(page, "</main>", "<a href=../weg.html>x</a></main>");
    }
    let said = story.verify("en");
    assert_eq!(said.text.matches("verify-link").count(), 1, "{}", said.text);
    assert!(said.text.contains("(3 times in the site)"), "{}", said.text);
}

#[test]
fn a_place_without_a_site_is_wrong_use() {
    let story = Story::begin();
    fs::remove_file(story.path("build.json")).expect("removed");
    for place in ["public", "nowhere", "content"] {
        let said = story.call(&["verify", place]);
        assert_eq!(said.code, Some(2), "{}", said.text);
        assert!(said.text.contains("verify-no-site") && said.text.contains(place), "{}", said.text);
    }
    #[cfg(not(feature = "online"))]
    assert!(story.call(&["verify", "https://www.example.org/"]).text.contains("verify-offline"));
}

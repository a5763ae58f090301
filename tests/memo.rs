//! Stories about a build of which nothing changed: when it makes nothing, and all that makes it look again.

#![allow(clippy::disallowed_methods, reason = "the stories look at the disk")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::{collect, output_of};
use tempfile::TempDir;

const QUESTION: &str = "content/vragen/v-0001-een-eerste-vraag.md";
const SAME: &str = "nothing changed, so nothing was made";

/// A site that was built, and the program that builds it.
struct Story {
    folder: TempDir,
    program: PathBuf,
}

#[derive(Debug)]
struct Said {
    out: String,
    err: String,
}

impl Said {
    fn made_nothing(&self) -> bool {
        self.out.contains(SAME)
    }
}

impl Story {
    fn begin() -> Self {
        let story = Self { folder: TempDir::new().expect("a folder"), program: env!("CARGO_BIN_EXE_via-site").into() };
        assert!(Command::new(&story.program).arg("init").arg(story.folder.path()).output().expect("it starts").status.success());
        assert!(!story.build(&[]).made_nothing(), "the first build makes the site");
        story
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn build(&self, more: &[&str]) -> Said {
        let mut command = Command::new(&self.program);
        command.args(["build", "--site"]).arg(self.folder.path()).env("NO_COLOR", "1");
        if !more.contains(&"--date") {
            command.args(["--date", "2026-11-23"]);
        }
        let Output { status, stdout, stderr } = output_of(command.args(more));
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let said = Said { out: text(stdout), err: text(stderr) };
        assert!(status.success(), "{said:#?}");
        said
    }

    fn edit(&self, path: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.path(path)).expect("a text");
        assert!(text.contains(old), "{old} stands in {path}:\n{text}");
        fs::write(self.path(path), text.replacen(old, new, 1)).expect("written");
    }

    fn public(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.path("public"))
    }

    /// The next build must make the site, and it must be the one that is made where nothing was before; the one after it makes
    /// nothing, and leaves that site.
    fn makes_the_site_again(&self, more: &[&str]) -> Said {
        let said = self.build(more);
        assert!(!said.made_nothing(), "{said:#?}");
        let elsewhere = TempDir::new().expect("a folder");
        let fresh = elsewhere.path().join("public");
        self.build(&[more, &["--output", fresh.to_str().expect("a path")]].concat());
        assert!(self.public() == files(&fresh), "it is the site that these inputs give");
        let again = self.build(more);
        assert!(again.made_nothing(), "{again:#?}");
        assert!(self.public() == files(&fresh), "and it stays");
        said
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(folder, folder, &mut files);
    files
}

#[test]
fn with_the_same_inputs_nothing_is_made_and_the_same_is_said() {
    let story = Story::begin();
    let over = fs::read_to_string(story.path("content/paginas/over.md")).expect("a text");
    fs::write(story.path("content/paginas/over.md"), format!("{over}\nDit is <blink>oud</blink>.\n")).expect("written");
    let first = story.build(&[]);
    assert!(first.err.contains("raw-html") && !first.made_nothing(), "it is a warning: {first:#?}");
    let before = story.public();
    let again = story.build(&[]);
    assert!(again.made_nothing(), "{again:#?}");
    assert_eq!(again.err, first.err, "what is wrong is said again");
    let counts = |said: &Said| said.out.split(" files (").next().map(str::to_owned);
    assert_eq!(counts(&again), counts(&first), "and the site is counted as before");
    assert!(story.public() == before);
    let json = [story.build(&["--format", "json"]), story.build(&["--format", "json"])];
    assert!(json[0].out.contains("\"raw-html\""), "{json:#?}");
    assert_eq!(json[0].out, json[1].out, "also to programs");
    assert_ne!(story.build(&["--lang", "en"]).err, first.err, "and in the language that is asked for");
}

#[test]
fn files_that_were_saved_without_a_change_are_no_change() {
    let story = Story::begin();
    let bytes = fs::read(story.path(QUESTION)).expect("bytes");
    fs::remove_file(story.path(QUESTION)).expect("removed");
    fs::write(story.path(QUESTION), bytes).expect("written");
    assert!(story.build(&[]).made_nothing());
}

#[test]
fn one_other_letter_is_seen_also_if_length_and_time_stay() {
    let story = Story::begin();
    let time = fs::metadata(story.path(QUESTION)).and_then(|metadata| metadata.modified()).expect("a time");
    story.edit(QUESTION, "gesprek", "GESPREK");
    let file = fs::File::options().write(true).open(story.path(QUESTION)).expect("opened");
    file.set_modified(time).expect("set back");
    story.makes_the_site_again(&[]);
}

#[test]
fn a_page_that_comes_goes_or_moves_is_seen() {
    let story = Story::begin();
    let over = story.path("content/paginas/over.md");
    let text = fs::read_to_string(&over).expect("a text");
    fs::write(story.path("content/paginas/nieuw.md"), &text).expect("written");
    story.makes_the_site_again(&[]);
    fs::remove_file(story.path("content/paginas/nieuw.md")).expect("removed");
    story.makes_the_site_again(&[]);
    fs::create_dir_all(story.path("content/paginas/map")).expect("a folder");
    fs::rename(&over, story.path("content/paginas/map/over.md")).expect("moved");
    assert!(!story.build(&[]).made_nothing(), "the same bytes in another place are another site");
}

#[test]
fn schema_configuration_theme_and_words_are_inputs() {
    let story = Story::begin();
    story.edit("schema.yaml", "kinds:", "# Een regel.\nkinds:");
    story.makes_the_site_again(&[]);
    story.edit("site.yaml", "base_url:", "# Een regel.\nbase_url:");
    story.makes_the_site_again(&[]);
    fs::create_dir_all(story.path("templates")).expect("a folder");
    fs::write(story.path("templates/404.html"), "<!DOCTYPE html><html lang=\"nl\"><title>Weg</title><h1>Weg</h1></html>\n")
        .expect("written");
    story.makes_the_site_again(&[]);
    assert!(String::from_utf8_lossy(&story.public()["404.html"]).contains("<h1>Weg</h1>"));
}

#[test]
fn day_drafts_and_address_are_inputs() {
    let story = Story::begin();
    story.makes_the_site_again(&["--date", "2026-11-24"]);
    story.makes_the_site_again(&["--drafts"]);
    story.makes_the_site_again(&["--base-url", "https://elders.example/"]);
    story.makes_the_site_again(&[]);
}

#[test]
fn a_published_file_that_somebody_touched_is_mended() {
    let story = Story::begin();
    let index = story.path("public/index.html");
    let time = fs::metadata(&index).and_then(|metadata| metadata.modified()).expect("a time");
    let mut bytes = fs::read(&index).expect("bytes");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&index, bytes).expect("written");
    fs::File::options().write(true).open(&index).and_then(|file| file.set_modified(time)).expect("set back");
    story.makes_the_site_again(&[]);

    fs::remove_file(&index).expect("removed");
    story.makes_the_site_again(&[]);

    fs::write(story.path("public/extra.html"), "niet van ons").expect("written");
    story.makes_the_site_again(&[]);
    assert!(!story.path("public/extra.html").exists());

    let list = fs::read_to_string(story.path("public/build.json")).expect("a text");
    fs::write(story.path("public/build.json"), list.replacen("\"files\"", "\"files\" ", 1)).expect("written");
    story.makes_the_site_again(&[]);

    fs::remove_dir_all(story.path("public")).expect("removed");
    story.makes_the_site_again(&[]);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_published_file_is_not_taken_for_it() {
    let story = Story::begin();
    let (index, away) = (story.path("public/index.html"), story.path("away.html"));
    fs::rename(&index, &away).expect("moved");
    std::os::unix::fs::symlink(&away, &index).expect("a link");
    story.makes_the_site_again(&[]);
    assert!(fs::symlink_metadata(&index).expect("there").is_file());
}

#[test]
fn a_damaged_memo_is_ignored_and_said() {
    let story = Story::begin();
    let memo = story.path(".public.via-site/memo");
    let written = fs::read(&memo).expect("the memo");
    for at in [0, 40, 70, written.len() / 2, written.len() - 1] {
        let mut damaged = written.clone();
        damaged[at] ^= 1;
        fs::write(&memo, damaged).expect("written");
        let said = story.makes_the_site_again(&[]);
        assert!(said.err.contains("beschadigd") && said.err.contains("memo"), "byte {at}: {said:#?}");
    }
    for damaged in [&b""[..], b"\n", &written[..written.len() / 2], b"\xff\xfe"] {
        fs::write(&memo, damaged).expect("written");
        assert!(story.makes_the_site_again(&["--lang", "en"]).err.contains("damaged"));
        story.build(&[]);
    }
    fs::remove_file(&memo).expect("removed");
    let said = story.makes_the_site_again(&[]);
    assert!(said.err.is_empty(), "that there is none needs no words: {said:#?}");
}

#[test]
fn another_program_does_not_trust_this_memo() {
    let mut story = Story::begin();
    let program = story.path("via-site-of-tomorrow");
    fs::copy(&story.program, &program).expect("copied");
    story.program = program.clone();
    assert!(story.build(&[]).made_nothing(), "the same bytes are the same program, wherever they stand");
    // The system starts it as before, for what follows on a program is no part of it.
    let mut bytes = fs::read(&program).expect("bytes");
    bytes.push(0);
    fs::remove_file(&program).expect("removed");
    fs::copy(env!("CARGO_BIN_EXE_via-site"), &program).expect("with its rights");
    fs::write(&program, bytes).expect("written");
    let said = story.makes_the_site_again(&[]);
    assert!(said.err.is_empty(), "{said:#?}");
}

#[test]
fn a_memo_of_another_shape_is_passed_over() {
    let story = Story::begin();
    let memo = story.path(".public.via-site/memo");
    let other = r#"{"shape":2}"#;
    fs::write(&memo, format!("{}\n{other}", blake3::hash(other.as_bytes()).to_hex())).expect("written");
    let said = story.makes_the_site_again(&[]);
    assert!(said.err.is_empty(), "{said:#?}");
}

#[test]
fn a_site_that_went_and_came_back_is_known_by_what_it_is() {
    let story = Story::begin();
    let (before, text) = (story.public(), fs::read(story.path(QUESTION)).expect("bytes"));
    story.edit(QUESTION, "titel:", "titl:");
    let broken = Command::new(&story.program).args(["build", "--site"]).arg(story.folder.path()).output().expect("it starts");
    assert_eq!(broken.status.code(), Some(1), "a broken page stops the build, also after a good one");
    fs::write(story.path(QUESTION), text).expect("written");
    assert!(story.build(&[]).made_nothing(), "mended, it is what is published still");
    assert!(story.public() == before);
}

#[test]
fn who_asks_where_the_time_goes_gets_everything_made() {
    let story = Story::begin();
    let said = story.build(&["--timings"]);
    assert!(!said.made_nothing() && said.out.contains("graph"), "{said:#?}");
}

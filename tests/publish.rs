//! Stories about publishing: what an editor, a reader and a crash each find in the folder.

#![cfg(unix)] // What it does to the disk or the clock, Windows does in other words.
#![allow(clippy::disallowed_methods, reason = "the stories look at the disk")]

#[path = "publish/refused.rs"]
mod refused;

use std::fs::{self, File, Permissions};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use via_site::publish::{Output, PublishError, Report, Swap, publish, read_manifest};

const SITE: [(&str, &str); 3] = [("index.html", "welcome"), ("vragen/v-1.html", "question"), ("vragen/v-2.html", "another")];

struct Story {
    folder: TempDir,
}

impl Story {
    fn begin() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn with_site() -> Self {
        let story = Self::begin();
        story.publish(&SITE);
        story
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("public")
    }

    /// The hidden folder, or something in it.
    fn hidden(&self, path: &str) -> PathBuf {
        self.folder.path().join(".public.via-site").join(path)
    }

    fn try_to_publish(&self, files: &[(&str, &str)]) -> Result<Report, PublishError> {
        publish_to(&self.target(), files)
    }

    fn publish(&self, files: &[(&str, &str)]) -> Report {
        self.try_to_publish(files).unwrap()
    }

    /// The site must be exactly this, and its list of files must be true.
    fn must_be(&self, files: &[(&str, &str)]) {
        let mut expected: Vec<(String, String)> = files.iter().map(|&(address, text)| (address.into(), text.into())).collect();
        expected.sort();
        let mut found = Vec::new();
        collect_files(&self.target(), "", &mut found);
        found.sort();
        let list = found.iter().position(|(address, _)| address == "build.json").unwrap();
        found.remove(list);
        assert_eq!(found, expected);
        let listed: Vec<String> = read_manifest(&self.target()).unwrap().into_keys().collect();
        assert_eq!(listed, expected.into_iter().map(|(address, _)| address).collect::<Vec<_>>());
    }

    /// What tells whether a file was touched: its inode and its time.
    fn trace(&self, address: &str) -> (u64, i64, i64) {
        let metadata = fs::symlink_metadata(self.target().join(address)).unwrap();
        (metadata.ino(), metadata.mtime(), metadata.mtime_nsec())
    }
}

fn publish_to(target: &Path, files: &[(&str, &str)]) -> Result<Report, PublishError> {
    let outputs: Vec<Output<'_>> = files.iter().map(|&(address, text)| Output { address, bytes: text.as_bytes() }).collect();
    publish(target, &outputs, "via-site 0.1.0")
}

fn collect_files(folder: &Path, below: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let address = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect_files(&entry.path(), &format!("{address}/"), found);
        } else {
            found.push((address, fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

#[test]
fn the_first_publication_makes_the_folder_and_everything_above_it() {
    let story = Story::begin();
    let target = story.folder.path().join("deep/down/public");
    let report = publish_to(&target, &SITE).unwrap();
    assert_eq!(report, Report { written: 3, unchanged: 0, removed: 0, total_bytes: 22, swapped: Swap::First });
    assert_eq!(fs::read_to_string(target.join("vragen/v-1.html")).unwrap(), "question");
}

#[test]
fn an_empty_folder_may_be_used_and_its_permissions_stay() {
    let story = Story::begin();
    fs::create_dir(story.target()).unwrap();
    fs::set_permissions(story.target(), Permissions::from_mode(0o750)).unwrap();
    assert_eq!(story.publish(&SITE).swapped, Swap::First);
    assert_eq!(story.publish(&[("index.html", "new")]).swapped, Swap::Exchanged);
    story.must_be(&[("index.html", "new")]);
    assert_eq!(fs::metadata(story.target()).unwrap().mode() & 0o7777, 0o750);
}

#[test]
fn the_list_of_files_is_the_same_bytes_for_the_same_site_in_whatever_order() {
    let (one, other) = (Story::begin(), Story::begin());
    one.publish(&[("a.txt", "abc"), ("b.txt", "")]);
    other.publish(&[("b.txt", ""), ("a.txt", "abc")]);
    let list = fs::read_to_string(one.target().join("build.json")).unwrap();
    assert_eq!(
        list,
        r#"{
  "generator": "via-site 0.1.0",
  "files": {
    "a.txt": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "b.txt": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  }
}
"#
    );
    assert_eq!(fs::read_to_string(other.target().join("build.json")).unwrap(), list);
}

#[test]
fn publishing_the_same_site_again_touches_nothing() {
    let story = Story::with_site();
    let places = ["", "index.html", "vragen", "vragen/v-1.html", "vragen/v-2.html", "build.json"];
    let before = places.map(|place| story.trace(place));
    let report = story.publish(&SITE);
    assert_eq!(report, Report { written: 0, unchanged: 3, removed: 0, total_bytes: 22, swapped: Swap::Unchanged });
    assert_eq!(places.map(|place| story.trace(place)), before);
}

#[test]
fn one_changed_page_is_a_new_file_and_the_others_are_the_same_files() {
    let story = Story::with_site();
    let kept = ["index.html", "vragen/v-2.html"];
    let before = kept.map(|address| story.trace(address));
    // Three times, because the hidden tree is empty at first, then one build behind, then two.
    for text in ["second", "third", "fourth"] {
        let site = [SITE[0], ("vragen/v-1.html", text), SITE[2]];
        let inode = story.trace("vragen/v-1.html").0;
        let mut being_read = File::open(story.target().join("vragen/v-1.html")).unwrap();
        let length = being_read.metadata().unwrap().len();
        let report = story.publish(&site);
        assert_eq!((report.written, report.unchanged, report.removed, report.swapped), (1, 2, 0, Swap::Exchanged));
        story.must_be(&site);
        assert_eq!(kept.map(|address| story.trace(address)), before);
        assert_ne!(story.trace("vragen/v-1.html").0, inode);
        // Somebody who opened the page before goes on reading that page, to its end.
        let mut old = String::new();
        being_read.read_to_string(&mut old).unwrap();
        assert_eq!(old.len() as u64, length);
        assert_ne!(old, text);
    }
}

#[test]
fn a_page_that_returns_to_an_earlier_text_gets_a_new_time() {
    // Else a browser that knows the text in between asks "changed since?", and the server says no.
    let story = Story::begin();
    story.publish(&[("a.html", "one")]);
    // Longer than a tick of the clock that stamps files.
    thread::sleep(Duration::from_millis(20));
    story.publish(&[("a.html", "two")]);
    let (_, seconds, nanoseconds) = story.trace("a.html");
    story.publish(&[("a.html", "one")]);
    let (_, later_seconds, later_nanoseconds) = story.trace("a.html");
    assert!((later_seconds, later_nanoseconds) >= (seconds, nanoseconds));
    story.must_be(&[("a.html", "one")]);
}

#[test]
fn a_removed_page_goes_and_so_does_its_empty_folder() {
    let story = Story::with_site();
    for _ in 0..2 {
        let report = story.publish(&SITE[..1]);
        story.must_be(&SITE[..1]);
        assert!(!story.target().join("vragen").exists());
        assert_eq!(report.removed, if report.swapped == Swap::Unchanged { 0 } else { 2 });
    }
    story.publish(&SITE);
    story.must_be(&SITE);
}

#[test]
fn a_site_without_any_page_is_still_a_site() {
    let story = Story::with_site();
    assert_eq!(story.publish(&[]).removed, 3);
    story.must_be(&[]);
    assert_eq!(story.publish(&[]).swapped, Swap::Unchanged);
}

#[test]
fn a_file_becomes_a_folder_and_a_folder_a_file() {
    let story = Story::begin();
    let one = [("a", "file"), ("b/c/d", "deep"), ("b/e", "less")];
    let other = [("a/x/y", "deep"), ("b", "file")];
    for site in [&one[..], &other, &one, &other, &other[1..], &one] {
        story.publish(site);
        story.must_be(site);
    }
}

#[test]
fn a_file_that_somebody_changed_removed_or_added_by_hand_is_set_right() {
    let story = Story::with_site();
    story.publish(&SITE[..2]);
    story.publish(&SITE);
    fs::write(story.target().join("index.html"), "wellcom").unwrap();
    fs::remove_file(story.target().join("vragen/v-2.html")).unwrap();
    fs::create_dir(story.target().join("notes")).unwrap();
    fs::write(story.target().join("notes/mine.txt"), "a note").unwrap();
    let report = story.publish(&SITE);
    assert_eq!((report.written, report.unchanged, report.removed), (2, 1, 1));
    story.must_be(&SITE);
}

#[test]
fn a_page_that_was_replaced_by_a_link_becomes_a_page_again_and_the_link_is_not_followed() {
    let story = Story::with_site();
    let outside = story.folder.path().join("outside.html");
    fs::write(&outside, "welcome").unwrap();
    for _ in 0..2 {
        fs::remove_file(story.target().join("index.html")).unwrap();
        symlink(&outside, story.target().join("index.html")).unwrap();
        assert_eq!(story.publish(&SITE).written, 1);
        assert!(fs::symlink_metadata(story.target().join("index.html")).unwrap().is_file());
        story.must_be(&SITE);
    }
    assert_eq!(fs::read_to_string(outside).unwrap(), "welcome");
}

#[test]
fn a_list_of_files_that_was_tampered_with_is_written_again() {
    let story = Story::with_site();
    fs::write(story.target().join("build.json"), r#"{"generator": "via-site 0.0.9", "files": {}}"#).unwrap();
    let report = story.publish(&SITE);
    assert_eq!((report.written, report.unchanged, report.swapped), (0, 3, Swap::Exchanged));
    story.must_be(&SITE);
}

#[test]
fn whatever_a_killed_build_left_in_the_hidden_tree_is_repaired_without_touching_the_site() {
    let story = Story::with_site();
    story.publish(&[SITE[0], SITE[1], ("vragen/v-2.html", "other"), ("map/a.html", "a")]);
    let kept = story.trace("index.html");
    // Half a file with the right time, a file cut short, strays, a folder for a file, a file for a folder, links.
    let time = fs::metadata(story.target().join("index.html")).unwrap().modified().unwrap();
    fs::remove_file(story.hidden("tree/index.html")).unwrap();
    fs::write(story.hidden("tree/index.html"), "welc").unwrap();
    File::options().write(true).open(story.hidden("tree/index.html")).unwrap().set_modified(time).unwrap();
    fs::write(story.hidden("tree/vragen/v-2.html"), "").unwrap();
    fs::remove_file(story.hidden("tree/vragen/v-1.html")).unwrap();
    fs::create_dir_all(story.hidden("tree/vragen/v-1.html/stray")).unwrap();
    fs::write(story.hidden("tree/vragen/v-1.html/stray/file"), "stray").unwrap();
    fs::write(story.hidden("tree/map"), "not a folder").unwrap();
    symlink(story.folder.path(), story.hidden("tree/link")).unwrap();
    symlink("nowhere", story.hidden("tree/new.html")).unwrap();

    let site = [SITE[0], SITE[1], ("vragen/v-2.html", "third"), ("map/a.html", "a"), ("new.html", "new")];
    let report = story.publish(&site);
    assert_eq!((report.written, report.unchanged, report.removed), (2, 3, 0));
    story.must_be(&site);
    assert_eq!(story.trace("index.html"), kept);
}

#[test]
fn the_hidden_folder_may_be_thrown_away_at_any_time() {
    let story = Story::with_site();
    story.publish(&SITE[..2]);
    fs::remove_dir_all(story.hidden("")).unwrap();
    assert_eq!(story.publish(&SITE[..2]).swapped, Swap::Unchanged);
    fs::remove_dir_all(story.hidden("")).unwrap();
    fs::create_dir(story.hidden("")).unwrap();
    fs::write(story.hidden("tree"), "a file").unwrap();
    story.publish(&SITE);
    story.must_be(&SITE);
}

#[test]
fn a_site_that_was_deleted_is_published_again_as_the_first() {
    let story = Story::with_site();
    story.publish(&SITE[..2]);
    fs::remove_dir_all(story.target()).unwrap();
    let report = story.publish(&SITE);
    assert_eq!((report.written, report.swapped), (3, Swap::First));
    story.must_be(&SITE);
}

#[test]
fn a_reader_never_finds_a_page_missing_or_half() {
    let story = Story::begin();
    let texts = ["one".repeat(10_000), "two".repeat(9_000)];
    story.publish(&[("a/page.html", &texts[0])]);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = [0, 0];
            while !done.load(Ordering::Relaxed) {
                let text = fs::read_to_string(story.target().join("a/page.html")).unwrap();
                let which = texts.iter().position(|expected| *expected == text).unwrap();
                seen[which] += 1;
            }
            seen
        });
        for round in 1..=100 {
            story.publish(&[("a/page.html", &texts[round % 2])]);
            // Two builds within one look-up of a path would be too much to ask of any file system.
            thread::sleep(Duration::from_millis(2));
        }
        done.store(true, Ordering::Relaxed);
        assert!(reader.join().unwrap().iter().sum::<u32>() > 0);
    });
}

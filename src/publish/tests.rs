//! What cannot be told from outside: file systems without links or without exchange, and builds that die in between.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use tempfile::TempDir;

use super::system::refusal;
use super::*;

const WITHOUT_LINKS: System = System { link: |_, _| Err(io::ErrorKind::Unsupported.into()), exchange: System::REAL.exchange };
const WITHOUT_EXCHANGE: System = System { link: System::REAL.link, exchange: |_, _| Err(refusal(Errno::INVAL)) };

struct Story {
    folder: TempDir,
}

impl Story {
    fn begin() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("public")
    }

    fn hidden(&self, name: &str) -> PathBuf {
        self.folder.path().join(".public.via-site").join(name)
    }

    fn publish(&self, system: &System, files: &[(&str, &str)]) -> Result<Report, PublishError> {
        let outputs: Vec<Output<'_>> = files.iter().map(|&(address, text)| Output { address, bytes: text.as_bytes() }).collect();
        publish_with(*system, &self.target(), &outputs, "via-site test")
    }

    fn read(&self, address: &str) -> String {
        fs::read_to_string(self.target().join(address)).unwrap()
    }
}

fn modified(path: &Path) -> (i64, i64) {
    let metadata = fs::metadata(path).unwrap();
    (metadata.mtime(), metadata.mtime_nsec())
}

#[test]
fn where_links_are_refused_a_copy_keeps_the_time_and_is_made_only_once() {
    let story = Story::begin();
    story.publish(&WITHOUT_LINKS, &[("a.html", "a"), ("b.html", "1")]).unwrap();
    let time = modified(&story.target().join("a.html"));

    let report = story.publish(&WITHOUT_LINKS, &[("a.html", "a"), ("b.html", "2")]).unwrap();
    assert_eq!((report.written, report.unchanged, report.swapped), (1, 1, Swap::Exchanged));
    assert_eq!(modified(&story.target().join("a.html")), time);
    assert_eq!(fs::metadata(story.target().join("a.html")).unwrap().nlink(), 1);

    let copy = fs::metadata(story.hidden("tree/a.html")).unwrap().ino();
    story.publish(&WITHOUT_LINKS, &[("a.html", "a"), ("b.html", "3")]).unwrap();
    assert_eq!(fs::metadata(story.target().join("a.html")).unwrap().ino(), copy);
    assert_eq!((story.read("a.html").as_str(), story.read("b.html").as_str()), ("a", "3"));
}

#[test]
fn a_copy_that_only_looks_the_same_is_not_taken_for_one() {
    let story = Story::begin();
    story.publish(&WITHOUT_LINKS, &[("a.html", "a"), ("b.html", "1")]).unwrap();
    story.publish(&WITHOUT_LINKS, &[("a.html", "a"), ("b.html", "2")]).unwrap();
    let time = fs::metadata(story.target().join("a.html")).unwrap().modified().unwrap();
    fs::write(story.hidden("tree/a.html"), "x").unwrap();
    fs::File::options().write(true).open(story.hidden("tree/a.html")).unwrap().set_modified(time).unwrap();

    story.publish(&WITHOUT_LINKS, &[("a.html", "a"), ("b.html", "3")]).unwrap();
    assert_eq!(story.read("a.html"), "a");
}

#[test]
fn where_folders_cannot_be_exchanged_two_renames_do_it_and_the_report_says_so() {
    let story = Story::begin();
    assert_eq!(story.publish(&WITHOUT_EXCHANGE, &[("a.html", "1")]).unwrap().swapped, Swap::First);
    assert_eq!(story.publish(&WITHOUT_EXCHANGE, &[("a.html", "2")]).unwrap().swapped, Swap::Renamed);
    assert_eq!(story.publish(&WITHOUT_EXCHANGE, &[("a.html", "3")]).unwrap().swapped, Swap::Renamed);
    assert_eq!(story.read("a.html"), "3");
    assert_eq!(fs::read_to_string(story.hidden("tree/a.html")).unwrap(), "2");
    assert!(!story.hidden("old").exists());
}

#[test]
fn if_the_second_rename_fails_the_old_site_is_put_back() {
    let loses_the_tree = System {
        link: System::REAL.link,
        exchange: |tree, _| {
            fs::remove_dir_all(tree).unwrap();
            Err(refusal(Errno::NOSYS))
        },
    };
    let story = Story::begin();
    story.publish(&System::REAL, &[("a.html", "1")]).unwrap();
    let error = story.publish(&loses_the_tree, &[("a.html", "2")]).unwrap_err();
    assert!(matches!(error, PublishError::Io { doing: "replace", .. }), "{error}");
    assert_eq!(story.read("a.html"), "1");
    assert_eq!(story.publish(&System::REAL, &[("a.html", "2")]).unwrap().swapped, Swap::Exchanged);
}

#[test]
fn a_build_killed_between_the_two_renames_is_undone_by_the_next() {
    let story = Story::begin();
    story.publish(&System::REAL, &[("a.html", "1")]).unwrap();
    story.publish(&System::REAL, &[("a.html", "2")]).unwrap();
    fs::rename(story.target(), story.hidden("old")).unwrap();

    assert_eq!(story.publish(&System::REAL, &[("a.html", "2")]).unwrap().swapped, Swap::Unchanged);
    assert_eq!(story.read("a.html"), "2");
}

#[test]
fn a_build_killed_after_the_two_renames_has_published() {
    let story = Story::begin();
    story.publish(&System::REAL, &[("a.html", "1")]).unwrap();
    story.publish(&System::REAL, &[("a.html", "2")]).unwrap();
    fs::rename(story.hidden("tree"), story.hidden("old")).unwrap();

    assert_eq!(story.publish(&System::REAL, &[("a.html", "2")]).unwrap().swapped, Swap::Unchanged);
    assert_eq!(fs::read_to_string(story.hidden("tree/a.html")).unwrap(), "1");
    assert!(!story.hidden("old").exists());
}

#[test]
fn a_build_that_ends_just_before_the_exchange_leaves_the_old_site_and_the_next_one_publishes() {
    let dies = System { link: System::REAL.link, exchange: |_, _| Err(refusal(Errno::IO)) };
    let story = Story::begin();
    story.publish(&System::REAL, &[("a.html", "1"), ("b.html", "b")]).unwrap();
    let inode = fs::metadata(story.target().join("b.html")).unwrap().ino();
    assert!(matches!(story.publish(&dies, &[("a.html", "2"), ("b.html", "b")]), Err(PublishError::Io { .. })));
    assert_eq!(story.read("a.html"), "1");

    let report = story.publish(&System::REAL, &[("a.html", "3"), ("b.html", "b")]).unwrap();
    assert_eq!((report.written, report.unchanged), (1, 1));
    assert_eq!(story.read("a.html"), "3");
    assert_eq!(fs::metadata(story.target().join("b.html")).unwrap().ino(), inode);
}

#[test]
fn a_mount_point_is_named_as_the_reason() {
    let mounted = System { link: System::REAL.link, exchange: |_, _| Err(refusal(Errno::BUSY)) };
    let story = Story::begin();
    story.publish(&System::REAL, &[("a.html", "1")]).unwrap();
    assert!(matches!(story.publish(&mounted, &[("a.html", "2")]), Err(PublishError::MountPoint { .. })));
    assert_eq!(story.read("a.html"), "1");
}

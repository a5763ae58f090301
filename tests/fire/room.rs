//! A disk that is full: nothing is published, the reason is told, and the next build works once there is room.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::place::{Mounted, is_root, left_out, say};
use crate::story::{Said, Story, is_long};

#[test]
fn on_a_full_disk_the_old_site_stays() {
    type Make = fn() -> Result<Mounted, String>;
    let disks: [(&str, Make); 2] = [("tmpfs", || Mounted::memory("size=6m")), ("ext4", || Mounted::disk(12 << 10))];
    for (kind, make) in disks {
        match make() {
            Ok(disk) => fill(&disk, kind),
            Err(why) => left_out(&format!("a full {kind}"), &why),
        }
    }
}

/// Leaves a little more room each time, so that the disk is full at another moment of the build.
fn fill(disk: &Mounted, kind: &str) {
    let story = Story::publishing_to(&std::env::temp_dir(), &disk.path);
    let ballast = disk.path.join("ballast");
    let (mut refused, mut done) = (0, 0);
    for kilobytes in (0..).step_by(if is_long() { 4 } else { 48 }) {
        story.must_build(0);
        // The old site alone: what is left of the one before would make room for the new one.
        fs::remove_dir_all(story.hidden()).expect("removed");
        leave(&ballast, kilobytes);
        let said = Said::of(story.build_command(1).output().expect("it starts"));
        if said.code == Some(0) {
            assert_eq!(story.standing(), Some(1), "{said:#?}");
            done += 1;
        } else {
            assert_eq!(said.code, Some(2), "{said:#?}");
            assert!(said.err.contains("No space left on device"), "{said:#?}");
            assert_eq!(story.standing(), Some(0), "{said:#?}");
            refused += 1;
        }
        fs::remove_file(&ballast).expect("removed");
        story.must_build(1);
        if done > 2 {
            break;
        }
    }
    assert!(refused > 1, "the disk was full");
    say(&format!("{kind}: full at {refused} moments of a build: each left the old site and said why; with room, the next build worked."));
}

/// Fills the disk up to this much room.
fn leave(ballast: &Path, kilobytes: usize) {
    let mut file = fs::File::create(ballast).expect("a file");
    // More than once: a disk finds some room again when it is told to write down what was removed.
    for _ in 0..3 {
        while file.write_all(&[1; 4096]).is_ok() {}
        // That there is no room for what was held back is what it is to be.
        let _ = file.sync_all();
    }
    let length = file.metadata().expect("there").len();
    file.set_len(length.saturating_sub((kilobytes as u64) << 10)).expect("cut");
    file.sync_all().expect("on the disk");
}

#[test]
fn where_no_more_files_may_be_made_the_old_site_stays() {
    // The sites have about 200 files and folders each; links need none of their own.
    let disk = match Mounted::memory("size=16m,nr_inodes=230") {
        Ok(disk) => disk,
        Err(why) => return left_out("a disk without room for files", &why),
    };
    let story = Story::publishing_to(&std::env::temp_dir(), &disk.path);
    story.must_build(0);
    let said = Said::of(story.build_command(1).output().expect("it starts"));
    assert_eq!(said.code, Some(2), "{said:#?}");
    assert!(said.err.contains("No space left on device"), "{said:#?}");
    assert_eq!(story.standing(), Some(0));
    assert!(is_root(), "only the superuser mounts");
}

#[test]
fn where_nothing_can_be_said_the_site_is_published_all_the_same() {
    let story = Story::begin(&std::env::temp_dir());
    let full = || fs::File::options().write(true).open("/dev/full").expect("/dev/full");
    for (version, also_errors) in [(0, false), (1, true)] {
        let mut command = story.build_command(version);
        command.stdout(full());
        if also_errors {
            command.stderr(full());
        }
        assert_eq!(command.status().expect("it starts").code(), Some(0));
        assert_eq!(story.standing(), Some(version));
    }
    // A reader that goes away before anything was said.
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    assert_eq!(story.build_command(0).stdout(writer).status().expect("it starts").code(), Some(0));
    assert_eq!(story.standing(), Some(0));
}

#[test]
fn a_folder_that_is_itself_a_mount_is_refused_with_the_reason() {
    let disk = match Mounted::memory("size=6m") {
        Ok(disk) => disk,
        Err(why) => return left_out("a mount point as output", &why),
    };
    let mut story = Story::begin(&std::env::temp_dir());
    story.public.clone_from(&disk.path);
    let said = Said::of(story.build_command(0).output().expect("it starts"));
    assert_eq!(said.code, Some(2), "{said:#?}");
    assert!(said.err.contains("is a mount point"), "{said:#?}");
    assert_eq!(fs::read_dir(&disk.path).expect("a folder").count(), 0);
}

//! Rights that are taken away, links in the place of the output, another build at the same moment: refused with a reason.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};

use walkdir::WalkDir;

use crate::place::{is_root, places, say};
use crate::story::{Said, Story, is_long};
use crate::support::output_of;

/// Who builds where the tests themselves run as the superuser, whom no permission stops: `nobody`.
const NOBODY: u32 = 65534;

/// Gives a story to somebody whom permissions stop.
fn give_away(story: &mut Story) {
    if !is_root() {
        return;
    }
    // The program may stand where only the superuser comes.
    let program = story.path("via-site");
    fs::copy(&story.program, &program).expect("copied");
    story.program = program;
    for entry in WalkDir::new(story.path("")) {
        chown(entry.expect("an entry").path(), Some(NOBODY), Some(NOBODY)).expect("given");
    }
}

fn build(story: &Story, version: usize) -> Said {
    let mut command = story.build_command(version);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    Said::of(output_of(&mut command))
}

/// What is taken away, and whether the site can be built all the same.
type Taken = (&'static str, fn(&Story) -> PathBuf, u32, bool);

#[test]
fn without_the_right_to_write_the_old_site_stays_and_the_reason_is_told() {
    let taken: [Taken; 10] = [
        ("the folder around it", |story| story.path("."), 0o555, false),
        ("the hidden folder", Story::hidden, 0o555, false),
        ("the hidden folder, wholly", Story::hidden, 0o000, false),
        ("the hidden tree", |story| story.hidden().join("tree"), 0o555, false),
        ("the hidden tree, wholly", |story| story.hidden().join("tree"), 0o000, false),
        ("the lock", |story| story.hidden().join("lock"), 0o000, false),
        ("the memo", |story| story.hidden().join("memo"), 0o000, true),
        ("the site", |story| story.public.clone(), 0o000, false),
        ("a folder of the site", |story| story.public.join("klussen"), 0o000, false),
        ("a page of the site", |story| story.public.join("index.html"), 0o000, true),
    ];
    for (place, kind) in places() {
        let mut story = Story::begin(&place);
        give_away(&mut story);
        for version in [0, 1, 0] {
            assert_eq!(build(&story, version).code, Some(0));
        }
        for (what, path, mode, works) in taken {
            assert_eq!(build(&story, 0).code, Some(0), "before {what}");
            let path = path(&story);
            let before = fs::metadata(&path).expect("there").permissions();
            fs::set_permissions(&path, Permissions::from_mode(mode)).expect("taken");
            let said = build(&story, 1);
            // A page is then another file, and what stood at its path is away.
            if path.exists() && !works {
                fs::set_permissions(&path, before).expect("given back");
            }
            if works {
                assert_eq!((said.code, story.standing()), (Some(0), Some(1)), "{what}: {said:#?}");
            } else {
                assert_eq!((said.code, story.standing()), (Some(2), Some(0)), "{what}: {said:#?}");
                assert!(said.err.contains("Permission denied"), "{what}: {said:#?}");
            }
            assert_eq!(build(&story, 1).code, Some(0), "after {what}");
            assert_eq!(story.standing(), Some(1), "after {what}");
        }
        say(&format!("{kind}: rights taken in {} places: told, and the old site stayed, or worked round.", taken.len()));
    }
}

#[test]
fn the_site_of_another_user_is_left_alone() {
    if !is_root() {
        return say("LEFT OUT: the site of another user: only the superuser can make one");
    }
    let mut story = Story::begin(&std::env::temp_dir());
    give_away(&mut story);
    assert_eq!(build(&story, 0).code, Some(0));
    chown(&story.public, Some(0), Some(0)).expect("taken");
    let said = build(&story, 1);
    assert_eq!((said.code, story.standing()), (Some(2), Some(0)), "{said:#?}");
    assert!(said.err.contains("Permission denied"), "{said:#?}");
}

#[test]
fn a_link_as_output_is_refused_with_what_to_do_and_nothing_behind_it_changes() {
    let mut story = Story::begin(&std::env::temp_dir());
    story.must_build(0);
    let real = story.public.clone();
    for (name, to) in [("link", real.clone()), ("link-to-nothing", story.path("nothing")), ("link-to-a-file", story.path("0/site.yaml"))] {
        let link = story.path(name);
        symlink(to, &link).expect("a link");
        story.public.clone_from(&link);
        let said = Said::of(story.build_command(1).output().expect("it starts"));
        assert_eq!(said.code, Some(2), "{said:#?}");
        assert!(said.err.contains("is a symbolic link: give the folder that it points to"), "{said:#?}");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink(), "the link is as it was");
        assert!(!story.hidden().exists(), "and has no neighbour");
    }
    story.public.clone_from(&real);
    assert_eq!(story.standing(), Some(0));
    // A link further up leads to a folder as any other.
    let around = story.path("around");
    symlink(story.path("."), &around).expect("a link");
    story.public = around.join("public");
    story.must_build(1);
    story.public = real;
    assert_eq!(story.standing(), Some(1));
}

#[test]
fn of_several_builds_at_once_some_publish_and_the_others_say_why_not() {
    for (place, kind) in places() {
        let story = Story::begin(&place);
        story.must_build(0);
        let done = AtomicBool::new(false);
        let (mut published, mut refused) = (0, 0);
        let read = std::thread::scope(|scope| {
            let reader = scope.spawn(|| read_until(&story, &done));
            for _ in 0..if is_long() { 100 } else { 8 } {
                let start =
                    |version| story.build_command(version).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
                let builds = [0, 1, 0, 1].map(start);
                let ended = builds.map(|build| Said::of(build.wait_with_output().expect("it ended")));
                for said in &ended {
                    match said.code {
                        Some(0) => published += 1,
                        Some(2) if said.err.contains("another build is publishing to") => refused += 1,
                        _ => panic!("{said:#?}"),
                    }
                }
                assert!(ended.iter().any(|said| said.code == Some(0)), "one of them publishes: {ended:#?}");
                assert!(story.standing().is_some());
            }
            done.store(true, Ordering::Relaxed);
            reader.join().expect("every page was whole")
        });
        story.must_build(0);
        say(&format!(
            "{kind}: of 4 builds at once {published} published and {refused} were refused; {read} pages read meanwhile were whole."
        ));
    }
}

/// Reads two files again and again, as a web server does; each must be there and be that of a version. Gives how many were read.
fn read_until(story: &Story, done: &AtomicBool) -> usize {
    let mut read = 0;
    while !done.load(Ordering::Relaxed) {
        for address in ["index.html", "build.json"] {
            let bytes = read_whole(&story.public.join(address));
            assert!(story.expected.iter().any(|expected| expected[address] == bytes), "{address} is that of a version");
            read += 1;
        }
    }
    read
}

/// A reader who is held up between two steps of a path for as long as a whole build takes would find nothing: then once more.
fn read_whole(path: &Path) -> Vec<u8> {
    fs::read(path).or_else(|_| fs::read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

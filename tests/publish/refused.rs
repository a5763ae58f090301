//! Stories about what is refused: the old site, and whatever else stands there, stays as it was.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use via_site::publish::{PublishError, read_manifest};

use crate::{SITE, Story, publish_to};

#[test]
fn a_folder_of_somebody_else_is_refused_and_gets_no_neighbour() {
    let no_list = None;
    let another_program = Some(r#"{"generator": "another 1.0", "files": {}}"#);
    let not_json = Some("via-site");
    for list in [no_list, another_program, not_json] {
        let story = Story::begin();
        fs::create_dir(story.target()).unwrap();
        fs::write(story.target().join("thesis.txt"), "years of work").unwrap();
        if let Some(list) = list {
            fs::write(story.target().join("build.json"), list).unwrap();
        }
        assert!(matches!(story.try_to_publish(&SITE), Err(PublishError::NotOurs { path }) if path == story.target()));
        assert_eq!(read_manifest(&story.target()), None);
        assert_eq!(fs::read_to_string(story.target().join("thesis.txt")).unwrap(), "years of work");
        assert!(!story.hidden("").exists());
    }
}

#[test]
fn a_link_as_target_is_refused_also_with_a_slash_at_its_end() {
    let story = Story::begin();
    let real = story.folder.path().join("real");
    fs::create_dir(&real).unwrap();
    symlink(&real, story.target()).unwrap();
    assert!(matches!(story.try_to_publish(&SITE), Err(PublishError::Symlink { .. })));
    assert!(matches!(publish_to(&story.target().join(""), &SITE), Err(PublishError::Symlink { .. })));
    assert_eq!(fs::read_dir(&real).unwrap().count(), 0);
}

#[test]
fn a_link_in_the_place_of_the_hidden_folder_or_tree_is_not_followed() {
    let story = Story::begin();
    let precious = story.folder.path().join("precious");
    fs::create_dir(&precious).unwrap();
    fs::write(precious.join("file.txt"), "precious").unwrap();

    symlink(&precious, story.folder.path().join(".public.via-site")).unwrap();
    assert!(matches!(story.try_to_publish(&SITE), Err(PublishError::Symlink { .. })));
    fs::remove_file(story.folder.path().join(".public.via-site")).unwrap();

    fs::create_dir(story.hidden("")).unwrap();
    symlink(&precious, story.hidden("tree")).unwrap();
    story.publish(&SITE);
    story.must_be(&SITE);
    assert_eq!(fs::read_to_string(precious.join("file.txt")).unwrap(), "precious");
    assert_eq!(fs::read_dir(&precious).unwrap().count(), 1);
}

#[test]
fn a_file_or_a_path_without_a_name_is_no_target() {
    let story = Story::begin();
    fs::write(story.target(), "a file").unwrap();
    assert!(matches!(story.try_to_publish(&SITE), Err(PublishError::NotADirectory { .. })));
    for path in [".", "..", "/", ""] {
        assert!(matches!(publish_to(Path::new(path), &SITE), Err(PublishError::NoName { .. })));
    }
}

#[test]
fn two_builds_at_once_are_refused_until_the_first_is_done() {
    let story = Story::with_site();
    let other_build = File::open(story.hidden("lock")).unwrap();
    other_build.try_lock().unwrap();
    let error = story.try_to_publish(&SITE[..1]).unwrap_err();
    assert!(matches!(&error, PublishError::Locked { path } if *path == story.target()));
    assert!(error.to_string().starts_with("another build is publishing to "));
    story.must_be(&SITE);
    drop(other_build);
    story.publish(&SITE[..1]);
    story.must_be(&SITE[..1]);
}

#[test]
fn permission_denied_is_an_error_with_the_path_and_the_old_site_stays_whole() {
    let story = Story::with_site();
    story.publish(&SITE[..2]);
    let folder = story.hidden("tree/vragen");
    fs::set_permissions(&folder, Permissions::from_mode(0o555)).unwrap();
    let denied = File::create(folder.join("probe")).is_err();
    let result = story.try_to_publish(&SITE);
    if denied {
        // Else the tests run as the superuser, whom nothing is denied.
        let PublishError::Io { path, source, .. } = result.unwrap_err() else { panic!("another error") };
        assert!(path.starts_with(&folder));
        assert_eq!(source.kind(), std::io::ErrorKind::PermissionDenied);
        story.must_be(&SITE[..2]);
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    }
    story.publish(&SITE);
    story.must_be(&SITE);
}

#[test]
fn a_file_that_the_system_refuses_is_an_error_and_the_old_site_stays_whole() {
    let story = Story::with_site();
    // Each part is short enough; the path as a whole is not.
    let address = vec!["x".repeat(250); 20].join("/");
    let error = story.try_to_publish(&[("index.html", "new"), (&address, "lost")]).unwrap_err();
    assert!(matches!(error, PublishError::Io { doing: "create", .. }), "{error}");
    story.must_be(&SITE);
    story.publish(&SITE[1..]);
    story.must_be(&SITE[1..]);
}

#[test]
fn an_address_that_could_do_harm_is_refused_before_anything_is_written() {
    let story = Story::begin();
    let long = "x".repeat(256);
    for address in
        ["", "/etc/passwd", "../up", "a/../../up", ".", "a/./b", "a//b", "a/", "a\\b", "a\0b", long.as_str(), "build.json", "build.json/a"]
    {
        let error = story.try_to_publish(&[("index.html", ""), (address, "")]).unwrap_err();
        assert!(matches!(error, PublishError::BadAddress { .. }), "{address:?}: {error}");
    }
    for [one, other] in [["a", "a"], ["a", "a/b"], ["a/b/c", "a/b"], ["a-b", "a-b/c"]] {
        let error = story.try_to_publish(&[(one, ""), ("a-c", ""), (other, "")]).unwrap_err();
        assert!(matches!(error, PublishError::BadAddress { .. }), "{one} {other}: {error}");
    }
    assert_eq!(fs::read_dir(story.folder.path()).unwrap().count(), 0);
    story.publish(&[("...", "dots"), ("a/build.json", "{}"), ("vragen/één vraag.html", "é"), (&long[..255], "long")]);
}

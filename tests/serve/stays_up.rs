//! What ends other programs does not end the preview: it says what is wrong, and goes on when that has passed.

use std::fs;
use std::time::Duration;

use crate::preview::Preview;
use crate::support::Site;

const FILE: &str = "content/planten/p-0001-klimroos.md";
const PAGE: &str = "/planten/p-0001.html";

#[test]
fn it_answers_before_the_first_build_has_finished_and_an_unchanged_page_costs_a_header() {
    let preview = Preview::early(&Site::of_fixture("base"), &[]);
    let first = preview.get("/");
    assert!(matches!(first.status, 200 | 503), "{}", first.status);
    preview.until("a page", || (preview.get("/").status == 200).then_some(()));
    let page = preview.get(PAGE);
    let tag = page.header("etag").expect("a tag").to_owned();
    let again = preview.ask("GET", PAGE, &[("if-none-match", &tag)], "");
    assert_eq!((again.status, again.body.len()), (304, 0));
    fs::write(preview.path(FILE), "---\nnaam: Andere\nkern: Roos.\nstaat_in: b-01\n---\n\n## Snoeien\n").expect("written");
    preview.shows(PAGE, "Andere");
    assert_eq!(preview.ask("GET", PAGE, &[("if-none-match", &tag)], "").status, 200);
    let head = preview.ask("HEAD", PAGE, &[], "");
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn a_broken_file_of_any_sort_keeps_the_last_good_page_and_is_told() {
    let preview = Preview::start();
    let broken: [(&str, &[u8]); 7] = [
        (FILE, b"---\nnaam: [\n---\n"),
        (FILE, b"\xff\xfe\x00"),
        (FILE, b"no front matter"),
        ("schema.yaml", b"kinds: [\n"),
        ("schema.yaml", b"\xff"),
        ("site.yaml", b"title: {\n"),
        ("themes/tuin/templates/entity/plant.html", b"{% block"),
    ];
    for (path, bytes) in broken {
        let before = fs::read(preview.path(path)).expect("read");
        let panel = || preview.get("/_via/panel?page=planten/p-0001.html&lang=en").body;
        fs::write(preview.path(path), bytes).expect("written");
        preview.until(&format!("{path} in the panel"), || panel().contains(path).then_some(()));
        let page = preview.get(PAGE);
        assert!(page.status == 200 && page.body.contains("Klimroos"), "{path}");
        fs::write(preview.path(path), before).expect("written");
        preview.until("an empty panel", || (!panel().contains("class=\"problem")).then_some(()));
    }
}

#[test]
fn a_site_that_was_never_good_is_told_and_then_mended() {
    let preview = Preview::early(&Site::of_fixture("base").with("schema.yaml", "kinds: ["), &[]);
    preview.until("the answer of a broken site", || (preview.get("/").status == 500).then_some(()));
    assert!(preview.get("/_via/panel?lang=nl").body.contains("schema.yaml"));
    fs::write(preview.path("schema.yaml"), Site::of_fixture("base").text("schema.yaml")).expect("written");
    preview.shows(PAGE, "Klimroos");
}

#[test]
fn a_folder_that_vanishes_and_comes_back() {
    let preview = Preview::start();
    let away = preview.root().with_extension("away");
    for folder in ["content", ""] {
        let path = if folder.is_empty() { preview.root().to_path_buf() } else { preview.path(folder) };
        let errors = || preview.said().matches("error").count();
        let before = errors();
        fs::rename(&path, &away).expect("moved away");
        preview.until("a word about it", || (errors() > before).then_some(()));
        fs::rename(&away, &path).expect("moved back");
        fs::write(preview.path(FILE), format!("---\nnaam: Terug{}\nkern: Roos.\nstaat_in: b-01\n---\n\n## Snoeien\n", folder.len()))
            .expect("written");
        preview.shows(PAGE, &format!("Terug{}", folder.len()));
    }
    // And what is in a folder that was made anew is watched.
    let text = Site::of_folder(&preview.path("content"));
    fs::remove_dir_all(preview.path("content")).expect("removed");
    text.write_to(&preview.path("content"));
    std::thread::sleep(Duration::from_millis(1500));
    fs::write(preview.path(FILE), "---\nnaam: Nieuwland\nkern: Roos.\nstaat_in: b-01\n---\n\n## Snoeien\n").expect("written");
    preview.shows(PAGE, "Nieuwland");
}

#[cfg(target_os = "linux")]
#[test]
fn where_no_more_folders_can_be_watched_it_polls_and_says_so() {
    // A user namespace of its own has limits of its own; where one cannot be had, there is nothing to see.
    let limited = "echo 3 > /proc/sys/user/max_inotify_watches";
    let can = std::process::Command::new("unshare").args(["-Ur", "sh", "-c", limited]).output();
    if !can.is_ok_and(|output| output.status.success()) {
        return;
    }
    let preview =
        Preview::inside(&["unshare", "-Ur", "sh", "-c", &format!("{limited}; exec \"$@\""), "sh"], &Site::of_fixture("base"), &[]);
    preview.until("a word about the limit", || preview.said().contains("cannot watch more folders").then_some(()));
    preview.shows(PAGE, "Klimroos");
    fs::write(preview.path(FILE), "---\nnaam: Toch\nkern: Roos.\nstaat_in: b-01\n---\n\n## Snoeien\n").expect("written");
    preview.shows(PAGE, "Toch");
}

#[cfg(unix)]
#[test]
fn a_full_disk_keeps_nothing_from_being_shown() {
    // The preview writes nothing but the page of a form, so all that a full disk can do is to cut a save short.
    let preview = Preview::start();
    fs::write(preview.path(FILE), "---\nnaam: Afgek").expect("what fitted");
    preview.until("the problem", || preview.said().contains("error").then_some(()));
    assert!(preview.get(PAGE).body.contains("Klimroos"));
    let writes = fs::read_dir(preview.root()).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = writes.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, ["content", "schema.yaml", "site.yaml", "themes"], "nothing was written");
}

#[test]
fn times_that_jump_hide_no_change() {
    let preview = Preview::with(&Site::of_fixture("base"), &["--poll"]);
    for (name, year) in [("Ooit", 1990_u64), ("Later", 2040), ("Vroeg", 1971)] {
        let file = preview.path(FILE);
        fs::write(&file, format!("---\nnaam: {name}\nkern: Roos.\nstaat_in: b-01\n---\n\n## Snoeien\n")).expect("written");
        let time = std::time::UNIX_EPOCH + Duration::from_secs((year - 1970) * 365 * 86_400);
        fs::File::options().write(true).open(&file).and_then(|file| file.set_modified(time)).expect("another time");
        preview.shows(PAGE, name);
    }
}

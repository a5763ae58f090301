//! The ways in which editors and other programs save, each of which must show as what it means.

use std::fs;
use std::time::Duration;

use crate::preview::Preview;
use crate::support::Site;

const FILE: &str = "content/planten/p-0001-klimroos.md";
const PAGE: &str = "/planten/p-0001.html";
const LIST: &str = "/planten/";

fn text(name: &str) -> String {
    format!("---\nnaam: {name}\nkern: Een roos.\nstaat_in: b-01\n---\n\n## Snoeien\n\nTekst van {name}.\n")
}

#[test]
fn an_editor_that_writes_in_place() {
    let preview = Preview::start();
    fs::write(preview.path(FILE), text("Struikroos")).expect("written");
    preview.shows(PAGE, "Struikroos");
    preview.shows(LIST, "Struikroos");
}

#[test]
fn vim_which_renames_the_old_file_away_and_writes_a_new_one() {
    let preview = Preview::start();
    let (file, backup) = (preview.path(FILE), preview.path(&format!("{FILE}~")));
    fs::write(preview.path("content/planten/.p-0001-klimroos.md.swp"), [0_u8, 1, 2]).expect("a swap file");
    fs::write(preview.path("content/planten/4913"), "").expect("vim's trial file");
    fs::remove_file(preview.path("content/planten/4913")).expect("removed");
    fs::rename(&file, &backup).expect("renamed");
    fs::write(&file, text("Vimroos")).expect("written");
    fs::remove_file(&backup).expect("removed");
    preview.shows(PAGE, "Vimroos");
    assert!(!preview.said().contains("error"), "{}", preview.said());
}

#[test]
fn vs_code_which_writes_a_temporary_file_and_renames_it_over() {
    let preview = Preview::start();
    let temporary = preview.path("content/planten/.p-0001-klimroos.md.vsctmp");
    fs::write(&temporary, text("Coderoos")).expect("written");
    fs::rename(&temporary, preview.path(FILE)).expect("renamed");
    preview.shows(PAGE, "Coderoos");
}

#[test]
fn word_which_deletes_the_old_file_before_it_renames_the_new_one() {
    let preview = Preview::start();
    let (file, temporary) = (preview.path(FILE), preview.path("content/planten/~WRD0001.tmp"));
    fs::write(&temporary, text("Woordroos")).expect("written");
    fs::remove_file(&file).expect("removed");
    std::thread::sleep(Duration::from_millis(60));
    fs::rename(&temporary, &file).expect("renamed");
    preview.shows(PAGE, "Woordroos");
    let errors: Vec<String> = preview.said().lines().filter(|line| line.contains("error")).map(str::to_owned).collect();
    assert!(errors.is_empty(), "the moment without a file was waited out: {errors:?}");
}

#[test]
fn syncthing_which_fills_a_hidden_file_and_renames_it_over() {
    let preview = Preview::start();
    let temporary = preview.path("content/planten/.syncthing.p-0001-klimroos.md.tmp");
    for part in [&text("Syncroos")[..20], &text("Syncroos")] {
        fs::write(&temporary, part).expect("a part");
        std::thread::sleep(Duration::from_millis(40));
    }
    fs::rename(&temporary, preview.path(FILE)).expect("renamed");
    preview.shows(PAGE, "Syncroos");
}

#[test]
fn a_file_that_is_written_in_halves() {
    let preview = Preview::start();
    fs::write(preview.path(FILE), "").expect("emptied");
    std::thread::sleep(Duration::from_millis(60));
    fs::write(preview.path(FILE), text("Halfroos")).expect("written");
    preview.shows(PAGE, "Halfroos");
    assert!(!preview.said().contains("error"), "the moment without text was waited out: {}", preview.said());
    // A half that stays for long is what it is: the last good page stays, and the problem is told.
    fs::write(preview.path(FILE), "---\nnaam: Hal").expect("half");
    preview.until("the problem", || preview.said().contains("error").then_some(()));
    assert!(preview.get(PAGE).body.contains("Halfroos"));
    fs::write(preview.path(FILE), text("Heelroos")).expect("whole");
    preview.shows(PAGE, "Heelroos");
}

#[test]
fn a_file_that_gets_another_name_keeps_its_address() {
    let preview = Preview::start();
    let renamed = preview.path("content/planten/p-0002-nieuwe-naam.md");
    fs::rename(preview.path("content/planten/p-0002-aardbei.md"), &renamed).expect("renamed");
    fs::write(&renamed, text("Naamroos")).expect("written");
    preview.shows("/planten/p-0002.html", "Naamroos");
    assert!(!preview.said().contains("error"), "{}", preview.said());
}

#[test]
fn files_that_come_and_go_and_folders_that_move() {
    let preview = Preview::start();
    fs::create_dir_all(preview.path("content/planten/nieuw/diep")).expect("folders");
    fs::write(preview.path("content/planten/nieuw/diep/p-0003-iris.md"), text("Iris")).expect("written");
    preview.shows(LIST, "Iris");
    fs::write(preview.path("content/planten/nieuw/diep/p-0003-iris.md"), text("Lis")).expect("written");
    preview.shows(LIST, "Lis");
    fs::rename(preview.path("content/planten/nieuw"), preview.path("content/planten/anders")).expect("moved");
    fs::write(preview.path("content/planten/anders/diep/p-0003-iris.md"), text("Zwaardlelie")).expect("written");
    preview.shows(LIST, "Zwaardlelie");
    fs::rename(preview.path("content/planten/anders"), preview.root().join("weg")).expect("moved out of the site");
    preview.lacks(LIST, "Zwaardlelie");
    fs::rename(preview.root().join("weg"), preview.path("content/planten/terug")).expect("moved in");
    preview.shows(LIST, "Zwaardlelie");
    fs::remove_dir_all(preview.path("content/planten/terug")).expect("removed");
    preview.lacks(LIST, "Zwaardlelie");
    assert_eq!(preview.get("/planten/p-0003.html").status, 404);
}

#[test]
fn a_folder_of_templates_that_is_made_while_we_watch() {
    let preview = Preview::start();
    assert!(!preview.path("templates").exists());
    fs::create_dir_all(preview.path("templates/entity")).expect("a folder");
    std::thread::sleep(Duration::from_millis(100));
    let template = "{% extends \"base.html\" %}{% block main %}<h1>{{ entity.title }}</h1>EIGEN{% endblock %}";
    fs::write(preview.path("templates/entity/klus.html"), template).expect("written");
    preview.shows("/klussen/k-0001.html", "EIGEN");
    fs::remove_dir_all(preview.path("templates")).expect("removed");
    preview.lacks("/klussen/k-0001.html", "EIGEN");
}

#[test]
fn a_save_that_changes_nothing_is_not_told() {
    let preview = Preview::start();
    let before = fs::read(preview.path(FILE)).expect("read");
    let lines = preview.said().lines().count();
    for _ in 0..5 {
        fs::write(preview.path(FILE), &before).expect("written");
        std::thread::sleep(Duration::from_millis(60));
    }
    assert_eq!(preview.said().lines().filter(|line| line.contains("klimroos")).count(), 0, "{}", preview.said());
    assert!(preview.said().lines().count() <= lines + 1);
}

#[test]
fn polling_sees_the_same() {
    let preview = Preview::with(&Site::of_fixture("base"), &["--poll"]);
    preview.until("a word about it", || preview.said().contains("again and again").then_some(()));
    for name in ["Peilroos", "Poelroos", "Peelroos"] {
        // The same length each time, so that only the time of the file, or the file itself, tells.
        fs::write(preview.path(FILE), text(name)).expect("written");
        preview.shows(PAGE, name);
    }
    fs::remove_file(preview.path("content/planten/p-0002-aardbei.md")).expect("removed");
    preview.lacks(LIST, "p-0002");
}

#[test]
fn drafts_are_shown_and_marked_unless_one_does_not_want_them() {
    let site = Site::of_fixture("base")
        .with("content/planten/p-0003-schets.md", "---\nnaam: Schets\nkern: Nog niet af.\nstaat_in: b-01\nconcept: true\n---\n");
    let preview = Preview::with(&site, &[]);
    assert!(preview.get(LIST).body.contains("<span class=\"draft\">"));
    assert!(preview.get("/planten/p-0003.html").body.contains("Schets"));
    let preview = Preview::with(&site, &["--drafts=false"]);
    assert!(!preview.get(LIST).body.contains("Schets"));
    assert_eq!(preview.get("/planten/p-0003.html").status, 404);
}

//! Sources that somebody saves while a build reads them: every page is made of one state of its file, and the memo knows which.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::place::{places, say};
use crate::story::{Said, Story, chance, is_long, versions, whole};

const PAGE: &str = "content/klussen/k-0001-rozen-snoeien.md";

/// The page as it stands in the fixture, with a word that tells in which state it was read in several of its fields.
fn page(state: &str) -> String {
    let text = versions()[0].text(PAGE).replace("Rozen snoeien", &format!("Rozen {state} snoeien"));
    format!("{text}\nEerst {state} kijken, dan {state} knippen.\n")
}

const STATES: [&str; 2] = ["toestandeen", "toestandtwee"];

/// Saves as most editors do: whole and at once.
fn save(path: &Path, text: &str) {
    let new = path.with_extension("new~");
    fs::write(&new, text).expect("written");
    fs::rename(&new, path).expect("renamed");
}

#[test]
fn a_page_saved_while_it_is_read_is_old_or_new_and_the_next_build_sees_the_last_state() {
    for (place, kind) in places() {
        let (mut random, seed) = chance();
        let story = Story::begin(&place);
        let source = story.sources(0).join(PAGE);
        // What each state makes where nothing was before.
        let expected = STATES.map(|state| {
            save(&source, &page(state));
            fs::remove_dir_all(&story.public).ok();
            let said = Said::of(story.build_command(0).output().expect("it starts"));
            assert_eq!(said.code, Some(0), "{said:#?}");
            whole(&story.public).expect("a site")
        });
        assert!(expected[0] != expected[1]);
        let (mut mixed, mut recalled) = (0, 0);
        let rounds = if is_long() { 300 } else { 25 };
        for _ in 0..rounds {
            let done = AtomicBool::new(false);
            let last = std::thread::scope(|scope| {
                let pause = random.u64(100..4000);
                let editor = scope.spawn({
                    let (done, source) = (&done, &source);
                    move || {
                        let mut saves = 0;
                        while !done.load(Ordering::Relaxed) {
                            saves += 1;
                            save(source, &page(STATES[saves % 2]));
                            std::thread::sleep(std::time::Duration::from_micros(pause));
                        }
                        saves % 2
                    }
                });
                let said = Said::of(story.build_command(0).output().expect("it starts"));
                done.store(true, Ordering::Relaxed);
                assert_eq!(said.code, Some(0), "{said:#?}");
                editor.join().expect("it saved")
            });
            let files = whole(&story.public).expect("a site");
            for (address, bytes) in &files {
                let text = String::from_utf8_lossy(bytes);
                assert!(!(text.contains(STATES[0]) && text.contains(STATES[1])), "{address} is made of one state");
            }
            mixed += usize::from(!expected.contains(&files));
            let said = Said::of(story.build_command(0).output().expect("it starts"));
            assert_eq!(said.code, Some(0), "{said:#?}");
            recalled += usize::from(said.out.contains("nothing was made"));
            assert!(whole(&story.public).expect("a site") == expected[last], "the last state is published: {said:#?}");
        }
        say(&format!(
            "{kind}: {rounds} builds over a page that was saved all the time (seed {seed}): every site whole, {mixed} of them of two \
             states; the next build made the last state each time, {recalled} times from memory, rightly."
        ));
    }
}

#[test]
fn a_page_half_saved_is_told_or_published_as_it_was_read_and_never_breaks_a_build() {
    let story = Story::begin(&std::env::temp_dir());
    let source = story.sources(0).join(PAGE);
    let text = page(STATES[0]);
    save(&source, &text);
    let (mut random, seed) = chance();
    let mut told = 0;
    let rounds = if is_long() { 200 } else { 15 };
    for _ in 0..rounds {
        let done = AtomicBool::new(false);
        let before = whole(&story.public);
        let cut = random.usize(..text.len());
        let said = std::thread::scope(|scope| {
            let editor = scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    // As some editors do: emptied first, then written, in parts.
                    fs::write(&source, &text.as_bytes()[..cut]).expect("written");
                    std::thread::sleep(std::time::Duration::from_micros(300));
                    fs::write(&source, &text).expect("written");
                }
            });
            let said = Said::of(story.build_command(0).output().expect("it starts"));
            done.store(true, Ordering::Relaxed);
            editor.join().expect("it saved");
            said
        });
        match said.code {
            Some(0) => assert!(whole(&story.public).is_some()),
            Some(1) => {
                told += 1;
                assert!(whole(&story.public) == before, "the old site stays: {said:#?}");
            }
            _ => panic!("{said:#?}"),
        }
    }
    let said = Said::of(story.build_command(0).output().expect("it starts"));
    assert_eq!(said.code, Some(0), "{said:#?}");
    say(&format!("{rounds} builds over a page that was half saved (seed {seed}): {told} said what is wrong and left the old site."));
}

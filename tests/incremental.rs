//! A pipeline that was kept over any series of edits gives what a fresh one gives: the same outputs and the same words about
//! what is wrong, byte for byte. And a folder that is looked at again in part is the folder as it is.

#![allow(clippy::disallowed_methods, reason = "the stories are editors: they write files")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fs;
use std::sync::Mutex;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use support::{Site, options};
use via_site::diagnostic::{Format, render};
use via_site::pipeline::{Options, Pipeline};
use via_site::snapshot::Snapshot;
use via_site::source::{self, Folder, Look};

/// So many series of edits.
const SCRIPTS: u32 = 1000;

/// One save of an editor, or one thing that a program does to the folder.
#[derive(Debug, Clone)]
enum Edit {
    /// A sentence at the end of a page.
    Sentence(Index, u8),
    /// Another value of the first field, which is the title in most files.
    Title(Index, u8),
    /// A line of front matter: a relation, a state, a draft, an alias, a removal.
    Line(Index, usize),
    /// A new page.
    Add(usize, u8),
    /// Another name behind the id.
    Rename(Index, u8),
    Delete(Index),
    /// Something that is no page any more.
    Break(Index, usize),
    /// As it was at the start.
    Mend(Index),
    /// All files of a folder, one folder deeper or back.
    Move(usize),
    /// A replacement in the schema, the configuration, the theme: on if it is off, off if it is on.
    Switch(usize),
    /// A file that is no page.
    Asset(u8),
    /// Everything as it was at the start.
    MendAll,
}

const LINES: [&str; 12] = [
    "staat_in: b-01",
    "staat_in: b-02",
    "staat_in: b-99",
    "gaat_over: p-0002",
    "komt_na: k-0002",
    "stand: klaar",
    "stand: bezig",
    "kleur: geel",
    "concept: true",
    "ook_bekend: [Rozelaar, /oud/adres]",
    "verwijderd: {datum: 2026-01-01, reden: Weg.}",
    "onbekend: 1",
];

const NEW: [(&str, &str); 5] = [
    ("content/planten/p-00{n}-nieuw.md", "---\nnaam: Nieuw {n}\nkern: Nieuw.\nstaat_in: b-01\n---\n\nZie [[p-0001]] en [[k-0001#Kop]].\n"),
    ("content/plekken/b-{n}.md", "---\nnaam: Plek {n}\n---\n\n## Kop\n\nMet mulch.\n"),
    ("content/klussen/k-00{n}.md", "---\nnaam: Klus {n}\nstand: open\ngaat_over: p-0001\nkomt_na: k-0001\n---\n\nNa [@tuinboek-2019].\n"),
    ("content/woorden/woord-{n}.md", "---\nwoord: woord {n}\nbetekenis: Een woord.\n---\n"),
    ("content/paginas/bladzijde-{n}.en.md", "---\ntitel: Page {n}\n---\n"),
];

const BROKEN: [&[u8]; 5] = [b"", b"---\nnaam: [\n---\n", b"\xff\xfe", b"geen begin", b"---\nnaam: Half"];

const SWITCHES: [(&str, &str, &str); 14] = [
    ("schema.yaml", "label: {nl: Staat in, en: Stands in}", "label: {nl: Groeit in, en: Grows in}"),
    ("schema.yaml", "plural: {nl: planten, en: plants}", "plural: {nl: gewassen, en: crops}"),
    ("schema.yaml", "rood: {label: {nl: rood, en: red}}", "rood: {label: {nl: vuurrood, en: fiery}}"),
    ("schema.yaml", "    folder: klussen\n", "    folder: klussen\n    address: taken\n"),
    ("schema.yaml", "    glossary: true\n", ""),
    ("schema.yaml", "kinds:\n", "kinds: [\n"),
    ("site.yaml", "De volkstuin", "De moestuin"),
    ("site.yaml", "languages: [nl, en]", "languages: [nl]"),
    ("site.yaml", "raw_html: [kbd]", "raw_html: [kbd]\npage_size: 1"),
    ("site.yaml", "theme: tuin", "theme: via"),
    ("site.yaml", "base_url:", "base_ulr:"),
    ("themes/tuin/static/style.css", "60ch", "50ch"),
    ("themes/tuin/templates/entity/plant.html", "<h1>", "<h1 class=\"groot\">"),
    ("themes/tuin/templates/entity/plant.html", "{% endblock %}", "{% endblok %}"),
];

fn edit() -> impl Strategy<Value = Edit> {
    let file = any::<Index>;
    prop_oneof![
        6 => (file(), any::<u8>()).prop_map(|(file, word)| Edit::Sentence(file, word)),
        4 => (file(), any::<u8>()).prop_map(|(file, word)| Edit::Title(file, word)),
        6 => (file(), 0..LINES.len()).prop_map(|(file, line)| Edit::Line(file, line)),
        4 => (0..NEW.len(), 10_u8..14).prop_map(|(kind, number)| Edit::Add(kind, number)),
        3 => (file(), any::<u8>()).prop_map(|(file, word)| Edit::Rename(file, word)),
        2 => file().prop_map(Edit::Delete),
        2 => (file(), 0..BROKEN.len()).prop_map(|(file, how)| Edit::Break(file, how)),
        4 => file().prop_map(Edit::Mend),
        1 => (0..4_usize).prop_map(Edit::Move),
        5 => (0..SWITCHES.len()).prop_map(Edit::Switch),
        1 => (0..3_u8).prop_map(Edit::Asset),
        2 => Just(Edit::MendAll),
    ]
}

/// Where a page stands after one edit more; what cannot be done is left.
fn apply(site: &mut Site, start: &Site, edit: &Edit) {
    let pages: Vec<String> = site.files.keys().filter(|path| path.starts_with("content/")).cloned().collect();
    let chosen = |index: &Index| (!pages.is_empty()).then(|| index.get(&pages).clone());
    let change = |site: &mut Site, path: &str, change: &dyn Fn(&str) -> String| {
        if let Some(bytes) = site.files.get_mut(path)
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            *bytes = change(text).into_bytes();
        }
    };
    match edit {
        Edit::Sentence(file, word) => chosen(file).into_iter().for_each(|path| {
            change(site, &path, &|text| format!("{text}\nZin {word} over mulch en [[p-0002]].\n"));
        }),
        Edit::Title(file, word) => chosen(file).into_iter().for_each(|path| {
            change(site, &path, &|text| {
                text.lines()
                    .enumerate()
                    .map(|(at, line)| if at == 1 { format!("{} {word}\n", line.trim_end()) } else { format!("{line}\n") })
                    .collect()
            });
        }),
        Edit::Line(file, line) => chosen(file).into_iter().for_each(|path| {
            let key = LINES[*line].split(':').next().expect("a key");
            change(site, &path, &|text| {
                let without: String =
                    text.lines().filter(|line| !line.starts_with(&format!("{key}:"))).map(|line| format!("{line}\n")).collect();
                without.replacen("---\n", &format!("---\n{}\n", LINES[*line]), 1)
            });
        }),
        Edit::Add(kind, number) => {
            let (path, text) = NEW[*kind];
            let fill = |text: &str| text.replace("{n}", &number.to_string());
            site.files.insert(fill(path), fill(text).into_bytes());
        }
        Edit::Rename(file, word) => chosen(file).into_iter().for_each(|path| {
            let renamed = path.replace(".md", &format!("-{word}.md"));
            if let Some(bytes) = site.files.remove(&path) {
                site.files.insert(renamed, bytes);
            }
        }),
        Edit::Delete(file) => chosen(file).into_iter().for_each(|path| drop(site.files.remove(&path))),
        Edit::Break(file, how) => chosen(file).into_iter().for_each(|path| drop(site.files.insert(path, BROKEN[*how].to_vec()))),
        Edit::Mend(file) => {
            let first: Vec<&String> = start.files.keys().collect();
            let path = (*file.get(&first)).clone();
            site.files.insert(path.clone(), start.files[&path].clone());
        }
        Edit::Move(folder) => {
            let folder = ["planten", "klussen", "plekken", "woorden"][*folder];
            let (flat, deep) = (format!("content/{folder}/"), format!("content/{folder}/dieper/"));
            let inside = pages.iter().any(|path| path.starts_with(&deep));
            for path in pages.iter().filter(|path| path.starts_with(&flat)) {
                let moved = if inside { path.replace(&deep, &flat) } else { path.replace(&flat, &deep) };
                if let Some(bytes) = site.files.remove(path) {
                    site.files.insert(moved, bytes);
                }
            }
        }
        Edit::Switch(which) => {
            let (path, off, on) = SWITCHES[*which];
            change(site, path, &|text| {
                if text.contains(off) { text.replacen(off, on, 1) } else { text.replacen(on, off, usize::from(!on.is_empty())) }
            });
        }
        Edit::Asset(number) => drop(site.files.insert("content/planten/lijst.csv".to_owned(), vec![b'a'; usize::from(*number) + 1])),
        Edit::MendAll => *site = start.clone(),
    }
}

/// All outputs of a snapshot, and all that is wrong with it in words.
fn all(snapshot: &Snapshot) -> (BTreeMap<String, Vec<u8>>, String) {
    let outputs = Mutex::new(BTreeMap::new());
    let take = |address: &str, bytes: &[u8]| {
        outputs.lock().expect("nobody panicked").insert(address.to_owned(), bytes.to_vec());
        Ok::<(), Infallible>(())
    };
    let diagnostics = match snapshot.each(take) {
        Ok((diagnostics, _)) => diagnostics,
        Err(never) => match never {},
    };
    (outputs.into_inner().expect("nobody panicked"), render(&diagnostics, &snapshot.sources, "nl", Format::Json, false))
}

fn same(kept: &Snapshot, fresh: &Snapshot) -> Result<(), TestCaseError> {
    let ((kept_outputs, kept_words), (fresh_outputs, fresh_words)) = (all(kept), all(fresh));
    prop_assert_eq!(kept_words, fresh_words);
    let addresses = |outputs: &BTreeMap<String, Vec<u8>>| outputs.keys().cloned().collect::<Vec<_>>();
    prop_assert_eq!(addresses(&kept_outputs), addresses(&fresh_outputs));
    let different: Vec<&String> =
        kept_outputs.iter().filter(|(address, bytes)| fresh_outputs[*address] != **bytes).map(|(address, _)| address).collect();
    prop_assert!(different.is_empty(), "these differ: {:?}", different);
    Ok(())
}

fn runner(cases: u32, seed: u8) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]))
}

#[test]
fn a_pipeline_that_was_kept_gives_what_a_fresh_one_gives() {
    // Two threads that share a site as small as this one wait for each other more than they work.
    let alone = |seed| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        pool.install(|| kept_and_fresh_are_the_same(SCRIPTS / 2, seed));
    };
    std::thread::scope(|threads| {
        for half in [1, 2].map(|seed| threads.spawn(move || alone(seed))) {
            half.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
}

fn kept_and_fresh_are_the_same(scripts: u32, seed: u8) {
    let start = Site::of_fixture("base");
    let options = Options { drafts: true, ..options() };
    let script = proptest::collection::vec(edit(), 1..7);
    let result = runner(scripts, seed).run(&script, |script| {
        let mut site = start.clone();
        let mut kept = Pipeline::new(options.clone());
        let mut last = kept.update(site.sources());
        for edit in &script {
            apply(&mut site, &start, edit);
            last = kept.update(site.sources());
        }
        same(&last, &Pipeline::new(options.clone()).update(site.sources()))
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_folder_that_is_looked_at_in_part_is_the_folder_as_it_is() {
    let start = Site::of_fixture("base");
    let script = proptest::collection::vec(edit(), 1..12);
    let result = runner(60, 0).run(&script, |script| {
        let disk = start.on_disk();
        let root = disk.path();
        let mut folder = Folder::new(root);
        folder.look(Look::Everywhere);
        let mut site = start.clone();
        for (turn, edit) in script.iter().enumerate() {
            let before = site.clone();
            apply(&mut site, &start, edit);
            let mut touched = BTreeSet::new();
            for path in before.files.keys().filter(|path| !site.files.contains_key(*path)) {
                fs::remove_file(root.join(path)).expect("removed");
                touched.insert(root.join(path));
            }
            for (path, bytes) in site.files.iter().filter(|(path, bytes)| before.files.get(*path) != Some(bytes)) {
                let file = root.join(path);
                fs::create_dir_all(file.parent().expect("a folder")).expect("made");
                fs::write(&file, bytes).expect("written");
                // Sometimes the system names the folder only.
                touched.insert(if turn % 2 == 0 { file } else { file.parent().expect("a folder").to_path_buf() });
            }
            let unchanged = folder.sources();
            folder.look(Look::At(&touched));
            for file in folder.sources().files() {
                let old = unchanged.get(&file.path).filter(|old| old.bytes() == file.bytes());
                prop_assert!(old.is_none_or(|old| std::sync::Arc::ptr_eq(&old.bytes(), &file.bytes())), "{} was copied", file.path);
            }
        }
        let fresh = source::read(root).0;
        let paths = |sources: &source::Sources| sources.files().iter().map(|file| file.path.clone()).collect::<Vec<_>>();
        prop_assert_eq!(paths(&folder.sources()), paths(&fresh));
        let now = folder.sources();
        let different = fresh.files().iter().filter(|file| now.get(&file.path).is_none_or(|kept| kept.bytes() != file.bytes()));
        prop_assert_eq!(different.map(|file| file.path.to_string()).collect::<Vec<_>>(), Vec::<String>::new());
        let changes = folder.look(Look::Everywhere);
        prop_assert!(changes.is_empty(), "nothing was missed: {:?}", changes);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

//! The same input gives the same bytes: whatever the number of threads, the folder, and the order of the files.

#![allow(clippy::disallowed_methods, reason = "the stories look at the disk")]

mod support;

use std::convert::Infallible;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use support::{Outputs, Site, options, outputs, own_site};
use via_site::diagnostic::{Format, render};
use via_site::pipeline::{self, Pipeline};
use via_site::source::{self, Sources};

fn build(sources: &Sources) -> Outputs {
    let outcome = pipeline::run(sources, &options());
    assert!(!outcome.has_errors());
    outputs(outcome)
}

fn first() -> &'static Outputs {
    static FIRST: OnceLock<Outputs> = OnceLock::new();
    FIRST.get_or_init(|| build(&own_site()))
}

/// Compares without printing hundreds of pages.
fn same(other: &Outputs) {
    let addresses = |outputs: &Outputs| outputs.keys().cloned().collect::<Vec<_>>();
    assert_eq!(addresses(first()), addresses(other));
    let different: Vec<&String> =
        first().iter().filter(|(address, bytes)| other[*address] != **bytes).map(|(address, _)| address).collect();
    assert!(different.is_empty(), "{} differ: {:?}", different.len(), &different[..different.len().min(10)]);
}

#[test]
fn our_own_site_has_neither_errors_nor_warnings() {
    let sources = own_site();
    let outcome = pipeline::run(&sources, &options());
    assert!(outcome.diagnostics.is_empty(), "{}", render(&outcome.diagnostics, &sources, "nl", Format::Human, false));
    assert!(outcome.outputs.len() > 500);
}

#[test]
fn one_thread_and_two_give_the_same_and_so_does_a_second_run() {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        same(&pool.install(|| build(&own_site())));
    }
}

#[test]
fn two_folders_give_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut site = Site::default();
    for file in source::read(root).0.files() {
        site.files.insert(file.path.to_string(), file.bytes().to_vec());
    }
    let short = site.on_disk();
    let long = tempfile::TempDir::with_prefix("een-heel-andere-map-met-een-veel-langere-naam-").expect("a folder");
    site.write_to(long.path());
    for folder in [short.path(), long.path()] {
        let (sources, problems) = source::read(folder);
        assert!(problems.is_empty(), "{problems:?}");
        same(&build(&sources));
    }
}

#[cfg(unix)]
#[test]
fn whose_machine_it_is_makes_no_difference() {
    let folder = Site::of_fixture("base").on_disk();
    let built = |name: &str, machine: [&str; 4], umask: &str| {
        let [language, zone, home, threads] = machine;
        let output = folder.path().join(name);
        // A shell sets what new files may be read by; the day is the only thing that a build asks of the clock.
        let status = std::process::Command::new("sh")
            .args(["-c", "umask \"$1\"; shift; exec \"$@\"", "sh", umask, env!("CARGO_BIN_EXE_via-site"), "build", "--date", "2026-11-23"])
            .args(["--jobs", threads, "--output"])
            .arg(&output)
            .current_dir(folder.path())
            .envs([("LANG", language), ("LC_ALL", language), ("TZ", zone), ("HOME", home), ("USER", home), ("HOSTNAME", home)])
            .output()
            .expect("it starts");
        assert!(status.status.success(), "{status:?}");
        let mut files = std::collections::BTreeMap::new();
        support::collect(&output, &output, &mut files);
        files
    };
    let one = built("one", ["C", "UTC", "/root", "1"], "022");
    assert!(one.len() > 100);
    for (number, machine) in
        [["tr_TR.UTF-8", "Pacific/Kiritimati", "/", "2"], ["nl_NL.UTF-8", "America/Adak", "/home/x", "7"]].into_iter().enumerate()
    {
        for umask in ["000", "077"] {
            assert!(built(&format!("other-{number}-{umask}"), machine, umask) == one, "{machine:?} {umask}");
        }
    }
}

#[test]
fn a_build_that_reads_pages_once_and_forgets_their_text_makes_what_one_that_keeps_all_makes() {
    for left_out in ["search", "open_data", "search, open_data"] {
        let mut site = Site::of_fixture("base");
        site.files.get_mut("site.yaml").expect("a site").extend(format!("\nleave_out: [{left_out}]\n").bytes());
        let folder = site.on_disk();
        let (sources, _) = source::list(folder.path());
        let snapshot = Pipeline::once(options()).update(sources);
        let made = Mutex::new(Outputs::new());
        let put = |address: &str, bytes: &[u8]| {
            made.lock().expect("no panic").insert(address.to_owned(), bytes.to_vec());
            Ok::<(), Infallible>(())
        };
        assert!(snapshot.each(put).is_ok_and(|(diagnostics, _)| diagnostics.is_empty()));
        assert!(made.into_inner().expect("no panic") == build(&source::read(folder.path()).0), "without {left_out}");
    }
}

#[test]
fn the_order_in_which_files_are_given_does_not_matter() {
    let mut files: Vec<(String, Vec<u8>)> = own_site().files().iter().map(|file| (file.path.to_string(), file.bytes().to_vec())).collect();
    files.reverse();
    same(&build(&Sources::from_files(files.clone())));
    // Any order that has nothing to do with the names.
    files.sort_by_key(|(path, bytes)| (bytes.len() % 97, path.len(), bytes.last().copied()));
    same(&build(&Sources::from_files(files)));
}

#[test]
fn nothing_in_the_site_tells_where_it_was_made() {
    let folder = env!("CARGO_MANIFEST_DIR");
    let telling: Vec<&String> =
        first().iter().filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(folder)).map(|(address, _)| address).collect();
    assert!(telling.is_empty(), "{telling:?}");
}

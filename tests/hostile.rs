//! Hostile content: what the fuzzers found worth keeping is played again, each by the target that found it.

#![allow(clippy::disallowed_methods, reason = "the corpus lies on the disk")]

#[path = "hostile/mod.rs"]
mod hostile;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use hostile::TARGETS;

/// Panics on any thread, also on those that catch them.
static PANICS: AtomicUsize = AtomicUsize::new(0);

#[test]
fn every_input_that_is_kept_does_no_harm() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        usual(panic);
    }));
    let mut wrong = Vec::new();
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
        let mut files: Vec<_> = std::fs::read_dir(&folder).expect("a corpus").map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{name} has a corpus");
        for file in files {
            let bytes = std::fs::read(&file).expect("readable");
            let before = PANICS.load(Ordering::SeqCst);
            let ended = catch_unwind(AssertUnwindSafe(|| target(&bytes)));
            if ended.is_err() || PANICS.load(Ordering::SeqCst) > before {
                wrong.push(file);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

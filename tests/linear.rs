//! What is repeated costs in proportion to its number, and what is nested without end is refused or shown: whatever the token.
//!
//! Work is measured as the processor's time of this process, so that a busy machine does not count. In the ordinary run four
//! times as much may cost at most eight times as much (a square would be sixteen); with `VIA_SITE_LONG`, which is for
//! `cargo test --release` on a quiet machine, 1 MB may cost at most a second.

#![cfg(unix)] // What it does to the disk or the clock, Windows does in other words.
#![allow(clippy::disallowed_methods, reason = "the stories look at the machine")]

mod support;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use support::{Site, options};
use via_site::diagnostic::{Format, render};
use via_site::pipeline;
use via_site::source::Sources;

const PAGE: &str = "content/planten/p-0003-iets.md";

/// What the fuzzers and the specifications know to be an opener, a separator, or odd: for a body.
const BODY: [&str; 104] = [
    "[",
    "]",
    "![",
    "[[",
    "]]",
    "![[",
    "](",
    "[](",
    "[x](",
    "[x](<",
    "[x][",
    "[x]: ",
    "[x]: y\n",
    "[x]\n\n",
    "*",
    "**",
    "**a",
    "*a",
    "*a_",
    "a**b",
    "_",
    "__",
    "_a ",
    "~",
    "~~a",
    "`",
    "``",
    "`a",
    "`a ``",
    "\\`",
    "<",
    "<a",
    "<a ",
    "<a b=",
    "<a b='",
    "</",
    "</a",
    "<!",
    "<!--",
    "<!-- -",
    "<!A",
    "<![CDATA[",
    "<?",
    "<kbd>",
    "</kbd>",
    "<kbd",
    "<http://",
    "<a@b",
    "&",
    "&#",
    "&#x",
    "&#x41",
    "&amp",
    "&amp;",
    "|",
    "| a ",
    "|\n|-|\n",
    "a|b\n-|-\n",
    "\n|",
    "> ",
    ">\n",
    "> a\n",
    "- ",
    "-\n",
    "- a\n",
    "+ a\n",
    "1. ",
    "1. a\n",
    "1) a\n\n",
    "#",
    "# ",
    "# a\n",
    "a\n=\n",
    "---\n",
    "$",
    "$$",
    "$a",
    "$a$ ",
    "$\\frac{",
    "~~~",
    "~~~\n",
    "```\n",
    "```html\n",
    "~~~chart\n",
    "[^1]",
    "[^1]: ",
    "[^",
    "[^1]\n\n[^1]: a\n\n",
    "[@b-0001]",
    "[@",
    "@b-01 ",
    "{",
    "}",
    "\"",
    "'",
    "\t",
    "    a\n",
    "\n",
    " \n",
    "\\",
    "\0",
    "http://",
    "www.",
    "https://a.nl/ ",
];

/// The same in other alphabets, and what the garden knows by name.
const WORDS: [&str; 24] = [
    "a",
    "a ",
    "e\u{301}",
    "\u{301}",
    "\u{202e}",
    "\u{200f}",
    "\u{200d}",
    "𝄞",
    "👩‍👩‍👧",
    "é",
    "ß",
    "İ",
    "p-0001 ",
    "[[p-0001]] ",
    "[[p-0001]]",
    "b-01 ",
    "mulch ",
    "mulch",
    "compost. ",
    "1",
    "1.",
    "a.b.",
    "!",
    "aa-",
];

/// For front matter.
const YAML: [&str; 34] = [
    "[", "]", "{", "}", "- ", "- a\n", "a: ", "a: b\n", "? ", "? a\n", "&a ", "*a ", "!!", "!a ", "!<", "\"", "'", "\"\"", "''", "|\n",
    ">\n", ",", "[a, ", "{a: ", "#", " # a\n", "%", "@", "`", "\\", "\\x", "\t", "\u{301}", "é ",
];

static ALONE: Mutex<()> = Mutex::new(());

fn is_long() -> bool {
    std::env::var_os("VIA_SITE_LONG").is_some()
}

/// The processor's time that all threads of this process have taken.
fn processor() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// A page with this front matter and body among the others of the garden: read, linked, planned, rendered, and all told.
fn build(garden: &Site, page: &str) -> Duration {
    let sources: Sources = garden.clone().with(PAGE, page).sources();
    let before = processor();
    let outcome = pipeline::run(&sources, &options());
    let said = render(&outcome.diagnostics, &sources, "nl", Format::Human, false);
    assert!(!outcome.outputs.is_empty() || !said.is_empty(), "neither built nor refused with a reason");
    processor().saturating_sub(before)
}

fn repeated(token: &str, bytes: usize) -> String {
    token.repeat(bytes.div_ceil(token.len()))
}

fn body(text: &str) -> String {
    format!("---\nnaam: Iets\nkern: Iets.\nstaat_in: b-02\n---\n\n{text}\n")
}

/// Each place in front matter where a text may stand.
fn front_matter(text: &str) -> [String; 3] {
    [
        format!("---\nnaam: Iets\nkern: {text}\nstaat_in: b-02\n---\n\nTekst.\n"),
        format!("---\nnaam: Iets\nkern: Iets.\nook_bekend: [{text}]\n---\n\nTekst.\n"),
        format!("---\n{text}\n---\n\nTekst.\n"),
    ]
}

/// What is wrong with the cost of a page that grows by this token, if anything.
fn fault(garden: &Site, token: &str, page: &dyn Fn(&str) -> String) -> Option<String> {
    if is_long() {
        let best = (0..3).map(|_| build(garden, &page(&repeated(token, 1 << 20)))).find(|time| *time <= Duration::from_secs(1));
        return best.is_none().then(|| format!("{token:?}: 1 MB takes more than a second"));
    }
    let cost = |bytes| build(garden, &page(&repeated(token, bytes))).saturating_sub(build(garden, &page("a")));
    let mut seen = Vec::new();
    for _ in 0..3 {
        let (few, many) = (cost(16 << 10), cost(64 << 10));
        // What is this little is too little to judge, and to mind.
        if many < Duration::from_millis(100) || many < few * 8 {
            return None;
        }
        seen.push(format!("{few:.1?} and {many:.1?}"));
    }
    Some(format!("{token:?}: 16 and 64 kB take {}", seen.join(", ")))
}

fn held(faults: &[String]) {
    assert!(faults.is_empty(), "{} tokens:\n{}", faults.len(), faults.join("\n"));
}

#[test]
#[ignore = "takes many minutes; the long run has it"]
fn a_token_of_a_body_that_is_repeated_costs_in_proportion() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let garden = Site::of_fixture("base");
    let tokens = BODY.iter().chain(&WORDS);
    held(&tokens.filter_map(|token| fault(&garden, token, &body)).collect::<Vec<_>>());
}

#[test]
#[ignore = "takes many minutes; the long run has it"]
fn two_or_three_tokens_of_a_body_that_are_repeated_cost_in_proportion() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let garden = Site::of_fixture("base");
    let mut chance = fastrand::Rng::with_seed(7);
    let tokens: Vec<&str> = BODY.into_iter().chain(WORDS).collect();
    let together = (0..if is_long() { 2000 } else { 60 })
        .map(|turn| (0..2 + turn % 2).map(|_| tokens[chance.usize(..tokens.len())]).collect::<String>());
    held(&together.filter_map(|token| fault(&garden, &token, &body)).collect::<Vec<_>>());
}

#[test]
fn a_token_of_front_matter_that_is_repeated_costs_in_proportion() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let garden = Site::of_fixture("base");
    let mut faults = Vec::new();
    for token in YAML {
        for place in 0..3 {
            faults.extend(fault(&garden, token, &|text| front_matter(text)[place].clone()).map(|fault| format!("place {place}, {fault}")));
        }
    }
    held(&faults);
}

#[test]
fn of_a_file_with_more_problems_than_anybody_reads_the_first_are_told_and_the_others_counted() {
    let garden = Site::of_fixture("base").with(PAGE, body(&"<u>a</u> ".repeat(300)));
    let told = garden.run().diagnostics;
    assert_eq!(told.iter().filter(|told| told.code == "raw-html").count(), 200);
    let [more] = told.iter().filter(|told| told.code == "more-problems").collect::<Vec<_>>()[..] else {
        panic!("the rest is counted, once")
    };
    assert_eq!(more.file.as_deref(), Some(PAGE));
    assert_eq!(via_site::diagnostic::Texts::of("en").message(more), "Other problems in this file: 100.");
}

#[test]
fn a_hundred_thousand_levels_are_shown_or_refused_with_a_reason() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let garden = Site::of_fixture("base");
    let deep = 100_000;
    let stairs: String = (0..1000).map(|level| format!("{}- a\n", "  ".repeat(level))).collect();
    let bodies = [
        ("quotes", "> ".repeat(deep) + "a"),
        ("quotes without spaces", ">".repeat(deep)),
        ("lists", "- ".repeat(deep) + "a"),
        ("numbered lists", "1. ".repeat(deep) + "a"),
        ("a list as stairs", stairs.clone()),
        ("brackets", "[".repeat(deep) + "a" + &"]".repeat(deep)),
        ("links", "[".repeat(deep) + "a" + &"](b)".repeat(deep)),
        ("pictures", "![".repeat(deep) + "a" + &"](b)".repeat(deep)),
        ("emphasis", "*a ".repeat(deep) + &"a* ".repeat(deep)),
        ("strong emphasis", "**a ".repeat(deep) + &"a** ".repeat(deep)),
        ("two sorts of emphasis", "*a _b ".repeat(deep) + &"b_ a* ".repeat(deep)),
        ("raw elements", "<kbd>".repeat(deep) + "a" + &"</kbd>".repeat(deep)),
        ("formulas", format!("$${}{}$$", "{".repeat(deep), "}".repeat(deep))),
        ("fractions", format!("$${}{}$$", "\\frac{".repeat(deep), "}{a}".repeat(deep))),
        ("notes", (0..1000).map(|at| format!("[^{at}]: a [^{}]\n\n", at + 1)).collect::<String>() + "[^0]"),
    ];
    for (what, text) in bodies {
        eprintln!("{what}: {:.1?}", build(&garden, &body(&text)));
    }
    let yaml = [
        ("flow sequences", "[".repeat(deep) + &"]".repeat(deep)),
        ("flow mappings", "{a: ".repeat(deep) + &"}".repeat(deep)),
        ("block sequences", "\n  ".to_owned() + &"- ".repeat(deep) + "a"),
        ("complex keys", "\n  ".to_owned() + &"? ".repeat(deep) + "a"),
        ("block sequences as stairs", "\n".to_owned() + &stairs),
        ("flow sequences without end", "[".repeat(deep)),
    ];
    for (what, text) in yaml {
        for page in front_matter(&text) {
            eprintln!("{what}: {:.1?}", build(&garden, &page));
            let outcome = garden.clone().with(PAGE, page).run();
            assert!(outcome.diagnostics.iter().any(|told| told.file.as_deref() == Some(PAGE)), "{what}: refused with a reason");
        }
    }
}

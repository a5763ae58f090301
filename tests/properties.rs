//! Whatever an editor types, the program answers with a diagnostic at a place that exists, and never falls over.

mod support;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use support::Site;
use via_site::date::PartialDate;
use via_site::diagnostic::{Diagnostic, Format, SourceText, nearest, render};
use via_site::document::slug;
use via_site::source::Sources;

/// What breaks parsers: structure where none is due, endless nesting, half characters, other alphabets, control characters.
const NASTY: [&str; 58] = [
    "---",
    "\n---\n",
    "\u{feff}",
    "\r\n",
    "\r",
    "\t",
    "\0",
    "\u{1b}[31m",
    "\u{202e}",
    "é",
    "𝄞",
    "\u{301}",
    "ß",
    "İ",
    ": ",
    "- ",
    "? ",
    "&a ",
    "*a",
    "!!binary ",
    "{",
    "}",
    "[",
    "]",
    "[[",
    "]]",
    "![[",
    "[[[[[[[[",
    "{{ root }}",
    "{% raw %}",
    "'",
    "\"",
    "|\n",
    ">-\n  ",
    "# ",
    "###### ",
    "| a |\n|---|\n",
    "```",
    "~~~chart\n",
    "$",
    "$$",
    "\\frac{",
    "[@",
    "[@a; @b, p. 3]",
    "[^1]",
    "[^1]: ",
    "<script>",
    "<!--",
    "<kbd",
    "](javascript:alert(1))",
    "](../../../etc/passwd)",
    "](#)",
    "](/)",
    "1e999",
    "-0",
    "9999999999999999999999",
    "2021-02-30",
    "p-0001",
];

/// One change to a text, at a place that is a part of its length.
#[derive(Debug, Clone)]
enum Change {
    Insert(Index, String),
    Remove(Index, usize),
    Cut(Index),
    Byte(Index, u8),
    Double(Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (any::<Index>(), select(&NASTY[..])).prop_map(|(at, token)| Change::Insert(at, token.to_owned())),
        1 => (any::<Index>(), select(&NASTY[..]), 2_usize..200).prop_map(|(at, token, times)| Change::Insert(at, token.repeat(times))),
        1 => (any::<Index>(), ".{0,12}").prop_map(|(at, text)| Change::Insert(at, text)),
        2 => (any::<Index>(), 1_usize..40).prop_map(|(at, length)| Change::Remove(at, length)),
        1 => any::<Index>().prop_map(Change::Cut),
        2 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        1 => (any::<Index>(), 1_usize..60).prop_map(|(at, length)| Change::Double(at, length)),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let place = |index: &Index| index.index(bytes.len() + 1);
    match change {
        Change::Insert(at, text) => {
            let at = place(at);
            bytes.splice(at..at, text.bytes());
        }
        Change::Remove(at, length) => {
            let at = place(at);
            bytes.drain(at..(at + length).min(bytes.len()));
        }
        Change::Cut(at) => bytes.truncate(at.index(bytes.len() + 1)),
        Change::Byte(at, byte) => {
            let at = place(at);
            if let Some(old) = bytes.get_mut(at) {
                *old = *byte;
            }
        }
        Change::Double(at, length) => {
            let at = place(at);
            let piece = bytes[at..(at + length).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
    }
}

/// Each diagnostic has words in both languages, and a place inside its file.
fn told_well(diagnostics: &[Diagnostic], sources: &Sources) -> Result<(), TestCaseError> {
    for diagnostic in diagnostics {
        let Some(file) = diagnostic.file.as_deref().and_then(|path| sources.get(path)) else { continue };
        let text = SourceText::new(&file.bytes(), file.path.ends_with(".md"));
        let Some(location) = text.locate(&diagnostic.place) else { continue };
        prop_assert!(location.span.start <= location.span.end && location.span.end <= text.text.len(), "{diagnostic:?}: {location:?}");
        prop_assert!(text.text.get(location.span.clone()).is_some(), "between characters: {diagnostic:?}");
        prop_assert!(location.line >= 1 && location.line <= text.text.matches('\n').count() + 1, "{diagnostic:?}: {location:?}");
        let line = text.text.split('\n').nth(location.line - 1).unwrap_or_default();
        prop_assert!(location.column >= 1 && location.column <= line.chars().count() + 1, "{diagnostic:?}: {location:?} in {line:?}");
    }
    for format in [Format::Human, Format::Json, Format::Sarif, Format::Github] {
        let _ = render(diagnostics, sources, "nl", format, true);
    }
    let machine = render(diagnostics, sources, "en", Format::Json, false);
    prop_assert!(serde_json::from_str::<serde_json::Value>(&machine).is_ok());
    Ok(())
}

/// Runs the base site with one file changed.
fn survives(site: &Site, path: &str, changes: &[Change]) -> Result<(), TestCaseError> {
    let mut site = site.clone();
    let bytes = site.files.get_mut(path).expect("the file");
    for change in changes {
        apply(bytes, change);
    }
    let sources = site.sources();
    let outcome = site.run();
    prop_assert_eq!(outcome.has_errors(), outcome.outputs.is_empty(), "a site is published exactly if it has no errors");
    told_well(&outcome.diagnostics, &sources)
}

thread_local! {
    static BASE: Site = Site::of_fixture("base");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_page_may_be_broken_in_any_way(
        page in select(vec![
            "content/planten/p-0001-klimroos.md", "content/planten/p-0001-klimroos.en.md", "content/planten/p-0002-aardbei.md",
            "content/klussen/k-0001-rozen-snoeien.md", "content/klussen/k-0002-mulch-leggen.md", "content/bronnen/tuinboek-2019.md",
        ]),
        changes in prop::collection::vec(change(), 1..5),
    ) {
        BASE.with(|site| survives(site, page, &changes))?;
    }

    #[test]
    fn the_schema_may_be_broken_in_any_way(changes in prop::collection::vec(change(), 1..4)) {
        BASE.with(|site| survives(site, "schema.yaml", &changes))?;
    }

    #[test]
    fn the_configuration_and_the_theme_may_be_broken_in_any_way(
        file in select(vec![
            "site.yaml", "themes/tuin/theme.yaml", "themes/tuin/catalogues/nl.yaml", "themes/tuin/templates/entity/plant.html",
        ]),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        BASE.with(|site| survives(site, file, &changes))?;
    }

    #[test]
    fn a_page_may_hold_anything_at_all(front in "\\PC{0,80}", body in "(\\PC|\n){0,200}") {
        let site = BASE.with(Clone::clone).with("content/planten/p-0003-iets.md", format!("---\n{front}\n---\n{body}"));
        told_well(&site.run().diagnostics, &site.sources())?;
    }

    #[test]
    fn a_body_of_nasty_tokens_is_rendered_or_told(tokens in prop::collection::vec(select(&NASTY[..]), 1..30)) {
        let site = BASE.with(Clone::clone);
        let page = format!("---\nnaam: Iets\nkern: Iets.\nstaat_in: b-01\n---\n\n{}", tokens.concat());
        let site = site.with("content/planten/p-0003-iets.md", page);
        told_well(&site.run().diagnostics, &site.sources())?;
    }

    #[test]
    fn any_bytes_may_lie_at_any_address(name in "[a-zA-Z0-9 ._/éß-]{1,40}", bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let site = BASE.with(Clone::clone).with(&format!("content/{name}"), bytes);
        told_well(&site.run().diagnostics, &site.sources())?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_slug_is_its_own_slug_and_fits_in_an_address(text in "\\PC{0,90}") {
        let once = slug(&text);
        prop_assert_eq!(slug(&once), once.clone());
        prop_assert!(once.len() <= 60, "{}", once);
        prop_assert!(once.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{}", once);
        prop_assert!(!once.starts_with('-') && !once.ends_with('-') && !once.contains("--"), "{}", once);
    }

    #[test]
    fn a_date_is_written_as_it_was_read(year in 1..=9999_i32, month in 0..=13_i32, day in 0..=32_i32, parts in 1..=3_usize) {
        let full = format!("{year:04}-{month:02}-{day:02}");
        let text = &full[..[4, 7, 10][parts - 1]];
        match PartialDate::parse(text) {
            Some(date) => {
                prop_assert_eq!(date.to_string(), text);
                prop_assert!(date.first_day() <= date.last_day());
                prop_assert_eq!(i32::from(date.year()), year);
            }
            None => prop_assert!(parts > 1 && (month == 0 || month > 12 || (parts == 3 && (day == 0 || day > 28))), "{text} is a date"),
        }
    }

    #[test]
    fn what_is_no_date_is_refused_quietly(text in "[0-9/:-]{0,12}|\\PC{0,12}") {
        if let Some(date) = PartialDate::parse(&text) {
            prop_assert_eq!(date.to_string(), text);
        }
    }

    #[test]
    fn the_nearest_name_is_one_of_those_that_exist(typed in "\\PC{0,20}", known in prop::collection::vec("[a-zé_]{1,12}", 0..8)) {
        if let Some(near) = nearest(&typed, known.iter().map(String::as_str)) {
            prop_assert!(known.iter().any(|name| name == near));
        }
    }

    #[test]
    fn a_name_with_one_slip_is_found_again(name in "[a-z]{4,14}", at in any::<Index>(), letter in "[a-z]") {
        let mut typed: Vec<char> = name.chars().collect();
        typed[at.index(name.len())] = letter.chars().next().unwrap_or('x');
        let typed: String = typed.into_iter().collect();
        prop_assert_eq!(nearest(&typed, [name.as_str()]), Some(name.as_str()));
    }
}

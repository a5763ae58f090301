//! What programs read: JSON, SARIF 2.1.0 and the commands of a GitHub workflow.

#![allow(clippy::disallowed_methods, reason = "a fixture is read")]

mod support;

use serde_json::Value;
use support::{Site, fixture};
use via_site::diagnostic::{Diagnostic, Format, codes, render};
use via_site::source::Sources;

/// A site with an error, a warning, a note without a place and one without a file.
fn told() -> (Sources, Vec<Diagnostic>) {
    let site = Site::of_fixture("base")
        .edit("content/planten/p-0002-aardbei.md", "kleur: rood", "kluer: rood")
        .edit("content/klussen/k-0002-mulch-leggen.md", "stand: open", "stand: bezig")
        .with("content/planten/p-0003-één tulp.md", "---\nnaam: Tulp\n---\n")
        .edit("themes/tuin/catalogues/nl.yaml", "nav:", "tuin:\n  groet: Dag\nnav:");
    let diagnostics = site.run().diagnostics;
    assert!(diagnostics.len() >= 4, "{diagnostics:?}");
    (site.sources(), diagnostics)
}

fn in_format(format: Format) -> String {
    let (sources, diagnostics) = told();
    render(&diagnostics, &sources, "en", format, true)
}

#[test]
fn json_is_a_list_of_objects_that_all_have_the_same_keys() {
    let list: Vec<Value> = serde_json::from_str(&in_format(Format::Json)).expect("an array");
    assert_eq!(list.len(), told().1.len());
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    for one in &list {
        assert_eq!(keys(one), keys(&list[0]));
        assert!(codes().any(|code| one["code"] == code));
        assert!(one["severity"] == "error" || one["severity"] == "warning");
        assert!(one["message"].as_str().is_some_and(|text| !text.is_empty() && !text.contains('\u{1b}')));
    }
    let slip = list.iter().find(|one| one["code"] == "unknown-key").expect("the slip");
    assert_eq!((slip["line"].as_u64(), slip["column"].as_u64()), (Some(4), Some(1)));
    assert_eq!((&slip["source"], &slip["replacement"]), (&Value::from("kluer: rood"), &Value::from("kleur")));
    assert_eq!(slip["file"], "content/planten/p-0002-aardbei.md");
}

#[test]
fn no_diagnostics_are_an_empty_list_in_every_format() {
    let sources = Site::of_fixture("base").sources();
    let empty = |format| render(&[], &sources, "en", format, true);
    assert_eq!(empty(Format::Json), "[]\n");
    assert_eq!((empty(Format::Human).as_str(), empty(Format::Github).as_str()), ("", ""));
    let sarif: Value = serde_json::from_str(&empty(Format::Sarif)).expect("an object");
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn sarif_follows_its_schema() {
    let schema = std::fs::read(fixture("sarif-2.1.0.json")).expect("the schema");
    let mut schema: Value = serde_json::from_slice(&schema).expect("JSON");
    // One pattern of the standard has a bracket too many, which JavaScript forgives and our validator does not.
    for part in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][part]["properties"]["language"];
        assert!(language.as_object_mut().expect("a property").remove("pattern").is_some());
    }
    let sarif: Value = serde_json::from_str(&in_format(Format::Sarif)).expect("an object");
    let validator = jsonschema::options().build(&schema).expect("a schema");
    let faults: Vec<String> = validator.iter_errors(&sarif).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn sarif_names_its_rules_and_counts_columns_as_we_do() {
    let sarif: Value = serde_json::from_str(&in_format(Format::Sarif)).expect("an object");
    let run = &sarif["runs"][0];
    let rules: Vec<&str> =
        run["tool"]["driver"]["rules"].as_array().expect("rules").iter().filter_map(|rule| rule["id"].as_str()).collect();
    for result in run["results"].as_array().expect("results") {
        assert!(rules.contains(&result["ruleId"].as_str().expect("a rule")));
        assert!(!result["message"]["text"].as_str().unwrap_or_default().is_empty());
        let Some(uri) = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str() else { continue };
        assert!(uri.is_ascii() && !uri.contains(' '), "an address, not a path: {uri}");
    }
    let slip = run["results"].as_array().expect("results").iter().find(|one| one["ruleId"] == "unknown-key").expect("the slip");
    assert_eq!(slip["locations"][0]["physicalLocation"]["region"]["startLine"], 4);
    assert_eq!(run["columnKind"], "unicodeCodePoints", "our columns are characters; the standard's default is another");
}

#[test]
fn github_commands_are_one_line_each_whatever_stands_in_them() {
    let nasty =
        Diagnostic::error("config-shape").in_file(&"content/a,b:c%d.md".into()).at(0..1).with("message", "one\r\ntwo, 100%::error::x");
    let sources = Sources::from_files([("content/a,b:c%d.md".to_owned(), b"x\ny".to_vec())]);
    let said = render(&[nasty], &sources, "en", Format::Github, true);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("::error file=content/a%2Cb%3Ac%25d.md,line=1,col=1,title=config-shape::"), "{said}");
    assert!(said.contains("one%0D%0Atwo, 100%25::error::x"), "{said}");
    for line in in_format(Format::Github).lines() {
        assert!(line.starts_with("::error ") || line.starts_with("::warning "), "{line}");
    }
}

#[test]
fn a_terminal_gets_colour_and_a_file_does_not() {
    let (sources, diagnostics) = told();
    assert!(render(&diagnostics, &sources, "nl", Format::Human, true).contains('\u{1b}'));
    let plain = render(&diagnostics, &sources, "nl", Format::Human, false);
    assert!(!plain.contains('\u{1b}') && plain.contains("fout[unknown-key]") && plain.contains("let op[guard-warning]"), "{plain}");
}

#[test]
fn what_a_file_holds_cannot_command_the_terminal() {
    let site = Site::of_fixture("base").edit("content/planten/p-0002-aardbei.md", "kleur: rood", "kl\u{1b}[2Jeur: rood");
    let said = render(&site.run().diagnostics, &site.sources(), "en", Format::Human, false);
    assert!(!said.contains('\u{1b}'), "{said:?}");
}

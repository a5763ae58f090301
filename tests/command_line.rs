//! The program itself, as an editor and a server call it: what it writes, what it says, and how it ends.

#![allow(clippy::disallowed_methods, reason = "the stories look at the disk")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use sha2::{Digest, Sha256};
use support::{Site, collect};
use tempfile::TempDir;

/// How a call ended.
#[derive(Debug)]
struct Call {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Call {
    fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(!self.err.contains("panicked") && !self.out.contains("panicked"), "{self:#?}");
        self
    }
}

fn call(folder: &Path, arguments: &[&str]) -> Call {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_via-site")).args(arguments).current_dir(folder).env("NO_COLOR", "1").output().expect("it starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Call { code: status.code(), out: text(stdout), err: text(stderr) }
}

/// The site that `init` makes.
fn example() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    call(folder.path(), &["init"]).expect(0);
    folder
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(folder, folder, &mut files);
    files
}

fn public(site: &TempDir) -> BTreeMap<String, Vec<u8>> {
    files(&site.path().join("public"))
}

/// Puts a text in the place of another in a file of the site.
fn edit(site: &TempDir, path: &str, old: &str, new: &str) {
    let file = site.path().join(path);
    let text = fs::read_to_string(&file).expect("a text");
    assert!(text.contains(old), "{old} stands in {path}:\n{text}");
    fs::write(file, text.replacen(old, new, 1)).expect("written");
}

#[test]
fn a_new_site_builds_at_once() {
    let folder = TempDir::new().expect("a folder");
    let said = call(folder.path(), &["init", "agenda"]).expect(0);
    assert!(said.out.contains("via-site build"), "it says what to do next: {}", said.out);
    let site = folder.path().join("agenda");
    let built = call(&site, &["build", "--date", "2026-11-23"]).expect(0);
    assert!(built.err.is_empty(), "no warnings: {}", built.err);
    for page in ["index.html", "en/index.html", "404.html", "sitemap.xml", "robots.txt", "build.json"] {
        assert!(site.join("public").join(page).is_file(), "{page}");
    }
    let again = call(&site.join("content"), &["build", "--date", "2026-11-23"]).expect(0);
    assert!(again.out.contains("nothing changed"), "the site is found upwards, and the same input changes nothing: {}", again.out);
}

#[test]
fn init_never_writes_over_a_site() {
    let site = example();
    let before = files(site.path());
    let refused = call(site.path(), &["init"]).expect(2);
    assert!(refused.err.contains("already"), "{}", refused.err);
    assert_eq!(files(site.path()), before);
}

#[test]
fn the_list_of_the_files_is_true() {
    let site = example();
    call(site.path(), &["build"]).expect(0);
    let mut files = public(&site);
    let manifest: Value = serde_json::from_slice(&files.remove("build.json").expect("build.json")).expect("JSON");
    let listed: BTreeMap<String, String> = serde_json::from_value(manifest["files"].clone()).expect("a map");
    let found: BTreeMap<String, String> =
        files.into_iter().map(|(path, bytes)| (path, Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect())).collect();
    assert_eq!(listed, found);
    assert!(manifest["generator"].as_str().is_some_and(|name| name.starts_with("via-site ")));
}

#[test]
fn a_broken_page_leaves_the_published_site_as_it_was() {
    let site = example();
    call(site.path(), &["build"]).expect(0);
    let before = public(&site);
    edit(&site, "content/vragen/v-0001-een-eerste-vraag.md", "titel:", "titl:");
    let failed = call(site.path(), &["build"]).expect(1);
    assert!(failed.err.contains("titl") && failed.err.contains("v-0001-een-eerste-vraag.md:2:1"), "it says where: {}", failed.err);
    assert!(failed.err.contains("De site is niet veranderd"), "{}", failed.err);
    assert_eq!(public(&site), before);
    call(site.path(), &["check"]).expect(1);
    edit(&site, "content/vragen/v-0001-een-eerste-vraag.md", "titl:", "titel:");
    call(site.path(), &["build"]).expect(0);
    assert_eq!(public(&site), before, "mended, it is the same site again");
}

#[test]
fn check_writes_nothing() {
    let site = example();
    let before = files(site.path());
    call(site.path(), &["check"]).expect(0);
    edit(&site, "content/vragen/v-0001-een-eerste-vraag.md", "titel:", "titl:");
    call(site.path(), &["check"]).expect(1);
    edit(&site, "content/vragen/v-0001-een-eerste-vraag.md", "titl:", "titel:");
    assert_eq!(files(site.path()), before);
}

#[test]
fn a_new_page_gets_the_next_number_and_is_fine_once_it_is_filled_in() {
    let site = example();
    let said = call(site.path(), &["new", "vraag", "Wat helpt \"echt\" bij: solliciteren?"]).expect(0);
    let path = said.out.trim();
    assert_eq!(path, "content/vragen/v-0002-wat-helpt-echt-bij-solliciteren.md");
    let text = fs::read_to_string(site.path().join(path)).expect("a text");
    assert!(text.starts_with("---\ntitel: \"Wat helpt \\\"echt\\\" bij: solliciteren?\"\n"), "{text}");
    let empty = call(site.path(), &["check", "--drafts"]).expect(1);
    assert!(empty.err.contains("leeg"), "what is empty is told, one by one: {}", empty.err);
    fill_in(&site, path);
    call(site.path(), &["check", "--drafts", "--date", "2026-11-23"]).expect(0);
    call(site.path(), &["check", "--date", "2026-11-23"]).expect(0);
    let third = call(site.path(), &["new", "vraag", "Nog een"]).expect(0);
    assert_eq!(third.out.trim(), "content/vragen/v-0003-nog-een.md");
    let term = call(site.path(), &["new", "begrip", "Één begrip"]).expect(0);
    assert_eq!(term.out.trim(), "content/begrippen/een-begrip.md");
    call(site.path(), &["new", "begrip", "Één begrip"]).expect(2);
}

/// Fills in what a new question must have, under the words that stand there.
fn fill_in(site: &TempDir, path: &str) {
    let text = fs::read_to_string(site.path().join(path)).expect("a text");
    let mut filled = String::new();
    for line in text.lines().map(str::trim_end) {
        let value = match line {
            "kern:" => " Wij willen het weten.",
            "status:" => " ingediend",
            "volgende_stap:" => " Zoeken in de literatuur.",
            "datum_gesteld:" | "  datum:" => " 2026-11-01",
            "vraagsoort:" => " werkt_het",
            "wijze:" | "  wijze:" => " zelf_afgeleid",
            _ => "",
        };
        let line = match line {
            "thema: []" => "thema: t-0001",
            "eigenaar: []" => "eigenaar: nog_niemand",
            "gat_type: []" => "gat_type: [absoluut_gat]",
            other => other,
        };
        filled.push_str(&format!("{line}{value}\n"));
    }
    fs::write(site.path().join(path), filled).expect("written");
}

#[test]
fn a_wrong_call_is_told_apart_from_wrong_content() {
    let site = example();
    for arguments in [
        &["new", "vraga", "Iets"][..],
        &["new", "vraag", "?!"],
        &["schema", "vraga"],
        &["build", "--snel"],
        &["build", "--date", "gisteren"],
        &["bouw"],
        &["build", "--site", "er-is-niets"],
        &["check", "--format", "xml"],
        &[],
    ] {
        let refused = call(site.path(), arguments).expect(2);
        assert!(!refused.err.is_empty(), "{arguments:?} is told what is wrong");
    }
    assert!(call(site.path(), &["new", "vraga", "Iets"]).err.contains("vraag"), "the nearest kind is named");
    let nowhere = TempDir::new().expect("a folder");
    assert!(call(nowhere.path(), &["build"]).expect(2).err.contains("via-site init"));
}

#[test]
fn a_folder_that_is_not_ours_is_not_replaced() {
    let site = example();
    let other = TempDir::new().expect("a folder");
    fs::write(other.path().join("scriptie.txt"), "jaren werk").expect("written");
    let refused = call(site.path(), &["build", "--output", other.path().to_str().expect("a path")]).expect(2);
    assert!(refused.err.contains("no build.json"), "{}", refused.err);
    assert_eq!(files(other.path()).len(), 1);
}

#[test]
fn programs_get_what_they_can_read() {
    let site = example();
    edit(&site, "content/vragen/v-0001-een-eerste-vraag.md", "titel:", "titl:");
    let json = call(site.path(), &["check", "--format", "json"]).expect(1);
    let list: Vec<Value> = serde_json::from_str(&json.out).expect("an array");
    assert!(list.iter().any(|one| one["code"] == "unknown-key" && one["replacement"] == "titel"), "{}", json.out);
    assert!(json.err.is_empty(), "nothing else is said: {}", json.err);
    let sarif: Value = serde_json::from_str(&call(site.path(), &["check", "--format", "sarif"]).expect(1).out).expect("an object");
    assert_eq!(sarif["version"], "2.1.0");
    assert!(call(site.path(), &["check", "--format", "github"]).expect(1).out.starts_with("::error file=content/vragen/"));
    edit(&site, "content/vragen/v-0001-een-eerste-vraag.md", "titl:", "titel:");
    let fine = call(site.path(), &["build", "--format", "json"]).expect(0);
    assert_eq!(serde_json::from_str::<Vec<Value>>(&fine.out).expect("an array").len(), 0, "no problems, an empty list");
}

#[test]
fn messages_are_in_the_language_that_is_asked_for() {
    let site = example();
    edit(&site, "content/vragen/v-0001-een-eerste-vraag.md", "titel:", "titl:");
    assert!(call(site.path(), &["check"]).expect(1).err.contains("Bedoelt u"), "Dutch is the site's first language");
    let english = call(site.path(), &["check", "--lang", "en"]).expect(1);
    assert!(english.err.contains("Did you mean") && english.err.contains("The site was not changed"), "{}", english.err);
}

#[test]
fn the_schema_is_json_schema_and_the_pages_of_this_repository_pass_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let printed = call(root, &["schema"]).expect(0);
    let schemas: BTreeMap<String, Value> = serde_json::from_str(&printed.out).expect("JSON");
    let folders = [
        ("activiteit", "activiteiten"),
        ("begrip", "begrippen"),
        ("bevinding", "bevindingen"),
        ("bron", "bronnen"),
        ("herijking", "herijkingen"),
        ("interventie", "interventies"),
        ("pagina", "paginas"),
        ("partner", "partners"),
        ("studie", "studies"),
        ("thema", "themas"),
        ("toezegging", "toezeggingen"),
        ("uitkomst", "uitkomsten"),
        ("vraag", "vragen"),
    ];
    let mut faults = Vec::new();
    let mut seen = 0;
    for (kind, folder) in folders {
        let schema = schemas.get(kind).unwrap_or_else(|| panic!("{kind} is there"));
        assert!(jsonschema::draft202012::meta::is_valid(schema), "{kind} is valid JSON Schema");
        let validator = jsonschema::draft202012::new(schema).unwrap_or_else(|error| panic!("{kind}: {error}"));
        for (name, bytes) in Site::of_folder(&root.join("content").join(folder)).files {
            // A translation has only some of the fields, a removed page only two.
            if !name.ends_with(".md") || name.trim_end_matches(".md").contains('.') {
                continue;
            }
            let text = String::from_utf8(bytes).expect("a text");
            let yaml = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).expect("front matter").0;
            let value: Value = serde_yaml::from_str(yaml).expect("YAML");
            seen += 1;
            faults.extend(validator.iter_errors(&value).map(|error| format!("{folder}/{name}: {} {error}", error.instance_path())));
        }
    }
    assert!(seen > 100, "all pages are looked at");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(jsonschema::draft202012::new(&schemas["vraag"]).expect("a schema").validate(&serde_json::json!({"titl": "?"})).is_err());
}

#[test]
fn one_kind_is_one_schema_and_all_can_be_files() {
    let site = example();
    let one: Value = serde_json::from_str(&call(site.path(), &["schema", "vraag"]).expect(0).out).expect("JSON");
    assert_eq!(one["title"], "vraag");
    call(site.path(), &["schema", "--output", "schemas"]).expect(0);
    let written = files(&site.path().join("schemas"));
    assert_eq!(serde_json::from_slice::<Value>(&written["vraag.schema.json"]).expect("JSON"), one);
}

#[test]
fn completions_and_the_manual_are_printed() {
    let folder = TempDir::new().expect("a folder");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(call(folder.path(), &["completions", shell]).expect(0).out.contains("via-site"), "{shell}");
    }
    let manual = call(folder.path(), &["man"]).expect(0).out;
    assert!(manual.contains(".TH via-site") && manual.contains("completions"), "{manual}");
    assert!(call(folder.path(), &["--help"]).expect(0).out.contains("Exit codes"));
    assert!(call(folder.path(), &["--version"]).expect(0).out.starts_with("via-site "));
}

#[test]
fn drafts_the_date_and_the_address_are_what_the_caller_says() {
    let site = example();
    edit(&site, "content/paginas/over.md", "---\n", "---\nconcept: true\n");
    call(site.path(), &["build", "--date", "2026-11-23", "--base-url", "https://elders.example/sub"]).expect(0);
    let plain = public(&site);
    assert!(!plain.contains_key("over.html"), "a draft is not published");
    let home = String::from_utf8_lossy(&plain["index.html"]).into_owned();
    assert!(home.contains("href=\"https://elders.example/sub/index.html\"") && home.contains("2026-11-23"), "{home}");
    call(site.path(), &["build", "--drafts", "--jobs", "1"]).expect(0);
    assert!(public(&site).contains_key("over.html"), "unless it is asked for");
}

#[test]
fn timings_name_the_page_the_file_and_the_block_of_code_that_cost_most() {
    let site = example();
    // Sixty thousand letters of code among pages of a paragraph: far more than a hundred times what those cost, on any machine.
    let code = "fn een(twee: &str) -> Option<u32> { twee.parse().ok().map(|drie: u32| drie + 1) }\n".repeat(700);
    let file = site.path().join("content/paginas/over.md");
    let text = fs::read_to_string(&file).expect("a text");
    fs::write(&file, format!("{text}\n```rust\n{code}```\n\n```yaml\neen: twee\n```\n")).expect("it is written");
    let first = 2 + text.lines().count();

    let said = call(site.path(), &["build", "--timings", "--lang", "en"]).expect(0).out;
    let part = |heading: &str| {
        let (_, part) = said.split_once(heading).unwrap_or_else(|| panic!("{heading} in {said}"));
        part.split("\n\n").next().unwrap_or_default().to_owned()
    };
    let stages = part("The stages, some of which run side by side");
    for stage in ["source", "schema", "theme", "document", "graph", "plan", "search", "overviews", "make"] {
        assert!(stages.lines().any(|line| line.ends_with(&format!(" ms  {stage}"))), "{stage} in {said}");
    }
    assert!(said.contains(" ms  entity.html (") && part("The pages that cost most").contains(".html ("), "{said}");
    let files = part("The files that take longest to read");
    assert!(files.lines().nth(1).is_some_and(|line| line.ends_with(" ms  content/paginas/over.md")), "{said}");
    assert!(files.ends_with("The first 1 files each take more than 100 times the median."), "{said}");
    let blocks = part("The colouring of code");
    assert!(blocks.contains("rust (1 blocks)") && blocks.contains("yaml (1 blocks)"), "{said}");
    assert!(blocks.contains(&format!(" ms  content/paginas/over.md:{first} (rust)")), "{said}");

    let said = call(site.path(), &["check", "--timings", "--lang", "nl"]).expect(0).out;
    assert!(said.contains("De duurste pagina's") && said.contains("Het kleuren van code"), "{said}");
}

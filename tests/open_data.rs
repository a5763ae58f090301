//! The feeds, calendars and open data of this repository's own site, read by other people's readers.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use atom_syndication::Feed;
use serde_json::Value;
use support::{Outputs, options, outputs, own_site, page};
use via_site::pipeline;

const BASE: &str = "https://kennisagenda-via.example/";

fn own() -> &'static Outputs {
    static OWN: OnceLock<Outputs> = OnceLock::new();
    OWN.get_or_init(|| outputs(pipeline::run(&own_site(), &options())))
}

/// The outputs whose address ends so, as text.
fn ending(end: &str) -> Vec<(&'static str, &'static str)> {
    own().keys().filter(|address| address.ends_with(end)).map(|address| (address.as_str(), page(own(), address))).collect()
}

fn json(address: &str) -> Value {
    serde_json::from_str(page(own(), address)).unwrap_or_else(|error| panic!("{address}: {error}"))
}

/// The output that an address of the site names.
fn leads_to_output(url: &str) -> bool {
    url.strip_prefix(BASE).is_some_and(|path| own().contains_key(if path.is_empty() { "index.html" } else { path }))
}

#[test]
fn every_feed_is_atom_with_at_most_fifty_entries_that_lead_to_pages() {
    let feeds = ending("feed.xml");
    assert!(feeds.len() > 90, "{}", feeds.len());
    for (address, text) in feeds {
        let feed: Feed = text.parse().unwrap_or_else(|error| panic!("{address}: {error}"));
        assert!(!feed.title.value.is_empty() && !feed.id.is_empty(), "{address}");
        assert!(feed.links.iter().any(|link| link.rel == "self" && link.href == format!("{BASE}{address}")), "{address}");
        assert!(feed.rights.is_some(), "{address} names its licence");
        assert!(feed.entries.len() <= 50, "{address}: {} entries", feed.entries.len());
        let ids: BTreeSet<&str> = feed.entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids.len(), feed.entries.len(), "{address} has an id twice");
        for entry in &feed.entries {
            assert!(entry.id.starts_with("tag:") && !entry.title.value.is_empty(), "{address}: {}", entry.id);
            assert!(entry.links.iter().all(|link| leads_to_output(&link.href)), "{address}: {:?}", entry.links);
            let note = entry.content.as_ref().and_then(|content| content.value.as_deref()).unwrap_or_default();
            assert!(!note.is_empty(), "{address}: {} without the note of what changed", entry.id);
        }
    }
}

#[test]
fn the_site_each_kind_and_each_theme_question_and_partner_has_a_feed_in_both_forms() {
    for kind in json("data/dictionary.json")["kinds"].as_array().expect("kinds") {
        let folder = kind["file"].as_str().expect("a folder");
        let list = format!("{folder}/index.html");
        assert!(!own().contains_key(&list) || own().contains_key(&format!("{folder}/feed.xml")), "{folder}");
        if !["themas", "vragen", "partners"].contains(&folder) {
            continue;
        }
        for item in json(&format!("data/{folder}.json"))["items"].as_array().expect("pages") {
            let id = item["id"].as_str().expect("an id");
            assert!(own().contains_key(&format!("{folder}/{id}.feed.xml")), "{folder}/{id}");
        }
    }
    for (address, text) in ending("feed.json") {
        let feed: Value = serde_json::from_str(text).expect(address);
        assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1", "{address}");
        assert_eq!(feed["feed_url"], format!("{BASE}{address}"));
        let atom: Feed = page(own(), &address.replace("feed.json", "feed.xml")).parse().expect(address);
        let ids: Vec<&str> = feed["items"].as_array().expect(address).iter().map(|item| item["id"].as_str().expect("an id")).collect();
        assert_eq!(ids, atom.entries.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), "{address} tells the same");
    }
}

#[test]
fn calendars_have_what_was_promised_and_what_expires() {
    let mut seen = BTreeSet::new();
    for (address, text) in ending(".ics") {
        let calendars: Vec<_> = ical::IcalParser::new(text.as_bytes()).collect();
        assert_eq!(calendars.len(), 1, "{address}");
        let mut ids = BTreeSet::new();
        for event in &calendars[0].as_ref().unwrap_or_else(|error| panic!("{address}: {error}")).events {
            let values: BTreeMap<&str, &str> =
                event.properties.iter().map(|property| (property.name.as_str(), property.value.as_deref().unwrap_or_default())).collect();
            for needed in ["UID", "DTSTAMP", "DTSTART", "SUMMARY", "URL"] {
                assert!(values.get(needed).is_some_and(|value| !value.is_empty()), "{address}: {needed} of {values:?}");
            }
            assert!(leads_to_output(values["URL"]), "{address}: {}", values["URL"]);
            assert!(ids.insert(values["UID"].to_owned()), "{address}: {} twice", values["UID"]);
            seen.insert(values["UID"].split('@').next().unwrap_or_default().split_once('-').map_or("", |(_, rest)| rest).to_owned());
        }
        for line in text.split("\r\n") {
            assert!(line.len() <= 75, "{address}: {} octets: {line}", line.len());
        }
    }
    let has = |what: &str| seen.iter().any(|id| id.contains(what));
    assert!(has("wanneer") && has("stand_nu."), "promises, and states that expire: {seen:?}");
}

#[test]
fn every_table_is_csv_whose_cells_no_spreadsheet_runs() {
    let tables = ending(".csv");
    assert!(tables.len() >= 15, "{}", tables.len());
    for (address, text) in tables {
        let text = text.strip_prefix('\u{feff}').unwrap_or_else(|| panic!("{address} does not say that it is UTF-8"));
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text.as_bytes());
        let names = reader.headers().expect(address).clone();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{address} has a column twice");
        let mut rows = 0;
        for record in reader.records() {
            let record = record.unwrap_or_else(|error| panic!("{address}: {error}"));
            rows += 1;
            for (name, cell) in names.iter().zip(&record) {
                let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err() && cell != "-";
                assert!(!runs, "{address}: {name}: {cell:?}");
            }
        }
        assert!(rows > 0, "{address} is empty");
    }
}

#[test]
fn every_kind_has_a_table_a_file_that_fits_its_schema_and_words_that_explain_it() {
    let dictionary = json("data/dictionary.json");
    let all = json("data/all.json");
    for kind in dictionary["kinds"].as_array().expect("kinds") {
        let (name, folder) = (kind["name"].as_str().expect("a name"), kind["file"].as_str().expect("a file"));
        let file = json(&format!("data/{folder}.json"));
        let schema = json(&format!("data/schema/{name}.schema.json"));
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let problems: Vec<String> = validator.iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(problems.is_empty(), "{name}: {problems:?}");
        assert!(file["licence"]["url"].as_str().is_some_and(|url| url.contains("publicdomain/zero")), "{name} names its licence");
        let items = file["items"].as_array().expect("items");
        assert_eq!(&all["kinds"][name], &file["items"], "{name} in the file of everything");
        let text = page(own(), &format!("data/{folder}.csv")).trim_start_matches('\u{feff}');
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns: Vec<&str> = kind["columns"].as_array().expect("columns").iter().filter_map(Value::as_str).collect();
        assert_eq!(reader.headers().expect("a heading").iter().collect::<Vec<_>>(), columns, "the dictionary names the columns of {name}");
        assert_eq!(reader.records().count(), items.len(), "{name}: as many rows as pages");
        for item in items {
            assert!(leads_to_output(item["url"].as_str().expect("an address")), "{name}: {}", item["url"]);
        }
    }
    assert!(page(own(), "data/dictionary.csv").lines().count() > 100);
}

#[test]
fn a_claim_leaves_with_its_certainty_its_sources_and_its_licence() {
    let claims: Vec<Value> = page(own(), "data/claims.jsonl").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(claims.len(), json("data/bevindingen.json")["items"].as_array().map_or(0, Vec::len));
    for claim in &claims {
        let certainty = claim["words"].as_array().expect("words").iter().find(|word| word["field"] == "zekerheid").expect("how sure");
        assert!(claim["quote"].as_str().is_some_and(|quote| quote.contains(certainty["word"].as_str().unwrap_or("?"))), "{claim}");
        assert!(claim["sources"].as_array().is_some_and(|sources| !sources.is_empty()), "{claim}");
        assert!(claim["licence"]["url"].is_string(), "{claim}");
    }
}

#[test]
fn the_catalogue_record_names_every_file_with_its_address_format_and_licence() {
    let triples: Vec<[String; 3]> = oxttl::TurtleParser::new()
        .for_slice(page(own(), "data/catalog.ttl"))
        .map(|triple| triple.expect("Turtle"))
        .map(|triple| [triple.subject.to_string(), triple.predicate.to_string(), triple.object.to_string()])
        .collect();
    let subjects = |ty: &str| {
        let ty = format!("<http://www.w3.org/ns/dcat#{ty}>");
        triples.iter().filter(move |[_, _, object]| *object == ty).map(|[subject, ..]| subject.clone()).collect::<Vec<_>>()
    };
    let values = |subject: &str, property: &str| {
        let wanted: Vec<&str> = triples
            .iter()
            .filter(|[s, p, _]| s == subject && p.trim_end_matches('>').ends_with(property))
            .map(|[_, _, object]| object.as_str())
            .collect();
        wanted
    };
    // What DCAT-AP-NL 3.0 makes mandatory, by class; the shapes of DCAT-AP below it judge the record in `browser/machines`.
    let demands: [(&str, &[&str]); 4] = [
        ("Catalog", &["/title", "/description", "/publisher", "/creator", "#contactPoint", "#dataset"]),
        ("CatalogRecord", &["/modified", "/primaryTopic"]),
        (
            "Dataset",
            &[
                "/title",
                "/description",
                "/publisher",
                "/creator",
                "#contactPoint",
                "/identifier",
                "/accessRights",
                "#theme",
                "#distribution",
            ],
        ),
        ("Distribution", &["#accessURL", "#downloadURL", "/license", "/format", "#mediaType"]),
    ];
    for (ty, properties) in demands {
        assert!(!subjects(ty).is_empty(), "{ty}");
        for subject in subjects(ty) {
            for property in properties {
                assert!(!values(&subject, property).is_empty(), "{ty} {subject}: {property}");
            }
        }
    }
    // What DCAT-AP-NL 3.0 allows once.
    let once: [(&str, &[&str]); 3] = [
        ("Catalog", &["#contactPoint"]),
        ("Dataset", &["#contactPoint", "/identifier", "#version", "#status"]),
        ("Distribution", &["#accessURL", "#downloadURL", "#accessService"]),
    ];
    for (ty, properties) in once {
        for subject in subjects(ty) {
            for property in properties {
                assert!(values(&subject, property).len() <= 1, "{ty} {subject}: {property} twice");
            }
        }
    }
    let described: BTreeSet<String> = subjects("Distribution")
        .iter()
        .flat_map(|subject| values(subject, "#downloadURL"))
        .map(|url| url.trim_matches(['<', '>']).strip_prefix(BASE).expect("an address of this site").to_owned())
        .collect();
    for address in &described {
        assert!(own().contains_key(address), "{address} is described and not there");
    }
    for (address, _) in ending(".csv").into_iter().filter(|(address, _)| address.starts_with("data/")) {
        assert!(described.contains(address), "{address} is there and not described");
    }
}

#[test]
fn the_list_of_sources_leaves_in_three_forms_that_parse() {
    let sources = json("data/bronnen.json")["items"].as_array().map_or(0, Vec::len);
    let bibliography = biblatex::Bibliography::parse(page(own(), "data/bronnen.bib")).expect("BibTeX");
    assert_eq!(bibliography.len(), sources);
    assert_eq!(json("data/bronnen.csl.json").as_array().map_or(0, Vec::len), sources);
    let ris = page(own(), "data/bronnen.ris");
    let starts = ris.lines().filter(|line| line.starts_with("TY  - ")).count();
    let ends = ris.lines().filter(|line| line.starts_with("ER  - ")).count();
    assert_eq!((starts, ends), (sources, sources));
}

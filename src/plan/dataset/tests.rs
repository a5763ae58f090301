//! Stories about the open data of a small site, told on the files that it publishes.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::pipeline::{Options, run};
use crate::source::Sources;

const SITE: &str = "
title: {nl: Proefagenda, en: Test agenda}
description: {nl: Een proef., en: A test.}
base_url: https://proef.example/agenda
languages: [nl, en]
licence: {name: CC0, url: 'https://creativecommons.org/publicdomain/zero/1.0/deed.nl'}
publisher: {name: Proefbureau, url: 'https://bureau.example/', email: proef@bureau.example}
";

const SCHEMA: &str = "
common:
  concept: {type: boolean, role: draft, label: Concept}
  weg:
    type: record
    role: tombstone
    label: Weg
    fields:
      datum: {type: date, role: date, required: true, label: Datum}
      reden: {type: text, role: text, required: true, label: Reden}
vocabularies:
  zeker:
    label: {nl: Zekerheid, en: Certainty}
    definition: Hoe zeker.
    terms:
      laag: {label: {nl: lage zekerheid, en: low certainty}, definition: {nl: Kan veranderen., en: May change.}}
      hoog: {label: {nl: hoge zekerheid, en: high certainty}, definition: {nl: Staat vast., en: Is settled.}}
  leegte:
    label: Leegte
    definition: Waarom er niets staat.
    terms:
      onbekend: {label: {nl: niet bekend, en: not known}, definition: {nl: Wij weten het niet., en: We do not know.}}
kinds:
  stuk:
    folder: stukken
    address: stukken
    singular: stuk
    plural: stukken
    definition: Een stuk.
    citable: true
    schema_org: CreativeWork
    fields:
      titel: {type: text, role: title, required: true, label: Titel}
      jaar: {type: date, role: date, gaps: leegte, label: Jaar}
      url: {type: url, role: source_url, label: Adres}
      auteur:
        type: record
        list: true
        role: source_authors
        label: Auteur
        fields:
          achternaam: {type: text, role: family, label: Achternaam}
          naam: {type: text, role: literal, label: Naam}
  ding:
    folder: dingen
    address: dingen
    singular: ding
    plural: dingen
    definition: Een ding.
    fields:
      titel: {type: text, role: title, required: true, label: Titel}
  maat:
    folder: maten
    address: maten
    singular: maat
    plural: maten
    definition: Een maat.
    fields:
      titel: {type: text, role: title, required: true, label: Titel}
  uitspraak:
    folder: uitspraken
    address: uitspraken
    id: {prefix: u, digits: 4}
    singular: uitspraak
    plural: uitspraken
    definition: Een uitspraak.
    schema_org: Claim
    fields:
      stelling: {type: text, role: title, required: true, label: Stelling}
      zekerheid: {type: term, vocabulary: zeker, required: true, badge: true, label: {nl: Zekerheid, en: Certainty}}
      omvang: {type: number, label: Omvang}
      punten: {type: text, list: true, label: Punten}
      geheim: {type: text, private: true, label: Geheim}
relations:
  steunt_op:
    from: [uitspraak]
    to: [stuk]
    label: Steunt op
    inverse: {name: draagt, label: Draagt}
    fields:
      pagina: {type: text, label: Pagina}
      notitie: {type: text, private: true, label: Notitie}
  over: {from: [uitspraak], to: [ding], label: Over}
  meet: {from: [uitspraak], to: [maat], label: Meet}
  fluistert: {from: [uitspraak], to: [stuk], private: true, label: Fluistert}
views:
  kaart:
    type: matrix
    address: kaart
    title: Kaart
    intro: De kaart.
    rows: {kind: ding}
    columns: {kind: maat}
    cells: {kind: uitspraak, row: over, column: meet, words: [zekerheid]}
";

const FILES: [(&str, &str); 10] = [
    (
        "content/stukken/jansen.md",
        "---\ntitel: Werk & \"kansen\"\njaar: 2021-03\nurl: https://stuk.example/?a=1&b=2\nauteur: [{achternaam: Jansen}, {naam: Bureau; afdeling}]\n---\nTekst.\n",
    ),
    ("content/stukken/stil.md", "---\ntitel: Stil stuk\njaar: onbekend\n---\n"),
    ("content/dingen/een.md", "---\ntitel: Een\n---\n"),
    ("content/dingen/twee.md", "---\ntitel: Twee\n---\n"),
    ("content/maten/baan.md", "---\ntitel: Baan\n---\n"),
    (
        "content/uitspraken/u-0001-gewoon.md",
        "---\nstelling: 'Het helpt, zei \"men\"'\nzekerheid: laag\nomvang: -0.4\npunten: [een, 'twee; drie']\ngeheim: VERBORGENVELD\nsteunt_op: [{ref: jansen, pagina: '12', notitie: VERBORGENNOTITIE}]\nfluistert: [stil]\nover: [een]\nmeet: [baan]\n---\nEerste alinea.\n\n*Tweede* alinea, \"met\" tekens.\n",
    ),
    ("content/uitspraken/u-0001-gewoon.en.md", "---\nstelling: It helps\n---\nFirst paragraph.\n"),
    (
        "content/uitspraken/u-0002-formule.md",
        "---\nstelling: '=HYPERLINK(\"http://kwaad.example\")'\nzekerheid: hoog\npunten: ['+31 70', '@x']\nsteunt_op: [stil]\n---\n",
    ),
    ("content/uitspraken/u-0003-concept.md", "---\nstelling: VERBORGENCONCEPT\nzekerheid: hoog\nconcept: true\n---\n"),
    (
        "content/uitspraken/u-0004-weg.md",
        "---\nstelling: VERBORGENWEG\nzekerheid: hoog\nweg: {datum: 2024-01-01, reden: VERBORGENREDEN}\n---\n",
    ),
];

/// What the site publishes, by address.
fn published() -> BTreeMap<String, String> {
    let own = [("site.yaml", SITE), ("schema.yaml", SCHEMA)];
    let files = own.into_iter().chain(FILES).map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    let options = Options { today: jiff::civil::date(2026, 11, 23), drafts: false, base_url: None };
    let outcome = run(&Sources::from_files(files), &options);
    assert!(!outcome.has_errors(), "{:#?}", outcome.diagnostics);
    outcome.outputs.into_iter().filter_map(|output| Some((output.address, String::from_utf8(output.bytes).ok()?))).collect()
}

fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = ::csv::ReaderBuilder::new().from_reader(csv.as_bytes());
    reader.deserialize().map(|row| row.expect("a row that fits the heading")).collect()
}

fn json(files: &BTreeMap<String, String>, address: &str) -> Json {
    serde_json::from_str(&files[address]).expect("JSON")
}

#[test]
fn a_table_says_what_the_pages_say() {
    let files = published();
    let rows = rows(&files["data/uitspraken.csv"]);
    assert_eq!(rows.iter().map(|row| row["id"].as_str()).collect::<Vec<_>>(), ["u-0001", "u-0002"]);
    let row = &rows[0];
    assert_eq!(row["url"], "https://proef.example/agenda/uitspraken/u-0001.html");
    assert_eq!(row["stelling"], "Het helpt, zei \"men\"");
    assert_eq!((row["zekerheid"].as_str(), row["omvang"].as_str()), ("laag", "-0.4"));
    assert_eq!(row["punten"], "een; twee, drie");
    assert_eq!(row["steunt_op"], "jansen (pagina: 12)");
    assert_eq!(row["stelling_en"], "It helps");
    assert!(row["body"].contains("Tweede alinea, \"met\" tekens."), "{}", row["body"]);
    assert_eq!(row["body_en"], "First paragraph.");
}

#[test]
fn nested_lists_keep_their_places_and_a_gap_is_its_word() {
    let files = published();
    let rows = rows(&files["data/stukken.csv"]);
    assert_eq!((rows[0]["auteur.achternaam"].as_str(), rows[0]["auteur.naam"].as_str()), ("Jansen; ", "; Bureau, afdeling"));
    assert_eq!((rows[0]["jaar"].as_str(), rows[1]["jaar"].as_str()), ("2021-03", "onbekend"));
    assert_eq!(rows[0]["stuk_url"], "https://stuk.example/?a=1&b=2", "the address of the page has the name url");
}

#[test]
fn no_text_is_run_as_a_formula() {
    let files = published();
    let row = &rows(&files["data/uitspraken.csv"])[1];
    assert_eq!(row["stelling"], "'=HYPERLINK(\"http://kwaad.example\")");
    assert_eq!(row["punten"], "'+31 70; '@x");
    assert_eq!(json(&files, "data/uitspraken.json")["items"][1]["stelling"], "=HYPERLINK(\"http://kwaad.example\")");
}

#[test]
fn json_keeps_types_and_fits_its_own_schema() {
    let files = published();
    let items = &json(&files, "data/uitspraken.json")["items"];
    assert_eq!(items[0]["omvang"], -0.4);
    assert_eq!(items[0]["zekerheid"], serde_json::json!({"id": "laag", "label": "lage zekerheid"}));
    let source = serde_json::json!([{"id": "jansen", "url": "https://proef.example/agenda/stukken/jansen.html", "pagina": "12"}]);
    assert_eq!(items[0]["steunt_op"], source);
    assert_eq!(json(&files, "data/stukken.json")["items"][1]["jaar"], serde_json::json!({"gap": "onbekend"}));
    for (kind, folder) in [("uitspraak", "uitspraken"), ("stuk", "stukken"), ("ding", "dingen")] {
        let schema = json(&files, &format!("data/schema/{kind}.schema.json"));
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let file = json(&files, &format!("data/{folder}.json"));
        let problems: Vec<String> = validator.iter_errors(&file).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{kind}: {problems:?}");
        assert_eq!(file["count"], file["items"].as_array().map_or(0, Vec::len));
        assert_eq!(json(&files, "data/all.json")["kinds"][kind], file["items"]);
    }
}

#[test]
fn a_claim_never_travels_without_its_certainty_its_source_and_its_licence() {
    let files = published();
    let lines: Vec<Json> = files["data/claims.jsonl"].lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    for line in &lines {
        assert!(line["words"].as_array().is_some_and(|words| words.iter().any(|word| word["definition"] != "")));
        assert_eq!(line["licence"]["url"], "https://creativecommons.org/publicdomain/zero/1.0/deed.nl");
    }
    assert_eq!(lines[0]["quote"], "Het helpt, zei \"men\" (Zekerheid: lage zekerheid)");
    assert_eq!(lines[0]["translations"]["en"]["quote"], "It helps (Certainty: low certainty)");
    assert_eq!(lines[0]["sources"][0]["pagina"], "12");
    let reference = lines[0]["sources"][0]["reference"].as_str().expect("a reference");
    assert!(reference.contains("Jansen") && reference.contains("Werk & \"kansen\"") && !reference.contains("<cite>"), "{reference}");
}

#[test]
fn what_is_private_a_draft_or_removed_is_in_no_file() {
    for (address, text) in published().iter().filter(|(address, _)| address.starts_with("data/") || address.contains("kaart")) {
        for secret in ["VERBORGEN", "geheim", "notitie", "fluistert"] {
            assert!(!text.contains(secret), "{secret} in {address}");
        }
    }
}

#[test]
fn the_dictionary_explains_every_column_and_word() {
    let files = published();
    let entries = rows(&files["data/dictionary.csv"]);
    for (kind, address) in [("uitspraak", "data/uitspraken.csv"), ("stuk", "data/stukken.csv")] {
        let mut reader = ::csv::ReaderBuilder::new().from_reader(files[address].as_bytes());
        for column in reader.headers().expect("a heading") {
            let found = entries.iter().find(|entry| entry["part"] == "column" && entry["of"] == kind && entry["name"] == *column);
            let entry = found.unwrap_or_else(|| panic!("{kind}.{column}"));
            assert!(!entry["label_nl"].is_empty() || !entry["definition_nl"].is_empty(), "{kind}.{column}");
        }
    }
    let gap = entries.iter().find(|entry| entry["part"] == "term" && entry["name"] == "onbekend").expect("the gap");
    assert_eq!((gap["label_en"].as_str(), gap["definition_en"].as_str()), ("not known", "We do not know."));
    let relation = entries.iter().find(|entry| entry["part"] == "relation" && entry["name"] == "steunt_op").expect("the relation");
    assert_eq!((relation["inverse"].as_str(), relation["leads_to"].as_str()), ("draagt", "stuk"));
    let whole = json(&files, "data/dictionary.json");
    assert_eq!(whole["schema_version"], json(&files, "data/all.json")["schema_version"]);
}

/// Triples of the Turtle file as `subject`, `predicate`, `object`, without prefixes.
fn triples(turtle: &str) -> Vec<[String; 3]> {
    let parsed = oxttl::TurtleParser::new().for_slice(turtle);
    parsed
        .map(|triple| triple.expect("Turtle"))
        .map(|triple| [triple.subject.to_string(), triple.predicate.to_string(), triple.object.to_string()])
        .collect()
}

#[test]
fn the_catalogue_record_has_what_the_dutch_profile_demands() {
    let files = published();
    let triples = triples(&files["data/catalog.ttl"]);
    let of_type = |ty: &str| -> Vec<&str> {
        triples
            .iter()
            .filter(|[_, _, object]| object == &format!("<http://www.w3.org/ns/dcat#{ty}>"))
            .map(|[subject, ..]| subject.as_str())
            .collect()
    };
    let values = |subject: &str, property: &str| {
        triples.iter().filter(|[s, p, _]| s == subject && p.trim_end_matches('>').ends_with(property)).count()
    };
    let (exactly_one, at_least_one) = (1..=1, 1..=usize::MAX);
    let demands = [
        ("Catalog", vec![("/title", &at_least_one), ("/description", &at_least_one), ("/publisher", &exactly_one)]),
        ("Catalog", vec![("#contactPoint", &exactly_one), ("#dataset", &at_least_one), ("/creator", &at_least_one)]),
        ("CatalogRecord", vec![("/modified", &exactly_one), ("/primaryTopic", &exactly_one), ("/language", &at_least_one)]),
        ("Dataset", vec![("/title", &at_least_one), ("/description", &at_least_one), ("/publisher", &exactly_one)]),
        ("Dataset", vec![("/creator", &at_least_one), ("#contactPoint", &exactly_one), ("/identifier", &exactly_one)]),
        ("Dataset", vec![("/accessRights", &exactly_one), ("#theme", &at_least_one), ("#distribution", &at_least_one)]),
        ("Distribution", vec![("#accessURL", &exactly_one), ("#downloadURL", &exactly_one), ("/license", &exactly_one)]),
    ];
    for (ty, properties) in demands {
        assert!(!of_type(ty).is_empty(), "{ty}");
        for subject in of_type(ty) {
            for (property, range) in &properties {
                assert!(range.contains(&values(subject, property)), "{ty} {subject} {property}");
            }
        }
    }
    for [_, property, object] in triples.iter().filter(|[_, property, _]| property.ends_with("#downloadURL>")) {
        let address = object.trim_matches(['<', '>']).strip_prefix("https://proef.example/agenda/").expect(property);
        assert!(files.contains_key(address), "{address} does not exist");
    }
    assert!(triples.iter().any(|[_, property, object]| property.ends_with("/license>") && object == "<http://creativecommons.org/publicdomain/zero/1.0/>"));
}

#[test]
fn json_ld_says_as_much_as_turtle() {
    let files = published();
    let record = json(&files, "data/catalog.jsonld");
    assert!(record["@context"].is_object(), "nothing has to be fetched");
    let nodes = record["@graph"].as_array().expect("things");
    let count = |value: &Json| value.as_array().map_or(1, Vec::len);
    let said: usize = nodes
        .iter()
        .flat_map(|node| node.as_object().expect("a thing"))
        .filter(|(key, _)| *key != "@id")
        .map(|(_, value)| count(value))
        .sum();
    assert_eq!(said, triples(&files["data/catalog.ttl"]).len());
}

#[test]
fn the_map_is_the_same_as_a_file() {
    let files = published();
    let cells = rows(&files["kaart/kaart.csv"]);
    let states: Vec<_> = cells.iter().map(|cell| (cell["row_id"].as_str(), cell["state"].as_str(), cell["finding_ids"].as_str())).collect();
    assert_eq!(states, [("een", "filled", "u-0001"), ("twee", "empty", "")]);
    assert_eq!(cells[0]["zekerheid"], "lage zekerheid");
    assert_eq!(rows(&files["en/kaart/kaart.csv"])[0]["zekerheid"], "low certainty");
}

#[test]
fn the_page_and_the_plain_words_lead_to_every_file() {
    let files = published();
    for address in files.keys().filter(|address| address.starts_with("data/") && *address != "data/index.html") {
        let name = address.trim_start_matches("data/");
        assert!(files["data/index.html"].contains(&format!("href=\"../{address}\"")), "{address}");
        assert!(files["en/data/index.html"].contains(&format!("href=\"../../{address}\"")), "{address}");
        assert!(name.starts_with("catalog") || name == "README.txt" || files["data/README.txt"].contains(name), "{name}");
    }
}

#[test]
fn two_runs_give_the_same_bytes() {
    assert_eq!(published(), published());
}

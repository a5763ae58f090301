//! Citations are written, read back by others' readers where there are any, and compared field by field.

use biblatex::{Bibliography, ChunksExt, DateValue, Entry, PermissiveType, Person};
use serde_json::Value as Json;

use super::testing::{find, format, own_site, small_site, with_planner};
use super::{Author, Item, bibtex, csl, ris};
use crate::plan::Planner;

fn sources(planner: &Planner) -> Vec<Item> {
    let kinds = planner.schema.kind_indices().filter(|kind| planner.schema.kind(*kind).citable);
    let all = kinds.flat_map(|kind| planner.graph.of_kind(kind));
    all.map(|index| Item::of_source(&planner.schema, planner.graph.entity(index), "nl")).collect()
}

fn field(entry: &Entry, names: &[&str]) -> String {
    names.iter().find_map(|name| entry.get(name)).map(ChunksExt::format_verbatim).unwrap_or_default()
}

/// The name as one would say it, without its parts: a reader of BibTeX cannot tell an organisation from a family.
fn said(author: &Author) -> (String, String, String) {
    match author {
        Author::Organisation(name) => (String::new(), String::new(), name.clone()),
        Author::Person { family, given, particle } => (given.clone(), particle.clone(), family.clone()),
    }
}

fn assert_bibtex_says(item: &Item, entry: &Entry) {
    assert_eq!(entry.key, item.id);
    assert_eq!(field(entry, &["title"]), item.title, "{}", item.id);
    let people: Vec<Person> = entry.author().unwrap_or_default();
    let people: Vec<_> = people.into_iter().map(|person| (person.given_name, person.prefix, person.name)).collect();
    assert_eq!(people, item.authors.iter().map(said).collect::<Vec<_>>(), "{}", item.id);
    let date = entry.date().ok().map(|date| match date {
        PermissiveType::Typed(date) => match date.value {
            DateValue::At(at) => (at.year, at.month, at.day),
            other => panic!("{other:?}"),
        },
        PermissiveType::Chunks(chunks) => panic!("{chunks:?}"),
    });
    let from_one = |part: Option<i8>| part.map(|part| u8::try_from(part - 1).expect("a month or a day"));
    assert_eq!(date, item.issued.map(|date| (i32::from(date.year()), from_one(date.month()), from_one(date.day()))), "{}", item.id);
    assert_eq!(
        field(
            entry,
            &["journaltitle", "journal", "booktitle", "series", "howpublished", if item.form == "thesis" { "none" } else { "type" }]
        ),
        item.container,
        "{}",
        item.id
    );
    assert_eq!(field(entry, &["publisher", "institution", "school"]), item.publisher, "{}", item.id);
    assert_eq!(field(entry, &["volume"]), item.volume);
    assert_eq!(field(entry, &["number"]), if item.issue.is_empty() { item.number.clone() } else { item.issue.clone() });
    assert_eq!(field(entry, &["pages"]).replace('–', "-"), item.pages.replace('–', "-"));
    assert_eq!(field(entry, &["doi"]), item.doi);
    // The crate reads two hyphens as a dash also in an address, where TeX does not.
    assert_eq!(field(entry, &["url"]).replace('–', "--"), item.url.replace('{', "%7B").replace('}', "%7D"));
    assert_eq!(
        field(entry, &["langid"]),
        match item.language.as_str() {
            "nl" => "dutch",
            "en" => "english",
            "sv" => "swedish",
            _ => "",
        }
    );
}

/// A reader of RIS: the values per tag of each record.
fn read_ris(text: &str) -> Vec<Vec<(String, String)>> {
    let mut records = Vec::new();
    let mut record: Vec<(String, String)> = Vec::new();
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "every line ends in CRLF");
    for line in text.split("\r\n").filter(|line| !line.is_empty()) {
        let (tag, value) = line.split_once("  - ").unwrap_or_else(|| panic!("{line}"));
        assert!(tag.len() == 2 && tag.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()), "{line}");
        assert_eq!(record.is_empty(), tag == "TY", "a record begins with its type: {line}");
        record.push((tag.to_owned(), value.to_owned()));
        if tag == "ER" {
            records.push(std::mem::take(&mut record));
        }
    }
    assert!(record.is_empty(), "the last record ends");
    records
}

fn assert_ris_says(item: &Item, record: &[(String, String)]) {
    let all = |tag: &str| record.iter().filter(|(found, _)| found == tag).map(|(_, value)| value.clone()).collect::<Vec<_>>();
    let one = |tag: &str| all(tag).first().cloned().unwrap_or_default();
    let authors = item.authors.iter().map(|author| match author {
        Author::Organisation(name) => name.clone(),
        Author::Person { family, given, particle } => {
            let family = [particle.as_str(), family].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
            [family.as_str(), given].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
        }
    });
    assert_eq!(all("AU"), authors.collect::<Vec<_>>());
    let date = one("DA").trim_end_matches('/').replace('/', "-");
    assert_eq!(date, item.issued.map(|date| date.to_string()).unwrap_or_default());
    assert_eq!(one("PY"), item.issued.map(|date| date.year().to_string()).unwrap_or_default());
    let pages = [one("SP"), one("EP")].into_iter().filter(|page| !page.is_empty()).collect::<Vec<_>>().join("-");
    assert_eq!(pages, item.pages.replace('–', "-"));
    let number = if item.form == "report" { one("SN") } else { one("M1") };
    let rest = [one("ID"), one("TI"), one("PB"), one("T2"), one("VL"), one("IS"), number, one("DO"), one("UR"), one("LA")];
    let of = item.clone();
    assert_eq!(rest, [of.id, of.title, of.publisher, of.container, of.volume, of.issue, of.number, of.doi, of.url, of.language]);
}

fn assert_csl_says(item: &Item, json: &Json) {
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    let rest = [text("id"), text("type"), text("title"), text("publisher"), text("container-title"), text("DOI"), text("URL")];
    let of = item.clone();
    assert_eq!(rest, [of.id, of.form.to_owned(), of.title, of.publisher, of.container, of.doi, of.url]);
    let authors = json["author"].as_array().cloned().unwrap_or_default();
    assert_eq!(authors.len(), item.authors.len());
    for (found, author) in authors.iter().zip(&item.authors) {
        let part = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        match author {
            Author::Organisation(name) => assert_eq!(found, &serde_json::json!({ "literal": name })),
            Author::Person { family, given, particle } => {
                assert_eq!(
                    (part("family"), part("given"), part("non-dropping-particle")),
                    (family.clone(), given.clone(), particle.clone())
                );
            }
        }
    }
    let date: Vec<String> = json["issued"]["date-parts"][0]
        .as_array()
        .into_iter()
        .flatten()
        .map(|part| format!("{:02}", part.as_i64().expect("a number")))
        .collect();
    assert_eq!(date.join("-"), item.issued.map(|date| date.to_string()).unwrap_or_default());
    assert!(!json.to_string().contains(":\"\"") && !json.to_string().contains("null"), "no empty value: {json}");
}

fn assert_all_parse_back(planner: &Planner) -> usize {
    let items = sources(planner);
    let file = |ending: &str| {
        let files = planner.bibliography_files();
        let file = files.iter().find(|file| file.address == format!("data/bronnen.{ending}")).expect("a file");
        String::from_utf8(file.bytes.to_vec()).expect("UTF-8")
    };
    let bibliography = Bibliography::parse(&file("bib")).expect("BibTeX that parses");
    let records = read_ris(&file("ris"));
    let json: Vec<Json> = serde_json::from_str(&file("csl.json")).expect("a list");
    assert_eq!((bibliography.len(), records.len(), json.len()), (items.len(), items.len(), items.len()));
    for ((item, record), json) in items.iter().zip(&records).zip(&json) {
        assert_bibtex_says(item, bibliography.get(&item.id).expect("an entry"));
        assert_ris_says(item, record);
        assert_csl_says(item, json);
    }
    items.len()
}

#[test]
fn awkward_sources_parse_back_to_what_they_were() {
    with_planner(&small_site(), |planner| assert_eq!(assert_all_parse_back(planner), 5));
}

#[test]
fn every_source_of_our_own_site_parses_back_to_what_it_was() {
    with_planner(&own_site(), |planner| assert!(assert_all_parse_back(planner) >= 165));
}

#[test]
fn a_bibtex_entry_escapes_what_tex_would_misread_and_protects_capitals() {
    with_planner(&small_site(), |planner| {
        insta::assert_snapshot!(format(planner, "artikel", "bibtex", "nl"), @r#"
        @article{artikel,
          author = {van der Berg, Sanne Maria and Özcan-De Kock, J.-P. and {Ministerie van Onderwijs, Cultuur en Wetenschap}},
          title = {Werk \& inkomen: "100\%" gelijk in {de\_EU} \#1 \textbraceleft{}à la carte\textbraceright{} voor \$5 \textasciitilde{} 2\textasciicircum{}3 \textbackslash{} en verder},
          journal = {Mens \& Maatschappij},
          publisher = {Boom},
          volume = {94},
          number = {3},
          pages = {12--34},
          year = {2021},
          month = mar,
          day = {9},
          doi = {10.1000/a_b%c},
          url = {https://voorbeeld.example/a_b?c=%20&d=%7Be%7D},
          langid = {dutch}
        }
        "#);
        insta::assert_snapshot!(format(planner, "scriptie", "bibtex", "en"), @r#"
        @thesis{scriptie,
          author = {Jansen, Eva},
          title = {The {iPhone} at {LinkedIn}},
          type = {thesis},
          school = {Universiteit Leiden},
          langid = {english}
        }
        "#);
        insta::assert_snapshot!(format(planner, "hoofdstuk", "bibtex", "nl"), @r#"
        @incollection{hoofdstuk,
          author = {{De Kock} and de Boer and {de Vries}, Jan and Ng, A},
          title = {Wat werkt?},
          booktitle = {Het grote boek},
          pages = {3, 7},
          year = {2019},
          month = nov,
          langid = {english}
        }
        "#);
    });
}

#[test]
fn an_item_of_csl_is_a_list_of_one_with_dates_in_parts_and_particles_apart() {
    with_planner(&small_site(), |planner| {
        insta::assert_snapshot!(format(planner, "artikel", "csl", "nl"), @r#"
        [
          {
            "id": "artikel",
            "type": "article-journal",
            "title": "Werk & inkomen: \"100%\" gelijk in de_EU #1 {à la carte} voor $5 ~ 2^3 \\ en verder",
            "author": [
              {
                "family": "Berg",
                "given": "Sanne Maria",
                "non-dropping-particle": "van der"
              },
              {
                "family": "Özcan-De Kock",
                "given": "J.-P."
              },
              {
                "literal": "Ministerie van Onderwijs, Cultuur en Wetenschap"
              }
            ],
            "issued": {
              "date-parts": [
                [
                  2021,
                  3,
                  9
                ]
              ]
            },
            "publisher": "Boom",
            "container-title": "Mens & Maatschappij",
            "volume": "94",
            "issue": "3",
            "page": "12-34",
            "DOI": "10.1000/a_b%c",
            "URL": "https://voorbeeld.example/a_b?c=%20&d={e}",
            "language": "nl"
          }
        ]
        "#);
    });
}

#[test]
fn a_footnote_speaks_the_language_of_the_reader() {
    with_planner(&small_site(), |planner| {
        insta::assert_snapshot!(format(planner, "artikel", "footnote", "nl"), @r#"S.M. van der Berg, J.-P. Özcan-De Kock & Ministerie van Onderwijs, Cultuur en Wetenschap, ‘Werk & inkomen: "100%" gelijk in de_EU #1 {à la carte} voor $5 ~ 2^3 \ en verder’, Mens & Maatschappij 2021, jrg. 94, afl. 3, p. 12-34, https://doi.org/10.1000/a_b%c"#);
        insta::assert_snapshot!(format(planner, "hoofdstuk", "footnote", "en"), @"De Kock et al., ‘Wat werkt?’, in: Het grote boek, 2019, p. 3, 7.");
        insta::assert_snapshot!(format(planner, "rapport", "footnote", "nl"), @"SEO & partners, Kansen in Nederland, SEO-reeks, 2020.");
        insta::assert_snapshot!(format(planner, "nieuws", "footnote", "nl"), @"‘CBS meldt groei’, Trouw 23 november 2022, https://trouw.example/groei");
        insta::assert_snapshot!(format(planner, "scriptie", "footnote", "nl"), @"E. Jansen, The iPhone at LinkedIn, Universiteit Leiden z.d.");
    });
}

#[test]
fn a_page_of_ours_is_cited_as_part_of_the_site_and_as_it_stood_on_a_day() {
    with_planner(&small_site(), |planner| {
        insta::assert_snapshot!(format(planner, "v-0001", "footnote", "nl"), @"‘Werkt het </script><b>echt</b> & altijd?’, Kennis & kunde 1 juni 2025, https://kennis.example/vragen/v-0001.html (zoals deze pagina er stond op 23 november 2026).");
        insta::assert_snapshot!(format(planner, "v-0001", "apa", "en"), @"Bureau Kennis. (2025, 1 June). Does it work? Know-how. https://kennis.example/en/vragen/v-0001.html");
        insta::assert_snapshot!(format(planner, "b-0001", "bibtex", "nl"), @r#"
        @misc{b-0001,
          title = {Het werkt.},
          howpublished = {Kennis \& kunde},
          publisher = {Bureau Kennis},
          year = {2026},
          month = nov,
          day = {23},
          url = {https://kennis.example/bevindingen/b-0001.html},
          langid = {dutch},
          note = {zoals deze pagina er stond op 23 november 2026}
        }
        "#);
        insta::assert_snapshot!(format(planner, "b-0001", "ris", "nl").replace("\r\n", "\n"), @r#"
        TY  - ELEC
        ID  - b-0001
        TI  - Het werkt.
        PY  - 2026
        DA  - 2026/11/23/
        PB  - Bureau Kennis
        T2  - Kennis & kunde
        UR  - https://kennis.example/bevindingen/b-0001.html
        LA  - nl
        N1  - zoals deze pagina er stond op 23 november 2026
        ER  -
        "#);
    });
}

#[test]
fn what_is_private_or_removed_is_not_cited() {
    with_planner(&small_site(), |planner| {
        assert!(planner.citation_formats(find(planner, "weg"), "nl").is_empty());
        for key in ["footnote", "bibtex", "ris", "csl"] {
            assert!(!format(planner, "artikel", key, "nl").contains("geheim"), "{key}");
        }
        for file in planner.bibliography_files() {
            let text = String::from_utf8_lossy(&file.bytes).into_owned();
            assert!(!text.contains("geheim") && !text.contains("Weggehaald"), "{}", file.address);
        }
    });
}

#[test]
fn a_name_or_a_title_that_bibtex_would_take_apart_stays_whole() {
    let person = |family: &str, given: &str, particle: &str| Author::Person {
        family: family.into(),
        given: given.into(),
        particle: particle.into(),
    };
    let authors = vec![
        person("Berg Smit", "Jan", "van der"),
        person("Berg", "", "Van"),
        person("Wit, de", "Jan", ""),
        person("Janssens", "Piet and Jan", ""),
        Author::Organisation("Rust and Roest, stichting".into()),
    ];
    let title = "Geld -- of ''liefde'' in 't land: C# en #MeToo, {half open".to_owned();
    let item = Item { id: "x".into(), form: "report", authors, title, ..Item::default() };
    let text = bibtex::bibtex(&item);
    let bibliography = Bibliography::parse(&text).expect("BibTeX that parses");
    let entry = bibliography.get("x").expect("an entry");
    assert_eq!(field(entry, &["title"]), item.title);
    let people: Vec<Person> = entry.author().expect("authors");
    let families: Vec<_> = people.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(families, ["Berg Smit", "Van Berg", "Wit, de", "Janssens", "Rust and Roest, stichting"], "{text}");
    assert_eq!(people[3].given_name, "Piet and Jan");
}

#[test]
fn a_type_that_csl_does_not_know_is_a_document() {
    assert_eq!(csl::item_type("kamerbrief"), "document");
    assert_eq!(csl::item_type("post-weblog"), "post-weblog");
    assert_eq!(ris::page_range("12–34"), ("12", "34"));
    assert_eq!(ris::page_range("S. 3, 5-7"), ("S. 3, 5-7", ""));
}

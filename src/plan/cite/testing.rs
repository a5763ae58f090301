//! A small site to cite from: sources with every trouble that names and titles can give, and pages that lean on them.

use std::path::Path;
use std::sync::Arc;

use jiff::civil;
use serde_json::Value as Json;
use tera::Value as Data;
use tera::value::Key;

use crate::document::{self, Reading, Setting};
use crate::graph::{self, EntityIndex};
use crate::plan::{Inputs, Planner};
use crate::source::Sources;
use crate::{config, schema, theme};

const SITE: &str = "
title: {nl: 'Kennis & kunde', en: Know-how}
description: {nl: Wat wij weten, en: What we know}
base_url: https://kennis.example/
languages: [nl, en]
licence: {name: CC0, url: 'https://creativecommons.org/publicdomain/zero/1.0/'}
publisher: {name: Bureau Kennis, url: 'https://bureau.example/'}
";

const WORDS: &str = "
cite: {footnote: Voetnoot, apa: APA, bibtex: BibTeX, ris: RIS, csl: CSL-JSON, as_it_stood: 'zoals deze pagina er stond op {date}', and_others: e.a., volume: 'jrg. {text}', issue: 'afl. {text}', pages: 'p. {text}', in: 'in: {text}'}
";

const ENGLISH_WORDS: &str = "
cite: {footnote: Footnote, apa: APA, bibtex: BibTeX, ris: RIS, csl: CSL-JSON, as_it_stood: 'as this page stood on {date}', and_others: et al., volume: 'vol. {text}', issue: 'no. {text}', pages: 'p. {text}', in: 'in: {text}'}
";

const SCHEMA: &str = "
common:
  bijgewerkt: {type: date, role: updated, label: Bijgewerkt}
  verwijderd:
    type: record
    role: tombstone
    label: Verwijderd
    fields:
      datum: {type: date, role: date, required: true, label: Datum}
      reden: {type: text, role: text, required: true, label: Reden}
vocabularies:
  soort:
    label: Soort
    definition: Soort bron
    terms:
      artikel: {label: {nl: artikel, en: article}, csl: article-journal, definition: x}
      rapport: {label: {nl: rapport, en: report}, csl: report, definition: x}
      hoofdstuk: {label: {nl: hoofdstuk, en: chapter}, csl: chapter, definition: x}
      nieuws: {label: {nl: nieuws, en: news}, csl: article-newspaper, definition: x}
      scriptie: {label: {nl: scriptie, en: thesis}, csl: thesis, definition: x}
      webpagina: {label: {nl: webpagina, en: web page}, csl: webpage, definition: x}
  taal:
    label: Taal
    definition: Taal
    terms:
      nl: {label: Nederlands, definition: x}
      en: {label: Engels, definition: x}
kinds:
  vraag:
    folder: vragen
    address: vragen
    id: {prefix: v, digits: 4}
    singular: vraag
    plural: vragen
    definition: x
    schema_org: Question
    fields:
      titel: {type: text, role: title, required: true, label: Titel}
      kern: {type: text, role: summary, label: Kern}
  bevinding:
    folder: bevindingen
    address: bevindingen
    id: {prefix: b, digits: 4}
    singular: bevinding
    plural: bevindingen
    definition: x
    schema_org: Claim
    fields:
      titel: {type: text, role: title, required: true, label: Titel}
      intern:
        type: record
        private: true
        label: Intern
        fields:
          bron: {type: reference, to: [bron], label: Bron}
  begrip:
    folder: begrippen
    address: begrippen
    singular: begrip
    plural: begrippen
    definition: x
    schema_org: DefinedTerm
    fields:
      titel: {type: text, role: title, required: true, label: Titel}
      alt: {type: text, list: true, role: synonyms, label: Ook}
  gebeurtenis:
    folder: gebeurtenissen
    address: gebeurtenissen
    singular: gebeurtenis
    plural: gebeurtenissen
    definition: x
    schema_org: Event
    fields:
      titel: {type: text, role: title, required: true, label: Titel}
      datum: {type: date, role: date, label: Datum}
  partij:
    folder: partijen
    address: partijen
    singular: partij
    plural: partijen
    definition: x
    schema_org: Organization
    fields:
      titel: {type: text, role: title, required: true, label: Titel}
      kort: {type: text, role: short, label: Kort}
      site: {type: url, label: Site}
      telefoonlijst: {type: url, private: true, label: Intern}
  pagina:
    folder: paginas
    address: ''
    singular: pagina
    plural: paginas
    definition: x
    schema_org: WebPage
    fields:
      titel: {type: text, role: title, required: true, label: Titel}
  bron:
    folder: bronnen
    address: bronnen
    singular: bron
    plural: bronnen
    definition: x
    citable: true
    schema_org: CreativeWork
    fields:
      titel: {type: text, role: title, required: true, label: Titel}
      soort: {type: term, vocabulary: soort, required: true, role: source_type, label: Soort}
      auteur:
        type: record
        list: true
        role: source_authors
        label: Auteur
        fields:
          achternaam: {type: text, role: family, label: Achternaam}
          voornaam: {type: text, role: given, label: Voornaam}
          tussenvoegsel: {type: text, role: particle, label: Tussenvoegsel}
          naam: {type: text, role: literal, label: Naam}
      jaar: {type: date, role: date, label: Jaar}
      uitgever: {type: text, role: source_publisher, label: Uitgever}
      in: {type: text, role: source_container, label: In}
      deel: {type: text, role: source_volume, label: Deel}
      aflevering: {type: text, role: source_issue, label: Aflevering}
      paginas: {type: text, role: source_pages, label: Paginas}
      nummer: {type: text, role: source_number, label: Nummer}
      intern: {type: text, private: true, label: Intern nummer}
      doi: {type: doi, role: source_doi, label: DOI}
      url: {type: url, role: source_url, label: URL}
      taal: {type: term, vocabulary: taal, role: source_language, label: Taal}
relations:
  antwoordt_op: {from: [bevinding], to: [vraag], label: Antwoord op, inverse: {name: antwoorden, label: Antwoorden}}
  steunt_op: {from: [bevinding, vraag], to: [bron], label: Steunt op, inverse: {name: draagt, label: Draagt}}
  over: {from: [bevinding, vraag], to: [begrip, partij], label: Over}
";

const CONTENT: [(&str, &str); 12] = [
    (
        "bronnen/artikel.md",
        "titel: 'Werk & inkomen: \"100%\" gelijk in de_EU #1 {à la carte} voor $5 ~ 2^3 \\ en verder'\nsoort: artikel\nauteur:\n- {achternaam: Berg, \
         voornaam: Sanne Maria, tussenvoegsel: van der}\n- {achternaam: Özcan-De Kock, voornaam: J.-P.}\n- {naam: 'Ministerie van Onderwijs, \
         Cultuur en Wetenschap'}\njaar: 2021-03-09\nuitgever: Boom\nin: Mens & Maatschappij\ndeel: '94'\naflevering: '3'\npaginas: 12-34\nintern: \
         geheim\ndoi: 10.1000/a_b%c\nurl: https://voorbeeld.example/a_b?c=%20&d={e}\ntaal: nl",
    ),
    (
        "bronnen/rapport.md",
        "titel: Kansen in Nederland\nsoort: rapport\nauteur:\n- {naam: SEO & partners}\njaar: 2020\nuitgever: SEO & partners\nin: SEO-reeks\ntaal: nl",
    ),
    (
        "bronnen/hoofdstuk.md",
        "titel: Wat werkt?\nsoort: hoofdstuk\nauteur:\n- {achternaam: De Kock}\n- {achternaam: Boer, tussenvoegsel: de}\n- {achternaam: de Vries, \
         voornaam: Jan}\n- {achternaam: Ng, voornaam: A}\njaar: 2019-11\nin: Het grote boek\npaginas: 3, 7\ntaal: en",
    ),
    ("bronnen/nieuws.md", "titel: CBS meldt groei\nsoort: nieuws\njaar: 2022-11-23\nin: Trouw\nurl: https://trouw.example/groei"),
    (
        "bronnen/scriptie.md",
        "titel: The iPhone at LinkedIn\nsoort: scriptie\nauteur:\n- {achternaam: Jansen, voornaam: Eva}\nuitgever: Universiteit Leiden\ntaal: en",
    ),
    ("bronnen/weg.md", "titel: Weggehaald\nsoort: rapport\nverwijderd: {datum: 2024-01-01, reden: Dubbel}"),
    (
        "vragen/v-0001-werkt-het.md",
        "titel: 'Werkt het </script><b>echt</b> & altijd?'\nkern: Niemand weet het.\nbijgewerkt: 2025-06-01\nover: [kans, bureau]",
    ),
    ("bevindingen/b-0001-ja.md", "titel: Het werkt.\nantwoordt_op: [v-0001]\nsteunt_op: [artikel]\nover: [kans]\nintern: {bron: nieuws}"),
    ("begrippen/kans.md", "titel: kans\nalt: [mogelijkheid]"),
    ("gebeurtenissen/start.md", "titel: De start\ndatum: 2021-05"),
    ("partijen/bureau.md", "titel: Bureau Kennis\nkort: BK\nsite: https://bureau.example/\ntelefoonlijst: https://geheim.example/"),
    ("paginas/over.md", "titel: Over deze site"),
];

/// The small site.
pub fn small_site() -> Sources {
    let pages = CONTENT.iter().map(|(path, front)| {
        let body = if *path == "bevindingen/b-0001-ja.md" { "Zie [@rapport]." } else { "" };
        (format!("content/{path}"), format!("---\n{front}\n---\n\n{body}\n").into_bytes())
    });
    let rest = [("site.yaml", SITE), ("schema.yaml", SCHEMA), ("catalogues/nl.yaml", WORDS), ("catalogues/en.yaml", ENGLISH_WORDS)];
    let rest = rest.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    let english = "---\ntitel: Does it work?\nkern: Nobody knows.\n---\n";
    let english = ("content/vragen/v-0001-werkt-het.en.md".to_owned(), english.as_bytes().to_vec());
    Sources::from_files(pages.chain(rest).chain([english]))
}

/// The site of this repository.
pub fn own_site() -> Sources {
    crate::source::read(Path::new(env!("CARGO_MANIFEST_DIR"))).0
}

/// Plans a site as of 23 November 2026, and looks at it.
pub fn with_planner<T>(sources: &Sources, look: impl FnOnce(&Planner) -> T) -> T {
    let text = |name: &str| String::from_utf8(sources.get(name).expect(name).bytes().to_vec()).expect("text");
    let config = config::read(&"site.yaml".into(), &text("site.yaml"), None).expect("a right site.yaml");
    let schema = schema::read(&"schema.yaml".into(), &text("schema.yaml"), &config.languages);
    let schema = Arc::new(schema.unwrap_or_else(|errors| panic!("{errors:#?}")));
    let setting = Setting { schema: &schema, languages: &config.languages, raw_html: &config.raw_html };
    let documents = sources.below("content").filter_map(|file| match document::read(file, setting) {
        Reading::Document(document) => Some(Arc::from(document)),
        _ => None,
    });
    let documents: Vec<Arc<document::Document>> = documents.collect();
    for document in &documents {
        assert!(
            document.diagnostics.iter().all(|found| found.severity != crate::diagnostic::Severity::Error),
            "{:#?}",
            document.diagnostics
        );
    }
    let (graph, _) = graph::build(&schema, documents, sources, civil::date(2026, 11, 23), false);
    let Ok(theme) = theme::load(&config, sources) else { panic!("a theme that loads") };
    let inputs = Inputs {
        graph: Arc::new(graph),
        config: Arc::new(config),
        face: theme.face.clone(),
        sources: sources.clone(),
        analysed: std::sync::Weak::new(),
    };
    look(&Planner::new(inputs))
}

/// The entity with this id.
pub fn find(planner: &Planner, id: &str) -> EntityIndex {
    planner.graph.find(id).unwrap_or_else(|| panic!("{id}"))
}

/// The text in a field of an object.
pub fn text_in(data: &Data, name: &'static str) -> String {
    data.as_map().and_then(|fields| fields.get(&Key::Str(name))).and_then(Data::as_str).unwrap_or_default().to_owned()
}

/// One of the forms in which an entity can be cited.
pub fn format(planner: &Planner, id: &str, key: &str, language: &str) -> String {
    let formats = planner.citation_formats(find(planner, id), language);
    let found = formats.iter().find(|found| text_in(found, "key") == key).unwrap_or_else(|| panic!("{key}"));
    text_in(found, "text")
}

/// The node of this type in a graph of JSON-LD.
pub fn node(graph: &Data, own_type: &str) -> Json {
    let json: Json = serde_json::from_str(graph.as_str().expect("text")).expect("JSON");
    let nodes = json["@graph"].as_array().expect("nodes");
    nodes.iter().find(|node| node["@type"] == own_type).unwrap_or_else(|| panic!("{own_type} in {json:#}")).clone()
}

//! What the fuzzers run on each input, and `cargo test` on those that are kept in `fuzz/corpus`: whatever comes in, nothing
//! falls over, every place that is named exists, and a page is what we meant it to be.

pub mod preview;
pub mod tree;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil;
use via_site::diagnostic::{Diagnostic, Format, SourceText, render};
use via_site::document::body::{Body, HoleKind};
use via_site::document::markup::{self, MarkupOptions};
use via_site::document::value::Value;
use via_site::document::{self, Reading, Setting};
use via_site::pipeline::{Options, Pipeline};
use via_site::schema::{self, Schema};
use via_site::source::Sources;

/// The files of a site.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Panics if these bytes do harm.
pub type Target = fn(&[u8]);

/// Each target by the name of its folder in `fuzz/corpus`.
pub const TARGETS: [(&str, Target); 5] =
    [("markdown", markdown), ("front_matter", front_matter), ("schema", schema), ("links", links), ("preview", preview::requests)];

/// The day on which all of it takes place.
const TODAY: civil::Date = civil::date(2026, 11, 23);

/// Every element that a site can allow, and some that it cannot.
const RAW_HTML: [&str; 12] = ["kbd", "abbr", "b", "br", "del", "q", "ruby", "span", "sub", "script", "div", "a"];

fn options() -> Options {
    Options { today: TODAY, drafts: true, base_url: None }
}

/// The files of the garden, the fixture of most stories, read once; and one with a field of every type.
pub fn garden() -> Files {
    let mut files = Files::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = if root.ends_with("fuzz") { root.parent().unwrap_or(root) } else { root };
    collect(&root.join("tests/fixtures/base"), "", &mut files);
    files
}

#[allow(clippy::disallowed_methods, reason = "the fixture lies on the disk")]
fn collect(folder: &Path, below: &str, files: &mut Files) {
    for entry in std::fs::read_dir(folder).expect("the fixture is there") {
        let entry = entry.expect("an entry");
        let name = format!("{below}{}", entry.file_name().to_str().expect("a name"));
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read(entry.path()).expect("readable"));
        }
    }
}

/// Markdown to HTML.
pub fn markdown(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let raw_html = RAW_HTML.map(str::to_owned);
    let body = markup::render(&text, 0, &MarkupOptions { raw_html: &raw_html, extensions: true });
    check_rendered(&text, &body);
    // The same without our extensions is what the specification of CommonMark is held against.
    let plain = markup::render(&text, 0, &MarkupOptions { raw_html: &[], extensions: false });
    tree::check_body(&filled(&plain));
}

/// A body is whole: its places exist, and whatever fills its holes, a browser builds what was written.
fn check_rendered(text: &str, body: &Body) {
    let mut last = 0;
    for hole in &body.holes {
        assert!(hole.at >= last && body.html.is_char_boundary(hole.at), "{:?} in {}", hole, body.html);
        last = hole.at;
    }
    let mut last = 0;
    for range in &body.prose {
        assert!(range.start >= last && range.start < range.end && body.html.get(range.clone()).is_some(), "{range:?} in {}", body.html);
        assert!(!body.holes.iter().any(|hole| hole.at > range.start && hole.at < range.end), "a hole within {range:?}");
        last = range.end;
    }
    let mut last = 0;
    for heading in &body.headings {
        assert!(heading.plain.start >= last && body.plain.get(heading.plain.clone()) == Some(&*heading.text), "{heading:?}");
        last = heading.plain.end;
    }
    let spans = body.links.iter().map(|link| &link.span).chain(body.headings.iter().map(|heading| &heading.span));
    for span in spans.chain(body.images.iter().map(|image| &image.span)) {
        assert!(text.get(span.clone()).is_some(), "{span:?} is no place in {text:?}");
    }
    let mut anchors: Vec<&str> = body.headings.iter().map(|heading| heading.anchor.as_str()).collect();
    anchors.sort_unstable();
    anchors.windows(2).for_each(|pair| assert_ne!(pair[0], pair[1], "an anchor stands twice"));
    check_told(&body.diagnostics, &Sources::from_files([("content/x.txt".to_owned(), text.as_bytes().to_vec())]));
    tree::check_body(&filled(body));
}

/// The body with something in its holes, and a glossary term wherever one may stand.
fn filled(body: &Body) -> String {
    let mut html = String::with_capacity(body.html.len() * 2);
    let mut prose = body.prose.iter().peekable();
    let mut at = 0;
    let mut terms_until = |until: usize, at: &mut usize, html: &mut String| {
        while let Some(range) = prose.next_if(|range| range.start < until) {
            html.push_str(&body.html[*at..range.start]);
            html.push_str(&format!("<a class=\"term\" href=\"woord.html\">{}</a>", &body.html[range.clone()]));
            *at = range.end;
        }
    };
    for hole in &body.holes {
        terms_until(hole.at, &mut at, &mut html);
        html.push_str(&body.html[at..hole.at]);
        at = hole.at;
        match &hole.kind {
            HoleKind::LinkStart(_) => html.push_str("<a href=\"../vragen/v-0001.html\">"),
            HoleKind::LinkTitle(_) => html.push_str("Titel"),
            HoleKind::Card(_) => html.push_str("<article class=\"card\"><h3><a href=\"x.html\">Titel</a></h3></article>"),
            HoleKind::Citations { .. } => html.push_str("(<a class=\"citation\" href=\"#ref-x\">Jansen, 2021</a>)"),
            HoleKind::Image(_) => html.push_str("<img src=\"x.png\" alt=\"x\">"),
            HoleKind::Chart(_) => html.push_str("<figure class=\"chart\"><svg><text>1</text></svg></figure>"),
            HoleKind::Word(_) => html.push_str("woord"),
            HoleKind::Numbered { number, .. } => html.push_str(&format!("woord {number}")),
        }
    }
    terms_until(usize::MAX, &mut at, &mut html);
    html.push_str(&body.html[at..]);
    html
}

/// Each diagnostic has words in both languages and in every format, and a place inside its file.
fn check_told(diagnostics: &[Diagnostic], sources: &Sources) {
    for diagnostic in diagnostics {
        let Some(file) = diagnostic.file.as_deref().and_then(|path| sources.get(path)) else { continue };
        let text = SourceText::new(&file.bytes(), file.path.ends_with(".md"));
        let Some(location) = text.locate(&diagnostic.place) else { continue };
        assert!(text.text.get(location.span.clone()).is_some(), "no place: {diagnostic:?} {location:?}");
        let line = text.text.split('\n').nth(location.line - 1).unwrap_or_else(|| panic!("no line: {diagnostic:?} {location:?}"));
        assert!(location.column >= 1 && location.column <= line.chars().count() + 1, "no column: {diagnostic:?} {location:?}");
    }
    let few = &diagnostics[..diagnostics.len().min(20)];
    for format in [Format::Human, Format::Json, Format::Sarif, Format::Github] {
        let said = render(few, sources, "nl", format, true);
        if matches!(format, Format::Json | Format::Sarif) {
            serde_json::from_str::<serde_json::Value>(&said).expect("JSON is JSON");
        }
        let _ = render(few, sources, "en", format, false);
    }
}

/// A site that is kept while one of its files changes.
struct Kept {
    files: Files,
    pipeline: Pipeline,
    schema: std::sync::Arc<Schema>,
}

impl Kept {
    fn new(files: Files) -> Self {
        let sources = Sources::from_files(files.clone());
        let (_, schema) = via_site::pipeline::schema_of(&sources, &options()).unwrap_or_else(|wrong| panic!("{wrong:?}"));
        Self { files, pipeline: Pipeline::new(options()), schema }
    }

    /// Builds with one file written anew, checks all that is said, and gives the page at an address if there is one.
    fn page(&mut self, path: &str, bytes: &[u8], address: &str) -> Option<String> {
        let before = self.files.insert(path.to_owned(), bytes.to_vec());
        let sources = Sources::from_files(self.files.clone());
        match before {
            Some(before) => self.files.insert(path.to_owned(), before),
            None => self.files.remove(path),
        };
        let snapshot = self.pipeline.update(sources.clone());
        check_told(&snapshot.diagnostics, &sources);
        // Broken or not: the preview shows what it can.
        match snapshot.output(address) {
            Ok(page) => page.map(|bytes| String::from_utf8(bytes.to_vec()).expect("a page is text")),
            Err(wrong) => {
                check_told(&wrong, &sources);
                None
            }
        }
    }
}

thread_local! {
    static GARDEN: RefCell<Kept> = RefCell::new(Kept::new(garden()));
    static FIELDS: RefCell<Kept> = RefCell::new(Kept::new(fields()));
}

/// A site whose pages have a field of every type, each once alone and once in a list.
fn fields() -> Files {
    let types = [
        ("text", ""),
        ("markdown", ""),
        ("number", ", minimum: -5, maximum: 1000000, unit: m"),
        ("date", ""),
        ("boolean", ""),
        ("url", ""),
        ("doi", ""),
        ("term", ", vocabulary: kleur"),
        ("reference", ", relation: hoort_bij"),
    ];
    let mut schema = String::from(
        "vocabularies:\n  kleur:\n    label: Kleur\n    terms:\n      rood: {label: rood}\n      wit: {label: wit, successor: rood}\n  leegte:\n    label: Leegte\n    \
         terms:\n      niet_bekend: {label: niet bekend}\nkinds:\n  ding:\n    folder: dingen\n    singular: ding\n    plural: dingen\n    fields:\n      \
         naam: {type: text, required: true, role: title, label: Naam}\n      kern: {type: text, role: summary, label: Kern}\n      \
         concept: {type: boolean, role: draft, label: Concept}\n      log:\n        type: record\n        list: true\n        role: changes\n        label: Log\n        fields:\n          \
         datum: {type: date, role: date, label: Datum}\n          wat: {type: text, role: text, label: Wat}\n",
    );
    for (name, more) in types.iter().filter(|(name, _)| *name != "reference") {
        schema.push_str(&format!("      een_{name}: {{type: {name}, gaps: leegte, label: Een{more}}}\n"));
        schema.push_str(&format!("      veel_{name}: {{type: {name}, list: true, max: 3, label: Veel{more}}}\n"));
    }
    schema.push_str("relations:\n  hoort_bij:\n    from: [ding]\n    to: [ding]\n    label: Hoort bij\n    inverse: {name: heeft, label: Heeft}\n    fields:\n      aantal: {type: number, label: Aantal}\n");
    let site = "title: Dingen\ndescription: Dingen.\nbase_url: https://dingen.example/\nlanguages: [nl]\nraw_html: [kbd]\n";
    let other = "---\nnaam: Ander ding\nkern: Een ander ding.\n---\n\nMet [[een]].\n";
    [("schema.yaml", schema.as_str()), ("site.yaml", site), ("content/dingen/ander.md", other)]
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
        .collect()
}

/// Front matter: the text between the lines of a page with a field of every type.
pub fn front_matter(data: &[u8]) {
    let page = [b"---\n", data, b"\n---\n\nTekst.\n"].concat();
    FIELDS.with_borrow_mut(|site| {
        let path = "content/dingen/een.md";
        let alone = Sources::from_files([(path.to_owned(), page.clone())]);
        let setting = Setting { schema: &site.schema, languages: &["nl".to_owned()], raw_html: &["kbd".to_owned()] };
        let Reading::Document(document) = document::read(alone.get(path).expect("it is there"), setting) else { panic!("it is a page") };
        let bodies = document.fields.values().flat_map(Value::items).filter_map(|value| match value {
            Value::Markdown(body) => Some(body),
            _ => None,
        });
        bodies.for_each(|body| tree::check_body(&filled(body)));
        if let Some(page) = site.page(path, &page, "dingen/een.html") {
            tree::check_page(&page);
        }
    });
}

/// The content model: whatever is accepted can be shown as JSON Schema and carries a site without falling over.
pub fn schema(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let path = "schema.yaml".into();
    let languages = ["nl".to_owned(), "en".to_owned()];
    let read = schema::read(&path, &text, &languages);
    let mut files = garden_files();
    files.insert("schema.yaml".to_owned(), text.as_bytes().to_vec());
    let sources = Sources::from_files(files);
    match read {
        Err(wrong) => {
            assert!(!wrong.is_empty(), "refused without a reason");
            check_told(&wrong, &sources);
        }
        Ok(schema) => {
            for kind in &schema.kinds {
                let _ = schema::json_schema(&schema, kind, "nl").to_string();
            }
            let snapshot = Pipeline::new(options()).update(sources.clone());
            check_told(&snapshot.check(), &sources);
        }
    }
}

fn garden_files() -> Files {
    GARDEN.with_borrow(|site| site.files.clone())
}

/// Links between pages, cards, citations, images and glossary terms: a whole page of the garden with this body.
pub fn links(data: &[u8]) {
    let page = [b"---\nnaam: Iets\nkern: Iets.\nstaat_in: b-02\n---\n\n".as_slice(), data].concat();
    GARDEN.with_borrow_mut(|site| {
        if let Some(page) = site.page("content/planten/p-0003-iets.md", &page, "planten/p-0003.html") {
            tree::check_page(&page);
        }
    });
}

//! The open data of the site: every public fact in files that programs and spreadsheets read, and a page that leads to them.
//!
//! Nothing private, no draft and nothing removed is in any of them: private fields are left out where columns and keys are made,
//! and the graph has no drafts and marks what is removed.

mod catalogue_record;
mod claims;
pub(super) mod csv;
mod dictionary;
mod json;
mod rdf;
mod readme;
mod schema;
mod table;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::{Value as Json, json};
use tera::Value as Data;

use super::data::{list, maybe, number, object, text};
use super::{File, Page, PageAddress, Planner};
use crate::schema::{Kind, KindIndex};

/// The folder of all files and of the page.
const FOLDER: &str = "data";
const INDEX: &str = "data/index.html";
const README: &str = "data/README.txt";
const DICTIONARY_JSON: &str = "data/dictionary.json";
const CATALOGUE_TURTLE: &str = "data/catalog.ttl";

/// What a file is about; also the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Whole,
    Kinds,
    Claims,
    Dictionary,
    Schemas,
    Catalogue,
}

impl Group {
    const ALL: [Self; 6] = [Self::Whole, Self::Kinds, Self::Claims, Self::Dictionary, Self::Schemas, Self::Catalogue];

    /// Where the theme's catalogue has its heading.
    fn words(self) -> &'static str {
        match self {
            Self::Whole => "data.group.whole",
            Self::Kinds => "data.group.kinds",
            Self::Claims => "data.group.claims",
            Self::Dictionary => "data.group.dictionary",
            Self::Schemas => "data.group.schemas",
            Self::Catalogue => "data.group.catalogue",
        }
    }
}

/// A file that is offered to readers.
#[derive(Debug)]
struct Published {
    address: String,
    bytes: Arc<[u8]>,
    group: Group,
    /// By the list of the IANA; plain text where the list has no better one.
    media_type: &'static str,
    /// By the EU's list of file types.
    format: &'static str,
    /// How many entities, claims or lines there are.
    rows: Option<usize>,
    /// Where the theme's catalogue has its description, with a hole `{kinds}`.
    description: &'static str,
    /// Whose file it is.
    kind: Option<KindIndex>,
    /// The address of its JSON Schema.
    schema: Option<String>,
}

impl Published {
    /// Its name in the folder.
    fn name(&self) -> &str {
        self.address.strip_prefix("data/").unwrap_or(&self.address)
    }

    /// Its name within the catalogue record.
    fn anchor(&self) -> String {
        self.name().replace(['/', '.'], "-")
    }

    /// Whether it holds data, and not what is said of them.
    fn is_distribution(&self) -> bool {
        matches!(self.group, Group::Whole | Group::Kinds | Group::Claims | Group::Dictionary) && self.format != "TXT"
            || self.group == Group::Claims
    }
}

/// All files of the open data.
#[derive(Debug)]
pub(super) struct OpenData {
    published: Vec<Published>,
}

impl OpenData {
    /// The files, to be written as they are.
    pub(super) fn files(&self) -> Vec<File> {
        self.published.iter().map(|file| File { address: file.address.clone(), bytes: file.bytes.clone() }).collect()
    }
}

/// The name of a kind's files.
fn file_stem(kind: &Kind) -> String {
    let folder = if kind.address.is_empty() { &kind.folder } else { &kind.address };
    folder.replace('/', "-")
}

impl Planner {
    /// All files of the open data; made once per plan, for the page of each language shows their sizes.
    pub(super) fn open_data(&self) -> &OpenData {
        self.open_data.get_or_init(|| Export { site: self }.open_data())
    }

    /// The page that leads to the files.
    pub(super) fn data_page(&self, language: &str) -> Page {
        Export { site: self }.page(self.open_data(), language)
    }
}

/// What writes the files; it reads the plan and adds nothing to it.
struct Export<'a> {
    site: &'a Planner,
}

impl Export<'_> {
    fn open_data(&self) -> OpenData {
        let dictionary = self.dictionary_json();
        let version = blake3::hash(dictionary.to_string().as_bytes()).to_hex()[..16].to_owned();
        let mut published = Vec::new();
        let total = self.site.graph.present().count();
        let mut whole = self.whole_begun(&version, total);
        for index in self.site.schema.kind_indices() {
            let kind = self.site.schema.kind(index);
            let stem = file_stem(kind);
            let (count, items) = self.items_json(index);
            let schema_address = format!("{FOLDER}/schema/{}.schema.json", kind.name);
            let base = |address: String, bytes: String| Published {
                schema: None,
                kind: Some(index),
                rows: Some(count),
                ..plain_file(Group::Kinds, address, bytes)
            };
            let table = base(format!("{FOLDER}/{stem}.csv"), self.kind_csv(index));
            published.push(Published { media_type: csv::MEDIA_TYPE, format: "CSV", description: "data.file.kind_csv", ..table });
            let mut file = self.file_head(&version);
            file.insert("kind".to_owned(), json!(kind.name));
            file.insert("count".to_owned(), json!(count));
            let mut text = json::begun(file, "items");
            json::push_indented(&mut text, &items, 1);
            text.push_str("\n}\n");
            let typed = base(format!("{FOLDER}/{stem}.json"), text);
            let typed = Published { schema: Some(schema_address.clone()), description: "data.file.kind_json", ..typed };
            published.push(Published { media_type: json::MEDIA_TYPE, format: "JSON", ..typed });
            let schema = base(schema_address.clone(), pretty(&self.data_schema(index, &schema_address)));
            let schema = Published { group: Group::Schemas, rows: None, description: "data.file.schema", ..schema };
            published.push(Published { media_type: json::MEDIA_TYPE, format: "JSON", ..schema });
            let is_first = whole.ends_with('{');
            whole.push_str(&format!("{}\n    {}: ", if is_first { "" } else { "," }, json!(kind.name)));
            json::push_indented(&mut whole, &items, 2);
        }
        whole.push_str("\n  }\n}\n");
        let whole = plain_file(Group::Whole, format!("{FOLDER}/all.json"), whole);
        published.push(Published {
            media_type: json::MEDIA_TYPE,
            format: "JSON",
            rows: Some(total),
            description: "data.file.all",
            ..whole
        });
        published.extend(self.dictionary_files(&version, dictionary));
        let claims = self.claims();
        if !claims.is_empty() {
            let file = plain_file(Group::Claims, format!("{FOLDER}/claims.jsonl"), self.claim_lines(&claims));
            published.push(Published { rows: Some(claims.len()), description: "data.file.claims", ..file });
        }
        for file in self.site.bibliography_files() {
            let media_type = match file.address.rsplit_once('.') {
                Some((_, "bib")) => "application/x-bibtex",
                Some((_, "ris")) => "application/x-research-info-systems",
                _ => "application/vnd.citationstyles.csl+json",
            };
            let text = String::from_utf8_lossy(&file.bytes).into_owned();
            let described = plain_file(Group::Kinds, file.address, text);
            published.push(Published { media_type, description: "data.file.bibliography", ..described });
        }
        published.sort_by_key(|file| file.group);
        let readme = self.readme(&published);
        let record = self.catalogue_record(&published);
        let about = |address: &str, bytes| plain_file(Group::Catalogue, address.to_owned(), bytes);
        published.push(Published {
            media_type: "text/turtle",
            format: "RDF_TURTLE",
            description: "data.file.catalogue",
            ..about(CATALOGUE_TURTLE, rdf::turtle(&record))
        });
        published.push(Published {
            media_type: "application/ld+json",
            format: "JSON_LD",
            description: "data.file.catalogue",
            ..about("data/catalog.jsonld", pretty(&rdf::json_ld(&record)))
        });
        published.push(Published { description: "data.file.readme", group: Group::Whole, ..about(README, readme) });
        published.sort_by_key(|file| file.group);
        OpenData { published }
    }

    fn kind_csv(&self, kind: KindIndex) -> String {
        let columns = self.columns(kind);
        let mut rows: Vec<Vec<String>> = vec![columns.iter().map(|column| column.name.clone()).collect()];
        rows.extend(self.site.graph.of_kind(kind).map(|index| columns.iter().map(|column| self.cell(index, column)).collect()));
        write(&rows)
    }

    /// The file with everything, as far as the first kind.
    fn whole_begun(&self, version: &str, count: usize) -> String {
        let mut file = self.file_head(version);
        file.insert("languages".to_owned(), json!(self.site.config.languages));
        file.insert("generator".to_owned(), json!(crate::GENERATOR));
        file.insert("count".to_owned(), json!(count));
        json::begun(file, "kinds") + "{"
    }

    fn dictionary_files(&self, version: &str, dictionary: Json) -> [Published; 2] {
        let rows = self.dictionary_rows();
        let mut file = self.file_head(version);
        if let Json::Object(mut parts) = dictionary {
            file.append(&mut parts);
        }
        let base = |address: &str, bytes| Published {
            description: "data.file.dictionary",
            ..plain_file(Group::Dictionary, address.to_owned(), bytes)
        };
        let table = base("data/dictionary.csv", write(&rows));
        let typed = base(DICTIONARY_JSON, pretty(&Json::Object(file)));
        [
            Published { media_type: csv::MEDIA_TYPE, format: "CSV", rows: Some(rows.len() - 1), ..table },
            Published { media_type: json::MEDIA_TYPE, format: "JSON", ..typed },
        ]
    }

    fn description(&self, file: &Published, language: &str) -> String {
        let kinds = file.kind.map_or("", |kind| self.site.schema.kind(kind).plural.get(language));
        self.site.words(language).fill(file.description, &[("kinds", kinds)])
    }

    fn page(&self, open: &OpenData, language: &str) -> Page {
        let words = self.site.words(language);
        let title = words.text("data.title");
        let own = PageAddress::View(FOLDER.to_owned(), 1);
        let address = self.site.addresses.view(FOLDER, language, 1);
        let groups = Group::ALL.iter().map(|group| {
            let files = open.published.iter().filter(|file| file.group == *group).map(|file| {
                object([
                    ("url", text(&file.address)),
                    ("name", text(file.name())),
                    ("media_type", text(file.media_type)),
                    ("bytes", number(file.bytes.len())),
                    ("size", text(size(file.bytes.len()))),
                    ("rows", file.rows.map_or_else(Data::none, number)),
                    ("description", text(self.description(file, language))),
                ])
            });
            object([("label", text(words.text(group.words()))), ("files", list(files))])
        });
        let shown = groups.filter(|group| !group.as_map().is_some_and(|map| map.values().any(is_empty_list)));
        let mut page = self.site.page("data.html", language, address, title, FOLDER, Vec::new(), &own);
        page.set("description", text(words.text("data.intro")));
        page.insert(
            "data",
            object([
                ("title", text(title)),
                ("intro", text(words.text("data.intro"))),
                ("table", text(words.text("data.table"))),
                ("gaps", text(words.text("data.gaps"))),
                ("cite", text(self.data_citation(language))),
                (
                    "licence",
                    object([
                        ("name", maybe(Some(self.site.config.licence.name.get(language)))),
                        ("url", text(&self.site.config.licence.url)),
                    ]),
                ),
                ("groups", list(shown)),
            ]),
        );
        page
    }

    /// How to cite the data as a whole.
    fn data_citation(&self, language: &str) -> String {
        let publisher = self.site.config.publisher.name.get(language);
        let title = self.site.config.title.get(language);
        let author = if publisher.is_empty() { title } else { publisher };
        let (year, date) = (self.site.graph.today.year().to_string(), self.site.graph.today.to_string());
        let address = format!("{}{}", self.site.config.base_url, self.site.addresses.view(FOLDER, language, 1));
        self.site
            .words(language)
            .fill("data.cite", &[("author", author), ("year", &year), ("title", title), ("date", &date), ("address", &address)])
    }
}

fn plain_file(group: Group, address: String, bytes: String) -> Published {
    Published {
        address,
        bytes: bytes.into_bytes().into(),
        group,
        media_type: "text/plain",
        format: "TXT",
        rows: None,
        description: "",
        kind: None,
        schema: None,
    }
}

fn write(rows: &[Vec<String>]) -> String {
    csv::write(rows.iter().map(|row| row.iter().map(String::as_str)))
}

/// A whole file of JSON.
fn pretty(value: &Json) -> String {
    json::pretty(value) + "\n"
}

fn is_empty_list(value: &Data) -> bool {
    value.as_array().is_some_and(<[Data]>::is_empty)
}

/// A size as people read it; kilobytes of a thousand bytes, rounded up.
fn size(bytes: usize) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{} MB", bytes.div_ceil(1_000_000)),
    }
}

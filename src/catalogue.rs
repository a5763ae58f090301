//! The words of the interface in one language: nested keys with texts, filled from the theme and overridden by the site.

use indexmap::IndexMap;
use serde_yaml::Value as Yaml;

use crate::config::{RawCatalogue, read_yaml};
use crate::diagnostic::{Diagnostic, KeyPath, SitePath};
use crate::words::Plural;

/// A tree of texts. A map whose only keys are `one` and `other` is a plural.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A text, perhaps with `{holes}`.
    Text(String),
    /// Texts in order, such as the names of the months.
    List(Vec<String>),
    /// Forms for one and for several.
    Plural(Plural),
    /// Keys below this one.
    Group(IndexMap<String, Entry>),
}

/// All texts of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    root: Entry,
}

/// Keys that the engine itself uses; every theme's catalogues must have them.
const NEEDED: [&str; 79] = [
    "age.recent",
    "age.years",
    "body.caution",
    "body.footnote_back",
    "body.footnotes",
    "body.important",
    "body.note",
    "body.table",
    "body.task_done",
    "body.task_open",
    "body.tip",
    "body.warning",
    "calendar.becomes",
    "calendar.deadline",
    "calendar.title",
    "calendar.vague",
    "chart.by_year",
    "chart.year",
    "cite.and_others",
    "cite.apa",
    "cite.as_it_stood",
    "cite.bibtex",
    "cite.csl",
    "cite.footnote",
    "cite.in",
    "cite.issue",
    "cite.pages",
    "cite.ris",
    "cite.volume",
    "data.cite",
    "data.column.body",
    "data.column.id",
    "data.column.kind",
    "data.column.language",
    "data.column.translations",
    "data.column.url",
    "data.file.all",
    "data.file.bibliography",
    "data.file.catalogue",
    "data.file.claims",
    "data.file.dictionary",
    "data.file.kind_csv",
    "data.file.kind_json",
    "data.file.readme",
    "data.file.schema",
    "data.gaps",
    "data.group.catalogue",
    "data.group.claims",
    "data.group.dictionary",
    "data.group.kinds",
    "data.group.schemas",
    "data.group.whole",
    "data.intro",
    "data.readme.version",
    "data.table",
    "data.title",
    "date.day",
    "date.month",
    "date.months",
    "difference.label",
    "feed.subtitle",
    "language.name",
    "matrix.sentence",
    "matrix.whole",
    "nav.home",
    "not_found.title",
    "page.number",
    "page.title",
    "reference.in",
    "reference.no_date",
    "reference.since",
    "search.address",
    "search.kind",
    "search.title",
    "search.year",
    "sentence.and",
    "succession.picture",
    "value.no",
    "value.yes",
];

impl Default for Catalogue {
    fn default() -> Self {
        Self { root: Entry::Group(IndexMap::new()) }
    }
}

impl Catalogue {
    /// Reads a catalogue's file and lays it over this one.
    ///
    /// # Errors
    ///
    /// If the file is not a mapping of texts.
    pub fn overlay(&mut self, file: &SitePath, text: &str) -> Result<(), Diagnostic> {
        let raw: RawCatalogue = read_yaml(file, text)?;
        let mut group = IndexMap::new();
        for (key, value) in raw {
            let path = KeyPath::of(&key);
            group.insert(key, entry(value, &path, file)?);
        }
        merge(&mut self.root, Entry::Group(group));
        Ok(())
    }

    /// The entry at a path such as `nav.skip`.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        path.split('.').try_fold(&self.root, |entry, key| match entry {
            Entry::Group(group) => group.get(key),
            _ => None,
        })
    }

    /// The text at a path; the path itself where there is none, so that a missing word is seen and not silent.
    pub fn text<'a>(&'a self, path: &'a str) -> &'a str {
        match self.get(path) {
            Some(Entry::Text(text)) => text,
            _ => path,
        }
    }

    /// The text at a path with its holes filled.
    pub fn fill(&self, path: &str, holes: &[(&str, &str)]) -> String {
        holes.iter().fold(self.text(path).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// The plural at a path for a number.
    pub fn plural(&self, path: &str, count: usize) -> String {
        match self.get(path) {
            Some(Entry::Plural(plural)) => plural.fill(count),
            _ => format!("{count} {path}"),
        }
    }

    /// An item of the list at a path.
    pub fn item<'a>(&'a self, path: &'a str, index: usize) -> &'a str {
        match self.get(path) {
            Some(Entry::List(items)) => items.get(index).map_or(path, String::as_str),
            _ => path,
        }
    }

    /// The tree as a whole, for templates.
    pub fn root(&self) -> &Entry {
        &self.root
    }

    /// All paths that hold a text, a list or a plural.
    fn paths(&self) -> Vec<String> {
        fn walk(entry: &Entry, path: &str, paths: &mut Vec<String>) {
            match entry {
                Entry::Group(group) => {
                    for (key, inner) in group {
                        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                        walk(inner, &path, paths);
                    }
                }
                _ => paths.push(path.to_owned()),
            }
        }
        let mut paths = Vec::new();
        walk(&self.root, "", &mut paths);
        paths
    }
}

/// Checks that every language has every word: those that the engine uses, and those that another language has.
pub fn check(catalogues: &IndexMap<String, Catalogue>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut wanted: Vec<String> = NEEDED.iter().map(|path| (*path).to_owned()).collect();
    for catalogue in catalogues.values() {
        wanted.extend(catalogue.paths());
    }
    wanted.sort();
    wanted.dedup();
    for (language, catalogue) in catalogues {
        for path in &wanted {
            if catalogue.get(path).is_none() {
                diagnostics.push(Diagnostic::error("catalogue-missing").with("key", path).with("language", language));
            }
        }
    }
    diagnostics
}

fn entry(value: Yaml, path: &KeyPath, file: &SitePath) -> Result<Entry, Diagnostic> {
    let wrong = || Diagnostic::error("catalogue-shape").in_file(file).at(path.clone().value()).with("key", path);
    match value {
        Yaml::String(text) => Ok(Entry::Text(text)),
        Yaml::Number(number) => Ok(Entry::Text(number.to_string())),
        Yaml::Sequence(items) => items
            .into_iter()
            .map(|item| match item {
                Yaml::String(text) => Ok(text),
                _ => Err(wrong()),
            })
            .collect::<Result<_, _>>()
            .map(Entry::List),
        Yaml::Mapping(mapping) => {
            let is_plural = mapping.contains_key("other") && mapping.keys().all(|key| matches!(key.as_str(), Some("one" | "other")));
            if is_plural {
                return serde_yaml::from_value(Yaml::Mapping(mapping)).map(Entry::Plural).map_err(|_| wrong());
            }
            let mut group = IndexMap::new();
            for (key, value) in mapping {
                let Yaml::String(key) = key else { return Err(wrong()) };
                let path = path.key(&key);
                group.insert(key, entry(value, &path, file)?);
            }
            Ok(Entry::Group(group))
        }
        _ => Err(wrong()),
    }
}

fn merge(base: &mut Entry, over: Entry) {
    match (base, over) {
        (Entry::Group(base), Entry::Group(over)) => {
            for (key, entry) in over {
                match base.get_mut(&key) {
                    Some(existing) => merge(existing, entry),
                    None => {
                        base.insert(key, entry);
                    }
                }
            }
        }
        (base, over) => *base = over,
    }
}

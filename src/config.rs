//! `site.yaml`: what the site is called, where it will stand, in which languages, and which theme it wears.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::diagnostic::{Diagnostic, KeyPath, SitePath, nearest};
use crate::words::Words;

/// A checked `site.yaml`.
#[derive(Debug, Clone)]
pub struct Config {
    /// The site's name.
    pub title: Words,
    /// What it is about, in a sentence.
    pub description: Words,
    /// Where it will stand, with a slash at the end.
    pub base_url: String,
    /// Language codes; the first is that of pages without a suffix.
    pub languages: Vec<String>,
    /// Name of the theme: a folder below `themes/`, or the one in the program.
    pub theme: String,
    /// Under which terms the content may be used.
    pub licence: Licence,
    /// Who publishes the site, for catalogues of open data and for readers who found something wrong.
    pub publisher: Publisher,
    /// Items per page of a list.
    pub page_size: usize,
    /// Names of HTML elements that editors may type.
    pub raw_html: Vec<String>,
    /// The entities that the home page starts from.
    pub home: Home,
    /// Addresses of the main navigation; all kinds and views, where there are none.
    pub navigation: Vec<String>,
    /// What the site does without.
    pub leave_out: Vec<Extra>,
}

/// What a site has besides its pages, unless it is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// The files for spreadsheets and programs, and the page that leads to them.
    OpenData,
    /// Atom and JSON Feed.
    Feeds,
    /// Calendars of what expires or was promised.
    Calendars,
    /// The index by which readers search; without it, the search page has its lists only.
    Search,
}

impl Extra {
    /// All, by the names that `site.yaml` has for them.
    const NAMES: [(&str, Self); 4] =
        [("open_data", Self::OpenData), ("feeds", Self::Feeds), ("calendars", Self::Calendars), ("search", Self::Search)];
}

/// The licence of the content.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Its name.
    pub name: Words,
    /// Its text.
    pub url: String,
}

/// Who publishes the site.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    /// Name of the organisation.
    pub name: Words,
    /// Its address on the web, by which catalogues know it.
    #[serde(default)]
    pub url: String,
    /// Where mail about the site goes.
    #[serde(default)]
    pub email: String,
    /// Day until which the contact for reports about security is valid (RFC 9116).
    #[serde(default)]
    pub security_expires: Option<String>,
}

/// What the home page starts from.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Home {
    /// Ids of entities, in order.
    #[serde(default)]
    pub starts: Vec<String>,
    /// Names of the kinds of which the newest are shown.
    #[serde(default)]
    pub recent: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    title: Words,
    #[serde(default)]
    description: Words,
    base_url: String,
    #[serde(default = "english")]
    languages: Vec<String>,
    #[serde(default = "via")]
    theme: String,
    #[serde(default)]
    licence: Licence,
    #[serde(default)]
    publisher: Publisher,
    #[serde(default = "fifty")]
    page_size: usize,
    #[serde(default)]
    raw_html: Vec<String>,
    #[serde(default)]
    home: Home,
    #[serde(default)]
    navigation: Vec<String>,
    #[serde(default)]
    leave_out: Vec<String>,
}

fn english() -> Vec<String> {
    vec!["en".to_owned()]
}

fn via() -> String {
    "via".to_owned()
}

fn fifty() -> usize {
    50
}

/// Elements that carry meaning and nothing else; the rest could break the page's structure or its safety.
const HARMLESS: [&str; 16] =
    ["abbr", "b", "bdi", "bdo", "br", "cite", "i", "kbd", "mark", "q", "samp", "small", "span", "sub", "sup", "var"];

impl Config {
    /// The language of pages without a suffix.
    pub fn first_language(&self) -> &str {
        self.languages.first().map_or("en", String::as_str)
    }

    /// Whether the site has this besides its pages.
    pub fn has(&self, extra: Extra) -> bool {
        !self.leave_out.contains(&extra)
    }

    /// The path part of the site's address, with slashes at both ends.
    pub fn base_path(&self) -> &str {
        let after_scheme = self.base_url.find("://").map_or(0, |at| at + 3);
        self.base_url[after_scheme..].find('/').map_or("/", |at| &self.base_url[after_scheme + at..])
    }
}

/// Reads `site.yaml`; `base_url` replaces the one in the file.
///
/// # Errors
///
/// All that is wrong with it, with places.
pub fn read(file: &SitePath, text: &str, base_url: Option<&str>) -> Result<Config, Vec<Diagnostic>> {
    let raw: RawConfig = serde_yaml::from_str(text).map_err(|error| vec![yaml_error(file, text, &error)])?;
    let mut errors = Vec::new();
    let mut error = |code: &'static str, key: &str, value: &str| {
        errors.push(Diagnostic::error(code).in_file(file).at(KeyPath::of(key).value()).with("value", value).with("name", key));
    };
    let mut address = base_url.unwrap_or(&raw.base_url).to_owned();
    if !address.ends_with('/') {
        address.push('/');
    }
    let scheme_is_web = address.starts_with("https://") || address.starts_with("http://");
    if !scheme_is_web || address.contains(['"', '<', '>', ' ', '?', '#']) {
        error("site-bad-address", "base_url", &address);
    }
    if raw.languages.is_empty() {
        error("site-no-language", "languages", "");
    }
    if raw.theme.is_empty() || !raw.theme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
        error("site-bad-theme", "theme", &raw.theme);
    }
    let languages = KeyPath::of("languages");
    for (position, language) in raw.languages.iter().enumerate() {
        let fine = (2..=8).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !fine {
            let at = languages.index(position).value();
            errors.push(Diagnostic::error("site-bad-language").in_file(file).at(at).with("value", language));
        }
    }
    let raw_html = KeyPath::of("raw_html");
    for (position, element) in raw.raw_html.iter().enumerate() {
        if !HARMLESS.contains(&element.as_str()) {
            let at = raw_html.index(position).value();
            errors.push(Diagnostic::error("site-raw-html").in_file(file).at(at).with("value", element));
        }
    }
    let mut leave_out = Vec::new();
    for (position, name) in raw.leave_out.iter().enumerate() {
        match Extra::NAMES.iter().find(|(known, _)| known == name) {
            Some((_, extra)) => leave_out.push(*extra),
            None => {
                let known = Extra::NAMES.map(|(known, _)| known);
                let at = KeyPath::of("leave_out").index(position).value();
                let diagnostic = Diagnostic::error("site-leave-out").in_file(file).at(at).with("value", name);
                errors.push(diagnostic.with("known", known.join(", ")));
            }
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Config {
        title: raw.title,
        description: raw.description,
        base_url: address,
        languages: raw.languages,
        theme: raw.theme,
        licence: raw.licence,
        publisher: raw.publisher,
        page_size: raw.page_size.max(1),
        raw_html: raw.raw_html,
        home: raw.home,
        navigation: raw.navigation,
        leave_out,
    })
}

/// A `theme.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeConfig {
    /// Its name.
    pub name: String,
    /// The theme that lends what this one lacks.
    #[serde(default)]
    pub extends: Option<String>,
}

/// Reads any configuration file into its shape.
///
/// # Errors
///
/// One diagnostic with the place at which reading stopped.
pub fn read_yaml<T: serde::de::DeserializeOwned>(file: &SitePath, text: &str) -> Result<T, Diagnostic> {
    serde_yaml::from_str(text).map_err(|error| yaml_error(file, text, &error))
}

/// The catalogue of a language: nested keys with texts, and plurals as maps of `one` and `other`.
pub type RawCatalogue = IndexMap<String, serde_yaml::Value>;

/// Says what `serde` found wrong in a configuration file, in words for people where its message is of a known form.
pub fn yaml_error(file: &SitePath, text: &str, error: &serde_yaml::Error) -> Diagnostic {
    let message = error.to_string();
    // The place is shown beside the line; the message need not say it again.
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    let at = error.location().map_or(0..0, |location| {
        let start = location.index().min(text.len());
        let length = text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
        start..start + length
    });
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.contains("unknown field")
        && let [unknown, known @ ..] = quoted.as_slice()
    {
        let near = nearest(unknown, known.iter().copied());
        let list = known.join(", ");
        let place = text[at.start.min(text.len())..].find(unknown).map_or(at.clone(), |found| {
            let start = at.start + found;
            start..start + unknown.len()
        });
        let code = if near.is_some() { "config-unknown-key" } else { "config-unknown-key-list" };
        let mut diagnostic = Diagnostic::error(code).in_file(file).at(place).with("name", unknown).with("nearest", near.unwrap_or(&list));
        diagnostic.replacement = near.map(str::to_owned);
        return diagnostic;
    }
    if message.contains("missing field")
        && let [missing, ..] = quoted.as_slice()
    {
        return Diagnostic::error("config-missing-key").in_file(file).at(at).with("name", missing);
    }
    Diagnostic::error("config-shape").in_file(file).at(at).with("message", message)
}

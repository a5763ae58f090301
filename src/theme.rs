//! A theme: templates, words and static files, from the site's own folders, its theme, and the themes that it extends.

mod bundle;
mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use tera::{ErrorKind, Kwargs, State, Tera, TeraResult, Value};

use crate::catalogue::{self, Catalogue};
use crate::config::{Config, ThemeConfig, read_yaml};
use crate::diagnostic::{Diagnostic, KeyPath, Place, SitePath};
use crate::html;
use crate::source::{SourceFile, Sources, built_in_theme};

/// A theme that is ready to render.
pub struct Theme {
    /// The template engine with all templates.
    pub tera: Tera,
    /// Names of the templates, with their layers, and the files that they stand in.
    pub files: Vec<(String, SitePath)>,
    /// All that pages are planned with.
    pub face: Arc<Face>,
}

/// What of a theme matters before a template is rendered.
#[derive(Debug)]
pub struct Face {
    /// Names of the templates.
    pub templates: BTreeSet<String>,
    /// All words of the templates. A field that none of them names is seen by nobody, and need not be worked out.
    pub named: BTreeSet<String>,
    /// The words of the interface, per language of the site.
    pub catalogues: IndexMap<String, Catalogue>,
    /// Static files: name, address and bytes.
    pub assets: BTreeMap<String, (String, Arc<[u8]>)>,
}

/// Where a template, a catalogue or a static file comes from: the site itself, or a theme by name.
struct Layer {
    /// `themes/via/`, or nothing for the site itself.
    prefix: String,
    /// `via/`, by which other templates can name this layer's; nothing for the site itself.
    name: String,
    files: Vec<SourceFile>,
}

/// Loads the theme that a site wears.
///
/// A file of the site's own `templates/`, `catalogues/` or `static/` wins over the theme's file of the same name, and a
/// theme's over that of the theme it extends. A template can still extend the one that it hides, as `via/list.html`.
///
/// # Errors
///
/// A theme that does not exist or extends itself, templates that do not parse, and words that are missing.
pub fn load(config: &Config, sources: &Sources) -> Result<Theme, Vec<Diagnostic>> {
    let layers = layers(config, sources).map_err(|error| vec![error])?;
    let catalogues = catalogues(config, &layers)?;
    let mut problems = catalogue::check(&catalogues);
    for problem in &mut problems {
        // The file of the theme that the site wears; the site's own would do as well.
        let language = problem.words.iter().find(|(name, _)| *name == "language").map(|(_, language)| language.clone());
        problem.file = language.map(|language| format!("themes/{}/catalogues/{language}.yaml", config.theme).into());
    }
    let mut tera = Tera::new();
    tera.set_escape_fn(html::write_escaped);
    tera.register_filter("plural", plural);
    tera.register_filter("fill", fill);
    tera.register_filter("capital", capital);
    let prefixes: Vec<String> = layers.iter().map(|layer| layer.name.clone()).filter(|name| !name.is_empty()).collect();
    let mut names = BTreeSet::new();
    let mut templates: Vec<(String, String, SitePath)> = Vec::new();
    for layer in &layers {
        let folder = format!("{}templates/", layer.prefix);
        for file in layer.files.iter().filter(|file| file.path.starts_with(&folder)) {
            let name = &file.path[folder.len()..];
            match std::str::from_utf8(&file.bytes()) {
                Ok(text) => templates.push((format!("{}{name}", layer.name), text.to_owned(), file.path.clone())),
                Err(_) => problems.push(Diagnostic::error("not-utf8").in_file(&file.path)),
            }
            names.insert(name.to_owned());
        }
    }
    let files: Vec<(String, SitePath)> = templates.iter().map(|(name, _, path)| (name.clone(), path.clone())).collect();
    let added = tera
        .set_fallback_prefixes(prefixes)
        .and_then(|()| tera.add_raw_templates(templates.iter().map(|(name, text, _)| (name.as_str(), text.as_str()))));
    if let Err(error) = added {
        problems.push(template_error(&error, &files));
    }
    let words = templates.iter().flat_map(|(_, text, _)| text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_'));
    let named = words.filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let assets = assets(&layers);
    if problems.is_empty() {
        Ok(Theme { tera, files, face: Arc::new(Face { templates: names, named, catalogues, assets }) })
    } else {
        Err(problems)
    }
}

fn layers(config: &Config, sources: &Sources) -> Result<Vec<Layer>, Diagnostic> {
    let own = ["templates", "catalogues"].iter().flat_map(|folder| sources.below(folder)).cloned().collect();
    let mut layers = vec![Layer { prefix: String::new(), name: String::new(), files: own }];
    let mut seen = BTreeSet::new();
    let mut next = Some(config.theme.clone());
    while let Some(name) = next {
        if !seen.insert(name.clone()) {
            let last =
                layers.last().map_or_else(|| "site.yaml".into(), |layer: &Layer| SitePath::from(format!("{}theme.yaml", layer.prefix)));
            return Err(Diagnostic::error("theme-circle").in_file(&last).at(KeyPath::of("extends").value()).with("name", name));
        }
        let mut files: Vec<SourceFile> = sources.below(&format!("themes/{name}")).cloned().collect();
        if files.is_empty() {
            files = built_in_theme(&name);
        }
        let prefix = format!("themes/{name}/");
        let path = format!("{prefix}theme.yaml");
        let Some(file) = files.iter().find(|file| *file.path == *path) else {
            let (file, key) = match layers.last() {
                Some(layer) if !layer.prefix.is_empty() => (SitePath::from(format!("{}theme.yaml", layer.prefix)), "extends"),
                _ => ("site.yaml".into(), "theme"),
            };
            return Err(Diagnostic::error("theme-missing").in_file(&file).at(KeyPath::of(key).value()).with("name", name));
        };
        let theme: ThemeConfig = read_yaml(&file.path, &String::from_utf8_lossy(&file.bytes()))?;
        next = theme.extends;
        layers.push(Layer { prefix, name: format!("{name}/"), files });
    }
    Ok(layers)
}

fn catalogues(config: &Config, layers: &[Layer]) -> Result<IndexMap<String, Catalogue>, Vec<Diagnostic>> {
    let mut catalogues = IndexMap::new();
    let mut problems = Vec::new();
    for language in &config.languages {
        let mut catalogue = Catalogue::default();
        for layer in layers.iter().rev() {
            let path = format!("{}catalogues/{language}.yaml", layer.prefix);
            if let Some(file) = layer.files.iter().find(|file| *file.path == *path)
                && let Err(problem) = catalogue.overlay(&file.path, &String::from_utf8_lossy(&file.bytes()))
            {
                problems.push(problem);
            }
        }
        catalogues.insert(language.clone(), catalogue);
    }
    if problems.is_empty() { Ok(catalogues) } else { Err(problems) }
}

/// Static files get the start of their hash into their name, so that hosts may let readers keep them for ever.
fn assets(layers: &[Layer]) -> BTreeMap<String, (String, Arc<[u8]>)> {
    let mut files: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    for layer in layers.iter().rev().filter(|layer| !layer.prefix.is_empty()) {
        let folder = format!("{}static/", layer.prefix);
        for file in layer.files.iter().filter(|file| file.path.starts_with(&folder)) {
            files.insert(file.path[folder.len()..].to_owned(), file.bytes());
        }
    }
    let scripts: BTreeMap<String, String> = files
        .iter()
        .filter(|(name, _)| name.ends_with(".js"))
        .filter_map(|(name, bytes)| Some((name.clone(), script::shortened(std::str::from_utf8(bytes).ok()?))))
        .collect();
    let bundled = bundle::bundled(&scripts);
    let mut assets = BTreeMap::new();
    for name in bundled.keys() {
        publish_script(name, &bundled, &mut Vec::new(), &mut assets);
    }
    for (name, bytes) in files.into_iter().filter(|(name, _)| !scripts.contains_key(name)) {
        assets.entry(name).or_insert_with_key(|name| (hashed(name, &bytes), bytes.clone()));
    }
    assets
}

/// Publishes a script after those that it imports, for their names are part of its text.
fn publish_script(
    name: &str,
    scripts: &BTreeMap<String, String>,
    above: &mut Vec<String>,
    assets: &mut BTreeMap<String, (String, Arc<[u8]>)>,
) {
    // A circle of modules cannot be named after its content; where it closes, the plain name stays.
    if assets.contains_key(name) || above.iter().any(|other| other == name) {
        return;
    }
    let Some(text) = scripts.get(name) else { return };
    above.push(name.to_owned());
    for other in script::imports(text) {
        publish_script(other, scripts, above, assets);
    }
    above.pop();
    let published = |other: &str| assets.get(other).and_then(|(address, _)| address.strip_prefix("assets/"));
    let names = script::imports(text).filter_map(|other| Some((other.to_owned(), published(other)?.to_owned()))).collect();
    let text = script::with_names(text, &names);
    assets.insert(name.to_owned(), (hashed(name, text.as_bytes()), text.into_bytes().into()));
}

fn hashed(name: &str, bytes: &[u8]) -> String {
    let hash = &blake3::hash(bytes).to_hex()[..10];
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("assets/{stem}.{hash}.{ending}"),
        None => format!("assets/{name}.{hash}"),
    }
}

/// Says which template is wrong, and why; the engine's own report has the place in it.
pub fn template_error(error: &tera::Error, files: &[(String, SitePath)]) -> Diagnostic {
    let report = report(error);
    // The report draws the place as `name:line:column`; the longest name that fits is the right one.
    let mut named: Vec<_> = files.iter().filter_map(|(name, path)| Some((name, path, report.find(&format!("{name}:"))?))).collect();
    named.sort_by_key(|(name, _, at)| (std::cmp::Reverse(name.len()), *at));
    let mut diagnostic = Diagnostic::error("template").with("report", first_line(&report));
    if let Some((name, path, at)) = named.first() {
        let mut numbers = report[at + name.len() + 1..].split(|letter: char| !letter.is_ascii_digit()).map(str::parse::<usize>);
        diagnostic = diagnostic.in_file(path);
        if let (Some(Ok(line)), Some(Ok(column))) = (numbers.next(), numbers.next()) {
            diagnostic = diagnostic.at(Place::Point(line, column));
        }
    } else if let Some((_, path)) = files.iter().find(|(name, _)| report.contains(&format!("`{name}`"))) {
        diagnostic = diagnostic.in_file(path);
    }
    diagnostic
}

/// What the engine says, without its drawing of the place.
fn first_line(report: &str) -> String {
    let drawing = |line: &str| line.trim_start().starts_with("-->") || line.contains(" | ") || line.trim_end().ends_with('|');
    let said: Vec<&str> = report.lines().map(str::trim).filter(|line| !line.is_empty() && !drawing(line)).collect();
    said.join(" ").trim_start_matches("error: ").to_owned()
}

fn report(error: &tera::Error) -> String {
    let mut report = match error.kind() {
        ErrorKind::Msg(message) => message.clone(),
        _ => error.to_string(),
    };
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        report.push('\n');
        report.push_str(&cause.to_string());
        source = cause.source();
    }
    report
}

#[allow(clippy::needless_pass_by_value, reason = "the signature of a filter")]
/// `{{ count | plural(forms=t.some.plural) }}`
fn plural(count: i64, arguments: Kwargs, _: &State) -> TeraResult<String> {
    let forms = arguments.must_get::<&tera::Map>("forms")?;
    let form = |name: &'static str| forms.get(&tera::value::Key::Str(name)).and_then(Value::as_str);
    let chosen = if count == 1 { form("one").or_else(|| form("other")) } else { form("other") };
    Ok(chosen.unwrap_or_default().replace("{count}", &count.to_string()))
}

#[allow(clippy::needless_pass_by_value, reason = "the signature of a filter")]
/// `{{ word | capital }}`: a word that stands alone, with a capital.
fn capital(word: &str, _: Kwargs, _: &State) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[allow(clippy::needless_pass_by_value, reason = "the signature of a filter")]
/// `{{ t.some.text | fill(name=value) }}`
fn fill(text: &str, arguments: Kwargs, _: &State) -> TeraResult<String> {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        let Some(length) = rest[start..].find('}') else { break };
        let name = &rest[start + 1..start + length];
        match arguments.get::<Value>(name)? {
            Some(value) => filled.push_str(&value.to_string()),
            None => filled.push_str(&rest[start..=start + length]),
        }
        rest = &rest[start + length + 1..];
    }
    filled.push_str(rest);
    Ok(filled)
}

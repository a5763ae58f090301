//! Diagnostics as text: for people at a terminal, for programs, and for code-review sites.

use std::collections::BTreeMap;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};
use serde_json::{Value, json};

use super::{Diagnostic, Excerpt, Location, Locator, Severity, SitePath, Texts};
use crate::source::Sources;

/// How to write diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// With the line itself and what to type instead.
    #[default]
    Human,
    /// One array of objects.
    Json,
    /// Static Analysis Results Interchange Format 2.1.0 (OASIS).
    Sarif,
    /// Commands that a GitHub workflow shows beside the lines.
    Github,
}

/// Writes all diagnostics.
///
/// `language` is that of the texts. `colour` only matters to people; programs never get it.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, language: &str, format: Format, colour: bool) -> String {
    let texts = Texts::of(language);
    let mut places = Locator::new(sources);
    match format {
        Format::Human => diagnostics.iter().map(|diagnostic| human(diagnostic, &mut places, texts, colour)).collect(),
        Format::Json => pretty(&Value::Array(diagnostics.iter().map(|diagnostic| object(diagnostic, &mut places, texts)).collect())),
        Format::Sarif => pretty(&sarif(diagnostics, &mut places, texts)),
        Format::Github => diagnostics.iter().map(|diagnostic| github(diagnostic, &mut places, texts)).collect(),
    }
}

/// So much is told of one file: each place costs a look through all of its text, and nobody mends more at once.
const MOST: usize = 200;

/// Puts diagnostics in the order in which an editor mends them: errors first, then by file and place. Of a file with more
/// than anybody reads, the first are kept, and how many there are besides is told.
pub fn sort(diagnostics: &mut Vec<Diagnostic>, sources: &Sources) {
    bound(diagnostics);
    let mut places = Locator::new(sources);
    diagnostics.sort_by_cached_key(|diagnostic| {
        let at = places.locate(diagnostic).and_then(|(_, location)| location).map_or(0, |location| location.span.start);
        (diagnostic.severity, diagnostic.file.clone(), at)
    });
    diagnostics.dedup();
}

fn bound(diagnostics: &mut Vec<Diagnostic>) {
    if diagnostics.len() <= MOST {
        return;
    }
    let mut left_out: BTreeMap<SitePath, usize> = BTreeMap::new();
    // What was left out when a part of them was put in order counts as well.
    for earlier in diagnostics.extract_if(.., |diagnostic| diagnostic.code == MORE) {
        let count = earlier.words.iter().find_map(|(_, count)| count.parse::<usize>().ok());
        *left_out.entry(earlier.file.unwrap_or_default()).or_default() += count.unwrap_or_default();
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.severity);
    let mut kept: BTreeMap<SitePath, usize> = BTreeMap::new();
    diagnostics.retain(|diagnostic| {
        let Some(file) = &diagnostic.file else { return true };
        let count = kept.entry(file.clone()).or_default();
        *count += 1;
        if *count > MOST {
            *left_out.entry(file.clone()).or_default() += 1;
        }
        *count <= MOST
    });
    diagnostics.extend(left_out.iter().map(|(file, count)| Diagnostic::warning(MORE).in_file(file).with("count", count)));
}

/// The code that tells of what is not told.
const MORE: &str = "more-problems";

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).map_or_else(|_| String::new(), |text| text + "\n")
}

fn human(diagnostic: &Diagnostic, places: &mut Locator<'_>, texts: &Texts, colour: bool) -> String {
    let message = texts.message(diagnostic);
    let help = texts.help(diagnostic);
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR.with_name(texts.severity(Severity::Error)),
        Severity::Warning => Level::WARNING.with_name(texts.severity(Severity::Warning)),
    };
    let found = places.locate(diagnostic);
    let excerpt = found.as_ref().and_then(|(text, location)| Some((location.as_ref()?, text.excerpt(location.as_ref()?))));
    let title = level.primary_title(message.as_str()).id(diagnostic.code);
    let path = diagnostic.file.as_deref().unwrap_or_default();
    let mut groups = Vec::new();
    let mut group = match &excerpt {
        Some((location, (excerpt, marked))) => {
            let snippet = lines(location, excerpt).annotation(AnnotationKind::Primary.span(marked.clone()));
            if excerpt.begins_late {
                title.element(Origin::path(path).line(location.line).char_column(location.column)).element(snippet)
            } else {
                title.element(snippet.path(path))
            }
        }
        _ if !path.is_empty() => title.element(Origin::path(path)),
        _ => Group::with_title(title),
    };
    if let (Some((location, (excerpt, marked))), Some(replacement)) = (&excerpt, &diagnostic.replacement)
        && !(excerpt.begins_late || excerpt.ends_early)
    {
        groups.push(group);
        let snippet = lines(location, excerpt).path(path).patch(Patch::new(marked.clone(), replacement.as_str()));
        groups.push(Level::HELP.with_name(texts.help_word()).secondary_title(help.as_str()).element(snippet));
    } else {
        if !help.is_empty() {
            group = group.element(Level::HELP.with_name(texts.help_word()).message(help.as_str()));
        }
        groups.push(group);
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    format!("{}\n\n", renderer.render(&groups))
}

fn lines<'a, T: Clone>(location: &Location, excerpt: &Excerpt<'a>) -> Snippet<'a, T> {
    Snippet::source(excerpt.text).line_start(location.line).fold(true)
}

fn object(diagnostic: &Diagnostic, places: &mut Locator<'_>, texts: &Texts) -> Value {
    let found = places.locate(diagnostic);
    let location = found.as_ref().and_then(|(_, location)| location.as_ref());
    json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity.word(),
        "file": diagnostic.file.as_deref(),
        "line": location.map(|location| location.line),
        "column": location.map(|location| location.column),
        "span": location.map(|location| [location.span.start, location.span.end]),
        "source": found.as_ref().zip(location).map(|((text, _), location)| text.excerpt(location).0.text.lines().next().unwrap_or_default()),
        "message": texts.message(diagnostic),
        "help": texts.help(diagnostic),
        "replacement": diagnostic.replacement,
        "related": diagnostic.related.as_ref().map(|(file, _)| &**file),
    })
}

fn sarif(diagnostics: &[Diagnostic], places: &mut Locator<'_>, texts: &Texts) -> Value {
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| {
            let message = format!("{} {}", texts.message(diagnostic), texts.help(diagnostic));
            let mut result = json!({
                "ruleId": diagnostic.code,
                "level": diagnostic.severity.word(),
                "message": {"text": message.trim()},
            });
            if let Some(file) = diagnostic.file.as_deref() {
                let mut physical = json!({"artifactLocation": {"uri": percent_encoded(file)}});
                if let Some((_, Some(location))) = places.locate(diagnostic) {
                    physical["region"] = json!({"startLine": location.line, "startColumn": location.column});
                }
                result["locations"] = json!([{"physicalLocation": physical}]);
            }
            result
        })
        .collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "via-site",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": super::codes().map(|code| json!({"id": code})).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// A path as part of an address (RFC 3986): all but unreserved letters and slashes as their bytes.
fn percent_encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn github(diagnostic: &Diagnostic, places: &mut Locator<'_>, texts: &Texts) -> String {
    let escaped = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escaped(text).replace(':', "%3A").replace(',', "%2C");
    let mut properties = Vec::new();
    if let Some(file) = diagnostic.file.as_deref() {
        properties.push(format!("file={}", property(file)));
        if let Some((_, Some(location))) = places.locate(diagnostic) {
            properties.push(format!("line={},col={}", location.line, location.column));
        }
    }
    properties.push(format!("title={}", property(diagnostic.code)));
    let message = format!("{} {}", texts.message(diagnostic), texts.help(diagnostic));
    format!("::{} {}::{}\n", diagnostic.severity.word(), properties.join(","), escaped(message.trim()))
}

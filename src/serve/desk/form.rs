//! A form that makes a new page of any kind: its title and the fields that it must have, with the words and the pages to
//! choose from.

use serde::Serialize;

use super::{State, graph_of};
use crate::diagnostic::SitePath;
use crate::graph::Graph;
use crate::new_page::{NewPage, NewPageError};
use crate::schema::{Field, FieldType, Kind, Role, Schema};

/// No more pages than this are offered for one field.
const OFFERED: usize = 5000;

/// So many lines are offered for a list of pages.
const LINES: usize = 3;

/// A form.
#[derive(Debug, Serialize)]
pub struct Form {
    kind: String,
    name: String,
    definition: String,
    fields: Vec<Control>,
    tag: String,
    token: String,
    /// Why the last try did not succeed.
    wrong: Option<String>,
}

/// A field of the form.
#[derive(Debug, Serialize)]
struct Control {
    path: String,
    label: String,
    help: String,
    widget: &'static str,
    /// How many lines of it there are.
    lines: usize,
    /// What to choose from.
    choices: Vec<(String, String)>,
    value: String,
    is_title: bool,
}

/// The form for a kind of page, filled with what was given; none if there is no such kind.
pub fn form(
    state: &State,
    kind: &str,
    given: &[(String, String)],
    language: &str,
    frame: (String, &str),
    wrong: Option<String>,
) -> Option<Form> {
    let graph = graph_of(state)?;
    let kind = graph.schema.kinds.iter().find(|known| &*known.name == kind)?;
    let mut fields = Vec::new();
    for field in kind.fields.iter().filter(|field| field.required) {
        controls(graph, field, &field.name, language, given, &mut fields);
    }
    Some(Form {
        kind: kind.name.to_string(),
        name: kind.singular.get(language).to_owned(),
        definition: kind.definition.get(language).to_owned(),
        fields,
        tag: frame.0,
        token: frame.1.to_owned(),
        wrong,
    })
}

fn controls(graph: &Graph, field: &Field, path: &str, language: &str, given: &[(String, String)], found: &mut Vec<Control>) {
    if let FieldType::Record(inner) = &field.ty {
        for inner in inner.iter().filter(|inner| inner.required) {
            controls(graph, inner, &format!("{path}.{}", inner.name), language, given, found);
        }
        return;
    }
    let schema = &graph.schema;
    let gaps = field.gaps.map_or_else(Vec::new, |gaps| terms(schema, gaps, language));
    let (widget, mut choices) = match &field.ty {
        FieldType::Term(vocabulary) => (if field.list { "terms" } else { "term" }, terms(schema, *vocabulary, language)),
        FieldType::Reference(relation) => {
            let kinds = &schema.relation(*relation).to;
            let pages = graph.present().filter(|(_, entity)| kinds.contains(&entity.kind)).take(OFFERED);
            ("page", pages.map(|(_, entity)| (entity.id.to_string(), entity.text(schema, Role::Title, language).to_owned())).collect())
        }
        FieldType::Boolean => ("term", vec![("true".to_owned(), "✓".to_owned()), ("false".to_owned(), "✗".to_owned())]),
        FieldType::Markdown => ("area", Vec::new()),
        FieldType::Text if field.list || field.role == Some(Role::Summary) => ("area", Vec::new()),
        _ => ("line", Vec::new()),
    };
    choices.extend(gaps);
    let many = field.list && widget == "page";
    found.push(Control {
        path: path.to_owned(),
        label: field.label.get(language).to_owned(),
        help: field.help.get(language).to_owned(),
        widget,
        lines: if many { field.max.unwrap_or(LINES).clamp(1, LINES) } else { 1 },
        choices,
        value: given.iter().find(|(name, _)| name == path).map_or_else(String::new, |(_, value)| value.clone()),
        is_title: field.role == Some(Role::Title),
    });
}

fn terms(schema: &Schema, vocabulary: crate::schema::VocabularyIndex, language: &str) -> Vec<(String, String)> {
    let terms = schema.vocabulary(vocabulary).terms.iter().filter(|(_, term)| !term.computed);
    terms.map(|(name, term)| (name.to_string(), term.label.get(language).to_owned())).collect()
}

/// Makes the page that a form asks for; gives its path.
///
/// # Errors
///
/// In words, if there is no such kind, no title, or the file cannot be written.
pub fn new_page(
    root: &std::path::Path,
    state: &State,
    given: &[(String, String)],
    language: &str,
) -> Result<SitePath, Option<NewPageError>> {
    let value = |name: &str| given.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim());
    let graph = graph_of(state).ok_or(None)?;
    let snapshot = state.latest.as_ref().ok_or(None)?;
    let kind: &Kind = graph.schema.kinds.iter().find(|kind| *kind.name == *value("kind")).ok_or(None)?;
    let title = kind.role(Role::Title).map_or("", |field| value(&field.name));
    let page = NewPage { schema: &graph.schema, kind, title, language, values: given };
    let path = page.path(&snapshot.sources).map_err(Some)?;
    page.write(root, &path).map_err(Some)?;
    Ok(path)
}

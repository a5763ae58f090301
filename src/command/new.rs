//! `via-site new`: a page with the next id and every field that it must have, each with what belongs there.

use std::path::Path;

use jiff::civil;

use super::{Arguments, FINE, WRONG_CONTENT, complain, language, report};
use crate::diagnostic::nearest;
use crate::document::slug;
use crate::pipeline::{self, Options};
use crate::schema::{Field, FieldType, IdForm, Kind, Role, Schema};
use crate::source::{self, Sources};

/// Makes the file; never writes over one.
pub(super) fn new(arguments: &Arguments, root: &Path, kind: &str, title: &str) -> u8 {
    let (sources, _) = source::read(root);
    let language = language(arguments, &sources);
    let options = Options { today: civil::Date::ZERO, drafts: true, base_url: None };
    let schema = match pipeline::schema_of(&sources, &options) {
        Ok((_, schema)) => schema,
        Err(problems) => {
            report(arguments, &problems, &sources, &language);
            return WRONG_CONTENT;
        }
    };
    let Some(found) = schema.kinds.iter().find(|found| &*found.name == kind) else {
        let names: Vec<&str> = schema.kinds.iter().map(|kind| &*kind.name).collect();
        let near = nearest(kind, names.iter().copied()).map_or_else(|| names.join(", "), str::to_owned);
        return complain(&format!("there is no kind \"{kind}\"; did you mean: {near}"));
    };
    let name = slug(title);
    if name.is_empty() {
        return complain("the title has no letters or digits");
    }
    let name = match next_id(found, &sources) {
        Some(id) => format!("{id}-{name}"),
        None => name,
    };
    let path = format!("content/{}/{name}.md", found.folder);
    let file = root.join(&path);
    let text = page(&schema, found, title, &language);
    let written = file.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&file)?;
        std::io::Write::write_all(&mut file, text.as_bytes())
    });
    match written {
        Ok(()) => {
            anstream::println!("{path}");
            FINE
        }
        Err(error) => complain(&format!("cannot write {path}: {error}")),
    }
}

/// One more than the highest number in the files' names, drafts and removed pages included.
fn next_id(kind: &Kind, sources: &Sources) -> Option<String> {
    let IdForm::Numbered { prefix, digits } = &kind.id else { return None };
    let start = format!("{prefix}-");
    let numbers = sources.below(&format!("content/{}", kind.folder)).filter_map(|file| {
        let name = file.path.rsplit('/').next()?;
        name.strip_prefix(&start)?.get(..*digits)?.parse::<u64>().ok()
    });
    let next = numbers.max().unwrap_or(0) + 1;
    Some(format!("{prefix}-{next:0digits$}"))
}

/// The text of a new page. Required fields come first and must be filled in; the others stand below as comments.
fn page(schema: &Schema, kind: &Kind, title: &str, language: &str) -> String {
    let mut text = String::from("---\n");
    let (required, optional): (Vec<&Field>, Vec<&Field>) = kind.fields.iter().partition(|field| field.required);
    for field in required {
        if field.role == Some(Role::Title) {
            text.push_str(&format!("{}: {}\n", field.name, quoted(title)));
            continue;
        }
        text.push_str(&comment(schema, field, language));
        let value = empty(field);
        let space = if value.is_empty() || value.starts_with('\n') { "" } else { " " };
        text.push_str(&format!("{}:{space}{value}\n", field.name));
    }
    for field in optional.into_iter().filter(|field| !matches!(field.role, Some(Role::Tombstone | Role::Draft))) {
        text.push_str(&format!("# {}: {}\n", field.name, field.label.get(language)));
    }
    if let Some(draft) = kind.role(Role::Draft) {
        text.push_str(&format!("{}: true\n", draft.name));
    }
    text.push_str("---\n\n");
    text
}

fn comment(schema: &Schema, field: &Field, language: &str) -> String {
    let mut lines = vec![if field.help.is_empty() { field.label.get(language).to_owned() } else { field.help.get(language).to_owned() }];
    match &field.ty {
        FieldType::Term(vocabulary) => {
            let terms = schema.vocabulary(*vocabulary).terms.iter().filter(|(_, term)| !term.computed);
            lines.push(terms.map(|(name, _)| name.to_string()).collect::<Vec<_>>().join(" | "));
        }
        FieldType::Reference(relation) => {
            let kinds = schema.relation(*relation).to.iter().map(|kind| schema.kind(*kind).singular.get(language));
            lines.push(format!("id: {}", kinds.collect::<Vec<_>>().join(", ")));
        }
        FieldType::Record(fields) => {
            let names = fields.iter().filter(|field| field.required).map(|field| field.name.to_string());
            lines.push(names.collect::<Vec<_>>().join(", "));
        }
        FieldType::Date => lines.push("2026-01-31, 2026-01, 2026".to_owned()),
        _ => {}
    }
    if let Some(gaps) = field.gaps {
        let words = schema.vocabulary(gaps).terms.keys().map(ToString::to_string);
        lines.push(format!("… {}", words.collect::<Vec<_>>().join(" | ")));
    }
    let commented: Vec<String> = lines.iter().map(|line| format!("# {}", line.replace('\n', " "))).collect();
    commented.join("\n") + "\n"
}

fn empty(field: &Field) -> String {
    match &field.ty {
        FieldType::Record(fields) if !field.list => {
            let inner: Vec<String> = fields.iter().filter(|field| field.required).map(|field| format!("\n  {}:", field.name)).collect();
            inner.concat()
        }
        FieldType::Record(_) => "[]".to_owned(),
        _ if field.list => "[]".to_owned(),
        _ => String::new(),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

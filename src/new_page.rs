//! A page that does not exist yet: its name, its text with every field that it must have, and the file that it becomes.
#![allow(clippy::disallowed_methods, reason = "makes files for editors, which is neither reading a site nor publishing it")]

use std::io::Write;
use std::path::Path;

use crate::diagnostic::SitePath;
use crate::document::slug;
use crate::schema::{Field, FieldType, IdForm, Kind, Role, Schema};
use crate::source::Sources;

/// What is known of a page before it is made.
#[derive(Debug)]
pub struct NewPage<'a> {
    /// The content model.
    pub schema: &'a Schema,
    /// What it is to be.
    pub kind: &'a Kind,
    /// Its title.
    pub title: &'a str,
    /// The language of the notes in it.
    pub language: &'a str,
    /// Values of fields, by the names that lead to them with dots between.
    pub values: &'a [(String, String)],
}

/// Why a page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum NewPageError {
    /// Nothing of the title can stand in a file's name.
    #[error("the title has no letters or digits")]
    Title,
    /// There is a link on the way, which may lead out of the site.
    #[error("{0} is a link")]
    Link(String),
    /// The system refused.
    #[error("cannot write {0}: {1}")]
    Write(String, std::io::Error),
}

impl NewPage<'_> {
    /// Where its file will stand, from the site's root, with the next free number.
    ///
    /// # Errors
    ///
    /// If the title gives no name.
    pub fn path(&self, sources: &Sources) -> Result<SitePath, NewPageError> {
        let name = slug(self.title);
        if name.is_empty() {
            return Err(NewPageError::Title);
        }
        let name = next_id(self.kind, sources).map_or(name.clone(), |id| format!("{id}-{name}"));
        Ok(format!("content/{}/{name}.md", self.kind.folder).into())
    }

    /// Its text. Required fields come first, each with its value or with a note on what belongs there; the others stand below
    /// as comments.
    pub fn text(&self) -> String {
        let mut text = String::from("---\n");
        let (required, optional): (Vec<&Field>, Vec<&Field>) = self.kind.fields.iter().partition(|field| field.required);
        for field in required {
            if field.role == Some(Role::Title) {
                text.push_str(&format!("{}: {}\n", field.name, quoted(self.title)));
                continue;
            }
            match self.value(field, &field.name) {
                Some(value) => text.push_str(&format!("{}:{value}\n", field.name)),
                None => text.push_str(&(self.note(field) + &format!("{}:{}\n", field.name, empty(field)))),
            }
        }
        for field in optional.into_iter().filter(|field| !matches!(field.role, Some(Role::Tombstone | Role::Draft))) {
            text.push_str(&format!("# {}: {}\n", field.name, field.label.get(self.language)));
        }
        if let Some(draft) = self.kind.role(Role::Draft) {
            text.push_str(&format!("{}: true\n", draft.name));
        }
        text.push_str("---\n\n");
        text
    }

    /// Writes it below the site's root; never over a file, and never through a link.
    ///
    /// # Errors
    ///
    /// If there is such a file, or the system refuses.
    pub fn write(&self, root: &Path, path: &str) -> Result<(), NewPageError> {
        let mut folder = root.to_path_buf();
        for part in path.split('/') {
            folder.push(part);
            if folder.is_symlink() {
                return Err(NewPageError::Link(path.to_owned()));
            }
        }
        let file = root.join(path);
        let written = file.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| {
            let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&file)?;
            file.write_all(self.text().as_bytes())
        });
        written.map_err(|error| NewPageError::Write(path.to_owned(), error))
    }

    /// The value of a field as it stands behind its name; none where nothing was given.
    fn value(&self, field: &Field, path: &str) -> Option<String> {
        if let FieldType::Record(inner) = &field.ty {
            let filled: Vec<(&Field, String)> = inner
                .iter()
                .filter(|inner| inner.required)
                .filter_map(|inner| Some((inner, self.value(inner, &format!("{path}.{}", inner.name))?)))
                .collect();
            let (first, next) = if field.list { ("\n  - ", "\n    ") } else { ("\n  ", "\n  ") };
            let lines = filled
                .iter()
                .enumerate()
                .map(|(position, (inner, value))| format!("{}{}:{value}", if position == 0 { first } else { next }, inner.name));
            return (!filled.is_empty()).then(|| lines.collect());
        }
        let given = self.values.iter().filter(|(name, _)| name == path).map(|(_, value)| value.as_str());
        let given: Vec<&str> = if field.list {
            given.flat_map(str::lines).map(str::trim).filter(|value| !value.is_empty()).collect()
        } else {
            given.map(str::trim).filter(|value| !value.is_empty()).take(1).collect()
        };
        match given.as_slice() {
            [] => None,
            [one] if !field.list => Some(format!(" {}", scalar(field, one))),
            many => Some(format!(" [{}]", many.iter().map(|one| scalar(field, one)).collect::<Vec<_>>().join(", "))),
        }
    }

    fn note(&self, field: &Field) -> String {
        let language = self.language;
        let mut lines =
            vec![if field.help.is_empty() { field.label.get(language).to_owned() } else { field.help.get(language).to_owned() }];
        match &field.ty {
            FieldType::Term(vocabulary) => {
                let terms = self.schema.vocabulary(*vocabulary).terms.iter().filter(|(_, term)| !term.computed);
                lines.push(terms.map(|(name, _)| name.to_string()).collect::<Vec<_>>().join(" | "));
            }
            FieldType::Reference(relation) => {
                let kinds = self.schema.relation(*relation).to.iter().map(|kind| self.schema.kind(*kind).singular.get(language));
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
            let words = self.schema.vocabulary(gaps).terms.keys().map(ToString::to_string);
            lines.push(format!("… {}", words.collect::<Vec<_>>().join(" | ")));
        }
        lines.iter().map(|line| format!("# {}\n", line.replace('\n', " "))).collect()
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

fn empty(field: &Field) -> String {
    match &field.ty {
        FieldType::Record(fields) if !field.list => {
            fields.iter().filter(|field| field.required).map(|field| format!("\n  {}:", field.name)).collect()
        }
        _ if field.list => " []".to_owned(),
        _ => String::new(),
    }
}

/// A value as YAML: names, numbers, dates and yes or no as they are, everything else in quotes.
fn scalar(field: &Field, value: &str) -> String {
    let is_name = value.starts_with(|letter: char| letter.is_ascii_lowercase())
        && value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-')
        && !matches!(value, "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n");
    let is_plain = match field.ty {
        FieldType::Text | FieldType::Markdown | FieldType::Url | FieldType::Doi => false,
        FieldType::Number { .. } => is_name || value.parse::<f64>().is_ok_and(f64::is_finite),
        FieldType::Boolean => is_name || matches!(value, "true" | "false"),
        FieldType::Date => is_name || (!value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')),
        _ => is_name,
    };
    let is_gap = is_name && field.gaps.is_some();
    if is_plain || is_gap { value.to_owned() } else { quoted(value) }
}

/// A text in double quotes; what JSON writes, YAML reads (YAML 1.2.2, section 1.3).
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

//! One file of `content/`, read against the schema: typed fields, a rendered body, and all that is wrong with either.
//!
//! A document knows nothing of the others. What depends on them is left as references and holes.

pub mod body;
pub mod cost;
mod fence;
mod front_matter;
mod highlight;
pub mod markup;
mod math;
mod mistake;
pub mod value;

use std::sync::Arc;

use self::body::Body;
use self::markup::MarkupOptions;
use self::value::{Record, Reference, Value, value_at};
use crate::diagnostic::{Diagnostic, SitePath, nearest};
use crate::schema::{Field, FieldType, IdForm, KindIndex, Name, Role, Schema};
use crate::source::SourceFile;
use crate::yaml;

/// The permanent name of an entity: lower-case letters, digits and hyphens.
pub type EntityId = Arc<str>;

/// A document: an entity in one language.
#[derive(Debug)]
pub struct Document {
    /// Its file.
    pub path: SitePath,
    /// The hash of its file as it was read; it may hold something else by now.
    pub hash: blake3::Hash,
    /// What it is.
    pub kind: KindIndex,
    /// Which entity it describes.
    pub id: EntityId,
    /// In which language.
    pub language: String,
    /// Whether its file name has a language suffix.
    pub translation: bool,
    /// Its title as a reader would look it up in an alphabetical list.
    pub sort_key: String,
    /// Its typed front matter.
    pub fields: Record,
    /// The references in its front matter.
    pub references: Vec<Reference>,
    /// Its body.
    pub body: Body,
    /// All that is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Document {
    /// The value at the end of a path of names.
    pub fn value(&self, path: &[Name]) -> Option<&Value> {
        value_at(&self.fields, path)
    }

    /// The value of the field with this role.
    pub fn role<'a>(&'a self, schema: &Schema, role: Role) -> Option<&'a Value> {
        let field = schema.kind(self.kind).role(role)?;
        self.fields.get(&field.name)
    }

    /// The text of the field with this role; empty if there is none.
    pub fn text<'a>(&'a self, schema: &Schema, role: Role) -> &'a str {
        self.role(schema, role).and_then(Value::as_text).unwrap_or_default()
    }

    /// Whether its draft field is set.
    pub fn is_draft(&self, schema: &Schema) -> bool {
        matches!(self.role(schema, Role::Draft), Some(Value::Boolean(true)))
    }
}

/// The value of the first field with this role in a record.
pub fn by_role<'a>(fields: &[Field], record: &'a Record, role: Role) -> Option<&'a Value> {
    fields.iter().find(|field| field.role == Some(role)).and_then(|field| record.get(&field.name))
}

/// The fields of a record type.
pub fn record_fields(field: &Field) -> &[Field] {
    match &field.ty {
        FieldType::Record(fields) => fields,
        _ => &[],
    }
}

/// What of the site's configuration matters to a single document.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The content model.
    pub schema: &'a Schema,
    /// The site's languages, the first one that of files without a suffix.
    pub languages: &'a [String],
    /// HTML elements that editors may type.
    pub raw_html: &'a [String],
}

/// What a file of `content/` turned out to be.
#[derive(Debug)]
pub enum Reading {
    /// A page.
    Document(Box<Document>),
    /// A file that pages may show or link to.
    Asset,
    /// Neither; the diagnostic says why.
    Refused(Diagnostic),
}

/// Endings of files that may lie beside pages.
pub const ASSET_ENDINGS: [&str; 9] = ["png", "jpg", "jpeg", "webp", "gif", "svg", "pdf", "csv", "xlsx"];

/// Reads one file of `content/`.
///
/// Never fails: whatever is wrong becomes a diagnostic, and what is right is kept, so that other documents can still be
/// checked against it.
pub fn read(file: &SourceFile, setting: Setting<'_>) -> Reading {
    let path = file.path.strip_prefix("content/").unwrap_or(&file.path);
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if ending(name) != Some("md") {
        return asset_or_refuse(file, ending(name));
    }
    // Notes for editors may lie anywhere, in capitals as is the custom.
    if matches!(name, "README.md" | "CONTRIBUTING.md") {
        return Reading::Asset;
    }
    let Some(kind) = kind_of(folder, setting.schema) else {
        return Reading::Refused(unknown_folder(file, folder, setting.schema));
    };
    let stem = name.strip_suffix(".md").unwrap_or(name);
    let (stem, language, translation) = match stem.rsplit_once('.') {
        None => (stem, setting.languages.first().cloned().unwrap_or_default(), false),
        Some((stem, suffix)) if setting.languages.iter().skip(1).any(|language| language == suffix) => (stem, suffix.to_owned(), true),
        Some((_, suffix)) => {
            let known = setting.languages.iter().skip(1).map(|language| format!(".{language}.md")).collect::<Vec<_>>().join(", ");
            return Reading::Refused(Diagnostic::error("file-language").in_file(&file.path).with("suffix", suffix).with("known", known));
        }
    };
    let Some(id) = id_of(stem, &setting.schema.kind(kind).id) else {
        let code = match &setting.schema.kind(kind).id {
            IdForm::Numbered { prefix, digits } if id_of(&slug(stem), &setting.schema.kind(kind).id).is_none() => {
                let example = format!("{prefix}-{}-{}.md", "N".repeat(*digits), slug(stem));
                Diagnostic::error("file-name-number").with("example", example).with("digits", digits)
            }
            IdForm::Numbered { .. } | IdForm::FileName => Diagnostic::error("file-name").with("example", format!("{}.md", slug(stem))),
        };
        return Reading::Refused(code.in_file(&file.path).with("name", name));
    };
    let bytes = match file.read() {
        Ok(bytes) => bytes,
        Err(error) => return Reading::Refused(Diagnostic::error("source-unreadable").in_file(&file.path).with("reason", error)),
    };
    let name = Named { path: &file.path, kind, id, language, translation };
    Reading::Document(Box::new(document(name, &bytes, setting)))
}

/// What the name of a document's file says of it.
struct Named<'a> {
    path: &'a SitePath,
    kind: KindIndex,
    id: EntityId,
    language: String,
    translation: bool,
}

fn document(name: Named<'_>, bytes: &[u8], setting: Setting<'_>) -> Document {
    let Named { path, kind, id, language, translation } = name;
    let mut document = Document {
        path: path.clone(),
        hash: blake3::hash(bytes),
        kind,
        id,
        language,
        translation,
        sort_key: String::new(),
        fields: Record::new(),
        references: Vec::new(),
        body: Body::default(),
        diagnostics: Vec::new(),
    };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            document.diagnostics.push(Diagnostic::error("not-utf8").in_file(path).at(at..at + 1));
            return document;
        }
    };
    if let Some(place) = fence::conflict(text) {
        document.diagnostics.push(Diagnostic::error("conflict").in_file(path).at(place));
        return document;
    }
    let Some(parts) = yaml::front_matter(text) else {
        document.diagnostics.push(fence::missing(text).in_file(path));
        return document;
    };
    let options = MarkupOptions { raw_html: setting.raw_html, extensions: true };
    let fields = &setting.schema.kind(kind).fields;
    let render = |text: &str| markup::render(text, 0, &options);
    let front = front_matter::read(&text[parts.yaml.clone()], parts.yaml.start, setting.schema, fields, translation, &render);
    document.fields = front.fields;
    document.sort_key = slug(document.text(setting.schema, Role::Title));
    document.references = front.references;
    document.references.shrink_to_fit();
    document.diagnostics = front.diagnostics;
    document.body = markup::render(&text[parts.body.clone()], parts.body.start, &options);
    document.diagnostics.append(&mut document.body.diagnostics);
    for diagnostic in &mut document.diagnostics {
        diagnostic.file = Some(path.clone());
    }
    document
}

fn ending(name: &str) -> Option<&str> {
    name.rsplit('/').next()?.rsplit_once('.').map(|(_, ending)| ending)
}

fn asset_or_refuse(file: &SourceFile, ending: Option<&str>) -> Reading {
    let lower = ending.unwrap_or_default().to_lowercase();
    if ASSET_ENDINGS.contains(&lower.as_str()) {
        return Reading::Asset;
    }
    let known = ASSET_ENDINGS.join(", ");
    Reading::Refused(Diagnostic::warning("file-type").in_file(&file.path).with("ending", lower).with("known", known))
}

/// A kind's folder, or one below it.
fn kind_of(folder: &str, schema: &Schema) -> Option<KindIndex> {
    let mut folder = folder;
    loop {
        if let Some(kind) = schema.kind_of_folder(folder) {
            return Some(kind);
        }
        folder = folder.rsplit_once('/')?.0;
    }
}

fn unknown_folder(file: &SourceFile, folder: &str, schema: &Schema) -> Diagnostic {
    let near = nearest(folder, schema.kinds.iter().map(|kind| kind.folder.as_str())).map(|near| format!("content/{near}"));
    let all = schema.kinds.iter().map(|kind| format!("content/{}", kind.folder)).collect::<Vec<_>>().join(", ");
    let near = near.as_ref();
    Diagnostic::error(if folder.is_empty() { "file-no-folder" } else { "file-folder" })
        .in_file(&file.path)
        .with("folder", folder)
        .with("nearest", near.unwrap_or(&all))
}

/// The id in a file's name.
fn id_of(stem: &str, form: &IdForm) -> Option<EntityId> {
    let fine = |text: &str| {
        !text.is_empty() && text.len() <= 120 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    if !fine(stem) || stem.starts_with('-') || stem.ends_with('-') {
        return None;
    }
    match form {
        IdForm::FileName => Some(stem.into()),
        IdForm::Numbered { prefix, digits } => {
            let rest = stem.strip_prefix(prefix.as_str())?.strip_prefix('-')?;
            let (number, decoration) = rest.split_at_checked(*digits)?;
            let numbered = number.bytes().all(|byte| byte.is_ascii_digit());
            (numbered && (decoration.is_empty() || decoration.starts_with('-'))).then(|| format!("{prefix}-{number}").into())
        }
    }
}

/// A text as a part of a file name or an anchor: lower-case ASCII letters and digits with single hyphens between.
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in deunicode::deunicode(text).chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() && letter != '\'' {
            slug.push('-');
        }
    }
    let mut short = slug.trim_end_matches('-');
    if short.len() > 60 {
        short = short[..60].rsplit_once('-').map_or(&short[..60], |(start, _)| start);
    }
    short.to_owned()
}

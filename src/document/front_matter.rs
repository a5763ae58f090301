//! Front matter, checked against the schema: which fields there are and must be, and each with its value.

mod single;

use std::ops::Range;

use serde_yaml::{Mapping, Value as Yaml};

use super::mistake::{self, Mistake};
use super::value::{Record, Reference, Value};
use crate::diagnostic::{Diagnostic, KeyPath, nearest};
use crate::schema::{Field, FieldType, IdForm, Name, RelationIndex, Role, Schema, VocabularyIndex};
use crate::yaml::{self, ProblemKind};

/// Front matter with its types.
#[derive(Debug, Default)]
pub struct FrontMatter {
    /// The fields that are right.
    pub fields: Record,
    /// The references in them.
    pub references: Vec<Reference>,
    /// All that is wrong; without a file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Renders the Markdown of a `markdown` field; all its places are those of the field.
pub type RenderField<'a> = &'a dyn Fn(&str) -> super::body::Body;

/// Reads a YAML text and checks it.
///
/// `offset` is where the text stands in the file. With `translation`, no field is required, and only text may stand there.
pub fn read(text: &str, offset: usize, schema: &Schema, fields: &[Field], translation: bool, render: RenderField<'_>) -> FrontMatter {
    let mut reader = Reader { schema, translation, render, unreadable: Vec::new(), result: FrontMatter::default() };
    let value = reader.parse(text, offset, fields);
    let record = match value {
        Some(Yaml::Mapping(mapping)) => reader.record(fields, &mapping, &KeyPath::default()),
        Some(Yaml::Null) | None => {
            if reader.result.diagnostics.is_empty() {
                reader.missing(fields, &Mapping::new(), &KeyPath::default(), &[]);
            }
            Record::default()
        }
        Some(_) => {
            reader.result.diagnostics.push(Diagnostic::error("front-matter-shape").at(offset..offset + text.trim_end().len()));
            Record::default()
        }
    };
    reader.result.fields = record;
    reader.result
}

/// So many signs that may open a level are looked at before anything else.
const MANY: usize = 1000;

struct Reader<'a> {
    schema: &'a Schema,
    translation: bool,
    render: RenderField<'a>,
    /// Top-level keys whose values cannot be read; they count as present and are not checked.
    unreadable: Vec<String>,
    result: FrontMatter,
}

impl Reader<'_> {
    /// The usual case is one pass of `serde_yaml`. Only where it fails, or where the text may hold what content may not, is
    /// the text walked with places.
    fn parse(&mut self, text: &str, offset: usize, fields: &[Field]) -> Option<Yaml> {
        // The time that `serde_yaml` takes grows with the square of the depth; a walk gives up at once.
        if text.matches(['[', '{', '-', '?']).nth(MANY).is_some()
            && let Some(deep) = yaml::parse(text).1.into_iter().find(|problem| problem.kind == ProblemKind::TooDeep)
        {
            self.result.diagnostics.push(Diagnostic::error("yaml-too-deep").at(deep.span.start + offset..deep.span.end + offset));
            return None;
        }
        let value = serde_yaml::from_str::<Yaml>(text);
        let suspicious = text.contains(['&', '*', '!']) || value.as_ref().is_ok_and(yaml::is_too_deep);
        let found = if suspicious || value.is_err() { Some(yaml::parse(text)) } else { None };
        let (value, (tree, problems)) = match (value, found) {
            (Ok(value), None) => return Some(value),
            (Ok(value), Some((_, problems))) if problems.is_empty() => return Some(value),
            (value, found) => (value, found.unwrap_or_default()),
        };
        if problems.is_empty()
            && let Err(error) = &value
        {
            let at = error.location().map_or(0, |location| location.index()).min(text.len());
            let diagnostic = self.syntax(text, at..at, offset, fields);
            self.result.diagnostics.push(diagnostic);
            return None;
        }
        self.unreadable = tree.as_ref().map_or_else(Vec::new, |tree| tree.keys_with(&problems));
        for problem in problems {
            let at = problem.span.start + offset..problem.span.end + offset;
            let diagnostic = match problem.kind {
                ProblemKind::DuplicateKey { key, first } => {
                    let first_line = text[..first.start].matches('\n').count() + 2;
                    Diagnostic::error("duplicate-key").with("key", key).with("line", first_line)
                }
                ProblemKind::Anchor => Diagnostic::error("yaml-anchor"),
                ProblemKind::Alias => Diagnostic::error("yaml-alias"),
                ProblemKind::Tag => Diagnostic::error("yaml-tag"),
                ProblemKind::TooDeep => Diagnostic::error("yaml-too-deep"),
                ProblemKind::Tab => Diagnostic::error("yaml-tab").replace_by("  "),
                ProblemKind::Syntax => {
                    let diagnostic = self.syntax(text, problem.span, offset, fields);
                    self.result.diagnostics.push(diagnostic);
                    continue;
                }
            };
            self.result.diagnostics.push(diagnostic.at(at));
        }
        tree.map(|tree| tree.to_value())
    }

    /// What is wrong with a text that is not YAML, and where: what the editor mistyped, or else where the parser gave up.
    fn syntax(&self, text: &str, gave_up: Range<usize>, offset: usize, fields: &[Field]) -> Diagnostic {
        match mistake::find(text, |name| fields.iter().any(|field| *field.name == *name)) {
            Some(Mistake { code, span, replacement }) => {
                let mut diagnostic = Diagnostic::error(code).at(span.start + offset..span.end + offset);
                diagnostic.replacement = replacement;
                diagnostic
            }
            None => Diagnostic::error("yaml-syntax").at(gave_up.start + offset..gave_up.end + offset),
        }
    }

    fn error(&mut self, code: &'static str, path: &KeyPath) -> &mut Diagnostic {
        self.result.diagnostics.push(Diagnostic::error(code).at(path.clone().value()).with("key", path));
        let last = self.result.diagnostics.len() - 1;
        &mut self.result.diagnostics[last]
    }

    fn record(&mut self, fields: &[Field], mapping: &Mapping, at: &KeyPath) -> Record {
        let mut record = Record::new();
        let mut meant: Vec<Name> = Vec::new();
        for (key, value) in mapping {
            let typed = match key {
                Yaml::String(key) => key.clone(),
                other => serde_yaml::to_string(other).unwrap_or_default().trim().to_owned(),
            };
            let path = at.key(&typed);
            let Some(field) = fields.iter().find(|field| *field.name == *typed) else {
                meant.extend(self.unknown_key(&typed, fields, path));
                continue;
            };
            if self.translation && !translatable(field) {
                let place = path.clone().name();
                self.error("translation-not-text", &path).place = place;
                continue;
            }
            if at.0.is_empty() && self.unreadable.contains(&typed) {
                continue;
            }
            if let Some(value) = self.field(field, value, &path) {
                record.insert(field.name.clone(), value);
            }
        }
        self.missing(fields, mapping, at, &meant);
        record
    }

    /// Gives the field that was most likely meant.
    fn unknown_key(&mut self, typed: &str, fields: &[Field], path: KeyPath) -> Option<Name> {
        let near = nearest(typed, fields.iter().map(|field| &*field.name));
        let known = fields.iter().map(|field| &*field.name).collect::<Vec<_>>().join(", ");
        let code = if near.is_some() { "unknown-key" } else { "unknown-key-list" };
        let mut diagnostic = Diagnostic::error(code).at(path.name()).with("key", typed).with("nearest", near.unwrap_or(&known));
        diagnostic.replacement = near.map(str::to_owned);
        self.result.diagnostics.push(diagnostic);
        near.map(Name::from)
    }

    /// `meant` are fields that are there under a mistyped name.
    fn missing(&mut self, fields: &[Field], mapping: &Mapping, at: &KeyPath, meant: &[Name]) {
        if self.translation {
            return;
        }
        // Of a removed page only its title must stay.
        let removed = fields.iter().any(|field| field.role == Some(Role::Tombstone) && mapping.contains_key(&*field.name));
        for field in fields.iter().filter(|field| field.required && (!removed || field.role == Some(Role::Title))) {
            if !mapping.contains_key(&*field.name) && !meant.contains(&field.name) {
                let path = at.key(&field.name);
                let example = self.example(field);
                let record = at.to_string();
                let code = if record.is_empty() { "missing-field" } else { "missing-field-in" };
                self.error(code, &path).words.extend([("name", field.name.to_string()), ("record", record), ("example", example)]);
            }
        }
    }

    /// What an editor could type for a field, in one line.
    fn example(&self, field: &Field) -> String {
        let one = match &field.ty {
            FieldType::Text | FieldType::Markdown => "\"...\"".to_owned(),
            FieldType::Number { .. } => "1".to_owned(),
            FieldType::Date => "2026-01-31".to_owned(),
            FieldType::Boolean => "true".to_owned(),
            FieldType::Url => "https://...".to_owned(),
            FieldType::Doi => "10.1000/182".to_owned(),
            FieldType::Term(vocabulary) => self.terms(*vocabulary).first().cloned().unwrap_or_default(),
            FieldType::Reference(relation) => self.example_id(*relation),
            FieldType::Record(fields) => {
                let inner: Vec<String> =
                    fields.iter().filter(|inner| inner.required).map(|inner| format!("{}: {}", inner.name, self.example(inner))).collect();
                format!("{{{}}}", inner.join(", "))
            }
        };
        if field.list { format!("[{one}]") } else { one }
    }

    /// The id of a first page of a kind that the relation may point at.
    fn example_id(&self, relation: RelationIndex) -> String {
        let kinds = &self.schema.relation(relation).to;
        kinds.first().map_or_else(String::new, |kind| match &self.schema.kind(*kind).id {
            IdForm::Numbered { prefix, digits } => format!("{prefix}-{:0digits$}", 1),
            IdForm::FileName => "...".to_owned(),
        })
    }

    fn terms(&self, vocabulary: VocabularyIndex) -> Vec<String> {
        let terms = self.schema.vocabulary(vocabulary).terms.iter();
        terms.filter(|(_, term)| !term.computed).map(|(name, _)| name.to_string()).collect()
    }

    fn field(&mut self, field: &Field, value: &Yaml, path: &KeyPath) -> Option<Value> {
        if value.is_null() {
            if field.required {
                let example = self.example(field);
                self.error("empty-field", path).words.push(("example", example));
            }
            return None;
        }
        if let (Some(vocabulary), Yaml::String(word)) = (field.gaps, value)
            && let Some((name, _)) = self.schema.vocabulary(vocabulary).terms.get_key_value(word.as_str())
        {
            return Some(Value::Gap(vocabulary, name.clone()));
        }
        if !field.list {
            if let Yaml::Sequence(items) = value {
                let fix = if items.len() == 1 { "not-a-list-one" } else { "not-a-list" };
                self.error(fix, path);
                return None;
            }
            return self.single(field, value, path);
        }
        let values = match value {
            Yaml::Sequence(items) => {
                let typed = items.iter().enumerate().map(|(index, item)| self.item(field, item, &path.index(index))).collect::<Vec<_>>();
                typed.into_iter().flatten().collect()
            }
            Yaml::String(several) if !matches!(field.ty, FieldType::Text | FieldType::Markdown) && several.contains(", ") => {
                self.error("list-brackets", path).replacement = Some(format!("[{several}]"));
                return None;
            }
            // One reference or term needs no brackets: what is meant cannot be misread.
            single if matches!(field.ty, FieldType::Reference(_) | FieldType::Term(_)) => {
                self.single(field, single, path).into_iter().collect()
            }
            _ => {
                self.error("must-be-list", path);
                return None;
            }
        };
        let count = value.as_sequence().map_or(1, Vec::len);
        if field.min.is_some_and(|least| count < least) {
            let (bound, example) = (field.min.unwrap_or(0), self.example(field));
            let words = [("bound", bound.to_string()), ("count", count.to_string()), ("example", example)];
            self.error("too-few", path).words.extend(words);
        }
        if field.max.is_some_and(|most| count > most) {
            let bound = field.max.unwrap_or(0);
            self.error("too-many", path).words.extend([("bound", bound.to_string()), ("count", count.to_string())]);
        }
        Some(Value::List(values))
    }

    fn item(&mut self, field: &Field, value: &Yaml, path: &KeyPath) -> Option<Value> {
        if value.is_null() || value.is_sequence() {
            let example = self.example(field);
            self.error("empty-field", path).words.push(("example", example));
            return None;
        }
        self.single(field, value, path)
    }
}

/// A translation may only say in other words what the original says; facts are stated once. Of a record it says the texts; in
/// a list it says whole records, for there it cannot be told which one a text belongs to.
fn translatable(field: &Field) -> bool {
    match &field.ty {
        FieldType::Text | FieldType::Markdown => true,
        FieldType::Record(fields) if field.list => fields.iter().all(translatable),
        FieldType::Record(fields) => fields.iter().any(translatable),
        _ => false,
    }
}

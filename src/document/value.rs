//! Values of front matter, typed by the schema.

use std::collections::BTreeMap;

use super::body::Body;
use crate::date::PartialDate;
use crate::diagnostic::KeyPath;
use crate::schema::{Name, RelationIndex, VocabularyIndex};

/// A value that has the type that its field asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A line of text.
    Text(String),
    /// Rendered Markdown.
    Markdown(Box<Body>),
    /// A number, with the text that stands for it.
    Number(f64),
    /// A date.
    Date(PartialDate),
    /// Yes or no.
    Boolean(bool),
    /// An address on the web; `http` or `https`.
    Url(String),
    /// A DOI without `https://doi.org/`.
    Doi(String),
    /// A term that the vocabulary has.
    Term(VocabularyIndex, Name),
    /// A word that says why there is no value.
    Gap(VocabularyIndex, Name),
    /// Several values.
    List(Vec<Value>),
    /// Fields.
    Record(Record),
    /// Points at another entity: a position in the document's references.
    Reference(usize),
}

/// Fields by name.
pub type Record = BTreeMap<Name, Value>;

/// A reference of the front matter, as typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// By which relation.
    pub relation: RelationIndex,
    /// The id, as typed.
    pub target: String,
    /// The fields that it carries.
    pub fields: Record,
    /// Where it stands.
    pub path: KeyPath,
}

impl Value {
    /// The value at the end of a path of names; through a list of records, the first that has it.
    pub fn at<'a>(&'a self, path: &[Name]) -> Option<&'a Self> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        match self {
            Self::Record(record) => record.get(first)?.at(rest),
            Self::List(items) => items.iter().find_map(|item| item.at(path)),
            _ => None,
        }
    }

    /// Its text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Url(text) | Self::Doi(text) => Some(text),
            _ => None,
        }
    }

    /// Its date, if it is a date.
    pub fn as_date(&self) -> Option<PartialDate> {
        match self {
            Self::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// The items of a list; the value itself where it is none.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            single => std::slice::from_ref(single),
        }
    }
}

/// The value at the end of a path of names.
pub fn value_at<'a>(record: &'a Record, path: &[Name]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    record.get(first)?.at(rest)
}

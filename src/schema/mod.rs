//! The content model of a site: kinds, fields, vocabularies, relations, guards, derived states, proofs and views.
//!
//! A [`Schema`] is read from `schema.yaml` and checked as a whole, so that every index and name in it is valid; the other
//! stages know no kind by name.

mod care;
mod json_schema;
mod raw;
mod read;
mod route;
mod rule;
mod view;

pub use care::Care;
pub use json_schema::json_schema;
pub use read::{read, unknown_name};
pub use route::Route;
pub use rule::{Condition, Derived, Direction, Guard, Line, Proof, Rule, RuleValue, Test};
pub use view::{Column, Matrix, Reasons, Section, View, ViewForm};

use std::sync::Arc;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::date::PartialDate;
use crate::words::Words;

/// A name of the schema: of a kind, a field, a vocabulary, a term or a relation.
pub type Name = Arc<str>;

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub usize);
    };
}

index!(
    /// Position of a kind in [`Schema::kinds`].
    KindIndex
);
index!(
    /// Position of a vocabulary in [`Schema::vocabularies`].
    VocabularyIndex
);
index!(
    /// Position of a relation in [`Schema::relations`].
    RelationIndex
);

/// A checked content model.
#[derive(Debug)]
pub struct Schema {
    /// In the order of the file, which is the order of navigation.
    pub kinds: Vec<Kind>,
    /// In the order of the file.
    pub vocabularies: Vec<Vocabulary>,
    /// Every place where entities point at each other: the `relations` of the file first, then reference fields.
    pub relations: Vec<Relation>,
    /// In the order of the file.
    pub guards: Vec<Guard>,
    /// In the order of the file; a later one may look at an earlier one.
    pub derived: Vec<Derived>,
    /// At most one per kind.
    pub proofs: Vec<Proof>,
    /// In the order of the file.
    pub banners: Vec<Banner>,
    /// In the order of the file.
    pub routes: Vec<Route>,
    /// At most one per kind.
    pub sentences: Vec<Sentence>,
    /// In the order of the file.
    pub views: Vec<View>,
    /// In the order of the file.
    pub desk: Vec<Care>,
}

/// A warning on a page that must not be leaned on, and on every page that does.
#[derive(Debug)]
pub struct Banner {
    /// Which pages may carry it.
    pub kind: KindIndex,
    /// When they do.
    pub when: Condition,
    /// What such a page says of itself.
    pub own: Words,
    /// What a page that leans on it says.
    pub message: Words,
}

/// How a direction and a certainty become one sentence, whose verb fits the certainty
/// (GRADE's informative statements, Santesso and others, Journal of Clinical Epidemiology 119, 2020).
#[derive(Debug)]
pub struct Sentence {
    /// Whose sentence.
    pub kind: KindIndex,
    /// What acts.
    pub subject: RelationIndex,
    /// What is acted on.
    pub object: RelationIndex,
    /// The field with the direction.
    pub direction: FieldPath,
    /// The field with the certainty.
    pub certainty: FieldPath,
    /// The fields with the size and its unit.
    pub size: Option<(FieldPath, FieldPath)>,
    /// Patterns with `{subject}` and `{object}`, by direction, then by certainty.
    pub patterns: IndexMap<Name, IndexMap<Name, Words>>,
}

/// A kind of page.
#[derive(Debug)]
pub struct Kind {
    /// Its key in the schema.
    pub name: Name,
    /// The folder below `content/`.
    pub folder: String,
    /// The folder in the site's addresses; empty for the root.
    pub address: String,
    /// How its ids are made.
    pub id: IdForm,
    /// "question"
    pub singular: Words,
    /// "questions"
    pub plural: Words,
    /// What such a page is, in a sentence.
    pub definition: Words,
    /// Whether `[@id]` may cite it.
    pub citable: bool,
    /// Whether its titles are terms that are linked at first use.
    pub glossary: bool,
    /// Whether each entity has a feed of its own.
    pub feed: bool,
    /// Its type in the vocabulary of schema.org.
    pub schema_org: Option<String>,
    /// Term fields and derived states whose counts open each overview, so that no result is shown without its denominator.
    pub tally: Vec<FieldPath>,
    /// Name of the template; `entity/<kind>.html` if the theme has it, else `entity.html`, where this is none.
    pub template: Option<String>,
    /// Common fields, own fields, then relations, each in the order of the file.
    pub fields: Vec<Field>,
    /// Paths of the fields whose terms are shown on cards.
    pub badges: Vec<FieldPath>,
    /// Paths of the fields that lists can be narrowed by.
    pub facets: Vec<FieldPath>,
}

impl Kind {
    /// The field with this role at the top level.
    pub fn role(&self, role: Role) -> Option<&Field> {
        self.fields.iter().find(|field| field.role == Some(role))
    }

    /// The field with this name at the top level.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| &*field.name == name)
    }
}

/// How the ids of a kind look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdForm {
    /// A prefix, a hyphen and a number of fixed length, at the start of the file's name; the rest of the name is decoration.
    Numbered {
        /// Before the hyphen.
        prefix: String,
        /// How many digits.
        digits: usize,
    },
    /// The name of the file.
    FileName,
}

/// Names from the top level down into records.
pub type FieldPath = Vec<Name>;

/// A field of a kind, of a record or of a relation.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its key in the front matter.
    pub name: Name,
    /// What its value is; of each item, where it is a list.
    pub ty: FieldType,
    /// Whether it holds a list.
    pub list: bool,
    /// Whether it must be there.
    pub required: bool,
    /// Least number of items.
    pub min: Option<usize>,
    /// Greatest number of items.
    pub max: Option<usize>,
    /// A vocabulary whose words may stand here instead of a value, to say why it is empty.
    pub gaps: Option<VocabularyIndex>,
    /// What it means to the engine.
    pub role: Option<Role>,
    /// What readers see.
    pub label: Words,
    /// What editors see.
    pub help: Words,
    /// Unit of a number.
    pub unit: Words,
    /// Never leaves the source.
    pub private: bool,
}

/// What a field's value is.
#[derive(Debug, Clone)]
pub enum FieldType {
    /// A line of text.
    Text,
    /// Markdown.
    Markdown,
    /// A number within bounds.
    Number {
        /// Least allowed value.
        minimum: Option<f64>,
        /// Greatest allowed value.
        maximum: Option<f64>,
    },
    /// A date, possibly vague.
    Date,
    /// `true` or `false`.
    Boolean,
    /// An address on the web.
    Url,
    /// A Digital Object Identifier (ISO 26324).
    Doi,
    /// A term of a vocabulary.
    Term(VocabularyIndex),
    /// Fields of its own.
    Record(Vec<Field>),
    /// Another entity.
    Reference(RelationIndex),
}

/// What a field means to the engine, whatever the site calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is its own description")]
pub enum Role {
    Title,
    Short,
    Summary,
    Date,
    Updated,
    Order,
    Draft,
    Aliases,
    Keywords,
    Changes,
    Text,
    Major,
    Tombstone,
    Successor,
    Before,
    After,
    Deadline,
    Synonyms,
    Deprecated,
    ValidUntil,
    SourceType,
    SourceAuthors,
    SourcePublisher,
    SourceContainer,
    SourceVolume,
    SourceIssue,
    SourcePages,
    SourceNumber,
    SourceDoi,
    SourceUrl,
    SourceArchive,
    SourceLanguage,
    Family,
    Given,
    Particle,
    Literal,
}

/// A closed list of words.
#[derive(Debug)]
pub struct Vocabulary {
    /// Its key in the schema.
    pub name: Name,
    /// What readers see.
    pub label: Words,
    /// What the list is about.
    pub definition: Words,
    /// Whether the order of the terms is an order of size.
    pub ordered: bool,
    /// By their keys, in order.
    pub terms: IndexMap<Name, Term>,
}

/// A word of a vocabulary.
#[derive(Debug)]
pub struct Term {
    /// What readers see.
    pub label: Words,
    /// What it means.
    pub definition: Words,
    /// A hint to the theme.
    pub tone: String,
    /// The type of a source in the Citation Style Language.
    pub csl: Option<String>,
    /// Only the site itself may say it.
    pub computed: bool,
    /// First day of use.
    pub valid_from: Option<PartialDate>,
    /// Last day of use.
    pub valid_until: Option<PartialDate>,
    /// What to say instead.
    pub successor: Option<Name>,
}

/// A way in which entities point at each other.
#[derive(Debug)]
pub struct Relation {
    /// Its key in the front matter; with dots where it stands in a record.
    pub name: Name,
    /// What readers see on the page that points.
    pub label: Words,
    /// Kinds that may point.
    pub from: Vec<KindIndex>,
    /// Kinds that may be pointed at.
    pub to: Vec<KindIndex>,
    /// The name and label on the page that is pointed at; none if that page does not show it.
    pub inverse: Option<Inverse>,
    /// Why two entities that point at the same one belong together.
    pub shared: Words,
    /// No entity may point at itself through others.
    pub acyclic: bool,
    /// Pointing there is pointing back.
    pub symmetric: bool,
    /// Both ends are of one kind.
    pub same_kind: bool,
    /// Fields that an entry may carry.
    pub fields: Vec<Field>,
    /// Never leaves the source.
    pub private: bool,
}

/// The other side of a relation.
#[derive(Debug)]
pub struct Inverse {
    /// Its name in guards, proofs and views.
    pub name: Name,
    /// What readers see.
    pub label: Words,
}

impl Schema {
    /// The kind at this position.
    pub fn kind(&self, index: KindIndex) -> &Kind {
        &self.kinds[index.0]
    }

    /// The vocabulary at this position.
    pub fn vocabulary(&self, index: VocabularyIndex) -> &Vocabulary {
        &self.vocabularies[index.0]
    }

    /// The relation at this position.
    pub fn relation(&self, index: RelationIndex) -> &Relation {
        &self.relations[index.0]
    }

    /// The kind whose files lie in this folder below `content/`.
    pub fn kind_of_folder(&self, folder: &str) -> Option<KindIndex> {
        self.kinds.iter().position(|kind| kind.folder == folder).map(KindIndex)
    }

    /// All kinds with their positions.
    pub fn kind_indices(&self) -> impl Iterator<Item = KindIndex> + use<> {
        (0..self.kinds.len()).map(KindIndex)
    }

    /// The relation with this name, followed forwards, or with this inverse name, followed backwards.
    pub fn direction(&self, name: &str) -> Option<Direction> {
        self.relations.iter().enumerate().find_map(|(index, relation)| {
            if &*relation.name == name {
                Some(Direction::Forward(RelationIndex(index)))
            } else if relation.inverse.as_ref().is_some_and(|inverse| &*inverse.name == name) {
                Some(Direction::Inverse(RelationIndex(index)))
            } else {
                None
            }
        })
    }

    /// The derived states of a kind, with their positions.
    pub fn derived_of(&self, kind: KindIndex) -> impl Iterator<Item = (usize, &Derived)> {
        self.derived.iter().enumerate().filter(move |(_, derived)| derived.kind == kind)
    }
}

/// The field at the end of a path.
pub fn field_at<'a>(fields: &'a [Field], path: &[Name]) -> Option<&'a Field> {
    let (first, rest) = path.split_first()?;
    let field = fields.iter().find(|field| field.name == *first)?;
    match (&field.ty, rest) {
        (_, []) => Some(field),
        (FieldType::Record(inner), rest) => field_at(inner, rest),
        _ => None,
    }
}

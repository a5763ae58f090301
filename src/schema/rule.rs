//! What must hold of pages and what follows from them: conditions, derived states, guards and proofs.

use indexmap::IndexMap;

use super::{FieldPath, KindIndex, Name, RelationIndex, VocabularyIndex};
use crate::date::Age;
use crate::diagnostic::Severity;
use crate::words::{Plural, Words};

/// A relation followed forwards or backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the page that points.
    Forward(RelationIndex),
    /// From the page that is pointed at.
    Inverse(RelationIndex),
}

/// A question about one entity that is true or false.
#[derive(Debug)]
pub enum Condition {
    /// All of them are true.
    All(Vec<Condition>),
    /// At least one of them is true.
    Any(Vec<Condition>),
    /// It is false.
    Not(Box<Condition>),
    /// A field, or a derived state, passes a test.
    Field(FieldPath, Test),
    /// The number of related entities, of those for which `filter` is true, lies within the bounds.
    Related {
        /// Which entities.
        direction: Direction,
        /// At least this many.
        min: usize,
        /// At most this many.
        max: Option<usize>,
        /// Which of them count.
        filter: Option<Box<Condition>>,
    },
}

/// A test of a field's value.
#[derive(Debug)]
pub enum Test {
    /// It is one of these terms.
    Is(Vec<Name>),
    /// It has a value that is not a gap, or it has none.
    Present(bool),
    /// It is a date longer ago than this.
    OlderThan(Age),
}

/// A state that is worked out from others.
#[derive(Debug)]
pub struct Derived {
    /// Its name in conditions and views.
    pub name: Name,
    /// Whose state.
    pub kind: KindIndex,
    /// Its words.
    pub vocabulary: VocabularyIndex,
    /// What readers see.
    pub label: Words,
    /// The first rule that holds decides.
    pub rules: Vec<Rule>,
}

/// A rule of a [`Derived`] state.
#[derive(Debug)]
pub struct Rule {
    /// When it holds; always, if none.
    pub when: Option<Condition>,
    /// What the state then is.
    pub value: RuleValue,
    /// Why, as a clause that follows the state's word.
    pub because: Words,
}

/// What a [`Rule`] gives.
#[derive(Debug)]
pub enum RuleValue {
    /// This term.
    Term(Name),
    /// The term that stands in this field.
    Field(FieldPath),
}

/// What an entity may not say without evidence.
#[derive(Debug)]
pub struct Guard {
    /// Its key in the schema.
    pub name: Name,
    /// Whom it guards.
    pub kind: KindIndex,
    /// When it applies; always, if none.
    pub when: Option<Condition>,
    /// What must then be true.
    pub require: Condition,
    /// Whether breaking it stops the build.
    pub severity: Severity,
    /// What is wrong.
    pub message: Words,
    /// What to type; `{id}` is the entity's id.
    pub help: Words,
    /// The field to point at: the first one that the guard looks at.
    pub at: Option<Name>,
}

/// Why an entity has the state it has.
#[derive(Debug)]
pub struct Proof {
    /// Whose state.
    pub kind: KindIndex,
    /// The field or derived state that is proven.
    pub of: Name,
    /// What speaks for it.
    pub because: Vec<Line>,
    /// What is still open.
    pub but: Vec<Line>,
}

/// A line of a [`Proof`]; printed when its condition holds and what it counts is not empty.
#[derive(Debug)]
pub struct Line {
    /// When it applies; always, if none.
    pub when: Option<Condition>,
    /// Entities to count and show.
    pub related: Option<(Direction, Option<Condition>)>,
    /// A field to show.
    pub field: Option<FieldPath>,
    /// The words, per language.
    pub says: IndexMap<String, Plural>,
}

//! The shape of `schema.yaml`, as `serde` reads it; names are checked against each other when it is lowered.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::words::{Plural, Words};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSchema {
    #[serde(default)]
    pub common: IndexMap<String, RawField>,
    #[serde(default)]
    pub vocabularies: IndexMap<String, RawVocabulary>,
    pub kinds: IndexMap<String, RawKind>,
    #[serde(default)]
    pub relations: IndexMap<String, RawRelation>,
    #[serde(default)]
    pub derived: IndexMap<String, RawDerived>,
    #[serde(default)]
    pub guards: IndexMap<String, RawGuard>,
    #[serde(default)]
    pub proofs: IndexMap<String, RawProof>,
    #[serde(default)]
    pub banners: IndexMap<String, RawBanner>,
    #[serde(default)]
    pub routes: IndexMap<String, RawRoute>,
    #[serde(default)]
    pub sentences: IndexMap<String, RawSentence>,
    #[serde(default)]
    pub views: IndexMap<String, RawView>,
    #[serde(default)]
    pub desk: IndexMap<String, RawCare>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCare {
    pub kind: String,
    pub title: Words,
    #[serde(default)]
    pub help: Words,
    pub when: Option<RawCondition>,
    #[serde(default)]
    pub words: IndexMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBanner {
    pub kind: String,
    pub when: RawCondition,
    pub own: Words,
    pub message: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRoute {
    pub kind: String,
    pub label: Words,
    pub steps: Vec<RawStep>,
}

/// One relation, or several that are followed at once.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawStep {
    One(String),
    Several(Vec<String>),
}

impl RawStep {
    pub fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name],
            Self::Several(names) => names,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSentence {
    pub subject: String,
    pub object: String,
    pub direction: String,
    pub certainty: String,
    pub size: Option<RawSize>,
    pub patterns: IndexMap<String, IndexMap<String, Words>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSize {
    pub value: String,
    pub unit: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawVocabulary {
    pub label: Words,
    #[serde(default)]
    pub definition: Words,
    #[serde(default)]
    pub ordered: bool,
    pub terms: IndexMap<String, RawTerm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTerm {
    pub label: Words,
    #[serde(default)]
    pub definition: Words,
    #[serde(default)]
    pub tone: String,
    pub csl: Option<String>,
    #[serde(default)]
    pub computed: bool,
    pub valid_from: Option<String>,
    pub valid_until: Option<String>,
    pub successor: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawKind {
    pub folder: String,
    pub address: Option<String>,
    pub id: Option<RawId>,
    pub singular: Words,
    pub plural: Words,
    #[serde(default)]
    pub definition: Words,
    #[serde(default)]
    pub citable: bool,
    #[serde(default)]
    pub glossary: bool,
    #[serde(default)]
    pub feed: bool,
    pub schema_org: Option<String>,
    #[serde(default)]
    pub tally: Vec<String>,
    pub template: Option<String>,
    pub fields: IndexMap<String, RawField>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawId {
    pub prefix: String,
    #[serde(default = "four")]
    pub digits: usize,
}

fn four() -> usize {
    4
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawType {
    Text,
    Markdown,
    Number,
    Date,
    Boolean,
    Url,
    Doi,
    Term,
    Record,
    Reference,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawField {
    #[serde(rename = "type")]
    pub ty: RawType,
    #[serde(default)]
    pub list: bool,
    #[serde(default)]
    pub required: bool,
    pub min: Option<usize>,
    pub max: Option<usize>,
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    pub vocabulary: Option<String>,
    #[serde(default)]
    pub fields: IndexMap<String, RawField>,
    #[serde(default)]
    pub to: Vec<String>,
    pub inverse: Option<RawInverse>,
    #[serde(default)]
    pub shared: Words,
    #[serde(default)]
    pub acyclic: bool,
    #[serde(default)]
    pub symmetric: bool,
    #[serde(default)]
    pub same_kind: bool,
    pub gaps: Option<String>,
    pub role: Option<super::Role>,
    pub label: Words,
    #[serde(default)]
    pub help: Words,
    #[serde(default)]
    pub unit: Words,
    #[serde(default)]
    pub private: bool,
    #[serde(default)]
    pub badge: bool,
    #[serde(default)]
    pub facet: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawInverse {
    pub name: String,
    pub label: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRelation {
    pub from: Vec<String>,
    pub to: Vec<String>,
    #[serde(default)]
    pub required: Vec<String>,
    pub min: Option<usize>,
    pub max: Option<usize>,
    #[serde(default)]
    pub acyclic: bool,
    #[serde(default)]
    pub symmetric: bool,
    #[serde(default)]
    pub same_kind: bool,
    pub gaps: Option<String>,
    pub label: Words,
    #[serde(default)]
    pub help: Words,
    pub inverse: Option<RawInverse>,
    #[serde(default)]
    pub shared: Words,
    #[serde(default)]
    pub private: bool,
    #[serde(default)]
    pub facet: bool,
    #[serde(default)]
    pub fields: IndexMap<String, RawField>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCondition {
    pub all: Option<Vec<RawCondition>>,
    pub any: Option<Vec<RawCondition>>,
    pub not: Option<Box<RawCondition>>,
    pub field: Option<String>,
    pub is: Option<Vec<String>>,
    pub present: Option<bool>,
    pub older_than: Option<String>,
    pub relation: Option<String>,
    pub min: Option<usize>,
    pub max: Option<usize>,
    #[serde(default, rename = "where")]
    pub filter: Option<Box<RawCondition>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDerived {
    pub kind: String,
    pub vocabulary: String,
    pub label: Words,
    #[serde(default)]
    pub badge: bool,
    #[serde(default)]
    pub facet: bool,
    pub rules: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    pub value: Option<String>,
    pub value_of: Option<String>,
    pub when: Option<RawCondition>,
    #[serde(default)]
    pub because: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGuard {
    pub kind: String,
    pub when: Option<RawCondition>,
    pub require: RawCondition,
    #[serde(default)]
    pub severity: RawSeverity,
    pub message: Words,
    #[serde(default)]
    pub help: Words,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawSeverity {
    #[default]
    Error,
    Warning,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProof {
    pub of: String,
    #[serde(default)]
    pub because: Vec<RawLine>,
    #[serde(default)]
    pub but: Vec<RawLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLine {
    pub when: Option<RawCondition>,
    pub relation: Option<String>,
    #[serde(default, rename = "where")]
    pub filter: Option<RawCondition>,
    pub field: Option<String>,
    pub says: IndexMap<String, Plural>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawViewType {
    List,
    Matrix,
    Board,
    Timeline,
    Ledger,
    Glossary,
    Succession,
    Entrances,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawView {
    #[serde(rename = "type")]
    pub ty: RawViewType,
    pub address: String,
    pub title: Words,
    #[serde(default)]
    pub intro: Words,
    pub kind: Option<String>,
    #[serde(default)]
    pub kinds: Vec<String>,
    pub group_by: Option<String>,
    pub rows: Option<RawAxis>,
    pub columns: Option<RawColumns>,
    pub cells: Option<RawCells>,
    pub empty: Option<RawEmpty>,
    pub reasons: Option<RawReasons>,
    pub filters: Option<RawFilters>,
    pub relation: Option<String>,
    pub vocabulary: Option<String>,
    #[serde(default)]
    pub sections: Vec<RawSection>,
    pub one_per: Option<RawOnePer>,
    #[serde(default, rename = "where")]
    pub filter: Option<RawCondition>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawColumns {
    // First, for `serde` would also fill the fields of a struct from a list.
    Fields(Vec<String>),
    Axis(RawAxis),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAxis {
    pub kind: String,
    pub group_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCells {
    pub kind: String,
    pub row: String,
    pub column: String,
    #[serde(default)]
    pub words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEmpty {
    pub kind: String,
    pub row: String,
    pub column: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOnePer {
    pub relation: String,
    pub kind: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawReasons {
    pub field: String,
    pub column: String,
    pub word: String,
    pub otherwise: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFilters {
    #[serde(default)]
    pub rows: Vec<String>,
    #[serde(default)]
    pub cells: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSection {
    pub title: Words,
    pub kind: String,
    pub field: Option<String>,
    #[serde(default, rename = "where")]
    pub filter: Option<RawCondition>,
    pub order: Option<String>,
    #[serde(default)]
    pub per_term: IndexMap<String, RawCondition>,
}

//! Views: which overviews a site has, and what they show.

use indexmap::IndexMap;

use super::{Condition, Direction, FieldPath, KindIndex, Name, RelationIndex, VocabularyIndex};
use crate::words::Words;

/// An overview that is computed from the graph.
#[derive(Debug)]
pub struct View {
    /// Its key in the schema.
    pub name: Name,
    /// The folder in the site's addresses.
    pub address: String,
    /// Its title.
    pub title: Words,
    /// A sentence for readers.
    pub intro: Words,
    /// What it shows.
    pub form: ViewForm,
    /// Which entities it shows.
    pub filter: Option<Condition>,
}

/// What a [`View`] shows.
#[derive(Debug)]
pub enum ViewForm {
    /// A plain list.
    List {
        /// Of these.
        kind: KindIndex,
    },
    /// A table of what is known about rows in terms of columns.
    Matrix(Matrix),
    /// Columns of a board, one per term.
    Board {
        /// Of these.
        kind: KindIndex,
        /// By this field or derived state.
        group_by: Column,
        /// What is shown of each.
        columns: Vec<Column>,
    },
    /// By year.
    Timeline {
        /// Of these.
        kinds: Vec<KindIndex>,
    },
    /// Grouped by the entity that a relation points at, or by a term.
    Ledger {
        /// Of these.
        kind: KindIndex,
        /// By this field, derived state or relation.
        group_by: Column,
        /// What is shown of each.
        columns: Vec<Column>,
    },
    /// By first letter.
    Glossary {
        /// Of these.
        kind: KindIndex,
    },
    /// What came after what, in columns.
    Succession {
        /// Of these.
        kind: KindIndex,
        /// From the earlier to the later.
        relation: RelationIndex,
        /// The term field that makes the columns.
        group_by: FieldPath,
    },
    /// One page per term, with what is there for those whom it names.
    Entrances {
        /// Whom they are for.
        vocabulary: VocabularyIndex,
        /// What they find.
        sections: Vec<Section>,
    },
}

/// A part of an entrance.
#[derive(Debug)]
pub struct Section {
    /// Its heading.
    pub title: Words,
    /// What it lists.
    pub kind: KindIndex,
    /// The field that must hold the term of the page.
    pub field: Option<FieldPath>,
    /// What else must be true.
    pub filter: Option<Condition>,
    /// The field whose terms, in the order of their vocabulary, put the entities in order; else that of their list.
    pub order: Option<FieldPath>,
    /// What must be true on the page of a certain term; on pages of other terms the section is left out.
    pub per_term: IndexMap<Name, Condition>,
}

/// A column of a board or a ledger.
#[derive(Debug)]
pub enum Column {
    /// A field.
    Field(FieldPath),
    /// A position in [`Schema::derived`].
    Derived(usize),
    /// A relation.
    Relation(Direction),
}

/// The evidence map.
#[derive(Debug)]
pub struct Matrix {
    /// Entities that are rows.
    pub rows: KindIndex,
    /// The term field by which rows are grouped.
    pub group_by: Option<FieldPath>,
    /// Entities that are columns.
    pub columns: KindIndex,
    /// Entities that fill cells.
    pub cells: KindIndex,
    /// From a cell's entity to rows.
    pub cell_row: RelationIndex,
    /// From a cell's entity to columns.
    pub cell_column: RelationIndex,
    /// Term fields of the cell's entity that are shown as words.
    pub words: Vec<FieldPath>,
    /// Entities that ask about an empty cell, with their relations to rows and columns.
    pub empty: Option<(KindIndex, RelationIndex, RelationIndex)>,
    /// Why a cell is empty, where an editor said so: a list of records of the row, with the column and the word in each.
    pub reasons: Option<Reasons>,
    /// Term fields of rows: one map more for each term.
    pub row_filters: Vec<FieldPath>,
    /// Term fields of the cells' entities: one map more for each term.
    pub cell_filters: Vec<FieldPath>,
    /// One map more for each entity of this kind, of the rows that point at it.
    pub one_per: Option<(RelationIndex, KindIndex)>,
}

/// Why cells of a [`Matrix`] are empty.
#[derive(Debug)]
pub struct Reasons {
    /// The row's field with a list of records.
    pub field: Name,
    /// The record's field that points at the column.
    pub column: Name,
    /// The record's field with the word.
    pub word: Name,
    /// The vocabulary of the words.
    pub vocabulary: VocabularyIndex,
    /// The word for cells of which nothing is said.
    pub otherwise: Name,
}

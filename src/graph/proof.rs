//! Why an entity has the state it has: the lines of its kind's proof that hold, with the entities that make them hold.

use super::{EntityIndex, Graph, related};
use crate::document::value::Value;
use crate::schema::{FieldPath, Line, Name, VocabularyIndex, field_at};

/// The proof of an entity's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateProof {
    /// The field or derived state that is proven.
    pub of: Name,
    /// Its vocabulary.
    pub vocabulary: VocabularyIndex,
    /// Its term.
    pub term: Name,
    /// The derived state and its rule, where it is one.
    pub derived: Option<(usize, usize)>,
    /// What speaks for it: positions of lines in the schema.
    pub because: Vec<ProofLine>,
    /// What is still open.
    pub but: Vec<ProofLine>,
}

/// A line that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofLine {
    /// Its position among the proof's lines.
    pub line: usize,
    /// The entities that it counts.
    pub entities: Vec<EntityIndex>,
    /// The field that it shows.
    pub field: Option<FieldPath>,
}

impl Graph {
    /// The proof of an entity's state, if its kind has one and the entity has that state.
    pub fn proof(&self, index: EntityIndex) -> Option<StateProof> {
        let entity = self.entity(index);
        let proof = self.schema.proofs.iter().find(|proof| proof.kind == entity.kind)?;
        let term = self.term(entity, std::slice::from_ref(&proof.of))?.clone();
        let derived = self.schema.derived_of(entity.kind).find(|(_, derived)| derived.name == proof.of);
        let vocabulary = match &derived {
            Some((_, derived)) => derived.vocabulary,
            None => match field_at(&self.schema.kind(entity.kind).fields, std::slice::from_ref(&proof.of))?.ty {
                crate::schema::FieldType::Term(vocabulary) => vocabulary,
                _ => return None,
            },
        };
        let derived = derived.and_then(|(position, _)| entity.derived.get(&position).map(|state| (position, state.rule)));
        let hold = |lines: &[Line]| lines.iter().enumerate().filter_map(|(line, rule)| self.line(index, line, rule)).collect();
        Some(StateProof { of: proof.of.clone(), vocabulary, term, derived, because: hold(&proof.because), but: hold(&proof.but) })
    }

    fn line(&self, index: EntityIndex, position: usize, line: &Line) -> Option<ProofLine> {
        if line.when.as_ref().is_some_and(|condition| !self.holds(index, condition)) {
            return None;
        }
        let mut entities = Vec::new();
        if let Some((direction, filter)) = &line.related {
            entities =
                related(self, index, *direction).filter(|other| filter.as_ref().is_none_or(|filter| self.holds(*other, filter))).collect();
            if entities.is_empty() {
                return None;
            }
        }
        if let Some(path) = &line.field {
            let value = self.entity(index).original().value(path)?;
            if matches!(value, Value::Gap(..)) {
                return None;
            }
        }
        Some(ProofLine { line: position, entities, field: line.field.clone() })
    }
}

//! Whether a condition of the schema is true of an entity.

use super::{Entity, EntityIndex, Graph};
use crate::document::value::Value;
use crate::schema::{Condition, Direction, Name, Test};

impl Graph {
    /// Whether a condition is true of an entity.
    pub fn holds(&self, index: EntityIndex, condition: &Condition) -> bool {
        match condition {
            Condition::All(list) => list.iter().all(|one| self.holds(index, one)),
            Condition::Any(list) => list.iter().any(|one| self.holds(index, one)),
            Condition::Not(one) => !self.holds(index, one),
            Condition::Field(path, test) => self.passes(self.entity(index), path, test),
            Condition::Related { direction, min, max, filter } => {
                let count = related(self, index, *direction)
                    .filter(|other| filter.as_ref().is_none_or(|filter| self.holds(*other, filter)))
                    .count();
                count >= *min && max.is_none_or(|most| count <= most)
            }
        }
    }

    fn passes(&self, entity: &Entity, path: &[Name], test: &Test) -> bool {
        match test {
            Test::Is(terms) => self.term(entity, path).is_some_and(|term| terms.contains(term)),
            Test::Present(wanted) => {
                let value = entity.original().value(path);
                let present = self.term(entity, path).is_some()
                    || value
                        .is_some_and(|value| !matches!(value, Value::Gap(..)) && !matches!(value, Value::List(items) if items.is_empty()));
                present == *wanted
            }
            Test::OlderThan(age) => {
                entity.original().value(path).and_then(Value::as_date).is_some_and(|date| date.is_older_than(*age, self.today))
            }
        }
    }

    /// The term in a field, or of a derived state.
    pub fn term<'a>(&'a self, entity: &'a Entity, path: &[Name]) -> Option<&'a Name> {
        if let [name] = path
            && let Some((index, _)) = self.schema.derived_of(entity.kind).find(|(_, derived)| derived.name == *name)
        {
            return entity.derived.get(&index).map(|state| &state.term);
        }
        match entity.original().value(path)? {
            Value::Term(_, name) => Some(name),
            Value::List(items) => items.iter().find_map(|item| match item {
                Value::Term(_, name) => Some(name),
                _ => None,
            }),
            _ => None,
        }
    }
}

/// The entities at the other end of a relation, in the order in which they are written.
pub fn related(graph: &Graph, index: EntityIndex, direction: Direction) -> Box<dyn Iterator<Item = EntityIndex> + '_> {
    match direction {
        Direction::Forward(relation) => {
            let forward = graph.outgoing(index).filter(move |edge| edge.relation == relation).map(|edge| edge.to);
            if graph.schema.relation(relation).symmetric {
                let known: Vec<EntityIndex> = forward.collect();
                let back = graph.incoming(index).filter(move |edge| edge.relation == relation).map(|edge| edge.from);
                let back: Vec<EntityIndex> = back.filter(|other| !known.contains(other)).collect();
                Box::new(known.into_iter().chain(back))
            } else {
                Box::new(forward)
            }
        }
        Direction::Inverse(relation) => Box::new(graph.incoming(index).filter(move |edge| edge.relation == relation).map(|edge| edge.from)),
    }
}

impl Graph {
    /// All terms in a field, or of a derived state.
    pub fn terms<'a>(&'a self, entity: &'a Entity, path: &[Name]) -> Vec<&'a Name> {
        if let [name] = path
            && self.schema.derived_of(entity.kind).any(|(_, derived)| derived.name == *name)
        {
            return self.term(entity, path).into_iter().collect();
        }
        let items = entity.original().value(path).map_or(&[][..], Value::items);
        items
            .iter()
            .filter_map(|item| match item {
                Value::Term(_, name) => Some(name),
                _ => None,
            })
            .collect()
    }
}

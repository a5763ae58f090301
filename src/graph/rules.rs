//! What the schema demands of the graph as a whole: no cycles, derived states, and guards that tie claims to evidence.

use std::collections::BTreeSet;

use super::{DerivedState, EntityIndex, Graph};
use crate::diagnostic::{Diagnostic, KeyPath, Place, Severity};
use crate::document::value::Value;
use crate::schema::{Condition, Direction, RelationIndex, RuleValue};

/// Reports each cycle of an acyclic relation once, at the entity with the lowest position in it.
pub(super) fn cycles(graph: &Graph, diagnostics: &mut Vec<Diagnostic>) {
    for (position, relation) in graph.schema.relations.iter().enumerate() {
        if !relation.acyclic {
            continue;
        }
        let relation_index = RelationIndex(position);
        // 0: not seen; 1: on the path that is being walked; 2: done.
        let mut state = vec![0_u8; graph.entities.len()];
        for start in 0..graph.entities.len() {
            if state[start] != 0 {
                continue;
            }
            let mut path: Vec<(usize, Vec<usize>)> = vec![(start, targets(graph, start, relation_index))];
            state[start] = 1;
            while let Some((current, rest)) = path.last_mut() {
                let current = *current;
                match rest.pop() {
                    None => {
                        state[current] = 2;
                        path.pop();
                    }
                    Some(next) if state[next] == 0 => {
                        state[next] = 1;
                        path.push((next, targets(graph, next, relation_index)));
                    }
                    Some(next) if state[next] == 1 => {
                        let from = path.iter().position(|(entity, _)| *entity == next).unwrap_or(0);
                        let mut names: Vec<&str> = path[from..].iter().map(|(entity, _)| &*graph.entities[*entity].id).collect();
                        names.push(&graph.entities[next].id);
                        let file = &graph.entities[current].original().path;
                        let key = relation.name.split('.').next().unwrap_or_default();
                        diagnostics.push(
                            Diagnostic::error("cycle")
                                .in_file(file)
                                .at(KeyPath::of(key).value())
                                .with("relation", &relation.name)
                                .with("path", names.join(" → ")),
                        );
                    }
                    Some(_) => {}
                }
            }
        }
    }
}

fn targets(graph: &Graph, entity: usize, relation: RelationIndex) -> Vec<usize> {
    graph.outgoing(EntityIndex(entity)).filter(|edge| edge.relation == relation).map(|edge| edge.to.0).collect()
}

/// Works out the derived states, in the order of the schema.
pub(super) fn derive(graph: &mut Graph) {
    let schema = graph.schema.clone();
    for (position, derived) in schema.derived.iter().enumerate() {
        let mut found = Vec::new();
        for index in graph.of_kind(derived.kind) {
            for (rule_position, rule) in derived.rules.iter().enumerate() {
                if rule.when.as_ref().is_some_and(|condition| !graph.holds(index, condition)) {
                    continue;
                }
                let term = match &rule.value {
                    RuleValue::Term(term) => Some(term.clone()),
                    RuleValue::Field(path) => match graph.entity(index).original().value(path) {
                        Some(Value::Term(_, term)) => Some(term.clone()),
                        _ => None,
                    },
                };
                if let Some(term) = term {
                    found.push((index, DerivedState { term, rule: rule_position }));
                    break;
                }
            }
        }
        for (index, state) in found {
            graph.entities[index.0].derived.insert(position, state);
        }
    }
}

/// Reports every guard that is broken.
pub(super) fn guards(graph: &Graph, diagnostics: &mut Vec<Diagnostic>) {
    for guard in &graph.schema.guards {
        let looks_at_broken = guard.when.iter().chain([&guard.require]).any(|condition| looks_at(condition, &graph.broken));
        if looks_at_broken {
            continue;
        }
        for index in graph.of_kind(guard.kind) {
            let applies = guard.when.as_ref().is_none_or(|condition| graph.holds(index, condition));
            if !applies || graph.holds(index, &guard.require) {
                continue;
            }
            let entity = graph.entity(index);
            let place = guard.at.as_ref().map_or(Place::File, |key| KeyPath::of(key).value());
            let diagnostic = match guard.severity {
                Severity::Error => Diagnostic::error("guard"),
                Severity::Warning => Diagnostic::warning("guard-warning"),
            };
            diagnostics.push(
                diagnostic
                    .in_file(&entity.original().path)
                    .at(place)
                    .with("guard", &guard.name)
                    .with("id", &entity.id)
                    .with_words("message", &guard.message)
                    .with_words("help", &guard.help.map(|text| text.replace("{id}", &entity.id))),
            );
        }
    }
}

/// Whether a condition counts what one of these relations leads to.
fn looks_at(condition: &Condition, relations: &BTreeSet<RelationIndex>) -> bool {
    match condition {
        Condition::All(list) | Condition::Any(list) => list.iter().any(|one| looks_at(one, relations)),
        Condition::Not(one) => looks_at(one, relations),
        Condition::Field(..) => false,
        Condition::Related { direction: Direction::Forward(relation) | Direction::Inverse(relation), filter, .. } => {
            relations.contains(relation) || filter.as_ref().is_some_and(|filter| looks_at(filter, relations))
        }
    }
}

//! Pages that belong together although none points at the other, with the reason in words.

use std::collections::BTreeMap;

use super::{EntityIndex, Graph};
use crate::schema::RelationIndex;

/// Why two pages belong together: both point at the same third by this relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// The relation; its `shared` words are the reason.
    pub relation: RelationIndex,
    /// What both point at.
    pub shared: EntityIndex,
}

/// A page that more than this many point at says nothing about any two of them, and walking them would cost their square.
const HUB: usize = 40;

/// How many pages are shown.
const SHOWN: usize = 6;

/// The pages that are most related to an entity, best first, each with its strongest reason.
///
/// Sharing a rare target counts for more than sharing a common one (inverse logarithm of its degree, as Adamic and Adar's
/// index does, "Friends and neighbors on the Web", 2003). Pages that are already linked by a relation are left out.
pub fn related_by_reason(graph: &Graph, index: EntityIndex) -> Vec<(EntityIndex, Reason)> {
    let mut scores: BTreeMap<EntityIndex, (f64, f64, Reason)> = BTreeMap::new();
    for edge in graph.outgoing(index) {
        if graph.schema.relation(edge.relation).shared.is_empty() {
            continue;
        }
        let degree = graph.incoming.of(edge.to).len();
        if degree > HUB {
            continue;
        }
        #[allow(clippy::cast_precision_loss, reason = "at most HUB")]
        let weight = 1.0 / (1.0 + degree as f64).ln();
        for other in graph.incoming(edge.to) {
            if other.from == index || other.relation != edge.relation {
                continue;
            }
            let reason = Reason { relation: edge.relation, shared: edge.to };
            let entry = scores.entry(other.from).or_insert((0.0, 0.0, reason));
            entry.0 += weight;
            if weight > entry.1 {
                entry.1 = weight;
                entry.2 = reason;
            }
        }
    }
    for edge in graph.outgoing(index) {
        scores.remove(&edge.to);
    }
    for edge in graph.incoming(index) {
        scores.remove(&edge.from);
    }
    let mut ranked: Vec<(EntityIndex, f64, Reason)> =
        scores.into_iter().map(|(other, (score, _, reason))| (other, score, reason)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked.truncate(SHOWN);
    ranked.into_iter().map(|(other, _, reason)| (other, reason)).collect()
}

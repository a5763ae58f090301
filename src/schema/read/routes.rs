//! Routes: each step must lead on from where the one before ended.

use super::{Reader, Scope};
use crate::diagnostic::KeyPath;
use crate::schema::raw::RawRoute;
use crate::schema::route::Route;
use crate::schema::{Direction, KindIndex, Schema};

impl Reader {
    pub(super) fn route(&mut self, schema: &Schema, name: &str, raw: RawRoute, at: &KeyPath) -> Option<Route> {
        let kind = self.kind_index(&raw.kind, &at.key("kind"))?;
        let mut reached = vec![kind];
        let mut steps = Vec::new();
        for (position, names) in raw.steps.into_iter().enumerate() {
            let at = at.key("steps").index(position);
            let mut directions = Vec::new();
            for name in names.into_vec() {
                let direction = self.leads_on(schema, &reached, &name, &at)?;
                let scope = Scope { schema, kind };
                if !self.is_public(&scope, direction, &at) {
                    return None;
                }
                directions.push(direction);
            }
            reached = directions.iter().flat_map(|direction| ends(schema, *direction)).copied().collect();
            steps.push(directions);
        }
        if steps.len() < 2 {
            self.error("schema-route-short", &at.key("steps"));
            return None;
        }
        Some(Route { name: name.into(), kind, label: self.words(raw.label, &at.key("label")), steps })
    }

    /// The relation or inverse of this name, if it starts at one of these kinds.
    fn leads_on(&mut self, schema: &Schema, reached: &[KindIndex], name: &str, at: &KeyPath) -> Option<Direction> {
        let fits = |direction: &Direction| match direction {
            Direction::Forward(index) => schema.relation(*index).from.iter().any(|kind| reached.contains(kind)),
            Direction::Inverse(index) => schema.relation(*index).to.iter().any(|kind| reached.contains(kind)),
        };
        let found = schema.direction(name).filter(fits);
        if found.is_none() {
            let names = schema
                .relations
                .iter()
                .flat_map(|relation| std::iter::once(&relation.name).chain(relation.inverse.as_ref().map(|inverse| &inverse.name)));
            let known = names.filter(|name| schema.direction(name).is_some_and(|direction| fits(&direction)));
            let known: Vec<String> = known.map(ToString::to_string).collect();
            self.unknown_name("relation", name, &known, at);
        }
        found
    }
}

/// The kinds at the other end.
fn ends(schema: &Schema, direction: Direction) -> &[KindIndex] {
    match direction {
        Direction::Forward(index) => &schema.relation(index).to,
        Direction::Inverse(index) => &schema.relation(index).from,
    }
}

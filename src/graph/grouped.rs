//! Things that belong to entities, those of each entity side by side in one list.

use super::EntityIndex;

/// Items by the entity that they belong to. One list for all: a graph of ten thousand entities is made and dropped at every save
/// in the preview, and a list for each would cost more than what is in them.
#[derive(Debug)]
pub(super) struct Grouped<T> {
    /// Where the items of each entity start; and where the last ones end.
    starts: Vec<usize>,
    items: Vec<T>,
}

impl<T> Default for Grouped<T> {
    fn default() -> Self {
        Self { starts: Vec::new(), items: Vec::new() }
    }
}

impl<T: Copy> Grouped<T> {
    /// Groups items that come with their entity; those of one entity keep their order.
    pub fn new(entities: usize, all: impl Iterator<Item = (EntityIndex, T)> + Clone) -> Self {
        let mut starts = vec![0; entities + 1];
        for (entity, _) in all.clone() {
            starts[entity.0 + 1] += 1;
        }
        for entity in 0..entities {
            starts[entity + 1] += starts[entity];
        }
        let mut next = starts.clone();
        let Some((_, any)) = all.clone().next() else { return Self { starts, items: Vec::new() } };
        let mut items = vec![any; starts[entities]];
        for (entity, item) in all {
            items[next[entity.0]] = item;
            next[entity.0] += 1;
        }
        Self { starts, items }
    }

    /// The items of an entity.
    pub fn of(&self, entity: EntityIndex) -> &[T] {
        match self.starts.get(entity.0..entity.0 + 2) {
            Some([start, end]) => &self.items[*start..*end],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_one_entity_stand_side_by_side_in_their_order() {
        let all = [(EntityIndex(2), 'a'), (EntityIndex(0), 'b'), (EntityIndex(2), 'c')];
        let grouped = Grouped::new(4, all.into_iter());
        assert_eq!([0, 1, 2, 3].map(|entity| grouped.of(EntityIndex(entity)).to_vec()), [vec!['b'], vec![], vec!['a', 'c'], vec![]]);
        assert!(Grouped::<u8>::default().of(EntityIndex(0)).is_empty(), "before anything was linked");
    }
}

//! What a page shows that is several steps away, such as the findings on the questions of a theme.

use super::{Direction, KindIndex, Name};
use crate::words::Words;

/// A way over several relations, at whose end are pages worth showing at its start.
#[derive(Debug)]
pub struct Route {
    /// Its name.
    pub name: Name,
    /// Where it starts.
    pub kind: KindIndex,
    /// What readers see above the pages at its end.
    pub label: Words,
    /// The relations to follow, one after another; each step may take several at once.
    pub steps: Vec<Vec<Direction>>,
}

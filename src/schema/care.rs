//! What asks for an editor's care in a site: which pages, and why.

use indexmap::IndexMap;

use super::{Condition, KindIndex, Name};
use crate::words::Words;

/// A list of pages on the editors' desk. It is never part of the published site.
#[derive(Debug)]
pub struct Care {
    /// Its key in the schema.
    pub name: Name,
    /// What these pages have in common.
    pub title: Words,
    /// What to do about it.
    pub help: Words,
    /// Which kind of page.
    pub kind: KindIndex,
    /// When such a page is listed; always, if none.
    pub when: Option<Condition>,
    /// By language: words of which the page must have one in its title, its summary or its text; any text will do, if none.
    pub words: IndexMap<String, Vec<String>>,
    /// The field to look at: the first one that the condition looks at.
    pub at: Option<Name>,
}

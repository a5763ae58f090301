//! The search index of a site: pages are analysed, their words are sorted into shards, and a small manifest names them.
//!
//! The index is read by `search-engine.js` in the theme, in a browser or under Node; there is no other query engine. It
//! knows neither kinds nor fields of a site: a [`Collection`] says what there is to find, narrow by and show.

mod analysis;
mod bytes;
mod card;
mod compound;
mod derivation;
mod files;
mod filter;
mod index;
mod lexicon;
mod manifest;
mod page;
mod part;
mod shard;
mod spelling;
mod stem;

pub use analysis::{Analysis, Token, tokens};
pub use index::Index;
pub use page::Memo;
pub use part::Part;

/// All that can be found in one language.
#[derive(Debug, Default)]
pub struct Collection {
    /// The language's code; it decides the analysis.
    pub language: String,
    /// What readers see above the kinds.
    pub kind_label: String,
    /// Kinds of pages, in the order in which the records come.
    pub kinds: Vec<Choice>,
    /// What one page of each kind is called.
    pub kind_names: Vec<String>,
    /// What results can be narrowed by, besides their kind.
    pub facets: Vec<Facet>,
    /// What a card shows of a page.
    pub badges: Vec<Facet>,
    /// Words or phrases that mean the same: who asks for the first also means the second.
    pub synonyms: Vec<(String, String)>,
    /// The pages: those of the first kind first, each kind in the order of its list.
    pub records: Vec<Record>,
}

/// Something that results can be narrowed by.
#[derive(Debug, Default)]
pub struct Facet {
    /// Its name in addresses and queries.
    pub name: String,
    /// What readers see.
    pub label: String,
    /// Its values, in their order.
    pub values: Vec<Choice>,
}

/// A value of a [`Facet`], or a kind.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Its name in addresses and queries.
    pub value: String,
    /// What readers see.
    pub label: String,
    /// A hint to the theme; mostly empty.
    pub tone: String,
}

/// A page as the search sees it.
#[derive(Debug, Default)]
pub struct Record {
    /// Its address from the root of the site.
    pub address: String,
    /// Its permanent name.
    pub id: String,
    /// Position in [`Collection::kinds`].
    pub kind: usize,
    /// Its title.
    pub title: String,
    /// What may be quoted of its text; the index fills it from what it reads.
    pub sections: Vec<Section>,
    /// Positions in [`Collection::facets`] and in the values there.
    pub facets: Vec<(usize, usize)>,
    /// Positions in [`Collection::badges`] and in the values there.
    pub badges: Vec<(usize, usize)>,
}

/// What is read of a page. It is asked for when the page is analysed and is not kept: all texts together would be most of
/// the memory that a build needs.
#[derive(Debug, Default, Clone)]
pub struct Text {
    /// Short names by which the page is known; found before all else, as its id is.
    pub names: Vec<String>,
    /// Other words by which readers may look for it, which the page need not show.
    pub keywords: Vec<String>,
    /// Its text; the first section stands before all headings.
    pub sections: Vec<Section>,
    /// Text that the page shows in another form, such as the words of its terms: searched, but never quoted.
    pub unseen: String,
}

/// A part of a page below one heading.
#[derive(Debug, Default, Clone)]
pub struct Section {
    /// The heading; nothing for what stands before the first.
    pub heading: String,
    /// Its anchor on the page.
    pub anchor: String,
    /// The text without markup, blocks separated by a line break.
    pub text: String,
}

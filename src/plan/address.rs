//! Addresses of the site's pages, from its root and without a slash in front.
//!
//! An entity's address is its kind's folder and its id, so it outlives every change of title and file name. Addresses name
//! files, not folders: the site works below any path, from any host, and opened from a disk.

use std::sync::Arc;

use crate::graph::{Entity, EntityIndex, Graph};
use crate::schema::{Kind, Schema, Vocabulary};

/// What addresses depend on.
#[derive(Debug, Clone)]
pub struct Addresses {
    schema: Arc<Schema>,
    first_language: String,
}

impl Addresses {
    /// For a site with this first language, whose pages have no folder of their own.
    pub fn new(schema: Arc<Schema>, first_language: String) -> Self {
        Self { schema, first_language }
    }

    /// A name in a folder of a language; the first language has no folder of its own, and an empty folder is none.
    fn in_folder(&self, language: &str, folder: &str, name: &[&str]) -> String {
        let length = language.len() + folder.len() + 2 + name.iter().map(|part| part.len()).sum::<usize>();
        let mut address = String::with_capacity(length);
        for folder in [if language == self.first_language { "" } else { language }, folder] {
            if !folder.is_empty() {
                address.push_str(folder);
                address.push('/');
            }
        }
        address.extend(name.iter().copied());
        address
    }

    /// The front page.
    pub fn home(&self, language: &str) -> String {
        self.in_folder(language, "", &["index.html"])
    }

    /// A page of its own at the root.
    pub fn page(&self, name: &str, language: &str) -> String {
        self.in_folder(language, "", &[name, ".html"])
    }

    /// An entity in a language, if it speaks it, else the original.
    pub fn entity(&self, entity: &Entity, language: &str) -> String {
        let language = &entity.document(language).language;
        let folder = &self.schema.kind(entity.kind).address;
        self.in_folder(language, folder, &[&entity.id, ".html"])
    }

    /// The same, by position.
    pub fn at(&self, graph: &Graph, index: EntityIndex, language: &str) -> String {
        self.entity(graph.entity(index), language)
    }

    /// A page of the list of a kind; pages count from 1.
    pub fn list(&self, kind: &Kind, language: &str, page: usize) -> String {
        let folder = if kind.address.is_empty() { &kind.folder } else { &kind.address };
        self.paged(folder, language, page)
    }

    /// A page of a view.
    pub fn view(&self, address: &str, language: &str, page: usize) -> String {
        self.paged(address, language, page)
    }

    fn paged(&self, folder: &str, language: &str, page: usize) -> String {
        let name = if page <= 1 { "index.html" } else { &format!("page-{page}.html") };
        self.in_folder(language, folder, &[name])
    }

    /// The list of a vocabulary's terms.
    pub fn vocabulary(&self, vocabulary: &Vocabulary, language: &str) -> String {
        self.in_folder(language, &in_address(&vocabulary.name), &["index.html"])
    }

    /// A page of a term.
    pub fn term(&self, vocabulary: &Vocabulary, term: &str, language: &str, page: usize) -> String {
        let end = if page <= 1 { ".html" } else { &format!("-page-{page}.html") };
        self.in_folder(language, &in_address(&vocabulary.name), &[&in_address(term), end])
    }
}

fn in_address(name: &str) -> String {
    name.replace('_', "-")
}

/// The way from a page back to the root: `../` for each folder it lies in.
pub fn root_of(address: &str) -> String {
    "../".repeat(address.matches('/').count())
}

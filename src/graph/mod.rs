//! All documents together: entities, the edges between them, and what follows from those.
//!
//! A graph is always built whole; its cost grows with the number of edges. It holds no HTML and knows no template.

mod conditions;
mod grouped;
mod link;
mod proof;
mod related;
mod rules;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil;
use rustc_hash::FxHashMap;

pub use self::conditions::related;
pub use self::link::{build, neighbour, resolve};
pub use self::proof::{ProofLine, StateProof};
pub use self::related::{Reason, related_by_reason};

use self::grouped::Grouped;
use crate::diagnostic::SitePath;
use crate::document::body::Context;
use crate::document::value::Record;
use crate::document::{Document, EntityId};
use crate::schema::{KindIndex, Name, RelationIndex, Role, Schema};

/// Position of an entity in [`Graph::entities`]; entities are in the order of their kinds, then of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityIndex(pub usize);

/// One thing that the site is about, in one or more languages.
#[derive(Debug)]
pub struct Entity {
    /// Its permanent name.
    pub id: EntityId,
    /// What it is.
    pub kind: KindIndex,
    /// Its documents; the original first.
    pub documents: Vec<Arc<Document>>,
    /// What became of it, if it was removed.
    pub removed: bool,
    /// States that were worked out, by their position in the schema.
    pub derived: BTreeMap<usize, DerivedState>,
}

impl Entity {
    /// The document that states the facts.
    pub fn original(&self) -> &Arc<Document> {
        &self.documents[0]
    }

    /// The document in a language, else the original.
    pub fn document(&self, language: &str) -> &Arc<Document> {
        self.documents.iter().find(|document| document.language == language).unwrap_or(&self.documents[0])
    }

    /// Whether there is a document in this language.
    pub fn speaks(&self, language: &str) -> bool {
        self.documents.iter().any(|document| document.language == language)
    }

    /// A text field by its role: in the language if it was translated, else as in the original.
    pub fn text(&self, schema: &Schema, role: Role, language: &str) -> &str {
        let text = self.document(language).text(schema, role);
        if text.is_empty() { self.original().text(schema, role) } else { text }
    }
}

/// A state that was worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedState {
    /// The term.
    pub term: Name,
    /// The position of the rule that decided.
    pub rule: usize,
}

/// One entity points at another by a relation.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Who points.
    pub from: EntityIndex,
    /// At whom.
    pub to: EntityIndex,
    /// How.
    pub relation: RelationIndex,
    /// What the pointer carries.
    pub fields: Record,
}

/// One entity speaks of another in its text.
#[derive(Debug, Clone, Copy)]
pub struct Mention {
    /// Who speaks.
    pub from: EntityIndex,
    /// In which of its documents, by position.
    pub document: usize,
    /// By which link or citation of that document, by position.
    pub at: usize,
    /// Whether it is a citation.
    pub citation: bool,
}

/// Where what a document points at was found, in the order of its body.
#[derive(Debug, Default)]
struct Ends {
    links: Vec<LinkEnd>,
    /// Cited sources.
    citations: Vec<Option<EntityIndex>>,
}

/// Where a link of a body leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkEnd {
    /// To a page, perhaps to a heading on it.
    Entity(EntityIndex, Option<String>),
    /// To a heading on its own page.
    Anchor(String),
    /// To a file beside the pages.
    Asset(SitePath),
    /// To an address of the site, perhaps with an anchor; whether it exists is known when all pages are planned.
    Address(String),
    /// Nowhere; a diagnostic says so.
    Broken,
}

/// All documents, linked.
#[derive(Debug)]
pub struct Graph {
    /// The content model.
    pub schema: Arc<Schema>,
    /// The date for which states were worked out.
    pub today: civil::Date,
    /// All entities.
    pub entities: Vec<Entity>,
    /// All edges, by the entity that points, then in the order of its file.
    pub edges: Vec<Edge>,
    /// Relations of which a reference found no target; what a guard would say of them is not to be trusted.
    broken: std::collections::BTreeSet<RelationIndex>,
    by_id: FxHashMap<EntityId, EntityIndex>,
    /// Positions of edges, by the entity that points.
    outgoing: Grouped<usize>,
    /// Positions of edges, by the entity that is pointed at.
    incoming: Grouped<usize>,
    /// By the entity that is spoken of, in the order of those that speak.
    mentioned: Grouped<Mention>,
    /// By entity, then by the position of its document.
    ends: Vec<Vec<Ends>>,
}

impl Graph {
    /// The entity at this position.
    pub fn entity(&self, index: EntityIndex) -> &Entity {
        &self.entities[index.0]
    }

    /// The entity with this id.
    pub fn find(&self, id: &str) -> Option<EntityIndex> {
        self.by_id.get(id).copied()
    }

    /// All entities that are not removed, with their positions.
    pub fn present(&self) -> impl Iterator<Item = (EntityIndex, &Entity)> {
        self.entities.iter().enumerate().filter(|(_, entity)| !entity.removed).map(|(index, entity)| (EntityIndex(index), entity))
    }

    /// The entities of a kind that are not removed, in the order of their ids.
    pub fn of_kind(&self, kind: KindIndex) -> impl Iterator<Item = EntityIndex> + '_ {
        self.present().filter(move |(_, entity)| entity.kind == kind).map(|(index, _)| index)
    }

    /// The edges that leave an entity.
    pub fn outgoing(&self, index: EntityIndex) -> impl Iterator<Item = &Edge> {
        self.outgoing.of(index).iter().map(|edge| &self.edges[*edge])
    }

    /// The edges that lead to an entity.
    pub fn incoming(&self, index: EntityIndex) -> impl Iterator<Item = &Edge> {
        self.incoming.of(index).iter().map(|edge| &self.edges[*edge])
    }

    /// Where an entity is spoken of.
    pub fn mentions_of(&self, index: EntityIndex) -> &[Mention] {
        self.mentioned.of(index)
    }

    /// The document in which an entity is spoken of, and the sentence.
    pub fn context(&self, mention: Mention) -> Option<(&Document, &Context)> {
        let document = self.entity(mention.from).documents.get(mention.document)?;
        let context = if mention.citation {
            &document.body.citations.get(mention.at)?.context
        } else {
            &document.body.links.get(mention.at)?.context
        };
        Some((document, context))
    }

    /// Where the links of a document lead.
    pub fn links(&self, document: &Document) -> &[LinkEnd] {
        self.ends_of(document).map_or(&[], |ends| &ends.links)
    }

    /// Which sources a document cites.
    pub fn citations(&self, document: &Document) -> &[Option<EntityIndex>] {
        self.ends_of(document).map_or(&[], |ends| &ends.citations)
    }

    fn ends_of(&self, document: &Document) -> Option<&Ends> {
        let index = self.find(&document.id)?;
        let position = self.entity(index).documents.iter().position(|own| own.language == document.language)?;
        self.ends[index.0].get(position)
    }
}

//! Turns documents into a graph: ids, references and links find their targets, or a diagnostic says why not.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use jiff::civil;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::grouped::Grouped;
use super::{Edge, Ends, Entity, EntityIndex, Graph, LinkEnd, Mention, rules};
use crate::diagnostic::{Diagnostic, KeyPath, Place, SitePath, nearest};
use crate::document::body::{Link, LinkTarget};
use crate::document::value::{Reference, Value};
use crate::document::{Document, EntityId, slug};
use crate::schema::{IdForm, RelationIndex, Role, Schema};
use crate::source::Sources;
use crate::words::Words;

/// Links all documents.
///
/// With `drafts` unset, drafts take no part: nothing of them reaches the graph, and pointing at one is an error. Returns the
/// graph and all that is wrong between documents; the documents' own diagnostics are not repeated.
pub fn build(
    schema: &Arc<Schema>,
    documents: Vec<Arc<Document>>,
    sources: &Sources,
    today: civil::Date,
    drafts: bool,
) -> (Graph, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let hidden: BTreeMap<EntityId, SitePath> = documents
        .iter()
        .filter(|document| !drafts && !document.translation && document.is_draft(schema))
        .map(|document| (document.id.clone(), document.path.clone()))
        .collect();
    numbering(schema, &documents, &mut diagnostics);
    let entities = entities(schema, documents, &hidden, &mut diagnostics);
    let by_id: FxHashMap<EntityId, EntityIndex> =
        entities.iter().enumerate().map(|(index, entity)| (entity.id.clone(), EntityIndex(index))).collect();
    let count = entities.len();
    let mut graph = Graph {
        schema: schema.clone(),
        today,
        entities,
        edges: Vec::new(),
        broken: BTreeSet::new(),
        by_id,
        outgoing: Grouped::default(),
        incoming: Grouped::default(),
        mentioned: Grouped::default(),
        ends: Vec::with_capacity(count),
    };
    let setting = Setting { graph: &graph, names: OnceLock::new(), files: OnceLock::new(), hidden, sources };
    let linked: Vec<Linked> = (0..count).into_par_iter().map(|index| Linker::link(&setting, EntityIndex(index))).collect();
    graph.mentioned = Grouped::new(count, linked.iter().flat_map(|linked| linked.mentions.iter().copied()));
    for linked in linked {
        diagnostics.extend(linked.diagnostics);
        graph.broken.extend(linked.broken);
        graph.edges.extend(linked.edges);
        graph.ends.push(linked.ends);
    }
    graph.outgoing = Grouped::new(count, graph.edges.iter().enumerate().map(|(position, edge)| (edge.from, position)));
    graph.incoming = Grouped::new(count, graph.edges.iter().enumerate().map(|(position, edge)| (edge.to, position)));
    rules::cycles(&graph, &mut diagnostics);
    rules::derive(&mut graph);
    rules::guards(&graph, &mut diagnostics);
    (graph, diagnostics)
}

/// A number that is skipped is most likely a page that somebody deleted, and its address a dead link somewhere.
fn numbering(schema: &Schema, documents: &[Arc<Document>], diagnostics: &mut Vec<Diagnostic>) {
    for index in schema.kind_indices() {
        let IdForm::Numbered { prefix, digits } = &schema.kind(index).id else { continue };
        let mut numbers: Vec<(usize, &Arc<Document>)> = documents
            .iter()
            .filter(|document| document.kind == index)
            .filter_map(|document| document.id.rsplit_once('-')?.1.parse().ok().map(|number| (number, document)))
            .collect();
        numbers.sort_by_key(|(number, _)| *number);
        for pair in numbers.windows(2) {
            let (before, after) = (pair[0].0, pair[1].0);
            if after > before + 1 {
                let missing = format!("{prefix}-{:0digits$}", before + 1);
                diagnostics.push(Diagnostic::warning("id-missing").in_file(&pair[1].1.path).with("id", missing));
            }
        }
    }
}

fn entities(
    schema: &Schema,
    mut documents: Vec<Arc<Document>>,
    hidden: &BTreeMap<EntityId, SitePath>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Entity> {
    fn key(document: &Document) -> (&str, bool, &str, &str) {
        (&document.id, document.translation, &document.language, &document.path)
    }
    documents.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut entities = Vec::with_capacity(documents.len());
    for group in documents.chunk_by(|one, other| one.id == other.id) {
        let id = group[0].id.clone();
        let mut kept: Vec<Arc<Document>> = Vec::new();
        for document in group {
            match kept.iter().find(|other| other.language == document.language) {
                Some(first) => diagnostics.push(
                    Diagnostic::error("duplicate-id")
                        .in_file(&document.path)
                        .with("id", &id)
                        .with("other", &first.path)
                        .related_to(&first.path, Place::File),
                ),
                None => kept.push(document.clone()),
            }
        }
        if hidden.contains_key(&id) {
            continue;
        }
        let Some(first) = kept.first() else { continue };
        if first.translation {
            diagnostics.push(Diagnostic::error("translation-alone").in_file(&first.path).with("id", &id));
            continue;
        }
        let (kind, removed) = (first.kind, first.role(schema, Role::Tombstone).is_some());
        entities.push(Entity { id, kind, documents: kept, removed, derived: BTreeMap::new() });
    }
    // They are in the order of their ids already, and a stable sort leaves them so.
    entities.sort_by_key(|entity| entity.kind);
    entities
}

/// By which names pages can be linked, besides their ids: titles, short names and aliases, in lower case.
struct Names {
    named: BTreeMap<String, BTreeSet<EntityIndex>>,
    /// The same names as they are written.
    written: BTreeMap<String, String>,
    by_path: BTreeMap<SitePath, EntityIndex>,
}

impl Names {
    fn of(graph: &Graph) -> Self {
        let mut named: BTreeMap<String, BTreeSet<EntityIndex>> = BTreeMap::new();
        let mut written = BTreeMap::new();
        let mut by_path = BTreeMap::new();
        for (index, entity) in graph.entities.iter().enumerate() {
            let index = EntityIndex(index);
            for document in &entity.documents {
                by_path.insert(document.path.clone(), index);
                for role in [Role::Title, Role::Short] {
                    let name = document.text(&graph.schema, role);
                    if !name.is_empty() {
                        named.entry(folded(name).into_owned()).or_default().insert(index);
                        written.entry(folded(name).into_owned()).or_insert_with(|| name.trim().to_owned());
                    }
                }
                for role in [Role::Aliases, Role::Synonyms] {
                    let Some(value) = document.role(&graph.schema, role) else { continue };
                    for alias in value.items().iter().filter_map(Value::as_text).filter(|alias| !alias.starts_with('/')) {
                        named.entry(folded(alias).into_owned()).or_default().insert(index);
                        written.entry(folded(alias).into_owned()).or_insert_with(|| alias.trim().to_owned());
                    }
                }
            }
        }
        Self { named, written, by_path }
    }
}

fn folded(name: &str) -> Cow<'_, str> {
    let is_id = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if is_id { Cow::Borrowed(name) } else { Cow::Owned(name.trim().to_lowercase()) }
}

/// All that linking an entity needs to know of the others.
struct Setting<'a> {
    /// Without edges yet.
    graph: &'a Graph,
    /// Worked out only for sites that link by names.
    names: OnceLock<Names>,
    /// The files of the content by their own name; worked out only when a page is missing.
    files: OnceLock<BTreeMap<String, SitePath>>,
    hidden: BTreeMap<EntityId, SitePath>,
    sources: &'a Sources,
}

impl Setting<'_> {
    fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of(self.graph))
    }

    /// A file whose name starts with an id, so that it was meant to be that page.
    fn file_named_for(&self, id: &str) -> Option<&SitePath> {
        let own_name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        let files =
            self.files.get_or_init(|| self.sources.below("content").map(|file| (own_name(&file.path), file.path.clone())).collect());
        let mut from = files.range(id.to_owned()..).take_while(|(name, _)| name.starts_with(id));
        from.find(|(name, _)| !name[id.len()..].starts_with(|next: char| next.is_ascii_alphanumeric())).map(|(_, path)| path)
    }
}

/// What an entity points at.
#[derive(Default)]
struct Linked {
    edges: Vec<Edge>,
    /// Relations by which it points at nothing.
    broken: Vec<RelationIndex>,
    mentions: Vec<(EntityIndex, Mention)>,
    /// By the position of its document.
    ends: Vec<Ends>,
    diagnostics: Vec<Diagnostic>,
}

/// Links one entity.
struct Linker<'a> {
    setting: &'a Setting<'a>,
    edges: Vec<Edge>,
    diagnostics: Vec<Diagnostic>,
}

impl Linker<'_> {
    fn link(setting: &Setting<'_>, from: EntityIndex) -> Linked {
        let graph = setting.graph;
        let mut linker = Linker { setting, edges: Vec::new(), diagnostics: Vec::new() };
        let mut linked = Linked::default();
        for (position, document) in graph.entity(from).documents.iter().enumerate() {
            for reference in &document.references {
                match linker.reference(graph, from, document, reference) {
                    Some(edge) => linker.edges.push(edge),
                    None => linked.broken.push(reference.relation),
                }
            }
            let links: Vec<LinkEnd> = document.body.links.iter().map(|link| linker.body_link(graph, document, link)).collect();
            let citations = document.body.citations.iter();
            let citations: Vec<Option<EntityIndex>> =
                citations.map(|citation| linker.citation(graph, document, &citation.key, citation.span.clone())).collect();
            linker.unlinked(graph, from, document);
            let by_link = links.iter().map(|end| match end {
                LinkEnd::Entity(to, _) => Some(*to),
                _ => None,
            });
            let by_link = by_link.enumerate().map(|(at, to)| (at, to, false));
            for (at, to, citation) in by_link.chain(citations.iter().enumerate().map(|(at, to)| (at, *to, true))) {
                if let Some(to) = to.filter(|to| *to != from) {
                    linked.mentions.push((to, Mention { from, document: position, at, citation }));
                }
            }
            linked.ends.push(Ends { links, citations });
        }
        Linked { edges: linker.edges, diagnostics: linker.diagnostics, ..linked }
    }

    fn reference(&mut self, graph: &Graph, from: EntityIndex, document: &Document, reference: &Reference) -> Option<Edge> {
        let place = || reference_place(&reference.path);
        let relation = graph.schema.relation(reference.relation);
        let to = self.target(graph, document, &reference.target, place)?;
        let kind = graph.entity(to).kind;
        let found = graph.schema.kind(kind);
        let same = [graph.entity(from).kind];
        let wanted: &[crate::schema::KindIndex] = if relation.same_kind { &same } else { &relation.to };
        if !relation.to.contains(&kind) || !wanted.contains(&kind) {
            self.diagnostics.push(
                Diagnostic::error("reference-kind")
                    .in_file(&document.path)
                    .at(place())
                    .with("id", &reference.target)
                    .with_words("found", &found.singular)
                    .with_words("wanted", &Words::joined(wanted.iter().map(|kind| &graph.schema.kind(*kind).singular))),
            );
            return None;
        }
        if to == from {
            self.diagnostics.push(Diagnostic::error("reference-self").in_file(&document.path).at(place()).with("id", &reference.target));
            return None;
        }
        let twice = self.edges.iter().any(|edge| edge.to == to && edge.relation == reference.relation);
        if twice && reference.path.0.len() <= 2 {
            self.diagnostics.push(Diagnostic::warning("reference-twice").in_file(&document.path).at(place()).with("id", &reference.target));
            return None;
        }
        Some(Edge { from, to, relation: reference.relation, fields: reference.fields.clone() })
    }

    /// The entity with this id, if a published page may point at it.
    fn target(&mut self, graph: &Graph, document: &Document, typed: &str, place: impl Fn() -> Place) -> Option<EntityIndex> {
        let id = folded(typed);
        if let Some(found) = graph.find(&id) {
            if graph.entity(found).removed {
                let successor = successor_of(graph, found).unwrap_or_default();
                let code = if successor.is_empty() { "reference-removed" } else { "reference-removed-successor" };
                self.diagnostics
                    .push(Diagnostic::error(code).in_file(&document.path).at(place()).with("id", typed).with("successor", successor));
                return None;
            }
            return Some(found);
        }
        let diagnostic = if self.setting.hidden.contains_key(&*id) {
            Diagnostic::error("reference-draft").with("id", typed)
        } else {
            self.unknown_id(graph, &id, typed)
        };
        self.diagnostics.push(diagnostic.in_file(&document.path).at(place()));
        None
    }

    fn unknown_id(&self, graph: &Graph, id: &str, typed: &str) -> Diagnostic {
        // Numbers that differ in one digit are no slips of the pen, so numbered ids get no suggestion but the last one there is.
        let numbered = graph.schema.kinds.iter().find_map(|kind| match &kind.id {
            IdForm::Numbered { prefix, .. } if id.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.starts_with('-')) => Some(prefix),
            _ => None,
        });
        if let Some(prefix) = numbered {
            if let Some(file) = self.setting.file_named_for(id) {
                return Diagnostic::error("unknown-id-file").with("id", typed).with("file", file).related_to(file, Place::File);
            }
            let prefix = format!("{prefix}-");
            let ids = graph.entities.iter().map(|entity| &entity.id);
            let last = ids.filter(|id| id.starts_with(&prefix)).max();
            return Diagnostic::error("unknown-id-number").with("id", typed).with("last", last.map_or("", |id| id));
        }
        let mut names: Vec<&str> = graph.entities.iter().map(|entity| &*entity.id).collect();
        names.sort_unstable();
        match nearest(id, names) {
            Some(near) => {
                let near = near.to_owned();
                Diagnostic::error("unknown-id").with("id", typed).with("nearest", &near).replace_by(near)
            }
            None => Diagnostic::error("unknown-id-plain").with("id", typed),
        }
    }

    /// An id in running text that is one of a page was meant to lead there.
    fn unlinked(&mut self, graph: &Graph, from: EntityIndex, document: &Document) {
        for one in &document.body.unlinked {
            let Some(found) = graph.find(&folded(&one.key)).filter(|found| *found != from) else { continue };
            if one.is_citation && !graph.schema.kind(graph.entity(found).kind).citable {
                continue;
            }
            let mended = if one.is_citation { format!("[@{}]", one.key) } else { format!("[[{}]]", one.key) };
            let place = Place::Span(one.span.clone());
            self.diagnostics
                .push(Diagnostic::warning("reference-literal").in_file(&document.path).at(place).with("id", &one.key).replace_by(mended));
        }
    }

    fn citation(&mut self, graph: &Graph, document: &Document, key: &str, span: std::ops::Range<usize>) -> Option<EntityIndex> {
        let found = self.target(graph, document, key, || Place::Span(span.clone()))?;
        let kind = graph.schema.kind(graph.entity(found).kind);
        if kind.citable {
            return Some(found);
        }
        self.diagnostics
            .push(Diagnostic::error("citation-kind").in_file(&document.path).at(span).with("id", key).with_words("found", &kind.singular));
        None
    }

    fn body_link(&mut self, graph: &Graph, document: &Document, link: &Link) -> LinkEnd {
        let place = Place::Span(link.span.clone());
        let entity = match &link.target {
            LinkTarget::SamePage => {
                let heading = link.heading.as_deref().unwrap_or_default();
                return match self.heading(document, document, heading, &place, Some("#")) {
                    Some(anchor) => LinkEnd::Anchor(anchor),
                    None => LinkEnd::Broken,
                };
            }
            LinkTarget::Address(address) => {
                let anchor = link.heading.as_ref().map(|heading| format!("#{heading}")).unwrap_or_default();
                return LinkEnd::Address(format!("{address}{anchor}"));
            }
            LinkTarget::Name(name) => self.name(graph, document, name, &place),
            LinkTarget::File(file) => match self.file(graph, document, file, &place) {
                Some(LinkEnd::Entity(entity, _)) => Some(entity),
                Some(end) => return end,
                None => None,
            },
        };
        let Some(entity) = entity else { return LinkEnd::Broken };
        let Some(heading) = &link.heading else { return LinkEnd::Entity(entity, None) };
        // In `[[id#heading]]` the heading follows its page and a number sign.
        let at = match link.target {
            LinkTarget::Name(_) => Place::Span(link.span.end + 1..link.span.end + 1 + heading.len()),
            _ => place,
        };
        let sign = matches!(link.target, LinkTarget::Name(_)).then_some("");
        match self.heading(document, graph.entity(entity).document(&document.language), heading, &at, sign) {
            Some(anchor) => LinkEnd::Entity(entity, Some(anchor)),
            None => LinkEnd::Broken,
        }
    }

    fn name(&mut self, graph: &Graph, document: &Document, name: &str, place: &Place) -> Option<EntityIndex> {
        if graph.find(&folded(name)).is_some() || self.setting.hidden.contains_key(&*folded(name)) {
            return self.target(graph, document, name, || place.clone());
        }
        match self.setting.names().named.get(&*folded(name)).map(|found| found.iter().copied().collect::<Vec<_>>()).as_deref() {
            Some([one]) => self.target(graph, document, &graph.entity(*one).id.clone(), || place.clone()),
            Some([]) | None => {
                let id_like = slug(name) == folded(name);
                let diagnostic = if id_like {
                    self.unknown_id(graph, &folded(name), name)
                } else {
                    match nearest(&folded(name), self.setting.names().named.keys().map(String::as_str)) {
                        Some(near) => {
                            let near = self.setting.names().written.get(near).cloned().unwrap_or_default();
                            Diagnostic::error("unknown-title").with("name", name).with("nearest", &near).replace_by(near)
                        }
                        None => Diagnostic::error("unknown-id-plain").with("id", name),
                    }
                };
                self.diagnostics.push(diagnostic.in_file(&document.path).at(place.clone()));
                None
            }
            Some(several) => {
                let ids = several.iter().map(|index| graph.entity(*index).id.to_string()).collect::<Vec<_>>().join(", ");
                self.diagnostics.push(
                    Diagnostic::error("ambiguous-title").in_file(&document.path).at(place.clone()).with("name", name).with("ids", ids),
                );
                None
            }
        }
    }

    fn file(&mut self, graph: &Graph, document: &Document, written: &str, place: &Place) -> Option<LinkEnd> {
        let Some(path) = resolve(&document.path, written) else {
            self.diagnostics.push(Diagnostic::error("link-outside").in_file(&document.path).at(place.clone()).with("address", written));
            return None;
        };
        if let Some(entity) = self.setting.names().by_path.get(path.as_str()) {
            let id = graph.entity(*entity).id.clone();
            return self.target(graph, document, &id, || place.clone()).map(|entity| LinkEnd::Entity(entity, None));
        }
        match self.setting.sources.get(&path) {
            Some(file) if !path.ends_with(".md") => Some(LinkEnd::Asset(file.path.clone())),
            _ => {
                let near = neighbour(self.setting.sources, &path);
                let code = if near.is_empty() { "broken-link-plain" } else { "broken-link" };
                self.diagnostics
                    .push(Diagnostic::error(code).in_file(&document.path).at(place.clone()).with("address", written).with("nearest", near));
                None
            }
        }
    }

    /// The anchor of a heading that is named by its anchor or by its text.
    ///
    /// `sign` is what the place holds before the heading, where it holds nothing else.
    fn heading(&mut self, document: &Document, target: &Document, wanted: &str, place: &Place, sign: Option<&str>) -> Option<String> {
        let headings = &target.body.headings;
        let lower = folded(wanted);
        let found = headings
            .iter()
            .find(|heading| heading.anchor == wanted)
            .or_else(|| headings.iter().find(|heading| folded(&heading.text) == lower))
            .or_else(|| headings.iter().find(|heading| heading.anchor == slug(wanted)));
        if let Some(heading) = found {
            return Some(heading.anchor.clone());
        }
        let known = headings.iter().map(|heading| heading.anchor.as_str()).collect::<Vec<_>>();
        let found = nearest(&lower, known.iter().copied());
        let near = found.map_or_else(|| known.join(", "), str::to_owned);
        let code = if known.is_empty() { "broken-anchor-none" } else { "broken-anchor" };
        let mut diagnostic = Diagnostic::error(code).in_file(&document.path).at(place.clone());
        diagnostic.replacement = found.zip(sign).map(|(found, sign)| format!("{sign}{found}"));
        self.diagnostics.push(diagnostic.with("heading", wanted).with("page", &target.id).with("nearest", near));
        None
    }
}

/// The place of an id: the `ref` key of an entry that is a mapping, else the entry itself.
fn reference_place(path: &KeyPath) -> Place {
    path.clone().value()
}

fn successor_of(graph: &Graph, removed: EntityIndex) -> Option<String> {
    let document = graph.entity(removed).original();
    let field = graph.schema.kind(document.kind).role(Role::Tombstone)?;
    let Value::Record(record) = document.fields.get(&field.name)? else { return None };
    let successor = crate::document::by_role(crate::document::record_fields(field), record, Role::Successor)?;
    successor.as_text().map(str::to_owned)
}

/// A path relative to a file, without leaving `content/`.
pub fn resolve(file: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (parts.first() == Some(&"content")).then(|| parts.join("/"))
}

/// The file of the same type beside this one whose name is nearest, else the few whose names begin most alike; empty if none
/// is of that type.
pub fn neighbour(sources: &Sources, path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let beside = sources.below(folder).filter_map(|file| file.path.strip_prefix(folder)?.strip_prefix('/'));
    let beside: Vec<&str> =
        beside.filter(|other| ending.is_empty() || other.rsplit_once('.').is_some_and(|(_, own)| own == ending)).collect();
    if let Some(near) = nearest(name, beside.iter().copied()) {
        return near.to_owned();
    }
    let bare = name.strip_suffix(ending).unwrap_or(name).trim_end_matches('.');
    let alike = |other: &str| other.bytes().zip(bare.bytes()).take_while(|(a, b)| a == b).count();
    let most = beside.iter().map(|other| alike(other)).max().unwrap_or(0);
    beside.iter().filter(|other| alike(other) == most).take(4).copied().collect::<Vec<_>>().join(", ")
}

//! Fills the holes of a body: links, citations, cards, images, and glossary terms at their first use.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use tera::Value as Data;

use super::Planner;
use super::citation::Reference;
use super::data::{escape, html, list, object, text};
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::document::body::{Body, Citation, HoleKind, Image};
use crate::document::value::Value;
use crate::graph::{EntityIndex, LinkEnd};
use crate::schema::Role;

/// The terms of the glossary in one language, ready to be found in running text.
#[derive(Debug)]
pub struct Glossary {
    finder: Option<AhoCorasick>,
    /// Which entity a pattern belongs to.
    entities: Vec<EntityIndex>,
}

/// A body with all holes filled.
pub struct Filled {
    /// Pieces for the template: HTML and cards, in order.
    pub pieces: Vec<Data>,
    /// The reference list.
    pub references: Vec<Data>,
    /// The glossary terms that were linked.
    pub terms: Vec<EntityIndex>,
}

impl Planner {
    fn glossary(&self, language: &str) -> Option<&Glossary> {
        self.glossaries.get(language).map(|slot| slot.get_or_init(|| self.build_glossary(language)))
    }

    /// Collects the terms of all glossary kinds in a language.
    fn build_glossary(&self, language: &str) -> Glossary {
        let mut patterns: BTreeMap<String, EntityIndex> = BTreeMap::new();
        for (index, entity) in self.graph.present() {
            if !self.schema.kind(entity.kind).glossary || !entity.speaks(language) {
                continue;
            }
            let document = entity.document(language);
            let synonyms = document.role(&self.schema, Role::Synonyms).map_or(&[][..], Value::items);
            let names = synonyms.iter().filter_map(Value::as_text).chain([document.text(&self.schema, Role::Title)]);
            for name in names {
                let escaped = escape(name.trim());
                if escaped.chars().count() > 1 {
                    patterns.entry(escaped).or_insert(index);
                }
            }
        }
        let entities = patterns.values().copied().collect();
        let finder = AhoCorasickBuilder::new()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(patterns.keys())
            .ok()
            .filter(|finder| finder.patterns_len() > 0);
        Glossary { finder, entities }
    }

    /// Fills a document's body for the page at this distance from the root.
    pub(super) fn fill(
        &self,
        index: EntityIndex,
        document: &Document,
        root: &str,
        language: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Filled {
        let body = &document.body;
        let mut filler =
            Filler { planner: self, document, root, language, pieces: Vec::new(), html: String::with_capacity(body.html.len() * 2) };
        let uses = self.first_uses(index, document, language);
        let mut terms = uses.iter().peekable();
        let mut at = 0;
        for hole in &body.holes {
            while let Some((range, target)) = terms.next_if(|(range, _)| range.start < hole.at) {
                filler.glossary_link(body, &mut at, range, *target);
            }
            filler.html.push_str(&body.html[at..hole.at]);
            at = hole.at;
            filler.hole(&hole.kind, diagnostics);
        }
        for (range, target) in terms {
            filler.glossary_link(body, &mut at, range, *target);
        }
        filler.html.push_str(&body.html[at..]);
        filler.finish_piece();
        let pieces = filler.pieces;
        Filled { pieces, references: self.reference_list(document, language), terms: uses.into_iter().map(|(_, term)| term).collect() }
    }

    /// The first place at which each glossary term stands in the body's running text, as whole words.
    fn first_uses(&self, index: EntityIndex, document: &Document, language: &str) -> Vec<(Range<usize>, EntityIndex)> {
        let Some(Glossary { finder: Some(finder), entities }) = self.glossary(language) else { return Vec::new() };
        let html = &document.body.html;
        let mut used = vec![index];
        let mut found = Vec::new();
        for range in &document.body.prose {
            let prose = &html[range.clone()];
            for hit in finder.find_iter(prose) {
                let target = entities[hit.pattern().as_usize()];
                let before = prose[..hit.start()].chars().next_back();
                let after = prose[hit.end()..].chars().next();
                let whole =
                    |neighbour: Option<char>| neighbour.is_none_or(|letter| !letter.is_alphanumeric() && letter != '-' && letter != '&');
                if whole(before) && whole(after) && !used.contains(&target) {
                    used.push(target);
                    found.push((range.start + hit.start()..range.start + hit.end(), target));
                }
            }
        }
        found
    }

    /// The reference of a source in a language, shared by all pages that cite it.
    pub(super) fn reference(&self, source: EntityIndex, language: &str) -> Option<&Reference> {
        let slot = self.references.get(language)?.get(source.0)?;
        let entity = self.graph.entity(source);
        let citable = !entity.removed && self.schema.kind(entity.kind).citable;
        slot.get_or_init(|| citable.then(|| super::citation::reference(&self.schema, entity, self.words(language)))).as_ref()
    }

    fn reference_list(&self, document: &Document, language: &str) -> Vec<Data> {
        let mut cited: BTreeMap<EntityIndex, Vec<&Citation>> = BTreeMap::new();
        for (citation, source) in document.body.citations.iter().zip(self.graph.citations(document)) {
            if let Some(source) = source {
                cited.entry(*source).or_default().push(citation);
            }
        }
        let mut references: Vec<(&str, Data)> = cited
            .into_iter()
            .filter_map(|(source, citations)| {
                let reference = self.reference(source, language)?;
                let data = object([
                    ("anchor", text(format!("ref-{}", self.graph.entity(source).id))),
                    ("html", html(&reference.html)),
                    ("url", text(self.addresses.at(&self.graph, source, language))),
                    ("back", list(citations.iter().map(|citation| text(&citation.anchor)))),
                ]);
                Some((reference.sort_key.as_str(), data))
            })
            .collect();
        references.sort_by(|a, b| a.0.cmp(b.0));
        references.into_iter().map(|(_, data)| data).collect()
    }
}

struct Filler<'a> {
    planner: &'a Planner,
    document: &'a Document,
    root: &'a str,
    language: &'a str,
    pieces: Vec<Data>,
    html: String,
}

impl Filler<'_> {
    fn finish_piece(&mut self) {
        if !self.html.trim().is_empty() {
            self.pieces.push(object([("html", html(&self.html))]));
        }
        self.html.clear();
    }

    fn glossary_link(&mut self, body: &Body, at: &mut usize, range: &Range<usize>, target: EntityIndex) {
        let address = self.planner.addresses.at(&self.planner.graph, target, self.language);
        self.html.push_str(&body.html[*at..range.start]);
        self.html.push_str(&format!("<a class=\"term\" href=\"{}{address}\">{}</a>", self.root, &body.html[range.clone()]));
        *at = range.end;
    }

    fn hole(&mut self, kind: &HoleKind, diagnostics: &mut Vec<Diagnostic>) {
        let ends = self.planner.graph.links(self.document);
        match kind {
            HoleKind::LinkStart(link) => match ends.get(*link) {
                Some(end) => {
                    let opening = self.opening(end, *link, diagnostics);
                    self.html.push_str(&opening);
                }
                None => self.html.push_str("<a>"),
            },
            HoleKind::LinkTitle(link) => {
                if let Some(LinkEnd::Entity(target, _)) = ends.get(*link) {
                    let title = self.planner.graph.entity(*target).text(&self.planner.schema, Role::Title, self.language);
                    self.html.push_str(&escape(title));
                }
            }
            HoleKind::Card(link) => {
                if let Some(LinkEnd::Entity(target, _)) = ends.get(*link) {
                    self.finish_piece();
                    self.pieces.push(object([("card", self.planner.summary(*target, self.language))]));
                }
            }
            HoleKind::Chart(chart) => {
                if let Some(chart) = self.document.body.charts.get(*chart) {
                    self.finish_piece();
                    self.pieces.push(object([("chart", self.planner.chart(chart, self.language))]));
                }
            }
            HoleKind::Citations { group } => {
                let cited = self.citations(group);
                self.html.push_str(&cited);
            }
            HoleKind::Image(image) => {
                if let Some(image) = self.document.body.images.get(*image) {
                    let tag = self.image(image, diagnostics);
                    self.html.push_str(&tag);
                }
            }
            HoleKind::Numbered { key, number } => {
                let word = escape(&self.planner.words(self.language).fill(key, &[("number", &number.to_string())]));
                self.html.push_str(&word);
            }
            HoleKind::Word(key) => {
                let word = escape(self.planner.words(self.language).text(key));
                self.html.push_str(&word);
            }
        }
    }

    fn opening(&self, end: &LinkEnd, link: usize, diagnostics: &mut Vec<Diagnostic>) -> String {
        let planner = self.planner;
        match end {
            LinkEnd::Entity(target, anchor) => {
                let entity = planner.graph.entity(*target);
                let address = planner.addresses.entity(entity, self.language);
                let anchor = anchor.as_ref().map(|anchor| format!("#{anchor}")).unwrap_or_default();
                let language = &entity.document(self.language).language;
                let foreign = if language == self.language { String::new() } else { format!(" hreflang=\"{language}\"") };
                format!("<a class=\"entity-link\" href=\"{}{address}{anchor}\"{foreign}>", self.root)
            }
            LinkEnd::Anchor(anchor) => format!("<a href=\"#{}\">", escape(anchor)),
            LinkEnd::Asset(path) => format!("<a class=\"file\" href=\"{}{}\">", self.root, crate::html::path(&super::asset_address(path))),
            LinkEnd::Address(written) => {
                let (address, anchor) =
                    written.split_once('#').map_or((written.as_str(), String::new()), |(page, anchor)| (page, format!("#{anchor}")));
                match planner.existing_address(address) {
                    Some(address) => format!("<a href=\"{}{}{}\">", self.root, escape(&address), escape(&anchor)),
                    None => {
                        if let Some(link) = self.document.body.links.get(link) {
                            diagnostics.push(
                                Diagnostic::error("broken-address")
                                    .in_file(&self.document.path)
                                    .at(link.span.clone())
                                    .with("address", format!("/{address}"))
                                    .with("nearest", planner.nearest_address(address)),
                            );
                        }
                        "<a>".to_owned()
                    }
                }
            }
            LinkEnd::Broken => "<a>".to_owned(),
        }
    }

    fn citations(&self, group: &Range<usize>) -> String {
        let sources = self.planner.graph.citations(self.document);
        let mut written = String::from("(");
        for position in group.clone() {
            let Some((citation, Some(source))) = self.document.body.citations.get(position).zip(sources.get(position)) else { continue };
            if written.len() > 1 {
                written.push_str("; ");
            }
            let Some(reference) = self.planner.reference(*source, self.language) else { continue };
            let id = &self.planner.graph.entity(*source).id;
            if !citation.prefix.is_empty() {
                written.push_str(&escape(&citation.prefix));
                written.push(' ');
            }
            let names = if citation.year_only { String::new() } else { format!("{}, ", reference.names) };
            let locator = if citation.locator.is_empty() { String::new() } else { format!(", {}", citation.locator) };
            let label = escape(&format!("{names}{}{locator}", reference.year));
            written.push_str(&format!("<a class=\"citation\" id=\"{}\" href=\"#ref-{id}\">{label}</a>", citation.anchor));
        }
        written.push(')');
        if written.len() == 2 { String::new() } else { written }
    }

    fn image(&self, image: &Image, diagnostics: &mut Vec<Diagnostic>) -> String {
        let path = match image.path.strip_prefix('/') {
            Some(path) => Some(format!("static/{path}")),
            None => crate::graph::resolve(&self.document.path, &image.path),
        };
        let file = path.as_deref().and_then(|path| self.planner.sources.get(path));
        let Some(file) = file else {
            let near = path.as_deref().map_or_else(String::new, |path| crate::graph::neighbour(&self.planner.sources, path));
            let code = if near.is_empty() { "image-missing-plain" } else { "image-missing" };
            let missing = Diagnostic::error(code).in_file(&self.document.path).at(image.span.clone());
            diagnostics.push(missing.with("path", &image.path).with("nearest", near));
            return String::new();
        };
        let size = match imagesize::blob_size(&file.bytes()) {
            Ok(size) => format!(" width=\"{}\" height=\"{}\"", size.width, size.height),
            Err(_) if file.path.ends_with(".svg") => String::new(),
            Err(_) => {
                diagnostics.push(
                    Diagnostic::error("image-unreadable").in_file(&self.document.path).at(image.span.clone()).with("path", &image.path),
                );
                return String::new();
            }
        };
        let address = crate::html::path(&super::asset_address(&file.path));
        format!("<img src=\"{}{address}\" alt=\"{}\"{size} loading=\"lazy\">", self.root, escape(&image.alt))
    }
}

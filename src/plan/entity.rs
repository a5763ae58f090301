//! The page of an entity: everything that its template may see.

use std::collections::BTreeSet;

use tera::Value as Data;

use super::citation::with_stop;
use super::data::{extended, html, list, maybe, number, object, text};
use super::summary::date_words;
use super::{Page, PageAddress, Planner};
use crate::diagnostic::Diagnostic;
use crate::document::body::Context;
use crate::document::value::Value;
use crate::document::{Document, by_role, record_fields};
use crate::graph::{EntityIndex, ProofLine, related, related_by_reason};
use crate::schema::{Direction, FieldType, Line, RelationIndex, Role, ViewForm};

/// Roles of fields that a page shows in places of their own, or not at all.
const NOT_FACTS: [Role; 10] = [
    Role::Title,
    Role::Summary,
    Role::Draft,
    Role::Aliases,
    Role::Keywords,
    Role::Changes,
    Role::Tombstone,
    Role::Updated,
    Role::Order,
    Role::Synonyms,
];

/// More than these at the end of a route are not listed where a map has them.
const MANY: usize = 24;

impl Planner {
    /// The page of an entity in a language that it speaks.
    pub(super) fn entity_page(&self, index: EntityIndex, language: &str) -> (Page, Vec<Diagnostic>) {
        let entity = self.graph.entity(index);
        if entity.removed {
            return (self.tombstone(index, language), Vec::new());
        }
        let mut diagnostics = Vec::new();
        let kind = self.schema.kind(entity.kind);
        let document = entity.document(language).clone();
        let address = self.addresses.entity(entity, language);
        let root = super::address::root_of(&address);
        // A translation without a text of its own shows the original's, and says so.
        let original = entity.original();
        let told = if document.body.html.trim().is_empty() { original } else { &document };
        let filled = self.fill(index, told, &root, language, &mut diagnostics);
        let words = self.words(language);
        let updated = self.last_change(index);
        let neighbours = self.neighbours(index);
        let note = (told.language != document.language && !told.body.html.trim().is_empty()).then(|| {
            object([
                ("name", text(self.words(&told.language).text("language.name"))),
                ("lang", text(&told.language)),
                ("url", text(self.addresses.entity(entity, &told.language))),
            ])
        });
        let toc = told.body.headings.iter().map(|heading| {
            object([("level", number(usize::from(heading.level))), ("title", text(&heading.text)), ("anchor", text(&heading.anchor))])
        });
        let title = entity.text(&self.schema, Role::Title, language);
        let permalink = format!("{}{address}", self.config.base_url);
        let year = updated.map_or_else(|| self.graph.today.year(), crate::date::PartialDate::year);
        let cite = format!("{}. ({year}). {} {permalink}", self.config.title.get(language), with_stop(title));
        let own_reference = self.reference(index, language).map_or_else(Data::none, |reference| html(&reference.html));
        let data = extended(
            &self.summary(index, language),
            [
                ("body", list(filled.pieces)),
                ("toc", self.if_named("toc", || list(toc))),
                ("facts", list(self.entity_facts(index, &document, language))),
                ("relations", list(self.relations(index, language))),
                ("places", self.if_named("places", || list(self.places(index, language)))),
                ("proof", self.if_named("proof", || self.proof(index, language))),
                ("references", list(filled.references)),
                ("reference", own_reference),
                ("backlinks", self.if_named("backlinks", || list(self.backlinks(index, language)))),
                ("related", self.if_named("related", || list(self.related(index, language)))),
                ("previous", neighbours.0.map_or_else(Data::none, |other| self.summary(other, language))),
                ("next", neighbours.1.map_or_else(Data::none, |other| self.summary(other, language))),
                ("changes", self.if_named("changes", || list(self.changes(&document, language)))),
                ("aliases", list(self.texts(&document, Role::Aliases).filter(|alias| !alias.starts_with('/')).map(text))),
                ("synonyms", list(self.texts(&document, Role::Synonyms).map(text))),
                ("banners", self.if_named("banners", || list(self.banners(index, &document, language)))),
                ("outdated_terms", list(self.outdated_terms(index, &filled.terms, language))),
                ("history", self.if_named("history", || list(self.history(index, &document, language)))),
                ("sentence", self.if_named("sentence", || maybe(self.sentence(index, language)))),
                ("translation_note", note.unwrap_or_else(Data::none)),
                ("body_lang", text(&told.language)),
                ("citations", self.if_named("citations", || list(self.citation_formats(index, language)))),
                ("cite", text(cite)),
                ("permalink", text(&permalink)),
            ],
        );
        let own = format!("entity/{}.html", kind.name);
        let template = match &kind.template {
            Some(template) => template.clone(),
            None if self.face.templates.contains(&own) => own,
            None => "entity.html".to_owned(),
        };
        let listed = !kind.address.is_empty();
        let crumbs = if listed { vec![(kind.plural.get(language).to_owned(), self.addresses.list(kind, language, 1))] } else { Vec::new() };
        let alternates = PageAddress::Entity(index);
        let page_title = self.page_title(index, language);
        let mut page = self.page(&template, language, address, &page_title, &kind.address, crumbs, &alternates);
        page.set("description", text(self.opening(index, language)));
        page.set("draft", Data::from(entity.original().is_draft(&self.schema)));
        page.set("updated", maybe(updated.map(|date| date.to_string())));
        page.set("updated_text", maybe(updated.map(|date| date_words(date, words))));
        page.set("json_ld", self.if_named("json_ld", || self.json_ld(index, language)));
        page.set("meta", self.if_named("meta", || list(self.highwire(index, language))));
        page.insert("entity", data);
        (page, diagnostics)
    }

    /// A field of the page, if any template names it.
    fn if_named(&self, name: &str, field: impl FnOnce() -> Data) -> Data {
        if self.face.named.contains(name) { field() } else { Data::none() }
    }

    /// A sentence or two for search engines: the summary, else the claim, else how the body begins, else the title.
    fn opening(&self, index: EntityIndex, language: &str) -> String {
        let entity = self.graph.entity(index);
        let summary = entity.text(&self.schema, Role::Summary, language);
        if !summary.is_empty() {
            return summary.to_owned();
        }
        if let Some(sentence) = self.sentence(index, language) {
            return sentence;
        }
        let opening = entity.document(language).body.opening();
        if opening.is_empty() { entity.text(&self.schema, Role::Title, language).to_owned() } else { opening }
    }

    fn texts<'a>(&self, document: &'a Document, role: Role) -> impl Iterator<Item = &'a str> {
        document.role(&self.schema, role).map_or(&[][..], Value::items).iter().filter_map(Value::as_text)
    }

    fn entity_facts(&self, index: EntityIndex, document: &Document, language: &str) -> Vec<Data> {
        let entity = self.graph.entity(index);
        let kind = self.schema.kind(entity.kind);
        let own = kind.fields.iter().filter(|field| !matches!(field.ty, FieldType::Reference(_)));
        let mut facts = self.facts(index, own, &entity.original().fields, Some(&document.fields), &NOT_FACTS, language);
        for (position, derived) in self.schema.derived_of(entity.kind) {
            let Some(state) = entity.derived.get(&position) else { continue };
            let because = derived.rules.get(state.rule).map_or("", |rule| rule.because.get(language));
            let value = Value::Term(derived.vocabulary, state.term.clone());
            let term = self.term(derived.vocabulary, &state.term, language);
            let fact = self.fact(&derived.name, derived.label.get(language), &[term], false, "", &value);
            facts.push(extended(&fact, [("because", text(because)), ("derived", Data::from(true))]));
        }
        facts
    }

    /// Outgoing relations in the order of the kind's fields, then incoming ones in the order of the schema.
    fn relations(&self, index: EntityIndex, language: &str) -> Vec<Data> {
        let entity = self.graph.entity(index);
        let kind = self.schema.kind(entity.kind);
        let mut relations = Vec::new();
        for field in &kind.fields {
            let FieldType::Reference(relation) = field.ty else { continue };
            if field.private {
                continue;
            }
            let found = self.schema.relation(relation);
            let gap = match entity.original().fields.get(&field.name) {
                Some(Value::Gap(vocabulary, name)) => self.gap(*vocabulary, name, language),
                _ => Data::none(),
            };
            let direction = Direction::Forward(relation);
            let items = self.ends(index, direction, language);
            if !items.is_empty() || !gap.is_none() {
                relations.push(relation_data(
                    &found.name,
                    found.label.get(language),
                    false,
                    items,
                    gap,
                    self.relation_tally(index, direction, language),
                ));
            }
        }
        for (position, relation) in self.schema.relations.iter().enumerate() {
            let Some(inverse) = relation.inverse.as_ref().filter(|_| !relation.private) else { continue };
            if !relation.to.contains(&entity.kind) {
                continue;
            }
            let direction = Direction::Inverse(RelationIndex(position));
            let items = self.ends(index, direction, language);
            if !items.is_empty() {
                let tally = self.relation_tally(index, direction, language);
                relations.push(relation_data(&inverse.name, inverse.label.get(language), true, items, Data::none(), tally));
            }
        }
        relations.extend(self.routes(index, language));
        relations
    }

    /// What stands at the end of the routes that start here, in the form of relations; without what is one step away.
    fn routes(&self, index: EntityIndex, language: &str) -> Vec<Data> {
        let mut found = Vec::new();
        for route in self.schema.routes.iter().filter(|route| route.kind == self.graph.entity(index).kind) {
            let mut reached = BTreeSet::from([index]);
            for step in &route.steps {
                let onwards = |at: &EntityIndex| {
                    let at = *at;
                    step.iter().flat_map(move |direction| related(&self.graph, at, *direction))
                };
                reached = reached.iter().flat_map(onwards).collect();
            }
            reached.remove(&index);
            let ends: Vec<EntityIndex> = reached.into_iter().collect();
            if ends.is_empty() {
                continue;
            }
            let tally = self.tally_per_kind(&ends, language);
            let map = self.own_map(index, &ends, language).filter(|_| ends.len() > MANY);
            // Of many, the counts and the map say more than their titles.
            let items = if map.is_some() { Vec::new() } else { ends.iter().map(|end| self.summary(*end, language)).collect() };
            let data = relation_data(&route.name, route.label.get(language), true, items, Data::none(), tally);
            let count = [("count", number(ends.len())), ("more", map.unwrap_or_else(Data::none))];
            found.push(extended(&data, count));
        }
        found
    }

    /// The page of an evidence map that has only what belongs to this entity, if these are in its cells: its title and address.
    fn own_map(&self, index: EntityIndex, ends: &[EntityIndex], language: &str) -> Option<Data> {
        let entity = self.graph.entity(index);
        self.schema.views.iter().find_map(|view| {
            let ViewForm::Matrix(matrix) = &view.form else { return None };
            let (_, kind) = matrix.one_per?;
            let holds_them = ends.iter().any(|end| self.graph.entity(*end).kind == matrix.cells);
            let address = self.addresses.view(&format!("{}/{}", view.address, entity.id), language, 1);
            let is_there = kind == entity.kind && holds_them && self.existing_address(&address).is_some();
            let title = format!("{}: {}", view.title.get(language), entity.text(&self.schema, Role::Title, language));
            is_there.then(|| object([("title", text(title)), ("url", text(address))]))
        })
    }

    /// Counts for each kind at the other end of which there are at least five; of fewer, a reader sees it at a glance.
    fn relation_tally(&self, index: EntityIndex, direction: Direction, language: &str) -> Vec<Data> {
        self.tally_per_kind(&related(&self.graph, index, direction).collect::<Vec<_>>(), language)
    }

    fn tally_per_kind(&self, all: &[EntityIndex], language: &str) -> Vec<Data> {
        let mut tally = Vec::new();
        for kind in self.schema.kind_indices() {
            let of_kind: Vec<EntityIndex> = all.iter().copied().filter(|other| self.graph.entity(*other).kind == kind).collect();
            if of_kind.len() >= 5 {
                tally.extend(self.tally(kind, &of_kind, language));
            }
        }
        tally
    }

    /// The entities at the other end, each with what the pointer carries.
    fn ends(&self, index: EntityIndex, direction: Direction, language: &str) -> Vec<Data> {
        let (relation, forward) = match direction {
            Direction::Forward(relation) => (relation, true),
            Direction::Inverse(relation) => (relation, false),
        };
        related(&self.graph, index, direction)
            .map(|other| {
                let edge = if forward {
                    self.graph.outgoing(index).find(|edge| edge.relation == relation && edge.to == other)
                } else {
                    self.graph.outgoing(other).find(|edge| edge.relation == relation && edge.to == index)
                };
                let note = edge.map_or_else(Vec::new, |edge| self.edge_note(edge, language));
                let summary = self.summary(other, language);
                if note.is_empty() { summary } else { extended(&summary, [("note", list(note))]) }
            })
            .collect()
    }

    fn proof(&self, index: EntityIndex, language: &str) -> Data {
        let Some(proof) = self.graph.proof(index) else { return Data::none() };
        let kind = self.graph.entity(index).kind;
        let Some(rules) = self.schema.proofs.iter().find(|rules| rules.kind == kind) else { return Data::none() };
        let label =
            self.vocabulary_of(self.graph.entity(index), &vec![proof.of.clone()], language).map_or_else(String::new, |(_, label)| label);
        let mut because: Vec<Data> = Vec::new();
        if let Some((derived, rule)) = proof.derived
            && let Some(rule) = self.schema.derived[derived].rules.get(rule)
            && !rule.because.is_empty()
        {
            // The clause of a rule begins with "because"; a proof's lines do not, for the page says it once.
            let clause = rule.because.get(language);
            let clause = clause.strip_prefix("want ").or_else(|| clause.strip_prefix("because ")).unwrap_or(clause);
            because.push(object([("text", text(clause)), ("items", list([])), ("texts", list([]))]));
        }
        because.extend(proof.because.iter().map(|line| self.proof_line(index, line, &rules.because, language)));
        let but = proof.but.iter().map(|line| self.proof_line(index, line, &rules.but, language));
        extended(
            &self.term(proof.vocabulary, &proof.term, language),
            [("label", text(label)), ("because", list(because)), ("but", list(but))],
        )
    }

    fn proof_line(&self, index: EntityIndex, line: &ProofLine, rules: &[Line], language: &str) -> Data {
        let says = rules.get(line.line).map_or_else(String::new, |rule| {
            rule.says
                .get(language)
                .or_else(|| rule.says.first().map(|(_, says)| says))
                .map_or_else(String::new, |says| says.fill(line.entities.len()))
        });
        let fact = line.field.as_ref().and_then(|path| self.field_fact(index, path, language));
        let shown: Vec<Data> = fact
            .and_then(|fact| fact.as_map().and_then(|fact| fact.get(&tera::value::Key::Str("values"))).cloned())
            .and_then(|values| values.as_array().map(<[Data]>::to_vec))
            .unwrap_or_default();
        let texts = shown
            .iter()
            .filter_map(|value| value.as_map())
            .filter_map(|value| value.get(&tera::value::Key::Str("text")).or_else(|| value.get(&tera::value::Key::Str("word"))).cloned());
        object([
            ("text", text(says)),
            ("items", list(line.entities.iter().map(|other| self.summary(*other, language)))),
            ("texts", list(texts)),
        ])
    }

    fn backlinks(&self, index: EntityIndex, language: &str) -> Vec<Data> {
        let mut seen = BTreeSet::new();
        let mut backlinks = Vec::new();
        for mention in self.graph.mentions_of(index) {
            let Some((document, context)) = self.graph.context(*mention) else { continue };
            let speaks = self.graph.entity(mention.from).document(language).language == document.language;
            if !speaks || !seen.insert(mention.from) {
                continue;
            }
            let own_title = self.graph.entity(index).text(&self.schema, Role::Title, language);
            let linked = if mention.citation { String::new() } else { sentence(context, own_title) };
            let cited = if mention.citation { sentence(context, "") } else { linked };
            backlinks.push(extended(
                &self.summary(mention.from, language),
                [("context", html(cited)), ("citation", Data::from(mention.citation))],
            ));
        }
        backlinks
    }

    fn related(&self, index: EntityIndex, language: &str) -> Vec<Data> {
        related_by_reason(&self.graph, index)
            .into_iter()
            .map(|(other, reason)| {
                let why = self.schema.relation(reason.relation).shared.get(language);
                let shared = self.graph.entity(reason.shared).text(&self.schema, Role::Title, language);
                extended(&self.summary(other, language), [("reason", text(format!("{why}: {shared}")))])
            })
            .collect()
    }

    fn neighbours(&self, index: EntityIndex) -> (Option<EntityIndex>, Option<EntityIndex>) {
        let entity = self.graph.entity(index);
        let order = self.order(entity.kind);
        match self.position(index) {
            Some(at) => (at.checked_sub(1).and_then(|before| order.get(before)).copied(), order.get(at + 1).copied()),
            None => (None, None),
        }
    }

    fn changes(&self, document: &Document, language: &str) -> Vec<Data> {
        let Some(field) = self.schema.kind(document.kind).role(Role::Changes) else { return Vec::new() };
        let fields = record_fields(field);
        let Some(value) = document.fields.get(&field.name) else { return Vec::new() };
        let mut changes: Vec<_> = value
            .items()
            .iter()
            .filter_map(|item| match item {
                Value::Record(record) => Some(record),
                _ => None,
            })
            .map(|record| {
                let date = by_role(fields, record, Role::Date).and_then(Value::as_date);
                let what = by_role(fields, record, Role::Text).and_then(Value::as_text).unwrap_or_default();
                let major = matches!(by_role(fields, record, Role::Major), Some(Value::Boolean(true)));
                (date, what, major)
            })
            .collect();
        changes.sort_by_key(|change| std::cmp::Reverse(change.0));
        changes
            .into_iter()
            .map(|(date, what, major)| {
                object([
                    ("date", maybe(date.map(|date| date.to_string()))),
                    ("date_text", maybe(date.map(|date| date_words(date, self.words(language))))),
                    ("text", text(what)),
                    ("major", Data::from(major)),
                ])
            })
            .collect()
    }

    /// The page that stays behind where an entity was.
    fn tombstone(&self, index: EntityIndex, language: &str) -> Page {
        let entity = self.graph.entity(index);
        let kind = self.schema.kind(entity.kind);
        let document = entity.original();
        let field = kind.role(Role::Tombstone);
        let part = |role: Role| match field.and_then(|field| document.fields.get(&field.name)) {
            Some(Value::Record(record)) => field.and_then(|field| by_role(record_fields(field), record, role)),
            _ => None,
        };
        let successor = part(Role::Successor).and_then(Value::as_text).and_then(|id| self.graph.find(&id.to_lowercase()));
        let data = object([
            ("id", text(&entity.id)),
            ("kind_label", text(kind.singular.get(language))),
            ("title", text(entity.text(&self.schema, Role::Title, language))),
            ("date_text", maybe(part(Role::Date).and_then(Value::as_date).map(|date| date_words(date, self.words(language))))),
            ("reason", text(part(Role::Text).and_then(Value::as_text).unwrap_or_default())),
            ("successor", successor.map_or_else(Data::none, |successor| self.summary(successor, language))),
        ]);
        let address = self.addresses.entity(entity, language);
        let title = entity.text(&self.schema, Role::Title, language);
        let mut page = self.page("tombstone.html", language, address, title, &kind.address, Vec::new(), &PageAddress::Entity(index));
        page.insert("tombstone", data);
        page.indexed = false;
        page
    }
}

fn relation_data(name: &str, label: &str, inverse: bool, items: Vec<Data>, gap: Data, tally: Vec<Data>) -> Data {
    object([
        ("name", text(name)),
        ("label", text(label)),
        ("inverse", Data::from(inverse)),
        ("count", number(items.len())),
        ("items", list(items)),
        ("gap", gap),
        ("tally", list(tally)),
        ("more", Data::none()),
    ])
}

/// A sentence with the words of the link marked.
fn sentence(context: &Context, title: &str) -> String {
    let words = if context.text.is_empty() { title } else { &context.text };
    let escape = super::data::escape;
    let marked = if words.is_empty() { String::new() } else { format!("<mark>{}</mark>", escape(words)) };
    format!("{}{marked}{}", escape(&context.before), escape(&context.after))
}

//! Lists of entities: of a kind, of a term, of a vocabulary's terms; the home page, and the pages around them.

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};
use tera::Value as Data;

use super::data::{extended, list, maybe, number, object, text};
use super::summary::date_words;
use super::{Page, PageAddress, Planner};
use crate::graph::{EntityIndex, related};
use crate::schema::{Direction, FieldPath, FieldType, KindIndex, Name, RelationIndex, Role, VocabularyIndex};

/// A list of up to so many pages leads from each of them to all.
const ALL_PAGES: usize = 20;

/// How far the pages are from the current one that a longer list leads to.
const PAGES_NEARBY: usize = 5;

impl Planner {
    /// The pages of the list of a kind.
    pub(super) fn kind_lists(&self, kind: KindIndex, language: &str) -> Vec<Page> {
        let found = self.schema.kind(kind);
        let items = self.order(kind);
        let facets: Vec<Data> = found.facets.iter().filter_map(|path| self.facet(path, items, language)).collect();
        let tally = self.tally(kind, items, language);
        let title = capital(found.plural.get(language));
        self.paged(
            items,
            |number| self.addresses.list(found, language, number),
            |shown, paging, page_number| {
                let data = object([
                    ("title", text(&title)),
                    ("intro", text(found.definition.get(language))),
                    ("kind", text(&found.name)),
                    ("items", list(shown.iter().map(|index| self.summary(*index, language)))),
                    ("count", number(items.len())),
                    ("facets", list(facets.iter().cloned())),
                    ("tally", list(tally.iter().cloned())),
                ]);
                let address = self.addresses.list(found, language, page_number);
                let page_title = self.numbered(&title, page_number, language);
                let mut page = self.page(
                    "list.html",
                    language,
                    address,
                    &page_title,
                    &found.address,
                    Vec::new(),
                    &PageAddress::List(kind, page_number),
                );
                page.set("description", text(found.definition.get(language)));
                page.insert("list", data);
                page.insert("paging", paging);
                page
            },
        )
    }

    /// Cuts items into pages; an empty list has one page too.
    fn paged(
        &self,
        items: &[EntityIndex],
        address: impl Fn(usize) -> String,
        page: impl Fn(&[EntityIndex], Data, usize) -> Page,
    ) -> Vec<Page> {
        let size = self.config.page_size;
        let total = items.len().div_ceil(size).max(1);
        (1..=total)
            .map(|current| {
                let from = (current - 1) * size;
                let shown = &items[from..(from + size).min(items.len())];
                let link = |wanted: usize| (1..=total).contains(&wanted).then(|| address(wanted));
                let paging = object([
                    ("number", number(current)),
                    ("total", number(total)),
                    ("previous", maybe(link(current - 1))),
                    ("next", maybe(link(current + 1))),
                    (
                        "pages",
                        list(pages_shown(current, total).map(|other| {
                            object([("number", number(other)), ("url", text(address(other))), ("current", Data::from(other == current))])
                        })),
                    ),
                ]);
                page(shown, paging, current)
            })
            .collect()
    }

    fn numbered(&self, title: &str, number: usize, language: &str) -> String {
        if number == 1 {
            return title.to_owned();
        }
        format!("{title} ({})", self.words(language).fill("page.number", &[("number", &number.to_string())]))
    }

    /// The entities that carry each term of a vocabulary: by kind, in the order of its list, and each once.
    fn term_uses(&self, vocabulary: VocabularyIndex) -> TermUses {
        let mut uses = TermUses::default();
        for kind in self.schema.kind_indices() {
            let found = self.schema.kind(kind);
            let mut paths: Vec<FieldPath> = Vec::new();
            term_paths(&found.fields, vocabulary, &mut Vec::new(), &mut paths);
            paths.extend(
                self.schema
                    .derived_of(kind)
                    .filter(|(_, derived)| derived.vocabulary == vocabulary)
                    .map(|(_, derived)| vec![derived.name.clone()]),
            );
            for path in paths {
                for index in self.order(kind) {
                    for term in self.graph.terms(self.graph.entity(*index), &path) {
                        uses.entry(term.clone()).or_default().insert(*index);
                    }
                }
            }
        }
        uses
    }

    /// The page of a vocabulary and those of its terms.
    pub(super) fn vocabulary_pages(&self, vocabulary: VocabularyIndex, language: &str) -> Vec<Page> {
        let found = self.schema.vocabulary(vocabulary);
        let uses = self.term_uses(vocabulary);
        let address = self.addresses.vocabulary(found, language);
        let title = found.label.get(language);
        let terms = found.terms.iter().map(|(name, term)| {
            let count = uses.get(name).map_or(0, IndexSet::len);
            let valid = match (term.valid_from, term.valid_until) {
                (None, None) => String::new(),
                (from, until) => {
                    let word = |date: Option<crate::date::PartialDate>| {
                        date.map_or_else(String::new, |date| date_words(date, self.words(language)))
                    };
                    format!("{} – {}", word(from), word(until))
                }
            };
            let successor = term.successor.as_ref().map_or_else(Data::none, |name| self.term(vocabulary, name, language));
            extended(
                &self.term(vocabulary, name, language),
                [("count", number(count)), ("valid_text", text(valid)), ("successor", successor)],
            )
        });
        let data = object([
            ("title", text(title)),
            ("definition", text(found.definition.get(language))),
            ("ordered", Data::from(found.ordered)),
            ("terms", list(terms)),
        ]);
        let own = PageAddress::Vocabulary(vocabulary);
        let mut page = self.page("vocabulary.html", language, address.clone(), title, "", Vec::new(), &own);
        page.set("description", text(found.definition.get(language)));
        page.insert("vocabulary", data);
        let mut pages = vec![page];
        for name in found.terms.keys() {
            pages.extend(self.term_pages(vocabulary, name, &uses, &address, language));
        }
        pages
    }

    fn term_pages(&self, vocabulary: VocabularyIndex, name: &Name, uses: &TermUses, parent: &str, language: &str) -> Vec<Page> {
        let found = self.schema.vocabulary(vocabulary);
        let Some(term) = found.terms.get(name) else { return Vec::new() };
        let items: Vec<EntityIndex> = uses.get(name).into_iter().flatten().copied().collect();
        let title = capital(term.label.get(language));
        let crumbs = vec![(found.label.get(language).to_owned(), parent.to_owned())];
        self.paged(
            &items,
            |page| self.addresses.term(found, name, language, page),
            |shown, paging, page_number| {
                let mut groups = Vec::new();
                for kind in self.schema.kind_indices() {
                    let of_kind: Vec<Data> = shown
                        .iter()
                        .filter(|index| self.graph.entity(**index).kind == kind)
                        .map(|index| self.summary(*index, language))
                        .collect();
                    if !of_kind.is_empty() {
                        groups.push(object([
                            ("label", text(capital(self.schema.kind(kind).plural.get(language)))),
                            ("items", list(of_kind)),
                        ]));
                    }
                }
                let data = extended(
                    &self.term(vocabulary, name, language),
                    [
                        ("vocabulary", object([("title", text(found.label.get(language))), ("url", text(parent))])),
                        ("count", number(items.len())),
                        ("groups", list(groups)),
                    ],
                );
                let address = self.addresses.term(found, name, language, page_number);
                let qualified = format!("{title} – {}", found.label.get(language).to_lowercase());
                let own = PageAddress::Term(vocabulary, name.clone(), page_number);
                let mut page =
                    self.page("term.html", language, address, &self.numbered(&qualified, page_number, language), "", crumbs.clone(), &own);
                page.set("description", text(term.definition.get(language)));
                page.insert("term", data);
                page.insert("paging", paging);
                page
            },
        )
    }

    /// The front page.
    pub(super) fn home_page(&self, language: &str) -> Page {
        let starts = self.config.home.starts.iter().filter_map(|id| self.graph.find(id)).map(|index| {
            let counts = self.incoming_counts(index, language);
            extended(&self.summary(index, language), [("counts", list(counts))])
        });
        let recent_kinds: Vec<KindIndex> = self
            .config
            .home
            .recent
            .iter()
            .filter_map(|name| self.schema.kinds.iter().position(|kind| &*kind.name == name.as_str()).map(KindIndex))
            .collect();
        let mut recent: Vec<EntityIndex> =
            self.graph.present().filter(|(_, entity)| recent_kinds.contains(&entity.kind)).map(|(index, _)| index).collect();
        recent.sort_by_key(|index| {
            let document = self.graph.entity(*index).original();
            let date = document.role(&self.schema, Role::Updated).or_else(|| document.role(&self.schema, Role::Date));
            (std::cmp::Reverse(date.and_then(crate::document::value::Value::as_date)), *index)
        });
        recent.truncate(6);
        let figures: Vec<Data> = self.kind_cards(language);
        let home = object([
            ("entrances", list(self.entrance_doors(language))),
            ("starts", list(starts)),
            ("kinds", list(figures.iter().cloned())),
            ("views", list(self.view_cards(language))),
            ("recent", list(recent.into_iter().map(|index| self.summary(index, language)))),
            ("figures", list(figures.iter().cloned())),
        ]);
        let title = self.config.title.get(language).to_owned();
        let mut page = self.page("home.html", language, self.addresses.home(language), &title, "", Vec::new(), &PageAddress::Home);
        page.set("description", text(self.config.description.get(language)));
        page.set("json_ld", self.site_json_ld(language));
        page.insert("home", home);
        page
    }

    /// How many entities of each other kind point at an entity, directly.
    fn incoming_counts(&self, index: EntityIndex, language: &str) -> Vec<Data> {
        let entity = self.graph.entity(index);
        let mut counts = Vec::new();
        for kind in self.schema.kind_indices().filter(|kind| *kind != entity.kind) {
            let mut pointing: Vec<EntityIndex> = Vec::new();
            for (position, relation) in self.schema.relations.iter().enumerate() {
                if relation.to.contains(&entity.kind) && relation.from.contains(&kind) {
                    pointing.extend(
                        related(&self.graph, index, Direction::Inverse(RelationIndex(position)))
                            .filter(|other| self.graph.entity(*other).kind == kind),
                    );
                }
            }
            pointing.sort_unstable();
            pointing.dedup();
            if !pointing.is_empty() {
                let found = self.schema.kind(kind);
                let label = if pointing.len() == 1 { &found.singular } else { &found.plural };
                counts.push(object([
                    ("label", text(label.get(language))),
                    ("count", number(pointing.len())),
                    ("url", text(self.addresses.at(&self.graph, index, language))),
                ]));
            }
        }
        counts
    }

    pub(super) fn kind_cards(&self, language: &str) -> Vec<Data> {
        let kinds = self.schema.kind_indices().filter(|kind| !self.schema.kind(*kind).address.is_empty());
        kinds
            .map(|kind| {
                let found = self.schema.kind(kind);
                object([
                    ("label", text(capital(found.plural.get(language)))),
                    ("name", text(&found.name)),
                    ("definition", text(found.definition.get(language))),
                    ("count", number(self.order(kind).len())),
                    ("url", text(self.addresses.list(found, language, 1))),
                ])
            })
            .collect()
    }

    pub(super) fn view_cards(&self, language: &str) -> Vec<Data> {
        let cards = self.schema.views.iter().map(|view| {
            object([
                ("title", text(view.title.get(language))),
                ("intro", text(view.intro.get(language))),
                ("url", text(self.addresses.view(&view.address, language, 1))),
            ])
        });
        cards.collect()
    }

    /// The page of browse lists, which is where a search box leads without script.
    pub(super) fn search_page(&self, language: &str) -> Page {
        let title = self.words(language).text("search.title").to_owned();
        let name = self.words(language).text("search.address").to_owned();
        let mut page =
            self.page("search.html", language, self.addresses.page(&name, language), &title, "search", Vec::new(), &PageAddress::Search);
        page.insert("kinds", list(self.kind_cards(language)));
        page.insert("views", list(self.view_cards(language)));
        let vocabularies = self.schema.vocabularies.iter().map(|vocabulary| {
            object([
                ("title", text(vocabulary.label.get(language))),
                ("definition", text(vocabulary.definition.get(language))),
                ("url", text(self.addresses.vocabulary(vocabulary, language))),
            ])
        });
        page.insert("vocabularies", list(vocabularies));
        page
    }
}

/// The entities that use each term of a vocabulary.
type TermUses = FxHashMap<Name, IndexSet<EntityIndex, FxBuildHasher>>;

/// The numbers of a list's pages that a page of it leads to: all, or of many the first, the last and those nearby. Were it always
/// all, the links of a list would grow with the square of its length.
fn pages_shown(current: usize, total: usize) -> impl Iterator<Item = usize> {
    let nearby = match total {
        0..=ALL_PAGES => 1..=total,
        _ => current.saturating_sub(PAGES_NEARBY).max(1)..=(current + PAGES_NEARBY).min(total),
    };
    let (first, last) = ((*nearby.start() > 1).then_some(1), (*nearby.end() < total).then_some(total));
    first.into_iter().chain(nearby).chain(last)
}

fn term_paths(fields: &[crate::schema::Field], vocabulary: VocabularyIndex, path: &mut FieldPath, found: &mut Vec<FieldPath>) {
    for field in fields {
        path.push(field.name.clone());
        match &field.ty {
            FieldType::Term(own) if *own == vocabulary && !field.private => found.push(path.clone()),
            FieldType::Record(inner) if !field.private => term_paths(inner, vocabulary, path, found),
            _ => {}
        }
        path.pop();
    }
}

/// With a capital at the start.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_list_leads_to_all_its_pages_and_a_long_one_to_its_ends_and_to_those_nearby() {
        let shown = |current, total| pages_shown(current, total).collect::<Vec<_>>();
        assert_eq!(shown(3, ALL_PAGES), (1..=ALL_PAGES).collect::<Vec<_>>());
        assert_eq!(shown(1, 90), [1, 2, 3, 4, 5, 6, 90]);
        assert_eq!(shown(7, 90), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 90]);
        assert_eq!(shown(50, 90), [1, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 90]);
        assert_eq!(shown(90, 90), [1, 85, 86, 87, 88, 89, 90]);
    }
}

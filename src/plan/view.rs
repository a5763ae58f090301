//! Views other than the evidence map: lists, boards, timelines, ledgers and glossaries.

use std::collections::BTreeMap;

use tera::Value as Data;

use super::data::{extended, list, number, object, text};
use super::{Page, PageAddress, Planner};
use crate::document::value::Value;
use crate::graph::{EntityIndex, related};
use crate::schema::{Column, Condition, KindIndex, Name, Role, Section, View, ViewForm, VocabularyIndex, field_at};

/// What an entrance has for one term of its vocabulary.
struct Room {
    address: String,
    word: String,
    /// The term with the address of its page and how much each section has.
    door: Data,
    sections: Vec<Data>,
}

impl Planner {
    /// The pages of a view in a language.
    pub(super) fn view(&self, view: &View, language: &str) -> Vec<Page> {
        let (template, body) = match &view.form {
            ViewForm::Matrix(matrix) => return self.matrix_pages(view, matrix, language),
            ViewForm::List { kind } => {
                let items = self.viewed(view, *kind);
                let shown = items.iter().map(|index| self.summary(*index, language));
                let tally = list(self.tally(*kind, &items, language));
                ("view/list.html", object([("items", list(shown)), ("count", number(items.len())), ("tally", tally)]))
            }
            ViewForm::Board { kind, group_by, columns } => {
                ("view/board.html", self.grouped(view, *kind, group_by, columns, true, language))
            }
            ViewForm::Ledger { kind, group_by, columns } => {
                ("view/ledger.html", self.grouped(view, *kind, group_by, columns, false, language))
            }
            ViewForm::Timeline { kinds } => ("view/timeline.html", self.timeline(kinds, language)),
            ViewForm::Glossary { kind } => ("view/glossary.html", self.glossary_view(view, *kind, language)),
            ViewForm::Succession { kind, relation, group_by } => {
                ("view/succession.html", self.succession(&self.viewed(view, *kind), *relation, group_by, language))
            }
            ViewForm::Entrances { vocabulary, sections } => return self.entrances(view, *vocabulary, sections, language),
        };
        vec![self.view_page(view, template, &view.address, view.title.get(language), &body, language)]
    }

    pub(super) fn view_page(&self, view: &View, template: &str, address: &str, title: &str, body: &Data, language: &str) -> Page {
        let file = self.addresses.view(address, language, 1);
        let own = PageAddress::View(address.to_owned(), 1);
        let crumbs = if address == view.address {
            Vec::new()
        } else {
            vec![(view.title.get(language).to_owned(), self.addresses.view(&view.address, language, 1))]
        };
        let mut page = self.page(template, language, file, title, &view.address, crumbs, &own);
        page.set("description", text(view.intro.get(language)));
        page.insert("view", extended(body, [("title", text(title)), ("intro", text(view.intro.get(language)))]));
        page
    }

    /// The entities that a view shows, in the order of their kind's list.
    pub(super) fn viewed(&self, view: &View, kind: KindIndex) -> Vec<EntityIndex> {
        let all = self.order(kind).iter().copied();
        all.filter(|index| view.filter.as_ref().is_none_or(|filter| self.graph.holds(*index, filter))).collect()
    }

    fn grouped(&self, view: &View, kind: KindIndex, group_by: &Column, columns: &[Column], by_term: bool, language: &str) -> Data {
        let mut groups: Vec<(Data, Vec<EntityIndex>)> = Vec::new();
        let items = self.viewed(view, kind);
        let tally = self.tally(kind, &items, language);
        let charts: Vec<Data> = match group_by {
            Column::Field(path) => self.by_year(kind, path, &items, language).into_iter().collect(),
            _ => Vec::new(),
        };
        match group_by {
            Column::Relation(direction) => {
                let mut by_target: BTreeMap<Option<EntityIndex>, Vec<EntityIndex>> = BTreeMap::new();
                for index in items {
                    let mut targets = related(&self.graph, index, *direction).peekable();
                    if targets.peek().is_none() {
                        by_target.entry(None).or_default().push(index);
                    }
                    for target in targets {
                        by_target.entry(Some(target)).or_default().push(index);
                    }
                }
                for (target, items) in by_target {
                    let head = match target {
                        Some(target) => {
                            let summary = self.summary(target, language);
                            let title = self.graph.entity(target).text(&self.schema, Role::Title, language).to_owned();
                            extended(&summary, [("label", text(title)), ("anchor", text(&self.graph.entity(target).id))])
                        }
                        None => object([("label", text("–")), ("anchor", text("none")), ("url", Data::none())]),
                    };
                    groups.push((head, items));
                }
                groups.sort_by_cached_key(|(head, _)| {
                    let label =
                        head.as_map().and_then(|head| head.get(&tera::value::Key::Str("label"))).and_then(Data::as_str).unwrap_or("~");
                    crate::document::slug(label)
                });
            }
            Column::Field(_) | Column::Derived(_) => {
                let path = match group_by {
                    Column::Field(path) => path.clone(),
                    Column::Derived(position) => vec![self.schema.derived[*position].name.clone()],
                    Column::Relation(_) => Vec::new(),
                };
                let vocabulary = items.first().and_then(|first| self.vocabulary_of(self.graph.entity(*first), &path, language));
                if let Some((vocabulary, _)) = vocabulary {
                    for name in self.schema.vocabulary(vocabulary).terms.keys() {
                        let with: Vec<EntityIndex> = items
                            .iter()
                            .copied()
                            .filter(|index| self.graph.terms(self.graph.entity(*index), &path).contains(&name))
                            .collect();
                        // A board shows empty columns too: that nothing is there is a message.
                        if by_term || !with.is_empty() {
                            let term = self.term(vocabulary, name, language);
                            let word = self.schema.vocabulary(vocabulary).terms[name].label.get(language);
                            groups.push((
                                extended(&term, [("label", text(super::capital(word))), ("anchor", text(name.replace('_', "-")))]),
                                with,
                            ));
                        }
                    }
                }
            }
        }
        let groups = groups.into_iter().map(|(head, items)| {
            let shown = items.iter().map(|index| {
                let cells: Vec<Data> = columns.iter().filter_map(|column| self.cell(*index, column, language)).collect();
                extended(&self.summary(*index, language), [("cells", list(cells)), ("age_text", text(self.age(*index, language)))])
            });
            extended(&head, [("count", number(items.len())), ("items", list(shown))])
        });
        let labels = columns.iter().map(|column| text(self.column_label(kind, column, language)));
        object([("columns", list(labels)), ("groups", list(groups)), ("tally", list(tally)), ("charts", list(charts))])
    }

    /// One page per term of a vocabulary, and one that leads to them.
    fn entrances(&self, view: &View, vocabulary: VocabularyIndex, sections: &[Section], language: &str) -> Vec<Page> {
        let rooms = self.rooms(view, vocabulary, sections, language);
        let mut pages: Vec<Page> = rooms
            .iter()
            .map(|room| {
                let title = format!("{}: {}", view.title.get(language), room.word);
                let body = object([("term", room.door.clone()), ("sections", list(room.sections.clone())), ("doors", list([]))]);
                self.view_page(view, "view/entrance.html", &room.address, &title, &body, language)
            })
            .collect();
        let doors = rooms.into_iter().map(|room| room.door);
        let body = object([("term", Data::none()), ("sections", list([])), ("doors", list(doors))]);
        pages.push(self.view_page(view, "view/entrance.html", &view.address, view.title.get(language), &body, language));
        pages
    }

    /// The doors of every entrance that the site has, with the title of each entrance.
    pub(super) fn entrance_doors(&self, language: &str) -> Vec<Data> {
        let entrances = self.schema.views.iter().filter_map(|view| match &view.form {
            ViewForm::Entrances { vocabulary, sections } => {
                let doors = self.rooms(view, *vocabulary, sections, language).into_iter().map(|room| room.door);
                Some(object([("title", text(view.title.get(language))), ("doors", list(doors))]))
            }
            _ => None,
        });
        entrances.collect()
    }

    /// What lies behind each term of a vocabulary; nothing behind a term for which there is nothing to list.
    fn rooms(&self, view: &View, vocabulary: VocabularyIndex, sections: &[Section], language: &str) -> Vec<Room> {
        let rooms = self.schema.vocabulary(vocabulary).terms.iter().filter_map(|(name, term)| {
            let shown: Vec<Data> = sections.iter().filter_map(|section| self.entrance_section(section, name, language)).collect();
            if shown.is_empty() {
                return None;
            }
            let address = format!("{}/{}", view.address, name.replace('_', "-"));
            let counts = shown.iter().map(|section| {
                let field = |name: &'static str| section.as_map().and_then(|map| map.get(&tera::value::Key::Str(name))).cloned();
                object([("title", field("title").unwrap_or_else(Data::none)), ("count", field("count").unwrap_or_else(Data::none))])
            });
            let url = self.addresses.view(&address, language, 1);
            let door = extended(&self.term(vocabulary, name, language), [("url", text(url)), ("sections", list(counts))]);
            Some(Room { address, word: term.label.get(language).to_owned(), door, sections: shown })
        });
        rooms.collect()
    }

    fn entrance_section(&self, section: &Section, term: &Name, language: &str) -> Option<Data> {
        let own = section.per_term.get(term);
        if !section.per_term.is_empty() && own.is_none() {
            return None;
        }
        let named =
            |index: EntityIndex| section.field.as_ref().is_none_or(|path| self.graph.terms(self.graph.entity(index), path).contains(&term));
        let holds =
            |index: EntityIndex, condition: Option<&Condition>| condition.is_none_or(|condition| self.graph.holds(index, condition));
        let mut items: Vec<EntityIndex> = self
            .order(section.kind)
            .iter()
            .copied()
            .filter(|index| named(*index) && holds(*index, section.filter.as_ref()) && holds(*index, own))
            .collect();
        let first = self.graph.entity(*items.first()?);
        if let Some(path) = &section.order
            && let Some((vocabulary, _)) = self.vocabulary_of(first, path, language)
        {
            let terms = &self.schema.vocabulary(vocabulary).terms;
            let rank = |index: EntityIndex| self.graph.term(self.graph.entity(index), path).and_then(|term| terms.get_index_of(term));
            items.sort_by_key(|index| rank(*index).unwrap_or(terms.len()));
        }
        Some(object([
            ("title", text(section.title.get(language))),
            ("kind", text(&self.schema.kind(section.kind).name)),
            ("count", number(items.len())),
            ("tally", list(self.tally(section.kind, &items, language))),
            ("items", list(items.iter().map(|index| self.summary(*index, language)))),
        ]))
    }

    fn column_label(&self, kind: KindIndex, column: &Column, language: &str) -> String {
        match column {
            Column::Field(path) => {
                field_at(&self.schema.kind(kind).fields, path).map_or_else(String::new, |field| field.label.get(language).to_owned())
            }
            Column::Derived(position) => self.schema.derived[*position].label.get(language).to_owned(),
            Column::Relation(crate::schema::Direction::Forward(relation)) => self.schema.relation(*relation).label.get(language).to_owned(),
            Column::Relation(crate::schema::Direction::Inverse(relation)) => {
                self.schema.relation(*relation).inverse.as_ref().map_or_else(String::new, |inverse| inverse.label.get(language).to_owned())
            }
        }
    }

    /// One cell of a board's or ledger's row: always a fact, so that rows have as many cells as there are columns.
    fn cell(&self, index: EntityIndex, column: &Column, language: &str) -> Option<Data> {
        let kind = self.graph.entity(index).kind;
        let label = self.column_label(kind, column, language);
        let empty = Value::List(Vec::new());
        match column {
            Column::Field(path) => {
                self.field_fact(index, path, language).or_else(|| Some(self.fact(&path.join("."), &label, &[], false, "", &empty)))
            }
            Column::Derived(position) => {
                let derived = &self.schema.derived[*position];
                let state = self.graph.entity(index).derived.get(position);
                let values: Vec<Data> = state.map(|state| self.term(derived.vocabulary, &state.term, language)).into_iter().collect();
                Some(self.fact(&derived.name, &label, &values, false, "", &empty))
            }
            Column::Relation(direction) => {
                let items = related(&self.graph, index, *direction)
                    .map(|other| object([("type", text("entity")), ("item", self.summary(other, language)), ("fields", list([]))]));
                let mut values: Vec<Data> = items.collect();
                if let crate::schema::Direction::Forward(relation) = direction
                    && let Some(Value::Gap(vocabulary, name)) =
                        self.graph.entity(index).original().fields.get(&self.schema.relation(*relation).name)
                {
                    values.push(self.gap(*vocabulary, name, language));
                }
                Some(self.fact("", &label, &values, true, "", &empty))
            }
        }
    }

    /// How long ago an entity's date is, in words.
    fn age(&self, index: EntityIndex, language: &str) -> String {
        let date = self.graph.entity(index).original().role(&self.schema, Role::Date).and_then(Value::as_date);
        let words = self.words(language);
        date.map_or_else(String::new, |date| match usize::try_from(date.years_until(self.graph.today)) {
            Ok(years) if years > 0 => words.plural("age.years", years),
            _ => words.text("age.recent").to_owned(),
        })
    }

    fn timeline(&self, kinds: &[KindIndex], language: &str) -> Data {
        let mut dated: Vec<_> = kinds
            .iter()
            .flat_map(|kind| self.order(*kind).iter().copied())
            .filter_map(|index| {
                let date = self.graph.entity(index).original().role(&self.schema, Role::Date).and_then(Value::as_date)?;
                Some((date, index))
            })
            .collect();
        dated.sort();
        let mut years: Vec<(i16, Vec<Data>)> = Vec::new();
        for (date, index) in dated {
            let summary = self.summary(index, language);
            match years.last_mut() {
                Some((year, items)) if *year == date.year() => items.push(summary),
                _ => years.push((date.year(), vec![summary])),
            }
        }
        let years = years.into_iter().map(|(year, items)| object([("year", text(year.to_string())), ("items", list(items))]));
        object([("years", list(years))])
    }

    fn glossary_view(&self, view: &View, kind: KindIndex, language: &str) -> Data {
        let mut letters: BTreeMap<String, Vec<(String, Data)>> = BTreeMap::new();
        for index in self.viewed(view, kind) {
            let entity = self.graph.entity(index);
            let document = entity.document(language);
            let title = entity.text(&self.schema, Role::Title, language);
            let key = crate::document::slug(title);
            let letter = key
                .chars()
                .next()
                .filter(char::is_ascii_alphabetic)
                .map_or_else(|| "#".to_owned(), |letter| letter.to_ascii_uppercase().to_string());
            let synonyms =
                document.role(&self.schema, Role::Synonyms).map_or(&[][..], Value::items).iter().filter_map(Value::as_text).map(text);
            let until = entity.original().role(&self.schema, Role::ValidUntil).and_then(Value::as_date);
            let item = extended(
                &self.summary(index, language),
                [
                    ("synonyms", list(synonyms)),
                    ("until_text", super::data::maybe(until.map(|date| super::date_words(date, self.words(language))))),
                ],
            );
            letters.entry(letter).or_default().push((key, item));
        }
        let letters = letters.into_iter().map(|(letter, mut items)| {
            items.sort_by(|a, b| a.0.cmp(&b.0));
            object([("letter", text(letter)), ("items", list(items.into_iter().map(|(_, item)| item)))])
        });
        object([("letters", list(letters))])
    }
}

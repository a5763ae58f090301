//! The evidence map: what is known about each row in terms of each column, and what nobody has asked.

mod csv;

use std::collections::BTreeMap;

use tera::Value as Data;

use super::data::{extended, list, number, object, text};
use super::{Page, Planner};
use crate::document::value::Value;
use crate::graph::{EntityIndex, related};
use crate::schema::{Direction, FieldPath, KindIndex, Matrix, Name, Reasons, RelationIndex, Role, View, ViewForm, VocabularyIndex};

/// Which entities stand in which cell: row and column.
type Cells = BTreeMap<(EntityIndex, EntityIndex), Vec<EntityIndex>>;

/// How many cells of a map are empty for each reason, by where its word stands in its vocabulary, and what they all show: most cells
/// of most maps are empty.
type EmptyCells = BTreeMap<Option<usize>, (usize, Data)>;

/// One map: the whole, or a part of it.
struct Variant {
    address: String,
    title: String,
    /// What it is called among its like.
    label: String,
    /// What it is narrowed by; nothing for the whole.
    group: String,
    rows: Vec<EntityIndex>,
    filled: Cells,
}

impl Planner {
    /// The whole map, one for each entity and term that the view asks one for, and a page for each cell with several findings.
    pub(super) fn matrix_pages(&self, view: &View, matrix: &Matrix, language: &str) -> Vec<Page> {
        let filled = self.cells(matrix, matrix.cells, matrix.cell_row, matrix.cell_column);
        let asked = match &matrix.empty {
            Some((kind, row, column)) => self.cells(matrix, *kind, *row, *column),
            None => Cells::new(),
        };
        let variants = self.variants(view, matrix, &filled, language);
        let mut pages: Vec<Page> = variants
            .iter()
            .map(|variant| {
                let body = self.map(view, matrix, variant, &asked, &variants, language);
                self.view_page(view, "view/matrix.html", &variant.address, &variant.title, &body, language)
            })
            .collect();
        for ((row, column), findings) in filled.iter().filter(|(_, findings)| findings.len() > 1) {
            pages.push(self.cell_page(view, matrix, *row, *column, findings, language));
        }
        pages
    }

    /// The cells in which an entity stands on maps of the whole: what it fills, or what it asks. Each leads to its place there.
    pub(super) fn places(&self, index: EntityIndex, language: &str) -> Vec<Data> {
        let kind = self.graph.entity(index).kind;
        let mut maps = Vec::new();
        for view in &self.schema.views {
            let ViewForm::Matrix(matrix) = &view.form else { continue };
            let (row, column) = match matrix.empty {
                _ if matrix.cells == kind => (matrix.cell_row, matrix.cell_column),
                Some((asking, row, column)) if asking == kind => (row, column),
                _ => continue,
            };
            let map = self.addresses.view(&view.address, language, 1);
            let shown = |row| view.filter.as_ref().is_none_or(|filter| self.graph.holds(row, filter));
            let cells: Vec<Data> = self
                .cells_of(index, matrix, row, column)
                .into_iter()
                .filter(|(row, _)| shown(*row))
                .map(|(row, column)| {
                    let anchor = format!("{}-{}", self.graph.entity(row).id, self.graph.entity(column).id);
                    object([
                        ("row", self.summary(row, language)),
                        ("column", self.summary(column, language)),
                        ("url", text(format!("{map}#{anchor}"))),
                    ])
                })
                .collect();
            if !cells.is_empty() {
                maps.push(object([("title", text(view.title.get(language))), ("cells", list(cells))]));
            }
        }
        maps
    }

    fn variants(&self, view: &View, matrix: &Matrix, filled: &Cells, language: &str) -> Vec<Variant> {
        let rows = self.viewed(view, matrix.rows);
        let whole = view.title.get(language);
        let variant = |name: &str, group: &str, label: &str, rows: Vec<EntityIndex>, filled: Cells| Variant {
            address: format!("{}/{name}", view.address),
            title: format!("{whole}: {label}"),
            label: label.to_owned(),
            group: group.to_owned(),
            rows,
            filled,
        };
        let mut variants = vec![Variant {
            address: view.address.clone(),
            title: whole.to_owned(),
            label: self.words(language).text("matrix.whole").to_owned(),
            group: String::new(),
            rows: rows.clone(),
            filled: filled.clone(),
        }];
        if let Some((relation, kind)) = matrix.one_per {
            let group = super::capital(self.schema.kind(kind).singular.get(language));
            for target in self.order(kind) {
                let points = |row: &EntityIndex| related(&self.graph, *row, Direction::Forward(relation)).any(|other| other == *target);
                let own: Vec<EntityIndex> = rows.iter().copied().filter(points).collect();
                if !own.is_empty() {
                    let entity = self.graph.entity(*target);
                    variants.push(variant(&entity.id, &group, entity.text(&self.schema, Role::Title, language), own, filled.clone()));
                }
            }
        }
        for path in &matrix.row_filters {
            for (term, label, group) in self.named_terms(path, &rows, language) {
                let own = rows.iter().copied().filter(|row| self.graph.terms(self.graph.entity(*row), path).contains(&&term)).collect();
                let name = format!("{}-{term}", path.join("-")).replace('_', "-");
                variants.push(variant(&name, &group, &label, own, filled.clone()));
            }
        }
        let findings = self.order(matrix.cells);
        for path in &matrix.cell_filters {
            for (term, label, group) in self.named_terms(path, findings, language) {
                let carries = |finding: &EntityIndex| self.graph.terms(self.graph.entity(*finding), path).contains(&&term);
                let kept: Cells = filled
                    .iter()
                    .map(|(cell, findings)| (*cell, findings.iter().copied().filter(carries).collect::<Vec<_>>()))
                    .filter(|(_, findings)| !findings.is_empty())
                    .collect();
                let own = rows.iter().copied().filter(|row| kept.keys().any(|(kept_row, _)| kept_row == row)).collect();
                let name = format!("{}-{term}", path.join("-")).replace('_', "-");
                variants.push(variant(&name, &group, &label, own, kept));
            }
        }
        variants
    }

    /// The terms of a field among entities: name, label, and the label of their vocabulary.
    fn named_terms(&self, path: &FieldPath, items: &[EntityIndex], language: &str) -> Vec<(Name, String, String)> {
        let Some((vocabulary, group)) = items.first().and_then(|first| self.vocabulary_of(self.graph.entity(*first), path, language))
        else {
            return Vec::new();
        };
        let label = |term: &Name| self.schema.vocabulary(vocabulary).terms.get(term).map_or("", |term| term.label.get(language)).to_owned();
        self.terms_among(path, items).into_iter().map(|term| (term.clone(), label(&term), group.clone())).collect()
    }

    /// All findings of one cell, and whether they contradict each other.
    fn cell_page(
        &self,
        view: &View,
        matrix: &Matrix,
        row: EntityIndex,
        column: EntityIndex,
        findings: &[EntityIndex],
        language: &str,
    ) -> Page {
        let (row_title, column_title) = (
            self.graph.entity(row).text(&self.schema, Role::Title, language),
            self.graph.entity(column).text(&self.schema, Role::Title, language),
        );
        let title = format!("{row_title}: {column_title}");
        let mut sides: Vec<(Data, Vec<Data>)> = Vec::new();
        if let Some(path) = matrix.words.first() {
            for (term, ..) in self.named_terms(path, findings, language) {
                let vocabulary = self.vocabulary_of(self.graph.entity(findings[0]), path, language).map(|(vocabulary, _)| vocabulary);
                let word = vocabulary.map_or_else(Data::none, |vocabulary| self.term(vocabulary, &term, language));
                let with = findings.iter().filter(|finding| self.graph.term(self.graph.entity(**finding), path) == Some(&term));
                sides.push((word, with.map(|finding| self.summary(*finding, language)).collect()));
            }
        }
        let contradicting = sides.len() > 1;
        let body = object([
            ("row", self.summary(row, language)),
            ("column", self.summary(column, language)),
            ("contradicting", Data::from(contradicting)),
            ("count", number(findings.len())),
            ("sides", list(sides.into_iter().map(|(word, items)| object([("word", word), ("items", list(items))])))),
        ]);
        self.view_page(view, "view/cell.html", &self.cell_address(view, row, column), &title, &body, language)
    }

    fn cell_address(&self, view: &View, row: EntityIndex, column: EntityIndex) -> String {
        format!("{}/{}-{}", view.address, self.graph.entity(row).id, self.graph.entity(column).id)
    }

    /// Which entities of a kind stand in which cell.
    fn cells(&self, matrix: &Matrix, kind: KindIndex, row: RelationIndex, column: RelationIndex) -> Cells {
        let mut cells = Cells::new();
        for item in self.order(kind) {
            for cell in self.cells_of(*item, matrix, row, column) {
                cells.entry(cell).or_default().push(*item);
            }
        }
        cells
    }

    /// The cells in which an entity stands, row by row. What points at a row by the same relation as at other things makes cells
    /// only of the rows.
    fn cells_of(&self, item: EntityIndex, matrix: &Matrix, row: RelationIndex, column: RelationIndex) -> Vec<(EntityIndex, EntityIndex)> {
        let ends = |relation: RelationIndex, wanted: KindIndex| {
            let ends = related(&self.graph, item, Direction::Forward(relation));
            ends.filter(|end| self.graph.entity(*end).kind == wanted).collect::<Vec<_>>()
        };
        let columns = ends(column, matrix.columns);
        let rows = ends(row, matrix.rows).into_iter();
        rows.flat_map(|row| columns.iter().filter(move |column| **column != row).map(move |column| (row, *column))).collect()
    }

    fn map(&self, view: &View, matrix: &Matrix, variant: &Variant, asked: &Cells, variants: &[Variant], language: &str) -> Data {
        let (rows, filled) = (&variant.rows, &variant.filled);
        // Columns that say nothing about any of these rows are left out, and counted in words.
        let all_columns = self.order(matrix.columns);
        let used =
            |column: &EntityIndex| rows.iter().any(|row| filled.contains_key(&(*row, *column)) || asked.contains_key(&(*row, *column)));
        let columns: Vec<EntityIndex> = all_columns.iter().copied().filter(used).collect();
        let mut counts = (0_usize, 0_usize, 0_usize);
        let mut empty = EmptyCells::new();
        let mut groups: Vec<(Option<Name>, Vec<Data>)> = Vec::new();
        let mut sorted: Vec<(usize, Option<Name>, EntityIndex)> = rows.iter().map(|row| self.group_of(matrix, *row)).collect();
        sorted.sort_by_key(|(position, _, row)| (*position, *row));
        for (_, group, row) in sorted {
            let gives_reasons =
                matrix.reasons.as_ref().is_some_and(|reasons| self.graph.entity(row).original().fields.contains_key(&reasons.field));
            let cells: Vec<Data> = columns
                .iter()
                .map(|column| {
                    let findings = filled.get(&(row, *column)).map_or(&[][..], Vec::as_slice);
                    let question = asked.get(&(row, *column)).and_then(|questions| questions.first()).copied();
                    match (findings.is_empty(), question) {
                        (false, _) => counts.0 += 1,
                        (true, Some(_)) => counts.1 += 1,
                        (true, None) => {
                            counts.2 += 1;
                            let word = matrix.reasons.as_ref().map(|reasons| {
                                let said = if gives_reasons { self.said_of(reasons, (row, *column)) } else { None };
                                (reasons.vocabulary, said.unwrap_or(&reasons.otherwise))
                            });
                            let position = word.and_then(|(vocabulary, word)| self.schema.vocabulary(vocabulary).terms.get_index_of(word));
                            let (count, cell) = empty.entry(position).or_insert_with(|| (0, self.empty_cell(word, language)));
                            *count += 1;
                            return cell.clone();
                        }
                    }
                    self.map_cell(view, matrix, (row, *column), findings, question, language)
                })
                .collect();
            let data = object([("item", self.summary(row, language)), ("cells", list(cells))]);
            match groups.last_mut() {
                Some((last, rows)) if *last == group => rows.push(data),
                _ => groups.push((group, vec![data])),
            }
        }
        let vocabulary = rows.first().and_then(|first| {
            matrix
                .group_by
                .as_ref()
                .and_then(|path| self.vocabulary_of(self.graph.entity(*first), path, language))
                .map(|(vocabulary, _)| vocabulary)
        });
        let groups = groups.into_iter().map(|(name, rows)| {
            let term = vocabulary.zip(name).and_then(|(vocabulary, name)| self.schema.vocabulary(vocabulary).terms.get(&name));
            object([
                ("label", text(term.map_or_else(String::new, |term| super::capital(term.label.get(language))))),
                ("definition", text(term.map_or("", |term| term.definition.get(language)))),
                ("rows", list(rows)),
            ])
        });
        let cell_count = rows.len() * columns.len();
        let holes = [
            ("rows", rows.len().to_string()),
            ("columns", columns.len().to_string()),
            ("cells", cell_count.to_string()),
            ("filled", counts.0.to_string()),
            ("asked", counts.1.to_string()),
            ("empty", counts.2.to_string()),
            ("row_kind", self.schema.kind(matrix.rows).plural.get(language).to_owned()),
            ("column_kind", self.schema.kind(matrix.columns).plural.get(language).to_owned()),
            ("left_out", (all_columns.len() - columns.len()).to_string()),
        ];
        let borrowed: Vec<(&str, &str)> = holes.iter().map(|(name, value)| (*name, value.as_str())).collect();
        object([
            ("sentence", text(self.words(language).fill("matrix.sentence", &borrowed))),
            ("columns", list(columns.iter().map(|column| self.summary(*column, language)))),
            ("groups", list(groups)),
            ("variants", list(self.variant_groups(variants, variant, language))),
            ("csv", text(self.matrix_csv_address(view, language))),
            ("contradictions", list(self.contradictions(view, matrix, rows, &columns, filled, language))),
            ("legend", list(self.legend(matrix, language))),
            ("reasons", list(self.reasons(matrix, &empty, language))),
            (
                "counts",
                object([
                    ("rows", number(rows.len())),
                    ("columns", number(columns.len())),
                    ("filled", number(counts.0)),
                    ("asked", number(counts.1)),
                    ("empty", number(counts.2)),
                ]),
            ),
        ])
    }

    fn group_of(&self, matrix: &Matrix, row: EntityIndex) -> (usize, Option<Name>, EntityIndex) {
        let entity = self.graph.entity(row);
        let term = matrix.group_by.as_ref().and_then(|path| self.graph.term(entity, path));
        let language = self.config.first_language();
        let position = term
            .zip(matrix.group_by.as_ref().and_then(|path| self.vocabulary_of(entity, path, language)))
            .and_then(|(term, (vocabulary, _))| self.schema.vocabulary(vocabulary).terms.get_index_of(term));
        (position.unwrap_or(usize::MAX), term.cloned(), row)
    }

    /// Links to all maps, by what they are narrowed by.
    fn variant_groups(&self, variants: &[Variant], current: &Variant, language: &str) -> Vec<Data> {
        let mut groups: Vec<(&str, Vec<Data>)> = Vec::new();
        for variant in variants {
            let link = object([
                ("url", text(self.addresses.view(&variant.address, language, 1))),
                ("title", text(super::capital(&variant.label))),
                ("current", Data::from(variant.address == current.address)),
            ]);
            match groups.last_mut() {
                Some((group, links)) if *group == variant.group => links.push(link),
                _ => groups.push((&variant.group, vec![link])),
            }
        }
        groups.into_iter().map(|(label, links)| object([("label", text(label)), ("links", list(links))])).collect()
    }

    /// Cells of this map in which findings point different ways.
    fn contradictions(
        &self,
        view: &View,
        matrix: &Matrix,
        rows: &[EntityIndex],
        columns: &[EntityIndex],
        filled: &Cells,
        language: &str,
    ) -> Vec<Data> {
        let Some(path) = matrix.words.first() else { return Vec::new() };
        let cells = filled.iter().filter(|((row, column), findings)| {
            rows.contains(row) && columns.contains(column) && findings.len() > 1 && self.terms_among(path, findings).len() > 1
        });
        cells
            .map(|((row, column), findings)| {
                object([
                    ("row", self.summary(*row, language)),
                    ("column", self.summary(*column, language)),
                    ("count", number(findings.len())),
                    ("url", text(self.addresses.view(&self.cell_address(view, *row, *column), language, 1))),
                ])
            })
            .collect()
    }

    /// Why cells are empty: each word that occurs, with how many cells it holds for.
    fn reasons(&self, matrix: &Matrix, empty: &EmptyCells, language: &str) -> Vec<Data> {
        let Some(reasons) = &matrix.reasons else { return Vec::new() };
        let terms = &self.schema.vocabulary(reasons.vocabulary).terms;
        let words = empty.iter().filter_map(|(position, (count, _))| {
            let (name, _) = terms.get_index((*position)?)?;
            Some(extended(&self.term(reasons.vocabulary, name, language), [("count", number(*count))]))
        });
        words.collect()
    }

    fn said_of(&self, reasons: &Reasons, cell: (EntityIndex, EntityIndex)) -> Option<&Name> {
        let document = self.graph.entity(cell.0).original();
        let records = document.fields.get(&reasons.field).map_or(&[][..], Value::items);
        records.iter().find_map(|record| {
            let Value::Record(record) = record else { return None };
            let Some(Value::Reference(position)) = record.get(&reasons.column) else { return None };
            let target = document.references.get(*position).and_then(|reference| self.graph.find(&reference.target.to_lowercase()));
            match record.get(&reasons.word) {
                Some(Value::Term(_, word)) if target == Some(cell.1) => Some(word),
                _ => None,
            }
        })
    }

    /// A cell with findings, or with a question about it.
    fn map_cell(
        &self,
        view: &View,
        matrix: &Matrix,
        (row, column): (EntityIndex, EntityIndex),
        findings: &[EntityIndex],
        question: Option<EntityIndex>,
        language: &str,
    ) -> Data {
        let state = if findings.is_empty() { "asked" } else { "filled" };
        let url = match (findings, question) {
            ([only], _) => Some(self.addresses.at(&self.graph, *only, language)),
            ([_, ..], _) => Some(self.addresses.view(&self.cell_address(view, row, column), language, 1)),
            ([], question) => question.map(|question| self.addresses.at(&self.graph, question, language)),
        };
        let words = findings.first().map_or_else(Vec::new, |first| self.cell_words(matrix, *first, language));
        let mixed = matrix.words.first().is_some_and(|path| self.terms_among(path, findings).len() > 1);
        let findings = list(findings.iter().map(|finding| self.summary(*finding, language)));
        let question = question.map_or_else(Data::none, |question| self.summary(question, language));
        cell_data(state, url, (findings, list(words), mixed), question, Data::none())
    }

    /// A cell with neither, and the word that says why.
    fn empty_cell(&self, word: Option<(VocabularyIndex, &Name)>, language: &str) -> Data {
        let reason = word.map_or_else(Data::none, |(vocabulary, word)| self.term(vocabulary, word, language));
        cell_data("empty", None, (list([]), list([]), false), Data::none(), reason)
    }

    fn cell_words(&self, matrix: &Matrix, finding: EntityIndex, language: &str) -> Vec<Data> {
        let entity = self.graph.entity(finding);
        let words = matrix.words.iter().filter_map(|path| {
            let (vocabulary, _) = self.vocabulary_of(entity, path, language)?;
            Some(self.term(vocabulary, self.graph.term(entity, path)?, language))
        });
        words.collect()
    }

    fn legend(&self, matrix: &Matrix, language: &str) -> Vec<Data> {
        let Some(first) = self.order(matrix.cells).first() else { return Vec::new() };
        let entity = self.graph.entity(*first);
        let lists = matrix.words.iter().filter_map(|path| {
            let (vocabulary, label) = self.vocabulary_of(entity, path, language)?;
            let names = self.schema.vocabulary(vocabulary).terms.keys();
            Some(object([("label", text(label)), ("terms", list(names.map(|name| self.term(vocabulary, name, language))))]))
        });
        lists.collect()
    }
}

/// What a template sees of a cell: its findings with their words and whether these contradict each other, the question about it, or
/// why it has neither.
fn cell_data(state: &str, url: Option<String>, (findings, words, mixed): (Data, Data, bool), question: Data, reason: Data) -> Data {
    object([
        ("count", number(findings.as_array().map_or(0, <[Data]>::len))),
        ("url", super::data::maybe(url)),
        ("findings", findings),
        ("words", words),
        ("question", question),
        ("state", text(state)),
        ("reason", reason),
        ("mixed", Data::from(mixed)),
    ])
}

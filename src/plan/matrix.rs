//! The evidence map: what is known about each row in terms of each column, and what nobody has asked.

use std::collections::BTreeMap;

use tera::Value as Data;

use super::data::{list, number, object, text};
use super::{Page, Planner};
use crate::graph::{EntityIndex, related};
use crate::schema::{Direction, Matrix, Name, RelationIndex, Role, View};

/// Which entities stand in which cell: row and column.
type Cells = BTreeMap<(EntityIndex, EntityIndex), Vec<EntityIndex>>;

impl Planner<'_> {
    /// The whole map, and one for each entity that the view asks one for.
    pub(super) fn matrix_pages(&self, view: &View, matrix: &Matrix, language: &str) -> Vec<Page> {
        let filled = self.cells(&self.order[matrix.cells.0], matrix.cell_row, matrix.cell_column);
        let asked = match &matrix.empty {
            Some((kind, row, column)) => self.cells(&self.order[kind.0], *row, *column),
            None => Cells::new(),
        };
        let rows = self.viewed(view, matrix.rows);
        let mut variants: Vec<(String, String, Vec<EntityIndex>)> =
            vec![(view.address.clone(), view.title.get(language).to_owned(), rows.clone())];
        if let Some((relation, kind)) = matrix.one_per {
            for target in &self.order[kind.0] {
                let own: Vec<EntityIndex> = rows
                    .iter()
                    .copied()
                    .filter(|row| related(self.graph, *row, Direction::Forward(relation)).any(|other| other == *target))
                    .collect();
                if !own.is_empty() {
                    let entity = self.graph.entity(*target);
                    let title = format!("{}: {}", view.title.get(language), entity.text(self.schema, Role::Title, language));
                    variants.push((format!("{}/{}", view.address, entity.id), title, own));
                }
            }
        }
        let links: Vec<(String, String)> =
            variants.iter().map(|(address, title, _)| (self.addresses.view(address, language, 1), title.clone())).collect();
        variants
            .iter()
            .map(|(address, title, rows)| {
                let current = self.addresses.view(address, language, 1);
                let body = self.map(matrix, rows, &filled, &asked, &links, &current, language);
                self.view_page(view, "view/matrix.html", address, title, &body, language)
            })
            .collect()
    }

    fn cells(&self, items: &[EntityIndex], row: RelationIndex, column: RelationIndex) -> Cells {
        let mut cells = Cells::new();
        for item in items {
            let columns: Vec<EntityIndex> = related(self.graph, *item, Direction::Forward(column)).collect();
            for row in related(self.graph, *item, Direction::Forward(row)) {
                for column in &columns {
                    cells.entry((row, *column)).or_default().push(*item);
                }
            }
        }
        cells
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one page")]
    fn map(
        &self,
        matrix: &Matrix,
        rows: &[EntityIndex],
        filled: &Cells,
        asked: &Cells,
        variants: &[(String, String)],
        current: &str,
        language: &str,
    ) -> Data {
        // Columns that say nothing about any of these rows are left out, and counted in words.
        let all_columns = &self.order[matrix.columns.0];
        let used = |column: &EntityIndex| rows.iter().any(|row| filled.contains_key(&(*row, *column)) || asked.contains_key(&(*row, *column)));
        let columns: Vec<EntityIndex> = all_columns.iter().copied().filter(used).collect();
        let mut counts = (0_usize, 0_usize, 0_usize);
        let mut groups: Vec<(Option<Name>, Vec<Data>)> = Vec::new();
        let mut sorted: Vec<(usize, Option<Name>, EntityIndex)> = rows.iter().map(|row| self.group_of(matrix, *row)).collect();
        sorted.sort_by_key(|(position, _, row)| (*position, *row));
        for (_, group, row) in sorted {
            let cells: Vec<Data> = columns
                .iter()
                .map(|column| {
                    let findings = filled.get(&(row, *column)).map_or(&[][..], Vec::as_slice);
                    let question = asked.get(&(row, *column)).and_then(|questions| questions.first()).copied();
                    match (findings.is_empty(), question) {
                        (false, _) => counts.0 += 1,
                        (true, Some(_)) => counts.1 += 1,
                        (true, None) => counts.2 += 1,
                    }
                    self.map_cell(matrix, findings, question, language)
                })
                .collect();
            let data = object([("item", self.summary(row, language)), ("cells", list(cells))]);
            match groups.last_mut() {
                Some((last, rows)) if *last == group => rows.push(data),
                _ => groups.push((group, vec![data])),
            }
        }
        let vocabulary = rows.first().and_then(|first| {
            matrix.group_by.as_ref().and_then(|path| self.vocabulary_of(self.graph.entity(*first), path, language)).map(|(vocabulary, _)| vocabulary)
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
            (
                "variants",
                list(variants.iter().map(|(url, title)| {
                    object([("url", text(url)), ("title", text(title)), ("current", Data::from(url == current))])
                })),
            ),
            ("legend", list(self.legend(matrix, language))),
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

    fn map_cell(&self, matrix: &Matrix, findings: &[EntityIndex], question: Option<EntityIndex>, language: &str) -> Data {
        let state = match (findings.is_empty(), question) {
            (false, _) => "filled",
            (true, Some(_)) => "asked",
            (true, None) => "empty",
        };
        let url = match (findings, question) {
            ([first, ..], _) => Some(self.addresses.at(self.graph, *first, language)),
            ([], Some(question)) => Some(self.addresses.at(self.graph, question, language)),
            _ => None,
        };
        let words = findings.first().map_or_else(Vec::new, |first| self.cell_words(matrix, *first, language));
        object([
            ("count", number(findings.len())),
            ("url", super::data::maybe(url)),
            ("findings", list(findings.iter().map(|finding| self.summary(*finding, language)))),
            ("words", list(words)),
            ("question", question.map_or_else(Data::none, |question| self.summary(question, language))),
            ("state", text(state)),
        ])
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
        let Some(first) = self.order[matrix.cells.0].first() else { return Vec::new() };
        let entity = self.graph.entity(*first);
        let lists = matrix.words.iter().filter_map(|path| {
            let (vocabulary, label) = self.vocabulary_of(entity, path, language)?;
            let names = self.schema.vocabulary(vocabulary).terms.keys();
            Some(object([("label", text(label)), ("terms", list(names.map(|name| self.term(vocabulary, name, language))))]))
        });
        lists.collect()
    }
}

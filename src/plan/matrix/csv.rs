//! The evidence map as a file: one row per cell, the same cells with the same states as the table on the page.

use super::super::{File, Planner};
use super::Cells;
use crate::graph::EntityIndex;
use crate::schema::{Matrix, Name, Role, View};

/// The columns beside the words of findings.
const BEFORE: [&str; 9] =
    ["row_id", "row_title", "column_id", "column_title", "state", "reason", "findings", "finding_ids", "question_ids"];

impl Planner {
    /// Where the file of a map stands: beside its page.
    pub(in crate::plan) fn matrix_csv_address(&self, view: &View, language: &str) -> String {
        self.addresses.view(&view.address, language, 1).replace("index.html", &format!("{}.csv", view.name))
    }

    /// The file of a map in each language of the site.
    ///
    /// `state` is `filled`, `asked` or `empty`; where there are several findings, the nth part of each column of words belongs to
    /// the nth of `finding_ids`.
    pub(in crate::plan) fn matrix_csv(&self, view: &View, matrix: &Matrix) -> Vec<File> {
        let filled = self.cells(matrix, matrix.cells, matrix.cell_row, matrix.cell_column);
        let asked = match &matrix.empty {
            Some((kind, row, column)) => self.cells(matrix, *kind, *row, *column),
            None => Cells::new(),
        };
        let mut rows: Vec<_> = self.viewed(view, matrix.rows).iter().map(|row| self.group_of(matrix, *row)).collect();
        rows.sort_by_key(|(position, _, row)| (*position, *row));
        let rows: Vec<EntityIndex> = rows.into_iter().map(|(_, _, row)| row).collect();
        let is_used =
            |column: &EntityIndex| rows.iter().any(|row| filled.contains_key(&(*row, *column)) || asked.contains_key(&(*row, *column)));
        let columns: Vec<EntityIndex> = self.order(matrix.columns).iter().copied().filter(is_used).collect();
        let files = self.config.languages.iter().map(|language| {
            let mut table: Vec<Vec<String>> = vec![BEFORE.iter().map(|name| (*name).to_owned()).collect()];
            table[0].extend(matrix.words.iter().map(|path| path.join(".")));
            for row in &rows {
                for column in &columns {
                    let findings = filled.get(&(*row, *column)).map_or(&[][..], Vec::as_slice);
                    let questions = asked.get(&(*row, *column)).map_or(&[][..], Vec::as_slice);
                    table.push(self.matrix_row(matrix, (*row, *column), findings, questions, language));
                }
            }
            let bytes = super::super::dataset::csv::write(table.iter().map(|row| row.iter().map(String::as_str)));
            File { address: self.matrix_csv_address(view, language), bytes: bytes.into_bytes().into() }
        });
        files.collect()
    }

    fn matrix_row(
        &self,
        matrix: &Matrix,
        cell: (EntityIndex, EntityIndex),
        findings: &[EntityIndex],
        questions: &[EntityIndex],
        language: &str,
    ) -> Vec<String> {
        let title = |index: EntityIndex| self.graph.entity(index).text(&self.schema, Role::Title, language).to_owned();
        let id = |index: &EntityIndex| self.graph.entity(*index).id.to_string();
        let joined = |parts: Vec<String>| if parts.iter().all(String::is_empty) { String::new() } else { parts.join("; ") };
        let state = match (findings, questions) {
            ([_, ..], _) => "filled",
            ([], [_, ..]) => "asked",
            ([], []) => "empty",
        };
        let word = |vocabulary, name: &Name| {
            self.schema.vocabulary(vocabulary).terms.get(name).map_or("", |term| term.label.get(language)).to_owned()
        };
        let reason = matrix.reasons.as_ref().filter(|_| state == "empty");
        let reason = reason.map(|reasons| word(reasons.vocabulary, self.said_of(reasons, cell).unwrap_or(&reasons.otherwise)));
        let mut row = vec![
            id(&cell.0),
            title(cell.0),
            id(&cell.1),
            title(cell.1),
            state.to_owned(),
            reason.unwrap_or_default(),
            findings.len().to_string(),
            joined(findings.iter().map(id).collect()),
            joined(questions.iter().map(id).collect()),
        ];
        row.extend(matrix.words.iter().map(|path| {
            let words = findings.iter().map(|finding| {
                let entity = self.graph.entity(*finding);
                let vocabulary = self.vocabulary_of(entity, path, language).map(|(vocabulary, _)| vocabulary);
                vocabulary.zip(self.graph.term(entity, path)).map_or_else(String::new, |(vocabulary, name)| word(vocabulary, name))
            });
            joined(words.collect())
        }));
        row
    }
}

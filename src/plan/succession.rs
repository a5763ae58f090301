//! What came after what: one picture and the same as text.

use std::collections::BTreeMap;
use std::fmt::Write;

use tera::Value as Data;

use super::Planner;
use super::data::{escape, extended, html, list, object, text};
use crate::graph::{EntityIndex, related};
use crate::schema::{Direction, FieldPath, RelationIndex, Role};

/// Sizes of the picture, in its own units; the theme scales it to the page.
const COLUMN: usize = 300;
const BOX_WIDTH: usize = 240;
const BOX_HEIGHT: usize = 76;
const ROW: usize = 100;
const TOP: usize = 44;
/// Letters that fit on a line of a box.
const LINE: usize = 30;

impl Planner {
    /// Columns by term, boxes with lines between them, and the same as lists.
    pub(super) fn succession(&self, items: &[EntityIndex], relation: RelationIndex, group_by: &FieldPath, language: &str) -> Data {
        let mut columns: Vec<(String, Vec<EntityIndex>)> = Vec::new();
        for term in self.terms_among(group_by, items) {
            let with: Vec<EntityIndex> =
                items.iter().copied().filter(|index| self.graph.term(self.graph.entity(*index), group_by) == Some(&term)).collect();
            let label = items.first().and_then(|first| self.vocabulary_of(self.graph.entity(*first), group_by, language));
            let label =
                label.and_then(|(vocabulary, _)| self.schema.vocabulary(vocabulary).terms.get(&term).map(|term| term.label.get(language)));
            columns.push((label.unwrap_or_default().to_owned(), with));
        }
        let shown = columns.iter().map(|(label, items)| {
            let items = items.iter().map(|index| {
                let next = related(&self.graph, *index, Direction::Forward(relation)).map(|other| self.summary(other, language));
                let before = related(&self.graph, *index, Direction::Inverse(relation)).map(|other| self.summary(other, language));
                extended(&self.summary(*index, language), [("successors", list(next)), ("predecessors", list(before))])
            });
            object([("label", text(label)), ("items", list(items))])
        });
        let picture = self.picture(&columns, relation, language);
        object([("columns", list(shown)), ("picture", html(picture))])
    }

    fn picture(&self, columns: &[(String, Vec<EntityIndex>)], relation: RelationIndex, language: &str) -> String {
        let tallest = columns.iter().map(|(_, items)| items.len()).max().unwrap_or(0);
        let (width, height) = (columns.len() * COLUMN - (COLUMN - BOX_WIDTH), TOP + tallest * ROW);
        let mut places: BTreeMap<EntityIndex, (usize, usize)> = BTreeMap::new();
        for (column, (_, items)) in columns.iter().enumerate() {
            let inset = (tallest - items.len()) * ROW / 2;
            for (row, item) in items.iter().enumerate() {
                places.insert(*item, (column * COLUMN, TOP + inset + row * ROW));
            }
        }
        let mut lines = String::new();
        let mut boxes = String::new();
        for (label, column) in columns.iter().zip((0..).step_by(COLUMN)).map(|((label, _), x)| (label, x)) {
            let _ = write!(boxes, "<text class=\"svg-label\" x=\"{column}\" y=\"20\">{}</text>", escape(label));
        }
        for (item, (x, y)) in &places {
            for next in related(&self.graph, *item, Direction::Forward(relation)) {
                let Some((to_x, to_y)) = places.get(&next) else { continue };
                let (from_x, from_y, to_y) = (x + BOX_WIDTH, y + BOX_HEIGHT / 2, to_y + BOX_HEIGHT / 2);
                let middle = usize::midpoint(from_x, *to_x);
                let _ = write!(
                    lines,
                    "<path class=\"svg-line\" d=\"M{from_x} {from_y}C{middle} {from_y} {middle} {to_y} {to_x} {to_y}\" fill=\"none\"/>"
                );
            }
            let title = self.graph.entity(*item).text(&self.schema, Role::Title, language);
            let _ = write!(boxes, "<rect class=\"svg-box\" x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"4\"/>");
            for (line, words) in wrapped(title).iter().enumerate() {
                let _ = write!(boxes, "<text class=\"svg-text\" x=\"{}\" y=\"{}\">{}</text>", x + 10, y + 24 + line * 19, escape(words));
            }
        }
        let label = escape(self.words(language).text("succession.picture"));
        format!("<svg class=\"succession\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\">{lines}{boxes}</svg>")
    }
}

/// At most three lines of whole words.
fn wrapped(title: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in title.split_whitespace() {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + word.chars().count() >= LINE {
            if lines.len() == 3 {
                lines[last].push('…');
                return lines;
            }
            lines.push(word.to_owned());
        } else {
            if !lines[last].is_empty() {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    lines
}

//! Views: which overviews a site has, and what they show.

use indexmap::IndexMap;

use super::{Reader, Scope};
use crate::diagnostic::KeyPath;
use crate::schema::raw::{RawColumns, RawFilters, RawReasons, RawSection, RawView, RawViewType};
use crate::schema::{
    Column, Direction, Field, FieldPath, FieldType, Matrix, Name, Reasons, RelationIndex, Schema, Section, View, ViewForm, VocabularyIndex,
    field_at,
};

impl Reader {
    pub(super) fn section(&mut self, schema: &Schema, vocabulary: VocabularyIndex, raw: RawSection, at: &KeyPath) -> Option<Section> {
        let kind = self.kind_index(&raw.kind, &at.key("kind"))?;
        let scope = Scope { schema, kind };
        let field = match raw.field {
            Some(field) => Some(self.field_path(&scope, &field, &at.key("field"))?),
            None => None,
        };
        let filter = match raw.filter {
            Some(filter) => Some(self.condition(&scope, filter, &at.key("where"))?),
            None => None,
        };
        let order = match raw.order {
            Some(order) => Some(self.field_path(&scope, &order, &at.key("order"))?),
            None => None,
        };
        let mut per_term = IndexMap::new();
        for (term, condition) in raw.per_term {
            let at = at.key("per_term").key(&term);
            self.term_of(schema, vocabulary, &term, &at);
            per_term.insert(Name::from(term), self.condition(&scope, condition, &at)?);
        }
        Some(Section { title: self.words(raw.title, &at.key("title")), kind, field, filter, order, per_term })
    }

    pub(super) fn view(&mut self, schema: &Schema, name: String, raw: RawView, at: &KeyPath) -> Option<View> {
        self.address(&raw.address, &at.key("address"), false);
        let title = self.words(raw.title, &at.key("title"));
        let intro = self.optional_words(raw.intro, &at.key("intro"));
        if raw.ty == RawViewType::Timeline {
            let kinds = self.kind_indices(&raw.kinds, &at.key("kinds"));
            let form = ViewForm::Timeline { kinds };
            return Some(View { name: name.into(), address: raw.address, title, intro, form, filter: None });
        }
        if raw.ty == RawViewType::Entrances {
            let Some(vocabulary) = &raw.vocabulary else {
                self.error("schema-missing", at).words.push(("name", "vocabulary".to_owned()));
                return None;
            };
            let vocabulary = self.vocabulary_index(vocabulary, &at.key("vocabulary"));
            let at = at.key("sections");
            let sections = raw.sections.into_iter().enumerate();
            let sections =
                sections.filter_map(|(position, section)| self.section(schema, vocabulary, section, &at.index(position))).collect();
            let form = ViewForm::Entrances { vocabulary, sections };
            return Some(View { name: name.into(), address: raw.address, title, intro, form, filter: None });
        }
        let main = match (&raw.kind, &raw.rows) {
            (Some(kind), _) => self.kind_index(kind, &at.key("kind"))?,
            (None, Some(rows)) => self.kind_index(&rows.kind, &at.key("rows").key("kind"))?,
            _ => {
                self.error("schema-missing", at).words.push(("name", "kind".to_owned()));
                return None;
            }
        };
        let scope = Scope { schema, kind: main };
        let filter = match raw.filter {
            Some(filter) => Some(self.condition(&scope, filter, &at.key("where"))?),
            None => None,
        };
        let form = match raw.ty {
            RawViewType::List => ViewForm::List { kind: main },
            RawViewType::Glossary => ViewForm::Glossary { kind: main },
            RawViewType::Timeline | RawViewType::Entrances => return None,
            RawViewType::Succession => {
                let (Some(relation), Some(group_by)) = (&raw.relation, &raw.group_by) else {
                    self.error("schema-missing", at).words.push(("name", "relation, group_by".to_owned()));
                    return None;
                };
                let relation = self.forward(&scope, relation, &at.key("relation"))?;
                ViewForm::Succession { kind: main, relation, group_by: self.field_path(&scope, group_by, &at.key("group_by"))? }
            }
            RawViewType::Board | RawViewType::Ledger => {
                let Some(group_by) = &raw.group_by else {
                    self.error("schema-missing", at).words.push(("name", "group_by".to_owned()));
                    return None;
                };
                let group_by = self.column(&scope, group_by, &at.key("group_by"))?;
                let names = match raw.columns {
                    Some(RawColumns::Fields(names)) => names,
                    _ => Vec::new(),
                };
                let at = at.key("columns");
                let columns =
                    names.iter().enumerate().filter_map(|(position, name)| self.column(&scope, name, &at.index(position))).collect();
                if raw.ty == RawViewType::Board {
                    ViewForm::Board { kind: main, group_by, columns }
                } else {
                    ViewForm::Ledger { kind: main, group_by, columns }
                }
            }
            RawViewType::Matrix => {
                let Some((RawColumns::Axis(columns), cells)) = raw.columns.zip(raw.cells) else {
                    self.error("schema-missing", at).words.push(("name", "columns, cells".to_owned()));
                    return None;
                };
                let group_by = match raw.rows.and_then(|rows| rows.group_by) {
                    Some(path) => Some(self.field_path(&scope, &path, &at.key("rows").key("group_by"))?),
                    None => None,
                };
                let columns = self.kind_index(&columns.kind, &at.key("columns").key("kind"))?;
                let cell_at = at.key("cells");
                let cell_kind = self.kind_index(&cells.kind, &cell_at.key("kind"))?;
                let cell_scope = Scope { schema, kind: cell_kind };
                let words = cells.words.iter().enumerate();
                let words = words
                    .filter_map(|(position, path)| self.field_path(&cell_scope, path, &cell_at.key("words").index(position)))
                    .collect();
                let cell_row = self.forward(&cell_scope, &cells.row, &cell_at.key("row"))?;
                let cell_column = self.forward(&cell_scope, &cells.column, &cell_at.key("column"))?;
                let empty = match raw.empty {
                    Some(empty) => {
                        let at = at.key("empty");
                        let kind = self.kind_index(&empty.kind, &at.key("kind"))?;
                        let scope = Scope { schema, kind };
                        Some((
                            kind,
                            self.forward(&scope, &empty.row, &at.key("row"))?,
                            self.forward(&scope, &empty.column, &at.key("column"))?,
                        ))
                    }
                    None => None,
                };
                let reasons = match raw.reasons {
                    Some(reasons) => Some(self.reasons(&scope, reasons, &at.key("reasons"))?),
                    None => None,
                };
                let filters = raw.filters.unwrap_or(RawFilters { rows: Vec::new(), cells: Vec::new() });
                let filter_at = at.key("filters");
                let row_filters = filters.rows.iter().filter_map(|path| self.field_path(&scope, path, &filter_at.key("rows"))).collect();
                let cell_filters =
                    filters.cells.iter().filter_map(|path| self.field_path(&cell_scope, path, &filter_at.key("cells"))).collect();
                let one_per = match raw.one_per {
                    Some(one) => {
                        let at = at.key("one_per");
                        Some((self.forward(&scope, &one.relation, &at.key("relation"))?, self.kind_index(&one.kind, &at.key("kind"))?))
                    }
                    None => None,
                };
                ViewForm::Matrix(Matrix {
                    rows: main,
                    group_by,
                    columns,
                    cells: cell_kind,
                    cell_row,
                    cell_column,
                    words,
                    empty,
                    reasons,
                    row_filters,
                    cell_filters,
                    one_per,
                })
            }
        };
        Some(View { name: name.into(), address: raw.address, title, intro, form, filter })
    }

    pub(super) fn reasons(&mut self, scope: &Scope<'_>, raw: RawReasons, at: &KeyPath) -> Option<Reasons> {
        let kind = scope.schema.kind(scope.kind);
        let inner = |name: &str| field_at(&kind.fields, &[raw.field.as_str().into(), name.into()]);
        let vocabulary = match (inner(&raw.column).map(|field| &field.ty), inner(&raw.word).map(|field| &field.ty)) {
            (Some(FieldType::Reference(_)), Some(FieldType::Term(vocabulary))) => *vocabulary,
            _ => {
                self.error("schema-missing", at).words.push(("name", format!("{}.{}, {}.{}", raw.field, raw.column, raw.field, raw.word)));
                return None;
            }
        };
        self.term_of(scope.schema, vocabulary, &raw.otherwise, &at.key("otherwise"));
        Some(Reasons {
            field: raw.field.into(),
            column: raw.column.into(),
            word: raw.word.into(),
            vocabulary,
            otherwise: raw.otherwise.into(),
        })
    }

    pub(super) fn forward(&mut self, scope: &Scope<'_>, name: &str, at: &KeyPath) -> Option<RelationIndex> {
        match self.direction(scope, name, at)? {
            Direction::Forward(index) => Some(index),
            Direction::Inverse(_) => {
                self.error("schema-needs-forward", at).words.push(("name", name.to_owned()));
                None
            }
        }
    }

    pub(super) fn column(&mut self, scope: &Scope<'_>, name: &str, at: &KeyPath) -> Option<Column> {
        if let Some((index, _)) = scope.schema.derived_of(scope.kind).find(|(_, derived)| &*derived.name == name) {
            return Some(Column::Derived(index));
        }
        let path: FieldPath = name.split('.').map(Name::from).collect();
        let direction = match field_at(&scope.schema.kind(scope.kind).fields, &path) {
            Some(Field { ty: FieldType::Reference(index), .. }) => Direction::Forward(*index),
            Some(_) => return self.field_path(scope, name, at).map(Column::Field),
            None => self.direction(scope, name, at)?,
        };
        self.is_public(scope, direction, at).then_some(Column::Relation(direction))
    }
}

//! The data dictionary: what every column, word and relation of the files means, in all languages of the site.

use serde_json::{Map, Value as Json, json};

use super::Export;
use super::table::{Column, OWN, Source};
use crate::schema::{Field, FieldType, IdForm, KindIndex, Relation, VocabularyIndex, field_at};
use crate::words::Words;

/// The columns of the dictionary as a table, before those that exist once per language.
const HEAD: [&str; 12] =
    ["part", "of", "name", "path", "type", "list", "required", "vocabulary", "gap_vocabulary", "relation", "inverse", "leads_to"];

/// What a line of the dictionary says once per language.
const PER_LANGUAGE: [&str; 4] = ["label", "definition", "unit", "inverse_label"];

/// One thing that the dictionary explains.
#[derive(Default)]
struct Entry {
    part: &'static str,
    of: String,
    name: String,
    path: String,
    ty: &'static str,
    list: bool,
    required: bool,
    vocabulary: String,
    gap_vocabulary: String,
    relation: String,
    inverse: String,
    leads_to: Vec<String>,
    label: Words,
    definition: Words,
    unit: Words,
    inverse_label: Words,
    /// The name of a column that is no field: the theme's catalogue says what it is.
    own: &'static str,
}

impl Export<'_> {
    /// The dictionary as one object.
    pub(super) fn dictionary_json(&self) -> Json {
        let own = OWN.map(|name| {
            let languages = self.site.config.languages.iter();
            let definition: Map<String, Json> =
                languages.map(|language| (language.clone(), json!(self.own_words(name, language)))).collect();
            json!({"name": name, "definition": definition})
        });
        let kinds: Vec<Json> = self.site.schema.kind_indices().map(|kind| self.kind_entry(kind)).collect();
        let vocabularies: Vec<Json> =
            (0..self.site.schema.vocabularies.len()).map(|index| self.vocabulary_entry(VocabularyIndex(index))).collect();
        let relations: Vec<Json> = self.site.schema.relations.iter().filter(|relation| !relation.private).map(|relation| {
            json!({
                "name": relation.name, "label": self.per_language(&relation.label),
                "from": self.kind_names(&relation.from), "to": self.kind_names(&relation.to),
                "inverse": relation.inverse.as_ref().map(|inverse| json!({"name": inverse.name, "label": self.per_language(&inverse.label)})),
                "symmetric": relation.symmetric,
                "fields": self.field_entries(&relation.fields),
            })
        }).collect();
        json!({"languages": self.site.config.languages, "own": own, "kinds": kinds, "vocabularies": vocabularies, "relations": relations})
    }

    /// What a column that is no field holds.
    fn own_words(&self, name: &str, language: &str) -> &str {
        let path = match name {
            "id" => "data.column.id",
            "url" => "data.column.url",
            "kind" => "data.column.kind",
            "language" => "data.column.language",
            "body" => "data.column.body",
            _ => "data.column.translations",
        };
        self.site.words(language).text(path)
    }

    fn kind_entry(&self, kind: KindIndex) -> Json {
        let found = self.site.schema.kind(kind);
        let id = match &found.id {
            IdForm::Numbered { prefix, digits } => format!("{prefix}-{}", "0".repeat(*digits)),
            IdForm::FileName => String::new(),
        };
        let derived: Vec<Json> = self
            .site
            .schema
            .derived_of(kind)
            .map(|(_, derived)| {
                json!({
                    "name": derived.name, "label": self.per_language(&derived.label),
                    "vocabulary": self.site.schema.vocabulary(derived.vocabulary).name,
                    "rules": derived.rules.iter().map(|rule| self.per_language(&rule.because)).collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({
            "name": found.name, "file": super::file_stem(found), "id_form": id, "schema_org": found.schema_org,
            "singular": self.per_language(&found.singular), "plural": self.per_language(&found.plural),
            "definition": self.per_language(&found.definition),
            "columns": self.columns(kind).into_iter().map(|column| column.name).collect::<Vec<_>>(),
            "fields": self.field_entries(&found.fields), "derived": derived,
        })
    }

    fn field_entries(&self, fields: &[Field]) -> Vec<Json> {
        let public = fields.iter().filter(|field| super::table::is_public(self, field));
        public
            .map(|field| {
                let mut entry = json!({
                    "name": field.name, "type": type_name(&field.ty), "list": field.list, "required": field.required,
                    "label": self.per_language(&field.label),
                });
                let Some(map) = entry.as_object_mut() else { return entry };
                let mut add = |name: &str, value: Json| {
                    map.insert(name.to_owned(), value);
                };
                if !field.help.is_empty() {
                    add("help", self.per_language(&field.help));
                }
                if !field.unit.is_empty() {
                    add("unit", self.per_language(&field.unit));
                }
                if let Some(gaps) = field.gaps {
                    add("gap_vocabulary", json!(self.site.schema.vocabulary(gaps).name));
                }
                match &field.ty {
                    FieldType::Term(vocabulary) => add("vocabulary", json!(self.site.schema.vocabulary(*vocabulary).name)),
                    FieldType::Record(inner) => add("fields", json!(self.field_entries(inner))),
                    FieldType::Reference(relation) => add("relation", json!(self.site.schema.relation(*relation).name)),
                    FieldType::Number { minimum, maximum } => {
                        add("minimum", json!(minimum));
                        add("maximum", json!(maximum));
                    }
                    _ => {}
                }
                entry
            })
            .collect()
    }

    fn vocabulary_entry(&self, index: VocabularyIndex) -> Json {
        let found = self.site.schema.vocabulary(index);
        let terms: Vec<Json> = found.terms.iter().map(|(name, term)| {
            json!({
                "id": name, "label": self.per_language(&term.label), "definition": self.per_language(&term.definition),
                "computed": term.computed, "successor": term.successor,
                "valid_from": term.valid_from.map(|date| date.to_string()), "valid_until": term.valid_until.map(|date| date.to_string()),
            })
        }).collect();
        json!({
            "name": found.name, "label": self.per_language(&found.label), "definition": self.per_language(&found.definition),
            "ordered": found.ordered, "terms": terms,
        })
    }

    fn per_language(&self, words: &Words) -> Json {
        Json::Object(self.site.config.languages.iter().map(|language| (language.clone(), json!(words.get(language)))).collect())
    }

    fn kind_names(&self, kinds: &[KindIndex]) -> Vec<String> {
        kinds.iter().map(|kind| self.site.schema.kind(*kind).name.to_string()).collect()
    }

    /// The dictionary as a table: kinds, their columns, the words, the relations; the heading is the first row.
    pub(super) fn dictionary_rows(&self) -> Vec<Vec<String>> {
        let mut head: Vec<String> = HEAD.iter().map(|name| (*name).to_owned()).collect();
        for language in &self.site.config.languages {
            head.extend(PER_LANGUAGE.iter().map(|name| format!("{name}_{language}")));
        }
        let mut rows = vec![head];
        rows.extend(self.entries().iter().map(|entry| self.row(entry)));
        rows
    }

    fn row(&self, entry: &Entry) -> Vec<String> {
        let yes = |set: bool| if set { "true".to_owned() } else { String::new() };
        let mut row = vec![
            entry.part.to_owned(),
            entry.of.clone(),
            entry.name.clone(),
            entry.path.clone(),
            entry.ty.to_owned(),
            yes(entry.list),
            yes(entry.required),
            entry.vocabulary.clone(),
            entry.gap_vocabulary.clone(),
            entry.relation.clone(),
            entry.inverse.clone(),
            entry.leads_to.join("; "),
        ];
        for language in &self.site.config.languages {
            let definition = if entry.own.is_empty() { entry.definition.get(language) } else { self.own_words(entry.own, language) };
            row.extend(
                [entry.label.get(language), definition, entry.unit.get(language), entry.inverse_label.get(language)].map(str::to_owned),
            );
        }
        row
    }

    fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for kind in self.site.schema.kind_indices() {
            let found = self.site.schema.kind(kind);
            entries.push(Entry {
                part: "kind",
                name: found.name.to_string(),
                label: found.plural.clone(),
                definition: found.definition.clone(),
                ..Entry::default()
            });
            entries.extend(self.columns(kind).iter().map(|column| self.column_entry(kind, column)));
        }
        for vocabulary in &self.site.schema.vocabularies {
            entries.push(Entry {
                part: "vocabulary",
                name: vocabulary.name.to_string(),
                label: vocabulary.label.clone(),
                definition: vocabulary.definition.clone(),
                ..Entry::default()
            });
            entries.extend(vocabulary.terms.iter().map(|(name, term)| Entry {
                part: "term",
                of: vocabulary.name.to_string(),
                name: name.to_string(),
                label: term.label.clone(),
                definition: term.definition.clone(),
                ..Entry::default()
            }));
        }
        let public = self.site.schema.relations.iter().filter(|relation| !relation.private);
        entries.extend(public.map(|relation| {
            let from = self.kind_names(&relation.from).join("; ");
            self.with_relation(Entry { part: "relation", of: from, name: relation.name.to_string(), ..Entry::default() }, relation)
        }));
        entries
    }

    fn column_entry(&self, kind: KindIndex, column: &Column) -> Entry {
        let found = self.site.schema.kind(kind);
        let base = Entry { part: "column", of: found.name.to_string(), name: column.name.clone(), ty: "text", ..Entry::default() };
        match &column.source {
            Source::Id => Entry { required: true, own: "id", ..base },
            Source::Url => Entry { ty: "url", required: true, own: "url", ..base },
            Source::Language => Entry { required: true, own: "language", ..base },
            Source::Body | Source::BodyIn(_) => Entry { own: "body", ..base },
            Source::Derived(position) => {
                let derived = &self.site.schema.derived[*position];
                let vocabulary = self.site.schema.vocabulary(derived.vocabulary).name.to_string();
                Entry { ty: "derived", vocabulary, path: derived.name.to_string(), label: derived.label.clone(), ..base }
            }
            Source::Field(path) | Source::FieldIn(path, _) => {
                let Some(field) = field_at(&found.fields, path) else { return base };
                // A record above may be a list, or may be where the gap stands.
                let above: Vec<&Field> = (1..=path.len()).filter_map(|length| field_at(&found.fields, &path[..length])).collect();
                let gaps = above.iter().find_map(|field| field.gaps);
                let entry = Entry {
                    path: path.join("."),
                    ty: type_name(&field.ty),
                    list: above.iter().any(|field| field.list),
                    required: above.iter().all(|field| field.required) && matches!(column.source, Source::Field(_)),
                    gap_vocabulary: gaps.map_or_else(String::new, |gaps| self.site.schema.vocabulary(gaps).name.to_string()),
                    label: Words::joined(above.iter().map(|field| &field.label)),
                    definition: field.help.clone(),
                    unit: field.unit.clone(),
                    ..base
                };
                match &field.ty {
                    FieldType::Term(vocabulary) => Entry { vocabulary: self.site.schema.vocabulary(*vocabulary).name.to_string(), ..entry },
                    FieldType::Reference(relation) => {
                        let label = entry.label.clone();
                        Entry { label, ..self.with_relation(entry, self.site.schema.relation(*relation)) }
                    }
                    _ => entry,
                }
            }
        }
    }

    fn with_relation(&self, entry: Entry, relation: &Relation) -> Entry {
        Entry {
            relation: relation.name.to_string(),
            inverse: relation.inverse.as_ref().map_or_else(String::new, |inverse| inverse.name.to_string()),
            inverse_label: relation.inverse.as_ref().map_or_else(Words::default, |inverse| inverse.label.clone()),
            leads_to: self.kind_names(&relation.to),
            label: relation.label.clone(),
            ..entry
        }
    }
}

/// What a schema calls a type of field.
fn type_name(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::Text => "text",
        FieldType::Markdown => "markdown",
        FieldType::Number { .. } => "number",
        FieldType::Date => "date",
        FieldType::Boolean => "boolean",
        FieldType::Url => "url",
        FieldType::Doi => "doi",
        FieldType::Term(_) => "term",
        FieldType::Record(_) => "record",
        FieldType::Reference(_) => "reference",
    }
}

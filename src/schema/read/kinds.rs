//! Kinds, their fields, and the relations between them.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::{Marks, Reader};
use crate::diagnostic::KeyPath;
use crate::schema::raw::{RawField, RawKind, RawRelation, RawType};
use crate::schema::{Field, FieldPath, FieldType, IdForm, Inverse, Kind, KindIndex, Name, Relation, RelationIndex, Role};
use crate::words::Words;

impl Reader {
    pub(super) fn relation(&mut self, name: String, raw: RawRelation, at: &KeyPath) -> (RelationIndex, RawRelation) {
        let at = at.key(&name);
        self.name(&name, &at);
        let index = RelationIndex(self.relations.len());
        let inverse = raw.inverse.as_ref().map(|inverse| Inverse {
            name: inverse.name.as_str().into(),
            label: self.words(inverse.label.clone(), &at.key("inverse").key("label")),
        });
        let from = self.kind_indices(&raw.from, &at.key("from"));
        self.kind_indices(&raw.required, &at.key("required"));
        let to = self.kind_indices(&raw.to, &at.key("to"));
        if raw.private && (raw.facet || !raw.shared.is_empty()) {
            self.error("schema-private", &at).words.push(("name", name.clone()));
        }
        let label = self.words(raw.label.clone(), &at.key("label"));
        let shared = self.optional_words(raw.shared.clone(), &at.key("shared"));
        self.relations.push(Relation {
            name: name.into(),
            label,
            from,
            to,
            inverse,
            shared,
            acyclic: raw.acyclic,
            symmetric: raw.symmetric,
            same_kind: raw.same_kind,
            fields: Vec::new(),
            private: raw.private,
        });
        let fields = raw.fields.iter().map(|(key, field)| self.field(key, field, &at.key("fields"), &mut Vec::new(), None).0).collect();
        self.relations[index.0].fields = fields;
        (index, raw)
    }

    #[allow(clippy::type_complexity, reason = "two lists of paths, taken apart at once by the only caller")]
    pub(super) fn kind(
        &mut self,
        index: KindIndex,
        name: String,
        raw: RawKind,
        common: &IndexMap<String, RawField>,
        shared: &[(RelationIndex, RawRelation)],
        at: &KeyPath,
    ) -> (Kind, (Vec<FieldPath>, Vec<FieldPath>)) {
        let kind_at = at.key(&name);
        self.name(&name, &kind_at);
        let mut marks = Marks::default();
        let mut fields = Vec::new();
        let common_at = KeyPath::of("common");
        let own_at = kind_at.key("fields");
        let all = raw.fields.iter().map(|entry| (entry, &own_at)).chain(common.iter().map(|entry| (entry, &common_at)));
        for ((key, field), at) in all {
            let (field, inner) = self.field(key, field, at, &mut Vec::new(), Some(index));
            marks.add(inner);
            fields.push(field);
        }
        self.hide_within(&mut fields, false);
        for (relation, raw) in shared {
            if !self.relations[relation.0].from.contains(&index) {
                continue;
            }
            let required = raw.required.contains(&name);
            fields.push(Field {
                name: self.relations[relation.0].name.clone(),
                ty: FieldType::Reference(*relation),
                list: true,
                required,
                min: raw.min.or(required.then_some(1)),
                max: raw.max,
                gaps: self.gaps(raw.gaps.as_ref(), &KeyPath::of("relations").key(&self.relations[relation.0].name.clone())),
                role: None,
                label: self.relations[relation.0].label.clone(),
                help: raw.help.clone(),
                unit: Words::default(),
                private: raw.private,
            });
            if raw.facet {
                marks.facets.push(vec![self.relations[relation.0].name.clone()]);
            }
        }
        for (position, field) in fields.iter().enumerate() {
            if fields[..position].iter().any(|other| other.name == field.name) {
                let at = kind_at.key("fields").key(&field.name);
                self.error("schema-name-twice", &at).words.push(("name", field.name.to_string()));
            }
        }
        if !fields.iter().any(|field| field.role == Some(Role::Title)) {
            self.error("schema-no-title", &kind_at).words.push(("kind", name.clone()));
        }
        let id = match raw.id {
            None => IdForm::FileName,
            Some(id) => {
                self.name(&id.prefix, &kind_at.key("id"));
                IdForm::Numbered { prefix: id.prefix, digits: id.digits.clamp(1, 12) }
            }
        };
        self.address(&raw.folder, &kind_at.key("folder"), false);
        let address = match raw.address {
            Some(address) => {
                self.address(&address, &kind_at.key("address"), true);
                address
            }
            None => raw.folder.clone(),
        };
        let kind = Kind {
            name: name.into(),
            folder: raw.folder,
            address,
            id,
            singular: self.words(raw.singular, &kind_at.key("singular")),
            plural: self.words(raw.plural, &kind_at.key("plural")),
            definition: self.optional_words(raw.definition, &kind_at.key("definition")),
            citable: raw.citable,
            glossary: raw.glossary,
            feed: raw.feed,
            schema_org: raw.schema_org,
            tally: raw.tally.iter().map(|path| path.split('.').map(Name::from).collect()).collect(),
            template: raw.template,
            fields,
            badges: Vec::new(),
            facets: Vec::new(),
        };
        (kind, (marks.badges, marks.facets))
    }

    /// What stands in a private record is private, and so is the other side of a reference in it.
    fn hide_within(&mut self, fields: &mut [Field], hidden: bool) {
        for field in fields {
            field.private |= hidden;
            match &mut field.ty {
                FieldType::Record(inner) => self.hide_within(inner, field.private),
                FieldType::Reference(relation) => self.relations[relation.0].private |= field.private,
                _ => {}
            }
        }
    }

    pub(super) fn address(&mut self, address: &str, at: &KeyPath, may_be_empty: bool) {
        let fine = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_')
        };
        if !((may_be_empty && address.is_empty()) || address.split('/').all(fine)) {
            self.error("schema-bad-name", at).words.push(("name", address.to_owned()));
        }
    }

    pub(super) fn field(
        &mut self,
        key: &str,
        raw: &RawField,
        at: &KeyPath,
        path: &mut FieldPath,
        kind: Option<KindIndex>,
    ) -> (Field, Marks) {
        let at = at.key(key);
        self.name(key, &at);
        path.push(key.into());
        let mut marks = Marks::default();
        if raw.badge {
            marks.badges.push(path.clone());
        }
        if raw.facet {
            marks.facets.push(path.clone());
        }
        if raw.private && (raw.badge || raw.facet || raw.role.is_some_and(|role| role != Role::Deadline)) {
            // What a badge, a facet or a role shows would no longer be private; only the calendar looks first.
            self.error("schema-private", &at).words.push(("name", key.to_owned()));
        }
        let ty = match raw.ty {
            RawType::Text => FieldType::Text,
            RawType::Markdown => FieldType::Markdown,
            RawType::Number => FieldType::Number { minimum: raw.minimum, maximum: raw.maximum },
            RawType::Date => FieldType::Date,
            RawType::Boolean => FieldType::Boolean,
            RawType::Url => FieldType::Url,
            RawType::Doi => FieldType::Doi,
            RawType::Term => match &raw.vocabulary {
                Some(name) => FieldType::Term(self.vocabulary_index(name, &at.key("vocabulary"))),
                None => {
                    self.error("schema-missing", &at).words.push(("name", "vocabulary".to_owned()));
                    FieldType::Text
                }
            },
            RawType::Record => {
                if raw.fields.is_empty() {
                    self.error("schema-missing", &at).words.push(("name", "fields".to_owned()));
                }
                let mut fields = Vec::new();
                for (key, field) in &raw.fields {
                    let (field, inner) = self.field(key, field, &at.key("fields"), path, kind);
                    marks.add(inner);
                    fields.push(field);
                }
                FieldType::Record(fields)
            }
            RawType::Reference => FieldType::Reference(self.reference(raw, &at, path, kind)),
        };
        let is_term = matches!(ty, FieldType::Term(_));
        if (raw.badge || raw.facet) && !is_term && !matches!(ty, FieldType::Reference(_)) {
            self.error("schema-needs-term", &at).words.push(("name", key.to_owned()));
        }
        path.pop();
        let field = Field {
            name: key.into(),
            ty,
            list: raw.list,
            required: raw.required,
            min: raw.min,
            max: raw.max,
            gaps: self.gaps(raw.gaps.as_ref(), &at),
            role: raw.role,
            label: self.words(raw.label.clone(), &at.key("label")),
            help: self.optional_words(raw.help.clone(), &at.key("help")),
            unit: self.optional_words(raw.unit.clone(), &at.key("unit")),
            private: raw.private,
        };
        (field, marks)
    }

    /// A reference inside a record is a relation too, so that its other side is known.
    pub(super) fn reference(&mut self, raw: &RawField, at: &KeyPath, path: &[Name], kind: Option<KindIndex>) -> RelationIndex {
        let to = self.kind_indices(&raw.to, &at.key("to"));
        if to.is_empty() {
            self.error("schema-missing", at).words.push(("name", "to".to_owned()));
        }
        let name = path.iter().map(|part| &**part).collect::<Vec<_>>().join(".");
        let inverse = raw.inverse.as_ref().map(|inverse| Inverse {
            name: inverse.name.as_str().into(),
            label: self.words(inverse.label.clone(), &at.key("inverse").key("label")),
        });
        let label = self.words(raw.label.clone(), &at.key("label"));
        let shared = self.optional_words(raw.shared.clone(), &at.key("shared"));
        self.relations.push(Relation {
            name: name.into(),
            label,
            from: kind.into_iter().collect(),
            to,
            inverse,
            shared,
            acyclic: raw.acyclic,
            symmetric: raw.symmetric,
            same_kind: raw.same_kind,
            fields: Vec::new(),
            private: raw.private,
        });
        RelationIndex(self.relations.len() - 1)
    }

    pub(super) fn unique_addresses(&mut self, kinds: &[Kind], at: &KeyPath) {
        for (position, kind) in kinds.iter().enumerate() {
            for other in &kinds[..position] {
                let at = at.key(&kind.name);
                if other.folder == kind.folder {
                    self.error("schema-name-twice", &at.key("folder")).words.push(("name", kind.folder.clone()));
                }
                if other.address == kind.address && !kind.address.is_empty() {
                    self.error("schema-name-twice", &at.key("address")).words.push(("name", kind.address.clone()));
                }
                if let (IdForm::Numbered { prefix: a, .. }, IdForm::Numbered { prefix: b, .. }) = (&other.id, &kind.id)
                    && a == b
                {
                    self.error("schema-name-twice", &at.key("id").key("prefix")).words.push(("name", a.clone()));
                }
            }
        }
    }

    /// Guards and views name relations and their inverses, so that no kind may have two of one name.
    pub(super) fn unique_relations(&mut self, at: &KeyPath) {
        let mut seen: BTreeSet<(KindIndex, Name)> = BTreeSet::new();
        let mut twice = Vec::new();
        for relation in &self.relations {
            let inverse = relation.inverse.iter().flat_map(|inverse| relation.to.iter().map(|kind| (*kind, inverse.name.clone())));
            for key in relation.from.iter().map(|kind| (*kind, relation.name.clone())).chain(inverse) {
                if !seen.insert(key.clone()) {
                    twice.push(key.1);
                }
            }
        }
        for name in twice {
            self.error("schema-name-twice", &at.key("relations")).words.push(("name", name.to_string()));
        }
    }
}

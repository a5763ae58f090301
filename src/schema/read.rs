//! Reads `schema.yaml` and checks every name in it against the others, so that later stages need not.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::raw::{
    RawBanner, RawColumns, RawCondition, RawDerived, RawField, RawFilters, RawGuard, RawKind, RawLine, RawProof, RawReasons, RawRelation, RawRule,
    RawSchema, RawSection, RawSentence, RawSeverity, RawTerm, RawType, RawView, RawViewType, RawVocabulary,
};
use super::{
    Banner, Column, Condition, Derived, Direction, Field, FieldPath, FieldType, Guard, IdForm, Inverse, Kind, KindIndex, Line, Matrix, Name, Proof,
    Reasons, Relation, RelationIndex, Role, Rule, RuleValue, Schema, Section, Sentence, Term, Test, View, ViewForm, Vocabulary, VocabularyIndex, field_at,
};
use crate::config::yaml_error;
use crate::date::{Age, PartialDate};
use crate::diagnostic::{Diagnostic, KeyPath, Severity, SitePath, nearest};
use crate::words::Words;

/// Reads the content model of a site.
///
/// `languages` are the site's; every label needs words in each of them.
///
/// # Errors
///
/// All that is wrong with the file: one diagnostic if it cannot be read as YAML of the right shape, else one for every name
/// that is unknown, used twice or missing.
pub fn read(file: &SitePath, text: &str, languages: &[String]) -> Result<Schema, Vec<Diagnostic>> {
    let raw: RawSchema = serde_yaml::from_str(text).map_err(|error| vec![yaml_error(file, text, &error)])?;
    let mut reader = Reader {
        file: file.clone(),
        languages: languages.to_vec(),
        kind_names: raw.kinds.keys().cloned().collect(),
        vocabulary_names: raw.vocabularies.keys().cloned().collect(),
        relations: Vec::new(),
        errors: Vec::new(),
    };
    let schema = reader.schema(raw);
    if reader.errors.is_empty() { Ok(schema) } else { Err(reader.errors) }
}

struct Reader {
    file: SitePath,
    languages: Vec<String>,
    kind_names: Vec<String>,
    vocabulary_names: Vec<String>,
    relations: Vec<Relation>,
    errors: Vec<Diagnostic>,
}

/// What a name inside a condition, a proof or a view may stand for.
struct Scope<'a> {
    schema: &'a Schema,
    kind: KindIndex,
}

impl Reader {
    fn schema(&mut self, raw: RawSchema) -> Schema {
        let top = KeyPath::default();
        let vocabularies = self.vocabularies(raw.vocabularies, &top.key("vocabularies"));
        let common = raw.common;
        let at = top.key("relations");
        let shared: Vec<(RelationIndex, RawRelation)> = raw.relations.into_iter().map(|(name, relation)| self.relation(name, relation, &at)).collect();
        let at = top.key("kinds");
        let mut badges = Vec::new();
        let mut kinds = Vec::new();
        for (index, (name, kind)) in raw.kinds.into_iter().enumerate() {
            let (kind, own_badges) = self.kind(KindIndex(index), name, kind, &common, &shared, &at);
            badges.push(own_badges);
            kinds.push(kind);
        }
        self.unique_addresses(&kinds, &at);
        self.unique_relations(&top);
        let mut schema = Schema {
            kinds,
            vocabularies,
            relations: std::mem::take(&mut self.relations),
            guards: Vec::new(),
            derived: Vec::new(),
            proofs: Vec::new(),
            banners: Vec::new(),
            sentences: Vec::new(),
            views: Vec::new(),
        };
        for (kind, (shown, narrowing)) in schema.kinds.iter_mut().zip(badges) {
            kind.badges = shown;
            kind.facets = narrowing;
        }
        let at = top.key("derived");
        for (name, derived) in raw.derived {
            self.derived(&mut schema, name, derived, &at);
        }
        for kind in schema.kind_indices() {
            let at = KeyPath::of("kinds").key(&schema.kind(kind).name).key("tally");
            for path in &schema.kind(kind).tally {
                self.field_path(&Scope { schema: &schema, kind }, &path.join("."), &at);
            }
        }
        let at = top.key("guards");
        for (name, guard) in raw.guards {
            if let Some(guard) = self.guard(&schema, name, guard, &at) {
                schema.guards.push(guard);
            }
        }
        let at = top.key("proofs");
        for (name, proof) in raw.proofs {
            if let Some(proof) = self.proof(&schema, &name, proof, &at.key(&name)) {
                schema.proofs.push(proof);
            }
        }
        let at = top.key("banners");
        for (name, banner) in raw.banners {
            if let Some(banner) = self.banner(&schema, banner, &at.key(&name)) {
                schema.banners.push(banner);
            }
        }
        let at = top.key("sentences");
        for (name, sentence) in raw.sentences {
            if let Some(sentence) = self.sentence(&schema, &name, sentence, &at.key(&name)) {
                schema.sentences.push(sentence);
            }
        }
        let at = top.key("views");
        for (name, view) in raw.views {
            let at = at.key(&name);
            if let Some(view) = self.view(&schema, name, view, &at) {
                schema.views.push(view);
            }
        }
        schema
    }

    fn error(&mut self, code: &'static str, at: &KeyPath) -> &mut Diagnostic {
        self.errors.push(Diagnostic::error(code).in_file(&self.file).at(at.clone().value()));
        let last = self.errors.len() - 1;
        &mut self.errors[last]
    }

    fn unknown_name(&mut self, what: &'static str, name: &str, known: &[String], at: &KeyPath) {
        let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        let list = known.join(", ");
        let file = self.file.clone();
        let mut error = Diagnostic::error("schema-unknown-name")
            .in_file(&file)
            .at(at.clone().value())
            .with("what", what)
            .with("name", name)
            .with("nearest", near.as_deref().unwrap_or(&list));
        error.replacement = near;
        self.errors.push(error);
    }

    fn words(&mut self, words: Words, at: &KeyPath) -> Words {
        for language in self.languages.clone() {
            if !words.has(&language) {
                let path = at.to_string();
                self.error("schema-missing-words", at).words.extend([("language", language), ("path", path)]);
            }
        }
        words
    }

    fn optional_words(&mut self, words: Words, at: &KeyPath) -> Words {
        if words.is_empty() { words } else { self.words(words, at) }
    }

    fn vocabularies(&mut self, raw: IndexMap<String, RawVocabulary>, at: &KeyPath) -> Vec<Vocabulary> {
        let mut vocabularies = Vec::new();
        for (name, vocabulary) in raw {
            let at = at.key(&name);
            self.name(&name, &at);
            let label = self.words(vocabulary.label, &at.key("label"));
            let definition = self.optional_words(vocabulary.definition, &at.key("definition"));
            let at = at.key("terms");
            let names: Vec<String> = vocabulary.terms.keys().cloned().collect();
            let terms = vocabulary.terms.into_iter().map(|(key, term)| self.term(&key, term, &names, &at)).collect();
            vocabularies.push(Vocabulary { name: name.into(), label, definition, ordered: vocabulary.ordered, terms });
        }
        vocabularies
    }

    fn term(&mut self, key: &str, raw: RawTerm, names: &[String], at: &KeyPath) -> (Name, Term) {
        let at = at.key(key);
        self.name(key, &at);
        if let Some(successor) = &raw.successor
            && !names.contains(successor)
        {
            self.unknown_name("term", successor, names, &at.key("successor"));
        }
        let mut date = |field: &str, text: Option<String>| {
            let text = text?;
            let date = PartialDate::parse(&text);
            if date.is_none() {
                self.error("bad-date", &at.key(field)).words.push(("value", text));
            }
            date
        };
        let valid_from = date("valid_from", raw.valid_from);
        let valid_until = date("valid_until", raw.valid_until);
        let term = Term {
            label: self.words(raw.label, &at.key("label")),
            definition: self.optional_words(raw.definition, &at.key("definition")),
            tone: raw.tone,
            csl: raw.csl,
            computed: raw.computed,
            valid_from,
            valid_until,
            successor: raw.successor.map(Name::from),
        };
        (key.into(), term)
    }

    /// Names end up in addresses and in class names, so they are kept to what both can bear.
    fn name(&mut self, name: &str, at: &KeyPath) {
        let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
        if name.is_empty() || name.len() > 64 || !name.bytes().all(fine) {
            self.error("schema-bad-name", at).words.push(("name", name.to_owned()));
        }
    }

    fn kind_index(&mut self, name: &str, at: &KeyPath) -> Option<KindIndex> {
        let found = self.kind_names.iter().position(|kind| kind == name).map(KindIndex);
        if found.is_none() {
            let known = self.kind_names.clone();
            self.unknown_name("kind", name, &known, at);
        }
        found
    }

    fn kind_indices(&mut self, names: &[String], at: &KeyPath) -> Vec<KindIndex> {
        names.iter().enumerate().filter_map(|(position, name)| self.kind_index(name, &at.index(position))).collect()
    }

    fn vocabulary_index(&mut self, name: &str, at: &KeyPath) -> VocabularyIndex {
        if let Some(position) = self.vocabulary_names.iter().position(|vocabulary| vocabulary == name) {
            return VocabularyIndex(position);
        }
        let known = self.vocabulary_names.clone();
        self.unknown_name("vocabulary", name, &known, at);
        VocabularyIndex(0)
    }

    fn gaps(&mut self, name: Option<&String>, at: &KeyPath) -> Option<VocabularyIndex> {
        name.map(|name| self.vocabulary_index(name, &at.key("gaps")))
    }

    fn relation(&mut self, name: String, raw: RawRelation, at: &KeyPath) -> (RelationIndex, RawRelation) {
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
    fn kind(
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
        let address = raw.address.unwrap_or_else(|| raw.folder.clone());
        self.address(&address, &kind_at.key("address"), true);
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

    fn address(&mut self, address: &str, at: &KeyPath, may_be_empty: bool) {
        let fine = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_')
        };
        if !((may_be_empty && address.is_empty()) || address.split('/').all(fine)) {
            self.error("schema-bad-name", at).words.push(("name", address.to_owned()));
        }
    }

    fn field(&mut self, key: &str, raw: &RawField, at: &KeyPath, path: &mut FieldPath, kind: Option<KindIndex>) -> (Field, Marks) {
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
    fn reference(&mut self, raw: &RawField, at: &KeyPath, path: &[Name], kind: Option<KindIndex>) -> RelationIndex {
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

    fn unique_addresses(&mut self, kinds: &[Kind], at: &KeyPath) {
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
    fn unique_relations(&mut self, at: &KeyPath) {
        let mut seen: BTreeMap<(KindIndex, Name), ()> = BTreeMap::new();
        let mut twice = Vec::new();
        for relation in &self.relations {
            let inverse = relation.inverse.iter().flat_map(|inverse| relation.to.iter().map(|kind| (*kind, inverse.name.clone())));
            for key in relation.from.iter().map(|kind| (*kind, relation.name.clone())).chain(inverse) {
                if seen.insert(key.clone(), ()).is_some() {
                    twice.push(key.1);
                }
            }
        }
        for name in twice {
            self.error("schema-name-twice", &at.key("relations")).words.push(("name", name.to_string()));
        }
    }

    fn derived(&mut self, schema: &mut Schema, name: String, raw: RawDerived, at: &KeyPath) {
        let at = at.key(&name);
        self.name(&name, &at);
        let vocabulary = self.vocabulary_index(&raw.vocabulary, &at.key("vocabulary"));
        let Some(kind) = self.kind_index(&raw.kind, &at.key("kind")) else { return };
        let mut rules = Vec::new();
        for (position, rule) in raw.rules.into_iter().enumerate() {
            if let Some(rule) = self.rule(schema, kind, vocabulary, rule, &at.key("rules").index(position)) {
                rules.push(rule);
            }
        }
        let label = self.words(raw.label, &at.key("label"));
        let name: Name = name.into();
        if raw.badge {
            schema.kinds[kind.0].badges.push(vec![name.clone()]);
        }
        if raw.facet {
            schema.kinds[kind.0].facets.push(vec![name.clone()]);
        }
        schema.derived.push(Derived { name, kind, vocabulary, label, rules });
    }

    fn rule(&mut self, schema: &Schema, kind: KindIndex, vocabulary: VocabularyIndex, raw: RawRule, at: &KeyPath) -> Option<Rule> {
        let scope = Scope { schema, kind };
        let when = match raw.when {
            Some(condition) => Some(self.condition(&scope, condition, &at.key("when"))?),
            None => None,
        };
        let value = match (raw.value, raw.value_of) {
            (Some(term), None) => {
                self.term_of(schema, vocabulary, &term, &at.key("value"));
                RuleValue::Term(term.into())
            }
            (None, Some(path)) => RuleValue::Field(self.field_path(&scope, &path, &at.key("value_of"))?),
            _ => {
                self.error("schema-missing", at).words.push(("name", "value".to_owned()));
                return None;
            }
        };
        Some(Rule { when, value, because: self.optional_words(raw.because, &at.key("because")) })
    }

    fn term_of(&mut self, schema: &Schema, vocabulary: VocabularyIndex, term: &str, at: &KeyPath) {
        let terms = &schema.vocabulary(vocabulary).terms;
        if !terms.contains_key(term) {
            let known: Vec<String> = terms.keys().map(ToString::to_string).collect();
            self.unknown_name("term", term, &known, at);
        }
    }

    fn field_path(&mut self, scope: &Scope<'_>, text: &str, at: &KeyPath) -> Option<FieldPath> {
        let path: FieldPath = text.split('.').map(Name::from).collect();
        let kind = scope.schema.kind(scope.kind);
        let derived = path.len() == 1 && scope.schema.derived_of(scope.kind).any(|(_, derived)| derived.name == path[0]);
        if derived || field_at(&kind.fields, &path).is_some() {
            return Some(path);
        }
        let known: Vec<String> = kind.fields.iter().map(|field| field.name.to_string()).collect();
        self.unknown_name("field", text, &known, at);
        None
    }

    fn direction(&mut self, scope: &Scope<'_>, name: &str, at: &KeyPath) -> Option<Direction> {
        let fits = |direction: &Direction| match direction {
            Direction::Forward(index) => scope.schema.relation(*index).from.contains(&scope.kind),
            Direction::Inverse(index) => scope.schema.relation(*index).to.contains(&scope.kind),
        };
        let mut known = Vec::new();
        for (position, relation) in scope.schema.relations.iter().enumerate() {
            let index = RelationIndex(position);
            let inverse = relation.inverse.as_ref().map(|inverse| (&inverse.name, Direction::Inverse(index)));
            for (candidate, direction) in [(&relation.name, Direction::Forward(index))].into_iter().chain(inverse) {
                if fits(&direction) {
                    if &**candidate == name {
                        return Some(direction);
                    }
                    known.push(candidate.to_string());
                }
            }
        }
        self.unknown_name("relation", name, &known, at);
        None
    }

    fn condition(&mut self, scope: &Scope<'_>, raw: RawCondition, at: &KeyPath) -> Option<Condition> {
        let several = |this: &mut Self, list: Vec<RawCondition>, key: &str| {
            let at = at.key(key);
            list.into_iter().enumerate().map(|(position, one)| this.condition(scope, one, &at.index(position))).collect::<Option<Vec<_>>>()
        };
        match raw {
            RawCondition { all: Some(list), any: None, not: None, field: None, relation: None, .. } => Some(Condition::All(several(self, list, "all")?)),
            RawCondition { any: Some(list), all: None, not: None, field: None, relation: None, .. } => Some(Condition::Any(several(self, list, "any")?)),
            RawCondition { not: Some(one), all: None, any: None, field: None, relation: None, .. } => {
                Some(Condition::Not(Box::new(self.condition(scope, *one, &at.key("not"))?)))
            }
            RawCondition { field: Some(field), is, present, older_than, relation: None, all: None, any: None, not: None, .. } => {
                let path = self.field_path(scope, &field, &at.key("field"))?;
                let test = match (is, present, older_than) {
                    (Some(terms), None, None) => {
                        self.terms_exist(scope, &path, &terms, &at.key("is"));
                        Test::Is(terms.into_iter().map(Name::from).collect())
                    }
                    (None, Some(present), None) => Test::Present(present),
                    (None, None, Some(age)) => match Age::parse(&age) {
                        Some(age) => Test::OlderThan(age),
                        None => {
                            self.error("schema-bad-age", &at.key("older_than")).words.push(("value", age));
                            return None;
                        }
                    },
                    _ => {
                        self.error("schema-bad-condition", at);
                        return None;
                    }
                };
                Some(Condition::Field(path, test))
            }
            RawCondition { relation: Some(name), min, max, filter, field: None, all: None, any: None, not: None, is: None, .. } => {
                let direction = self.direction(scope, &name, &at.key("relation"))?;
                let filter = match filter {
                    Some(filter) => Some(Box::new(self.far_condition(scope.schema, direction, *filter, &at.key("where"))?)),
                    None => None,
                };
                Some(Condition::Related { direction, min: min.unwrap_or(0), max, filter })
            }
            _ => {
                self.error("schema-bad-condition", at);
                None
            }
        }
    }

    /// A condition about the entities at the other end of a relation; they are taken to be of its first kind that fits.
    fn far_condition(&mut self, schema: &Schema, direction: Direction, raw: RawCondition, at: &KeyPath) -> Option<Condition> {
        let kinds = match direction {
            Direction::Forward(index) => &schema.relation(index).to,
            Direction::Inverse(index) => &schema.relation(index).from,
        };
        let kind = *kinds.first()?;
        self.condition(&Scope { schema, kind }, raw, at)
    }

    fn terms_exist(&mut self, scope: &Scope<'_>, path: &FieldPath, terms: &[String], at: &KeyPath) {
        let derived = scope.schema.derived_of(scope.kind).find(|(_, derived)| path.len() == 1 && derived.name == path[0]);
        let vocabulary = match field_at(&scope.schema.kind(scope.kind).fields, path).map(|field| &field.ty) {
            Some(FieldType::Term(vocabulary)) => *vocabulary,
            _ => match derived {
                Some((_, derived)) => derived.vocabulary,
                None => {
                    self.error("schema-needs-term", at).words.push(("name", path.last().map(ToString::to_string).unwrap_or_default()));
                    return;
                }
            },
        };
        for (position, term) in terms.iter().enumerate() {
            self.term_of(scope.schema, vocabulary, term, &at.index(position));
        }
    }

    fn guard(&mut self, schema: &Schema, name: String, raw: RawGuard, at: &KeyPath) -> Option<Guard> {
        let at = at.key(&name);
        let kind = self.kind_index(&raw.kind, &at.key("kind"))?;
        let scope = Scope { schema, kind };
        let when = match raw.when {
            Some(condition) => Some(self.condition(&scope, condition, &at.key("when"))?),
            None => None,
        };
        let require = self.condition(&scope, raw.require, &at.key("require"))?;
        let place = when.as_ref().and_then(|condition| first_field(schema, condition)).or_else(|| first_field(schema, &require));
        Some(Guard {
            name: name.into(),
            kind,
            when,
            require,
            severity: if raw.severity == RawSeverity::Error { Severity::Error } else { Severity::Warning },
            message: self.words(raw.message, &at.key("message")),
            help: self.optional_words(raw.help, &at.key("help")),
            at: place,
        })
    }

    fn proof(&mut self, schema: &Schema, kind: &str, raw: RawProof, at: &KeyPath) -> Option<Proof> {
        let kind = self.kind_index(kind, at)?;
        let scope = Scope { schema, kind };
        let of = self.field_path(&scope, &raw.of, &at.key("of"))?.first()?.clone();
        let lines = |this: &mut Self, list: Vec<RawLine>, key: &str| {
            let at = at.key(key);
            list.into_iter().enumerate().filter_map(|(position, line)| this.line(&scope, line, &at.index(position))).collect()
        };
        let because = lines(self, raw.because, "because");
        let but = lines(self, raw.but, "but");
        Some(Proof { kind, of, because, but })
    }

    fn line(&mut self, scope: &Scope<'_>, raw: RawLine, at: &KeyPath) -> Option<Line> {
        let when = match raw.when {
            Some(condition) => Some(self.condition(scope, condition, &at.key("when"))?),
            None => None,
        };
        let related = match raw.relation {
            Some(name) => {
                let direction = self.direction(scope, &name, &at.key("relation"))?;
                let filter = match raw.filter {
                    Some(filter) => Some(self.far_condition(scope.schema, direction, filter, &at.key("where"))?),
                    None => None,
                };
                Some((direction, filter))
            }
            None => None,
        };
        let field = match raw.field {
            Some(field) => Some(self.field_path(scope, &field, &at.key("field"))?),
            None => None,
        };
        for language in self.languages.clone() {
            if !raw.says.contains_key(&language) {
                let path = at.key("says").to_string();
                self.error("schema-missing-words", &at.key("says")).words.extend([("language", language), ("path", path)]);
            }
        }
        Some(Line { when, related, field, says: raw.says })
    }

    fn banner(&mut self, schema: &Schema, raw: RawBanner, at: &KeyPath) -> Option<Banner> {
        let kind = self.kind_index(&raw.kind, &at.key("kind"))?;
        let when = self.condition(&Scope { schema, kind }, raw.when, &at.key("when"))?;
        Some(Banner { kind, when, own: self.words(raw.own, &at.key("own")), message: self.words(raw.message, &at.key("message")) })
    }

    fn sentence(&mut self, schema: &Schema, kind: &str, raw: RawSentence, at: &KeyPath) -> Option<Sentence> {
        let kind = self.kind_index(kind, at)?;
        let scope = Scope { schema, kind };
        let direction = self.field_path(&scope, &raw.direction, &at.key("direction"))?;
        let certainty = self.field_path(&scope, &raw.certainty, &at.key("certainty"))?;
        let size = match raw.size {
            Some(size) => {
                let at = at.key("size");
                Some((self.field_path(&scope, &size.value, &at.key("value"))?, self.field_path(&scope, &size.unit, &at.key("unit"))?))
            }
            None => None,
        };
        let subject = self.forward(&scope, &raw.subject, &at.key("subject"))?;
        let object = self.forward(&scope, &raw.object, &at.key("object"))?;
        let at = at.key("patterns");
        self.terms_exist(&scope, &direction, &raw.patterns.keys().cloned().collect::<Vec<_>>(), &at);
        let mut patterns = IndexMap::new();
        for (direction, by_certainty) in raw.patterns {
            let at = at.key(&direction);
            self.terms_exist(&scope, &certainty, &by_certainty.keys().cloned().collect::<Vec<_>>(), &at);
            let worded = by_certainty.into_iter().map(|(name, words)| {
                let words = self.words(words, &at.key(&name));
                (Name::from(name), words)
            });
            let worded: IndexMap<Name, Words> = worded.collect();
            patterns.insert(Name::from(direction), worded);
        }
        Some(Sentence { kind, subject, object, direction, certainty, size, patterns })
    }

    fn section(&mut self, schema: &Schema, vocabulary: VocabularyIndex, raw: RawSection, at: &KeyPath) -> Option<Section> {
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
        let mut per_term = IndexMap::new();
        for (term, condition) in raw.per_term {
            let at = at.key("per_term").key(&term);
            self.term_of(schema, vocabulary, &term, &at);
            per_term.insert(Name::from(term), self.condition(&scope, condition, &at)?);
        }
        Some(Section { title: self.words(raw.title, &at.key("title")), kind, field, filter, per_term })
    }

    fn view(&mut self, schema: &Schema, name: String, raw: RawView, at: &KeyPath) -> Option<View> {
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
            let sections = sections.filter_map(|(position, section)| self.section(schema, vocabulary, section, &at.index(position))).collect();
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
                let columns = names.iter().enumerate().filter_map(|(position, name)| self.column(&scope, name, &at.index(position))).collect();
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
                let words = words.filter_map(|(position, path)| self.field_path(&cell_scope, path, &cell_at.key("words").index(position))).collect();
                let cell_row = self.forward(&cell_scope, &cells.row, &cell_at.key("row"))?;
                let cell_column = self.forward(&cell_scope, &cells.column, &cell_at.key("column"))?;
                let empty = match raw.empty {
                    Some(empty) => {
                        let at = at.key("empty");
                        let kind = self.kind_index(&empty.kind, &at.key("kind"))?;
                        let scope = Scope { schema, kind };
                        Some((kind, self.forward(&scope, &empty.row, &at.key("row"))?, self.forward(&scope, &empty.column, &at.key("column"))?))
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
                let cell_filters = filters.cells.iter().filter_map(|path| self.field_path(&cell_scope, path, &filter_at.key("cells"))).collect();
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

    fn reasons(&mut self, scope: &Scope<'_>, raw: RawReasons, at: &KeyPath) -> Option<Reasons> {
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

    fn forward(&mut self, scope: &Scope<'_>, name: &str, at: &KeyPath) -> Option<RelationIndex> {
        match self.direction(scope, name, at)? {
            Direction::Forward(index) => Some(index),
            Direction::Inverse(_) => {
                self.error("schema-needs-forward", at).words.push(("name", name.to_owned()));
                None
            }
        }
    }

    fn column(&mut self, scope: &Scope<'_>, name: &str, at: &KeyPath) -> Option<Column> {
        if let Some((index, _)) = scope.schema.derived_of(scope.kind).find(|(_, derived)| &*derived.name == name) {
            return Some(Column::Derived(index));
        }
        let path: FieldPath = name.split('.').map(Name::from).collect();
        match field_at(&scope.schema.kind(scope.kind).fields, &path) {
            Some(Field { ty: FieldType::Reference(index), .. }) => Some(Column::Relation(Direction::Forward(*index))),
            Some(_) => Some(Column::Field(path)),
            None => self.direction(scope, name, at).map(Column::Relation),
        }
    }
}

/// Paths that a kind's fields ask to be shown as badges or offered as facets.
#[derive(Default)]
struct Marks {
    badges: Vec<FieldPath>,
    facets: Vec<FieldPath>,
}

impl Marks {
    fn add(&mut self, other: Self) {
        self.badges.extend(other.badges);
        self.facets.extend(other.facets);
    }
}

fn first_field(schema: &Schema, condition: &Condition) -> Option<Name> {
    match condition {
        Condition::All(list) | Condition::Any(list) => list.iter().find_map(|one| first_field(schema, one)),
        Condition::Not(one) => first_field(schema, one),
        Condition::Field(path, _) => path.first().cloned(),
        Condition::Related { direction: Direction::Forward(index), .. } => schema.relation(*index).name.split('.').next().map(Name::from),
        Condition::Related { .. } => None,
    }
}

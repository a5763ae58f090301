//! What must hold and what follows: conditions, guards, derived states, proofs, banners and sentences.

use indexmap::IndexMap;

use super::{Reader, Scope};
use crate::date::Age;
use crate::diagnostic::{KeyPath, Severity};
use crate::schema::raw::{RawBanner, RawCare, RawCondition, RawDerived, RawGuard, RawLine, RawProof, RawRule, RawSentence, RawSeverity};
use crate::schema::{
    Banner, Care, Condition, Derived, Direction, FieldPath, FieldType, Guard, KindIndex, Line, Name, Proof, Rule, RuleValue, Schema,
    Sentence, Test, VocabularyIndex, field_at,
};
use crate::words::Words;

impl Reader {
    pub(super) fn derived(&mut self, schema: &mut Schema, name: String, raw: RawDerived, at: &KeyPath) {
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

    pub(super) fn rule(
        &mut self,
        schema: &Schema,
        kind: KindIndex,
        vocabulary: VocabularyIndex,
        raw: RawRule,
        at: &KeyPath,
    ) -> Option<Rule> {
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

    pub(super) fn condition(&mut self, scope: &Scope<'_>, raw: RawCondition, at: &KeyPath) -> Option<Condition> {
        let several = |this: &mut Self, list: Vec<RawCondition>, key: &str| {
            let at = at.key(key);
            list.into_iter().enumerate().map(|(position, one)| this.condition(scope, one, &at.index(position))).collect::<Option<Vec<_>>>()
        };
        match raw {
            RawCondition { all: Some(list), any: None, not: None, field: None, relation: None, .. } => {
                Some(Condition::All(several(self, list, "all")?))
            }
            RawCondition { any: Some(list), all: None, not: None, field: None, relation: None, .. } => {
                Some(Condition::Any(several(self, list, "any")?))
            }
            RawCondition { not: Some(one), all: None, any: None, field: None, relation: None, .. } => {
                Some(Condition::Not(Box::new(self.condition(scope, *one, &at.key("not"))?)))
            }
            RawCondition { field: Some(field), is, present, older_than, relation: None, all: None, any: None, not: None, .. } => {
                let path = self.any_field_path(scope, &field, &at.key("field"))?;
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
    pub(super) fn far_condition(&mut self, schema: &Schema, direction: Direction, raw: RawCondition, at: &KeyPath) -> Option<Condition> {
        let kinds = match direction {
            Direction::Forward(index) => &schema.relation(index).to,
            Direction::Inverse(index) => &schema.relation(index).from,
        };
        let kind = *kinds.first()?;
        self.condition(&Scope { schema, kind }, raw, at)
    }

    pub(super) fn terms_exist(&mut self, scope: &Scope<'_>, path: &FieldPath, terms: &[String], at: &KeyPath) {
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

    pub(super) fn guard(&mut self, schema: &Schema, name: String, raw: RawGuard, at: &KeyPath) -> Option<Guard> {
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

    pub(super) fn care(&mut self, schema: &Schema, name: String, raw: RawCare, at: &KeyPath) -> Option<Care> {
        let at = at.key(&name);
        let kind = self.kind_index(&raw.kind, &at.key("kind"))?;
        let when = match raw.when {
            Some(condition) => Some(self.condition(&Scope { schema, kind }, condition, &at.key("when"))?),
            None => None,
        };
        Some(Care {
            name: name.into(),
            title: self.words(raw.title, &at.key("title")),
            help: self.optional_words(raw.help, &at.key("help")),
            kind,
            at: when.as_ref().and_then(|condition| first_field(schema, condition)),
            when,
            words: raw.words,
        })
    }

    pub(super) fn proof(&mut self, schema: &Schema, kind: &str, raw: RawProof, at: &KeyPath) -> Option<Proof> {
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

    pub(super) fn line(&mut self, scope: &Scope<'_>, raw: RawLine, at: &KeyPath) -> Option<Line> {
        let when = match raw.when {
            Some(condition) => Some(self.condition(scope, condition, &at.key("when"))?),
            None => None,
        };
        let related = match raw.relation {
            Some(name) => {
                let direction = self.direction(scope, &name, &at.key("relation"))?;
                if !self.is_public(scope, direction, &at.key("relation")) {
                    return None;
                }
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

    pub(super) fn banner(&mut self, schema: &Schema, raw: RawBanner, at: &KeyPath) -> Option<Banner> {
        let kind = self.kind_index(&raw.kind, &at.key("kind"))?;
        let when = self.condition(&Scope { schema, kind }, raw.when, &at.key("when"))?;
        Some(Banner { kind, when, own: self.words(raw.own, &at.key("own")), message: self.words(raw.message, &at.key("message")) })
    }

    pub(super) fn sentence(&mut self, schema: &Schema, kind: &str, raw: RawSentence, at: &KeyPath) -> Option<Sentence> {
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
}

/// The first field that a condition looks at, to point at when it fails.
fn first_field(schema: &Schema, condition: &Condition) -> Option<Name> {
    match condition {
        Condition::All(list) | Condition::Any(list) => list.iter().find_map(|one| first_field(schema, one)),
        Condition::Not(one) => first_field(schema, one),
        Condition::Field(path, _) => path.first().cloned(),
        Condition::Related { direction: Direction::Forward(index), .. } => schema.relation(*index).name.split('.').next().map(Name::from),
        Condition::Related { .. } => None,
    }
}

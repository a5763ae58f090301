//! Reads `schema.yaml` and checks every name in it against the others, so that later stages need not.

mod kinds;
mod routes;
mod rules;
mod views;

use indexmap::IndexMap;

use crate::config::yaml_error;
use crate::date::PartialDate;
use crate::diagnostic::{Diagnostic, KeyPath, SitePath, nearest};
use crate::schema::raw::{RawRelation, RawSchema, RawTerm, RawVocabulary};
use crate::schema::{Direction, FieldPath, KindIndex, Name, Relation, RelationIndex, Schema, Term, Vocabulary, VocabularyIndex, field_at};
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
        let shared: Vec<(RelationIndex, RawRelation)> =
            raw.relations.into_iter().map(|(name, relation)| self.relation(name, relation, &at)).collect();
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
            routes: Vec::new(),
            sentences: Vec::new(),
            views: Vec::new(),
            desk: Vec::new(),
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
        let at = top.key("routes");
        for (name, route) in raw.routes {
            if let Some(route) = self.route(&schema, &name, route, &at.key(&name)) {
                schema.routes.push(route);
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
        let at = top.key("desk");
        for (name, care) in raw.desk {
            if let Some(care) = self.care(&schema, name, care, &at) {
                schema.desk.push(care);
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
        let dutch = match what {
            "kind" => "soort",
            "vocabulary" => "woordenlijst",
            "field" => "veld",
            "relation" => "relatie",
            other => other,
        };
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let file = self.file.clone();
        self.errors.push(unknown_name((dutch, what), name, &known).in_file(&file).at(at.clone().value()));
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
            let place = at.clone().name();
            let error = self.error("schema-bad-name", at);
            error.place = place;
            error.words.push(("name", name.to_owned()));
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

    fn term_of(&mut self, schema: &Schema, vocabulary: VocabularyIndex, term: &str, at: &KeyPath) {
        let terms = &schema.vocabulary(vocabulary).terms;
        if !terms.contains_key(term) {
            let known: Vec<String> = terms.keys().map(ToString::to_string).collect();
            self.unknown_name("term", term, &known, at);
        }
    }

    /// The path of a field that readers will see; a private one is refused.
    fn field_path(&mut self, scope: &Scope<'_>, text: &str, at: &KeyPath) -> Option<FieldPath> {
        let path = self.any_field_path(scope, text, at)?;
        let fields = &scope.schema.kind(scope.kind).fields;
        let is_private = (1..=path.len()).any(|length| field_at(fields, &path[..length]).is_some_and(|field| field.private));
        if is_private {
            self.error("schema-private", at).words.push(("name", text.to_owned()));
            return None;
        }
        Some(path)
    }

    /// Refuses a private relation where readers would see it.
    fn is_public(&mut self, scope: &Scope<'_>, direction: Direction, at: &KeyPath) -> bool {
        let (Direction::Forward(index) | Direction::Inverse(index)) = direction;
        let relation = scope.schema.relation(index);
        if relation.private {
            self.error("schema-private", at).words.push(("name", relation.name.to_string()));
        }
        !relation.private
    }

    /// The path of a field that only decides, as in a condition.
    fn any_field_path(&mut self, scope: &Scope<'_>, text: &str, at: &KeyPath) -> Option<FieldPath> {
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

/// A name that is not among those that exist; `what` says of what, in Dutch and in English.
pub fn unknown_name(what: (&str, &str), name: &str, known: &[&str]) -> Diagnostic {
    let near = nearest(name, known.iter().copied());
    let code = if near.is_some() { "schema-unknown-name" } else { "schema-unknown-name-list" };
    let list = known.iter().take(40).copied().collect::<Vec<_>>().join(", ");
    let mut diagnostic =
        Diagnostic::error(code).with_words("what", &Words::pair(what.0, what.1)).with("name", name).with("nearest", near.unwrap_or(&list));
    diagnostic.replacement = near.map(str::to_owned);
    diagnostic
}

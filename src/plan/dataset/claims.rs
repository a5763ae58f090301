//! What is claimed, one claim per line, each with how sure it is, what it leans on, and under which terms it may be used.
//!
//! [JSON Lines](https://jsonlines.org): a line that is copied alone still says all of it.

use serde_json::{Map, Value as Json, json};

use super::Export;
use super::table::leaves;
use crate::document::Document;
use crate::document::value::Value;
use crate::graph::EntityIndex;
use crate::schema::{FieldPath, FieldType, Name, RelationIndex, Role, VocabularyIndex, field_at};

/// The type in the vocabulary of schema.org whose entities are claims.
const CLAIM: &str = "Claim";

impl Export<'_> {
    /// Whether the site makes claims at all.
    pub(super) fn claims(&self) -> Vec<EntityIndex> {
        let kinds = self.site.schema.kind_indices().filter(|kind| self.site.schema.kind(*kind).schema_org.as_deref() == Some(CLAIM));
        kinds.flat_map(|kind| self.site.graph.of_kind(kind)).collect()
    }

    /// A line for each claim, in the order of kinds and ids.
    pub(super) fn claim_lines(&self, claims: &[EntityIndex]) -> String {
        claims.iter().map(|index| format!("{}\n", self.claim(*index))).collect()
    }

    fn claim(&self, index: EntityIndex) -> Json {
        let entity = self.site.graph.entity(index);
        let original = entity.original();
        let language = self.site.config.first_language();
        let words = self.claim_words(index, language);
        let badges = &self.site.schema.kind(entity.kind).badges;
        let mut line = Map::new();
        line.insert("id".to_owned(), json!(entity.id));
        line.insert("url".to_owned(), json!(self.permalink(entity)));
        line.insert("language".to_owned(), json!(original.language));
        line.insert("text".to_owned(), json!(original.text(&self.site.schema, Role::Title)));
        line.insert("quote".to_owned(), json!(quote(original.text(&self.site.schema, Role::Title), &words, badges)));
        line.insert("date".to_owned(), date(original, self));
        line.insert("words".to_owned(), Json::Array(words));
        line.insert("sources".to_owned(), Json::Array(self.claim_sources(index, language)));
        let mut translations = Map::new();
        for document in entity.documents.iter().skip(1).filter(|document| self.site.config.languages.contains(&document.language)) {
            let text = document.text(&self.site.schema, Role::Title);
            if !text.is_empty() {
                let words = self.claim_words(index, &document.language);
                translations.insert(document.language.clone(), json!({"text": text, "quote": quote(text, &words, badges), "words": words}));
            }
        }
        if !translations.is_empty() {
            line.insert("translations".to_owned(), Json::Object(translations));
        }
        line.insert("licence".to_owned(), self.licence_json());
        Json::Object(line)
    }

    /// All words of closed lists that are said of a claim, each with its meaning.
    fn claim_words(&self, index: EntityIndex, language: &str) -> Vec<Json> {
        let entity = self.site.graph.entity(index);
        let fields = &self.site.schema.kind(entity.kind).fields;
        let mut words = Vec::new();
        for path in leaves(self, fields) {
            let Some(field) = field_at(fields, &path) else { continue };
            if let FieldType::Term(vocabulary) = field.ty {
                for term in self.site.graph.terms(entity, &path) {
                    words.push(self.claim_word(&path.join("."), field.label.get(language), vocabulary, term, language));
                }
            }
        }
        for (position, derived) in self.site.schema.derived_of(entity.kind) {
            if let Some(state) = entity.derived.get(&position) {
                words.push(self.claim_word(&derived.name, derived.label.get(language), derived.vocabulary, &state.term, language));
            }
        }
        words
    }

    fn claim_word(&self, field: &str, label: &str, vocabulary: VocabularyIndex, name: &Name, language: &str) -> Json {
        let term = self.site.schema.vocabulary(vocabulary).terms.get(name);
        json!({
            "field": field, "label": label, "id": name,
            "word": term.map_or("", |term| term.label.get(language)),
            "definition": term.map_or("", |term| term.definition.get(language)),
        })
    }

    /// What a claim leans on: the ends of its relations that may lead to something citable.
    fn claim_sources(&self, index: EntityIndex, language: &str) -> Vec<Json> {
        let kind = self.site.graph.entity(index).kind;
        let leads_to_source = |relation: &RelationIndex| {
            let found = self.site.schema.relation(*relation);
            !found.private && found.to.iter().any(|kind| self.site.schema.kind(*kind).citable)
        };
        let relations = (0..self.site.schema.relations.len()).map(RelationIndex);
        let relations = relations.filter(|relation| self.site.schema.relation(*relation).from.contains(&kind)).filter(leads_to_source);
        let mut sources = Vec::new();
        for relation in relations {
            for (to, edge) in self.pointers(index, relation) {
                let target = self.site.graph.entity(to);
                let mut source = self.reference_json(index, relation, to, edge.map(|edge| &edge.fields));
                if let Some(map) = source.as_object_mut() {
                    map.insert("relation".to_owned(), json!(self.site.schema.relation(relation).name));
                    map.insert("title".to_owned(), json!(target.text(&self.site.schema, Role::Title, language)));
                    if self.site.schema.kind(target.kind).citable {
                        map.insert(
                            "reference".to_owned(),
                            json!(plain(self.site.reference(to, language).map_or("", |reference| &reference.html))),
                        );
                    }
                }
                sources.push(source);
            }
        }
        sources
    }
}

fn date(document: &Document, export: &Export<'_>) -> Json {
    match document.role(&export.site.schema, Role::Date) {
        Some(Value::Date(date)) => json!(date.to_string()),
        Some(Value::Gap(_, name)) => json!({"gap": name}),
        _ => Json::Null,
    }
}

/// The claim as it can be quoted without losing how sure it is: `Text (Label: word; label: word)`, with the words that its cards
/// show too, or with all where cards show none.
fn quote(text: &str, words: &[Json], badges: &[FieldPath]) -> String {
    let part = |word: &Json, name: &str| word.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let is_shown = |word: &&Json| badges.is_empty() || badges.iter().any(|path| path.join(".") == part(word, "field"));
    let said = words.iter().filter(is_shown).map(|word| format!("{}: {}", part(word, "label"), part(word, "word")));
    let said = said.collect::<Vec<_>>().join("; ");
    if said.is_empty() { text.to_owned() } else { format!("{text} ({said})") }
}

/// The text of our own HTML, which has tags without `>` in their attributes and the five entities of [`super::super::data::escape`].
fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut in_tag = false;
    for letter in html.chars() {
        match letter {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            letter if !in_tag => text.push(letter),
            _ => {}
        }
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(text, |text, (entity, letter)| text.replace(entity, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_without_markup_reads_as_it_is_shown() {
        let html = "Jansen, A. (2021). <cite>Werk &amp; &#39;kansen&#39; &lt; 5</cite>. <a href=\"https://x.nl/?a&amp;b\">https://x.nl</a>";
        assert_eq!(plain(html), "Jansen, A. (2021). Werk & 'kansen' < 5. https://x.nl");
    }

    #[test]
    fn a_quotation_says_how_sure_it_is() {
        let sure = json!({"field": "sure", "label": "Zekerheid", "word": "lage zekerheid"});
        let group = json!({"field": "group", "label": "Doelgroep", "word": "iedereen"});
        let words = [sure, group];
        assert_eq!(quote("Het helpt.", &words, &[vec!["sure".into()]]), "Het helpt. (Zekerheid: lage zekerheid)");
        assert_eq!(quote("Het helpt.", &words, &[]), "Het helpt. (Zekerheid: lage zekerheid; Doelgroep: iedereen)");
        assert_eq!(quote("Het helpt.", &[], &[]), "Het helpt.");
    }
}

//! The preview's own pages: their templates and their words, both inside the program, so that no mistake in a theme takes
//! away the page that tells of it.

use serde::Serialize;
use tera::{Context, Tera};

/// The templates and the words that fill them.
pub struct Views {
    tera: Tera,
    words: Vec<(&'static str, serde_json::Value)>,
}

const TEMPLATES: [(&str, &str); 4] = [
    ("desk.html", include_str!("views/desk.html")),
    ("form.html", include_str!("views/form.html")),
    ("notice.html", include_str!("views/notice.html")),
    ("panel.html", include_str!("views/panel.html")),
];

impl Views {
    /// Reads what the program brings; a test does so too, so that nothing can be missing.
    pub fn new() -> Self {
        let mut tera = Tera::new();
        let _ = tera.add_raw_templates(TEMPLATES);
        let read = |text| serde_yaml::from_str(text).unwrap_or_default();
        let words = vec![("nl", read(include_str!("views/nl.yaml"))), ("en", read(include_str!("views/en.yaml")))];
        Self { tera, words }
    }

    /// Dutch for `nl`, English for every other language.
    pub fn language(language: &str) -> &'static str {
        if language == "nl" || language.starts_with("nl-") { "nl" } else { "en" }
    }

    /// A word by its path, such as `panel.close`; the path itself, where there is none.
    pub fn word(&self, language: &str, path: &str) -> String {
        let language = Self::language(language);
        let words = self.words.iter().find(|(known, _)| *known == language).map(|(_, words)| words);
        let found = words.and_then(|words| words.pointer(&format!("/{}", path.replace('.', "/"))));
        found.and_then(serde_json::Value::as_str).unwrap_or(path).to_owned()
    }

    /// A page or a part of one.
    pub fn render(&self, template: &str, language: &str, data: &impl Serialize) -> String {
        let language = Self::language(language);
        let mut context = Context::from_serialize(data).unwrap_or_default();
        context.insert("lang", language);
        if let Some((_, words)) = self.words.iter().find(|(known, _)| *known == language) {
            context.insert("t", words);
        }
        self.tera.render(template, &context).unwrap_or_else(|error| format!("<pre>{}</pre>", crate::html::escape(&format!("{error:?}"))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(value: &serde_json::Value, path: &str, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(map) => map.iter().for_each(|(key, inner)| paths(inner, &format!("{path}.{key}"), found)),
            _ => found.push(path.to_owned()),
        }
    }

    #[test]
    fn both_languages_have_the_same_words_and_the_templates_use_only_those() {
        let views = Views::new();
        Tera::new().add_raw_templates(TEMPLATES).unwrap_or_else(|error| panic!("{error:?}"));
        let mut all = Vec::new();
        for (_, words) in &views.words {
            let mut found = Vec::new();
            paths(words, "t", &mut found);
            assert!(found.len() > 10, "the words are read");
            all.push(found);
        }
        assert_eq!(all[0], all[1]);
        for (name, text) in TEMPLATES {
            assert!(views.tera.get_template_names().any(|known| known == name), "{name} is read");
            for used in text.split(|letter: char| !(letter.is_ascii_alphanumeric() || "._".contains(letter))) {
                if used.starts_with("t.") && used.split('.').count() > 2 {
                    assert!(all[0].iter().any(|path| path == used), "{name}: {used}");
                }
            }
        }
    }
}

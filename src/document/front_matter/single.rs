//! One value of the front matter and the type that its field has: the value, or what to type instead.

use serde_yaml::Value as Yaml;

use super::Reader;
use crate::date::PartialDate;
use crate::diagnostic::{KeyPath, nearest};
use crate::document::value::{Record, Reference, Value};
use crate::html;
use crate::schema::{Field, FieldType, Name, RelationIndex, VocabularyIndex};

impl Reader<'_> {
    /// A value that is no list.
    pub(super) fn single(&mut self, field: &Field, value: &Yaml, path: &KeyPath) -> Option<Value> {
        match &field.ty {
            FieldType::Text => self.text(value, path).map(Value::Text),
            FieldType::Markdown => {
                let text = self.text(value, path)?;
                let mut body = (self.render)(&text);
                for mut diagnostic in std::mem::take(&mut body.diagnostics) {
                    diagnostic.place = path.clone().value();
                    diagnostic.replacement = None;
                    self.result.diagnostics.push(diagnostic);
                }
                // What is filled in when a page is made, and what is found by an id, belongs to the page's own text.
                if !body.holes.is_empty() || !body.headings.is_empty() {
                    self.error("field-markup", path);
                    return None;
                }
                Some(Value::Markdown(Box::new(body)))
            }
            FieldType::Number { minimum, maximum } => self.number(value, *minimum, *maximum, path),
            FieldType::Date => self.date(value, path),
            FieldType::Boolean => match value {
                Yaml::Bool(yes) => Some(Value::Boolean(*yes)),
                other => {
                    let guess = match shown(other).to_lowercase().as_str() {
                        "ja" | "yes" | "waar" | "j" | "y" | "1" => Some("true"),
                        "nee" | "no" | "onwaar" | "n" | "0" => Some("false"),
                        _ => None,
                    };
                    self.wrong_but(other, "must-be-boolean", path, guess.map(str::to_owned))
                }
            },
            FieldType::Url => match value {
                Yaml::String(address) if is_web_address(address) => Some(Value::Url(address.trim().to_owned())),
                other => {
                    let guess = format!("https://{}", shown(other));
                    let guess = guess.strip_prefix("https://www.").is_some_and(|rest| rest.contains('.')) && is_web_address(&guess);
                    let guess = guess.then(|| format!("https://{}", shown(other)));
                    self.wrong_but(other, "bad-url", path, guess)
                }
            },
            FieldType::Doi => match value {
                Yaml::String(doi) if doi.starts_with("10.") && doi.contains('/') && !doi.contains(char::is_whitespace) => {
                    Some(Value::Doi(doi.clone()))
                }
                other => {
                    let typed = shown(other);
                    let guess = typed.find("10.").map(|at| typed[at..].trim().to_owned());
                    self.wrong_but(other, "bad-doi", path, guess.filter(|doi| doi.contains('/') && !doi.contains(' ')))
                }
            },
            FieldType::Term(vocabulary) => self.term(*vocabulary, value, path),
            FieldType::Record(fields) => match value {
                Yaml::Mapping(mapping) => Some(Value::Record(self.record(fields, mapping, path))),
                other => {
                    let example = self.example(&Field { list: false, ..field.clone() });
                    self.wrong(other, "must-be-record", path);
                    if let Some(last) = self.result.diagnostics.last_mut() {
                        last.words.push(("example", example));
                    }
                    None
                }
            },
            FieldType::Reference(relation) => self.reference(*relation, value, path),
        }
    }

    fn wrong(&mut self, value: &Yaml, code: &'static str, path: &KeyPath) -> Option<Value> {
        let shown = shown(value);
        self.error(code, path).words.push(("value", shown));
        None
    }

    /// The same, where what was meant can be told.
    fn wrong_but(&mut self, value: &Yaml, code: &'static str, path: &KeyPath, meant: Option<String>) -> Option<Value> {
        self.wrong(value, code, path);
        if let Some(last) = self.result.diagnostics.last_mut() {
            last.replacement = meant;
        }
        None
    }

    fn text(&mut self, value: &Yaml, path: &KeyPath) -> Option<String> {
        match value {
            Yaml::String(text) if !text.trim().is_empty() => Some(html::valid(text)),
            Yaml::String(_) => {
                self.error("empty-text", path);
                None
            }
            Yaml::Number(_) | Yaml::Bool(_) => {
                let typed = shown(value);
                let quoted = format!("\"{typed}\"");
                let error = self.error("needs-quotes", path);
                error.words.push(("value", typed));
                error.replacement = Some(quoted);
                None
            }
            other => {
                self.wrong(other, "must-be-text", path);
                None
            }
        }
    }

    fn number(&mut self, value: &Yaml, minimum: Option<f64>, maximum: Option<f64>, path: &KeyPath) -> Option<Value> {
        let Some(number) = value.as_f64().filter(|number| number.is_finite()) else {
            let guess = shown(value).replace(',', ".");
            let guess = guess.parse::<f64>().is_ok_and(f64::is_finite).then_some(guess);
            return self.wrong_but(value, "must-be-number", path, guess);
        };
        if minimum.is_some_and(|least| number < least) || maximum.is_some_and(|most| number > most) {
            let bounds = match (minimum, maximum) {
                (Some(least), Some(most)) => format!("{least} – {most}"),
                (Some(least), None) => format!("≥ {least}"),
                (None, most) => format!("≤ {}", most.unwrap_or_default()),
            };
            self.error("number-out-of-bounds", path).words.extend([("value", shown(value)), ("bounds", bounds)]);
            return None;
        }
        Some(Value::Number(number))
    }

    fn date(&mut self, value: &Yaml, path: &KeyPath) -> Option<Value> {
        let typed = shown(value);
        if let Some(date) = PartialDate::parse(&typed) {
            return Some(Value::Date(date));
        }
        let guess = other_date_order(&typed);
        let error = self.error(if guess.is_some() { "bad-date-order" } else { "bad-date" }, path);
        error.words.push(("value", typed));
        error.words.push(("guess", guess.clone().unwrap_or_default()));
        error.replacement = guess;
        None
    }

    fn term(&mut self, vocabulary: VocabularyIndex, value: &Yaml, path: &KeyPath) -> Option<Value> {
        let typed = shown(value);
        let terms = &self.schema.vocabulary(vocabulary).terms;
        match terms.get_key_value(typed.as_str()) {
            Some((_, term)) if term.computed => self.wrong(value, "computed-term", path),
            Some((name, _)) => Some(Value::Term(vocabulary, name.clone())),
            None => {
                let known = self.terms(vocabulary);
                let by_label = terms.iter().find(|(_, term)| {
                    let label = typed.to_lowercase();
                    term.label.get("nl").to_lowercase() == label || term.label.get("en").to_lowercase() == label
                });
                let near: Option<Name> = match by_label {
                    Some((name, _)) => Some(name.clone()),
                    None => nearest(&typed, known.iter().map(String::as_str)).map(Name::from),
                };
                let error = self.error(if near.is_some() { "unknown-term" } else { "unknown-term-list" }, path);
                error.words.push(("value", typed));
                error.words.push(("nearest", near.as_ref().map_or_else(|| known.join(", "), ToString::to_string)));
                error.words.push(("known", known.join(", ")));
                error.replacement = near.map(|name| name.to_string());
                None
            }
        }
    }

    fn reference(&mut self, relation: RelationIndex, value: &Yaml, path: &KeyPath) -> Option<Value> {
        let (target, fields) = match value {
            Yaml::String(target) => (target.clone(), Record::new()),
            Yaml::Mapping(mapping) => {
                let mut rest = mapping.clone();
                let Some(Yaml::String(target)) = rest.shift_remove("ref") else {
                    return self.wrong_reference(value, "reference-without-ref", relation, path);
                };
                let carried = self.schema.relation(relation).fields.clone();
                let before = self.translation;
                self.translation = false;
                let record = self.record(&carried, &rest, path);
                self.translation = before;
                (target, record)
            }
            other => return self.wrong_reference(other, "bad-reference", relation, path),
        };
        self.result.references.push(Reference { relation, target: target.trim().to_owned(), fields, path: path.clone() });
        Some(Value::Reference(self.result.references.len() - 1))
    }

    fn wrong_reference(&mut self, value: &Yaml, code: &'static str, relation: RelationIndex, path: &KeyPath) -> Option<Value> {
        let example = self.example_id(relation);
        self.wrong(value, code, path);
        if let Some(last) = self.result.diagnostics.last_mut() {
            last.words.push(("example", example));
        }
        None
    }
}

fn is_web_address(text: &str) -> bool {
    let text = text.trim();
    (text.starts_with("https://") || text.starts_with("http://"))
        && text.len() > 10
        && !text.contains(|letter: char| letter.is_whitespace() || letter.is_control() || matches!(letter, '"' | '<' | '>'))
}

fn shown(value: &Yaml) -> String {
    match value {
        Yaml::String(text) => text.clone(),
        other => serde_yaml::to_string(other).unwrap_or_default().trim().replace('\n', ", "),
    }
}

/// The first letters of the months in Dutch and English, where they tell them apart.
const MONTHS: [&[&str]; 12] = [
    &["jan"],
    &["feb"],
    &["mrt", "maa", "mar"],
    &["apr"],
    &["mei", "may"],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep"],
    &["okt", "oct"],
    &["nov"],
    &["dec"],
];

/// `13-12-2021`, `13/12/2021` and `13 december 2021` as `2021-12-13`, the way a Dutch editor writes a date.
fn other_date_order(typed: &str) -> Option<String> {
    let parts: Vec<&str> = typed.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    let lower = month.to_lowercase();
    let named = MONTHS.iter().position(|starts| starts.iter().any(|start| lower.starts_with(start)));
    let month = named.map_or_else(|| (*month).to_owned(), |position| (position + 1).to_string());
    let guess = format!("{year:0>4}-{month:0>2}-{day:0>2}");
    PartialDate::parse(&guess).map(|date| date.to_string())
}

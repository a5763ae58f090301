//! References in the style of the American Psychological Association (7th edition), in the words of the reader's language.

use super::data::escape;
use crate::catalogue::Catalogue;
use crate::document::value::{Record, Value};
use crate::document::{Document, by_role, record_fields};
use crate::graph::Entity;
use crate::schema::{FieldType, Role, Schema};

/// What a reference list and an in-text citation say about a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The entry of the reference list, as HTML.
    pub html: String,
    /// The names of an in-text citation: `Walz et al.`
    pub names: String,
    /// The year of an in-text citation, or the words for none.
    pub year: String,
    /// By what the list is sorted: names, year, title; lower case, without particles.
    pub sort_key: String,
}

struct Name<'a> {
    family: &'a str,
    given: &'a str,
    particle: &'a str,
    literal: &'a str,
}

/// The reference of a citable entity.
pub fn reference(schema: &Schema, entity: &Entity, words: &Catalogue) -> Reference {
    let document = entity.original();
    let text = |role: Role| document.text(schema, role);
    let title = text(Role::Title);
    let names = names(schema, document);
    let publisher = text(Role::SourcePublisher);
    let date = document.role(schema, Role::Date).and_then(Value::as_date);
    let form = form(schema, document);
    let year = date.map_or_else(|| words.text("reference.no_date").to_owned(), |date| date.year().to_string());
    let full_date = match date {
        Some(date) if date.month().is_some() && matches!(form, "article-newspaper" | "post-weblog" | "webpage") => {
            match super::summary::date_words(date, words).rsplit_once(' ') {
                Some((day_and_month, year)) => format!("{year}, {day_and_month}"),
                None => year.clone(),
            }
        }
        _ => year.clone(),
    };
    let mut list: String = match names.as_slice() {
        [] if publisher.is_empty() => String::new(),
        [] => format!("{}. ", escape(publisher.trim_end_matches('.'))),
        names => format!("{} ", escape(&with_stop(&author_list(names)))),
    };
    let in_container = matches!(form, "article-journal" | "article-newspaper" | "chapter");
    let titled = if in_container { escape(title) } else { format!("<cite>{}</cite>", escape(title)) };
    let number = text(Role::SourceNumber);
    let number = if number.is_empty() || in_container { String::new() } else { format!(" ({})", escape(number)) };
    if list.is_empty() {
        list = format!("{} ({}). ", with_stop(&format!("{titled}{number}")), escape(&full_date));
    } else {
        list.push_str(&format!("({}). {} ", escape(&full_date), with_stop(&format!("{titled}{number}"))));
    }
    list.push_str(&container(schema, document, form, words));
    let is_author = names.is_empty() || names.iter().any(|name| name.literal == publisher);
    if !publisher.is_empty() && !is_author && form != "article-journal" {
        list.push_str(&format!("{} ", escape(&with_stop(publisher))));
    }
    let doi = text(Role::SourceDoi);
    let url = text(Role::SourceUrl);
    let address = if doi.is_empty() { url.to_owned() } else { format!("https://doi.org/{doi}") };
    if !address.is_empty() {
        let address = escape(&address);
        list.push_str(&format!("<a class=\"external\" href=\"{address}\">{address}</a>"));
    }
    let short = match names.as_slice() {
        [] if publisher.is_empty() => shortened(title),
        [] => publisher.to_owned(),
        [one] => surname(one),
        [one, two] => format!("{} & {}", surname(one), surname(two)),
        [first, ..] => format!("{} et al.", surname(first)),
    };
    let sort_key = match names.first() {
        Some(first) if first.literal.is_empty() => first.family.to_lowercase(),
        Some(first) => first.literal.to_lowercase(),
        None => short.to_lowercase(),
    };
    Reference {
        html: list.trim_end().to_owned(),
        names: short,
        year: year.clone(),
        sort_key: format!("{sort_key} {year} {}", title.to_lowercase()),
    }
}

/// The type of the source in the Citation Style Language; a report where the schema says nothing.
fn form<'a>(schema: &'a Schema, document: &Document) -> &'a str {
    let Some(field) = schema.kind(document.kind).role(Role::SourceType) else { return "report" };
    match (&field.ty, document.fields.get(&field.name)) {
        (FieldType::Term(vocabulary), Some(Value::Term(_, term))) => {
            schema.vocabulary(*vocabulary).terms.get(term).and_then(|term| term.csl.as_deref()).unwrap_or("report")
        }
        _ => "report",
    }
}

fn names<'a>(schema: &Schema, document: &'a Document) -> Vec<Name<'a>> {
    let Some(field) = schema.kind(document.kind).role(Role::SourceAuthors) else { return Vec::new() };
    let fields = record_fields(field);
    let Some(value) = document.fields.get(&field.name) else { return Vec::new() };
    let part = |record: &'a Record, role| by_role(fields, record, role).and_then(Value::as_text).unwrap_or_default();
    let records = value.items().iter().filter_map(|item| match item {
        Value::Record(record) => Some(record),
        _ => None,
    });
    records
        .map(|record| Name {
            family: part(record, Role::Family),
            given: part(record, Role::Given),
            particle: part(record, Role::Particle),
            literal: part(record, Role::Literal),
        })
        .filter(|name| !name.family.is_empty() || !name.literal.is_empty())
        .collect()
}

fn surname(name: &Name<'_>) -> String {
    if !name.literal.is_empty() {
        return name.literal.to_owned();
    }
    if name.particle.is_empty() { name.family.to_owned() } else { format!("{} {}", capitalised(name.particle), name.family) }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `Sanne Maria` and `S.M.` both become `S. M.`; a hyphen stays: `J.-P.`
fn initials(given: &str) -> String {
    let parts = given.split([' ', '.']).filter(|part| !part.is_empty());
    let initials = parts.map(|part| {
        let pieces = part.split('-').filter_map(|piece| piece.chars().next()).map(|letter| format!("{}.", letter.to_uppercase()));
        pieces.collect::<Vec<_>>().join("-")
    });
    initials.collect::<Vec<_>>().join(" ")
}

fn author_list(names: &[Name<'_>]) -> String {
    let formatted: Vec<String> = names
        .iter()
        .map(|name| {
            let surname = surname(name);
            let initials = initials(name.given);
            if name.literal.is_empty() && !initials.is_empty() { format!("{surname}, {initials}") } else { surname }
        })
        .collect();
    match formatted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        // APA names up to twenty authors; of more, the first nineteen and the last.
        many if many.len() > 20 => format!("{}, . . . {}", many[..19].join(", "), many[many.len() - 1]),
        [rest @ .., last] => format!("{}, & {last}", rest.join(", ")),
    }
}

fn container(schema: &Schema, document: &Document, form: &str, words: &Catalogue) -> String {
    let text = |role: Role| document.text(schema, role);
    let name = text(Role::SourceContainer);
    if name.is_empty() {
        return String::new();
    }
    let mut container = if form == "chapter" { format!("{} ", escape(words.text("reference.in"))) } else { String::new() };
    container.push_str(&format!("<cite>{}</cite>", escape(name)));
    if !text(Role::SourceVolume).is_empty() {
        container.push_str(&format!(", <cite>{}</cite>", escape(text(Role::SourceVolume))));
    }
    if !text(Role::SourceIssue).is_empty() {
        container.push_str(&format!("({})", escape(text(Role::SourceIssue))));
    }
    if !text(Role::SourcePages).is_empty() {
        container.push_str(&format!(", {}", escape(text(Role::SourcePages))));
    }
    format!("{container}. ")
}

pub(super) fn with_stop(text: &str) -> String {
    let plain_end = text.trim_end_matches("</cite>").chars().next_back();
    if plain_end.is_some_and(|last| matches!(last, '.' | '?' | '!' | '…')) { text.to_owned() } else { format!("{text}.") }
}

fn shortened(title: &str) -> String {
    let words: Vec<&str> = title.split_whitespace().collect();
    if words.len() <= 5 { format!("‘{title}’") } else { format!("‘{}…’", words[..5].join(" ").trim_end_matches([',', ':', ';'])) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_names_become_initials() {
        assert_eq!(initials("Jan-Pieter Karel"), "J.-P. K.");
        assert_eq!(initials("A.D."), "A. D.");
        assert_eq!(initials("Østen"), "Ø.");
    }

    #[test]
    fn many_authors_are_named_as_the_style_asks() {
        let name = |family| Name { family, given: "A", particle: "", literal: "" };
        assert_eq!(author_list(&[name("Jansen")]), "Jansen, A.");
        assert_eq!(author_list(&[name("Jansen"), Name { particle: "van der", ..name("Berg") }]), "Jansen, A., & Van der Berg, A.");
    }
}

//! What is said of a source in the vocabulary of schema.org.

use serde_json::{Map, Value as Json, json};

use crate::plan::cite::{Author, Item};
use crate::plan::json::put;

/// The type of a source in schema.org, by its type in CSL; a plain work where no type says neither more nor less.
pub(super) fn source_type(form: &str) -> &'static str {
    match form {
        "article" | "article-magazine" => "Article",
        "article-journal" | "manuscript" | "paper-conference" => "ScholarlyArticle",
        "article-newspaper" => "NewsArticle",
        "book" | "classic" => "Book",
        "chapter" => "Chapter",
        "dataset" => "Dataset",
        "legislation" | "regulation" | "treaty" => "Legislation",
        "map" => "Map",
        "post-weblog" => "BlogPosting",
        "report" => "Report",
        "software" => "SoftwareApplication",
        "thesis" => "Thesis",
        "webpage" => "WebPage",
        _ => "CreativeWork",
    }
}

/// What is said of a source: the facts of the source, not of the page about it.
pub(super) fn put_source(work: &mut Map<String, Json>, item: &Item) {
    put(work, "author", item.authors.iter().map(author).collect::<Vec<_>>());
    put(work, "datePublished", item.issued.map(|date| date.to_string()));
    put(work, "inLanguage", item.language.as_str());
    if !item.publisher.is_empty() {
        put(work, "publisher", json!({ "@type": "Organization", "name": item.publisher }));
    }
    let own_type = source_type(item.form);
    if !item.doi.is_empty() {
        put(work, "identifier", json!({ "@type": "PropertyValue", "propertyID": "DOI", "value": item.doi }));
    }
    if own_type == "Report" {
        put(work, "reportNumber", item.number.as_str());
    }
    if own_type.ends_with("Article") || own_type == "Chapter" {
        put(work, "pagination", item.pages.as_str());
    }
    put(work, "isPartOf", container(item));
}

/// An issue of a volume of a journal; each only where it is known.
fn container(item: &Item) -> Json {
    let own_type = match item.form {
        "article-journal" | "article-magazine" => "Periodical",
        "article-newspaper" => "Newspaper",
        "chapter" => "Book",
        "webpage" => "WebSite",
        "post-weblog" => "Blog",
        _ => "CreativeWork",
    };
    let mut whole = Map::new();
    put(&mut whole, "name", item.container.as_str());
    if whole.is_empty() {
        return Json::Null;
    }
    put(&mut whole, "@type", own_type);
    for (inner, name, value) in [("PublicationVolume", "volumeNumber", &item.volume), ("PublicationIssue", "issueNumber", &item.issue)] {
        if own_type == "Periodical" && !value.is_empty() {
            let outer = Json::Object(std::mem::take(&mut whole));
            put(&mut whole, "@type", inner);
            put(&mut whole, name, value.as_str());
            put(&mut whole, "isPartOf", outer);
        }
    }
    Json::Object(whole)
}

fn author(author: &Author) -> Json {
    match author {
        Author::Organisation(name) => json!({ "@type": "Organization", "name": name }),
        Author::Person { family, given, particle } => {
            let parts = [given.as_str(), particle, family];
            let name = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
            let mut person = Map::new();
            put(&mut person, "@type", "Person");
            put(&mut person, "name", name);
            put(&mut person, "givenName", given.as_str());
            put(&mut person, "familyName", if particle.is_empty() { family.clone() } else { format!("{particle} {family}") });
            Json::Object(person)
        }
    }
}

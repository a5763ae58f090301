//! A feed as an Atom document (RFC 4287).

use super::super::data::escape;
use super::Feed;
use super::entry::Item;

/// The document; `own` is its address in full, which is also its id.
pub(super) fn write(feed: &Feed<'_>, own: &str) -> String {
    let present = |text: &str, element: String| if text.is_empty() { String::new() } else { element };
    let head = [
        element("title", None, &feed.title),
        element("subtitle", None, feed.subtitle),
        element("id", None, own),
        element("updated", None, &feed.updated),
        link("self", "application/atom+xml", own),
        link("alternate", "text/html", &feed.page),
        present(feed.licence_url, link("license", "text/html", feed.licence_url)),
        "<author>\n".to_owned(),
        element("name", None, feed.author),
        present(feed.author_url, element("uri", None, feed.author_url)),
        "</author>\n".to_owned(),
        present(feed.licence, element("rights", None, feed.licence)),
        element("generator", None, crate::GENERATOR),
    ];
    let language = xml_text(feed.language);
    let start =
        format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{language}\">\n");
    let entries: String = feed.items.iter().map(|item| entry(item)).collect();
    [start, head.concat(), entries, "</feed>\n".to_owned()].concat()
}

fn entry(item: &Item) -> String {
    let content = if let Some(html) = item.html() {
        format!("<content type=\"html\">{}</content>\n", xml_text(&html))
    } else {
        element("content", item.lines.first().and_then(|line| line.language.as_deref()), &item.plain())
    };
    let parts = [
        "<entry>\n".to_owned(),
        element("title", item.language.as_deref(), &item.title),
        element("id", None, &item.id),
        element("published", None, &item.date),
        element("updated", None, &item.date),
        link("alternate", "text/html", &item.url),
        format!("<category term=\"{}\" label=\"{}\"/>\n", xml_text(&item.kind.0), xml_text(&item.kind.1)),
        content,
        "</entry>\n".to_owned(),
    ];
    parts.concat()
}

fn element(name: &str, language: Option<&str>, text: &str) -> String {
    let language = language.map_or_else(String::new, |language| format!(" xml:lang=\"{}\"", xml_text(language)));
    format!("<{name}{language}>{}</{name}>\n", xml_text(text))
}

fn link(relation: &str, kind: &str, address: &str) -> String {
    format!("<link rel=\"{relation}\" type=\"{kind}\" href=\"{}\"/>\n", xml_text(address))
}

/// Text as it may stand in XML, also inside a quoted attribute; characters that XML 1.0 cannot hold are left out.
pub fn xml_text(text: &str) -> String {
    let allowed = |letter: &char| match *letter {
        '\t' | '\n' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        letter => letter >= ' ',
    };
    escape(&text.chars().filter(allowed).collect::<String>())
}

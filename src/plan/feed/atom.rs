//! A feed as an Atom document (RFC 4287).

use super::super::data::escape;
use super::Feed;
use super::entry::Item;

/// The document; `own` is its address in full, which is also its id.
pub(super) fn write(feed: &Feed<'_>, own: &str) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n",
        xml_text(feed.language)
    );
    element(&mut xml, "  ", "title", None, &feed.title);
    element(&mut xml, "  ", "subtitle", None, feed.subtitle);
    element(&mut xml, "  ", "id", None, own);
    element(&mut xml, "  ", "updated", None, &feed.updated);
    link(&mut xml, "  ", "self", "application/atom+xml", own);
    link(&mut xml, "  ", "alternate", "text/html", &feed.page);
    if !feed.licence_url.is_empty() {
        link(&mut xml, "  ", "license", "text/html", feed.licence_url);
    }
    xml.push_str("  <author>\n");
    element(&mut xml, "    ", "name", None, feed.author);
    if !feed.author_url.is_empty() {
        element(&mut xml, "    ", "uri", None, feed.author_url);
    }
    xml.push_str("  </author>\n");
    if !feed.licence.is_empty() {
        element(&mut xml, "  ", "rights", None, feed.licence);
    }
    element(&mut xml, "  ", "generator", None, crate::GENERATOR);
    for item in &feed.items {
        entry(&mut xml, item);
    }
    xml.push_str("</feed>\n");
    xml
}

fn entry(xml: &mut String, item: &Item) {
    xml.push_str("  <entry>\n");
    element(xml, "    ", "title", item.language.as_deref(), &item.title);
    element(xml, "    ", "id", None, &item.id);
    element(xml, "    ", "published", None, &item.date);
    element(xml, "    ", "updated", None, &item.date);
    link(xml, "    ", "alternate", "text/html", &item.url);
    xml.push_str(&format!("    <category term=\"{}\" label=\"{}\"/>\n", xml_text(&item.kind.0), xml_text(&item.kind.1)));
    match item.html() {
        Some(html) => xml.push_str(&format!("    <content type=\"html\">{}</content>\n", xml_text(&html))),
        None => {
            let language = item.lines.first().and_then(|line| line.language.as_deref());
            element(xml, "    ", "content", language, &item.plain());
        }
    }
    xml.push_str("  </entry>\n");
}

fn element(xml: &mut String, indent: &str, name: &str, language: Option<&str>, text: &str) {
    let language = language.map_or_else(String::new, |language| format!(" xml:lang=\"{}\"", xml_text(language)));
    xml.push_str(&format!("{indent}<{name}{language}>{}</{name}>\n", xml_text(text)));
}

fn link(xml: &mut String, indent: &str, relation: &str, kind: &str, address: &str) {
    xml.push_str(&format!("{indent}<link rel=\"{relation}\" type=\"{kind}\" href=\"{}\"/>\n", xml_text(address)));
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

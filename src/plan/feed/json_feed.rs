//! A feed as a JSON Feed 1.1 (jsonfeed.org/version/1.1).

use serde_json::{Map, Value, json};

use super::Feed;
use super::entry::Item;

/// The document; `own` is its address in full.
pub(super) fn write(feed: &Feed<'_>, own: &str) -> Vec<u8> {
    let mut author = Map::from_iter([("name".to_owned(), json!(feed.author))]);
    if !feed.author_url.is_empty() {
        author.insert("url".to_owned(), json!(feed.author_url));
    }
    let document = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": own,
        "description": feed.subtitle,
        "language": feed.language,
        "authors": [author],
        "_licence": { "name": feed.licence, "url": feed.licence_url },
        "items": feed.items.iter().map(|item| entry(item)).collect::<Vec<_>>(),
    });
    let mut bytes = serde_json::to_vec_pretty(&document).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn entry(item: &Item) -> Value {
    let mut entry = Map::new();
    let mut set = |name: &str, value: Value| entry.insert(name.to_owned(), value);
    set("id", json!(item.id));
    set("url", json!(item.url));
    set("title", json!(item.title));
    set("content_text", json!(item.plain()));
    if let Some(html) = item.html() {
        set("content_html", json!(html));
    }
    set("date_published", json!(item.date));
    set("date_modified", json!(item.date));
    set("tags", json!([item.kind.1]));
    if let Some(language) = item.lines.first().and_then(|line| line.language.as_ref()) {
        set("language", json!(language));
    }
    Value::Object(entry)
}

//! What a published page says of others: its links, the anchors that others may link to, and where it leads on.

use std::collections::BTreeSet;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

/// What one page or feed says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Names of places in it.
    pub anchors: BTreeSet<String>,
    /// All that it names as it stands there: what it loads, shows, sends to and links to.
    pub links: BTreeSet<String>,
    /// The address at which it says that it stands.
    pub canonical: Option<String>,
    /// The page that it leads on to by itself.
    pub leads_on: Option<String>,
}

/// Attributes that hold one address.
const ADDRESSES: [&str; 8] = ["href", "src", "action", "formaction", "poster", "data", "cite", "xlink:href"];

impl Page {
    /// Reads a page or a feed; nothing if it is neither, by its address.
    pub fn read(address: &str, bytes: &[u8]) -> Option<Self> {
        let is_page = address.ends_with(".html");
        if !is_page && !address.ends_with(".xml") {
            return None;
        }
        let mut emitter = DefaultEmitter::default();
        // Scripts and styles hold no tags.
        emitter.naively_switch_states(is_page);
        let mut page = Self::default();
        // In a sitemap, addresses are text.
        let mut location: Option<String> = None;
        for Ok(token) in Tokenizer::new_with_emitter(bytes, emitter) {
            match token {
                Token::StartTag(tag) => {
                    location = (!is_page && &**tag.name == b"loc").then(String::new);
                    page.take(&tag);
                }
                Token::String(text) => {
                    if let Some(location) = &mut location {
                        location.push_str(&String::from_utf8_lossy(&text));
                    }
                }
                Token::EndTag(_) => page.links.extend(location.take()),
                _ => {}
            }
        }
        Some(page)
    }

    fn take(&mut self, tag: &StartTag<()>) {
        let value = |name: &str| tag.attributes.get(name.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned());
        let is = |name: &str| &**tag.name == name.as_bytes();
        self.anchors.extend(value("id"));
        if is("a") {
            self.anchors.extend(value("name"));
        }
        if is("meta") {
            if value("http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("refresh")) {
                self.leads_on = value("content").as_deref().and_then(refreshed).map(str::to_owned);
                self.links.extend(self.leads_on.clone());
            }
            return;
        }
        if is("link") && value("rel").as_deref() == Some("canonical") {
            self.canonical = value("href");
        }
        self.links.extend(ADDRESSES.iter().filter_map(|name| value(name)));
        self.links.extend(
            value("srcset").iter().flat_map(|set| set.split(',')).filter_map(|one| one.split_whitespace().next()).map(str::to_owned),
        );
    }
}

/// The address in `0; url=page.html`.
fn refreshed(content: &str) -> Option<&str> {
    let (_, rest) = content.split_once([';', ','])?;
    let (name, address) = rest.split_once('=')?;
    name.trim().eq_ignore_ascii_case("url").then(|| address.trim().trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(items: &[&str]) -> BTreeSet<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn all_that_a_page_names_is_found_and_nothing_that_is_only_text() {
        let html = r##"<!doctype html><title>a href="no"</title><link rel=canonical href="https://a.example/b.html"><link rel=stylesheet href=s.css>
            <style>a[href="no"]{}</style><script>'<a href="no">'</script><a href="c.html?x=1&amp;y=2#d" id=top>x</a><a name=old>y</a>
            <img src=i.png srcset="i2.png 2x, i3.png 3x"><form action=zoek.html><textarea><a href=no></textarea><svg><use href="#icon"/></svg>"##;
        let page = Page::read("b.html", html.as_bytes()).unwrap();
        let links = ["https://a.example/b.html", "s.css", "c.html?x=1&y=2#d", "i.png", "i2.png", "i3.png", "zoek.html", "#icon"];
        assert_eq!(page.links, set(&links));
        assert_eq!(page.anchors, set(&["top", "old"]));
        assert_eq!(page.canonical.as_deref(), Some("https://a.example/b.html"));
    }

    #[test]
    fn a_page_that_leads_on_says_where_to() {
        let page = Page::read("old.html", br#"<meta http-equiv="Refresh" content="0; URL='new.html'">"#).unwrap();
        assert_eq!(page.leads_on.as_deref(), Some("new.html"));
        assert_eq!(page.links, set(&["new.html"]));
    }

    #[test]
    fn a_sitemap_names_pages_and_a_feed_links_to_them() {
        let sitemap = br#"<urlset><url><loc>https://a.example/a.html</loc><xhtml:link rel="alternate" href="https://a.example/en/a.html"/></url></urlset>"#;
        let page = Page::read("sitemap.xml", sitemap).unwrap();
        assert_eq!(page.links, set(&["https://a.example/a.html", "https://a.example/en/a.html"]));
        assert_eq!(Page::read("assets/x.css", b"<a href=x>"), None);
    }
}

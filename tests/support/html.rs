//! A page as its tags, read by the rules of the HTML standard.

#![allow(dead_code, reason = "each test file takes what it needs")]

use std::collections::BTreeMap;

use html5gum::{Token, Tokenizer};

/// A start tag with its attributes, and the text up to its end tag.
#[derive(Debug, Clone)]
pub struct Tag {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub text: String,
    depth: usize,
    closed: bool,
}

impl Tag {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// Whether an attribute has this value.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == Some(value)
    }
}

/// Elements that have no end.
const VOID: [&str; 14] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "param"];

/// All tags of a page in order, and the problems that a strict reader sees.
pub fn read(bytes: &[u8]) -> (Vec<Tag>, Vec<String>) {
    let mut tags: Vec<Tag> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut problems = Vec::new();
    for token in Tokenizer::new(bytes) {
        match token.unwrap_or_else(|error| match error {}) {
            Token::StartTag(tag) => {
                let name = text(&tag.name);
                let attributes = tag.attributes.iter().map(|(name, value)| (text(name), text(&value.value))).collect();
                let is_void = VOID.contains(&name.as_str()) || tag.self_closing;
                tags.push(Tag { name, attributes, text: String::new(), depth: open.len(), closed: is_void });
                if !is_void {
                    open.push(tags.len() - 1);
                }
            }
            Token::EndTag(tag) => match open.pop() {
                Some(index) if tags[index].name == text(&tag.name) => tags[index].closed = true,
                Some(index) => problems.push(format!("<{}> is closed by </{}>", tags[index].name, text(&tag.name))),
                None => problems.push(format!("</{}> closes nothing", text(&tag.name))),
            },
            Token::String(content) => {
                for index in &open {
                    tags[*index].text.push_str(&text(&content.value));
                }
            }
            Token::Error(error) => problems.push(format!("{:?}", error.value)),
            Token::Comment(_) | Token::Doctype(_) => {}
        }
    }
    problems.extend(tags.iter().filter(|tag| !tag.closed).map(|tag| format!("<{}> is never closed", tag.name)));
    (tags, problems)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The address that a link on a page leads to, and the place on that page; none where it leads out of the site.
pub fn resolve(page: &str, link: &str) -> Option<(String, String)> {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let anchor = decoded(anchor);
    if path.is_empty() {
        return Some((page.to_owned(), anchor));
    }
    let path = path.split('?').next().unwrap_or_default();
    if path.contains(':') && path.find(':') < path.find('/').or(Some(usize::MAX)) {
        return None;
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop().unwrap_or_else(|| panic!("{page}: {link} leaves the site"));
            }
            part => parts.push(part),
        }
    }
    Some((decoded(&parts.join("/")), anchor))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        match (first, others) {
            (b'%', [high, low, behind @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or(0);
                bytes.push(u8::try_from(digit(*high) * 16 + digit(*low)).unwrap_or(b'?'));
                rest = behind;
            }
            _ => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

//! A page as we wrote it beside the page as a browser builds it, and what of it the policy allows.
//!
//! We write every tag, and close each one. So a reader that knows nothing but tags must see the same tree as a parser by the
//! HTML standard, which mends what is not nested as it should be; where the two differ, a browser shows something that we
//! did not mean.

use std::collections::BTreeMap;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};
use scraper::{Html, Node};

/// One step through a page, in the order of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Open(String, BTreeMap<String, String>),
    Text(String),
    Close(String),
}

/// Elements that have no end.
const VOID: [&str; 14] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// The page as a reader of tags sees it.
pub fn written(page: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(page, emitter) {
        match token.unwrap_or_else(|never| match never {}) {
            Token::StartTag(tag) => {
                let name = text(&tag.name);
                let attributes = tag.attributes.iter().map(|(name, value)| (text(name), text(&value.value))).collect();
                steps.push(Step::Open(name.clone(), attributes));
                if VOID.contains(&name.as_str()) || tag.self_closing {
                    steps.push(Step::Close(name));
                } else {
                    open.push(name);
                }
            }
            Token::EndTag(tag) => {
                let name = text(&tag.name);
                if open.pop().as_ref() != Some(&name) {
                    return Err(format!("</{name}> closes what is not open"));
                }
                steps.push(Step::Close(name));
            }
            Token::String(content) => add_text(&mut steps, &text(&content.value)),
            Token::Error(error) if error.value.to_string() == "duplicate-attribute" => return Err("an attribute stands twice".to_owned()),
            Token::Comment(_) => return Err("a comment".to_owned()),
            Token::Error(_) | Token::Doctype(_) => {}
        }
    }
    if open.is_empty() { Ok(steps) } else { Err(format!("never closed: {open:?}")) }
}

/// The page as a browser builds it.
pub fn built(page: &str) -> Vec<Step> {
    let html = Html::parse_document(page);
    let mut steps = Vec::new();
    for edge in html.tree.root().traverse() {
        match edge {
            ego_tree::iter::Edge::Open(node) => match node.value() {
                Node::Element(element) => {
                    let attributes = element.attrs().map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
                    steps.push(Step::Open(element.name().to_ascii_lowercase(), attributes));
                }
                Node::Text(content) => add_text(&mut steps, content),
                Node::Comment(_) => steps.push(Step::Open("!--".to_owned(), BTreeMap::new())),
                _ => {}
            },
            ego_tree::iter::Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    steps.push(Step::Close(element.name().to_ascii_lowercase()));
                }
            }
        }
    }
    steps
}

fn add_text(steps: &mut Vec<Step>, text: &str) {
    // The first line break in these is no text, says the standard.
    let text = match steps.last() {
        Some(Step::Open(name, _)) if matches!(name.as_str(), "pre" | "textarea" | "listing") => text.strip_prefix('\n').unwrap_or(text),
        _ => text,
    };
    match steps.last_mut() {
        _ if text.is_empty() => {}
        Some(Step::Text(before)) => before.push_str(text),
        _ => steps.push(Step::Text(text.to_owned())),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Panics unless a browser builds the very page that was written, out of nothing but what the policy allows.
pub fn check_page(page: &str) {
    check(page, &[]);
}

/// The same for a page of the preview itself, which has a form.
pub fn check_form(page: &str) {
    check(page, &["datalist", "select", "textarea"]);
}

fn check(page: &str, besides: &[&str]) {
    let built = built(page);
    let written = written(page).unwrap_or_else(|problem| panic!("{problem}\n{page}"));
    // Line breaks between the parts of a document are text for a reader of tags only.
    let (written, built) = (within_body(&written), within_body(&built));
    if let Some(at) = (0..written.len().max(built.len())).find(|at| written.get(*at) != built.get(*at)) {
        let around = |steps: &[Step]| format!("{:?}", steps.get(at.saturating_sub(3)..(at + 3).min(steps.len())).unwrap_or_default());
        panic!("a browser builds another page:\nwritten {}\nbuilt   {}\n{page}", around(written), around(built));
    }
    for step in built {
        if let Step::Open(name, attributes) = step
            && !(besides.contains(&name.as_str()) && attributes.keys().all(|key| !key.starts_with("on")))
            && let Err(problem) = allowed(name, attributes)
        {
            panic!("{problem}\n{page}");
        }
    }
}

/// The same for a body, which stands within a page.
pub fn check_body(html: &str) {
    check_page(&format!("<!DOCTYPE html><html lang=\"nl\"><head><title>x</title></head><body>{html}</body></html>"));
}

/// From the start of the body to its end, without the line breaks at its end, to which the standard adds those that follow on it.
fn within_body(steps: &[Step]) -> &[Step] {
    let start = steps.iter().position(|step| matches!(step, Step::Open(name, _) if name == "body")).unwrap_or(0);
    let end = steps.iter().rposition(|step| matches!(step, Step::Close(name) if name == "body")).unwrap_or(steps.len());
    let within = &steps[start..end.max(start)];
    match within.split_last() {
        Some((Step::Text(text), before)) if text.trim().is_empty() => before,
        _ => within,
    }
}

/// Elements of pages: of the theme, of bodies, of formulas and of charts.
const ELEMENTS: [&str; 101] = [
    "a",
    "abbr",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "circle",
    "cite",
    "code",
    "data",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "line",
    "main",
    "mark",
    "math",
    "mfrac",
    "mi",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mroot",
    "mrow",
    "mspace",
    "msqrt",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "nav",
    "noscript",
    "ol",
    "p",
    "path",
    "pre",
    "q",
    "rect",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "script",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "u",
];

/// More of them.
const MORE: [&str; 6] = ["ul", "var", "wbr", "search", "template", "option"];

/// Attributes that hold an address.
const ADDRESSES: [&str; 8] = ["href", "src", "action", "formaction", "data", "xlink:href", "poster", "cite"];

/// Whether a tag may stand in a page at all.
pub fn allowed(name: &str, attributes: &BTreeMap<String, String>) -> Result<(), String> {
    if !ELEMENTS.contains(&name) && !MORE.contains(&name) {
        return Err(format!("<{name}> has no business here"));
    }
    if name == "script" && !is_own_script(attributes) {
        return Err(format!("a script: {attributes:?}"));
    }
    for (key, value) in attributes {
        if key.starts_with("on") || key == "style" || key == "srcdoc" || key == "srcset" || key == "http-equiv" {
            return Err(format!("{key}={value:?} on <{name}>"));
        }
        if !key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b':')) {
            return Err(format!("an attribute called {key:?} on <{name}>"));
        }
        if ADDRESSES.contains(&key.as_str())
            && let Some(scheme) = scheme(value)
        {
            let fine = match name {
                "a" => matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel"),
                _ => false,
            };
            if !fine {
                return Err(format!("{key}={value:?} on <{name}>"));
            }
        }
        // An address without a scheme that leads to another host.
        if ADDRESSES.contains(&key.as_str()) && leads_away(value) {
            return Err(format!("{key}={value:?} on <{name}> leads away"));
        }
    }
    Ok(())
}

/// A module of the site itself, or data that no browser runs.
fn is_own_script(attributes: &BTreeMap<String, String>) -> bool {
    let get = |name: &str| attributes.get(name).map(String::as_str);
    match get("src") {
        None => get("type") == Some("application/ld+json"),
        Some(source) => scheme(source).is_none() && (source.contains("assets/") || source == "/_via/client.js"),
    }
}

/// An address as the URL standard reads it: without control characters and spaces around it, tabs and line breaks anywhere.
fn as_read(address: &str) -> String {
    let trimmed = address.trim_matches(|one: char| one <= ' ');
    trimmed.chars().filter(|one| !matches!(one, '\t' | '\n' | '\r')).collect()
}

/// The scheme that a browser sees in an address.
fn scheme(address: &str) -> Option<String> {
    let address = as_read(address);
    let (scheme, _) = address.split_once(':')?;
    let mut letters = scheme.chars();
    let is_scheme = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|one| one.is_ascii_alphanumeric() || matches!(one, '+' | '-' | '.'));
    is_scheme.then(|| scheme.to_ascii_lowercase())
}

fn leads_away(address: &str) -> bool {
    let address = as_read(address).replace('\\', "/");
    address.starts_with("//")
}

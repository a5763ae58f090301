//! HTML among the Markdown: shown as text, except for the few harmless elements that a site allows.

use std::ops::Range;

use pulldown_cmark::Event;

use super::escape;
use super::writer::Writer;
use crate::diagnostic::Diagnostic;

/// Elements of running text that do nothing but say what their text is. Nothing else is let through, whatever a site lists.
const HARMLESS: [&str; 29] = [
    "abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s",
    "samp", "small", "span", "strong", "sub", "sup", "u", "var", "wbr",
];

/// How many elements may be open within each other; a limit keeps closing them cheap.
const DEEPEST: usize = 32;

/// An element that an editor opened and that must be closed before its parent ends.
#[derive(Debug)]
pub struct OpenElement {
    name: String,
    /// How deep in the document it was opened.
    depth: usize,
}

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Open {
        name: String,
        attributes: Vec<(String, String)>,
    },
    Close {
        name: String,
    },
    Comment,
    /// A declaration, an instruction or a marked section.
    Other,
}

/// Takes the first piece off the text. A tag that does not end makes all that follows text, so that reading takes linear time.
fn split_piece(text: &str) -> (Piece<'_>, &str, &str) {
    let next = text.find('<').unwrap_or(text.len());
    if next > 0 {
        return (Piece::Text(&text[..next]), &text[..next], &text[next..]);
    }
    let all_text = (Piece::Text(text), text, "");
    if text.starts_with("<!--") {
        return match text.find("-->") {
            Some(end) => (Piece::Comment, &text[..end + 3], &text[end + 3..]),
            None => all_text,
        };
    }
    let second = text[1..].chars().next();
    if !second.is_some_and(|second| second.is_ascii_alphabetic() || matches!(second, '/' | '!' | '?')) {
        let length = text[1..].find('<').map_or(text.len(), |at| at + 1);
        return (Piece::Text(&text[..length]), &text[..length], &text[length..]);
    }
    let Some(length) = tag_length(text) else { return all_text };
    let (tag, rest) = text.split_at(length);
    let inner = &tag[1..length - 1];
    let piece = if let Some(name) = inner.strip_prefix('/') {
        Piece::Close { name: name.trim().to_ascii_lowercase() }
    } else if inner.starts_with(['!', '?']) {
        Piece::Other
    } else {
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        let end = inner.find(|next: char| next.is_whitespace() || next == '/').unwrap_or(inner.len());
        Piece::Open { name: inner[..end].to_ascii_lowercase(), attributes: attributes(&inner[end..]) }
    };
    (piece, tag, rest)
}

/// The length of a tag up to and with its `>`, which may stand in quotes only after an equals sign.
fn tag_length(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut last = ' ';
    for (at, character) in text.char_indices() {
        match quote {
            Some(open) if character == open => quote = None,
            None if character == '>' => return Some(at + 1),
            None if matches!(character, '"' | '\'') && last == '=' => quote = Some(character),
            _ => {}
        }
        if !character.is_whitespace() {
            last = character;
        }
    }
    None
}

fn attributes(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches(|next: char| next.is_whitespace() || next == '/');
    while !rest.is_empty() {
        let end = rest.find(|next: char| next.is_whitespace() || matches!(next, '=' | '/')).unwrap_or(rest.len()).max(1);
        let end = rest.char_indices().map(|(at, one)| at + one.len_utf8()).find(|at| *at >= end).unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(behind) = rest.strip_prefix('=') {
            let behind = behind.trim_start();
            let quote = behind.chars().next().filter(|first| matches!(first, '"' | '\''));
            let (taken, after) = match quote {
                Some(quote) => behind[1..].split_once(quote).unwrap_or((&behind[1..], "")),
                None => behind.split_at(behind.find(char::is_whitespace).unwrap_or(behind.len())),
            };
            value = taken;
            rest = after;
        }
        found.push((name, escape::decode_entities(value)));
        rest = rest.trim_start_matches(|next: char| next.is_whitespace() || next == '/');
    }
    found
}

fn attribute_allowed(name: &str, value: &str) -> bool {
    match name {
        "title" => true,
        "dir" => ["ltr", "rtl", "auto"].contains(&value),
        "lang" => value.len() <= 35 && value.chars().all(|one| one.is_ascii_alphanumeric() || one == '-'),
        _ => false,
    }
}

impl Writer<'_, '_> {
    /// A block of HTML; returns the index of the next event.
    pub fn html_block(&mut self, at: usize) -> usize {
        let events = self.events;
        let mut text = String::new();
        for event in events.inside(at) {
            if let Event::Html(part) | Event::InlineHtml(part) | Event::Text(part) = event {
                text.push_str(part);
            }
        }
        let text = text.trim_end();
        let span = events.span(at);
        // Where the block stands in a quote or a list, its lines are not one piece of the source.
        let whole = self.source.get(span.start..span.start + text.len()) == Some(text);
        let start = self.out.html.len();
        self.out.fresh_line();
        self.out.push("<p>");
        let opened = self.out.html.len();
        self.raw_html(text, &span, whole);
        self.close_elements(self.depth);
        if self.out.html[opened..].trim().is_empty() {
            self.out.html.truncate(start);
        } else {
            self.out.push("</p>\n");
        }
        self.end_block();
        events.end_of(at) + 1
    }

    /// HTML in running text or in a block; `whole` says that the text is exactly what stands at `span.start`.
    pub fn raw_html(&mut self, text: &str, span: &Range<usize>, whole: bool) {
        let mut rest = text;
        while !rest.is_empty() {
            let at = text.len() - rest.len();
            let (piece, typed, after) = split_piece(rest);
            let place = if whole { span.start + at..span.start + at + typed.len() } else { span.clone() };
            self.piece(piece, typed, &place);
            rest = after;
        }
    }

    fn piece(&mut self, piece: Piece, typed: &str, place: &Range<usize>) {
        match piece {
            Piece::Comment => {}
            Piece::Text(text) => self.shown(text),
            Piece::Other => {
                self.warn_about(typed.trim_start_matches('<').split(char::is_whitespace).next().unwrap_or_default(), place);
                self.shown(typed);
            }
            Piece::Open { name, attributes } if self.allows(&name) => self.open_element(&name, &attributes, typed, place),
            Piece::Open { name, .. } => {
                self.warn_about(&name, place);
                self.shown(typed);
            }
            Piece::Close { name } => {
                let found = self.elements.iter().rev().take_while(|open| open.depth == self.depth).position(|open| open.name == name);
                if let Some(above) = found {
                    self.close_last(above + 1);
                } else {
                    if self.allows(&name) {
                        self.warn_about(&name, place);
                    }
                    self.shown(typed);
                }
            }
        }
    }

    fn open_element(&mut self, name: &str, attributes: &[(String, String)], typed: &str, place: &Range<usize>) {
        let is_void = matches!(name, "br" | "wbr");
        if !is_void && self.elements.len() >= DEEPEST {
            self.warn_about(name, place);
            self.shown(typed);
            return;
        }
        let mut written: Vec<&str> = Vec::new();
        let mut dropped = false;
        self.out.push("<");
        self.out.push(name);
        for (attribute, value) in attributes {
            if attribute_allowed(attribute, value) && !written.contains(&attribute.as_str()) {
                self.out.attribute(attribute, value);
                written.push(attribute);
            } else {
                dropped = true;
            }
        }
        self.out.push(">");
        if dropped {
            self.warn_about(name, place);
        }
        if is_void {
            self.block.space();
        } else {
            self.elements.push(OpenElement { name: name.to_owned(), depth: self.depth });
        }
    }

    fn allows(&self, name: &str) -> bool {
        let listed = self.options.raw_html.iter().any(|allowed| allowed.eq_ignore_ascii_case(name));
        listed && self.options.extensions && HARMLESS.contains(&name)
    }

    fn shown(&mut self, text: &str) {
        self.out.text(text);
        self.block.text.extend(text.chars().map(|one| if one == '\n' { ' ' } else { one }));
    }

    fn warn_about(&mut self, tag: &str, place: &Range<usize>) {
        self.report(Diagnostic::warning("raw-html").with("tag", tag), place);
    }

    /// Closes what was opened at this depth or deeper, so that everything is nested well.
    pub fn close_elements(&mut self, depth: usize) {
        let count = self.elements.iter().rev().take_while(|open| open.depth >= depth).count();
        self.close_last(count);
    }

    fn close_last(&mut self, count: usize) {
        for _ in 0..count {
            if let Some(open) = self.elements.pop() {
                self.out.push(&format!("</{}>", open.name));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_browsers_read_them() {
        let open = |name: &str, attributes: &[(&str, &str)]| Piece::Open {
            name: name.to_owned(),
            attributes: attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        assert_eq!(split_piece("<KBD>x").0, open("kbd", &[]));
        assert_eq!(split_piece("<abbr title='a > b' lang=nl>x").0, open("abbr", &[("title", "a > b"), ("lang", "nl")]));
        assert_eq!(split_piece("<br/>x").0, open("br", &[]));
        assert_eq!(split_piece("<a é==x>").0, open("a", &[("é", "=x")]));
        assert_eq!(split_piece("</Q >x").0, Piece::Close { name: "q".to_owned() });
        assert_eq!(split_piece("<!-- a > b -->x"), (Piece::Comment, "<!-- a > b -->", "x"));
        assert_eq!(split_piece("<!-- open").0, Piece::Text("<!-- open"));
        assert_eq!(split_piece("< 3 <b>").0, Piece::Text("< 3 "));
        assert_eq!(split_piece("<a href=\"x").0, Piece::Text("<a href=\"x"));
    }
}

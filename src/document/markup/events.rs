//! The parser's events in one list, so that the walk can look ahead and read footnotes when their turn comes.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Options, Parser, Tag};

use super::citations;

/// The events of a document with their places in its text.
pub struct Events<'a> {
    list: Vec<(Event<'a>, Range<usize>)>,
    /// For every start, the index of its end; for other events, their own index.
    ends: Vec<usize>,
    /// The footnotes by name in lower case, as the index of the start of their definition.
    definitions: HashMap<String, usize>,
    /// Starts of definitions, in order; of two with one name, the second is only here.
    all_definitions: Vec<usize>,
}

impl<'a> Events<'a> {
    /// Parses the text; without `extensions` as plain `CommonMark`.
    pub fn read(text: &'a str, extensions: bool) -> Self {
        let list: Vec<(Event<'a>, Range<usize>)> = if extensions {
            let accept = |link: BrokenLink<'a>| -> Option<(CowStr<'a>, CowStr<'a>)> {
                let known_shape = matches!(link.link_type, LinkType::Shortcut | LinkType::Collapsed | LinkType::Reference);
                (known_shape && citations::parse(&link.reference).is_some()).then(|| ("".into(), "".into()))
            };
            Parser::new_with_broken_link_callback(text, extended(), Some(accept)).into_offset_iter().collect()
        } else {
            Parser::new_ext(text, Options::empty()).into_offset_iter().collect()
        };
        let mut ends: Vec<usize> = (0..list.len()).collect();
        let mut open = Vec::new();
        let mut definitions = HashMap::new();
        let mut all_definitions = Vec::new();
        for (at, (event, _)) in list.iter().enumerate() {
            match event {
                Event::Start(tag) => {
                    open.push(at);
                    if let Tag::FootnoteDefinition(name) = tag {
                        all_definitions.push(at);
                        definitions.entry(name.to_lowercase()).or_insert(at);
                    }
                }
                Event::End(_) => {
                    if let Some(end) = open.pop().and_then(|start| ends.get_mut(start)) {
                        *end = at;
                    }
                }
                _ => {}
            }
        }
        Self { list, ends, definitions, all_definitions }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The event at an index.
    pub fn get(&self, at: usize) -> Option<&Event<'a>> {
        self.list.get(at).map(|(event, _)| event)
    }

    /// Where the event at an index stands in the text.
    pub fn span(&self, at: usize) -> Range<usize> {
        self.list.get(at).map_or(0..0, |(_, span)| span.clone())
    }

    /// The index of the end that belongs to a start.
    pub fn end_of(&self, start: usize) -> usize {
        self.ends.get(start).copied().unwrap_or(start).max(start)
    }

    /// The text of the code block that starts here.
    pub fn code(&self, start: usize) -> String {
        let mut code = String::new();
        for event in self.inside(start) {
            if let Event::Text(text) = event {
                code.extend(text.chars().filter(|one| *one != '\r'));
            }
        }
        code
    }

    /// The events between a start and its end.
    pub fn inside(&self, start: usize) -> impl Iterator<Item = &Event<'a>> {
        let end = self.end_of(start);
        self.list.get(start + 1..end.max(start + 1)).unwrap_or_default().iter().map(|(event, _)| event)
    }

    /// The start of the definition of a footnote.
    pub fn definition(&self, name: &str) -> Option<usize> {
        self.definitions.get(&name.to_lowercase()).copied()
    }

    /// The names and starts of all footnotes' definitions, in order.
    pub fn definitions(&self) -> impl Iterator<Item = (usize, &str)> {
        self.all_definitions.iter().filter_map(|at| match self.get(*at) {
            Some(Event::Start(Tag::FootnoteDefinition(name))) => Some((*at, name.as_ref())),
            _ => None,
        })
    }
}

fn extended() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_MATH
        | Options::ENABLE_WIKILINKS
}

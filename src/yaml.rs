//! YAML with places: the tree of a document in which every key and value knows its byte range.
//!
//! Values are read with `serde_yaml`; this tree is built only when something is wrong and must be shown, or when the
//! text may hold what content may not: anchors, aliases and tags.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};
use serde_yaml::Value;

/// How deep values may be nested; deeper is refused, whatever the machine's stack could bear.
const DEEPEST: usize = 32;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// Byte range in the parsed text.
    pub span: Range<usize>,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Scalar { text: String, plain: bool },
    Sequence(Vec<Node>),
    Mapping(Vec<(Node, Node)>),
}

/// What is wrong with a YAML text as such.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it is.
    pub kind: ProblemKind,
    /// Byte range in the parsed text.
    pub span: Range<usize>,
}

/// The kinds of [`Problem`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// The same key twice in one mapping; the range of the first.
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it stood before.
        first: Range<usize>,
    },
    /// `&name`.
    Anchor,
    /// `*name`.
    Alias,
    /// `!tag`.
    Tag,
    /// Nested deeper than 32 levels.
    TooDeep,
    /// A tab in the indentation.
    Tab,
    /// Anything else.
    Syntax,
}

impl Node {
    /// The key and the value of an entry, if this is a mapping that has it.
    pub fn entry(&self, key: &str) -> Option<(&Node, &Node)> {
        match &self.kind {
            Kind::Mapping(entries) => entries
                .iter()
                .find(|(name, _)| matches!(&name.kind, Kind::Scalar { text, .. } if text == key))
                .map(|(name, value)| (name, value)),
            _ => None,
        }
    }

    /// An item, if this is a sequence that has it.
    pub fn item(&self, index: usize) -> Option<&Node> {
        match &self.kind {
            Kind::Sequence(items) => items.get(index),
            _ => None,
        }
    }

    /// The keys of a mapping in whose values one of these problems stands; these are in the order of their places.
    pub fn keys_with(&self, problems: &[Problem]) -> Vec<String> {
        let Kind::Mapping(entries) = &self.kind else { return Vec::new() };
        let mut found = Vec::new();
        for (position, (key, _)) in entries.iter().enumerate() {
            let until = entries.get(position + 1).map_or(usize::MAX, |(next, _)| next.span.start);
            let from = problems.partition_point(|problem| problem.span.start < key.span.end);
            let mut inside = problems[from..].iter().take_while(|problem| problem.span.start < until);
            if let Kind::Scalar { text, .. } = &key.kind
                && inside.any(|problem| !matches!(problem.kind, ProblemKind::DuplicateKey { .. }))
            {
                found.push(text.clone());
            }
        }
        found
    }

    /// Whether it is a sequence or a mapping.
    pub fn is_container(&self) -> bool {
        !matches!(self.kind, Kind::Scalar { .. })
    }

    /// The value as `serde_yaml` would have read it; of two equal keys the first counts.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Scalar { text, plain: true } => serde_yaml::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
            Kind::Scalar { text, plain: false } => Value::String(text.clone()),
            Kind::Sequence(items) => Value::Sequence(items.iter().map(Node::to_value).collect()),
            Kind::Mapping(entries) => {
                let mut mapping = serde_yaml::Mapping::new();
                for (key, value) in entries {
                    mapping.entry(key.to_value()).or_insert_with(|| value.to_value());
                }
                Value::Mapping(mapping)
            }
        }
    }
}

/// Whether a value is nested more deeply than content may be.
pub fn is_too_deep(value: &Value) -> bool {
    let mut level: Vec<&Value> = vec![value];
    for _ in 0..DEEPEST {
        level = level
            .into_iter()
            .flat_map(|value| -> Vec<&Value> {
                match value {
                    Value::Sequence(items) => items.iter().collect(),
                    Value::Mapping(mapping) => mapping.values().collect(),
                    _ => Vec::new(),
                }
            })
            .collect();
        if level.is_empty() {
            return false;
        }
    }
    true
}

/// The two parts of a Markdown file, as byte ranges; both may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// What stands between the `---` lines.
    pub yaml: Range<usize>,
    /// What follows.
    pub body: Range<usize>,
}

/// Cuts a Markdown file into front matter and body: `---` must be the first line, a second `---` ends it.
///
/// Returns none if either line is missing. A byte order mark is passed over, and lines may end in CR LF.
pub fn front_matter(text: &str) -> Option<Parts> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lines = text[start..].split_inclusive('\n').scan(start, |at, line| {
        let from = *at;
        *at += line.len();
        Some((from, line))
    });
    let (_, first) = lines.next()?;
    if first.trim_end() != "---" {
        return None;
    }
    let yaml_start = start + first.len();
    lines
        .find(|(_, line)| line.trim_end() == "---")
        .map(|(from, line)| Parts { yaml: yaml_start..from, body: from + line.len()..text.len() })
}

/// Parses a text into its tree and all that is wrong with it; the tree is none if it cannot be parsed at all.
pub fn parse(text: &str) -> (Option<Node>, Vec<Problem>) {
    let mut problems = Vec::new();
    let bytes = byte_offsets(text);
    let at = |index: usize| bytes.as_ref().map_or(index, |table| table.get(index).copied().unwrap_or(text.len())).min(text.len());
    let mut open: Vec<(Kind, usize, Option<Node>)> = Vec::new();
    let mut root = None;
    let mut parser = Parser::new(StrInput::new(text));
    while let Some(event) = parser.next_event() {
        let (event, place) = match event {
            Ok(event) => event,
            Err(error) => {
                let mut problem = syntax_problem(text, at(error.marker().index()));
                if error.info().contains("recursion limit") {
                    problem.kind = ProblemKind::TooDeep;
                } else if error.info().contains("unknown anchor") {
                    problem.kind = ProblemKind::Alias;
                }
                problems.push(problem);
                return (None, problems);
            }
        };
        let span = at(place.start.index())..at(place.end.index());
        let mut refuse = |kind: ProblemKind| problems.push(Problem { kind, span: span.clone() });
        let node = match event {
            Event::Alias(_) => {
                refuse(ProblemKind::Alias);
                Some(Node { span, kind: Kind::Scalar { text: String::new(), plain: false } })
            }
            Event::Scalar(value, style, anchor, tag) => {
                if anchor > 0 {
                    refuse(ProblemKind::Anchor);
                }
                if tag.is_some() {
                    refuse(ProblemKind::Tag);
                }
                let kind = Kind::Scalar { text: value.into_owned(), plain: style == ScalarStyle::Plain };
                Some(Node { span: trimmed(text, span), kind })
            }
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) if anchor > 0 || tag.is_some() => {
                refuse(if anchor > 0 { ProblemKind::Anchor } else { ProblemKind::Tag });
                return (None, problems);
            }
            Event::SequenceStart(..) => {
                open.push((Kind::Sequence(Vec::new()), span.start, None));
                None
            }
            Event::MappingStart(..) => {
                open.push((Kind::Mapping(Vec::new()), span.start, None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop().map(|(kind, start, _)| Node { span: trimmed(text, start..span.end.max(start)), kind })
            }
            Event::DocumentStart(_) if root.is_some() => {
                refuse(ProblemKind::Syntax);
                return (None, problems);
            }
            _ => None,
        };
        if open.len() > DEEPEST {
            problems.push(Problem { kind: ProblemKind::TooDeep, span: open[DEEPEST].1..open[DEEPEST].1 + 1 });
            return (None, problems);
        }
        let Some(node) = node else { continue };
        match open.last_mut() {
            None => root = Some(node),
            Some((Kind::Sequence(items), ..)) => items.push(node),
            Some((Kind::Mapping(entries), _, key)) => match key.take() {
                None => *key = Some(node),
                Some(name) => entries.push((name, node)),
            },
            Some((Kind::Scalar { .. }, ..)) => {}
        }
    }
    if let Some(root) = &root {
        find_duplicates(root, &mut problems);
    }
    problems.sort_by_key(|problem| problem.span.start);
    (root, problems)
}

fn find_duplicates(node: &Node, problems: &mut Vec<Problem>) {
    match &node.kind {
        Kind::Scalar { .. } => {}
        Kind::Sequence(items) => items.iter().for_each(|item| find_duplicates(item, problems)),
        Kind::Mapping(entries) => {
            let mut seen: BTreeMap<&str, &Node> = BTreeMap::new();
            for (key, value) in entries {
                if let Kind::Scalar { text, .. } = &key.kind {
                    if let Some(first) = seen.get(text.as_str()) {
                        let kind = ProblemKind::DuplicateKey { key: text.clone(), first: first.span.clone() };
                        problems.push(Problem { kind, span: key.span.clone() });
                    } else {
                        seen.insert(text, key);
                    }
                }
                find_duplicates(value, problems);
            }
        }
    }
}

fn syntax_problem(text: &str, at: usize) -> Problem {
    // A tab where YAML wants spaces breaks the parser in many different words; the tab is what the editor must see.
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line[..indent].find('\t')
            && offset <= at
            && !line.trim().is_empty()
        {
            return Problem { kind: ProblemKind::Tab, span: offset + tab..offset + tab + 1 };
        }
        offset += line.len();
    }
    let mut at = at.min(text.len());
    if at == text.len() {
        at = text.trim_end().rfind('\n').map_or(0, |newline| newline + 1);
    }
    let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
    Problem { kind: ProblemKind::Syntax, span: at..end.max(at) }
}

/// The parser counts characters; where all are ASCII that is the same as bytes and needs no table.
fn byte_offsets(text: &str) -> Option<Vec<usize>> {
    (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).chain([text.len()]).collect())
}

fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let inside = text.get(span.clone()).unwrap_or_default();
    span.start..span.start + inside.trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_knows_where_its_keys_stand_also_behind_accents() {
        let text = "naam: één\nlijst:\n  - a\n  - b: 2\n";
        let (tree, problems) = parse(text);
        let tree = tree.expect("parses");
        assert!(problems.is_empty());
        let (key, value) = tree.entry("lijst").expect("has the key");
        assert_eq!(&text[key.span.clone()], "lijst");
        assert_eq!(&text[value.item(0).expect("first").span.clone()], "a");
        assert_eq!(tree.to_value(), serde_yaml::from_str::<Value>(text).expect("parses"));
    }

    #[test]
    fn both_places_of_a_duplicate_key_are_known() {
        let (_, problems) = parse("titel: a\nkern: b\ntitel: c\n");
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].span, 17..22);
        assert_eq!(problems[0].kind, ProblemKind::DuplicateKey { key: "titel".into(), first: 0..5 });
    }

    #[test]
    fn anchors_aliases_and_tags_are_seen() {
        let (_, problems) = parse("a: &x 1\nb: *x\nc: !t 3\n");
        let kinds: Vec<_> = problems.into_iter().map(|problem| problem.kind).collect();
        assert_eq!(kinds, [ProblemKind::Anchor, ProblemKind::Alias, ProblemKind::Tag]);
    }

    #[test]
    fn nesting_without_end_is_refused_and_does_not_overflow() {
        let (tree, problems) = parse(&"[".repeat(100_000));
        assert!(tree.is_none());
        assert_eq!(problems[0].kind, ProblemKind::TooDeep);
    }
}

//! Where in a file something is: as a byte range, or as a key of its YAML that is looked up when the place is shown.

use std::fmt;
use std::ops::Range;

use crate::yaml;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A byte range.
    Span(Range<usize>),
    /// A line and a column, both from 1, as other programs report them.
    Point(usize, usize),
    /// A key in the front matter, or in the whole file where that is YAML.
    Key(KeyPath, KeyPart),
}

impl From<Range<usize>> for Place {
    fn from(span: Range<usize>) -> Self {
        Self::Span(span)
    }
}

/// Which part of a key is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPart {
    /// The key itself.
    Key,
    /// Its value.
    Value,
}

/// The steps from the top of a YAML document to a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyPath(pub Vec<KeyStep>);

/// One step of a [`KeyPath`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyStep {
    /// Into a mapping.
    Key(String),
    /// Into a sequence, from zero.
    Index(usize),
}

impl KeyPath {
    /// The path of a top-level key.
    pub fn of(key: &str) -> Self {
        Self(vec![KeyStep::Key(key.to_owned())])
    }

    /// One step further, into a mapping.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(KeyStep::Key(key.to_owned()));
        Self(steps)
    }

    /// One step further, into a sequence.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut steps = self.0.clone();
        steps.push(KeyStep::Index(index));
        Self(steps)
    }

    /// The place of the value there.
    pub fn value(self) -> Place {
        Place::Key(self, KeyPart::Value)
    }

    /// The place of the key itself.
    pub fn name(self) -> Place {
        Place::Key(self, KeyPart::Key)
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                KeyStep::Key(key) if position == 0 => write!(formatter, "{key}")?,
                KeyStep::Key(key) => write!(formatter, ".{key}")?,
                KeyStep::Index(index) => write!(formatter, "[{}]", index + 1)?,
            }
        }
        Ok(())
    }
}

/// The text of a file in which places are looked up. Bytes that are not UTF-8 are shown as replacement characters.
#[derive(Debug)]
pub struct SourceText {
    /// The whole text.
    pub text: String,
    front_matter: Range<usize>,
}

/// A place as people count: line and column from 1, in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Byte range in the text; empty where only a point is known.
    pub span: Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// The lines of a place.
#[derive(Debug)]
pub struct Excerpt<'a> {
    /// From the first line of the place to its last one.
    pub text: &'a str,
    /// Whether it begins within a line, too far behind its start.
    pub begins_late: bool,
    /// Whether it ends within a line, or the place goes on behind it.
    pub ends_early: bool,
}

/// So far around the beginning of a place its lines are shown, in bytes: nobody reads a line of a megabyte.
const AROUND: usize = 10_000;

impl SourceText {
    /// Takes a file's bytes; `markdown` says that its YAML is only the part between the `---` lines.
    pub fn new(bytes: &[u8], markdown: bool) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let front_matter = if markdown { yaml::front_matter(&text).map_or(0..0, |parts| parts.yaml) } else { 0..text.len() };
        Self { text, front_matter }
    }

    /// The place in this text, or none where it is about the file as a whole.
    pub fn locate(&self, place: &Place) -> Option<Location> {
        let span = match place {
            Place::File => return None,
            Place::Span(span) => span.clone(),
            Place::Point(line, column) => self.locate_point(*line, *column),
            Place::Key(path, part) => self.locate_key(path, *part),
        };
        let start = floor_boundary(&self.text, span.start);
        let end = floor_boundary(&self.text, span.end).max(start);
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        Some(Location { span: start..end, line, column: before[line_start..].chars().count() + 1 })
    }

    /// The lines of a place, and where it is in them.
    pub fn excerpt(&self, location: &Location) -> (Excerpt<'_>, Range<usize>) {
        let Location { span, .. } = location;
        let first = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let last = self.text[span.end..].find('\n').map_or(self.text.len(), |at| span.end + at);
        let start = floor_boundary(&self.text, first.max(span.start.saturating_sub(AROUND)));
        let end = floor_boundary(&self.text, last.min(span.start + AROUND));
        let marked = span.start - start..span.end.min(end) - start;
        (Excerpt { text: &self.text[start..end], begins_late: start > first, ends_early: end < last }, marked)
    }

    /// From there to the end of the line.
    fn locate_point(&self, line: usize, column: usize) -> Range<usize> {
        let start: usize = self.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let text = self.text[start.min(self.text.len())..].lines().next().unwrap_or_default();
        let inside: usize = text.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
        start + inside..start + text.len()
    }

    /// The deepest part of the path that exists: a missing field is shown at the record that lacks it.
    fn locate_key(&self, path: &KeyPath, part: KeyPart) -> Range<usize> {
        let yaml = &self.text[self.front_matter.clone()];
        let (tree, _) = yaml::parse(yaml);
        let offset = self.front_matter.start;
        let opening = 0..self.text.lines().next().map_or(0, str::len);
        let Some(mut node) = tree.as_ref() else { return opening };
        let mut found: Option<Range<usize>> = None;
        for (position, step) in path.0.iter().enumerate() {
            let last = position + 1 == path.0.len();
            let next = match step {
                KeyStep::Key(key) => node.entry(key).map(|(name, value)| {
                    let at = if last && part == KeyPart::Key { name.span.clone() } else { value.span.clone() };
                    (at, value, name.span.clone())
                }),
                KeyStep::Index(index) => {
                    node.item(*index).or_else(|| (*index == 0).then_some(node)).map(|item| (item.span.clone(), item, item.span.clone()))
                }
            };
            let Some((at, value, name)) = next else { break };
            found = Some(if !last && value.is_container() { name } else { at });
            node = value;
        }
        found.map_or(opening, |span| span.start + offset..span.end + offset)
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_line_that_nobody_reads_to_its_end_the_part_around_the_place_is_shown() {
        let text = SourceText::new(format!("Kort.\n{}xyz{}\nNog een.\n", "a".repeat(50_000), "é".repeat(50_000)).as_bytes(), false);
        let at = "Kort.\n".len() + 50_000;
        let location = text.locate(&Place::Span(at..at + 3)).expect("a place");
        assert_eq!((location.line, location.column), (2, 50_001));
        let (excerpt, marked) = text.excerpt(&location);
        assert_eq!(&excerpt.text[marked], "xyz");
        assert!(excerpt.begins_late && excerpt.ends_early && excerpt.text.len() <= 2 * AROUND);

        let location = text.locate(&Place::Span(1..2)).expect("a place");
        let (excerpt, marked) = text.excerpt(&location);
        assert_eq!((excerpt.text, marked, excerpt.begins_late, excerpt.ends_early), ("Kort.", 1..2, false, false));
    }
}

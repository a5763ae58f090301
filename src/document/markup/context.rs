//! The block that is being read as plain text, and the sentence in it around a link or a citation.

use std::ops::Range;

use super::super::body::Context;

/// How many characters of a sentence are kept on either side.
const REACH: usize = 200;

/// What a sentence is about to be shown for.
#[derive(Debug, Clone, Copy)]
pub enum Subject {
    /// The link with this index, and whether its text is its own (and not the title of the page).
    Link(usize, bool),
    /// The citation with this index.
    Citation(usize),
}

/// The text of one paragraph, item, cell or heading.
#[derive(Debug, Default)]
pub struct Block {
    /// Its text without markup.
    pub text: String,
    mentions: Vec<(Range<usize>, Subject)>,
}

impl Block {
    /// A line break within the block.
    pub fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// Remembers that the text since `start` is a link or a citation.
    pub fn mention(&mut self, start: usize, subject: Subject) {
        self.mentions.push((start.min(self.text.len())..self.text.len(), subject));
    }

    /// A citation leaves no text; the space before it goes too.
    pub fn cite(&mut self, index: usize) {
        let length = self.text.trim_end().len();
        let held = self.mentions.last().map_or(0, |(range, _)| range.end);
        self.text.truncate(length.max(held));
        self.mention(self.text.len(), Subject::Citation(index));
    }

    /// The sentences around everything that was mentioned.
    pub fn contexts(&self) -> impl Iterator<Item = (Subject, Context)> {
        self.mentions.iter().map(|(range, subject)| (*subject, self.context(range, *subject)))
    }

    fn context(&self, range: &Range<usize>, subject: Subject) -> Context {
        let (head, tail) = (&self.text[..range.start], &self.text[range.end..]);
        let citation = matches!(subject, Subject::Citation(_));
        // A citation behind the full stop belongs to the sentence that has just ended.
        let behind = citation && head.trim_end().ends_with(['.', '!', '?', '…']);
        let begins_low = self.text[range.start..].trim_start().starts_with(char::is_lowercase);
        Context {
            before: before(head, citation || begins_low),
            text: if matches!(subject, Subject::Link(_, true)) { self.text[range.clone()].to_owned() } else { String::new() },
            after: if behind { String::new() } else { after(tail) },
        }
    }
}

/// The part of the sentence that stands before; `open` says that a full stop at the very end does not end it.
fn before(text: &str, open: bool) -> String {
    let start = text.char_indices().rev().nth(REACH - 1).map_or(0, |(at, _)| at);
    let near = &text[start..];
    let held = near.trim_end().len();
    let boundary = ends(near).filter(|at| if open { *at < held } else { *at <= held }).filter(|at| {
        let rest = near[*at..].trim_start();
        rest.is_empty() || begins(rest)
    });
    if let Some(at) = boundary.last() {
        return near[at..].trim_start().to_owned();
    }
    if start == 0 {
        return near.trim_start().to_owned();
    }
    let word = near.find(char::is_whitespace).unwrap_or(0);
    format!("… {}", near[word..].trim_start())
}

/// The part of the sentence that stands after.
fn after(text: &str) -> String {
    let end = text.char_indices().nth(REACH).map_or(text.len(), |(at, _)| at);
    let near = &text[..end];
    let boundary = ends(near).find(|at| {
        let rest = &near[*at..];
        (rest.is_empty() && end == text.len()) || (rest.starts_with(char::is_whitespace) && begins(rest.trim_start()))
    });
    if let Some(at) = boundary {
        return near[..at].to_owned();
    }
    if end == text.len() {
        return near.trim_end().to_owned();
    }
    let word = near.rfind(char::is_whitespace).unwrap_or(near.len());
    format!("{} …", near[..word].trim_end())
}

/// Offsets behind a full stop, an exclamation or a question mark and the quotes and brackets that close after it.
fn ends(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().filter(|(_, character)| matches!(character, '.' | '!' | '?' | '…')).map(|(at, character)| {
        let rest = &text[at + character.len_utf8()..];
        let closers = rest.len() - rest.trim_start_matches(['"', '\'', '”', '’', ')', ']', '»']).len();
        at + character.len_utf8() + closers
    })
}

/// Whether this can be the start of a sentence.
fn begins(text: &str) -> bool {
    text.trim_start_matches(['"', '\'', '“', '‘', '(', '[', '«']).starts_with(|character: char| character.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(head: &str, own: &str, tail: &str) -> Context {
        let mut block = Block::default();
        block.text.push_str(head);
        block.text.push_str(own);
        block.mention(head.len(), Subject::Link(0, true));
        block.text.push_str(tail);
        let found = block.contexts().next();
        found.map(|(_, context)| context).unwrap_or_default()
    }

    #[test]
    fn only_the_sentence_around_the_link_is_kept() {
        let found = context("Eerst dit. Dan zegt ", "de vraag", " dat het kan, o.a. in Ede. En daarna niets.");
        assert_eq!((found.before.as_str(), found.text.as_str()), ("Dan zegt ", "de vraag"));
        assert_eq!(found.after, " dat het kan, o.a. in Ede.");
        assert_eq!(context("Een zin. ", "Begin", " van twee.").before, "");
        assert_eq!(context("Zie bijv. ", "dit", ".").before, "Zie bijv. ");
    }

    #[test]
    fn a_long_sentence_is_cut_between_words() {
        let long = "woord ".repeat(100);
        let found = context(&long, "hier", &format!(" {long}"));
        assert!(found.before.starts_with("… woord ") && found.after.ends_with(" woord …"));
        assert!(found.before.chars().count() <= 210 && found.after.chars().count() <= 210);
    }

    #[test]
    fn a_citation_behind_the_full_stop_belongs_to_the_sentence_before_it() {
        let mut block = Block { text: "Oud. Dit is zo. ".to_owned(), ..Block::default() };
        block.cite(0);
        block.text.push_str(" Dat niet.");
        let found: Vec<Context> = block.contexts().map(|(_, context)| context).collect();
        assert_eq!(found, [Context { before: "Dit is zo.".to_owned(), ..Context::default() }]);
    }
}

//! What it costs to read a file and to colour the code in it, for who asks where the time goes.

use std::time::{Duration, Instant};

use super::markup::code_blocks;
use super::{Reading, Setting, highlight, read};
use crate::diagnostic::SitePath;
use crate::source::SourceFile;
use crate::yaml;

/// What one page's file costs.
#[derive(Debug)]
pub struct Cost {
    /// Its path.
    pub path: SitePath,
    /// How long it takes to read.
    pub time: Duration,
    /// Which part of that goes to each block of code that names a language.
    pub highlights: Vec<Highlight>,
}

/// What one block of code costs.
#[derive(Debug)]
pub struct Highlight {
    /// The line on which it starts.
    pub line: usize,
    /// The language that it names.
    pub language: String,
    /// How long its colours take.
    pub time: Duration,
}

/// Reads a file for the time that it takes; nothing if it is no page.
///
/// A page should have been read before in this run, or the first block of each language pays for its grammar.
pub fn cost(file: &SourceFile, setting: Setting<'_>) -> Option<Cost> {
    let started = Instant::now();
    let Reading::Document(document) = read(file, setting) else { return None };
    let time = started.elapsed();
    let bytes = file.bytes();
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let body = yaml::front_matter(text).map_or(0, |parts| parts.body.start);
    let highlights = code_blocks(&text[body..]).into_iter().map(|block| {
        let started = Instant::now();
        let coloured = highlight::highlight(&block.language, &block.code);
        let time = started.elapsed();
        drop(coloured);
        Highlight { line: 1 + text[..body + block.span.start].matches('\n').count(), language: block.language, time }
    });
    Some(Cost { highlights: highlights.collect(), path: document.path, time })
}

//! Markdown to a [`Body`]: one walk over the parser's events, in which nothing that an editor types becomes HTML by itself.
//!
//! Every tag in the result is written by this module or one of its parts; text is escaped, addresses are held against an
//! allow-list after decoding, and raw HTML is shown as text. The walk keeps its own stacks, so depth costs memory, not stack.

mod citations;
mod code;
mod context;
mod escape;
mod events;
mod footnotes;
mod headings;
mod images;
mod links;
mod literal;
mod output;
mod raw_html;
mod tables;
#[cfg(test)]
mod tests;
mod writer;

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::body::Body;

/// What a site allows in its Markdown.
#[derive(Debug, Clone, Copy)]
pub struct MarkupOptions<'a> {
    /// Names of HTML elements that may be used as they are, with `lang`, `dir` and `title` as their only attributes, e.g.
    /// `kbd`. Only elements of running text are ever let through; a name such as `script` or `div` has no effect here.
    pub raw_html: &'a [String],
    /// Everything that is not in `CommonMark`: tables, citations, links between pages. Off for the specification's tests only.
    pub extensions: bool,
}

/// Renders the Markdown of one document.
///
/// `offset` is the place of `text` in its file; all places in the result are byte ranges of that file.
pub fn render(text: &str, offset: usize, options: &MarkupOptions) -> Body {
    let events = events::Events::read(text, options.extensions);
    let mut body = writer::Writer::new(text, offset, options, &events).run();
    // A body stays in memory as long as the site does; what was set aside for more text goes back.
    fit(&mut body.html);
    fit(&mut body.plain);
    body.prose.shrink_to_fit();
    body.holes.shrink_to_fit();
    body.headings.shrink_to_fit();
    body.links.shrink_to_fit();
    body.external.shrink_to_fit();
    body.citations.shrink_to_fit();
    body
}

/// A block of code in a document.
pub(super) struct CodeBlock {
    /// Where it stands in the text.
    pub span: Range<usize>,
    /// The language that it names.
    pub language: String,
    /// What stands in it.
    pub code: String,
}

/// The blocks of code that name a language, in their order.
pub(super) fn code_blocks(text: &str) -> Vec<CodeBlock> {
    let events = events::Events::read(text, true);
    let starts = (0..events.len()).filter_map(|at| match events.get(at) {
        Some(Event::Start(Tag::CodeBlock(kind))) => Some((at, code::language(kind).to_owned())),
        _ => None,
    });
    starts
        .filter(|(_, language)| !language.is_empty())
        .map(|(at, language)| CodeBlock { span: events.span(at), language, code: events.code(at) })
        .collect()
}

/// Gives back what a text does not need. Shrinking it would not: an allocator may leave up to half of a block unused rather
/// than move what is in it.
fn fit(text: &mut String) {
    if text.capacity() > text.len() {
        *text = text.as_str().to_owned();
    }
}

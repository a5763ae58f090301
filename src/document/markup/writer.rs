//! The walk over the events: which HTML each of them becomes.

use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, Event, Tag, TagEnd};

use super::super::body::{Body, HoleKind};
use super::MarkupOptions;
use super::context::{Block, Subject};
use super::events::Events;
use super::footnotes::Footnotes;
use super::headings::{Anchors, OpenHeading};
use super::literal;
use super::output::Output;
use super::raw_html::OpenElement;
use super::tables::Table;
use crate::diagnostic::{Diagnostic, Place};

/// What the end of a link has to write.
#[derive(Debug)]
pub enum OpenLink {
    /// Nothing: the link was refused, or stands within another.
    Text,
    /// The end of an `<a>` with this address.
    Anchor {
        /// Shown if the link has no text.
        address: String,
        /// Of the whole link, if it leads to another site.
        external: Option<Range<usize>>,
    },
    /// The end of the `<a>` of a page of the site.
    Page {
        /// Of the link.
        index: usize,
        /// Of the whole link, in which its address is sought; empty if its place is known.
        span: Range<usize>,
    },
    /// A bracket, and the citations of the next bracket.
    Citations {
        /// Between the second brackets.
        label: String,
        /// Of the second bracket.
        span: Range<usize>,
    },
}

impl OpenLink {
    /// Whether an `<a>` is open.
    pub fn is_anchor(&self) -> bool {
        matches!(self, Self::Anchor { .. } | Self::Page { .. })
    }
}

/// Writes a [`Body`]; the other files of this module add the parts it is made of.
pub struct Writer<'e, 'a> {
    pub(super) source: &'a str,
    pub(super) offset: usize,
    pub(super) options: &'e MarkupOptions<'e>,
    pub(super) events: &'e Events<'a>,
    pub(super) body: Body,
    pub(super) out: Output,
    /// The block that is being read.
    pub(super) block: Block,
    /// Above zero within what no glossary term is linked in.
    pub(super) quiet: usize,
    /// How many tags are open.
    pub(super) depth: usize,
    /// Open links, with the lengths of text, HTML and holes at their start.
    pub(super) links: Vec<(OpenLink, usize, usize, usize)>,
    pub(super) elements: Vec<OpenElement>,
    pub(super) heading: Option<OpenHeading>,
    pub(super) last_level: u8,
    pub(super) anchors: Anchors,
    pub(super) footnotes: Footnotes,
    pub(super) table: Table,
    /// How many tables there were.
    pub(super) tables: usize,
}

impl<'e, 'a> Writer<'e, 'a> {
    /// Gets ready to write the events of a text that stands at an offset of its file.
    pub fn new(source: &'a str, offset: usize, options: &'e MarkupOptions<'e>, events: &'e Events<'a>) -> Self {
        Self {
            source,
            offset,
            options,
            events,
            body: Body::default(),
            out: Output::default(),
            block: Block::default(),
            quiet: 0,
            depth: 0,
            links: Vec::new(),
            elements: Vec::new(),
            heading: None,
            last_level: 1,
            anchors: Anchors::default(),
            footnotes: Footnotes::default(),
            table: Table::default(),
            tables: 0,
        }
    }

    /// Writes everything.
    pub fn run(mut self) -> Body {
        self.walk(0, self.events.len());
        self.end_block();
        self.write_footnotes();
        self.check_unused_footnotes();
        if self.options.extensions {
            self.look_for_literal_signs();
        }
        let mut body = self.body;
        (body.html, body.holes, body.prose) = self.out.finish();
        body.diagnostics.sort_by_key(|diagnostic| match &diagnostic.place {
            Place::Span(span) => span.start,
            _ => 0,
        });
        body
    }

    fn look_for_literal_signs(&mut self) {
        let found = literal::find(self.source, self.events);
        for (diagnostic, span) in found.diagnostics {
            self.report(diagnostic, &span);
        }
        let offset = self.offset;
        self.body.unlinked = found.unlinked;
        for one in &mut self.body.unlinked {
            one.span = one.span.start + offset..one.span.end + offset;
        }
    }

    /// A place in the text as a place in the file.
    pub fn in_file(&self, span: &Range<usize>) -> Range<usize> {
        span.start + self.offset..span.end + self.offset
    }

    /// Takes up a diagnostic about a place in the text.
    pub fn report(&mut self, diagnostic: Diagnostic, span: &Range<usize>) {
        let place = self.in_file(span);
        self.body.diagnostics.push(diagnostic.at(place));
    }

    /// Running text.
    pub fn text(&mut self, text: &str) {
        let start = self.out.html.len();
        self.out.text(text);
        if self.quiet == 0 && self.elements.is_empty() {
            self.out.mark_prose(start);
        }
        self.block.text.push_str(text);
    }

    /// Ends the block of plain text: what it mentions gets its sentence.
    pub fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        for (subject, context) in block.contexts() {
            match subject {
                Subject::Link(index, _) => {
                    if let Some(link) = self.body.links.get_mut(index) {
                        link.context = context;
                    }
                }
                Subject::Citation(index) => {
                    if let Some(citation) = self.body.citations.get_mut(index) {
                        citation.context = context;
                    }
                }
            }
        }
        let text = block.text.trim();
        if !text.is_empty() {
            if !self.body.plain.is_empty() {
                self.body.plain.push('\n');
            }
            self.body.plain.push_str(text);
        }
    }

    /// Writes the events from one index up to another.
    pub fn walk(&mut self, from: usize, to: usize) {
        let events = self.events;
        let mut at = from;
        while at < to {
            let Some(event) = events.get(at) else { return };
            at = match event {
                Event::Start(tag) => self.start(at, tag),
                Event::End(tag) => {
                    self.end(at, *tag);
                    at + 1
                }
                other => {
                    self.leaf(at, other);
                    at + 1
                }
            };
        }
    }

    fn leaf(&mut self, at: usize, event: &Event) {
        let span = self.events.span(at);
        match event {
            Event::Text(text) => {
                if self.options.extensions && text.as_ref() == "[" {
                    self.check_unknown_footnote(span.start);
                }
                self.text(text);
            }
            Event::Code(code) => {
                self.out.push("<code>");
                self.out.text(code);
                self.out.push("</code>");
                self.block.text.push_str(code);
            }
            Event::InlineMath(latex) => self.formula(latex, false, &span),
            Event::DisplayMath(latex) => self.formula(latex, true, &span),
            Event::Html(html) | Event::InlineHtml(html) => self.raw_html(html, &span, span.len() == html.len()),
            Event::FootnoteReference(name) => self.footnote_reference(name),
            Event::SoftBreak => {
                let start = self.out.html.len();
                self.out.push("\n");
                if self.quiet == 0 && self.elements.is_empty() {
                    self.out.mark_prose(start);
                }
                self.block.space();
            }
            Event::HardBreak => {
                self.out.push("<br>\n");
                self.block.space();
            }
            Event::Rule => {
                self.close_elements(self.depth);
                self.end_block();
                self.out.fresh_line();
                self.out.push("<hr>\n");
            }
            Event::TaskListMarker(done) => {
                self.out.push("<input type=\"checkbox\" disabled");
                self.out.push(if *done { " checked aria-label=\"" } else { " aria-label=\"" });
                self.out.hole(HoleKind::Word(if *done { "body.task_done" } else { "body.task_open" }));
                self.out.push("\"> ");
            }
            Event::Start(_) | Event::End(_) => {}
        }
    }

    /// Opens a tag, or writes it whole; returns the index of the next event.
    fn start(&mut self, at: usize, tag: &Tag) -> usize {
        match tag {
            Tag::Emphasis => self.out.push("<em>"),
            Tag::Strong => self.out.push("<strong>"),
            Tag::Strikethrough => self.out.push("<del>"),
            Tag::Superscript => self.out.push("<sup>"),
            Tag::Subscript => self.out.push("<sub>"),
            Tag::Link { link_type, dest_url, title, id } => {
                let next = self.start_link(at, *link_type, dest_url, title, id);
                self.depth += usize::from(next == at + 1);
                return next;
            }
            Tag::Image { link_type, dest_url, title, id } => {
                let next = self.start_image(at, *link_type, dest_url, title, id);
                self.depth += usize::from(next == at + 1);
                return next;
            }
            block => {
                self.close_elements(self.depth);
                self.end_block();
                return self.start_block(at, block);
            }
        }
        self.depth += 1;
        at + 1
    }

    fn start_block(&mut self, at: usize, tag: &Tag) -> usize {
        let span = self.events.span(at);
        match tag {
            Tag::Paragraph => {
                if let Some(next) = self.lone_image(at) {
                    return next;
                }
                self.line("<p>");
            }
            Tag::Heading { level, id, .. } => self.start_heading(*level, id.as_deref(), &span),
            Tag::BlockQuote(None) => self.line("<blockquote>\n"),
            Tag::BlockQuote(Some(kind)) => self.start_alert(*kind),
            Tag::CodeBlock(kind) => return self.code_block(at, kind),
            Tag::HtmlBlock => return self.html_block(at),
            Tag::List(Some(1)) => self.line("<ol>\n"),
            Tag::List(Some(start)) => self.line(&format!("<ol start=\"{start}\">\n")),
            Tag::List(None) => self.line("<ul>\n"),
            Tag::Item => self.line(if self.is_task(at) { "<li class=\"task\">" } else { "<li>" }),
            Tag::DefinitionList => self.line("<dl>\n"),
            Tag::DefinitionListTitle => {
                self.line("<dt>");
                self.quiet += 1;
            }
            Tag::DefinitionListDefinition => self.line("<dd>"),
            Tag::Table(alignments) => self.start_table(alignments),
            Tag::TableHead => self.start_row(true),
            Tag::TableRow => self.start_row(false),
            Tag::TableCell => self.start_cell(at),
            // Written when their number's turn has come.
            Tag::FootnoteDefinition(_) | Tag::MetadataBlock(_) => return self.events.end_of(at) + 1,
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Superscript | Tag::Subscript | Tag::Link { .. } | Tag::Image { .. } => {
            }
        }
        self.depth += 1;
        at + 1
    }

    fn end(&mut self, at: usize, tag: TagEnd) {
        self.close_elements(self.depth);
        self.depth = self.depth.saturating_sub(1);
        match tag {
            TagEnd::Emphasis => self.out.push("</em>"),
            TagEnd::Strong => self.out.push("</strong>"),
            TagEnd::Strikethrough => self.out.push("</del>"),
            TagEnd::Superscript => self.out.push("</sup>"),
            TagEnd::Subscript => self.out.push("</sub>"),
            TagEnd::Link | TagEnd::Image => self.end_link(at.saturating_sub(1)),
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::Table => self.end_table(),
            TagEnd::TableHead => self.end_row(true),
            TagEnd::TableRow => self.end_row(false),
            TagEnd::TableCell => self.end_cell(),
            TagEnd::Paragraph => self.close("</p>\n"),
            TagEnd::BlockQuote(kind) => self.close(if kind.is_some() { "</div>\n" } else { "</blockquote>\n" }),
            TagEnd::List(ordered) => self.close(if ordered { "</ol>\n" } else { "</ul>\n" }),
            TagEnd::Item => self.close("</li>\n"),
            TagEnd::DefinitionList => self.close("</dl>\n"),
            TagEnd::DefinitionListTitle => {
                self.quiet = self.quiet.saturating_sub(1);
                self.close("</dt>\n");
            }
            TagEnd::DefinitionListDefinition => self.close("</dd>\n"),
            TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::FootnoteDefinition | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn line(&mut self, html: &str) {
        self.out.fresh_line();
        self.out.push(html);
    }

    fn close(&mut self, html: &str) {
        self.out.push(html);
        self.end_block();
    }

    /// Whether an item starts with a box to tick.
    fn is_task(&self, item: usize) -> bool {
        let first = if matches!(self.events.get(item + 1), Some(Event::Start(Tag::Paragraph))) { item + 2 } else { item + 1 };
        matches!(self.events.get(first), Some(Event::TaskListMarker(_)))
    }

    fn start_alert(&mut self, kind: BlockQuoteKind) {
        let (class, word) = match kind {
            BlockQuoteKind::Note => ("note", "body.note"),
            BlockQuoteKind::Tip => ("tip", "body.tip"),
            BlockQuoteKind::Important => ("important", "body.important"),
            BlockQuoteKind::Warning => ("warning", "body.warning"),
            BlockQuoteKind::Caution => ("caution", "body.caution"),
        };
        self.line(&format!("<div class=\"alert alert-{class}\">\n<p class=\"alert-title\">"));
        self.out.hole(HoleKind::Word(word));
        self.out.push("</p>\n");
    }
}

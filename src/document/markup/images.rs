//! Images, figures and the cards of other pages.

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::super::body::{HoleKind, Image};
use super::writer::Writer;
use super::{escape, links};
use crate::diagnostic::Diagnostic;

impl Writer<'_, '_> {
    /// A paragraph that holds nothing but an image or a card is not a paragraph; returns the index of the next event if so.
    pub fn lone_image(&mut self, paragraph: usize) -> Option<usize> {
        let events = self.events;
        let Some(Event::Start(Tag::Image { link_type, dest_url, title, .. })) = events.get(paragraph + 1) else { return None };
        if !self.options.extensions || events.end_of(paragraph + 1) + 1 != events.end_of(paragraph) {
            return None;
        }
        match link_type {
            LinkType::WikiLink { .. } => {
                let index = self.add_wiki_link(dest_url, &events.span(paragraph + 1));
                let at = self.block.text.len();
                self.block.mention(at, super::context::Subject::Link(index, false));
                self.out.fresh_line();
                self.out.hole(HoleKind::Card(index));
                self.out.push("\n");
            }
            LinkType::ShortcutUnknown | LinkType::CollapsedUnknown | LinkType::ReferenceUnknown => return None,
            _ => {
                self.out.fresh_line();
                self.out.push("<figure>");
                self.image(paragraph + 1, dest_url, title);
                if !title.is_empty() {
                    self.out.push("<figcaption>");
                    self.out.text(title);
                    self.out.push("</figcaption>");
                    self.end_block();
                    self.block.text.push_str(title);
                }
                self.out.push("</figure>\n");
            }
        }
        self.end_block();
        Some(events.end_of(paragraph) + 1)
    }

    /// An image in running text; returns the index of the next event.
    pub fn start_image(&mut self, at: usize, link_type: LinkType, address: &str, title: &str, label: &str) -> usize {
        match link_type {
            LinkType::WikiLink { has_pothole } => self.start_wiki_link(at, address, has_pothole),
            LinkType::ShortcutUnknown | LinkType::CollapsedUnknown | LinkType::ReferenceUnknown => {
                self.text("!");
                self.start_citations(at, link_type, label)
            }
            _ => {
                self.image(at, address, title);
                self.events.end_of(at) + 1
            }
        }
    }

    fn image(&mut self, at: usize, address: &str, title: &str) {
        let span = self.events.span(at);
        let alt = self.alternative(at);
        let path = &escape::decode_percent(address.trim());
        if links::leaves_the_site(path) {
            self.report(Diagnostic::error("image-external").with("path", path), &span);
            self.text(&alt);
            return;
        }
        if alt.trim().is_empty() {
            self.report(Diagnostic::error("image-without-alt").with("path", path), &span);
        }
        let index = self.body.images.len();
        self.body.images.push(Image { path: path.clone(), alt, title: title.to_owned(), span: self.in_file(&span) });
        self.out.hole(HoleKind::Image(index));
    }

    /// The alternative text: what stands between the brackets, without its markup.
    fn alternative(&self, at: usize) -> String {
        let mut alt = String::new();
        for event in self.events.inside(at) {
            match event {
                Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => alt.push_str(text),
                Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph) => alt.push(' '),
                _ => {}
            }
        }
        alt
    }
}

//! The HTML as it grows, with its holes and its running text, and places where something is put in afterwards.

use std::ops::Range;

use super::super::body::{Hole, HoleKind};
use super::escape;

/// HTML under construction.
#[derive(Debug, Default)]
pub struct Output {
    /// The HTML so far.
    pub html: String,
    /// Its holes, in order.
    pub holes: Vec<Hole>,
    /// Its running text, in order.
    pub prose: Vec<Range<usize>>,
    late: Vec<Late>,
}

/// Something that is known only after what follows it has been read: a heading's anchor, the ways back from a footnote.
#[derive(Debug, Default)]
struct Late {
    at: usize,
    html: String,
    /// Offsets in `html`.
    holes: Vec<Hole>,
}

/// Names a place for something late.
#[derive(Debug, Clone, Copy)]
pub struct LateIndex(usize);

impl Output {
    /// Writes HTML as it is.
    pub fn push(&mut self, html: &str) {
        self.html.push_str(html);
    }

    /// Starts a new line, unless one has been started.
    pub fn fresh_line(&mut self) {
        if !self.html.is_empty() && !self.html.ends_with('\n') {
            self.html.push('\n');
        }
    }

    /// Leaves a hole here.
    pub fn hole(&mut self, kind: HoleKind) {
        self.holes.push(Hole { at: self.html.len(), kind });
    }

    /// Writes text, escaped.
    pub fn text(&mut self, text: &str) {
        escape::text(&mut self.html, text);
    }

    /// Writes an attribute with a space before it.
    pub fn attribute(&mut self, name: &str, value: &str) {
        self.html.push(' ');
        self.html.push_str(name);
        self.html.push_str("=\"");
        escape::attribute(&mut self.html, value);
        self.html.push('"');
    }

    /// Says that everything since `start` is running text.
    pub fn mark_prose(&mut self, start: usize) {
        let end = self.html.len();
        if start == end {
            return;
        }
        let hole_here = self.holes.last().is_some_and(|hole| hole.at == start);
        match self.prose.last_mut() {
            Some(last) if last.end == start && !hole_here => last.end = end,
            _ => self.prose.push(start..end),
        }
    }

    /// Keeps a place here for something late.
    pub fn later(&mut self) -> LateIndex {
        self.later_at(self.html.len())
    }

    /// Keeps a place for something late at an offset, which must not be before the last such place.
    pub fn later_at(&mut self, at: usize) -> LateIndex {
        self.late.push(Late { at, ..Late::default() });
        LateIndex(self.late.len() - 1)
    }

    /// Fills a place that was kept.
    pub fn fill(&mut self, index: LateIndex, content: Output) {
        if let Some(late) = self.late.get_mut(index.0) {
            late.html = content.html;
            late.holes = content.holes;
        }
    }

    /// Puts in what came late, and moves all that stands after it.
    pub fn finish(self) -> (String, Vec<Hole>, Vec<Range<usize>>) {
        if self.late.is_empty() {
            return (self.html, self.holes, self.prose);
        }
        let extra: usize = self.late.iter().map(|late| late.html.len()).sum();
        let mut html = String::with_capacity(self.html.len() + extra);
        let mut holes = Vec::with_capacity(self.holes.len());
        let mut old_holes = self.holes.into_iter().peekable();
        let mut prose = self.prose;
        let mut next_prose = 0;
        let mut copied = 0;
        for late in self.late {
            let shift = html.len() - copied;
            while let Some(hole) = old_holes.next_if(|hole| hole.at <= late.at) {
                holes.push(Hole { at: hole.at + shift, kind: hole.kind });
            }
            while let Some(range) = prose.get_mut(next_prose).filter(|range| range.end <= late.at) {
                *range = range.start + shift..range.end + shift;
                next_prose += 1;
            }
            html.push_str(&self.html[copied..late.at]);
            copied = late.at;
            let base = html.len();
            holes.extend(late.holes.into_iter().map(|hole| Hole { at: base + hole.at, kind: hole.kind }));
            html.push_str(&late.html);
        }
        let shift = html.len() - copied;
        holes.extend(old_holes.map(|hole| Hole { at: hole.at + shift, kind: hole.kind }));
        for range in prose.iter_mut().skip(next_prose) {
            *range = range.start + shift..range.end + shift;
        }
        html.push_str(&self.html[copied..]);
        (html, holes, prose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_late_moves_the_holes_and_the_running_text_after_it() {
        let mut output = Output::default();
        output.push("<h2");
        let place = output.later();
        output.push(">");
        output.hole(HoleKind::Card(1));
        let start = output.html.len();
        output.text("a & b");
        output.mark_prose(start);
        let mut late = Output::default();
        late.push(" id=\"");
        late.hole(HoleKind::Card(0));
        late.push("x\"");
        output.fill(place, late);
        let (html, holes, prose) = output.finish();
        assert_eq!(html, "<h2 id=\"x\">a &amp; b");
        assert_eq!(holes, [Hole { at: 8, kind: HoleKind::Card(0) }, Hole { at: 11, kind: HoleKind::Card(1) }]);
        assert_eq!(&html[prose[0].clone()], "a &amp; b");
    }
}

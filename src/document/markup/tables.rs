//! Tables, in a frame that scrolls sideways and can be reached with the keyboard.

use pulldown_cmark::{Alignment, Event, TagEnd};

use super::super::body::HoleKind;
use super::writer::Writer;

/// The table that is being read.
#[derive(Debug, Default)]
pub struct Table {
    alignments: Vec<Alignment>,
    column: usize,
    in_head: bool,
    has_rows: bool,
    /// Whether the open cell is a `<th>`.
    heading: bool,
}

impl Writer<'_, '_> {
    /// Opens a table.
    pub fn start_table(&mut self, alignments: &[Alignment]) {
        self.table = Table { alignments: alignments.to_vec(), ..Table::default() };
        self.out.fresh_line();
        self.tables += 1;
        self.out.push("<section class=\"table-scroll\" tabindex=\"0\" aria-label=\"");
        self.out.hole(HoleKind::Numbered { key: "body.table", number: self.tables });
        self.out.push("\">\n<table>\n");
    }

    /// Closes a table.
    pub fn end_table(&mut self) {
        self.out.push(if self.table.has_rows { "</tbody>\n</table>\n</section>\n" } else { "</table>\n</section>\n" });
    }

    /// Opens the head or a row.
    pub fn start_row(&mut self, head: bool) {
        self.table.column = 0;
        self.table.in_head = head;
        if head {
            self.out.push("<thead>\n");
        } else if !self.table.has_rows {
            self.table.has_rows = true;
            self.out.push("<tbody>\n");
        }
        self.out.push("<tr>");
    }

    /// Closes the head or a row.
    pub fn end_row(&mut self, head: bool) {
        self.out.push(if head { "</tr>\n</thead>\n" } else { "</tr>\n" });
    }

    /// Opens a cell. An empty cell in the head heads nothing, so it is an ordinary one.
    pub fn start_cell(&mut self, at: usize) {
        let empty = matches!(self.events.get(at + 1), Some(Event::End(TagEnd::TableCell)));
        self.table.heading = self.table.in_head && !empty;
        self.out.push(if self.table.heading { "<th scope=\"col\"" } else { "<td" });
        match self.table.alignments.get(self.table.column) {
            Some(Alignment::Left) => self.out.push(" class=\"align-left\""),
            Some(Alignment::Center) => self.out.push(" class=\"align-center\""),
            Some(Alignment::Right) => self.out.push(" class=\"align-right\""),
            Some(Alignment::None) | None => {}
        }
        self.out.push(">");
        self.table.column += 1;
        self.quiet += usize::from(self.table.heading);
    }

    /// Closes a cell.
    pub fn end_cell(&mut self) {
        self.quiet = self.quiet.saturating_sub(usize::from(self.table.heading));
        self.out.push(if self.table.heading { "</th>" } else { "</td>" });
        self.end_block();
    }
}

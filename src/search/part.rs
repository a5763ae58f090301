//! The kinds of files that an index consists of, and their names.

/// A file of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Words and in which pages they stand.
    Terms(usize),
    /// Where on those pages.
    Positions(usize),
    /// What results show of pages.
    Cards(usize),
    /// Words by first letter.
    Letter(char),
    /// By what pages can be narrowed.
    Facets,
}

impl Part {
    /// The name of its file, with a mark that changes with its content.
    pub fn name(self, mark: &str) -> String {
        match self {
            Self::Terms(number) => format!("t{number}-{mark}.bin"),
            Self::Positions(number) => format!("p{number}-{mark}.bin"),
            Self::Cards(number) => format!("c{number}-{mark}.bin"),
            Self::Letter(letter) => format!("w{letter}-{mark}.bin"),
            Self::Facets => format!("f-{mark}.bin"),
        }
    }
}

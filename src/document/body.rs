//! The body of a document: HTML in which everything that depends on other documents is a hole, and what it points at.

use std::ops::Range;

use crate::chart::Chart;
use crate::diagnostic::Diagnostic;

/// Markdown rendered as far as one document's text allows.
///
/// The plan fills the holes once all documents are known; a body without holes is finished HTML.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// HTML without the contents of the holes.
    pub html: String,
    /// Where something must be put in, in the order of their offsets.
    pub holes: Vec<Hole>,
    /// Byte ranges of `html` that are running text in which glossary terms may be linked: paragraphs, list items, table
    /// cells and definitions, outside of links, headings, code and math. In order, never overlapping a hole.
    pub prose: Vec<Range<usize>>,
    /// The headings, in order.
    pub headings: Vec<Heading>,
    /// Links into the site, in order.
    pub links: Vec<Link>,
    /// Links to other sites, in order.
    pub external: Vec<External>,
    /// Cited sources, in order.
    pub citations: Vec<Citation>,
    /// Ids that stand in the running text as if they were to be links or citations, but are none.
    pub unlinked: Vec<Unlinked>,
    /// Images, in order.
    pub images: Vec<Image>,
    /// The running text without markup, blocks separated by a line break; headings included.
    pub plain: String,
    /// Charts, in order.
    pub charts: Vec<Chart>,
    /// What is wrong with it; the places are byte ranges in the file, the file itself is not filled in yet.
    pub diagnostics: Vec<Diagnostic>,
}

/// So many words of a body can stand for its page where that has no summary.
const OPENING: usize = 30;

impl Body {
    /// How its text begins.
    pub fn opening(&self) -> String {
        self.plain.split_whitespace().take(OPENING).collect::<Vec<_>>().join(" ")
    }

    /// Forgets its text without markup but for how that begins, where nobody will read more of it.
    pub fn keep_opening(&mut self) {
        self.plain = self.opening();
    }
}

/// A place in [`Body::html`] at which the plan inserts something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// Byte offset in the HTML.
    pub at: usize,
    /// What goes there.
    pub kind: HoleKind,
}

/// What goes into a [`Hole`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoleKind {
    /// The opening `<a ...>` of the link with this index; the HTML has the closing tag.
    LinkStart(usize),
    /// The title of the page that the link with this index leads to.
    LinkTitle(usize),
    /// The card of the page that the link with this index leads to; stands between blocks.
    Card(usize),
    /// A group of citations, as a range of [`Body::citations`]: `(SZW, 2021, p. 3; Walz e.a., 2021)`.
    Citations {
        /// Which citations.
        group: Range<usize>,
    },
    /// The `<img ...>` with this index.
    Image(usize),
    /// The chart with this index; stands between blocks.
    Chart(usize),
    /// A word of the interface, by its key in the theme's catalogue, e.g. `body.note`; escaped when filled in.
    Word(&'static str),
    /// The same with `{number}` in it, so that landmarks of one kind have names of their own.
    Numbered {
        /// The key in the catalogue.
        key: &'static str,
        /// Counts from 1 on each page.
        number: usize,
    },
}

/// A heading of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its text without markup.
    pub text: String,
    /// Its address on the page; unique there.
    pub anchor: String,
    /// Where it stands in the file.
    pub span: Range<usize>,
    /// Where its text stands in [`Body::plain`], as long as all of that is kept.
    pub plain: Range<usize>,
}

/// A link to a page of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What the editor wrote.
    pub target: LinkTarget,
    /// The heading on that page: an anchor or a heading's text.
    pub heading: Option<String>,
    /// Where the target stands in the file.
    pub span: Range<usize>,
    /// The sentence around it, as plain text: `before`, the link's own text (empty if it is the page's title), `after`.
    pub context: Context,
}

/// A link to another site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct External {
    /// The address, as a reader's browser gets it.
    pub address: String,
    /// Where it stands in the file; the link as a whole where it is written elsewhere, or in another way.
    pub span: Range<usize>,
}

/// The sentence in which a link or a citation stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// Text of the sentence before the link.
    pub before: String,
    /// Text of the link; empty where it is the title of the page.
    pub text: String,
    /// Text of the sentence after the link.
    pub after: String,
}

/// The ways to point at a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// `[[id]]`, `[[Title]]` or `[[alias]]`.
    Name(String),
    /// `[text](../folder/file.md)`: relative to the file, as written.
    File(String),
    /// `[text](/address)`: an address of the site, without the slash in front.
    Address(String),
    /// `[text](#heading)` or `[[#heading]]`.
    SamePage,
}

/// One cited source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The id of the source, as typed.
    pub key: String,
    /// Text before the name, e.g. `zie`.
    pub prefix: String,
    /// What follows the comma, e.g. `p. 12`.
    pub locator: String,
    /// `-@key`: only the year.
    pub year_only: bool,
    /// Where the key stands in the file.
    pub span: Range<usize>,
    /// The anchor of this place in the text, e.g. `cite-3`, for the way back from the reference list.
    pub anchor: String,
    /// The sentence around it.
    pub context: Context,
}

/// What may be an id, in running text: `(@key)`, `[@ key]`, `[v-0001]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlinked {
    /// What may be an id.
    pub key: String,
    /// Whether an `@` stands before it.
    pub is_citation: bool,
    /// Where it stands in the file, with its sign and the brackets around it.
    pub span: Range<usize>,
}

/// An image of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its address as written: relative to the file, or from the site's static folder with a slash in front.
    pub path: String,
    /// The alternative text; never empty, for that is an error.
    pub alt: String,
    /// The title, if any; shown as a caption.
    pub title: String,
    /// Where it stands in the file.
    pub span: Range<usize>,
}

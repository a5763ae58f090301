//! Looks up the text that a diagnostic is about, and the place in it.

use std::rc::Rc;

use super::{Diagnostic, Location, SitePath, SourceText};
use crate::source::Sources;

/// Looks places up one after another. The text of the last file is kept, for the problems of a file mostly come together.
#[derive(Debug)]
pub struct Locator<'a> {
    sources: &'a Sources,
    last: Option<(SitePath, Rc<SourceText>)>,
}

impl<'a> Locator<'a> {
    /// For problems of these files.
    pub fn new(sources: &'a Sources) -> Self {
        Self { sources, last: None }
    }

    /// The text of the file that a problem is about, and the place in it; none where it is about no file that is text, or about
    /// one that is not there. The place is none where it is about the file as a whole.
    pub fn locate(&mut self, diagnostic: &Diagnostic) -> Option<(Rc<SourceText>, Option<Location>)> {
        let text = self.text(diagnostic.file.as_ref()?)?;
        let location = text.locate(&diagnostic.place);
        Some((text, location))
    }

    fn text(&mut self, path: &SitePath) -> Option<Rc<SourceText>> {
        if let Some((_, text)) = self.last.as_ref().filter(|(last, _)| last == path) {
            return Some(text.clone());
        }
        let file = self.sources.get(path)?;
        let ending = std::path::Path::new(&**path).extension()?;
        if !["md", "yaml", "html", "css"].iter().any(|known| ending == *known) {
            return None;
        }
        let text = Rc::new(SourceText::new(&file.bytes(), path.ends_with(".md")));
        self.last = Some((path.clone(), text.clone()));
        Some(text)
    }
}

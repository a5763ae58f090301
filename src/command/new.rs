//! `via-site new`: a page with the next id and every field that it must have, each with what belongs there.

use std::path::Path;

use jiff::civil;

use super::{Arguments, FINE, WRONG_CONTENT, complain, language, print_line, report};
use crate::diagnostic::nearest;
use crate::new_page::NewPage;
use crate::pipeline::{self, Options};
use crate::source;

/// Makes the file; never writes over one.
pub(super) fn new(arguments: &Arguments, root: &Path, kind: &str, title: &str) -> u8 {
    let (sources, _) = source::list(root);
    let language = language(arguments, &sources);
    let options = Options { today: civil::Date::ZERO, drafts: true, base_url: None };
    let schema = match pipeline::schema_of(&sources, &options) {
        Ok((_, schema)) => schema,
        Err(problems) => {
            report(arguments, &problems, &sources, &language);
            return WRONG_CONTENT;
        }
    };
    let Some(found) = schema.kinds.iter().find(|found| &*found.name == kind) else {
        let names: Vec<&str> = schema.kinds.iter().map(|kind| &*kind.name).collect();
        let near = nearest(kind, names.iter().copied()).map_or_else(|| names.join(", "), str::to_owned);
        return complain(&format!("there is no kind \"{kind}\"; did you mean: {near}"));
    };
    let page = NewPage { schema: &schema, kind: found, title, language: &language, values: &[] };
    match page.path(&sources).and_then(|path| page.write(root, &path).map(|()| path)) {
        Ok(path) => {
            print_line(path);
            FINE
        }
        Err(error) => complain(&error.to_string()),
    }
}

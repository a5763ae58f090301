//! `via-site init`: a small working site to start from.

use std::path::Path;

use include_dir::{Dir, include_dir};

use super::{FINE, complain, print_line};

/// The site that is written out: configuration, schema and a few linked pages.
static EXAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/command/example");

/// Writes the example into a folder that is empty or does not exist.
pub(super) fn init(folder: &Path) -> u8 {
    let occupied = folder.join("site.yaml").exists() || folder.join("schema.yaml").exists() || folder.join("content").exists();
    if occupied {
        return complain(&format!("there is a site in {} already", folder.display()));
    }
    let written = std::fs::create_dir_all(folder).and_then(|()| EXAMPLE.extract(folder));
    let schema = std::fs::write(folder.join("schema.yaml"), include_str!("../../schema.yaml"));
    match written.and(schema) {
        Ok(()) => {
            print_line(format_args!(
                "{}: a site with {} files. Build it with: via-site build --site {}",
                folder.display(),
                count(&EXAMPLE) + 1,
                folder.display()
            ));
            FINE
        }
        Err(error) => complain(&format!("cannot write to {}: {error}", folder.display())),
    }
}

fn count(folder: &Dir<'_>) -> usize {
    folder.files().count() + folder.dirs().map(count).sum::<usize>()
}

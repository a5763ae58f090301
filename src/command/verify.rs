//! `via-site verify`: a published site is compared with its `build.json`, and its links are followed.

use std::path::Path;
use std::time::Instant;

use super::{Arguments, FINE, FormatArgument, WRONG_CONTENT, WRONG_USE, language, print_line, report, warn_line};
use crate::diagnostic::{Diagnostic, Severity, Texts};
use crate::publish::Published;
use crate::source::{self, Sources};
use crate::verify::{self, Extent, Site};

/// Looks at the site at `place`, a folder or an address, and says all that is wrong with it.
pub(super) fn verify(arguments: &Arguments, place: &str) -> u8 {
    let started = Instant::now();
    let (code, diagnostics, extent) = match look(place) {
        Ok((site, mut diagnostics)) => {
            let (wrong, extent) = site.judge();
            diagnostics.extend(wrong);
            let code = if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) { WRONG_CONTENT } else { FINE };
            (code, diagnostics, Some(extent))
        }
        Err(problem) => (if problem.code == "verify-unreachable" { WRONG_CONTENT } else { WRONG_USE }, vec![problem], None),
    };
    // The site may be anywhere; only its language is taken from the folder that the program was called in.
    let root = arguments.site.clone().or_else(|| source::find_site(&std::env::current_dir().ok()?));
    let language = language(arguments, &root.map_or_else(Sources::default, |root| source::foundations(&root)));
    report(arguments, &diagnostics, &Sources::default(), &language);
    if let (true, Some(extent)) = (matches!(arguments.format, FormatArgument::Human), extent) {
        summarise(place, extent, &diagnostics, started.elapsed().as_millis(), &language);
    }
    code
}

fn look(place: &str) -> Result<(Site, Vec<Diagnostic>), Diagnostic> {
    if place.starts_with("http://") || place.starts_with("https://") {
        #[cfg(feature = "online")]
        return verify::online::look(place);
        #[cfg(not(feature = "online"))]
        return Err(Diagnostic::error("verify-offline").with("place", place));
    }
    let Some(published) = Published::open(Path::new(place)) else { return Err(Diagnostic::error("verify-no-site").with("place", place)) };
    verify::look(&published)
        .map_err(|error| Diagnostic::error("verify-unreachable").with("place", place).with("address", "").with("reason", error))
}

fn summarise(place: &str, extent: Extent, diagnostics: &[Diagnostic], milliseconds: u128, language: &str) {
    let Extent { files, links, redirects } = extent;
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let texts = Texts::of(language);
    let found = format!("{}, {}", texts.counted(errors, Severity::Error), texts.counted(warnings, Severity::Warning));
    let line = match language {
        "nl" => {
            format!("{place}: {files} bestanden, {links} verwijzingen en {redirects} oude adressen nagekeken in {milliseconds} ms: {found}")
        }
        _ => format!("{place}: {files} files, {links} links and {redirects} old addresses looked at in {milliseconds} ms: {found}"),
    };
    if errors > 0 { warn_line(line) } else { print_line(line) }
}

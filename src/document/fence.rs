//! Why a file has no front matter: what should be the lines of three dashes around it, or stands before them.

use std::ops::Range;

use crate::diagnostic::Diagnostic;

/// What is wrong with a text in which no front matter was found, with its place there.
pub fn missing(text: &str) -> Diagnostic {
    let bare = text.trim_start_matches('\u{feff}');
    let start = text.len() - bare.len();
    let first = start..start + bare.lines().next().map_or(0, str::len);
    if bare.trim_start() != bare && bare.trim_start().starts_with("---") {
        return Diagnostic::error("front-matter-not-first").at(first);
    }
    if !is_fence(&text[first.clone()]) {
        let is_meant = is_meant(&text[first.clone()]);
        return if is_meant { fence(first) } else { Diagnostic::error("front-matter-missing").at(first) };
    }
    let mut at = start;
    let lines = bare.split_inclusive('\n').map(|line| {
        at += line.len();
        at - line.len()..at - line.len() + line.trim_end().len()
    });
    match lines.skip(1).find(|line| is_meant(&text[line.clone()])) {
        Some(line) => fence(line),
        None => Diagnostic::error("front-matter-open").at(first),
    }
}

/// Where two versions of a text stand below each other, because two people changed it: the first line that says so.
pub fn conflict(text: &str) -> Option<Range<usize>> {
    let at = text.match_indices("<<<<<<< ").map(|(at, _)| at).find(|at| *at == 0 || text[..*at].ends_with('\n'))?;
    let is_closed = text[at..].contains("\n=======") && text[at..].contains("\n>>>>>>> ");
    is_closed.then(|| at..at + text[at..].lines().next().map_or(0, str::len))
}

fn fence(place: Range<usize>) -> Diagnostic {
    Diagnostic::error("front-matter-fence").at(place).replace_by("---")
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == "---"
}

/// Whether a line has nothing but dashes or what looks like them: `—` is what word processors make of three dashes.
fn is_meant(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty()
        && line != "-"
        && line.chars().all(|char| matches!(char, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '_' | '=' | '+' | ' '))
}

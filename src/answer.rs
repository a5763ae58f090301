//! What goes with a file of the site wherever it is served: its type, and how long it may be kept.

/// Kept for a year: the name changes with the content.
pub const FOREVER: &str = "public, max-age=31536000, immutable";

/// Asked for anew each time; an unchanged file costs a header.
pub const ASKED_ANEW: &str = "no-cache";

/// How the addresses end that other sites may read, with their types; all below `data/` comes to it.
pub const OPEN: [(&str, &str); 3] = [
    ("feed.xml", "application/atom+xml; charset=utf-8"),
    ("feed.json", "application/feed+json; charset=utf-8"),
    ("agenda.ics", "text/calendar; charset=utf-8"),
];

/// How long a file may be kept, as the value of `Cache-Control`, by its address from the root of the site.
pub fn cache_control(address: &str) -> &'static str {
    if address.starts_with("assets/") { FOREVER } else { ASKED_ANEW }
}

/// The type of a published file, by its address.
pub fn content_type(address: &str) -> &'static str {
    let open = OPEN.iter().find(|(ending, _)| address.ends_with(ending));
    open.map_or_else(|| media_type(address), |(_, kind)| kind)
}

/// The type of a file by its ending (IANA media types); browsers are told not to guess.
pub fn media_type(address: &str) -> &'static str {
    match address.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "geojson" => "application/json",
        "jsonld" => "application/ld+json",
        "xml" => "application/xml; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "avif" => "image/avif",
        "ico" => "image/vnd.microsoft.icon",
        "woff2" => "font/woff2",
        "pdf" => "application/pdf",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "csv" => "text/csv; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "ttl" => "text/turtle; charset=utf-8",
        "bib" => "application/x-bibtex; charset=utf-8",
        "ris" => "application/x-research-info-systems; charset=utf-8",
        "txt" | "md" | "conf" | "htaccess" | "" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_are_told_from_other_files_with_their_ending() {
        assert_eq!(content_type("vragen/feed.json"), "application/feed+json; charset=utf-8");
        assert_eq!(content_type("data/vragen.json"), "application/json");
        assert_eq!(content_type("en/index.html"), "text/html; charset=utf-8");
        assert_eq!(content_type("search/nl/t0-01234567.bin"), "application/octet-stream");
    }

    #[test]
    fn only_files_whose_name_changes_with_their_content_are_kept() {
        assert_eq!(cache_control("assets/style-0123.css"), FOREVER);
        assert_eq!(cache_control("en/assets/page.html"), ASKED_ANEW);
        assert_eq!(cache_control("index.html"), ASKED_ANEW);
    }
}

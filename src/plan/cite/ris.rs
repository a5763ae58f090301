//! Citations as RIS, the oldest form that every reference manager reads (Research Information Systems, 2011).

use super::{Author, Item};

/// One record: `TY  - ` first, `ER  - ` last, a line per value, each ended by carriage return and line feed.
pub(super) fn ris(item: &Item) -> String {
    let mut record = String::new();
    let mut line = |tag: &str, value: &str| {
        if !value.is_empty() {
            record.push_str(&format!("{tag}  - {value}\r\n"));
        }
    };
    line("TY", reference_type(item.form));
    line("ID", &item.id);
    for author in &item.authors {
        line("AU", &name(author));
    }
    line("TI", &item.title);
    if let Some(date) = item.issued {
        line("PY", &format!("{:04}", date.year()));
        let part = |part: Option<i8>| part.map_or_else(String::new, |part| format!("{part:02}"));
        // Year, month, day and "other", with their slashes also where a part is unknown.
        line("DA", &format!("{:04}/{}/{}/", date.year(), part(date.month()), part(date.day())));
    }
    line("PB", &item.publisher);
    if item.form == "article-journal" {
        line("JO", &item.container);
    }
    line("T2", &item.container);
    line("VL", &item.volume);
    line("IS", &item.issue);
    let (first, last) = page_range(&item.pages);
    line("SP", first);
    line("EP", last);
    line(if item.form == "report" { "SN" } else { "M1" }, &item.number);
    line("DO", &item.doi);
    line("UR", &item.url);
    line("LA", &item.language);
    line("N1", &item.note);
    record.push_str("ER  - \r\n");
    record
}

fn reference_type(form: &str) -> &'static str {
    match form {
        "article-journal" | "review" | "review-book" => "JOUR",
        "article-magazine" => "MGZN",
        "article-newspaper" => "NEWS",
        "bill" => "BILL",
        "book" | "classic" => "BOOK",
        "chapter" => "CHAP",
        "dataset" => "DATA",
        "entry-dictionary" => "DICT",
        "entry-encyclopedia" => "ENCYC",
        "hearing" => "HEAR",
        "legal_case" => "CASE",
        "legislation" | "regulation" => "STAT",
        "manuscript" => "UNPB",
        "map" => "MAP",
        "pamphlet" => "PAMP",
        "paper-conference" => "CPAPER",
        "patent" => "PAT",
        "post-weblog" => "BLOG",
        "post" | "webpage" => "ELEC",
        "report" => "RPRT",
        "software" => "COMP",
        "standard" => "STAND",
        "thesis" => "THES",
        _ => "GEN",
    }
}

/// `van der Berg, Sanne`; an organisation as it is.
fn name(author: &Author) -> String {
    match author {
        Author::Organisation(literal) => literal.clone(),
        Author::Person { family, given, particle } => {
            let family = if particle.is_empty() { family.clone() } else { format!("{particle} {family}") };
            if given.is_empty() { family } else { format!("{family}, {given}") }
        }
    }
}

/// `12-34` as its first and its last page; anything that is no plain range as a first page.
pub(in crate::plan) fn page_range(pages: &str) -> (&str, &str) {
    let parts: Vec<&str> = pages.split(['-', '–', '—']).map(str::trim).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [first, last] if !pages.contains([',', ';']) => (*first, *last),
        _ => (pages, ""),
    }
}

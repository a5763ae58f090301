//! Citations as BibTeX, in UTF-8, with what TeX would misread escaped and with names that keep their particles.

use super::ris::page_range;
use super::{Author, Item};

/// One entry; its key is the id of the entity.
pub(super) fn bibtex(item: &Item) -> String {
    let kind = entry_type(item);
    let mut fields: Vec<(&str, String)> = Vec::new();
    let mut field = |name: &'static str, value: String| {
        if !value.is_empty() {
            fields.push((name, format!("{{{value}}}")));
        }
    };
    field("author", item.authors.iter().map(name).collect::<Vec<_>>().join(" and "));
    field("title", title(&item.title));
    field(container_field(kind), escaped(&item.container));
    if kind == "thesis" {
        field("type", escaped(&item.genre));
    }
    field(publisher_field(kind), escaped(&item.publisher));
    field("volume", escaped(&item.volume));
    // What BibTeX calls the number of an article is the issue of its journal.
    let number = if item.issue.is_empty() { &item.number } else { &item.issue };
    field("number", escaped(number));
    field("pages", pages(&item.pages));
    if let Some(date) = item.issued {
        field("year", format!("{:04}", date.year()));
    }
    field("doi", verbatim(&item.doi));
    field("url", verbatim(&item.url));
    field("langid", language_name(&item.language).to_owned());
    field("note", escaped(&item.note));
    if let Some(date) = item.issued {
        let after_year = fields.iter().position(|(name, _)| *name == "year").map_or(fields.len(), |at| at + 1);
        if let Some(day) = date.day() {
            fields.insert(after_year, ("day", format!("{{{day}}}")));
        }
        if let Some(month) = date.month() {
            fields.insert(after_year, ("month", month_macro(month).to_owned()));
        }
    }
    let lines: Vec<String> = fields.iter().map(|(name, value)| format!("  {name} = {value}")).collect();
    format!("@{kind}{{{},\n{}\n}}\n", item.id, lines.join(",\n"))
}

/// The entry type of classic BibTeX, and `thesis`, which says no more of a thesis than we know.
fn entry_type(item: &Item) -> &'static str {
    match item.form {
        "article" | "article-journal" | "article-magazine" | "article-newspaper" | "review" | "review-book" => "article",
        "book" | "classic" => "book",
        "chapter" | "entry" | "entry-dictionary" | "entry-encyclopedia" => "incollection",
        "paper-conference" => "inproceedings",
        "pamphlet" => "booklet",
        "thesis" => "thesis",
        "report" => "techreport",
        // A working paper is a report where somebody issues it.
        "manuscript" if !item.container.is_empty() || !item.publisher.is_empty() => "techreport",
        _ => "misc",
    }
}

fn container_field(kind: &str) -> &'static str {
    match kind {
        "article" => "journal",
        "incollection" | "inproceedings" => "booktitle",
        "book" => "series",
        // "IZA Discussion Paper 7292": the name of the series goes before the number.
        "techreport" => "type",
        _ => "howpublished",
    }
}

fn publisher_field(kind: &str) -> &'static str {
    match kind {
        "techreport" => "institution",
        "thesis" => "school",
        _ => "publisher",
    }
}

/// Text in which nothing is a command, a comment, a quotation or a group.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before = None;
    for letter in text.chars() {
        match letter {
            '&' | '%' | '_' | '#' | '$' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            // `\{` would still count as an open brace.
            '{' => escaped.push_str("\\textbraceleft{}"),
            '}' => escaped.push_str("\\textbraceright{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '\\' => escaped.push_str("\\textbackslash{}"),
            // Two of these in a row would become a dash or a quotation mark.
            '-' | '\'' | '`' if before == Some(letter) => {
                escaped.push_str("{}");
                escaped.push(letter);
            }
            letter => escaped.push(letter),
        }
        before = Some(letter);
    }
    escaped
}

/// A title whose words keep their capitals, though a style writes titles in lower case.
fn title(title: &str) -> String {
    let words = title.split_whitespace().enumerate().map(|(position, word)| {
        // The first letter of a title keeps its capital by itself.
        let at_risk = if position == 0 { word.char_indices().nth(1).map_or("", |(second, _)| &word[second..]) } else { word };
        let has_capital = at_risk.chars().any(char::is_uppercase);
        let word = escaped(word);
        match (has_capital, word.starts_with('\\')) {
            (false, _) => word,
            (true, false) => format!("{{{word}}}"),
            // A group that begins with a command is read as one letter with an accent.
            (true, true) => format!("{{{{{word}}}}}"),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// `van der Berg, Sanne`; an organisation in braces, as one name.
fn name(author: &Author) -> String {
    match author {
        Author::Organisation(literal) => format!("{{{}}}", escaped(literal)),
        Author::Person { family, given, particle } => {
            // BibTeX takes words in lower case for a particle, and, where there is no comma, the first word for a given name.
            let needs_braces = (given.is_empty() && family.contains(' '))
                || family.contains(',')
                || family.split(' ').any(|word| !word.starts_with(char::is_uppercase));
            let family = match (needs_braces, particle.is_empty()) {
                (true, true) => format!("{{{}}}", escaped(family)),
                (false, true) => escaped(family),
                (true, false) => format!("{} {{{}}}", escaped(particle), escaped(family)),
                (false, false) if given.is_empty() && particle.starts_with(char::is_uppercase) => {
                    format!("{{{} {}}}", escaped(particle), escaped(family))
                }
                (false, false) => format!("{} {}", escaped(particle), escaped(family)),
            };
            let given = if given.contains(',') || given.split(' ').any(|word| word == "and") {
                format!("{{{}}}", escaped(given))
            } else {
                escaped(given)
            };
            if given.is_empty() { family } else { format!("{family}, {given}") }
        }
    }
}

fn pages(pages: &str) -> String {
    match page_range(pages) {
        (first, last) if !last.is_empty() => format!("{}--{}", escaped(first), escaped(last)),
        _ => escaped(pages),
    }
}

/// An address, which styles print as it is; only a brace would end the field.
fn verbatim(address: &str) -> String {
    address.replace('{', "%7B").replace('}', "%7D").replace('\\', "%5C")
}

fn month_macro(month: i8) -> &'static str {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or("jan")
}

/// The name by which the package `babel` knows a language; none for those that it does not know.
fn language_name(tag: &str) -> &'static str {
    match tag.split('-').next().unwrap_or_default() {
        "ar" => "arabic",
        "da" => "danish",
        "de" => "german",
        "en" => "english",
        "es" => "spanish",
        "fi" => "finnish",
        "fr" => "french",
        "it" => "italian",
        "nb" | "no" => "norwegian",
        "nl" => "dutch",
        "pl" => "polish",
        "pt" => "portuguese",
        "sv" => "swedish",
        "tr" => "turkish",
        "uk" => "ukrainian",
        _ => "",
    }
}

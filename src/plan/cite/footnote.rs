//! Citations as a footnote, after the Dutch guide for legal authors: who, what, where and when, with commas between.

use super::{Author, Item};
use crate::catalogue::Catalogue;
use crate::plan::summary::date_words;

/// The text of a footnote in the words of the reader's language.
pub(super) fn footnote(item: &Item, words: &Catalogue) -> String {
    let mut parts = Vec::new();
    let mut part = |text: String| {
        if !text.trim().is_empty() {
            parts.push(text.trim().to_owned());
        }
    };
    let is_part = item.form.starts_with("article") || matches!(item.form, "chapter" | "webpage" | "post" | "post-weblog");
    let in_periodical = is_part && item.form != "chapter" && !item.container.is_empty();
    part(author_list(&item.authors, words));
    part(if is_part { format!("‘{}’", item.title) } else { item.title.clone() });
    let date = date(item, words);
    let publisher = if item.is_own_author(&item.publisher) { "" } else { item.publisher.as_str() };
    if in_periodical {
        let container = if item.is_own_author(&item.container) { "" } else { item.container.as_str() };
        part(format!("{container} {date}"));
        part(labelled("cite.volume", &item.volume, words));
        part(labelled("cite.issue", &item.issue, words));
        part(item.number.clone());
    } else {
        let within = if item.form == "chapter" { labelled("cite.in", &item.container, words) } else { item.container.clone() };
        part(within);
        part(item.number.clone());
        part(format!("{publisher} {date}"));
    }
    part(labelled("cite.pages", &item.pages, words));
    part(if item.doi.is_empty() { item.url.clone() } else { format!("https://doi.org/{}", item.doi) });
    let note = parts.join(", ");
    // A full stop after an address would be copied along with it.
    match (item.note.as_str(), item.doi.is_empty() && item.url.is_empty()) {
        ("", true) if note.ends_with(['.', '…']) => note,
        ("", true) => format!("{note}."),
        ("", false) => note,
        (remark, _) => format!("{note} ({remark})."),
    }
}

impl Item {
    /// Whether an organisation is named as the author already.
    fn is_own_author(&self, name: &str) -> bool {
        self.authors.iter().any(|author| matches!(author, Author::Organisation(literal) if literal == name))
    }
}

/// A day matters for what appears daily and for papers of state; of the rest, the year.
fn date(item: &Item, words: &Catalogue) -> String {
    let Some(date) = item.issued else { return words.text("reference.no_date").to_owned() };
    let daily = matches!(
        item.form,
        "article-newspaper" | "article-magazine" | "webpage" | "post" | "post-weblog" | "bill" | "legislation" | "regulation" | "dataset"
    );
    if daily { date_words(date, words) } else { date.year().to_string() }
}

fn labelled(key: &str, value: &str, words: &Catalogue) -> String {
    if value.is_empty() { String::new() } else { words.fill(key, &[("text", value)]) }
}

/// All of up to three authors; of more, the first.
fn author_list(authors: &[Author], words: &Catalogue) -> String {
    let names: Vec<String> = authors.iter().map(name).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] if names.len() <= 3 => format!("{} & {last}", rest.join(", ")),
        [first, ..] => format!("{first} {}", words.text("cite.and_others")),
    }
}

fn name(author: &Author) -> String {
    match author {
        Author::Organisation(literal) => literal.clone(),
        Author::Person { family, given, particle } => {
            let initials = initials(given);
            [initials.as_str(), particle, family].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        }
    }
}

/// `Sanne Maria` and `S. M.` both become `S.M.`; a hyphen stays: `J.-P.`
fn initials(given: &str) -> String {
    let initial = |piece: &str| piece.chars().next().map(|letter| format!("{}.", letter.to_uppercase()));
    let parts = given.split([' ', '.']).filter(|part| !part.is_empty()).map(|part| {
        let pieces: Vec<String> = part.split('-').filter_map(initial).collect();
        format!("{}{}", if part.starts_with('-') { "-" } else { "" }, pieces.join("-"))
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn given_names_become_initials_without_spaces() {
        assert_eq!(initials("Sanne Maria"), "S.M.");
        assert_eq!(initials("J.-P."), "J.-P.");
        assert_eq!(initials("Jan-Pieter K."), "J.-P.K.");
        assert_eq!(initials("Østen"), "Ø.");
    }
}

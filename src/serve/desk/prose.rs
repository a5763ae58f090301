//! How hard a text is to read: the length of its sentences, and the reading ease of its summary.
//!
//! The ease is that of Flesch (1948) for English and of Douma (1960) for Dutch: from 0 to 100, where 60 to 70 is plain and
//! less than 50 is difficult. It is an estimate from lengths alone, which is why the desk gives it and the build does not.

use super::{Entry, Site};
use crate::diagnostic::Place;
use crate::schema::Role;

/// A sentence with more words than this is hard to follow.
const LONG: usize = 25;

/// Below this a text is difficult.
const DIFFICULT: f64 = 50.0;

/// A text with fewer words than this says nothing about its ease.
const ENOUGH: usize = 12;

/// Sentences that are too long.
pub fn long_sentences<'a>(site: &Site<'a>) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    for (entity, document) in site.documents() {
        let [_, summary, body] = site.texts(document);
        for sentence in sentences(summary).chain(sentences(body)) {
            let words = sentence.split_whitespace().count();
            if words > LONG {
                let start: Vec<&str> = sentence.split_whitespace().take(8).collect();
                let note = site.word("desk.sentences.note").replace("{count}", &words.to_string()).replace("{start}", &start.join(" "));
                entries.push(Entry { entity, document, place: site.place_of(document, sentence), note });
            }
        }
    }
    entries
}

/// Summaries that are difficult to read.
pub fn hard_summaries<'a>(site: &Site<'a>) -> Vec<Entry<'a>> {
    let schema = &site.graph.schema;
    let mut entries: Vec<(f64, Entry<'a>)> = Vec::new();
    for (entity, document) in site.documents() {
        let summary = document.text(schema, Role::Summary);
        let Some(ease) = ease(summary, &document.language).filter(|ease| *ease < DIFFICULT) else { continue };
        let place = schema.kind(document.kind).role(Role::Summary).map_or(Place::File, |field| super::field_place(Some(&field.name)));
        let note = site.word("desk.level.note").replace("{score}", &format!("{ease:.0}"));
        entries.push((ease, Entry { entity, document, place, note }));
    }
    entries.sort_by(|a, b| a.0.total_cmp(&b.0));
    entries.into_iter().map(|(_, entry)| entry).collect()
}

/// The sentences of a text. A full stop ends one where a blank follows and no small letter behind that, so that most
/// abbreviations do not.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| {
        let mut parts = Vec::new();
        let mut start = 0;
        for (at, letter) in line.char_indices().filter(|(_, letter)| matches!(letter, '.' | '!' | '?' | ';')) {
            let rest = &line[at + letter.len_utf8()..];
            let next = rest.trim_start().chars().next();
            if rest.starts_with(char::is_whitespace) && !next.is_some_and(char::is_lowercase) {
                parts.push(line[start..=at].trim());
                start = at + 1;
            }
        }
        parts.push(line[start..].trim());
        parts.into_iter().filter(|part| !part.is_empty())
    })
}

/// The reading ease of a text; none if it is too short to tell.
fn ease(text: &str, language: &str) -> Option<f64> {
    let words: Vec<&str> = text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).collect();
    if words.len() < ENOUGH {
        return None;
    }
    #[allow(clippy::cast_precision_loss, reason = "a text has few words")]
    let (count, sentences, syllables) =
        (words.len() as f64, sentences(text).count().max(1) as f64, words.iter().map(|word| syllables(word)).sum::<usize>() as f64);
    let (length, weight) = (count / sentences, syllables / count);
    Some(if language == "nl" { 206.84 - 0.93 * length - 77.0 * weight } else { 206.835 - 1.015 * length - 84.6 * weight })
}

/// Groups of vowels, which are syllables nearly always; a silent e at the end of an English word is one too many.
fn syllables(word: &str) -> usize {
    let folded = deunicode::deunicode(word).to_lowercase();
    let is_vowel = |letter: char| "aeiouy".contains(letter);
    let mut count = 0;
    let mut inside = false;
    for letter in folded.chars() {
        let vowel = is_vowel(letter) || (inside && letter == 'j');
        count += usize::from(vowel && !inside);
        inside = vowel;
    }
    count.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_where_a_reader_hears_it_end() {
        let found: Vec<&str> = sentences("Dit is er een. En dit, d.w.z. nog een! Ja?\nKop zonder punt").collect();
        assert_eq!(found, ["Dit is er een.", "En dit, d.w.z. nog een!", "Ja?", "Kop zonder punt"]);
    }

    #[test]
    fn plain_words_are_easier_than_long_ones() {
        let plain = "De man gaat naar zijn werk. Daar wacht een vrouw op hem. Zij lopen samen door de hal.";
        let hard = "De arbeidsmarktdiscriminatieproblematiek noodzaakt uitvoeringsorganisaties tot organisatieoverstijgende samenwerkingsverbanden \
                    waarbinnen verantwoordelijkheden gedifferentieerd worden belegd.";
        let (plain, hard) = (ease(plain, "nl").expect("long enough"), ease(hard, "nl").expect("long enough"));
        assert!(plain > 70.0 && hard < 20.0, "{plain} {hard}");
        assert_eq!(ease("Te kort.", "nl"), None);
    }

    #[test]
    fn syllables_are_counted_by_their_vowels() {
        assert_eq!(["werk", "moeilijk", "arbeidsmarkt", "stage", "x"].map(syllables), [1, 2, 3, 2, 1]);
    }
}

//! Files that programs look for by name: whom to tell of a hole in security, and how a browser can search the site.

use jiff::{Span, civil};

use super::data::escape;
use super::feed::xml_text;
use super::{File, Planner};
use crate::date::PartialDate;
use crate::diagnostic::{Diagnostic, KeyPath};

/// A contact that lapses sooner than this is renewed before the site is published.
const DAYS_LEFT: i64 = 30;

/// The longest name of a search engine (`OpenSearch` 1.1, `ShortName`).
const SHORT: usize = 16;

impl Planner {
    /// `security.txt` and a description of the search per language.
    pub(super) fn well_known(&self, diagnostics: &mut Vec<Diagnostic>) -> Vec<File> {
        let searches = self.config.languages.iter().map(|language| self.open_search(language));
        self.security(diagnostics).into_iter().chain(searches).collect()
    }

    /// The address of the description of the search in a language, for `<link rel="search">`
    /// (type `application/opensearchdescription+xml`).
    pub(super) fn open_search_address(&self, language: &str) -> String {
        self.addresses.home(language).replace("index.html", "opensearch.xml")
    }

    /// Whom to tell of a hole in security (RFC 9116). An address alone makes none: the file must say until when it is right.
    fn security(&self, diagnostics: &mut Vec<Diagnostic>) -> Option<File> {
        let publisher = &self.config.publisher;
        let written = publisher.security_expires.as_ref().filter(|_| !publisher.email.is_empty())?;
        let Some(expires) = lasting(written, self.graph.today) else {
            let key = KeyPath::of("publisher").key("security_expires");
            diagnostics.push(Diagnostic::error("security-expired").in_file(&"site.yaml".into()).at(key.value()).with("date", written));
            return None;
        };
        let content = format!(
            "Contact: mailto:{}\nExpires: {expires}T00:00:00Z\nPreferred-Languages: {}\nCanonical: {}.well-known/security.txt\n",
            mail_address(&publisher.email),
            self.config.languages.join(", "),
            self.config.base_url,
        );
        Some(File { address: ".well-known/security.txt".to_owned(), bytes: content.into_bytes().into() })
    }

    /// How a browser can search the site (`OpenSearch` 1.1).
    fn open_search(&self, language: &str) -> File {
        let address = self.open_search_address(language);
        let base = &self.config.base_url;
        let title = self.config.title.get(language);
        let search = self.addresses.page(self.words(language).text("search.address"), language);
        let content = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
             <OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n\
             \x20 <ShortName>{}</ShortName>\n\
             \x20 <LongName>{}</LongName>\n\
             \x20 <Description>{}</Description>\n\
             \x20 <Url type=\"text/html\" template=\"{}\"/>\n\
             \x20 <Url type=\"application/opensearchdescription+xml\" rel=\"self\" template=\"{}\"/>\n\
             \x20 <Language>{}</Language>\n\
             \x20 <InputEncoding>UTF-8</InputEncoding>\n\
             \x20 <OutputEncoding>UTF-8</OutputEncoding>\n\
             </OpenSearchDescription>\n",
            xml_text(&shortened(title, SHORT)),
            xml_text(&shortened(title, 48)),
            xml_text(&shortened(self.config.description.get(language), 1024)),
            escape(&format!("{base}{search}?q={{searchTerms}}")),
            escape(&format!("{base}{address}")),
            escape(language),
        );
        File { address, bytes: content.into_bytes().into() }
    }
}

/// The day, if it is one and lies far enough ahead.
fn lasting(written: &str, today: civil::Date) -> Option<PartialDate> {
    let soon = today.checked_add(Span::new().days(DAYS_LEFT)).ok()?;
    PartialDate::parse(written).filter(|date| date.day().is_some() && date.first_day() > soon)
}

/// An address of mail as it stands in a `mailto:` (RFC 6068).
fn mail_address(address: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$'*+@".contains(&byte);
    address.trim().bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// As many whole words as fit in so many characters; of a first word that is longer, its start.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most + 1).collect();
    match cut.rsplit_once(char::is_whitespace) {
        Some((words, _)) if !words.trim().is_empty() => words.trim_end_matches([' ', ',', ':', ';', '-', '–']).to_owned(),
        _ => cut.chars().take(most).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::feeds_testing::Site;

    fn with_contact(publisher: &str) -> Site {
        Site::new().set("{name: Gardeners}", publisher)
    }

    #[test]
    fn a_contact_is_published_with_the_day_until_which_it_is_right() {
        let site = with_contact("{name: Gardeners, email: 'safe+ty@gardens.example', security_expires: '2027-06-01'}").build();
        assert_eq!(
            site[".well-known/security.txt"],
            "Contact: mailto:safe+ty@gardens.example\nExpires: 2027-06-01T00:00:00Z\nPreferred-Languages: en, nl\n\
             Canonical: https://gardens.example/.well-known/security.txt\n"
        );
        assert!(!Site::new().build().contains_key(".well-known/security.txt"), "no address, no file");
    }

    #[test]
    fn a_contact_that_lapses_within_thirty_days_stops_the_build() {
        let problems = |day: &str| with_contact(&format!("{{name: G, email: g@gardens.example, security_expires: '{day}'}}")).problems();
        for bad in ["2026-12-23", "2020-01-01", "2027-06", "soon"] {
            let found = problems(bad);
            assert!(found.iter().any(|problem| problem.code == "security-expired"), "{bad}: {found:?}");
        }
        assert!(problems("2026-12-24").is_empty());
    }

    #[test]
    fn an_address_of_mail_cannot_add_a_line() {
        assert_eq!(mail_address("a b@c\nContact: x?y"), "a%20b@c%0AContact%3A%20x%3Fy");
    }

    #[test]
    fn a_browser_learns_how_to_search_in_each_language() {
        let site = Site::new().build();
        let english = &site["opensearch.xml"];
        assert!(english.contains("<ShortName>The gardens &amp;</ShortName>"), "{english}");
        assert!(english.contains("template=\"https://gardens.example/search.html?q={searchTerms}\""), "{english}");
        assert!(site["nl/opensearch.xml"].contains("https://gardens.example/nl/zoeken.html?q={searchTerms}"));
    }

    #[test]
    fn a_name_is_shortened_between_words() {
        assert_eq!(shortened("Kennisagenda VIA", 16), "Kennisagenda VIA");
        assert_eq!(shortened("VIA knowledge agenda", 16), "VIA knowledge");
        assert_eq!(shortened("Arbeidsmarktdiscriminatie", 16), "Arbeidsmarktdisc");
    }
}

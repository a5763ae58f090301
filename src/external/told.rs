//! What editors are told of the answers.

use jiff::civil::Date;

use super::answer::Answer;
use super::collect::{Address, Addresses};
use super::memory::Memory;
use crate::diagnostic::Diagnostic;

/// All that is to be said of these addresses, at every place that leads to one; nothing of those of which nothing is known.
pub fn tell(addresses: &Addresses, memory: &Memory, today: Date) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for (address, leading) in addresses {
        let Some(known) = memory.get(address) else { continue };
        let Some(diagnostic) = diagnostic(address, &known.answer, leading, known.alive, today) else { continue };
        for mention in &leading.mentions {
            let mut one = diagnostic.clone().in_file(&mention.file).at(mention.place.clone());
            if let Answer::Moved { to } = &known.answer
                && !mention.typed.is_empty()
            {
                one = one.replace_by(with_fragment(to, &mention.typed));
            }
            told.push(one);
        }
    }
    told
}

/// Whether these answers say that this machine has no network, rather than anything of the addresses.
pub fn is_offline<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> bool {
    let mut count = 0;
    let all = answers.into_iter().all(|answer| {
        count += 1;
        matches!(answer, Answer::NoHost | Answer::Unreachable | Answer::Timeout)
    });
    all && count > 1
}

fn diagnostic(address: &str, answer: &Answer, leading: &Address, alive: Option<Date>, today: Date) -> Option<Diagnostic> {
    let diagnostic = match answer {
        Answer::Fine => return None,
        Answer::Moved { to } => Diagnostic::warning("external-moved").with("to", to),
        Answer::Gone { status } => dead("external-gone", "external-gone-kept", leading).with("status", status),
        Answer::NoHost => dead("external-no-host", "external-no-host-kept", leading).with("host", host(address)),
        Answer::NoAddress => Diagnostic::error("external-no-address"),
        Answer::Refused { status } => Diagnostic::warning("external-refused").with("status", status),
        Answer::Later { status } => Diagnostic::warning("external-later").with("status", status),
        Answer::Timeout => Diagnostic::warning("external-timeout"),
        Answer::Unreachable => Diagnostic::warning("external-unreachable"),
        Answer::Certificate => Diagnostic::warning("external-certificate").with("host", host(address)),
        Answer::Loop => Diagnostic::warning("external-loop"),
        Answer::Private => Diagnostic::warning("external-private"),
    };
    let diagnostic = match &leading.archive {
        _ if !answer.is_dead() => diagnostic,
        Some(archive) => diagnostic.with("archive", archive),
        None => diagnostic.with("archive", in_the_web_archive(address, alive.or(leading.dated).unwrap_or(today).min(today))),
    };
    Some(diagnostic.with("address", address))
}

/// The page may know of a copy already.
fn dead(code: &'static str, kept: &'static str, leading: &Address) -> Diagnostic {
    Diagnostic::error(if leading.archive.is_some() { kept } else { code })
}

/// Where the Internet Archive shows the copy that is nearest to a day.
fn in_the_web_archive(address: &str, day: Date) -> String {
    format!("https://web.archive.org/web/{}/{address}", day.strftime("%Y%m%d"))
}

/// What stands between the scheme and the path.
fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default()
}

/// The new address, with the part behind `#` of the old one where it has none of its own.
fn with_fragment(to: &str, typed: &str) -> String {
    match typed.split_once('#') {
        Some((_, fragment)) if !to.contains('#') => format!("{to}#{fragment}"),
        _ => to.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_dead_address_is_sought_in_the_archive_on_a_day_on_which_it_lived() {
        let archive = |leading: &Address, alive| {
            let told = diagnostic("https://a.nl/b", &Answer::Gone { status: 404 }, leading, alive, date(2026, 11, 23)).expect("told");
            told.words.iter().find(|(name, _)| *name == "archive").map(|(_, archive)| archive.clone()).expect("an archive")
        };
        let dated = Address { dated: Some(date(2019, 12, 31)), ..Address::default() };
        assert_eq!(archive(&Address::default(), None), "https://web.archive.org/web/20261123/https://a.nl/b");
        assert_eq!(archive(&dated, None), "https://web.archive.org/web/20191231/https://a.nl/b");
        assert_eq!(archive(&dated, Some(date(2026, 3, 1))), "https://web.archive.org/web/20260301/https://a.nl/b");
        let later = Address { dated: Some(date(2027, 12, 31)), ..Address::default() };
        assert_eq!(archive(&later, None), "https://web.archive.org/web/20261123/https://a.nl/b", "no copy was made tomorrow");
        let kept = Address { archive: Some("https://archief.nl/7".to_owned()), ..Address::default() };
        assert_eq!(archive(&kept, None), "https://archief.nl/7");
    }

    #[test]
    fn a_new_address_keeps_the_place_on_the_page() {
        assert_eq!(with_fragment("https://b.nl/", "https://a.nl/#kop"), "https://b.nl/#kop");
        assert_eq!(with_fragment("https://b.nl/#x", "https://a.nl/#kop"), "https://b.nl/#x");
    }

    #[test]
    fn without_a_network_nothing_is_said_of_the_addresses() {
        assert!(is_offline([&Answer::NoHost, &Answer::Timeout]));
        assert!(!is_offline([&Answer::NoHost, &Answer::Fine]));
        assert!(!is_offline([&Answer::NoHost]), "one link to one server says nothing of the network");
    }
}

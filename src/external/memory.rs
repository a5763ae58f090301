//! What addresses answered when they were last asked, so that they need not be asked again tomorrow.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::answer::Answer;

/// The answer of an address, and when it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// What it was.
    pub answer: Answer,
    /// The day on which the address was asked.
    pub day: Date,
    /// The last day on which it was seen alive.
    pub alive: Option<Date>,
}

/// All answers, by address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Memory(BTreeMap<String, Known>);

impl Memory {
    /// Reads what [`Memory::to_bytes`] wrote; nothing if it is anything else, such as the memory of another version.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Itself as JSON.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What is known of an address.
    pub fn get(&self, address: &str) -> Option<&Known> {
        self.0.get(address)
    }

    /// Whether nothing was ever asked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address need not be asked again yet: what it answered says something of the address, and was said fewer than
    /// this many days before `today`. A day after today is no day to go by.
    pub fn is_fresh(&self, address: &str, today: Date, days: u16) -> bool {
        let known = self.get(address).filter(|known| known.answer.is_lasting() && known.day <= today);
        known.is_some_and(|known| (today - known.day).get_days() < i32::from(days))
    }

    /// Takes up an answer of today.
    pub fn remember(&mut self, address: &str, answer: Answer, today: Date) {
        let before = self.0.get(address).and_then(|known| known.alive);
        let alive = if answer.is_alive() { Some(today) } else { before };
        self.0.insert(address.to_owned(), Known { answer, day: today, alive });
    }

    /// Forgets addresses to which nothing leads any more.
    pub fn keep_only(&mut self, wanted: impl Fn(&str) -> bool) {
        self.0.retain(|address, _| wanted(address));
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_address_that_lives_is_left_alone_for_some_days_and_a_dead_one_is_not() {
        let mut memory = Memory::default();
        memory.remember("https://a.nl/", Answer::Fine, date(2026, 11, 20));
        memory.remember("https://b.nl/", Answer::Gone { status: 404 }, date(2026, 11, 20));
        let fresh = |address: &str, day: i8| memory.is_fresh(address, date(2026, 11, day), 7);
        assert!(fresh("https://a.nl/", 20) && fresh("https://a.nl/", 26) && !fresh("https://a.nl/", 27));
        assert!(!fresh("https://a.nl/", 19), "on a day before it was asked, nothing is known of it");
        assert!(!fresh("https://b.nl/", 20) && !fresh("https://c.nl/", 20));
    }

    #[test]
    fn it_reads_what_it_wrote_and_knows_when_a_dead_address_was_last_alive() {
        let mut memory = Memory::default();
        memory.remember("https://a.nl/", Answer::Moved { to: "https://b.nl/".to_owned() }, date(2025, 1, 31));
        memory.remember("https://a.nl/", Answer::Gone { status: 410 }, date(2026, 11, 20));
        let read = Memory::from_bytes(&memory.to_bytes()).expect("it can be read");
        assert_eq!(read, memory);
        assert_eq!(read.get("https://a.nl/").and_then(|known| known.alive), Some(date(2025, 1, 31)));
        assert_eq!(Memory::from_bytes(b"[]"), None);
    }
}

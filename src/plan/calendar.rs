//! Calendars (RFC 5545): the days by which something was promised or must be decided, and on which a state will change by age.
//!
//! `agenda.ics` has all of the site; `<id>.agenda.ics` beside the page of an entity that has feeds has those of the entity and
//! of all that point at it. A calendar speaks the first language of the site. Nothing in it depends on the day of the build:
//! an event stays when its day has passed, and its stamp is its own day. A calendar without events would not be valid, so
//! there is none.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;

use super::feed::{Line, host, is_private};
use super::summary::date_words;
use super::{File, Planner};
use crate::config::Extra;
use crate::date::{Age, PartialDate};
use crate::document::record_fields;
use crate::document::value::{Record, Value};
use crate::graph::{Entity, EntityIndex};
use crate::schema::{Condition, Derived, Field, FieldPath, FieldType, Kind, Name, Role, RuleValue, Test};

/// Something that a day brings.
struct Event {
    about: EntityIndex,
    day: civil::Date,
    /// What tells it from the entity's other events; a part of its permanent id.
    key: String,
    summary: String,
    /// Lines of its description.
    says: Vec<String>,
}

impl Planner {
    /// The calendars of the site and of each entity of a kind with feeds, where they have events.
    pub(super) fn calendars(&self) -> Vec<File> {
        let events: BTreeMap<EntityIndex, Vec<Event>> = self.graph.present().map(|(index, _)| (index, self.events(index))).collect();
        let mut files = Vec::new();
        let mut write = |address: String, title: &str, chosen: Vec<&Event>| {
            if !chosen.is_empty() {
                files.push(File { address, bytes: self.calendar(title, chosen).into_bytes().into() });
            }
        };
        let (address, title) = self.calendar_of(None);
        write(address, &title, events.values().flatten().collect());
        for (index, entity) in self.graph.present().filter(|(_, entity)| self.schema.kind(entity.kind).feed) {
            let (address, title) = self.calendar_of(Some((index, entity)));
            write(address, &title, self.followed(index).iter().filter_map(|other| events.get(other)).flatten().collect());
        }
        files
    }

    /// The calendar of an entity, or of the site: its address and title, where it has events.
    pub(super) fn calendar_link(&self, index: Option<EntityIndex>) -> Option<(String, String)> {
        if !self.config.has(Extra::Calendars) {
            return None;
        }
        let Some(index) = index else {
            let any = || self.graph.present().any(|(index, _)| self.is_eventful(index));
            return self.any_event.get_or_init(any).then(|| self.calendar_of(None));
        };
        let entity = self.graph.entity(index);
        let any =
            self.schema.kind(entity.kind).feed && !entity.removed && self.followed(index).into_iter().any(|other| self.is_eventful(other));
        any.then(|| self.calendar_of(Some((index, entity))))
    }

    /// Whether an entity has events; many pages ask.
    fn is_eventful(&self, index: EntityIndex) -> bool {
        let entity = self.graph.entity(index);
        let may_be = || {
            !entity.removed && (self.schema.derived_of(entity.kind).next().is_some() || self.has_deadline(self.schema.kind(entity.kind)))
        };
        *self.eventful[index.0].get_or_init(|| may_be() && !self.events(index).is_empty())
    }

    /// Whether a page of this kind could name a day, in a field at any depth.
    fn has_deadline(&self, kind: &Kind) -> bool {
        fn among(planner: &Planner, fields: &[Field]) -> bool {
            fields.iter().any(|field| {
                field.role == Some(Role::Deadline)
                    || among(planner, record_fields(field))
                    || matches!(field.ty, FieldType::Reference(relation) if among(planner, &planner.schema.relation(relation).fields))
            })
        }
        among(self, &kind.fields)
    }

    fn calendar_of(&self, entity: Option<(EntityIndex, &Entity)>) -> (String, String) {
        let language = self.config.first_language();
        let (page, title) = match entity {
            None => (self.addresses.home(language), self.config.title.get(language)),
            Some((index, entity)) => (self.addresses.at(&self.graph, index, language), entity.text(&self.schema, Role::Title, language)),
        };
        let stem = if entity.is_none() { "agenda".to_owned() } else { format!("{}.agenda", page.strip_suffix(".html").unwrap_or(&page)) };
        (format!("{stem}.ics"), self.words(language).fill("calendar.title", &[("title", title)]))
    }

    /// All that has a day in an entity.
    fn events(&self, index: EntityIndex) -> Vec<Event> {
        let entity = self.graph.entity(index);
        let fields = &self.schema.kind(entity.kind).fields;
        let mut events = Vec::new();
        self.deadlines(index, fields, &entity.original().fields, &mut Vec::new(), &mut events);
        for (_, derived) in self.schema.derived_of(entity.kind) {
            self.turns(index, derived, &mut events);
        }
        events
    }

    /// An event for each deadline, at any depth. `outer` holds the records in which these fields lie: their names, with
    /// numbers from the second of a list on, and their labels.
    fn deadlines(&self, index: EntityIndex, fields: &[Field], record: &Record, outer: &mut Vec<(String, String)>, events: &mut Vec<Event>) {
        let language = self.config.first_language();
        let document = self.graph.entity(index).original();
        for field in fields.iter().filter(|field| !field.private) {
            for (position, item) in record.get(&field.name).map_or(&[][..], Value::items).iter().enumerate() {
                let name = if position == 0 { field.name.to_string() } else { format!("{}.{}", field.name, position + 1) };
                let label = field.label.get(language).to_owned();
                match item {
                    Value::Date(date) if field.role == Some(Role::Deadline) => {
                        let names = outer.iter().map(|(name, _)| name.as_str()).chain([name.as_str()]);
                        let key = names.collect::<Vec<_>>().join(".");
                        // "Needed for" says more than "date", the name of the field in that record.
                        let label = outer.last().map_or(label.as_str(), |(_, label)| label);
                        let summary = self.event_words("calendar.deadline", index, &[("label", label)]);
                        let beside =
                            if outer.is_empty() { Vec::new() } else { self.lines(index, fields, record, &[Role::Deadline], language) };
                        let says = beside.iter().map(Line::plain).chain(self.vague(*date)).chain(self.standing(index)).collect();
                        events.push(Event { about: index, day: date.first_day(), key, summary, says });
                    }
                    Value::Record(inner) => {
                        outer.push((name, label));
                        self.deadlines(index, record_fields(field), inner, outer, events);
                        outer.pop();
                    }
                    Value::Reference(at) => {
                        let Some(reference) = document.references.get(*at) else { continue };
                        outer.push((name, label));
                        self.deadlines(index, &self.schema.relation(reference.relation).fields, &reference.fields, outer, events);
                        outer.pop();
                    }
                    _ => {}
                }
            }
        }
    }

    /// An event for each day on which a derived state changes because a date has reached an age, all else as it is now.
    fn turns(&self, index: EntityIndex, derived: &Derived, events: &mut Vec<Event>) {
        let entity = self.graph.entity(index);
        let fields = &self.schema.kind(entity.kind).fields;
        let mut ages = Vec::new();
        derived.rules.iter().filter_map(|rule| rule.when.as_ref()).for_each(|when| collect_ages(when, &mut ages));
        ages.retain(|(path, _)| !is_private(fields, path));
        let mut days: Vec<(civil::Date, PartialDate)> = ages
            .iter()
            .filter_map(|(path, age)| {
                let date = entity.original().value(path)?.as_date()?;
                Some((date.reaches(*age)?, date))
            })
            .collect();
        days.sort_unstable();
        let mut named = BTreeSet::new();
        for (day, date) in days {
            let before = day.yesterday().ok().and_then(|before| self.state_on(index, derived, before));
            let Some((term, rule)) = self.state_on(index, derived, day) else { continue };
            if before.is_some_and(|(before, _)| before == term) || !named.insert(term.clone()) {
                continue;
            }
            let language = self.config.first_language();
            let word = self.schema.vocabulary(derived.vocabulary).terms.get(&term).map_or("", |term| term.label.get(language));
            let holes = [("label", derived.label.get(language)), ("term", word)];
            let because = derived.rules[rule].because.get(language).to_owned();
            let says = Some(because).filter(|because| !because.is_empty()).into_iter().chain(self.vague(date)).chain(self.standing(index));
            events.push(Event {
                about: index,
                day,
                key: format!("{}.{term}", derived.name),
                summary: self.event_words("calendar.becomes", index, &holes),
                says: says.collect(),
            });
        }
    }

    /// The state on a day, and the rule that decides it.
    fn state_on(&self, index: EntityIndex, derived: &Derived, day: civil::Date) -> Option<(Name, usize)> {
        derived.rules.iter().enumerate().find_map(|(position, rule)| {
            let holds = rule.when.as_ref().is_none_or(|when| self.holds_on(index, when, day));
            let term = match &rule.value {
                RuleValue::Term(term) => Some(term.clone()),
                RuleValue::Field(path) => match self.graph.entity(index).original().value(path) {
                    Some(Value::Term(_, term)) => Some(term.clone()),
                    _ => None,
                },
            };
            term.filter(|_| holds).map(|term| (term, position))
        })
    }

    /// Whether a condition is true at the end of a day, as far as the entity's own dates decide; all else is as it is now.
    fn holds_on(&self, index: EntityIndex, condition: &Condition, day: civil::Date) -> bool {
        match condition {
            Condition::All(all) => all.iter().all(|one| self.holds_on(index, one, day)),
            Condition::Any(any) => any.iter().any(|one| self.holds_on(index, one, day)),
            Condition::Not(one) => !self.holds_on(index, one, day),
            Condition::Field(path, Test::OlderThan(age)) => {
                let date = self.graph.entity(index).original().value(path).and_then(Value::as_date);
                date.and_then(|date| date.reaches(*age)).is_some_and(|reached| reached <= day)
            }
            Condition::Field(..) | Condition::Related { .. } => self.graph.holds(index, condition),
        }
    }

    fn event_words(&self, key: &str, index: EntityIndex, holes: &[(&str, &str)]) -> String {
        let language = self.config.first_language();
        let title = self.graph.entity(index).text(&self.schema, Role::Title, language);
        let holes: Vec<(&str, &str)> = holes.iter().copied().chain([("title", title)]).collect();
        self.words(language).fill(key, &holes)
    }

    /// Says of a vague date what is known of it.
    fn vague(&self, date: PartialDate) -> Option<String> {
        let words = self.words(self.config.first_language());
        date.day().is_none().then(|| words.fill("calendar.vague", &[("date", &date_words(date, words))]))
    }

    /// How the entity stands now, and what it is.
    fn standing(&self, index: EntityIndex) -> Vec<String> {
        let language = self.config.first_language();
        let entity = self.graph.entity(index);
        let badges = self.schema.kind(entity.kind).badges.iter().filter_map(|path| {
            let (vocabulary, label) = self.vocabulary_of(entity, path, language)?;
            let term = self.schema.vocabulary(vocabulary).terms.get(self.graph.term(entity, path)?)?;
            Some(format!("{label}: {}", term.label.get(language)))
        });
        let summary = entity.text(&self.schema, Role::Summary, language).to_owned();
        badges.chain(Some(summary).filter(|summary| !summary.is_empty())).collect()
    }

    fn calendar(&self, title: &str, mut events: Vec<&Event>) -> String {
        events.sort_by(|a, b| (a.day, a.about, &a.key).cmp(&(b.day, b.about, &b.key)));
        let language = self.config.first_language();
        let title = escaped(title);
        let mut lines = vec![
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            format!("PRODID:-//via-site//via-site//{}", language.to_uppercase()),
            "CALSCALE:GREGORIAN".to_owned(),
            // The name by RFC 7986, and by the older custom that more programs know.
            format!("NAME:{title}"),
            format!("X-WR-CALNAME:{title}"),
        ];
        for event in events {
            let entity = self.graph.entity(event.about);
            let day = event.day.strftime("%Y%m%d").to_string();
            lines.push("BEGIN:VEVENT".to_owned());
            lines.push(format!("UID:{}-{}@{}", entity.id, event.key, host(&self.config.base_url)));
            lines.push(format!("DTSTAMP:{day}T000000Z"));
            lines.push(format!("DTSTART;VALUE=DATE:{day}"));
            lines.push(format!("SUMMARY;LANGUAGE={language}:{}", escaped(&event.summary)));
            if !event.says.is_empty() {
                lines.push(format!("DESCRIPTION;LANGUAGE={language}:{}", escaped(&event.says.join("\n"))));
            }
            lines.push(format!("CATEGORIES:{}", escaped(self.schema.kind(entity.kind).singular.get(language))));
            lines.push(format!("URL:{}{}", self.config.base_url, self.addresses.entity(entity, language)));
            lines.push("TRANSP:TRANSPARENT".to_owned());
            lines.push("END:VEVENT".to_owned());
        }
        lines.push("END:VCALENDAR".to_owned());
        lines.iter().map(|line| folded(line)).collect()
    }
}

/// The dates, each with an age, that a condition asks of the entity itself.
fn collect_ages<'a>(condition: &'a Condition, found: &mut Vec<(&'a FieldPath, Age)>) {
    match condition {
        Condition::All(list) | Condition::Any(list) => list.iter().for_each(|one| collect_ages(one, found)),
        Condition::Not(one) => collect_ages(one, found),
        Condition::Field(path, Test::OlderThan(age)) => found.push((path, *age)),
        Condition::Field(..) | Condition::Related { .. } => {}
    }
}

/// A value of type TEXT (RFC 5545, 3.3.11); other control characters than line breaks and tabs are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            letter if letter.is_control() && letter != '\t' => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A content line of at most 75 octets, continued on lines that start with a space (RFC 5545, 3.1); no character is cut.
fn folded(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 8);
    let mut length = 0;
    for letter in line.chars().filter(|letter| !matches!(letter, '\r' | '\n')) {
        if length + letter.len_utf8() > 75 {
            folded.push_str("\r\n ");
            length = 1;
        }
        length += letter.len_utf8();
        folded.push(letter);
    }
    folded.push_str("\r\n");
    folded
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::plan::feeds_testing::Site;

    /// The events of a calendar by their ids: the values of their properties by name.
    fn events(calendar: &str) -> BTreeMap<String, BTreeMap<String, String>> {
        let mut calendars: Vec<_> = ical::IcalParser::new(calendar.as_bytes()).collect();
        assert_eq!(calendars.len(), 1, "{calendar}");
        let calendar = calendars.remove(0).expect("a calendar that can be read");
        let events = calendar.events.into_iter().map(|event| {
            let values = event.properties.into_iter().map(|property| (property.name, property.value.unwrap_or_default()));
            values.collect::<BTreeMap<String, String>>()
        });
        events.map(|event| (event["UID"].clone(), event)).collect()
    }

    fn plots() -> Site {
        Site::new()
            .page("gardens/g-01", "title: Old garden")
            .page("plots/p-01", "title: 'Beans; green, or\\white'\ncore: Climbing beans.\ngarden: g-01\nsow: 2027-05")
            .page("plots/p-02", "title: Roses\nneeds: [{what: Water}, {what: 'Sun, and soil', by: 2026-12-01}]\nbribe: 2030-01-01")
            .page("plots/p-03", "title: Kale\nhealth: fine\nseen: 2025-02-03")
            .page("plots/p-04", "title: Leek\nhealth: poor\nseen: 2025-02-03\nwhisper: {by: 2031-01-01}")
    }

    #[test]
    fn a_calendar_has_deadlines_at_any_depth_and_states_that_turn() {
        let site = plots().build();
        let found = events(&site["agenda.ics"]);
        let ids: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(
            ids,
            ["p-01-sow@gardens.example", "p-02-needs.2.by@gardens.example", "p-03-now.forgotten@gardens.example"],
            "leek does badly already, and what is private has no day"
        );
        let kale = &found["p-03-now.forgotten@gardens.example"];
        assert_eq!(kale["DTSTART"], "20270203");
        assert_eq!(kale["DTSTAMP"], "20270203T000000Z");
        assert_eq!(kale["SUMMARY"], "Health now becomes forgotten: Kale");
        assert_eq!(kale["DESCRIPTION"], "because nobody came for two years");
        assert_eq!(kale["URL"], "https://gardens.example/plots/p-03.html");
        let roses = &found["p-02-needs.2.by@gardens.example"];
        assert_eq!((roses["SUMMARY"].as_str(), roses["DTSTART"].as_str()), ("Needs: Roses", "20261201"));
        assert_eq!(roses["DESCRIPTION"], "What is needed: Sun\\, and soil");
    }

    #[test]
    fn a_vague_date_is_its_first_day_and_says_so() {
        let site = plots().build();
        let beans = &events(&site["agenda.ics"])["p-01-sow@gardens.example"];
        assert_eq!(beans["DTSTART"], "20270501");
        assert_eq!(beans["SUMMARY"], r"Sow by: Beans\; green\, or\\white");
        assert_eq!(beans["DESCRIPTION"], r"Only known: May 2027.\nClimbing beans.");
    }

    #[test]
    fn the_calendar_of_a_garden_has_the_days_of_its_plots_and_an_empty_one_is_none() {
        let site = plots().page("gardens/g-02", "title: Empty").build();
        assert_eq!(events(&site["gardens/g-01.agenda.ics"]).len(), 1);
        assert!(!site.contains_key("gardens/g-02.agenda.ics"), "a calendar has at least one event (RFC 5545, 3.6)");
        assert!(site["gardens/g-01.html"].contains("g-01.agenda.ics") && !site["gardens/g-02.html"].contains("agenda.ics"));
        assert!(!Site::new().build().contains_key("agenda.ics"));
    }

    #[test]
    fn events_do_not_come_and_go_with_the_day_of_the_build() {
        let on = |year| events(&plots().build_on(civil::date(year, 1, 1))["agenda.ics"]).into_keys().collect::<Vec<_>>();
        assert_eq!(on(2026), on(2036));
    }

    #[test]
    fn lines_are_folded_at_75_octets_and_never_inside_a_character() {
        let line = format!("SUMMARY:{}", "één € 𝄞 ".repeat(40));
        let folded = folded(&line);
        assert!(folded.ends_with("\r\n"));
        assert!(folded.split("\r\n").all(|part| part.len() <= 75), "{folded}");
        assert_eq!(folded.replace("\r\n ", "").trim_end_matches("\r\n"), line);
        let site = Site::new().page("plots/p-01", &format!("title: '{}'\nsow: 2027-05-01", "één € 𝄞 ".repeat(40).trim())).build();
        let calendar = &site["agenda.ics"];
        assert!(calendar.split("\r\n").all(|part| part.len() <= 75 && !part.contains(['\r', '\n'])), "{calendar}");
        assert!(events(calendar)["p-01-sow@gardens.example"]["SUMMARY"].ends_with("één € 𝄞"));
    }

    #[test]
    fn text_cannot_end_its_line() {
        assert_eq!(escaped("a\r\nEND:VEVENT\u{0}"), "a\\nEND:VEVENT");
    }
}

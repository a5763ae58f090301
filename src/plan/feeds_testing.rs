//! A small site in memory for the stories of feeds, calendars and files for machines.

use std::collections::BTreeMap;

use jiff::civil;

use crate::diagnostic::Diagnostic;
use crate::pipeline::{self, Options};
use crate::source::Sources;

/// Gardens, with plots that need care, decisions about them, and gardeners who promise to do something.
const SCHEMA: &str = "
common:
  aliases: {type: text, list: true, role: aliases, label: Also known as}
  draft: {type: boolean, role: draft, label: Draft}
  changed: {type: date, role: updated, label: Changed}
  log:
    type: record
    list: true
    role: changes
    label: Changes
    fields:
      date: {type: date, role: date, required: true, label: Date}
      what: {type: text, role: text, required: true, label: What}
      major: {type: boolean, role: major, label: Major}
  removed:
    type: record
    role: tombstone
    label: Removed
    fields:
      date: {type: date, role: date, required: true, label: Date}
      reason: {type: text, role: text, required: true, label: Reason}
vocabularies:
  deed:
    label: Deed
    definition: What was decided.
    terms:
      moved: {label: {en: moved away, nl: verplaatst}, definition: It stands elsewhere.}
  health:
    label: Health
    definition: How it does.
    terms:
      fine: {label: fine, definition: It does well.}
      poor: {label: poor, definition: It does badly.}
      forgotten: {label: forgotten, definition: Nobody has looked., computed: true}
kinds:
  garden:
    folder: gardens
    address: gardens
    id: {prefix: g, digits: 2}
    singular: garden
    plural: gardens
    definition: Some ground.
    feed: true
    fields:
      title: {type: text, role: title, required: true, label: Title}
      core: {type: text, role: summary, label: In short}
      since: {type: date, role: date, label: Since}
  plot:
    folder: plots
    address: plots
    id: {prefix: p, digits: 2}
    singular: plot
    plural: plots
    definition: A part of a garden.
    fields:
      title: {type: text, role: title, required: true, label: Title}
      core: {type: text, role: summary, label: In short}
      garden: {type: reference, to: [garden], label: Garden, inverse: {name: plots, label: Plots}}
      health: {type: term, vocabulary: health, label: Health}
      seen: {type: date, label: Last seen}
      sow: {type: date, role: deadline, label: Sow by}
      needs:
        type: record
        list: true
        label: Needs
        fields:
          what: {type: text, required: true, label: What is needed}
          by: {type: date, role: deadline, label: By}
      bribe: {type: date, role: deadline, private: true, label: Bribe by}
      whisper:
        type: record
        private: true
        label: Whisper
        fields:
          by: {type: date, role: deadline, label: By}
          garden: {type: reference, to: [garden], label: Garden}
  meeting:
    folder: meetings
    address: meetings
    id: {prefix: m, digits: 2}
    singular: meeting
    plural: meetings
    definition: Where it is decided.
    fields:
      title: {type: text, role: title, required: true, label: Title}
      core: {type: text, role: summary, label: In short}
      day: {type: date, role: date, label: Day}
      decisions:
        type: record
        list: true
        label: Decisions
        fields:
          item: {type: reference, to: [garden, plot], required: true, label: Item, inverse: {name: decided, label: Decided in}}
          deed: {type: term, vocabulary: deed, required: true, label: {en: Deed, nl: Daad}}
          why: {type: text, label: {en: Why, nl: Waarom}}
          money: {type: text, private: true, label: Money}
derived:
  now:
    kind: plot
    vocabulary: health
    label: Health now
    rules:
      - value: forgotten
        when: {all: [{field: health, is: [fine]}, {field: seen, older_than: 2 years}]}
        because: because nobody came for two years
      - value_of: health
";

const CONFIG: &str = "
title: {en: 'The gardens & more', nl: De tuinen}
description: About gardens.
base_url: https://gardens.example/
languages: [en, nl]
publisher: {name: Gardeners}
";

/// Words of the site's own, so that these stories do not hang on those of a theme.
const WORDS: &str = "
feed: {subtitle: Major changes only.}
calendar: {title: 'Days of {title}', deadline: '{label}: {title}', becomes: '{label} becomes {term}: {title}', vague: 'Only known: {date}.'}
";

/// The files of a site.
pub struct Site(BTreeMap<String, String>);

impl Site {
    /// A site without content.
    pub fn new() -> Self {
        let files = [("site.yaml", CONFIG), ("schema.yaml", SCHEMA), ("catalogues/en.yaml", WORDS), ("catalogues/nl.yaml", WORDS)];
        Self(files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect())
    }

    /// The same with a file.
    pub fn with(mut self, path: &str, text: &str) -> Self {
        self.0.insert(path.to_owned(), text.to_owned());
        self
    }

    /// The same with a page of these fields.
    pub fn page(self, path: &str, fields: &str) -> Self {
        let text = format!("---\n{}\n---\nText.\n", fields.trim());
        self.with(&format!("content/{path}.md"), &text)
    }

    /// The same with other settings in `site.yaml`.
    pub fn set(self, old: &str, new: &str) -> Self {
        let config = self.0["site.yaml"].replace(old, new);
        assert_ne!(config, self.0["site.yaml"], "{old} stands in site.yaml");
        self.with("site.yaml", &config)
    }

    /// Its outputs on 23 November 2026, by address.
    pub fn build(&self) -> BTreeMap<String, String> {
        self.build_on(civil::date(2026, 11, 23))
    }

    /// Its outputs on a day.
    pub fn build_on(&self, today: civil::Date) -> BTreeMap<String, String> {
        let outcome = self.run(today);
        assert!(!outcome.has_errors(), "{:#?}", outcome.diagnostics);
        let outputs = outcome.outputs.into_iter();
        outputs.map(|output| (output.address, String::from_utf8_lossy(&output.bytes).into_owned())).collect()
    }

    /// What is wrong with it.
    pub fn problems(&self) -> Vec<Diagnostic> {
        self.run(civil::date(2026, 11, 23)).diagnostics
    }

    fn run(&self, today: civil::Date) -> pipeline::Outcome {
        let files = self.0.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes()));
        pipeline::run(&Sources::from_files(files), &Options { today, drafts: false, base_url: None })
    }
}

//! Stories of what a follower gets to read.

use std::collections::BTreeSet;

use atom_syndication as atom;

use crate::plan::feeds_testing::Site;

fn parsed(text: &str) -> atom::Feed {
    text.parse().unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn ids(text: &str) -> Vec<String> {
    parsed(text).entries.into_iter().map(|entry| entry.id).collect()
}

/// A garden with two plots, and a meeting that moved one of them.
fn gardens() -> Site {
    Site::new()
        .page("gardens/g-01", "title: Old garden\nsince: 2020-05-01\nlog: [{date: 2024-03-02, what: The gate is open., major: true}]")
        .page("gardens/g-02", "title: Empty garden\nsince: 2019-01-01\nchanged: 2021-07-08")
        .page("plots/p-01", "title: Beans\ngarden: g-01\nlog: [{date: 2025-01-01, what: Sown., major: true}, {date: 2025-02-01, what: Weeded.}]")
        .page("plots/p-02", "title: Roses\ngarden: g-01")
        .page(
            "meetings/m-01",
            "title: Spring meeting\nday: 2025-04-05\ndecisions: [{item: p-02, deed: moved, why: 'Too little sun, they say', money: SECRET-SUM}]",
        )
}

#[test]
fn a_feed_has_major_changes_and_decisions_the_newest_first() {
    let feed = parsed(&gardens().build()["feed.xml"]);
    let told: Vec<(String, String)> = feed.entries.iter().map(|entry| (entry.title.to_string(), entry.updated.to_rfc3339())).collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(title, date)| (title.as_str(), date.as_str())).collect();
    let day = |title, date| (title, date);
    assert_eq!(
        told,
        [
            day("Roses", "2025-04-05T00:00:00+00:00"),
            day("Beans", "2025-01-01T00:00:00+00:00"),
            day("Old garden", "2024-03-02T00:00:00+00:00"),
        ]
    );
    let content = |position: usize| feed.entries[position].content.as_ref().and_then(|content| content.value.clone()).expect("content");
    assert_eq!(content(1), "Sown.", "the note is the content, and weeding is no news");
    assert_eq!(content(0), "<dl><dt>Deed</dt><dd>moved away</dd><dt>Why</dt><dd>Too little sun, they say</dd></dl>");
    assert_eq!(feed.entries[0].links[0].href, "https://gardens.example/plots/p-02.html");
    assert_eq!(feed.updated.to_rfc3339(), "2025-04-05T00:00:00+00:00", "as new as its newest entry");
    assert_eq!(feed.authors[0].name, "Gardeners");
    let relations: Vec<&str> = feed.links.iter().map(|link| link.rel.as_str()).collect();
    assert_eq!(relations, ["self", "alternate"]);
}

#[test]
fn whoever_follows_a_garden_follows_its_plots() {
    let site = gardens().build();
    assert_eq!(
        ids(&site["gardens/g-01.feed.xml"]),
        [
            "tag:gardens.example,2025:p-02#2025-04-05.m-01",
            "tag:gardens.example,2025:p-01#2025-01-01-1",
            "tag:gardens.example,2024:g-01#2024-03-02-1",
        ]
    );
    assert_eq!(ids(&site["plots/feed.xml"]).len(), 2);
    assert_eq!(ids(&site["meetings/feed.xml"]), ["tag:gardens.example,2025:p-02#2025-04-05.m-01"], "what the meetings decided");
    assert!(!site.contains_key("plots/p-01.feed.xml"), "plots have no feeds of their own");
}

#[test]
fn a_feed_without_news_is_a_feed_and_does_not_change_by_the_day() {
    let site = gardens();
    let quiet = parsed(&site.build()["gardens/g-02.feed.xml"]);
    assert!(quiet.entries.is_empty());
    assert_eq!(quiet.updated.to_rfc3339(), "2021-07-08T00:00:00+00:00");
    let feeds = |year| {
        let outputs = site.build_on(jiff::civil::date(year, 1, 1));
        outputs.into_iter().filter(|(address, _)| address.contains("feed.")).collect::<Vec<_>>()
    };
    assert_eq!(feeds(2026), feeds(2031));
    assert_eq!(parsed(&Site::new().build()["feed.xml"]).updated.to_rfc3339(), "1970-01-01T00:00:00+00:00");
}

#[test]
fn what_lies_ahead_is_no_news_yet() {
    let site = gardens().page("plots/p-03", "title: Kale\nlog: [{date: 2027-01-01, what: Will be sown., major: true}]");
    let has_kale = |year| site.build_on(jiff::civil::date(year, 11, 23))["feed.xml"].contains("Kale");
    assert_eq!([has_kale(2026), has_kale(2027)], [false, true]);
}

#[test]
fn ids_are_unique_and_outlive_new_entries() {
    let before = gardens().build();
    let log = "log: [{date: 2026-01-01, what: Eaten., major: true}, {date: 2025-01-01, what: Sown., major: true}, \
               {date: 2025-02-01, what: Weeded., major: true}, {date: 2025-01-01, what: Watered., major: true}]";
    let after = gardens()
        .page("plots/p-01", &format!("title: Beans and peas\ngarden: g-01\n{log}"))
        .page(
            "meetings/m-01",
            "title: Spring meeting\nday: 2025-04-05\ndecisions: [{item: g-02, deed: moved}, {item: p-02, deed: moved}, {item: p-02, deed: moved}]",
        )
        .build();
    let (before, after) = (ids(&before["feed.xml"]), ids(&after["feed.xml"]));
    assert!(before.iter().all(|id| after.contains(id)), "{before:?} {after:?}");
    assert_eq!(after.len(), before.len() + 5);
    assert_eq!(after.iter().collect::<BTreeSet<_>>().len(), after.len(), "{after:?}");
}

#[test]
fn each_language_has_its_own_feeds() {
    let site = gardens().page("gardens/g-01.nl", "title: Oude tuin").build();
    let feed = parsed(&site["nl/feed.xml"]);
    assert_eq!(feed.lang.as_deref(), Some("nl"));
    let garden = feed.entries.iter().find(|entry| entry.id.contains("g-01")).expect("the garden");
    assert_eq!((garden.title.as_str(), garden.id.as_str()), ("Oude tuin", "tag:gardens.example,2024:nl/g-01#2024-03-02-1"));
    assert_eq!(garden.links[0].href, "https://gardens.example/nl/gardens/g-01.html");
    let note = garden.content.as_ref().expect("content");
    assert_eq!(note.lang.as_deref(), Some("en"), "the note was not translated, and says so");
    let roses = feed.entries.iter().find(|entry| entry.id.contains("p-02")).and_then(|entry| entry.content.clone()).expect("roses");
    assert_eq!(
        roses.value.as_deref(),
        Some("<dl><dt>Daad</dt><dd>verplaatst</dd><dt>Waarom</dt><dd lang=\"en\">Too little sun, they say</dd></dl>")
    );
    assert!(site.contains_key("nl/gardens/g-01.feed.json"));
    assert!(!site.contains_key("nl/gardens/g-02.feed.json"), "not translated");
}

#[test]
fn whatever_was_typed_arrives_as_it_was_typed() {
    let typed = r"a < b & c ]]> \u00e9 'q' <b>";
    let page = |text: &str| format!("title: \"{text}\"\nlog: [{{date: 2024-01-01, what: \"{text}\", major: true}}]");
    let site = Site::new().page("gardens/g-01", &page(&format!(r"{typed} \u0001\u000b\u001f\u007f\ufffe"))).build();
    let entry = parsed(&site["feed.xml"]).entries.remove(0);
    // Control characters stand in no output; XML has one more that may not.
    let read = "a < b & c ]]> é 'q' <b> \u{fffd}\u{fffd}\u{fffd}\u{fffd}";
    assert_eq!(entry.title.as_str(), read);
    assert_eq!(entry.content.and_then(|content| content.value).as_deref(), Some(read));
    let json: serde_json::Value = serde_json::from_str(&site["feed.json"]).expect("JSON");
    assert_eq!(json["items"][0]["content_text"], format!("{read}\u{fffe}"));
}

#[test]
fn a_json_feed_has_the_shape_of_version_1_1_and_the_same_entries() {
    let site = gardens().build();
    let feed: serde_json::Value = serde_json::from_str(&site["gardens/g-01.feed.json"]).expect("JSON");
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(feed["feed_url"], "https://gardens.example/gardens/g-01.feed.json");
    assert_eq!(feed["home_page_url"], "https://gardens.example/gardens/g-01.html");
    assert_eq!(feed["authors"][0]["name"], "Gardeners");
    let items = feed["items"].as_array().expect("items");
    let own: Vec<&str> = items.iter().filter_map(|item| item["id"].as_str()).collect();
    assert_eq!(own, ids(&site["gardens/g-01.feed.xml"]));
    assert_eq!(items[0]["content_text"], "Deed: moved away\nWhy: Too little sun, they say");
    assert!(items.iter().all(|item| item["url"].is_string() && item["date_published"].is_string() && item["title"].is_string()));
}

#[test]
fn at_most_fifty_entries_are_news() {
    let log: Vec<String> = (1..=60).map(|number| format!("{{date: 2024-01-01, what: Change {number}., major: true}}")).collect();
    let site = Site::new().page("gardens/g-01", &format!("title: Busy\nlog: [{}]", log.join(", "))).build();
    assert_eq!(ids(&site["feed.xml"]).len(), 50);
}

#[test]
fn nothing_private_removed_or_unfinished_is_told() {
    let site = gardens()
        .page("plots/p-03", "title: SECRET-DRAFT\ndraft: true\ngarden: g-01\nlog: [{date: 2024-01-01, what: SECRET-NOTE, major: true}]")
        .page(
            "plots/p-04",
            "title: SECRET-GONE\nlog: [{date: 2024-01-01, what: SECRET-WORD, major: true}]\nremoved: {date: 2024-01-01, reason: Gone}",
        )
        .page("plots/p-05", "title: Herbs\nwhisper: {by: 2031-01-01, garden: g-02}\nlog: [{date: 2024-01-01, what: Cut., major: true}]")
        .build();
    for (address, content) in site.iter().filter(|(address, _)| address.contains("feed.") || address.contains("agenda.")) {
        assert!(!content.contains("SECRET"), "{address} tells {content}");
    }
    assert!(site["feed.xml"].contains("Herbs"));
    assert!(!site["gardens/g-02.feed.xml"].contains("Herbs"), "that it points there is private");
}

#[test]
fn pages_lead_to_what_can_be_followed() {
    let site = gardens().build();
    let page = &site["gardens/g-01.html"];
    for address in ["gardens/g-01.feed.xml", "gardens/g-01.feed.json", "gardens/feed.xml", "../feed.xml"] {
        assert!(page.contains(address), "{address} is linked");
    }
    assert!(page.contains("application/atom+xml") && page.contains("application/feed+json"));
}

//! What must hold for every page of this repository's own site, and what no site may ever show.

#[path = "support/html.rs"]
mod html;
mod support;

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use html::{Tag, resolve};
use support::{Outputs, Site, options, outputs, own_site, page};
use via_site::diagnostic::{Format, render};
use via_site::pipeline;

const BASE: &str = "https://kennisagenda-via.example/";

/// The site and its pages, read once for all stories.
struct Own {
    outputs: Outputs,
    pages: BTreeMap<String, Vec<Tag>>,
    problems: Vec<String>,
}

fn own() -> &'static Own {
    static OWN: OnceLock<Own> = OnceLock::new();
    OWN.get_or_init(|| {
        let sources = own_site();
        let outcome = pipeline::run(&sources, &options());
        let said = render(&outcome.diagnostics, &sources, "nl", Format::Human, false);
        assert!(!outcome.has_errors(), "the site has errors:\n{said}");
        let outputs = outputs(outcome);
        let mut problems = Vec::new();
        let mut pages = BTreeMap::new();
        for (address, bytes) in outputs.iter().filter(|(address, _)| address.ends_with(".html")) {
            let (tags, found) = html::read(bytes);
            problems.extend(found.into_iter().map(|problem| format!("{address}: {problem}")));
            pages.insert(address.clone(), tags);
        }
        assert!(pages.len() > 500, "it is the whole site");
        Own { outputs, pages, problems }
    })
}

fn is_redirect(tags: &[Tag]) -> bool {
    tags.iter().any(|tag| tag.name == "meta" && tag.is("http-equiv", "refresh"))
}

fn is_hidden(tags: &[Tag]) -> bool {
    tags.iter().any(|tag| tag.name == "meta" && tag.is("name", "robots") && tag.get("content").is_some_and(|rule| rule.contains("noindex")))
}

/// Pages that a reader walks through: all but the page for lost readers and those that lead on.
fn walked() -> impl Iterator<Item = (&'static String, &'static Vec<Tag>)> {
    own().pages.iter().filter(|(address, tags)| *address != "404.html" && !is_redirect(tags))
}

/// Fails with the first twenty faults of however many.
fn none(faults: Vec<String>) {
    let count = faults.len();
    assert!(faults.is_empty(), "{count} faults:\n{}", faults.into_iter().take(20).collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_page_is_nested_well_and_without_errors_of_the_tokenizer() {
    none(own().problems.clone());
}

#[test]
fn every_link_anchor_and_image_leads_to_something() {
    let ids: BTreeMap<&String, BTreeSet<&str>> =
        own().pages.iter().map(|(address, tags)| (address, tags.iter().filter_map(|tag| tag.get("id")).collect())).collect();
    let mut faults = Vec::new();
    for (address, tags) in &own().pages {
        for tag in tags {
            for name in ["href", "src"] {
                let Some(link) = tag.get(name) else { continue };
                let link = if address == "404.html" { link.strip_prefix('/').unwrap_or(link) } else { link };
                let own_link = link.strip_prefix(BASE);
                let target = own_link.map_or_else(|| resolve(address, link), |path| resolve("index.html", path));
                let Some((target, anchor)) = target else { continue };
                if !own().outputs.contains_key(&target) {
                    faults.push(format!("{address}: <{} {name}={link:?}> leads to no file ({target})", tag.name));
                } else if !anchor.is_empty() && !ids.get(&target).is_some_and(|ids| ids.contains(anchor.as_str())) {
                    faults.push(format!("{address}: {link:?} leads to no place on {target}"));
                }
            }
        }
    }
    none(faults);
}

#[test]
fn a_walk_from_the_front_page_finds_every_page() {
    let mut found: BTreeSet<String> = BTreeSet::from(["index.html".to_owned()]);
    let mut next = vec!["index.html".to_owned()];
    while let Some(address) = next.pop() {
        for tag in own().pages[&address].iter().filter(|tag| tag.name == "a") {
            if let Some((target, _)) = tag.get("href").and_then(|link| resolve(&address, link))
                && own().pages.contains_key(&target)
                && found.insert(target.clone())
            {
                next.push(target);
            }
        }
    }
    let lost: Vec<String> =
        walked().filter(|(address, tags)| !found.contains(*address) && !is_hidden(tags)).map(|(address, _)| address.clone()).collect();
    none(lost);
    let led_to: Vec<String> = found.iter().filter(|address| is_redirect(&own().pages[*address])).cloned().collect();
    none(led_to);
}

#[test]
fn every_page_has_one_h1_and_skips_no_level() {
    let mut faults = Vec::new();
    for (address, tags) in &own().pages {
        let headings: Vec<(u32, &str)> = tags
            .iter()
            .filter(|tag| tag.name.len() == 2 && tag.name.starts_with('h'))
            .filter_map(|tag| Some((tag.name[1..].parse().ok()?, tag.text.trim())))
            .collect();
        let firsts = headings.iter().filter(|(level, _)| *level == 1).count();
        if firsts != 1 {
            faults.push(format!("{address} has {firsts} h1"));
        }
        let mut last = 0;
        for (level, text) in headings {
            if level > last + 1 {
                faults.push(format!("{address}: h{level} {text:?} behind h{last}"));
            }
            if text.is_empty() {
                faults.push(format!("{address}: an empty h{level}"));
            }
            last = level;
        }
    }
    none(faults);
}

#[test]
fn every_page_has_a_title_of_its_own_a_description_and_its_address() {
    let mut titles: BTreeMap<(bool, String), &str> = BTreeMap::new();
    let mut faults = Vec::new();
    for (address, tags) in walked() {
        let title = tags.iter().find(|tag| tag.name == "title").map_or("", |tag| tag.text.trim());
        if title.is_empty() {
            faults.push(format!("{address} has no title"));
        }
        if let Some(other) = titles.insert((address.starts_with("en/"), title.to_owned()), address) {
            faults.push(format!("{address} and {other} are both called {title:?}"));
        }
        let described = tags
            .iter()
            .any(|tag| tag.name == "meta" && tag.is("name", "description") && tag.get("content").is_some_and(|it| !it.is_empty()));
        if !described {
            faults.push(format!("{address} has no description"));
        }
        let canonical: Vec<&str> =
            tags.iter().filter(|tag| tag.name == "link" && tag.is("rel", "canonical")).filter_map(|tag| tag.get("href")).collect();
        if canonical != [format!("{BASE}{address}")] {
            faults.push(format!("{address} says that its address is {canonical:?}"));
        }
        let wanted = if address.starts_with("en/") { "en" } else { "nl" };
        if !tags.iter().any(|tag| tag.name == "html" && tag.is("lang", wanted)) {
            faults.push(format!("{address} is not marked as {wanted}"));
        }
    }
    none(faults);
}

#[test]
fn every_page_works_under_the_strictest_policy() {
    let mut faults = Vec::new();
    for (address, tags) in &own().pages {
        for tag in tags {
            for name in tag.attributes.keys() {
                if name == "style" || name.starts_with("on") {
                    faults.push(format!("{address}: <{} {name}>", tag.name));
                }
            }
            if tag.name == "style" || (tag.name == "script" && !tag.is("type", "application/ld+json") && tag.get("src").is_none()) {
                faults.push(format!("{address}: <{}> with content", tag.name));
            }
            let loaded = match tag.name.as_str() {
                "link" if tag.is("rel", "canonical") || tag.is("rel", "alternate") || tag.is("rel", "license") => None,
                "link" | "use" | "image" => tag.get("href"),
                _ => tag.get("src"),
            };
            if loaded.is_some_and(|address| address.starts_with("http") || address.starts_with("//")) {
                faults.push(format!("{address}: <{}> loads {loaded:?} from another site", tag.name));
            }
            if tag.get("href").is_some_and(|link| link.trim().to_ascii_lowercase().starts_with("javascript:")) {
                faults.push(format!("{address}: a link that is a script"));
            }
            if matches!(tag.name.as_str(), "iframe" | "object" | "embed" | "base" | "foreignobject") {
                faults.push(format!("{address}: <{}>", tag.name));
            }
        }
    }
    none(faults);
}

#[test]
fn no_page_gives_one_id_twice_and_every_image_is_described() {
    let mut faults = Vec::new();
    for (address, tags) in &own().pages {
        let mut seen = BTreeSet::new();
        for tag in tags {
            if let Some(id) = tag.get("id")
                && (!seen.insert(id) || id.is_empty() || id.contains(char::is_whitespace))
            {
                faults.push(format!("{address}: the id {id:?}"));
            }
            if tag.name == "img" && tag.get("alt").is_none() {
                faults.push(format!("{address}: an image without alt"));
            }
        }
        for tag in tags {
            for name in ["for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget"] {
                for id in tag.get(name).unwrap_or_default().split_whitespace() {
                    if !seen.contains(id) {
                        faults.push(format!("{address}: {name}={id:?} names nothing"));
                    }
                }
            }
        }
    }
    none(faults);
}

/// The other languages of a page, itself included, as its head says.
fn alternates(tags: &[Tag]) -> BTreeMap<String, String> {
    let links = tags.iter().filter(|tag| tag.name == "link" && tag.is("rel", "alternate") && tag.get("hreflang").is_some());
    links.map(|tag| (tag.get("hreflang").unwrap_or_default().to_owned(), tag.get("href").unwrap_or_default().to_owned())).collect()
}

#[test]
fn translations_point_at_each_other() {
    let mut faults = Vec::new();
    let mut pairs = 0;
    for (address, tags) in walked() {
        let own_alternates = alternates(tags);
        for (language, url) in &own_alternates {
            let Some(other) = url.strip_prefix(BASE).and_then(|path| own().pages.get(path)) else {
                faults.push(format!("{address}: {language} is at {url}, which is no page"));
                continue;
            };
            pairs += 1;
            if alternates(other) != own_alternates {
                faults.push(format!("{address} says {own_alternates:?}, {url} says {:?}", alternates(other)));
            }
        }
        if !own_alternates.is_empty() && !own_alternates.values().any(|url| *url == format!("{BASE}{address}")) {
            faults.push(format!("{address} is not among its own alternates"));
        }
    }
    assert!(pairs > 100, "there are translations");
    none(faults);
}

#[test]
fn the_sitemap_lists_every_page_that_may_be_found_and_no_other() {
    let (tags, _) = html::read(&own().outputs["sitemap.xml"]);
    let listed: BTreeSet<String> = tags.iter().filter(|tag| tag.name == "loc").map(|tag| tag.text.clone()).collect();
    let wanted: BTreeSet<String> = walked().filter(|(_, tags)| !is_hidden(tags)).map(|(address, _)| format!("{BASE}{address}")).collect();
    none(listed.symmetric_difference(&wanted).cloned().collect());
    let others = tags.iter().filter(|tag| tag.name == "xhtml:link").filter_map(|tag| tag.get("href"));
    none(others.filter(|url| !wanted.contains(*url)).map(str::to_owned).collect());
    assert!(page(&own().outputs, "robots.txt").contains(&format!("Sitemap: {BASE}sitemap.xml")));
}

/// The cookbook, whose theme shows everything that there is to show.
fn cookbook() -> Site {
    Site::of_fixture("recipes")
}

/// Addresses of outputs that hold a word, in whatever case.
fn holding(outputs: &Outputs, word: &str) -> Vec<String> {
    let word = word.to_lowercase();
    let holds = |text: &str| text.to_lowercase().contains(&word);
    // The search keeps its words compressed, and of each only what the one before does not begin with.
    let rest = word.get(3..).filter(|rest| rest.len() > 3).unwrap_or(&word);
    // A number may well stand in the name of one of its files.
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    let found_by_search = |address: &str, bytes: &[u8]| {
        let mut plain = Vec::new();
        let read = address.starts_with("search/") && !is_number && ZlibDecoder::new(bytes).read_to_end(&mut plain).is_ok();
        read && String::from_utf8_lossy(&plain).to_lowercase().contains(rest)
    };
    outputs
        .iter()
        .filter(|(address, bytes)| holds(address) || holds(&String::from_utf8_lossy(bytes)) || found_by_search(address, bytes))
        .map(|(address, _)| address.clone())
        .collect()
}

#[test]
fn nothing_of_a_draft_is_published() {
    let draft = "---\ntitel: Zwartebessenjam\nkern: Zwartebessen met suiker.\nconcept: true\nalias: [/zwartebessen/]\n\
        gang: vooraf\nrijpheid: idee\n\
        bevat: [{ref: ui, hoeveelheid: 77123}]\n---\n\n## Zwartebessen\n\nZie [[r-001]] en een roux.\n";
    let translation = "---\ntitel: Zwartebessen jam\n---\n\nZwartebessen in English.\n";
    let schema = cookbook().text("schema.yaml").replacen(
        "common:\n",
        "common:\n  concept: {type: boolean, role: draft, label: {nl: Concept, en: Draft}}\n",
        1,
    );
    let site = cookbook()
        .with("schema.yaml", schema)
        .with("content/gerechten/r-004-zwartebessenjam.md", draft)
        .with("content/gerechten/r-004-zwartebessenjam.en.md", translation);
    let outputs = site.build();
    for secret in ["zwartebes", "r-004", "77123"] {
        assert_eq!(holding(&outputs, secret), [""; 0], "{secret}");
    }
    let with_drafts = pipeline::run(&site.sources(), &pipeline::Options { drafts: true, ..options() });
    assert!(holding(&support::outputs(with_drafts), "zwartebes").len() > 3, "a preview shows it everywhere");
}

/// The cookbook with more fields of a recipe, more relations, and more columns of the board, all given as YAML.
fn cookbook_with(fields: &str, relations: &str, columns: &str) -> Site {
    let label = "label: {nl: Geheimlabel, en: Secretlabel}";
    let schema = cookbook()
        .text("schema.yaml")
        .replacen("      minuten: {type: number,", &format!("{fields}      minuten: {{type: number,"), 1)
        .replacen("relations:\n", &format!("relations:\n{relations}"), 1)
        .replacen(
            "kinds:\n",
            "  stempel:\n    label: {nl: Stempel, en: Stamp}\n    terms:\n\
             \x20     groen: {label: {nl: groen stempel, en: green stamp}}\n\
             \x20     paars: {label: {nl: paars stempel, en: purple stamp}}\n\nkinds:\n",
            1,
        )
        .replacen("columns: [bevat, minuten]", &format!("columns: [bevat, minuten{columns}]"), 1)
        .replace("LABEL", label);
    cookbook().with("schema.yaml", schema)
}

/// The same with these lines in one recipe.
fn with_secrets(site: Site, lines: &str) -> Site {
    site.edit("content/gerechten/r-003-bloemkoolrijst.md", "rijpheid: idee\n", &format!("rijpheid: idee\n{lines}"))
}

/// The secret words and the labels of secret fields stand in no output.
fn keeps_secret(outputs: &Outputs) {
    let secrets = ["zwartebes", "1987", "geheimlabel", "secretlabel"];
    let found =
        secrets.iter().flat_map(|secret| holding(outputs, secret).into_iter().map(move |address| format!("{address} holds {secret}")));
    none(found.collect());
}

#[test]
fn nothing_private_is_published() {
    let fields = "      geheim: {type: text, private: true, LABEL}
      geheime_lijst: {type: text, list: true, private: true, LABEL}
      geheime_notitie: {type: markdown, private: true, LABEL}
      geheime_link: {type: url, private: true, LABEL}
      geheim_getal: {type: number, private: true, LABEL}
      geheim_oordeel: {type: term, vocabulary: stempel, private: true, LABEL}
      kok:
        type: record
        label: {nl: Kok, en: Cook}
        fields:
          naam: {type: text, label: {nl: Naam, en: Name}}
          telefoon: {type: text, private: true, LABEL}
          stempel: {type: term, vocabulary: stempel, private: true, LABEL}
";
    let relations = "  afgekeken_van:
    from: [gerecht]
    to: [techniek]
    private: true
    LABEL
    inverse: {name: afgekeken_door, LABEL}
    fields:
      hoe: {type: text, LABEL}
";
    let site = with_secrets(
        cookbook_with(fields, relations, ""),
        "geheim: Zwartebes een\ngeheime_lijst: [Zwartebes twee]\ngeheime_notitie: '**Zwartebes** drie'\n\
         geheime_link: https://zwartebes.example/\ngeheim_getal: 1987\ngeheim_oordeel: paars\n\
         kok: {naam: Jan, telefoon: Zwartebes vijf, stempel: paars}\nafgekeken_van: {ref: t-02, hoe: Zwartebes zes}\n",
    );
    let outputs = site.build();
    keeps_secret(&outputs);
    assert!(page(&outputs, "gerechten/r-003.html").contains("Jan"), "what is not private beside it is shown");
    for (address, who) in
        [("gerechten/r-003.html", "paars stempel"), ("stempel/paars.html", "Bloemkoolrijst"), ("technieken/t-02.html", "Bloemkoolrijst")]
    {
        assert!(!page(&outputs, address).contains(who), "{address} tells by {who:?} what is private");
    }
    let (tags, _) = html::read(&outputs["gerechten/r-002.html"]);
    let related = tags.iter().find(|tag| tag.name == "section" && tag.is("aria-labelledby", "verwant"));
    assert!(related.is_none_or(|section| !section.text.contains("Bloemkoolrijst")), "nobody is related by a private reason");
}

/// A private name where readers would see it: the schema is refused, or nothing is shown.
fn refused_or_silent(site: &Site) {
    let outcome = site.run();
    let refused = outcome.diagnostics.iter().any(|diagnostic| diagnostic.file.as_deref() == Some("schema.yaml"));
    assert!(refused || outcome.diagnostics.is_empty(), "{:?}", outcome.diagnostics);
    let outputs = outputs(outcome);
    keeps_secret(&outputs);
    let elsewhere: Vec<String> = holding(&outputs, "paars stempel").into_iter().filter(|address| !address.contains("stempel/")).collect();
    assert_eq!(elsewhere, [""; 0], "{}", site.text("schema.yaml"));
}

#[test]
fn what_is_private_does_not_speak_through_a_role() {
    let stories = [
        ("{type: date, role: updated, private: true, LABEL}", "1987-09-09"),
        ("{type: text, list: true, role: keywords, private: true, LABEL}", "[zwartebes]"),
        ("{type: text, role: short, private: true, LABEL}", "Zwartebes"),
    ];
    for (field, value) in stories {
        refused_or_silent(&with_secrets(cookbook_with(&format!("      geheim: {field}\n"), "", ""), &format!("geheim: {value}\n")));
    }
}

#[test]
fn what_is_private_does_not_speak_through_a_badge_a_facet_a_column_or_a_reason() {
    let field = |marks: &str| format!("      geheim: {{type: term, vocabulary: stempel, private: true{marks}, LABEL}}\n");
    let relation = "  afgekeken_van:\n    from: [gerecht]\n    to: [techniek]\n    private: true\n    LABEL\n";
    let reason = format!("{relation}    shared: {{nl: Geheimlabel, en: Secretlabel}}\n");
    let stories = [
        (field(", badge: true"), "", "", "geheim: paars\n"),
        (field(", facet: true"), "", "", "geheim: paars\n"),
        (field(""), "", ", geheim", "geheim: paars\n"),
        ("      geheim: {type: text, private: true, LABEL}\n".to_owned(), "", ", geheim", "geheim: Zwartebes\n"),
        (String::new(), relation, ", afgekeken_van", "afgekeken_van: t-02\n"),
        (String::new(), reason.as_str(), "", "afgekeken_van: t-02\n"),
    ];
    for (fields, relations, columns, lines) in stories {
        refused_or_silent(&with_secrets(cookbook_with(&fields, relations, columns), lines));
    }
}

#[test]
fn a_removed_page_leaves_a_stone_with_its_name_and_the_reason() {
    let site = cookbook()
        .with(
            "content/technieken/t-02-blussen.md",
            "---\nnaam: Blussen\nkern: Weg.\nverwijderd: {datum: 2026-05-01, reden: Stond ook in t-01.}\n---\n",
        )
        .edit("content/gerechten/r-002-linzencurry.md", "gebruikt: [t-01, t-02]", "gebruikt: t-01");
    let outputs = site.build();
    let stone = page(&outputs, "technieken/t-02.html");
    assert!(
        stone.contains("Blussen") && stone.contains("Stond ook in t-01.") && stone.contains("1 mei 2026") && stone.contains("noindex"),
        "{stone}"
    );
    assert!(!page(&outputs, "sitemap.xml").contains("t-02.html"));
    assert!(!page(&outputs, "technieken/index.html").contains("t-02.html"), "no list leads there");
    let still_used = cookbook().with("content/technieken/t-02-blussen.md", site.text("content/technieken/t-02-blussen.md"));
    assert_eq!(still_used.codes(), ["reference-removed"]);
}

#[test]
fn an_old_address_leads_on_from_wherever_the_site_stands() {
    let outputs = cookbook().build();
    let (tags, problems) = html::read(&outputs["soep/index.html"]);
    none(problems);
    assert!(is_redirect(&tags) && is_hidden(&tags));
    let refresh = tags.iter().find(|tag| tag.is("http-equiv", "refresh")).and_then(|tag| tag.get("content")).expect("a target");
    assert_eq!(refresh, "0; url=../gerechten/r-001.html");
    assert!(!page(&outputs, "sitemap.xml").contains("soep"));
}

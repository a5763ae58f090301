//! Another site than ours, with its own words, in the theme `via` as it is: nothing in the program or the theme knows ours.

mod support;

use support::{Site, page};

fn cookbook() -> Site {
    Site::of_fixture("recipes")
}

/// What stands between two texts.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap_or_else(|| panic!("{from} stands in:\n{text}")) + from.len();
    let length = text[start..].find(to).unwrap_or_else(|| panic!("{to} stands behind {from} in:\n{text}"));
    &text[start..start + length]
}

#[test]
fn a_cookbook_builds_without_a_word_of_complaint() {
    let site = cookbook();
    assert!(site.files.keys().filter(|path| path.ends_with(".md")).count() >= 12);
    let outputs = site.build();
    for address in
        ["index.html", "en/index.html", "gerechten/index.html", "kaart/index.html", "fornuis/index.html", "rijpheid/belegen.html"]
    {
        assert!(outputs.contains_key(address), "{address}");
    }
}

#[test]
fn an_ingredient_shows_the_recipes_that_need_it_and_how_much() {
    let outputs = cookbook().build();
    let onion = page(&outputs, "ingredienten/ui.html");
    assert!(onion.contains("Zit in"), "the inverse relation has its label");
    assert!(onion.contains("href=\"../gerechten/r-001.html\"") && onion.contains("href=\"../gerechten/r-002.html\""));
    assert!(!onion.contains("r-003.html"), "cauliflower rice has no onion");
    let soup = page(&outputs, "gerechten/r-001.html");
    assert!(soup.contains("Hoeveelheid") && soup.contains("stuks") && soup.contains("1,5"), "the relation's own fields, in Dutch");
    assert!(page(&outputs, "en/gerechten/r-001.html").contains("1.5"), "and in English");
}

#[test]
fn each_cell_of_the_map_leads_to_its_tasting_and_says_the_verdict() {
    let outputs = cookbook().build();
    let map = page(&outputs, "kaart/index.html");
    let table = between(map, "<table", "</table>");
    assert_eq!(table.matches("scope=\"col\"").count(), 2, "two diets");
    assert_eq!(table.matches("scope=\"row\"").count(), 3, "three recipes");
    let soup = between(table, "Uiensoep</a></th>", "</tr>");
    assert!(soup.contains("href=\"../proeverijen/n-001.html\"") && soup.contains("lekker"), "{soup}");
    let curry = between(table, "Linzencurry</a></th>", "</tr>");
    assert!(
        curry.contains("kaart/r-002-vegetarisch/index.html\">2</a>") && curry.contains("vies"),
        "two tastings have a page of their own: {curry}"
    );
    let cell = page(&outputs, "kaart/r-002-vegetarisch/index.html");
    assert!(cell.contains("../../proeverijen/n-002.html") && cell.contains("../../proeverijen/n-003.html"));
    let rice = between(table, "Bloemkoolrijst</a></th>", "</tr>");
    assert!(!rice.contains("href"), "nobody tasted it: {rice}");
    assert!(map.contains("Van de 6 vakjes hebben 3 een resultaat"), "the sentence counts what the table shows");
}

#[test]
fn the_board_the_ledger_the_glossary_and_the_log_know_the_cookbooks_words() {
    let outputs = cookbook().build();
    let board = page(&outputs, "fornuis/index.html");
    assert!(board.find("Idee") < board.find("Belegen"), "in the order of the vocabulary");
    assert!(board.contains("Linzencurry") && board.contains("35"), "with the columns that the view asks for");
    assert!(page(&outputs, "voorraad/index.html").contains("Rode linzen"));
    assert!(page(&outputs, "keukentaal/index.html").contains("Boter en bloem"));
    assert!(page(&outputs, "logboek/index.html").contains("2023"));
    let quick = page(&outputs, "snel/index.html");
    assert!(quick.contains("Linzencurry") && !quick.contains(">Uiensoep<"), "a view may leave out what its condition does not hold for");
}

#[test]
fn a_state_is_worked_out_and_proved() {
    let outputs = cookbook().build();
    let curry = page(&outputs, "gerechten/r-002.html");
    assert!(curry.contains("elegen") && curry.contains("Meer dan twee jaar geleden"), "aged, and why");
    assert!(curry.contains("1 proeverij vond het goed") && curry.contains("1 proeverij vond het vies"), "because, and but");
    assert!(page(&outputs, "en/gerechten/r-001.html").contains("1 tasting liked it"));
    assert!(page(&outputs, "rijpheid/belegen.html").contains("gerechten/r-002.html"), "the word's own page lists it");
}

#[test]
fn a_translated_page_speaks_english_and_an_untranslated_one_says_which_language_it_has() {
    let outputs = cookbook().build();
    let soup = page(&outputs, "en/gerechten/r-001.html");
    assert!(soup.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    assert!(soup.contains("Onion soup") && soup.contains(">Sweating</a>") && soup.contains("Kitchen words"));
    assert!(soup.contains("hreflang=\"nl\" href=\"https://kookboek.example/gerechten/r-001.html\""));
    assert!(!outputs.contains_key("en/gerechten/r-002.html"), "no page in a language that nobody wrote");
    let list = page(&outputs, "en/gerechten/index.html");
    assert!(list.contains("lang=\"nl\"") && list.contains("Linzencurry") && list.contains("Onion soup"));
}

#[test]
fn a_word_of_the_glossary_is_linked_at_its_first_use_and_an_old_address_leads_on() {
    let outputs = cookbook().build();
    assert!(page(&outputs, "gerechten/r-001.html").contains("<a class=\"term\" href=\"../woorden/roux.html\">roux</a>"));
    assert!(page(&outputs, "gerechten/r-002.html").contains("href=\"../gerechten/r-001.html\">Uiensoep</a>"), "linked by its alias");
    assert!(page(&outputs, "soep/index.html").contains("../gerechten/r-001.html"));
}

#[test]
fn a_claim_falls_when_its_evidence_is_taken_away() {
    let site = cookbook().without("content/proeverijen/n-001-soep-bij-oma.md");
    let outcome = site.run();
    assert!(outcome.outputs.is_empty(), "nothing is published");
    let guard = outcome.diagnostics.iter().find(|diagnostic| diagnostic.code == "guard").expect("a broken guard");
    assert_eq!(guard.file.as_deref(), Some("content/gerechten/r-001-uiensoep.md"));
    let texts = via_site::diagnostic::Texts::of("en");
    assert_eq!(texts.message(guard), "This recipe is called proven but nobody liked it.");
    assert_eq!(texts.help(guard), "Add a tasting with proeft: r-001.");
    let nasty = cookbook().edit("content/proeverijen/n-001-soep-bij-oma.md", "oordeel: lekker", "oordeel: vies");
    assert_eq!(nasty.codes(), ["guard"], "a tasting that found it nasty is no evidence");
}

#[test]
fn circles_and_missing_quantities_are_refused() {
    let circle = cookbook().edit("content/gerechten/r-002-linzencurry.md", "gebruikt: [t-01, t-02]", "vervolg_op: r-003");
    assert_eq!(circle.codes(), ["cycle"]);
    let vague = cookbook().edit("content/gerechten/r-002-linzencurry.md", "{ref: ui, hoeveelheid: 1}", "{ref: ui}");
    assert_eq!(vague.codes(), ["missing-field-in"]);
}

#[test]
fn a_site_lays_its_own_template_over_the_themes() {
    let site = cookbook().with(
        "templates/list.html",
        "{% extends \"via/list.html\" %}\n{% block main %}<p class=\"eetsmakelijk\">Eet smakelijk</p>\n{{ super() }}{% endblock %}\n",
    );
    let outputs = site.build();
    let list = page(&outputs, "gerechten/index.html");
    assert!(list.contains("Eet smakelijk") && list.contains("Uiensoep"), "its own words, and those of the template that it hides");
    assert!(!page(&outputs, "gerechten/r-001.html").contains("Eet smakelijk"));
}

#[test]
fn a_site_says_one_word_of_the_interface_in_its_own_way() {
    let outputs = cookbook().with("catalogues/nl.yaml", "nav:\n  home: Keuken\n").build();
    let soup = page(&outputs, "gerechten/r-001.html");
    assert!(soup.contains(">Keuken</a>") && !soup.contains("Voorpagina"));
    assert!(soup.contains("Naar de inhoud"), "the other words stay");
    assert!(page(&outputs, "en/gerechten/r-001.html").contains(">Front page</a>"), "and so does the other language");
}

#[test]
fn a_theme_of_ones_own_lends_what_it_lacks_from_via() {
    let site = cookbook()
        .with("themes/keuken/theme.yaml", "name: keuken\nextends: via\n")
        .with("themes/keuken/static/style.css", "body { background: wheat }\n")
        .with(
            "themes/keuken/templates/entity/gerecht.html",
            "{% extends \"entity.html\" %}\n{% block main %}<p>Aan tafel!</p>\n{{ super() }}{% endblock %}\n",
        )
        .with("themes/keuken/catalogues/en.yaml", "nav: {home: Kitchen}\n")
        .edit("site.yaml", "theme: via", "theme: keuken");
    let outputs = site.build();
    let soup = page(&outputs, "gerechten/r-001.html");
    assert!(soup.contains("Aan tafel!") && soup.contains("Bereiding"), "its own template, and all of via's around it");
    assert!(!page(&outputs, "technieken/t-01.html").contains("Aan tafel!"));
    assert!(page(&outputs, "en/gerechten/r-001.html").contains(">Kitchen</a>"));
    let styles: Vec<_> = outputs.keys().filter(|address| address.starts_with("assets/style.")).collect();
    assert_eq!(styles.len(), 1, "one stylesheet: {styles:?}");
    assert_eq!(page(&outputs, styles[0]), "body { background: wheat }\n");
    assert!(outputs.keys().any(|address| address.starts_with("assets/favicon.")), "the icon is still via's");
}

#[test]
fn a_map_whose_rows_have_no_groups_has_no_empty_headings() {
    let outputs = cookbook().edit("schema.yaml", "rows: {kind: gerecht, group_by: gang}", "rows: {kind: gerecht}").build();
    let map = page(&outputs, "kaart/index.html");
    assert!(!map.contains("<h2></h2>") && !map.contains("<span></span></th>"), "no heading without words");
}

#[test]
fn a_site_does_without_what_it_leaves_out() {
    let site = cookbook();
    let languages = site.text("site.yaml").lines().find(|line| line.starts_with("languages:")).expect("languages").to_owned();
    let outputs = site.edit("site.yaml", &languages, &format!("{languages}\nleave_out: [open_data, feeds, calendars, search]")).build();
    let mut pages = 0;
    for (address, bytes) in &outputs {
        assert!(
            !address.starts_with("data/")
                && !address.starts_with("search/")
                && !address.ends_with("feed.xml")
                && !address.ends_with(".ics"),
            "{address}"
        );
        if address.ends_with(".html") {
            let text = String::from_utf8_lossy(bytes);
            pages += 1;
            for gone in ["feed.xml", "feed.json", ".ics\"", "data/index.html", "<script type=\"module\""] {
                assert!(!text.contains(gone), "{address} names {gone}");
            }
        }
    }
    assert!(pages > 20);
}

#[test]
fn a_translation_without_a_text_shows_that_of_the_original_and_says_so() {
    let site = cookbook().edit("content/gerechten/r-001-uiensoep.en.md", "## Method\n\nFry the onions for an hour, see [[t-01]].", "");
    let outputs = site.build();
    let soup = page(&outputs, "en/gerechten/r-001.html");
    assert!(soup.contains("Soup of onions, fried for long"), "what is translated is shown in English");
    let text = between(soup, "<div class=\"prose\" lang=\"nl\">", "</div>");
    assert!(text.contains("Fruit de uien een uur"), "{text}");
    assert!(soup.contains("This page has not been translated. The text is in") && soup.contains("href=\"../../gerechten/r-001.html\""));
    assert!(!page(&outputs, "gerechten/r-001.html").contains("niet vertaald. De tekst"), "the original has nothing to explain");
}

#[test]
fn an_image_may_be_named_as_an_address_or_as_a_file() {
    let picture = *include_bytes!("fixtures/pixel.png");
    let written = "Fruit de uien een uur";
    let with = |address: &str| {
        let mut site = cookbook().edit("content/gerechten/r-001-uiensoep.md", written, &format!("![Een pan]({address})\n\n{written}"));
        site.files.insert("content/gerechten/pan met uien.png".to_owned(), picture.to_vec());
        site.build()
    };
    for address in ["pan%20met%20uien.png", "<pan met uien.png>"] {
        assert!(page(&with(address), "gerechten/r-001.html").contains("src=\"../media/gerechten/pan%20met%20uien.png\""), "{address}");
    }
}

#[test]
fn a_page_shows_what_stands_at_the_end_of_a_route() {
    let site = cookbook();
    let route = "\nroutes:\n  geproefd_met:\n    kind: ingredient\n    label: {nl: Geproefd met dit ingrediënt, en: Tasted with this}\n    steps: [zit_in, geproefd]\n";
    let schema = format!("{}{route}", site.text("schema.yaml"));
    let outputs = site.with("schema.yaml", schema).build();
    let lentils = page(&outputs, "ingredienten/rode-linzen.html");
    let tasted = &lentils[lentils.find("Geproefd met dit ingrediënt").expect("the route has its label")..];
    assert!(tasted.contains("href=\"../proeverijen/n-002.html\"") && tasted.contains("href=\"../proeverijen/n-003.html\""));
    assert!(!page(&outputs, "ingredienten/bloemkool.html").contains("Geproefd met dit"), "nobody tasted the cauliflower rice");
}

#[test]
fn a_route_whose_steps_do_not_meet_is_refused_with_those_that_would() {
    let site = cookbook();
    let route = "\nroutes:\n  geproefd_met:\n    kind: ingredient\n    label: {nl: Geproefd, en: Tasted}\n    steps: [zit_in, getest]\n";
    let schema = format!("{}{route}", site.text("schema.yaml"));
    let said = site.with("schema.yaml", schema).run().diagnostics;
    let [unknown] = said.as_slice() else { panic!("one thing is wrong: {said:#?}") };
    assert!(unknown.code.starts_with("schema-unknown-name"), "{unknown:?}");
}

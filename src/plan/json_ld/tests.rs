//! What machines read of a page is true of it, complete, and can do no harm in the page that carries it.

use serde_json::{Value as Json, json};

use crate::plan::cite::testing::{find, node, own_site, small_site, text_in, with_planner};

#[test]
fn a_question_has_the_claims_that_point_at_it_as_suggested_answers() {
    with_planner(&small_site(), |planner| {
        let graph = planner.json_ld(find(planner, "v-0001"), "nl");
        let question = node(&graph, "Question");
        assert_eq!(question["@id"], "https://kennis.example/vragen/v-0001.html#item");
        assert_eq!(question["answerCount"], 1);
        assert_eq!(question["suggestedAnswer"][0]["text"], "Het werkt.");
        assert_eq!(question["suggestedAnswer"][0]["url"], "https://kennis.example/bevindingen/b-0001.html");
        assert_eq!(question["acceptedAnswer"], Json::Null);
        assert_eq!(question["dateModified"], "2025-06-01");
        assert_eq!(question["license"], "https://creativecommons.org/publicdomain/zero/1.0/");
        assert_eq!(question["about"][0]["@id"], "https://kennis.example/begrippen/kans.html#item");
        assert_eq!(question["mentions"][0]["@type"], "Organization");
        assert_eq!(node(&graph, "WebPage")["mainEntity"]["@id"], question["@id"]);
    });
}

#[test]
fn a_page_in_another_language_speaks_that_language() {
    with_planner(&small_site(), |planner| {
        let graph = planner.json_ld(find(planner, "v-0001"), "en");
        assert_eq!(node(&graph, "Question")["name"], "Does it work?");
        assert_eq!(node(&graph, "Question")["inLanguage"], "en");
        assert_eq!(node(&graph, "WebPage")["url"], "https://kennis.example/en/vragen/v-0001.html");
    });
}

#[test]
fn a_claim_appears_in_the_sources_that_it_leans_on_and_cites_but_not_in_private_ones() {
    with_planner(&small_site(), |planner| {
        let claim = node(&planner.json_ld(find(planner, "b-0001"), "nl"), "Claim");
        let appearance: Vec<&Json> = claim["appearance"].as_array().expect("sources").iter().map(|work| &work["@type"]).collect();
        assert_eq!(appearance, ["ScholarlyArticle", "Report"]);
        assert!(!claim.to_string().contains("nieuws"));
    });
}

#[test]
fn a_source_is_described_by_its_own_facts_and_not_by_our_licence() {
    with_planner(&small_site(), |planner| {
        let article = node(&planner.json_ld(find(planner, "artikel"), "nl"), "ScholarlyArticle");
        assert_eq!(article["author"][0]["name"], "Sanne Maria van der Berg");
        assert_eq!(article["author"][0]["familyName"], "van der Berg");
        assert_eq!(article["author"][2], json!({ "@type": "Organization", "name": "Ministerie van Onderwijs, Cultuur en Wetenschap" }));
        assert_eq!(article["datePublished"], "2021-03-09");
        assert_eq!(article["license"], Json::Null);
        assert_eq!(article["isPartOf"]["issueNumber"], "3");
        assert_eq!(article["isPartOf"]["isPartOf"]["isPartOf"]["name"], "Mens & Maatschappij");
        assert_eq!(article["sameAs"][0], "https://doi.org/10.1000/a_b%c");
        assert!(!article.to_string().contains("geheim"));
    });
}

#[test]
fn other_kinds_say_what_their_types_can_say() {
    with_planner(&small_site(), |planner| {
        let term = node(&planner.json_ld(find(planner, "kans"), "nl"), "DefinedTerm");
        assert_eq!(term["inDefinedTermSet"]["url"], "https://kennis.example/begrippen/index.html");
        assert_eq!(term["alternateName"], json!(["mogelijkheid"]));
        assert_eq!(node(&planner.json_ld(find(planner, "start"), "nl"), "Event")["startDate"], "2021-05");
        let party = node(&planner.json_ld(find(planner, "bureau"), "nl"), "Organization");
        assert_eq!(party["sameAs"], json!(["https://bureau.example/"]));
        let page = node(&planner.json_ld(find(planner, "over"), "nl"), "WebPage");
        assert_eq!((&page["identifier"], &page["mainEntity"]), (&json!("over"), &Json::Null));
        assert!(planner.json_ld(find(planner, "weg"), "nl").is_none());
    });
}

#[test]
fn no_text_can_end_the_script() {
    with_planner(&small_site(), |planner| {
        let graph = planner.json_ld(find(planner, "v-0001"), "nl");
        let text = graph.as_str().expect("text");
        assert!(graph.is_safe() && !text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{text}");
        assert_eq!(node(&graph, "Question")["name"], "Werkt het </script><b>echt</b> & altijd?");
    });
}

#[test]
fn breadcrumbs_lead_from_the_front_page_to_the_page() {
    with_planner(&small_site(), |planner| {
        let crumbs = node(&planner.json_ld(find(planner, "kans"), "nl"), "BreadcrumbList");
        let items = crumbs["itemListElement"].as_array().expect("items");
        let names: Vec<_> = items.iter().map(|item| (item["position"].as_u64(), item["name"].as_str())).collect();
        assert_eq!(names, [(Some(1), Some("Voorpagina")), (Some(2), Some("Begrippen")), (Some(3), Some("kans"))]);
    });
}

#[test]
fn the_front_page_is_a_site_and_a_data_set() {
    with_planner(&small_site(), |planner| {
        let graph = planner.site_json_ld("nl");
        assert_eq!(node(&graph, "WebSite")["publisher"]["name"], "Bureau Kennis");
        assert_eq!(node(&graph, "Dataset")["license"], "https://creativecommons.org/publicdomain/zero/1.0/");
    });
}

#[test]
fn our_own_site_never_says_nothing() {
    with_planner(&own_site(), |planner| {
        for (index, entity) in planner.graph.present() {
            let graph = planner.json_ld(index, "nl");
            let text = graph.as_str().expect("text");
            serde_json::from_str::<Json>(text).expect("JSON");
            for empty in [":\"\"", ":null", ":[]", ":{}", "\"\"]"] {
                assert!(!text.contains(empty), "{} says {empty}: {text}", entity.id);
            }
        }
    });
}

#[test]
fn tags_for_scholars_stand_on_our_own_works_only() {
    with_planner(&small_site(), |planner| {
        let tags = |id: &str| -> Vec<(String, String)> {
            planner.highwire(find(planner, id), "nl").iter().map(|tag| (text_in(tag, "name"), text_in(tag, "content"))).collect()
        };
        let expected = [
            ("citation_title", "Werkt het </script><b>echt</b> & altijd?"),
            ("citation_author", "Bureau Kennis"),
            ("citation_publication_date", "2025/06/01"),
            ("citation_online_date", "2025/06/01"),
            ("citation_publisher", "Bureau Kennis"),
            ("citation_language", "nl"),
            ("citation_public_url", "https://kennis.example/vragen/v-0001.html"),
        ];
        assert_eq!(tags("v-0001"), expected.map(|(name, content)| (name.to_owned(), content.to_owned())));
        assert!(tags("b-0001").contains(&("citation_publication_date".to_owned(), "2026/11/23".to_owned())));
        assert!(tags("artikel").is_empty() && tags("kans").is_empty());
    });
}

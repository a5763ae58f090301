//! What editors type, and what becomes of it.

use super::super::body::{Body, HoleKind, LinkTarget};
use super::{MarkupOptions, render};
use crate::diagnostic::Place;

fn read(text: &str) -> Body {
    let allowed: Vec<String> = ["kbd", "abbr", "q", "br", "span", "script"].iter().map(|name| (*name).to_owned()).collect();
    let body = render(text, 0, &MarkupOptions { raw_html: &allowed, extensions: true });
    check(&body, text);
    body
}

/// The HTML with every hole shown in braces.
fn shown(body: &Body) -> String {
    let mut html = String::new();
    let mut copied = 0;
    for hole in &body.holes {
        html.push_str(&body.html[copied..hole.at]);
        copied = hole.at;
        let filled = match &hole.kind {
            HoleKind::LinkStart(index) => format!("<a {{{index}}}>"),
            HoleKind::LinkTitle(index) => format!("{{title {index}}}"),
            HoleKind::Card(index) => format!("{{card {index}}}"),
            HoleKind::Citations { group } => format!("{{cite {}..{}}}", group.start, group.end),
            HoleKind::Image(index) => format!("{{image {index}}}"),
            HoleKind::Word(key) => format!("{{{key}}}"),
            HoleKind::Numbered { key, number } => format!("{{{key} {number}}}"),
            HoleKind::Chart(index) => format!("{{chart {index}}}"),
        };
        html.push_str(&filled);
    }
    html.push_str(&body.html[copied..]);
    html
}

fn html(text: &str) -> String {
    shown(&read(text))
}

/// The diagnostics as `code word=value "marked text"`.
fn complaints(text: &str) -> Vec<String> {
    let body = read(text);
    let line = |one: &crate::diagnostic::Diagnostic| {
        let words: Vec<String> = one.words.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let marked = match &one.place {
            Place::Span(span) => text.get(span.clone()).unwrap_or("?"),
            _ => "?",
        };
        format!("{} {} {marked:?}", one.code, words.join(" "))
    };
    body.diagnostics.iter().map(line).collect()
}

/// What must hold of every body, whatever was typed.
fn check(body: &Body, text: &str) {
    let mut last = 0;
    for hole in &body.holes {
        assert!(hole.at >= last && body.html.is_char_boundary(hole.at), "holes in order: {text:?}");
        last = hole.at;
    }
    let mut end = 0;
    for range in &body.prose {
        assert!(range.start >= end && range.end > range.start, "running text in order: {text:?}");
        let slice = body.html.get(range.clone()).unwrap_or("<");
        assert!(!slice.contains(['<', '>']), "running text is no markup: {slice:?} in {text:?}");
        assert!(!body.holes.iter().any(|hole| hole.at > range.start && hole.at < range.end), "no hole in running text: {text:?}");
        end = range.end;
    }
    let mut end = 0;
    for heading in &body.headings {
        assert!(heading.plain.start >= end, "headings in order: {text:?}");
        assert_eq!(body.plain.get(heading.plain.clone()), Some(&*heading.text), "a heading is part of the text: {text:?}");
        end = heading.plain.end;
    }
    for span in body.links.iter().map(|link| &link.span).chain(body.citations.iter().map(|citation| &citation.span)) {
        assert!(text.get(span.clone()).is_some(), "places are in the file: {text:?}");
    }
    assert_eq!(nesting(&shown(body)), None, "nested well: {text:?}\n{}", shown(body));
}

/// The first tag that is not closed where it should be.
fn nesting(html: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (tag, behind) = rest[at + 1..].split_once('>')?;
        rest = behind;
        let name = tag.split([' ', '\n']).next().unwrap_or_default();
        if let Some(closed) = name.strip_prefix('/') {
            if open.pop() != Some(closed) {
                return Some(tag.to_owned());
            }
        } else if !["br", "wbr", "hr", "input", "img"].contains(&name) {
            if name == "a" && open.contains(&"a") {
                return Some("a within a".to_owned());
            }
            open.push(name);
        }
    }
    open.pop().map(str::to_owned)
}

#[test]
fn headings_get_an_anchor_from_their_text_or_from_the_editor() {
    let body = read("## Wat wéten we?\n\n## Wat weten we\n\n### Kern {#eigen .weg style=x}\n\n## ?!\n");
    let html = shown(&body);
    assert!(html.contains("<h2 id=\"wat-weten-we\">Wat wéten we?</h2>"), "{html}");
    assert!(html.contains("<h2 id=\"wat-weten-we-2\">") && html.contains("<h3 id=\"eigen\">Kern</h3>"), "{html}");
    assert!(html.contains("<h2 id=\"kop-4\">"), "{html}");
    assert!(body.diagnostics.is_empty());
    assert_eq!(body.headings.iter().map(|heading| heading.level).collect::<Vec<_>>(), [2, 2, 3, 2]);
    assert_eq!(body.headings[0].text, "Wat wéten we?");
}

#[test]
fn the_title_of_the_page_is_its_first_level_so_the_body_starts_at_two() {
    assert_eq!(complaints("# Een\n"), ["heading-level level=1 expected=2 \"# Een\""]);
    assert_eq!(complaints("### Drie\n").len(), 1);
    assert_eq!(complaints("## Twee\n\n#### Vier\n")[0], "heading-level level=4 expected=3 \"#### Vier\"");
    assert!(complaints("## Twee\n\n### Drie\n\n## Twee\n\n### Drie\n").is_empty());
}

#[test]
fn a_heading_has_words() {
    assert_eq!(complaints("##\n\nTekst.\n"), ["heading-empty  \"##\""]);
    assert_eq!(complaints("## ![Een roos](roos.png)\n"), ["heading-empty  \"## ![Een roos](roos.png)\""]);
    assert!(complaints("## `code`\n\n## *schuin*\n\n## ?!\n\n## $x^2$\n\n## Roos ![Een roos](roos.png)\n").is_empty());
}

#[test]
fn double_brackets_link_to_a_page() {
    let text = "Zie [[v-0042]], [[v-0042|deze vraag]], [[ Titel van de pagina#Kop ]], [[#Kop hier]] en [[a#b|c]].";
    let body = read(text);
    assert_eq!(
        shown(&body),
        "<p>Zie <a {0}>{title 0}</a>, <a {1}>deze vraag</a>, <a {2}>{title 2}</a>, <a {3}>{title 3}</a> en <a {4}>c</a>.</p>\n"
    );
    let places: Vec<&str> = body.links.iter().map(|link| &text[link.span.clone()]).collect();
    assert_eq!(places, ["v-0042", "v-0042", "Titel van de pagina", "#Kop hier", "a"]);
    assert_eq!(body.links[2].target, LinkTarget::Name("Titel van de pagina".to_owned()));
    assert_eq!(body.links[2].heading.as_deref(), Some("Kop"));
    assert_eq!((&body.links[3].target, body.links[3].heading.as_deref()), (&LinkTarget::SamePage, Some("Kop hier")));
    assert_eq!((body.links[1].context.before.as_str(), body.links[1].context.text.as_str()), ("Zie v-0042, ", "deze vraag"));
    assert_eq!(body.links[0].context.text, "");
}

#[test]
fn an_embedded_page_is_a_card_between_blocks_and_a_link_in_a_sentence() {
    assert_eq!(html("Voor.\n\n![[v-0042]]\n\nNa ![[v-1]] dus.\n"), "<p>Voor.</p>\n{card 0}\n<p>Na <a {1}>{title 1}</a> dus.</p>\n");
    let text = "![[v-0042]]";
    assert_eq!(&text[read(text).links[0].span.clone()], "v-0042");
}

#[test]
fn links_to_files_addresses_and_headings_are_left_to_the_plan() {
    let text = "[a](../vragen/v-1.md#Kop) [b](</kaart/x y> \"t\") [c](#kop) [d](bijlage.pdf) [](e.md)";
    let body = read(text);
    assert_eq!(shown(&body), "<p><a {0}>a</a> <a {1}>b</a> <a {2}>c</a> <a {3}>d</a> <a {4}>{title 4}</a></p>\n");
    let places: Vec<&str> = body.links.iter().map(|link| &text[link.span.clone()]).collect();
    assert_eq!(places, ["../vragen/v-1.md#Kop", "/kaart/x y", "#kop", "bijlage.pdf", "e.md"]);
    assert_eq!(body.links[0].target, LinkTarget::File("../vragen/v-1.md".to_owned()));
    assert_eq!(body.links[1].target, LinkTarget::Address("kaart/x y".to_owned()));
}

#[test]
fn links_that_lead_away_say_so_and_other_schemes_are_refused() {
    assert_eq!(
        html("[x](https://vng.nl/a?b&c \"Naar <VNG>\") <a@b.nl> <https://uwv.nl>"),
        "<p><a class=\"external\" href=\"https://vng.nl/a?b&amp;c\" rel=\"noopener\" title=\"Naar &lt;VNG&gt;\">x</a> \
         <a href=\"mailto:a@b.nl\">a@b.nl</a> <a class=\"external\" href=\"https://uwv.nl\" rel=\"noopener\">https://uwv.nl</a></p>\n"
    );
    assert_eq!(html("[*klik*](java&#115;cript:alert(1))"), "<p><em>klik</em></p>\n");
    assert_eq!(complaints("[k](//x.nl)"), ["link-scheme address=//x.nl \"[k](//x.nl)\""]);
    assert_eq!(complaints("[k]()"), ["link-empty  \"[k]()\""]);
}

#[test]
fn citations_keep_their_place_words_and_pages() {
    let text = "Eerst. Werk is er [zie @szw-2021, p. 3; -@b]. En [@a][@c] of [info@uwv.nl] of \\[@x] of [tekst][@d].";
    let body = read(text);
    assert_eq!(
        shown(&body),
        "<p>Eerst. Werk is er {cite 0..2}. En {cite 2..3}{cite 3..4} of [info@uwv.nl] of [@x] of [tekst]{cite 4..5}.</p>\n"
    );
    let keys: Vec<&str> = body.citations.iter().map(|citation| &text[citation.span.clone()]).collect();
    assert_eq!(keys, ["szw-2021", "b", "a", "c", "d"]);
    assert_eq!((body.citations[0].prefix.as_str(), body.citations[0].locator.as_str()), ("zie", "p. 3"));
    assert!(body.citations[1].year_only && body.citations[1].anchor == "cite-2");
    assert_eq!((body.citations[0].context.before.as_str(), body.citations[0].context.after.as_str()), ("Werk is er", "."));
    assert_eq!(body.plain, "Eerst. Werk is er. En of [info@uwv.nl] of [@x] of [tekst].");
    assert_eq!(html("Let op![@k]"), "<p>Let op!{cite 0..1}</p>\n");
}

#[test]
fn footnotes_are_numbered_by_first_reference_and_gathered_at_the_end() {
    let text = "B[^b] en a[^a] en b[^b].\n\n[^a]: Noot [[v-1]] a.\n\n[^b]: Noot b[^c].\n\n[^c]: Zie [@x].\n";
    let body = read(text);
    let html = shown(&body);
    let reference = |number: usize, id: &str| {
        format!("<sup class=\"footnote-ref\" id=\"{id}\"><a href=\"#fn-{number}\" role=\"doc-noteref\">{number}</a></sup>")
    };
    let first = format!("<p>B{} en a{} en b{}.</p>\n", reference(1, "fnref-1"), reference(2, "fnref-2"), reference(1, "fnref-1-2"));
    assert!(html.starts_with(&first), "{html}");
    let back =
        |id: &str| format!("<a class=\"footnote-back\" href=\"#{id}\" role=\"doc-backlink\" aria-label=\"{{body.footnote_back}}\">↩</a>");
    assert!(html.contains("href=\"#fnref-1-2\""), "{html}");
    let section = "<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"{body.footnotes}\">\n<ol>\n<li id=\"fn-1\">";
    assert!(html.contains(section), "{html}");
    let second = format!("<li id=\"fn-2\">\n<p>Noot <a {{0}}>{{title 0}}</a> a. {}</p>\n</li>", back("fnref-2"));
    assert!(html.contains(&second), "{html}");
    assert!(html.contains(&format!("<p>Zie {{cite 0..1}}. {}</p>", back("fnref-3"))), "{html}");
    assert!(body.diagnostics.is_empty(), "{:?}", body.diagnostics);
}

#[test]
fn footnotes_without_a_definition_or_a_reference_are_reported() {
    assert_eq!(complaints("Iets[^weg].\n"), ["footnote-unknown name=weg \"[^weg]\""]);
    assert!(complaints("Iets\\[^weg] en `[^x]`.\n").is_empty());
    assert_eq!(complaints("Iets.\n\n[^los]: Noot.\n"), ["footnote-unused name=los \"[^los]\""]);
    assert_eq!(complaints("a[^a].\n\n[^a]: Een.\n\n[^a]: Twee.\n"), ["footnote-double name=a \"[^a]\""]);
}

#[test]
fn alerts_have_a_title_in_the_language_of_the_page() {
    assert_eq!(
        html("> [!WARNING]\n> Let op.\n"),
        "<div class=\"alert alert-warning\">\n<p class=\"alert-title\">{body.warning}</p>\n<p>Let op.</p>\n</div>\n"
    );
}

#[test]
fn tables_scroll_in_a_named_region() {
    assert_eq!(
        html("|  | n |\n|:-|-:|\n| [[v-1\\|a]] | 3 |\n"),
        "<section class=\"table-scroll\" tabindex=\"0\" aria-label=\"{body.table 1}\">\n<table>\n<thead>\n<tr>\
         <td class=\"align-left\"></td><th scope=\"col\" class=\"align-right\">n</th></tr>\n</thead>\n<tbody>\n<tr>\
         <td class=\"align-left\"><a {0}>a</a></td><td class=\"align-right\">3</td></tr>\n</tbody>\n</table>\n</section>\n"
    );
}

#[test]
fn tasks_are_boxes_with_a_name() {
    assert_eq!(
        html("- [x] af\n- [ ] open\n"),
        "<ul>\n<li class=\"task\"><input type=\"checkbox\" disabled checked aria-label=\"{body.task_done}\"> af</li>\n\
         <li class=\"task\"><input type=\"checkbox\" disabled aria-label=\"{body.task_open}\"> open</li>\n</ul>\n"
    );
}

#[test]
fn an_image_alone_is_a_figure_with_its_title_as_caption() {
    assert_eq!(
        html("![Een *kaart*](kaart.png \"Bron: <CBS>\")\n\nTekst ![x](y.png).\n"),
        "<figure>{image 0}<figcaption>Bron: &lt;CBS&gt;</figcaption></figure>\n<p>Tekst {image 1}.</p>\n"
    );
    let body = read("![Een *kaart*](kaart.png)");
    assert_eq!((body.images[0].path.as_str(), body.images[0].alt.as_str()), ("kaart.png", "Een kaart"));
    assert_eq!(complaints("![](x.png)"), ["image-without-alt path=x.png \"![](x.png)\""]);
    assert_eq!(complaints("![a](https://x.nl/y.png)")[0], "image-external path=https://x.nl/y.png \"![a](https://x.nl/y.png)\"");
    assert_eq!(html("x ![a](data:image/png,x) y"), "<p>x a y</p>\n");
}

#[test]
fn code_is_coloured_if_its_language_is_known() {
    let html_of = html("```rust\nlet a = 1;\n```\n");
    assert!(html_of.starts_with("<pre class=\"code\"><code class=\"language-rust\"><span class=\"hl-keyword\">let"), "{html_of}");
    assert_eq!(html("    a < b\n"), "<pre class=\"code\"><code>a &lt; b\n</code></pre>\n");
    assert_eq!(complaints("```pyhton\nx\n```\n"), ["code-language language=pyhton nearest=python \"pyhton\""]);
}

#[test]
fn formulas_are_mathml() {
    assert!(html("Zij $x < 1$.").starts_with("<p>Zij <math display=\"inline\">"));
    assert!(html("$$\\frac{a}{b}$$").contains("<mfrac>"));
    assert!(html("Het kost $5 tot $10.").contains("$5 tot $10"));
    let complaint = complaints("$\\frac{a}$");
    assert!(complaint[0].starts_with("math message="), "{complaint:?}");
}

#[test]
fn raw_html_is_text_unless_the_site_allows_a_harmless_element() {
    assert_eq!(html("Druk <kbd class=x lang=en>Ctrl</kbd>."), "<p>Druk <kbd lang=\"en\">Ctrl</kbd>.</p>\n");
    assert_eq!(html("<b>x</b>"), "<p>&lt;b&gt;x&lt;/b&gt;</p>\n");
    assert_eq!(complaints("a <b>x</b>"), ["raw-html tag=b \"<b>\""]);
    assert_eq!(complaints("a <kbd onclick=x>x</kbd>"), ["raw-html tag=kbd \"<kbd onclick=x>\""]);
    assert_eq!(html("a <q>b *c</q> d*\n\ne"), "<p>a <q>b <em>c&lt;/q&gt; d</em></q></p>\n<p>e</p>\n");
    assert_eq!(html("- a <q>b\n  - c\n"), "<ul>\n<li>a <q>b</q>\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>\n");
    assert_eq!(html("a <!-- weg --> b\n\n<!-- ook\n\nweg -->\n\nc"), "<p>a  b</p>\n<p>c</p>\n");
    assert_eq!(html("<script>alert(1)</script>"), "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n");
    assert_eq!(html("> <div>\n> x\n"), "<blockquote>\n<p>&lt;div&gt;\nx</p>\n</blockquote>\n");
}

#[test]
fn running_text_is_what_terms_may_be_linked_in() {
    let body = read("## Kop\n\nEen *zin* met [[v-1]] en [l](x.md), `code`, $x$ & meer.\n\n| k |\n|-|\n| cel |\n\nterm\n: uitleg\n");
    let prose: Vec<&str> = body.prose.iter().map(|range| &body.html[range.clone()]).collect();
    assert_eq!(prose, ["Een ", "zin", " met ", " en ", ", ", ", ", " &amp; meer.", "cel", "uitleg"]);
}

#[test]
fn plain_text_has_no_markup_and_a_line_per_block() {
    let body = read("## Kop\n\nEen *zin*\nmet `code`.\n\n- a\n  - b\n- c\n\n```\nweg\n```\n");
    assert_eq!(body.plain, "Kop\nEen zin met code.\na\nb\nc");
}

#[test]
fn places_are_those_of_the_file() {
    let body = render("Zie [[v-1]] en [@b].\n", 100, &MarkupOptions { raw_html: &[], extensions: true });
    assert_eq!((body.links[0].span.clone(), body.citations[0].span.clone()), (106..109, 117..118));
}

#[test]
fn deep_nesting_and_long_rows_cost_neither_stack_nor_patience() {
    let started =
        [">", "[", "- ", "![", "<q>", "*a ", "[[", "`", "<b ", "<!--", "[@a", "$", "[^a]", "[a](b) ", "<a =\"", "](", "{", "~~a", "|"];
    for piece in started {
        let count = 20_000;
        let body = read(&piece.repeat(count));
        assert!(body.html.len() < 200 * piece.len() * count, "{piece}");
    }
    read(&"> [!NOTE]\n".repeat(2_000));
    read(&format!("[^a]\n\n{}", "[^a]: x[^a]\n\n".repeat(2_000)));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_is_typed_the_result_is_nested_well(
        parts in proptest::collection::vec(proptest::sample::select(vec![
            "[[", "]]", "[", "]", "(", ")", "!", "@a", "@", "a", "b c", "|", "#", "\n", "\n\n", "> ", "- ", "1. ", "  ", "    ", "*", "**",
            "_", "`", "```\n", "~~", "$", "$$", "\\", "[^a]", "[^a]: ", "<q>", "</q>", "<kbd title=\"x\">", "</kbd>", "<br>", "<b>",
            "<!--", "-->", "## ", "### k {#a}", "|-|-|\n", ": ", ";", ",", "é", "[x]: /u\n", "<http://a.nl>", "(x.md#k)",
            "(javascript:a)", "[ ] ", "---\n", "&amp;", "\u{0}", "\r\n",
            "![[a]]", "[[a|b]]", "![a](b \"c\")", "[@a; -@b, p. 3]", "[!NOTE]\n", "<div>", "</div>", "\"", "'", "{", "}", "frac",
        ]), 0..40)
    ) {
        read(&parts.concat());
    }
}

//! The examples of the `CommonMark` specification, all of them, against our own writer.
//!
//! Both sides are normalised in the same way, for these differences have no meaning:
//! - `<br />` is written `<br>`; `&quot;` outside of tags is a plain quote, `&#39;` and `&#x27;` in them are one;
//! - line breaks next to the tags of blocks, outside of `<pre>`.
//!
//! And from our side are taken what we always add: a heading's `id`, a code block's class, and the class and `rel` of links
//! to other sites. Images are holes; they are filled with what the specification expects.

use serde_json::Value;
use via_site::document::body::{Body, HoleKind};
use via_site::document::markup::{MarkupOptions, render};

const EXAMPLES: &str = include_str!("fixtures/commonmark-0.31.2.json");

/// Where we differ on purpose, by the number of the example.
const DIFFERENT: &[(&str, &[u64])] = &[
    (
        "a block of raw HTML is shown as text in a paragraph, or vanishes if it is a comment",
        &[
            21, 31, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171,
            172, 173, 174, 175, 176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 308, 309,
        ],
    ),
    (
        "raw HTML in running text is shown as text, a comment vanishes",
        &[201, 344, 475, 476, 477, 491, 494, 524, 536, 613, 614, 615, 616, 617, 623, 625, 626, 627, 628, 629, 630, 631, 642, 643],
    ),
    (
        "only http, https, mailto and tel are links; text with another scheme, or a colon in its first part, stays text",
        &[500, 596, 598, 599, 601],
    ),
];

const BLOCKS: [&str; 17] =
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr", "table", "div", "section", "figure"];

#[test]
fn every_example_of_the_specification_comes_out_as_it_says() {
    let examples: Value = serde_json::from_str(EXAMPLES).expect("the fixture is JSON");
    let mut seen = 0;
    let mut wrong = Vec::new();
    for example in examples.as_array().expect("a list of examples") {
        let number = example["example"].as_u64().expect("a number");
        let markdown = example["markdown"].as_str().expect("Markdown");
        let expected = normal(example["html"].as_str().expect("HTML"));
        let body = render(markdown, 0, &MarkupOptions { raw_html: &[], extensions: false });
        let found = normal(&plain(&filled(&body)));
        let listed = DIFFERENT.iter().any(|(_, numbers)| numbers.contains(&number));
        seen += 1;
        if (found == expected) == listed {
            let what = if listed { "is listed as different but is not" } else { "differs" };
            wrong.push(format!("example {number} {what}\n{markdown}\nexpected: {expected}\nfound:    {found}\n"));
        }
    }
    assert_eq!(seen, 652, "all examples are there");
    assert!(wrong.is_empty(), "{} of {seen}:\n{}", wrong.len(), wrong.join("\n"));
}

/// The HTML with its images; without extensions there are no other holes.
fn filled(body: &Body) -> String {
    let mut html = String::new();
    let mut copied = 0;
    for hole in &body.holes {
        html.push_str(&body.html[copied..hole.at]);
        copied = hole.at;
        let HoleKind::Image(index) = &hole.kind else { panic!("a hole that is no image: {hole:?}") };
        let image = &body.images[*index];
        let title = if image.title.is_empty() { String::new() } else { format!(" title=\"{}\"", escaped(&image.title)) };
        let (path, alt) = (escaped(&image.path), escaped(&image.alt));
        html.extend(["<img src=\"", &path, "\" alt=\"", &alt, "\"", &title, ">"]);
    }
    html + &body.html[copied..]
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Our HTML without what we always add.
fn plain(html: &str) -> String {
    let html = html.replace("<pre class=\"code\">", "<pre>");
    let mut html = html.replace("<a class=\"external\" ", "<a ").replace("\" rel=\"noopener\"", "\"");
    for level in 1..=6 {
        let start = format!("<h{level} id=\"");
        while let Some(at) = html.find(&start) {
            let end = html[at..].find("\">").map_or(html.len(), |length| at + length + 2);
            html.replace_range(at..end, &format!("<h{level}>"));
        }
    }
    html
}

/// What both sides are compared by.
fn normal(html: &str) -> String {
    let html = html.replace(" />", ">").replace("&quot;", "\"").replace("&#x27;", "'").replace("&#39;", "'");
    let mut normal = String::new();
    let mut rest = html.as_str();
    let mut in_code = false;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        let length = tag.find('>').map_or(tag.len(), |end| end + 1);
        let name: String = tag[1..].trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let is_block = BLOCKS.contains(&name.as_str());
        normal.push_str(if is_block && !in_code { text.trim_end_matches('\n') } else { text });
        normal.push_str(&tag[..length]);
        rest = &tag[length..];
        if name == "pre" {
            in_code = !tag.starts_with("</");
        }
        if is_block && !in_code {
            rest = rest.trim_start_matches('\n');
        }
    }
    normal + rest.trim_end_matches('\n')
}

//! Formulas: LaTeX to `MathML`, of which only known elements with harmless attributes are let through.

use pulldown_latex::event::{Content, EnvironmentFlow, Event, StateChange};
use pulldown_latex::{Parser, RenderConfig, Storage, config::DisplayMode, push_mathml};

/// A longer formula is refused: it is more likely a slip, and its cost must stay bounded.
const LONGEST: usize = 5_000;
/// Deeper groups are refused.
const DEEPEST: usize = 60;
/// Commands that define commands, for a few of them can ask for endless work, and `\char`, with which the parser panics on
/// some input.
const REFUSED: [&str; 11] =
    ["char", "def", "edef", "gdef", "xdef", "let", "futurelet", "newcommand", "renewcommand", "providecommand", "DeclareMathOperator"];

/// Elements of `MathML` Core that formulas are made of.
const ELEMENTS: [&str; 20] = [
    "math",
    "mfrac",
    "mi",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mroot",
    "mrow",
    "mspace",
    "msqrt",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
];

const ATTRIBUTES: [&str; 17] = [
    "class",
    "columnalign",
    "depth",
    "display",
    "displaystyle",
    "height",
    "largeop",
    "linethickness",
    "lspace",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "scriptlevel",
    "stretchy",
    "symmetric",
    "width",
];

/// A formula as `MathML`, or what is wrong with it.
///
/// # Errors
/// The formula is not understood, is too long or too deep, or uses what is not allowed here.
pub fn mathml(latex: &str, display: bool) -> Result<String, String> {
    if latex.len() > LONGEST {
        return Err(format!("formula of {} bytes; at most {LONGEST}", latex.len()));
    }
    check_shape(latex)?;
    let storage = Storage::new();
    let mut events = Vec::new();
    for event in Parser::new(latex, &storage) {
        events.push(harmless(event.map_err(|error| first_line(&error.to_string()))?)?);
    }
    let display_mode = if display { DisplayMode::Block } else { DisplayMode::Inline };
    let mut raw = String::new();
    let stream = events.into_iter().map(Ok::<_, std::convert::Infallible>);
    push_mathml(&mut raw, stream, RenderConfig { display_mode, ..RenderConfig::default() }).map_err(|error| error.to_string())?;
    clean(&raw).ok_or_else(|| "formula that cannot be shown".to_owned())
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim().to_owned()
}

/// What can be refused before parsing.
fn check_shape(latex: &str) -> Result<(), String> {
    let mut depth = 0_usize;
    let mut rest = latex;
    while let Some(at) = rest.find(['{', '}', '\\']) {
        let found = rest.as_bytes().get(at).copied();
        rest = &rest[at + 1..];
        match found {
            Some(b'{') => depth += 1,
            Some(b'}') => depth = depth.saturating_sub(1),
            _ => {
                let length = rest.find(|next: char| !next.is_ascii_alphabetic()).unwrap_or(rest.len());
                let command = &rest[..length];
                if REFUSED.contains(&command) {
                    return Err(format!("\\{command}"));
                }
                match command {
                    "left" | "begin" => depth += 1,
                    "right" | "end" => depth = depth.saturating_sub(1),
                    _ => {}
                }
                let skip = if length == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { length };
                rest = &rest[skip..];
            }
        }
        if depth > DEEPEST {
            return Err(format!("more than {DEEPEST} groups within each other"));
        }
    }
    Ok(())
}

/// The event without what would need an inline style: colours, negative space, the height of a row.
fn harmless(event: Event<'_>) -> Result<Event<'_>, String> {
    Ok(match event {
        Event::StateChange(StateChange::Color(_)) => return Err("\\color".to_owned()),
        Event::Content(Content::Function(name)) if name.contains(['<', '>', '&', '"']) => return Err(name.to_owned()),
        Event::Space { width, height, depth } => {
            let width = width.map(|mut width| {
                width.value = if width.value.is_finite() { width.value.max(0.0) } else { 0.0 };
                width
            });
            // Without a width the writer would leave out the element and keep its attributes.
            match width {
                Some(width) => Event::Space { width: Some(width), height, depth },
                None => return Err("space without a width".to_owned()),
            }
        }
        Event::EnvironmentFlow(EnvironmentFlow::NewLine { horizontal_lines, .. }) => {
            Event::EnvironmentFlow(EnvironmentFlow::NewLine { spacing: None, horizontal_lines })
        }
        other => other,
    })
}

/// Writes the `MathML` anew from what is allowed; none if there is anything else in it, or if it is not nested well.
fn clean(raw: &str) -> Option<String> {
    let mut html = String::with_capacity(raw.len());
    let mut open: Vec<&str> = Vec::new();
    let mut rest = raw;
    while let Some(next) = rest.chars().next() {
        let tag = next == '<' && rest[1..].starts_with(|second: char| second.is_ascii_alphabetic() || second == '/');
        if tag {
            let (inner, behind) = rest[1..].split_once('>')?;
            rest = behind;
            if let Some(name) = inner.strip_prefix('/') {
                if open.pop() != Some(name) {
                    return None;
                }
                html.push_str("</");
                html.push_str(name);
            } else {
                let (inner, alone) = inner.strip_suffix('/').map_or((inner, false), |inner| (inner, true));
                let end = inner.find(|next: char| !next.is_ascii_alphabetic()).unwrap_or(inner.len());
                let name = &inner[..end];
                if !ELEMENTS.contains(&name) {
                    return None;
                }
                html.push('<');
                html.push_str(name);
                clean_attributes(&inner[end..], &mut html)?;
                if alone {
                    html.push_str("></");
                    html.push_str(name);
                } else {
                    open.push(name);
                }
            }
            html.push('>');
            continue;
        }
        let entity = ["&amp;", "&lt;", "&gt;", "&nbsp;"].into_iter().find(|entity| rest.starts_with(entity));
        match (next, entity) {
            (_, Some(entity)) => {
                html.push_str(entity);
                rest = &rest[entity.len()..];
                continue;
            }
            ('<', _) => html.push_str("&lt;"),
            ('>', _) => html.push_str("&gt;"),
            ('&', _) => html.push_str("&amp;"),
            (control, _) if control.is_control() => html.push(' '),
            (other, _) => html.push(other),
        }
        rest = &rest[next.len_utf8()..];
    }
    open.is_empty().then_some(html)
}

fn clean_attributes(text: &str, html: &mut String) -> Option<()> {
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, behind) = rest.split_once("=\"")?;
        let (value, behind) = behind.split_once('"')?;
        rest = behind.trim_start();
        let harmless = value.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, ' ' | '-' | '.' | '%'));
        if !ATTRIBUTES.contains(&name.trim()) || !harmless {
            return None;
        }
        html.push(' ');
        html.push_str(name.trim());
        html.push_str("=\"");
        html.push_str(value);
        html.push('"');
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_mathml() {
        let inline = mathml("x^2 < \\frac{a}{b}", false).unwrap_or_default();
        assert!(inline.starts_with("<math display=\"inline\">") && inline.ends_with("</math>"), "{inline}");
        assert!(inline.contains("<msup><mi>x</mi><mn>2</mn></msup>") && inline.contains("<mo>&lt;</mo>"), "{inline}");
        assert!(mathml("\\sum_{i=1}^n i", true).unwrap_or_default().contains("<munderover>"));
    }

    #[test]
    fn nothing_but_mathml_comes_out() {
        for latex in [
            "\\text{<script>alert(1)</script>}",
            "\\text{\"><img src=x onerror=alert(1)>}",
            "\\href{javascript:alert(1)}{x}",
            "\\style{color:red}{x}",
            "\\class{x}{y}",
            "\\operatorname{<b>}",
            "\\color{red} x",
            "\\textcolor{red}{x}",
            "\\colorbox{red}{x}",
            "x\\!y",
            "\\begin{matrix} a & b \\\\[2em] c & d \\end{matrix}",
            "a < b > c \\& d",
            "\\lt \\gt \\not< x",
            "\\left< x \\right>",
            "\\mathrm{<i>} '\"",
        ] {
            let Ok(html) = mathml(latex, true) else { continue };
            for forbidden in ["style=", "<script", "<img", "<b>", "<i>", "<a ", "href", "onerror=\""] {
                assert!(!html.contains(forbidden), "{latex}: {html}");
            }
        }
        assert_eq!(mathml("\\text{<b>}", false).as_deref(), Ok("<math display=\"inline\"><mtext>&lt;b&gt;</mtext></math>"));
    }

    #[test]
    fn what_could_cost_too_much_is_refused() {
        assert!(mathml(&"x".repeat(5_001), false).is_err());
        assert!(mathml(&"{".repeat(2_000), false).is_err());
        assert!(mathml("\\def\\a{\\b\\b}\\a", false).is_err());
        assert!(mathml("\\frac{a", false).is_err());
        assert!(mathml(&"x^".repeat(2_400), false).is_err());
        assert!(mathml("\\char é", false).is_err());
        assert!(mathml(&"\\sqrt".repeat(900), false).is_err());
    }
}

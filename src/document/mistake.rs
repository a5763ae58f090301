//! What an editor most likely mistyped in front matter that is not YAML, found line by line.
//!
//! A parser tells where it gave up, which is often a line after the mistake, and why in words of its grammar. Front matter
//! is simple: fields, lists and texts, so the first line that cannot be one of these is the mistake.

use std::ops::Range;

/// Lines that one value in brackets or quotes may have before it counts as never closed; with no bound, the time would grow
/// with the square of the lines.
const LONGEST: usize = 100;

/// A mistake and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The code of the diagnostic that tells it.
    pub code: &'static str,
    /// Byte range in the text.
    pub span: Range<usize>,
    /// What should stand there instead.
    pub replacement: Option<String>,
}

/// The first mistake in a text that is not YAML; none if every line by itself looks right.
///
/// `is_field` knows the names of fields: a line that starts with one lacks its colon.
pub fn find(text: &str, is_field: impl Fn(&str) -> bool) -> Option<Mistake> {
    let lines = Line::all(text);
    let mut before: Option<&Line<'_>> = None;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let mistake = line
            .tab()
            .or_else(|| line.odd_space())
            .or_else(|| line.place(before))
            .or_else(|| line.shape(&is_field))
            .or_else(|| line.value(&lines[at + 1..]));
        if mistake.is_some() {
            return mistake;
        }
        before = Some(line);
        at += 1 + line.continued(&lines[at + 1..]);
    }
    None
}

/// A line that is neither empty nor a comment.
#[derive(Debug)]
struct Line<'a> {
    /// Where it starts in the text.
    start: usize,
    /// The whole of it, without white space at its end.
    text: &'a str,
    /// Columns before its first letter.
    indent: usize,
    /// Where its dash stands, if it is an item of a list.
    dash: Option<usize>,
    key: Option<&'a str>,
    /// What stands behind the key, or behind the dash, or all of it.
    value: &'a str,
}

impl<'a> Line<'a> {
    fn all(text: &'a str) -> Vec<Self> {
        let mut start = 0;
        let starts = text.split_inclusive('\n').map(|line| {
            start += line.len();
            (start - line.len(), line.trim_end())
        });
        starts
            .filter(|(_, line)| !line.is_empty() && !line.trim_start().starts_with('#'))
            .map(|(start, line)| Self::of(start, line))
            .collect()
    }

    fn of(start: usize, text: &'a str) -> Self {
        let indent = text.len() - text.trim_start().len();
        let mut rest = &text[indent..];
        let dash = (rest == "-" || rest.starts_with("- ")).then_some(indent);
        if dash.is_some() {
            rest = rest[1..].trim_start();
        }
        let key =
            rest.find(": ").or_else(|| rest.ends_with(':').then(|| rest.len() - 1)).map(|colon| &rest[..colon]).filter(|key| is_name(key));
        let value = key.map_or(rest, |key| rest[key.len() + 1..].trim_start());
        Self { start, text, indent, dash, key, value }
    }

    fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    fn tab(&self) -> Option<Mistake> {
        let tab = self.start + self.text[..self.indent].find('\t')?;
        Some(Mistake { code: "yaml-tab", span: tab..tab + 1, replacement: Some("  ".to_owned()) })
    }

    /// Word processors and web pages have spaces that YAML does not know as such.
    fn odd_space(&self) -> Option<Mistake> {
        let is_odd = |char: char| char.is_whitespace() && !char.is_ascii();
        let behind_colon = || {
            let colon = self.text.find(':').filter(|colon| is_name(self.text[..*colon].trim_start()))?;
            self.text[colon + 1..].starts_with(is_odd).then_some(colon + 1)
        };
        let at = self.text[..self.indent].find(is_odd).or_else(behind_colon)?;
        let length = self.text[at..].chars().next()?.len_utf8();
        Some(Mistake { code: "yaml-odd-space", span: self.start + at..self.start + at + length, replacement: Some(" ".to_owned()) })
    }

    /// Whether it starts where the line before allows.
    fn place(&self, before: Option<&Line<'_>>) -> Option<Mistake> {
        let (code, columns) = match (before, self.dash) {
            (None, None) if self.indent > 0 => ("yaml-indent", Some(0)),
            (Some(before), _) if before.value.is_empty() => return None,
            (Some(Line { dash: Some(theirs), .. }), Some(ours)) if ours > *theirs || (ours < *theirs && ours > 0) => {
                ("yaml-indent", Some(*theirs))
            }
            (None | Some(Line { dash: None, key: Some(_), .. }), Some(_)) => ("yaml-list-no-key", None),
            (Some(before), None) if before.dash.is_none() && self.key.is_some() && self.indent > before.indent => {
                ("yaml-indent", Some(before.indent))
            }
            _ => return None,
        };
        let replacement = columns.map(|columns| format!("{}{}", " ".repeat(columns), &self.text[self.indent..]));
        Some(Mistake { code, span: self.span(), replacement })
    }

    /// Whether it is a field or an item at all.
    fn shape(&self, is_field: impl Fn(&str) -> bool) -> Option<Mistake> {
        if matches!(self.text, "..." | "---") {
            return Some(Mistake { code: "yaml-second-document", span: self.span(), replacement: Some(String::new()) });
        }
        if self.key.is_some() || self.dash.is_some() || self.indent > 0 {
            return None;
        }
        let end = self.text.find([' ', ':', '=']).unwrap_or(self.text.len());
        let (name, rest) = self.text.split_at(end);
        let value = rest.trim_start_matches([' ', ':', '=']);
        let has_colon = rest.starts_with(':');
        let code = match (is_field(name), has_colon) {
            (true, false) => "yaml-no-colon",
            (is_field, true) if is_field || (is_name(name) && !value.starts_with("//")) => "yaml-colon-space",
            _ => "yaml-loose-line",
        };
        let replacement = (code != "yaml-loose-line").then(|| format!("{name}: {value}").trim_end().to_owned());
        Some(Mistake { code, span: self.span(), replacement })
    }

    /// Whether its value can be read as what it starts as.
    fn value(&self, after: &[Line<'_>]) -> Option<Mistake> {
        let value = self.value;
        let (code, replacement) = match value.chars().next()? {
            '-' if self.key.is_some() && value.starts_with("- ") => ("yaml-list-here", format!("[{}]", item(&value[2..]))),
            quote @ ('"' | '\'') => match closing_quote(value) {
                Some(end) if is_rest(&value[end..]) => return None,
                Some(_) => {
                    let inner = value.strip_prefix(quote).and_then(|inner| inner.strip_suffix(quote));
                    ("yaml-needs-quotes", quoted(inner.unwrap_or(value)))
                }
                None if self.ends_here(after) => ("yaml-open-quote", format!("{value}{quote}")),
                None => return None,
            },
            '[' | '{' => match brackets(value) {
                Brackets::Open(missing) if self.ends_here(after) => ("yaml-open-bracket", format!("{value}{missing}")),
                Brackets::Open(_) => return None,
                Brackets::Closed(end) if value[end..].trim_start().starts_with([']', '}']) => {
                    ("yaml-close-bracket", value[..end].to_owned())
                }
                Brackets::Closed(end) if is_rest(&value[end..]) => return None,
                Brackets::Closed(_) | Brackets::Wrong => ("yaml-needs-quotes", quoted(value)),
            },
            '|' | '>' if is_block(value) => return None,
            '@' | '`' | '%' | ']' | '}' | ',' | '|' | '>' => ("yaml-needs-quotes", quoted(value)),
            '&' | '*' | '!' => return None,
            _ if value.contains(": ") || value.ends_with(':') => ("yaml-needs-quotes", quoted(value)),
            _ => return None,
        };
        Some(Mistake { code, span: self.span().end - value.len()..self.span().end, replacement: Some(replacement) })
    }

    /// Whether the next line is a field or an item of its own, so that nothing of this one goes on there.
    fn ends_here(&self, after: &[Line<'_>]) -> bool {
        after.first().is_none_or(|next| next.indent <= self.indent && (next.key.is_some() || next.dash.is_some()))
    }

    /// How many of the lines that follow belong to its value: those of a block, of brackets or quotes, or of a text that goes on.
    fn continued(&self, after: &[Line<'_>]) -> usize {
        let deeper = |columns: usize| after.iter().take_while(|line| line.indent > columns).count();
        if is_block(self.value) {
            return deeper(self.indent);
        }
        let until_closed = |is_closed: fn(&str) -> bool| {
            let mut all = self.value.to_owned();
            let goes_on = |line: &&Line<'_>| {
                let is_open = !is_closed(&all);
                all.push(' ');
                all.push_str(line.text);
                is_open
            };
            after.iter().take(LONGEST).take_while(goes_on).count()
        };
        match self.value.chars().next() {
            Some('[' | '{') => until_closed(|text| !matches!(brackets(text), Brackets::Open(_))),
            Some('"' | '\'') => until_closed(|text| closing_quote(text).is_some()),
            Some(_) => after.iter().take_while(|line| line.indent > self.indent && line.key.is_none() && line.dash.is_none()).count(),
            None => 0,
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '-'))
}

/// Whether this starts a text of several lines.
fn is_block(value: &str) -> bool {
    let Some(rest) = value.strip_prefix(['|', '>']) else { return false };
    is_rest(rest.trim_start_matches(|char: char| matches!(char, '+' | '-') || char.is_ascii_digit()))
}

/// Whether nothing but a remark stands here.
fn is_rest(text: &str) -> bool {
    let text = text.trim_start();
    text.is_empty() || text.starts_with('#')
}

/// Where the quotes that open a text are closed, behind them.
fn closing_quote(value: &str) -> Option<usize> {
    let quote = value.chars().next()?;
    let mut chars = value.char_indices().skip(1).peekable();
    while let Some((at, char)) = chars.next() {
        let is_doubled = quote == '\'' && char == quote && chars.peek().is_some_and(|(_, next)| *next == quote);
        if is_doubled || (quote == '"' && char == '\\') {
            chars.next();
        } else if char == quote {
            return Some(at + char.len_utf8());
        }
    }
    None
}

enum Brackets {
    /// These are missing at the end.
    Open(String),
    /// All are closed before this byte.
    Closed(usize),
    /// One is closed by the other's.
    Wrong,
}

fn brackets(value: &str) -> Brackets {
    let mut open = Vec::new();
    let mut at = 0;
    while let Some(char) = value[at..].chars().next() {
        match char {
            '"' | '\'' if value[..at].trim_end().ends_with(['[', '{', ',', ':']) => match closing_quote(&value[at..]) {
                Some(end) => {
                    at += end;
                    continue;
                }
                None => return Brackets::Wrong,
            },
            '[' => open.push(']'),
            '{' => open.push('}'),
            ']' | '}' => {
                if open.pop() != Some(char) {
                    return Brackets::Wrong;
                }
                if open.is_empty() {
                    return Brackets::Closed(at + 1);
                }
            }
            _ => {}
        }
        at += char.len_utf8();
    }
    Brackets::Open(open.into_iter().rev().collect())
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A text as it may stand between brackets.
fn item(value: &str) -> String {
    let value = value.trim();
    if value.contains([',', '[', ']', '{', '}', '#', ':', '"', '\'']) { quoted(value) } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [&str; 4] = ["titel", "kern", "soort", "links"];

    #[test]
    fn the_first_mistake_is_found_and_mended() {
        for (text, code, mended) in [
            ("soort: [rood, blauw\ntitel: a", "yaml-open-bracket", "soort: [rood, blauw]\ntitel: a"),
            ("soort: [{a: b, c: [d\ntitel: a", "yaml-open-bracket", "soort: [{a: b, c: [d]}]\ntitel: a"),
            ("soort: [a, b]]", "yaml-close-bracket", "soort: [a, b]"),
            ("soort: [a, b] c", "yaml-needs-quotes", "soort: \"[a, b] c\""),
            ("titel Iets\nkern: a", "yaml-no-colon", "titel: Iets\nkern: a"),
            ("titel = Iets\nkern: a", "yaml-no-colon", "titel: Iets\nkern: a"),
            ("titel\nkern: a", "yaml-no-colon", "titel:\nkern: a"),
            ("titel:Iets\nkern: a", "yaml-colon-space", "titel: Iets\nkern: a"),
            ("  titel: a\nkern: b", "yaml-indent", "titel: a\nkern: b"),
            ("titel: a\n   kern: b\n", "yaml-indent", "titel: a\nkern: b\n"),
            ("links:\n  - a\n - b\nkern: c", "yaml-indent", "links:\n  - a\n  - b\nkern: c"),
            ("links:\n  - a\n    - b: c\nkern: c", "yaml-indent", "links:\n  - a\n  - b: c\nkern: c"),
            ("titel: \"a\" b", "yaml-needs-quotes", "titel: \"\\\"a\\\" b\""),
            ("titel: 'het's'", "yaml-needs-quotes", "titel: \"het's\""),
            ("titel: \"a \"b\" c\"", "yaml-needs-quotes", "titel: \"a \\\"b\\\" c\""),
            ("titel: \"a\nkern: b", "yaml-open-quote", "titel: \"a\"\nkern: b"),
            ("titel: 'a\nkern: b", "yaml-open-quote", "titel: 'a'\nkern: b"),
            ("titel: a: b", "yaml-needs-quotes", "titel: \"a: b\""),
            ("titel: @a", "yaml-needs-quotes", "titel: \"@a\""),
            ("titel: > 18 jaar", "yaml-needs-quotes", "titel: \"> 18 jaar\""),
            ("links: - a", "yaml-list-here", "links: [a]"),
            ("links: - a, b", "yaml-list-here", "links: [\"a, b\"]"),
            ("titel: a\n...\nkern: b", "yaml-second-document", "titel: a\n\nkern: b"),
            ("titel: a\n\tkern: b", "yaml-tab", "titel: a\n  kern: b"),
            ("titel:\u{a0}a\nkern: b", "yaml-odd-space", "titel: a\nkern: b"),
            ("links:\n  - a\n \u{2003}- b", "yaml-odd-space", "links:\n  - a\n  - b"),
            ("links:\n  - naam: a: b\n    soort: c", "yaml-needs-quotes", "links:\n  - naam: \"a: b\"\n    soort: c"),
            ("kern: |\n  tekst: a: b [\n\n  meer\nsoort: [a", "yaml-open-bracket", "kern: |\n  tekst: a: b [\n\n  meer\nsoort: [a]"),
            ("soort: [a,\n  b]\nkern: \"x\n  y\"\ntitel: a: b", "yaml-needs-quotes", "soort: [a,\n  b]\nkern: \"x\n  y\"\ntitel: \"a: b\""),
        ] {
            let mistake = find(text, |name| FIELDS.contains(&name)).unwrap_or_else(|| panic!("none in {text:?}"));
            assert_eq!(mistake.code, code, "{text:?}");
            let mut found = text.to_owned();
            found.replace_range(mistake.span, &mistake.replacement.unwrap_or_default());
            assert_eq!(found, mended, "{text:?}");
            if code != "yaml-tab" {
                serde_yaml::from_str::<serde_yaml::Value>(&found).unwrap_or_else(|error| panic!("{found:?}: {error}"));
            }
        }
    }

    #[test]
    fn a_line_that_belongs_to_nothing_has_no_replacement() {
        for (text, code) in [
            ("kern: een tekst die\nverder gaat", "yaml-loose-line"),
            ("kern: a\n- b", "yaml-list-no-key"),
            ("- b\nkern: a", "yaml-list-no-key"),
        ] {
            let mistake = find(text, |name| FIELDS.contains(&name)).unwrap_or_else(|| panic!("none in {text:?}"));
            assert_eq!((mistake.code, mistake.replacement), (code, None), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_a_mistake_in_it_or_none(text in "([a-z\\[\\]{}:'\"|>\\-#,\u{e9} \n\t]){0,60}") {
            if let Some(mistake) = find(&text, |name| name == "a") {
                proptest::prop_assert!(text.get(mistake.span).is_some());
            }
        }
    }
}

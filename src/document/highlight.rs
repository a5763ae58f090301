//! Colours for code: the grammars of `two-face`, reduced to a dozen classes that a theme can style.

use std::sync::OnceLock;

use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

/// A longer line stays plain: it is data, and regular expressions could take long over it.
const LONGEST_LINE: usize = 2_000;
/// A larger block stays plain.
const LARGEST_BLOCK: usize = 100_000;
/// Names for no language at all.
const PLAIN: [&str; 7] = ["text", "txt", "plain", "plaintext", "tekst", "none", "console-output"];

/// The first part of a scope that fits decides on the class; the more special ones come first.
const CLASSES: [(&str, &str); 48] = [
    ("comment", "hl-comment"),
    ("punctuation.definition.comment", "hl-comment"),
    ("markup.inserted", "hl-inserted"),
    ("markup.deleted", "hl-deleted"),
    ("meta.diff.header", "hl-keyword"),
    ("meta.diff.range", "hl-keyword"),
    ("punctuation.definition.string", "hl-string"),
    ("constant.numeric", "hl-number"),
    ("constant.character.escape", "hl-constant"),
    ("constant.other.symbol", "hl-constant"),
    ("constant", "hl-constant"),
    ("string.regexp", "hl-string"),
    ("string.unquoted.plain.out.yaml", "hl-string"),
    ("string", "hl-string"),
    ("markup.raw", "hl-string"),
    ("entity.name.tag", "hl-tag"),
    ("punctuation.definition.tag", "hl-tag"),
    ("entity.other.attribute-name", "hl-attribute"),
    ("meta.property-name", "hl-attribute"),
    ("support.type.property-name", "hl-attribute"),
    ("entity.name.function", "hl-function"),
    ("support.function", "hl-function"),
    ("variable.function", "hl-function"),
    ("meta.function-call.name", "hl-function"),
    ("entity.name.type", "hl-type"),
    ("entity.name.class", "hl-type"),
    ("entity.name.struct", "hl-type"),
    ("entity.name.enum", "hl-type"),
    ("entity.name.trait", "hl-type"),
    ("entity.name.namespace", "hl-type"),
    ("entity.other.inherited-class", "hl-type"),
    ("entity.name.section", "hl-keyword"),
    ("markup.heading", "hl-keyword"),
    ("support.type", "hl-type"),
    ("support.class", "hl-type"),
    ("storage.type.function", "hl-keyword"),
    ("storage", "hl-keyword"),
    ("keyword.operator.word", "hl-keyword"),
    ("keyword.operator", "hl-punctuation"),
    ("keyword", "hl-keyword"),
    ("entity.name.constant", "hl-constant"),
    ("support.constant", "hl-constant"),
    ("variable.language", "hl-keyword"),
    ("variable.parameter", "hl-variable"),
    ("variable.other.member", "hl-variable"),
    ("variable", "hl-variable"),
    ("entity.name", "hl-type"),
    ("punctuation", "hl-punctuation"),
];

fn grammars() -> &'static SyntaxSet {
    static GRAMMARS: OnceLock<SyntaxSet> = OnceLock::new();
    GRAMMARS.get_or_init(two_face::syntax::extra_newlines)
}

/// Code as HTML with a class per token, or none if the language is not known. What the grammar cannot read stays plain.
pub fn highlight(language: &str, code: &str) -> Option<String> {
    let language = name_of(language);
    let mut html = Html::default();
    if PLAIN.contains(&language.to_ascii_lowercase().as_str()) {
        html.push("", code);
        return Some(html.finish());
    }
    let grammar = find(language)?;
    if code.len() > LARGEST_BLOCK {
        html.push("", code);
        return Some(html.finish());
    }
    let mut state = ParseState::new(grammar);
    let mut scopes = ScopeStack::new();
    let mut rest = code;
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.find('\n').map_or(rest.len(), |at| at + 1));
        if line.len() > LONGEST_LINE {
            html.push("", line);
            rest = behind;
            continue;
        }
        let Ok(changes) = state.parse_line(line, grammars()) else { break };
        let mut from = 0;
        for (at, change) in changes {
            let Some(token) = line.get(from..at.max(from)) else { continue };
            html.push(class(&scopes), token);
            from = at.max(from);
            if scopes.apply(&change).is_err() {
                html.push("", &line[from..]);
                html.push("", behind);
                return Some(html.finish());
            }
        }
        html.push(class(&scopes), line.get(from..).unwrap_or_default());
        rest = behind;
    }
    html.push("", rest);
    Some(html.finish())
}

/// The known language that is nearest to what was typed.
pub fn nearest_language(typed: &str) -> Option<String> {
    let known = grammars().syntaxes().iter().filter(|grammar| !grammar.hidden).flat_map(|grammar| {
        let extensions = grammar.file_extensions.iter().filter(|extension| extension.len() > 1);
        std::iter::once(grammar.name.to_lowercase()).chain(extensions.cloned())
    });
    let known: Vec<String> = known.filter(|name| !name.contains([' ', '(', '.'])).collect();
    crate::diagnostic::nearest(name_of(typed), known.iter().map(String::as_str)).map(str::to_owned)
}

/// `rust,ignore` and `{.python}` name a language too.
fn name_of(typed: &str) -> &str {
    let typed = typed.trim_start_matches(['{', '.']);
    typed.split([',', '}']).next().unwrap_or_default()
}

fn find(language: &str) -> Option<&'static SyntaxReference> {
    let alias = match language.to_ascii_lowercase().as_str() {
        "shell" | "console" | "shell-session" => "sh",
        "jsonc" | "json5" => "json",
        "docker" => "dockerfile",
        _ => language,
    };
    grammars().find_syntax_by_token(alias)
}

fn class(scopes: &ScopeStack) -> &'static str {
    for scope in scopes.as_slice().iter().rev() {
        let name = scope.build_string();
        let fits = |start: &str| name.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        if let Some((_, class)) = CLASSES.iter().find(|(start, _)| fits(start)) {
            return class;
        }
    }
    ""
}

/// Spans of which adjacent ones with equal classes are one.
#[derive(Default)]
struct Html {
    html: String,
    class: &'static str,
}

impl Html {
    fn push(&mut self, class: &'static str, text: &str) {
        if text.is_empty() {
            return;
        }
        // White space has no colour, so it joins what stands before it.
        let class = if text.trim().is_empty() { self.class } else { class };
        if class != self.class {
            self.close();
            if !class.is_empty() {
                self.html.push_str("<span class=\"");
                self.html.push_str(class);
                self.html.push_str("\">");
            }
            self.class = class;
        }
        for character in text.chars() {
            match character {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                control if control.is_control() && !matches!(control, '\n' | '\t') => self.html.push(char::REPLACEMENT_CHARACTER),
                other => self.html.push(other),
            }
        }
    }

    fn close(&mut self) {
        if !self.class.is_empty() {
            self.html.push_str("</span>");
        }
        self.class = "";
    }

    fn finish(mut self) -> String {
        self.close();
        self.html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_gets_a_few_classes() {
        let html = highlight("rust", "// één\nfn main() { let x = \"<&>\"; }\n").unwrap_or_default();
        assert!(html.starts_with("<span class=\"hl-comment\">// één\n</span><span class=\"hl-keyword\">fn "), "{html}");
        assert!(html.contains("<span class=\"hl-string\">\"&lt;&amp;&gt;\"</span>"), "{html}");
        assert!(html.contains("hl-function"), "{html}");
        let html = highlight("yaml", "titel: \"x\"\naantal: 3\n").unwrap_or_default();
        assert!(html.contains("hl-string") && html.contains("hl-number"), "{html}");
        let html = highlight("diff", "-oud\n+nieuw\n").unwrap_or_default();
        assert!(html.contains("hl-deleted") && html.contains("hl-inserted"), "{html}");
    }

    #[test]
    fn every_class_is_one_that_the_theme_knows() {
        let html = highlight("html", "<p class=\"a\" id=b>x &amp; y<!-- z --></p><script>let a = 1;</script>").unwrap_or_default();
        let known: Vec<&str> = CLASSES.iter().map(|(_, class)| *class).collect();
        for class in html.split("class=\"").skip(1).filter_map(|part| part.split('"').next()) {
            assert!(known.contains(&class) || class == "a", "{class}");
        }
    }

    #[test]
    fn an_unknown_language_is_none_and_a_plain_one_is_escaped() {
        assert_eq!(highlight("klingon", "x"), None);
        assert_eq!(nearest_language("pyhton").as_deref(), Some("python"));
        assert_eq!(highlight("text", "a < b").as_deref(), Some("a &lt; b"));
        let long = format!("let x = {};\n", "1".repeat(3_000));
        assert_eq!(highlight("rust", &long), Some(long));
    }
}

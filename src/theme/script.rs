//! A theme's scripts as they are published: without what only their authors read, and importing each other by the names that
//! they have there.

use std::collections::BTreeMap;

/// A script without what only its authors read: comments on lines of their own, casts (`/** @type {…} */ ` before an
/// expression) and indentation. Other comments beside code stay, so that nothing inside a string can be taken for one.
///
/// Of a script with a string or template that goes on over the end of a line nothing is left out, for there lines and spaces
/// may be content.
pub fn shortened(script: &str) -> String {
    if !has_whole_lines(script) {
        return script.to_owned();
    }
    let mut kept = String::with_capacity(script.len());
    let mut in_block = false;
    for line in script.lines().map(str::trim) {
        let mut code = if line.starts_with("//") { "" } else { line };
        if in_block || line.starts_with("/*") {
            // What follows a block on its last line is code.
            code = line.split_once("*/").map_or("", |(_, code)| code).trim();
            in_block = !line.contains("*/");
        }
        if !code.is_empty() {
            kept.push_str(&without_casts(code));
            kept.push('\n');
        }
    }
    kept
}

const CAST: &str = "/** @type {";

/// A line without its casts, except where they may be inside a string.
fn without_casts(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(CAST) {
        kept.push_str(before);
        let quoted = ['\'', '"', '`'].iter().any(|quote| kept.matches(*quote).count() % 2 == 1);
        match after.split_once("*/") {
            Some((_, code)) if !quoted && !kept.ends_with(is_of_name) => rest = code.strip_prefix(' ').unwrap_or(code),
            _ => {
                kept.push_str(CAST);
                rest = after;
            }
        }
    }
    kept + rest
}

/// Whether no string or template of a script goes on over the end of a line. Where a lone backtick stands in a comment, a
/// string or a regular expression it says no, too.
pub fn has_whole_lines(script: &str) -> bool {
    script.lines().all(|line| {
        let mut open = Vec::new();
        let mut characters = line.chars().peekable();
        while let Some(character) = characters.next() {
            match (character, open.last()) {
                ('\\', _) if characters.next().is_none() => return false,
                ('`', Some('`')) | ('}', Some('{')) => _ = open.pop(),
                ('$', Some('`')) if characters.next_if_eq(&'{').is_some() => open.push('{'),
                ('`', _) | ('{', Some('{')) => open.push(character),
                _ => {}
            }
        }
        open.is_empty()
    })
}

/// Whether a character can be part of a name in a script.
pub fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$'
}

/// The names of the modules beside it that a script imports, as `'./name.js'`.
pub fn imports(script: &str) -> impl Iterator<Item = &str> {
    script.split("'./").skip(1).filter_map(|rest| rest.split_once('\'').map(|(name, _)| name)).filter(|name| name.ends_with(".js"))
}

/// The script with other names for the modules that it imports.
pub fn with_names(script: &str, names: &BTreeMap<String, String>) -> String {
    let mut renamed = script.to_owned();
    for (from, to) in names {
        renamed = renamed.replace(&format!("'./{from}'"), &format!("'./{to}'"));
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_their_own_go_and_code_stays() {
        let script = "// a\n/**\n * b\n */\nconst c = '// d'; // e\n\n  /* f */ g(/* j */);\nconst h = `/* i */`;\n";
        assert_eq!(shortened(script), "const c = '// d'; // e\ng(/* j */);\nconst h = `/* i */`;\n");
    }

    #[test]
    fn casts_and_indentation_go_unless_they_may_be_text() {
        let script = "/** @type {A} */\nlet a;\n/** @type {{\n * b: B }} */\nlet b;\n  f(.../** @type {C} */ (c), (/** @type {D['d']} */ d) => d);\n";
        assert_eq!(shortened(script), "let a;\nlet b;\nf(...(c), (d) => d);\n");
        assert_eq!(shortened("  a('/** @type {A} */ ');\n"), "a('/** @type {A} */ ');\n");
        for text in ["a = `\n  // text\n`;\n", "a = `${`\n  b`}`;\n", "a = 'b\\\n  c';\n"] {
            assert_eq!(shortened(text), text);
        }
        assert_eq!(shortened("  a(`${b && `c${d}`}`, '\\`');\n"), "a(`${b && `c${d}`}`, '\\`');\n");
    }

    #[test]
    fn modules_find_each_other_by_their_published_names() {
        let script = "import { a } from './a.js';\nconst b = await import('./b.js');\nconst c = './c.css';";
        assert_eq!(imports(script).collect::<Vec<_>>(), ["a.js", "b.js"]);
        let names = BTreeMap::from([("a.js".to_owned(), "a.1234.js".to_owned())]);
        assert_eq!(with_names(script, &names), script.replace("a.js", "a.1234.js"));
    }
}

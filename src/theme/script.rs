//! A theme's scripts as they are published: without the comments that only their authors read, and importing each other by
//! the names that they have there.

use std::collections::BTreeMap;

/// A script without its comments: lines of `//`, and blocks that begin and end a line. A comment beside code stays, so that
/// nothing inside a string can be taken for one.
pub fn without_comments(script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let mut in_block = false;
    for line in script.lines() {
        let text = line.trim();
        in_block |= text.starts_with("/*");
        let comment = in_block || text.starts_with("//");
        if in_block && text.contains("*/") {
            in_block = false;
            // What follows a block on its last line is code, unless it is nothing.
            let code = text.split_once("*/").map_or("", |(_, code)| code).trim();
            if !code.is_empty() {
                kept.push_str(code);
                kept.push('\n');
            }
        }
        if !comment && !text.is_empty() {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
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
        assert_eq!(without_comments(script), "const c = '// d'; // e\ng(/* j */);\nconst h = `/* i */`;\n");
    }

    #[test]
    fn modules_find_each_other_by_their_published_names() {
        let script = "import { a } from './a.js';\nconst b = await import('./b.js');\nconst c = './c.css';";
        assert_eq!(imports(script).collect::<Vec<_>>(), ["a.js", "b.js"]);
        let names = BTreeMap::from([("a.js".to_owned(), "a.1234.js".to_owned())]);
        assert_eq!(with_names(script, &names), script.replace("a.js", "a.1234.js"));
    }
}

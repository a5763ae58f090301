//! Modules that only one other file needs, published inside that file: fewer requests, and fewer bytes once compressed.
//!
//! Each module becomes a block, in which its names cannot clash with another's; the bindings that it exports become one
//! object, from which those who import them take them. What is understood, on a line of its own:
//!
//! - `import { a, b as c } from './x.js';`
//! - `export function`, `export function*`, `export async function` and `export class`
//! - `export const a = …;` that ends on its line and declares one name
//! - `export { a, b as c };` of what is not a variable
//!
//! A script with any other form (a default, `*`, an import for its effects, a re-export, `export let`), with `var`, with
//! text that goes on over the end of a line, in a folder, in a circle of imports, or that imports such a script, stays a file
//! as it is; so does what it imports. A module that two files need, or that a script names otherwise than in such an import
//! (`import('./x.js')`, a worker), stays a file of its own, which runs once for all of them. That a function or class which
//! is exported is not assigned to later is trusted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::script::{has_whole_lines, imports, is_of_name};

/// The files to publish for a theme's scripts, both by name: those that no other has taken in.
pub fn bundled(scripts: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let read = scripts.iter().filter_map(|(name, script)| Some((name.as_str(), read(script)?))).collect();
    let modules: Modules = scripts.keys().filter_map(|name| Some((name.as_str(), understood(name, &read, &mut Vec::new())?))).collect();
    let rest = |name: &str| modules.get(name).map_or(scripts[name].as_str(), |module| &module.body);
    let named: BTreeSet<&str> = scripts.keys().flat_map(|name| imports(rest(name))).collect();
    let files = scripts.keys().filter(|name| file_of(name, &modules, &named) == *name);
    files.map(|name| (name.clone(), with_its_modules(name, &modules, &named).unwrap_or_else(|| scripts[name].clone()))).collect()
}

/// A script that is understood.
#[derive(Clone)]
struct Module<'a> {
    /// The files that it imports, with the bindings that it takes from them.
    imports: Vec<(&'a str, Vec<Binding<'a>>)>,
    exports: Vec<Binding<'a>>,
    /// The script without its imports and exports.
    body: String,
}

/// `inner as outer`: for an import the name in the other module and the one here, for an export the one here and the one
/// for others.
type Binding<'a> = (&'a str, &'a str);

type Modules<'a> = BTreeMap<&'a str, Module<'a>>;

fn read(script: &str) -> Option<Module<'_>> {
    if !has_whole_lines(script) || script.starts_with("#!") || script.contains("module$") {
        return None;
    }
    let mut module = Module { imports: Vec::new(), exports: Vec::new(), body: String::with_capacity(script.len()) };
    for line in script.lines() {
        if let Some(import) = line.strip_prefix("import ") {
            let (names, file) = import.split_once(" from './")?;
            let file = file.trim_end_matches(';').strip_suffix('\'').filter(|file| file.ends_with(".js") && !file.contains(['/', '\'']))?;
            module.imports.push((file, bindings(names)?));
        } else if line.starts_with("export {") {
            module.exports.extend(bindings(line["export ".len()..].trim_end_matches(';'))?);
        } else {
            let code = line.strip_prefix("export ");
            if let Some(code) = code {
                let name = declared(code)?;
                module.exports.push((name, name));
            }
            let code = code.unwrap_or(line);
            // A comment that goes on over the end of the line may hold anything.
            let is_comment_open = code.rfind("/*") > code.rfind("*/");
            if is_comment_open || !stands_in_a_block(code) {
                return None;
            }
            module.body.push_str(code);
            module.body.push('\n');
        }
    }
    let variables: BTreeSet<&str> = module.body.lines().filter(|line| line.trim().starts_with("let ")).flat_map(words).collect();
    let listed = script.lines().filter(|line| line.starts_with("export {")).flat_map(words);
    listed.into_iter().all(|name| !variables.contains(name)).then_some(module)
}

/// `{ a, b as c }`
fn bindings(list: &str) -> Option<Vec<Binding<'_>>> {
    let names = list.trim().strip_prefix('{')?.strip_suffix('}')?.split(',').map(str::trim).filter(|name| !name.is_empty());
    let both = names.map(|name| name.split_once(" as ").unwrap_or((name, name)));
    both.map(|(inner, outer)| (is_name(inner) && is_name(outer)).then_some((inner, outer))).collect()
}

/// The one name that an exported declaration declares.
fn declared(code: &str) -> Option<&str> {
    let heads = ["async function* ", "async function ", "function* ", "function ", "class ", "const "];
    let head = heads.into_iter().find(|head| code.starts_with(head))?;
    let (name, value) = code[head.len()..].split_at_checked(code[head.len()..].find(|letter| !is_of_name(letter))?)?;
    // `const a = 1, b = 2` would have another name after a comma.
    let another = |part: &str| part.split_once('=').is_some_and(|(name, _)| is_name(name.trim()));
    let is_one = head != "const " || value.starts_with(" = ") && value.ends_with(';') && !value.split(',').skip(1).any(another);
    (is_one && is_name(name) && name != "default").then_some(name)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|letter: char| is_of_name(letter) && !letter.is_ascii_digit()) && text.chars().all(is_of_name)
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|letter| !is_of_name(letter)).filter(|word| !word.is_empty())
}

/// Whether a line has none of the words that mean something else in a block than at the top of a module, or may not be there.
fn stands_in_a_block(code: &str) -> bool {
    words(code).all(|word| !matches!(word, "export" | "var"))
        && code.match_indices("import").all(|(at, word)| {
            let whole = !code[..at].ends_with(is_of_name) && !code[at + word.len()..].starts_with(is_of_name);
            !whole || code[at + word.len()..].starts_with(['(', '.'])
        })
}

/// The module, if all that it imports is understood, too, and exports what it takes from it.
fn understood<'a>(name: &'a str, read: &Modules<'a>, above: &mut Vec<&'a str>) -> Option<Module<'a>> {
    let module = read.get(name).filter(|_| !name.contains('/') && !above.contains(&name))?;
    above.push(name);
    let are_imports = module.imports.iter().all(|(file, names)| {
        let exports = understood(file, read, above).map(|module| module.exports).unwrap_or_default();
        names.iter().all(|(inner, _)| exports.iter().any(|(_, outer)| outer == inner)) && !names.is_empty()
    });
    above.pop();
    are_imports.then(|| module.clone())
}

/// The file that a script is published in: its own, or that of all who import it.
fn file_of<'a>(name: &'a str, modules: &Modules<'a>, named: &BTreeSet<&str>) -> &'a str {
    let importers = modules.iter().filter(|(_, module)| module.imports.iter().any(|(file, _)| *file == name));
    let mut files = importers.map(|(importer, _)| file_of(importer, modules, named));
    match files.next() {
        Some(first) if !named.contains(name) && files.all(|file| file == first) => first,
        _ => name,
    }
}

/// A script with the modules that it takes in before it; nothing if there are none.
fn with_its_modules<'a>(name: &'a str, modules: &Modules<'a>, named: &BTreeSet<&str>) -> Option<String> {
    let mut order = Vec::new();
    in_order(name, modules, &|other| file_of(other, modules, named) == name, &mut order);
    let taken_in = order.iter().filter(|other| file_of(other, modules, named) == name).count();
    if taken_in < 2 {
        return None;
    }
    let number = |name: &str| order.iter().position(|other| *other == name).unwrap_or_default();
    let object = |bindings: &[Binding]| -> String {
        let parts: Vec<String> =
            bindings.iter().map(|(key, value)| if key == value { (*key).to_owned() } else { format!("{key}: {value}") }).collect();
        format!("{{ {} }}", parts.join(", "))
    };
    let mut file = String::new();
    for (own, other) in order.iter().enumerate() {
        if file_of(other, modules, named) != name {
            _ = writeln!(file, "import * as module${own} from './{other}';");
            continue;
        }
        let module = &modules[other];
        _ = writeln!(file, "let module${own};\n{{");
        for (from, bindings) in &module.imports {
            _ = writeln!(file, "const {} = module${};", object(bindings), number(from));
        }
        let exports: Vec<Binding> = module.exports.iter().map(|(inner, outer)| (*outer, *inner)).collect();
        _ = writeln!(file, "{}module${own} = {};\n}}", module.body, object(&exports));
    }
    // Names at the top would be seen in the blocks, where they may mean something of the browser.
    let own = number(name);
    let names: Vec<&str> = modules[name].exports.iter().map(|(_, outer)| *outer).collect();
    for outer in &names {
        _ = writeln!(file, "const module${outer} = module${own}.{outer};");
    }
    let list: Vec<String> = names.iter().map(|outer| format!("module${outer} as {outer}")).collect();
    if !list.is_empty() {
        _ = writeln!(file, "export {{ {} }};", list.join(", "));
    }
    Some(file)
}

/// A module after those that it imports, as they would run; what another file holds is not looked into.
fn in_order<'a>(name: &'a str, modules: &Modules<'a>, is_here: &impl Fn(&'a str) -> bool, order: &mut Vec<&'a str>) {
    if order.contains(&name) {
        return;
    }
    let module = modules.get(name).filter(|_| is_here(name));
    for (file, _) in module.into_iter().flat_map(|module| &module.imports) {
        in_order(file, modules, is_here, order);
    }
    order.push(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(scripts: &[(&str, &str)]) -> BTreeMap<String, String> {
        bundled(&scripts.iter().map(|(name, script)| ((*name).to_owned(), (*script).to_owned())).collect())
    }

    fn names(files: &BTreeMap<String, String>) -> Vec<&str> {
        files.keys().map(String::as_str).collect()
    }

    #[test]
    fn a_module_for_one_file_only_is_taken_into_it() {
        let files = files(&[
            ("page.js", "const engine = await import('./engine.js');\n"),
            ("engine.js", "import { a, b as c } from './words.js';\nexport { a };\nexport async function open() {\nreturn c;\n}\n"),
            ("words.js", "const hidden = 1;\nexport const a = [hidden, 2];\nexport function* b() {}\n"),
        ]);
        assert_eq!(names(&files), ["engine.js", "page.js"]);
        assert_eq!(files["page.js"], "const engine = await import('./engine.js');\n");
        let expected = "let module$0;\n{\nconst hidden = 1;\nconst a = [hidden, 2];\nfunction* b() {}\nmodule$0 = { a, b };\n}\n\
                        let module$1;\n{\nconst { a, b: c } = module$0;\nasync function open() {\nreturn c;\n}\nmodule$1 = { a, open };\n}\n\
                        const module$a = module$1.a;\nconst module$open = module$1.open;\nexport { module$a as a, module$open as open };\n";
        assert_eq!(files["engine.js"], expected);
    }

    #[test]
    fn what_two_files_need_stays_one_file_that_runs_once() {
        let files = files(&[
            ("one.js", "import { a } from './both.js';\nimport { c } from './mine.js';\na(c);\n"),
            ("two.js", "import { a } from './both.js';\na();\n"),
            ("both.js", "import { b } from './below.js';\nexport const a = () => b;\n"),
            ("below.js", "export const b = 1;\n"),
            ("mine.js", "export const c = 1;\n"),
        ]);
        assert_eq!(names(&files), ["both.js", "one.js", "two.js"]);
        assert!(files["one.js"].starts_with("import * as module$0 from './both.js';\nlet module$1;\n{\nconst c = 1;\n"));
        assert!(files["one.js"].contains("const { a } = module$0;\nconst { c } = module$1;\na(c);\n"));
        assert!(files["both.js"].contains("const b = 1;\n"));
        assert_eq!(files["two.js"], "import { a } from './both.js';\na();\n");
    }

    #[test]
    fn what_is_not_understood_stays_as_it_is() {
        let importer = "import { a } from './other.js';\na();\n";
        for other in [
            "export default 1;\nexport const a = 1;\n",
            "export * from './more.js';\n",
            "export { a } from './more.js';\n",
            "import * as more from './more.js';\nexport const a = more;\n",
            "import './more.js';\nexport const a = 1;\n",
            "import more from './more.js';\nexport const a = more;\n",
            "import { b } from 'elsewhere';\nexport const a = b;\n",
            "import { b } from './missing.js';\nexport const a = b;\n",
            "import { absent } from './more.js';\nexport const a = absent;\n",
            "import { a as b } from './page.js';\nexport const a = b;\n",
            "export let a = 1;\n",
            "let a = 1;\nexport { a };\n",
            "export const b = 1, a = 2;\n",
            "export const a = {\n};\n",
            "export const { a } = b;\n",
            "export const b = 1;\n",
            "var b;\nexport const a = 1;\n",
            "b(); export const a = 1;\n",
            "b(); /* c\nexport const a = 1;\n*/\n",
            "const b = `\nexport const a = 1;\n`;\n",
        ] {
            let scripts = [("page.js", importer), ("other.js", other), ("more.js", "export const a = 1;\n")];
            let files = files(&scripts);
            for (name, script) in scripts {
                assert_eq!(files.get(name).map(String::as_str), Some(script), "{name} with {other}");
            }
        }
    }
}

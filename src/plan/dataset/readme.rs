//! The plain words that go with the files, for whoever finds the folder and not the page.

use super::Export;
use super::{Group, Published, README};

/// The widest line.
const WIDTH: usize = 78;

impl Export<'_> {
    /// `README.txt`: in each language of the site what every file is, how gaps are written, the licence, and how to cite.
    pub(super) fn readme(&self, published: &[Published]) -> String {
        let parts: Vec<String> = self.site.config.languages.iter().map(|language| self.readme_in(published, language)).collect();
        parts.join(&format!("\n\n{}\n\n\n", "-".repeat(WIDTH)))
    }

    fn readme_in(&self, published: &[Published], language: &str) -> String {
        let words = self.site.words(language);
        let heading = |text: &str| format!("{text}\n{}\n\n", "=".repeat(text.chars().count()));
        let title = format!("{}: {}", self.site.config.title.get(language), words.text("data.title"));
        let mut text = heading(&title);
        text.push_str(&wrapped(words.text("data.intro"), ""));
        let version =
            words.fill("data.readme.version", &[("date", &self.site.graph.today.to_string()), ("address", &self.site.config.base_url)]);
        text.push_str(&wrapped(&version, ""));
        for group in Group::ALL {
            let files: Vec<&Published> = published.iter().filter(|file| file.group == group && file.address != README).collect();
            if files.is_empty() {
                continue;
            }
            text.push('\n');
            text.push_str(&heading(words.text(group.words())));
            for file in files {
                text.push_str(&format!("{}\n{}", file.name(), wrapped(&self.description(file, language), "    ")));
            }
        }
        let licence = format!("{}. {}", self.site.config.licence.name.get(language), self.site.config.licence.url);
        let sections = [
            ("data.how_table", words.text("data.table").to_owned()),
            ("data.how_gaps", words.text("data.gaps").to_owned()),
            ("data.licence", licence),
            ("data.how_cite", self.data_citation(language)),
        ];
        for (name, content) in sections {
            text.push('\n');
            text.push_str(&heading(words.text(name)));
            text.push_str(&wrapped(&content, ""));
        }
        text
    }
}

/// A paragraph in lines that fit on a screen, each with an indent; a word longer than a line stands alone.
fn wrapped(text: &str, indent: &str) -> String {
    let mut lines = String::new();
    let mut line = indent.to_owned();
    for word in text.split_whitespace() {
        let is_empty = line.len() == indent.len();
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push_str(&line);
            lines.push('\n');
            line = format!("{indent}{word}");
        } else {
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    format!("{lines}{line}\n")
}

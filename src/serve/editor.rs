//! Which program opens a file at a place, and how it wants to be told.
//!
//! Nothing passes through a shell, and the file is one that the site was read from.

use std::path::Path;
use std::process::{Command, Stdio};

/// A program that opens files in a window of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    program: String,
    /// Words that stand before the file.
    words: Vec<String>,
    form: Form,
}

/// How a program is told the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `--goto FILE:LINE:COLUMN`
    Goto,
    /// `FILE:LINE:COLUMN`
    Colons,
    /// `+LINE FILE`
    Plus,
    /// `--line LINE --column COLUMN FILE`
    Options,
    /// `-nLINE -cCOLUMN FILE`
    Letters,
    /// Not at all.
    FileOnly,
}

/// Editors with a window, by the names of their programs. Editors that run in a terminal are not here: the preview's own
/// terminal is not theirs to draw in.
const KNOWN: [(&str, Form); 21] = [
    ("code", Form::Goto),
    ("code-insiders", Form::Goto),
    ("codium", Form::Goto),
    ("vscodium", Form::Goto),
    ("cursor", Form::Goto),
    ("windsurf", Form::Goto),
    ("zed", Form::Colons),
    ("subl", Form::Colons),
    ("sublime_text", Form::Colons),
    ("gvim", Form::Plus),
    ("mvim", Form::Plus),
    ("emacsclient", Form::Plus),
    ("gedit", Form::Plus),
    ("gnome-text-editor", Form::Plus),
    ("mousepad", Form::FileOnly),
    ("kate", Form::Options),
    ("idea", Form::Options),
    ("pycharm", Form::Options),
    ("webstorm", Form::Options),
    ("notepad++", Form::Letters),
    ("notepad", Form::FileOnly),
];

impl Editor {
    /// The first editor with a window among these, which are as `$VISUAL` and `$EDITOR` hold them; else the first known one
    /// that `is_there`; else whatever the system opens such files with.
    pub fn choose<'a>(named: impl IntoIterator<Item = &'a str>, is_there: impl Fn(&str) -> bool) -> Self {
        let named = named.into_iter().find_map(Self::of_command);
        named
            .or_else(|| ["code", "codium", "cursor", "zed", "subl"].into_iter().filter(|name| is_there(name)).find_map(Self::of_command))
            .unwrap_or_else(Self::of_system)
    }

    fn of_command(command: &str) -> Option<Self> {
        let mut words = command.split_whitespace().map(str::to_owned);
        let program = words.next()?;
        let name = program.rsplit(['/', '\\']).next()?.trim_end_matches(".exe").trim_end_matches(".cmd").to_lowercase();
        let (_, form) = KNOWN.iter().find(|(known, _)| *known == name)?;
        Some(Self { program, words: words.collect(), form: *form })
    }

    fn of_system() -> Self {
        let (program, words): (&str, &[&str]) = if cfg!(target_os = "macos") {
            ("open", &["-t"])
        } else if cfg!(windows) {
            ("notepad", &[])
        } else {
            ("xdg-open", &[])
        };
        Self { program: program.to_owned(), words: words.iter().map(|word| (*word).to_owned()).collect(), form: Form::FileOnly }
    }

    /// The name of the program.
    pub fn name(&self) -> &str {
        &self.program
    }

    /// What to run to open a file, given with its whole path, at a line and a column that both count from 1.
    pub fn arguments(&self, file: &Path, line: usize, column: usize) -> Vec<String> {
        let file = file.display().to_string();
        let place = match self.form {
            Form::Goto => vec!["--goto".to_owned(), format!("{file}:{line}:{column}")],
            Form::Colons => vec![format!("{file}:{line}:{column}")],
            Form::Plus => vec![format!("+{line}"), file],
            Form::Options => vec!["--line".to_owned(), line.to_string(), "--column".to_owned(), column.to_string(), file],
            Form::Letters => vec![format!("-n{line}"), format!("-c{column}"), file],
            Form::FileOnly => vec![file],
        };
        self.words.iter().cloned().chain(place).collect()
    }

    /// Opens a file; the editor runs on by itself.
    ///
    /// # Errors
    ///
    /// If the program cannot be started.
    pub fn open(&self, file: &Path, line: usize, column: usize) -> std::io::Result<()> {
        let mut command = Command::new(&self.program);
        command.args(self.arguments(file, line, column)).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        // Somebody has to take note of its end, or it stays behind as a zombie.
        std::thread::spawn(move || child.wait());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_editor_with_a_window_is_told_the_place_in_its_own_way() {
        let arguments = |command: &str| {
            let editor = Editor::choose([command], |_| false);
            (editor.name().to_owned(), editor.arguments(Path::new("/site/content/a b.md"), 3, 7))
        };
        assert_eq!(arguments("code --wait"), ("code".into(), vec!["--wait".into(), "--goto".into(), "/site/content/a b.md:3:7".into()]));
        assert_eq!(arguments("/usr/bin/gvim"), ("/usr/bin/gvim".into(), vec!["+3".into(), "/site/content/a b.md".into()]));
        assert_eq!(arguments("kate").1.join(" "), "--line 3 --column 7 /site/content/a b.md");
    }

    #[test]
    fn an_editor_of_the_terminal_is_passed_over() {
        assert_eq!(Editor::choose(["vim", "nano"], |name| name == "codium").name(), "codium");
        assert_ne!(Editor::choose(["vim"], |_| false).name(), "vim");
        assert_eq!(Editor::choose(["vim", "subl -n"], |_| true).name(), "subl");
    }
}

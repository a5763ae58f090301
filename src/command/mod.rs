//! The commands of `via-site`. Only here does the program know the clock, the terminal and the folder it was called in.
#![allow(clippy::disallowed_methods, reason = "the command line is where the clock and the current folder come in")]

mod build;
#[cfg(feature = "deploy")]
mod deploy;
#[cfg(feature = "online")]
mod external;
mod findings;
mod init;
mod memo;
mod new;
mod serve;
mod timings;
mod verify;

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use jiff::civil;

use crate::diagnostic::{self, Diagnostic, Format};
use crate::pipeline::{self, Options};
use crate::source::{self, Sources};

/// Fine.
const FINE: u8 = 0;
/// There are errors in the content.
const WRONG_CONTENT: u8 = 1;
/// The program was called in the wrong way, or could not do what was asked.
const WRONG_USE: u8 = 2;

/// Turns a folder of Markdown into a knowledge agenda: a cross-linked static website.
///
/// Exit codes: 0 fine, 1 errors in the content, 2 wrong use.
#[derive(Debug, Parser)]
#[command(name = "via-site", version, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Folder of the site; found from the current folder upwards by its site.yaml
    #[arg(long, global = true, value_name = "DIR")]
    site: Option<PathBuf>,
    /// Language of the program's messages; the first language of the site, if not given
    #[arg(long, global = true, value_name = "nl|en")]
    lang: Option<String>,
    /// How problems are written
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human")]
    format: FormatArgument,
    /// Number of threads; one for each core, if not given
    #[arg(long, global = true, value_name = "N")]
    jobs: Option<usize>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatArgument {
    Human,
    Json,
    Sarif,
    Github,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the site into public/
    Build {
        #[command(flatten)]
        making: Making,
        /// Folder to publish into
        #[arg(long, value_name = "DIR")]
        output: Option<PathBuf>,
        /// Say which stage, template, page, file and block of code took how long; everything is made, also if nothing changed
        #[arg(long)]
        timings: bool,
    },
    /// Check everything that a build checks, and write nothing
    Check {
        #[command(flatten)]
        making: Making,
        /// Say which stage, template, page, file and block of code took how long
        #[arg(long)]
        timings: bool,
        #[cfg(feature = "online")]
        #[command(flatten)]
        asking: external::Asking,
    },
    /// Show the site in a browser, and show every change as it is saved
    Serve {
        #[command(flatten)]
        serving: serve::Serving,
    },
    /// Send the published site to where readers find it: assets first, pages next, deletions last
    #[cfg(feature = "deploy")]
    Deploy {
        #[command(flatten)]
        deploying: deploy::Deploying,
    },
    /// Compare a published site with its build.json, and follow every link, anchor and redirect in it
    Verify {
        /// Folder, or address of the site
        #[arg(value_name = "FOLDER|URL", default_value = "public")]
        place: String,
    },
    /// Make a small working site with a schema and linked pages
    Init {
        /// Folder to make it in
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
    /// Make a new page with the next id and all fields that it needs
    New {
        /// Kind of page, as the schema calls it
        kind: String,
        /// Title of the page
        title: String,
    },
    /// Print the content model as JSON Schema, for the YAML tools of editors
    Schema {
        /// Kind of page; all kinds, if not given
        kind: Option<String>,
        /// Write one file per kind into this folder instead
        #[arg(long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Clone, clap::Args)]
struct Making {
    /// Include drafts
    #[arg(long)]
    drafts: bool,
    /// Address that the site will have, instead of the one in site.yaml
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Day for which the site is made (YYYY-MM-DD); today, if not given
    #[arg(long, value_name = "DATE")]
    date: Option<civil::Date>,
}

impl Making {
    fn options(&self) -> Options {
        let today = self.date.unwrap_or_else(|| jiff::ZonedDateTime::now().date());
        Options { today, drafts: self.drafts, base_url: self.base_url.clone() }
    }
}

/// Runs a command and gives its exit code.
pub fn run(arguments: &Arguments) -> ExitCode {
    if let Some(jobs) = arguments.jobs {
        // Fails only if the pool exists already, which nothing before this line can have caused.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs.max(1)).build_global();
    }
    let code = match &arguments.command {
        Command::Build { making, output, timings } => {
            with_site(arguments, |root| build::build(arguments, root, making, output.as_deref(), *timings))
        }
        #[cfg(not(feature = "online"))]
        Command::Check { making, timings } => with_site(arguments, |root| build::check(arguments, root, making, *timings, |_| Vec::new())),
        #[cfg(feature = "online")]
        Command::Check { making, timings, asking } => with_site(arguments, |root| {
            build::check(arguments, root, making, *timings, |snapshot| external::check(arguments, root, making, asking, snapshot))
        }),
        Command::Serve { serving } => with_site(arguments, |root| serve::serve(arguments, root, serving)),
        #[cfg(feature = "deploy")]
        Command::Deploy { deploying } => with_site(arguments, |root| deploy::deploy(arguments, root, deploying)),
        Command::Verify { place } => verify::verify(arguments, place),
        Command::Init { folder } => init::init(folder),
        Command::New { kind, title } => with_site(arguments, |root| new::new(arguments, root, kind, title)),
        Command::Schema { kind, output } => with_site(arguments, |root| schema(arguments, root, kind.as_deref(), output.as_deref())),
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Arguments::command(), "via-site", &mut std::io::stdout());
            FINE
        }
        Command::Man => match clap_mangen::Man::new(Arguments::command()).render(&mut std::io::stdout()) {
            Ok(()) => FINE,
            Err(_) => WRONG_USE,
        },
    };
    ExitCode::from(code)
}

/// Finds the site and runs a command on it.
fn with_site(arguments: &Arguments, command: impl FnOnce(&Path) -> u8) -> u8 {
    let root = match &arguments.site {
        Some(folder) => folder.join("site.yaml").is_file().then(|| folder.clone()),
        None => std::env::current_dir().ok().and_then(|folder| source::find_site(&folder)),
    };
    match root {
        Some(root) => command(&root),
        None => complain("there is no site.yaml here or above; use --site DIR, or make a site with: via-site init FOLDER"),
    }
}

/// Says on standard error what is wrong with the way the program was called.
fn complain(message: &str) -> u8 {
    warn_line(format_args!("via-site: {message}"));
    WRONG_USE
}

/// Prints to standard output; a reader that went away is no error, and neither is a full disk behind it.
fn print(text: &str) {
    let _ = anstream::stdout().write_all(text.as_bytes());
}

/// Prints a line to standard output, in the same way; what is done does not come to nothing because nobody can be told.
fn print_line(text: impl fmt::Display) {
    print(&format!("{text}\n"));
}

/// Writes a line to standard error, in the same way.
fn warn_line(text: impl fmt::Display) {
    let _ = anstream::stderr().write_all(format!("{text}\n").as_bytes());
}

/// Writes problems: for people to standard error, for programs to standard output.
fn report(arguments: &Arguments, diagnostics: &[Diagnostic], sources: &Sources, language: &str) {
    say(arguments, &in_words(arguments, diagnostics, sources, language));
}

/// Problems in the format that was asked for.
fn in_words(arguments: &Arguments, diagnostics: &[Diagnostic], sources: &Sources, language: &str) -> String {
    let format = match arguments.format {
        FormatArgument::Human => Format::Human,
        FormatArgument::Json => Format::Json,
        FormatArgument::Sarif => Format::Sarif,
        FormatArgument::Github => Format::Github,
    };
    diagnostic::render(diagnostics, sources, language, format, true)
}

/// Writes what is said of problems to where whoever reads it looks.
fn say(arguments: &Arguments, problems: &str) {
    if matches!(arguments.format, FormatArgument::Human) {
        let _ = anstream::stderr().write_all(problems.as_bytes());
    } else {
        print(problems);
    }
}

/// The language of messages: as asked, else that of the site, as far as its configuration can be read.
fn language(arguments: &Arguments, sources: &Sources) -> String {
    arguments.lang.clone().unwrap_or_else(|| {
        let first = sources.get("site.yaml").and_then(|file| {
            let bytes = file.bytes();
            crate::config::read(&file.path, std::str::from_utf8(&bytes).ok()?, None).ok().map(|config| config.first_language().to_owned())
        });
        first.unwrap_or_else(|| "en".to_owned())
    })
}

fn schema(arguments: &Arguments, root: &Path, kind: Option<&str>, output: Option<&Path>) -> u8 {
    let (sources, _) = source::list(root);
    let language = language(arguments, &sources);
    let options = Options { today: civil::Date::ZERO, drafts: true, base_url: None };
    let schema = match pipeline::schema_of(&sources, &options) {
        Ok((_, schema)) => schema,
        Err(problems) => {
            report(arguments, &problems, &sources, &language);
            return WRONG_CONTENT;
        }
    };
    let wanted: Vec<_> = schema.kinds.iter().filter(|found| kind.is_none_or(|kind| &*found.name == kind)).collect();
    if wanted.is_empty() {
        let known = schema.kinds.iter().map(|kind| &*kind.name).collect::<Vec<_>>().join(", ");
        return complain(&format!("there is no kind {}; the kinds are: {known}", kind.unwrap_or_default()));
    }
    let texts: Vec<(String, serde_json::Value)> =
        wanted.iter().map(|kind| (kind.name.to_string(), crate::schema::json_schema(&schema, kind, &language))).collect();
    let pretty = |value: &serde_json::Value| serde_json::to_string_pretty(value).map_or_else(|_| String::new(), |text| text + "\n");
    if let Some(folder) = output {
        for (name, value) in &texts {
            let file = folder.join(format!("{name}.schema.json"));
            if let Err(error) = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, pretty(value))) {
                return complain(&format!("cannot write {}: {error}", file.display()));
            }
        }
        return FINE;
    }
    match texts.as_slice() {
        [(_, one)] => print(&pretty(one)),
        many => print(&pretty(&serde_json::Value::Object(many.iter().cloned().collect()))),
    }
    FINE
}

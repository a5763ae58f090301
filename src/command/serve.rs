//! `via-site serve`: the preview, and what it says at the terminal.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use jiff::civil;

use super::{Arguments, FormatArgument, WRONG_USE, complain, print_line, warn_line};
use crate::diagnostic::{Locator, Severity, Texts};
use crate::pipeline::Options;
use crate::serve::{self, Editor, Gate, KEY_NAME, Polling, Setting, State, Told};
use crate::source::{self, Change};

/// The first port that is tried.
const FIRST_PORT: u16 = 8420;

/// How many ports are tried.
const PORTS: u16 = 50;

/// How the preview is asked for.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Serving {
    /// Port to listen on; the next free one from 8420, if not given
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Address of this machine on which others may look as well; they need the key that is printed
    #[arg(long, value_name = "ADDRESS")]
    host: Option<IpAddr>,
    /// Open the preview in a browser
    #[arg(long)]
    open: bool,
    /// Show drafts, marked as such; --drafts=false leaves them out
    #[arg(long, value_name = "BOOL", default_value_t = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    drafts: bool,
    /// Day for which the site is made (YYYY-MM-DD); today, if not given
    #[arg(long, value_name = "DATE")]
    date: Option<civil::Date>,
    /// Address that the site will have, instead of the one in site.yaml
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Look at all files again and again, where the system does not tell of changes
    #[arg(long)]
    poll: bool,
}

fn today() -> civil::Date {
    jiff::ZonedDateTime::now().date()
}

/// Serves the site until somebody stops the program.
pub(super) fn serve(arguments: &Arguments, root: &Path, serving: &Serving) -> u8 {
    let root = match root.canonicalize() {
        Ok(root) => root,
        Err(error) => return complain(&format!("{}: {error}", root.display())),
    };
    let address = serving.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let listener = match listen(address, serving.port) {
        Ok(listener) => listener,
        Err(error) => return complain(&error),
    };
    let port = match listener.local_addr() {
        Ok(address) => address.port(),
        Err(error) => return complain(&error.to_string()),
    };
    let (Some(token), Some(key)) = (secret(), secret()) else { return complain("the system gives no random numbers") };
    let is_open = !address.is_loopback();
    let host = is_open.then(|| address.to_string());
    let gate = Gate::new(port, host.as_deref(), is_open.then(|| key.clone()), token);
    let url = if is_open {
        let name = if address.is_unspecified() { "localhost".to_owned() } else { SocketAddr::new(address, port).ip().to_string() };
        let name = if name.contains(':') { format!("[{name}]") } else { name };
        format!("http://{name}:{port}/?{KEY_NAME}={key}")
    } else {
        format!("http://{}/", SocketAddr::new(address, port))
    };
    let speaker = Speaker { fixed: arguments.lang.clone(), is_quiet: !matches!(arguments.format, FormatArgument::Human) };
    let first_words = speaker.fixed.clone().unwrap_or_else(|| super::language(arguments, &source::foundations(&root)));
    if is_open {
        warn_line(pick(
            &first_words,
            "Let op: andere computers kunnen dit voorbeeld nu bereiken, met alle concepten. Zij hebben het hele adres nodig, met de sleutel.",
            "Note: other computers can reach this preview now, with all drafts. They need the whole address, with the key.",
        ));
    }
    print_line(format_args!(
        "{} {url}   ({})",
        pick(&first_words, "Voorbeeld:", "Preview:"),
        pick(&first_words, "Ctrl-C stopt", "Ctrl-C stops")
    ));
    if serving.open {
        open_browser(&url);
    }
    let setting = Setting {
        root,
        options: Options { today: serving.date.unwrap_or_else(today), drafts: serving.drafts, base_url: serving.base_url.clone() },
        calendar: serving.date.is_none().then_some(today as fn() -> civil::Date),
        poll: serving.poll,
        editor: editor(),
        gate,
    };
    let error = serve::serve(listener, setting, |told| speaker.say(told));
    complain(&error.to_string());
    WRONG_USE
}

/// Listens on the port that was asked for, else on the first that is free.
fn listen(address: IpAddr, port: Option<u16>) -> Result<TcpListener, String> {
    if let Some(port) = port {
        return TcpListener::bind((address, port))
            .map_err(|error| format!("cannot listen on port {port}: {error}; leave out --port to take the next free one"));
    }
    let mut last = String::new();
    for port in FIRST_PORT..FIRST_PORT + PORTS {
        match TcpListener::bind((address, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = format!("cannot listen on {}: {error}", SocketAddr::new(address, port)),
        }
    }
    Err(last)
}

/// 128 random bits.
fn secret() -> Option<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn editor() -> Editor {
    let named: Vec<String> = ["VISUAL", "EDITOR"].iter().filter_map(|name| std::env::var(name).ok()).collect();
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |name: &str| std::env::split_paths(&folders).any(|folder| folder.join(name).is_file());
    Editor::choose(named.iter().map(String::as_str), is_there)
}

fn open_browser(url: &str) {
    let (program, words): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let spawned = std::process::Command::new(program)
        .args(words)
        .arg(url)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
    match spawned {
        Ok(mut child) => {
            std::thread::spawn(move || child.wait());
        }
        Err(error) => {
            complain(&format!("cannot start {program}: {error}"));
        }
    }
}

fn pick<'a>(language: &str, dutch: &'a str, english: &'a str) -> &'a str {
    if language == "nl" { dutch } else { english }
}

/// Says what happens, a line at a time.
struct Speaker {
    fixed: Option<String>,
    is_quiet: bool,
}

impl Speaker {
    fn say(&self, told: &Told<'_>) {
        if self.is_quiet {
            return;
        }
        match told {
            Told::Polls(why) => print_line(polls(self.fixed.as_deref().unwrap_or("en"), why)),
            Told::Checked { state } => {
                let language = self.fixed.as_deref().unwrap_or(state.language());
                let line = match state.errors().next() {
                    Some(_) => problems(language, state),
                    None => pick(language, "Alle pagina's zijn nagekeken: geen fouten", "All pages were looked at: no errors").to_owned(),
                };
                print_line(line);
            }
            Told::Made { changes, state, pages, took } => {
                let language = self.fixed.as_deref().unwrap_or(state.language());
                print_line(made(language, changes, state, *pages, took.as_millis()));
            }
        }
    }
}

fn polls(language: &str, why: &Polling) -> String {
    let reason = match why {
        Polling::Asked => pick(language, "zoals gevraagd", "as asked"),
        Polling::Remote => pick(language, "deze map staat op een andere computer", "this folder lies on another computer"),
        Polling::Limit => pick(
            language,
            "het systeem kan niet nog meer mappen in de gaten houden (op Linux: fs.inotify.max_user_watches)",
            "the system cannot watch more folders (on Linux: fs.inotify.max_user_watches)",
        ),
        Polling::Failed(error) => error,
    };
    format!("{}: {reason}", pick(language, "Bestanden worden steeds opnieuw bekeken", "Files are looked at again and again"))
}

/// What changed, how many pages there are, how long it took; or what is wrong.
fn made(language: &str, changes: &[Change], state: &State, pages: usize, milliseconds: u128) -> String {
    let mut line = match changes {
        [] => String::new(),
        [one] => format!("{}: ", one.path),
        [one, others @ ..] => format!("{} + {}: ", one.path, others.len()),
    };
    if state.errors().next().is_some() {
        return format!("{line}{milliseconds} ms, {}", problems(language, state));
    }
    let warnings = state.problems.iter().filter(|problem| problem.severity == Severity::Warning).count();
    line += &format!("{pages} {}, {milliseconds} ms", pick(language, "pagina's", "pages"));
    if warnings > 0 {
        line += &format!(" ({})", Texts::of(language).counted(warnings, Severity::Warning));
    }
    line
}

/// How much is wrong, and what is wrong first.
fn problems(language: &str, state: &State) -> String {
    let Some(first) = state.errors().next() else { return String::new() };
    let place = first.file.as_ref().map_or_else(String::new, |file| {
        let found =
            state.latest.as_ref().and_then(|snapshot| Locator::new(&snapshot.sources).locate(first)).and_then(|(_, location)| location);
        found.map_or_else(|| format!("{file}: "), |location| format!("{file}:{}:{}: ", location.line, location.column))
    });
    let texts = Texts::of(language);
    format!("{}\n  {place}{}", texts.counted(state.errors().count(), Severity::Error), texts.message(first))
}

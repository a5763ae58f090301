//! `via-site check --external`: every address outside the site is asked whether it is still there.

use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::{Arguments, FormatArgument, Making, print_line};
use crate::diagnostic::Diagnostic;
use crate::external::{self, Manners, Memory};
use crate::pipeline;
use crate::publish::{self, Kept};
use crate::snapshot::Snapshot;

/// How addresses outside the site are asked.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Asking {
    /// Also ask every address outside the site whether it is still there
    #[arg(long)]
    external: bool,
    /// Days for which an answer counts; 0 asks everything again
    #[arg(long, value_name = "DAYS", default_value_t = 7, requires = "external")]
    recheck_after: u16,
    /// Milliseconds between two questions to the same server
    #[arg(long, value_name = "MS", default_value_t = 1000, requires = "external")]
    pause: u64,
    /// Seconds that one answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 20, requires = "external")]
    timeout: u64,
    /// Also ask addresses of this machine and of private networks
    #[arg(long, requires = "external")]
    allow_private: bool,
}

/// Where the answers are kept, beside the memo of the build.
pub(super) const KEPT: &str = "external";

/// Asks, if that is wanted, and gives all that is to be said about the answers.
pub(super) fn check(arguments: &Arguments, root: &Path, making: &Making, asking: &Asking, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let options = making.options();
    let today = options.today;
    let config = pipeline::schema_of(&snapshot.sources, &options).ok().map(|(config, _)| config);
    let Some((graph, config)) = snapshot.graph.as_ref().zip(config).filter(|_| asking.external) else { return Vec::new() };
    let target = root.join("public");
    let addresses = external::collect(graph, &config);
    let (mut memory, mut told) = remembered(&target);
    let wanted: Vec<&str> = addresses.keys().map(String::as_str).collect();
    let asked: Vec<&str> = wanted.iter().copied().filter(|address| !memory.is_fresh(address, today, asking.recheck_after)).collect();
    let manners = Manners {
        pause: Duration::from_millis(asking.pause),
        timeout: Duration::from_secs(asking.timeout.max(1)),
        allow_private: asking.allow_private,
        proxies: proxies(),
        agent: format!("via-site/{} (+{}; checks links)", env!("CARGO_PKG_VERSION"), config.base_url),
    };
    let bar = progress(arguments, asked.len());
    let answers = external::ask(&asked, &manners, || bar.inc(1));
    bar.finish_and_clear();
    let answers = match answers {
        Ok(answers) => answers,
        Err(reason) => return vec![Diagnostic::error("external-no-client").with("reason", reason)],
    };
    if external::is_offline(answers.values()) {
        told.push(Diagnostic::error("external-offline").with("count", answers.len()));
        return told;
    }
    for (address, answer) in answers {
        memory.remember(address, answer, today);
    }
    memory.keep_only(|address| addresses.contains_key(address));
    if let Err(error) = publish::keep(&target, KEPT, &memory.to_bytes()) {
        told.push(Diagnostic::warning("external-not-kept").with("reason", error));
    }
    if matches!(arguments.format, FormatArgument::Human) {
        let alive = wanted.iter().filter(|address| memory.get(address).is_some_and(|known| known.answer.is_alive())).count();
        let (all, asked) = (wanted.len(), asked.len());
        print_line(format!("{all} addresses outside the site: {asked} asked, {} known from before; {alive} are there", all - asked));
    }
    told.extend(external::tell(&addresses, &memory, today));
    told
}

/// What was answered before, and what is to be said if that cannot be read any more.
fn remembered(target: &Path) -> (Memory, Vec<Diagnostic>) {
    match publish::kept(target, KEPT) {
        Ok(Kept::Bytes(bytes)) => (Memory::from_bytes(&bytes).unwrap_or_default(), Vec::new()),
        Ok(Kept::Damaged(path)) => (Memory::default(), vec![Diagnostic::warning("external-memory").with("path", path.display())]),
        Ok(Kept::Nothing) | Err(_) => (Memory::default(), Vec::new()),
    }
}

/// The names of the proxies through which this machine reaches others.
fn proxies() -> Vec<String> {
    let names = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];
    let values = names.iter().flat_map(|name| [std::env::var(name), std::env::var(name.to_lowercase())]).flatten();
    values
        .filter_map(|value| {
            let rest = value.split_once("://").map_or(value.as_str(), |(_, rest)| rest);
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host).split([':', '/']).next()?;
            (!host.is_empty()).then(|| host.to_lowercase())
        })
        .collect()
}

fn progress(arguments: &Arguments, count: usize) -> ProgressBar {
    if !matches!(arguments.format, FormatArgument::Human) || count == 0 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(count as u64);
    if let Ok(style) = ProgressStyle::with_template("{elapsed} {bar:30} {pos}/{len}") {
        bar.set_style(style);
    }
    bar
}

//! `via-site build` and `via-site check`.

use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::{Arguments, FINE, FormatArgument, Making, WRONG_CONTENT, complain, language, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::pipeline::{self, Outcome};
use crate::publish::{self, PublishError, Swap};
use crate::source::{self, Sources};

/// Builds the site and publishes it.
pub(super) fn build(arguments: &Arguments, root: &Path, making: &Making, output: Option<&Path>, timings: bool) -> u8 {
    let started = Instant::now();
    let bar = progress(arguments);
    let (sources, mut outcome) = run(root, making);
    let language = language(arguments, &sources);
    let errors = show(arguments, &outcome, &sources, &language, &bar);
    if errors > 0 {
        return WRONG_CONTENT;
    }
    let target = output.map_or_else(|| root.join("public"), Path::to_path_buf);
    let files: Vec<publish::Output<'_>> =
        outcome.outputs.iter().map(|output| publish::Output { address: &output.address, bytes: &output.bytes }).collect();
    let publishing = Instant::now();
    let published = publish::publish(&target, &files, crate::GENERATOR);
    let count = files.len();
    outcome.stages.insert("publish", publishing.elapsed());
    bar.finish_and_clear();
    let report = match published {
        Ok(report) => report,
        Err(PublishError::BadAddress { address, reason }) => return complain(&format!("cannot publish /{address}: {reason}")),
        Err(error) => return complain(&error.to_string()),
    };
    if matches!(arguments.format, FormatArgument::Human) {
        let pages = outcome.outputs.iter().filter(|output| output.address.ends_with(".html")).count();
        let milliseconds = started.elapsed().as_millis();
        let swap = match report.swapped {
            Swap::Unchanged => "nothing changed",
            Swap::First => "new",
            Swap::Exchanged => "exchanged in one step",
            Swap::Renamed => "exchanged in two steps, for this file system cannot do it in one",
        };
        anstream::println!(
            "{}: {} entities, {pages} pages, {count} files ({} written, {} removed; {swap}) in {milliseconds} ms\nOpen {}",
            target.display(),
            outcome.entities,
            report.written,
            report.removed,
            target.join("index.html").display(),
        );
    }
    if timings {
        show_timings(&outcome);
    }
    FINE
}

/// Checks the site.
pub(super) fn check(arguments: &Arguments, root: &Path, making: &Making, timings: bool) -> u8 {
    let started = Instant::now();
    let bar = progress(arguments);
    let (sources, outcome) = run(root, making);
    let language = language(arguments, &sources);
    let errors = show(arguments, &outcome, &sources, &language, &bar);
    if matches!(arguments.format, FormatArgument::Human) && errors == 0 {
        anstream::println!("{} entities, no errors, in {} ms", outcome.entities, started.elapsed().as_millis());
    }
    if timings {
        show_timings(&outcome);
    }
    if errors > 0 { WRONG_CONTENT } else { FINE }
}

fn run(root: &Path, making: &Making) -> (Sources, Outcome) {
    let started = Instant::now();
    let (sources, problems) = source::read(root);
    let reading = started.elapsed();
    let mut outcome = pipeline::run(&sources, &making.options());
    outcome.stages.shift_insert(0, "source", reading);
    if !problems.is_empty() {
        outcome.diagnostics.splice(0..0, problems);
        if outcome.has_errors() {
            outcome.outputs.clear();
        }
    }
    (sources, outcome)
}

/// Writes all problems and how many there are; gives the number of errors.
fn show(arguments: &Arguments, outcome: &Outcome, sources: &Sources, language: &str, bar: &ProgressBar) -> usize {
    let count = |severity: Severity| outcome.diagnostics.iter().filter(|diagnostic: &&Diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let to_programs = !matches!(arguments.format, FormatArgument::Human);
    if to_programs || errors + warnings > 0 {
        bar.finish_and_clear();
        report(arguments, &outcome.diagnostics, sources, language);
    }
    if !to_programs && errors + warnings > 0 {
        let summary = if language == "nl" {
            let site = if errors > 0 { " De site is niet veranderd." } else { "" };
            format!("{errors} fouten, {warnings} waarschuwingen.{site}")
        } else {
            let site = if errors > 0 { " The site was not changed." } else { "" };
            format!("{errors} errors, {warnings} warnings.{site}")
        };
        anstream::eprintln!("{summary}");
    }
    errors
}

/// A sign of life on a terminal, drawn only once half a second has passed.
fn progress(arguments: &Arguments) -> ProgressBar {
    if !matches!(arguments.format, FormatArgument::Human) {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed}") {
        bar.set_style(style);
    }
    let drawn = bar.downgrade();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        if let Some(bar) = drawn.upgrade().filter(|bar| !bar.is_finished()) {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
    });
    bar
}

fn show_timings(outcome: &Outcome) {
    for (stage, time) in &outcome.stages {
        anstream::println!("{:>9.1} ms  {stage}", milliseconds(*time));
    }
    let mut templates: Vec<_> = outcome.templates.iter().collect();
    templates.sort_by_key(|(_, (_, time))| std::cmp::Reverse(*time));
    for (template, (pages, time)) in templates {
        anstream::println!("{:>9.1} ms  {template} ({pages} pages)", milliseconds(*time));
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

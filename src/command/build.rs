//! `via-site build` and `via-site check`.

use std::convert::Infallible;
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::{Arguments, FINE, FormatArgument, Making, WRONG_CONTENT, complain, language, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::pipeline::Pipeline;
use crate::publish::{Publication, PublishError, Report, Swap};
use crate::snapshot::{Snapshot, TemplateTimes, has_errors};
use crate::source::{self, Sources};

/// Builds the site and publishes it.
pub(super) fn build(arguments: &Arguments, root: &Path, making: &Making, output: Option<&Path>, timings: bool) -> u8 {
    let started = Instant::now();
    let bar = progress(arguments);
    let mut snapshot = snapshot(root, making);
    let language = language(arguments, &snapshot.sources);
    if snapshot.is_broken() {
        show(arguments, &snapshot.check(), &snapshot.sources, &language, &bar);
        return WRONG_CONTENT;
    }
    let target = output.map_or_else(|| root.join("public"), Path::to_path_buf);
    snapshot.index_search();
    let making = Instant::now();
    let published = publish_snapshot(&snapshot, &target);
    snapshot.stages.insert("make", making.elapsed());
    let (diagnostics, times, report) = match published {
        Ok(published) => published,
        Err(error) => {
            bar.finish_and_clear();
            return complain(&match error {
                PublishError::BadAddress { address, reason } => format!("cannot publish /{address}: {reason}"),
                error => error.to_string(),
            });
        }
    };
    show(arguments, &diagnostics, &snapshot.sources, &language, &bar);
    let Some(report) = report else { return WRONG_CONTENT };
    bar.finish_and_clear();
    if matches!(arguments.format, FormatArgument::Human) {
        let milliseconds = started.elapsed().as_millis();
        let swap = match report.swapped {
            Swap::Unchanged => "nothing changed",
            Swap::First => "new",
            Swap::Exchanged => "exchanged in one step",
            Swap::Renamed => "exchanged in two steps, for this file system cannot do it in one",
        };
        anstream::println!(
            "{}: {} entities, {} pages, {} files ({} written, {} removed; {swap}) in {milliseconds} ms\nOpen {}",
            target.display(),
            snapshot.entities(),
            times.iter().filter(|(template, _)| template.ends_with(".html")).map(|(_, (pages, _))| pages).sum::<usize>(),
            report.written + report.unchanged,
            report.written,
            report.removed,
            target.join("index.html").display(),
        );
    }
    if timings {
        show_timings(&snapshot, &times);
    }
    // The program ends here; taking a large site apart first would only keep somebody waiting.
    std::mem::forget(snapshot);
    FINE
}

type Published = (Vec<Diagnostic>, TemplateTimes, Option<Report>);

/// Makes all outputs and publishes them, each as soon as it is made; gives no report if something is wrong with one of them.
fn publish_snapshot(snapshot: &Snapshot, target: &Path) -> Result<Published, PublishError> {
    if has_errors(snapshot.problems()) {
        return Ok((snapshot.check(), TemplateTimes::new(), None));
    }
    let addresses = snapshot.addresses();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let publication = Publication::begin(target, &addresses)?;
    let (diagnostics, times) = snapshot.each(|address, bytes| publication.put(address, bytes))?;
    let report = if has_errors(&diagnostics) { None } else { Some(publication.finish(crate::GENERATOR)?) };
    Ok((diagnostics, times, report))
}

/// Checks the site.
pub(super) fn check(arguments: &Arguments, root: &Path, making: &Making, timings: bool) -> u8 {
    let started = Instant::now();
    let bar = progress(arguments);
    let snapshot = snapshot(root, making);
    let language = language(arguments, &snapshot.sources);
    let (diagnostics, times) = if snapshot.is_broken() {
        (snapshot.check(), TemplateTimes::new())
    } else {
        let nowhere = |_: &str, _: &[u8]| Ok::<(), Infallible>(());
        match snapshot.each(nowhere) {
            Ok(found) => found,
            Err(never) => match never {},
        }
    };
    let errors = show(arguments, &diagnostics, &snapshot.sources, &language, &bar);
    if matches!(arguments.format, FormatArgument::Human) && errors == 0 {
        anstream::println!("{} entities, no errors, in {} ms", snapshot.entities(), started.elapsed().as_millis());
    }
    if timings {
        show_timings(&snapshot, &times);
    }
    if errors > 0 { WRONG_CONTENT } else { FINE }
}

fn snapshot(root: &Path, making: &Making) -> Snapshot {
    let started = Instant::now();
    let (sources, problems) = source::list(root);
    let reading = started.elapsed();
    let mut snapshot = Pipeline::once(making.options()).update(sources);
    snapshot.stages.shift_insert(0, "source", reading);
    snapshot.diagnostics.splice(0..0, problems);
    snapshot
}

/// Writes all problems and how many there are; gives the number of errors.
fn show(arguments: &Arguments, diagnostics: &[Diagnostic], sources: &Sources, language: &str, bar: &ProgressBar) -> usize {
    let count = |severity: Severity| diagnostics.iter().filter(|diagnostic: &&Diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let to_programs = !matches!(arguments.format, FormatArgument::Human);
    if to_programs || errors + warnings > 0 {
        bar.finish_and_clear();
        report(arguments, diagnostics, sources, language);
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

fn show_timings(snapshot: &Snapshot, times: &TemplateTimes) {
    for (stage, time) in &snapshot.stages {
        anstream::println!("{:>9.1} ms  {stage}", milliseconds(*time));
    }
    let mut templates: Vec<_> = times.iter().collect();
    templates.sort_by_key(|(_, (_, time))| std::cmp::Reverse(*time));
    for (template, (pages, time)) in templates {
        anstream::println!("{:>9.1} ms  {template} ({pages} pages)", milliseconds(*time));
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

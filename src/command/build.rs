//! `via-site build` and `via-site check`.

use std::convert::Infallible;
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::findings::Findings;
use super::memo::{Circumstances, Said};
use super::{Arguments, FINE, FormatArgument, Making, WRONG_CONTENT, complain, language, print, print_line, timings, warn_line};
use crate::diagnostic::{self, Diagnostic};
use crate::pipeline::{Options, Pipeline};
use crate::publish::{self, Memo, Publication, PublishError, Recalled, Report, Swap};
use crate::snapshot::{PageCost, Snapshot, has_errors};
use crate::source::{self, Sources};

/// Builds the site and publishes it.
pub(super) fn build(arguments: &Arguments, root: &Path, making: &Making, output: Option<&Path>, timings: bool) -> u8 {
    let started = Instant::now();
    let bar = progress(arguments);
    let target = output.map_or_else(|| root.join("public"), Path::to_path_buf);
    let (sources, problems) = source::list(root);
    let reading = started.elapsed();
    let language = language(arguments, &sources);
    // Asked for once: it may be midnight.
    let options = making.options();
    let circumstances = Circumstances::new(arguments, &options, &problems);
    // Who asks where the time goes wants it spent.
    match (!timings).then(|| publish::recall(&target, || circumstances.key(&sources))) {
        Some(Ok(Recalled::Same(said))) => {
            if let Ok(said) = serde_json::from_str::<Said>(&said) {
                said.findings.say(arguments, &language, &bar);
                bar.finish_and_clear();
                return tell(arguments, &target, &said, "nothing changed, so nothing was made", started);
            }
        }
        Some(Ok(Recalled::Damaged(memo))) => {
            let memo = memo.display();
            bar.suspend(|| match language.as_str() {
                "nl" => warn_line(format_args!("Het geheugen van de vorige bouw is beschadigd en telt niet mee: {memo}")),
                _ => warn_line(format_args!("The memo of the last build is damaged and was ignored: {memo}")),
            });
        }
        Some(Err(error)) => return refused(error, &bar),
        Some(Ok(Recalled::Nothing)) | None => {}
    }
    let mut snapshot = snapshot(sources, problems, reading, options);
    if snapshot.is_broken() {
        Findings::of(arguments, &snapshot.check(), &snapshot.sources, &language).say(arguments, &language, &bar);
        return WRONG_CONTENT;
    }
    rayon::join(|| snapshot.prepare(), || circumstances.program());
    let making = Instant::now();
    let findings = |diagnostics: &[Diagnostic]| Findings::of(arguments, diagnostics, &snapshot.sources, &language);
    let published = publish_snapshot(&snapshot, &target, || circumstances.key_as_read(&snapshot), findings);
    snapshot.stages.insert("make", making.elapsed());
    let (said, costs, report) = match published {
        Ok(published) => published,
        Err(error) => return refused(error, &bar),
    };
    said.findings.say(arguments, &language, &bar);
    let Some(report) = report else { return WRONG_CONTENT };
    bar.finish_and_clear();
    let swap = match report.swapped {
        Swap::Unchanged => "nothing changed",
        Swap::First => "new",
        Swap::Exchanged => "exchanged in one step",
        Swap::Renamed => "exchanged in two steps, for this file system cannot do it in one",
    };
    let done = format!("{} written, {} removed; {swap}", report.written, report.removed);
    tell(arguments, &target, &said, &done, started);
    if timings {
        print(&timings::report(&snapshot, &costs, &language));
    }
    // The program ends here; taking a large site apart first would only keep somebody waiting.
    std::mem::forget(snapshot);
    FINE
}

/// Says what the site consists of and what was done for it.
fn tell(arguments: &Arguments, target: &Path, said: &Said, done: &str, started: Instant) -> u8 {
    if matches!(arguments.format, FormatArgument::Human) {
        let milliseconds = started.elapsed().as_millis();
        print_line(format_args!(
            "{}: {} entities, {} pages, {} files ({done}) in {milliseconds} ms\nOpen {}",
            target.display(),
            said.entities,
            said.pages,
            said.files,
            target.join("index.html").display(),
        ));
    }
    FINE
}

/// Says why nothing was published.
fn refused(error: PublishError, bar: &ProgressBar) -> u8 {
    bar.finish_and_clear();
    complain(&match error {
        PublishError::BadAddress { address, reason } => format!("cannot publish /{address}: {reason}"),
        error => error.to_string(),
    })
}

type Published = (Said, Vec<PageCost>, Option<Report>);

/// Makes all outputs and publishes them, each as soon as it is made; gives no report if something is wrong with one of them.
fn publish_snapshot(
    snapshot: &Snapshot,
    target: &Path,
    key: impl FnOnce() -> Option<String>,
    findings: impl Fn(&[Diagnostic]) -> Findings,
) -> Result<Published, PublishError> {
    if has_errors(snapshot.problems()) {
        let findings = findings(&snapshot.check());
        return Ok((Said { entities: snapshot.entities(), pages: 0, files: 0, findings }, Vec::new(), None));
    }
    let addresses = snapshot.addresses();
    let publication = Publication::begin(target, &addresses)?;
    let (diagnostics, costs) = snapshot.each(|address, bytes| publication.put(address, bytes))?;
    let pages = costs.iter().filter(|page| page.template.ends_with(".html")).count();
    let said = Said { entities: snapshot.entities(), pages, files: addresses.len(), findings: findings(&diagnostics) };
    if has_errors(&diagnostics) {
        return Ok((said, costs, None));
    }
    let memo = key().and_then(|key| Some(Memo { key, said: serde_json::to_string(&said).ok()? }));
    let report = publication.finish(crate::GENERATOR, memo.as_ref())?;
    Ok((said, costs, Some(report)))
}

/// Checks the site; `more` says what else is wrong with it.
pub(super) fn check(
    arguments: &Arguments,
    root: &Path,
    making: &Making,
    timings: bool,
    more: impl FnOnce(&Snapshot) -> Vec<Diagnostic>,
) -> u8 {
    let started = Instant::now();
    let bar = progress(arguments);
    let (sources, problems) = source::list(root);
    let language = language(arguments, &sources);
    let snapshot = snapshot(sources, problems, started.elapsed(), making.options());
    let (mut diagnostics, costs) = if snapshot.is_broken() {
        (snapshot.check(), Vec::new())
    } else {
        let nowhere = |_: &str, _: &[u8]| Ok::<(), Infallible>(());
        match snapshot.each(nowhere) {
            Ok(found) => found,
            Err(never) => match never {},
        }
    };
    let found = more(&snapshot);
    if !found.is_empty() {
        diagnostics.extend(found);
        diagnostic::sort(&mut diagnostics, &snapshot.sources);
    }
    let findings = Findings::of(arguments, &diagnostics, &snapshot.sources, &language);
    findings.say(arguments, &language, &bar);
    let errors = findings.errors;
    if matches!(arguments.format, FormatArgument::Human) && errors == 0 {
        print_line(format_args!("{} entities, no errors, in {} ms", snapshot.entities(), started.elapsed().as_millis()));
    }
    if timings {
        print(&timings::report(&snapshot, &costs, &language));
    }
    if errors > 0 { WRONG_CONTENT } else { FINE }
}

fn snapshot(sources: Sources, problems: Vec<Diagnostic>, reading: Duration, options: Options) -> Snapshot {
    let mut snapshot = Pipeline::once(options).update(sources);
    snapshot.stages.shift_insert(0, "source", reading);
    snapshot.diagnostics.splice(0..0, problems);
    snapshot
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

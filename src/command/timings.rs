//! `--timings`: which stage, template, page, file or block of code costs most, and which page costs far more than others.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::snapshot::{PageCost, Snapshot};

/// How many of a sort are named.
const NAMED: usize = 5;
/// A page that takes this many times the median is named, however many there are.
const FAR: u32 = 100;

/// All that can be said of where the time went, for somebody who reads Dutch (`nl`) or English.
pub(super) fn report(snapshot: &Snapshot, pages: &[PageCost], language: &str) -> String {
    let dutch = language == "nl";
    let say = |nl: &'static str, en: &'static str| if dutch { nl } else { en };
    let heading = say(
        "De stappen, waarvan sommige naast elkaar lopen, en de sjablonen, over alle processorkernen geteld",
        "The stages, some of which run side by side, and the templates, counted over all cores",
    );
    let mut text = format!("\n{heading}:\n");
    for (stage, time) in &snapshot.stages {
        line(&mut text, *time, stage);
    }
    let pages_word = say("pagina's", "pages");
    for (template, (count, time)) in templates(pages) {
        line(&mut text, time, &format!("{template} ({count} {pages_word})"));
    }

    let times: Vec<(Duration, &PageCost)> = pages.iter().map(|page| (page.time, page)).collect();
    let (median, costliest, far) = sorted(times);
    let heading = say(
        "De duurste pagina's; de tweede tijd is die van een keer alleen",
        "The pages that cost most; the second time is of once more, alone",
    );
    head(&mut text, heading, say("mediaan", "median"), median);
    for (time, page) in costliest.iter().chain(&far) {
        line(&mut text, *time, &format!("{} ({}, {:.1} ms)", page.address, page.template, milliseconds(alone(snapshot, page))));
    }
    warn(&mut text, far.len() + far_among(&costliest, median), say("pagina's", "pages"), dutch);

    let costs = snapshot.reading_costs();
    let (median, costliest, far) = sorted(costs.iter().map(|cost| (cost.time, cost)).collect());
    head(
        &mut text,
        say("De bestanden die het langst gelezen worden", "The files that take longest to read"),
        say("mediaan", "median"),
        median,
    );
    for (time, cost) in costliest.iter().chain(&far) {
        line(&mut text, *time, &cost.path);
    }
    warn(&mut text, far.len() + far_among(&costliest, median), say("bestanden", "files"), dutch);

    let mut languages: BTreeMap<&str, (usize, Duration)> = BTreeMap::new();
    let mut blocks = Vec::new();
    for cost in &costs {
        for block in &cost.highlights {
            let entry = languages.entry(&block.language).or_default();
            *entry = (entry.0 + 1, entry.1 + block.time);
            blocks.push((block.time, (cost, block)));
        }
    }
    if !blocks.is_empty() {
        let (median, costliest, _) = sorted(blocks);
        head(&mut text, say("Het kleuren van code", "The colouring of code"), say("mediaan", "median"), median);
        let mut languages: Vec<_> = languages.into_iter().collect();
        languages.sort_by_key(|(_, (_, time))| std::cmp::Reverse(*time));
        for (language, (count, time)) in languages.into_iter().take(NAMED) {
            line(&mut text, time, &format!("{language} ({count} {})", say("blokken", "blocks")));
        }
        for (time, (cost, block)) in costliest {
            line(&mut text, time, &format!("{}:{} ({})", cost.path, block.line, block.language));
        }
    }
    text
}

/// How many pages each template has and how long they took together, the costliest first.
fn templates(pages: &[PageCost]) -> Vec<(&str, (usize, Duration))> {
    let mut templates: BTreeMap<&str, (usize, Duration)> = BTreeMap::new();
    for page in pages {
        let entry = templates.entry(&page.template).or_default();
        *entry = (entry.0 + 1, entry.1 + page.time);
    }
    let mut templates: Vec<_> = templates.into_iter().collect();
    templates.sort_by_key(|(_, (_, time))| std::cmp::Reverse(*time));
    templates
}

/// Things with their times: the median, the few that cost most, and those behind them that still take far more than the median.
type Sorted<T> = (Duration, Vec<(Duration, T)>, Vec<(Duration, T)>);

fn sorted<T>(mut times: Vec<(Duration, T)>) -> Sorted<T> {
    times.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    let median = times.get(times.len() / 2).map_or(Duration::ZERO, |(time, _)| *time);
    let mut rest = times.split_off(times.len().min(NAMED));
    rest.truncate(far_among(&rest, median));
    (median, times, rest)
}

/// How many of these take far more than the median.
fn far_among<T>(times: &[(Duration, T)], median: Duration) -> usize {
    times.iter().filter(|(time, _)| *time > median * FAR).count()
}

/// How long a page takes when nothing else is made and all that pages share is there.
fn alone(snapshot: &Snapshot, page: &PageCost) -> Duration {
    let started = Instant::now();
    let _ = snapshot.output(&page.address);
    started.elapsed()
}

fn head(text: &mut String, heading: &str, median_word: &str, median: Duration) {
    let _ = writeln!(text, "\n{heading} ({median_word} {:.2} ms):", milliseconds(median));
}

fn line(text: &mut String, time: Duration, what: &str) {
    let _ = writeln!(text, "{:>9.1} ms  {what}", milliseconds(time));
}

fn warn(text: &mut String, count: usize, what: &str, dutch: bool) {
    if count > 0 {
        let _ = if dutch {
            writeln!(text, "De bovenste {count} {what} kosten elk meer dan {FAR} keer de mediaan.")
        } else {
            writeln!(text, "The first {count} {what} each take more than {FAR} times the median.")
        };
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_far_more_than_the_median_is_named_however_much_there_is_of_it() {
        let mut times: Vec<(Duration, usize)> = (0..20).map(|at| (Duration::from_millis(1), at)).collect();
        times.extend((20..28).map(|at| (Duration::from_millis(101), at)));
        times.push((Duration::from_millis(100), 28));
        let (median, costliest, far) = sorted(times);
        assert_eq!(median, Duration::from_millis(1));
        assert_eq!((costliest.len(), far.len()), (NAMED, 8 - NAMED));
        assert_eq!(far_among(&costliest, median), NAMED);
        assert!(far.iter().all(|(time, _)| *time == Duration::from_millis(101)));
    }

    #[test]
    fn nothing_at_all_has_no_costliest() {
        assert_eq!(sorted::<()>(Vec::new()), (Duration::ZERO, Vec::new(), Vec::new()));
    }
}

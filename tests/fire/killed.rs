//! Killed at any instant and before any single call that changes the disk: the site is old or new, and the next build works.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::place::{Mounted, has, left_out, places, say};
use crate::story::{Said, Story, chance, is_long};

/// The calls by which a program changes the disk.
const CHANGES: &str = "write,pwrite64,writev,ftruncate,mkdir,mkdirat,rmdir,unlink,unlinkat,rename,renameat,renameat2,link,linkat,\
                       symlink,symlinkat,chmod,fchmod,fchmodat,utimensat,fsync,fdatasync,copy_file_range";

#[test]
fn killed_at_a_random_instant_it_leaves_the_old_site_or_the_new_one() {
    for (place, kind) in places() {
        let story = Story::begin(&place);
        let figures = kill(&story, if is_long() { 500 } else { 25 }, &kind);
        assert_eq!(figures.without_site, 0, "there was a site at every moment");
    }
}

#[test]
fn where_folders_cannot_be_exchanged_it_says_so_and_a_kill_in_between_is_undone() {
    let mounted = match Mounted::without_exchange() {
        Ok(mounted) => mounted,
        Err(why) => return left_out("a file system without exchange", &why),
    };
    let story = Story::publishing_to(&std::env::temp_dir(), &mounted.path);
    assert!(story.must_build(0).out.contains("; new)"));
    let said = story.must_build(1);
    assert!(said.out.contains("exchanged in two steps, for this file system cannot do it in one"), "{said:#?}");
    kill(&story, if is_long() { 100 } else { 10 }, "bindfs");

    if let Err(why) = can_trace() {
        return left_out("a kill between the two renames", &why);
    }
    let mut without_site = 0;
    for (happens, number) in ["signal=SIGKILL", "error=ENOSPC"].into_iter().flat_map(|happens| (1..=7).map(move |number| (happens, number)))
    {
        story.must_build(0);
        let inject = format!("inject=rename:{happens}:when={number}");
        let said = Said::of(story.traced(1, &["-e", "trace=rename", "-e", &inject, "-o", "/dev/null"]).output().expect("it starts"));
        match story.standing() {
            None => without_site += 1,
            Some(version) => assert!(version == 1 || said.code != Some(0), "rename {number}: {said:#?}"),
        }
        // Also one that makes nothing puts the old site back.
        story.must_build(number % 2);
    }
    assert!(without_site > 0, "one of the kills fell between the two renames");
}

/// What a series of kills came to.
#[derive(Debug, Default)]
struct Figures {
    old: usize,
    new: usize,
    /// Between the two renames, where folders cannot be exchanged.
    without_site: usize,
    too_late: usize,
    /// How many kills fell in each tenth of the build.
    tenths: [usize; 10],
}

/// Kills builds that would change the site, at instants spread over the whole build.
fn kill(story: &Story, kills: usize, kind: &str) -> Figures {
    let (mut random, seed) = chance();
    let mut figures = Figures::default();
    story.must_build(0);
    let mut lasts = time_of(story, 1);
    let mut done = 0;
    while done < kills {
        let old = story.standing();
        let version = old.map_or(0, |old| 1 - old);
        // Half of them near the end, where the site is exchanged.
        let thousandths = if random.bool() { random.u32(..1000) } else { random.u32(800..1050) };
        let mut child = story.build_command(version).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(lasts * thousandths / 1000);
        child.kill().expect("killed");
        if child.wait().expect("it ended").signal().is_some() {
            done += 1;
            figures.tenths[(thousandths as usize / 100).min(9)] += 1;
            match story.standing() {
                None => figures.without_site += 1,
                standing if standing == old => figures.old += 1,
                _ => figures.new += 1,
            }
        } else {
            figures.too_late += 1;
            assert!(figures.too_late < 10 * kills + 100, "builds are seen before they end");
        }
        // Not always, so that what several killed builds leave comes together.
        if random.bool() {
            // Now and then the version that stands, which must not be taken for made where it is not.
            let next = if random.u8(..4) == 0 { version } else { 1 - version };
            let before = story.standing();
            let took = time_of(story, next);
            if before != Some(next) {
                lasts = (lasts * 3 + took) / 4;
            }
        }
    }
    story.must_build(0);
    story.must_build(1);
    let Figures { old, new, without_site, too_late, tenths } = &figures;
    say(&format!(
        "{kind}: {kills} builds killed (seed {seed}), in each tenth of a build {tenths:?}: {old} left the old site, {new} the new \
         one, {without_site} none (put back by the next); {too_late} more had ended. Every next build worked."
    ));
    figures
}

fn time_of(story: &Story, version: usize) -> Duration {
    let started = Instant::now();
    story.must_build(version);
    started.elapsed()
}

#[test]
fn killed_before_any_call_that_changes_the_disk_it_leaves_the_old_site_or_the_new_one() {
    each_call("SIGKILL", "signal=SIGKILL", |call, said, old, standing, version| {
        assert!(said.signal == Some(9) || said.code == Some(0), "{call}: {said:#?}");
        assert!(standing == Some(version) || (standing == old && said.code.is_none()), "{call}: {said:#?}");
    });
}

#[test]
fn any_call_that_is_refused_is_worked_round_or_told_and_leaves_the_old_site() {
    for error in ["ENOSPC", "EACCES", "EIO"] {
        each_call(error, &format!("error={error}"), |call, said, old, standing, version| match said.code {
            Some(0) => assert_eq!(standing, Some(version), "{call}: {said:#?}"),
            Some(2) => {
                assert_eq!(standing, old, "{call}: {said:#?}");
                // Where writing is refused, so may be the writing of the reason.
                assert!(said.err.contains("via-site: cannot") || call.name == "write", "{call}: it says what could not be done: {said:#?}");
            }
            _ => panic!("{call}: {said:#?}"),
        });
    }
}

/// A call of the system, counted per name as `strace` counts them: in each thread.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    name: String,
    number: usize,
}

impl std::fmt::Display for Call {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.name, self.number)
    }
}

/// Builds again and again, with something happening at another call each time: at every one in the long version; else at those that
/// come a few times, and at some of the others.
fn each_call(what: &str, happens: &str, check: impl Fn(&Call, &Said, Option<usize>, Option<usize>, usize)) {
    if let Err(why) = can_trace() {
        return left_out(what, &why);
    }
    let (mut random, seed) = chance();
    for (place, kind) in places() {
        let story = Story::begin(&place);
        let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
        // Beside the site as it was before, and with nothing beside it.
        let ways = [(1, false), (0, true), (1, true), (0, false)];
        for &(version, is_fresh) in &ways[..if is_long() { 4 } else { 2 }] {
            let ready = || {
                story.must_build(version);
                story.must_build(1 - version);
                if is_fresh {
                    fs::remove_dir_all(story.hidden().join("tree")).expect("removed");
                }
            };
            ready();
            for (name, count) in calls(&story, version) {
                for number in (1..=count).filter(|number| is_long() || *number == 1 || random.usize(..count) == 0) {
                    let call = Call { name: name.clone(), number };
                    ready();
                    let old = story.standing();
                    let inject = format!("inject={name}:{happens}:when={number}");
                    let trace = format!("trace={name}");
                    let mut build = story.traced(version, &["-e", &trace, "-e", &inject, "-o", "/dev/null"]);
                    let said = Said::of(build.output().expect("it starts"));
                    let standing = story.standing();
                    check(&call, &said, old, standing, version);
                    let end = match (said.code, standing == old) {
                        (None, true) => "killed, old site",
                        (None, false) => "killed, new site",
                        (Some(0), _) => "worked round or not reached",
                        _ => "told, old site",
                    };
                    *ends.entry(end).or_default() += 1;
                }
            }
        }
        let tried: usize = ends.values().sum();
        say(&format!("{kind}: {what} at {tried} single calls (seed {seed}): {ends:?}. Every next build worked."));
    }
}

/// How often each call that changes the disk is made by the thread that makes it most often, in a build of this version.
fn calls(story: &Story, version: usize) -> BTreeMap<String, usize> {
    let log = story.path("calls");
    let counted = story.traced(version, &["-e", &format!("trace={CHANGES}"), "-o", log.to_str().expect("a path")]).output();
    assert!(counted.as_ref().is_ok_and(|counted| counted.status.success()), "{counted:?}");
    let mut of_threads: BTreeMap<(String, String), usize> = BTreeMap::new();
    for line in fs::read_to_string(&log).expect("a text").lines() {
        let (thread, call) = line.split_once(' ').expect("a thread and a call");
        let Some((name, _)) = call.trim_start().split_once('(') else { continue };
        *of_threads.entry((thread.to_owned(), name.to_owned())).or_default() += 1;
    }
    let mut most: BTreeMap<String, usize> = BTreeMap::new();
    for ((_, name), count) in of_threads {
        let known = most.entry(name).or_default();
        *known = count.max(*known);
    }
    most
}

/// Whether one program may watch another here.
fn can_trace() -> Result<(), String> {
    if !has("strace") {
        return Err("there is no strace".to_owned());
    }
    let output = Command::new("strace").args(["-qq", "-e", "trace=none", "true"]).output().map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
}

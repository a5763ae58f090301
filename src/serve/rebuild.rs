//! From a change in the folder to the next state that tabs are shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::civil;
use tokio::sync::watch::Sender;

use super::state::State;
use super::watch::{Polling, Watch, Woken};
use crate::diagnostic::Diagnostic;
use crate::pipeline::{Options, Pipeline};
use crate::source::{Change, Folder, Look};

/// What happened, for whoever sits at the terminal.
#[derive(Debug)]
pub enum Told<'a> {
    /// The folder is looked at again and again, and why.
    Polls(&'a Polling),
    /// The site was made anew.
    Made {
        /// What changed in the folder; nothing the first time, and when a new day began.
        changes: &'a [Change],
        /// What tabs are shown now.
        state: &'a State,
        /// How many entities the site has; its other pages are counted when somebody asks for them.
        pages: usize,
        /// From the end of the save to the new state.
        took: Duration,
    },
    /// All pages were looked at, and more is wrong, or less, than was known.
    Checked {
        /// What tabs are shown now.
        state: &'a State,
    },
}

/// Makes the site anew whenever its folder changes.
pub struct Rebuild<Tell> {
    folder: Folder,
    watch: Watch,
    pipeline: Pipeline,
    options: Options,
    calendar: Option<fn() -> civil::Date>,
    states: Sender<Arc<State>>,
    tell: Tell,
    told: Option<Polling>,
    /// The revision of which all pages were looked at, or are being looked at.
    checked: u64,
    /// Whether nobody saved since that began: the next save does not wait for what it replaces.
    rests: Arc<AtomicBool>,
    /// The problems of which the terminal knows.
    said: u64,
}

impl<Tell: Fn(&Told<'_>)> Rebuild<Tell> {
    /// For a folder that has not been looked at yet. With a `calendar`, the site is made anew when a new day begins.
    pub fn new(
        folder: Folder,
        poll: bool,
        options: Options,
        calendar: Option<fn() -> civil::Date>,
        states: Sender<Arc<State>>,
        tell: Tell,
    ) -> Self {
        // Watching starts first: what changes during the first look is looked at again.
        let watch = Watch::new(&folder, poll);
        Self {
            folder,
            watch,
            pipeline: Pipeline::new(options.clone()),
            options,
            calendar,
            states,
            tell,
            told: None,
            checked: 0,
            rests: Arc::default(),
            said: 0,
        }
    }

    /// Makes the site, and makes it anew for as long as the program runs.
    pub fn run(mut self) -> ! {
        let started = Instant::now();
        self.folder.look(Look::Everywhere);
        self.watch.looked(started.elapsed());
        self.make(&[], started);
        loop {
            self.turn();
        }
    }

    /// Waits for one reason to look, and does what it asks for.
    fn turn(&mut self) {
        let woken = self.watch.wait(&self.folder);
        if self.watch.polling() != self.told.as_ref() {
            self.told = self.watch.polling().cloned();
            self.told.iter().for_each(|why| (self.tell)(&Told::Polls(why)));
        }
        let started = Instant::now();
        let changes = match &woken {
            Woken::Idle => Vec::new(),
            Woken::At(paths) => self.folder.look(Look::At(paths)),
            Woken::Everywhere => self.folder.look(Look::Everywhere),
            Woken::Stamps => {
                let changes = self.folder.look(Look::Stamps);
                self.watch.looked(started.elapsed());
                changes
            }
        };
        let today = self.calendar.map_or(self.options.today, |calendar| calendar());
        let is_new_day = today != self.options.today;
        if is_new_day {
            self.options.today = today;
            self.pipeline = Pipeline::new(self.options.clone());
        }
        if is_new_day || !changes.is_empty() {
            self.make(&changes, started);
        } else {
            self.rest();
        }
    }

    /// Nobody saves: time to look at all the pages that no tab shows. One thread does so, and leaves the others to the next save.
    fn rest(&mut self) {
        let state = self.states.borrow().clone();
        if state.problems_stamp != self.said {
            self.said = state.problems_stamp;
            (self.tell)(&Told::Checked { state: &state });
        }
        let Some(latest) = state.latest.clone().filter(|_| self.checked < state.revision) else { return };
        self.checked = state.revision;
        let states = self.states.clone();
        self.rests = Arc::new(AtomicBool::new(true));
        let rests = self.rests.clone();
        std::thread::spawn(move || {
            let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(1).build() else { return };
            let Some(found) = pool.install(|| latest.check_while(|| rests.load(Ordering::Relaxed))) else { return };
            states.send_if_modified(|now| {
                let next = if now.revision == state.revision { now.checked(&found) } else { None };
                next.map(|next| *now = Arc::new(next)).is_some()
            });
        });
    }

    fn make(&mut self, changes: &[Change], started: Instant) {
        self.rests.store(false, Ordering::Relaxed);
        let snapshot = self.pipeline.update(self.folder.sources());
        let problems: Vec<Diagnostic> = self.folder.problems().cloned().collect();
        let state = Arc::new(self.states.borrow().next(snapshot, problems));
        let took = started.elapsed();
        self.states.send_replace(state.clone());
        self.said = state.problems_stamp;
        let pages = state.shown.as_ref().map_or(0, |snapshot| snapshot.entities());
        (self.tell)(&Told::Made { changes, state: &state, pages, took });
    }
}

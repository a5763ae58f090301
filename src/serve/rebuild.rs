//! From a change in the folder to the next state that tabs are shown.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil;
use tokio::sync::watch::Sender;

use super::state::State;
use super::watch::{Polling, Watch, Woken};
use crate::diagnostic::Diagnostic;
use crate::pipeline::Options;
use crate::snapshot::Pipeline;
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
        /// How many pages the site has.
        pages: usize,
        /// From the end of the save to the new state.
        took: Duration,
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
        Self { folder, watch, pipeline: Pipeline::new(options.clone()), options, calendar, states, tell, told: None }
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
        }
    }

    fn make(&mut self, changes: &[Change], started: Instant) {
        let snapshot = self.pipeline.update(self.folder.sources());
        let problems: Vec<Diagnostic> = self.folder.problems().cloned().collect();
        let state = Arc::new(self.states.borrow().next(snapshot, problems));
        let took = started.elapsed();
        self.states.send_replace(state.clone());
        let shown = state.shown.iter().flat_map(|snapshot| snapshot.addresses());
        let pages = shown.filter(|address| address.ends_with(".html")).count();
        (self.tell)(&Told::Made { changes, state: &state, pages, took });
    }
}

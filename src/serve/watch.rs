//! When to look at the folder again: once the system says that something happened there and it has been quiet for a moment.
//!
//! What the system says is only taken as a reason to look, never as what happened: so atomic saves, renames, swap files and
//! deletions need no cases of their own, and an event too many does no harm. Where the system cannot tell, the folder is
//! looked at again and again.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Config, ErrorKind, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::source::Folder;

/// So long nothing may happen before a save counts as finished.
const QUIET: Duration = Duration::from_millis(20);

/// So long, once the system says that whoever wrote has closed the file, or has put another in its place.
const CLOSED: Duration = Duration::from_millis(5);

/// Longer than this no save is waited for.
const LONGEST: Duration = Duration::from_millis(200);

/// How often the places that are watched are compared with those that there are, and the day with the calendar's.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// The shortest pause between two looks, where the system does not tell of changes.
const POLL: Duration = Duration::from_millis(500);

/// Why the folder is looked at again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Polling {
    /// Somebody wants it so.
    Asked,
    /// It lies on a file system of another machine.
    Remote,
    /// The system watches as many folders as it may.
    Limit,
    /// The system said this.
    Failed(String),
}

/// What to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Woken {
    /// Look at these files and folders.
    At(BTreeSet<PathBuf>),
    /// Look at everything.
    Everywhere,
    /// See whether anything has another time or length.
    Stamps,
    /// Nothing; some time went by.
    Idle,
}

/// Waits for changes of a folder.
#[derive(Debug)]
pub struct Watch {
    sender: Sender<notify::Result<notify::Event>>,
    receiver: Receiver<notify::Result<notify::Event>>,
    watcher: Option<RecommendedWatcher>,
    places: Vec<(PathBuf, u64)>,
    polling: Option<Polling>,
    pause: Duration,
}

/// What came in while it was not quiet.
#[derive(Default)]
struct Heard {
    paths: BTreeSet<PathBuf>,
    in_doubt: bool,
    /// Whether the last of it was the end of a save.
    is_closed: bool,
}

impl Watch {
    /// Starts to watch; `asked` to poll in any case.
    pub fn new(folder: &Folder, asked: bool) -> Self {
        let (sender, receiver) = channel();
        let polling = if asked {
            Some(Polling::Asked)
        } else if folder.is_remote() {
            Some(Polling::Remote)
        } else {
            None
        };
        let mut watch = Self { sender, receiver, watcher: None, places: Vec::new(), polling, pause: POLL };
        watch.renew(folder);
        watch
    }

    /// Why it polls, if it does.
    pub fn polling(&self) -> Option<&Polling> {
        self.polling.as_ref()
    }

    /// Says how long a look at everything took, so that looking takes a small part of the time.
    pub fn looked(&mut self, took: Duration) {
        self.pause = POLL.max(took * 20);
    }

    /// Waits until there is a reason to look again, or for a second.
    pub fn wait(&mut self, folder: &Folder) -> Woken {
        if self.polling.is_some() {
            std::thread::sleep(self.pause);
            return Woken::Stamps;
        }
        let Some(first) = self.receive(folder, HEARTBEAT) else {
            // A folder that was replaced as a whole is no longer watched, and nobody says so.
            if folder.places() == self.places {
                return Woken::Idle;
            }
            self.renew(folder);
            return Woken::Everywhere;
        };
        let mut heard = Heard::default();
        let started = Instant::now();
        self.add(&mut heard, first);
        loop {
            let left = LONGEST.saturating_sub(started.elapsed());
            let quiet = if heard.is_closed { CLOSED } else { QUIET };
            match self.receive(folder, quiet.min(left)) {
                Some(message) => self.add(&mut heard, message),
                None if left.is_zero() || !folder.is_unfinished(&heard.paths) => break,
                None => {}
            }
        }
        // A folder that was moved away is no longer watched, also when it is the same folder that comes back.
        let now = folder.places();
        if heard.paths.iter().any(|path| self.places.iter().chain(&now).any(|(place, _)| place == path)) {
            self.renew(folder);
            return Woken::Everywhere;
        }
        if heard.in_doubt || self.polling.is_some() { Woken::Everywhere } else { Woken::At(heard.paths) }
    }

    /// The next message that is about a file of the site; none if there is none for so long.
    fn receive(&self, folder: &Folder, patience: Duration) -> Option<notify::Result<notify::Event>> {
        let started = Instant::now();
        loop {
            match self.receiver.recv_timeout(patience.saturating_sub(started.elapsed())) {
                Ok(Ok(event)) => {
                    let is_ours = event.need_rescan() || event.paths.iter().any(|path| path == folder.root() || folder.concerns(path));
                    if is_ours {
                        return Some(Ok(event));
                    }
                }
                Ok(Err(error)) => return Some(Err(error)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    fn add(&mut self, heard: &mut Heard, message: notify::Result<notify::Event>) {
        match message {
            Ok(event) => {
                heard.in_doubt |= event.need_rescan();
                heard.is_closed = is_end(event.kind);
                heard.paths.extend(event.paths);
            }
            Err(error) => {
                heard.in_doubt = true;
                self.failed(&error);
            }
        }
    }

    /// Watches the places that there are now.
    fn renew(&mut self, folder: &Folder) {
        self.places = folder.places();
        if self.polling.is_some() {
            return;
        }
        let sender = self.sender.clone();
        let tell = move |message: notify::Result<notify::Event>| {
            // Our own reading is an access as well, and would wake us for ever.
            if !message.as_ref().is_ok_and(|event| matches!(event.kind, EventKind::Access(_)) && !is_end(event.kind)) {
                let _ = sender.send(message);
            }
        };
        let made = RecommendedWatcher::new(tell, Config::default().with_follow_symlinks(false)).and_then(|mut watcher| {
            for (path, _) in &self.places {
                let mode = if path == folder.root() { RecursiveMode::NonRecursive } else { RecursiveMode::Recursive };
                match watcher.watch(path, mode) {
                    // It went away since we looked; the heartbeat sees to it.
                    Err(error) if matches!(error.kind, ErrorKind::PathNotFound) => {}
                    watched => watched?,
                }
            }
            Ok(watcher)
        });
        match made {
            Ok(watcher) => self.watcher = Some(watcher),
            Err(error) => self.failed(&error),
        }
    }

    /// Polls from now on, if that is what the error means.
    fn failed(&mut self, error: &notify::Error) {
        self.polling = match &error.kind {
            ErrorKind::PathNotFound | ErrorKind::WatchNotFound => return,
            ErrorKind::Io(reason) if reason.kind() == std::io::ErrorKind::NotFound => return,
            ErrorKind::MaxFilesWatch => Some(Polling::Limit),
            _ => Some(Polling::Failed(error.to_string())),
        };
        self.watcher = None;
    }
}

/// Whether an event is the end of a save: a file that was written is closed, or another takes its place.
fn is_end(kind: EventKind) -> bool {
    let renamed = EventKind::Modify(ModifyKind::Name(RenameMode::To));
    kind == EventKind::Access(AccessKind::Close(AccessMode::Write)) || kind == renamed
}

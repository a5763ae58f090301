//! The preview: the site from memory, over HTTP, to this machine's own browser; it changes as its files do.
//!
//! One thread waits for changes and makes the site anew ([`rebuild`]); another answers requests ([`server`]). Between them
//! stands one value, the [`State`] that tabs are shown, which the first replaces as a whole.

mod body;
mod desk;
mod editor;
mod events;
mod gate;
mod page;
mod panel;
mod problem;
mod rebuild;
mod route;
mod server;
mod state;
mod views;
mod watch;

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil;
use tokio::sync::watch::Receiver;

pub use self::editor::Editor;
pub use self::gate::{Gate, KEY_NAME};
pub use self::rebuild::Told;
pub use self::state::State;
pub use self::watch::Polling;

use self::rebuild::Rebuild;
use self::views::Views;
use crate::pipeline::Options;
use crate::source::Folder;

/// What the preview of a site is made of.
#[derive(Debug)]
pub struct Setting {
    /// The site's folder, as the system calls it: whole and without links.
    pub root: PathBuf,
    /// For what the site is made.
    pub options: Options,
    /// Tells which day it is, where the site is to follow the calendar.
    pub calendar: Option<fn() -> civil::Date>,
    /// Whether to look again and again, instead of waiting for the system to tell of changes.
    pub poll: bool,
    /// What opens files.
    pub editor: Editor,
    /// Who may ask.
    pub gate: Gate,
}

/// What answers are made of.
struct Preview {
    root: PathBuf,
    states: Receiver<Arc<State>>,
    kept: Arc<page::Kept>,
    views: Views,
    editor: Editor,
    gate: Gate,
    /// Part of every fingerprint that browsers keep: what another run served is not served again.
    run: String,
    streams: Arc<tokio::sync::Semaphore>,
}

/// Serves a site for as long as the program runs, and says what happens. Answers before the first build has finished.
///
/// # Errors
///
/// If the server cannot be started.
pub fn serve(listener: TcpListener, setting: Setting, tell: impl Fn(&Told<'_>)) -> std::io::Error {
    let (sender, states) = tokio::sync::watch::channel(Arc::new(State::default()));
    let preview = Preview {
        root: setting.root.clone(),
        states,
        kept: Arc::default(),
        views: Views::new(),
        editor: setting.editor,
        run: page::hash(setting.gate.token().as_bytes()),
        gate: setting.gate,
        streams: Arc::new(tokio::sync::Semaphore::new(server::STREAMS)),
    };
    if let Err(error) = server::start(listener, preview) {
        return error;
    }
    Rebuild::new(Folder::new(&setting.root), setting.poll, setting.options, setting.calendar, sender, tell).run()
}

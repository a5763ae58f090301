//! What a tab is told while it is looked at: which state its page has, and whether something is wrong
//! (server-sent events, WHATWG HTML, section 9.2).
//!
//! A tab hears of its own page only, and only when that page changed; it says by its address which one that is.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::page::{self, Kept};
use super::state::State;

/// How often a tab that has nothing to hear is told so, by which a tab that went away is noticed.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// Starts to tell a tab; ends when it goes away. `address` is that of its page, from the root of the site.
pub fn stream(
    mut states: watch::Receiver<Arc<State>>,
    kept: Arc<Kept>,
    address: String,
    permit: OwnedSemaphorePermit,
) -> mpsc::Receiver<Bytes> {
    let (sender, receiver) = mpsc::channel(2);
    tokio::task::spawn(async move {
        let _permit = permit;
        let mut last = None;
        if sender.send(Bytes::from_static(b"retry: 400\n\n")).await.is_err() {
            return;
        }
        loop {
            let state = states.borrow_and_update().clone();
            let (asked, pages) = (address.clone(), kept.clone());
            let Ok(message) = tokio::task::spawn_blocking(move || message(&state, &pages, &asked)).await else { return };
            if last.as_ref() != Some(&message) {
                if sender.send(Bytes::from(format!("data: {message}\n\n"))).await.is_err() {
                    return;
                }
                last = Some(message);
            }
            tokio::select! {
                changed = states.changed() => if changed.is_err() { return },
                () = sender.closed() => return,
                () = tokio::time::sleep(SIGN_OF_LIFE) => if sender.send(Bytes::from_static(b":\n\n")).await.is_err() { return },
            }
        }
    });
    receiver
}

/// What there is to tell about a page. The preview's own pages are about the whole site, so every state is news to them.
fn message(state: &State, kept: &Kept, address: &str) -> String {
    let made = kept.output(state, address);
    let is_wrong = made.is_err() || state.errors().next().is_some();
    let bytes = made.unwrap_or_else(|_| kept.last(address));
    let fingerprint = match bytes {
        _ if address.starts_with("_via/") => Some(state.problems_stamp.to_string()),
        bytes => bytes.map(|bytes| page::hash(&bytes)),
    };
    json!({"ready": state.revision > 0, "page": fingerprint, "errors": is_wrong.then_some(state.problems_stamp)}).to_string()
}

//! The preview under attack, under an editor's hands, and when things go wrong around it.

#![allow(clippy::disallowed_methods, reason = "the stories are editors: they write files")]

mod support;

#[path = "serve/preview.rs"]
mod preview;

#[path = "serve/attacks.rs"]
mod attacks;
#[path = "serve/desk.rs"]
mod desk;
#[cfg(target_os = "linux")]
#[path = "serve/ends.rs"]
mod ends;
#[path = "serve/saves.rs"]
mod saves;
#[path = "serve/stays_up.rs"]
mod stays_up;

//! The build under fire: killed, out of room, without rights, beside another build, over sources that change; `public/` stays a
//! whole site, old or new, and the next build works.
//!
//! Each story plays on the disk and in memory (tmpfs). What needs a superuser or another program says so where that is missing.
//! `VIA_SITE_LONG=1` plays the long version; `VIA_SITE_SEED=N` repeats the one that printed that seed;
//! `VIA_SITE=PROGRAM` takes another build of the program.

#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods, reason = "the stories look at the disk, at the clock and at who they are")]

mod support;

#[path = "fire/changing.rs"]
mod changing;
#[path = "fire/killed.rs"]
mod killed;
#[path = "fire/place.rs"]
mod place;
#[path = "fire/refused.rs"]
mod refused;
#[path = "fire/room.rs"]
mod room;
#[path = "fire/story.rs"]
mod story;

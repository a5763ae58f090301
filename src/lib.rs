//! Turns a folder of Markdown with front matter into a knowledge agenda: a cross-linked static website.
//!
//! The stages are pure functions over plain data, each in a module of its own, and layers point down only:
//! [`source`] → [`document`] → [`graph`] → [`plan`] → [`render`] → [`publish`], run by [`pipeline`].
//! See `ARCHITECTURE.md` for the whole picture.

pub mod answer;
pub mod catalogue;
pub mod chart;
pub mod command;
pub mod config;
pub mod date;
#[cfg(feature = "deploy")]
pub mod deploy;
pub mod diagnostic;
pub mod document;
pub mod external;
pub mod graph;
pub mod html;
pub mod new_page;
pub mod pipeline;
pub mod plan;
pub mod publish;
pub mod render;
pub mod schema;
pub mod search;
pub mod serve;
pub mod snapshot;
pub mod source;
pub mod theme;
pub mod verify;
pub mod words;
mod yaml;

/// Name and version, as they stand in every page and in `build.json`.
pub const GENERATOR: &str = concat!("via-site ", env!("CARGO_PKG_VERSION"));

//! External links: the addresses to which a site's pages lead elsewhere, what those answered, and what to say of it.
//!
//! Collecting and telling are pure; what was answered is kept in a [`Memory`], which the preview's desk reads too. Only
//! asking needs the network, and with it the feature `online`.

mod answer;
#[cfg(feature = "online")]
mod ask;
mod collect;
mod memory;
#[cfg(feature = "online")]
mod network;
mod told;

pub use answer::Answer;
#[cfg(feature = "online")]
pub use ask::{Manners, ask};
pub use collect::{Address, Addresses, Mention, collect};
pub use memory::{Known, Memory};
pub use told::{is_offline, tell};

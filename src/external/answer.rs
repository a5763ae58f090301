//! What an address answered.

use serde::{Deserialize, Serialize};

/// What an address answered, as far as it matters to whoever wrote the link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It is there.
    Fine,
    /// It is there, and the server says that it has another address for good.
    Moved {
        /// The last of the addresses that are said to be for good.
        to: String,
    },
    /// It is not there any more: 404 or 410.
    Gone {
        /// The status.
        status: u16,
    },
    /// There is no server of this name.
    NoHost,
    /// It cannot be an address.
    NoAddress,
    /// The server does not show it to programs.
    Refused {
        /// The status.
        status: u16,
    },
    /// The server cannot say it now: 429 or 5xx.
    Later {
        /// The status.
        status: u16,
    },
    /// The server did not answer in time.
    Timeout,
    /// No connection could be made, or it broke off.
    Unreachable,
    /// A secure connection could not be made.
    Certificate,
    /// It leads from one address to the next without end.
    Loop,
    /// It leads to this machine or into a private network, and was not asked.
    Private,
}

impl Answer {
    /// Whether a reader who follows the link gets somewhere.
    pub fn is_alive(&self) -> bool {
        matches!(self, Self::Fine | Self::Moved { .. })
    }

    /// Whether nobody who follows the link gets anywhere, now or later.
    pub fn is_dead(&self) -> bool {
        matches!(self, Self::Gone { .. } | Self::NoHost | Self::NoAddress)
    }

    /// Whether it says something of the address, rather than of this moment.
    pub fn is_lasting(&self) -> bool {
        self.is_alive() || matches!(self, Self::Refused { .. })
    }
}

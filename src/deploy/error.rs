//! Why a site was not deployed, in words that say what to do about it.

use std::error::Error;

use object_store::Error as StoreError;
use object_store::client::{HttpError, HttpErrorKind};

use crate::diagnostic::Diagnostic;

/// Why a site was not deployed, or not wholly.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// A published file is not the one that `build.json` lists.
    #[error("{address} is not as the build left it")]
    SiteChanged {
        /// The file.
        address: String,
    },
    /// The address of the place cannot be understood.
    #[error("{target} is no place for a site: {reason}")]
    Target {
        /// As it was given.
        target: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The environment lacks a setting, or has one that cannot be understood.
    #[error("{target}: {reason}")]
    Settings {
        /// The place.
        target: String,
        /// What the store's own code says.
        reason: String,
    },
    /// The place holds something else.
    #[error("{place} holds {address}, which via-site did not put there")]
    NotOurs {
        /// The place.
        place: String,
        /// One of the objects.
        address: String,
    },
    /// The store refused, or did not answer.
    #[error("{place}: cannot {doing} {address}: {source}")]
    Store {
        /// The place.
        place: String,
        /// A verb that fits between "cannot" and the address.
        doing: &'static str,
        /// The object; empty where it is about the place.
        address: String,
        /// What the store said.
        source: StoreError,
    },
}

impl DeployError {
    /// The same as a diagnostic, which has words for it in every language of the program.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::SiteChanged { address } => Diagnostic::error("deploy-changed").with("address", address),
            Self::Target { target, reason } => Diagnostic::error("deploy-target").with("place", target).with("reason", reason),
            Self::Settings { target, reason } => {
                Diagnostic::error("deploy-settings").with("place", target).with("reason", reason).with("names", names(target))
            }
            Self::NotOurs { place, address } => Diagnostic::error("deploy-not-ours").with("place", place).with("address", address),
            Self::Store { place, address, source, .. } => {
                let at = if address.is_empty() { place } else { address };
                let told = Diagnostic::error(code(source)).with("place", place).with("address", at).with("names", names(place));
                told.with("reason", reason(source))
            }
        }
    }
}

fn code(error: &StoreError) -> &'static str {
    match error {
        StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. } => "deploy-refused",
        StoreError::NotFound { .. } => "deploy-no-place",
        other if is_unreachable(other) => "deploy-unreachable",
        other => match status(other) {
            Some(401 | 403) => "deploy-refused",
            Some(404) => "deploy-no-place",
            _ => "deploy-failed",
        },
    }
}

/// The status with which the store answered. Lists and deletions tell it in their text only, for its type is private there.
fn status(error: &StoreError) -> Option<u16> {
    causes(error).find_map(|cause| cause.to_string().split_once("status code: ")?.1.get(..3)?.parse().ok())
}

/// Whether the store could not be reached or did not answer in time, rather than said no.
pub(super) fn is_unreachable(error: &StoreError) -> bool {
    use HttpErrorKind::{Connect, Interrupted, Request, Timeout};
    causes(error).any(|cause| {
        let kind = cause.downcast_ref::<HttpError>().map(HttpError::kind);
        matches!(kind, Some(Connect | Interrupted | Request | Timeout))
    })
}

/// What the store said, without the names of the layers above it, and on one line.
fn reason(error: &StoreError) -> String {
    let last = causes(error).last().map_or_else(|| error.to_string(), ToString::to_string);
    let text = last.split_whitespace().collect::<Vec<_>>().join(" ");
    // S3 and Azure answer in XML, of which only this is for people.
    let told = text.split_once("<Message>").and_then(|(_, rest)| rest.split_once("</Message>")).map(|(message, _)| message.to_owned());
    told.unwrap_or_else(|| text.chars().take(300).collect()).trim_end_matches('.').to_owned()
}

fn causes(error: &StoreError) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

/// The settings that a place of this sort takes from the environment.
fn names(place: &str) -> &'static str {
    match place.split_once("://").map_or("", |(scheme, _)| scheme) {
        "s3" => "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT",
        "az" => "AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY",
        "gs" => "GOOGLE_SERVICE_ACCOUNT",
        _ => "-",
    }
}

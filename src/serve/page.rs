//! A page or a file of the site, as a tab of the preview gets it.
//!
//! Addresses are looked up in the snapshot; no path on the disk is ever made of one.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use indexmap::IndexMap;

use super::state::State;
use crate::diagnostic::Diagnostic;
use crate::snapshot::Snapshot;

/// What there is at an address.
#[derive(Debug)]
pub enum Found {
    /// This file of the site, at this address.
    File(String, Bytes),
    /// A page, but one folder further: the same path with a slash behind it.
    Folder,
    /// Nothing; the site's own page that says so, if it has one.
    Missing(Option<Bytes>),
    /// Something that cannot be made, and never could.
    Nothing,
    /// The first build is not finished.
    Building,
}

/// Looks up the path of a request, which starts with a slash and is percent-encoded.
pub fn find(state: &State, kept: &Kept, path: &str) -> Found {
    let Some(snapshot) = &state.shown else {
        return if state.revision == 0 { Found::Building } else { Found::Nothing };
    };
    let Some(plain) = decoded(path) else { return Found::Missing(not_found(snapshot)) };
    let plain = plain.strip_prefix('/').unwrap_or(&plain);
    // A site that will lie below a path is found there as well, for its own absolute links.
    let base = state.config.as_ref().map_or("", |config| config.base_path().trim_start_matches('/'));
    let below_base = plain.strip_prefix(base).filter(|_| !base.is_empty());
    for address in std::iter::once(plain).chain(below_base) {
        let whole = whole_address(address);
        match kept.output(state, &whole) {
            Ok(Some(bytes)) => return Found::File(whole, bytes),
            Ok(None) => {}
            Err(_) => return kept.last(&whole).map_or(Found::Nothing, |bytes| Found::File(whole, bytes)),
        }
        if whole == address && matches!(snapshot.output(&format!("{address}/index.html")), Ok(Some(_))) {
            return Found::Folder;
        }
    }
    Found::Missing(not_found(snapshot))
}

/// The address of an output, from the root of the site; that of a folder is its first page's.
pub fn whole_address(address: &str) -> String {
    if address.is_empty() || address.ends_with('/') { format!("{address}index.html") } else { address.to_owned() }
}

/// The pages that were looked at lately, as they last could be made: so that a page which can no longer be made is still
/// there, and none is made twice of the same snapshot.
#[derive(Debug, Default)]
pub struct Kept(Mutex<Pages>);

/// Bytes by address, each with the revision that it was made of; the one that was looked at last stands last.
type Pages = IndexMap<String, (u64, Bytes)>;

/// So many pages are kept.
const KEPT: usize = 64;

impl Kept {
    /// The output of what is shown at an address, from the root of the site; nothing if there is none.
    ///
    /// # Errors
    ///
    /// What is wrong with that page alone: what its own template, or what it says, stumbled over.
    pub fn output(&self, state: &State, address: &str) -> Result<Option<Bytes>, Vec<Diagnostic>> {
        if let Some((_, bytes)) = self.pages().get(address).filter(|(revision, _)| *revision == state.shown_revision) {
            return Ok(Some(bytes.clone()));
        }
        let made = state.shown.as_ref().map_or(Ok(None), |snapshot| snapshot.output(address));
        if let Ok(Some(bytes)) = &made {
            let mut pages = self.pages();
            pages.shift_remove(address);
            pages.insert(address.to_owned(), (state.shown_revision, bytes.clone()));
            if pages.len() > KEPT {
                pages.shift_remove_index(0);
            }
        }
        made
    }

    /// The output at an address as it last could be made.
    pub fn last(&self, address: &str) -> Option<Bytes> {
        self.pages().get(address).map(|(_, bytes)| bytes.clone())
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The fingerprint of a file.
pub fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..20].to_owned()
}

fn not_found(snapshot: &Snapshot) -> Option<Bytes> {
    snapshot.output("404.html").ok().flatten()
}

/// The page with a tag before the end of its head; at its start, where it has no head.
pub fn with_tag(page: &[u8], tag: &str) -> Bytes {
    let end = b"</head>";
    let at = page.windows(end.len()).position(|window| window == end).unwrap_or(0);
    let mut whole = Vec::with_capacity(page.len() + tag.len());
    whole.extend_from_slice(&page[..at]);
    whole.extend_from_slice(tag.as_bytes());
    whole.extend_from_slice(&page[at..]);
    whole.into()
}

/// A path without its percent-encoding (RFC 3986); none if it is not encoded well, or does not hold UTF-8.
pub fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, others @ ..] = rest {
        if *first == b'%' {
            let digits = others.get(..2)?;
            let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
            bytes.push(u8::from_str_radix(text, 16).ok()?);
            rest = &others[2..];
        } else {
            bytes.push(*first);
            rest = others;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_once_or_not_at_all() {
        assert_eq!(decoded("/vragen/v-0001.html").as_deref(), Some("/vragen/v-0001.html"));
        assert_eq!(decoded("/caf%C3%A9").as_deref(), Some("/café"));
        assert_eq!(decoded("/%252e%252e/").as_deref(), Some("/%2e%2e/"));
        for wrong in ["/%", "/%4", "/%zz", "/%ff", "/%+1"] {
            assert_eq!(decoded(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_tag_stands_in_the_head() {
        assert_eq!(&with_tag(b"<head></head><body>", "<script></script>")[..], b"<head><script></script></head><body>");
        assert_eq!(&with_tag(b"<p>", "<script></script>")[..], b"<script></script><p>");
    }
}

//! A published site is compared with what its `build.json` promises, and every link, anchor and redirect in it is followed.
//!
//! Looking and judging are apart: a folder, or a server, is asked what stands at each address; what is wrong with that is a
//! function of the answers.

mod link;
#[cfg(feature = "online")]
pub mod online;
mod page;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

pub use self::link::{Base, Target};
pub use self::page::Page;
use crate::diagnostic::Diagnostic;
use crate::publish::{LIST, PublishError, Published, sha256};

/// Files in which hosts are told where old addresses lead. A host that reads the first need not hand it out.
const REDIRECTS: [&str; 2] = ["_redirects", "hosting/Caddyfile"];

/// What stands at an address.
#[derive(Debug)]
pub struct Seen {
    sha256: String,
    page: Option<Page>,
    /// What one of [`REDIRECTS`] tells: old addresses and where they lead, both as paths from the root of the machine.
    redirects: Vec<(String, String)>,
}

impl Seen {
    /// What matters of a file with these bytes.
    pub fn of(address: &str, bytes: &[u8]) -> Self {
        let redirects = if REDIRECTS.contains(&address) { told(&String::from_utf8_lossy(bytes)) } else { Vec::new() };
        Self { sha256: sha256(bytes), page: Page::read(address, bytes), redirects }
    }
}

/// A site as it was found: what is promised, and what stands there.
#[derive(Debug)]
pub struct Site {
    /// The SHA-256 of every file by its address, as `build.json` has them.
    pub promised: BTreeMap<String, String>,
    /// What stands at those addresses of them where anything does.
    pub seen: BTreeMap<String, Seen>,
    /// Addresses of files that the host need not hand out, and does not.
    pub kept: BTreeSet<String>,
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Files that `build.json` lists.
    pub files: usize,
    /// Links within the site, each counted once per page.
    pub links: usize,
    /// Old addresses that lead on.
    pub redirects: usize,
}

/// Looks at a site in a folder; gives it with what only a folder can have wrong: files that nobody promised.
///
/// # Errors
///
/// When the folder cannot be listed.
pub fn look(published: &Published) -> Result<(Site, Vec<Diagnostic>), PublishError> {
    let read = |address: &String| Some((address.clone(), Seen::of(address, &published.read(address).ok()?)));
    let seen = published.files.par_iter().filter_map(|(address, _)| read(address)).collect();
    let strays = published.listing()?.into_iter().filter(|address| address != LIST && !published.files.contains_key(address));
    let diagnostics = strays.map(|address| Diagnostic::error("verify-extra").with("address", address)).collect();
    Ok((Site { promised: published.files.clone(), seen, kept: BTreeSet::new() }, diagnostics))
}

impl Site {
    /// All that is wrong with it, by address, and how much was looked at.
    pub fn judge(&self) -> (Vec<Diagnostic>, Extent) {
        let mut diagnostics = self.files();
        let base = self.base();
        let (broken, links) = self.links(&base);
        diagnostics.extend(broken);
        let redirects = self.redirects(&base);
        diagnostics.extend(redirects.iter().filter_map(|(old, new)| self.leads_wrongly(old, new, &base)));
        (diagnostics, Extent { files: self.promised.len(), links, redirects: redirects.len() })
    }

    fn files(&self) -> Vec<Diagnostic> {
        let wrong = self.promised.iter().filter_map(|(address, promised)| match self.seen.get(address) {
            None if self.kept.contains(address) => None,
            None => Some(Diagnostic::error("verify-missing").with("address", address)),
            Some(seen) if seen.sha256 != *promised => Some(Diagnostic::error("verify-changed").with("address", address)),
            Some(_) => None,
        });
        wrong.collect()
    }

    /// Where the site says that it stands.
    pub fn base(&self) -> Base {
        let index = self.seen.get("index.html").and_then(|seen| seen.page.as_ref()?.canonical.as_deref());
        index.map_or_else(Base::default, |canonical| Base::of("index.html", canonical))
    }

    /// The file at an address, which may be that of a folder without the slash at its end.
    fn find(&self, address: &str) -> Option<&str> {
        if address == LIST {
            return Some(LIST);
        }
        let folder = format!("{address}/index.html");
        [address, &folder].into_iter().find_map(|address| self.promised.get_key_value(address).map(|(address, _)| address.as_str()))
    }

    /// Links that lead nowhere, each told once with how often it was found, and how many links there are.
    fn links(&self, base: &Base) -> (Vec<Diagnostic>, usize) {
        let mut count = 0;
        let mut broken: BTreeMap<(&'static str, String, String), (&str, &str, usize)> = BTreeMap::new();
        for (address, seen) in &self.seen {
            for link in seen.page.iter().flat_map(|page| &page.links) {
                let Some(target) = base.resolve(address, link) else { continue };
                count += 1;
                if let Some(code) = self.fault(&target) {
                    broken.entry((code, target.address, target.anchor)).or_insert((address, link, 0)).2 += 1;
                }
            }
        }
        let told = broken.into_iter().map(|((code, address, anchor), (page, link, times))| {
            Diagnostic::error(code)
                .with("page", page)
                .with("link", link)
                .with("address", address)
                .with("anchor", anchor)
                .with("count", times)
        });
        (told.collect(), count)
    }

    fn fault(&self, target: &Target) -> Option<&'static str> {
        let Some(found) = self.find(&target.address) else { return Some("verify-link") };
        // A browser knows the top of every page, and looks for text itself.
        if target.anchor.is_empty() || target.anchor == "top" || target.anchor.starts_with(":~:") {
            return None;
        }
        let page = self.seen.get(found)?.page.as_ref()?;
        (found.ends_with(".html") && !page.anchors.contains(&target.anchor)).then_some("verify-anchor")
    }

    /// Old addresses and where hosts are told that they lead, both as paths from the root of the machine.
    pub fn redirects(&self, base: &Base) -> Vec<(String, String)> {
        let told = REDIRECTS.iter().find_map(|address| self.seen.get(*address));
        let mut redirects = told.map(|seen| seen.redirects.clone()).unwrap_or_default();
        // Pages that lead on by themselves, for hosts that are told nothing.
        for (address, seen) in &self.seen {
            let Some(leads_on) = seen.page.as_ref().and_then(|page| page.leads_on.as_deref()) else { continue };
            let known = |(old, _): &(String, String)| self.same(base, old, address);
            if let (false, Some(target)) = (redirects.iter().any(known), base.resolve(address, leads_on)) {
                redirects.push((format!("{}{address}", base.path()), format!("{}{}", base.path(), target.address)));
            }
        }
        redirects
    }

    /// Whether a path leads to the file at an address.
    fn same(&self, base: &Base, path: &str, address: &str) -> bool {
        base.resolve("", path).is_some_and(|target| self.find(&target.address) == Some(address))
    }

    /// What is wrong with an old address: it leads to a page that is not there, or the page at the old address leads elsewhere.
    fn leads_wrongly(&self, old: &str, new: &str, base: &Base) -> Option<Diagnostic> {
        let file_at = |path: &str| self.find(&base.resolve("", path)?.address);
        let target = file_at(new);
        let is_right = target.is_some()
            && file_at(old).filter(|page| self.seen.contains_key(*page)).is_none_or(|page| {
                let leads_on = self.seen.get(page).and_then(|seen| seen.page.as_ref()?.leads_on.as_deref());
                leads_on.and_then(|link| self.find(&base.resolve(page, link)?.address)) == target
            });
        (!is_right).then(|| Diagnostic::error("verify-redirect").with("address", old).with("to", new))
    }
}

/// The redirects in a file for hosts: lines `old new 301`, in one of them behind a word.
fn told(text: &str) -> Vec<(String, String)> {
    let pair = |line: &str| {
        let line = line.trim_start();
        let mut words = line.strip_prefix("redir ").unwrap_or(line).split_whitespace();
        let (old, new, status) = (words.next()?, words.next()?, words.next()?);
        (old.starts_with('/') && status == "301").then(|| (old.to_owned(), new.to_owned()))
    };
    text.lines().filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_tell_the_same_redirects() {
        let pair = [("/old/".to_owned(), "/a/b.html".to_owned())];
        assert_eq!(told("/old/ /a/b.html 301\n"), pair);
        assert_eq!(told("www.a.example {\n\theader @kept path /assets/*\n\tredir /old/ /a/b.html 301\n\tfile_server\n}\n"), pair);
    }
}

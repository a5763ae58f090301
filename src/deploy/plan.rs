//! What must be sent and taken away, and in which order, so that no reader ever meets a page whose files are missing.
//!
//! Pure: from what is wanted, what the ledger says and what the store lists, to waves of addresses. All of one wave may happen
//! at once; no wave begins before the one before it has ended.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::publish;

/// Where the ledger stands among the objects; no output of a site has this address.
pub const LEDGER: &str = ".via-site.json";

/// What an object must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
    /// The type with which hosts answer.
    pub content_type: String,
    /// How long readers may keep it.
    pub cache_control: String,
}

/// An object as it was put, and the name that the store then gave to exactly these bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// What was put.
    #[serde(flatten)]
    pub wanted: Wanted,
    /// The store's entity tag, without quotes.
    pub etag: String,
}

/// What may be ours in the store: every address that was ever put and not taken away, with what stands there as far as that is
/// known. Nothing in it is believed unless the store lists the object with the same tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Who wrote it.
    pub generator: String,
    /// By address.
    pub objects: BTreeMap<String, Option<Placed>>,
}

/// What the store lists: entity tags, without quotes, by address.
pub type Listed = BTreeMap<String, Option<String>>;

/// What to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is sent, one wave after the other.
    pub waves: Vec<(Wave, Vec<String>)>,
    /// What is there already, byte for byte.
    pub kept: usize,
    /// Objects that are neither wanted nor ours; they are left alone.
    pub foreign: Vec<String>,
}

/// A wave of a deployment, in the order in which they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wave {
    /// All that pages load or offer; nobody knows of a new one before a page names it.
    Assets,
    /// Pages that were not there: nobody can come to them before a changed page links to them.
    NewPages,
    /// Pages that were there, and front pages, from which all others are reached.
    Pages,
    /// What names pages to programs: feeds, sitemaps, the search.
    Lists,
    /// `build.json`: from here on the site is whole.
    Whole,
    /// Pages that are no more.
    RemovedPages,
    /// And then what they alone needed.
    Removed,
}

impl Wave {
    /// Whether this wave takes away.
    pub fn removes(self) -> bool {
        self >= Self::RemovedPages
    }
}

/// Something stands in the store that this program did not put there.
#[derive(Debug, PartialEq, Eq)]
pub struct NotOurs {
    /// The first such object.
    pub address: String,
}

/// Says what to do so that the store holds what is wanted and nothing else of ours.
///
/// # Errors
///
/// When there is no ledger, and yet the place is not empty.
pub fn plan(wanted: &BTreeMap<String, Wanted>, ledger: Option<&Ledger>, listed: &Listed) -> Result<Plan, NotOurs> {
    let objects = || listed.keys().filter(|address| *address != LEDGER);
    let empty = Ledger::default();
    let ledger = match (ledger, objects().next()) {
        (Some(ledger), _) => ledger,
        (None, None) => &empty,
        (None, Some(address)) => return Err(NotOurs { address: address.clone() }),
    };
    let mut waves: BTreeMap<Wave, Vec<String>> = BTreeMap::new();
    let mut plan = Plan::default();
    for (address, wanted) in wanted {
        let there = listed.get(address);
        let placed = ledger.objects.get(address).and_then(Option::as_ref);
        let is_right = placed.is_some_and(|placed| placed.wanted == *wanted && there == Some(&Some(placed.etag.clone())));
        if is_right {
            plan.kept += 1;
        } else {
            waves.entry(wave(address, there.is_some())).or_default().push(address.clone());
        }
    }
    for address in objects().filter(|address| !wanted.contains_key(*address)) {
        if ledger.objects.contains_key(address) {
            let wave = if is_page(address) { Wave::RemovedPages } else { Wave::Removed };
            waves.entry(wave).or_default().push(address.clone());
        } else {
            plan.foreign.push(address.clone());
        }
    }
    plan.waves = waves.into_iter().collect();
    Ok(plan)
}

/// The ledger to write before anything else: what was ours, and what will be. So a deployment that is cut off at any moment leaves
/// nothing in the store that a later one takes for somebody else's.
pub fn intent(wanted: &BTreeMap<String, Wanted>, ledger: Option<&Ledger>, listed: &Listed) -> Ledger {
    let known = ledger.map_or(BTreeMap::new(), |ledger| ledger.objects.clone());
    let mut objects: BTreeMap<String, Option<Placed>> = known.into_iter().filter(|(address, _)| listed.contains_key(address)).collect();
    for address in wanted.keys() {
        objects.entry(address.clone()).or_default();
    }
    Ledger { generator: crate::GENERATOR.to_owned(), objects }
}

/// The ledger of a site that was brought here by other means, of which only its `build.json` tells.
pub fn adopted(files: BTreeSet<String>) -> Ledger {
    let addresses = files.into_iter().chain([publish::LIST.to_owned()]);
    Ledger { generator: crate::GENERATOR.to_owned(), objects: addresses.map(|address| (address, None)).collect() }
}

fn wave(address: &str, is_there: bool) -> Wave {
    if address == publish::LIST {
        Wave::Whole
    } else if is_page(address) {
        if is_there || address.ends_with("index.html") { Wave::Pages } else { Wave::NewPages }
    } else if is_there && names_pages(address) {
        Wave::Lists
    } else {
        Wave::Assets
    }
}

fn is_page(address: &str) -> bool {
    address.ends_with(".html")
}

/// Whether programs find the site's pages through this file. The files of a search index stand before its manifest, which names
/// them; where it is new, nobody asks for it before the search page is there.
fn names_pages(address: &str) -> bool {
    let name = address.rsplit('/').next().unwrap_or(address);
    ["agenda.ics", "feed.json", "feed.xml", "manifest.bin", "sitemap.xml"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, &str)]) -> BTreeMap<String, Wanted> {
        let wanted = |hash: &str| Wanted { sha256: hash.to_owned(), content_type: "text/html".to_owned(), cache_control: String::new() };
        files.iter().map(|(address, hash)| ((*address).to_owned(), wanted(hash))).collect()
    }

    /// The store after a deployment of this site: its ledger and what it lists. A tag is the hash with a t in front.
    fn deployed(files: &[(&str, &str)]) -> (Ledger, Listed) {
        let placed = |wanted: Wanted| Some(Placed { etag: format!("t{}", wanted.sha256), wanted });
        let objects = site(files).into_iter().map(|(address, wanted)| (address, placed(wanted))).collect();
        let mut listed: Listed = files.iter().map(|(address, hash)| ((*address).to_owned(), Some(format!("t{hash}")))).collect();
        listed.insert(LEDGER.to_owned(), None);
        (Ledger { generator: String::new(), objects }, listed)
    }

    fn waves(plan: &Plan) -> Vec<(Wave, Vec<&str>)> {
        plan.waves.iter().map(|(wave, addresses)| (*wave, addresses.iter().map(String::as_str).collect())).collect()
    }

    const OLD: [(&str, &str); 7] = [
        ("assets/style.1.css", "1"),
        ("build.json", "1"),
        ("gone.html", "1"),
        ("index.html", "1"),
        ("same.html", "1"),
        ("search/manifest.bin", "1"),
        ("search/t1.bin", "1"),
    ];
    const NEW: [(&str, &str); 7] = [
        ("assets/style.2.css", "2"),
        ("build.json", "2"),
        ("index.html", "2"),
        ("new.html", "2"),
        ("same.html", "1"),
        ("search/manifest.bin", "2"),
        ("search/t2.bin", "2"),
    ];

    #[test]
    fn assets_come_first_then_pages_then_what_names_them_and_deletions_last() {
        let (ledger, listed) = deployed(&OLD);
        let plan = plan(&site(&NEW), Some(&ledger), &listed).unwrap();
        let expected = [
            (Wave::Assets, vec!["assets/style.2.css", "search/t2.bin"]),
            (Wave::NewPages, vec!["new.html"]),
            (Wave::Pages, vec!["index.html"]),
            (Wave::Lists, vec!["search/manifest.bin"]),
            (Wave::Whole, vec!["build.json"]),
            (Wave::RemovedPages, vec!["gone.html"]),
            (Wave::Removed, vec!["assets/style.1.css", "search/t1.bin"]),
        ];
        assert_eq!(waves(&plan), expected);
        assert_eq!((plan.kept, plan.foreign.len()), (1, 0));
    }

    #[test]
    fn the_same_site_again_is_nothing_to_do() {
        let (ledger, listed) = deployed(&OLD);
        assert_eq!(plan(&site(&OLD), Some(&ledger), &listed), Ok(Plan { kept: 7, ..Plan::default() }));
    }

    #[test]
    fn what_the_store_has_otherwise_than_the_ledger_says_is_sent_again() {
        let (ledger, mut listed) = deployed(&OLD);
        listed.insert("index.html".to_owned(), Some("t9".to_owned()));
        listed.insert("same.html".to_owned(), None);
        listed.remove("search/t1.bin");
        let plan = plan(&site(&OLD), Some(&ledger), &listed).unwrap();
        assert_eq!(waves(&plan), [(Wave::Assets, vec!["search/t1.bin"]), (Wave::Pages, vec!["index.html", "same.html"])]);
    }

    #[test]
    fn an_object_of_somebody_else_is_left_alone_and_a_full_place_is_refused() {
        let (ledger, mut listed) = deployed(&OLD);
        listed.insert("thesis.pdf".to_owned(), Some("t".to_owned()));
        let found = plan(&site(&[]), Some(&ledger), &listed).unwrap();
        assert_eq!(found.foreign, ["thesis.pdf"]);
        assert!(found.waves.iter().all(|(wave, addresses)| wave.removes() && !addresses.contains(&"thesis.pdf".to_owned())));
        assert_eq!(plan(&site(&OLD), None, &listed), Err(NotOurs { address: "assets/style.1.css".to_owned() }));
        assert!(plan(&site(&OLD), None, &Listed::new()).is_ok());
    }

    #[test]
    fn what_a_cut_off_deployment_put_is_known_to_the_next_one() {
        let (ledger, mut listed) = deployed(&OLD);
        let intent = intent(&site(&NEW), Some(&ledger), &listed);
        listed.insert("new.html".to_owned(), Some("t2".to_owned()));
        let back = plan(&site(&OLD), Some(&intent), &listed).unwrap();
        assert_eq!(waves(&back), [(Wave::RemovedPages, vec!["new.html"])]);
        assert_eq!(back.kept, 7);
    }
}

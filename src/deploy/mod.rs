//! A published site goes to an object store: assets first, pages next, deletions last; what is there already is left alone.
//!
//! A deployment may be cut off at any moment and begun again: what may be ours is written into a ledger before anything else,
//! and an object counts as sent only if the store lists it with the tag that it had when it was put. So the end is the same
//! however often it was tried, and readers meet whole pages all the while (see [`Wave`]).

mod error;
mod plan;
mod store;

pub use error::DeployError;
pub use plan::{Plan, Wave};
pub use store::{Patience, Place};

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::path::Path as Key;
use object_store::{Attribute, Attributes, ObjectStore, ObjectStoreExt, PutOptions, PutPayload};

use crate::answer::{cache_control, content_type};
use crate::publish::{self, Published};
use plan::{LEDGER, Ledger, Listed, Placed, Wanted};

/// So many objects are on their way at the same time.
const AT_ONCE: usize = 16;

/// A deployment that is ready to go: what will be done is known, and nothing is done yet.
#[derive(Debug)]
pub struct Deployment<'a> {
    site: &'a Published,
    place: &'a Place,
    wanted: BTreeMap<String, Wanted>,
    intent: Ledger,
    /// Whether the ledger in the store says just what stands there already.
    is_told: bool,
    /// What will be done.
    pub plan: Plan,
}

impl<'a> Deployment<'a> {
    /// Reads the whole site and compares it with what the place holds; changes nothing.
    ///
    /// # Errors
    ///
    /// When the site is not as its build left it, when the place holds objects of somebody else and no site of ours, and when the
    /// store cannot be asked.
    pub async fn prepare(site: &'a Published, place: &'a Place) -> Result<Self, DeployError> {
        let wanted = wanted(site)?;
        let listed = list(place).await?;
        let found = ledger(place, &listed).await?;
        let plan = plan::plan(&wanted, found.as_ref(), &listed)
            .map_err(|foreign| DeployError::NotOurs { place: place.name.clone(), address: foreign.address })?;
        let intent = plan::intent(&wanted, found.as_ref(), &listed);
        let is_told = found.is_some_and(|found| found.objects == intent.objects);
        Ok(Self { site, place, wanted, intent, is_told, plan })
    }

    /// Does what is planned, and calls `done` after every object.
    ///
    /// # Errors
    ///
    /// When the store refuses something. What was done until then stays, and readers find whole pages; the next deployment goes on
    /// from there.
    pub async fn run(self, done: impl Fn()) -> Result<(), DeployError> {
        if self.plan.waves.is_empty() && self.is_told {
            return Ok(());
        }
        let mut ledger = self.intent.clone();
        if !self.plan.waves.is_empty() {
            self.write(&ledger).await?;
        }
        for (wave, addresses) in &self.plan.waves {
            let outcome = if wave.removes() { self.remove(addresses, &done).await } else { self.send(addresses, &mut ledger, &done).await };
            if let Err(error) = outcome {
                // So that the next one need not send again what is there; if it fails as well, that is all that is lost.
                let _ = self.write(&ledger).await;
                return Err(error);
            }
        }
        ledger.objects.retain(|address, _| self.wanted.contains_key(address));
        self.write(&ledger).await
    }

    async fn send(&self, addresses: &[String], ledger: &mut Ledger, done: &impl Fn()) -> Result<(), DeployError> {
        let mut sent = stream::iter(addresses).map(|address| self.put(address)).buffer_unordered(AT_ONCE);
        let mut first_error = None;
        while let Some(outcome) = sent.next().await {
            match outcome {
                Ok((address, placed)) => {
                    ledger.objects.insert(address.to_owned(), placed);
                    done();
                }
                Err(error) => {
                    first_error = Some(error);
                    break;
                }
            }
        }
        first_error.map_or(Ok(()), Err)
    }

    async fn put<'b>(&self, address: &'b str) -> Result<(&'b str, Option<Placed>), DeployError> {
        let Some(wanted) = self.wanted.get(address) else { return Ok((address, None)) };
        let bytes = self.site.read(address).unwrap_or_default();
        if publish::sha256(&bytes) != wanted.sha256 {
            return Err(DeployError::SiteChanged { address: address.to_owned() });
        }
        let etag = self.put_bytes(address, bytes, &wanted.content_type, &wanted.cache_control).await?;
        Ok((address, etag.map(|etag| Placed { wanted: wanted.clone(), etag })))
    }

    async fn write(&self, ledger: &Ledger) -> Result<(), DeployError> {
        let bytes = serde_json::to_vec_pretty(ledger).unwrap_or_default();
        self.put_bytes(LEDGER, bytes, "application/json", crate::answer::ASKED_ANEW).await.map(|_| ())
    }

    async fn put_bytes(&self, address: &str, bytes: Vec<u8>, kind: &str, kept: &str) -> Result<Option<String>, DeployError> {
        let mut options = PutOptions::default();
        if self.place.has_attributes {
            options.attributes =
                Attributes::from_iter([(Attribute::ContentType, kind.to_owned()), (Attribute::CacheControl, kept.to_owned())]);
        }
        let failed = |source| self.failed("put", address, source);
        let key = Key::parse(address).map_err(|error| failed(error.into()))?;
        let result = self.place.store.put_opts(&key, PutPayload::from(bytes), options).await.map_err(failed)?;
        Ok(result.e_tag.as_deref().map(unquoted))
    }

    /// Takes objects away; a request that got no answer is sent again, for gone is gone, whoever did it. (The crate does so itself
    /// with requests that it takes to be harmless, and takes many deletions at once for harmful.)
    async fn remove(&self, addresses: &[String], done: &impl Fn()) -> Result<(), DeployError> {
        let mut left: BTreeSet<&String> = addresses.iter().collect();
        for attempt in 0.. {
            let keys: Vec<_> = left.iter().map(|address| Key::parse(address).map_err(object_store::Error::from)).collect();
            let mut removed = self.place.store.delete_stream(stream::iter(keys).boxed());
            let mut failure = None;
            while let Some(outcome) = removed.next().await {
                match outcome {
                    Ok(key) => {
                        left.remove(&key.as_ref().to_owned());
                        done();
                    }
                    Err(object_store::Error::NotFound { .. }) => done(),
                    Err(error) => failure = failure.or(Some(error)),
                }
            }
            match failure {
                None => break,
                Some(error) if attempt < self.place.patience.retries && error::is_unreachable(&error) => {}
                Some(error) => return Err(self.failed("delete", "", error)),
            }
        }
        Ok(())
    }

    fn failed(&self, doing: &'static str, address: &str, source: object_store::Error) -> DeployError {
        DeployError::Store { place: self.place.name.clone(), doing, address: address.to_owned(), source }
    }
}

/// What the store must hold, from the site as it is on the disk at this moment.
fn wanted(site: &Published) -> Result<BTreeMap<String, Wanted>, DeployError> {
    let wanted = |address: &str, sha256: String| {
        let [content_type, cache_control] = [content_type(address), cache_control(address)].map(str::to_owned);
        (address.to_owned(), Wanted { sha256, content_type, cache_control })
    };
    let changed = |address: &str| DeployError::SiteChanged { address: address.to_owned() };
    let mut objects = BTreeMap::new();
    for (address, sha256) in &site.files {
        let bytes = site.read(address).map_err(|_| changed(address))?;
        if publish::sha256(&bytes) != *sha256 {
            return Err(changed(address));
        }
        objects.extend([wanted(address, sha256.clone())]);
    }
    let list = site.read(publish::LIST).map_err(|_| changed(publish::LIST))?;
    objects.extend([wanted(publish::LIST, publish::sha256(&list))]);
    Ok(objects)
}

async fn list(place: &Place) -> Result<Listed, DeployError> {
    let objects: Result<Listed, _> = place
        .store
        .list(None)
        .map_ok(|object| (object.location.as_ref().to_owned(), object.e_tag.as_deref().map(unquoted)))
        .try_collect()
        .await;
    objects.map_err(|source| DeployError::Store { place: place.name.clone(), doing: "list", address: String::new(), source })
}

/// The ledger in the store; that of a site which somebody brought there by other means is made from its `build.json`.
async fn ledger(place: &Place, listed: &Listed) -> Result<Option<Ledger>, DeployError> {
    let get = async |address: &'static str| {
        if !listed.contains_key(address) {
            return Ok(None);
        }
        let failed = |source| DeployError::Store { place: place.name.clone(), doing: "read", address: address.to_owned(), source };
        let found = place.store.get(&Key::from(address)).await.map_err(failed)?;
        found.bytes().await.map(Some).map_err(failed)
    };
    if let Some(bytes) = get(LEDGER).await?
        && let Ok(ledger) = serde_json::from_slice(&bytes)
    {
        return Ok(Some(ledger));
    }
    let list = get(publish::LIST).await?.and_then(|bytes| publish::read_list(&bytes));
    Ok(list.map(|files| plan::adopted(files.into_keys().collect())))
}

/// An entity tag as all stores would write it: some put it in quotes in a header and not in a list.
fn unquoted(etag: &str) -> String {
    etag.trim_matches('"').to_owned()
}

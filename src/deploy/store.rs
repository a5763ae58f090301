//! The address of a place for sites becomes a store: S3 and its like, Azure, Google, or a folder.
#![allow(clippy::disallowed_methods, reason = "a folder must be there before the store can be asked; keys come from the environment")]

use std::path::Path;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientConfigKey, DynObjectStore, RetryConfig};

use super::DeployError;

/// A place that holds, or will hold, a site.
#[derive(Debug)]
pub struct Place {
    /// As it was given.
    pub name: String,
    pub(super) store: Box<DynObjectStore>,
    /// Whether its objects have types and may be kept for some time; files have neither.
    pub(super) has_attributes: bool,
    pub(super) patience: Patience,
}

/// How long a store is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How often a request is tried again.
    pub retries: usize,
    /// How long one may take.
    pub timeout: Duration,
}

impl Place {
    /// Finds the store at `s3://bucket/path`, `az://container/path`, `gs://bucket/path`, `file:///folder`, or in a folder.
    ///
    /// Keys and endpoints come from the environment, by the names that each provider's own tools use.
    ///
    /// # Errors
    ///
    /// When the address is none of these, or a setting is missing or cannot be understood.
    pub fn open(target: &str, patience: Patience) -> Result<Self, DeployError> {
        // Fails only if there is a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let wrong = |reason: String| DeployError::Target { target: target.to_owned(), reason };
        let Some((scheme, rest)) = target.split_once("://") else { return Self::folder(target, Path::new(target), patience) };
        if scheme == "file" {
            return Self::folder(target, Path::new(rest), patience);
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() || bucket.contains(['?', '#', ' ']) {
            return Err(wrong("no bucket".to_owned()));
        }
        let prefix = Key::parse(prefix.trim_end_matches('/')).map_err(|error| wrong(error.to_string()))?;
        let timeout = format!("{} seconds", patience.timeout.as_secs().max(1));
        let retry = RetryConfig {
            backoff: BackoffConfig { max_backoff: Duration::from_secs(5), ..BackoffConfig::default() },
            max_retries: patience.retries,
            ..RetryConfig::default()
        };
        let unset = |error: object_store::Error| DeployError::Settings { target: target.to_owned(), reason: error.to_string() };
        let boxed: Box<DynObjectStore> = match scheme {
            "s3" => {
                let builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry);
                let builder = builder.with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), timeout);
                Box::new(PrefixStore::new(builder.build().map_err(unset)?, prefix))
            }
            "az" => {
                let builder = MicrosoftAzureBuilder::from_env().with_container_name(bucket).with_retry(retry);
                let builder = builder.with_config(AzureConfigKey::Client(ClientConfigKey::Timeout), timeout);
                Box::new(PrefixStore::new(builder.build().map_err(unset)?, prefix))
            }
            "gs" => {
                let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket).with_retry(retry);
                let builder = builder.with_config(GoogleConfigKey::Client(ClientConfigKey::Timeout), timeout);
                Box::new(PrefixStore::new(builder.build().map_err(unset)?, prefix))
            }
            other => return Err(wrong(format!("{other}://"))),
        };
        Ok(Self { name: target.to_owned(), store: boxed, has_attributes: true, patience })
    }

    fn folder(target: &str, folder: &Path, patience: Patience) -> Result<Self, DeployError> {
        let wrong = |reason: String| DeployError::Target { target: target.to_owned(), reason };
        std::fs::create_dir_all(folder).map_err(|error| wrong(error.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| wrong(error.to_string()))?;
        let store = store.with_automatic_cleanup(true);
        Ok(Self { name: target.to_owned(), store: Box::new(store), has_attributes: false, patience })
    }
}

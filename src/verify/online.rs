//! A site as a server gives it: status, bytes, type and headers of every file, where old addresses lead, and what is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Client, Response, StatusCode, Url, redirect};

use super::{Seen, Site};
use crate::answer::{content_type, media_type};
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::promised_headers;
use crate::publish::{LIST, read_list};

/// How many files are asked for at a time: enough to keep a line busy, few enough not to be taken for an attack.
const AT_ONCE: usize = 8;

/// How often a request is made that a server has no time for.
const TRIES: u32 = 3;

/// How often one answer may lead on to another.
const HOPS: usize = 5;

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Files that hosts read and need not hand out.
const FOR_HOSTS: [&str; 2] = ["_headers", "_redirects"];

/// A server that is asked.
struct Server {
    client: Client,
    /// The address of the site, with a slash at its end.
    base: Url,
    /// As it was given.
    place: String,
}

/// An answer, after the server led on as often as it wanted to.
struct Answer {
    url: Url,
    status: StatusCode,
    response: Response,
}

/// What one file came to.
struct Looked {
    address: String,
    seen: Option<Seen>,
    /// Whether the server led on to another page.
    is_led: bool,
    wrong: Vec<Diagnostic>,
    /// Headers that are not as promised: name, what was promised, what came.
    headers: Vec<(&'static str, &'static str, String)>,
}

/// Asks a server for all that the `build.json` of a site lists; gives the site with what only a server can have wrong.
///
/// # Errors
///
/// When there is no such site, and when the server does not answer.
pub fn look(place: &str) -> Result<(Site, Vec<Diagnostic>), Diagnostic> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| no_answer(place, "", &error))?;
    runtime.block_on(async { Server::new(place)?.look().await })
}

impl Server {
    fn new(place: &str) -> Result<Self, Diagnostic> {
        // Fails only if there is a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut base = Url::parse(place).map_err(|error| no_answer(place, "", &error))?;
        base.set_query(None);
        base.set_fragment(None);
        let path = base.path().trim_end_matches("index.html").to_owned();
        base.set_path(&if path.ends_with('/') { path } else { path + "/" });
        let client = Client::builder().redirect(redirect::Policy::none()).timeout(PATIENCE).user_agent(crate::GENERATOR);
        let client = client.build().map_err(|error| no_answer(place, "", &error))?;
        Ok(Self { client, base, place: place.to_owned() })
    }

    async fn look(&self) -> Result<(Site, Vec<Diagnostic>), Diagnostic> {
        let no_site = || Diagnostic::error("verify-no-site").with("place", &self.place);
        let list = self.get(self.url(LIST)).await.map_err(|error| self.no_answer(LIST, &error))?;
        if list.status != StatusCode::OK {
            return Err(no_site());
        }
        let list = list.response.bytes().await.map_err(|error| self.no_answer(LIST, &error))?;
        let promised = read_list(&list).ok_or_else(no_site)?;
        let mut looked: Vec<Result<Looked, Diagnostic>> =
            stream::iter(promised.keys()).map(|address| self.look_at(address)).buffer_unordered(AT_ONCE).collect().await;
        looked.sort_by(|a, b| a.as_ref().ok().map(|looked| &looked.address).cmp(&b.as_ref().ok().map(|looked| &looked.address)));
        let (mut seen, mut diagnostics) = (BTreeMap::new(), Vec::new());
        let mut headers: BTreeMap<(&str, &str, String), (String, usize)> = BTreeMap::new();
        let (mut absent, mut led) = (BTreeSet::new(), BTreeSet::new());
        for looked in looked {
            let looked = looked?;
            if looked.is_led {
                led.insert(looked.address.clone());
            }
            diagnostics.extend(looked.wrong);
            for header in looked.headers {
                headers.entry(header).or_insert((looked.address.clone(), 0)).1 += 1;
            }
            match looked.seen {
                Some(found) => drop(seen.insert(looked.address, found)),
                None => drop(absent.insert(looked.address)),
            }
        }
        diagnostics.extend(headers.into_iter().map(|((name, expected, found), (address, count))| {
            let severity =
                if ["Cache-Control", "Access-Control-Allow-Origin"].contains(&name) { Severity::Warning } else { Severity::Error };
            let found = if found.is_empty() { "-".to_owned() } else { found };
            let told = Diagnostic::error("verify-header").with("address", address).with("name", name).with("expected", expected);
            Diagnostic { severity, ..told.with("found", found).with("count", count) }
        }));
        let kept = absent.into_iter().filter(|address| FOR_HOSTS.contains(&address.as_str())).collect();
        let mut site = Site { promised, seen, kept };
        // Where a host leads on from an old address, its page is not asked for; whether that leads rightly is looked at next.
        let base = site.base();
        for (old, _) in site.redirects(&base) {
            let page = base.resolve("", &old).and_then(|target| site.find(&target.address).map(str::to_owned));
            if let Some(page) = page.filter(|page| led.contains(page)) {
                site.seen.remove(&page);
                site.kept.insert(page);
            }
        }
        diagnostics.extend(self.redirects(&site).await?);
        diagnostics.extend(self.nothing(&site).await?);
        Ok((site, diagnostics))
    }

    /// Asks for one file.
    async fn look_at(&self, address: &str) -> Result<Looked, Diagnostic> {
        let failed = |error: &reqwest::Error| self.no_answer(address, error);
        let answer = self.get(self.url(address)).await.map_err(|error| failed(&error))?;
        let is_led = plain(&answer.url) != plain(&self.url(address));
        let mut looked = Looked { address: address.to_owned(), seen: None, is_led, wrong: Vec::new(), headers: Vec::new() };
        if answer.status != StatusCode::OK {
            // That it is not there is said of every site alike.
            if ![StatusCode::NOT_FOUND, StatusCode::GONE].contains(&answer.status) && !FOR_HOSTS.contains(&address) {
                looked.wrong.push(Diagnostic::error("verify-status").with("address", address).with("status", answer.status.as_u16()));
            }
            return Ok(looked);
        }
        if is_led {
            // Another page came, whose type, headers and links are looked at where it stands.
            let bytes = answer.response.bytes().await.map_err(|error| failed(&error))?;
            looked.seen = Some(Seen::of("", &bytes));
            return Ok(looked);
        }
        let header = |name: &str| {
            let values = answer.response.headers().get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
            values.collect::<Vec<_>>().join(", ")
        };
        if !FOR_HOSTS.contains(&address) {
            looked.wrong.extend(wrong_type(address, &header(CONTENT_TYPE.as_str())));
        }
        let promised = promised_headers(address, self.base.scheme() == "https");
        looked.headers.extend(promised.into_iter().filter_map(|(name, expected)| {
            let found = header(name);
            (!is_as_promised(&found, expected)).then_some((name, expected, found))
        }));
        let bytes = answer.response.bytes().await.map_err(|error| failed(&error))?;
        looked.seen = Some(Seen::of(address, &bytes));
        Ok(looked)
    }

    /// Goes to every old address and looks where it leads.
    async fn redirects(&self, site: &Site) -> Result<Vec<Diagnostic>, Diagnostic> {
        let base = site.base();
        let mut wrong = Vec::new();
        for (old, new) in site.redirects(&base) {
            let [from, to] = [&old, &new].map(|path| base.resolve("", path).map(|target| target.address));
            let (Some(from), Some(to)) = (from, to) else { continue };
            // The last name of the old address, as it was typed: the page of a folder answers at both.
            let from = if old.ends_with("/index.html") { from } else { from.trim_end_matches("index.html").to_owned() };
            let answer = self.get(self.url(&from)).await.map_err(|error| self.no_answer(&from, &error))?;
            let (mut url, mut status) = (answer.url, answer.status);
            if status == StatusCode::OK {
                let bytes = answer.response.bytes().await.map_err(|error| self.no_answer(&from, &error))?;
                let leads_on = super::Page::read("x.html", &bytes).and_then(|page| page.leads_on);
                if let Some(next) = leads_on.and_then(|link| url.join(&link).ok()) {
                    let last = self.get(next).await.map_err(|error| self.no_answer(&from, &error))?;
                    (url, status) = (last.url, last.status);
                }
            }
            let target = self.url(&to);
            if status != StatusCode::OK || plain(&url) != plain(&target) {
                wrong.push(Diagnostic::error("verify-redirect").with("address", &old).with("to", &new));
            }
        }
        Ok(wrong)
    }

    /// Asks for what is not there.
    async fn nothing(&self, site: &Site) -> Result<Vec<Diagnostic>, Diagnostic> {
        let address = "via-site-verify-nothing.html";
        if site.promised.contains_key(address) {
            return Ok(Vec::new());
        }
        let answer = self.get(self.url(address)).await.map_err(|error| self.no_answer(address, &error))?;
        let is_said = [StatusCode::NOT_FOUND, StatusCode::GONE].contains(&answer.status);
        let told = Diagnostic::error("verify-not-found").with("address", address).with("status", answer.status.as_u16());
        Ok(if is_said { Vec::new() } else { vec![told] })
    }

    fn url(&self, address: &str) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().extend(address.split('/'));
        }
        url
    }

    /// Asks, and goes where the answer leads within the same server.
    async fn get(&self, url: Url) -> Result<Answer, reqwest::Error> {
        let (mut url, mut hops) = (url, 0);
        loop {
            let response = self.ask(&url).await?;
            let status = response.status();
            let next = response.headers().get(LOCATION).and_then(|value| url.join(value.to_str().ok()?).ok());
            match next.filter(|next| status.is_redirection() && hops < HOPS && next.origin() == self.base.origin()) {
                Some(next) => (url, hops) = (next, hops + 1),
                None => return Ok(Answer { url, status, response }),
            }
        }
    }

    /// Asks once, and again if the server has no time.
    async fn ask(&self, url: &Url) -> Result<Response, reqwest::Error> {
        let mut tries = 1;
        loop {
            let answer = self.client.get(url.clone()).send().await;
            let again = answer.as_ref().map_or_else(reqwest::Error::is_timeout, |answer| {
                answer.status().is_server_error() || answer.status() == StatusCode::TOO_MANY_REQUESTS
            });
            if !again || tries == TRIES {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(250) * 4_u32.pow(tries - 1)).await;
            tries += 1;
        }
    }

    fn no_answer(&self, address: &str, error: &dyn Error) -> Diagnostic {
        no_answer(&self.place, address, error)
    }
}

fn no_answer(place: &str, address: &str, error: &dyn Error) -> Diagnostic {
    // The innermost says what happened; those around it say only to what.
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    Diagnostic::error("verify-unreachable").with("place", place).with("address", address).with("reason", cause)
}

/// A path that is the same for the page of a folder, with or without its name.
fn plain(url: &Url) -> String {
    let path = url.path();
    let path = path.strip_suffix("index.html").unwrap_or(path);
    path.strip_suffix(".html").unwrap_or(path).trim_end_matches('/').to_owned()
}

/// What is wrong with the type of a file: an error where browsers refuse what has a wrong one, else a warning.
fn wrong_type(address: &str, found: &str) -> Option<Diagnostic> {
    let essence = |kind: &str| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let expected = content_type(address);
    let allowed = [expected, media_type(address), alias(expected)].map(essence);
    if allowed.contains(&essence(found)) {
        return None;
    }
    let is_refused = ["text/html", "text/css", "text/javascript"].contains(&essence(expected).as_str());
    let severity = if is_refused { Severity::Error } else { Severity::Warning };
    let found = if found.is_empty() { "-" } else { found };
    let told = Diagnostic::error("verify-type").with("address", address).with("found", found).with("expected", expected);
    Some(Diagnostic { severity, ..told })
}

/// The older name of a type, which means the same.
fn alias(kind: &'static str) -> &'static str {
    match kind.split(';').next().unwrap_or_default() {
        "text/javascript" => "application/javascript",
        "application/xml" => "text/xml",
        "image/vnd.microsoft.icon" => "image/x-icon",
        _ => kind,
    }
}

/// Spaces and the order of what commas part are the host's own; a server may say more than was promised only of transport.
fn is_as_promised(found: &str, expected: &str) -> bool {
    let parts = |value: &str| {
        let mut parts: Vec<String> = value.split([',', ';']).map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        parts.sort();
        parts
    };
    parts(found) == parts(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_headers_are_compared_by_what_they_mean() {
        assert_eq!(wrong_type("a.html", "text/html"), None);
        assert_eq!(wrong_type("a.js", "application/javascript; charset=utf-8"), None);
        assert_eq!(wrong_type("feed.xml", "application/xml"), None, "a host that knows only endings");
        assert_eq!(wrong_type("a.css", "text/plain").map(|told| told.severity), Some(Severity::Error));
        assert_eq!(wrong_type("a.csv", "").map(|told| told.severity), Some(Severity::Warning));
        assert!(is_as_promised("max-age=31536000,public,  immutable", "public, max-age=31536000, immutable"));
        assert!(!is_as_promised("", "nosniff") && !is_as_promised("no-cache", "public, max-age=31536000, immutable"));
    }
}

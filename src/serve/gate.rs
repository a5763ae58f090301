//! Who may ask: the preview answers its own pages on its own addresses, and nobody else.
//!
//! A page of another site can make a browser send requests to this machine. It cannot choose the `Host` header, so a name
//! that was made to point here (DNS rebinding) is refused; it cannot hide its origin from a request that writes; and it
//! does not know the token that stands in our pages only. (Fetch standard, and Fetch Metadata Request Headers.)

use std::net::IpAddr;

use hyper::header::{COOKIE, HOST, HeaderMap, ORIGIN};
use hyper::{Method, Uri};

/// The header in which our own script sends the token.
pub const TOKEN_HEADER: &str = "x-via-token";

/// The name under which the key of the address is kept and asked for.
pub const KEY_NAME: &str = "via-key";

/// What the preview knows of itself, to tell its own pages from others.
#[derive(Debug, Clone)]
pub struct Gate {
    port: u16,
    /// Names of this machine that a request may use, in lower case.
    names: Vec<String>,
    /// Whether any number of a machine will do: a name that was made to point here is never a number.
    numbers: bool,
    key: Option<String>,
    token: String,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is for another host.
    Host,
    /// It comes from another page.
    Origin,
    /// It does not have the key of the address.
    Key,
    /// It does not have the token of our pages.
    Token,
}

impl Gate {
    /// For a server on this port. `host` is where it listens beside this machine itself; its visitors then need `key`.
    pub fn new(port: u16, host: Option<&str>, key: Option<String>, token: String) -> Self {
        let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned()];
        let numbers = host.and_then(|host| host.parse::<IpAddr>().ok()).is_some_and(|number| number.is_unspecified());
        names.extend(host.map(|host| if host.contains(':') { format!("[{host}]") } else { host.to_ascii_lowercase() }));
        Self { port, names, numbers, key, token }
    }

    /// The token of our pages.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The key of the address, if visitors need one.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Whether a request may be answered at all.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn admit(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let mut hosts = headers.get_all(HOST).iter();
        let host = match (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) {
            (Some(host), None) if self.is_ours(host) => host,
            _ => return Err(Refusal::Host),
        };
        if uri.authority().is_some_and(|authority| !self.is_ours(authority.as_str())) {
            return Err(Refusal::Host);
        }
        let origins: Vec<_> = headers.get_all(ORIGIN).iter().collect();
        let own = format!("http://{host}");
        let reads = matches!(*method, Method::GET | Method::HEAD);
        if origins.iter().any(|origin| *origin != own.as_str()) || (!reads && origins.len() != 1) {
            return Err(Refusal::Origin);
        }
        let told = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let from_elsewhere = matches!(told("sec-fetch-site"), Some("cross-site" | "same-site"));
        if from_elsewhere && !(reads && told("sec-fetch-mode") == Some("navigate") && told("sec-fetch-dest") == Some("document")) {
            return Err(Refusal::Origin);
        }
        match &self.key {
            Some(key) if !cookie(headers).is_some_and(|given| same(given, key)) => Err(Refusal::Key),
            _ => Ok(()),
        }
    }

    /// Whether this is the key of the address.
    pub fn opens(&self, given: &str) -> bool {
        self.key.as_ref().is_some_and(|key| same(given, key))
    }

    /// Whether a request that writes comes from a page of ours.
    ///
    /// # Errors
    ///
    /// If it does not have the token.
    pub fn trust(&self, given: Option<&str>) -> Result<(), Refusal> {
        if given.is_some_and(|given| same(given, &self.token)) { Ok(()) } else { Err(Refusal::Token) }
    }

    fn is_ours(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.contains(']') => (name, port.parse::<u16>().ok()),
            _ => (host.as_str(), Some(80)),
        };
        let is_number = || name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
        port == Some(self.port) && (self.names.iter().any(|own| own == name) || (self.numbers && is_number()))
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|part| part.trim().strip_prefix(KEY_NAME)?.strip_prefix('='))
}

/// Compares in a time that does not tell how much of it was right.
fn same(given: &str, wanted: &str) -> bool {
    blake3::hash(given.as_bytes()) == blake3::hash(wanted.as_bytes())
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    fn ask(gate: &Gate, method: &Method, headers: &[(&'static str, &'static str)]) -> Result<(), Refusal> {
        let headers: HeaderMap =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
        gate.admit(method, &Uri::from_static("/"), &headers)
    }

    #[test]
    fn only_names_of_this_machine_are_answered() {
        let gate = Gate::new(8420, None, None, "token".to_owned());
        for host in ["localhost:8420", "127.0.0.1:8420", "[::1]:8420", "LOCALHOST:8420"] {
            assert_eq!(ask(&gate, &Method::GET, &[("host", host)]), Ok(()), "{host}");
        }
        for host in
            ["evil.example", "evil.example:8420", "localhost", "localhost:8421", "127.0.0.1.evil.example:8420", "192.168.1.2:8420", ""]
        {
            assert_eq!(ask(&gate, &Method::GET, &[("host", host)]), Err(Refusal::Host), "{host}");
        }
        assert_eq!(ask(&gate, &Method::GET, &[]), Err(Refusal::Host));
        assert_eq!(ask(&gate, &Method::GET, &[("host", "localhost:8420"), ("host", "evil.example")]), Err(Refusal::Host));
    }

    #[test]
    fn what_writes_comes_from_our_own_pages() {
        let gate = Gate::new(8420, None, None, "token".to_owned());
        let post = |headers: &[(&'static str, &'static str)]| ask(&gate, &Method::POST, headers);
        assert_eq!(post(&[("host", "localhost:8420"), ("origin", "http://localhost:8420")]), Ok(()));
        for origin in ["https://evil.example", "null", "http://localhost:8421", "http://127.0.0.1:8420", "https://localhost:8420"] {
            assert_eq!(post(&[("host", "localhost:8420"), ("origin", origin)]), Err(Refusal::Origin), "{origin}");
        }
        assert_eq!(post(&[("host", "localhost:8420")]), Err(Refusal::Origin));
        assert_eq!(gate.trust(Some("token")), Ok(()));
        assert_eq!(gate.trust(Some("tokem")), Err(Refusal::Token));
        assert_eq!(gate.trust(None), Err(Refusal::Token));
    }

    #[test]
    fn another_site_may_link_here_but_not_show_what_is_here() {
        let gate = Gate::new(8420, None, None, "token".to_owned());
        let from_elsewhere = |mode, dest| {
            ask(
                &gate,
                &Method::GET,
                &[("host", "localhost:8420"), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest)],
            )
        };
        assert_eq!(from_elsewhere("navigate", "document"), Ok(()));
        assert_eq!(from_elsewhere("navigate", "iframe"), Err(Refusal::Origin));
        assert_eq!(from_elsewhere("no-cors", "script"), Err(Refusal::Origin));
    }

    #[test]
    fn other_machines_need_the_key_of_the_address() {
        let gate = Gate::new(8420, Some("0.0.0.0"), Some("secret".to_owned()), "token".to_owned());
        assert_eq!(ask(&gate, &Method::GET, &[("host", "192.168.1.2:8420")]), Err(Refusal::Key));
        assert_eq!(ask(&gate, &Method::GET, &[("host", "192.168.1.2:8420"), ("cookie", "a=b; via-key=secret")]), Ok(()));
        assert_eq!(ask(&gate, &Method::GET, &[("host", "evil.example:8420"), ("cookie", "via-key=secret")]), Err(Refusal::Host));
        assert!(gate.opens("secret") && !gate.opens(""));
    }
}

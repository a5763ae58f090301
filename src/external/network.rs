//! Which machines may be asked: those that every reader of the site can reach.
//!
//! Links come from content, and whoever checks them often stands inside a network that their writer cannot see into. So an
//! address that leads to this machine or into a private network is not asked, whatever name it hides behind: names are judged by
//! what they resolve to, at the moment of connecting, and so is every step of a redirect.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Why a name leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoWay {
    /// There is no such name.
    #[error("there is no server of this name")]
    Unknown,
    /// It leads into a private network only.
    #[error("this name leads into a private network")]
    Private,
}

/// Finds the machines of a name, and leaves out those that may not be asked.
#[derive(Debug, Clone)]
pub struct Resolver {
    /// Whether private networks may be asked too.
    pub allow_private: bool,
    /// Names that somebody who may has named: the proxies of this machine.
    pub trusted: Vec<String>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let all = self.allow_private || self.trusted.iter().any(|trusted| trusted == name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found: Vec<SocketAddr> = match found {
                Ok(found) => found.collect(),
                Err(error) if is_unknown(&error) => return Err(NoWay::Unknown.into()),
                Err(error) => return Err(error.into()),
            };
            if found.is_empty() {
                return Err(NoWay::Unknown.into());
            }
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|address| all || is_public(address.ip())).collect();
            if allowed.is_empty() {
                return Err(NoWay::Private.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether the name does not exist, rather than could not be looked up now. The standard library tells it in its text only, which
/// is that of `EAI_AGAIN` for what may be otherwise in a moment.
fn is_unknown(error: &std::io::Error) -> bool {
    let text = error.to_string();
    text.contains("failed to lookup address") && !text.contains("Temporary failure")
}

/// Whether an address is one that everybody can reach (the registries of special addresses, RFC 6890).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_for_tests = (first == 198 && (second & 0xfe) == 18) || (first == 192 && second == 0 && third == 0);
    !(first == 0
        || first >= 240
        || is_shared
        || is_for_tests
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // Other ways to write an address of version 4: mapped, translated (NAT64), 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => inner(high, low),
        // Teredo, benchmarks, ORCHID; documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        // All that is given out to be reached lies in 2000::/3.
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_every_reader_can_reach_is_public() {
        for public in ["145.222.118.1", "9.9.9.9", "2a02:4780:1::1", "2001:4860:4860::8888", "::ffff:145.222.118.1", "64:ff9b::9.9.9.9"] {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
        let private = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.0.9",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "ff02::1",
        ];
        for private in private {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
    }
}

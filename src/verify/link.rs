//! A link becomes the address of a file of the site, as a browser would read it from the page that it stands on.

use percent_encoding::percent_decode_str;

/// Where the site says that it stands, by which links with a whole address are known as its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Base {
    /// With a slash at its end; empty if it is not known.
    url: String,
}

/// A place within the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// From the root of the site; that of a folder is its first page's.
    pub address: String,
    /// The name of a place in the page; empty for its beginning.
    pub anchor: String,
}

impl Base {
    /// From what the page at `address` says that its own whole address is.
    pub fn of(address: &str, canonical: &str) -> Self {
        Self { url: canonical.strip_suffix(address).filter(|url| url.ends_with('/')).unwrap_or_default().to_owned() }
    }

    /// The path below which the site lies, with slashes at both ends.
    pub fn path(&self) -> &str {
        let behind_scheme = self.url.split_once("://").map_or("", |(_, rest)| rest);
        behind_scheme.find('/').map_or("/", |start| &behind_scheme[start..])
    }

    /// Where a link on the page at `from` leads; nothing if it leads out of the site.
    pub fn resolve(&self, from: &str, link: &str) -> Option<Target> {
        let link = link.trim_matches(|letter: char| letter.is_ascii_whitespace());
        let (link, anchor) = link.split_once('#').unwrap_or((link, ""));
        let path = link.split('?').next().unwrap_or_default();
        let anchor = percent_decode_str(anchor).decode_utf8_lossy().into_owned();
        if path.is_empty() {
            return Some(Target { address: from.to_owned(), anchor });
        }
        let (folder, path) = if !self.url.is_empty() && (path.starts_with(&self.url) || format!("{path}/") == self.url) {
            ("", path.get(self.url.len()..).unwrap_or_default())
        } else if has_scheme(path) || path.starts_with("//") {
            return None;
        } else if path.starts_with('/') {
            ("", path.strip_prefix(self.path())?)
        } else {
            (from.rsplit_once('/').map_or("", |(folder, _)| folder), path)
        };
        let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                // One step too many stays in the address, where no file is.
                ".." if parts.last().is_some_and(|part| *part != "..") => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        let is_folder = path.is_empty() || path.ends_with('/') || path.ends_with("/.") || path.ends_with("..") || path == ".";
        if is_folder {
            parts.push("index.html");
        }
        let address = percent_decode_str(&parts.join("/")).decode_utf8_lossy().into_owned();
        Some(Target { address, anchor })
    }
}

/// Whether a link starts with the name of a scheme (RFC 3986).
fn has_scheme(link: &str) -> bool {
    link.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_where_a_browser_would_go() {
        let base = Base::of("index.html", "https://a.example/agenda/index.html");
        assert_eq!(base.path(), "/agenda/");
        let lead = |link: &str| base.resolve("vragen/v-1.html", link).map(|target| (target.address, target.anchor));
        let to = |address: &str, anchor: &str| Some((address.to_owned(), anchor.to_owned()));
        assert_eq!(lead("v-2.html"), to("vragen/v-2.html", ""));
        assert_eq!(lead("../index.html?x=1#a%20b"), to("index.html", "a b"));
        assert_eq!(lead("#b"), to("vragen/v-1.html", "b"));
        assert_eq!(lead(".."), to("index.html", ""));
        assert_eq!(lead("./"), to("vragen/index.html", ""));
        assert_eq!(lead("../%C3%A9%C3%A9n.html"), to("één.html", ""));
        assert_eq!(lead("/agenda/data/"), to("data/index.html", ""));
        assert_eq!(lead("https://a.example/agenda/en/"), to("en/index.html", ""));
        assert_eq!(lead("https://a.example/agenda"), to("index.html", ""));
        assert_eq!(lead("../../x.html"), to("../x.html", ""), "there is no such file");
        for outside in
            ["https://b.example/", "//b.example/x", "mailto:a@b.example", "/other/", "data:image/png;base64,x", "https://a.example/"]
        {
            assert_eq!(lead(outside), None, "{outside}");
        }
    }

    #[test]
    fn a_site_that_does_not_say_where_it_stands_has_no_whole_addresses_of_its_own() {
        let base = Base::default();
        assert_eq!(base.resolve("a.html", "https://a.example/"), None);
        assert_eq!(base.resolve("a.html", "/b.html").unwrap().address, "b.html");
    }
}

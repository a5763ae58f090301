//! What a host must be told: the headers of every answer and where old addresses lead, in the words of common servers.
//!
//! `_headers` and `_redirects` are read by Netlify, Cloudflare and those that follow them; the files below `hosting/` are for
//! one's own server and say at their top how to use them. All tell the same: pages are asked for anew each time (an unchanged
//! one costs a header), files with a hash in their name are kept for a year, and other sites may read data, feeds and
//! calendars, but nothing else.

use super::feed::host;
use super::{File, Planner};
use crate::answer::{FOREVER, OPEN, cache_control};
use crate::document::value::Value;
use crate::schema::Role;

/// What a page of the site may load: nothing but the site's own files, and nothing inline (Content Security Policy, level 3).
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Headers of every answer. A page that another site reads with CORS is not subject to `Cross-Origin-Resource-Policy`, so data
/// and feeds need no exception from it.
pub const HEADERS: [(&str, &str); 6] = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
];

/// For a site that is served over TLS: browsers come back over TLS for a year.
const STRICT_TRANSPORT: (&str, &str) = ("Strict-Transport-Security", "max-age=31536000");

/// The headers that the files for hosts promise for an address, if the site is served over TLS or not. How long what may change is
/// kept is left to the host, which knows how it is told of changes.
pub fn promised_headers(address: &str, secure: bool) -> Vec<(&'static str, &'static str)> {
    let is_open = address.starts_with("data/") || OPEN.iter().any(|(ending, _)| address.ends_with(ending));
    let open = is_open.then_some(("Access-Control-Allow-Origin", "*"));
    let kept = (cache_control(address) == FOREVER).then_some(("Cache-Control", FOREVER));
    HEADERS.into_iter().chain(secure.then_some(STRICT_TRANSPORT)).chain(open).chain(kept).collect()
}

/// What the files are filled in with.
struct Host {
    /// Whether the site is served over TLS.
    secure: bool,
    /// Name of the machine.
    name: String,
    /// The path below which the site lies, with slashes at both ends, as it may stand in any of the files.
    base: String,
    /// Old paths and the paths to which they lead, both from the root of the machine.
    redirects: Vec<(String, String)>,
}

impl Planner {
    /// Old addresses as editors typed them, with a slash in front, and the addresses of the pages that they now lead to.
    pub(super) fn old_addresses(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for (index, entity) in self.graph.present() {
            for document in &entity.documents {
                let aliases = document.role(&self.schema, Role::Aliases).map_or(&[][..], Value::items);
                for alias in aliases.iter().filter_map(Value::as_text).filter(|alias| alias.starts_with('/')) {
                    pairs.push((alias.to_owned(), self.addresses.at(&self.graph, index, &document.language)));
                }
            }
        }
        pairs.sort();
        pairs
    }

    /// The files for hosts. `redirects` are pairs as [`Self::old_addresses`] gives them; one with characters that servers read
    /// as more than a character is left to the page that leads on.
    pub(super) fn host_files(&self, redirects: &[(String, String)]) -> Vec<File> {
        let base = encoded(self.config.base_path());
        let usable = redirects.iter().filter(|(old, _)| old.chars().all(|letter| letter.is_alphanumeric() || "/-_.~".contains(letter)));
        let host = Host {
            secure: self.config.base_url.starts_with("https://"),
            name: host(&self.config.base_url),
            redirects: usable.map(|(old, new)| (format!("{base}{}", old.trim_start_matches('/')), format!("{base}{new}"))).collect(),
            base,
        };
        let files = [
            ("_headers", host.headers_file()),
            ("_redirects", host.redirects_file()),
            ("hosting/nginx.conf", host.nginx()),
            ("hosting/Caddyfile", host.caddy()),
            ("hosting/apache.htaccess", host.apache()),
        ];
        let filled = files.into_iter().filter(|(_, content)| !content.is_empty());
        filled.map(|(address, content)| File { address: address.to_owned(), bytes: content.into_bytes().into() }).collect()
    }
}

impl Host {
    fn headers(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        HEADERS.into_iter().chain(self.secure.then_some(STRICT_TRANSPORT))
    }

    /// No header stands under two patterns that match one address: these hosts would send both. Pages need no rule, for
    /// these hosts have them asked for anew anyway.
    fn headers_file(&self) -> String {
        let base = &self.base;
        let everywhere = lines(self.headers(), |(name, value)| format!("  {name}: {value}"));
        let open = lines(OPEN, |(ending, kind)| format!("{base}*{ending}\n  Access-Control-Allow-Origin: *\n  Content-Type: {kind}"));
        format!("{base}*\n{everywhere}{base}assets/*\n  Cache-Control: {FOREVER}\n{base}data/*\n  Access-Control-Allow-Origin: *\n{open}")
    }

    fn redirects_file(&self) -> String {
        lines(&self.redirects, |(old, new)| format!("{} {} 301", encoded(old), encoded(new)))
    }

    /// Headers hang on maps and not on locations, for in nginx a location that adds one header loses all others.
    fn nginx(&self) -> String {
        let (base, pattern) = (&self.base, pattern(&self.base));
        let endings = OPEN.map(|(ending, _)| self::pattern(ending)).join("|");
        let redirects = lines(&self.redirects, |(old, new)| format!("    \"{old}\" \"{}\";", encoded(new)));
        let headers = lines(self.headers(), |(name, value)| format!("    add_header {name} \"{value}\" always;"));
        let types = lines(OPEN, |(ending, kind)| {
            let kind = kind.split(';').next().unwrap_or_default();
            format!("    location ~ \"{}$\" {{ types {{ }} default_type {kind}; }}", self::pattern(ending))
        });
        let name = &self.name;
        // Maps are shared by all sites of a server, so their names say whose they are.
        let own = name.replace(['.', '-'], "_");
        format!(
            "# nginx: include this file in the `http` block, put the site at /srv/{name}{base}\n\
             # and add `listen 443 ssl` with your certificate.\n\
             map $uri $redirect_{own} {{\n    default \"\";\n{redirects}}}\n\
             map $uri $cache_{own} {{\n    default \"no-cache\";\n    \"~^{pattern}assets/\" \"{FOREVER}\";\n}}\n\
             map $uri $open_{own} {{\n    default \"\";\n    \"~^{pattern}data/\" \"*\";\n    \"~^{pattern}.*({endings})$\" \"*\";\n}}\n\
             server {{\n    listen 80;\n    listen [::]:80;\n    server_name {name};\n    root /srv/{name};\n    index index.html;\n\
             \x20   charset utf-8;\n    server_tokens off;\n    etag on;\n    error_page 404 {base}404.html;\n\n{headers}\
             \x20   add_header Cache-Control $cache_{own} always;\n    add_header Access-Control-Allow-Origin $open_{own} always;\n\n\
             \x20   if ($redirect_{own}) {{ return 301 $redirect_{own}; }}\n{types}\
             \x20   location / {{ try_files $uri $uri/index.html =404; }}\n}}\n"
        )
    }

    fn caddy(&self) -> String {
        let (base, name) = (&self.base, &self.name);
        let scheme = if self.secure { "" } else { "http://" };
        let redirects = lines(&self.redirects, |(old, new)| format!("\tredir {old} {} 301", encoded(new)));
        let headers = lines(self.headers(), |(name, value)| format!("\t\t{name} \"{value}\""));
        let open = OPEN.map(|(ending, _)| format!("*{ending}")).join(" ");
        let types = lines(OPEN.into_iter().enumerate(), |(position, (ending, kind))| {
            format!("\t@open{position} path *{ending}\n\theader @open{position} Content-Type \"{kind}\"")
        });
        // An answer with an error starts without headers, so it takes them anew.
        let own = format!("headers_{}", name.replace(['.', '-'], "_"));
        format!(
            "# Caddy: put the site at /srv/{name}{base} and import this file.\n\
             ({own}) {{\n\theader {{\n{headers}\t\t-Server\n\t}}\n}}\n\
             {scheme}{name} {{\n\troot * /srv/{name}\n\tencode zstd gzip\n\timport {own}\n\
             \t@kept path {base}assets/*\n\theader @kept Cache-Control \"{FOREVER}\"\n\
             \t@asked not path {base}assets/*\n\theader @asked Cache-Control no-cache\n\
             \t@open path {base}data/* {open}\n\theader @open Access-Control-Allow-Origin *\n{types}{redirects}\
             \tfile_server\n\thandle_errors {{\n\t\timport {own}\n\t\t@missing expression {{http.error.status_code}} == 404\n\
             \t\trewrite @missing {base}404.html\n\t\tfile_server\n\t}}\n}}\n"
        )
    }

    fn apache(&self) -> String {
        let (base, base_pattern) = (&self.base, pattern(&self.base));
        let endings = OPEN.map(|(ending, _)| pattern(ending)).join("|");
        let redirects = lines(&self.redirects, |(old, new)| format!("RedirectMatch 301 \"^{}$\" \"{}\"", pattern(old), encoded(new)));
        let headers = lines(self.headers(), |(name, value)| format!("    Header always set {name} \"{value}\""));
        let types = lines(OPEN, |(ending, kind)| format!("<FilesMatch \"{}$\">\n    ForceType \"{kind}\"\n</FilesMatch>", pattern(ending)));
        format!(
            "# Apache: put this file as .htaccess in the folder of the site, and allow it with `AllowOverride All`.\n\
             Options -Indexes\nDirectoryIndex index.html\nAddDefaultCharset utf-8\nFileETag MTime Size\nErrorDocument 404 {base}404.html\n\
             <IfModule mod_headers.c>\n{headers}    Header always set Cache-Control \"no-cache\"\n\
             \x20   <If \"%{{REQUEST_URI}} =~ m#^{base_pattern}assets/#\">\n        Header always set Cache-Control \"{FOREVER}\"\n    </If>\n\
             \x20   <If \"%{{REQUEST_URI}} =~ m#^{base_pattern}(data/|.*({endings})$)#\">\n\
             \x20       Header always set Access-Control-Allow-Origin \"*\"\n    </If>\n</IfModule>\n{types}{redirects}"
        )
    }
}

fn lines<T>(items: impl IntoIterator<Item = T>, line: impl Fn(T) -> String) -> String {
    items.into_iter().map(|item| line(item) + "\n").collect()
}

/// A path as a regular expression that matches just it.
fn pattern(path: &str) -> String {
    path.replace('.', "[.]")
}

/// A path in which all but letters of ASCII, digits and `/-_.~` is written as `%XX` (RFC 3986); `%` stays as it is.
fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~%".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::plan::feeds_testing::Site;

    const FILES: [&str; 5] = ["_headers", "_redirects", "hosting/nginx.conf", "hosting/Caddyfile", "hosting/apache.htaccess"];

    fn moved() -> Site {
        Site::new()
            .page("gardens/g-01", "title: Old garden\naliases: [/old/garden/, /één.php, 'The old one', '/odd\"; deny all;/']")
            .page("plots/p-01", "title: Beans\naliases: [/beans]")
    }

    fn files(site: &Site) -> BTreeMap<String, String> {
        site.build().into_iter().filter(|(address, _)| FILES.contains(&address.as_str())).collect()
    }

    #[test]
    fn every_host_sends_the_policy_that_the_standards_ask_for() {
        let asked = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
                     manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        assert_eq!(CONTENT_SECURITY_POLICY, asked);
        for (address, content) in files(&moved()).iter().filter(|(address, _)| *address != "_redirects") {
            assert_eq!(content.matches(asked).count(), 1, "{address}: {content}");
            for (name, value) in HEADERS.into_iter().chain([STRICT_TRANSPORT]) {
                assert!(content.contains(name) && content.contains(value), "{address} has {name}");
            }
            assert!(content.contains(FOREVER) && content.contains("Access-Control-Allow-Origin"), "{address}");
        }
    }

    #[test]
    fn an_old_address_leads_on_at_every_host() {
        let files = files(&moved());
        for (address, content) in files.iter().filter(|(address, _)| *address != "_headers") {
            for (old, new) in [("/old/garden/", "/gardens/g-01.html"), ("/beans", "/plots/p-01.html")] {
                assert!(content.lines().any(|line| line.contains(old) && line.contains(new)), "{address} leads from {old}: {content}");
            }
            assert!(!content.contains("deny all") && !content.contains("The old one"), "{address}: {content}");
        }
        assert_eq!(
            files["_redirects"],
            "/beans /plots/p-01.html 301\n/old/garden/ /gardens/g-01.html 301\n/%C3%A9%C3%A9n.php /gardens/g-01.html 301\n"
        );
    }

    #[test]
    fn a_site_below_a_path_says_so_everywhere() {
        let files = files(&moved().set("https://gardens.example/", "http://gardens.example:8080/a.b/"));
        assert!(files["_headers"].starts_with("/a.b/*\n") && files["_headers"].contains("\n/a.b/assets/*\n"));
        assert!(files["_redirects"].contains("/a.b/beans /a.b/plots/p-01.html 301"));
        assert!(files["hosting/nginx.conf"].contains("\"~^/a[.]b/assets/\"") && files["hosting/nginx.conf"].contains("/a.b/404.html"));
        assert!(
            files["hosting/Caddyfile"].contains("http://gardens.example {") && files["hosting/apache.htaccess"].contains("/a.b/404.html")
        );
        assert!(files.values().all(|content| !content.contains("Strict-Transport-Security")), "not over TLS");
    }

    #[test]
    fn braces_and_quotes_are_balanced() {
        for (address, content) in files(&moved()) {
            assert_eq!(content.matches('{').count(), content.matches('}').count(), "{address}");
            for line in content.lines() {
                assert_eq!(line.matches('"').count() % 2, 0, "{address}: {line}");
            }
        }
    }

    #[test]
    fn no_header_is_sent_twice_by_hosts_that_add_up_all_rules() {
        let headers = &files(&moved())["_headers"];
        let mut everywhere: Vec<&str> = Vec::new();
        for line in headers.lines().skip(1).take_while(|line| line.starts_with("  ")) {
            everywhere.extend(line.trim().split_once(':').map(|(name, _)| name));
        }
        for name in everywhere {
            assert_eq!(headers.matches(&format!("  {name}:")).count(), 1, "{name}");
        }
    }
}

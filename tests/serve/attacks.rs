//! What a hostile page or program tries, and what comes of it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::preview::Preview;

const PAGE: &str = "/planten/p-0001.html";

#[test]
fn every_answer_carries_the_policy_and_lets_no_other_site_in() {
    let preview = Preview::start();
    for path in ["/", PAGE, "/nothing-here", "/_via/client.js", "/_via/panel", "/en/", "/robots.txt"] {
        let answer = preview.get(path);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
        assert!(answer.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'")), "{path}");
        assert!(!answer.headers.iter().any(|(name, _)| name.starts_with("access-control")), "{path}");
    }
}

#[test]
fn only_this_machine_is_listened_to() {
    let preview = Preview::start();
    assert_eq!(preview.address, format!("http://127.0.0.1:{}/", preview.port));
    let listening = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let port = format!(":{:04X}", preview.port);
    let ours: Vec<&str> =
        listening.lines().filter_map(|line| line.split_whitespace().nth(1)).filter(|local| local.ends_with(&port)).collect();
    assert!(ours.iter().all(|local| local.starts_with("0100007F")), "{ours:?}");
}

#[test]
fn a_name_that_was_made_to_point_here_is_refused() {
    let preview = Preview::start();
    for host in ["evil.example", &format!("evil.example:{}", preview.port), "127.0.0.1", "localhost:1", "", "127.0.0.1.evil.example"] {
        let answer = preview.ask("GET", PAGE, &[("host", host)], "");
        assert!(matches!(answer.status, 400 | 421), "{host}: {}", answer.status);
        assert!(!answer.body.contains("Klimroos"), "{host}");
    }
    let absolute = format!("GET http://evil.example/ HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\r\n", preview.port);
    assert_eq!(preview.raw(absolute.as_bytes()).map(|answer| answer.status), Some(421));
    assert_eq!(preview.ask("GET", PAGE, &[("host", &format!("localhost:{}", preview.port))], "").status, 200);
}

#[test]
fn another_site_reads_nothing_and_writes_nothing() {
    let preview = Preview::start();
    let token = preview.token();
    let form = format!("file=content/planten/p-0001-klimroos.md&token={token}");
    for origin in ["https://evil.example", "null", "http://localhost:1", &format!("https://127.0.0.1:{}", preview.port)] {
        assert_eq!(preview.ask("POST", "/_via/open", &[("origin", origin)], &form).status, 403, "{origin}");
        assert_eq!(preview.ask("POST", "/_via/new", &[("origin", origin)], &form).status, 403, "{origin}");
        assert_eq!(preview.ask("GET", PAGE, &[("origin", origin)], "").status, 403, "{origin}");
    }
    assert_eq!(preview.ask("POST", "/_via/open", &[], &form).status, 403, "no origin at all");
    assert_eq!(preview.ask("POST", "/_via/open", &[("origin", &preview.origin())], "file=x&token=guess").status, 403, "no token");
    for (site, mode, dest) in [("cross-site", "no-cors", "script"), ("same-site", "cors", "empty"), ("cross-site", "navigate", "iframe")] {
        let headers = [("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest)];
        assert_eq!(preview.ask("GET", "/_via/panel", &headers, "").status, 403, "{site} {mode} {dest}");
    }
    for method in ["PUT", "DELETE", "OPTIONS", "PATCH", "POST"] {
        let answer = preview.ask(method, PAGE, &[("origin", &preview.origin())], "");
        assert_eq!(answer.status, 405, "{method}");
    }
}

#[test]
fn no_address_leads_out_of_the_site() {
    let preview = Preview::start();
    std::fs::write(preview.root().parent().expect("a parent").join("via-secret.txt"), "SECRET").expect("a file outside");
    let ways = [
        "/../via-secret.txt",
        "/../../../../../../etc/passwd",
        "/%2e%2e/via-secret.txt",
        "/%2e%2e%2fvia-secret.txt",
        "/..%2fvia-secret.txt",
        "/%252e%252e%252fvia-secret.txt",
        "/..%5cvia-secret.txt",
        "/..\\via-secret.txt",
        "/%c0%ae%c0%ae/via-secret.txt",
        "/....//via-secret.txt",
        "/planten/../../via-secret.txt",
        "/planten/..%00/via-secret.txt",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/file:///etc/passwd",
        "/_via/../../via-secret.txt",
        "/_via/%2e%2e/site.yaml",
        "/site.yaml",
        "/schema.yaml",
        "/content/planten/p-0001-klimroos.md",
        "/themes/tuin/theme.yaml",
    ];
    for way in ways {
        let answer = preview.ask("GET", way, &[], "");
        assert!(matches!(answer.status, 400 | 404), "{way}: {}", answer.status);
        assert!(!answer.body.contains("SECRET") && !answer.body.contains("root:"), "{way}");
    }
    let origin = preview.origin();
    let token = preview.token();
    for file in ["../via-secret.txt", "/etc/passwd", "content/../../via-secret.txt", "content/planten", ""] {
        let answer = preview.ask("POST", "/_via/open", &[("origin", &origin)], &format!("token={token}&file={file}"));
        assert_eq!(answer.status, 404, "{file}");
    }
    // An address that starts with two slashes must not become a way to another host.
    let answer = preview.ask("GET", "//planten", &[], "");
    assert!(!answer.header("location").is_some_and(|location| location.starts_with("//")));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let preview = Preview::start();
    let outside = tempfile::TempDir::new().expect("a folder");
    std::fs::write(outside.path().join("p-0009-geheim.md"), "---\nnaam: SECRET\nkern: SECRET\nstaat_in: b-01\n---\n").expect("a file");
    std::os::unix::fs::symlink(outside.path(), preview.path("content/planten/extern")).expect("a link to a folder");
    std::os::unix::fs::symlink(outside.path().join("p-0009-geheim.md"), preview.path("content/planten/p-0008-link.md")).expect("a link");
    std::fs::write(preview.path("content/planten/p-0003-iris.md"), "---\nnaam: Iris\nkern: Blauw.\nstaat_in: b-01\n---\n").expect("a file");
    preview.shows("/planten/", "Iris");
    std::fs::write(outside.path().join("p-0009-geheim.md"), "---\nnaam: SECRET2\nkern: SECRET\nstaat_in: b-01\n---\n").expect("a file");
    std::thread::sleep(Duration::from_millis(300));
    for path in ["/planten/", "/planten/p-0009.html", "/planten/p-0008.html"] {
        assert!(!preview.get(path).body.contains("SECRET"), "{path}");
    }
}

#[test]
fn a_giant_head_and_a_giant_form_are_refused() {
    let preview = Preview::start();
    let host = format!("127.0.0.1:{}", preview.port);
    let giant = format!("GET / HTTP/1.1\r\nhost: {host}\r\nx: {}\r\n\r\n", "a".repeat(1 << 20));
    assert!(preview.raw(giant.as_bytes()).is_none_or(|answer| matches!(answer.status, 400 | 431)));
    let many = format!("GET / HTTP/1.1\r\nhost: {host}\r\n{}\r\n", "a: b\r\n".repeat(1000));
    assert!(preview.raw(many.as_bytes()).is_none_or(|answer| matches!(answer.status, 400 | 431)));
    let long = format!("GET /{} HTTP/1.1\r\nhost: {host}\r\n\r\n", "a".repeat(1 << 17));
    assert!(preview.raw(long.as_bytes()).is_none_or(|answer| matches!(answer.status, 400 | 414 | 431)));
    let headers = [("origin", preview.origin()), ("content-length", (1_u64 << 40).to_string())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(preview.ask("POST", "/_via/open", &headers, &"a=b&".repeat(200_000)).status, 413);
    assert_eq!(preview.get(PAGE).status, 200);
}

#[test]
fn a_client_that_sends_a_letter_a_second_is_hung_up_on() {
    let preview = Preview::start();
    let mut slow: Vec<TcpStream> = (0..20).map(|_| preview.connect()).collect();
    let started = Instant::now();
    let mut letters = b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: aaaaaaaaaaaaaaaaaaaaaaaaa".iter();
    while started.elapsed() < Duration::from_secs(7) {
        let letter = [*letters.next().unwrap_or(&b'a')];
        for stream in &mut slow {
            let _ = stream.write_all(&letter);
        }
        let asked = Instant::now();
        assert_eq!(preview.get(PAGE).status, 200);
        assert!(asked.elapsed() < Duration::from_secs(2), "others do not wait");
        std::thread::sleep(Duration::from_millis(500));
    }
    for mut stream in slow {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(!rest.starts_with(b"HTTP/1.1 200"), "it never sent a whole request");
    }
}

#[test]
fn ten_thousand_connections_do_not_end_it() {
    let preview = Preview::start();
    let mut held = Vec::new();
    let mut opened = 0;
    for _ in 0..10_000 {
        if let Ok(stream) = TcpStream::connect(("127.0.0.1", preview.port)) {
            opened += 1;
            held.push(stream);
        }
        // This machine may not allow a program so many open files.
        if held.len() >= 700 {
            held.drain(..350);
        }
    }
    assert!(opened > 5_000, "{opened} connections came through");
    drop(held);
    preview.until("an answer", || {
        let mut stream = preview.connect();
        let request = format!("GET {PAGE} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\r\n", preview.port);
        let _ = stream.write_all(request.as_bytes());
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer.starts_with("HTTP/1.1 200").then_some(())
    });
}

#[test]
fn a_flood_of_event_streams_is_dammed() {
    let preview = Preview::start();
    let request = format!("GET /_via/events?page=index.html HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n\r\n", preview.port);
    let mut streams = Vec::new();
    let mut refused = 0;
    for _ in 0..100 {
        let mut stream = preview.connect();
        stream.write_all(request.as_bytes()).expect("sent");
        let mut start = [0_u8; 12];
        stream.read_exact(&mut start).expect("an answer");
        if &start == b"HTTP/1.1 200" { streams.push(stream) } else { refused += 1 }
    }
    assert_eq!((streams.len(), refused), (64, 36));
    assert_eq!(preview.get(PAGE).status, 200, "pages are still served");
    drop(streams);
    // Places become free once the tabs are gone.
    preview.until("a free place", || {
        let mut stream = preview.connect();
        stream.write_all(request.as_bytes()).ok()?;
        let mut start = [0_u8; 12];
        stream.read_exact(&mut start).ok()?;
        (&start == b"HTTP/1.1 200").then_some(())
    });
}

#[test]
fn beyond_this_machine_the_key_of_the_address_is_needed() {
    let preview = Preview::early(&crate::support::Site::of_fixture("base"), &["--host", "0.0.0.0"]);
    preview.until("the warning", || preview.said().contains("other computers can reach this preview").then_some(()));
    let (_, key) = preview.address.split_once("/?").expect("a key in the address");
    assert!(key.len() > 30, "{key}");
    assert_eq!(preview.get("/").status, 403);
    assert_eq!(preview.get("/?via-key=guess").status, 403);
    let answer = preview.get(&format!("/?{key}"));
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.contains("HttpOnly"), "{cookie}");
    let cookie = cookie.split(';').next().expect("its value");
    preview.until("a page", || (preview.ask("GET", "/", &[("cookie", cookie)], "").status == 200).then_some(()));
    let elsewhere = format!("evil.example:{}", preview.port);
    assert_eq!(preview.ask("GET", "/", &[("cookie", cookie), ("host", &elsewhere)], "").status, 421);
}

#[test]
fn the_host_needs_a_value_and_a_taken_port_is_said() {
    let preview = Preview::start();
    let run = |words: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_via-site"))
            .args(["serve", "--site"])
            .arg(preview.root())
            .args(words)
            .output()
            .expect("the program starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(run(&["--host"]).0, Some(2));
    let (code, said) = run(&["--port", &preview.port.to_string()]);
    assert_eq!(code, Some(2));
    assert!(said.contains("cannot listen on port"), "{said}");
}

#[test]
fn the_form_writes_one_new_file_below_content_and_nothing_else() {
    let preview = Preview::start();
    let (origin, token) = (preview.origin(), preview.token());
    let send = |form: &str| preview.ask("POST", "/_via/new", &[("origin", &origin)], &format!("token={token}&{form}"));
    let files = || {
        let mut found = std::collections::BTreeMap::new();
        crate::support::collect(preview.root(), preview.root(), &mut found);
        found
    };
    let before = files();
    for form in ["kind=nothing&naam=X", "kind=plant", "kind=plant&naam=%2F%2F", "kind=..%2F..&naam=X", ""] {
        assert!(matches!(send(form).status, 404 | 422), "{form}");
    }
    assert_eq!(files(), before, "nothing was written");
    let answer = send("kind=plant&naam=..%2F..%2F..%2Fetc%2Fpasswd%00&kern=%22%0A---%0Ax%3A%20y&staat_in=b-01&staat_in=%5D%0Aevil%3A%201");
    assert_eq!(answer.status, 303);
    let after = files();
    let new: Vec<&String> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    assert_eq!(new, ["content/planten/p-0003-etc-passwd.md"]);
    let text = String::from_utf8(after[new[0]].clone()).expect("a text");
    assert!(text.contains("kern: \"\\\"\\n---\\nx: y\"\n"), "{text}");
    assert!(!text.contains("\nevil"), "{text}");
    assert!(before.iter().all(|(path, bytes)| after[path] == *bytes), "no file was written over");
    // The next one gets another number, also when the name is the same.
    preview.shows("/_via/?made=content/planten/p-0003-etc-passwd.md", "p-0003-etc-passwd.md");
    assert_eq!(send("kind=woord&woord=mulch&betekenis=x").status, 422, "there is such a file");
}

#[cfg(unix)]
#[test]
fn the_form_does_not_write_through_a_link() {
    let preview = Preview::start();
    let outside = tempfile::TempDir::new().expect("a folder");
    std::fs::remove_dir_all(preview.path("content/woorden")).expect("removed");
    std::os::unix::fs::symlink(outside.path(), preview.path("content/woorden")).expect("a link");
    let (origin, token) = (preview.origin(), preview.token());
    let form = format!("token={token}&kind=woord&woord=Nieuw&betekenis=x");
    assert_eq!(preview.ask("POST", "/_via/new", &[("origin", &origin)], &form).status, 422);
    assert_eq!(std::fs::read_dir(outside.path()).expect("a folder").count(), 0);
}

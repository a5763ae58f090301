//! A preview that runs for as long as the process, and requests to it as they stand on the wire.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use via_site::serve::{Editor, Gate, Setting};

use super::{Files, garden, options, tree};

/// What no answer may hold: it stands in files that are not part of the site, and in the machine's own.
const SECRET: &str = "PLANTED-SECRET";

/// The token of our pages and the key of the address, as a page of ours knows them.
const TOKEN: &str = "0123456789abcdef";

struct Preview {
    port: u16,
    folder: TempDir,
}

static PREVIEW: OnceLock<Preview> = OnceLock::new();

/// Starts it, and waits for its first page.
#[allow(clippy::disallowed_methods, reason = "the site lies on the disk")]
fn preview() -> &'static Preview {
    PREVIEW.get_or_init(|| {
        let folder = TempDir::new().expect("a folder");
        let root = folder.path().canonicalize().expect("a folder").join("site");
        let mut files: Files = garden();
        let planted = ["geheim.txt", "content/.geheim.md", "../geheim.txt", "static/../../geheim.md"];
        files.extend(planted.map(|path| (path.to_owned(), SECRET.as_bytes().to_vec())));
        for (path, bytes) in &files {
            let file = root.join(path);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            std::fs::write(file, bytes).expect("a file");
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let setting = Setting {
            root,
            options: options(),
            calendar: None,
            poll: false,
            // A program that is not there: a file that is opened is told, and nothing starts.
            editor: Editor::choose(["/nowhere/code"], |_| false),
            gate: Gate::new(port, None, None, TOKEN.to_owned()),
        };
        std::thread::spawn(move || via_site::serve::serve(listener, setting, |_| {}));
        let started = Instant::now();
        while !ask(port, format!("GET / HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n").as_bytes()).starts_with(b"HTTP/1.1 200") {
            assert!(started.elapsed() < Duration::from_secs(60), "the preview never had a page");
            std::thread::sleep(Duration::from_millis(20));
        }
        Preview { port, folder }
    })
}

/// Requests, as bytes on a connection; `{port}` and `{token}` in them stand for those of the preview.
pub fn requests(data: &[u8]) {
    let preview = preview();
    let before = below(preview.folder.path());
    let request = replaced(&replaced(data, b"{port}", preview.port.to_string().as_bytes()), b"{token}", TOKEN.as_bytes());
    let answer = ask(preview.port, &request);
    let answer = without_go_ahead(&answer);
    let text = String::from_utf8_lossy(answer);
    assert!(!text.contains(SECRET), "it gave away what is not part of the site: {}", String::from_utf8_lossy(data));
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 ") || answer.starts_with(b"HTTP/1.0 "), "no HTTP: {text}");
    // Several requests on one connection may have their answers in one piece; the first is judged.
    let first = String::from_utf8_lossy(&answer[..end_of_first(answer).unwrap_or(answer.len()).min(answer.len())]);
    let (head, body) = first.split_once("\r\n\r\n").unwrap_or((&first, ""));
    let head = head.to_ascii_lowercase();
    // What hyper itself refuses has no body and no headers of ours.
    let status = head.get(9..12).unwrap_or_default().to_owned();
    assert!(head.is_empty() || !status.starts_with('5') || status == "503", "an answer of {status}: {}", String::from_utf8_lossy(data));
    if !body.is_empty() {
        assert!(head.contains("x-content-type-options: nosniff") && head.contains("content-security-policy: default-src 'none'"), "{head}");
        assert!(!head.contains("access-control"), "{head}");
    }
    if head.contains("content-type: text/html") && head.contains("content-length: ") && body.ends_with("</html>\n") {
        tree::check_form(body);
    }
    // A form may make a page below `content/`, and nothing else.
    for made in below(preview.folder.path()).difference(&before) {
        let inside = made.strip_prefix(preview.folder.path()).expect("below it");
        let name = inside.to_str().map(|name| name.replace(std::path::MAIN_SEPARATOR, "/"));
        let plain = name.is_some_and(|name| name.starts_with("site/content/") && name.ends_with(".md"));
        assert!(plain && request.windows(TOKEN.len()).any(|part| part == TOKEN.as_bytes()), "it made {}", inside.display());
        #[allow(clippy::disallowed_methods, reason = "or the site would grow without end")]
        std::fs::remove_file(made).expect("it was made");
    }
}

/// The answers to what is sent on one connection. A client that sends half a request is not waited for.
fn ask(port: u16, request: &[u8]) -> Vec<u8> {
    let mut answer = Vec::new();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("the preview still listens");
    stream.set_read_timeout(Some(Duration::from_millis(40))).expect("a timeout");
    if stream.write_all(request).is_err() {
        return answer;
    }
    let mut part = [0; 16 << 10];
    let mut waited = false;
    loop {
        match stream.read(&mut part) {
            Ok(0) => return answer,
            Ok(length) => answer.extend_from_slice(&part[..length]),
            Err(error) if !waited && matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                waited = true;
                // What it does for this request shall be done before the next one is judged, also on a busy machine.
                let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
                let _ = stream.shutdown(Shutdown::Write);
            }
            Err(_) => return answer,
        }
        if is_whole(&answer) {
            return answer;
        }
    }
}

/// The answers without what only says that the rest of the request may come (RFC 9110, 15.2.1).
fn without_go_ahead(mut answer: &[u8]) -> &[u8] {
    while answer.starts_with(b"HTTP/1.1 100 ")
        && let Some(end) = answer.windows(4).position(|end| end == b"\r\n\r\n")
    {
        answer = &answer[end + 4..];
    }
    answer
}

/// Whether an answer has come to its end; one that never ends counts as whole after its head.
fn is_whole(answer: &[u8]) -> bool {
    let answer = without_go_ahead(answer);
    end_of_first(answer).is_some_and(|end| answer.len() >= end)
}

/// Where the first answer ends, or its head, if it never ends; nothing if that has not come or does not say.
fn end_of_first(answer: &[u8]) -> Option<usize> {
    let at = answer.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&answer[..at]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    if head.contains("text/event-stream") { Some(at) } else { length.map(|length| at + length) }
}

fn replaced(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(old) {
            result.extend_from_slice(new);
            at += old.len();
        } else {
            result.push(text[at]);
            at += 1;
        }
    }
    result
}

/// All files below a folder.
#[allow(clippy::disallowed_methods, reason = "the site lies on the disk")]
fn below(folder: &Path) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                _ => drop(files.insert(entry.path())),
            }
        }
    }
    files
}

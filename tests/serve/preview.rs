//! A running preview of the garden, and what a story asks of it: requests as any program could send them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::Site;

/// Longer than anything here takes, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A preview that ends with the story.
pub struct Preview {
    folder: TempDir,
    child: Child,
    pub port: u16,
    /// What it printed.
    said: Arc<Mutex<String>>,
    /// The address that it printed.
    pub address: String,
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Preview {
    /// Of the garden.
    pub fn start() -> Self {
        Self::with(&Site::of_fixture("base"), &[])
    }

    /// Of any site, once it has a page to show.
    pub fn with(site: &Site, words: &[&str]) -> Self {
        let preview = Self::early(site, words);
        preview.until("a page", || (preview.get("/").status != 503).then_some(()));
        preview
    }

    /// Of any site, as soon as it listens.
    pub fn early(site: &Site, words: &[&str]) -> Self {
        Self::inside(&[], site, words)
    }

    /// The same, run by another program.
    pub fn inside(runner: &[&str], site: &Site, words: &[&str]) -> Self {
        let folder = site.on_disk();
        let line: Vec<&str> = runner.iter().copied().chain([env!("CARGO_BIN_EXE_via-site")]).collect();
        let mut child = Command::new(line[0])
            .args(&line[1..])
            .args(["serve", "--date", "2026-11-23", "--lang", "en", "--site"])
            .arg(folder.path())
            .args(words)
            .env("VISUAL", folder.path().join("code"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let said = Arc::new(Mutex::new(String::new()));
        let pipes: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().expect("a pipe")), Box::new(child.stderr.take().expect("a pipe"))];
        for pipe in pipes {
            let said = said.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    said.lock().expect("nobody panicked").push_str(&(line + "\n"));
                }
            });
        }
        let mut preview = Self { folder, child, port: 0, said, address: String::new() };
        let address = preview.until("an address", || {
            let said = preview.said();
            said.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned)
        });
        preview.port = address.rsplit(':').next().and_then(|rest| rest.split('/').next()?.parse().ok()).expect("a port");
        preview.address = address;
        preview
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn said(&self) -> String {
        self.said.lock().expect("nobody panicked").clone()
    }

    #[cfg(target_os = "linux")]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    #[cfg(target_os = "linux")]
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits until something is found.
    pub fn until<T>(&self, what: &str, found: impl Fn() -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(found) = found() {
                return found;
            }
            assert!(started.elapsed() < PATIENCE, "waited in vain for {what}; the preview said:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until a page holds a text.
    pub fn shows(&self, path: &str, text: &str) {
        self.until(&format!("{text:?} on {path}"), || self.get(path).body.contains(text).then_some(()));
    }

    /// Waits until a page holds a text no more.
    pub fn lacks(&self, path: &str, text: &str) {
        self.until(&format!("no {text:?} on {path}"), || (!self.get(path).body.contains(text)).then_some(()));
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], self.port)), PATIENCE).expect("the preview listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    }

    /// Sends these bytes and reads until the other side closes; nothing if it closes without a word.
    pub fn raw(&self, request: &[u8]) -> Option<Answer> {
        let mut stream = self.connect();
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        parse(&bytes)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], "")
    }

    /// A request as our own pages send it, but for these headers; an empty value leaves one out.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let host = format!("127.0.0.1:{}", self.port);
        let length = body.len().to_string();
        let mut all = vec![("host", host.as_str()), ("connection", "close")];
        if !body.is_empty() {
            all.extend([("content-type", "application/x-www-form-urlencoded"), ("content-length", length.as_str())]);
        }
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        all.extend(headers.iter().filter(|(_, value)| !value.is_empty()));
        let head: String = all.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        self.raw(format!("{method} {path} HTTP/1.1\r\n{head}\r\n{body}").as_bytes())
            .unwrap_or_else(|| panic!("{method} {path} is answered"))
    }

    /// The origin of our own pages.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The token that stands in our own pages.
    pub fn token(&self) -> String {
        let body = self.get("/").body;
        let start = body.find("data-via-token=\"").expect("a token") + "data-via-token=\"".len();
        body[start..].split('"').next().expect("its end").to_owned()
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    Some(Answer { status, headers, body: body.to_owned() })
}

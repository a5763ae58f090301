//! Asks addresses whether they are still there, in a way that no server minds.
//!
//! A server is asked one thing at a time, with a pause in between; several servers are asked at once. `HEAD` is asked first; where
//! that is refused, the first byte. No body is read. What fails for now is tried again, and who asks to wait is not asked again
//! before the time, or not at all.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use reqwest::header::{ACCEPT, DATE, HeaderMap, HeaderValue, LOCATION, RANGE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode, Url};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::answer::Answer;
use super::network::{NoWay, Resolver, is_public};

/// So many servers are asked at the same time.
const AT_ONCE: usize = 16;

/// So often is asked what may be otherwise in a moment.
const TRIES: u32 = 3;

/// So many redirects are followed, as browsers do.
const MOST_STEPS: usize = 20;

/// A server may ask to wait for so long; where it asks for more, it is left alone.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How servers are asked.
#[derive(Debug, Clone)]
pub struct Manners {
    /// Between two questions to a server.
    pub pause: Duration,
    /// So long is waited for an answer.
    pub timeout: Duration,
    /// Whether this machine and private networks may be asked.
    pub allow_private: bool,
    /// Names of proxies, which may stand in a private network.
    pub proxies: Vec<String>,
    /// Who asks, for the logs of the server.
    pub agent: String,
}

/// Asks these addresses and gives the answer of each; `done` is called after every one.
///
/// # Errors
///
/// When no client can be made, such as where the system's certificates cannot be read.
pub fn ask<'a>(addresses: &[&'a str], manners: &Manners, done: impl Fn()) -> Result<BTreeMap<&'a str, Answer>, String> {
    let said = |error: &(dyn Error + 'static)| causes(error).last().map_or_else(|| error.to_string(), ToString::to_string);
    // Fails only if there is a provider already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| said(&error))?;
    let asking = Asking::new(manners).map_err(|error| said(&error))?;
    let mut servers: BTreeMap<String, Vec<&'a str>> = BTreeMap::new();
    for address in addresses {
        let server = Url::parse(address).map(|url| server(&url)).unwrap_or_default();
        servers.entry(server).or_default().push(address);
    }
    let answers = runtime.block_on(async {
        let one_server = |addresses: Vec<&'a str>| async {
            let mut answers = Vec::with_capacity(addresses.len());
            for address in addresses {
                answers.push((address, asking.address(address).await));
                done();
            }
            answers
        };
        stream::iter(servers.into_values()).map(one_server).buffer_unordered(AT_ONCE).concat().await
    });
    // A lookup that still waits for its name server would hold up the end of the program.
    runtime.shutdown_background();
    Ok(answers.into_iter().collect())
}

/// What is asked one thing at a time.
fn server(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

/// What is known of a server while it is asked.
#[derive(Debug, Default)]
struct Server {
    /// Not to be asked before.
    free: Option<Instant>,
    /// It is not asked any more, for this is what it would say.
    closed: Option<Answer>,
    /// It kept us waiting, and is not asked twice for the same.
    is_slow: bool,
}

struct Asking<'a> {
    client: Client,
    manners: &'a Manners,
    servers: RefCell<BTreeMap<String, Rc<Mutex<Server>>>>,
}

/// What a server said, without what it sent.
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
}

/// What a question led to.
enum Step {
    End(Answer),
    Next { url: Url, for_good: bool },
}

impl<'a> Asking<'a> {
    fn new(manners: &'a Manners) -> Result<Self, reqwest::Error> {
        let resolver = Resolver { allow_private: manners.allow_private, trusted: manners.proxies.clone() };
        let client = Client::builder()
            .user_agent(&manners.agent)
            .default_headers(HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("*/*"))]))
            .redirect(Policy::none())
            .referer(false)
            .dns_resolver(Arc::new(resolver))
            .pool_max_idle_per_host(1)
            .timeout(manners.timeout)
            .build()?;
        Ok(Self { client, manners, servers: RefCell::default() })
    }

    async fn address(&self, address: &str) -> Answer {
        let Ok(mut url) = Url::parse(address) else { return Answer::NoAddress };
        let (mut moved, mut for_good) = (None, true);
        for _ in 0..=MOST_STEPS {
            match self.step(&url).await {
                Step::End(Answer::Fine) => return moved.map_or(Answer::Fine, |to: Url| Answer::Moved { to: to.into() }),
                Step::End(answer) => return answer,
                Step::Next { url: next, for_good: this } => {
                    for_good &= this;
                    if for_good {
                        moved = Some(next.clone());
                    }
                    url = next;
                }
            }
        }
        Answer::Loop
    }

    /// Asks one address until it says something.
    async fn step(&self, url: &Url) -> Step {
        let (mut method, mut tries) = (Method::HEAD, 0);
        loop {
            let reply = match self.request(&method, url).await {
                Ok(reply) => reply,
                Err((answer, again)) => {
                    tries += 1;
                    if !again || tries >= TRIES {
                        return Step::End(answer);
                    }
                    // Some servers break off where they do not know `HEAD`.
                    method = Method::GET;
                    tokio::time::sleep(self.manners.pause * 2_u32.pow(tries - 1)).await;
                    continue;
                }
            };
            let status = reply.status;
            if let Some(step) = redirected(url, &reply) {
                return step;
            }
            match status.as_u16() {
                200..=299 | 416 => return Step::End(Answer::Fine),
                429 | 503 => {
                    tries += 1;
                    match wait(&reply.headers) {
                        Some(wait) if wait <= LONGEST_WAIT && tries < TRIES => tokio::time::sleep(wait).await,
                        None if status != StatusCode::TOO_MANY_REQUESTS && tries < TRIES => {
                            tokio::time::sleep(self.manners.pause * 2_u32.pow(tries - 1)).await;
                        }
                        asked => {
                            let later = Answer::Later { status: status.as_u16() };
                            // Who asks for peace gets it: what else would be asked gets the same answer.
                            if status == StatusCode::TOO_MANY_REQUESTS || asked.is_some() {
                                self.server(url).lock().await.closed = Some(later.clone());
                            }
                            return Step::End(later);
                        }
                    }
                }
                // Whether it is this that the server refuses, or `HEAD`, only `GET` can tell.
                _ if method == Method::HEAD => method = Method::GET,
                404 | 410 => return Step::End(Answer::Gone { status: status.as_u16() }),
                500..=599 => {
                    tries += 1;
                    if tries >= TRIES {
                        return Step::End(Answer::Later { status: status.as_u16() });
                    }
                    tokio::time::sleep(self.manners.pause * 2_u32.pow(tries - 1)).await;
                }
                _ => return Step::End(Answer::Refused { status: status.as_u16() }),
            }
        }
    }

    /// One question, in its turn; where there is no answer, what that means, and whether it makes sense to ask again.
    async fn request(&self, method: &Method, url: &Url) -> Result<Reply, (Answer, bool)> {
        let literal = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
        if literal.is_some_and(|address| !self.manners.allow_private && !is_public(address)) {
            return Err((Answer::Private, false));
        }
        let server = self.server(url);
        let mut server = server.lock().await;
        if let Some(closed) = &server.closed {
            return Err((closed.clone(), false));
        }
        if let Some(free) = server.free {
            tokio::time::sleep_until(free).await;
        }
        let mut plain = url.clone();
        plain.set_fragment(None);
        // Names and passwords in addresses are nothing to try out.
        let _ = (plain.set_username(""), plain.set_password(None));
        let mut request = self.client.request(method.clone(), plain);
        if *method == Method::GET {
            request = request.header(RANGE, "bytes=0-0");
        }
        let outcome = request.send().await;
        server.free = Some(Instant::now() + self.manners.pause);
        match outcome {
            Ok(reply) => Ok(Reply { status: reply.status(), headers: reply.headers().clone() }),
            Err(error) => {
                let answer = meaning(&error);
                let was_slow = server.is_slow;
                match &answer {
                    Answer::NoHost | Answer::Private => server.closed = Some(answer.clone()),
                    Answer::Timeout => server.is_slow = true,
                    _ => {}
                }
                let again = matches!(answer, Answer::Unreachable) || (matches!(answer, Answer::Timeout) && !was_slow);
                Err((answer, again))
            }
        }
    }

    fn server(&self, url: &Url) -> Rc<Mutex<Server>> {
        self.servers.borrow_mut().entry(server(url)).or_default().clone()
    }
}

/// Where a redirect leads; nothing if this is none.
fn redirected(url: &Url, reply: &Reply) -> Option<Step> {
    let for_good = match reply.status.as_u16() {
        301 | 308 => true,
        302 | 303 | 307 => false,
        _ => return None,
    };
    let location = reply.headers.get(LOCATION).and_then(|location| std::str::from_utf8(location.as_bytes()).ok())?;
    let next = url.join(location).ok().filter(|next| ["http", "https"].contains(&next.scheme()));
    Some(next.map_or(Step::End(Answer::Refused { status: reply.status.as_u16() }), |url| Step::Next { url, for_good }))
}

/// How long a server asks to wait: seconds, or a moment by its own clock.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::trim);
    let asked = text(RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|moment| moment.timestamp());
    let now = text(DATE).and_then(moment)?;
    Some(Duration::try_from(moment(asked)? - now).unwrap_or_default())
}

/// What it means that a question got no answer.
fn meaning(error: &reqwest::Error) -> Answer {
    let no_way = causes(error).find_map(|cause| cause.downcast_ref::<NoWay>());
    let is_certificate = causes(error).any(is_about_certificate);
    match no_way {
        Some(NoWay::Unknown) => Answer::NoHost,
        Some(NoWay::Private) => Answer::Private,
        None if is_certificate => Answer::Certificate,
        None if error.is_timeout() => Answer::Timeout,
        None => Answer::Unreachable,
    }
}

/// The error of the secure connection hides within plain ones, of which one may hold another.
fn is_about_certificate(cause: &(dyn Error + 'static)) -> bool {
    let inner = || cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    cause.is::<rustls::Error>() || inner().is_some_and(|inner| is_about_certificate(inner))
}

fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_may_say_how_long_to_wait_in_seconds_or_by_its_own_clock() {
        let headers = |asked: &'static str, date: Option<&'static str>| {
            let pairs = [(RETRY_AFTER, Some(asked)), (DATE, date)];
            pairs.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::from_static(value?)))).collect::<HeaderMap>()
        };
        assert_eq!(wait(&headers("7", None)), Some(Duration::from_secs(7)));
        let noon = Some("Wed, 21 Oct 2015 07:28:00 GMT");
        assert_eq!(wait(&headers("Wed, 21 Oct 2015 07:29:05 GMT", noon)), Some(Duration::from_secs(65)));
        assert_eq!(wait(&headers("Wed, 21 Oct 2015 07:00:00 GMT", noon)), Some(Duration::ZERO), "a moment that has passed");
        assert_eq!(wait(&headers("Wed, 21 Oct 2015 07:29:05 GMT", None)), None);
        assert_eq!(wait(&headers("soon", noon)), None);
    }
}

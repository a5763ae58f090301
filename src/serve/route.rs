//! From a request to its answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION, REFERRER_POLICY, SET_COOKIE};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::json;

use super::body::Answer;
use super::gate::{KEY_NAME, Refusal, TOKEN_HEADER};
use super::page::{self, Found};
use super::state::State;
use super::{Preview, desk, events, panel};
use crate::answer::media_type;
use crate::html::escape;
use crate::plan::HEADERS;

/// What a form may send, in bytes.
const FORM: usize = 256 << 10;

/// So long it may take to send it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The files that the preview's own pages are made of.
const OWN: [(&str, &str); 3] = [
    ("client.js", include_str!("client/client.js")),
    ("idiomorph.js", include_str!("client/idiomorph.js")),
    ("preview.css", include_str!("client/preview.css")),
];

type Answered = Response<Answer>;

/// Answers a request.
pub(super) async fn answer(preview: Arc<Preview>, request: Request<Incoming>) -> Answered {
    let is_head = request.method() == Method::HEAD;
    let mut answered = dispatch(preview, request).await;
    for (name, value) in HEADERS {
        let name = HeaderName::try_from(name);
        if let Ok(name) = name
            && !answered.headers().contains_key(&name)
        {
            answered.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    answered.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if is_head {
        *answered.body_mut() = Answer::Whole(None);
    }
    answered
}

async fn dispatch(preview: Arc<Preview>, request: Request<Incoming>) -> Answered {
    let query: Vec<(String, String)> = pairs(request.uri().query().unwrap_or_default().as_bytes());
    match preview.gate.admit(request.method(), request.uri(), request.headers()) {
        Ok(()) => {}
        Err(Refusal::Key) if value(&query, KEY_NAME).is_some_and(|key| preview.gate.opens(key)) => {
            let cookie = format!("{KEY_NAME}={}; HttpOnly; SameSite=Lax; Path=/", preview.gate.key().unwrap_or_default());
            let mut answered = redirect(request.uri().path());
            if let Ok(cookie) = HeaderValue::try_from(cookie) {
                answered.headers_mut().insert(SET_COOKIE, cookie);
            }
            return answered;
        }
        Err(refusal) => return refuse(&preview, refusal),
    }
    let own = request.uri().path().strip_prefix("/_via/").map(str::to_owned);
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match own {
        None if reads => site(preview, &request).await,
        Some(path) if reads => own_page(preview, &path, &query).await,
        Some(path) if request.method() == Method::POST => own_action(preview, &path, request).await,
        _ => text(StatusCode::METHOD_NOT_ALLOWED, "405\n"),
    }
}

/// A page or a file of the site.
async fn site(preview: Arc<Preview>, request: &Request<Incoming>) -> Answered {
    let state = preview.states.borrow().clone();
    let path = request.uri().path().to_owned();
    let found = blocking(Found::Nothing, {
        let (state, kept, path) = (state.clone(), preview.kept.clone(), path.clone());
        move || page::find(&state, &kept, &path)
    })
    .await;
    let language = state.language().to_owned();
    match found {
        Found::File(address, bytes) => {
            let hash = page::hash(&bytes);
            let tag = format!("\"{}-{hash}\"", preview.run);
            if request.headers().get_all(IF_NONE_MATCH).iter().any(|given| given.to_str().is_ok_and(|given| given.contains(&tag))) {
                return respond(StatusCode::NOT_MODIFIED, "", Bytes::new(), &[(ETAG, &tag), (CACHE_CONTROL, "no-cache")]);
            }
            let is_page = std::path::Path::new(&address).extension().is_some_and(|ending| ending == "html");
            let bytes = if is_page { page::with_tag(&bytes, &script(&preview, &address, &hash, "page")) } else { bytes };
            respond(StatusCode::OK, media_type(&address), bytes, &[(ETAG, &tag), (CACHE_CONTROL, "no-cache")])
        }
        Found::Folder => redirect(&format!("{path}/")),
        Found::Missing(own) => {
            let tag = script(&preview, &page::decoded(&path).unwrap_or_default(), "", "page");
            match own {
                Some(bytes) => html(StatusCode::NOT_FOUND, page::with_tag(&bytes, &tag)),
                None => notice(&preview, StatusCode::NOT_FOUND, "missing", &language, &tag),
            }
        }
        Found::Nothing => {
            let tag = script(&preview, &page::decoded(&path).unwrap_or_default(), "", "broken");
            notice(&preview, StatusCode::INTERNAL_SERVER_ERROR, "broken", &language, &tag)
        }
        Found::Building => {
            let tag = script(&preview, &page::decoded(&path).unwrap_or_default(), "", "building");
            notice(&preview, StatusCode::SERVICE_UNAVAILABLE, "building", &language, &tag)
        }
    }
}

/// What our own script needs to know of a page.
fn script(preview: &Preview, path: &str, hash: &str, state: &str) -> String {
    let plain = path.strip_prefix('/').unwrap_or(path);
    let address = if state == "own" { plain.to_owned() } else { page::whole_address(plain) };
    format!(
        "<script type=\"module\" src=\"/_via/client.js\" data-via-page=\"{}\" data-via-hash=\"{hash}\" data-via-state=\"{state}\" \
         data-via-token=\"{}\"></script>",
        escape(&address),
        escape(preview.gate.token()),
    )
}

/// What the preview itself shows.
async fn own_page(preview: Arc<Preview>, path: &str, query: &[(String, String)]) -> Answered {
    if let Some((name, content)) = OWN.iter().find(|(name, _)| *name == path) {
        return respond(StatusCode::OK, media_type(name), Bytes::from_static(content.as_bytes()), &[]);
    }
    let state = preview.states.borrow().clone();
    let language = value(query, "lang").unwrap_or_else(|| state.language()).to_owned();
    let address = value(query, "page").unwrap_or_default().to_owned();
    match path {
        "events" => {
            let Ok(permit) = preview.streams.clone().try_acquire_owned() else {
                return text(StatusCode::SERVICE_UNAVAILABLE, "503\n");
            };
            let parts = events::stream(preview.states.clone(), preview.kept.clone(), address, permit);
            let mut answered = Response::new(Answer::Parts(parts));
            answered.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
            answered
        }
        "panel" => {
            let own = value(query, "own").is_some();
            let maker = preview.clone();
            html(StatusCode::OK, blocking(Bytes::new(), move || panel_of(&maker, &state, &address, own, &language)).await)
        }
        "" => {
            let made = value(query, "made").map(str::to_owned);
            let maker = preview.clone();
            let page = move || {
                let tag = own_script(&maker, &state, "_via/");
                let desk = desk::desk(&maker.views, &state, &language, made.as_deref(), tag);
                Bytes::from(maker.views.render("desk.html", &language, &desk))
            };
            html(StatusCode::OK, blocking(Bytes::new(), page).await)
        }
        "new" => {
            let given = query.to_vec();
            let maker = preview.clone();
            let page = move || form_page(&maker, &state, &given, &language, None);
            blocking(None, page).await.map_or_else(|| text(StatusCode::NOT_FOUND, "404\n"), |page| html(StatusCode::OK, page))
        }
        _ => text(StatusCode::NOT_FOUND, "404\n"),
    }
}

fn panel_of(preview: &Preview, state: &State, address: &str, own: bool, language: &str) -> Bytes {
    let extra = preview.kept.output(state, address).err().unwrap_or_default();
    let file = if own { desk::file_of(state, address) } else { None };
    panel::render(&preview.views, state, &panel::Subject { extra: &extra, own, file: file.as_deref() }, language).into()
}

fn form_page(preview: &Preview, state: &State, given: &[(String, String)], language: &str, wrong: Option<String>) -> Option<Bytes> {
    let frame = (own_script(preview, state, "_via/new"), preview.gate.token());
    let form = desk::form(state, value(given, "kind")?, given, language, frame, wrong)?;
    Some(preview.views.render("form.html", language, &form).into())
}

/// The script of a page of the preview itself.
fn own_script(preview: &Preview, state: &State, address: &str) -> String {
    script(preview, address, &state.problems_stamp.to_string(), "own")
}

/// What a page of ours asks to be done.
async fn own_action(preview: Arc<Preview>, path: &str, request: Request<Incoming>) -> Answered {
    let header = request.headers().get(TOKEN_HEADER).and_then(|token| token.to_str().ok()).map(str::to_owned);
    let body = Limited::new(request.into_body(), FORM).collect();
    let Ok(Ok(body)) = tokio::time::timeout(PATIENCE, body).await else { return text(StatusCode::PAYLOAD_TOO_LARGE, "413\n") };
    let form = pairs(&body.to_bytes());
    if let Err(refusal) = preview.gate.trust(header.as_deref().or(value(&form, "token"))) {
        return refuse(&preview, refusal);
    }
    let state = preview.states.borrow().clone();
    match path {
        "open" => open(&preview, &state, &form),
        "new" => {
            let maker = preview.clone();
            let make = move || make_page(&maker, &state, &form);
            blocking(text(StatusCode::INTERNAL_SERVER_ERROR, "500\n"), make).await
        }
        _ => text(StatusCode::NOT_FOUND, "404\n"),
    }
}

/// Opens a file that the site was read from.
fn open(preview: &Preview, state: &State, form: &[(String, String)]) -> Answered {
    let file = value(form, "file").and_then(|path| state.latest.as_ref()?.sources.get(path));
    let Some(file) = file else { return text(StatusCode::NOT_FOUND, "404\n") };
    let number = |name| value(form, name).and_then(|text| text.parse::<usize>().ok()).unwrap_or(1).max(1);
    let opened = preview.editor.open(&preview.root.join(&*file.path), number("line"), number("column"));
    let answer = json!({"editor": preview.editor.name(), "opened": opened.is_ok()}).to_string();
    respond(StatusCode::OK, "application/json", answer.into(), &[])
}

/// Makes the page that a form asks for, and opens it; shows the form again if that does not work.
fn make_page(preview: &Preview, state: &State, form: &[(String, String)]) -> Answered {
    let language = value(form, "lang").unwrap_or_else(|| state.language());
    match desk::new_page(&preview.root, state, form, language) {
        Ok(path) => {
            let _ = preview.editor.open(&preview.root.join(&*path), 1, 1);
            let query: String =
                form_urlencoded::Serializer::new(String::new()).append_pair("made", &path).append_pair("lang", language).finish();
            redirect(&format!("/_via/?{query}"))
        }
        Err(error) => {
            let word = |path| preview.views.word(language, path);
            let wrong = error.map_or_else(|| word("form.unknown"), |error| format!("{} {error}", word("form.failed")));
            let page = form_page(preview, state, form, language, Some(wrong));
            page.map_or_else(|| text(StatusCode::NOT_FOUND, "404\n"), |page| html(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}

fn refuse(preview: &Preview, refusal: Refusal) -> Answered {
    let state = preview.states.borrow().clone();
    let reason = match refusal {
        Refusal::Host => "refused.host",
        Refusal::Origin => "refused.origin",
        Refusal::Key => "refused.key",
        Refusal::Token => "refused.token",
    };
    let status = if refusal == Refusal::Host { StatusCode::MISDIRECTED_REQUEST } else { StatusCode::FORBIDDEN };
    text(status, &(preview.views.word(state.language(), reason) + "\n"))
}

/// A page of ours that says one thing.
fn notice(preview: &Preview, status: StatusCode, what: &str, language: &str, tag: &str) -> Answered {
    let word = |part: &str| preview.views.word(language, &format!("notice.{what}.{part}"));
    let data = json!({"title": word("title"), "says": word("says"), "tag": tag, "again": what == "building"});
    html(status, preview.views.render("notice.html", language, &data).into())
}

fn html(status: StatusCode, bytes: Bytes) -> Answered {
    respond(status, "text/html; charset=utf-8", bytes, &[(REFERRER_POLICY, "same-origin")])
}

fn text(status: StatusCode, text: &str) -> Answered {
    respond(status, "text/plain; charset=utf-8", Bytes::copy_from_slice(text.as_bytes()), &[])
}

fn redirect(path: &str) -> Answered {
    // Two slashes at the start would be the address of another host.
    let path = format!("/{}", path.trim_start_matches(['/', '\\']));
    respond(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", Bytes::new(), &[(LOCATION, &path)])
}

fn respond(status: StatusCode, kind: &'static str, bytes: Bytes, headers: &[(HeaderName, &str)]) -> Answered {
    let mut answered = Response::new(Answer::Whole((!bytes.is_empty()).then_some(bytes)));
    *answered.status_mut() = status;
    if !kind.is_empty() {
        answered.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            answered.headers_mut().insert(name, value);
        }
    }
    answered
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Does what takes a while beside the server's thread.
async fn blocking<T: Send + 'static>(otherwise: T, work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap_or(otherwise)
}

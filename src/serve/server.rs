//! Connections: how many there may be, how long they may take, and how large what they send may be.

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::{Preview, route};

/// Connections at the same time; more are closed at once. A browser opens six to a host.
const CONNECTIONS: usize = 256;

/// Event streams at the same time: one for each tab that is looked at.
pub const STREAMS: usize = 64;

/// So long a client may take to send the head of a request.
const HEAD: Duration = Duration::from_secs(5);

/// The head of a request, in bytes.
const HEAD_SIZE: usize = 16 << 10;

/// So many lines it may have.
const HEAD_LINES: usize = 64;

/// After this a connection gets no new request, so that one whose client stopped reading is not kept for ever.
const LIFETIME: Duration = Duration::from_secs(60);

/// So long it may then take to finish the last one. Tabs that listen come back by themselves.
const FAREWELL: Duration = Duration::from_secs(30);

/// Threads that make pages; the server's own only passes them on.
const MAKERS: usize = 4;

/// Starts to answer, on a thread of its own.
///
/// # Errors
///
/// If the system refuses the thread or the listener.
pub(super) fn start(listener: TcpListener, preview: Preview) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(MAKERS).build()?;
    let listener = {
        let _inside = runtime.enter();
        tokio::net::TcpListener::from_std(listener)?
    };
    std::thread::Builder::new().name("server".to_owned()).spawn(move || runtime.block_on(accept(listener, Arc::new(preview))))?;
    Ok(())
}

async fn accept(listener: tokio::net::TcpListener, preview: Arc<Preview>) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Most likely there are no more files to be had; that passes.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        if let Ok(slot) = slots.clone().try_acquire_owned() {
            let preview = preview.clone();
            tokio::spawn(async move {
                let _slot = slot;
                converse(stream, preview).await;
            });
        }
    }
}

async fn converse(stream: TcpStream, preview: Arc<Preview>) {
    // An event is small and urgent.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request| {
        let preview = preview.clone();
        async move { Ok::<_, Infallible>(route::answer(preview, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_SIZE)
        .max_headers(HEAD_LINES)
        .serve_connection(TokioIo::new(stream), answer);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = tokio::time::sleep(LIFETIME) => connection.as_mut().graceful_shutdown(),
    }
    let _ = tokio::time::timeout(FAREWELL, connection).await;
}

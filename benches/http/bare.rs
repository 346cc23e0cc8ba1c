//! What an axum server can do at best: routes that know nothing of a ledger, behind the same gate.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use rollbook::ground::journal::segment::preallocate;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use tokio::sync::oneshot;

/// As many as the ledger's own writer lets wait, and takes as one group.
const QUEUE_LIMIT: usize = 1024;
const GROUP_LIMIT: usize = 256;

/// As long as a segment of the journal.
const FILE_BYTES: u64 = 64 * 1024 * 1024;

type Waiting = SyncSender<oneshot::Sender<()>>;

/// Known when the server was asked for the real ones.
static BODIES: OnceLock<[Bytes; 2]> = OnceLock::new();

/// Sets the lengths of what `/bare/one` and `/bare/list` answer.
pub(crate) fn set_bodies(lengths: [usize; 2]) {
    let bodies = lengths.map(|length| Bytes::from(vec![b'x'; length]));
    BODIES.set(bodies).expect("the bench sets them once");
}

async fn constant<const INDEX: usize>() -> Response {
    json(StatusCode::OK, BODIES.get().map(|bodies| bodies[INDEX].clone()).unwrap_or_default())
}

/// Constant bytes, an echo, and an echo behind a group-committed fdatasync that appends
/// `durable_bytes` for each request.
pub(crate) fn routes(directory: &Path, durable_bytes: usize) -> Router {
    let (sender, receiver) = sync_channel(QUEUE_LIMIT);
    let directory = directory.to_owned();
    thread::spawn(move || commit(&directory, &receiver, durable_bytes));
    Router::new()
        .route("/bare/one", get(constant::<0>))
        .route("/bare/list", get(constant::<1>))
        .route("/bare/echo", post(|body: Bytes| async move { json(StatusCode::CREATED, body) }))
        .route("/bare/durable", post(durable).with_state(sender))
}

fn json(status: StatusCode, body: Bytes) -> Response {
    let mut response = (status, body).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

async fn durable(State(sender): State<Waiting>, body: Bytes) -> Response {
    let (done, is_done) = oneshot::channel();
    let committed = match sender.try_send(done) {
        Ok(()) => is_done.await.is_ok(),
        Err(_) => false,
    };
    json(if committed { StatusCode::CREATED } else { StatusCode::SERVICE_UNAVAILABLE }, body)
}

/// Takes what waits as one group, writes and syncs it, and answers.
fn commit(directory: &Path, queue: &Receiver<oneshot::Sender<()>>, bytes: usize) {
    let mut number = 0;
    let mut last = begin(directory, number);
    let mut end = 0;
    while let Ok(first) = queue.recv() {
        let group: Vec<_> =
            std::iter::once(first).chain(queue.try_iter().take(GROUP_LIMIT - 1)).collect();
        let written = vec![b'x'; bytes * group.len()];
        if end + written.len() as u64 > FILE_BYTES {
            (number, end) = (number + 1, 0);
            std::fs::remove_file(&last.1).expect("the file was made here");
            last = begin(directory, number);
        }
        let file = &last.0;
        file.write_all_at(&written, end)
            .and_then(|()| file.sync_data())
            .expect("the disk has room");
        end += written.len() as u64;
        for done in group {
            // Whoever asked may have gone.
            let _ = done.send(());
        }
    }
}

fn begin(directory: &Path, number: u64) -> (File, PathBuf) {
    let path = directory.join(format!("bare-{number}"));
    let file = OpenOptions::new().create_new(true).write(true).open(&path);
    let file = file.and_then(|file| {
        preallocate(&file, FILE_BYTES)?;
        file.sync_all()?;
        Ok(file)
    });
    (file.expect("the disk has room for a segment"), path)
}

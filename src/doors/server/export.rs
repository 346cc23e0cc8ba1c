//! An organization's history as it can be verified anywhere, sent while it is read.

use super::Site;
use super::call::Call;
use super::openapi::Operation;
use super::reply::SEQ;
use super::route::asked;
use super::table::{Untold, Way};
use crate::doors::desk::{Answered, not_for_them};
use crate::doors::wire::{Guard, Organization, OrganizationName, Problem, When};
use crate::facts::Permission;
use crate::house::export::write::write;
use crate::law::sight::Sight;
use axum::body::{Body, HttpBody};
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use hyper::body::{Bytes, Frame};
use std::io::{self, ErrorKind, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// How much is sent at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// How many chunks wait for the reader: enough that disk and network need not take turns.
const CHUNKS_WAITING: usize = 4;

/// Who may have it: whoever may read the history.
const GUARD: Guard = Guard::Sees(Permission::LogRead);

pub(super) fn way() -> Way {
    let answer = move |State(site): State<Arc<Site>>, call: Call| async move {
        let question: Organization = asked(&site, &call).await?;
        send(&site, &call, &question)
    };
    let told = "An organization's history as it can be verified anywhere.\n\n\
                Needs `log.read`, or being an auditor. A header, a line an entry and an end, in \
                JSON Lines: `docs/FORMAT.md` tells the form. What breaks off has no end.";
    let told = Operation::new("exportOrganization", told)
        .part::<OrganizationName>("org")
        .asks::<When>()
        .tells_text(200, "application/x-ndjson")
        .refuses(&[412, 422]);
    Untold::new("GET", on(MethodFilter::GET, answer)).told(told)
}

fn send(site: &Site, call: &Call, question: &Organization) -> Result<Response, Problem> {
    let reader = site.desk.reader(call.caller()?.actor);
    if site.desk.sight_of(GUARD, &reader, call.organization()?.as_ref())? != Sight::All {
        return Err(not_for_them(GUARD));
    }
    let heading = question.answer(&site.desk)?.heading;
    let (org, at) = (heading.organization_id, heading.as_of);
    let ledger = Arc::clone(&site.ledger);
    let write = move |writer: &mut dyn Write| write(&ledger, org, at.org_seq() + 1, writer).is_ok();
    let mut response = sent(site, "application/x-ndjson", write)?;
    response.headers_mut().insert(SEQ, HeaderValue::from(at.seq()));
    Ok(response)
}

/// What is sent while it is written, on a thread that may block; `write` says whether all of it
/// was.
pub(super) fn sent(
    site: &Site,
    kind: &'static str,
    write: impl FnOnce(&mut dyn Write) -> bool + Send + 'static,
) -> Result<Response, Problem> {
    let place = Arc::clone(&site.exports).try_acquire_owned().map_err(|_| {
        let detail = "as many exports are under way as there may be; nothing was sent";
        Problem { is_passing: true, ..Problem::new(503, "exports_busy", detail) }
    })?;
    let (sender, chunks) = channel(CHUNKS_WAITING);
    let mut chunks_out =
        Chunks { sender, filled: Vec::with_capacity(CHUNK_BYTES), patience: site.limits.request };
    spawn_blocking(move || {
        // What breaks off is no export: only one that is whole gets its end.
        if write(&mut chunks_out) && chunks_out.flush().is_ok() {
            let _ = chunks_out.give(Sending::End);
        }
        drop(place);
    });
    let mut response = Body::new(Sent { chunks, is_over: false }).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}

enum Sending {
    Chunk(Bytes),
    /// Nothing follows.
    End,
}

/// The end that is written to, on a thread that may block.
struct Chunks {
    sender: Sender<Sending>,
    filled: Vec<u8>,
    patience: Duration,
}

impl Chunks {
    /// Waits for the reader, but not for ever: whoever does not read keeps no thread.
    fn give(&self, chunk: Sending) -> io::Result<()> {
        let given = timeout(self.patience, self.sender.send(chunk));
        match Handle::current().block_on(given) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(ErrorKind::BrokenPipe.into()),
            Err(_) => Err(ErrorKind::TimedOut.into()),
        }
    }
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.filled.len() >= CHUNK_BYTES {
            self.flush()?;
        }
        self.filled.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.filled.is_empty() {
            return Ok(());
        }
        let filled = std::mem::replace(&mut self.filled, Vec::with_capacity(CHUNK_BYTES));
        self.give(Sending::Chunk(filled.into()))
    }
}

/// The end that is sent. Without its end the answer breaks off, and whoever reads it knows.
struct Sent {
    chunks: Receiver<Sending>,
    is_over: bool,
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        self.chunks.poll_recv(context).map(|sent| match sent {
            Some(Sending::Chunk(bytes)) => Some(Ok(Frame::data(bytes))),
            Some(Sending::End) => {
                self.is_over = true;
                None
            }
            None => Some(Err(ErrorKind::UnexpectedEof.into())),
        })
    }
}

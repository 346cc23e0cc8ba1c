//! An organization's history as it happens: server-sent events (WHATWG HTML § 9.2), an entry each.
//!
//! The id of an event is its `org_seq`: whoever comes again with the last one that they saw
//! (`Last-Event-ID`) goes on behind it, and misses nothing. Before entries are sent, and at least
//! every few seconds, it is asked again whether whoever reads may still read.

use super::Site;
use super::call::Call;
use super::caller::identify;
use super::openapi::Operation;
use super::table::{Untold, Way};
use crate::doors::desk::not_for_them;
use crate::doors::wire::{Follow, Guard, OrganizationName, Problem};
use crate::facts::Permission;
use crate::law::sight::Sight;
use crate::projections::AuditRow;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use futures_util::stream::unfold;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{Sender, channel};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};

/// Who may follow: whoever may read the history.
const GUARD: Guard = Guard::Sees(Permission::LogRead);

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// How many entries are read at a time.
const READ_ENTRIES: usize = 100;

/// How many events wait for the reader.
const EVENTS_WAITING: usize = 16;

/// How often it is looked whether somebody may still read, where nothing happens.
const LOOK: Duration = Duration::from_secs(5);

/// How often something is sent where nothing happens: proxies end what is silent for a minute.
const ALIVE: Duration = Duration::from_secs(15);

/// How long one goes on. Clients come again by themselves; whoever stopped reading does not.
const LONGEST: Duration = Duration::from_secs(3600);

/// When a client comes again behind an end.
const RETRY: Duration = Duration::from_secs(1);

pub(super) fn way() -> Way {
    let answer = move |State(site): State<Arc<Site>>, headers: HeaderMap, call: Call| async move {
        begin(site, headers, &call)
    };
    let told = "Follows an organization's history: server-sent events, an entry each.\n\n\
                Needs `log.read`, or being an auditor. The id of an event is its `org_seq`, its \
                data a row of the history; with `Last-Event-ID` it goes on behind that entry. It \
                ends when whoever follows may not read any more, and after an hour.";
    let told = Operation::new("followOrganization", told)
        .part::<OrganizationName>("org")
        .asks::<Follow>()
        .tells_text(200, "text/event-stream");
    Untold::new("GET", on(MethodFilter::GET, answer)).told(told)
}

/// Somebody who follows, from one entry on.
struct Follower {
    site: Arc<Site>,
    /// What they came in by is asked again: tokens and sessions end.
    headers: HeaderMap,
    org: OrganizationName,
    next: u64,
    until: Instant,
    /// How long a reader may be waited for.
    patience: Duration,
    _place: OwnedSemaphorePermit,
}

fn begin(site: Arc<Site>, headers: HeaderMap, call: &Call) -> Result<Response, Problem> {
    let Some(org) = call.organization()? else {
        return Err(Problem::missing("unknown_route", "there is nothing at this path"));
    };
    let Follow { after } = call.parameters()?;
    let after = seen(&headers)?.or(after);
    may(&site, &headers, &org)?;
    let size = site.desk.size_of(&org)?;
    let next = match after {
        Some(after) if after >= size => {
            let detail = format!("org_seq {after} does not exist yet: there are {size}, from 0");
            return Err(Problem::missing("beyond_end", detail));
        }
        Some(after) => after + 1,
        None => size,
    };
    let place = Arc::clone(&site.streams).try_acquire_owned().map_err(|_| {
        let detail = "as many follow as there may be";
        Problem { is_passing: true, ..Problem::new(503, "streams_busy", detail) }
    })?;
    let (until, patience) = (Instant::now() + LONGEST, site.limits.request);
    let follower = Follower { site, headers, org, next, until, patience, _place: place };
    let (sender, events) = channel(EVENTS_WAITING);
    tokio::spawn(follower.follow(sender));
    let events = unfold(events, |mut events| async {
        events.recv().await.map(|event| (Ok::<_, Infallible>(event), events))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response())
}

/// The last event that a client saw.
fn seen(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(given) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let read = given.to_str().ok().and_then(|text| text.parse().ok());
    read.map(Some).ok_or_else(|| {
        let detail = "Last-Event-ID: expected the id of an event of this stream";
        Problem::wrong("wrong_parameter", detail)
    })
}

/// Whether whoever follows may read there, now.
fn may(site: &Site, headers: &HeaderMap, org: &OrganizationName) -> Result<(), Problem> {
    let caller = identify(site, &Method::GET, headers)?.ok_or_else(super::problem::unauthorized)?;
    let named = |only| site.desk.is_named(only, org);
    if !caller.only.is_none_or(named) {
        return Err(super::problem::unauthorized());
    }
    let reader = site.desk.reader(caller.actor);
    match site.desk.sight_of(GUARD, &reader, Some(org))? {
        Sight::All => Ok(()),
        Sight::Own(_) | Sight::Nothing => Err(not_for_them(GUARD)),
    }
}

impl Follower {
    /// Sends entries until somebody or something ends it.
    async fn follow(mut self, sender: Sender<Event>) {
        let (mut size, mut stopping) = (self.site.size.clone(), self.site.stopping.clone());
        let mut first = true;
        while Instant::now() < self.until && may(&self.site, &self.headers, &self.org).is_ok() {
            size.borrow_and_update();
            let Ok(rows) = self.read().await else { return };
            for row in &rows {
                let Ok(event) = told(row, std::mem::take(&mut first)) else { return };
                match timeout(self.patience, sender.send(event)).await {
                    Ok(Ok(())) => self.next = row.org_seq + 1,
                    Ok(Err(_)) | Err(_) => return,
                }
            }
            if rows.len() == READ_ENTRIES {
                continue;
            }
            tokio::select! {
                published = timeout(LOOK, size.changed()) => {
                    if matches!(published, Ok(Err(_))) {
                        return;
                    }
                }
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = sender.closed() => return,
            }
        }
    }

    async fn read(&self) -> Result<Vec<AuditRow>, Problem> {
        let (site, org, next) = (Arc::clone(&self.site), self.org.clone(), self.next);
        let read = spawn_blocking(move || site.desk.entries(&org, next, READ_ENTRIES)).await;
        read.map_err(|error| Problem::fault("fault", error))?
    }
}

fn told(row: &AuditRow, is_first: bool) -> Result<Event, serde_json::Error> {
    let event = Event::default().id(row.org_seq.to_string()).event(&*row.event_type);
    let event = if is_first { event.retry(RETRY) } else { event };
    // JSON on one line: nothing in it ends an event.
    Ok(event.data(serde_json::to_string(row)?))
}

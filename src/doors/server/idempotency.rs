//! Requests that come again: by their idempotency key they are answered as before
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! What is kept is where the answer stands in the log, never the answer: it is told anew from
//! there, without the secrets that are told once. The writer sees keys where the order is fixed, so
//! of two requests that cross each other one is decided, and both get its answer.

use super::Site;
use super::reply::Reply;
use crate::doors::desk::{About, Told};
use crate::doors::wire::accounts::{Done, IssuedToken};
use crate::doors::wire::{LedgerMoment, OneTimeToken, Problem};
use crate::facts::{Actor, Entry, Event};
use crate::ground::idempotency::{DETAIL_LIMIT_BYTES, Found, IdempotencyKey, Outcome};
use crate::house::{Once, Receipt, SubmitError};
use crate::law::Refusal;
use crate::words::hash::checksum;
use crate::words::{CommandId, OrganizationId};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// Names a request, so that it is done once however often it is sent.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Says that an answer is one that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest key: what is drawn at random has far less.
const KEY_LIMIT_CHARACTERS: usize = 255;

/// How many entries of a command are read at a time.
const READ_ENTRIES: usize = 1024;

/// How an answer is told again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Retelling {
    /// What was recorded in an organization.
    Recorded {
        about: About,
        org: Option<OrganizationId>,
        /// Whether a one-time token was told.
        told_token: bool,
        /// Whether it was told as a link too.
        told_link: bool,
        /// Whether sessions were counted that ended.
        counted_sessions: bool,
    },
    /// That it is done.
    Done,
    /// That a token was issued, found below a place.
    Issued { place: String },
}

/// The key that a request came with; none where there is no such header.
pub(super) fn given(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut given = headers.get_all(KEY).iter();
    let Some(value) = given.next() else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let fits = (1..=KEY_LIMIT_CHARACTERS).contains(&text.len())
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if given.next().is_some() || !fits {
        let detail = "Idempotency-Key: expected one, of 1 to 255 printable ASCII characters";
        return Err(Problem::wrong("wrong_idempotency_key", detail));
    }
    Ok(Some(text.to_owned()))
}

/// Where a request is answered with a secret or a cookie, or comes from nobody, no key is taken:
/// the same answer could not be given again.
pub(super) fn taken_elsewhere() -> Problem {
    let detail = "Idempotency-Key: this path takes none; see the documentation for those that do";
    Problem::wrong("idempotency_key_not_taken", detail)
}

/// The key of one request: who sends it, and what.
pub(super) fn key(caller: Actor, text: &str, request: &[&[u8]]) -> IdempotencyKey {
    let sums: Vec<u8> = request.iter().flat_map(|part| checksum(part)).collect();
    IdempotencyKey { caller: caller.to_string(), key: text.to_owned(), request: checksum(&sums) }
}

/// The same key for one row of a request of many.
pub(super) fn row(key: &IdempotencyKey, number: usize) -> IdempotencyKey {
    // No key of a header holds a line feed.
    IdempotencyKey { key: format!("{}\n{number}", key.key), ..key.clone() }
}

/// What makes a command the same as one before.
pub(super) fn once(key: IdempotencyKey, retelling: &Retelling) -> Once {
    // What a retelling holds has been written as JSON before.
    let detail = serde_json::to_vec(retelling).unwrap_or_default().into();
    Once { key, detail, refused }
}

fn refused(refusal: &Refusal) -> Box<[u8]> {
    let problem = Problem::from(refusal.clone());
    let written = serde_json::json!({
        "status": problem.status, "code": problem.code, "detail": problem.detail,
    });
    let written = written.to_string();
    if written.len() <= DETAIL_LIMIT_BYTES {
        return written.into_bytes().into();
    }
    let short = serde_json::json!({
        "status": problem.status, "code": problem.code, "detail": problem.code,
    });
    short.to_string().into_bytes().into()
}

/// The answer that a request got before; none where it is a new one.
pub(super) async fn again(
    site: &Arc<Site>,
    key: &IdempotencyKey,
) -> Result<Option<Reply>, Problem> {
    let Some((receipt, retelling)) = kept(site, key).await? else { return Ok(None) };
    let reply = tell(site, &receipt, retelling)?;
    Ok(Some(reply.with_header(REPLAYED, HeaderValue::from_static("true"))))
}

/// The answer of a request that crossed another one with its key.
pub(super) async fn repeated(
    site: &Arc<Site>,
    key: Option<&IdempotencyKey>,
) -> Result<Reply, Problem> {
    let reply = match key {
        Some(key) => again(site, key).await?,
        None => None,
    };
    reply.ok_or_else(|| SubmitError::Repeated.into())
}

/// What was recorded for one row of a request of many; none where that is not known.
pub(super) async fn told_again(
    site: &Arc<Site>,
    key: &IdempotencyKey,
) -> Result<Option<Told>, Problem> {
    let Some((receipt, _)) = kept(site, key).await? else { return Ok(None) };
    site.desk.recorded(&receipt, About::Created, None, None).map(Some)
}

/// What a request led to before, and how that is told; a refusal is told at once. A key that was
/// not used yet, which most are, costs no thread that may block.
async fn kept(
    site: &Arc<Site>,
    key: &IdempotencyKey,
) -> Result<Option<(Receipt, Retelling)>, Problem> {
    if !site.ledger.was_sent(key, (site.now)()) {
        return Ok(None);
    }
    let (site, key) = (Arc::clone(site), key.clone());
    let read = spawn_blocking(move || read_kept(&site, &key)).await;
    read.map_err(|error| Problem::fault("fault", error))?
}

fn read_kept(site: &Site, key: &IdempotencyKey) -> Result<Option<(Receipt, Retelling)>, Problem> {
    let kept = match site.ledger.answered(key, (site.now)()) {
        Found::Nothing => return Ok(None),
        Found::Other => return Err(SubmitError::KeyReused.into()),
        Found::Kept(kept) => kept,
    };
    match kept.outcome {
        Outcome::Refused(detail) => Err(read(&detail)?),
        Outcome::Recorded { cmd, first, entries, size, detail } => {
            let receipt = receipt(site, cmd, (first, entries), size)?;
            Ok(Some((receipt, read(&detail)?)))
        }
    }
}

/// What a command led to, read from the log.
fn receipt(
    site: &Site,
    cmd: CommandId,
    (first, count): (u64, u32),
    size: u64,
) -> Result<Receipt, Problem> {
    let mut entries: Vec<Arc<Entry>> = Vec::new();
    let end = first + u64::from(count);
    while let Some(seq) = Some(first + entries.len() as u64).filter(|seq| *seq < end) {
        let wanted = usize::try_from(end - seq).unwrap_or(READ_ENTRIES).min(READ_ENTRIES);
        let records = site.ledger.read(seq, wanted)?;
        if records.is_empty() {
            return Err(Problem::fault("unreadable", "an entry that was recorded is not there"));
        }
        for record in records {
            entries.push(Arc::new(site.ledger.unseal(&record)?.entry));
        }
    }
    Ok(Receipt { cmd, entries, size, chains: None })
}

fn tell(site: &Site, receipt: &Receipt, retelling: Retelling) -> Result<Reply, Problem> {
    let as_of = LedgerMoment { seq: receipt.size.checked_sub(1) };
    match retelling {
        Retelling::Done => Reply::json(as_of.seq, &Done { as_of }),
        Retelling::Issued { place } => issued(receipt, None, &place),
        Retelling::Recorded { about, org, told_token, told_link, counted_sessions } => {
            let mut told = site.desk.recorded(receipt, about, None, org)?;
            let omitted =
                [(told_token, "token"), (told_link, "link"), (counted_sessions, "ended.sessions")];
            let omitted =
                omitted.into_iter().filter_map(|(was_told, name)| was_told.then_some(name));
            told.answer.omitted = omitted.map(str::to_owned).collect();
            told.reply()
        }
    }
}

fn read<T: DeserializeOwned>(detail: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(detail).map_err(|error| Problem::fault("idempotency", error))
}

/// Tells of a token that was issued; without the token, where that was told before.
pub(super) fn issued(
    receipt: &Receipt,
    token: Option<OneTimeToken>,
    place: &str,
) -> Result<Reply, Problem> {
    let issued = receipt.entries.iter().find_map(|entry| match &entry.fact.event {
        Event::TokenIssued(event) => Some(event),
        _ => None,
    });
    let issued =
        issued.ok_or_else(|| Problem::fault("fault", "recorded, but it cannot be shown"))?;
    let as_of = LedgerMoment { seq: receipt.size.checked_sub(1) };
    let told = IssuedToken {
        as_of,
        token_id: issued.token,
        omitted: if token.is_some() { Vec::new() } else { vec!["token"] },
        token,
        name: issued.name.clone(),
        scopes: issued.scopes.clone(),
        expires_at: issued.expires_at,
    };
    Ok(Reply::json(as_of.seq, &told)?.created(format!("{place}/{}", issued.token)))
}

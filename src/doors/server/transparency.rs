//! What a ledger publishes of itself: checkpoints for everybody, tiles and proofs for whoever may
//! read what they are of (C2SP tlog-checkpoint, tlog-tiles, tlog-proof, tlog-witness).
//!
//! What is kept of a tree is held against the root that was signed before any of it is sent.

use super::Site;
use super::call::Call;
use super::openapi::Operation;
use super::reply::Reply;
use super::route::awaiting;
use super::table::{Table, Untold};
use crate::doors::desk::not_for_them;
use crate::doors::wire::{Guard, KeyRotated, Method, OrganizationName, Parts, Problem, Why};
use crate::facts::{Actor, Permission};
use crate::house::ledger::rotating::{KeyRotation, RotateError};
use crate::house::ledger::shown::{PublishedLog, ShowError};
use crate::house::publishing::Published;
use crate::house::witnessing::Cosigned;
use crate::law::sight::Sight;
use crate::proof::{EntryBundle, Tile};
use crate::words::OrganizationId;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::routing::{MethodFilter, on};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// How long somebody waits for a checkpoint of a size that is not signed yet.
const PATIENCE: Duration = Duration::from_secs(1);

/// Who may see an organization's log: whoever may read its history.
const GUARD: Guard = Guard::Sees(Permission::LogRead);

const TEXT: &str = "text/plain; charset=utf-8";
const OCTETS: &str = "application/octet-stream";

/// A tile holds the same for ever. Whoever may see one shares it with nobody through a cache.
const FOR_EVER: HeaderValue = HeaderValue::from_static("private, max-age=604800, immutable");

/// A checkpoint is another one in a moment.
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-cache");

/// Which checkpoint is wanted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WantedCheckpoint {
    /// With true the newest that as many witnesses signed as the ledger's operator wants, in place
    /// of the newest of all.
    #[serde(default)]
    cosigned: bool,
    /// It counts at least so many entries of the ledger; waits a second for that.
    #[schemars(range(max = 9007199254740991_u64))]
    min_size: Option<u64>,
}

/// Which checkpoint is known already.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Since {
    /// The size of the checkpoint that whoever asks, or their witness, knows; 0 for none.
    #[schemars(range(max = 9007199254740991_u64))]
    old: u64,
}

/// What is shown of a log, on a thread that may block.
type Show = fn(&Site, &PublishedLog, &Call) -> Result<Reply, Problem>;

/// Its paths.
pub(super) fn ways(table: Table) -> Table {
    let operators = "For operators.";
    let auditors = "Needs `log.read`, or being an auditor.";
    let about = |id: &str, (what, more): (&str, &str), who: &str| {
        Operation::new(id, &format!("{what}\n\n{who} {more}")).refuses(&[404, 412])
    };
    let of_organization =
        |id: &str, text| about(id, text, auditors).part::<OrganizationName>("org");
    let tiles = |it: Operation| it.part::<String>("path").tells_text(200, OCTETS);
    let texts = |it: Operation| it.tells_text(200, "text/plain");
    let since = |it: Operation| texts(it.asks::<Since>());
    let place = |it: Operation, name| texts(it.part::<u64>(name));
    let open_checkpoint = Operation::new("getCheckpoint", CHECKPOINT).open();
    let open_checkpoint =
        texts(open_checkpoint.asks::<WantedCheckpoint>()).refuses(&[404, 412, 503]);
    let own = "/v1/organizations/{org}/log";
    table
        .at("/checkpoint", checkpoint().told(open_checkpoint))
        .at("/tile/{*path}", whole(tile).told(tiles(about("getTile", TILE, operators))))
        .at(
            "/v1/log/proofs/{seq}",
            whole(proof).told(place(about("getProof", PROOF, operators), "seq")),
        )
        .at(
            "/v1/log/consistency",
            whole(consistency).told(since(about("getConsistency", CONSISTENCY, operators))),
        )
        .at(
            "/v1/log/rotate-key",
            awaiting(Method::Post, rotate).told(
                Operation::new("rotateLogKey", ROTATE)
                    .takes::<Why>()
                    .tells::<KeyRotated>(200)
                    .refuses(&[404, 409, 422, 507]),
            ),
        )
        .at(
            &format!("{own}/checkpoint"),
            part(note).told(texts(of_organization("getOrganizationCheckpoint", NOTE))),
        )
        .at(
            &format!("{own}/tile/{{*path}}"),
            part(tile).told(tiles(of_organization("getOrganizationTile", TILE))),
        )
        .at(
            &format!("{own}/proofs/{{org_seq}}"),
            part(proof).told(place(of_organization("getOrganizationProof", PROOF), "org_seq")),
        )
        .at(
            &format!("{own}/consistency"),
            part(consistency)
                .told(since(of_organization("getOrganizationConsistency", CONSISTENCY))),
        )
        .at(
            &format!("{own}/policy"),
            part(policy).told(texts(of_organization("getOrganizationPolicy", POLICY))),
        )
}

const CHECKPOINT: &str = "The checkpoint that was signed last: how many entries the ledger has, and \
    the root over them.\n\nFor everybody: a C2SP signed note, with the cosignatures of those \
    witnesses that have signed it so far. Whoever keeps one can show later whether the ledger still \
    begins with what it says. Where the server requires witnesses it is always one that they signed.";

const TILE: (&str, &str) = (
    "A tile of the log, or an entry bundle.",
    "The rest of the path is one of C2SP tlog-tiles: `0/x001/067`, `1/000.p/3`, \
     `entries/000.p/17`. What a tree of the published size does not have is not there.",
);
const PROOF: (&str, &str) = (
    "That an entry is in the log.",
    "A C2SP tlog-proof: the path from the entry's leaf to the root, and the checkpoint. Waits a \
     second for an entry that is recorded and not signed yet.",
);
const CONSISTENCY: (&str, &str) = (
    "That the log continues the one of a size that is known.",
    "The body of an add-checkpoint request of C2SP tlog-witness: any witness takes it.",
);
const NOTE: (&str, &str) = (
    "The organization's checkpoint at the size of the ledger that was signed last.",
    "A C2SP signed note, under the origin `{log}/o/{organization_id}`.",
);
const POLICY: (&str, &str) = (
    "A policy for whoever verifies a bundle of the organization: the keys of both logs.",
    "C2SP tlog-policy. Compare the keys with ones that came to you another way, and add the \
     witnesses that you trust.",
);

const ROTATE: &str = "Has checkpoints signed by another key from now on.\n\nFor operators. The key \
    derives from the same secret; its number and its public key are recorded. The first checkpoint \
    behind it carries both signatures.";

/// Has checkpoints signed by another key.
async fn rotate(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let (actor, credential) = match call.commander()? {
        (actor @ Actor::Operator(_), credential) => (actor, credential),
        (Actor::User(_) | Actor::Token(_) | Actor::System(_), _) => {
            return Err(not_for_them(Guard::Operator));
        }
    };
    let Why { reason } = call.body()?;
    let wished = KeyRotation { actor, credential, reason: reason.map(|reason| reason.0) };
    let rotated = spawn_blocking(move || site.ledger.rotate_log_key(wished)).await;
    let rotated = rotated.map_err(|error| Problem::fault("fault", error))?;
    let rotated = rotated.map_err(|error| match error {
        RotateError::Off => off(),
        RotateError::Key(error) => Problem::fault("fault", error),
        RotateError::Submit(error) => error.into(),
    })?;
    Reply::json(Some(rotated.seq), &KeyRotated::from(rotated))
}

fn checkpoint() -> Untold {
    let answer = move |State(site): State<Arc<Site>>, call: Call| async move {
        let WantedCheckpoint { cosigned, min_size } = call.parameters()?;
        let size = min_size.unwrap_or(0);
        let note = if cosigned || site.ledger.requires_witnesses() {
            witnessed(&site, size).await?.note.to_string()
        } else {
            reached(&site, size).await?.note.to_string()
        };
        Ok::<_, Problem>(fresh(note))
    };
    Untold::new("GET", on(MethodFilter::GET, answer))
}

/// Something of the whole ledger's log.
fn whole(show: Show) -> Untold {
    let answer = move |State(site): State<Arc<Site>>, call: Call| async move {
        match call.caller()?.actor {
            Actor::Operator(_) => shown(site, None, call, show).await,
            Actor::User(_) | Actor::Token(_) | Actor::System(_) => {
                Err(not_for_them(Guard::Operator))
            }
        }
    };
    Untold::new("GET", on(MethodFilter::GET, answer))
}

/// Something of an organization's log.
fn part(show: Show) -> Untold {
    let answer = move |State(site): State<Arc<Site>>, call: Call| async move {
        let reader = site.desk.reader(call.caller()?.actor);
        let name: OrganizationName = call.part("org")?;
        if site.desk.sight_of(GUARD, &reader, Some(&name))? != Sight::All {
            return Err(not_for_them(GUARD));
        }
        let org = site.desk.meant(&reader, &name)?;
        shown(site, Some(org), call, show).await
    };
    Untold::new("GET", on(MethodFilter::GET, answer))
}

/// Waits for what is recorded to be signed, and shows something of it.
async fn shown(
    site: Arc<Site>,
    org: Option<OrganizationId>,
    call: Call,
    show: Show,
) -> Result<Reply, Problem> {
    let published = reached(&site, needed(&site, org, &call)?).await?;
    let read = move || {
        let log = site.ledger.published_log(&published, org).map_err(unshown)?;
        show(&site, &log, &call)
    };
    spawn_blocking(read).await.unwrap_or_else(|error| Err(Problem::fault("fault", error)))
}

/// How many entries have to be signed: so many that the entry is among them whose proof is asked
/// for.
fn needed(site: &Site, org: Option<OrganizationId>, call: &Call) -> Result<u64, Problem> {
    let recorded = site.ledger.known().size;
    let behind = match org {
        None if call.text("seq").is_empty() => 0,
        None => call.part::<u64>("seq")?.saturating_add(1),
        Some(_) if call.text("org_seq").is_empty() => 0,
        // Everything that is recorded: whichever entry of the ledger it is, it is among them.
        Some(_) => recorded,
    };
    // What is not recorded yet is not waited for.
    Ok(behind.min(recorded))
}

/// A checkpoint of at least that size.
async fn reached(site: &Arc<Site>, size: u64) -> Result<Arc<Published>, Problem> {
    if !site.ledger.signs() {
        return Err(off());
    }
    if let Some(latest) = site.ledger.published().filter(|it| it.checkpoint.size >= size) {
        return Ok(latest);
    }
    recorded(site, size).await?;
    // Signing takes a tenth of a second; no thread waits longer for who is not known.
    let ledger = Arc::clone(&site.ledger);
    let signed = spawn_blocking(move || ledger.await_published(size, PATIENCE)).await;
    signed.map_err(|error| Problem::fault("fault", error))?.ok_or_else(|| stopped(site))
}

/// A checkpoint of at least that size whose quorum is filled.
async fn witnessed(site: &Arc<Site>, size: u64) -> Result<Arc<Cosigned>, Problem> {
    if !site.ledger.signs() {
        return Err(off());
    }
    if !site.ledger.is_witnessed() {
        let detail = "this server asks no witnesses: start it with --witnesses FILE, a policy that \
                      names them";
        return Err(Problem::missing("witnesses_off", detail));
    }
    if let Some(cosigned) = site.ledger.cosigned().filter(|it| it.checkpoint.size >= size) {
        return Ok(cosigned);
    }
    recorded(site, size).await?;
    let ledger = Arc::clone(&site.ledger);
    let cosigned = spawn_blocking(move || ledger.await_cosigned(size, PATIENCE)).await;
    let cosigned = cosigned.map_err(|error| Problem::fault("fault", error))?;
    cosigned.ok_or_else(|| not_cosigned(site))
}

/// Waits a moment for that many entries.
async fn recorded(site: &Site, size: u64) -> Result<(), Problem> {
    let mut recorded = site.size.clone();
    let waited = timeout(PATIENCE, recorded.wait_for(|recorded| *recorded >= size)).await;
    if waited.is_ok_and(|recorded| recorded.is_ok()) {
        return Ok(());
    }
    let known = site.ledger.known().size;
    let detail = format!("there are {known} entries, not {size} yet");
    let problem = Problem::new(412, "not_here_yet", detail);
    Err(Problem { is_passing: true, ..problem })
}

fn off() -> Problem {
    let detail = "this server signs no checkpoints: start it with --guard FILE, which names a file \
                  outside the data directory";
    Problem::missing("checkpoints_off", detail)
}

fn not_cosigned(site: &Site) -> Problem {
    let missing = site.ledger.missing_witnesses().join(", ");
    let detail = format!(
        "that is recorded and signed, and witnesses have not signed it yet: {missing} did not. Ask \
         again; /readyz says since when"
    );
    Problem { is_passing: true, ..Problem::new(503, "not_cosigned_yet", detail) }
}

fn stopped(site: &Site) -> Problem {
    if site.ledger.requires_witnesses() && site.ledger.publishing_fault().is_none() {
        return not_cosigned(site);
    }
    let detail = "that is recorded and not signed: ask again, or see /readyz whether checkpoints \
                  are signed at all";
    Problem { is_passing: true, ..Problem::new(503, "not_signed_yet", detail) }
}

fn unshown(error: ShowError) -> Problem {
    match error {
        ShowError::Off => off(),
        ShowError::Wrong => Problem { is_passing: true, ..Problem::new(503, "tiles_wrong", error) },
        ShowError::Log(error) => Problem::fault("unreadable", error),
        ShowError::Key(error) => Problem::fault("fault", error),
    }
}

fn not_in_tree(log: &PublishedLog) -> Problem {
    let detail = format!("the log has {} entries, and no such thing", log.checkpoint.size);
    Problem::missing("not_in_tree", detail)
}

fn fresh(text: String) -> Reply {
    Reply::text(TEXT, text).with_header(CACHE_CONTROL, NOT_KEPT)
}

fn note(_: &Site, log: &PublishedLog, _: &Call) -> Result<Reply, Problem> {
    Ok(fresh(log.note.to_string()))
}

fn tile(site: &Site, log: &PublishedLog, call: &Call) -> Result<Reply, Problem> {
    let path = format!("tile/{}", call.text("path"));
    let found = match (EntryBundle::parse(&path), Tile::parse(&path)) {
        (Some(bundle), _) => site.ledger.shown_entries(log, bundle),
        (None, Some(tile)) => site.ledger.shown_tile(log, tile),
        (None, None) => Ok(None),
    };
    let bytes = found.map_err(unshown)?.ok_or_else(|| not_in_tree(log))?;
    Ok(Reply::octets(OCTETS, bytes).with_header(CACHE_CONTROL, FOR_EVER))
}

fn proof(site: &Site, log: &PublishedLog, call: &Call) -> Result<Reply, Problem> {
    let name = if log.is_whole() { "seq" } else { "org_seq" };
    let found = site.ledger.shown_proof(log, call.part(name)?).map_err(unshown)?;
    found.map(fresh).ok_or_else(|| not_in_tree(log))
}

fn consistency(site: &Site, log: &PublishedLog, call: &Call) -> Result<Reply, Problem> {
    let Since { old } = call.parameters()?;
    let found = site.ledger.shown_consistency(log, old).map_err(unshown)?;
    found.map(fresh).ok_or_else(|| not_in_tree(log))
}

fn policy(site: &Site, log: &PublishedLog, _: &Call) -> Result<Reply, Problem> {
    Ok(fresh(site.ledger.policy(log).map_err(unshown)?))
}

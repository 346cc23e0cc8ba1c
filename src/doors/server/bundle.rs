//! An organization's history as a bundle: recorded, signed, and sent as one zip file.

use super::Site;
use super::call::Call;
use super::openapi::Operation;
use super::reply::Reply;
use super::route::awaiting;
use super::submit::submit;
use super::table::{Untold, Way};
use crate::doors::desk::not_for_them;
use crate::doors::wire::{BundleAgain, Guard, Method, NewBundle, OrganizationName, Parts, Problem};
use crate::facts::Permission;
use crate::house::bundle::Files;
use crate::law::Command;
use crate::law::sight::Sight;
use crate::words::ExportId;
use axum::extract::State;
use axum::routing::{MethodFilter, on};
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;

/// Who may have it: whoever may read the history.
const GUARD: Guard = Guard::Sees(Permission::LogRead);

pub(super) fn way() -> Way {
    let way = awaiting(Method::Post, |site, call| async move { hand_out(site, call).await });
    let told = "Hands out a history that proves itself.\n\n\
                Needs `log.read`, or being an auditor. A zip file whose integrity, completeness and \
                age are checked offline, by anybody: `docs/BUNDLE.md` tells its form. That it was \
                handed out is recorded, and is the last entry in it. Only where checkpoints are \
                signed.";
    let told = Operation::new("createBundle", told)
        .part::<OrganizationName>("org")
        .takes::<NewBundle>()
        .tells_text(200, "application/zip")
        .commanded();
    way.told(told)
}

/// The same bundle once more. Nothing is recorded: what is handed out is what was.
pub(super) fn way_again() -> Way {
    let answer = move |State(site): State<Arc<Site>>, call: Call| async move {
        hand_out_again(site, call).await
    };
    let told = "Hands out a bundle that was handed out before.\n\n\
                Needs `log.read`, or being an auditor. `export` is the id in its `manifest.json` and \
                in the `ExportCreated` that recorded it. Asked for with what it was asked for then, \
                it has the same bytes, but for personal values that were erased since; where \
                witnesses are asked, it rests on what they signed last. Every entry of the ledger \
                up to there is read for it.";
    let told = Operation::new("getBundle", told)
        .part::<OrganizationName>("org")
        .part::<ExportId>("export")
        .asks::<BundleAgain>()
        .tells_text(200, "application/zip")
        .refuses(&[409, 413, 422]);
    Untold::new("GET", on(MethodFilter::GET, answer)).told(told)
}

async fn hand_out_again(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let org: OrganizationName = call.part("org")?;
    may(&site, &call, &org)?;
    let (export, wanted) = (call.part("export")?, call.parameters()?);
    let place = place(&site)?;
    let written = spawn_blocking(move || {
        let (files, size) = site.desk.bundle_again(&org, export, &wanted)?;
        let written = zipped(&files)?;
        drop(place);
        Ok((written, size - 1))
    });
    let written = written.await.unwrap_or_else(|error| Err(Problem::fault("fault", error)));
    let (written, seq) = written?;
    Ok(Reply::bytes("application/zip", seq, written))
}

/// Whoever may read all of the history.
fn may(site: &Site, call: &Call, org: &OrganizationName) -> Result<(), Problem> {
    let reader = site.desk.reader(call.caller()?.actor);
    if site.desk.sight_of(GUARD, &reader, Some(org))? != Sight::All {
        return Err(not_for_them(GUARD));
    }
    Ok(())
}

fn place(site: &Site) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(&site.exports).try_acquire_owned().map_err(|_| {
        let detail = "as many exports are under way as there may be; nothing was recorded";
        Problem { is_passing: true, ..Problem::new(503, "exports_busy", detail) }
    })
}

fn zipped(files: &Files) -> Result<Vec<u8>, Problem> {
    let detail = "the bundle is larger than a zip file can be: export ranges";
    files.to_zip().ok_or_else(|| Problem::new(413, "bundle_too_large", detail))
}

async fn hand_out(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let (actor, credential) = call.commander()?;
    let org: OrganizationName = call.part("org")?;
    may(&site, &call, &org)?;
    let place = place(&site)?;
    let (command, beside) = site.desk.bundle_order(&org, call.body()?, actor)?;
    let receipt = submit(&site, Command { credential, ..command }).await?;
    let seq = receipt.size - 1;
    let written = spawn_blocking(move || {
        let files = site.desk.bundle(&receipt, &beside)?;
        let zipped = zipped(&files);
        drop(place);
        zipped
    });
    let written = written.await.unwrap_or_else(|error| Err(Problem::fault("fault", error)));
    Ok(Reply::bytes("application/zip", seq, written?))
}

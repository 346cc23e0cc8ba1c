//! An organization's history as a bundle: recorded, signed, and sent as one zip file.

use super::Site;
use super::call::Call;
use super::openapi::Operation;
use super::reply::Reply;
use super::route::awaiting;
use super::submit::submit;
use super::table::Way;
use crate::doors::desk::not_for_them;
use crate::doors::wire::{Guard, Method, NewBundle, OrganizationName, Parts, Problem};
use crate::facts::Permission;
use crate::law::Command;
use crate::law::sight::Sight;
use std::sync::Arc;
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

async fn hand_out(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let (actor, credential) = call.commander()?;
    let org: OrganizationName = call.part("org")?;
    let reader = site.desk.reader(call.caller()?.actor);
    if site.desk.sight_of(GUARD, &reader, Some(&org))? != Sight::All {
        return Err(not_for_them(GUARD));
    }
    let place = Arc::clone(&site.exports).try_acquire_owned().map_err(|_| {
        let detail = "as many exports are under way as there may be; nothing was recorded";
        Problem { is_passing: true, ..Problem::new(503, "exports_busy", detail) }
    })?;
    let (command, beside) = site.desk.bundle_order(&org, call.body()?, actor)?;
    let receipt = submit(&site, Command { credential, ..command }).await?;
    let seq = receipt.size - 1;
    let written = spawn_blocking(move || {
        let files = site.desk.bundle(&receipt, &beside);
        let zipped = files?.to_zip();
        drop(place);
        let detail = "the bundle is larger than a zip file can be: export ranges";
        zipped.ok_or_else(|| Problem::new(413, "bundle_too_large", detail))
    });
    let written = written.await.unwrap_or_else(|error| Err(Problem::fault("fault", error)));
    Ok(Reply::bytes("application/zip", seq, written?))
}

//! Organizations as accounts.

use super::page::{Direction, Page};
use super::{Success, entered, write_id};
use crate::doors::desk::{Desk, Reader};
use crate::doors::wire::{Guard, OrganizationName, Problem};
use crate::facts::OrganizationKind;
use crate::words::{OrganizationId, Timestamp};
use serde::{Deserialize, Serialize};

/// An account.
#[derive(Debug, Clone, Serialize)]
pub(in crate::doors) struct Account {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    settings: Settings,
    created_on: Timestamp,
}

#[derive(Debug, Clone, Serialize)]
struct Settings {
    enforce_twofactor: bool,
}

/// Which accounts are asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct AskedAccounts {
    name: Option<String>,
    page: Option<usize>,
    per_page: Option<usize>,
    #[serde(default)]
    direction: Direction,
}

/// An account and the seq that it is shown for.
pub(super) fn shown(desk: &Desk, org: OrganizationId) -> Result<(u64, Account), Problem> {
    desk.look(&OrganizationName::Id(org), |view, at| {
        let header = view.header(at);
        let kind = match header.kind {
            OrganizationKind::Enterprise => "enterprise",
            OrganizationKind::Standard | OrganizationKind::Personal => "standard",
        };
        let name = header.name.text().unwrap_or_default().to_owned();
        let (id, settings) = (write_id(org), Settings { enforce_twofactor: header.second_factor });
        (at.seq(), Account { id, name, kind, settings, created_on: header.created_at })
    })
}

pub(in crate::doors) fn account(
    desk: &Desk,
    reader: &Reader,
    account: &str,
) -> Result<Success<Account>, Problem> {
    let (name, org) = entered(desk, reader, account)?;
    desk.sight_of(Guard::Belongs, reader, Some(&name))?;
    let (seq, account) = shown(desk, org)?;
    Ok(Success::new(Some(seq), account))
}

/// The accounts that somebody has something to do with, by identifier.
pub(in crate::doors) fn accounts(
    desk: &Desk,
    reader: &Reader,
    asked: &AskedAccounts,
) -> Result<Success<Vec<Account>>, Problem> {
    let page = Page::read(asked.page, asked.per_page)?;
    let state = &reader.known.state;
    let named = state.organizations().filter(|(_, known)| {
        let is_named = |name: &str| known.name.as_deref() == Some(name);
        !known.dissolved && asked.name.as_deref().is_none_or(is_named)
    });
    let theirs = named.map(|(org, _)| org).filter(|org| reader.knows(*org));
    let mut theirs: Vec<OrganizationId> = theirs.collect();
    asked.direction.sort(&mut theirs, |org| *org);
    let total = theirs.len();
    let (mut seq, mut rows) = (None, Vec::new());
    for org in theirs.into_iter().skip(page.skip()).take(page.rows()) {
        let (held, account) = shown(desk, org)?;
        seq = seq.max(Some(held));
        rows.push(account);
    }
    Ok(page.of(seq, rows, total))
}

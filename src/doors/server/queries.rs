//! Reads: every list at every moment.

pub(super) mod history;
mod page;

use super::Site;
use super::call::Call;
use super::problem::Problem;
use super::reply::{Heading, Reply};
use crate::doors::role_list;
use crate::projections::{AsOf, AsOfError, Diff, Header, Moment, OrganizationView};
use crate::words::{ChainHash, Origin};
use page::{List, page, page_of};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which moment is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    as_of: Option<String>,
    recorded_as_of: Option<String>,
}

impl When {
    /// `as_of` is a seq or an effective time, `recorded_as_of` a time at which it was known.
    fn read(&self) -> Result<AsOf, Problem> {
        match (&self.as_of, &self.recorded_as_of) {
            (None, None) => Ok(AsOf::Now),
            (Some(text), None) => Ok(text.parse()?),
            (None, Some(text)) => match text.parse()? {
                AsOf::Time(time) => Ok(AsOf::Recorded(time)),
                AsOf::Seq(_) | AsOf::Now | AsOf::Recorded(_) | AsOf::OrgSeq(_) => {
                    Err(Problem::wrong("wrong_moment", "recorded_as_of: expected a time"))
                }
            },
            (Some(_), Some(_)) => {
                let detail = "as_of and recorded_as_of cannot be asked for together";
                Err(Problem::wrong("wrong_moment", detail))
            }
        }
    }
}

/// An organization, as of a moment.
struct Selected {
    view: Arc<OrganizationView>,
    at: Moment,
}

fn select(site: &Site, call: &Call, as_of: AsOf) -> Result<Selected, Problem> {
    let view = call.organization(site)?;
    let at = site.ledger.views().moment(&view, as_of, (site.now)())?;
    Ok(Selected { view, at })
}

impl Selected {
    fn reply<T: Serialize>(&self, name: &'static str, rows: T) -> Result<Reply, Problem> {
        self.reply_with(name, rows, None)
    }

    fn reply_with<T: Serialize>(
        &self,
        name: &'static str,
        rows: T,
        next: Option<String>,
    ) -> Result<Reply, Problem> {
        #[derive(Serialize)]
        struct Answer<T> {
            #[serde(flatten)]
            heading: Heading,
            #[serde(flatten)]
            rows: BTreeMap<&'static str, T>,
            /// Where the list goes on: the `after` of the next request.
            #[serde(skip_serializing_if = "Option::is_none")]
            next: Option<String>,
        }
        let heading = Heading::of(&self.view, self.at);
        let rows = [(name, rows)].into();
        Reply::json(Some(self.at.seq()), &Answer { heading, rows, next })
    }
}

pub(super) fn head(site: &Site, call: &Call) -> Result<Reply, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    #[derive(Serialize)]
    struct Answer<'a> {
        origin: &'a Origin,
        size: u64,
        hash: ChainHash,
    }
    let Nothing {} = call.parameters()?;
    let head = site.ledger.head();
    let answer = Answer { origin: site.ledger.origin(), size: head.size, hash: head.entry };
    Reply::json(head.size.checked_sub(1), &answer)
}

/// The organizations that existed, by identifier.
pub(super) fn organizations(site: &Site, call: &Call) -> Result<Reply, Problem> {
    #[derive(Serialize)]
    struct Place {
        seq: Option<u64>,
    }
    #[derive(Serialize)]
    struct Answer {
        as_of: Place,
        organizations: Vec<Header>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }
    let asked: List = call.parameters()?;
    let as_of = asked.when().read()?;
    if matches!(as_of, AsOf::Time(_)) {
        let detail = "across organizations as_of is a seq; or ask for recorded_as_of";
        return Err(Problem::wrong("wrong_moment", detail));
    }
    let now = (site.now)();
    let views = site.ledger.views().clone();
    let existing = views.organizations().filter_map(|view| {
        // Whatever did not exist yet stands in no list.
        let at = views.moment(view, as_of, now).ok()?;
        Some((view.header(at), at))
    });
    let existing: Vec<(Header, Moment)> = existing.collect();
    let seq = match as_of {
        AsOf::Seq(seq) if seq < views.size() => Some(seq),
        AsOf::Seq(asked) => {
            let size = views.size();
            return Err(AsOfError::Beyond { what: "seq", asked, size }.into());
        }
        AsOf::Now => views.size().checked_sub(1),
        AsOf::Time(_) | AsOf::Recorded(_) | AsOf::OrgSeq(_) => {
            existing.iter().map(|(_, at)| at.seq()).max()
        }
    };
    let rows = existing.into_iter().map(|(header, _)| header).collect();
    let (rows, next) = page(rows, &asked, |row: &Header| row.organization_id.to_string())?;
    Reply::json(seq, &Answer { as_of: Place { seq }, organizations: rows, next })
}

pub(super) fn organization(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let selected = select(site, call, call.parameters::<When>()?.read()?)?;
    selected.reply("organization", selected.view.header(selected.at))
}

pub(super) fn members(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let asked: List = call.parameters()?;
    let selected = select(site, call, asked.when().read()?)?;
    let part = |after, limit| selected.view.members_behind(selected.at, after, limit);
    let (rows, next) = page_of(part, &asked, |row| row.member_id)?;
    selected.reply_with("members", rows, next)
}

pub(super) fn member(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let selected = select(site, call, call.parameters::<When>()?.read()?)?;
    let found = selected.view.member(call.id("member")?, selected.at);
    let detail = "nobody with that identifier belonged to the organization at that moment";
    selected.reply("member", found.ok_or_else(|| Problem::missing("unknown_member", detail))?)
}

pub(super) fn invitations(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let asked: List = call.parameters()?;
    let selected = select(site, call, asked.when().read()?)?;
    let rows = selected.view.invitations(selected.at);
    let (rows, next) = page(rows, &asked, |row| row.invitation_id.to_string())?;
    selected.reply_with("invitations", rows, next)
}

pub(super) fn invitation(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let selected = select(site, call, call.parameters::<When>()?.read()?)?;
    let found = selected.view.invitation(call.id("invitation")?, selected.at);
    let detail = "the organization had sent no invitation with that identifier by then";
    let found = found.ok_or_else(|| Problem::missing("unknown_invitation", detail))?;
    selected.reply("invitation", found)
}

pub(super) fn roles(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let selected = select(site, call, call.parameters::<When>()?.read()?)?;
    selected.reply("roles", role_list::rows(&selected.view, selected.at))
}

pub(super) fn teams(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let asked: List = call.parameters()?;
    let selected = select(site, call, asked.when().read()?)?;
    let rows = selected.view.teams(selected.at);
    let (rows, next) = page(rows, &asked, |row| row.team_id.to_string())?;
    selected.reply_with("teams", rows, next)
}

pub(super) fn team(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let selected = select(site, call, call.parameters::<When>()?.read()?)?;
    let found = selected.view.team(call.id("team")?, selected.at);
    let detail = "the organization had no team with that identifier at that moment";
    selected.reply("team", found.ok_or_else(|| Problem::missing("unknown_team", detail))?)
}

/// What became different between two moments.
pub(super) fn diff(site: &Site, call: &Call) -> Result<Reply, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Between {
        from: String,
        to: String,
    }
    let Between { from, to } = call.parameters()?;
    let from = select(site, call, from.parse()?)?;
    let to = Selected {
        at: site.ledger.views().moment(&from.view, to.parse()?, (site.now)())?,
        view: Arc::clone(&from.view),
    };
    to.reply("difference", Diff::between(&to.view, from.at, to.at))
}

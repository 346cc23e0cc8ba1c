//! History: who did what to whom, when, before → after, why.

use super::page::rows_limit;
use super::{When, select};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::problem::Problem;
use crate::doors::server::reply::Reply;
use crate::projections::{About, AuditRow, HistoryFilter};
use crate::words::{InvitationId, MemberId, TeamId, UserId};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    as_of: Option<String>,
    recorded_as_of: Option<String>,
    limit: Option<usize>,
    /// Entries behind the one with that org_seq.
    after: Option<u64>,
    member: Option<MemberId>,
    user: Option<UserId>,
    invitation: Option<InvitationId>,
    team: Option<TeamId>,
    #[serde(rename = "type")]
    event_type: Option<String>,
}

impl Asked {
    fn about(&self) -> Result<Option<About>, Problem> {
        let named = [
            self.member.map(About::Member),
            self.user.map(About::User),
            self.invitation.map(About::Invitation),
            self.team.map(About::Team),
        ];
        let mut named = named.into_iter().flatten();
        match (named.next(), named.next()) {
            (about, None) => Ok(about),
            (_, Some(_)) => {
                let detail = "one of member, user, invitation and team can be asked about at once";
                Err(Problem::wrong("wrong_parameter", detail))
            }
        }
    }
}

pub(in crate::doors::server) fn rows(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let asked: Asked = call.parameters()?;
    let limit = rows_limit(asked.limit)?;
    let (as_of, recorded_as_of) = (asked.as_of.clone(), asked.recorded_as_of.clone());
    let selected = select(site, call, When { as_of, recorded_as_of }.read()?)?;
    let filter = HistoryFilter {
        about: asked.about()?,
        event_type: asked.event_type.as_deref(),
        ..HistoryFilter::default()
    };
    let from = asked.after.map_or(0, |after| after.saturating_add(1));
    let places = selected.view.history(filter, from..selected.at.org_seq() + 1);
    let places = places.map_err(|misfit| Problem::missing("unknown_member", misfit))?;
    let mut rows = Vec::new();
    let mut next = None;
    for org_seq in places {
        if rows.len() == limit {
            next = rows.last().map(|row: &AuditRow| row.org_seq.to_string());
            break;
        }
        let Some(seq) = selected.view.seq_of(org_seq) else { continue };
        for record in site.ledger.read(seq, 1)? {
            rows.push(AuditRow::of(&site.ledger.unseal(&record)?.entry, &selected.view));
        }
    }
    selected.reply_with("history", rows, next)
}

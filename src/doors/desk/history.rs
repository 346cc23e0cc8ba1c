//! History: who did what to whom, when, before → after, why.

use super::{Answered, Desk, Selected, read};
use crate::doors::wire::{Asked, History, HistoryList, Problem, When};
use crate::facts::{Entry, Event};
use crate::projections::{About, AuditRow, HistoryFilter, OrganizationView, PersonalValue};
use crate::words::{MemberId, UserId, Username};
use std::sync::Arc;

type Held = Selected<Arc<OrganizationView>>;

impl Answered for History {
    fn answer(&self, desk: &Desk) -> Result<HistoryList, Problem> {
        let asked = &self.parameters;
        // Whoever asks for everything reads it in parts too: a history can be longer than memory.
        let limit = desk.rows_limit(asked.limit)?.min(super::ROWS_LIMIT);
        let (as_of, recorded_as_of) = (asked.as_of.clone(), asked.recorded_as_of.clone());
        let view = desk.hold(&self.org)?;
        let at = desk.moment(&view, read(&When { as_of, recorded_as_of })?)?;
        let selected = Selected { view, at };
        let filter = HistoryFilter {
            about: about(desk, &selected, asked)?,
            event_type: asked.event_type.as_deref(),
            ..HistoryFilter::default()
        };
        let from = asked.after.map_or(0, |after| after.saturating_add(1));
        let places = selected.view.history(filter, from..selected.at.org_seq() + 1);
        let places = places.map_err(|misfit| Problem::missing("unknown_member", misfit))?;
        let seqs = places.filter_map(|org_seq| selected.view.seq_of(org_seq));
        let tell = |entry: &Entry| AuditRow::of(entry, &selected.view);
        let (history, next) = desk.rows(seqs, limit, tell)?;
        Ok(HistoryList { heading: selected.heading(), history, next })
    }
}

impl Desk {
    /// At most `limit` of the entries at those places of the ledger, told, and behind which
    /// `org_seq` it goes on.
    pub(super) fn rows(
        &self,
        seqs: impl Iterator<Item = u64>,
        limit: usize,
        tell: impl Fn(&Entry) -> AuditRow,
    ) -> Result<(Vec<AuditRow>, Option<String>), Problem> {
        let mut rows: Vec<AuditRow> = Vec::new();
        for seq in seqs {
            if rows.len() == limit {
                let next = rows.last().map(|row| row.org_seq.to_string());
                return Ok((rows, next));
            }
            for record in self.ledger.read(seq, 1)? {
                let entry = self.ledger.unseal(&record)?.entry;
                rows.push(tell(&entry));
            }
        }
        Ok((rows, None))
    }
}

/// What is asked about: one thing at most.
fn about(desk: &Desk, selected: &Held, asked: &Asked) -> Result<Option<About>, Problem> {
    let who = asked.who.as_ref().map(|name| find(desk, selected, name)).transpose()?;
    let named = [
        asked.member.map(About::Member),
        asked.user.map(About::User),
        who,
        asked.invitation.map(About::Invitation),
        asked.team.map(About::Team),
    ];
    let mut named = named.into_iter().flatten();
    match (named.next(), named.next()) {
        (about, None) => Ok(about),
        (_, Some(_)) => {
            let detail = "one of member, user, who, invitation and team can be asked about at once";
            Err(Problem::wrong("wrong_parameter", detail))
        }
    }
}

/// Whom a name means.
fn find(desk: &Desk, selected: &Held, name: &str) -> Result<About, Problem> {
    let view = &selected.view;
    let unknown = || {
        let shown: String = name.chars().take(64).collect();
        let slug = view.slug();
        let detail =
            format!("nobody with the username or identifier {shown:?} ever belonged to {slug}");
        Problem::missing("unknown_member", detail)
    };
    let everything = 0..view.size();
    let has_history = |about: About| {
        let filter = HistoryFilter { about: Some(about), ..HistoryFilter::default() };
        let places = view.history(filter, everything.clone());
        places.is_ok_and(|mut places| places.next().is_some()).then_some(about)
    };
    if let (Ok(member), Ok(user)) = (name.parse::<MemberId>(), name.parse::<UserId>()) {
        let found = has_history(About::Member(member)).or(has_history(About::User(user)));
        return found.ok_or_else(unknown);
    }
    let wanted = Username::parse(name).map_err(|_| unknown())?.folded();
    let is_wanted = |username: Option<&PersonalValue>| {
        let username = username.and_then(PersonalValue::text);
        username.and_then(|text| Username::parse(text).ok()).is_some_and(|it| it.folded() == wanted)
    };
    // Whoever has left stands in no list: how they joined tells who they were.
    for event_type in ["MemberCreated", "InvitationAccepted"] {
        let filter = HistoryFilter { event_type: Some(event_type), ..HistoryFilter::default() };
        let places = view.history(filter, everything.clone()).into_iter().flatten();
        for seq in places.filter_map(|org_seq| view.seq_of(org_seq)) {
            for record in desk.ledger.read(seq, 1)? {
                let entry = desk.ledger.unseal(&record)?.entry;
                let (user, username) = match &entry.fact.event {
                    Event::MemberCreated(event) => (event.user, &event.username),
                    Event::InvitationAccepted(event) => (event.user, &event.username),
                    _ => continue,
                };
                if is_wanted(username.as_ref().map(PersonalValue::from).as_ref()) {
                    return Ok(About::User(user));
                }
            }
        }
    }
    Err(unknown())
}

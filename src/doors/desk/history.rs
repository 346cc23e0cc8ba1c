//! History: who did what to whom, when, before → after, why.

use super::part::Page;
use super::texts::is_login;
use super::{Answered, Desk, ROWS_LIMIT, Selected};
#[cfg(feature = "server")]
use crate::doors::wire::OrganizationName;
use crate::doors::wire::{
    Asked, ChainHead, EntryKey, History, HistoryList, Order, OrganizationHead,
    OrganizationHeadAnswer, Problem,
};
use crate::facts::{Entry, Event};
use crate::projections::{
    About, AsOf, AuditRow, HistoryFilter, Moment, OrganizationView, PersonalValue,
};
use crate::words::{ChainHash, MemberId, UserId, Username};
use std::ops::Range;
use std::sync::Arc;

type Held = Selected<Arc<OrganizationView>>;

impl Answered for History {
    fn answer(&self, desk: &Desk) -> Result<HistoryList, Problem> {
        let asked = &self.parameters;
        let page = desk.page(self)?;
        let view = desk.hold(&self.org)?;
        let at = desk.moment(&view, page.as_of)?;
        let selected = Selected { view, at };
        let filter = HistoryFilter {
            about: about(desk, &selected, asked)?,
            actor: asked.actor,
            event_type: known_type(asked.event_type.as_deref())?,
        };
        let walk = Walk::of(&page, asked.sort, at)?;
        let places = selected.view.history(filter, walk.range());
        let places = places.map_err(|misfit| Problem::missing("unknown_member", misfit))?;
        let seqs = walk.way(places).filter_map(|org_seq| selected.view.seq_of(org_seq));
        let tell = |entry: &Entry| AuditRow::of(entry, &selected.view);
        let (history, next) = desk.rows(seqs, &page, at, tell)?;
        Ok(HistoryList { heading: selected.heading(), history, next })
    }
}

/// The type of events that is asked for. One that does not exist is refused: an empty answer would
/// not tell it from one of which nothing was recorded.
pub(super) fn known_type(asked: Option<&str>) -> Result<Option<&str>, Problem> {
    match asked {
        Some(name) if !Event::CATALOGUE.iter().any(|(known, _)| *known == name) => {
            let detail = "type: no event has that type; they stand in events/README.md";
            Err(Problem::wrong("wrong_parameter", detail))
        }
        known => Ok(known),
    }
}

/// How a history is read: up to the moment that is asked for, from its beginning or its end.
pub(super) struct Walk {
    range: Range<u64>,
    is_backward: bool,
}

impl Walk {
    pub(super) fn of(
        page: &Page,
        order: Option<Order<EntryKey>>,
        at: Moment,
    ) -> Result<Self, Problem> {
        let is_backward = order.is_some_and(|Order { by: EntryKey::Seq, descending }| descending);
        let last: Option<u64> = page.last().map(str::parse).transpose().map_err(|_| {
            Problem::unfit("wrong_cursor", "cursor: expected the next of the part before")
        })?;
        let end = at.org_seq() + 1;
        let range = match last {
            None => 0..end,
            Some(last) if is_backward => 0..last.min(end),
            Some(last) => last.saturating_add(1)..end,
        };
        Ok(Self { range, is_backward })
    }

    pub(super) fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    pub(super) fn way<'a>(
        &self,
        places: Box<dyn DoubleEndedIterator<Item = u64> + 'a>,
    ) -> Box<dyn Iterator<Item = u64> + 'a> {
        if self.is_backward { Box::new(places.rev()) } else { places }
    }
}

/// The hash of an organization's last entry is the one that its next entry will name.
impl Answered for OrganizationHead {
    fn answer(&self, desk: &Desk) -> Result<OrganizationHeadAnswer, Problem> {
        let view = desk.hold(&self.org)?;
        let at = desk.moment(&view, AsOf::Now)?;
        let record = desk.ledger.read(at.seq(), 1)?.into_iter().next();
        let missing = || Problem::fault("unreadable", "an entry that was recorded is not there");
        let hash = ChainHash::of_entry(&record.ok_or_else(missing)?.bytes);
        let head = ChainHead { size: at.org_seq() + 1, hash };
        Ok(OrganizationHeadAnswer { heading: Selected { view, at }.heading(), head })
    }
}

impl Desk {
    /// How many entries an organization has.
    #[cfg(feature = "server")]
    pub(in crate::doors) fn size_of(&self, name: &OrganizationName) -> Result<u64, Problem> {
        Ok(self.hold(name)?.size())
    }

    /// At most so many of an organization's entries from one on, told.
    #[cfg(feature = "server")]
    pub(in crate::doors) fn entries(
        &self,
        name: &OrganizationName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<AuditRow>, Problem> {
        let view = self.hold(name)?;
        let end = view.size().min(from.saturating_add(limit as u64));
        let seqs = (from..end).filter_map(|org_seq| view.seq_of(org_seq));
        self.told(seqs, |entry| AuditRow::of(entry, &view))
    }

    /// A part of the entries at those places of the ledger, told, and where it goes on.
    pub(super) fn rows(
        &self,
        mut seqs: impl Iterator<Item = u64>,
        page: &Page,
        at: Moment,
        tell: impl Fn(&Entry) -> AuditRow,
    ) -> Result<(Vec<AuditRow>, Option<String>), Problem> {
        // Whoever asks for everything reads it in parts too: a history can be longer than memory.
        let limit = page.limit.min(ROWS_LIMIT);
        let rows = self.told(seqs.by_ref().take(limit), tell)?;
        let last = rows.last().filter(|_| seqs.next().is_some());
        let next = last.map(|row| page.next(rows.len(), at, row.org_seq.to_string()));
        Ok((rows, next))
    }

    /// The entries at those places of the ledger, told.
    fn told(
        &self,
        seqs: impl Iterator<Item = u64>,
        tell: impl Fn(&Entry) -> AuditRow,
    ) -> Result<Vec<AuditRow>, Problem> {
        let mut rows = Vec::new();
        for seq in seqs {
            for record in self.ledger.read(seq, 1)? {
                rows.push(tell(&self.ledger.unseal(&record)?.entry));
            }
        }
        Ok(rows)
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
            Err(Problem::unfit("wrong_parameter", detail))
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
    let wanted = Username::parse(name).map_err(|_| unknown())?;
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
                if is_login(username.as_ref().map(PersonalValue::from).as_ref(), &wanted) {
                    return Ok(About::User(user));
                }
            }
        }
    }
    Err(unknown())
}

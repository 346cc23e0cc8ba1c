//! The law, asked afterwards: was what one organization's history says allowed when it happened?
//!
//! Nothing is decided anew. Every entry is held to the state that the entries before it lead to,
//! and to [`ways`], which is data. What a history with personal values withheld cannot show is
//! counted ([`Unchecked`]). `events/README.md`, "Replaying the law", says the same for whoever
//! writes it in another language.

mod access;
mod authority;
mod beside;
mod case;
mod command;
mod counted;
mod fault;
mod invitations;
mod members;
mod organizations;
mod pending;
mod roles;
mod teams;
mod unchecked;
mod way;

pub use authority::{By, PEOPLE_ONLY, Way, ways};
pub use fault::LawFault;
pub use unchecked::{Counts, Unchecked};

use super::evolve::evolve;
use super::refusal::Refusal;
use super::state::{InvitationStatus, Organization, State};
use crate::facts::event::RevocationCause;
use crate::facts::{Actor, Entry, Event, Holder};
use crate::words::{CommandId, OrganizationId, UserId};
use beside::Beside;
use case::Case;
use command::{Owed, Underway};
use pending::Pending;
use std::collections::{BTreeMap, HashSet};

/// An entry that the law did not allow, or a command that was not allowed to end there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The entry's place in the ledger.
    pub seq: u64,
    /// Why.
    pub fault: LawFault,
}

/// What the replay of a whole history leaves.
#[derive(Debug)]
pub struct Outcome {
    /// What the last command owed.
    pub found: Vec<Found>,
    /// What could not be decided, in the whole history.
    pub unchecked: Counts,
}

/// One organization's history, taken in entry by entry from its first.
#[derive(Default)]
pub struct Replay {
    state: State,
    org: Option<OrganizationId>,
    command: Option<Underway>,
    /// Commands that ended; as many as the history has.
    ended: HashSet<CommandId>,
    pending: Pending,
    keys: BTreeMap<UserId, usize>,
    counts: Counts,
}

impl Replay {
    /// Before the first entry.
    pub fn begin() -> Self {
        Self::default()
    }

    /// Takes the next entry in. What is found may lie at an entry before it: whether a command
    /// owed something is known when it is over.
    pub fn take(&mut self, entry: &Entry) -> Vec<Found> {
        let mut found = Vec::new();
        let mut command = match self.command.take() {
            Some(command) if command.cmd == entry.cmd => command,
            before => {
                found = before.map(|before| self.close(&before)).unwrap_or_default();
                Underway::begin(entry, &self.state)
            }
        };
        self.pending.pass(entry.effective_time());
        found.extend(self.seat(&mut command, entry));
        let stands = self.stands(entry);
        let moves = stands.is_ok();
        let weighed = stands.and_then(|()| self.weigh(&command, entry));
        match weighed {
            Ok((way, owes_seat)) => {
                command.awaits(entry.seq, way.leads_to);
                command.acted |= way.is_act();
                command.seat_owed = owes_seat.then_some(entry.seq);
            }
            Err(fault) => found.push(Found { seq: entry.seq, fault }),
        }
        if moves {
            self.moves(&mut command, entry);
        }
        command.goes_on(entry);
        self.command = Some(command);
        found
    }

    /// The history is over.
    pub fn end(mut self) -> Outcome {
        let last = self.command.take();
        let found = last.map(|last| self.close(&last)).unwrap_or_default();
        Outcome { found, unchecked: self.counts }
    }

    /// Whether there is an organization that this can be an entry of.
    fn stands(&self, entry: &Entry) -> Result<(), LawFault> {
        let event = &entry.fact.event;
        let elsewhere = match event {
            Event::TokenIssued(event) => event.holder != Holder::Organization,
            Event::TokenRevoked(event) => event.holder != Holder::Organization,
            event => ways(event).is_empty(),
        };
        if elsewhere {
            return Err(LawFault::EventOfDeployment);
        }
        let begins = matches!(event, Event::OrganizationCreated(_));
        let is_known = self.org == Some(entry.fact.org);
        if begins && self.org.is_none() || !begins && is_known {
            Ok(())
        } else {
            Err(LawFault::OrganizationBeginsOnce)
        }
    }

    /// Whether the law allowed an entry, in which way, and whether a seat is still owed for it.
    /// What could not be decided is counted.
    fn weigh(
        &mut self,
        command: &Underway,
        entry: &Entry,
    ) -> Result<(&'static Way, bool), LawFault> {
        let begun;
        let state = if self.org.is_none() {
            let mut state = State::default();
            evolve(&mut state, &entry.fact, entry.actor, entry.cmd, entry.effective_time());
            begun = state;
            &begun
        } else {
            &self.state
        };
        let organization = state.organization(entry.fact.org);
        let organization = organization.ok_or(LawFault::OrganizationBeginsOnce)?;
        let (pending, keys) = (&self.pending, &self.keys);
        let case = Case { entry, state, organization, command, pending, keys };
        self.in_order(&case)?;
        let way = way::way(&case)?;
        if way.is_act() && command.acted && entry.fact.source.is_none() {
            return Err(LawFault::SecondAct);
        }
        case.fits(way.by)?;
        counted::count(&case, way, &mut self.counts);
        Ok((way, case.owes_seat(way.by)))
    }

    /// Whether it can come at this place, whatever it says.
    fn in_order(&self, case: &Case<'_>) -> Result<(), LawFault> {
        let (entry, command) = (case.entry, case.command);
        if command.actor != entry.actor {
            return Err(LawFault::CommandActor);
        }
        let source = entry.fact.source.as_ref();
        let resumes = source.is_none() && self.ended.contains(&entry.cmd);
        case::so(!resumes, LawFault::CommandResumed)?;
        // An organization that ended can still be asked for its history, and forget.
        let is_asked =
            matches!(entry.fact.event, Event::ExportCreated(_) | Event::PersonalDataErased(_));
        case::so(!case.organization.dissolved || is_asked, LawFault::OrganizationDissolved)?;
        let Some(source) = source else {
            return case::so(entry.occurred.is_none(), LawFault::SourceUnexpected);
        };
        let line = self.state.imported(&source.repo, source.seq);
        let is_its_own =
            line.is_none_or(|(commit, cmd)| (commit, cmd) == (&source.commit, entry.cmd));
        case::so(is_its_own, LawFault::SourceRepeated)
    }

    /// Whoever was let in with all seats taken takes that of an invitation, which ends with it.
    fn seat(&self, command: &mut Underway, entry: &Entry) -> Option<Found> {
        let seq = command.seat_owed.take()?;
        let event = &entry.fact.event;
        let ended = if let Event::InvitationRevoked(event) = event {
            Some(event.invitation).filter(|_| event.cause == RevocationCause::Joined)
        } else if let Event::InvitationExpired(event) = event {
            Some(event.invitation)
        } else {
            None
        };
        let organization = self.state.organization(entry.fact.org);
        let ended = ended.and_then(|id| organization?.invitation(id));
        let was_open = ended.is_some_and(|ended| {
            ended.status == InvitationStatus::Pending && command.moment < ended.expires_at
        });
        (!was_open).then_some(Found { seq, fault: LawFault::NoSeatLeft })
    }

    /// Moves the state as the entry says, whether or not it was allowed.
    fn moves(&mut self, command: &mut Underway, entry: &Entry) {
        self.org = Some(entry.fact.org);
        if let Some(organization) = self.state.organization(entry.fact.org) {
            let mut beside =
                Beside { organization, pending: &mut self.pending, keys: &mut self.keys };
            beside.moves(command, entry);
        }
        evolve(&mut self.state, &entry.fact, entry.actor, entry.cmd, entry.effective_time());
    }

    /// What a command that is over owed.
    fn close(&mut self, command: &Underway) -> Vec<Found> {
        self.ended.insert(command.cmd);
        let Some(org) = self.org else { return Vec::new() };
        let rests = |user: UserId| {
            let mut tokens = self.state.tokens(org, Holder::Organization);
            self.pending.any_of(user)
                || self.keys.contains_key(&user)
                || tokens.any(|(_, token)| token.issuer == Actor::User(user))
        };
        let mut found = Vec::new();
        let mut is_cut = false;
        for owed in command.owed(rests) {
            match owed {
                Owed::Fault(seq, fault) => found.push(Found { seq, fault }),
                Owed::Cut => is_cut = true,
            }
        }
        if is_cut {
            self.counts.add(Unchecked::CommandCut);
        }
        let broken = self.state.organization(org).and_then(Organization::fault);
        let seq = command.last_seq;
        found.extend(broken.map(|refusal| Found { seq, fault: invariant(&refusal) }));
        found
    }
}

fn invariant(refusal: &Refusal) -> LawFault {
    if matches!(refusal, Refusal::LastSuperAdmin) {
        LawFault::LastSuperAdmin
    } else if matches!(refusal, Refusal::SuperAdminByTransferOnly) {
        LawFault::SuperAdminByTransferOnly
    } else if matches!(refusal, Refusal::UnknownTeam) {
        LawFault::UnknownTeam
    } else {
        LawFault::LastTopRole
    }
}

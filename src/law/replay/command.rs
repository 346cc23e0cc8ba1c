//! The command that is being replayed: what was so when it began, and what it still owes.

use super::fault::LawFault;
use crate::facts::event::{PermissionSet, Scope};
use crate::facts::{Actor, Entry, Holder, System};
use crate::law::rights::Rights;
use crate::law::state::State;
use crate::words::{CommandId, OrganizationId, Timestamp, UserId};

/// A batch holds at most 900 KiB and an entry with its sealed values less than 18, so whatever was
/// cut in two had at least so many.
const CUT_LEAST: usize = 50;

/// See the module.
pub(super) struct Underway {
    pub(super) cmd: CommandId,
    pub(super) actor: Actor,
    /// The effective time of its first entry.
    pub(super) moment: Timestamp,
    /// What its actor could do when it began.
    pub(super) rights: Result<Rights, LawFault>,
    /// Whether it did the one thing that a command does.
    pub(super) acted: bool,
    /// The type of the entry before.
    pub(super) last: Option<&'static str>,
    pub(super) last_seq: u64,
    /// Whom the operator is giving the top role, and where it was said.
    taken_over: Option<(UserId, u64)>,
    /// A member was let in with all seats taken: who goes in their stead is told next.
    pub(super) seat_owed: Option<u64>,
    /// Whose membership ended or was suspended, and where.
    pub(super) ended: Vec<(UserId, u64)>,
    entries: usize,
    types: Vec<&'static str>,
    awaited: Vec<(u64, &'static [&'static str])>,
}

impl Underway {
    pub(super) fn begin(entry: &Entry, state: &State) -> Self {
        let moment = entry.effective_time();
        Self {
            cmd: entry.cmd,
            actor: entry.actor,
            moment,
            rights: rights(entry.actor, (state, entry.fact.org), moment),
            acted: false,
            last: None,
            last_seq: entry.seq,
            taken_over: None,
            seat_owed: None,
            ended: Vec::new(),
            entries: 0,
            types: Vec::new(),
            awaited: Vec::new(),
        }
    }

    /// Whether one of these came before in it.
    pub(super) fn came(&self, types: &[&str]) -> bool {
        types.iter().any(|name| self.types.contains(name))
    }

    pub(super) fn has_ended(&self, user: UserId) -> bool {
        self.ended.iter().any(|(ended, _)| *ended == user)
    }

    pub(super) fn takes_over(&mut self, user: UserId, seq: u64) {
        self.taken_over = Some((user, seq));
    }

    /// Whether the operator is giving somebody the top role.
    pub(super) fn is_takeover(&self) -> bool {
        self.taken_over.is_some()
    }

    /// Whether it is they who are to have it.
    pub(super) fn is_taken_over(&self, user: UserId) -> bool {
        self.taken_over.is_some_and(|(taken_over, _)| taken_over == user)
    }

    /// They have it.
    pub(super) fn gave_top(&mut self, user: UserId) {
        if self.is_taken_over(user) {
            self.taken_over = None;
        }
    }

    pub(super) fn is_first(&self) -> bool {
        self.entries == 0
    }

    /// Keeps that something must follow. Where several wait for the same, the first says so.
    pub(super) fn awaits(&mut self, seq: u64, types: &'static [&'static str]) {
        let waits = self.awaited.iter().any(|(_, other)| *other == types);
        if !types.is_empty() && !waits {
            self.awaited.push((seq, types));
        }
    }

    /// Takes an entry in, whether or not it was allowed.
    pub(super) fn goes_on(&mut self, entry: &Entry) {
        let name = entry.fact.event.type_name();
        self.entries += 1;
        self.last = Some(name);
        self.last_seq = entry.seq;
        if !self.types.contains(&name) {
            self.types.push(name);
        }
        if !self.awaited.is_empty() {
            self.awaited.retain(|(_, types)| !types.contains(&name));
        }
    }
}

/// What an actor may do there. Whether a user has the second factor that is asked for stands
/// elsewhere, and is counted as unchecked.
fn rights(
    actor: Actor,
    (state, org): (&State, OrganizationId),
    at: Timestamp,
) -> Result<Rights, LawFault> {
    match actor {
        Actor::Operator(_) | Actor::System(System::Import) => Ok(Rights::All),
        Actor::System(System::Expiry | System::Publisher) => Err(LawFault::ActorKind),
        Actor::User(user) => {
            let organization = state.organization(org);
            let member = organization.and_then(|found| Some((found, found.member(user)?)));
            match member {
                None => Ok(Rights::Some(PermissionSet::default())),
                Some((_, member)) if member.suspended => Err(LawFault::ActorSuspended),
                Some((found, member)) => Ok(Rights::Some(found.permissions(&member.roles))),
            }
        }
        Actor::Token(id) => {
            let own = state.token(id).filter(|token| {
                (token.org, token.holder) == (org, Holder::Organization)
                    && token.allows(Scope::Write, at)
            });
            own.ok_or(LawFault::TokenEnded)?;
            Rights::of(actor, (state, org), at).map_err(|_| LawFault::TokenEnded)
        }
    }
}

/// What a command owes at its end.
pub(super) enum Owed {
    /// It was not allowed to end so.
    Fault(u64, LawFault),
    /// A crash may have cut it.
    Cut,
}

impl Underway {
    /// What should have followed and did not. `rests` says whether something rests on a user who
    /// ended.
    pub(super) fn owed(&self, rests: impl Fn(UserId) -> bool) -> Vec<Owed> {
        let is_long = self.entries >= CUT_LEAST;
        let missing = |seq: u64, cuttable: bool| {
            if is_long && cuttable {
                Owed::Cut
            } else {
                Owed::Fault(seq, LawFault::FollowUpMissing)
            }
        };
        let seat = self.seat_owed.iter().map(|seq| Owed::Fault(*seq, LawFault::NoSeatLeft));
        let led = self
            .awaited
            .iter()
            .map(|(seq, types)| missing(*seq, types.contains(&"OrganizationDissolved")));
        let taken_over = self.taken_over.iter().map(|(_, seq)| missing(*seq, false));
        let left = self.ended.iter().filter(|(user, _)| rests(*user));
        let left = left.map(|(_, seq)| missing(*seq, true));
        seat.chain(led).chain(taken_over).chain(left).collect()
    }
}

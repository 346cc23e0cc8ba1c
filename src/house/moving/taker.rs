//! Who decides the commands of an import: the ledger, or the law alone on a copy of what it knows,
//! where nothing is recorded.

use crate::facts::event::Admission;
use crate::facts::{Actor, Event, System};
use crate::house::answer::SubmitError;
use crate::house::known::Known;
use crate::house::ledger::{Ledger, Pending};
use crate::law::command::Action;
use crate::law::{Command, Context, State, decide};
use crate::words::Timestamp;
use crate::words::hash::Drawn;

/// Who decides.
pub enum Taker<'a> {
    /// The ledger: what it takes is durable.
    Ledger(&'a Ledger),
    /// The law alone.
    Trial {
        /// What it knows.
        state: Box<State>,
        /// The first moment behind what it knows: as in the ledger, time does not stand still.
        free: Timestamp,
        /// What the clock says.
        now: fn() -> Timestamp,
        /// Where identifiers are drawn from.
        drawn: Drawn,
    },
}

/// What came of a command: whether anything was recorded, and whether a member came to exist.
pub(super) struct Taken {
    pub(super) is_new: bool,
    pub(super) is_created: bool,
}

/// A command that was handed over.
pub(super) enum Ticket {
    Waits(Pending),
    Decided(Result<Taken, SubmitError>),
}

impl Ticket {
    pub(super) fn wait(self) -> Result<Taken, SubmitError> {
        match self {
            Self::Waits(pending) => {
                let receipt = pending.wait()?;
                Ok(Taken::of(receipt.entries.iter().map(|entry| &entry.fact.event)))
            }
            Self::Decided(decided) => decided,
        }
    }
}

impl Taken {
    fn of<'a>(events: impl Iterator<Item = &'a Event>) -> Self {
        let mut taken = Self { is_new: false, is_created: false };
        for event in events {
            taken.is_new = true;
            if let Event::MemberCreated(event) = event {
                taken.is_created |= event.via == Admission::Created;
            }
        }
        taken
    }
}

impl Taker<'_> {
    /// The law alone, on a copy of what a ledger knows.
    pub fn trial(known: &Known, now: fn() -> Timestamp, drawn: Drawn) -> Self {
        let (state, free) = (Box::new(known.state.clone()), known.at.next());
        Self::Trial { state, free, now, drawn }
    }

    /// What it knows now.
    pub(super) fn state(&self) -> State {
        match self {
            Self::Ledger(ledger) => ledger.known().state.clone(),
            Self::Trial { state, .. } => State::clone(state),
        }
    }

    pub(super) fn give(&mut self, action: Action) -> Ticket {
        let command = Command::new(Actor::System(System::Import), None, action);
        match self {
            Self::Ledger(ledger) => Ticket::Waits(ledger.enqueue(command)),
            Self::Trial { state, free, now, drawn } => {
                let now = now().max(*free);
                let mut context = Context { now, drawn: Drawn::from_seed(&drawn.bytes()) };
                Ticket::Decided(match decide(state, &command, &mut context) {
                    Ok(decision) => {
                        **state = decision.state;
                        let micros = i64::try_from(decision.facts.len()).unwrap_or(i64::MAX);
                        *free = Timestamp::from_micros(now.micros().saturating_add(micros));
                        Ok(Taken::of(decision.facts.iter().map(|fact| &fact.event)))
                    }
                    Err(refusal) => Err(refusal.into()),
                })
            }
        }
    }
}

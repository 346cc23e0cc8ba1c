//! A deployment without storage: the state, the clock, and chance from a seed.

use super::{invariants, replay};
use rollbook::facts::{Actor, Content, Entry, Fact};
use rollbook::law::{Command, Context, Decision, Refusal, State, decide, evolve};
use rollbook::words::hash::Drawn;
use rollbook::words::{ChainHash, CommandId, Commitment, Origin, Timestamp};
use std::collections::BTreeSet;
use std::time::Duration;

/// One recorded fact, with what the entry around it would say.
struct Recorded {
    fact: Fact,
    actor: Actor,
    cmd: CommandId,
    occurred: Option<Timestamp>,
    time: Timestamp,
}

impl Recorded {
    fn at(&self) -> Timestamp {
        self.occurred.unwrap_or(self.time)
    }

    /// The entry that would be written, with its values open.
    fn entry(&self, seq: u64) -> Entry {
        let log = Origin::parse("ledger.example").unwrap();
        Entry {
            org_prev: ChainHash::organization_genesis(&log, self.fact.org),
            fact: self.fact.clone(),
            actor: self.actor,
            cmd: self.cmd,
            prev: ChainHash::genesis(&log),
            log,
            occurred: self.occurred,
            org_seq: 0,
            seq,
            time: self.time,
        }
    }
}

/// See the module.
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) now: Timestamp,
    drawn: Drawn,
    history: Vec<Recorded>,
    event_types: BTreeSet<&'static str>,
    people: invariants::People,
    erasures: invariants::Erasures,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        Self {
            state: State::default(),
            now: Timestamp::parse_any("2026-01-01").unwrap(),
            drawn: Drawn::from_seed(&bytes),
            history: Vec::new(),
            event_types: BTreeSet::new(),
            people: invariants::People::default(),
            erasures: invariants::Erasures::default(),
        }
    }

    /// A fresh identifier's bytes.
    pub(crate) fn uuid(&mut self) -> uuid::Uuid {
        let mut context = Context { now: self.now, drawn: self.drawn.clone() };
        let uuid = context.uuid();
        self.drawn = context.drawn;
        uuid
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, duration: Duration) {
        self.now = self.now.after(duration);
    }

    /// Decides a command, and keeps what it leads to. Every check of [`invariants`] is made.
    pub(crate) fn give(&mut self, command: &Command) -> Result<Decision, Refusal> {
        let mut context = Context { now: self.now, drawn: self.drawn.clone() };
        let before = self.state.clone();
        let decided = decide(&self.state, command, &mut context);
        self.drawn = context.drawn;
        assert!(self.state == before, "deciding changed the state: {command:?}");
        let decision = decided?;
        invariants::came_in(&before, &self.people, command, self.now);
        self.record(&decision, command);
        let last = self.now.after(Duration::from_micros(decision.facts.len() as u64));
        invariants::hold(&self.state, &self.people, self.now);
        invariants::nobody_gave_what_they_lack(&before, &self.state, command, &decision.facts);
        // Entries of one command take a microsecond each, and so does the next one.
        self.now = last.max(self.now.next());
        Ok(decision)
    }

    fn record(&mut self, decision: &Decision, command: &Command) {
        let actor = command.actor;
        let Decision { facts, state, cmd, occurred, cuts } = decision;
        let rising = cuts.is_sorted_by(|before, after| before < after);
        assert!(rising, "the places to cut are in order, each once: {cuts:?}");
        let end = (!facts.is_empty()).then_some(facts.len());
        assert_eq!(cuts.last().copied(), end, "a command may be cut at its end");
        let cmd = *cmd;
        for (index, fact) in facts.iter().enumerate() {
            let time = self.now.after(Duration::from_micros(index as u64));
            let at = occurred.unwrap_or(time);
            let fact = fact.clone();
            self.erasures.meet(&fact);
            invariants::joins_rightly(&self.people, command, &fact.event);
            self.people.meet(&fact, actor, at);
            evolve(&mut self.state, &fact, actor, cmd, at);
            if cuts.contains(&(index + 1)) {
                invariants::hold_between_batches(&self.state, &self.people);
            }
            let recorded = Recorded { fact, actor, cmd, occurred: *occurred, time };
            has_one_spelling(&recorded, self.history.len() as u64);
            self.event_types.insert(recorded.fact.event.type_name());
            self.history.push(recorded);
        }
        assert!(self.state == *state, "the facts do not lead to the decided state: {facts:?}");
    }

    /// The state is what its facts make of nothing.
    pub(crate) fn replays(&self) {
        let mut state = State::default();
        for recorded in &self.history {
            evolve(&mut state, &recorded.fact, recorded.actor, recorded.cmd, recorded.at());
        }
        assert!(state == self.state, "replaying {} facts gives another state", self.history.len());
        replay::was_lawful(&self.entries());
        self.replays_behind_the_erasures();
    }

    /// Everything that happened, as entries with their values open.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.history.iter().zip(0..).map(|(recorded, seq)| recorded.entry(seq)).collect()
    }

    /// The same where the values that were erased since do not open any more: nothing that is left
    /// rests on one.
    fn replays_behind_the_erasures(&self) {
        let mut state = State::default();
        for recorded in &self.history {
            let mut fact = recorded.fact.clone();
            for (_, sealed) in fact.event.sealed_mut() {
                if self.erasures.covers(fact.org, sealed.of) {
                    sealed.content = Content::Erased(Commitment::from_bytes([0; 32]));
                }
            }
            evolve(&mut state, &fact, recorded.actor, recorded.cmd, recorded.at());
        }
        invariants::replay_the_same(&state, &self.state);
    }

    /// How many facts there are.
    pub(crate) fn size(&self) -> usize {
        self.history.len()
    }

    /// The types of event that happened.
    pub(crate) fn event_types(&self) -> &BTreeSet<&'static str> {
        &self.event_types
    }
}

/// The fact can be written as an entry, and is read back as what was written.
fn has_one_spelling(recorded: &Recorded, seq: u64) {
    let entry = replay::withheld(recorded.entry(seq));
    let bytes = entry.write().unwrap_or_else(|error| panic!("{error}: {:?}", entry.fact));
    let read = Entry::parse(&bytes).unwrap_or_else(|error| panic!("{error}: {:?}", entry.fact));
    assert_eq!(read, entry);
}

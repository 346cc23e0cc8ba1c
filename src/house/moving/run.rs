//! Taking rows over, one after the other; what the ledger has not answered yet waits in a window.

use super::past::{self, PastError};
use super::taker::{Taken, Taker, Ticket};
use super::{Begins, Group, Outcome, Plan, Step, What, Wish};
use crate::house::answer::SubmitError;
use crate::house::ledger::Ledger;
use crate::law::command::{Action, Line, SourceCommit};
use crate::law::{Refusal, State};
use crate::words::UserId;
use std::collections::{BTreeMap, VecDeque};

/// How many commands wait for an answer at once: as many as the writer takes as one group.
const WINDOW: usize = 256;

/// Takes a plan over. What became of each step is told in the order of the plan; none where the
/// ledger took no more.
pub fn run(
    plan: &Plan,
    taker: &mut Taker<'_>,
    ledger: &Ledger,
) -> Result<(Vec<Option<Outcome>>, Option<SubmitError>), PastError> {
    let before = taker.state();
    let known = known_lines(plan, &before, ledger)?;
    let outcomes = plan.steps.iter().map(|_| None).collect();
    let mut run = Run { plan, before, known, taker, outcomes, window: VecDeque::new() };
    let stopped = plan.groups.iter().try_for_each(|group| run.group(group)).err();
    Ok((run.outcomes, stopped))
}

/// Whom lines were about that were taken over before.
fn known_lines(
    plan: &Plan,
    state: &State,
    ledger: &Ledger,
) -> Result<BTreeMap<u64, UserId>, PastError> {
    let lines = plan.steps.iter().filter_map(Step::line);
    let known = lines.filter(|line| state.imported(&plan.source, line.seq).is_some());
    let mut orgs: Vec<_> = known.filter_map(|line| state.by_slug(line.org.as_str())).collect();
    orgs.dedup();
    let mut people = BTreeMap::new();
    for org in orgs.into_iter().filter(|_| plan.by_line) {
        people.append(&mut past::people(ledger, org, &plan.source)?);
    }
    Ok(people)
}

struct Run<'a, 'b> {
    plan: &'a Plan,
    before: State,
    known: BTreeMap<u64, UserId>,
    taker: &'a mut Taker<'b>,
    outcomes: Vec<Option<Outcome>>,
    window: VecDeque<(usize, Ticket)>,
}

impl Run<'_, '_> {
    fn group(&mut self, group: &Group) -> Result<(), SubmitError> {
        if let Some(begins) = &group.begins
            && let Err(refused) = self.begin(begins)?
        {
            let members = group.order.iter().copied().chain(begins.step);
            for step in members.filter(|step| self.outcomes[*step].is_none()).collect::<Vec<_>>() {
                let outcome = self.unread(step).unwrap_or_else(|| refused.clone());
                self.outcomes[step] = Some(outcome);
            }
            return Ok(());
        }
        for &step in &group.order {
            if self.outcomes[step].is_none() {
                self.step(step)?;
            }
        }
        self.settle(0)
    }

    /// Begins an organization that is not there; the inner error says why it is not there now.
    fn begin(&mut self, begins: &Begins) -> Result<Result<(), Outcome>, SubmitError> {
        if self.before.imported(&self.plan.source, begins.line.seq).is_some() {
            self.tell(begins.step, Outcome::AlreadyThere(None));
            return Ok(Ok(()));
        }
        for &first in &begins.first {
            let step = &self.plan.steps[first];
            let (Some(line), None) = (step.line(), self.missed_by(first)?) else {
                continue;
            };
            let line = Line { baseline: true, ..line.clone() };
            let action = Action::Import(SourceCommit {
                repo: self.plan.source.clone(),
                commit: begins.commit.clone(),
                occurred: begins.occurred,
                lines: vec![begins.line.clone(), line.clone()],
            });
            match self.taker.give(action).wait() {
                Ok(taken) => {
                    self.tell(begins.step, Outcome::Created);
                    self.outcomes[first] = Some(told(step.what, &taken));
                    return Ok(Ok(()));
                }
                Err(SubmitError::Refused(refusal)) => {
                    let outcome = refused(&refusal);
                    match refusal {
                        Refusal::Line { seq, .. } if seq == line.seq => {
                            self.outcomes[first] = Some(outcome);
                        }
                        _ => return Ok(Err(outcome)),
                    }
                }
                Err(error) => return Err(error),
            }
        }
        let message = "no row that can be taken over holds the top role of the organization, and none \
                       is without";
        Ok(Err(Outcome::Refused { code: "last_top_role", message: message.to_owned() }))
    }

    fn tell(&mut self, step: Option<usize>, outcome: Outcome) {
        if let Some(step) = step {
            self.outcomes[step] = Some(outcome);
        }
    }

    /// What is said of a row that is not even decided.
    fn unread(&self, step: usize) -> Option<Outcome> {
        match &self.plan.steps[step].wish {
            Wish::Record { .. } | Wish::Part => None,
            Wish::There(message) => Some(Outcome::AlreadyThere(Some(message.clone()))),
            Wish::Skip(message) => Some(Outcome::Skipped(message.clone())),
            Wish::Refuse { code, message } => {
                Some(Outcome::Refused { code, message: message.clone() })
            }
        }
    }

    /// The first of the steps that a step rests on and that is not there; waits for their answers.
    fn missed_by(&mut self, step: usize) -> Result<Option<usize>, SubmitError> {
        let plan = self.plan;
        for &after in &plan.steps[step].after {
            while self.outcomes[after].is_none() && !self.window.is_empty() {
                self.settle(self.window.len() - 1)?;
            }
            if !self.outcomes[after].as_ref().is_some_and(Outcome::is_there) {
                return Ok(Some(after));
            }
        }
        Ok(None)
    }

    fn step(&mut self, index: usize) -> Result<(), SubmitError> {
        if let Some(outcome) = self.unread(index) {
            self.outcomes[index] = Some(outcome);
            return Ok(());
        }
        let step = &self.plan.steps[index];
        if let Some(after) = self.missed_by(index)? {
            self.outcomes[index] = self.missing(after);
            return Ok(());
        }
        let Wish::Record { seq, action } = &step.wish else {
            let whole = step.after.first().and_then(|after| self.outcomes[*after].clone());
            self.outcomes[index] = Some(match whole {
                Some(Outcome::AlreadyThere(message)) => Outcome::AlreadyThere(message),
                _ => Outcome::Added,
            });
            return Ok(());
        };
        let (seq, action) = (*seq, Action::clone(action));
        if self.before.imported(&self.plan.source, seq).is_some() {
            self.outcomes[index] = Some(self.known(seq, step));
            return Ok(());
        }
        self.settle(WINDOW - 1)?;
        self.window.push_back((index, self.taker.give(action)));
        Ok(())
    }

    /// What is said of a row whose line was taken over before.
    fn known(&self, seq: u64, step: &Step) -> Outcome {
        let Some((user, who)) = self.known.get(&seq).zip(step.who()) else {
            return Outcome::AlreadyThere(None);
        };
        if self.before.meant(who) == Some(*user) {
            return Outcome::AlreadyThere(None);
        }
        let message = "this line was imported before and was about somebody else: put new rows behind \
                       the old ones, or give the list another --source";
        Outcome::Refused { code: "source_conflict", message: message.to_owned() }
    }

    /// What is said of a row that cannot be because another one is not there.
    fn missing(&self, after: usize) -> Option<Outcome> {
        let place = &self.plan.steps[after].place;
        match self.outcomes[after].as_ref()? {
            Outcome::Refused { code, .. } => Some(Outcome::Refused {
                code,
                message: format!("it rests on {place}, which was refused"),
            }),
            _ => Some(Outcome::Skipped(format!("it rests on {place}, which was left out"))),
        }
    }

    /// Waits until no more than so many commands wait.
    fn settle(&mut self, left: usize) -> Result<(), SubmitError> {
        while self.window.len() > left {
            let Some((index, ticket)) = self.window.pop_front() else { break };
            self.outcomes[index] = Some(match ticket.wait() {
                Ok(taken) => told(self.plan.steps[index].what, &taken),
                Err(SubmitError::Refused(refusal)) => refused(&refusal),
                Err(error) => return Err(error),
            });
        }
        Ok(())
    }
}

fn told(what: What, taken: &Taken) -> Outcome {
    if !taken.is_new {
        return Outcome::AlreadyThere(None);
    }
    match what {
        What::Joined if !taken.is_created => Outcome::Added,
        What::Row | What::User | What::Organization | What::Team | What::Joined => Outcome::Created,
        What::Password | What::TeamMember | What::Invitation => Outcome::Added,
        What::Left => Outcome::Removed,
    }
}

fn refused(refusal: &Refusal) -> Outcome {
    let refusal = refusal.innermost();
    Outcome::Refused { code: refusal.code(), message: refusal.to_string() }
}

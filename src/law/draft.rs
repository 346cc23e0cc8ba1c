//! A command being decided: the facts so far, and the state they lead to.

use crate::facts::{Actor, Event, Fact, Sealed, Source};
use crate::law::command::Command;
use crate::law::context::Context;
use crate::law::evolve::evolve;
use crate::law::refusal::Refusal;
use crate::law::rights::Rights;
use crate::law::state::{Organization, State};
use crate::words::{CommandId, OrganizationId, SubjectId, Timestamp};
use std::collections::BTreeSet;

pub(super) struct Draft<'a> {
    pub(super) state: State,
    pub(super) facts: Vec<Fact>,
    pub(super) cuts: Vec<usize>,
    pub(super) command: &'a Command,
    pub(super) context: &'a mut Context,
    pub(super) cmd: CommandId,
    /// When it happened, where the outside world says so.
    pub(super) occurred: Option<Timestamp>,
    /// Where the next facts come from.
    pub(super) source: Option<Source>,
    /// Organizations in which an invariant is broken for the moment.
    broken: BTreeSet<OrganizationId>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(state: &State, command: &'a Command, context: &'a mut Context) -> Self {
        let cmd = CommandId::from_uuid(context.uuid());
        Self {
            state: state.clone(),
            facts: Vec::new(),
            cuts: Vec::new(),
            command,
            context,
            cmd,
            occurred: None,
            source: None,
            broken: BTreeSet::new(),
        }
    }

    pub(super) fn actor(&self) -> Actor {
        self.command.actor
    }

    /// The moment for which the rules are asked: the effective time of the next entry.
    pub(super) fn now(&self) -> Timestamp {
        self.occurred.unwrap_or_else(|| {
            let micros = i64::try_from(self.facts.len()).unwrap_or(i64::MAX);
            Timestamp::from_micros(self.context.now.micros().saturating_add(micros))
        })
    }

    /// Records that it happened. From here on the rules see it.
    pub(super) fn record(
        &mut self,
        org: OrganizationId,
        event: impl Into<Event>,
    ) -> Result<(), Refusal> {
        let at = self.now();
        if let Some(organization) = self.state.organization(org)
            && at < organization.last_effective
        {
            return Err(Refusal::OccurredTooEarly {
                occurred: at,
                last: organization.last_effective,
            });
        }
        let fact = Fact { org, event: event.into(), source: self.source.clone() };
        evolve(&mut self.state, &fact, self.command.actor, self.cmd, at);
        self.facts.push(fact);
        if self.fault(org).is_some() {
            self.broken.insert(org);
        } else {
            self.broken.remove(&org);
        }
        if self.broken.is_empty() {
            self.cuts.push(self.facts.len());
        }
        Ok(())
    }

    /// Keeps what was recorded behind the first `before` facts in one piece.
    pub(super) fn cut_only_after(&mut self, before: usize) {
        let at_end = self.cuts.last() == Some(&self.facts.len());
        self.cuts.truncate(self.cuts.partition_point(|cut| *cut <= before));
        if at_end && self.facts.len() > before {
            self.cuts.push(self.facts.len());
        }
    }

    fn fault(&self, org: OrganizationId) -> Option<Refusal> {
        self.state.organization(org).and_then(Organization::fault)
    }

    /// The first invariant that does not hold, if one does not.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        match self.broken.iter().find_map(|&org| self.fault(org)) {
            Some(refusal) => Err(refusal),
            None => Ok(()),
        }
    }

    /// The organization, as long as it has not ended.
    pub(super) fn living(&self, org: OrganizationId) -> Result<&Organization, Refusal> {
        let organization = self.state.organization(org).ok_or(Refusal::UnknownOrganization)?;
        if organization.dissolved {
            return Err(Refusal::OrganizationDissolved);
        }
        Ok(organization)
    }

    /// The organization, when its members can be managed, with the actor's rights there.
    pub(super) fn managed(&self, org: OrganizationId) -> Result<(&Organization, Rights), Refusal> {
        let organization = self.living(org)?;
        organization.manageable()?;
        let rights = self.rights(org)?;
        Ok((organization, rights))
    }

    /// The actor's rights there.
    pub(super) fn rights(&self, org: OrganizationId) -> Result<Rights, Refusal> {
        Rights::of(self.actor(), (&self.state, org), self.now())
    }

    /// The reason of the command, sealed under the key of whom it is about.
    pub(super) fn reason(&self, of: impl Into<SubjectId>) -> Option<Sealed> {
        self.command.reason.as_ref().map(|reason| Sealed::open(of.into(), reason.shared()))
    }
}

impl Organization {
    /// Refuses where there are no members to manage, or not yet.
    pub(super) fn manageable(&self) -> Result<(), Refusal> {
        use crate::facts::OrganizationKind;
        match self.kind {
            OrganizationKind::Standard => Ok(()),
            OrganizationKind::Enterprise if self.certified => Ok(()),
            OrganizationKind::Enterprise => Err(Refusal::OrganizationNotCertified),
            OrganizationKind::Personal => Err(Refusal::PersonalOrganization),
        }
    }
}

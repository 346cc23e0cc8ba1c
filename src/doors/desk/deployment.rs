//! What happened in the deployment's own chain: accounts, and tokens that are no organization's.

use super::{Answered, Desk, ROWS_LIMIT, read};
use crate::doors::wire::{DeploymentHistory, DeploymentHistoryList, LedgerMoment, Problem, When};
use crate::projections::{About, AuditRow, HistoryFilter};
use std::sync::Arc;

impl Answered for DeploymentHistory {
    fn answer(&self, desk: &Desk) -> Result<DeploymentHistoryList, Problem> {
        let asked = &self.parameters;
        // Whoever asks for everything reads it in parts too: a history can be longer than memory.
        let limit = desk.rows_limit(asked.limit)?.min(ROWS_LIMIT);
        let (as_of, recorded_as_of) = (asked.as_of.clone(), asked.recorded_as_of.clone());
        let as_of = read(&When { as_of, recorded_as_of })?;
        let (chain, at) = {
            let views = desk.ledger.views();
            (Arc::clone(views.deployment()), views.deployment_moment(as_of, (desk.now)())?)
        };
        let filter = HistoryFilter {
            about: asked.user.map(About::User),
            event_type: asked.event_type.as_deref(),
            ..HistoryFilter::default()
        };
        let from = asked.after.map_or(0, |after| after.saturating_add(1));
        let to = at.map_or(0, |at| at.org_seq() + 1);
        let places = chain.history(filter, from..to);
        let places = places.map_err(|misfit| Problem::missing("unknown_member", misfit))?;
        let seqs = places.filter_map(|org_seq| chain.seq_of(org_seq));
        let (history, next) = desk.rows(seqs, limit, AuditRow::alone)?;
        let as_of = LedgerMoment { seq: at.map(|at| at.seq()) };
        Ok(DeploymentHistoryList { as_of, history, next })
    }
}

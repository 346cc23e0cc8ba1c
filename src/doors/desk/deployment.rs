//! What happened in the deployment's own chain: accounts, and tokens that are no organization's.

use super::history::{Walk, known_type};
use super::{Answered, Desk};
use crate::doors::wire::{DeploymentHistory, DeploymentHistoryList, LedgerMoment, Problem};
use crate::projections::{About, AuditRow, HistoryFilter};
use std::sync::Arc;

impl Answered for DeploymentHistory {
    fn answer(&self, desk: &Desk) -> Result<DeploymentHistoryList, Problem> {
        let asked = &self.parameters;
        let page = desk.page(self)?;
        let (chain, at) = {
            let views = desk.ledger.views();
            (Arc::clone(views.deployment()), views.deployment_moment(page.as_of, (desk.now)())?)
        };
        let as_of = LedgerMoment { seq: at.map(|at| at.seq()) };
        let Some(at) = at else {
            return Ok(DeploymentHistoryList { as_of, history: Vec::new(), next: None });
        };
        let filter = HistoryFilter {
            about: asked.user.map(About::User),
            actor: asked.actor,
            event_type: known_type(asked.event_type.as_deref())?,
        };
        let walk = Walk::of(&page, asked.sort, at)?;
        let places = chain.history(filter, walk.range());
        let places = places.map_err(|misfit| Problem::missing("unknown_member", misfit))?;
        let seqs = walk.way(places).filter_map(|org_seq| chain.seq_of(org_seq));
        let (history, next) = desk.rows(seqs, &page, at, AuditRow::alone)?;
        Ok(DeploymentHistoryList { as_of, history, next })
    }
}

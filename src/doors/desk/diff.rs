//! What became different between two moments, in parts.

use super::{Answered, Desk, Selected};
use crate::doors::wire::{Diff, DiffAnswer, Problem};
use crate::projections::{Diff as Difference, Moment, OrganizationView};
use std::sync::Arc;

impl Answered for Diff {
    fn answer(&self, desk: &Desk) -> Result<DiffAnswer, Problem> {
        let asked = &self.parameters;
        let limit = desk.rows_limit(asked.limit)?;
        let view = desk.hold(&self.org)?;
        let moment = |name: &str, text: &str| resolve(desk, &view, name, text);
        let (from, at) = (moment("from", &asked.from)?, moment("to", &asked.to)?);
        let mut difference = Difference::between(&view, from, at);
        let after = usize::try_from(asked.after.unwrap_or_default()).unwrap_or(usize::MAX);
        let all = difference.len();
        let end = after.saturating_add(limit);
        difference.keep(after..end);
        let next = (end < all).then(|| end.to_string());
        let heading = Selected { view, at }.heading();
        Ok(DiffAnswer { heading, difference, next })
    }
}

/// A moment, refused under the name it was asked for by.
fn resolve(
    desk: &Desk,
    view: &Arc<OrganizationView>,
    name: &str,
    text: &str,
) -> Result<Moment, Problem> {
    let moment = text.parse().map_err(Problem::from).and_then(|as_of| desk.moment(view, as_of));
    moment.map_err(|problem| Problem { detail: format!("{name}: {}", problem.detail), ..problem })
}

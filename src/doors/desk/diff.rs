//! What became different between two moments, in parts.

use super::part::changed;
use super::{Answered, Desk, Selected};
use crate::doors::wire::{Diff, DiffAnswer, Problem};
use crate::projections::{AsOf, Diff as Difference, Moment, OrganizationView};
use std::sync::Arc;

impl Answered for Diff {
    fn answer(&self, desk: &Desk) -> Result<DiffAnswer, Problem> {
        let page = desk.page(self).map_err(|problem| named("to", problem))?;
        let view = desk.hold(&self.org)?;
        let from = self.parameters.from.parse().map_err(Problem::from);
        let from = named_moment(desk, &view, "from", from)?;
        let at = named_moment(desk, &view, "to", Ok(page.as_of))?;
        // A time to come is another place once something has happened before it.
        if page.last().is_some_and(|last| last != from.seq().to_string()) {
            return Err(changed());
        }
        let mut difference = Difference::between(&view, from, at);
        let all = difference.len();
        let end = page.passed.saturating_add(page.limit);
        difference.keep(page.passed..end);
        let next = (end < all).then(|| page.next(page.limit, at, from.seq().to_string()));
        let heading = Selected { view, at }.heading();
        Ok(DiffAnswer { heading, difference, next })
    }
}

/// A moment, refused under the name it was asked for by.
fn named_moment(
    desk: &Desk,
    view: &Arc<OrganizationView>,
    name: &str,
    as_of: Result<AsOf, Problem>,
) -> Result<Moment, Problem> {
    let moment = as_of.and_then(|as_of| desk.moment(view, as_of));
    moment.map_err(|problem| named(name, problem))
}

fn named(name: &str, problem: Problem) -> Problem {
    if problem.code != "wrong_moment" && problem.status != 404 {
        return problem;
    }
    Problem { detail: format!("{name}: {}", problem.detail), ..problem }
}

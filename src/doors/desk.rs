//! The desk: where questions are answered and wishes become commands, over a ledger that is open
//! in this process. The server and the command line stand at the same one.

mod access;
mod bundle;
mod check;
#[cfg(feature = "server")]
mod condition;
mod deployment;
mod diff;
mod erasures;
mod history;
mod invitations;
mod lists;
mod members;
mod orders;
mod part;
mod personal;
mod reader;
mod recorded;
mod role_list;
mod rotated;
mod standing;
mod status;
mod teams;
mod texts;

#[cfg(feature = "server")]
pub(super) use condition::condition;
#[cfg(feature = "server")]
pub(super) use orders::{About, proof};
pub(super) use orders::{Order, Wished};
pub(super) use reader::Reader;
#[cfg(feature = "server")]
pub(super) use reader::not_for_them;
#[cfg(feature = "server")]
pub(super) use recorded::Told;
#[cfg(feature = "server")]
pub use status::refused_with;

use super::wire::{Heading, OrganizationName, Problem, Question, Recorded, When};
use crate::house::Ledger;
use crate::law::command::Invite;
use crate::projections::{AsOf, Header, Moment, OrganizationView, Views};
use crate::words::hash::Drawn;
use crate::words::{OrganizationId, Timestamp, UserId};
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError, RwLockReadGuard};
use std::time::Duration;

/// The most rows in one part of an answer: some 400 KB, written in a millisecond.
pub(super) const ROWS_LIMIT: usize = 1000;

/// A desk at a ledger.
pub(super) struct Desk {
    pub(super) ledger: Arc<Ledger>,
    /// What tells the time for answers that hold for now.
    now: fn() -> Timestamp,
    /// Where one-time tokens and the identifiers of newcomers are drawn from.
    drawn: Mutex<Drawn>,
    rows_limit: usize,
    /// How long an invitation is valid that does not say so itself.
    invitation_validity: Duration,
}

/// A question that a desk can answer.
pub(super) trait Answered: Question {
    fn answer(&self, desk: &Desk) -> Result<Self::Answer, Problem>;

    /// The same, of what whoever asks has something to do with; a question about one organization
    /// is asked by nobody else.
    fn answer_known(&self, desk: &Desk, _reader: &Reader) -> Result<Self::Answer, Problem> {
        self.answer(desk)
    }

    /// What of the answer is a user's own.
    fn answer_own(&self, _desk: &Desk, _user: UserId) -> Result<Self::Answer, Problem> {
        Err(reader::not_for_them(Self::GUARD))
    }
}

/// An organization, as of a moment.
struct Selected<View> {
    view: View,
    at: Moment,
}

/// An organization where it stands. Nothing is published meanwhile: whoever has one reads and lets
/// go, and asks the ledger's views for nothing else, which would wait for whoever waits to publish.
struct Published<'a> {
    views: RwLockReadGuard<'a, Views>,
    org: OrganizationId,
}

impl Deref for Published<'_> {
    type Target = OrganizationView;

    fn deref(&self) -> &OrganizationView {
        self.views.organization(self.org).expect("it was found in these views")
    }
}

impl<View: Deref<Target = OrganizationView>> Selected<View> {
    fn heading(&self) -> Heading {
        heading(&self.view, self.at)
    }
}

fn heading(view: &OrganizationView, at: Moment) -> Heading {
    let Header { organization_id, slug, dissolved_at, .. } = view.header(at);
    Heading { organization_id, slug, dissolved_at, as_of: at }
}

impl Desk {
    /// A desk that answers lists in parts of at most [`ROWS_LIMIT`] rows.
    #[cfg(feature = "server")]
    pub(super) fn in_parts(
        ledger: Arc<Ledger>,
        now: fn() -> Timestamp,
        drawn: Drawn,
        invitation_validity: Duration,
    ) -> Self {
        Self { ledger, now, drawn: drawn.into(), rows_limit: ROWS_LIMIT, invitation_validity }
    }

    /// A desk that answers lists whole: whoever asks has the ledger in the same memory.
    pub(super) fn whole(ledger: Arc<Ledger>, now: fn() -> Timestamp, drawn: Drawn) -> Self {
        let (rows_limit, invitation_validity) = (usize::MAX, Invite::EXPIRES_IN);
        Self { ledger, now, drawn: drawn.into(), rows_limit, invitation_validity }
    }

    /// Bytes that nobody can guess.
    pub(super) fn draw<const N: usize>(&self) -> [u8; N] {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner).bytes()
    }

    pub(super) fn newcomer(&self) -> UserId {
        UserId::from_uuid(uuid::Builder::from_random_bytes(self.draw()).into_uuid())
    }

    /// An organization for an answer that takes microseconds.
    fn select(
        &self,
        name: &OrganizationName,
        when: &When,
    ) -> Result<Selected<Published<'_>>, Problem> {
        self.select_at(name, read(when)?)
    }

    /// The same at a moment that was read already.
    fn select_at(
        &self,
        name: &OrganizationName,
        as_of: AsOf,
    ) -> Result<Selected<Published<'_>>, Problem> {
        let views = self.ledger.views();
        let view = found(&views, name)?;
        let at = views.moment(view, as_of, (self.now)())?;
        let org = view.id();
        Ok(Selected { view: Published { views, org }, at })
    }

    /// An organization for an answer that takes longer, or reads the log. It is shared: if the
    /// organization changes before that is done, publishing copies it once.
    fn hold(&self, name: &OrganizationName) -> Result<Arc<OrganizationView>, Problem> {
        found(&self.ledger.views(), name).map(Arc::clone)
    }

    /// What is read of an organization where it stands now. Nothing is published meanwhile.
    #[cfg(feature = "server")]
    pub(super) fn look<T>(
        &self,
        name: &OrganizationName,
        read: impl FnOnce(&OrganizationView, Moment) -> T,
    ) -> Result<T, Problem> {
        let selected = self.select(name, &When::default())?;
        Ok(read(&selected.view, selected.at))
    }

    fn moment(&self, view: &OrganizationView, as_of: AsOf) -> Result<Moment, Problem> {
        Ok(self.ledger.views().moment(view, as_of, (self.now)())?)
    }

    /// Gives a command to the writer, waits until it is durable, and tells what it led to.
    pub(super) fn submit(&self, order: Order) -> Result<Recorded, Problem> {
        let Order { command, subject, token, org } = order;
        let receipt = self.ledger.submit(command)?;
        Ok(self.recorded(&receipt, subject, token, org)?.answer)
    }
}

/// The organization that has an identifier or a slug.
fn found<'a>(
    views: &'a Views,
    name: &OrganizationName,
) -> Result<&'a Arc<OrganizationView>, Problem> {
    let found = match name {
        OrganizationName::Id(id) => views.organization(*id),
        OrganizationName::Slug(slug) => views.by_slug(slug.as_str()),
    };
    found.ok_or_else(|| no_such_organization(name))
}

/// One answer, whether it is not there or not theirs: nobody learns which.
pub(super) fn no_such_organization(name: &OrganizationName) -> Problem {
    let what = match name {
        OrganizationName::Id(_) => "identifier",
        OrganizationName::Slug(_) => "slug",
    };
    let detail = format!("no organization has the {what} \"{name}\"");
    Problem::missing("unknown_organization", detail)
}

/// `as_of` is a seq or an effective time, `recorded_as_of` a time at which it was known.
fn read(when: &When) -> Result<AsOf, Problem> {
    match (&when.as_of, &when.recorded_as_of) {
        (None, None) => Ok(AsOf::Now),
        (Some(text), None) => Ok(text.parse()?),
        (None, Some(text)) => match text.parse()? {
            AsOf::Time(time) => Ok(AsOf::Recorded(time)),
            AsOf::Seq(_) | AsOf::Again { .. } | AsOf::Now | AsOf::Recorded(_) | AsOf::OrgSeq(_) => {
                Err(Problem::wrong("wrong_moment", "recorded_as_of: expected a time"))
            }
        },
        (Some(_), Some(_)) => {
            let detail = "as_of and recorded_as_of cannot be asked for together";
            Err(Problem::unfit("wrong_moment", detail))
        }
    }
}

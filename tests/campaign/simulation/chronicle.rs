//! Everything that was so: one page for each entry, with the whole of its organization behind it.

use super::happens::{Frame, happens};
use super::membership::{Deployment, Fact, Letter, Org, What};
use super::tells::{self, tells};
use rollbook::facts::Actor;
use rollbook::projections::{About, AsOf, AsOfError, AuditRow, HistoryFilter, InvitationStatus};
use rollbook::words::{CommandId, OrganizationId, TeamId, Timestamp};
use std::collections::BTreeMap;
use std::rc::Rc;
use uuid::Uuid;

/// The membership at hand, and every page that led to it. A copy shares its pages.
#[derive(Clone)]
pub(super) struct Chronicle {
    pub(super) world: Deployment,
    pub(super) pages: BTreeMap<OrganizationId, Vec<Rc<Page>>>,
    /// How many entries there are.
    pub(super) size: u64,
    /// How many of them stand in the deployment's own chain, of which no pages are kept.
    pub(super) deployment_size: u64,
    /// When the last entry was recorded.
    pub(super) last: Timestamp,
}

/// An entry, and the organization behind it.
pub(super) struct Page {
    pub(super) org: Rc<Org>,
    /// The entry as an auditor reads it.
    pub(super) told: AuditRow,
    pub(super) about: Vec<Uuid>,
    pub(super) teams: Vec<TeamId>,
}

/// The page that answers, and the instant it is asked for.
#[derive(Clone)]
pub(super) struct Seen {
    pub(super) page: Rc<Page>,
    pub(super) time: Timestamp,
}

/// What every entry of a command has in common.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) actor: Actor,
    pub(super) cmd: CommandId,
    pub(super) reason: Option<&'a str>,
    pub(super) recorded: Timestamp,
    pub(super) occurred: Option<Timestamp>,
}

impl Chronicle {
    /// Before anything happened.
    pub(super) fn begin() -> Self {
        let (world, pages) = (Deployment::default(), BTreeMap::new());
        Self { world, pages, size: 0, deployment_size: 0, last: Timestamp::EPOCH }
    }

    /// Writes a page for each fact of a command.
    pub(super) fn writes(&mut self, facts: &[Fact], given: Given<'_>) {
        for (micros, fact) in facts.iter().enumerate() {
            let recorded = given.recorded.micros() + i64::try_from(micros).unwrap();
            let recorded = Timestamp::from_micros(recorded);
            let at = given.occurred.unwrap_or(recorded);
            let before = self.world.org(fact.org).cloned();
            happens(&mut self.world, fact, Frame { actor: given.actor, cmd: given.cmd, at });
            (self.size, self.last) = (self.size + 1, recorded);
            if fact.org == OrganizationId::DEPLOYMENT {
                self.deployment_size += 1;
                continue;
            }
            let org = Rc::clone(self.world.org(fact.org).unwrap());
            let place = tells::Place { seq: self.size - 1, recorded, at };
            let told = tells(fact, place, given, before.as_deref(), &org);
            let (mut about, teams) = (tells::subjects(fact), tells::teams(&fact.what));
            if let What::PersonalDataErased { invitations } = &fact.what {
                // The reason is the organization's.
                about.extend(given.reason.map(|_| fact.org.uuid()));
                self.forgets(fact.org, invitations);
            }
            let page = Page { org, told, about, teams };
            self.pages.entry(fact.org).or_default().push(Rc::new(page));
        }
    }

    pub(super) fn of(&self, org: OrganizationId) -> &[Rc<Page>] {
        self.pages.get(&org).map_or(&[], Vec::as_slice)
    }

    /// The page that a moment of an organization asks for: the last one that is not too late.
    pub(super) fn at(
        &self,
        org: OrganizationId,
        as_of: AsOf,
        now: Timestamp,
    ) -> Result<Seen, AsOfError> {
        let pages = self.of(org);
        let size = pages.len() as u64;
        let beyond = |what, asked, size| AsOfError::Beyond { what, asked, size };
        match as_of {
            AsOf::Seq(asked) | AsOf::Again { seq: asked, .. } if asked >= self.size => {
                return Err(beyond("seq", asked, self.size));
            }
            AsOf::OrgSeq(asked) if asked >= size => return Err(beyond("org_seq", asked, size)),
            _ => {}
        }
        let counts = |row: &AuditRow| match as_of {
            AsOf::Now => true,
            AsOf::Seq(seq) | AsOf::Again { seq, .. } => row.seq <= seq,
            AsOf::OrgSeq(org_seq) => row.org_seq <= org_seq,
            AsOf::Time(time) => row.happened_at <= time,
            AsOf::Recorded(time) => row.recorded_at <= time,
        };
        let Some(page) = pages.iter().rev().find(|page| counts(&page.told)) else {
            let (seq, time) = (pages[0].told.seq, pages[0].told.happened_at);
            return Err(AsOfError::BeforeBeginning { seq, time });
        };
        let held = page.told.happened_at;
        let time = match as_of {
            AsOf::Seq(_) | AsOf::OrgSeq(_) => held,
            AsOf::Now => now.max(held),
            AsOf::Time(time) | AsOf::Recorded(time) | AsOf::Again { instant: time, .. } => {
                time.max(held)
            }
        };
        Ok(Seen { page: Rc::clone(page), time })
    }

    /// The places of the entries that a filter asks for; none for a membership that never was.
    pub(super) fn found(&self, org: OrganizationId, filter: HistoryFilter<'_>) -> Option<Vec<u64>> {
        let pages = self.of(org);
        let last = &pages.last()?.org;
        let whole = (org.uuid(), 0, u64::MAX);
        let (subject, from, to) = match filter.about {
            None | Some(About::Team(_)) => whole,
            Some(About::Organization) => (org.uuid(), 0, u64::MAX),
            Some(About::User(user)) => (user.uuid(), 0, u64::MAX),
            Some(About::Invitation(invitation)) => (invitation.uuid(), 0, u64::MAX),
            Some(About::Member(id)) => {
                let current = last.member(id).map(|row| (row, u64::MAX));
                let mut ended = last.ended.iter().filter(|ended| ended.member.member_id == id);
                // A member's keys end behind the member.
                let keys = last.held.last_key_end(id).unwrap_or_default();
                let to = |left: u64| left.max(keys);
                let ended = || ended.next().map(|e| (&e.member, to(e.left.unwrap().left_org_seq)));
                let (row, to) = current.or_else(ended)?;
                (row.user_id.uuid(), row.joined_org_seq, to)
            }
        };
        let wanted = |page: &&Rc<Page>| {
            let about = match filter.about {
                None => true,
                Some(About::Team(team)) => page.teams.contains(&team),
                Some(_) => page.about.contains(&subject),
            };
            let inside = (from..=to).contains(&page.told.org_seq);
            let actor = filter.actor.is_none_or(|actor| page.told.actor == actor);
            let kind = filter.event_type.is_none_or(|kind| page.told.event_type == kind);
            about && inside && actor && kind
        };
        Some(pages.iter().filter(wanted).map(|page| page.told.org_seq).collect())
    }
}

impl Seen {
    /// What had become of an invitation: its time passes whether or not anybody records it.
    pub(super) fn status(&self, letter: &Letter) -> InvitationStatus {
        match letter.row.status {
            InvitationStatus::Pending | InvitationStatus::Expired => {
                if letter.row.expires_at <= self.time {
                    InvitationStatus::Expired
                } else {
                    InvitationStatus::Pending
                }
            }
            answered => answered,
        }
    }
}

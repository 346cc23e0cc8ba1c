//! Holds what the ledger shows to what the model says.

use super::chance::Chance;
use super::chronicle::{Chronicle, Page, Seen};
use rollbook::facts::Entry;
use rollbook::house::Ledger;
use rollbook::projections::{
    About, ApiKeyStatus, AsOf, AuditRow, Diff, HistoryFilter, Moment, OrganizationView, Views,
};
use rollbook::words::{OrganizationId, Timestamp};
use serde::Serialize;
use std::rc::Rc;
use std::sync::Arc;

/// Both sides, at one instant.
pub(super) struct Both<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) told: &'a Chronicle,
    pub(super) now: Timestamp,
    pub(super) chance: &'a mut Chance,
    /// How many answers were compared.
    pub(super) compared: u64,
}

impl Both<'_> {
    fn same<T: PartialEq + Serialize>(&mut self, what: &str, shown: &T, said: &T) {
        self.compared += 1;
        if shown != said {
            let text = |value: &T| serde_json::to_string_pretty(value).unwrap();
            panic!("{what}\n--- the ledger shows\n{}\n--- it was\n{}", text(shown), text(said));
        }
    }

    /// One organization now: every list, and one of each kind of row.
    pub(super) fn now(&mut self, org: OrganizationId) {
        let ledger = self.ledger;
        let views = ledger.views();
        let Some(view) = views.organization(org) else {
            assert!(self.told.of(org).is_empty(), "{org} is not shown");
            return;
        };
        let Some((seen, at)) = self.moment(&views, view, AsOf::Now) else { return };
        assert_eq!(view.size(), self.told.of(org).len() as u64, "entries of {org}");
        assert_eq!(view.member_count(), seen.page.org.members.len(), "members of {org}");
        self.lists(view, &seen, at);
        self.rows(view, &seen, at);
        self.histories(view, org);
    }

    /// One organization at a moment by chance.
    pub(super) fn then(&mut self, org: OrganizationId) {
        let as_of = self.some_moment(org);
        let ledger = self.ledger;
        let views = ledger.views();
        let view = views.organization(org).unwrap();
        let Some((seen, at)) = self.moment(&views, view, as_of) else { return };
        self.lists(view, &seen, at);
        self.rows(view, &seen, at);
    }

    /// What differs between two moments by chance, in either order.
    pub(super) fn between(&mut self, org: OrganizationId) {
        let moments = [self.some_moment(org), self.some_moment(org)];
        let ledger = self.ledger;
        let views = ledger.views();
        let view = views.organization(org).unwrap();
        let [Some((from, from_at)), Some((to, to_at))] =
            moments.map(|as_of| self.moment(&views, view, as_of))
        else {
            return;
        };
        let shown = Diff::between(view, from_at, to_at);
        let said = from.until(&to, [from_at, to_at]);
        self.same(&format!("the difference {moments:?} of {org}"), &shown, &said);
    }

    /// Which organizations there are, and how each is found.
    pub(super) fn directory(&mut self) {
        let ledger = self.ledger;
        let views = ledger.views();
        assert_eq!(views.size(), self.told.size, "entries");
        let deployment = views.deployment().size();
        assert_eq!(deployment, self.told.deployment_size, "entries of the deployment");
        assert_eq!(ledger.head().size, self.told.size, "entries in the log");
        let shown: Vec<OrganizationId> = views.organizations().map(|view| view.id()).collect();
        let mut said: Vec<_> = self.told.world.orgs.iter().map(|org| org.id()).collect();
        said.sort();
        self.same("the organizations", &shown, &said);
        for org in &self.told.world.orgs {
            let slug = org.header.slug.text().unwrap();
            let found = views.by_slug(slug).map(|view| view.id());
            assert_eq!(found, Some(org.id()), "whoever asks for {slug}");
        }
        for former in self.told.world.former_slugs.iter() {
            let found = views.by_slug(former).map(|view| view.id());
            let said = self.told.world.by_slug(former).map(|org| org.id());
            assert_eq!(found, said, "whoever asks for {former}");
        }
    }

    fn some_moment(&mut self, org: OrganizationId) -> AsOf {
        let pages = self.told.of(org);
        let page = &pages[self.chance.below(pages.len())];
        let near = |time: Timestamp, chance: &mut Chance| {
            Timestamp::from_micros(time.micros() - 1 + chance.below(3) as i64)
        };
        match self.chance.below(8) {
            0..=1 => {
                let size = usize::try_from(self.told.size).unwrap();
                AsOf::Seq(self.chance.below(size + size / 30 + 1) as u64)
            }
            2 => AsOf::OrgSeq(self.chance.below(pages.len() + pages.len() / 30 + 1) as u64),
            3..=4 => AsOf::Recorded(near(page.told.recorded_at, self.chance)),
            5..=6 => AsOf::Time(near(page.told.happened_at, self.chance)),
            _ => {
                let letters = &page.org.letters;
                if letters.is_empty() {
                    return AsOf::Time(near(page.told.happened_at, self.chance));
                }
                let letter = &letters[self.chance.below(letters.len())];
                AsOf::Time(near(letter.row.expires_at, self.chance))
            }
        }
    }

    /// Both resolve a moment to the same entry, or refuse it in the same way.
    fn moment(
        &mut self,
        views: &Views,
        view: &OrganizationView,
        as_of: AsOf,
    ) -> Option<(Seen, Moment)> {
        let said = self.told.at(view.id(), as_of, self.now);
        let found = views.moment(view, as_of, self.now);
        let place = |page: &Rc<Page>| (page.told.org_seq, page.told.seq);
        let said_place = said.as_ref().map(|seen| (place(&seen.page), seen.time));
        let found_place = found.as_ref().map(|at| ((at.org_seq(), at.seq()), at.time()));
        assert_eq!(found_place, said_place, "{as_of:?} in {}", view.id());
        self.compared += 1;
        said.ok().zip(found.ok())
    }

    fn lists(&mut self, view: &OrganizationView, seen: &Seen, at: Moment) {
        let org = &seen.page.org;
        let of = |what: &str| format!("{what} of {} at {at:?}", view.id());
        self.same(&of("the header"), &view.header(at), &org.header);
        self.same(&of("the members"), &view.members(at), &org.rows());
        self.same(&of("the roles"), &view.roles(at), &org.role_rows());
        self.same(&of("the teams"), &view.teams(at), &org.team_rows());
        self.same(&of("the invitations"), &view.invitations(at), &seen.invitations());
        self.same(&of("what is pending"), &view.pending_invitations(at), &seen.pending());
        self.same(&of("the tokens"), &view.tokens(at), &seen.tokens(false));
        self.same(&of("the usable tokens"), &view.active_tokens(at), &seen.tokens(true));
        self.same(&of("the auditors"), &view.auditors(at), &seen.auditors(false));
        self.same(&of("who audits"), &view.active_auditors(at), &seen.auditors(true));
        self.same(&of("the API keys"), &view.api_keys(at), &org.keys(|_| true));
        let active = org.keys(|row| row.status == ApiKeyStatus::Active);
        self.same(&of("the usable API keys"), &view.active_api_keys(at), &active);
    }

    /// One row of each kind, of whoever was ever there.
    fn rows(&mut self, view: &OrganizationView, seen: &Seen, at: Moment) {
        let (then, last) = (&seen.page.org, &self.told.world.org(view.id()).unwrap());
        let ended = last.ended.iter().map(|ended| &ended.member);
        let all: Vec<_> = last.members.iter().map(Rc::as_ref).chain(ended).collect();
        if let Some(row) = self.chance.pick_any(&all) {
            let (member, user) = (row.member_id, row.user_id);
            self.same("one member", &view.member(member, at), &then.member(member).cloned());
            let of_user = then.member_of(user).cloned();
            self.same("a user's membership", &view.member_of_user(user, at), &of_user);
            self.same("how it ended", &view.leaving(member, at), &then.left(member));
            self.same("what bounds them", &view.limits(member, at), &then.limits_row(member));
            let keys = then.keys(|row| row.member_id == member);
            self.same("a member's API keys", &view.api_keys_of(member, false, at), &keys);
            self.same("what rests on them", &view.rests_on(user, at), &seen.resting(user));
            let all = last.memberships(user);
            self.same("all memberships of a user", &view.memberships_of(user), &all);
        }
        let letters: Vec<_> = last.letters.iter().map(|letter| letter.row.invitation_id).collect();
        if let Some(id) = self.chance.pick_any(&letters) {
            self.same("one invitation", &view.invitation(id, at), &seen.invitation(id));
        }
        let teams: Vec<_> = last.teams.iter().map(|team| team.id).collect();
        let teams: Vec<_> = teams.into_iter().chain(last.ended_teams.keys().copied()).collect();
        if let Some(id) = self.chance.pick_any(&teams) {
            let said = then.team(id).map(|team| then.team_row(team));
            self.same("one team", &view.team(id, at), &said);
        }
    }

    /// The places of a history, whole and as filters ask for it.
    fn histories(&mut self, view: &OrganizationView, org: OrganizationId) {
        let pages = self.told.of(org);
        let page = &pages[self.chance.below(pages.len())];
        let other = &pages[self.chance.below(pages.len())];
        let last = &self.told.world.org(org).unwrap();
        let member = match (self.chance.below(2), last.ended.last(), last.members.last()) {
            (0, Some(ended), _) | (1, Some(ended), None) => Some(ended.member.member_id),
            (_, _, Some(row)) => Some(row.member_id),
            _ => None,
        };
        let mut abouts = vec![About::Organization];
        abouts.extend(member.map(About::Member));
        abouts.extend(member.and_then(|id| {
            let row = last.members.iter().find(|row| row.member_id == id);
            row.map(|row| About::User(row.user_id))
        }));
        abouts.extend(last.letters.last().map(|l| About::Invitation(l.row.invitation_id)));
        abouts.extend(page.teams.first().map(|team| About::Team(*team)));
        let about = Some(self.chance.pick(&abouts)).filter(|_| self.chance.percent(70));
        let actor = Some(page.told.actor).filter(|_| self.chance.percent(30));
        let event_type = Some(other.told.event_type.as_ref()).filter(|_| self.chance.percent(30));
        for filter in [HistoryFilter::default(), HistoryFilter { about, actor, event_type }] {
            let found = view.history(filter, 0..u64::MAX).ok();
            let found: Option<Vec<u64>> = found.map(Iterator::collect);
            self.same(&format!("the history {filter:?}"), &found, &self.told.found(org, filter));
        }
    }

    /// Entries as a command was answered with them.
    pub(super) fn entries(&mut self, entries: &[Arc<Entry>]) {
        let own = |entry: &&Arc<Entry>| entry.fact.org != OrganizationId::DEPLOYMENT;
        for entry in entries.iter().filter(own) {
            let views = self.ledger.views();
            let shown = AuditRow::of(entry, views.organization(entry.fact.org).unwrap());
            let page = &self.told.of(entry.fact.org)[usize::try_from(entry.org_seq).unwrap()];
            drop(views);
            self.same(&format!("the answer with entry {}", entry.seq), &shown, &page.told.clone());
        }
    }

    /// Entries as they stand in the log, told to an auditor.
    pub(super) fn told(&mut self, from: u64, count: usize) {
        for record in self.ledger.read(from, count).unwrap() {
            let entry = self.ledger.unseal(&record).unwrap().entry;
            if entry.fact.org == OrganizationId::DEPLOYMENT {
                continue;
            }
            let views = self.ledger.views();
            let shown = AuditRow::of(&entry, views.organization(entry.fact.org).unwrap());
            let page = &self.told.of(entry.fact.org)[usize::try_from(entry.org_seq).unwrap()];
            drop(views);
            self.same(&format!("entry {}", record.seq), &shown, &page.told.clone());
        }
    }
}

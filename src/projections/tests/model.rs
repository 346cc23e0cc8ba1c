//! Random histories, read at every place, against a fold that keeps nothing but the present.

use super::chance::history;
use super::story::*;
use crate::facts::event::*;
use crate::facts::*;
use crate::projections::*;
use crate::words::*;

/// The present of one organization, kept in the plainest way.
#[derive(Clone, Default)]
pub(super) struct Model {
    pub(super) members: Vec<ModelMember>,
    pub(super) teams: Vec<ModelTeam>,
    pub(super) invitations: Vec<ModelInvitation>,
    pub(super) roles: Vec<(RoleName, PermissionSet)>,
}

#[derive(Clone)]
pub(super) struct ModelMember {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) roles: Roles,
    pub(super) suspended: bool,
    pub(super) joined_at: Timestamp,
    pub(super) role_since: Timestamp,
}

#[derive(Clone)]
pub(super) struct ModelTeam {
    pub(super) name: String,
    pub(super) parent: Option<TeamId>,
    pub(super) people: Vec<(String, TeamRole)>,
}

#[derive(Clone)]
pub(super) struct ModelInvitation {
    pub(super) name: String,
    pub(super) expires_at: Timestamp,
    pub(super) sends: u32,
    pub(super) ended: Option<InvitationStatus>,
}

impl Model {
    fn member(&mut self, id: MemberId) -> &mut ModelMember {
        self.members.iter_mut().find(|known| member(&known.name) == id).unwrap()
    }

    fn team(&mut self, id: TeamId) -> &mut ModelTeam {
        self.teams.iter_mut().find(|known| team(&known.name) == id).unwrap()
    }

    fn invitation(&mut self, id: InvitationId) -> &mut ModelInvitation {
        self.invitations.iter_mut().find(|known| invitation(&known.name) == id).unwrap()
    }

    pub(super) fn login_of(&self, name: &str) -> &str {
        &self.members.iter().find(|known| known.name == name).unwrap().login
    }

    fn set_roles(&mut self, id: MemberId, roles: &Roles, now: Timestamp) {
        let known = self.member(id);
        known.roles = roles.clone();
        known.role_since = now;
    }

    fn join(&mut self, name: &str, login: &str, roles: &Roles, now: Timestamp) {
        self.members.push(ModelMember {
            name: name.to_owned(),
            login: login.to_owned(),
            roles: roles.clone(),
            suspended: false,
            joined_at: now,
            role_since: now,
        });
    }

    fn accept(&mut self, name: &str, login: &str, event: &InvitationAccepted, now: Timestamp) {
        self.invitation(event.invitation).ended = Some(InvitationStatus::Accepted);
        self.join(name, login, &event.roles, now);
        for team in &event.teams {
            self.team(*team).people.push((name.to_owned(), TeamRole::Member));
        }
    }

    fn transfer(&mut self, event: &SuperAdminTransferred, now: Timestamp) {
        let held = self.member(event.from_member).roles.clone();
        self.set_roles(event.from_member, &event.becomes, now);
        self.set_roles(event.to_member, &held, now);
    }

    fn leave(&mut self, id: MemberId) {
        self.members.retain(|known| member(&known.name) != id);
        for team in &mut self.teams {
            team.people.retain(|(name, _)| member(name) != id);
        }
    }

    fn end_team(&mut self, id: TeamId) {
        self.teams.retain(|known| team(&known.name) != id);
        for child in &mut self.teams {
            child.parent = child.parent.filter(|parent| *parent != id);
        }
    }

    fn team_role(&mut self, team: TeamId, id: MemberId) -> &mut TeamRole {
        let people = &mut self.team(team).people;
        &mut people.iter_mut().find(|(name, _)| member(name) == id).unwrap().1
    }

    /// `name` is what the generator calls whoever or whatever the event brings.
    pub(super) fn apply(&mut self, name: &str, login: &str, event: &Event, now: Timestamp) {
        let called = name.to_owned();
        match event {
            Event::MemberCreated(event) => self.join(name, login, &event.roles, now),
            Event::InvitationAccepted(event) => self.accept(name, login, event, now),
            Event::RoleChanged(event) => self.set_roles(event.member, &event.after, now),
            Event::SuperAdminTransferred(event) => self.transfer(event, now),
            Event::MemberSuspended(event) => self.member(event.member).suspended = true,
            Event::MemberReactivated(event) => self.member(event.member).suspended = false,
            Event::MemberRemoved(event) => self.leave(event.member),
            Event::InvitationSent(event) => {
                let expires_at = event.expires_at;
                self.invitations.push(ModelInvitation {
                    name: called,
                    expires_at,
                    sends: 1,
                    ended: None,
                });
            }
            Event::InvitationResent(event) => {
                let known = self.invitation(event.invitation);
                known.expires_at = event.expires_at;
                known.sends += 1;
            }
            Event::InvitationRevoked(event) => {
                self.invitation(event.invitation).ended = Some(InvitationStatus::Revoked);
            }
            Event::InvitationDeclined(event) => {
                self.invitation(event.invitation).ended = Some(InvitationStatus::Declined);
            }
            Event::InvitationExpired(event) => {
                self.invitation(event.invitation).expires_at = event.expired_at;
            }
            Event::RoleDefined(event) => {
                self.roles.push((event.role.clone(), event.permissions.clone()));
            }
            Event::RoleRedefined(event) => {
                let known = self.roles.iter_mut().find(|(name, _)| *name == event.role);
                known.unwrap().1 = event.after.clone();
            }
            Event::RoleRetired(event) => self.roles.retain(|(name, _)| *name != event.role),
            Event::TeamCreated(event) => {
                let parent = event.parent;
                self.teams.push(ModelTeam { name: called, parent, people: Vec::new() });
            }
            Event::TeamUpdated(event) => {
                self.team(event.team).parent = event.parent.as_ref().unwrap().after;
            }
            Event::TeamRemoved(event) => self.end_team(event.team),
            Event::TeamMemberAdded(event) => {
                let who = self.member(event.member).name.clone();
                self.team(event.team).people.push((who, event.role));
            }
            Event::TeamMemberRemoved(event) => {
                let people = &mut self.team(event.team).people;
                people.retain(|(name, _)| member(name) != event.member);
            }
            Event::TeamRoleChanged(event) => {
                *self.team_role(event.team, event.member) = event.after;
            }
            Event::OrganizationCreated(_)
            | Event::OrganizationUpdated(_)
            | Event::OrganizationCertified(_)
            | Event::OrganizationDissolved(_) => {}
        }
    }

    /// Every list, a line a row.
    fn read(&self, now: Timestamp) -> Vec<String> {
        let mut lines = Vec::new();
        for known in &self.members {
            lines.push(format!(
                "member {} {} {} {} {} {}",
                member(&known.name),
                known.login,
                known.roles,
                if known.suspended { "suspended" } else { "active" },
                known.joined_at,
                known.role_since
            ));
        }
        for known in &self.teams {
            let mut people = known.people.clone();
            people.sort_by_key(|(_, role)| *role);
            let people = people.iter().map(|(name, role)| format!(" {role} {}", member(name)));
            let people: String = people.collect();
            lines.push(format!("team {} {:?}{people}", team(&known.name), known.parent));
        }
        for known in &self.invitations {
            let unanswered = if known.expires_at <= now {
                InvitationStatus::Expired
            } else {
                InvitationStatus::Pending
            };
            let status = known.ended.unwrap_or(unanswered);
            let id = invitation(&known.name);
            lines.push(format!("invitation {id} {status} {} {}", known.sends, known.expires_at));
        }
        let mut names: Vec<&RoleName> = self.roles.iter().map(|(name, _)| name).collect();
        names.extend(self.members.iter().flat_map(|known| known.roles.iter()));
        names.sort_unstable();
        names.dedup();
        for name in names {
            let allowed = self.roles.iter().find(|(known, _)| known == name).map(|(_, set)| set);
            let held = |known: &&ModelMember| known.roles.contains(name.as_str());
            let holders = self.members.iter().filter(held).count();
            lines.push(format!("role {name} {allowed:?} {holders}"));
        }
        lines
    }
}

/// The same lines, read from the projections.
fn read(view: &OrganizationView, at: Moment) -> Vec<String> {
    let mut lines = Vec::new();
    for row in view.members(at) {
        lines.push(format!(
            "member {} {} {} {} {} {}",
            row.member_id,
            row.username.as_ref().unwrap(),
            row.roles,
            row.status,
            row.joined_at,
            row.role_since
        ));
        assert_eq!(view.member(row.member_id, at).as_ref(), Some(&row));
        assert_eq!(view.member_of_user(row.user_id, at), Some(row));
    }
    for row in view.teams(at) {
        let maintainers = row.maintainers.iter().map(|one| (TeamRole::Maintainer, one));
        let people = maintainers.chain(row.members.iter().map(|one| (TeamRole::Member, one)));
        let mut people: Vec<_> = people.collect();
        people.sort_by_key(|(role, _)| *role);
        let people: String =
            people.iter().map(|(role, one)| format!(" {role} {}", one.member_id)).collect();
        lines.push(format!("team {} {:?}{people}", row.team_id, row.parent));
        assert_eq!(view.team(row.team_id, at), Some(row));
    }
    for row in view.invitations(at) {
        let id = row.invitation_id;
        lines.push(format!("invitation {id} {} {} {}", row.status, row.sends, row.expires_at));
    }
    let mut pending = view.invitations(at);
    pending.retain(|row| row.status == InvitationStatus::Pending);
    assert_eq!(view.pending_invitations(at), pending);
    for row in view.roles(at) {
        lines.push(format!("role {} {:?} {}", row.role, row.permissions.as_ref(), row.holders));
    }
    lines
}

#[test]
fn every_place_of_a_random_history_reads_as_the_present_did_then() {
    for seed in 1..=12 {
        let (story, presents) = history(seed, 500);
        let view = story.view();
        for (org_seq, present) in presents.iter().enumerate() {
            let at = after(&view, org_seq);
            let happened = story.entries[org_seq].effective_time();
            assert_eq!(read(&view, at), present.read(happened), "seed {seed}, org_seq {org_seq}");
        }
    }
}

#[test]
fn every_kind_of_event_happens_in_the_random_histories() {
    let entries = (1..=12).flat_map(|seed| history(seed, 500).0.entries);
    let mut seen: Vec<_> = entries.map(|entry| entry.fact.event.type_name()).collect();
    seen.sort_unstable();
    seen.dedup();
    let missing = Event::CATALOGUE.iter().filter(|(name, _)| !seen.contains(name));
    let missing: Vec<_> = missing.map(|(name, _)| *name).collect();
    let whole = ["OrganizationUpdated", "OrganizationCertified", "OrganizationDissolved"];
    assert_eq!(missing, whole, "these three are told in the table");
}

#[test]
fn a_time_resolves_as_a_walk_over_all_entries_does() {
    let (story, _) = history(7, 300);
    let view = story.view();
    let (first, last) = (story.entries[0].effective_time(), story.now());
    for step in 0..=200 {
        let between = (last.micros() - first.micros()) * step / 199;
        let asked = Timestamp::from_micros(first.micros() + between);
        let walked = story.entries.iter().rfind(|entry| entry.effective_time() <= asked).unwrap();
        let moment = view.moment(AsOf::Time(asked), Timestamp::EPOCH).unwrap();
        assert_eq!((moment.org_seq(), moment.seq()), (walked.org_seq, walked.seq));
        assert_eq!(moment.time(), asked);
    }
}

#[test]
fn a_history_is_found_as_by_a_walk_over_all_entries() {
    let (story, _) = history(3, 400);
    let view = story.view();
    let spoken_of = |entry: &Entry, subject: SubjectId| {
        entry.fact.event.subjects(entry.fact.org).contains(&subject)
    };
    for user in (0..30).map(|number| user(&format!("user-{number}"))) {
        for event_type in [None, Some("RoleChanged"), Some("NoSuchType")] {
            let filter = HistoryFilter { about: Some(About::User(user)), event_type, actor: None };
            let found: Vec<u64> = view.history(filter, 50..300).unwrap().collect();
            let walked = story.entries[50..300].iter().filter(|entry| {
                spoken_of(entry, user.into())
                    && event_type.is_none_or(|name| entry.fact.event.type_name() == name)
            });
            assert_eq!(found, walked.map(|entry| entry.org_seq).collect::<Vec<_>>());
        }
        let mut of_members: Vec<u64> = Vec::new();
        for membership in view.memberships_of(user) {
            let about = Some(About::Member(membership.member.member_id));
            let filter = HistoryFilter { about, ..HistoryFilter::default() };
            of_members.extend(view.history(filter, 0..u64::MAX).unwrap());
        }
        let filter = HistoryFilter { about: Some(About::User(user)), ..HistoryFilter::default() };
        let of_user: Vec<u64> = view.history(filter, 0..u64::MAX).unwrap().collect();
        assert_eq!(of_members, of_user, "memberships share out what is known of a user");
    }
    let everything: Vec<u64> = view.history(HistoryFilter::default(), 0..9_999).unwrap().collect();
    assert_eq!(everything, (0..400).collect::<Vec<_>>());
}

#[test]
fn the_same_entries_write_the_same_bytes() {
    let (story, _) = history(5, 500);
    let once = serde_json::to_vec(&story.views()).unwrap();
    let again = serde_json::to_vec(&story.views()).unwrap();
    assert!(once == again);
    let read: Views = serde_json::from_slice(&once).unwrap();
    assert!(read == story.views());
    assert!(serde_json::to_vec(&read).unwrap() == once);
}

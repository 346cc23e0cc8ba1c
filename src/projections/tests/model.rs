//! Random histories, read at every place, against a fold that keeps nothing but the present.

use super::story::*;
use crate::facts::event::*;
use crate::facts::*;
use crate::projections::*;
use crate::words::*;
use std::time::Duration;

/// The present of one organization, kept in the plainest way.
#[derive(Clone, Default)]
pub(super) struct Model {
    members: Vec<ModelMember>,
    teams: Vec<ModelTeam>,
    invitations: Vec<ModelInvitation>,
    roles: Vec<(RoleName, PermissionSet)>,
}

#[derive(Clone)]
struct ModelMember {
    name: String,
    login: String,
    roles: Roles,
    suspended: bool,
    joined_at: Timestamp,
    role_since: Timestamp,
}

#[derive(Clone)]
struct ModelTeam {
    name: String,
    parent: Option<TeamId>,
    people: Vec<(String, TeamRole)>,
}

#[derive(Clone)]
struct ModelInvitation {
    name: String,
    expires_at: Timestamp,
    sends: u32,
    ended: Option<InvitationStatus>,
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

    fn login_of(&self, name: &str) -> &str {
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

    /// `name` is what the generator calls whoever or whatever the event brings.
    fn apply(&mut self, name: &str, login: &str, event: &Event, now: Timestamp) {
        match event {
            Event::MemberCreated(joined) => self.join(name, login, &joined.roles, now),
            Event::InvitationAccepted(accepted) => {
                self.invitation(accepted.invitation).ended = Some(InvitationStatus::Accepted);
                self.join(name, login, &accepted.roles, now);
                for team in &accepted.teams {
                    self.team(*team).people.push((name.to_owned(), TeamRole::Member));
                }
            }
            Event::RoleChanged(changed) => self.set_roles(changed.member, &changed.after, now),
            Event::SuperAdminTransferred(moved) => {
                let held = self.member(moved.from_member).roles.clone();
                self.set_roles(moved.from_member, &moved.becomes, now);
                self.set_roles(moved.to_member, &held, now);
            }
            Event::MemberSuspended(event) => self.member(event.member).suspended = true,
            Event::MemberReactivated(event) => self.member(event.member).suspended = false,
            Event::MemberRemoved(removed) => {
                self.members.retain(|known| member(&known.name) != removed.member);
                for team in &mut self.teams {
                    team.people.retain(|(name, _)| member(name) != removed.member);
                }
            }
            Event::InvitationSent(sent) => self.invitations.push(ModelInvitation {
                name: name.to_owned(),
                expires_at: sent.expires_at,
                sends: 1,
                ended: None,
            }),
            Event::InvitationResent(resent) => {
                let known = self.invitation(resent.invitation);
                known.expires_at = resent.expires_at;
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
            Event::TeamCreated(created) => self.teams.push(ModelTeam {
                name: name.to_owned(),
                parent: created.parent,
                people: Vec::new(),
            }),
            Event::TeamUpdated(updated) => {
                self.team(updated.team).parent = updated.parent.as_ref().unwrap().after;
            }
            Event::TeamRemoved(removed) => {
                self.teams.retain(|known| team(&known.name) != removed.team);
                for child in &mut self.teams {
                    child.parent = child.parent.filter(|parent| *parent != removed.team);
                }
            }
            Event::TeamMemberAdded(added) => {
                let who = self.member(added.member).name.clone();
                self.team(added.team).people.push((who, added.role));
            }
            Event::TeamMemberRemoved(event) => {
                let people = &mut self.team(event.team).people;
                people.retain(|(name, _)| member(name) != event.member);
            }
            Event::TeamRoleChanged(event) => {
                let people = &mut self.team(event.team).people;
                people.iter_mut().find(|(name, _)| member(name) == event.member).unwrap().1 =
                    event.after;
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

/// xorshift64*: enough chance for a test, and the seed alone repeats it.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        (!list.is_empty()).then(|| &list[self.below(list.len())])
    }
}

/// Some event that fits the present, with the name and login of what it brings. None when chance
/// chose one that has nothing to concern.
fn some_event(
    chance: &mut Chance,
    model: &Model,
    now: Timestamp,
    fresh: &str,
) -> Option<(String, String, Event)> {
    let held = roles(chance.pick(&["owner", "admin", "member", "admin member"])?);
    let later = now.after(Duration::from_secs(chance.below(40) as u64 + 1));
    let login = format!("user-{}", chance.below(30));
    let role = RoleName::parse(&format!("custom-{}", chance.below(3))).unwrap();
    let defined = model.roles.iter().find(|(name, _)| *name == role);
    let permissions = PermissionSet::new([*chance.pick(Permission::ALL)?]);
    let someone = chance.pick(&model.members);
    let some_team = chance.pick(&model.teams);
    let open: Vec<_> = model.invitations.iter().filter(|known| known.ended.is_none()).collect();
    let invited = chance.pick(&open).map(|known| (known.name.clone(), known.expires_at));
    let in_team = some_team.and_then(|team| Some((team, chance.pick(&team.people)?)));
    let event: Event = match chance.below(26) {
        0..=5 => {
            if model.members.iter().any(|known| known.login == login) {
                return None;
            }
            let event = MemberCreated { roles: held, ..joins(fresh, &login, "member") };
            return Some((fresh.to_owned(), login, event.into()));
        }
        6 | 7 => {
            let who = someone?;
            leaves(&who.name, &who.login, RemovalCause::Removed).into()
        }
        8 | 9 => RoleChanged {
            after: held,
            before: someone?.roles.clone(),
            member: member(&someone?.name),
            reason: None,
            user: user(&someone?.login),
        }
        .into(),
        10 => {
            let (member, user) = (member(&someone?.name), user(&someone?.login));
            if someone?.suspended {
                MemberReactivated { member, reason: None, user }.into()
            } else {
                MemberSuspended { member, reason: None, user }.into()
            }
        }
        11 => {
            let to = chance.pick(&model.members)?;
            if to.name == someone?.name {
                return None;
            }
            SuperAdminTransferred {
                becomes: held,
                from: user(&someone?.login),
                from_member: member(&someone?.name),
                reason: None,
                to: user(&to.login),
                to_before: to.roles.clone(),
                to_member: member(&to.name),
            }
            .into()
        }
        12 | 13 => {
            let event = sends(fresh, "member", later);
            return Some((fresh.to_owned(), String::new(), event.into()));
        }
        14 => resends(&invited?.0, later).into(),
        15 => {
            let invitation = invitation(&invited?.0);
            let cause = RevocationCause::Revoked;
            InvitationRevoked { cause, invitation, reason: None }.into()
        }
        16 => InvitationDeclined { invitation: invitation(&invited?.0), reason: None }.into(),
        17 => {
            let (name, expired_at) = invited?;
            if expired_at > now {
                return None;
            }
            InvitationExpired { expired_at, invitation: invitation(&name) }.into()
        }
        18 => {
            let (name, _) = invited?;
            let teams: Vec<&str> = some_team.iter().map(|team| team.name.as_str()).collect();
            let event = accepts(&name, "member", &teams);
            return Some((name.clone(), name, event.into()));
        }
        19 => match defined {
            None => RoleDefined { permissions, reason: None, role }.into(),
            Some((_, before)) => {
                let before = before.clone();
                RoleRedefined { after: permissions, before, reason: None, role }.into()
            }
        },
        20 => RoleRetired { permissions: defined?.1.clone(), reason: None, role }.into(),
        21 => {
            let parent = some_team.map(|team| team.name.as_str());
            let event = team_begins(fresh, parent);
            return Some((fresh.to_owned(), String::new(), event.into()));
        }
        22 if chance.below(2) == 0 => team_ends(&some_team?.name).into(),
        22 => TeamUpdated {
            name: None,
            parent: Some(Change {
                after: chance.pick(&model.teams).map(|known| team(&known.name)),
                before: some_team?.parent,
            }),
            reason: None,
            team: team(&some_team?.name),
        }
        .into(),
        23 => {
            let who = someone?;
            if some_team?.people.iter().any(|(name, _)| *name == who.name) {
                return None;
            }
            let role = *chance.pick(TeamRole::ALL)?;
            let user = user(&who.login);
            TeamMemberAdded { user, ..joins_team(&who.name, &some_team?.name, role) }.into()
        }
        24 => {
            let (known, (who, role)) = in_team?;
            TeamMemberRemoved {
                member: member(who),
                reason: None,
                role: *role,
                team: team(&known.name),
                user: user(model.login_of(who)),
            }
            .into()
        }
        _ => {
            let (known, (who, before)) = in_team?;
            TeamRoleChanged {
                after: *chance.pick(TeamRole::ALL)?,
                before: *before,
                member: member(who),
                reason: None,
                team: team(&known.name),
                user: user(model.login_of(who)),
            }
            .into()
        }
    };
    Some((String::new(), String::new(), event))
}

/// A history of `length` entries, and the model's present after each of them.
pub(super) fn history(seed: u64, length: usize) -> (Story, Vec<Model>) {
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut story = Story::new();
    let mut model = Model::default();
    let mut presents = vec![model.clone()];
    while story.entries.len() < length {
        let now = story.now().after(Duration::from_secs(chance.below(3) as u64 * 5));
        let fresh = format!("n{}", story.entries.len());
        if let Some((name, login, event)) = some_event(&mut chance, &model, now, &fresh) {
            model.apply(&name, &login, &event, now);
            story.on(now).tell(event);
            presents.push(model.clone());
        }
    }
    (story, presents)
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

//! Random histories in which every event fits the present.

use super::holdings::ModelKey;
use super::model::{Model, ModelInvitation};
use super::story::*;
use crate::facts::event::*;
use crate::facts::*;
use crate::words::*;
use std::time::Duration;

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

/// The present in which something is to happen.
struct Scene<'a> {
    model: &'a Model,
    now: Timestamp,
    /// A name that nothing has yet.
    fresh: String,
}

/// What happens: the name and login of whatever it brings, and the event.
struct Happening {
    name: String,
    login: String,
    event: Event,
}

fn plain(event: impl Into<Event>) -> Option<Happening> {
    Some(Happening { name: String::new(), login: String::new(), event: event.into() })
}

fn bringing(name: &str, login: &str, event: impl Into<Event>) -> Option<Happening> {
    Some(Happening { name: name.to_owned(), login: login.to_owned(), event: event.into() })
}

impl Scene<'_> {
    /// Some event; none when chance chose one that has nothing to concern.
    fn happening(&self, chance: &mut Chance) -> Option<Happening> {
        // Within one command: whoever leaves takes their keys along.
        if let Some(left) = self.model.holdings.live_keys().find(|key| !self.belongs(&key.owner)) {
            let cause = EndCause::MemberEnded;
            return plain(ends_key(&left.name, &left.owner, &left.login, cause));
        }
        match chance.below(37) {
            0..=5 => self.joining(chance),
            6..=11 => self.membership(chance),
            12..=18 => self.invitation(chance),
            19 | 20 => self.role(chance),
            21 | 22 => self.team(chance),
            23..=25 => self.person(chance),
            26..=28 => self.token(chance),
            29 | 30 => self.auditor(chance),
            31..=33 => self.key(chance),
            _ => self.team_member(chance),
        }
    }

    fn belongs(&self, name: &str) -> bool {
        self.model.members.iter().any(|known| known.name == name)
    }

    fn some_roles(&self, chance: &mut Chance) -> Option<Roles> {
        chance.pick(&["owner", "admin", "member", "admin member"]).map(|names| roles(names))
    }

    fn joining(&self, chance: &mut Chance) -> Option<Happening> {
        let login = format!("user-{}", chance.below(30));
        if self.model.members.iter().any(|known| known.login == login) {
            return None;
        }
        let roles = self.some_roles(chance)?;
        let event = MemberCreated { roles, ..joins(&self.fresh, &login, "member") };
        bringing(&self.fresh, &login, event)
    }

    fn membership(&self, chance: &mut Chance) -> Option<Happening> {
        let who = chance.pick(&self.model.members)?;
        let other = chance.pick(&self.model.members)?;
        let (member, user) = (member(&who.name), user(&who.login));
        let held = self.some_roles(chance)?;
        let reason = None;
        match chance.below(6) {
            0 | 1 => {
                let event = leaves(&who.name, &who.login, RemovalCause::Removed);
                plain(MemberRemoved { roles: who.roles.clone(), ..event })
            }
            2 | 3 => {
                let (after, before) = (held, who.roles.clone());
                plain(RoleChanged { after, before, member, reason, user })
            }
            4 if who.suspended => plain(MemberReactivated { member, reason, user }),
            4 => plain(MemberSuspended { member, reason, user }),
            _ if who.name == other.name => None,
            _ => plain(SuperAdminTransferred {
                becomes: held,
                from: user,
                from_member: member,
                reason,
                to: super::story::user(&other.login),
                to_before: other.roles.clone(),
                to_member: super::story::member(&other.name),
            }),
        }
    }

    fn invitation(&self, chance: &mut Chance) -> Option<Happening> {
        let later = self.now.after(Duration::from_secs(chance.below(40) as u64 + 1));
        let sort = chance.below(7);
        if sort < 2 {
            let event = sends(&self.fresh, "member", later);
            return bringing(&self.fresh, "", event);
        }
        let unanswered = |known: &&ModelInvitation| known.ended.is_none();
        let open: Vec<_> = self.model.invitations.iter().filter(unanswered).collect();
        let invited = chance.pick(&open)?;
        let invitation = invitation(&invited.name);
        let reason = None;
        match sort {
            2 => plain(resends(&invited.name, later)),
            3 => {
                let cause = RevocationCause::Revoked;
                plain(InvitationRevoked { cause, invitation, reason })
            }
            4 => plain(InvitationDeclined { invitation, reason }),
            5 if invited.expires_at > self.now => None,
            5 => plain(InvitationExpired { expired_at: invited.expires_at, invitation }),
            _ => {
                let team = chance.pick(&self.model.teams);
                let teams: Vec<&str> = team.iter().map(|team| team.name.as_str()).collect();
                let event = accepts(&invited.name, "member", &teams);
                bringing(&invited.name, &invited.name, event)
            }
        }
    }

    fn role(&self, chance: &mut Chance) -> Option<Happening> {
        let role = RoleName::parse(&format!("custom-{}", chance.below(3))).unwrap();
        let defined = self.model.roles.iter().find(|(name, _)| *name == role);
        let permissions = PermissionSet::new([*chance.pick(Permission::ALL)?]);
        let reason = None;
        match (defined, chance.below(2)) {
            (None, _) => plain(RoleDefined { permissions, reason, role }),
            (Some((_, before)), 0) => {
                let before = before.clone();
                plain(RoleRedefined { after: permissions, before, reason, role })
            }
            (Some((_, held)), _) => plain(RoleRetired { permissions: held.clone(), reason, role }),
        }
    }

    fn person(&self, chance: &mut Chance) -> Option<Happening> {
        let who = chance.pick(&self.model.members)?;
        let after = chance.below(3);
        match chance.below(3) {
            0 => {
                let requests = Some(after as u32).filter(|requests| *requests > 0);
                plain(bounds(&who.name, &who.login, who.requests, requests))
            }
            1 => {
                let email = [who.email.as_str(), ["", "a@x.example", "b@x.example"][after]];
                plain(renames(&who.name, &who.login, None, Some(email)))
            }
            _ => {
                let username = [who.username.as_str(), &self.fresh];
                plain(renames(&who.name, &who.login, Some(username), None))
            }
        }
    }

    fn token(&self, chance: &mut Chance) -> Option<Happening> {
        if chance.below(3) == 0 {
            let held: Vec<_> =
                self.model.holdings.tokens.iter().filter(|known| known.cause.is_none()).collect();
            let cause = *chance.pick(EndCause::ALL)?;
            return plain(ends_token(&chance.pick(&held)?.name, cause));
        }
        let expires_at = self.now.after(Duration::from_secs(chance.below(400) as u64 + 1));
        plain(issues_token(&self.fresh, expires_at))
    }

    fn auditor(&self, chance: &mut Chance) -> Option<Happening> {
        let login = format!("auditor-{}", chance.below(3));
        let known = self.model.holdings.auditors.iter().rfind(|known| known.login == login);
        match known {
            _ if chance.below(6) == 0 => {
                let reason = Sealed::open(user(&login).into(), "nobody was left".into());
                plain(AccessTakenOver { reason, user: user(&login) })
            }
            Some(known) if known.holds(self.now) => plain(withdraws(&login)),
            Some(_) | None => {
                let until = self.now.after(Duration::from_secs(chance.below(200) as u64 + 1));
                let until = Some(until).filter(|_| chance.below(3) > 0);
                bringing("", &login, grants(&login, until))
            }
        }
    }

    /// Few names, so that keys are issued anew.
    fn key(&self, chance: &mut Chance) -> Option<Happening> {
        let called = format!("key-{}", chance.below(12));
        let live = self.model.holdings.live_keys().find(|known| known.name == called);
        if let Some(ModelKey { name, owner, login, .. }) = live {
            return plain(ends_key(name, owner, login, EndCause::Revoked));
        }
        let who = chance.pick(&self.model.members)?;
        bringing(&who.name, &who.login, issues_key(&called, &who.name, &who.login))
    }

    /// Some member, or an import.
    fn actor(&self, chance: &mut Chance) -> Actor {
        match chance.pick(&self.model.members) {
            Some(who) if chance.below(2) == 0 => Actor::User(user(&who.login)),
            Some(_) | None => Actor::System(System::Import),
        }
    }

    fn team(&self, chance: &mut Chance) -> Option<Happening> {
        let known = chance.pick(&self.model.teams);
        match chance.below(4) {
            0 | 1 => {
                let parent = known.map(|known| known.name.as_str());
                bringing(&self.fresh, "", team_begins(&self.fresh, parent))
            }
            2 => plain(team_ends(&known?.name)),
            _ => {
                let after = chance.pick(&self.model.teams).map(|known| team(&known.name));
                let parent = Some(Change { after, before: known?.parent });
                plain(TeamUpdated { name: None, parent, reason: None, team: team(&known?.name) })
            }
        }
    }

    fn team_member(&self, chance: &mut Chance) -> Option<Happening> {
        let known = chance.pick(&self.model.teams)?;
        let role = *chance.pick(TeamRole::ALL)?;
        let sort = chance.below(4);
        if sort < 2 {
            let who = chance.pick(&self.model.members)?;
            if known.people.iter().any(|(name, _)| *name == who.name) {
                return None;
            }
            let user = user(&who.login);
            let event = joins_team(&who.name, &known.name, role);
            return plain(TeamMemberAdded { user, ..event });
        }
        let (name, before) = chance.pick(&known.people)?;
        let (member, user) = (member(name), user(self.model.login_of(name)));
        let (team, before, reason) = (team(&known.name), *before, None);
        if sort == 2 {
            plain(TeamMemberRemoved { member, reason, role: before, team, user })
        } else {
            plain(TeamRoleChanged { after: role, before, member, reason, team, user })
        }
    }
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
        let scene = Scene { model: &model, now, fresh };
        if let Some(Happening { name, login, event }) = scene.happening(&mut chance) {
            let actor = scene.actor(&mut chance);
            model.actor = actor;
            model.apply(&name, &login, &event, now);
            story.on(now).by(actor).tell(event);
            presents.push(model.clone());
        }
    }
    (story, presents)
}

//! Commands by chance, from whoever, in organizations of every kind and role set: drawn from the
//! model, so that most could be meant.

mod access;
mod actors;
mod erasures;
mod imports;
mod invitations;
mod publications;

use super::chance::Chance;
use super::chronicle::Chronicle;
use super::membership::Org;
use super::roles;
use rollbook::facts::event::PermissionSet;
use rollbook::facts::{Actor, OrganizationKind, Permission, RoleSet, Roles, TeamRole};
use rollbook::law::command::*;
use rollbook::projections::MemberStatus;
use rollbook::words::{
    Email, InvitationId, MemberId, Name, OrganizationId, Reason, RoleName, Slug, TeamId, Timestamp,
    UserId, Username,
};
use std::rc::Rc;
use uuid::{Builder, Uuid};

const TEAMS: [&str; 7] = ["core", "docs", "infra", "web", "ops", "Größe", "a team"];
const CUSTOM: [&str; 3] = ["auditor", "greeter", "kubernetes:own"];
const KINDS: [(OrganizationKind, RoleSet); 8] = [
    (OrganizationKind::Enterprise, RoleSet::Enterprise),
    (OrganizationKind::Standard, RoleSet::Standard),
    (OrganizationKind::Enterprise, RoleSet::Enterprise),
    (OrganizationKind::Standard, RoleSet::Avisi),
    (OrganizationKind::Standard, RoleSet::Cloudflare),
    (OrganizationKind::Standard, RoleSet::Basic),
    (OrganizationKind::Personal, RoleSet::Basic),
    (OrganizationKind::Enterprise, RoleSet::Basic),
];
/// Fewer living organizations than this, and more begin.
const LIVING: usize = 7;
/// An organization of so many entries has had its time: comparing costs by its length.
const LONG: u64 = 400;

/// Somebody who wishes. A crowd that does not know what it is doing, mostly.
pub(super) struct Wisher<'a> {
    pub(super) chance: &'a mut Chance,
    pub(super) told: &'a Chronicle,
    /// When the next entry would be recorded.
    pub(super) now: Timestamp,
    /// How many commands there were: names come and go with it.
    pub(super) step: usize,
    pub(super) history: &'a mut History,
    /// Whether somebody may be erased now: what is lost behind an erasure brings no key back.
    pub(super) may_erase: bool,
}

/// The other system's history that is taken over.
#[derive(Default)]
pub(super) struct History {
    lines: u64,
    last: Option<SourceCommit>,
}

impl Wisher<'_> {
    pub(super) fn wish(&mut self) -> Command {
        let action = self.action();
        let actor = self.actor(&action);
        let needs = matches!(action, Action::Access(AccessWish::TakeOver { .. }));
        let share = if needs { 80 } else { 15 };
        let why = self.chance.percent(share).then(|| Reason::parse("as agreed\nin May").unwrap());
        let credential = self.credential(actor);
        Command { credential, ..Command::new(actor, why, action) }
    }

    /// A wish about one invitation, by somebody who may answer it or withdraw it.
    pub(super) fn about_one(&mut self, org: OrganizationId, id: InvitationId) -> Command {
        let action = match self.chance.below(6) {
            0 => Action::RevokeInvitation { org, invitation: id },
            1 => Action::DeclineInvitation { org, invitation: id, proof: self.proof(org, id) },
            2 => Action::ExpireInvitations { org },
            _ => self.accepts(org, id),
        };
        let actor = self.actor(&action);
        Command::new(actor, None, action)
    }

    fn uuid(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        bytes.fill_with(|| u8::try_from(self.chance.below(256)).unwrap());
        Builder::from_random_bytes(bytes).into_uuid()
    }

    fn living(&self) -> Vec<&Rc<Org>> {
        self.told.world.orgs.iter().filter(|org| !org.ended()).collect()
    }

    fn org(&mut self) -> OrganizationId {
        // Little can happen in an ended organization, or in one of a single person.
        let (ended, personal) = (self.chance.percent(3), self.chance.percent(15));
        let all = self.told.world.orgs.iter().filter(|org| {
            let of_one = org.header.kind == OrganizationKind::Personal;
            (ended || !org.ended()) && (personal || !of_one)
        });
        let all: Vec<_> = all.map(|org| org.id()).collect();
        match self.chance.pick_any(&all) {
            Some(org) if self.chance.percent(99) => org,
            _ => OrganizationId::from_uuid(self.uuid()),
        }
    }

    fn look<T: Copy>(&mut self, org: OrganizationId, list: impl Fn(&Org) -> Vec<T>) -> Option<T> {
        let all = self.told.world.org(org).map(|org| list(org)).unwrap_or_default();
        self.chance.pick_any(&all)
    }

    fn member(&mut self, org: OrganizationId) -> MemberId {
        let any = |org: &Org| org.members.iter().map(|row| row.member_id).collect();
        let gone = |org: &Org| org.ended.iter().map(|ended| ended.member.member_id).collect();
        let list: fn(&Org) -> Vec<MemberId> = match self.chance.below(10) {
            0..=2 => senders,
            3..=5 => suspended,
            6 => gone,
            _ => any,
        };
        let found = self.look(org, list).or_else(|| self.look(org, any));
        found.unwrap_or_else(|| MemberId::from_uuid(self.uuid()))
    }

    fn team(&mut self, org: OrganizationId) -> TeamId {
        let found = self.look(org, |org| org.teams.iter().map(|team| team.id).collect());
        found.unwrap_or_else(|| TeamId::from_uuid(self.uuid()))
    }

    fn user(&mut self) -> UserId {
        let users = &self.told.world.users;
        // Whoever came lately is met more often.
        let from = users.len().saturating_sub(40);
        let users: Vec<UserId> = users[from..].iter().map(|user| user.id).collect();
        let fresh = UserId::from_uuid(self.uuid());
        self.chance.pick_any(&users).filter(|_| self.chance.percent(98)).unwrap_or(fresh)
    }

    /// Roles that the organization has, mostly.
    fn roles(&mut self, org: OrganizationId) -> Roles {
        let set = self.told.world.org(org).map_or(RoleSet::Basic, |org| org.set());
        let built_in: Vec<&str> = roles::table(set).roles.keys().map(String::as_str).collect();
        let several = if self.chance.percent(25) { 2 } else { 1 };
        let own = self.own_roles(org);
        let names = (0..several).map(|_| {
            let from: &[&str] = match self.chance.below(100) {
                0..=24 if !own.is_empty() => &own,
                25..=29 => &CUSTOM,
                _ => &built_in,
            };
            RoleName::parse(self.chance.pick(from)).unwrap()
        });
        Roles::new(names.collect::<Vec<_>>()).unwrap()
    }

    /// The names of the roles that the organization has defined for itself.
    fn own_roles(&self, org: OrganizationId) -> Vec<&'static str> {
        let defined = |name: &&&str| {
            let org = self.told.world.org(org);
            org.is_some_and(|org| org.customs.iter().any(|own| own.role.as_str() == **name))
        };
        CUSTOM.iter().filter(|name| defined(name)).copied().collect()
    }

    fn permissions(&mut self) -> PermissionSet {
        let count = 1 + self.chance.below(4);
        // Those that the law asks for more often.
        let managing = Permission::ALL.iter().copied().filter(|permission| {
            ["member.", "role.", "team."].iter().any(|area| permission.name().starts_with(area))
        });
        let managing: Vec<Permission> = managing.collect();
        let picked = (0..count).map(|_| {
            let from = if self.chance.percent(75) { &managing } else { Permission::ALL };
            self.chance.pick(from)
        });
        PermissionSet::new(picked)
    }

    /// Names come and go, so that people are met again and new ones still come.
    fn number(&mut self) -> usize {
        self.step / 25 + self.chance.below(24)
    }

    fn email(&mut self) -> Email {
        let number = self.number();
        let text = match self.chance.below(6) {
            0 => format!("P{number}@Mail.Example"),
            _ => format!("p{number}@mail.example"),
        };
        Email::parse(&text).unwrap()
    }

    fn login(&mut self) -> Username {
        let number = self.number();
        let text =
            if self.chance.percent(15) { format!("L{number}") } else { format!("l{number}") };
        Username::parse(&text).unwrap()
    }

    fn slug(&mut self) -> Slug {
        Slug::parse(&format!("s{}", self.step / 40 + self.chance.below(30))).unwrap()
    }

    fn team_name(&mut self) -> Name {
        Name::parse(self.chance.pick(&TEAMS)).unwrap()
    }

    fn person(&mut self) -> Person {
        let email = self.chance.percent(80).then(|| self.email());
        let username = self.chance.percent(50).then(|| self.login());
        let name = self.chance.percent(40).then(|| Name::parse("Ada Éva").unwrap());
        Person { email, name, username }
    }

    fn action(&mut self) -> Action {
        let living = self.living();
        let few = living.len() < LIVING;
        let long: Vec<_> = living.iter().filter(|org| org.size > LONG).map(|o| o.id()).collect();
        if few && self.chance.percent(40) {
            return self.begins();
        }
        if let Some(org) = self.chance.pick_any(&long)
            && self.chance.percent(2)
        {
            return Action::DissolveOrganization { org };
        }
        let org = self.org();
        let member = self.member(org);
        match self.chance.below(272) {
            0 => self.begins(),
            1..=9 => self.updates(org),
            10..=15 => self.certifies(org),
            16 if self.chance.percent(50) => Action::DissolveOrganization { org },
            16..=73 => self.about_members(org, member),
            74..=133 => self.about_invitations(org),
            134..=149 => self.about_roles(org),
            150..=189 => self.about_teams(org, member),
            190..=209 => self.about_accounts(org),
            210..=227 => self.about_access(org),
            228..=249 => self.about_usage(org, member),
            250..=259 => self.imports(),
            260..=268 => self.about_publications(org),
            _ => self.erases(org).unwrap_or_else(|| self.about_invitations(org)),
        }
    }

    fn begins(&mut self) -> Action {
        let (kind, role_set) = self.chance.pick(&KINDS);
        let slug = self.slug();
        let seats = self.chance.percent(40).then(|| u32::try_from(self.chance.below(9)).unwrap());
        let owner = if self.chance.percent(70) {
            Owner::User(self.user())
        } else {
            Owner::Person(self.person())
        };
        let name = Name::parse(slug.as_str()).unwrap();
        Action::CreateOrganization(CreateOrganization { kind, role_set, name, slug, seats, owner })
    }

    fn updates(&mut self, org: OrganizationId) -> Action {
        let slug = self.chance.percent(30).then(|| self.slug());
        let seats = self.chance.percent(60).then(|| match self.chance.below(12) {
            0 => None,
            seats => Some(u32::try_from(seats).unwrap()),
        });
        let name = self.chance.percent(40).then(|| self.team_name());
        Action::UpdateOrganization(UpdateOrganization {
            org,
            name,
            slug,
            seats,
            second_factor: self.chance.percent(12).then(|| self.chance.percent(35)),
        })
    }

    fn certifies(&mut self, org: OrganizationId) -> Action {
        let waiting = self.living().into_iter().filter(|org| {
            let header = &org.header;
            header.kind == OrganizationKind::Enterprise && header.certified_at.is_none()
        });
        let waiting: Vec<_> = waiting.map(|org| org.id()).collect();
        Action::CertifyOrganization { org: self.chance.pick_any(&waiting).unwrap_or(org) }
    }

    fn about_members(&mut self, org: OrganizationId, member: MemberId) -> Action {
        let roles = self.roles(org);
        let named = self.chance.percent(50).then(|| roles.clone());
        match self.chance.below(16) {
            0..=2 => Action::CreateMember { org, person: self.person(), roles: named },
            3..=5 => Action::AddMember { org, user: self.user(), roles: named },
            6..=8 => Action::ChangeRoles { org, member, roles },
            9 => Action::RemoveMember { org, member, cause: Removal::Removed },
            10 => Action::RemoveMember { org, member, cause: Removal::Deprovisioned },
            11 => Action::Leave { org },
            12 => Action::SuspendMember { org, member },
            13..=14 => Action::ReactivateMember { org, member },
            _ => self.transfers(org, member),
        }
    }

    /// To somebody who joined by an invitation, mostly: only they can sign in.
    fn transfers(&mut self, org: OrganizationId, to: MemberId) -> Action {
        let living = self.living().into_iter();
        let enterprise = living.filter(|org| org.set() == RoleSet::Enterprise);
        let pairs = enterprise.flat_map(|org| org.members.iter().map(|row| (org.id(), row)));
        let signs_in = |user| self.told.world.user(user).is_some_and(|user| user.signs_in);
        let fit = pairs.filter(|(_, row)| signs_in(row.user_id));
        let fit: Vec<_> = fit.map(|(org, row)| (org, row.member_id)).collect();
        let fit = self.chance.pick_any(&fit).filter(|_| self.chance.percent(75));
        let (org, to) = fit.unwrap_or((org, to));
        Action::TransferSuperAdmin { org, to }
    }

    fn about_roles(&mut self, org: OrganizationId) -> Action {
        let built_in = self.chance.percent(8);
        let name = if built_in { "member" } else { self.chance.pick(&CUSTOM) };
        let role = RoleName::parse(name).unwrap();
        let permissions = self.permissions();
        let own = self.own_roles(org);
        let own = self.chance.pick_any(&own).filter(|_| self.chance.percent(80));
        let own = own.map_or(role.clone(), |name| RoleName::parse(name).unwrap());
        match self.chance.below(5) {
            0..=1 => Action::DefineRole { org, role, permissions },
            2..=3 => Action::RedefineRole { org, role: own, permissions },
            _ => {
                let promised = self.look(org, promised).filter(|_| self.chance.percent(40));
                let promised = promised.map(|name| RoleName::parse(name).unwrap());
                Action::RetireRole { org, role: promised.unwrap_or(own) }
            }
        }
    }

    fn about_teams(&mut self, org: OrganizationId, member: MemberId) -> Action {
        let team = self.team(org);
        let role = self.chance.pick(TeamRole::ALL);
        let none = self.told.world.org(org).is_some_and(|org| org.teams.is_empty());
        let kinds = if none && self.chance.percent(80) { 2 } else { 12 };
        match self.chance.below(kinds) {
            0..=1 => {
                let parent = self.chance.percent(50).then(|| self.team(org));
                Action::CreateTeam { org, name: self.team_name(), parent }
            }
            2..=4 => {
                let name = self.chance.percent(40).then(|| self.team_name());
                let other = self.team(org);
                let parent =
                    self.chance.percent(70).then(|| self.chance.percent(80).then_some(other));
                Action::UpdateTeam { org, team, name, parent }
            }
            5 => Action::RemoveTeam { org, team },
            6..=8 => Action::AddTeamMember { org, team, member, role },
            9 => Action::RemoveTeamMember { org, team, member },
            _ => Action::ChangeTeamRole { org, team, member, role },
        }
    }
}

/// Members whose invitations wait.
fn senders(org: &Org) -> Vec<MemberId> {
    let senders = org.waiting().into_iter().filter_map(|letter| match letter.sender {
        Actor::User(user) => org.member_of(user),
        _ => None,
    });
    senders.map(|row| row.member_id).collect()
}

/// The organization's own roles that invitations name which wait.
fn promised(org: &Org) -> Vec<&'static str> {
    let waiting = org.waiting();
    let named = |name: &&&str| waiting.iter().any(|letter| letter.row.roles.contains(name));
    CUSTOM.iter().filter(|name| named(name)).copied().collect()
}

fn suspended(org: &Org) -> Vec<MemberId> {
    let rows = org.members.iter().filter(|row| row.status == MemberStatus::Suspended);
    rows.map(|row| row.member_id).collect()
}

//! Commands by chance, from whoever, in organizations of every kind and role set; [`World::give`]
//! checks the invariants after each.

mod accounts;
mod imports;
mod wishes;

use super::world::World;
use crate::support::chance::{Chance, Named, seeds};
use rollbook::facts::event::PermissionSet;
use rollbook::facts::{
    Actor, Event, OrganizationKind, Permission, RoleSet, Roles, System, TeamRole,
};
use rollbook::law::State;
use rollbook::law::command::access::TokenOf;
use rollbook::law::command::*;
use rollbook::law::role_sets::definition;
use rollbook::law::state::{InvitationStatus, Organization};
use rollbook::words::{
    Email, InvitationId, MemberId, Name, OperatorId, OrganizationId, Reason, RoleName, Slug,
    TeamId, UserId, Username,
};
use std::collections::BTreeSet;
use std::time::Duration;

const COMMANDS_PER_SEED: usize = 500;

/// Few names, so that they meet often.
const LOGINS: [&str; 12] =
    ["ada", "Bob", "bob", "carl", "dora", "emma", "fay", "gus", "hal", "ida", "jo", "kim"];
const TEAMS: [&str; 5] = ["core", "docs", "infra", "web", "ops"];
const SLUGS: [&str; 12] =
    ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12"];
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

/// A crowd that does not know what it is doing.
struct Crowd {
    world: World,
    chance: Chance,
    users: Vec<UserId>,
    links: Vec<TokenDigest>,
    operator: Actor,
    lines: u64,
    accepted: usize,
}

impl Crowd {
    fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let operator = Actor::Operator(OperatorId::from_uuid(world.uuid()));
        let chance = Chance::from_seed(seed);
        Self { world, chance, users: vec![], links: vec![], operator, lines: 0, accepted: 0 }
    }

    fn step(&mut self) {
        if self.chance.percent(10) {
            let hours = self.chance.below(60) as u64;
            self.world.pass(Duration::from_secs(hours * 3600));
        }
        let action = self.action();
        let actor = self.actor(&action);
        let (actor, credential) = self.comes_in(actor, &action);
        let reason = self.chance.percent(60).then(|| Reason::parse("as agreed").unwrap());
        let command = Command { credential, ..Command::new(actor, reason, action) };
        let Ok(decision) = self.world.give(&command) else {
            return;
        };
        self.accepted += 1;
        for fact in &decision.facts {
            match &fact.event {
                Event::MemberCreated(joined) => self.users.push(joined.user),
                Event::InvitationAccepted(joined) => self.users.push(joined.user),
                Event::UserCreated(created) => self.users.push(created.user),
                _ => {}
            }
        }
    }

    /// Mostly somebody who may; else anybody.
    fn actor(&mut self, action: &Action) -> Actor {
        match action {
            Action::Import(_) if self.chance.percent(95) => return Actor::System(System::Import),
            Action::ExpireInvitations { .. } if self.chance.percent(80) => {
                return Actor::System(System::Expiry);
            }
            Action::CertifyOrganization { .. } if self.chance.percent(80) => return self.operator,
            Action::AcceptInvitation { acceptor, .. } if self.chance.percent(95) => {
                match acceptor {
                    Acceptor::User(user) | Acceptor::Newcomer { user, .. } => {
                        return Actor::User(*user);
                    }
                }
            }
            Action::CreateOrganization(CreateOrganization { owner: Owner::User(user), .. })
                if self.chance.percent(70) =>
            {
                return Actor::User(*user);
            }
            Action::Account(wish) if self.chance.percent(95) => {
                return Actor::User(accounts::user_of(wish));
            }
            Action::Access(AccessWish::IssueToken { of: TokenOf::User(user), .. })
                if self.chance.percent(90) =>
            {
                return Actor::User(*user);
            }
            Action::Access(AccessWish::TakeOver { .. }) | Action::Erase(_)
                if self.chance.percent(90) =>
            {
                return self.operator;
            }
            _ => {}
        }
        match self.chance.below(100) {
            0..=9 => self.operator,
            10..=69 => self.inviting(org_of(action)).unwrap_or(self.operator),
            _ => self.chance.pick_any(&self.users).map_or(self.operator, Actor::User),
        }
    }

    /// Somebody who may invite there: they may mostly do more.
    fn inviting(&mut self, org: Option<OrganizationId>) -> Option<Actor> {
        let organization = self.world.state.organization(org?)?;
        let inviting = organization.members().filter(|(_, member)| {
            organization.permissions(&member.roles).contains(Permission::MemberInvite)
        });
        let inviting: Vec<UserId> = inviting.map(|(user, _)| user).collect();
        self.chance.pick_any(&inviting).map(Actor::User)
    }

    fn org(&mut self) -> OrganizationId {
        let all = self.world.state.organizations();
        let ended_too = self.chance.percent(5);
        let all = all.filter(|(_, organization)| ended_too || !organization.dissolved);
        let all: Vec<_> = all.map(|(org, _)| org).collect();
        match self.chance.pick_any(&all) {
            Some(org) if self.chance.percent(99) => org,
            _ => OrganizationId::from_uuid(self.world.uuid()),
        }
    }

    fn look<T: Copy>(
        &mut self,
        org: OrganizationId,
        list: impl Fn(&Organization) -> Vec<T>,
    ) -> Option<T> {
        let all = self.world.state.organization(org).map(list).unwrap_or_default();
        self.chance.pick_any(&all)
    }

    fn member(&mut self, org: OrganizationId) -> MemberId {
        let sender = self.chance.percent(30).then(|| self.look(org, senders)).flatten();
        if let Some(member) = sender {
            return member;
        }
        let found = self.look(org, |found| found.members().map(|(_, member)| member.id).collect());
        found.unwrap_or_else(|| MemberId::from_uuid(self.world.uuid()))
    }

    fn team(&mut self, org: OrganizationId) -> TeamId {
        let found = self.look(org, |found| found.teams().map(|(id, _)| id).collect());
        found.unwrap_or_else(|| TeamId::from_uuid(self.world.uuid()))
    }

    fn invitation(&mut self, org: OrganizationId) -> InvitationId {
        let found = self.look(org, |found| found.invitations().map(|(id, _)| id).collect());
        found.unwrap_or_else(|| InvitationId::from_uuid(self.world.uuid()))
    }

    fn user(&mut self) -> UserId {
        let fresh = UserId::from_uuid(self.world.uuid());
        self.chance.pick_any(&self.users).unwrap_or(fresh)
    }

    /// Roles that the organization has, mostly.
    fn roles(&mut self, org: OrganizationId) -> Roles {
        let set = self.world.state.organization(org).map_or(RoleSet::Basic, |found| found.role_set);
        let built_in: Vec<&str> = definition(set).roles.iter().map(|role| role.name).collect();
        let several = if self.chance.percent(25) { 2 } else { 1 };
        let names = (0..several).map(|_| {
            let from: &[&str] = if self.chance.percent(85) { &built_in } else { &CUSTOM };
            RoleName::parse(self.chance.pick(from)).unwrap()
        });
        Roles::new(names.collect::<Vec<_>>()).unwrap()
    }

    fn permissions(&mut self) -> PermissionSet {
        let count = 1 + self.chance.below(4);
        // Those that concern members and roles more often: the law asks for them.
        let managing = Permission::ALL.iter().copied().filter(|permission| {
            ["member.", "role.", "team."].iter().any(|area| permission.name().starts_with(area))
        });
        let managing: Vec<Permission> = managing.collect();
        let picked = (0..count).map(|_| {
            let from = if self.chance.percent(70) { &managing } else { Permission::ALL };
            self.chance.pick(from)
        });
        PermissionSet::new(picked)
    }

    fn email(&mut self) -> Email {
        let login = self.chance.pick(&LOGINS);
        Email::parse(&format!("{login}@mail.example")).unwrap()
    }

    fn person(&mut self) -> Person {
        let email = self.chance.percent(80).then(|| self.email());
        let username = self.chance.percent(30).then(|| self.login());
        Person { email, name: None, username }
    }

    fn login(&mut self) -> Username {
        Username::parse(self.chance.pick(&LOGINS)).unwrap()
    }

    fn team_name(&mut self) -> Name {
        Name::parse(self.chance.pick(&TEAMS)).unwrap()
    }

    fn link(&mut self) -> TokenDigest {
        let byte = u8::try_from(self.links.len() % 251).unwrap();
        self.links.push(TokenDigest([byte; 32]));
        TokenDigest([byte; 32])
    }

    fn proof(&mut self, org: OrganizationId, invitation: InvitationId) -> Proof {
        let sent =
            self.world.state.organization(org).and_then(|found| found.invitation(invitation));
        match sent.and_then(|sent| sent.token) {
            Some(link) if self.chance.percent(60) => Proof::Token(link),
            _ if self.chance.percent(80) => Proof::SignedIn,
            _ => self.chance.pick_any(&self.links).map_or(Proof::SignedIn, Proof::Token),
        }
    }

    fn lasting(&mut self) -> Duration {
        Duration::from_secs(self.chance.pick(&[0, 1, 3_600, 86_400, 604_800, 40_000_000]))
    }

    fn action(&mut self) -> Action {
        let few = self.world.state.organizations().filter(|(_, found)| !found.dissolved).count()
            < 4
            && self.chance.percent(50);
        let org = self.org();
        let member = self.member(org);
        match self.chance.below(121) {
            _ if few => self.begins(),
            0..=2 => self.begins(),
            3..=5 => self.updates(org),
            6..=9 => self.certifies(org),
            10 => Action::DissolveOrganization { org },
            11..=38 => self.about_members(org, member),
            39..=66 => self.about_invitations(org),
            67..=74 => self.about_roles(org),
            75..=93 => self.about_teams(org, member),
            94..=99 => self.imports(),
            100..=107 => self.about_accounts(),
            108..=113 => self.about_access(org),
            114..=115 => self.erases(org),
            _ => self.about_usage(org, member),
        }
    }
}

/// Members whose invitations are pending.
fn senders(organization: &Organization) -> Vec<MemberId> {
    let pending = organization.invitations().map(|(_, invitation)| invitation);
    let pending = pending.filter(|invitation| invitation.status == InvitationStatus::Pending);
    let members = pending.filter_map(|invitation| match invitation.inviter {
        Actor::User(user) => organization.member(user),
        _ => None,
    });
    members.map(|member| member.id).collect()
}

fn org_of(action: &Action) -> Option<OrganizationId> {
    Some(match action {
        Action::CreateOrganization(_)
        | Action::Import(_)
        | Action::Account(_)
        | Action::Publication(_) => return None,
        Action::Access(wish) => return accounts::org_of_access(wish),
        Action::Usage(wish) => return Some(accounts::org_of_usage(wish)),
        Action::Erase(Erase { org, .. }) => return *org,
        Action::UpdateOrganization(UpdateOrganization { org, .. })
        | Action::Invite(Invite { org, .. })
        | Action::CertifyOrganization { org }
        | Action::DissolveOrganization { org }
        | Action::CreateMember { org, .. }
        | Action::AddMember { org, .. }
        | Action::ChangeRoles { org, .. }
        | Action::RemoveMember { org, .. }
        | Action::Leave { org }
        | Action::SuspendMember { org, .. }
        | Action::ReactivateMember { org, .. }
        | Action::TransferSuperAdmin { org, .. }
        | Action::ResendInvitation { org, .. }
        | Action::RevokeInvitation { org, .. }
        | Action::AcceptInvitation { org, .. }
        | Action::DeclineInvitation { org, .. }
        | Action::ExpireInvitations { org }
        | Action::DefineRole { org, .. }
        | Action::RedefineRole { org, .. }
        | Action::RetireRole { org, .. }
        | Action::CreateTeam { org, .. }
        | Action::UpdateTeam { org, .. }
        | Action::RemoveTeam { org, .. }
        | Action::AddTeamMember { org, .. }
        | Action::RemoveTeamMember { org, .. }
        | Action::ChangeTeamRole { org, .. } => *org,
    })
}

#[test]
fn no_sequence_of_commands_breaks_an_invariant() {
    let mut event_types = BTreeSet::new();
    let (mut given, mut accepted) = (0, 0);
    let seeds = seeds(25);
    let several = seeds.clone().count() > 1;
    for seed in seeds {
        let _named = Named("no_sequence_of_commands_breaks_an_invariant", seed);
        let mut crowd = Crowd::new(seed);
        for _ in 0..COMMANDS_PER_SEED {
            crowd.step();
        }
        crowd.world.replays();
        accepted += crowd.accepted;
        given += COMMANDS_PER_SEED;
        assert!(crowd.world.size() > 0 && crowd.world.state != State::default());
        event_types.extend(crowd.world.event_types().iter().copied());
    }
    assert!(accepted * 8 > given || !several, "only {accepted} of {given} accepted");
    // What the ledger states about itself moves nobody: `tests/law/publication.txt`.
    let still =
        ["ExportCreated", "OrganizationHeadsCommitted", "CheckpointKeyRotated", "LedgerRestored"];
    let all = Event::CATALOGUE.iter().map(|(name, _)| *name).filter(|name| !still.contains(name));
    let missing: Vec<_> = all.filter(|name| !event_types.contains(name)).collect();
    assert!(missing.is_empty() || !several, "it never came to {}", missing.join(", "));
}

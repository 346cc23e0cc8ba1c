//! The organization of one round, and who is in it.

use super::field::{Field, now};
use rollbook::facts::event::Scope;
use rollbook::facts::{Actor, OrganizationKind, RoleSet, Roles};
use rollbook::house::Receipt;
use rollbook::law::command::access::TokenOf;
use rollbook::law::command::{
    Acceptor, AccessWish, CreateOrganization, IfPending, Invite, Owner, Person, Proof, TokenDigest,
    UpdateOrganization,
};
use rollbook::law::{Action, Command};
use rollbook::projections::AsOf;
use rollbook::words::hash::{credential_digest, token_digest};
use rollbook::words::{Email, MemberId, Name, OperatorId, OrganizationId, RoleName, Slug, UserId};
use std::time::Duration;
use uuid::Uuid;

pub(super) const OWNER: &str = "owner";

pub(super) struct People {
    org: OrganizationId,
    owner_member: String,
    owner_token: String,
    round: usize,
    /// The seq of the first entry.
    began: u64,
}

fn operator() -> Actor {
    Actor::Operator(OperatorId::from_uuid(Uuid::from_u128(1)))
}

fn give(field: &Field, action: Action) -> Receipt {
    field.ledger.submit(Command::new(operator(), None, action)).unwrap()
}

fn roles(role: &str) -> Roles {
    Roles::one(RoleName::parse(role).unwrap())
}

/// 32 bytes that no other round has.
fn secret(round: usize, what: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip(format!("{what} {round}").bytes()) {
        *byte = at;
    }
    bytes
}

fn written(prefix: &str, bytes: &[u8; 32]) -> String {
    use base64::Engine;
    format!("{prefix}{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

impl People {
    pub(super) fn new(field: &Field, round: usize) -> Self {
        Self::begin(field, round, OrganizationKind::Standard, RoleSet::Standard)
    }

    pub(super) fn enterprise(field: &Field, round: usize) -> Self {
        let people = Self::begin(field, round, OrganizationKind::Enterprise, RoleSet::Enterprise);
        give(field, Action::CertifyOrganization { org: people.org });
        people
    }

    fn begin(field: &Field, round: usize, kind: OrganizationKind, role_set: RoleSet) -> Self {
        let began = field.ledger.head().size;
        let email = Email::parse(&format!("ada{round}@mail.example")).unwrap();
        let owner = Owner::Person(Person { email: Some(email), ..Person::default() });
        let name = Name::parse("Acme").unwrap();
        let slug = Slug::parse(&format!("acme{round}")).unwrap();
        let wish = CreateOrganization { kind, role_set, name, slug, seats: None, owner };
        let receipt = give(field, Action::CreateOrganization(wish));
        let org = receipt.entries[0].fact.org;
        let views = field.ledger.views();
        let view = views.organization(org).unwrap();
        let at = views.moment(view, AsOf::Now, now()).unwrap();
        let owner = view.members(at).remove(0);
        drop(views);
        let owner_token = Self::token_of(field, owner.user_id, round, "owner");
        let owner_member = owner.member_id.to_string();
        Self { org, owner_member, owner_token, round, began }
    }

    fn token_of(field: &Field, user: UserId, round: usize, what: &str) -> String {
        let bytes = secret(round, what);
        let wish = AccessWish::IssueToken {
            of: TokenOf::User(user),
            name: Name::parse("race").unwrap(),
            scopes: [Scope::Read, Scope::Write].into(),
            expires_at: now().after(Duration::from_secs(30 * 24 * 3600)),
            digest: TokenDigest(credential_digest(&bytes)),
        };
        give(field, Action::Access(wish));
        written("rbp_", &bytes)
    }

    pub(super) fn owner(&self) -> String {
        self.owner_token.clone()
    }

    pub(super) fn owner_member(&self) -> String {
        self.owner_member.clone()
    }

    pub(super) fn path(&self, rest: &str) -> String {
        format!("/v1/organizations/{}{rest}", self.org)
    }

    pub(super) fn seats(&self, field: &Field, seats: u32) {
        let wish = UpdateOrganization {
            org: self.org,
            name: None,
            slug: None,
            seats: Some(Some(seats)),
            second_factor: None,
        };
        give(field, Action::UpdateOrganization(wish));
    }

    /// Sends an invitation; where it is, and its token.
    pub(super) fn invite(&self, field: &Field, who: &str) -> (String, String) {
        let bytes = secret(self.round, who);
        let wish = Invite {
            org: self.org,
            email: Email::parse(&format!("{who}{}@mail.example", self.round)).unwrap(),
            roles: roles("member"),
            teams: Vec::new(),
            expires_in: Invite::EXPIRES_IN,
            if_pending: IfPending::Refuse,
            token: TokenDigest(token_digest(&bytes)),
        };
        let receipt = give(field, Action::Invite(wish));
        let rollbook::facts::Event::InvitationSent(sent) = &receipt.entries[0].fact.event else {
            panic!("{receipt:?}")
        };
        let path = self.path(&format!("/invitations/{}", sent.invitation));
        (path, written("rbi_", &bytes))
    }

    /// Somebody joins by an invitation; their membership, and a token that acts as them.
    pub(super) fn join(&self, field: &Field, who: &str) -> (String, String) {
        let (path, _) = self.invite(field, who);
        let invitation = path.rsplit_once('/').unwrap().1.parse().unwrap();
        let mut bytes = secret(self.round, &format!("user {who}"));
        bytes[8] = 0x80;
        let user = UserId::from_uuid(
            uuid::Builder::from_random_bytes(bytes[..16].try_into().unwrap()).into_uuid(),
        );
        let acceptor = Acceptor::Newcomer { user, name: None, username: None };
        let proof = Proof::Token(TokenDigest(token_digest(&secret(self.round, who))));
        let action =
            Action::AcceptInvitation { org: self.org, invitation, acceptor, proof, password: None };
        let command = Command::new(Actor::User(user), None, action);
        let receipt = field.ledger.submit(command).unwrap();
        let rollbook::facts::Event::InvitationAccepted(joined) = &receipt.entries[0].fact.event
        else {
            panic!("{receipt:?}")
        };
        let token = Self::token_of(field, user, self.round, &format!("token {who}"));
        (joined.member.to_string(), token)
    }

    pub(super) fn promote(&self, field: &Field, member: &str, role: &str) {
        let member: MemberId = member.parse().unwrap();
        give(field, Action::ChangeRoles { org: self.org, member, roles: roles(role) });
    }

    /// How many entries of a type this round's organization has.
    pub(super) fn count(&self, field: &Field, event_type: &str) -> usize {
        let size = field.ledger.head().size;
        let records = field.ledger.read(self.began, (size - self.began) as usize).unwrap();
        let entries = records.iter().map(|record| field.ledger.unseal(record).unwrap().entry);
        entries
            .filter(|entry| entry.fact.org == self.org)
            .filter(|entry| entry.fact.event.type_name() == event_type)
            .count()
    }

    pub(super) fn recorded(&self, field: &Field, event_type: &str, times: usize) {
        assert_eq!(self.count(field, event_type), times, "{event_type}");
    }

    /// How many members hold a role.
    pub(super) fn holders(&self, field: &Field, role: &str) -> usize {
        let views = field.ledger.views();
        let view = views.organization(self.org).unwrap();
        let at = views.moment(view, AsOf::Now, now()).unwrap();
        view.members(at).iter().filter(|row| row.roles.contains(role)).count()
    }
}

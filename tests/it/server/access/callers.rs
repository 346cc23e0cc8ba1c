//! Everybody who may ask: a member in each role, and those beside the members.

use super::Outcome;
use super::rule::{Need, Rule};
use crate::server::client::{Answer, Served, send};
use rollbook::facts::event::Scope;
use rollbook::facts::{Actor, OrganizationKind, RoleSet, Roles};
use rollbook::ground::passes::{Kind as PassKind, Pass};
use rollbook::house::Receipt;
use rollbook::law::command::access::TokenOf;
use rollbook::law::command::{
    AccessWish, AccountWish, CreateOrganization, Owner, Person, TokenDigest,
};
use rollbook::law::{Action, Command};
use rollbook::words::hash::{credential_digest, pass_digest};
use rollbook::words::{Email, MemberId, Name, OperatorId, OrganizationId, RoleName, Slug, UserId};
use serde_json::Value;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

/// What somebody is to the organization that is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Nobody,
    Operator,
    Member { is_top: bool },
    Suspended,
    Auditor,
    Outsider,
    Token { reads: bool, writes: bool },
}

/// Somebody who asks.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) kind: Kind,
    name: String,
    permissions: BTreeSet<String>,
    headers: Vec<(&'static str, String)>,
}

impl Caller {
    pub(super) fn has(&self, permission: &str) -> bool {
        self.permissions.contains(permission)
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

pub(super) struct Callers {
    own: OrganizationId,
    /// With the same members, for those who leave.
    left: OrganizationId,
    other: OrganizationId,
    /// Whoever can end the organization comes last.
    all: Vec<Caller>,
    drawn: Cell<u64>,
}

/// What the built-in main roles allow, the top role first.
fn main_roles(role_set: RoleSet) -> Vec<(String, BTreeSet<String>)> {
    let file = format!("events/role-sets/{role_set}.json");
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let table: Value = serde_json::from_str(&text).unwrap();
    let roles = table["roles"].as_array().unwrap().iter();
    let main = roles.filter(|role| !role["role"].as_str().unwrap().contains(':'));
    main.map(|role| {
        let permissions = role["permissions"].as_object().unwrap().keys().cloned().collect();
        (role["role"].as_str().unwrap().to_owned(), permissions)
    })
    .collect()
}

fn give(served: &Served, action: Action) -> Receipt {
    let operator = Actor::Operator(OperatorId::from_uuid(Uuid::from_u128(1)));
    served.ledger.submit(Command::new(operator, None, action)).unwrap()
}

fn roles(role: &str) -> Roles {
    Roles::one(RoleName::parse(role).unwrap())
}

fn created(receipt: &Receipt) -> (OrganizationId, UserId, MemberId) {
    let org = receipt.entries[0].fact.org;
    let joined = receipt.entries.iter().find_map(|entry| match &entry.fact.event {
        rollbook::facts::Event::MemberCreated(event) => Some((event.user, event.member)),
        _ => None,
    });
    let (user, member) = joined.unwrap();
    (org, user, member)
}

fn organization(served: &Served, role_set: RoleSet, slug: &str, owner: Owner) -> Receipt {
    let kind = match role_set {
        RoleSet::Enterprise => OrganizationKind::Enterprise,
        RoleSet::Standard | RoleSet::Avisi | RoleSet::Cloudflare | RoleSet::Basic => {
            OrganizationKind::Standard
        }
    };
    let (name, slug) = (Name::parse(slug).unwrap(), Slug::parse(slug).unwrap());
    let wish = CreateOrganization { kind, role_set, name, slug, seats: None, owner };
    let receipt = give(served, Action::CreateOrganization(wish));
    if kind == OrganizationKind::Enterprise {
        give(served, Action::CertifyOrganization { org: receipt.entries[0].fact.org });
    }
    receipt
}

fn person(name: &str) -> Person {
    let email = Email::parse(&format!("{name}@mail.example")).unwrap();
    Person { email: Some(email), ..Person::default() }
}

fn secret(what: &str) -> [u8; 32] {
    pass_digest(&{
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(what.bytes()).for_each(|(byte, at)| *byte = at);
        bytes
    })
}

fn written(prefix: &str, bytes: &[u8; 32]) -> String {
    use base64::Engine;
    format!("{prefix}{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

/// Only who ever proved an address has sessions.
fn verify(served: &Served, user: UserId, name: &str) {
    let email = person(name).email.unwrap();
    give(served, Action::Account(AccountWish::VerifyEmail { user, email }));
}

/// A session of a user, and the headers of a browser that has it.
fn session(served: &Served, user: UserId, name: &str) -> Vec<(&'static str, String)> {
    let (token, at) = (secret(name), served.ledger.known().at);
    let pass = Pass {
        kind: PassKind::Session,
        digest: pass_digest(&token),
        user: Some(user),
        since: at,
        created: at,
        last_used: at,
        expires: at.after(Duration::from_secs(30 * 24 * 60 * 60)),
        detail: Vec::new(),
    };
    served.passes.issue(pass, at).unwrap();
    let cookie = format!("rollbook_session={}", written("rbs_", &token));
    vec![("Cookie", cookie), ("Origin", format!("http://{}", served.address))]
}

fn token(served: &Served, org: OrganizationId, scopes: &[Scope]) -> Vec<(&'static str, String)> {
    let name = format!("token {}", scopes.len() + usize::from(scopes.contains(&Scope::Read)));
    let bytes = secret(&name);
    let wish = AccessWish::IssueToken {
        of: TokenOf::Organization(org),
        name: Name::parse(&name).unwrap(),
        scopes: scopes.iter().copied().collect(),
        expires_at: served.ledger.known().at.after(Duration::from_secs(7 * 24 * 60 * 60)),
        digest: TokenDigest(credential_digest(&bytes)),
    };
    give(served, Action::Access(wish));
    vec![("Authorization", format!("Bearer {}", written("rbt_", &bytes)))]
}

impl Callers {
    pub(super) fn new(served: &Served, role_set: RoleSet) -> Self {
        let table = main_roles(role_set);
        let top = organization(served, role_set, "own", Owner::Person(person("top")));
        let (own, top_user, _) = created(&top);
        let (left, ..) = created(&organization(served, role_set, "left", Owner::User(top_user)));
        let stranger = Owner::Person(person("stranger"));
        let (other, ..) = created(&organization(served, role_set, "other", stranger));
        let outsider = Owner::Person(person("outsider"));
        let (_, outsider, _) = created(&organization(served, role_set, "third", outsider));
        let member = |name: &str, role: &str| {
            let create = Action::CreateMember { org: own, person: person(name), roles: None };
            let (_, user, member) = created(&give(served, create));
            give(served, Action::AddMember { org: left, user, roles: None });
            let known = served.ledger.known();
            let held = &known.state.organization(own).unwrap().member(user).unwrap().roles;
            if *held != roles(role) {
                give(served, Action::ChangeRoles { org: own, member, roles: roles(role) });
            }
            (user, member)
        };
        let mut all = vec![Caller {
            kind: Kind::Nobody,
            name: "nobody".to_owned(),
            permissions: BTreeSet::new(),
            headers: Vec::new(),
        }];
        let mut add = |kind, name: &str, permissions: &BTreeSet<String>, headers| {
            let (name, permissions) = (name.to_owned(), permissions.clone());
            all.push(Caller { kind, name, permissions, headers });
        };
        let nothing = BTreeSet::new();
        for (role, permissions) in &table[1..] {
            let name = format!("role-{role}");
            let (user, _) = member(&name, role);
            verify(served, user, &name);
            let headers = session(served, user, &name);
            add(Kind::Member { is_top: false }, role, permissions, headers);
        }
        let (suspended, suspended_member) = member("suspended", &table[table.len() - 1].0);
        verify(served, suspended, "suspended");
        give(served, Action::SuspendMember { org: own, member: suspended_member });
        let headers = session(served, suspended, "suspended");
        add(Kind::Suspended, "suspended", &nothing, headers);
        let (_, auditor, _) =
            created(&organization(served, role_set, "fourth", Owner::Person(person("auditor"))));
        for org in [own, left] {
            let grant = AccessWish::GrantAuditor { org, user: auditor, expires_at: None };
            give(served, Action::Access(grant));
        }
        for (user, name) in [(auditor, "auditor"), (outsider, "outsider"), (top_user, "top")] {
            verify(served, user, name);
        }
        add(Kind::Auditor, "auditor", &nothing, session(served, auditor, "auditor"));
        add(Kind::Outsider, "outsider", &nothing, session(served, outsider, "outsider"));
        let people_only = ["organization.dissolve", "organization.transfer", "token.write"];
        let mut of_tokens = table[0].1.clone();
        of_tokens.retain(|name| !people_only.contains(&name.as_str()));
        for (reads, writes) in [(true, true), (true, false), (false, true)] {
            let scopes = [(reads, Scope::Read), (writes, Scope::Write)];
            let scopes: Vec<Scope> =
                scopes.into_iter().filter(|(has, _)| *has).map(|(_, scope)| scope).collect();
            let name = format!("token {scopes:?}");
            add(Kind::Token { reads, writes }, &name, &of_tokens, token(served, own, &scopes));
        }
        let headers = vec![("Authorization", format!("Bearer {}", served.token))];
        let (top, permissions) = (session(served, top_user, "top"), &table[0].1);
        add(Kind::Member { is_top: true }, &table[0].0, permissions, top);
        add(Kind::Operator, "operator", &nothing, headers);
        Self { own, left, other, all, drawn: Cell::new(0) }
    }

    pub(super) fn all(&self) -> &[Caller] {
        &self.all
    }

    /// The organization that is a caller's; tokens have one only.
    pub(super) fn own(&self, rule: &Rule, caller: &Caller) -> OrganizationId {
        let is_token = matches!(caller.kind, Kind::Token { .. });
        if rule.need == Need::Member && !is_token { self.left } else { self.own }
    }

    pub(super) fn other(&self) -> OrganizationId {
        self.other
    }

    /// Sends what a line says; whatever it names apart from the organization is not there.
    pub(super) fn send(
        &self,
        served: &Served,
        rule: &Rule,
        caller: &Caller,
        org: OrganizationId,
    ) -> Outcome {
        self.drawn.set(self.drawn.get() + 1);
        let fresh = self.drawn.get();
        let id = uuid::Builder::from_random_bytes(u128::from(fresh).to_be_bytes()).into_uuid();
        let mut texts = [rule.path.clone(), rule.body.clone()];
        for text in &mut texts {
            for name in
                ["member", "invitation", "team", "token", "user", "key", "session", "export"]
            {
                *text = text.replace(&format!("{{{name}}}"), &id.to_string());
            }
            *text = text.replace("{org}", &org.to_string());
            *text = text.replace("{fresh}", &format!("fresh-{fresh}"));
            *text = text.replace("{role}", "nothing");
            *text = text.replace("{seq}", "0").replace("{org_seq}", "0");
            *text = text.replace("{*path}", "0/000.p/1");
        }
        let [path, body] = texts;
        let mut headers: Vec<(&str, &str)> =
            caller.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if !body.is_empty() {
            headers.push(("Content-Type", "application/json"));
        }
        outcome(&send(served.address, &rule.method, &path, &headers, &body))
    }
}

fn outcome(answer: &Answer) -> Outcome {
    match answer.status {
        401 => Outcome::Unknown,
        // Whoever is asked for their password once more has come that far.
        403 if answer.code() == "wrong_password" => Outcome::Let,
        403 => Outcome::Refused,
        404 if answer.code() == "unknown_organization" => Outcome::NotThere,
        400 | 405 | 415 | 500..=599 => panic!("{answer:?}"),
        _ => Outcome::Let,
    }
}

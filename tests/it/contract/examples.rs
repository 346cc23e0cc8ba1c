//! The worked examples: one entry for every event type, written from typed values.
//!
//! They stand behind one another in one invented ledger, so that both links can be checked across
//! them. They show the form of each type and are not a history that the law would allow: that is
//! `events/reference.ndjson`.

mod access;
mod accounts;
mod erasures;
mod publication;

use rollbook::facts::event::*;
use rollbook::facts::{
    Actor, Content, Entry, Event, Fact, Holder, OrganizationKind, Permission, RoleSet, Roles,
    Sealed, Shown, Source, System, TeamRole,
};
use rollbook::words::hash::{
    Place, checksum, credential_digest, recovery_code_digest, token_digest, write_base64,
};
use rollbook::words::{
    ChainHash, Commitment, Currency, KeyPrefix, Name, OrganizationId, Origin, PublicKey, RoleName,
    Slug, SubjectId, Timestamp, TreeHash, UserId,
};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// One file of `events/`.
#[derive(Serialize)]
pub(super) struct Example {
    #[serde(skip)]
    pub file: String,
    entry: serde_json::Value,
    bytes: String,
    chain_hash: ChainHash,
    leaf: TreeHash,
    disclosures: Vec<Disclosure>,
}

#[derive(Serialize)]
struct Disclosure {
    field: &'static str,
    of: SubjectId,
    salt: String,
    value: String,
    commit: Commitment,
}

/// A random identifier that is the same each time for the same label.
fn uuid(label: &str) -> Uuid {
    let digest = checksum(label.as_bytes());
    uuid::Builder::from_random_bytes(digest[..16].try_into().unwrap()).into_uuid()
}

macro_rules! id {
    ($label:expr) => {
        uuid($label).to_string().parse().unwrap()
    };
}
use id;

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn role(text: &str) -> RoleName {
    RoleName::parse(text).unwrap()
}

fn roles(text: &str) -> Roles {
    Roles::one(role(text))
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse_exact(text).unwrap()
}

fn permissions(names: &[&str]) -> PermissionSet {
    PermissionSet::new(names.iter().map(|name| Permission::from_name(name).unwrap()))
}

fn sealed(of: impl Into<SubjectId>, value: &str) -> Sealed {
    Sealed::open(of.into(), value.into())
}

fn token(of: impl Into<SubjectId>, label: &str) -> Sealed {
    sealed(of, &write_base64(&token_digest(&checksum(label.as_bytes()))))
}

fn credential(of: impl Into<SubjectId>, label: &str) -> Sealed {
    sealed(of, &write_base64(&credential_digest(&checksum(label.as_bytes()))))
}

/// Writes one entry behind another.
struct Ledger {
    log: Origin,
    prev: ChainHash,
    heads: BTreeMap<OrganizationId, (u64, ChainHash)>,
    examples: Vec<Example>,
}

impl Ledger {
    fn record(
        &mut self,
        org: OrganizationId,
        actor: Actor,
        command: &str,
        event: impl Into<Event>,
    ) {
        self.record_as("", org, actor, command, event.into(), None);
    }

    fn record_as(
        &mut self,
        variant: &str,
        org: OrganizationId,
        actor: Actor,
        command: &str,
        mut event: Event,
        imported: Option<(Timestamp, Source)>,
    ) {
        let seq = self.examples.len() as u64;
        let disclosures = self.commit(seq, &mut event);
        let genesis = ChainHash::organization_genesis(&self.log, org);
        let (org_seq, org_prev) = self.heads.get(&org).copied().unwrap_or((0, genesis));
        let file = format!("{}.v{}{variant}.example.json", event.type_name(), event.version());
        let (occurred, source) = imported.unzip();
        let entry = Entry {
            fact: Fact { org, event, source },
            actor,
            cmd: id!(command),
            log: self.log.clone(),
            occurred,
            org_prev,
            org_seq,
            prev: self.prev,
            seq,
            time: time("2026-11-22T02:25:05.502913Z")
                .after(Duration::from_micros(seq * 61_000_007)),
        };
        let bytes = entry.write().unwrap();
        let chain_hash = ChainHash::of_entry(&bytes);
        self.prev = chain_hash;
        self.heads.insert(org, (org_seq + 1, chain_hash));
        self.examples.push(Example {
            file,
            entry: serde_json::from_slice(&bytes).unwrap(),
            leaf: TreeHash::leaf(&bytes),
            bytes: String::from_utf8(bytes).unwrap(),
            chain_hash,
            disclosures,
        });
    }

    fn commit(&self, seq: u64, event: &mut Event) -> Vec<Disclosure> {
        let mut disclosures = Vec::new();
        for (field, sealed) in event.sealed_mut() {
            let salt = checksum(format!("salt {seq} {field}").as_bytes());
            let value = sealed.text().unwrap().to_string();
            let commit = Commitment::to(Place { log: &self.log, seq, field }, &salt, &value);
            sealed.content = Content::Withheld(commit);
            let salt = write_base64(&salt);
            disclosures.push(Disclosure { field, of: sealed.of, salt, value, commit });
        }
        disclosures
    }
}

/// All of them, in the order of the ledger.
pub(super) fn all() -> Vec<Example> {
    let log = Origin::parse("ledger.example").unwrap();
    let prev = ChainHash::genesis(&log);
    let mut ledger = Ledger { log, prev, heads: BTreeMap::new(), examples: Vec::new() };
    an_organization_is_founded(&mut ledger);
    roles_and_teams_are_made(&mut ledger);
    somebody_is_invited(&mut ledger);
    invitations_end(&mut ledger);
    members_change(&mut ledger);
    access::tokens_and_auditors(&mut ledger);
    access::keys_and_limits(&mut ledger);
    access::the_glass_is_broken(&mut ledger);
    accounts::somebody_signs_up(&mut ledger);
    accounts::somebody_marries(&mut ledger);
    accounts::an_address_is_lost(&mut ledger);
    accounts::tokens_of_the_deployment(&mut ledger);
    publication::publication(&mut ledger);
    erasures::somebody_is_forgotten(&mut ledger);
    the_organization_ends(&mut ledger);
    a_personal_organization(&mut ledger);
    an_import(&mut ledger);
    ledger.examples
}

fn lindenau() -> OrganizationId {
    id!("organization lindenau")
}

fn mara() -> UserId {
    id!("user mara")
}

fn tomas() -> UserId {
    id!("user tomas")
}

fn operator() -> Actor {
    Actor::Operator(id!("operator"))
}

fn an_organization_is_founded(ledger: &mut Ledger) {
    let org = lindenau();
    ledger.record(
        org,
        operator(),
        "found",
        OrganizationCreated {
            kind: OrganizationKind::Enterprise,
            name: Shown::Public(name("Lindenau Optik")),
            reason: Some(sealed(org, "Contract 2026-117")),
            role_set: RoleSet::Enterprise,
            seats: Some(25),
            slug: Shown::Public(slug("lindenau-optik")),
        },
    );
    ledger.record(
        org,
        operator(),
        "found",
        MemberCreated {
            email: Some(sealed(mara(), "mara.quist@lindenau.example")),
            member: id!("member mara"),
            name: Some(sealed(mara(), "Mara Quist")),
            reason: Some(sealed(mara(), "Named in the contract")),
            roles: roles("super_admin"),
            user: mara(),
            username: Some(sealed(mara(), "mara.quist")),
            via: Admission::Created,
        },
    );
    ledger.record(
        org,
        operator(),
        "certify",
        OrganizationCertified { reason: Some(sealed(org, "Trade register entry seen")) },
    );
    ledger.record(
        org,
        Actor::User(mara()),
        "rename",
        OrganizationUpdated {
            name: Some(Change {
                after: Some(Shown::Public(name("Lindenau Instruments"))),
                before: Some(Shown::Public(name("Lindenau Optik"))),
            }),
            reason: Some(sealed(org, "The company was renamed")),
            seats: Some(Change { after: Some(40), before: Some(25) }),
            second_factor: Some(Change { after: Some(true), before: Some(false) }),
            slug: Some(Change {
                after: Some(Shown::Public(slug("lindenau"))),
                before: Some(Shown::Public(slug("lindenau-optik"))),
            }),
        },
    );
}

fn roles_and_teams_are_made(ledger: &mut Ledger) {
    let org = lindenau();
    let by = Actor::User(mara());
    ledger.record(
        org,
        by,
        "define role",
        RoleDefined {
            permissions: permissions(&["log.read"]),
            reason: Some(sealed(org, "Yearly audit")),
            role: role("auditor"),
        },
    );
    ledger.record(
        org,
        by,
        "redefine role",
        RoleRedefined {
            after: permissions(&["log.read", "member.read"]),
            before: permissions(&["log.read"]),
            reason: Some(sealed(org, "The auditor compares the log with the member list")),
            role: role("auditor"),
        },
    );
    ledger.record(
        org,
        by,
        "create team",
        TeamCreated {
            name: name("Calibration"),
            parent: Some(id!("team laboratory")),
            reason: Some(sealed(org, "Second laboratory opened")),
            renamed_from: vec![],
            team: id!("team calibration"),
        },
    );
    ledger.record(
        org,
        by,
        "update team",
        TeamUpdated {
            name: Some(Change {
                after: Some(name("Calibration and repair")),
                before: Some(name("Calibration")),
            }),
            parent: Some(Change { after: None, before: Some(id!("team laboratory")) }),
            reason: Some(sealed(org, "Works for both laboratories")),
            team: id!("team calibration"),
        },
    );
}

fn somebody_is_invited(ledger: &mut Ledger) {
    let org = lindenau();
    let invitation = id!("invitation tomas");
    ledger.record(
        org,
        Actor::User(mara()),
        "invite",
        InvitationSent {
            email: sealed(invitation, "tomas.oye@lindenau.example"),
            expires_at: time("2026-11-29T02:33:13.502969Z"),
            invitation,
            reason: Some(sealed(invitation, "Joins on the first of December")),
            roles: roles("dev_admin"),
            teams: vec![id!("team calibration")],
            token: token(invitation, "first token"),
        },
    );
    ledger.record(
        org,
        Actor::User(mara()),
        "resend",
        InvitationResent {
            expires_at: time("2026-12-06T02:34:14.502976Z"),
            invitation,
            reason: Some(sealed(invitation, "The first message was lost")),
            token: token(invitation, "second token"),
        },
    );
    ledger.record(
        org,
        Actor::User(tomas()),
        "accept",
        InvitationAccepted {
            email: Some(sealed(tomas(), "tomas.oye@lindenau.example")),
            invitation,
            member: id!("member tomas"),
            name: Some(sealed(tomas(), "Tomás Oye")),
            reason: Some(sealed(tomas(), "First day")),
            roles: roles("dev_admin"),
            teams: vec![id!("team calibration")],
            user: tomas(),
            username: Some(sealed(tomas(), "tomas")),
        },
    );
}

fn invitations_end(ledger: &mut Ledger) {
    let org = lindenau();
    let revoked = id!("invitation revoked");
    ledger.record(
        org,
        Actor::User(mara()),
        "revoke",
        InvitationRevoked {
            cause: RevocationCause::Revoked,
            invitation: revoked,
            reason: Some(sealed(revoked, "Sent to the wrong address")),
        },
    );
    let declined = id!("invitation declined");
    ledger.record(
        org,
        Actor::User(id!("user jun")),
        "decline",
        InvitationDeclined {
            invitation: declined,
            reason: Some(sealed(declined, "Works for somebody else")),
        },
    );
    ledger.record(
        org,
        Actor::System(System::Expiry),
        "expire",
        InvitationExpired {
            expired_at: time("2026-11-22T02:38:00.000000Z"),
            invitation: id!("invitation expired"),
        },
    );
}

fn members_change(ledger: &mut Ledger) {
    let org = lindenau();
    let (member, user, team) = (id!("member tomas"), tomas(), id!("team calibration"));
    let by = Actor::User(mara());
    let because = |text| Some(sealed(user, text));
    let (own, other) = (TeamRole::Maintainer, TeamRole::Member);
    let reason = because("Covers for a colleague");
    ledger.record(org, by, "add", TeamMemberAdded { member, reason, role: other, team, user });
    let reason = because("Leads the team from here on");
    ledger.record(
        org,
        by,
        "promote",
        TeamRoleChanged { after: own, before: other, member, reason, team, user },
    );
    let reason = because("Moves to another project");
    ledger.record(org, by, "take out", TeamMemberRemoved { member, reason, role: own, team, user });
    let (after, before) = (roles("finance_admin"), roles("dev_admin"));
    let reason = because("Takes over invoicing");
    ledger.record(org, by, "change role", RoleChanged { after, before, member, reason, user });
    let token = Actor::Token(id!("token"));
    let reason = because("Parental leave");
    ledger.record(org, token, "suspend", MemberSuspended { member, reason, user });
    let reason = because("Back from leave");
    ledger.record(org, token, "reactivate", MemberReactivated { member, reason, user });
    ledger.record(
        org,
        by,
        "transfer",
        SuperAdminTransferred {
            becomes: roles("member"),
            from: mara(),
            from_member: id!("member mara"),
            reason: Some(sealed(user, "Takes over at the end of the month")),
            to: user,
            to_before: roles("finance_admin"),
            to_member: member,
        },
    );
    ledger.record(
        org,
        by,
        "leave",
        MemberRemoved {
            cause: RemovalCause::Left,
            member: id!("member mara"),
            reason: Some(sealed(mara(), "Retired")),
            roles: roles("member"),
            user: mara(),
        },
    );
}

fn the_organization_ends(ledger: &mut Ledger) {
    let org = lindenau();
    let by = Actor::User(tomas());
    ledger.record(
        org,
        by,
        "remove team",
        TeamRemoved {
            name: name("Calibration and repair"),
            reason: Some(sealed(org, "Laboratories merged")),
            team: id!("team calibration"),
        },
    );
    ledger.record(
        org,
        by,
        "retire role",
        RoleRetired {
            permissions: permissions(&["log.read", "member.read"]),
            reason: Some(sealed(org, "The audit is over")),
            role: role("auditor"),
        },
    );
    let reason = Some(sealed(org, "Merged into another company"));
    ledger.record(org, by, "dissolve", OrganizationDissolved { reason });
}

/// Its name and slug would name a person: they are sealed.
fn a_personal_organization(ledger: &mut Ledger) {
    let org = id!("organization personal");
    let by = Actor::User(id!("user jun"));
    let hidden_name = |text| Shown::Sealed(sealed(org, text));
    let hidden_slug = |text| Shown::Sealed(sealed(org, text));
    let created = OrganizationCreated {
        kind: OrganizationKind::Personal,
        name: hidden_name("Jun Achter"),
        reason: None,
        role_set: RoleSet::Basic,
        seats: None,
        slug: hidden_slug("jun-achter"),
    };
    ledger.record_as(".personal", org, by, "sign up", created.into(), None);
    let updated = OrganizationUpdated {
        name: Some(Change {
            after: Some(hidden_name("Jun Vermeer")),
            before: Some(hidden_name("Jun Achter")),
        }),
        reason: Some(sealed(org, "Married")),
        seats: None,
        second_factor: None,
        slug: Some(Change {
            after: Some(hidden_slug("jun-vermeer")),
            before: Some(hidden_slug("jun-achter")),
        }),
    };
    ledger.record_as(".personal", org, by, "marry", updated.into(), None);
}

/// What was recorded elsewhere before brings its own time and place.
fn an_import(ledger: &mut Ledger) {
    let org = id!("organization imported");
    let by = Actor::System(System::Import);
    let source = |baseline, seq| Source {
        baseline,
        commit: name("ee02b7a3c1d94f56a8e07c2b9d3f4150617283af"),
        repo: name("harbour-choir/roster"),
        seq,
    };
    let created = OrganizationCreated {
        kind: OrganizationKind::Standard,
        name: Shown::Public(name("Harbour Choir")),
        reason: None,
        role_set: RoleSet::Basic,
        seats: None,
        slug: Shown::Public(slug("harbour-choir")),
    };
    let occurred = time("2019-01-18T03:14:01.000000Z");
    let imported = Some((occurred, source(true, 0)));
    ledger.record_as(".imported", org, by, "import", created.into(), imported);
    let team = TeamCreated {
        name: name("Second altos"),
        parent: Some(id!("team altos")),
        reason: None,
        renamed_from: vec![name("Altos 2"), name("Low voices")],
        team: id!("team second altos"),
    };
    let imported = Some((occurred, source(false, 1)));
    ledger.record_as(".imported", org, by, "import", team.into(), imported);
}

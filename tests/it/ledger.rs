//! The ledger as its callers see it: one writer, many callers and readers, closed and opened again.

mod clock;
mod failing;
mod group;
mod imported;
mod large;
pub(crate) mod random;
mod reopen;

use rollbook::facts::{Actor, OrganizationKind, RoleSet};
use rollbook::ground::Record;
use rollbook::house::{Ledger, Receipt};
use rollbook::law::command::{CreateOrganization, Owner, Person};
use rollbook::law::{Action, Command};
use rollbook::words::{Email, Name, OperatorId, OrganizationId, Slug};
use uuid::Uuid;

fn operator() -> Actor {
    Actor::Operator(OperatorId::from_uuid(Uuid::from_bytes([0x0b; 16])))
}

fn wish(action: Action) -> Command {
    Command::new(operator(), None, action)
}

fn person(login: &str) -> Person {
    let email = Email::parse(&format!("{login}@mail.example")).unwrap();
    let name = Some(Name::parse(login).unwrap());
    Person { email: Some(email), name, username: None }
}

fn begin(slug: &str, role_set: RoleSet) -> Command {
    let kind = match role_set {
        RoleSet::Enterprise => OrganizationKind::Enterprise,
        _ => OrganizationKind::Standard,
    };
    wish(Action::CreateOrganization(CreateOrganization {
        kind,
        role_set,
        name: Name::parse(slug).unwrap(),
        slug: Slug::parse(slug).unwrap(),
        seats: None,
        owner: Owner::Person(person(&format!("owner.{slug}"))),
    }))
}

pub(crate) fn create(org: OrganizationId, login: &str) -> Command {
    wish(Action::CreateMember { org, person: person(login), roles: None })
}

pub(crate) fn organization(ledger: &Ledger, slug: &str) -> OrganizationId {
    org_of(&ledger.submit(begin(slug, RoleSet::Standard)).unwrap())
}

fn org_of(receipt: &Receipt) -> OrganizationId {
    receipt.entries[0].fact.org
}

/// Every record. One read may give fewer than there are.
fn records(ledger: &Ledger) -> Vec<Record> {
    let mut records = Vec::new();
    loop {
        let more = ledger.read(records.len() as u64, 1000).unwrap();
        if more.is_empty() {
            return records;
        }
        records.extend(more);
    }
}

/// The projections as bytes.
fn shown(ledger: &Ledger) -> Vec<u8> {
    serde_json::to_vec(&*ledger.views()).unwrap()
}

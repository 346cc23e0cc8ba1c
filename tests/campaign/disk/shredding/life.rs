//! The process to which something happens while it erases people.

use super::tale::{BEFORE, Tale, Wish, owner};
use crate::disk::child::{close, machine, mark, origin, read_everything};
use rollbook::facts::{Actor, OrganizationKind, RoleSet, Roles};
use rollbook::house::Ledger;
use rollbook::law::command::{
    CreateOrganization, Erase, Erasee, IfPending, Invite, Owner, Person, Removal, TokenDigest,
};
use rollbook::law::{Action, Command};
use rollbook::projections::AsOf;
use rollbook::words::{
    Email, Name, OperatorId, OrganizationId, RoleName, Slug, Timestamp, UserId, Username,
};
use std::ops::Range;
use std::path::Path;
use uuid::Uuid;

/// Makes a ledger, and closes it.
pub(crate) fn begin(data: &Path, seed: u64) {
    let tale = Tale::of(seed);
    let ledger = Ledger::create(data, origin(), machine(seed, 0)).unwrap();
    for group in tale.groups_in(0..BEFORE) {
        assert!(submit(&ledger, &tale, group));
    }
    assert!(close(&ledger));
}

/// Opens it, and goes on until something fails.
pub(crate) fn go_on(data: &Path, seed: u64) {
    let tale = Tale::of(seed);
    let ledger = match Ledger::open(data, machine(seed, 1)) {
        Ok(ledger) => ledger,
        Err(error) => return mark(&format!("not opened: {error}")),
    };
    mark("opened");
    for group in tale.groups_in(BEFORE..tale.wishes.len()) {
        if !submit(&ledger, &tale, group) {
            break;
        }
    }
    close(&ledger);
}

/// Hands over a group and waits for all answers. Tells whether all were good. Of whoever was erased
/// nothing is told any more, whatever became of the keyring.
fn submit(ledger: &Ledger, tale: &Tale, group: Range<usize>) -> bool {
    mark(&format!("asked {}", group.end));
    let commands: Vec<_> =
        tale.wishes[group.clone()].iter().map(|wish| command(wish, ledger)).collect();
    let pending: Vec<_> = commands.into_iter().map(|wish| ledger.enqueue(wish)).collect();
    let mut good = true;
    for (number, pending) in group.zip(pending) {
        let recorded = match pending.wait() {
            Ok(_) => {
                mark(&format!("answered {}", number + 1));
                true
            }
            Err(error) => {
                good = false;
                mark(&format!("failed {number} {}", error.code()));
                error.code() == "erasure_unfinished"
            }
        };
        if let Wish::Erase { by, address } = &tale.wishes[number]
            && recorded
        {
            assert_untold(ledger, by.map(|slug| organization(ledger, slug)), address);
        }
    }
    read_everything(ledger);
    good
}

fn assert_untold(ledger: &Ledger, by: Option<OrganizationId>, address: &str) {
    let mut seq = 0;
    while seq < ledger.head().size {
        for record in ledger.read(seq, 1000).unwrap() {
            seq += 1;
            let opened = ledger.unseal(&record).unwrap();
            if by.is_some_and(|by| by != opened.entry.fact.org) {
                continue;
            }
            for (field, sealed) in opened.entry.fact.event.sealed() {
                let text = sealed.text().map(AsRef::as_ref);
                assert_ne!(text, Some(address), "{field} of entry {}", record.seq);
            }
        }
    }
}

fn command(wish: &Wish, ledger: &Ledger) -> Command {
    let org = |slug: &str| organization(ledger, slug);
    let action = match wish {
        Wish::Begin { slug } => Action::CreateOrganization(CreateOrganization {
            kind: OrganizationKind::Standard,
            role_set: RoleSet::Standard,
            name: Name::parse(slug).unwrap(),
            slug: Slug::parse(slug).unwrap(),
            seats: None,
            owner: Owner::Person(person(&owner(slug))),
        }),
        Wish::Join { slug, address } => {
            Action::CreateMember { org: org(slug), person: person(address), roles: None }
        }
        Wish::Add { slug, address } => {
            Action::AddMember { org: org(slug), user: user(ledger, address), roles: None }
        }
        Wish::Remove { slug, address } => {
            let (org, user) = (org(slug), user(ledger, address));
            let views = ledger.views();
            let view = views.organization(org).unwrap();
            let now = view.moment(AsOf::Now, Timestamp::MAX).unwrap();
            let member = view.member_of_user(user, now).unwrap().member_id;
            Action::RemoveMember { org, member, cause: Removal::Removed }
        }
        Wish::Invite { slug, address } => Action::Invite(Invite {
            org: org(slug),
            email: Email::parse(address).unwrap(),
            roles: Roles::one(RoleName::parse("member").unwrap()),
            teams: Vec::new(),
            expires_in: Invite::EXPIRES_IN,
            if_pending: IfPending::Refuse,
            token: TokenDigest([7; 32]),
        }),
        Wish::Erase { by, address } => Action::Erase(Erase {
            who: Erasee::Address(Email::parse(address).unwrap()),
            org: by.map(org),
        }),
    };
    Command::new(Actor::Operator(OperatorId::from_uuid(Uuid::from_bytes([0x0b; 16]))), None, action)
}

fn organization(ledger: &Ledger, slug: &str) -> OrganizationId {
    ledger.views().by_slug(slug).unwrap().id()
}

fn user(ledger: &Ledger, address: &str) -> UserId {
    ledger.known().state.by_email(address).unwrap()
}

fn person(address: &str) -> Person {
    let login = address.strip_suffix("@mail.example").unwrap();
    Person {
        email: Some(Email::parse(address).unwrap()),
        name: Some(Name::parse(&format!("Name of {address}")).unwrap()),
        username: Some(Username::parse(login).unwrap()),
    }
}

//! When everybody has gone: the whole ledger, against everything that was acknowledged.

use super::client::Client;
use super::deed::{Deed, Kind, Org};
use rollbook::facts::{Entry, Event, Roles};
use rollbook::ground::embedded::Options;
use rollbook::house::export::write::write;
use rollbook::house::{Ledger, Machine};
use rollbook::projections::AsOf;
use rollbook::words::hash::Drawn;
use rollbook::words::{MemberId, OrganizationId, Timestamp};
use std::collections::HashMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::process::Command;
use uuid::Uuid;

/// Answers the number of entries.
pub(super) fn check(data: &Path, directory: &Path, clients: &[Client]) -> u64 {
    whole(Command::new(env!("CARGO_BIN_EXE_rollbook")).args(["verify", "--data"]).arg(data));
    let drawn = Drawn::from_seed(&[0; 32]);
    let clock = Box::new(|| Timestamp::MAX);
    let machine = Machine { clock, drawn, options: Options::STANDARD, unlock: None };
    let ledger = Ledger::open(data, machine).unwrap();
    assert_eq!(ledger.repairs(), [], "a clean stop leaves nothing to repair");
    every_deed_stands(&ledger, clients);
    everybody_belongs(&ledger, clients);
    every_export_is_whole(&ledger, directory);
    ledger.head().size
}

fn whole(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// Every entry that an answer named is the one that it spoke of, and no two answers named the same.
fn every_deed_stands(ledger: &Ledger, clients: &[Client]) {
    let mut deeds: HashMap<u64, (OrganizationId, Deed)> = HashMap::new();
    for client in clients {
        for deed in &client.deeds {
            let org = organization(ledger, client, deed.org);
            let twice = deeds.insert(deed.seq, (org, *deed));
            assert!(twice.is_none(), "two answers named {deed:?} and {twice:?}");
        }
    }
    let mut seq = 0;
    while seq < ledger.head().size {
        for record in ledger.read(seq, 4096).unwrap() {
            seq += 1;
            let Some((org, deed)) = deeds.remove(&record.seq) else { continue };
            let entry = Entry::parse(&record.bytes).unwrap();
            assert_eq!((entry.seq, entry.fact.org), (deed.seq, org), "{deed:?}");
            assert_eq!(entry.fact.event.type_name(), deed.kind.event_type(), "{deed:?}");
            let (id, held): (Uuid, Option<&Roles>) = match &entry.fact.event {
                Event::MemberCreated(event) => (event.member.uuid(), Some(&event.roles)),
                Event::RoleChanged(event) => (event.member.uuid(), Some(&event.after)),
                Event::MemberRemoved(event) => (event.member.uuid(), None),
                Event::InvitationSent(event) => (event.invitation.uuid(), Some(&event.roles)),
                other => panic!("{other:?}"),
            };
            let unnamed = deed.kind == Kind::Invited && deed.id.is_nil();
            assert!(id == deed.id || unnamed, "{deed:?} is {entry:?}");
            assert!(held.is_none_or(|held| held.to_string() == deed.role), "{deed:?} {entry:?}");
        }
    }
    assert!(deeds.is_empty(), "lost: {deeds:?}");
}

fn organization(ledger: &Ledger, client: &Client, org: Org) -> OrganizationId {
    let slug = if org == Org::Own { client.slug.as_str() } else { "commons" };
    ledger.views().by_slug(slug).unwrap().id()
}

/// Everybody whom a client knows as a member is one, with the same role.
fn everybody_belongs(ledger: &Ledger, clients: &[Client]) {
    for client in clients {
        for (id, org, role) in &client.members {
            let org = organization(ledger, client, *org);
            let views = ledger.views();
            let view = views.organization(org).unwrap();
            let now = view.moment(AsOf::Now, Timestamp::MAX).unwrap();
            let row = view.member(MemberId::from_uuid(*id), now);
            let held = row.map(|row| row.roles.to_string());
            assert_eq!(held.as_deref(), Some(*role), "{} {id}", client.slug);
        }
    }
}

fn every_export_is_whole(ledger: &Ledger, directory: &Path) {
    let organizations: Vec<_> =
        ledger.views().organizations().map(|view| (view.id(), view.size())).collect();
    for (org, size) in organizations {
        let path = directory.join(format!("{org}.ndjson"));
        let mut file = BufWriter::new(File::create(&path).unwrap());
        write(ledger, org, size, &mut file).unwrap();
        drop(file.into_inner().unwrap());
        whole(Command::new(env!("CARGO_BIN_EXE_rollbook-verify")).arg(&path));
        std::fs::remove_file(path).unwrap();
    }
}

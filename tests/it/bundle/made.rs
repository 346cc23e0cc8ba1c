//! Bundles of the reference ledger, witnessed by two of three invented witnesses.

use crate::ledger::{create, organization};
use crate::reference::story;
use crate::support::{ledger, machine};
use rollbook::facts::Actor;
use rollbook::facts::event::PersonalField;
use rollbook::house::bundle::write::{Beside, statement, write};
use rollbook::house::bundle::{Files, Wanted};
use rollbook::house::ledger::rotating::KeyRotation;
use rollbook::house::{Ledger, Receipt};
use rollbook::law::command::{Credential, ExportWish, PublicationWish};
use rollbook::law::{Action, Command};
use rollbook::proof::{KeyKind, SigningKey};
use rollbook::words::{ExportId, OperatorId, OrganizationId};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// What the clock of whoever verifies says, and at which the witnesses sign: 2027-06-01.
pub(crate) const NOW: Duration = Duration::from_secs(1_811_808_000);

/// A bundle, the policy under which it is accepted, and what it was made from.
pub(crate) struct Made {
    pub(crate) files: Files,
    pub(crate) policy: String,
    pub(crate) ledger: Ledger,
    receipt: Receipt,
    beside: Beside,
    _directory: TempDir,
}

/// A witness by its number.
pub(crate) fn witness(number: u8) -> SigningKey {
    let name = format!("witness{number}.example");
    SigningKey::from_seed(&name, KeyKind::Witness, &[200 + number; 32]).unwrap()
}

pub(crate) fn export(ledger: &Ledger, org: OrganizationId, disclosed: &[PersonalField]) -> Receipt {
    exported(ledger, org, 0x42, disclosed)
}

/// The same under an id that follows from a number.
pub(crate) fn exported(
    ledger: &Ledger,
    org: OrganizationId,
    number: u8,
    disclosed: &[PersonalField],
) -> Receipt {
    let wish = ExportWish {
        org,
        export: ExportId::from_uuid(Uuid::from_bytes([number; 16])),
        from: 0,
        to: None,
        disclosed: disclosed.iter().copied().collect(),
    };
    let operator = Actor::Operator(OperatorId::from_uuid(Uuid::from_bytes([7; 16])));
    let action = Action::Publication(PublicationWish::Export(wish));
    ledger.submit(Command::new(operator, None, action)).unwrap()
}

/// Begins to sign.
fn published(ledger: &Ledger, directory: &Path) {
    let machine = machine(9);
    let mut drawn = machine.drawn;
    ledger.publish(&directory.join("guard"), machine.clock, &mut drawn).unwrap();
}

/// The lines of a policy for the keys that a ledger names now.
pub(crate) fn log_lines(ledger: &Ledger, org: OrganizationId) -> String {
    let published = ledger.published().unwrap();
    let key = |org| ledger.log_key(&published, org).unwrap().unwrap();
    format!("log {}\nlog {}\n", key(None), key(Some(org)))
}

/// Has the next key sign from now on.
pub(crate) fn rotate(ledger: &Ledger) {
    let actor = Actor::Operator(OperatorId::from_uuid(Uuid::from_bytes([7; 16])));
    let wished = KeyRotation { actor, credential: Credential::Outside, reason: None };
    ledger.rotate_log_key(wished).unwrap();
}

impl Made {
    /// The whole history of one of the reference ledger's organizations, names disclosed.
    pub(crate) fn of(slug: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let ledger = story::tell(directory.path());
        published(&ledger, directory.path());
        let org = ledger.views().by_slug(slug).unwrap().id();
        let keys = log_lines(&ledger, org);
        Self::under(&keys, ledger, directory, org)
    }

    /// An organization of a ledger whose keys followed each other, under the first of them.
    pub(crate) fn rotated() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let ledger = ledger(&directory.path().join("data"), 3);
        published(&ledger, directory.path());
        let org = organization(&ledger, "acme");
        let keys = log_lines(&ledger, org);
        for number in 0..6 {
            ledger.submit(create(org, &format!("m{number}"))).unwrap();
            if number % 3 == 1 {
                rotate(&ledger);
            }
        }
        Self::under(&keys, ledger, directory, org)
    }

    fn under(keys: &str, ledger: Ledger, directory: TempDir, org: OrganizationId) -> Self {
        let receipt = export(&ledger, org, &[PersonalField::Name, PersonalField::Email]);
        let note = statement(&ledger, &receipt).unwrap();
        let cosigned =
            [1, 2].iter().fold(note, |note, number| note.signed_at(&witness(*number), NOW));
        let beside = Beside {
            since: BTreeSet::from([0, 7, 100]),
            proves_all: false,
            cosignatures: cosigned.lines().skip(1).collect(),
        };
        let files = write(&ledger, &receipt, &beside).unwrap();
        let witnesses: String = (1..=3)
            .map(|number| format!("witness w{number} {}\n", witness(number).public()))
            .collect();
        let policy = format!("{keys}{witnesses}group all 2 w1 w2 w3\nquorum all\n");
        Self { files, policy, ledger, receipt, beside, _directory: directory }
    }

    /// The same export, written again.
    pub(crate) fn again(&self) -> Files {
        write(&self.ledger, &self.receipt, &self.beside).unwrap()
    }

    /// What is wanted of it, and no more.
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted { now: NOW, ..Wanted::default() }
    }
}

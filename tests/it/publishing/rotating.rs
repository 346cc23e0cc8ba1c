//! Another key signs: the first checkpoint under it carries both signatures.

use super::{PATIENCE, Place, member, settled};
use crate::ledger::organization;
use rollbook::facts::Actor;
use rollbook::house::Ledger;
use rollbook::house::ledger::rotating::{KeyRotation, RotateError};
use rollbook::house::publishing::Published;
use rollbook::law::command::{Credential, PublicationWish};
use rollbook::law::{Action, Command};
use rollbook::proof::{Checkpoint, Note, VerificationKey};
use rollbook::words::{OperatorId, OrganizationId, PublicKey, Reason};
use uuid::Uuid;

fn operator() -> Actor {
    Actor::Operator(OperatorId::from_uuid(Uuid::from_bytes([0x0b; 16])))
}

fn wished() -> KeyRotation {
    let reason = Some(Reason::parse("The server was stolen").unwrap());
    KeyRotation { actor: operator(), credential: Credential::Outside, reason }
}

fn key(ledger: &Ledger, published: &Published, org: Option<OrganizationId>) -> VerificationKey {
    ledger.log_key(published, org).unwrap().unwrap()
}

/// How many of these keys signed a note.
fn signed(note: &Note, keys: &[&VerificationKey]) -> usize {
    let (_, note) = Checkpoint::parse(note.to_string().as_bytes()).unwrap();
    note.verify(keys.iter().copied()).unwrap().len()
}

#[test]
fn the_first_checkpoint_under_another_key_carries_both_signatures() {
    let place = Place::new();
    let ledger = place.create();
    assert!(matches!(ledger.rotate_log_key(wished()), Err(RotateError::Off)));
    let org = organization(&ledger, "acme");
    place.publish(&ledger).unwrap();
    let first = settled(&ledger);
    let (old, own_old) = (key(&ledger, &first, None), key(&ledger, &first, Some(org)));
    let rotated = ledger.rotate_log_key(wished()).unwrap();
    assert_eq!((rotated.rotation, rotated.seq), (1, ledger.head().size - 1));
    let behind = ledger.await_published(rotated.seq + 1, PATIENCE).unwrap();
    let (new, own_new) = (key(&ledger, &behind, None), key(&ledger, &behind, Some(org)));
    assert!(new == rotated.key && new.bytes() != old.bytes() && own_new.bytes() != own_old.bytes());
    assert_eq!(signed(&behind.note, &[&old, &new]), 2);
    assert_eq!(behind.note.to_string(), rotated.checkpoint.unwrap());
    let (_, own) = ledger.organization_checkpoint(&behind, org).unwrap().unwrap();
    assert_eq!(signed(&own, &[&own_old, &own_new]), 2);
    // From there on the new one alone.
    let size = member(&ledger, org, "bob").size;
    let later = ledger.await_published(size, PATIENCE).unwrap();
    assert_eq!((signed(&later.note, &[&old]), signed(&later.note, &[&new])), (0, 1));
    ledger.close().unwrap();
    drop(ledger);
    let ledger = place.open();
    let again = place.publish(&ledger).unwrap();
    assert_eq!((signed(&again.note, &[&old]), signed(&again.note, &[&new])), (0, 1));
    let third = ledger.rotate_log_key(wished()).unwrap();
    assert_eq!(third.rotation, 2);
    assert!(third.key.bytes() != new.bytes() && third.key.bytes() != old.bytes());
}

/// The process ended between the entry and the checkpoint behind it.
#[test]
fn a_rotation_that_was_not_signed_over_is_signed_with_both_at_the_next_start() {
    let place = Place::new();
    place.signed();
    let ledger = place.open();
    let key = PublicKey::from_bytes([7; 32]);
    let action = Action::Publication(PublicationWish::RotateKey { key });
    ledger.submit(Command::new(operator(), None, action)).unwrap();
    ledger.close().unwrap();
    drop(ledger);
    let ledger = place.open();
    let published = place.publish(&ledger).unwrap();
    assert_eq!(published.note.lines().count(), 2);
    ledger.close().unwrap();
    drop(ledger);
    let ledger = place.open();
    assert_eq!(place.publish(&ledger).unwrap().note.lines().count(), 1);
}

/// Whoever rotates at the same time gets the next number, and its key.
#[test]
fn two_who_rotate_at_once_get_two_keys() {
    let place = Place::new();
    let ledger = place.create();
    place.publish(&ledger).unwrap();
    let rotate = || ledger.rotate_log_key(wished()).unwrap();
    let mut rotated = std::thread::scope(|scope| {
        let both = [scope.spawn(rotate), scope.spawn(rotate)];
        both.map(|thread| thread.join().unwrap())
    });
    rotated.sort_by_key(|rotated| rotated.rotation);
    let [first, second] = &rotated;
    assert_eq!((first.rotation, second.rotation), (1, 2));
    let last = ledger.await_published(second.seq + 1, PATIENCE).unwrap();
    assert_eq!(key(&ledger, &last, None), second.key);
    assert!(first.key.bytes() != second.key.bytes());
}

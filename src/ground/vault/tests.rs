//! Rows round trip, and open nowhere but where they belong.

use super::*;
use crate::ground::keyring::Keyring;

const OWNER: &str = "9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8d";
const SEQ: u64 = 12_400;
const LEAF: u64 = 12_345;
const NONCE: [u8; NONCE_BYTES] = [0x44; NONCE_BYTES];

fn key(leaf: u64) -> SubjectKey {
    let directory = tempfile::tempdir().unwrap();
    Keyring::create(directory.path().join("keyring"), [3; 32], [0; 32]).unwrap().key(leaf).unwrap()
}

fn origin() -> Origin {
    Origin::parse("ledger.example/main").unwrap()
}

fn address(log: &Origin) -> Address<'_> {
    Address { log, seq: SEQ, owner: OWNER.parse().unwrap(), leaf: LEAF }
}

fn disclosure(field: &str, salt: u8, value: &str) -> Disclosure {
    Disclosure { field: field.into(), salt: [salt; 32], value: value.into() }
}

fn ada() -> Vec<Disclosure> {
    vec![disclosure("/email", 0x11, "ada@example.org"), disclosure("/name", 0x22, "Ada Løvelace")]
}

/// The commitments that the entry holds.
fn commits<'a>(address: Address<'_>, disclosures: &'a [Disclosure]) -> Vec<(&'a str, Commitment)> {
    disclosures
        .iter()
        .map(|disclosure| (disclosure.field.as_str(), address.commitment(disclosure)))
        .collect()
}

fn fault<T: fmt::Debug>(result: Result<T, VaultError>) -> VaultFault {
    result.unwrap_err().fault
}

#[test]
fn what_is_sealed_opens_in_any_order_of_fields() {
    let (log, key) = (origin(), key(LEAF));
    let mut disclosures = ada();
    let sealed = seal(&key, address(&log), &disclosures, NONCE).unwrap();
    let mut commits = commits(address(&log), &disclosures);
    assert_eq!(open(&key, address(&log), &commits, &sealed).unwrap(), disclosures);
    commits.reverse();
    assert_eq!(open(&key, address(&log), &commits, &sealed).unwrap(), disclosures);
    disclosures.reverse();
    assert_eq!(seal(&key, address(&log), &disclosures, NONCE).unwrap(), sealed);
}

/// Rows are kept for as long as the ledger: their bytes must never drift. These were computed by
/// another implementation (the Python packages `blake3` and `pynacl`), from the description above.
#[test]
fn a_known_row() {
    let log = origin();
    let sealed = seal(&key(LEAF), address(&log), &ada(), NONCE).unwrap();
    let sealed: String = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
    let expected = concat!(
        "4444444444444444444444444444444444444444444444448e97b1036110f1740808df3a612d6bd0",
        "e54ce50d814ee048467744b317beb686529a70fc62e258389851109a28d03801b78ed3b628ebdef8",
        "3b1b0fde552d68d620c637b937054496abe237fe9c780c3fc66c1c5e835f11fc796fd79ee62d4a03",
        "3f032b87ed98a0476e2c28955e97c5c36d0ebe65a0659a8838a074a8f28f2193baa48834fdd929cc",
        "1b4b4bce57c37611",
    );
    assert_eq!(sealed, expected);
}

#[test]
fn a_value_shows_its_length_in_steps_of_64_bytes_only() {
    let (log, key) = (origin(), key(LEAF));
    // 4 + 2 for the field, 32 for the salt, 4 for the value's length and 1 for the padding: 43.
    for (value_bytes, padded_bytes) in [
        (0, 64),
        (1, 64),
        (20, 64),
        (21, 64),
        (22, 128),
        (85, 128),
        (86, 192),
        (254, 320),
        (4_000, 4_096),
        (4_096, 4_160),
    ] {
        let disclosures = [disclosure("/a", 1, &"x".repeat(value_bytes))];
        let sealed = seal(&key, address(&log), &disclosures, NONCE).unwrap();
        assert_eq!(sealed.len(), 24 + padded_bytes + 16, "{value_bytes}");
        let commits = commits(address(&log), &disclosures);
        assert_eq!(open(&key, address(&log), &commits, &sealed).unwrap(), disclosures);
    }
}

#[test]
fn any_bit_flipped_is_refused() {
    let (log, key, disclosures) = (origin(), key(LEAF), ada());
    let sealed = seal(&key, address(&log), &disclosures, NONCE).unwrap();
    let commits = commits(address(&log), &disclosures);
    for bit in 0..sealed.len() * 8 {
        let mut flipped = sealed.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let fault = fault(open(&key, address(&log), &commits, &flipped));
        assert_eq!(fault, VaultFault::Sealed, "bit {bit}");
    }
}

#[test]
fn any_other_length_is_refused() {
    let (log, key, disclosures) = (origin(), key(LEAF), ada());
    let sealed = seal(&key, address(&log), &disclosures, NONCE).unwrap();
    let commits = commits(address(&log), &disclosures);
    let refused = |sealed: &[u8]| fault(open(&key, address(&log), &commits, sealed));
    for length in 0..sealed.len() {
        let expected = match length {
            104 => VaultFault::Sealed,
            _ => VaultFault::Length { length },
        };
        assert_eq!(refused(&sealed[..length]), expected, "{length}");
    }
    for more in [1, 64] {
        let longer = [&sealed[..], &vec![0; more]].concat();
        assert_ne!(refused(&longer), VaultFault::Form, "{more} bytes more");
    }
    let huge = vec![0; SEALED_LIMIT_BYTES + 64];
    assert_eq!(refused(&huge), VaultFault::Length { length: huge.len() });
}

#[test]
fn a_row_opens_only_where_it_belongs() {
    let (log, other_log) = (origin(), Origin::parse("ledger.example/mainz").unwrap());
    let (disclosures, here) = (ada(), address(&log));
    let sealed = seal(&key(LEAF), here, &disclosures, NONCE).unwrap();
    let right = commits(here, &disclosures);
    let other = OWNER.replace("9b", "9c").parse().unwrap();
    for (name, key, address) in [
        ("another key", key(LEAF + 1), here),
        ("another ledger", key(LEAF), Address { log: &other_log, ..here }),
        ("another entry", key(LEAF), Address { seq: SEQ + 1, ..here }),
        ("another owner", key(LEAF), Address { owner: other, ..here }),
        ("another leaf", key(LEAF), Address { leaf: LEAF + 1, ..here }),
    ] {
        let fault = fault(open(&key, address, &right, &sealed));
        assert_eq!(fault, VaultFault::Sealed, "{name}");
    }
    let swapped = [(right[0].0, right[1].1), (right[1].0, right[0].1)];
    let renamed = [(right[0].0, right[0].1), ("/nick", right[1].1)];
    let more = [right[0], right[1], ("/reason", right[1].1)];
    for (name, commits) in [
        ("swapped commitments", &swapped[..]),
        ("another field", &renamed),
        ("one fewer", &right[..1]),
        ("one more", &more),
    ] {
        let fault = fault(open(&key(LEAF), here, commits, &sealed));
        assert_eq!(fault, VaultFault::Sealed, "{name}");
    }
}

/// What only a faulty writer could seal: the right key, bound to the entry's own commitments.
#[test]
fn a_row_of_a_faulty_writer_is_refused() {
    let (log, key, disclosures) = (origin(), key(LEAF), ada());
    let commits = commits(address(&log), &disclosures);
    let bound = bound(address(&log), &commits);
    let sealed = |plain: &[u8]| {
        let mut text = plain.to_vec();
        let tag = cipher(&key)
            .encrypt_in_place_detached(XNonce::from_slice(&NONCE), &bound, &mut text)
            .unwrap();
        [&NONCE[..], &text, &tag].concat()
    };
    let refused = |plain: &[u8]| fault(open(&key, address(&log), &commits, &sealed(plain)));
    let right = write(&disclosures.iter().collect::<Vec<_>>());
    assert!(open(&key, address(&log), &commits, &sealed(&right)).is_ok());

    let mismatch = VaultFault::Mismatch { field: "/name".into() };
    let renamed = [&disclosures[0], &disclosure("/name", 0x22, "Ada Lovelace")];
    assert_eq!(refused(&write(&renamed)), mismatch);
    let salted = [&disclosures[0], &disclosure("/name", 0x23, "Ada Løvelace")];
    assert_eq!(refused(&write(&salted)), mismatch);

    let changed = |at: usize, byte: u8| {
        let mut plain = right.to_vec();
        plain[at] = byte;
        plain
    };
    let padding = right.iter().rposition(|&byte| byte == PADDING_BEGIN).unwrap();
    let name = right.windows(4).position(|window| window == b"Ada ").unwrap();
    for (fault, plain) in [
        ("swapped fields", write(&[&disclosures[1], &disclosures[0]]).to_vec()),
        ("no padding mark", changed(padding, 0)),
        ("another padding mark", changed(padding, 0x81)),
        ("something behind the mark", changed(right.len() - 1, 1)),
        ("a block more of padding", [&right[..], &[0; BLOCK_BYTES]].concat()),
        ("a length beyond the end", changed(0, 0xff)),
        ("not UTF-8", changed(name, 0xff)),
        ("nothing", vec![0; BLOCK_BYTES]),
    ] {
        assert_eq!(refused(&plain), VaultFault::Form, "{fault}");
    }
}

#[test]
fn bounds_are_kept_and_named_without_values() {
    let (log, key) = (origin(), key(LEAF));
    let many: Vec<_> = (0..17).map(|n| disclosure(&format!("/{n}"), 1, "secret")).collect();
    let seal = |disclosures: &[Disclosure]| seal(&key, address(&log), disclosures, NONCE);
    assert!(seal(&many[..16]).is_ok());
    let long = "s".repeat(VALUE_LIMIT_BYTES + 1);
    for (disclosures, reason) in [
        (many, "17 fields, but 1 to 16 belong in a row"),
        (vec![], "0 fields, but 1 to 16 belong in a row"),
        (
            vec![disclosure("/a", 1, &long)],
            "the value of /a has 4097 bytes, at most 4096 are allowed",
        ),
        (
            vec![disclosure(&"/".repeat(256), 1, "s")],
            "a field's name has 256 bytes, at most 255 are allowed",
        ),
        (
            vec![disclosure("/a", 1, "x"), disclosure("/b", 1, "y"), disclosure("/a", 2, "z")],
            "the field /a stands there twice",
        ),
    ] {
        let error = seal(&disclosures).unwrap_err().to_string();
        assert_eq!(error, format!("the vault's values of {OWNER} at entry {SEQ}: {reason}"));
    }
    assert_eq!(format!("{:?}", ada()[0]), "Disclosure(/email, secret)");
}

#[test]
fn an_erased_subject_has_no_key_to_open_with() {
    let (directory, log) = (tempfile::tempdir().unwrap(), origin());
    let path = directory.path().join("keyring");
    let mut keyring = Keyring::create(&path, [3; 32], [0; 32]).unwrap();
    let key = keyring.key(LEAF).unwrap();
    let disclosures = ada();
    let sealed = seal(&key, address(&log), &disclosures, NONCE).unwrap();
    keyring.erase(&[LEAF], [1; 32]).unwrap();
    let keyring = Keyring::open(&path).unwrap();
    assert_eq!(keyring.key(LEAF), None);
    for leaf in [LEAF - 1, LEAF + 1, 0] {
        let key = keyring.key(leaf).unwrap();
        let commits = commits(address(&log), &disclosures);
        assert_eq!(fault(open(&key, address(&log), &commits, &sealed)), VaultFault::Sealed);
    }
}

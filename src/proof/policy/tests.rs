use super::*;
use crate::proof::SigningKey;

fn vkey(name: &str, kind: KeyKind, seed: u8) -> String {
    SigningKey::from_seed(name, kind, &[seed; 32]).unwrap().public().to_string()
}

/// Writes `<L1>`, `<W1>` … as keys.
fn with_keys(text: &str) -> String {
    (1..=4u8).fold(text.to_owned(), |text, number| {
        text.replace(&format!("<L{number}>"), &vkey("ledger.example", KeyKind::Log, number))
            .replace(
                &format!("<W{number}>"),
                &vkey(&format!("w{number}.example"), KeyKind::Witness, 100 + number),
            )
    })
}

#[test]
fn a_quorum_is_filled_by_as_many_as_it_says() {
    let text = "
        # whom we trust
        log <L1> https://ledger.example
        log <L2>
        witness a <W1>
        witness b <W2>   https://b.example
        witness c <W3>
        # a customer
        group customers any b c
        group all-sides all a customers
        quorum all-sides";
    let policy = Policy::parse(with_keys(text).as_bytes()).unwrap();
    assert_eq!(policy.logs("ledger.example").count(), 2);
    assert_eq!(policy.logs("another.example").count(), 0);
    let keys: Vec<VerificationKey> = policy.witnesses().cloned().collect();
    for (cosigned, is_filled) in [
        (&[][..], false),
        (&[0], false),
        (&[1, 2], false),
        (&[0, 1], true),
        (&[0, 2], true),
        (&[0, 1, 2], true),
    ] {
        let cosigned: Vec<_> = cosigned.iter().map(|&place: &usize| &keys[place]).collect();
        assert_eq!(policy.is_filled_by(&cosigned), is_filled, "{cosigned:?}");
    }
    let unwitnessed = Policy::parse(with_keys("log <L1>\nquorum none").as_bytes()).unwrap();
    assert!(unwitnessed.is_unwitnessed() && unwitnessed.is_filled_by(&[]));
}

/// A key of a plain note is taken as the witness's it is: lists of witnesses give both.
#[test]
fn a_witness_may_be_given_by_its_plain_key() {
    let plain = vkey("w.example", KeyKind::Log, 9);
    let text = format!("{}\nwitness w {plain}\nquorum w", with_keys("log <L1>"));
    let policy = Policy::parse(text.as_bytes()).unwrap();
    assert!(policy.witnesses().all(|key| key.kind() == KeyKind::Witness));
}

#[test]
fn what_trusts_nobody_or_somebody_twice_is_refused() {
    let table = [
        ("", "exactly one quorum"),
        ("log <L1>", "exactly one quorum"),
        ("quorum none", "at least one log"),
        ("log <L1>\nquorum none\nquorum none", "exactly one quorum"),
        ("log <L1>\nquorum w", "line 2: expected"),
        ("log <L1>\nlog <L1>\nquorum none", "line 2: that public key"),
        ("log <L1>\nwitness a <W1>\nwitness b <W1>\nquorum a", "line 3: that public key"),
        ("log <L1>\nwitness a <L1>\nquorum a", "line 2: that public key"),
        ("log <W1>\nquorum none", "line 1: a log's key"),
        ("log <L1>\nwitness a <W1>\nwitness a <W2>\nquorum a", "line 3: the name a"),
        ("log <L1>\nwitness none <W1>\nquorum none", "line 2: the name none"),
        ("log <L1>\nwitness a <W1>\ngroup g any a\ngroup h any a\nquorum h", "line 4: a is no"),
        ("log <L1>\nwitness a <W1>\ngroup g any a a\nquorum g", "line 3: a is no"),
        ("log <L1>\nwitness a <W1>\ngroup g 2 a\nquorum g", "line 3: a group needs"),
        ("log <L1>\nwitness a <W1>\ngroup g 0 a\nquorum g", "line 3: a group needs"),
        ("log <L1>\nwitness a <W1>\ngroup g some a\nquorum g", "line 3: expected"),
        ("log <L1>\nwitness a b c d\nquorum a", "line 2: expected"),
        ("logs <L1>\nquorum none", "line 1: expected"),
        ("log ledger.example+00000000+AAAA\nquorum none", "line 1:"),
    ];
    for (text, reason) in table {
        let error = Policy::parse(with_keys(text).as_bytes()).unwrap_err().to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
    assert!(Policy::parse(&vec![b'#'; POLICY_LIMIT_BYTES + 1]).is_err());
    assert!(Policy::parse(&[0xff]).is_err());
}

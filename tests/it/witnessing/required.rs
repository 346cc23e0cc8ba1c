//! Witnesses are required: nothing leaves that they did not sign, and everything is recorded.

use super::{Place, get, signers, size, until};

const MEMBER: &str = r#"{"username":"ada"}"#;

#[test]
fn what_witnesses_did_not_sign_does_not_leave() {
    let place = Place::new();
    let (one, mut two) = (place.witness("one"), place.witness("two"));
    place.ask(&[("one", &one), ("two", &two)], true);
    let size_now = place.ledger.head().size;
    assert!(place.ledger.await_cosigned(size_now, super::PATIENCE).is_some());
    let (folder, vkey) = (place.path("two"), place.vkey());
    let served = place.served();
    let note = get(&served, "/checkpoint").body;
    assert_eq!(signers(&note, &[&one, &two]), 2);

    two.kill();
    let added = served.send("POST", "/v1/organizations/acme/members", MEMBER);
    assert_eq!(added.status, 201, "{added:?}");
    let seq: u64 = added.header("rollbook-seq").unwrap().parse().unwrap();
    let bundle = "/v1/organizations/acme/bundles";
    for (method, path, body) in [
        ("GET", format!("/checkpoint?min_size={}", seq + 1), ""),
        ("GET", format!("/v1/log/proofs/{seq}"), ""),
        ("POST", bundle.to_owned(), "{}"),
    ] {
        let answer = served.send(method, &path, body);
        assert_eq!((answer.status, answer.code().as_str()), (503, "not_cosigned_yet"), "{path}");
        assert!(answer.body.contains("two"), "{path} names who is missing: {answer:?}");
    }
    // What was signed before is there as it was.
    let still = get(&served, "/checkpoint").body;
    assert_eq!((size(&still), signers(&still, &[&one])), (size(&note), 1));
    assert!(size(&still) <= seq);

    let two = super::Program::at(&folder, &[vkey], &two.address.to_string());
    until("it is handed out once they signed", || {
        served.send("GET", &format!("/v1/log/proofs/{seq}"), "").status == 200
    });
    assert_eq!(served.send("POST", bundle, "{}").status, 200);
    assert_eq!(signers(&get(&served, "/checkpoint").body, &[&one, &two]), 2);
}

/// Behind a restart with nobody to ask, what was signed before is shown, and nothing else.
#[test]
fn what_was_signed_before_outlives_a_restart() {
    let place = Place::new();
    let mut one = place.witness("one");
    place.ask(&[("one", &one)], true);
    let signed = place.ledger.await_cosigned(place.ledger.head().size, super::PATIENCE).unwrap();
    until("it is kept", || {
        std::fs::read_to_string(place.path("data/cosigned"))
            .is_ok_and(|kept| size(&kept) >= signed.checkpoint.size)
    });
    one.kill();
    place.ledger.submit(crate::ledger::create(place.org, "bo")).unwrap();
    let place = place.reopened();
    let kept = std::fs::read_to_string(place.path("data/cosigned")).unwrap();
    place.ask(&[("one", &one)], true);
    assert!(place.ledger.published().is_none(), "what is newer was signed by nobody");
    let served = place.served();
    assert_eq!(get(&served, "/checkpoint").body, kept);
    let answer = served.send("GET", "/v1/log/proofs/0", "");
    assert_eq!((answer.status, answer.code().as_str()), (503, "not_cosigned_yet"));
}

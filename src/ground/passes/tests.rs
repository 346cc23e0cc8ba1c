use super::*;
use crate::words::hash::pass_digest;
use std::time::Duration;
use uuid::Uuid;

fn pass(kind: Kind, number: usize, user: Option<UserId>) -> Pass {
    let mut token = [0; 32];
    token[..8].copy_from_slice(&number.to_be_bytes());
    let created = Timestamp::from_micros(i64::try_from(number).unwrap());
    Pass {
        kind,
        digest: pass_digest(&token),
        user,
        since: created,
        created,
        last_used: created,
        expires: Timestamp::EPOCH.after(Duration::from_secs(100)),
        detail: vec![],
    }
}

fn user(number: usize) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number as u128))
}

#[test]
fn when_there_are_as_many_as_may_be_nobody_elses_ends() {
    let data = tempfile::tempdir().unwrap();
    let (passes, _) = Passes::open(data.path(), Timestamp::EPOCH).unwrap();
    for number in 0..table::LIMIT {
        passes.table_mut().insert(pass(Kind::Session, number, Some(user(number))));
    }
    let one_more = pass(Kind::Session, table::LIMIT, Some(user(table::LIMIT)));
    let error = passes.issue(one_more.clone(), Timestamp::EPOCH).unwrap_err();
    assert!(matches!(error, PassesError::Full), "{error}");
    assert_eq!(passes.count(), table::LIMIT);
    let later = one_more.expires;
    passes.issue(one_more, later).unwrap();
    assert_eq!(passes.count(), 1, "what has expired makes room");
}

#[test]
fn what_nobody_has_yet_displaces_only_its_own_kind() {
    let data = tempfile::tempdir().unwrap();
    let (passes, _) = Passes::open(data.path(), Timestamp::EPOCH).unwrap();
    passes.issue(pass(Kind::Session, 0, Some(user(1))), Timestamp::EPOCH).unwrap();
    let limit = Kind::OidcState.limit(None);
    for number in 0..limit {
        passes.table_mut().insert(pass(Kind::OidcState, number, None));
    }
    for number in limit..limit + 3 {
        passes.issue(pass(Kind::OidcState, number, None), Timestamp::EPOCH).unwrap();
    }
    assert_eq!(passes.count(), limit + 1);
    let found = |number| {
        let digest = pass(Kind::OidcState, number, None).digest;
        passes.find(Kind::OidcState, &digest, Timestamp::EPOCH).is_some()
    };
    assert_eq!([0, 2, 3, limit + 2].map(found), [false, false, true, true]);
    assert_eq!(passes.sessions_of(user(1), Timestamp::EPOCH).len(), 1);
}

#[test]
fn a_pass_shows_neither_its_digest_nor_its_detail() {
    let mut one = pass(Kind::OidcState, 1, None);
    one.detail = b"verifier".to_vec();
    assert_eq!(format!("{one:?}"), "Pass(OidcState of None until 1970-01-01T00:01:40.000000Z)");
}

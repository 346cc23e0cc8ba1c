//! Invitations whose time has passed.

use super::client::Served;
use crate::support;
use rollbook::house::Machine;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A machine, and how many microseconds its clock is set ahead.
pub(super) fn set_ahead() -> (Machine, Arc<AtomicI64>) {
    let ahead_micros = Arc::new(AtomicI64::new(0));
    let mut machine = support::machine(7);
    let (mut clock, ahead) = (machine.clock, Arc::clone(&ahead_micros));
    machine.clock = Box::new(move || {
        let now = clock();
        rollbook::words::Timestamp::from_micros(now.micros() + ahead.load(Ordering::SeqCst))
    });
    (machine, ahead_micros)
}

#[test]
fn what_has_expired_is_recorded_once() {
    let (machine, ahead_micros) = set_ahead();
    let served = Served::with(machine).with_acme();
    let path = "/v1/organizations/acme/invitations";
    for (email, seconds) in [("bob", 60), ("carol", 86_400)] {
        let body = format!(
            r#"{{"email":"{email}@acme.example","roles":["member"],"expires_in_seconds":{seconds}}}"#
        );
        assert_eq!(served.send("POST", path, &body).status, 201);
    }
    let expire = format!("{path}/expire");
    let before = served.send("POST", &expire, "");
    assert_eq!((before.status, &before.json()["recorded"]), (200, &serde_json::json!({})));
    ahead_micros.store(30 * 60 * 1_000_000, Ordering::SeqCst);
    let after = served.send("POST", &expire, "").json();
    assert_eq!(after["recorded"], serde_json::json!({"InvitationExpired": 1}), "{after}");
    let again = served.send("POST", &expire, "").json();
    assert_eq!(again["recorded"], serde_json::json!({}), "{again}");
    assert_eq!(again["as_of"]["seq"], after["as_of"]["seq"], "{again}");
    let listed = served.send("GET", path, "").json();
    let status = |index: usize| listed["invitations"][index]["status"].clone();
    assert_eq!((status(0), status(1)), ("expired".into(), "pending".into()), "{listed}");
    let body = r#"{"reason":"housekeeping"}"#;
    let user = "user:9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8d";
    let refused = served.send_as("POST", &expire, Some(user), body);
    assert_eq!((refused.status, refused.code().as_str()), (403, "operator_only"));
}

//! Invariants under races: 64 clients at once, over real sockets, want what only one can have.
//! Exactly one gets it, every other hears why not, and the history shows it once.
//!
//! `ROLLBOOK_RACES_ROUNDS` says how many rounds each race has; a full run has 1,000.

mod field;
mod people;

use field::{Field, Request, Told};
use people::{OWNER, People};
use serde_json::json;

fn rounds() -> usize {
    match std::env::var("ROLLBOOK_RACES_ROUNDS") {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{text:?} is no number of rounds")),
        Err(_) => 12,
    }
}

/// One request was answered with 200 or 201, and every other as `others` says.
fn one_wins(told: &[Told], others: &[(u16, &str)]) {
    let won = told.iter().filter(|told| told.status < 300).count();
    assert_eq!(won, 1, "{told:?}");
    for lost in told.iter().filter(|told| told.status >= 300) {
        let how = (lost.status, lost.code.as_str());
        assert!(others.contains(&how), "{lost:?} is none of {others:?}");
    }
}

#[test]
fn one_invitation_is_accepted_once() {
    let mut field = Field::new();
    for round in 0..rounds() {
        let people = People::new(&field, round);
        let (path, token) = people.invite(&field, "carol");
        let requests = (0..field.clients()).map(|client| {
            let body = json!({"token": token, "name": format!("Carol {client}")});
            Request::new("POST", format!("{path}/accept"), body).by(field.operator())
        });
        let told = field.at_once(requests.collect());
        one_wins(&told, &[(409, "invitation_accepted")]);
        people.recorded(&field, "InvitationAccepted", 1);
    }
}

#[test]
fn the_last_seat_is_taken_once() {
    let mut field = Field::new();
    for round in 0..rounds() {
        let people = People::new(&field, round);
        people.seats(&field, 2);
        let requests = (0..field.clients()).map(|client| {
            let email = format!("guest{client}-{round}@mail.example");
            if client % 2 == 0 {
                let body = json!({"email": email, "roles": ["member"]});
                Request::new("POST", people.path("/invitations"), body).by(people.owner())
            } else {
                let body = json!({"email": email});
                Request::new("POST", people.path("/members"), body).by(people.owner())
            }
        });
        let told = field.at_once(requests.collect());
        one_wins(&told, &[(409, "no_seat_left")]);
        let sent = people.count(&field, "InvitationSent");
        // The owner is a member too.
        assert_eq!(sent + people.count(&field, "MemberCreated"), 2);
    }
}

#[test]
fn one_of_two_owners_stays() {
    let mut field = Field::new();
    for round in 0..rounds() {
        let people = People::new(&field, round);
        let (second, bearer) = people.join(&field, "bob");
        people.promote(&field, &second, OWNER);
        let requests = (0..field.clients()).map(|client| {
            let (member, by) = match client % 2 {
                0 => (people.owner_member(), people.owner()),
                _ => (second.clone(), bearer.clone()),
            };
            let path = people.path(&format!("/members/{member}/roles"));
            Request::new("PUT", path, json!({"roles": ["member"]})).by(by)
        });
        let told = field.at_once(requests.collect());
        // Whoever lost the role may no longer change roles; the other one is the last.
        one_wins(&told, &[(409, "last_top_role"), (403, "not_permitted")]);
        assert!(told.iter().any(|told| told.code == "last_top_role"), "{told:?}");
        // One more made the second an owner.
        people.recorded(&field, "RoleChanged", 2);
        assert_eq!(people.holders(&field, OWNER), 1);
    }
}

#[test]
fn one_super_admin_hands_over_once() {
    let mut field = Field::new();
    for round in 0..rounds() {
        let people = People::enterprise(&field, round);
        let heirs: Vec<String> =
            (0..4).map(|heir| people.join(&field, &format!("heir{heir}")).0).collect();
        let requests = (0..field.clients()).map(|client| {
            let body = json!({"to_member_id": heirs[client % heirs.len()]});
            Request::new("POST", people.path("/transfer"), body).by(people.owner())
        });
        let told = field.at_once(requests.collect());
        one_wins(&told, &[(403, "not_permitted")]);
        people.recorded(&field, "SuperAdminTransferred", 1);
        assert_eq!(people.holders(&field, "super_admin"), 1);
    }
}

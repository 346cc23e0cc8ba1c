//! Lists that are read in parts while they change, filtered and ordered.

use super::client::{Answer, Served};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::scope;

const MEMBERS: &str = "/v1/organizations/acme/members";

/// All rows of a list, read in parts.
fn in_parts(served: &Served, list: &str, asked: &str, limit: usize) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/organizations/acme/{list}?limit={limit}{asked}{cursor}");
        let part = served.send("GET", &path, "").json();
        rows.extend(part[list].as_array().unwrap_or_else(|| panic!("{part}")).iter().cloned());
        match part["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

fn add(served: &Served, names: impl Iterator<Item = String>) -> Vec<String> {
    let rows: Vec<Value> = names
        .map(|name| serde_json::json!({"username": name, "email": format!("{name}@acme.example")}))
        .collect();
    let body = serde_json::json!({ "members": rows }).to_string();
    let answer = served.send("POST", &format!("{MEMBERS}/bulk"), &body).json();
    let results = answer["results"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let id = |row: &Value| row["member"]["member_id"].as_str().unwrap().to_owned();
    results.iter().map(id).collect()
}

/// Changes of all kinds while readers page: every reader sees everybody who stays exactly once.
#[test]
fn every_reader_sees_every_surviving_row_once_while_ten_thousand_changes_happen() {
    const CHANGES: usize = 10_000;
    let served = Served::new().with_acme();
    let staying: BTreeSet<String> =
        add(&served, (0..400).map(|number| format!("stays{number}"))).into_iter().collect();
    let (made, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let reads = scope(|scope| {
        scope.spawn(|| {
            let mut round = 0;
            while made.load(Ordering::SeqCst) < CHANGES {
                round += 1;
                let coming = add(&served, (0..500).map(|number| format!("comes{round}-{number}")));
                made.fetch_add(coming.len(), Ordering::SeqCst);
                for member in coming.iter().step_by(4) {
                    let path = format!("{MEMBERS}/{member}");
                    assert_eq!(served.send("DELETE", &path, "").status, 200);
                    made.fetch_add(1, Ordering::SeqCst);
                }
            }
            is_over.store(true, Ordering::SeqCst);
        });
        let readers = ["", "&sort=-email", "&q=a", "&status=active&sort=username"].map(|asked| {
            let (served, staying, is_over) = (&served, &staying, &is_over);
            scope.spawn(move || {
                let mut reads = 0;
                while !is_over.load(Ordering::SeqCst) || reads == 0 {
                    let rows = in_parts(served, "members", asked, 97);
                    let ids: Vec<String> =
                        rows.iter().map(|row| row["member_id"].as_str().unwrap().into()).collect();
                    let distinct: BTreeSet<String> = ids.iter().cloned().collect();
                    assert_eq!(ids.len(), distinct.len(), "{asked}: a row came twice");
                    assert!(distinct.is_superset(staying), "{asked}: a row was missed");
                    reads += 1;
                }
                reads
            })
        });
        readers.map(|reader| reader.join().unwrap())
    });
    assert!(made.load(Ordering::SeqCst) >= CHANGES);
    assert!(reads.iter().all(|reads| *reads >= 1), "{reads:?}");
    println!("{made:?} changes beside {reads:?} whole reads");
}

#[test]
fn lists_are_filtered_and_ordered() {
    let served = Served::new().with_acme();
    let ids = add(&served, ["carol", "Bob", "dan"].into_iter().map(str::to_owned));
    let roles = format!("{MEMBERS}/{}/roles", ids[0]);
    assert_eq!(served.send("PUT", &roles, r#"{"roles":["admin"]}"#).status, 200);
    assert_eq!(served.send("POST", &format!("{MEMBERS}/{}/suspend", ids[1]), "").status, 200);
    let team = served.send("POST", "/v1/organizations/acme/teams", r#"{"name":"Core"}"#).json();
    let team = team["team"]["team_id"].as_str().unwrap().to_owned();
    let path = format!("/v1/organizations/acme/teams/{team}/members/{}", ids[2]);
    assert_eq!(served.send("PUT", &path, r#"{"role":"member"}"#).status, 200);
    let in_team = format!("team={team}");
    let table = [
        ("", "- carol Bob dan"),
        ("sort=-joined", "dan Bob carol -"),
        ("sort=username", "Bob carol dan -"),
        ("sort=-username", "- dan carol Bob"),
        ("role=admin", "carol"),
        ("role=owner", "-"),
        ("status=suspended", "Bob"),
        ("status=active&sort=email", "- carol dan"),
        ("email=BOB@acme.example", "Bob"),
        ("username=bob", "Bob"),
        ("q=AR", "carol"),
        ("q=acme.example&role=member", "Bob dan"),
        (&in_team, "dan"),
        ("q=nobody", ""),
    ];
    for (asked, expected) in table {
        for limit in [1, 2, 1000] {
            let asked = if asked.is_empty() { String::new() } else { format!("&{asked}") };
            let rows = in_parts(&served, "members", &asked, limit);
            let names: Vec<_> =
                rows.iter().map(|row| row["username"].as_str().unwrap_or("-")).collect();
            assert_eq!(names.join(" "), expected, "{asked}");
        }
    }
    for (asked, status, code) in [
        ("role=boss", 404, "unknown_role"),
        (&*format!("team={}", ids[0]), 404, "unknown_team"),
        ("sort=age", 400, "wrong_parameter"),
        ("status=gone", 400, "wrong_parameter"),
        ("colour=red", 400, "wrong_parameter"),
        ("q=", 400, "wrong_parameter"),
        ("email=bob", 400, "wrong_parameter"),
        ("min_seq=99", 412, "not_here_yet"),
    ] {
        let answer = served.send("GET", &format!("{MEMBERS}?{asked}"), "");
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{asked}");
    }
    let answer = served.send("GET", "/v1/organizations/acme/history?type=Nothing", "");
    assert_eq!(answer.code(), "wrong_parameter");
}

#[test]
fn a_cursor_belongs_to_its_question_and_holds_its_moment() {
    let served = Served::new().with_acme();
    add(&served, ["bob", "carol"].into_iter().map(str::to_owned));
    let ask = |asked: &str| -> Answer { served.send("GET", &format!("{MEMBERS}?{asked}"), "") };
    let first = ask("limit=1").json();
    let next = first["next"].as_str().unwrap();
    add(&served, ["dan"].into_iter().map(str::to_owned));
    let rest = ask(&format!("cursor={next}")).json();
    assert_eq!(rest["members"].as_array().unwrap().len(), 2, "dan came later: {rest}");
    assert_eq!(rest["as_of"], first["as_of"]);
    for other in ["sort=email", "role=member", "as_of=2"] {
        assert_eq!(ask(&format!("{other}&cursor={next}")).code(), "wrong_cursor", "{other}");
    }
    let elsewhere = format!("/v1/organizations/acme/teams?cursor={next}");
    assert_eq!(served.send("GET", &elsewhere, "").code(), "wrong_cursor");
}

#[test]
fn whoever_asks_for_at_least_a_seq_gets_it_or_is_told() {
    let served = Served::new().with_acme();
    let seq = served.send("GET", "/v1/head", "").json()["as_of"]["seq"].as_u64().unwrap();
    let path = format!("{MEMBERS}?min_seq={}", seq + 1);
    scope(|scope| {
        let asked = scope.spawn(|| served.send("GET", &path, "").json());
        std::thread::sleep(std::time::Duration::from_millis(200));
        add(&served, ["bob".to_owned()].into_iter());
        let answer = asked.join().unwrap();
        assert_eq!(answer["members"].as_array().unwrap().len(), 2, "{answer}");
    });
}

#[test]
fn whether_somebody_has_a_permission_is_told_with_the_reason() {
    let served = Served::new().with_acme();
    let ids = add(&served, ["bob", "carol"].into_iter().map(str::to_owned));
    let row = served.send("GET", &format!("{MEMBERS}/{}", ids[0]), "").json();
    let (bob, joined) = (row["member"]["user_id"].clone(), row["as_of"]["seq"].clone());
    let bob = bob.as_str().unwrap();
    let roles = format!("{MEMBERS}/{}/roles", ids[0]);
    assert_eq!(served.send("PUT", &roles, r#"{"roles":["admin"]}"#).status, 200);
    assert_eq!(served.send("POST", &format!("{MEMBERS}/{}/suspend", ids[1]), "").status, 200);
    let nobody = "3b0f8a34-5c3e-4a7e-9d3c-0a4f6a2b1c0d";
    let ask = |asked: &str| {
        let path = format!("/v1/organizations/acme/access?permission=member.role&{asked}");
        served.send("GET", &path, "")
    };
    let table = [
        (format!("user={bob}"), true, "role_gives", 1),
        (format!("member={}", ids[0]), true, "role_gives", 1),
        (format!("user={bob}&as_of={joined}"), false, "no_role_gives", 0),
        (format!("member={}", ids[1]), false, "member_suspended", 0),
        (format!("user={nobody}"), false, "not_a_member", 0),
    ];
    for (asked, is_allowed, because, roles) in table {
        let access = ask(&asked).json()["access"].clone();
        assert_eq!(access["is_allowed"], is_allowed, "{asked}: {access}");
        assert_eq!(access["because"], because, "{asked}");
        assert_eq!(access["roles"].as_array().unwrap().len(), roles, "{asked}: {access}");
    }
    for asked in ["", &format!("user={bob}&member={}", ids[0])] {
        assert_eq!(ask(asked).code(), "wrong_parameter", "{asked}");
    }
    let path = format!("/v1/organizations/acme/access?permission=member.fly&user={bob}");
    assert_eq!(served.send("GET", &path, "").code(), "wrong_parameter");
}

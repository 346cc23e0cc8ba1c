//! What is too much, and what is not understood.

use super::client::{Served, send};

#[test]
fn a_request_that_does_not_fit_is_told_why() {
    let served = Served::new().with_acme();
    let long = format!(r#"{{"reason":"{}"}}"#, "x".repeat(64 * 1024));
    let table = [
        ("GET", "/v1/nowhere", "", 404, "unknown_route"),
        ("DELETE", "/v1/organizations/acme/members", "", 405, "wrong_method"),
        ("GET", "/v1/organizations/nobody", "", 404, "unknown_organization"),
        ("GET", "/v1/organizations/No%20Slug", "", 400, "wrong_identifier"),
        ("GET", "/v1/organizations/acme/members/x", "", 400, "wrong_identifier"),
        ("GET", "/v1/organizations?limit=0", "", 400, "wrong_parameter"),
        ("GET", "/v1/organizations/acme/members?limit=1001", "", 400, "wrong_parameter"),
        ("GET", "/v1/organizations/acme/members?after=x", "", 400, "wrong_parameter"),
        ("GET", "/v1/organizations/acme/members?cursor=x", "", 422, "wrong_cursor"),
        ("GET", "/v1/organizations/acme/members?page=2", "", 400, "wrong_parameter"),
        ("GET", "/v1/organizations/acme?as_of=1&as_of=1", "", 400, "wrong_parameter"),
        ("GET", "/v1/head?as_of=1", "", 400, "wrong_parameter"),
        ("GET", "/v1/organizations/acme?as_of=yesterday", "", 400, "wrong_moment"),
        ("GET", "/v1/organizations/acme?recorded_as_of=1", "", 400, "wrong_moment"),
        ("GET", "/v1/organizations?as_of=2026-01-01", "", 422, "wrong_moment"),
        ("GET", "/v1/organizations/acme?as_of=2019-01-01", "", 404, "before_beginning"),
        ("GET", "/v1/organizations/acme?as_of=99", "", 404, "beyond_end"),
        ("GET", "/v1/organizations?as_of=99", "", 404, "beyond_end"),
        ("GET", "/v1/organizations/acme/changes?to=0", "", 400, "wrong_parameter"),
        ("POST", "/v1/organizations", "", 400, "wrong_body"),
        ("POST", "/v1/organizations/acme/members", "{", 400, "wrong_body"),
        ("POST", "/v1/organizations/acme/members", "[]", 400, "wrong_body"),
        ("POST", "/v1/organizations/acme/members", r#"{"mail":"b@c.example"}"#, 400, "wrong_body"),
        ("POST", "/v1/organizations/acme/members", r#"{"email":"bob"}"#, 400, "wrong_body"),
        ("POST", "/v1/organizations/acme/members?x=1", "{}", 400, "wrong_parameter"),
        ("POST", "/v1/organizations/acme/members", "{}", 422, "address_needed"),
        ("POST", "/v1/organizations/acme/certify", &long, 413, "body_too_large"),
        ("POST", "/v1/organizations/acme/certify", "{}", 409, "not_an_enterprise"),
        ("POST", "/v1/organizations/acme/leave", "", 403, "not_yourself"),
    ];
    for (method, path, body, status, code) in table {
        let answer = served.send(method, path, body);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{method} {path}");
        let allowed = (status == 405).then_some("GET,HEAD,POST");
        assert_eq!(answer.header("allow"), allowed, "{method} {path}");
    }
    // What was refused is not recorded.
    assert_eq!(served.ledger.head().size, 2);
}

#[test]
fn a_body_is_json_and_says_so() {
    let served = Served::new().with_acme();
    let bearer = format!("Bearer {}", served.token);
    let path = "/v1/organizations/acme/members";
    let body = r#"{"email":"bob@acme.example"}"#;
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let mut headers = vec![("Authorization", bearer.as_str())];
        headers.extend(kind.map(|kind| ("Content-Type", kind)));
        let answer = send(served.address, "POST", path, &headers, body);
        assert_eq!((answer.status, answer.code().as_str()), (415, "unsupported_media_type"));
    }
    let headers =
        [("Authorization", bearer.as_str()), ("Content-Type", "application/json; charset=utf-8")];
    assert_eq!(send(served.address, "POST", path, &headers, body).status, 201);
}

#[test]
fn reads_are_in_nobodys_name_and_commands_in_a_users() {
    let served = Served::new().with_acme();
    let user = "user:9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8d";
    let read = served.send_as("GET", "/v1/organizations", Some(user), "");
    assert_eq!((read.status, read.code().as_str()), (400, "wrong_actor"));
    for wrong in ["system:import", "operator:9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8d", "bob", "user:"]
    {
        let answer = served.send_as("POST", "/v1/organizations/acme/leave", Some(wrong), "");
        assert_eq!((answer.status, answer.code().as_str()), (400, "wrong_actor"), "{wrong}");
    }
    let path = "/v1/organizations/acme/members";
    let answer = served.send_as("POST", path, Some(user), r#"{"email":"bob@acme.example"}"#);
    assert_eq!((answer.status, answer.code().as_str()), (403, "not_permitted"));
}

#[test]
fn lists_come_in_parts_that_make_the_whole() {
    let served = Served::new().with_acme();
    for name in ["bob", "carol", "dan", "eve"] {
        let body = format!(r#"{{"email":"{name}@acme.example"}}"#);
        let answer = served.send("POST", "/v1/organizations/acme/members", &body);
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    for list in ["members", "members?sort=-email", "history", "history?sort=-seq"] {
        let (list, asked) = list.split_once('?').unwrap_or((list, ""));
        let path = format!("/v1/organizations/acme/{list}?{asked}");
        let whole = served.send("GET", &path, "").json();
        let whole = whole[list].as_array().unwrap().clone();
        let (mut parts, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/organizations/acme/{list}?limit=2&{asked}{cursor}");
            let part = served.send("GET", &path, "").json();
            let rows = part[list].as_array().unwrap();
            assert!((1..=2).contains(&rows.len()), "{part}");
            parts.extend(rows.iter().cloned());
            let Some(next) = part["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(parts, whole);
    }
}

#[test]
fn what_happened_is_counted() {
    let served = Served::new().with_acme();
    served.send("POST", "/v1/organizations/acme/certify", "");
    served.send("BREW", "/v1/organizations/acme", "");
    let metrics = served.send("GET", "/metrics", "").body;
    let route = "/v1/organizations";
    for line in [
        "rollbook_entries 2",
        "rollbook_batches 1",
        "rollbook_commands_total{code=\"accepted\"} 1",
        "rollbook_commands_total{code=\"not_an_enterprise\"} 1",
        &format!("rollbook_requests_total{{route=\"{route}\",method=\"POST\",status=\"201\"}} 1"),
        &format!("rollbook_request_seconds_count{{route=\"{route}\"}} 1"),
        &format!(
            "rollbook_requests_total{{route=\"{route}/{{org}}\",method=\"other\",status=\"405\"}} 1"
        ),
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}\n{metrics}");
    }
}

//! What somebody tries who wants more than is theirs. What a person can read stands in
//! `tests/http/attacks.txt`; here is what has to be tried many times, or in words that no
//! transcript has.

use super::browsers::Browsers;
use super::client::{Answer, Served, send};
use super::tokens::{issue, revoke_all, sign_up};
use rollbook::doors::settings::{Settings, SignUp};
use serde_json::Value;

fn open() -> Served {
    Served::with_settings(Settings { sign_up: SignUp::Open, ..Settings::default() })
}

fn by(served: &Served, token: &str, method: &str, path: &str, body: &str) -> Answer {
    Browsers::new(served.address).send(token, method, path, body)
}

/// Two organizations with one of everything in each; the tokens of their owners.
struct Two {
    served: Served,
    ours: Things,
    theirs: Things,
}

/// One of everything, by its identifier.
struct Things {
    slug: &'static str,
    owner: String,
    ids: Vec<(&'static str, String)>,
}

fn id(answer: &Answer, place: &str) -> String {
    let found = place.split('.').fold(&answer.json(), |value, name| &value[name]).clone();
    found.as_str().unwrap_or_else(|| panic!("no {place}: {answer:?}")).to_owned()
}

fn things(served: &Served, slug: &'static str) -> Things {
    let email = format!("owner@{slug}.example");
    sign_up(&served.ledger, &email, true);
    let owner = issue(&served.ledger, &email, "read, write", 86_400);
    let me = by(served, &owner, "GET", "/v1/organizations", "");
    assert_eq!(me.status, 200, "{me:?}");
    let known = served.ledger.known();
    let folded = rollbook::words::Email::parse(&email).unwrap().folded();
    let user = known.state.by_email(&folded).unwrap();
    let body = format!(
        r#"{{"kind":"standard","role_set":"standard","name":"{slug}","slug":"{slug}",
            "owner":{{"user_id":"{user}"}}}}"#
    );
    assert_eq!(served.send("POST", "/v1/organizations", &body).status, 201);
    let make = |path: &str, body: &str| {
        let path = format!("/v1/organizations/{slug}{path}");
        let answer = served.send("POST", &path, body);
        assert_eq!(answer.status, 201, "{path}: {answer:?}");
        answer
    };
    let member = make("/members", &format!(r#"{{"email":"member@{slug}.example"}}"#));
    let member_id = id(&member, "member.member_id");
    let invited =
        make("/invitations", &format!(r#"{{"email":"new@{slug}.example","roles":["member"]}}"#));
    let team = make("/teams", r#"{"name":"team"}"#);
    let token = make("/tokens", r#"{"name":"t","scopes":["read"],"expires_in_seconds":600}"#);
    let key = make("/api-keys", &format!(r#"{{"member_id":"{member_id}","name":"key"}}"#));
    let ids = vec![
        ("member", member_id),
        ("user", id(&member, "member.user_id")),
        ("invitation", id(&invited, "invitation.invitation_id")),
        ("team", id(&team, "team.team_id")),
        ("token", id(&token, "token_id")),
        ("key", id(&key, "api_key_id")),
    ];
    Things { slug, owner, ids }
}

fn two() -> Two {
    let served = open();
    let (ours, theirs) = (things(&served, "ours"), things(&served, "theirs"));
    Two { served, ours, theirs }
}

impl Things {
    /// A text in which this organization's things stand.
    fn named(&self, text: &str) -> String {
        self.ids
            .iter()
            .fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }
}

/// Method, path behind the organization, body: another organization's things in each position.
const POSITIONS: &[(&str, &str, &str)] = &[
    ("GET", "/members/{member}", ""),
    ("DELETE", "/members/{member}", "{}"),
    ("PUT", "/members/{member}/roles", r#"{"roles":["member"]}"#),
    ("POST", "/members/{member}/deprovision", "{}"),
    ("POST", "/members/{member}/suspend", "{}"),
    ("POST", "/members/{member}/reactivate", "{}"),
    ("GET", "/members/{member}/limits", ""),
    ("PUT", "/members/{member}/limits", r#"{"rate":{"per":"hour","requests":1}}"#),
    ("GET", "/members/{member}/removal", ""),
    ("GET", "/history?member={member}", ""),
    ("GET", "/invitations/{invitation}", ""),
    ("POST", "/invitations/{invitation}/resend", "{}"),
    ("POST", "/invitations/{invitation}/revoke", "{}"),
    ("POST", "/invitations/{invitation}/accept", "{}"),
    ("POST", "/invitations/{invitation}/decline", "{}"),
    ("DELETE", "/tokens/{token}", "{}"),
    ("DELETE", "/auditors/{user}", "{}"),
    ("GET", "/api-keys/{key}", ""),
    ("GET", "/api-keys/{key}/standing", ""),
    ("DELETE", "/api-keys/{key}", "{}"),
    ("POST", "/api-keys", r#"{"member_id":"{member}","name":"stolen"}"#),
    ("GET", "/teams/{team}", ""),
    ("PATCH", "/teams/{team}", r#"{"name":"stolen"}"#),
    ("DELETE", "/teams/{team}", "{}"),
    ("POST", "/teams", r#"{"name":"below","parent":"{team}"}"#),
    ("POST", "/invitations", r#"{"email":"a@b.example","roles":["member"],"teams":["{team}"]}"#),
];

#[test]
fn another_organizations_things_are_not_there_in_any_position() {
    let Two { served, ours, theirs } = two();
    let size = served.ledger.head().size;
    for (method, path, body) in POSITIONS {
        let path = format!("/v1/organizations/{}{}", ours.slug, theirs.named(path));
        let answer = by(&served, &ours.owner, method, &path, &theirs.named(body));
        assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
        let code = answer.code();
        assert!(code.starts_with("unknown_") || code == "not_an_auditor", "{answer:?}");
        let path = path.replacen(ours.slug, theirs.slug, 1);
        let answer = by(&served, &ours.owner, method, &path, &theirs.named(body));
        // An invitation is there for whoever has its link, or its address.
        let answers = path.contains("/accept") || path.contains("/decline");
        let told = (answer.status, answer.code());
        let is_hidden = told == (404, "unknown_organization".to_owned());
        assert!(is_hidden || answers && told.0 == 403, "{method} {path}: {answer:?}");
    }
    // Their member put into our team, and our member into theirs.
    for (team, member) in [(&ours, &theirs), (&theirs, &ours)] {
        let path = format!(
            "/v1/organizations/{}{}",
            ours.slug,
            member.named(&team.named_only("team", "/teams/{team}/members/{member}"))
        );
        for method in ["PUT", "DELETE"] {
            let body = if method == "PUT" { r#"{"role":"member"}"# } else { "{}" };
            let answer = by(&served, &ours.owner, method, &path, body);
            assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
        }
    }
    assert_eq!(served.ledger.head().size, size, "nothing was recorded");
}

impl Things {
    fn named_only(&self, what: &str, text: &str) -> String {
        let (_, id) = self.ids.iter().find(|(name, _)| *name == what).unwrap();
        text.replace(&format!("{{{what}}}"), id)
    }
}

#[test]
fn a_token_that_ended_is_nobodys() {
    let Two { served, ours, .. } = two();
    let members = "/v1/organizations/ours/members";
    let asks = |token: &str| by(&served, token, "GET", members, "").status;
    let token = issue(&served.ledger, "ours", "read, write", 86_400);
    assert_eq!(asks(&token), 200);
    let in_url = format!("{members}?access_token={token}");
    assert_eq!(send(served.address, "GET", &in_url, &[], "").status, 401);
    revoke_all(&served.ledger, "ours");
    assert_eq!(asks(&token), 401);
    let answer = by(&served, &token, "POST", members, r#"{"email":"x@y.example"}"#);
    assert_eq!((answer.status, answer.code().as_str()), (401, "unauthorized"));
    // The clock of these tests stands an hour behind the first entry.
    let expired = issue(&served.ledger, "ours", "read, write", 60);
    assert_eq!(asks(&expired), 401);
    let ending = issue(&served.ledger, "ours", "read, write", 86_400);
    assert_eq!(asks(&ending), 200);
    assert_eq!(served.send("POST", "/v1/organizations/ours/dissolve", "").status, 200);
    assert_eq!(asks(&ending), 401);
    assert_eq!(asks(&ours.owner), 404, "whose organization ended has nothing to do with it");
}

/// Whoever is signed in by a cookie changes nothing from another page.
#[test]
fn another_page_changes_nothing() {
    let served = open();
    let mut browsers = Browsers::new(served.address);
    let body =
        r#"{"email":"ada@acme.example","username":"ada","password":"correct horse battery"}"#;
    assert_eq!(browsers.send("ada", "POST", "/v1/sign-up", body).status, 202);
    let body = r#"{"login":"ada","password":"correct horse battery"}"#;
    let answer = browsers.send("ada", "POST", "/v1/sign-in", body);
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let here = format!("http://{}", served.address);
    let longer = format!("{here}.evil.example");
    let user = format!("http://{}@evil.example", served.address);
    let foreign =
        [None, Some("null"), Some("http://evil.example"), Some(&longer), Some(&user), Some("")];
    for origin in foreign {
        let mut headers = vec![("Cookie", cookie.as_str()), ("Content-Type", "application/json")];
        headers.extend(origin.map(|origin| ("Origin", origin)));
        for (method, path) in [("PATCH", "/v1/me"), ("POST", "/v1/sign-out-everywhere")] {
            let answer = send(served.address, method, path, &headers, "{}");
            let told = (answer.status, answer.code());
            assert_eq!(told, (403, "foreign_origin".to_owned()), "{origin:?}");
        }
    }
    assert_eq!(browsers.send("ada", "GET", "/v1/me", "").status, 200);
    let changed = browsers.send("ada", "PATCH", "/v1/me", r#"{"name":"Ada"}"#);
    assert_eq!(changed.status, 200, "{changed:?}");
    // A form of another page is no JSON.
    let headers = [("Cookie", cookie.as_str()), ("Origin", &here), ("Content-Type", "text/plain")];
    assert_eq!(send(served.address, "PATCH", "/v1/me", &headers, r#"{"name":"M"}"#).status, 415);
}

/// A cookie that somebody else put there is none that anybody signs in with.
#[test]
fn nobody_goes_on_by_a_session_that_somebody_else_chose() {
    let served = open();
    let mut browsers = Browsers::new(served.address);
    for who in ["ada", "mallory"] {
        let body = format!(
            r#"{{"email":"{who}@acme.example","username":"{who}","password":"the password of {who}"}}"#
        );
        assert_eq!(browsers.send(who, "POST", "/v1/sign-up", &body).status, 202);
    }
    let signing_in = r#"{"login":"mallory","password":"the password of mallory"}"#;
    let planted = browsers.send("mallory", "POST", "/v1/sign-in", signing_in);
    let planted = planted.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let here = format!("http://{}", served.address);
    let headers =
        [("Cookie", planted.as_str()), ("Origin", &here), ("Content-Type", "application/json")];
    let body = r#"{"login":"ada","password":"the password of ada"}"#;
    let answer = send(served.address, "POST", "/v1/sign-in", &headers, body);
    assert_eq!(answer.status, 200, "{answer:?}");
    let fresh = answer.header("set-cookie").unwrap().split(';').next().unwrap();
    assert_ne!(fresh, planted);
    let whose = |cookie: &str| {
        let answer = send(served.address, "GET", "/v1/me", &[("Cookie", cookie)], "");
        answer.json()["user"]["username"].clone()
    };
    assert_eq!(whose(fresh), "ada");
    assert_eq!(whose(&planted), Value::Null, "what was planted has ended");
}

#[test]
fn mass_invitation_is_slowed() {
    let Two { served, ours, .. } = two();
    let path = format!("/v1/organizations/{}/invitations", ours.slug);
    let mut slowed = None;
    for number in 0..2_000 {
        let body = format!(r#"{{"email":"victim{number}@mail.example","roles":["member"]}}"#);
        let answer = by(&served, &ours.owner, "POST", &path, &body);
        if answer.status == 429 {
            slowed = Some((number, answer));
            break;
        }
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    let (sent, answer) = slowed.expect("two thousand invitations in one hour");
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
    assert!(sent >= 20, "{sent}: an honest organization sends as many");
}

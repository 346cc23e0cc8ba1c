//! Signing in at a provider, over real sockets: a certified one, and one that lies.

mod browser;
mod world;

use crate::server::tokens::sign_up;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use browser::Browser;
use rollbook::facts::Actor;
use rollbook::law::command::account::SecondFactorWish;
use rollbook::law::command::{AccountWish, Secret};
use rollbook::law::{Action, Command};
use rollbook::words::Timestamp;
use rollbook::words::hash::totp_code;
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::scope;
use std::time::{Duration, Instant};
use world::{World, clock};

const COOKIE: &str = "rollbook_oidc";

#[test]
fn a_member_signs_in() {
    let Some(world) = World::new("invited") else { return };
    let mut browser = Browser::default();
    let begun = browser.get(&world.url("/v1/sign-in/oidc/acme?return_to=/members"));
    assert_eq!(begun.status, 302, "{begun:?}");
    let place = begun.header("location").unwrap();
    assert!(place.starts_with(&format!("{}/auth?", world.certified.issuer)), "{place}");
    for needed in ["response_type=code", "&scope=openid%20email%20profile&", "&nonce=", "=S256"] {
        assert!(place.contains(needed), "{needed}: {place}");
    }
    let cookie = begun.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"), "{cookie}");
    let kept = browser.cookie(world.served.address, COOKIE).unwrap();
    assert!(!place.contains(kept), "what binds the browser goes nowhere");

    // The owner was made by the operator: no password, and an address that nobody has proven.
    let at = world.sign_in(&mut browser, "acme?return_to=/members?tab=1", "ada@acme.example");
    assert_eq!(at, "/members?tab=1");
    assert_eq!(browser.cookie(world.served.address, COOKIE), None);
    let ada = world.user(&mut browser);
    assert_eq!((&ada["email"], &ada["is_verified"]), (&json!("ada@acme.example"), &json!(true)));

    let size = world.served.ledger.head().size;
    let first = browser.cookie(world.served.address, "rollbook_session").unwrap().to_owned();
    assert_eq!(world.sign_in(&mut browser, "acme", "ada@acme.example"), "/");
    let mut other = Browser::default();
    assert_eq!(world.sign_in(&mut other, "acme", "ADA@acme.example"), "/");
    assert_eq!(world.user(&mut other)["user_id"], ada["user_id"]);
    assert_eq!(world.served.ledger.head().size, size, "who is known and proven is no news");
    assert_ne!(browser.cookie(world.served.address, "rollbook_session"), Some(first.as_str()));
    let id = ada["user_id"].as_str().unwrap().parse().unwrap();
    let sessions = world.served.passes.sessions_of(id, clock());
    assert_eq!(sessions.len(), 2, "the older one has ended");

    // Another key, another algorithm, and no secret.
    let mut browser = Browser::default();
    assert_eq!(world.sign_in(&mut browser, "polder", "piet@polder.example"), "/");
    assert_eq!(world.user(&mut browser)["email"], "piet@polder.example");
}

#[test]
fn newcomers_come_in_by_invitation() {
    let Some(world) = World::new("invited") else { return };
    let mut browser = Browser::default();
    let refused = world.sign_in(&mut browser, "acme", "grace@acme.example");
    assert_eq!(refused, "/link#error=not_a_member");
    assert_eq!(world.me(&mut browser).status, 401);
    world.invite("polder", "grace@acme.example");
    let refused = world.sign_in(&mut browser, "acme", "grace@acme.example");
    assert_eq!(refused, "/link#error=not_a_member", "another organization invited her");

    world.invite("acme", "grace@acme.example");
    assert_eq!(world.sign_in(&mut browser, "acme", "Grace@acme.example"), "/");
    let grace = world.user(&mut browser);
    assert_eq!((&grace["name"], &grace["is_verified"]), (&json!("Ada Lovelace"), &json!(true)));
    let invitations = browser.get(&world.url("/v1/me/invitations")).json();
    assert_eq!(invitations["invitations"].as_array().unwrap().len(), 1, "{invitations}");
    // She has not accepted yet, and comes in again.
    assert_eq!(world.sign_in(&mut Browser::default(), "acme", "grace@acme.example"), "/");

    world.invite("acme", "unproven@acme.example");
    let refused = world.sign_in(&mut Browser::default(), "acme", "unproven@acme.example");
    assert_eq!(refused, "/link#error=email_not_verified");
}

/// Whoever runs a provider can make it say any address, and an organization can add whom it likes:
/// what a person has elsewhere must not come of it.
#[test]
fn a_session_from_a_provider_reaches_its_organization_only() {
    let Some(world) = World::new("invited") else { return };
    let piet = {
        let mut browser = Browser::default();
        world.sign_in(&mut browser, "polder", "piet@polder.example");
        world.user(&mut browser)["user_id"].as_str().unwrap().to_owned()
    };
    let body = format!(r#"{{"user_id":"{piet}"}}"#);
    let added = world.served.send("POST", "/v1/organizations/acme/members", &body);
    assert_eq!(added.status, 201, "{added:?}");
    let mut browser = Browser::default();
    assert_eq!(world.sign_in(&mut browser, "acme", "piet@polder.example"), "/");
    let me = world.me(&mut browser).json();
    let organizations = me["organizations"].as_array().unwrap();
    assert_eq!(organizations.len(), 1, "{me}");
    assert_eq!(organizations[0]["organization"]["slug"], "acme");
    let mut status =
        |method: &str, path: &str, body: &str| browser.send(method, &world.url(path), body).status;
    assert_eq!(status("GET", "/v1/organizations/acme/members", ""), 200);
    for elsewhere in ["/v1/organizations/polder/members", "/v1/organizations", "/v1/me/sessions"] {
        assert_eq!(status("GET", elsewhere, ""), 401, "{elsewhere}");
    }
    let token = r#"{"name":"t","scopes":["read"],"expires_in_seconds":60}"#;
    assert_eq!(status("POST", "/v1/me/tokens", token), 401);
    assert_eq!(status("PATCH", "/v1/me", r#"{"name":"Mallory"}"#), 401);
    assert_eq!(status("POST", "/v1/organizations/polder/leave", "{}"), 401);
    assert_eq!(status("POST", "/v1/organizations/acme/leave", "{}"), 200);
    assert_eq!(status("POST", "/v1/sign-out", "{}"), 200);
}

#[test]
fn who_may_sign_up_is_a_setting() {
    for (who, at) in [("open", "/"), ("nobody", "/link#error=not_a_member")] {
        let Some(world) = World::new(who) else { return };
        if who == "nobody" {
            world.invite("acme", "grace@acme.example");
        }
        let mut browser = Browser::default();
        assert_eq!(world.sign_in(&mut browser, "acme", "grace@acme.example"), at, "{who}");
        let status = if who == "open" { 200 } else { 401 };
        assert_eq!(world.me(&mut browser).status, status);
    }
}

#[test]
fn nobody_of_another_organization_comes_in() {
    let Some(world) = World::new("open") else { return };
    sign_up(&world.served.ledger, "eve@elsewhere.example", true);
    let before = world.served.ledger.head().size;
    for somebody in ["piet@polder.example", "eve@elsewhere.example"] {
        let mut browser = Browser::default();
        let refused = world.sign_in(&mut browser, "acme", somebody);
        assert_eq!(refused, "/link#error=not_a_member", "{somebody}");
        assert_eq!(world.me(&mut browser).status, 401);
    }
    assert_eq!(world.served.ledger.head().size, before);
    // An invitation needs nobody's consent: it opens no account that belongs elsewhere.
    world.invite("acme", "piet@polder.example");
    let mut browser = Browser::default();
    let refused = world.sign_in(&mut browser, "acme", "piet@polder.example");
    assert_eq!(refused, "/link#error=sign_in_needed");
    assert_eq!(world.me(&mut browser).status, 401);
    // It does open one that belongs nowhere.
    world.invite("acme", "eve@elsewhere.example");
    assert_eq!(world.sign_in(&mut Browser::default(), "acme", "eve@elsewhere.example"), "/");

    let refused = world.sign_in(&mut browser, "halden", "ada@acme.example");
    assert_eq!(refused, "/link#error=unknown_provider");
}

#[test]
fn who_only_said_to_have_an_address_loses_it() {
    let Some(world) = World::new("invited") else { return };
    sign_up(&world.served.ledger, "grace@acme.example", false);
    let known = world.served.ledger.known();
    let squatter = known.state.by_email("grace@acme.example").unwrap();
    let mut browser = Browser::default();
    let refused = world.sign_in(&mut browser, "acme", "grace@acme.example");
    assert_eq!(refused, "/link#error=not_a_member");
    world.invite("acme", "grace@acme.example");
    assert_eq!(world.sign_in(&mut browser, "acme", "grace@acme.example"), "/");
    let grace = world.user(&mut browser);
    assert_ne!(grace["user_id"], squatter.to_string());
    let known = world.served.ledger.known();
    assert_eq!(known.state.user(squatter).unwrap().email, None);
}

#[test]
fn a_password_of_nobody_knows_whom_comes_to_no_rights_of_a_member() {
    let Some(world) = World::new("invited") else { return };
    sign_up(&world.served.ledger, "hal@halden.example", false);
    let hal = world.served.ledger.known().state.by_email("hal@halden.example").unwrap();
    let body = json!({
        "kind": "standard", "role_set": "standard", "name": "Halden", "slug": "halden",
        "owner": {"user_id": hal},
    });
    let answer = world.served.send("POST", "/v1/organizations", &body.to_string());
    assert_eq!(answer.status, 201, "{answer:?}");
    let mut browser = Browser::default();
    let refused = world.sign_in(&mut browser, "halden", "hal@halden.example");
    assert_eq!(refused, "/link#error=address_unproven");
    assert_eq!(world.me(&mut browser).status, 401);
}

#[test]
fn the_second_factor_is_asked_for() {
    let Some(world) = World::new("invited") else { return };
    assert_eq!(world.sign_in(&mut Browser::default(), "acme", "ada@acme.example"), "/");
    let ada = world.served.ledger.known().state.by_email("ada@acme.example").unwrap();
    let (secret, recovery) = (STANDARD.encode([5; 20]), STANDARD.encode([6; 32]));
    let (secret, recovery) = (Secret(secret.into()), Secret(recovery.into()));
    let change = SecondFactorWish::Enable { secret, recovery };
    let action = Action::Account(AccountWish::ChangeSecondFactor { user: ada, change });
    world.served.ledger.submit(Command::new(Actor::User(ada), None, action)).unwrap();

    let mut browser = Browser::default();
    let at = world.sign_in(&mut browser, "acme?return_to=/members", "ada@acme.example");
    let ticket = at.strip_prefix("/link#second-factor=").expect(&at);
    assert_eq!(world.me(&mut browser).status, 401);
    let step = clock().micros() as u64 / 30_000_000;
    let body = json!({"ticket": ticket, "code": totp_code(&[5; 20], step)}).to_string();
    let answer = browser.send("POST", &world.url("/v1/sign-in/second-factor"), &body);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(world.user(&mut browser)["email"], "ada@acme.example");
}

#[test]
fn what_does_not_hold_is_refused() {
    let Some(world) = World::new("invited") else { return };
    let before = || world.served.ledger.head().size;
    let size = before();
    for (how, code) in [
        ("nonce", "token_refused"),
        ("audience", "token_refused"),
        ("party", "token_refused"),
        ("issuer", "token_refused"),
        ("expired", "token_refused"),
        ("none", "token_refused"),
        ("shared-secret", "token_refused"),
        ("other-key", "token_refused"),
        ("unknown-key", "token_refused"),
        ("newer-key", "token_refused"),
        ("unverified", "email_not_verified"),
        ("text", "email_not_verified"),
        ("code", "code_refused"),
        ("elsewhere", "provider_unavailable"),
        ("long", "provider_unavailable"),
        ("denied", "access_denied"),
        ("error", "provider_refused"),
        ("mixed-up", "provider_refused"),
    ] {
        world.hostile.lie(how);
        let mut browser = Browser::default();
        let at = world.sign_in(&mut browser, &world.liar(), "");
        assert_eq!(at, format!("/link#error={code}"), "{how}");
        assert_eq!(world.me(&mut browser).status, 401, "{how}");
    }
    assert_eq!(before(), size, "nothing was recorded");
    world.hostile.lie("nothing");
    let mut browser = Browser::default();
    assert_eq!(world.sign_in(&mut browser, &world.liar(), ""), "/", "what holds is let in");
    assert_eq!(world.user(&mut browser)["email"], "ada@acme.example");
}

#[test]
fn a_newer_key_is_asked_for() {
    let Some(world) = World::new("invited") else { return };
    assert_eq!(world.sign_in(&mut Browser::default(), &world.liar(), ""), "/");
    world.hostile.lie("newer-key");
    assert_eq!(world.sign_in(&mut Browser::default(), &world.liar(), ""), "/");
}

#[test]
fn who_comes_back_set_out_from_here() {
    const ENDED: &str = "/link#error=sign_in_ended";
    let Some(world) = World::new("invited") else { return };
    let (address, liar) = (world.served.address, world.liar());
    let mut browser = Browser::default();
    let callback = world.returned(&mut browser, &liar, "");
    let mut other = Browser::default();
    assert_eq!(world.arrive(&mut other, &callback), ENDED, "without a cookie");
    world.returned(&mut other, &liar, "");
    assert_eq!(world.arrive(&mut other, &callback), ENDED, "with another one's cookie");

    let (state, rest) = (callback.find("state=rby_").unwrap(), callback.find('&').unwrap());
    let forged = format!("{}state=rby_{}", &callback[..state], "A".repeat(43));
    let forged = if rest > state { format!("{forged}{}", &callback[rest..]) } else { forged };
    assert_eq!(world.arrive(&mut browser, &forged), ENDED, "a forged state");
    for wrong in ["", "?code=x", "?code=x&state=", "?code=x&state=rby_&error=access_denied"] {
        let wrong = world.url(&format!("/v1/sign-in/oidc/callback{wrong}"));
        assert_eq!(world.arrive(&mut browser, &wrong), ENDED, "{wrong}");
    }
    let twice = format!("{callback}&code=other");
    assert_eq!(world.arrive(&mut browser, &twice), "/link#error=provider_refused");

    // Two windows set out, and both come back.
    let second = world.returned(&mut browser, &liar, "");
    let kept = browser.cookie(address, COOKIE).unwrap().to_owned();
    assert_eq!(world.arrive(&mut browser, &callback), "/");
    let mut replaying = Browser::default();
    replaying.keep(address, COOKIE, &kept);
    assert_eq!(world.arrive(&mut replaying, &callback), ENDED, "it was used");
    assert_eq!(world.arrive(&mut replaying, &second), "/");
}

#[test]
fn a_provider_that_hangs_keeps_nobody_from_the_others() {
    let Some(world) = World::new("invited") else { return };
    world.hostile.lie("hang");
    let mut callbacks = Vec::new();
    for _ in 0..4 {
        let mut browser = Browser::default();
        let callback = world.returned(&mut browser, &world.liar(), "");
        callbacks.push((browser, callback));
    }
    let began = Instant::now();
    scope(|scope| {
        let world = &world;
        let hanging: Vec<_> = callbacks
            .iter_mut()
            .map(|(browser, callback)| scope.spawn(move || world.arrive(browser, callback)))
            .collect();
        assert_eq!(world.sign_in(&mut Browser::default(), "acme", "ada@acme.example"), "/");
        assert!(began.elapsed() < Duration::from_secs(6), "the others wait");
        for thread in hanging {
            assert_eq!(thread.join().unwrap(), "/link#error=provider_unavailable");
        }
    });
    assert!(began.elapsed() < Duration::from_secs(12), "it is waited for without end");
}

/// How many seconds the clock of one test is ahead.
static AHEAD: AtomicU64 = AtomicU64::new(0);

fn ahead() -> Timestamp {
    clock().after(Duration::from_secs(AHEAD.load(Ordering::Relaxed)))
}

#[test]
fn nobody_comes_back_after_ten_minutes() {
    let Some(mut world) = World::at("invited", ahead) else { return };
    let liar = world.liar();
    let mut browser = Browser::default();
    let callback = world.returned(&mut browser, &liar, "");
    AHEAD.store(601, Ordering::Relaxed);
    assert_eq!(world.arrive(&mut browser, &callback), "/link#error=sign_in_ended");
    AHEAD.store(3601, Ordering::Relaxed);
    world.hostile.end();
    let gone = world.returned(&mut browser, &liar, "");
    assert_eq!(gone, world.url("/link#error=provider_unavailable"));
}

#[test]
fn only_paths_of_this_server_are_returned_to() {
    let Some(world) = World::new("invited") else { return };
    for wrong in ["//evil.example", "https://evil.example", "/%5Cevil.example", "members", ""] {
        let url = world.url(&format!("/v1/sign-in/oidc/acme?return_to={wrong}"));
        let answer = Browser::default().get(&url);
        assert_eq!((answer.status, answer.code().as_str()), (400, "wrong_parameter"), "{wrong}");
    }
}

//! Tokens that hold and tokens that do not, and when a provider is asked.

use super::*;
use crate::words::Timestamp;
use crate::words::hash::Drawn;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::cell::Cell;
use std::time::Duration;

const ISSUER: &str = "https://login.acme.example";

fn now() -> Timestamp {
    Timestamp::parse_any("2026-11-22T12:00:00Z").unwrap()
}

fn seconds(ago: i64) -> i64 {
    now().micros() / 1_000_000 - ago
}

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn key(seed: u8, kid: &str) -> Value {
    let x = URL_SAFE_NO_PAD.encode(pair(seed).public_key());
    json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": kid, "x": x})
}

fn keys(keys: Value) -> Keys {
    Keys::read(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn signed(seed: u8, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = pair(seed).sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": "rollbook", "sub": "u1", "nonce": "n1", "iat": seconds(5),
        "exp": seconds(-300), "email": "ada@acme.example", "email_verified": true, "name": "Ada",
    })
}

fn with(changed: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changed.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn looked_at(token: &str) -> Result<Vouched, Fault> {
    let expected = Expected { issuer: ISSUER, client_id: "rollbook", nonce: "n1", now: now() };
    verify(token, &keys(json!([key(1, "a"), key(2, "b")])), expected)
}

fn answer(changed: &Value) -> Result<String, Fault> {
    let header = json!({"alg": "EdDSA", "kid": "a"});
    let vouched = looked_at(&signed(1, &header, &with(changed)))?;
    vouched.proven_email().map(str::to_owned)
}

#[test]
fn claims_hold_or_not() {
    let ada = || Ok("ada@acme.example".to_owned());
    for (changed, said) in [
        (json!({}), ada()),
        (json!({"iss": "https://login.acme.example/"}), Err(Fault::Issuer)),
        (json!({"aud": "other"}), Err(Fault::Audience)),
        (json!({"aud": ["rollbook"]}), ada()),
        (json!({"aud": []}), Err(Fault::Audience)),
        (json!({"aud": ["other", "rollbook"]}), Err(Fault::Audience)),
        (json!({"aud": ["other", "rollbook"], "azp": "rollbook"}), ada()),
        (json!({"aud": ["other", "rollbook"], "azp": "other"}), Err(Fault::Audience)),
        (json!({"azp": "other"}), Err(Fault::Audience)),
        (json!({"exp": seconds(59)}), ada()),
        (json!({"exp": seconds(61)}), Err(Fault::Expired)),
        (json!({"iat": seconds(-59)}), ada()),
        (json!({"iat": seconds(-61)}), Err(Fault::Expired)),
        (json!({"nbf": seconds(-61)}), Err(Fault::Expired)),
        (json!({"exp": null}), Err(Fault::TokenForm)),
        (json!({"nonce": "n2"}), Err(Fault::Nonce)),
        (json!({"nonce": null}), Err(Fault::Nonce)),
        (json!({"email": null}), Err(Fault::EmailMissing)),
        (json!({"email_verified": null}), Err(Fault::EmailUnverified)),
        (json!({"email_verified": false}), Err(Fault::EmailUnverified)),
        (json!({"email_verified": "true"}), Err(Fault::EmailUnverified)),
    ] {
        assert_eq!(answer(&changed), said, "{changed}");
    }
}

#[test]
fn signatures_hold_or_not() {
    let eddsa = json!({"alg": "EdDSA", "kid": "a"});
    let said = |seed, header: &Value| looked_at(&signed(seed, header, &claims())).map(drop);
    assert_eq!(said(1, &eddsa), Ok(()));
    assert_eq!(said(2, &eddsa), Err(Fault::Signature), "by another key than it names");
    assert_eq!(said(2, &json!({"alg": "EdDSA"})), Ok(()), "it names none, and one of them fits");
    assert_eq!(said(3, &json!({"alg": "EdDSA"})), Err(Fault::UnknownKey));
    assert_eq!(said(1, &json!({"alg": "EdDSA", "kid": "z"})), Err(Fault::UnknownKey));
    for alg in ["none", "None", "HS256", "RS512", "ES384", "eddsa", ""] {
        assert_eq!(said(1, &json!({"alg": alg, "kid": "a"})), Err(Fault::Algorithm), "{alg}");
    }
    assert_eq!(said(1, &json!({"alg": "RS256", "kid": "a"})), Err(Fault::UnknownKey));
    let critical = json!({"alg": "EdDSA", "kid": "a", "crit": ["b64"], "b64": false});
    assert_eq!(said(1, &critical), Err(Fault::TokenForm));
    let token = signed(1, &eddsa, &claims());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = message.split_once('.').unwrap();
    let others = URL_SAFE_NO_PAD.encode(with(&json!({"email": "eve@acme.example"})).to_string());
    for (wrong, fault) in [
        (format!("{header}.{others}.{signature}"), Fault::Signature),
        (format!("{message}."), Fault::Signature),
        (format!("{token}.x"), Fault::TokenForm),
        (format!("{token}="), Fault::TokenForm),
        (message.to_owned(), Fault::TokenForm),
        (String::new(), Fault::TokenForm),
    ] {
        assert_eq!(looked_at(&wrong).map(drop), Err(fault), "{wrong}");
    }
}

#[test]
fn keys_that_are_not_for_this_are_passed_over() {
    let mut other = key(1, "a");
    other["use"] = json!("enc");
    let mut named = key(1, "a");
    named["alg"] = json!("ES256");
    let short = json!({"kty": "EC", "crv": "P-256", "kid": "a", "x": "AA", "y": "AA"});
    let token = signed(1, &json!({"alg": "EdDSA", "kid": "a"}), &claims());
    let expected = Expected { issuer: ISSUER, client_id: "rollbook", nonce: "n1", now: now() };
    for useless in [other, named, short, json!({"kty": "oct", "k": "AAAA"}), json!(1)] {
        let (first, second) = (keys(json!([useless])), keys(json!([useless, key(1, "a")])));
        assert_eq!(verify(&token, &first, expected).map(drop), Err(Fault::UnknownKey), "{useless}");
        assert_eq!(verify(&token, &second, expected).map(drop), Ok(()), "{useless}");
    }
    assert_eq!(Keys::read(b"[]").map(drop), Err(Fault::Keys));
}

#[test]
fn what_is_told_elsewhere_counts_for_the_same_person_alone() {
    let vouched = || looked_at(&signed(1, &json!({"alg": "EdDSA"}), &claims())).unwrap();
    let told = |sub: &str| json!({"sub": sub, "email": "b@x.example", "email_verified": true});
    let added = add(vouched(), told("u1").to_string().as_bytes()).unwrap();
    assert_eq!(added.proven_email(), Ok("b@x.example"));
    assert_eq!(add(vouched(), told("u2").to_string().as_bytes()).map(drop), Err(Fault::Answer));
}

fn document(changed: &Value) -> Result<Document, Fault> {
    let at = |path: &str| format!("{ISSUER}/{path}");
    let mut text = json!({
        "issuer": ISSUER, "authorization_endpoint": at("authorize?tenant=1"),
        "token_endpoint": at("token"), "jwks_uri": at("keys"),
    });
    for (name, value) in changed.as_object().unwrap() {
        text[name] = value.clone();
    }
    Document::read(text.to_string().as_bytes(), ISSUER)
}

#[test]
fn what_a_provider_says_of_itself() {
    for (changed, said) in [
        (json!({}), Ok(())),
        (json!({"issuer": "https://other.example"}), Err(Fault::Document)),
        (json!({"token_endpoint": "http://login.acme.example/token"}), Err(Fault::Document)),
        (json!({"jwks_uri": "http://127.0.0.1/keys"}), Err(Fault::Document)),
        (json!({"userinfo_endpoint": "file:///etc/passwd"}), Err(Fault::Document)),
        (json!({"authorization_endpoint": null}), Err(Fault::Document)),
    ] {
        assert_eq!(document(&changed).map(drop), said, "{changed}");
    }
    let login = |methods: Value, has_secret| {
        let changed = json!({ "token_endpoint_auth_methods_supported": methods });
        document(&changed).unwrap().client_login(has_secret)
    };
    assert_eq!(login(Value::Null, true), Ok(ClientLogin::Basic));
    assert_eq!(
        login(json!(["client_secret_post", "private_key_jwt"]), true),
        Ok(ClientLogin::Post)
    );
    assert_eq!(login(json!(["private_key_jwt"]), true), Err(Fault::ClientLogin));
    assert_eq!(login(json!(["client_secret_basic"]), false), Ok(ClientLogin::None));
    let named = json!({"authorization_response_iss_parameter_supported": true});
    let (silent, named) = (document(&json!({})).unwrap(), document(&named).unwrap());
    assert!(silent.has_answered(None) && !named.has_answered(None));
    assert!(named.has_answered(Some(ISSUER)) && !silent.has_answered(Some("https://b.example")));
    assert_eq!(basic("a b", "c:d"), "Basic YSUyMGI6YyUzQWQ=");
}

#[test]
fn browsers_are_sent_with_what_the_provider_needs() {
    let mut drawn = Drawn::from_seed(&[1; 32]);
    let mut journey = Journey::begin("p".to_owned(), ReturnTo::default(), &mut drawn);
    // The example of RFC 7636, appendix B.
    journey.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
    journey.nonce = "n1".to_owned();
    let callback = "https://ledger.example/v1/sign-in/oidc/callback";
    let place = journey.place(&document(&json!({})).unwrap(), "roll book", callback, "s1");
    assert_eq!(
        place,
        "https://login.acme.example/authorize?tenant=1&response_type=code&client_id=roll%20book\
         &redirect_uri=https%3A%2F%2Fledger.example%2Fv1%2Fsign-in%2Foidc%2Fcallback\
         &scope=openid%20email%20profile&state=s1&nonce=n1\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
    );
}

#[test]
fn only_paths_of_this_server_are_returned_to() {
    for path in ["/", "/members?next=1#top", "/a//b"] {
        assert_eq!(path.parse::<ReturnTo>().unwrap().as_str(), path);
    }
    let long = format!("/{}", "a".repeat(ReturnTo::LIMIT_BYTES));
    for wrong in [
        "",
        "members",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\r\nx",
        &long,
    ] {
        assert!(wrong.parse::<ReturnTo>().is_err(), "{wrong:?}");
    }
}

#[test]
fn where_nobody_reads_on_the_way() {
    for url in
        ["https://a.example/b?c", "http://127.0.0.1:1/a", "http://[::1]:1", "http://localhost"]
    {
        assert!(is_private(url), "{url}");
    }
    for url in [
        "http://a.example",
        "http://127.0.0.1@a.example",
        "http://127.0.0.1.a.example",
        "https://",
        "http://10.0.0.1",
        "https://a.example#b",
        "https://a@b.example",
        "ftp://localhost",
        "",
        "http://a.example\\@127.0.0.1",
        "https:///path",
    ] {
        assert!(!is_private(url), "{url}");
    }
}

/// Minutes behind a start, what is asked for, and how often somebody was asked until then.
#[test]
fn a_provider_is_asked_seldom() {
    let asked = Cell::new(0);
    let answers = Cell::new(true);
    let ask = |url: &str| -> Result<Vec<u8>, Fault> {
        asked.set(asked.get() + 1);
        if !answers.get() {
            return Err(Fault::Unreachable);
        }
        let described = json!({
            "issuer": ISSUER, "authorization_endpoint": ISSUER, "token_endpoint": ISSUER,
            "jwks_uri": format!("{ISSUER}/keys"),
        });
        let keys = json!({"keys": [key(1, "a")]});
        Ok(if url.ends_with("/keys") { keys } else { described }.to_string().into_bytes())
    };
    let mut kept = Kept::default();
    let at = |seconds| now().after(Duration::from_secs(seconds));
    let document = kept.document(ISSUER, at(0), &ask).unwrap();
    kept.keys(&document, at(0), &ask).unwrap();
    assert_eq!(asked.get(), 2);
    kept.document(ISSUER, at(3599), &ask).unwrap();
    kept.keys(&document, at(3599), &ask).unwrap();
    assert_eq!(asked.get(), 2, "what was read is kept for an hour");
    kept.newer_keys(&document, at(3599), &ask).unwrap();
    assert_eq!(kept.newer_keys(&document, at(3658), &ask).map(drop), Err(Fault::UnknownKey));
    assert_eq!(asked.get(), 3, "one more for an unknown key, and none for a minute");
    kept.newer_keys(&document, at(3659), &ask).unwrap();
    kept.document(ISSUER, at(3660), &ask).unwrap();
    assert_eq!(asked.get(), 5);
    answers.set(false);
    for (moment, times) in [(7260, 6), (7269, 6), (7270, 7)] {
        assert_eq!(kept.document(ISSUER, at(moment), &ask).map(drop), Err(Fault::Unreachable));
        assert_eq!(asked.get(), times, "one that does not answer is left alone for 10 s");
    }
}

//! People who come all at once, and how long they wait.

use super::browsers::Browsers;
use super::client::{Answer, Served};
use rollbook::doors::settings::{Settings, SignUp};
use std::collections::BTreeMap;
use std::thread::scope;
use std::time::{Duration, Instant};

const PASSWORD: &str = "correct horse battery";

fn open() -> Served {
    Served::with_settings(Settings { sign_up: SignUp::Open, ..Settings::default() })
}

fn post(served: &Served, path: &str, body: &str) -> Answer {
    Browsers::new(served.address).send("nobody", "POST", path, body)
}

/// A user with an account, and their identifier.
fn signed_up(served: &Served, name: &str) -> String {
    let body =
        format!(r#"{{"email":"{name}@acme.example","username":"{name}","password":"{PASSWORD}"}}"#);
    assert_eq!(post(served, "/v1/sign-up", &body).status, 202);
    let body = format!(r#"{{"login":"{name}","password":"{PASSWORD}"}}"#);
    let answer = post(served, "/v1/sign-in", &body);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["user"]["user_id"].as_str().unwrap().to_owned()
}

#[test]
fn of_64_who_use_one_link_one_sets_the_password() {
    let served = open();
    let ada = signed_up(&served, "ada");
    let path = format!("/v1/users/{ada}/link");
    let told = served.send("POST", &path, "").json();
    let (_, token) = told["link"].as_str().unwrap().split_once("#reset=").unwrap();
    let answers: Vec<(usize, Answer)> = scope(|scope| {
        let threads: Vec<_> = (0..64)
            .map(|number| {
                let body =
                    format!(r#"{{"token":"{token}","password":"the password of {number}"}}"#);
                let served = &served;
                scope.spawn(move || (number, post(served, "/v1/password/reset", &body)))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut counted = BTreeMap::new();
    for (_, answer) in &answers {
        *counted.entry(answer.status).or_insert(0) += 1;
    }
    assert_eq!(counted, BTreeMap::from([(200, 1), (410, 63)]), "{answers:?}");
    let (winner, _) = answers.iter().find(|(_, answer)| answer.status == 200).unwrap();
    let sign_in = |password: &str| {
        let body = format!(r#"{{"login":"ada","password":"{password}"}}"#);
        post(&served, "/v1/sign-in", &body).status
    };
    assert_eq!(sign_in(&format!("the password of {winner}")), 200);
    assert_eq!(sign_in(PASSWORD), 401);
}

/// The shortest of the times that each of two things takes, asked in turns.
fn shortest(mut ask: [&mut dyn FnMut(usize); 2]) -> [Duration; 2] {
    let mut shortest = [Duration::MAX; 2];
    // Few enough that nobody is slowed.
    for number in 0..5 {
        for (ask, shortest) in ask.iter_mut().zip(&mut shortest) {
            let began = Instant::now();
            ask(number);
            *shortest = began.elapsed().min(*shortest);
        }
    }
    shortest
}

/// The machine does other things meanwhile, so the shortest times are compared, and generously. An
/// answer without a hash, or without the even time, would be ten times as fast.
#[test]
fn how_long_it_takes_does_not_tell_who_has_an_account() {
    let served = open();
    signed_up(&served, "ada");
    let sign_in = |login: &str| {
        let body = format!(r#"{{"login":"{login}","password":"a wrong guess"}}"#);
        assert_eq!(post(&served, "/v1/sign-in", &body).status, 401);
    };
    let forgot = |email: &str| {
        let body = format!(r#"{{"email":"{email}"}}"#);
        assert_eq!(post(&served, "/v1/password/forgot", &body).status, 202);
    };
    let close = |one: Duration, other: Duration| one < other * 3 && other < one * 3;
    let [known, unknown] = shortest([&mut |_| sign_in("ada@acme.example"), &mut |number| {
        sign_in(&format!("nobody{number}@acme.example"));
    }]);
    assert!(close(known, unknown), "signing in: {known:?} and {unknown:?}");
    assert!(known > Duration::from_millis(5), "nothing was hashed: {known:?}");
    let [known, unknown] = shortest([&mut |_| forgot("ada@acme.example"), &mut |number| {
        forgot(&format!("nobody{number}@acme.example"));
    }]);
    assert!(close(known, unknown), "forgotten: {known:?} and {unknown:?}");
    assert!(unknown > Duration::from_millis(200), "it is not even: {unknown:?}");
}

/// A cookie that somebody else put there is not the one that one is signed in by.
#[test]
fn whoever_signs_in_has_a_cookie_of_their_own() {
    let served = open();
    signed_up(&served, "ada");
    let body = format!(r#"{{"login":"ada","password":"{PASSWORD}"}}"#);
    let answer = post(&served, "/v1/sign-in", &body);
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    let (pair, rest) = cookie.split_once(';').unwrap();
    assert_eq!(rest, " Path=/; Max-Age=604800; HttpOnly; SameSite=Lax");
    assert!(pair.starts_with("rollbook_session=rbs_"), "{pair}");
    let headers = [("Cookie", pair), ("Content-Type", "application/json")];
    let foreign = super::client::send(served.address, "POST", "/v1/sign-out", &headers, "{}");
    assert_eq!((foreign.status, foreign.code().as_str()), (403, "foreign_origin"));
    assert!(!answer.body.contains("rbs_"), "{answer:?}");
}

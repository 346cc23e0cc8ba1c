//! Whoever moved in from Better Auth comes in with the password that they had there.

use super::{GUILD, begun, told};
use crate::server::browsers::Browsers;
use crate::server::client::Served;
use crate::support;
use crate::support::files::copy;
use rollbook::doors::settings::Settings;
use rollbook::house::{Ledger, Machine};
use rollbook::words::{Email, Timestamp};
use std::time::{Instant, SystemTime};

/// The program recorded by the machine's clock, so the server goes by it too.
fn clock() -> Timestamp {
    Timestamp::EPOCH.after(SystemTime::UNIX_EPOCH.elapsed().unwrap())
}

fn served() -> Served {
    let place = begun();
    told(&place, GUILD);
    let directory = tempfile::tempdir().unwrap();
    copy(&place.path("ledger"), &directory.path().join("data"));
    let machine = Machine { clock: Box::new(clock), ..support::machine(7) };
    let ledger = Ledger::open(&directory.path().join("data"), machine).unwrap();
    Served::clocked(ledger, directory, Settings::default(), clock)
}

fn sign_in(served: &Served, login: &str, password: &str) -> u16 {
    let body = serde_json::json!({"login": login, "password": password}).to_string();
    Browsers::new(served.address).send("nobody", "POST", "/v1/sign-in", &body).status
}

/// The beginning of what is kept of somebody's password.
fn kept(served: &Served, email: &str) -> Option<String> {
    let known = served.ledger.known();
    let user = known.state.by_email(&Email::parse(email).unwrap().folded()).unwrap();
    let hash = known.state.account(user)?.password.clone()?;
    let parameters = hash.split('$').skip(1).take_while(|part| part.len() < 22);
    Some(parameters.collect::<Vec<_>>().join(" "))
}

const SCRYPT: &str = "scrypt ln=14,r=16,p=1";
const ARGON2: &str = "argon2id v=19 m=19456,t=2,p=1";

#[test]
fn who_moves_in_signs_in_with_the_old_password_which_is_then_hashed_anew() {
    let served = served();
    for (login, email, password) in [
        ("vera", "vera@lantern.example", "correct horse battery"),
        ("ADA.LIND@lantern.example", "ada.lind@lantern.example", "Zoë's résumé ﬁle"),
    ] {
        assert_eq!(kept(&served, email).as_deref(), Some(SCRYPT), "{login}");
        assert_eq!(sign_in(&served, login, "not the password"), 401, "{login}");
        assert_eq!(kept(&served, email).as_deref(), Some(SCRYPT), "{login}");
        assert_eq!(sign_in(&served, login, password), 200, "{login}");
        assert_eq!(kept(&served, email).as_deref(), Some(ARGON2), "{login}");
        assert_eq!(sign_in(&served, login, "not the password"), 401, "{login}");
        assert_eq!(sign_in(&served, login, password), 200, "{login}");
    }
    // bcrypt was not taken over: nobody has a password there, and any is wrong.
    assert_eq!(kept(&served, "cy@lantern.example"), None);
    assert_eq!(sign_in(&served, "cy@lantern.example", "a fourth long password"), 401);
}

/// What was proven there is proven here, and no more.
#[test]
fn addresses_stay_proven_or_not() {
    let served = served();
    let known = served.ledger.known();
    for (email, proven) in [
        ("vera@lantern.example", true),
        ("cy@lantern.example", true),
        ("bo@lantern.example", false),
        ("dee@lantern.example", false),
    ] {
        let user = known.state.by_email(&Email::parse(email).unwrap().folded()).unwrap();
        assert_eq!(known.state.user(user).unwrap().verified, proven, "{email}");
    }
}

/// A wrong guess at an account that moved in is answered no faster than one at nobody.
#[test]
fn a_wrong_guess_costs_no_less_where_somebody_moved_in() {
    let served = served();
    let mut shortest = [f64::MAX; 2];
    for number in 0..4 {
        let nobody = format!("nobody{number}@lantern.example");
        for (login, shortest) in ["bo@lantern.example", &nobody].into_iter().zip(&mut shortest) {
            let began = Instant::now();
            assert_eq!(sign_in(&served, login, "a wrong guess"), 401);
            *shortest = began.elapsed().as_secs_f64().min(*shortest);
        }
    }
    let [moved_in, nobody] = shortest;
    assert!(moved_in > nobody * 0.7, "{moved_in} s beside {nobody} s");
}

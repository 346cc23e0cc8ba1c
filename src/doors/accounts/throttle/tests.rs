use super::*;
use crate::words::OrganizationId;
use std::net::IpAddr;
use std::time::Duration;

fn at(seconds: u64) -> Timestamp {
    Timestamp::parse_any("2026-11-22").unwrap().after(Duration::from_secs(seconds))
}

fn account(name: &str) -> Account {
    Account::named(&[7; 32], name)
}

fn network(address: &str) -> Network {
    address.parse::<IpAddr>().unwrap().into()
}

/// A network of its own for each name of a place.
fn place(name: &str) -> Network {
    let bytes = counted_digest(&[8; 32], name);
    IpAddr::from([bytes[0], bytes[1], bytes[2], bytes[3]]).into()
}

/// When, from where, at which account, with which password how often, and the answer: for several
/// at once the answer to each.
const STORY: &str = "
    Vera signs in at home, mistyping first.
    00:00:00 home      vera  wrong*4  allowed
    00:00:00 home      vera  right    allowed

    Somebody elsewhere guesses: six times freely, then in seconds that double.
    00:01:00 elsewhere vera  wrong*6  allowed
    00:01:00 elsewhere vera  wrong    wait 1
    00:01:01 elsewhere vera  wrong    allowed
    00:01:01 elsewhere vera  wrong*9  wait 2
    00:01:02 elsewhere vera  wrong    wait 1

    Vera does not notice, and who shares the guesser's network only when trying her account.
    00:01:02 home      vera  right    allowed
    00:01:02 elsewhere omar  right    allowed

    The guesser hires others. Together they have twenty free guesses, of which seven are used.
    00:02:00 bot-1     vera  wrong*6  allowed
    00:02:00 bot-2     vera  wrong*6  allowed
    00:02:00 bot-3     vera  wrong*2  allowed
    00:02:00 bot-3     vera  wrong    wait 1
    00:02:00 bot-4     vera  wrong    wait 1

    Vera at home still does not notice. At a new place she waits as strangers do, once.
    00:02:00 home      vera  right    allowed
    00:02:00 hotel     vera  right    wait 1
    00:02:01 hotel     vera  right    allowed
    00:02:01 bot-4     vera  wrong    wait 1
    00:02:02 bot-4     vera  wrong    allowed
    00:02:02 bot-5     vera  wrong    wait 2
    00:02:02 hotel     vera  wrong*2  allowed
    00:02:02 hotel     vera  right    allowed

    What was guessed at Vera's account is nothing to Omar's, from any place.
    00:02:02 bot-4     omar  wrong    allowed

    Three hours later the strangers' guesses are forgotten, and of those elsewhere three are.
    03:10:00 bot-5     vera  wrong*6  allowed
    03:10:00 elsewhere vera  wrong*2  allowed
    03:10:00 elsewhere vera  wrong    wait 1
";

fn tell(story: &str, name: &str) {
    let mut sign_ins = SignIns::default();
    let begins_with_time = |line: &&str| line.starts_with(|char: char| char.is_ascii_digit());
    for line in story.lines().map(str::trim).filter(begins_with_time) {
        let mut words = line.split_whitespace();
        let mut word = || words.next().unwrap();
        let time = word().split(':').fold(0, |sum, part| sum * 60 + part.parse::<u64>().unwrap());
        let (from, on, tried) = (place(word()), word().replace("vera", name), word());
        let (outcome, count) = tried.split_once('*').unwrap_or((tried, "1"));
        let expected = match word() {
            "allowed" => Answer::Allowed,
            _ => Answer::WaitUntil(at(time + word().parse::<u64>().unwrap())),
        };
        for _ in 0..count.parse().unwrap() {
            let answer = sign_ins.begin(account(&on), from, at(time));
            assert_eq!(answer, expected, "{line}");
            if answer == Answer::Allowed && outcome == "right" {
                sign_ins.succeeded(account(&on), from, at(time));
            }
        }
    }
}

#[test]
fn guesses_are_slowed_and_owners_are_not() {
    tell(STORY, "vera");
}

#[test]
fn an_account_that_there_is_not_is_slowed_like_one() {
    let guesses = |name: &str| {
        let mut sign_ins = SignIns::default();
        sign_ins.succeeded(account("vera"), place("home"), at(0));
        let tries = (0..500).map(|n| (n / 3, place(&format!("bot-{}", n % 7))));
        let answers = tries.map(|(second, from)| sign_ins.begin(account(name), from, at(second)));
        answers.collect::<Vec<_>>()
    };
    assert_eq!(guesses("vera"), guesses("no such person"));
}

#[test]
fn a_day_of_guesses_from_everywhere_finds_little_and_keeps_nobody_out() {
    let mut sign_ins = SignIns::default();
    let (vera, home) = (account("vera"), place("home"));
    sign_ins.succeeded(vera, home, at(0));
    let bots: Vec<Network> = (0..500).map(|n| place(&format!("bot-{n}"))).collect();
    let mut guesses = 0;
    for second in 0..24 * 3600 {
        for bot in bots.iter().skip(second as usize % 50 * 10).take(10) {
            guesses += u32::from(sign_ins.begin(vera, *bot, at(second)) == Answer::Allowed);
        }
        if second % 600 == 0 {
            assert_eq!(sign_ins.begin(vera, home, at(second)), Answer::Allowed, "{second}");
            sign_ins.succeeded(vera, home, at(second));
        }
    }
    assert!((100..200).contains(&guesses), "{guesses}");
    // Where she never was she waits like anybody, and no longer than was said.
    let Answer::WaitUntil(until) = sign_ins.begin(vera, place("hotel"), at(24 * 3600)) else {
        panic!("strangers wait")
    };
    assert!(until <= at(24 * 3600).after(ACCOUNT.longest));
}

#[test]
fn one_network_at_many_accounts_is_slowed_and_own_successes_do_not_help() {
    let mut sign_ins = SignIns::default();
    let spray = place("spray");
    let mut allowed = 0;
    for n in 0..200 {
        if sign_ins.begin(account(&format!("person-{n}")), spray, at(0)) == Answer::Allowed {
            allowed += 1;
        }
        if sign_ins.begin(account("mallory"), spray, at(0)) == Answer::Allowed {
            sign_ins.succeeded(account("mallory"), spray, at(0));
        }
    }
    assert_eq!(allowed, NETWORK.free + 1);
    let wait = |sign_ins: &mut SignIns, name: &str, from, second| {
        sign_ins.begin(account(name), from, at(second))
    };
    assert_eq!(wait(&mut sign_ins, "vera", spray, 0), Answer::WaitUntil(at(1)));
    assert_eq!(wait(&mut sign_ins, "vera", place("home"), 0), Answer::Allowed);
    assert_eq!(wait(&mut sign_ins, "vera", spray, 3600), Answer::Allowed, "an hour later");
}

#[test]
fn who_asks_together_is_not_allowed_together_and_what_was_no_guess_is_taken_back() {
    let mut sign_ins = SignIns::default();
    let (vera, home) = (account("vera"), place("home"));
    let mut ask = |_| sign_ins.begin(vera, home, at(0));
    let allowed = (0..64).map(&mut ask).filter(|answer| *answer == Answer::Allowed).count();
    assert_eq!(allowed, 6);
    for _ in 0..allowed {
        sign_ins.abandoned(vera, home, at(0));
    }
    assert_eq!(sign_ins.begin(vera, home, at(0)), Answer::Allowed);
    for second in 1..100 {
        sign_ins.abandoned(vera, home, at(second));
        assert_eq!(sign_ins.begin(vera, home, at(second)), Answer::Allowed, "{second}");
    }
}

#[test]
fn what_was_tried_longest_ago_is_forgotten_first() {
    let mut sign_ins = SignIns::bounded(10);
    for second in 0..11 {
        for _ in 0..6 {
            let from = place(&format!("place-{second}"));
            let _ = sign_ins.begin(account(&format!("person-{second}")), from, at(second));
        }
    }
    let sizes = [sign_ins.pairs.len(), sign_ins.networks.len(), sign_ins.accounts.len()];
    assert_eq!(sizes, [10, 10, 10]);
    let mut wait = |n: u64| {
        sign_ins.begin(account(&format!("person-{n}")), place(&format!("place-{n}")), at(n))
    };
    assert_eq!(wait(1), Answer::WaitUntil(at(2)), "the second is remembered");
    assert_eq!(wait(0), Answer::Allowed, "the first is not");
    // Of an account's places as well.
    let mut sign_ins = SignIns::default();
    let vera = account("vera");
    for n in 0..=PLACES_LIMIT as u64 {
        sign_ins.succeeded(vera, place(&format!("place-{n}")), at(n));
    }
    assert!(!sign_ins.knows(vera, place("place-0")) && sign_ins.knows(vera, place("place-1")));
}

#[test]
fn a_network_is_an_address_or_a_64th() {
    for (one, other, same) in [
        ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false),
        ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("192.0.2.1", "c000:201::", false),
    ] {
        assert_eq!(network(one) == network(other), same, "{one} {other}");
    }
    let shown = format!("{:?} {:?}", network("192.0.2.1"), account("vera"));
    assert_eq!(shown, "Network(not shown) Account(not shown)");
}

#[test]
fn an_hour_allows_so_many() {
    let (one, other) = (place("one"), place("other"));
    let mut quota = Quota::an_hour(3);
    for (second, who, count, answer) in [
        (0, one, 1, Answer::Allowed),
        (100, one, 3, Answer::WaitUntil(at(3600))),
        (100, one, 2, Answer::Allowed),
        (200, one, 1, Answer::WaitUntil(at(3600))),
        (200, other, 3, Answer::Allowed),
        (3599, one, 1, Answer::WaitUntil(at(3600))),
        (3600, one, 3, Answer::Allowed),
        (3600, other, 1, Answer::WaitUntil(at(3800))),
        (3600, one, 1, Answer::WaitUntil(at(7200))),
    ] {
        assert_eq!(quota.take_some(who, count, at(second)), answer, "{count} at {second}");
    }
    let mut mails = reset_mails();
    let answers = (0..5).map(|_| mails.take(account("vera"), at(0)) == Answer::Allowed);
    assert_eq!(answers.filter(|allowed| *allowed).count(), 3);
    assert_eq!(invitations().take_some(OrganizationId::DEPLOYMENT, 500, at(0)), Answer::Allowed);
    assert_eq!(sign_ups().take_some(one, 31, at(0)), Answer::WaitUntil(at(3600)));
}

use super::*;
use std::sync::Barrier;
use std::thread;

const GOOD: &str = "correct horse battery staple";

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

#[test]
fn what_may_be_chosen() {
    use PasswordError::{Common, Control, OwnName, TooLong, TooShort};
    let own = ["Vera.Holm@lantern.example", "verah1985"];
    let (most, more) = ("ab".repeat(64), "ab".repeat(64) + "c");
    // 128 characters when they are put together, 256 before.
    let composed = "e\u{301}o\u{308}".repeat(64);
    let far_too_long = "x".repeat(1 << 20);
    for (text, refused) in [
        (GOOD, None),
        ("  8 wide", None),
        ("пароль-для-меня", None),
        (&most, None),
        (&composed, None),
        ("", Some(TooShort { length: 0 })),
        ("seven 7", Some(TooShort { length: 7 })),
        ("e\u{301}e\u{301}e\u{301}e\u{301}", Some(TooShort { length: 4 })),
        (&more, Some(TooLong)),
        (&far_too_long, Some(TooLong)),
        ("with a\nbreak", Some(Control { position: 7 })),
        ("vera.holm@LANTERN.example", Some(OwnName)),
        ("Vera.Holm", Some(OwnName)),
        ("VERAH1985", Some(OwnName)),
        ("verah1986", None),
        ("Password1", Some(Common)),
        ("zzzzzzzzzz", Some(Common)),
        ("zzzzzzzzzy", None),
    ] {
        assert_eq!(Password::choose(text, &own).err(), refused, "{:.30}", text);
    }
    assert!(Password::parse("password").is_ok(), "one that was chosen before can still be given");
}

#[test]
fn a_password_is_verified_in_every_spelling_of_its_characters_and_no_other() {
    let hashing = Hashing::default();
    let hash = hashing.hash(&password("Zoë's résumé"), [3; 16]).unwrap();
    assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
    let kept = PhcText::parse(hash.as_str()).unwrap();
    for (text, same) in [
        ("Zoë's résumé", true),
        ("Zoe\u{308}'s re\u{301}sume\u{301}", true),
        ("zoë's résumé", false),
        (" Zoë's résumé", false),
        ("Zoe's resume", false),
    ] {
        assert_eq!(hashing.verify(&kept, &password(text)).unwrap(), same, "{text}");
    }
    let other = hashing.hash(&password("Zoë's résumé"), [4; 16]).unwrap();
    assert_ne!(other, kept, "another salt, another hash");
    assert!(!hashing.verify_nobody(&password("Zoë's résumé")).unwrap());
}

#[test]
fn old_parameters_still_verify_and_are_known_to_be_old() {
    let old = Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(8 * 1024, 1, 1, None).unwrap(),
    );
    let salt = SaltString::encode_b64(&[1; 16]).unwrap();
    let old = old.hash_password(GOOD.as_bytes(), &salt).unwrap().to_string();
    let old = PhcText::parse(&old).unwrap();
    let hashing = Hashing::default();
    assert!(old.is_outdated());
    assert!(hashing.verify(&old, &password(GOOD)).unwrap());
    let new = hashing.hash(&password(GOOD), [1; 16]).unwrap();
    assert!(!new.is_outdated());
    assert!(hashing.verify(&new, &password(GOOD)).unwrap());
}

#[test]
fn hashes_of_another_kind_are_refused() {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    let phc = |kind: &str, version: &str, parameters: &str| {
        PhcText::parse(&format!("${kind}${version}${parameters}${salt}${hash}")).is_ok()
    };
    assert!(phc("argon2id", "v=19", "m=19456,t=2,p=1"));
    for (kind, version, parameters) in [
        ("argon2i", "v=19", "m=19456,t=2,p=1"),
        ("argon2id", "v=16", "m=19456,t=2,p=1"),
        ("argon2id", "v=19", "m=4000000,t=2,p=1"),
        ("argon2id", "v=19", "m=19456,t=200,p=1"),
        ("argon2id", "v=19", "m=19456,t=2,p=64"),
        ("scrypt", "v=19", "ln=14,r=16,p=1"),
    ] {
        assert!(!phc(kind, version, parameters), "{kind} {version} {parameters}");
    }
    for text in ["", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=19456,t=2,p=1"] {
        assert_eq!(PhcText::parse(text).err(), Some(PhcError), "{text}");
    }
}

/// Hashes that better-auth 1.7.25 made.
const BETTER_AUTH: [(&str, &str); 3] = [
    (
        GOOD,
        "72aed71c9a7914af68b9ad97f2abe5f9:ea943ef7d063a421088c9790c479afdff19cd97bbae7960f245b44d1c7416c\
         12f417bddb7871ef4b6770da1f562551a763c3794c08c7262e8e0b278df06f0fc3",
    ),
    (
        "Zoë's résumé",
        "d8f0425da0de20080105568f7caf6d8f:25d8320b3b6cdae78cb4a2775f920b48dbbd5c59697cb84ca66535f1e7f088\
         6aefe22e8f132ee66eddfaa88cd40b162cf32c327eff36cab143bd8ee6634c5391",
    ),
    (
        "ﬁve ﬁngers Å",
        "09181d79d19b9497ba286fdfdd54a980:5ed84a4a0d1be47513e6f1826eacf8a9919c511d4f4cf75930975927ce22cd\
         5bc9efb7f4d404d48c83296e1d2fb03d4707ed6a6c759429e2585ddf55cbaa03a2",
    ),
];

#[test]
fn hashes_of_better_auth_verify_and_are_old() {
    let hashing = Hashing::default();
    for (text, kept) in BETTER_AUTH {
        let hash = PhcText::of_better_auth(kept).unwrap();
        assert!(hash.as_str().starts_with("$scrypt$ln=14,r=16,p=1$"), "{}", hash.as_str());
        let hash = PhcText::parse(hash.as_str()).unwrap();
        assert!(hash.is_outdated());
        assert!(hashing.verify(&hash, &password(text)).unwrap(), "{text}");
        assert!(!hashing.verify(&hash, &password("not the one")).unwrap(), "{text}");
    }
    let ligatures = PhcText::of_better_auth(BETTER_AUTH[2].1).unwrap();
    assert!(hashing.verify(&ligatures, &password("five fingers A\u{30a}")).unwrap());
    let (salt, key) = BETTER_AUTH[0].1.split_once(':').unwrap();
    for text in [
        "",
        "$2b$12$abcdefghijklmnopqrstuv",
        &format!("{salt}{key}"),
        &format!("{}:{key}", &salt[2..]),
        &format!("{salt}:{}", &key[2..]),
        &format!("{salt}:{}", &key[1..]),
        &format!("{salt}:{}xy", &key[2..]),
        &format!("{}xy:{key}", &salt[2..]),
    ] {
        assert_eq!(PhcText::of_better_auth(text).err(), Some(PhcError), "{text}");
    }
}

#[test]
fn no_foreign_hash_takes_more_than_its_share() {
    let (salt, hash) = ("A".repeat(22), "A".repeat(86));
    let allowed =
        |parameters: &str| PhcText::parse(&format!("$scrypt${parameters}${salt}${hash}")).is_ok();
    for (parameters, is_allowed) in [
        ("ln=14,r=16,p=1", true),
        ("ln=16,r=8,p=1", true),
        ("ln=17,r=8,p=1", false),
        ("ln=15,r=16,p=4", true),
        ("ln=15,r=16,p=5", false),
        ("ln=31,r=1,p=1", false),
        ("ln=32,r=1,p=1", false),
        ("ln=63,r=4294967295,p=1", false),
        ("ln=1,r=4294967295,p=1", false),
        ("ln=14,r=0,p=1", false),
        ("ln=14,r=16", false),
        ("ln=14,r=16,p=1,q=1", false),
    ] {
        assert_eq!(allowed(parameters), is_allowed, "{parameters}");
    }
    let short = format!("$scrypt$ln=14,r=16,p=1${salt}${}", "A".repeat(16));
    assert_eq!(PhcText::parse(&short).err(), Some(PhcError), "12 bytes are found by chance");
}

/// Whoever has not signed in since they came waits longer for an answer, never shorter: less work
/// would tell that there is an account.
#[test]
fn a_foreign_hash_costs_no_less_than_nobodys() {
    let hashing = Hashing::default();
    let hash = PhcText::of_better_auth(BETTER_AUTH[0].1).unwrap();
    let wrong = password("not the one");
    let took = |work: &dyn Fn() -> Result<bool, Busy>| {
        let begun = std::time::Instant::now();
        assert_eq!(work(), Ok(false));
        begun.elapsed().as_secs_f64()
    };
    let (mut foreign, mut none) = (f64::MAX, f64::MAX);
    for _ in 0..10 {
        foreign = foreign.min(took(&|| hashing.verify(&hash, &wrong)));
        none = none.min(took(&|| hashing.verify_nobody(&wrong)));
    }
    assert!(foreign > none * 0.7, "{foreign} s beside {none} s");
}

#[test]
fn a_check_for_nobody_takes_as_long_as_a_real_one() {
    assert_eq!(PhcText::parse(nobody().as_str()), Ok(nobody()), "it is a whole hash");
    assert!(!nobody().is_outdated());
    let hashing = Hashing::default();
    let hash = hashing.hash(&password(GOOD), [1; 16]).unwrap();
    let wrong = password("not the one");
    let took = |work: &dyn Fn() -> Result<bool, Busy>| {
        let begun = std::time::Instant::now();
        assert_eq!(work(), Ok(false));
        begun.elapsed().as_secs_f64()
    };
    // In turns, and the shortest of many: other work on the machine slows both.
    let (mut real, mut none) = (f64::MAX, f64::MAX);
    for _ in 0..20 {
        real = real.min(took(&|| hashing.verify(&hash, &wrong)));
        none = none.min(took(&|| hashing.verify_nobody(&wrong)));
    }
    assert!((0.3..3.0).contains(&(none / real)), "{none} s beside {real} s");
}

#[test]
fn more_than_may_be_at_once_are_told_to_come_again() {
    let hashing = Hashing::default();
    let places: Vec<_> = (0..AT_ONCE_LIMIT).map(|_| hashing.place().unwrap()).collect();
    assert_eq!(hashing.verify_nobody(&password(GOOD)), Err(Busy));
    assert_eq!(hashing.hash(&password(GOOD), [1; 16]), Err(Busy));
    drop(places);
    let (barrier, hashing) = (&Barrier::new(32), &hashing);
    let asked = || {
        barrier.wait();
        hashing.verify_nobody(&password(GOOD))
    };
    thread::scope(|scope| {
        let callers: Vec<_> = (0..32).map(|_| scope.spawn(asked)).collect();
        let answers: Vec<_> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
        assert!(answers.iter().filter(|answer| answer.is_ok()).count() >= AT_ONCE_LIMIT);
    });
    assert_eq!(hashing.under_way.load(Ordering::Acquire), 0, "every place is given back");
}

#[test]
fn nothing_secret_is_shown() {
    let hash = Hashing::default().hash(&password(GOOD), [1; 16]).unwrap();
    let shown = format!("{:?} {:?}", password(GOOD), hash);
    assert_eq!(shown, "Password(secret) PhcText(secret)");
}

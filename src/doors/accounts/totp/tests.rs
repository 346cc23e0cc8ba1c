use super::*;
use uuid::Uuid;

/// The secret of RFC 6238, Appendix B.
fn secret() -> Secret {
    Secret::from_bytes(*b"12345678901234567890")
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::EPOCH.after(std::time::Duration::from_secs(seconds))
}

/// Appendix B shows eight digits; six of them are the last six.
#[test]
fn the_codes_are_those_of_rfc_6238() {
    for (seconds, code) in [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ] {
        let step = seconds / STEP_SECONDS;
        assert_eq!(totp_code(secret().as_bytes(), step), code[2..], "{seconds}");
        assert_eq!(check(&secret(), &code[2..], at(seconds), None), Some(step), "{seconds}");
    }
}

#[test]
fn a_code_is_good_for_a_step_on_either_side_and_once() {
    // The step of 1,111,111,109 is 37,037,036; its code is 081804.
    let step = 37_037_036;
    let begin = step * STEP_SECONDS;
    for (seconds, last, code, found) in [
        (begin, None, "081804", Some(step)),
        (begin, None, "081 804", Some(step)),
        (begin, None, " 081-804 ", Some(step)),
        (begin - 30, None, "081804", Some(step)),
        (begin + 59, None, "081804", Some(step)),
        (begin - 31, None, "081804", None),
        (begin + 60, None, "081804", None),
        (begin, Some(step - 1), "081804", Some(step)),
        (begin, Some(step), "081804", None),
        (begin, Some(step + 1), "081804", None),
        (begin, None, "081805", None),
        (begin, None, "81804", None),
        (begin, None, "0081804", None),
        (begin, None, "07081804", None),
        (begin, None, "०८१८०४", None),
        (begin, None, "", None),
    ] {
        let answer = check(&secret(), code, at(seconds), last);
        assert_eq!(answer, found, "{code:?} at {seconds} behind {last:?}");
    }
    let long = format!("081804{}", " ".repeat(1 << 20));
    assert_eq!(check(&secret(), &long, at(begin), None), None);
    let forgotten = forgotten_at(step);
    assert_eq!(forgotten, at(begin + 60));
    assert_eq!(check(&secret(), "081804", forgotten, None), None);
    let first = totp_code(secret().as_bytes(), 0);
    assert_eq!(check(&secret(), &first, Timestamp::EPOCH, None), Some(0), "there is a step 0");
}

#[test]
fn devices_read_the_uri() {
    assert_eq!(
        *secret().uri("Lantern & Works: HQ", "vera@holm.example"),
        "otpauth://totp/Lantern%20%26%20Works%3A%20HQ:vera%40holm.example\
         ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Lantern%20%26%20Works%3A%20HQ\
         &algorithm=SHA1&digits=6&period=30"
    );
    let mut drawn = Drawn::from_seed(&[1; 32]);
    assert_ne!(Secret::draw(&mut drawn).as_bytes(), Secret::draw(&mut drawn).as_bytes());
    assert_eq!(format!("{:?}", secret()), "Secret(secret)");
}

#[test]
fn a_recovery_code_is_good_once_and_only_for_its_user() {
    let [vera, other] = [1, 2].map(|byte| UserId::from_uuid(Uuid::from_bytes([byte; 16])));
    let codes = RecoveryCode::draw(&mut Drawn::from_seed(&[1; 32]));
    let mut kept: Vec<_> = codes.iter().map(|code| code.digest(vera)).collect();
    let text = codes[3].text();
    assert_eq!(text.len(), "abcd-efgh-ijkl-mnop".len());
    assert_eq!(format!("{:?}", codes[3]), "RecoveryCode(secret)");
    for wrong in ["", "abcd-efgh-ijkl-mnop", &text[1..], "0000-0000-0000-0000", "ü"] {
        assert_eq!(use_recovery(vera, &kept, wrong), None, "{wrong}");
    }
    assert_eq!(use_recovery(other, &kept, &text), None, "it is another user's");
    for (left, code) in (0..RECOVERY_CODES).rev().zip(&codes) {
        let typed = code.text().to_uppercase().replace('-', " ");
        let remaining = use_recovery(vera, &kept, &typed).expect("it was not used yet");
        assert_eq!(remaining.len(), left);
        assert!(!remaining.contains(&code.digest(vera)));
        kept = remaining;
        assert_eq!(use_recovery(vera, &kept, &typed), None, "it is used");
    }
}

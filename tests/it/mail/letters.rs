//! `tests/mail/letters.txt`: every letter as it is written. With `BLESS=1` in the environment the
//! file is written anew.

use rollbook::doors::mail::{Content, Letter, Link, Written};
use rollbook::doors::settings::Settings;
use rollbook::words::{Email, Name, Timestamp};
use std::path::Path;

fn link(path: &str) -> Link {
    let settings = Settings::default();
    Link::new(&settings.url_at(settings.listen), path)
}

fn time() -> Timestamp {
    Timestamp::parse_any("2026-11-29T13:05:59.123456Z").unwrap()
}

pub(super) fn invitation(to: &str, organization: &str, inviter: Option<&str>) -> Letter {
    let content = Content::Invitation {
        organization: Name::parse(organization).unwrap(),
        inviter: inviter.map(|name| Name::parse(name).unwrap()),
        expires_at: time(),
        link: link("/invitations#rbi_secret"),
    };
    Letter { to: Email::parse(to).unwrap(), content }
}

fn of(organization: &str, inviter: Option<&str>) -> Content {
    invitation("bob@acme.example", organization, inviter).content
}

#[test]
fn every_letter_is_what_it_was_agreed_to_be() {
    let letters = [
        ("an invitation", of("Acme", Some("Ada Lovelace"))),
        ("an invitation by nobody in particular", of("Acme", None)),
        (
            "an invitation full of traps",
            of(
                "<script>alert(1)</script>\u{202e}\" onload='x' & Söhne",
                Some("</p><a href=\"x\">"),
            ),
        ),
        ("a long name", of(&"x".repeat(255), None)),
        (
            "a role that was handed over",
            Content::HandedOver { organization: Name::parse("Acme").unwrap(), link: link("/") },
        ),
        (
            "a verification",
            Content::Verification { link: link("/verify#rbv_x"), expires_at: time() },
        ),
        (
            "a password reset, behind a link full of traps",
            Content::PasswordReset {
                link: link("/reset#a\"><b>\r\nBcc: eve@evil.example\r\n\r\n'é"),
                expires_at: time(),
            },
        ),
        (
            "somebody who is known already",
            Content::AlreadyKnown { link: link("/link#reset=rbl_known"), expires_at: time() },
        ),
    ];
    let mut happened = String::new();
    for (title, content) in &letters {
        let Written { subject, text, html } = Written::new(content);
        assert!(!subject.contains(['\r', '\n']), "{subject:?}");
        happened.push_str(&format!("# {title}\nSubject: {subject}\n\n{text}\n{html}\n"));
        let shown = format!("{content:?}");
        assert!(!shown.contains("rbi_") && !shown.contains("rbv_"), "{shown}");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/letters.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, happened).unwrap();
        return;
    }
    let told = std::fs::read_to_string(path).unwrap();
    let differs = told.lines().zip(happened.lines()).find(|(told, now)| told != now);
    assert!(told == happened, "{differs:#?}");
}

//! `docs/SETTINGS.md` and the code say the same. With `BLESS=1` in the environment the tables of
//! the page are written anew.

use crate::tidy::sources_of_tests;
use rollbook::doors::settings::{
    ALL, CONFIG, Given, GivenBy, OF_TESTS, OIDC, PREFIX, PublicUrl, Settings, SignUp,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn page() -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/SETTINGS.md");
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

/// The tables as the code would write them, each under the line that begins it.
fn tables() -> Vec<(&'static str, Vec<String>)> {
    let shown = |text: &str| text.replace('|', "\\|");
    let settings = [&CONFIG].into_iter().chain(ALL).map(|setting| {
        let default = match setting.default {
            None | Some("") => "none".to_owned(),
            Some(text) => format!("`{text}`"),
        };
        let key = if setting.key == CONFIG.key { "none" } else { &format!("`{}`", setting.key) };
        format!(
            "| {key} | `--{}` | `{}` | {} | {default} | {} |",
            setting.flag(),
            setting.variable(),
            shown(setting.accepts),
            shown(setting.doc)
        )
    });
    let providers = OIDC.iter().map(|setting| {
        let key = setting.key.trim_start_matches("sign_in.oidc.");
        format!("| `{key}` | {} | {} |", shown(setting.accepts), shown(setting.doc))
    });
    vec![
        ("| setting and key in the file |", settings.collect()),
        ("| key | accepted |", providers.collect()),
    ]
}

#[test]
fn the_page_and_the_code_say_the_same() {
    let (path, text) = page();
    let mut written: Vec<&str> = Vec::new();
    let tables = tables();
    let mut rows = None;
    for line in text.lines() {
        if let Some((_, table)) = tables.iter().find(|(head, _)| line.starts_with(head)) {
            rows = Some(table);
        } else if line.is_empty() {
            rows = None;
        } else if rows.is_some() && !line.starts_with("|---") {
            continue;
        }
        written.push(line);
        if let (Some(rows), true) = (rows, line.starts_with("|---")) {
            written.extend(rows.iter().map(String::as_str));
        }
    }
    let written = written.join("\n") + "\n";
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, written).unwrap();
        return;
    }
    let differs = text.lines().zip(written.lines()).find(|(told, now)| told != now);
    assert!(text == written, "run it with BLESS=1: {differs:#?}");
    for prefix in OF_TESTS {
        assert!(text.contains(&format!("`{prefix}`")), "the page does not name {prefix}");
    }
}

#[test]
fn no_two_settings_are_called_the_same() {
    let mut names = BTreeSet::new();
    for setting in ALL.iter().chain([&CONFIG]) {
        assert!(names.insert(setting.flag()) && names.insert(setting.variable()), "{setting:?}");
        let reserved = OF_TESTS.iter().find(|prefix| setting.variable().starts_with(*prefix));
        assert_eq!(reserved, None, "{setting:?}");
    }
}

#[test]
fn variables_of_tests_are_left_alone() {
    for (path, text) in sources_of_tests() {
        for (at, _) in text.match_indices(PREFIX) {
            let name = &text[at..];
            let end = name.find(|char: char| !char.is_ascii_uppercase() && char != '_');
            let name = &name[..end.unwrap_or(name.len())];
            let known = ALL.iter().chain([&CONFIG]).any(|setting| setting.variable() == name);
            let of_tests = OF_TESTS.iter().any(|prefix| name.starts_with(prefix));
            let about_settings = path.contains("tests/it/settings");
            assert!(known || of_tests || about_settings, "{path}: {name} would stop a server");
        }
    }
}

#[test]
fn the_example_of_the_page_is_read() {
    let (_, text) = page();
    let example = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let place = tempfile::tempdir().unwrap();
    for (name, secret) in [("smtp", "correct horse\n"), ("acme-oidc", "battery staple\nrest\n")] {
        std::fs::write(place.path().join(name), secret).unwrap();
    }
    let secrets = format!("{}/", place.path().display());
    let file = place.path().join("rollbook.toml");
    std::fs::write(&file, example.replace("/run/secrets/", &secrets)).unwrap();
    let mut given = Given::default();
    let flag = || GivenBy::Flag(String::new());
    given.add(&CONFIG, file.display().to_string(), flag());
    let sign_up = ALL.iter().find(|setting| setting.key == "sign_up").unwrap();
    given.add(sign_up, "open".to_owned(), flag());
    given.add_file().unwrap();
    let settings = Settings::read(&given).unwrap();
    assert_eq!(settings.sign_up, SignUp::Open, "a flag holds against the file");
    assert_eq!(settings.session_lifetime, Duration::from_secs(12 * 60 * 60));
    assert_eq!(settings.trusted_proxies.len(), 2);
    assert!(settings.public_url.as_ref().is_some_and(PublicUrl::is_secure));
    let smtp = settings.smtp.as_ref().unwrap();
    let (name, password) = smtp.login.as_ref().unwrap();
    assert_eq!((smtp.port, name.as_str(), password.reveal()), (587, "rollbook", "correct horse"));
    let [acme] = &settings.oidc[..] else { panic!("{:?}", settings.oidc) };
    assert_eq!(acme.organization.as_str(), "acme");
    assert_eq!(acme.client_secret.as_ref().unwrap().reveal(), "battery staple");
    let shown = format!("{settings:?} {given:?}");
    assert!(!shown.contains("horse") && !shown.contains("staple"), "{shown}");
}

#[test]
fn defaults_are_those_of_the_code() {
    let settings = Settings::default();
    assert_eq!(settings.limits, rollbook::doors::server::Limits::STANDARD);
    assert_eq!(settings.invitation_validity, rollbook::law::command::Invite::EXPIRES_IN);
    let url = settings.url_at(settings.listen);
    assert_eq!(url.as_str(), "http://127.0.0.1:8080");
    assert!(!url.is_secure());
}

//! What is wrong stops the start, and is told with its place.

use std::process::Command;

/// Starts a server that must not start; answers what it says. `$DIR` is where it works.
fn refused(flags: &[&str], variables: &[(&str, &str)], file: Option<&str>) -> String {
    let place = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollbook"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).args(flags).current_dir(place.path());
    if let Some(text) = file {
        std::fs::write(place.path().join("rollbook.toml"), text).unwrap();
        command.args(["--config", "rollbook.toml"]);
    }
    std::fs::write(place.path().join("empty"), "").unwrap();
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{flags:?} {variables:?} {file:?}: {stderr}");
    assert!(!place.path().join("data").exists(), "something was made: {stderr}");
    stderr.trim_end().to_owned()
}

#[test]
fn flags_and_variables() {
    let duration = "expected a duration from 1m to 365d: a number and s, m, h or d";
    for (flags, variables, said) in [
        (
            &["--session-lifetime", "7"][..],
            &[][..],
            format!("session_lifetime (flag --session-lifetime): {duration}"),
        ),
        (
            &[],
            &[("ROLLBOOK_SESSION_LIFETIME", "secret")],
            format!("session_lifetime (variable ROLLBOOK_SESSION_LIFETIME): {duration}"),
        ),
        (
            &[],
            &[("ROLLBOOK_SIGNUP", "open")],
            "variable ROLLBOOK_SIGNUP: there is no such setting; serve --help names all, with \
             their variables"
                .to_owned(),
        ),
        (
            &["--smtp-host", "mail.example"],
            &[],
            "smtp.host (flag --smtp-host): it means nothing without smtp.from".to_owned(),
        ),
        (
            &["--smtp-password-file", "empty"],
            &[],
            "smtp.password_file (flag --smtp-password-file): empty: its first line is empty or \
             holds control characters"
                .to_owned(),
        ),
        (
            &["--public-url", "https://someone:secret@ledger.example"],
            &[],
            "public_url (flag --public-url): expected http://HOST:PORT or https://HOST, without a \
             path"
                .to_owned(),
        ),
        (
            &["--trusted-proxies", "10.0.0.0/8,proxy.example"],
            &[],
            "trusted_proxies (flag --trusted-proxies): expected networks such as 10.0.0.0/8 or \
             ::1/128, with commas between them"
                .to_owned(),
        ),
        (
            &["--tls-key-file", "key.pem"],
            &[],
            "tls.key_file (flag --tls-key-file): it means nothing without tls.certificate_file"
                .to_owned(),
        ),
        (
            &["--tls-key-file", "empty", "--tls-certificate-file", "empty"],
            &[],
            "tls.certificate_file (flag --tls-certificate-file): empty: no items found".to_owned(),
        ),
        (
            &["--config", "nowhere.toml"],
            &[],
            "config: nowhere.toml: No such file or directory (os error 2)".to_owned(),
        ),
    ] {
        let stderr = refused(flags, variables, None);
        assert_eq!(stderr, format!("error: {said}"));
    }
}

/// Whoever else is asked to sign, and to say when.
#[test]
fn witnesses_and_timestamps() {
    for (flags, said) in [
        (
            &["--witnesses", "empty"][..],
            "witnesses (flag --witnesses): it means nothing without guard",
        ),
        (
            &["--guard", "guard", "--witnesses", "empty"],
            "witnesses (flag --witnesses): empty: it needs exactly one quorum, which names what \
             is defined above it",
        ),
        (
            &["--witnesses-required", "yes"],
            "witnesses_required (flag --witnesses-required): it means nothing without witnesses",
        ),
        (
            &["--guard", "guard", "--timestamps", "http://someone:secret@tsa.example"],
            "timestamps (flag --timestamps): expected http:// or https://, a host, and a port and \
             a path where needed",
        ),
    ] {
        assert_eq!(refused(flags, &[], None), format!("error: {said}"));
    }
}

#[test]
fn unknown_flags_and_answers_for_machines() {
    let stderr = refused(&["--sign-ups", "open"], &[], None);
    assert!(stderr.contains("unexpected argument '--sign-ups'"), "{stderr}");
    let stderr = refused(&["--json", "--sign-up", "all"], &[], None);
    let error: serde_json::Value = serde_json::from_str(&stderr).unwrap();
    assert_eq!(error["error"]["code"], "settings");
}

#[test]
fn files() {
    let mail = "[smtp]\nhost = \"mail.example\"\nfrom = \"a@b.example\"\nsecurity = \"none\"\n\
                user_name = \"ada\"\npassword_file = \"rollbook.toml\"\n";
    let provider = "[[sign_in.oidc]]\norganization = \"acme\"\nissuer = \"https://a.example\"\n\
                    client_id = \"x\"\n";
    let unknown = |line: usize, key: &str| {
        format!(
            "line {line}: there is no setting \"{key}\"; docs/SETTINGS.md names all, with their keys"
        )
    };
    for (text, said) in [
        ("sign_up = \"open\"\nsign_ups = \"open\"\n", unknown(2, "sign_ups")),
        ("[smtp]\n\npassword = \"secret\"\n", unknown(3, "smtp.password")),
        ("[database]\nurl = \"x\"\n", unknown(1, "database")),
        ("config = \"other.toml\"\n", unknown(1, "config")),
        ("[sign_in]\nldap = \"x\"\n", unknown(2, "sign_in.ldap")),
        (
            "listen = \"127.0.0.1:0\"\nlisten = \"127.0.0.1:1\"\n",
            "line 2: duplicate key".to_owned(),
        ),
        ("listen = \n", "line 1: string values must be quoted, expected literal string".to_owned()),
        (&format!("{provider}secret = \"x\"\n"), unknown(5, "sign_in.oidc.secret")),
        (
            &format!("{provider}{provider}"),
            "line 5: this provider of this organization stands above already".to_owned(),
        ),
    ] {
        let stderr = refused(&[], &[], Some(text));
        assert_eq!(stderr, format!("error: rollbook.toml, {said}"), "{text}");
    }
    for (text, said) in [
        (
            "sign_up = \"invited\"\nsession_lifetime = 7\n",
            "session_lifetime (rollbook.toml, line 2): expected a duration from 1m to 365d: a \
             number and s, m, h or d",
        ),
        (
            "[limits]\nconnections = true\n",
            "limits.connections (rollbook.toml, line 2): expected a number from 1 to 65536",
        ),
        (
            "[[sign_in.oidc]]\norganization = \"acme\"\n",
            "sign_in.oidc.issuer (rollbook.toml, line 1): expected an https:// URL, or an http:// \
             one of this machine",
        ),
        (
            &provider.replace("https", "http"),
            "sign_in.oidc.issuer (rollbook.toml, line 3): expected an https:// URL, or an http:// \
             one of this machine",
        ),
        (
            mail,
            "smtp.security (rollbook.toml, line 4): expected tls or starttls: the password could be \
             read on its way",
        ),
    ] {
        let stderr = refused(&[], &[], Some(text));
        assert_eq!(stderr, format!("error: {said}"), "{text}");
    }
}

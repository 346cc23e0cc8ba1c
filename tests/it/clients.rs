//! `tests/clients`: programs as people write them against these systems, with host, credential and
//! body filled in; and Cloudflare's own packages.

use crate::server::client::Served;
use crate::server::tokens::{issue, sign_up};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// Where the packages stand that `.ci/run` installs.
const PACKAGES: &str = "target/clients";

struct Runtime {
    /// How its programs' names end.
    kind: &'static str,
    /// What tells that it is there.
    probe: &'static [&'static str],
    /// What runs a program.
    run: &'static [&'static str],
}

const RUNTIMES: [Runtime; 4] = [
    Runtime { kind: "sh", probe: &["curl", "--version"], run: &["sh"] },
    Runtime { kind: "mjs", probe: &["node", "--version"], run: &["node"] },
    Runtime { kind: "py", probe: &["python3", "--version"], run: &["python3"] },
    Runtime { kind: "go", probe: &["go", "version"], run: &["go", "run"] },
];

fn command(words: &[&str]) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (program, arguments) = words.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root);
    command.env("NODE_PATH", root.join(PACKAGES).join("node_modules"));
    command.env("PYTHONPATH", root.join(PACKAGES).join("python"));
    command
}

/// Whether something runs here. Without it a test says that it skips, and under CI it fails.
pub(crate) fn is_there(probe: &[&str]) -> bool {
    if command(probe).output().is_ok_and(|output| output.status.success()) {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "{probe:?} does not run: .ci/run installs it");
    eprintln!("skipped: {probe:?} does not run here");
    false
}

/// What a program prints.
fn printed(run: &[&str], program: &str, given: &[(&str, &str)]) -> String {
    let path = format!("tests/clients/{program}");
    let output = command(run).arg(&path).envs(given.iter().copied()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{path}: {errors}{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stdout).unwrap()
}

/// The body that a program was answered, and the status behind it.
fn answered(printed: &str) -> (u16, Value) {
    let (body, status) = printed.trim_end().rsplit_once('\n').unwrap();
    let body = if body.trim().is_empty() { "null" } else { body };
    (status.parse().unwrap(), serde_json::from_str(body).unwrap())
}

fn host(served: &Served) -> String {
    format!("http://{}", served.address)
}

fn organization(served: &Served, role_set: &str) -> String {
    let body = json!({
        "kind": "standard", "role_set": role_set, "name": "Acme", "slug": "acme",
        "owner": {"email": "ada@acme.example", "name": "Ada"},
    });
    let answer = served.send("POST", "/v1/organizations", &body.to_string());
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["organization_id"].as_str().unwrap().to_owned()
}

fn is_uuid(value: &Value) -> bool {
    value.as_str().is_some_and(|text| uuid::Uuid::try_parse(text).is_ok() && text.len() == 36)
}

#[test]
fn aisix_creates_members() {
    let served = Served::new();
    organization(&served, "standard");
    let token = issue(&served.ledger, "acme", "read write", 86_400);
    let host = host(&served);
    for Runtime { kind, probe, run } in RUNTIMES {
        if !is_there(probe) {
            continue;
        }
        let email = format!("grace.{kind}@acme.example");
        let body = json!({"name": "Grace Hopper", "email": email}).to_string();
        let given = [("HOST", &*host), ("TOKEN", &*token), ("BODY", &*body)];
        let program = format!("aisix.{kind}");
        let (status, answer) = answered(&printed(run, &program, &given));
        assert_eq!(status, 201, "{answer}");
        let member = &answer["member"];
        assert!(is_uuid(&member["id"]) && is_uuid(&member["user_id"]), "{answer}");
        let expected = json!({"member": {
            "id": member["id"], "user_id": member["user_id"],
            "email": email, "display_name": "Grace Hopper", "role": "member",
        }});
        assert_eq!(answer, expected);
        let (status, answer) = answered(&printed(run, &program, &given));
        let message = "a user of this deployment has that e-mail address";
        assert_eq!((status, answer), (409, json!({"error_msg": message})));
    }
}

#[test]
fn avisi_adds_members() {
    let served = Served::new();
    organization(&served, "avisi");
    let token = issue(&served.ledger, "ada@acme.example", "read write", 86_400);
    let host = host(&served);
    for Runtime { kind, probe, run } in RUNTIMES {
        if !is_there(probe) {
            continue;
        }
        let email = format!("grace.{kind}@acme.example");
        sign_up(&served.ledger, &email, true);
        let program = format!("avisi.{kind}");
        let body = json!({"email": email, "role": "developer", "kubernetesRole": "edit"});
        let body = body.to_string();
        let given = [("HOST", &*host), ("SLUG", "acme"), ("TOKEN", &*token), ("BODY", &*body)];
        assert_eq!(answered(&printed(run, &program, &given)), (200, Value::Null));
        let given = [("HOST", &*host), ("SLUG", "acme"), ("TOKEN", &*token), ("BODY", "{}")];
        let (status, answer) = answered(&printed(run, &program, &given));
        let missing = "email or username is missing: one of them says who is meant";
        assert_eq!(
            (status, answer),
            (400, json!({"message": "Bad Request", "details": [missing]}))
        );
        let members = served.send("GET", "/v1/organizations/acme/members", "").json();
        let added = members["members"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(
            (&added["email"], &added["roles"]),
            (&json!(email), &json!(["developer", "kubernetes:edit"]),)
        );
    }
}

/// The role of an account's zone records, by its id.
const DNS: &str = "c68dcd101b3d7f9cbbc61504a4fab5f4";

#[test]
fn cloudflare_makes_members() {
    let served = Served::new();
    let account = organization(&served, "cloudflare").replace('-', "");
    let token = issue(&served.ledger, "ada@acme.example", "read write", 86_400);
    let host = host(&served);
    for Runtime { kind, probe, run } in RUNTIMES {
        if !is_there(probe) {
            continue;
        }
        let email = format!("grace.{kind}@acme.example");
        let program = format!("cloudflare.{kind}");
        let body = json!({"email": email, "roles": [DNS]}).to_string();
        let mut given = vec![("HOST", &*host), ("EMAIL", "ada@acme.example"), ("TOKEN", &*token)];
        given.extend([("ACCOUNT", &*account), ("BODY", &*body)]);
        let (status, answer) = answered(&printed(run, &program, &given));
        assert_eq!(status, 200, "{answer}");
        assert_eq!((&answer["success"], &answer["errors"]), (&json!(true), &json!([])));
        let result = &answer["result"];
        let code = result["code"].as_str().unwrap();
        assert!(code.starts_with("rbi_") && code.len() <= 64, "{answer}");
        let id = result["id"].as_str().unwrap();
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{answer}");
        assert_eq!((&result["status"], &result["email"]), (&json!("pending"), &json!(email)));
        assert_eq!(result["roles"][0]["permissions"], areas(), "{answer}");
        let (status, answer) = answered(&printed(run, &program, &given));
        let message = "an invitation is pending for that address";
        assert_eq!(status, 409, "{answer}");
        assert_eq!(
            (&answer["result"], &answer["errors"][0]["message"]),
            (&Value::Null, &json!(message),)
        );
    }
}

/// What the role for zone records allows: every area there is has its place.
fn areas() -> Value {
    let areas = [
        "analytics",
        "billing",
        "cache_purge",
        "dns",
        "dns_records",
        "lb",
        "logs",
        "organization",
        "ssl",
        "waf",
        "zone_settings",
        "zones",
    ];
    let read = ["dns", "dns_records", "organization"];
    let granted = areas.map(|area| {
        let grant = json!({"read": read.contains(&area), "write": area == "dns_records"});
        (area.to_owned(), grant)
    });
    Value::Object(granted.into_iter().collect())
}

/// What both packages tell of the same account.
const TOLD: &str = "\
account: Acme standard False
roles: 14 dns True False
listed: 13 13
pending: 6 member11@acme.example
in order: True
changed: True ['dns', 'ssl']
again: ['dns', 'ssl']
gone: True
missing: the account has no member with that id
gone: True
missing: the account has no member with that id
conflict: the user is a member of the organization
refused: False None
invited: ['Beta']
accepted: True accepted ['minimal-account-access']
belongs: ['Beta', 'Acme']
left: True
missing: you have no membership with that id
";

#[test]
fn cloudflares_own_packages_work() {
    let packages: [(&str, &[&str], &[&str]); 2] = [
        ("packages/members.py", &["python3", "-c", "import cloudflare"], &["python3"]),
        ("packages/members.mjs", &["node", "-e", "require('cloudflare')"], &["node"]),
    ];
    for (program, probe, run) in packages {
        if !is_there(probe) {
            continue;
        }
        let served = Served::new();
        // Whoever answers an invitation has proven the address.
        sign_up(&served.ledger, "ada@acme.example Ada", true);
        let known = served.ledger.known();
        let ada = known.state.by_email("ada@acme.example").unwrap();
        for (name, owner) in
            [("Acme", json!({"user_id": ada})), ("Beta", json!({"email": "bea@beta.example"}))]
        {
            let body = json!({
                "kind": "standard", "role_set": "cloudflare", "name": name,
                "slug": name.to_lowercase(), "owner": owner,
            });
            assert_eq!(served.send("POST", "/v1/organizations", &body.to_string()).status, 201);
        }
        let body = r#"{"email":"ada@acme.example","roles":["minimal-account-access"]}"#;
        let invited = served.send("POST", "/v1/organizations/beta/invitations", body);
        assert_eq!(invited.status, 201, "{invited:?}");
        let token = issue(&served.ledger, "ada@acme.example", "read write", 86_400);
        let given = [("HOST", &*host(&served)), ("TOKEN", &*token)];
        assert_eq!(printed(run, program, &given), TOLD, "{program}");
        // A conflict is not tried again, and a list is not asked for without end.
        let metrics = served.send("GET", "/metrics", "").body;
        let route = "route=\"/client/v4/accounts/{account}/members\"";
        for (method, status, times) in [("POST", 409, 1), ("POST", 400, 1), ("GET", 200, 8)] {
            let counted = format!("{route},method=\"{method}\",status=\"{status}\"}} {times}");
            let found = metrics.lines().find(|line| line.ends_with(&counted));
            assert!(found.is_some(), "{program}: {counted}\n{metrics}");
        }
    }
}

//! The OpenAPI document: what linters say of it, what Schemathesis finds on a running server, and
//! what a client does that is generated from it.

use crate::server::client::Served;
use crate::server::tokens;
use rollbook::doors::server::{openapi, refused_with};
use rollbook::law::Refusal;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where the packages stand that `.ci/run` installs.
const PACKAGES: &str = "target/openapi";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn document() -> Value {
    serde_json::from_str(openapi()).unwrap()
}

/// The document as a file of its own.
fn written(directory: &Path) -> PathBuf {
    let path = directory.join("openapi.json");
    std::fs::write(&path, openapi()).unwrap();
    path
}

/// A program of the packages; none where they are not installed.
fn package(name: &str) -> Option<Command> {
    let program = root().join(PACKAGES).join("node_modules/.bin").join(name);
    if program.exists() {
        let mut command = Command::new(program);
        command.env("REDOCLY_TELEMETRY", "off").current_dir(root());
        return Some(command);
    }
    assert!(std::env::var_os("CI").is_none(), "{name} is not there: .ci/run installs it");
    eprintln!("skipped: {name} is not installed in {PACKAGES}");
    None
}

fn said(output: &Output) -> String {
    let (told, errors) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(told), String::from_utf8_lossy(errors))
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap();
        item.iter().map(move |(method, told)| (method.clone(), path.clone(), told.clone()))
    });
    each.collect()
}

#[test]
fn redocly_and_spectral_find_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let file = written(directory.path());
    if let Some(mut redocly) = package("redocly") {
        let checked = redocly.args(["lint", "--config", "tests/openapi/redocly.yaml"]).arg(&file);
        let checked = checked.args(["--format", "json"]).output().unwrap();
        let told: Value = serde_json::from_slice(&checked.stdout).unwrap();
        assert!(checked.status.success(), "{}", said(&checked));
        assert_eq!(told["totals"], serde_json::json!({"errors": 0, "warnings": 0, "ignored": 0}));
    }
    if let Some(mut spectral) = package("spectral") {
        let checked = spectral.args(["lint", "--ruleset", "tests/openapi/spectral.yaml"]);
        let checked = checked.args(["--fail-severity", "hint"]).arg(&file).output().unwrap();
        assert!(checked.status.success(), "{}", said(&checked));
    }
}

#[test]
fn operations_have_names_of_their_own() {
    let document = document();
    let operations = operations(&document);
    assert!(operations.len() > 80, "{}", operations.len());
    let names: BTreeSet<&str> =
        operations.iter().map(|(.., told)| told["operationId"].as_str().unwrap()).collect();
    assert_eq!(names.len(), operations.len());
    for (method, path, told) in &operations {
        for parameter in told["parameters"].as_array().into_iter().flatten() {
            let text = parameter["description"].as_str().unwrap_or("by its reference");
            assert_ne!(text, "What is meant.", "{method} {path}: {parameter} has no description");
        }
    }
}

/// The codes of a status, as the document has them.
fn codes(document: &Value, status: u16) -> Vec<String> {
    let responses = document["components"]["responses"].as_object().unwrap();
    let found = responses.values().find_map(|response| {
        let schema = &response["content"]["application/problem+json"]["schema"]["allOf"][1];
        (schema["properties"]["status"]["const"] == status).then(|| &schema["properties"]["code"])
    });
    let codes = found.map(|code| code["enum"].as_array().unwrap().clone()).unwrap_or_default();
    codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

/// What only an import is refused with: it has no route.
const OF_IMPORTS: [&str; 5] = [
    "line_refused",
    "occurred_in_future",
    "occurred_too_early",
    "source_conflict",
    "source_contradicts",
];

#[test]
fn every_refusal_is_told() {
    let document = document();
    let mut told = BTreeSet::new();
    for (_, refusals) in crate::server::refusals::table() {
        for refusal in refusals.iter().filter(|refusal| !OF_IMPORTS.contains(&refusal.code())) {
            let (status, code) = (refused_with(refusal), refusal.code());
            assert!(codes(&document, status).iter().any(|it| it == code), "{status} {code}");
            told.insert(code);
        }
    }
    let all: BTreeSet<&str> = Refusal::CODES.iter().copied().collect();
    assert_eq!(all.len(), told.len() + OF_IMPORTS.len());
}

/// The problems that a door makes stand in its source: status or maker, and the code behind it.
fn made(source: &str) -> Vec<(u16, String)> {
    let mut made = Vec::new();
    for (maker, status) in [("new(", 0), ("wrong(", 400), ("missing(", 404), ("unfit(", 422)] {
        for (place, _) in source.match_indices(&format!("Problem::{maker}")) {
            let given = source[place..].split_once('(').unwrap().1.trim_start();
            let (status, given) = match status {
                0 => match given.split_once(',') {
                    Some((number, rest)) => (number.trim().parse().unwrap_or(0), rest.trim_start()),
                    None => continue,
                },
                known => (known, given),
            };
            let Some(code) = given.strip_prefix('"').and_then(|it| it.split_once('"')) else {
                continue;
            };
            if status > 0 {
                made.push((status, code.0.to_owned()));
            }
        }
    }
    made
}

#[test]
fn every_problem_of_the_doors_is_told() {
    let document = document();
    let of_the_paths = [(404, "unknown_route"), (405, "wrong_method")];
    let mut seen = 0;
    let mut folders = vec![root().join("src/doors")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // What other systems are told in their words stands in no document of ours.
                if !path.ends_with("dialects") {
                    folders.push(path);
                }
                continue;
            }
            if path.ends_with("dialects.rs") {
                continue;
            }
            for (status, code) in made(&std::fs::read_to_string(&path).unwrap()) {
                seen += 1;
                let is_told = codes(&document, status).contains(&code)
                    || of_the_paths.contains(&(status, code.as_str()));
                assert!(is_told, "{}: {status} {code} is not in the document", path.display());
            }
        }
    }
    assert!(seen > 40, "the problems are made elsewhere: {seen}");
}

#[test]
fn the_page_names_no_other_place() {
    let served = Served::new();
    let page = served.send("GET", "/docs", "");
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
    for attribute in ["href=\"", "src=\"", "action=\"", "url("] {
        for (place, _) in page.body.match_indices(attribute) {
            let target = &page.body[place + attribute.len()..];
            assert!(target.starts_with(['#', '/']) && !target.starts_with("//"), "{target:.60}");
        }
    }
    assert!(!page.body.contains("<script"), "it needs none");
    assert_eq!(served.send("GET", "/docs/style.css", "").status, 200);
    let told = served.send("GET", "/openapi.json", "");
    assert_eq!(told.body, openapi());
}

/// What the generated client does.
const TOLD: &str = "\
begun: Acme 1
invited: pending rbi_
listed: ada@acme.example grace@acme.example alan@acme.example in 2 parts
refused: 409 slug_taken
";

#[test]
fn a_typescript_client_is_generated_from_it() {
    let (Some(mut generator), Some(mut compiler)) = (package("openapi-typescript"), package("tsc"))
    else {
        return;
    };
    // Beside the packages, so that they are found.
    let work = root().join(PACKAGES).join("client");
    std::fs::create_dir_all(&work).unwrap();
    for file in ["round_trip.ts", "tsconfig.json"] {
        std::fs::copy(root().join("tests/openapi").join(file), work.join(file)).unwrap();
    }
    std::fs::write(work.join("package.json"), r#"{"type":"module"}"#).unwrap();
    let generated = generator.arg(written(&work)).arg("-o").arg(work.join("rollbook.d.ts"));
    let generated = generated.output().unwrap();
    assert!(generated.status.success(), "{}", said(&generated));
    let compiled = compiler.arg("--project").arg(&work).output().unwrap();
    assert!(compiled.status.success(), "{}", said(&compiled));
    let served = Served::new();
    let host = format!("http://{}", served.address);
    let mut program = Command::new("node");
    let ran = program.arg(work.join("round_trip.js")).env("HOST", host);
    let ran = ran.env("TOKEN", &served.token).output().unwrap();
    assert!(ran.status.success(), "{}", said(&ran));
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), TOLD);
}

#[test]
fn schemathesis_finds_nothing() {
    let python = root().join(PACKAGES).join("python");
    if !python.join("schemathesis").is_dir() {
        assert!(std::env::var_os("CI").is_none(), "schemathesis is missing: .ci/run installs it");
        eprintln!("skipped: schemathesis is not installed in {PACKAGES}/python");
        return;
    }
    let served = Served::new();
    // Somebody's own account can be looked at, too.
    tokens::sign_up(&served.ledger, "ada@acme.example", true);
    let url = format!("http://{}/openapi.json", served.address);
    let hooks = root().join("tests/openapi");
    let paths = std::env::join_paths([python, hooks]).unwrap();
    let ran = Command::new("python3")
        .args(["-m", "schemathesis.cli", "--config-file", "tests/openapi/schemathesis.toml"])
        .args(["run", &url, "--checks", "all", "--phases", "examples,coverage,fuzzing,stateful"])
        .args(["--generation-deterministic", "--max-examples", "5", "--no-color"])
        .args(["--warnings", "off", "-H"])
        .arg(format!("Authorization: Bearer {}", served.token))
        .env("PYTHONPATH", paths)
        .env("SCHEMATHESIS_HOOKS", "formats")
        .current_dir(root())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", said(&ran));
}

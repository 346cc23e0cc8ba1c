//! `events/` is the contract as data. Code and folder are held to each other, in both directions.
#![allow(clippy::unwrap_used, reason = "what is read and written here is the repository's own")]

mod authority;
mod examples;
mod role_sets;
mod schemas;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rollbook::facts::{Entry, Event, Permission};
use schemas::Schemas;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("events")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn names(ending: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(ending))
        .collect();
    names.sort();
    names
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text {key:?} in {value}"))
}

/// A worked example as it stands in its file.
struct Example {
    file: String,
    bytes: String,
    parsed: Entry,
    shown: Value,
}

impl Example {
    fn type_name(&self) -> &'static str {
        self.parsed.fact.event.type_name()
    }

    fn entry(&self) -> &Value {
        &self.shown["entry"]
    }
}

/// All worked examples, in the order of their ledger.
fn examples() -> Vec<Example> {
    let mut examples: Vec<Example> = names(".example.json")
        .into_iter()
        .map(|file| {
            let shown: Value = serde_json::from_str(&read(&file)).unwrap();
            let bytes = text(&shown, "bytes").to_owned();
            let parsed =
                Entry::parse(bytes.as_bytes()).unwrap_or_else(|error| panic!("{file}: {error}"));
            Example { file, bytes, parsed, shown }
        })
        .collect();
    examples.sort_by_key(|example| example.parsed.seq);
    examples
}

#[test]
fn the_examples_are_what_the_code_writes() {
    for example in examples::all() {
        let written = format!("{}\n", serde_json::to_string_pretty(&example).unwrap());
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(folder().join(&example.file), written).unwrap();
        } else {
            let hint = "UPDATE_EXPECT=1 writes it anew; a released example is never written anew";
            assert!(read(&example.file) == written, "{} differs: {hint}", example.file);
        }
    }
}

#[test]
fn every_event_type_has_a_schema_an_example_and_a_row_and_nothing_else_is_there() {
    let catalogue: BTreeSet<String> =
        Event::CATALOGUE.iter().map(|(name, version)| format!("{name}.v{version}")).collect();

    let shared = ["defs.v1", "entry.v1"].map(str::to_owned);
    let schemas: BTreeSet<String> = names(".schema.json")
        .iter()
        .map(|name| name.trim_end_matches(".schema.json").to_owned())
        .collect();
    assert_eq!(schemas, catalogue.iter().cloned().chain(shared).collect());

    let generated: BTreeSet<String> =
        examples::all().into_iter().map(|example| example.file).collect();
    assert_eq!(names(".example.json").into_iter().collect::<BTreeSet<_>>(), generated);
    let shown: BTreeSet<String> = generated.iter().map(|file| plain_name(file)).collect();
    assert_eq!(shown, catalogue);

    let rows: BTreeSet<String> = catalogue_rows().into_keys().collect();
    assert_eq!(rows, catalogue);

    let authority = names("authority.v1.json").len();
    let expected = names(".schema.json").len() + names(".example.json").len() + authority;
    let other: BTreeSet<String> =
        names("").into_iter().filter(|name| !name.ends_with(".json")).collect();
    // What stands in `reference` is held to the ledger's organizations where it is written.
    let known = ["README.md", "reference", "reference.ndjson", "role-sets"];
    assert_eq!(other, known.map(str::to_owned).into());
    assert_eq!(names(".json").len(), expected, "a file is neither schema, example nor authority");
}

/// `OrganizationCreated.v1.personal.example.json` → `OrganizationCreated.v1`.
fn plain_name(file: &str) -> String {
    file.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// The rows of the catalogue in the README: `Type.v1` → the cells behind type and version.
fn catalogue_rows() -> BTreeMap<String, Vec<String>> {
    let mut rows = BTreeMap::new();
    for line in read("README.md").lines().filter(|line| line.starts_with("| [`")) {
        let cells: Vec<String> =
            line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        let name = quoted(&cells[0])[0].to_owned();
        let key = format!("{name}.v{}", cells[1]);
        assert!(cells[0].contains(&format!("({key}.schema.json)")), "{key}: link");
        assert_eq!(cells.len(), 5, "{key}: cells");
        assert!(rows.insert(key, cells[2..].to_vec()).is_none(), "{name} stands twice");
    }
    rows
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_catalogue_names_the_sealed_fields_and_only_permissions_that_exist() {
    let schemas = Schemas::read();
    for (key, cells) in catalogue_rows() {
        let named: BTreeSet<String> = quoted(&cells[2])
            .into_iter()
            .filter(|text| text.starts_with('/'))
            .map(Into::into)
            .collect();
        assert_eq!(named, schemas.sealed_pointers(&key), "{key}");
        for name in quoted(&cells[1]).iter().filter(|name| name.contains('.')) {
            assert!(Permission::from_name(name).is_some(), "{key}: {name} is not a permission");
        }
    }
}

#[test]
fn every_example_is_written_back_byte_for_byte() {
    for example in examples() {
        let written = example.parsed.write().unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), example.bytes, "{}", example.file);
        let shown: Value = serde_json::from_str(&example.bytes).unwrap();
        assert_eq!(&shown, example.entry(), "{}", example.file);
        assert_eq!(serde_jcs::to_string(&shown).unwrap(), example.bytes, "{}", example.file);
    }
}

/// The formulas of the README, written down once more without Rollbook's own code.
mod formulas {
    use super::*;

    pub(super) fn derive(context: &str, input: &[u8]) -> String {
        STANDARD.encode(blake3::derive_key(context, input))
    }

    pub(super) fn prefixed(parts: &[&[u8]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in parts {
            bytes.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
            bytes.extend(*part);
        }
        bytes
    }

    pub(super) fn leaf(bytes: &[u8]) -> String {
        STANDARD.encode(Sha256::digest([&[0], bytes].concat()))
    }
}

#[test]
fn the_links_and_leaves_recompute() {
    let examples = examples();
    let mut organizations: BTreeMap<String, (u64, String)> = BTreeMap::new();
    let log = text(examples[0].entry(), "log").as_bytes().to_owned();
    let mut prev = formulas::derive("rollbook 2026-11 genesis v1", &formulas::prefixed(&[&log]));
    for (seq, example) in examples.iter().enumerate() {
        let (entry, file) = (example.entry(), &example.file);
        let org = text(entry, "org").to_owned();
        let (org_seq, org_prev) = organizations.remove(&org).unwrap_or_else(|| {
            let input = formulas::prefixed(&[&log, org.as_bytes()]);
            (0, formulas::derive("rollbook 2026-11 org genesis v1", &input))
        });
        assert_eq!(entry["seq"], seq, "{file}");
        assert_eq!(entry["org_seq"], org_seq, "{file}");
        assert_eq!(entry["prev"], prev, "{file}");
        assert_eq!(entry["org_prev"], org_prev, "{file}");
        prev = formulas::derive("rollbook 2026-11 entry v1", example.bytes.as_bytes());
        assert_eq!(example.shown["chain_hash"], prev, "{file}");
        assert_eq!(example.shown["leaf"], formulas::leaf(example.bytes.as_bytes()), "{file}");
        organizations.insert(org, (org_seq + 1, prev.clone()));
    }
}

#[test]
fn subjects_are_those_of_the_table_in_the_readme() {
    for example in examples() {
        let (entry, data) = (example.entry(), &example.entry()["data"]);
        let name = example.type_name();
        let holder = data["holder"].as_str().unwrap_or_default();
        let holder = holder.strip_prefix("user:").map(Value::from);
        let of_ledger = ["ExportCreated", "CheckpointKeyRotated", "LedgerRestored"];
        let about = if name == "OrganizationHeadsCommitted" {
            Vec::new()
        } else if name.starts_with("Organization") || of_ledger.contains(&name) {
            vec![&entry["org"]]
        } else if name.starts_with("Token") {
            vec![holder.as_ref().unwrap_or(&entry["org"])]
        } else if name == "InvitationAccepted" {
            vec![&data["invitation"], &data["user"]]
        } else if name.starts_with("Invitation") {
            vec![&data["invitation"]]
        } else if name == "SuperAdminTransferred" {
            vec![&data["from"], &data["to"]]
        } else if name == "PersonalDataErased" {
            let own = data.get("reason").or(data.get("organization")).map(|_| &entry["org"]);
            let invitations = data["invitations"].as_array().into_iter().flatten();
            invitations.chain(data.get("user")).chain(own).collect()
        } else {
            data.get("user").into_iter().collect()
        };
        let mut about: Vec<&str> = about.into_iter().map(|id| id.as_str().unwrap()).collect();
        about.sort_unstable();
        assert_eq!(entry["subjects"], serde_json::json!(about), "{}", example.file);
    }
}

#[test]
fn every_sealed_field_has_a_disclosure_that_opens_it() {
    for example in examples() {
        let (entry, file) = (example.entry(), &example.file);
        let disclosures = example.shown["disclosures"].as_array().unwrap();
        let sealed = example.parsed.fact.event.sealed();
        assert_eq!(disclosures.len(), sealed.len(), "{file}");
        for (disclosure, (field, value)) in disclosures.iter().zip(sealed) {
            assert_eq!(text(disclosure, "field"), field, "{file}");
            let place = entry["data"].pointer(field).unwrap();
            assert_eq!(place["of"], disclosure["of"], "{file} {field}");
            assert_eq!(place["commit"], disclosure["commit"], "{file} {field}");
            let input = formulas::prefixed(&[
                text(entry, "log").as_bytes(),
                &entry["seq"].as_u64().unwrap().to_be_bytes(),
                field.as_bytes(),
                &STANDARD.decode(text(disclosure, "salt")).unwrap(),
                text(disclosure, "value").as_bytes(),
            ]);
            let commit = formulas::derive("rollbook 2026-11 field v1", &input);
            assert_eq!(disclosure["commit"], commit, "{file} {field}");

            let org = example.parsed.fact.org;
            let mut owners = example.parsed.fact.event.subjects(org);
            owners.push(org.into());
            assert!(owners.contains(&value.of), "{file} {field}: owner is not about");
        }
    }
}

#[test]
fn the_examples_of_a_type_show_every_field_and_every_sealed_one() {
    let schemas = Schemas::read();
    let mut shown: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for example in examples() {
        let (fields, sealed) = shown.entry(plain_name(&example.file)).or_default();
        fields.extend(example.entry()["data"].as_object().unwrap().keys().cloned());
        sealed.extend(example.parsed.fact.event.sealed().iter().map(|(field, _)| (*field).into()));
    }
    for (key, (fields, sealed)) in shown {
        assert_eq!(fields, schemas.fields(&key), "{key}");
        assert_eq!(sealed, schemas.sealed_pointers(&key), "{key}");
    }
}

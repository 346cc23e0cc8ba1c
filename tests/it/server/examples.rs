//! The examples of the OpenAPI document: the first answer that went well of each operation, in the
//! texts of `tests/http`.

use super::client::Answer;
use rollbook::doors::server::openapi;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

const FILE: &str = "src/doors/server/openapi/examples.json";

/// What differs from machine to machine, as it is told in examples.
const SERVER: &str = "https://rollbook.example";

/// What is answered with no JSON of its own, leads a browser elsewhere, or tells of this very
/// server.
const WITHOUT: [&str; 23] = [
    "createBundle",
    "exportOrganization",
    "followOrganization",
    "getAlive",
    "getBackup",
    "getBundle",
    "getCheckpoint",
    "getConsistency",
    "getDocs",
    "getDocsStyle",
    "getMetrics",
    "getOpenapi",
    "getOrganizationCheckpoint",
    "getOrganizationConsistency",
    "getOrganizationPolicy",
    "getOrganizationProof",
    "getOrganizationTile",
    "getProof",
    "getReady",
    "getTile",
    "returnFromProvider",
    "rotateLogKey",
    "signInByProvider",
];

/// Examples by operation.
#[derive(Default)]
pub(super) struct Examples(BTreeMap<String, Value>);

impl Examples {
    /// Takes a request and its answer in, where they are the first of their operation.
    pub(super) fn take(
        &mut self,
        document: &Value,
        (method, path, body): Asked<'_>,
        answer: &Answer,
    ) {
        let is_json = answer.header("content-type") == Some("application/json");
        if !(200..300).contains(&answer.status) || !is_json {
            return;
        }
        let (path, _) = path.split_once('?').unwrap_or((path, ""));
        let Some((id, parts)) = operation(document, method, path) else { return };
        let mut example = json!({ "path": parts, "status": answer.status });
        if !body.is_empty() {
            example["body"] = serde_json::from_str(body).unwrap();
        }
        example["answer"] = answer.json();
        self.0.entry(id).or_insert_with(|| anywhere(example));
    }

    /// Holds the file to what happened, or writes it.
    pub(super) fn hold(self) {
        let text = serde_json::to_string_pretty(&self.0).unwrap() + "\n";
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(file, text).unwrap();
        } else {
            let known = std::fs::read_to_string(file).unwrap();
            let differs = known.lines().zip(text.lines()).find(|(known, now)| known != now);
            assert!(known == text, "{FILE}: {differs:#?}; BLESS=1 writes it anew");
        }
    }
}

/// Method, path and body.
pub(super) type Asked<'a> = (&'a str, &'a str, &'a str);

/// The operation that a request is of, and the parts of its path.
fn operation(document: &Value, method: &str, path: &str) -> Option<(String, Map<String, Value>)> {
    let paths = document["paths"].as_object().unwrap();
    let fits = paths.iter().filter_map(|(pattern, item)| {
        let (wanted, given): (Vec<_>, Vec<_>) =
            (pattern.split('/').collect(), path.split('/').collect());
        let is_part = |text: &str| text.starts_with('{');
        let fits = wanted.len() == given.len()
            && wanted.iter().zip(&given).all(|(wanted, given)| is_part(wanted) || wanted == given);
        let parts = wanted.iter().zip(&given).filter(|(wanted, _)| is_part(wanted));
        let parts: Map<String, Value> = parts
            .map(|(wanted, given)| (wanted.trim_matches(['{', '}']).to_owned(), json!(given)))
            .collect();
        let id = item[method.to_lowercase()]["operationId"].as_str()?;
        fits.then(|| (id.to_owned(), parts))
    });
    // A path without a variable goes before one with.
    fits.min_by_key(|(_, parts)| parts.len())
}

/// The same without what differs from machine to machine.
fn anywhere(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, anywhere(value))).collect()
        }
        Value::Array(rows) => rows.into_iter().map(anywhere).collect(),
        Value::String(text) => match text.strip_prefix("http://127.0.0.1:") {
            Some(rest) => {
                let rest = rest.trim_start_matches(|char: char| char.is_ascii_digit());
                json!(format!("{SERVER}{rest}"))
            }
            None => Value::String(text),
        },
        other => other,
    }
}

#[test]
fn every_operation_has_an_example_that_fits_its_schema() {
    let document: Value = serde_json::from_str(openapi()).unwrap();
    let mut without = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let answers = operation["responses"].as_object().unwrap();
            let mut contents: Vec<&Value> = answers
                .iter()
                .filter(|(status, _)| status.starts_with('2'))
                .map(|(_, answer)| &answer["content"]["application/json"])
                .filter(|content| content.get("example").is_some())
                .collect();
            if contents.is_empty() {
                without.push(format!("{id} {method} {path}"));
            }
            let body = &operation["requestBody"]["content"]["application/json"];
            contents.extend(body.get("example").map(|_| body));
            for content in contents {
                let mut schema = content["schema"].clone();
                schema["components"] = document["components"].clone();
                let schema = jsonschema::validator_for(&schema).unwrap();
                let faults: Vec<String> = schema
                    .iter_errors(&content["example"])
                    .map(|fault| format!("{fault} at {}", fault.instance_path))
                    .collect();
                assert!(faults.is_empty(), "{id}: {faults:#?}");
            }
        }
    }
    without.retain(|text| !WITHOUT.iter().any(|id| text.starts_with(&format!("{id} "))));
    assert!(without.is_empty(), "{without:#?}");
}

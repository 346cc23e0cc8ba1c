//! What a bundle says, and the manifest that everybody can make.

use rollbook::house::bundle::Files;
use rollbook::proof::Checkpoint;
use rollbook::words::canonical;
use rollbook::words::hash::{blake3, hexadecimal, sha256};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const MANIFEST: &str = "manifest.json";

/// Lists the files as they are now, where there is a manifest to list them in.
pub(super) fn list_anew(files: &mut Files) {
    let read = files.get(MANIFEST).and_then(|it| serde_json::from_slice::<Value>(it).ok());
    let Some(mut manifest) = read.filter(Value::is_object) else { return };
    let listed = files.iter().filter(|(path, _)| *path != MANIFEST).map(|(path, bytes)| {
        json!({
            "blake3": hexadecimal(&blake3(bytes)),
            "bytes": bytes.len(),
            "path": path,
            "sha256": hexadecimal(&sha256(bytes)),
        })
    });
    manifest["files"] = listed.collect();
    // What is no canonical number any more is left as it is.
    if let Ok(bytes) = canonical::write(&manifest) {
        files.insert(MANIFEST, bytes);
    }
}

fn manifest(files: &Files) -> Value {
    serde_json::from_slice(files.get(MANIFEST).unwrap()).unwrap()
}

fn lines(files: &Files, path: &str) -> BTreeSet<String> {
    let text = String::from_utf8(files.get(path).unwrap_or_default().to_vec()).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Whether a bundle that was accepted says nothing that the one did not say which was handed out:
/// the same history as far as it goes, the same statements, values that were disclosed there.
pub(super) fn says_no_more(files: &Files, base: &Files) -> Result<(), String> {
    let (ours, theirs) = (manifest(files), manifest(base));
    for name in ["format", "heads", "log", "org", "org_origin", "org_size", "origin", "size"] {
        if ours[name] != theirs[name] {
            return Err(format!("{name} is {} and was {}", ours[name], theirs[name]));
        }
    }
    if ours["from"].as_u64() < theirs["from"].as_u64()
        || ours["to"].as_u64() > theirs["to"].as_u64()
    {
        return Err("it holds more entries".to_owned());
    }
    for path in ["global/checkpoint", "org/checkpoint"] {
        let text = |files: &Files| Checkpoint::parse(files.get(path).unwrap()).unwrap().0;
        if text(files) != text(base) {
            return Err(format!("{path} says something else"));
        }
    }
    // Every entry, hash and proof that is there was there; what only people read may be any.
    for (path, bytes) in files.iter() {
        let is_entry = path.starts_with("global/") && path.ends_with(".json");
        let is_history = is_entry || path.starts_with("org/tile/");
        if is_history && base.get(path) != Some(bytes) {
            return Err(format!("{path} is another"));
        }
    }
    let disclosures = "disclosures.ndjson";
    match lines(files, disclosures).is_subset(&lines(base, disclosures)) {
        true => Ok(()),
        false => Err("it discloses something else".to_owned()),
    }
}

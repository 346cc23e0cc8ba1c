//! The manifest, and that the files are those it names.

use super::super::container::Files;
use super::super::finding::{Code, Finding, Findings};
use super::super::form::{
    FORMAT, HEADS, HOWTO, Kind, LEDGER_CHECKPOINT, Listed, MANIFEST, Manifest,
    ORGANIZATION_CHECKPOINT, file,
};

pub(super) fn read(files: &Files) -> Result<Manifest, Box<Finding>> {
    let wrong =
        |detail: String| Box::new(Finding::new(Code::ManifestForm, detail).in_file(MANIFEST));
    let bytes = files.get(MANIFEST).ok_or_else(|| wrong("it is missing".to_owned()))?;
    let manifest: Manifest = file(bytes).map_err(|error| wrong(error.to_string()))?;
    if manifest.format != FORMAT {
        let detail = format!("format {} is not known here, {FORMAT} is", manifest.format);
        return Err(Box::new(Finding::new(Code::ManifestFormat, detail).in_file(MANIFEST)));
    }
    if !manifest.is_sound() {
        return Err(wrong("its ranges, origins or the order of its files do not fit".to_owned()));
    }
    Ok(manifest)
}

/// Holds the files against what the manifest says of them.
pub(super) fn hold(files: &Files, manifest: &Manifest, findings: &mut Findings) {
    for listed in &manifest.files {
        let path = &listed.path;
        let mut find = |code, detail: &str| {
            findings.add(Finding::new(code, detail).in_file(path.clone()));
        };
        if path == MANIFEST || Kind::at(path).is_none() {
            find(Code::PathUnknown, "no bundle has a file there");
        }
        match files.get(path) {
            None => find(Code::FileMissing, "the manifest names it and it is not there"),
            Some(bytes) if Listed::of(path, bytes) != *listed => {
                find(Code::FileChanged, "its length or its hashes are not those of the manifest");
            }
            Some(_) => {}
        }
    }
    for path in [HOWTO, ORGANIZATION_CHECKPOINT, LEDGER_CHECKPOINT, HEADS] {
        if !manifest.files.iter().any(|listed| listed.path == path) {
            let detail = "the manifest does not name it, and no bundle is without it";
            findings.add(Finding::new(Code::FileMissing, detail).in_file(path));
        }
    }
    for (path, _) in files.iter().filter(|(path, _)| *path != MANIFEST) {
        if manifest.files.binary_search_by(|listed| listed.path.as_str().cmp(path)).is_err() {
            let detail = "the manifest does not name it";
            findings.add(Finding::new(Code::FileExtra, detail).in_file(path));
        }
    }
}

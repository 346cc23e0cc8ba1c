//! A bundle: five verdicts against a policy.

use super::{Arguments, UNUSABLE};
use crate::house::bundle::{Files, Verdict, Wanted, check};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The longest policy or checkpoint that is read; both have narrower limits of their own.
const READ_LIMIT_BYTES: u64 = 1024 * 1024;

/// Checks the bundle, prints what was found, and answers the exit code.
pub(super) fn run(arguments: &Arguments, policy: &Path) -> u8 {
    let wanted = match wanted(arguments) {
        Ok(wanted) => wanted,
        Err(problem) => return refuse(&problem),
    };
    let policy = match read(policy) {
        Ok(policy) => policy,
        Err(problem) => return refuse(&problem),
    };
    let verdict = check(Files::read(&arguments.file), &policy, &wanted);
    let printed = if arguments.json {
        writeln!(io::stdout().lock(), "{}", verdict.to_json())
    } else {
        print(&verdict)
    };
    if let Some(evidence) = &verdict.evidence
        && let Err(error) = keep(&arguments.evidence, evidence)
    {
        eprintln!("rollbook-verify: {}: {error}", arguments.evidence.display());
        return UNUSABLE;
    }
    if printed.is_ok() { verdict.exit() } else { UNUSABLE }
}

fn refuse(problem: &str) -> u8 {
    eprintln!("rollbook-verify: {problem}");
    UNUSABLE
}

fn wanted(arguments: &Arguments) -> Result<Wanted, String> {
    let mut known = Vec::new();
    for path in &arguments.known_checkpoint {
        known.push((path.display().to_string(), read(path)?));
    }
    Ok(Wanted {
        known,
        min_size: arguments.min_size,
        max_age: arguments.max_age.map(Duration::from_secs),
        now: arguments.now.map_or_else(now, Duration::from_secs),
        allow_unwitnessed: arguments.allow_unwitnessed,
    })
}

#[allow(clippy::disallowed_methods, reason = "the clock is handed in from here")]
fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read =
        File::open(path).and_then(|file| file.take(READ_LIMIT_BYTES).read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// What was found is not written over something else.
fn keep(path: &Path, evidence: &str) -> io::Result<()> {
    if fs::read(path).is_ok_and(|before| before == evidence.as_bytes()) {
        return Ok(());
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(evidence.as_bytes())
}

fn print(verdict: &Verdict) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for finding in verdict.findings.kept() {
        writeln!(out, "{finding}")?;
    }
    let more = verdict.findings.total() - verdict.findings.kept().len() as u64;
    if more > 0 {
        writeln!(out, "… and {more} more findings")?;
    }
    let shout = |text: &str| text.to_uppercase();
    writeln!(out, "Integrity:     {}", shout(verdict.integrity.name()))?;
    let completeness = shout(verdict.completeness.name());
    match &verdict.manifest {
        Some(manifest) => writeln!(
            out,
            "Completeness:  {completeness}  [{}, {}) of {} entries of organization {} in {}",
            manifest.from, manifest.to, manifest.org_size, manifest.org, manifest.log
        )?,
        None => writeln!(out, "Completeness:  {completeness}")?,
    }
    let names: Vec<&str> = verdict.witnesses.iter().map(|(name, _)| name.as_str()).collect();
    let by = if names.is_empty() { String::new() } else { format!("  by {}", names.join(", ")) };
    writeln!(out, "Assurance:     {}{by}", shout(verdict.assurance.name()))?;
    writeln!(out, "Continuity:    {}", shout(verdict.continuity.name()))?;
    let personal = &verdict.personal_data;
    writeln!(
        out,
        "Personal data: {} disclosed, {} withheld, {} erased",
        personal.disclosed, personal.withheld, personal.erased
    )?;
    let unchecked = personal.not_checkable_total();
    writeln!(
        out,
        "               rules about withheld values: not checkable offline ({unchecked})"
    )?;
    for (rule, count) in &personal.not_checkable {
        writeln!(out, "                 {rule}: {count}")?;
    }
    Ok(())
}

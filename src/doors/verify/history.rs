//! An export in lines: a chain, and what opens it.

use super::{FINDINGS, UNUSABLE, WHOLE};
use crate::house::export::{Verdict, check};
use serde_json::json;
use std::io::{self, BufRead, Write};

/// What no file can show about itself, said with every verdict: a whole export is easily taken for
/// the whole truth.
const NOT_SHOWN: [&str; 3] = [
    "that it is the history: whoever can write the file can compute a whole chain anew",
    "that it ends there: it may go on behind the head",
    "that others were given the same",
];

/// Checks the lines, prints what was found, and answers the exit code.
pub(super) fn run(lines: impl BufRead, name: &str, as_json: bool) -> u8 {
    let verdict = match check(lines) {
        Ok(verdict) => verdict,
        Err(error) => {
            eprintln!("rollbook-verify: {name}: {error}");
            return UNUSABLE;
        }
    };
    let printed = if as_json { print_json(&verdict) } else { print(&verdict) };
    match printed {
        Ok(()) if verdict.is_whole() => WHOLE,
        Ok(()) => FINDINGS,
        Err(_) => UNUSABLE,
    }
}

fn print(verdict: &Verdict) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for finding in &verdict.findings {
        writeln!(out, "{finding}")?;
    }
    let kept = verdict.findings.len() as u64;
    if verdict.findings_total > kept {
        writeln!(out, "… and {} more findings", verdict.findings_total - kept)?;
    }
    let integrity = if verdict.is_whole() {
        "VERIFIED".to_owned()
    } else {
        format!("FAILED, {} findings", verdict.findings_total)
    };
    writeln!(out, "Integrity:     {integrity}")?;
    if let Some(header) = &verdict.header {
        writeln!(out, "Ledger:        {}", header.log)?;
        writeln!(out, "Organization:  {}", header.org)?;
    }
    writeln!(out, "Entries:       {}", verdict.entries)?;
    if let Some(head) = verdict.head {
        writeln!(out, "Head:          {head}")?;
    }
    let Verdict { disclosed, erased, withheld, .. } = verdict;
    writeln!(
        out,
        "Personal data: {disclosed} values disclosed, {erased} erased, {withheld} withheld"
    )?;
    let mut label = "Not shown:";
    for what in NOT_SHOWN {
        writeln!(out, "{label:<14} {what}")?;
        label = "";
    }
    writeln!(out, "{label:<14} Compare the head with one you hold from elsewhere.")
}

fn print_json(verdict: &Verdict) -> io::Result<()> {
    let findings: Vec<_> = verdict
        .findings
        .iter()
        .map(|finding| {
            json!({"line": finding.line, "seq": finding.seq, "fault": finding.fault.to_string()})
        })
        .collect();
    let result = json!({
        "integrity": if verdict.is_whole() { "verified" } else { "failed" },
        "log": verdict.header.as_ref().map(|header| header.log.as_str()),
        "org": verdict.header.as_ref().map(|header| header.org.to_string()),
        "entries": verdict.entries,
        "head": verdict.head.map(|head| head.to_string()),
        "disclosed": verdict.disclosed,
        "erased": verdict.erased,
        "withheld": verdict.withheld,
        "findings": findings,
        "findings_total": verdict.findings_total,
        "not_shown": NOT_SHOWN,
    });
    writeln!(io::stdout().lock(), "{result}")
}

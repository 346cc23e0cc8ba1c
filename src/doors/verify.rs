//! `rollbook-verify`: checks an export without a server, a data directory or the network.

use crate::house::export::{Verdict, check};
use clap::Parser;
use serde_json::json;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Everything that was checked is whole.
const WHOLE: u8 = 0;
/// Something is wrong; the findings say what and where.
const FINDINGS: u8 = 1;
/// The command line is wrong, or the file cannot be read.
const UNUSABLE: u8 = 2;

const AFTER_HELP: &str = "\
Checked: canonical bytes, the form of every event, the organization's hash chain, and that
every disclosed value is the one its entry commits to.

Not shown by this: that it is the history (whoever can write the file can compute a whole
chain anew), where it goes on behind the head, or that others were given the same. Compare
the head that is printed with one you hold from elsewhere.

Exit codes: 0 whole, 1 something is wrong, 2 the file cannot be read or the arguments are
wrong.";

/// What no file can show about itself, said with every verdict: a whole export is easily taken for
/// the whole truth.
const NOT_SHOWN: [&str; 3] = [
    "that it is the history: whoever can write the file can compute a whole chain anew",
    "that it ends there: it may go on behind the head",
    "that others were given the same",
];

/// Check an export of an organization's history.
#[derive(Debug, Parser)]
#[command(name = "rollbook-verify", version, after_help = AFTER_HELP)]
struct Arguments {
    /// The export, as written by `rollbook export --format ndjson`; - for standard input.
    file: PathBuf,
    /// Print the result as one JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match read(&arguments.file) {
        Ok(verdict) => {
            let printed = if arguments.json { print_json(&verdict) } else { print(&verdict) };
            match printed {
                Ok(()) if verdict.is_whole() => WHOLE.into(),
                Ok(()) => FINDINGS.into(),
                Err(_) => UNUSABLE.into(),
            }
        }
        Err(error) => {
            eprintln!("rollbook-verify: {}: {error}", arguments.file.display());
            UNUSABLE.into()
        }
    }
}

fn read(file: &Path) -> io::Result<Verdict> {
    if file == Path::new("-") {
        check(io::stdin().lock())
    } else {
        check(BufReader::new(File::open(file)?))
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

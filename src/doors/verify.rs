//! `rollbook-verify`: checks what was handed out, without a server, a data directory or the
//! network.

mod bundle;
mod history;

use clap::Parser;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Everything that was checked is whole.
const WHOLE: u8 = 0;
/// Something is wrong; the findings say what and where.
const FINDINGS: u8 = 1;
/// The command line is wrong, or what is to be checked cannot be read.
const UNUSABLE: u8 = 2;

const AFTER_HELP: &str = "\
A bundle (a folder or zip file of `rollbook export bundle`) is checked against a policy: which
logs and witnesses you trust, in C2SP's form, obtained from somebody you trust and never with
the bundle. Checked are its bytes, the trees and the signatures over them, that the ledger
commits to exactly this history, what you hold from before, and whether the law allowed what
happened. docs/BUNDLE.md lists every finding.

A history (`rollbook export --format ndjson`) is checked without a policy: canonical bytes, the
form of every event, the organization's hash chain, and every disclosed value. Whoever can
write such a file can compute a whole chain anew, so that shows less.

Exit codes: 0 all good, 1 integrity failed, 2 unusable or hostile input, 3 whole but not what
the policy or you want, 4 it contradicts what you hold: two statements of one log that cannot
both be true, written to --evidence.";

/// Check an export.
#[derive(Debug, Parser)]
#[command(name = "rollbook-verify", version, after_help = AFTER_HELP)]
struct Arguments {
    /// The bundle, or the history; - for a history on standard input.
    file: PathBuf,
    /// The policy that a bundle is checked against.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// A checkpoint that you hold, of the ledger or of the organization; any number.
    #[arg(long, value_name = "FILE", requires = "policy")]
    known_checkpoint: Vec<PathBuf>,
    /// How many entries the organization must have had at least.
    #[arg(long, value_name = "N", requires = "policy")]
    min_size: Option<u64>,
    /// How old the newest proof of time may be, in seconds.
    #[arg(long, value_name = "SECONDS", requires = "policy")]
    max_age: Option<u64>,
    /// What time it is, in seconds since 1970. Without it: what the machine's clock says.
    #[arg(long, value_name = "SECONDS", requires = "policy")]
    now: Option<u64>,
    /// Take a policy whose quorum is none: nobody but the log vouches for it then.
    #[arg(long, requires = "policy")]
    allow_unwitnessed: bool,
    /// Where two contradicting statements are written; it must not exist.
    #[arg(long, value_name = "FILE", default_value = "rollbook-evidence.txt", requires = "policy")]
    evidence: PathBuf,
    /// Print the result as one JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let shown = arguments.file.display().to_string();
    let code = match (&arguments.policy, open(&arguments.file)) {
        (Some(policy), _) => bundle::run(&arguments, policy),
        (None, Ok(Some(lines))) => history::run(lines, &shown, arguments.json),
        (None, Ok(None)) => {
            eprintln!(
                "rollbook-verify: {shown}: a bundle is checked against a policy: give --policy FILE"
            );
            UNUSABLE
        }
        (None, Err(error)) => {
            eprintln!("rollbook-verify: {shown}: {error}");
            UNUSABLE
        }
    };
    code.into()
}

/// The lines of a history; none where it is a bundle.
fn open(file: &Path) -> io::Result<Option<Box<dyn BufRead>>> {
    if file == Path::new("-") {
        return Ok(Some(Box::new(io::stdin().lock())));
    }
    let opened = File::open(file)?;
    if opened.metadata()?.is_dir() {
        return Ok(None);
    }
    let mut lines = BufReader::new(opened);
    let is_zipped = lines.fill_buf()?.starts_with(b"PK");
    Ok((!is_zipped).then(|| Box::new(lines) as Box<dyn BufRead>))
}

//! What is counted of witnesses and timestamps.

use crate::house::Ledger;
use crate::words::Timestamp;
use std::fmt::Write;

/// Writes it; without witnesses there is nothing but zeros.
pub(super) fn write(ledger: &Ledger, now: Timestamp, text: &mut String) {
    // Writing into a text cannot fail.
    let _ = counted(ledger, now, text);
}

fn counted(ledger: &Ledger, now: Timestamp, text: &mut String) -> std::fmt::Result {
    let size = ledger.cosigned().map_or(0, |cosigned| cosigned.checkpoint.size);
    let about = "Entries under the last checkpoint that enough witnesses signed.";
    writeln!(text, "# HELP rollbook_cosigned_entries {about}")?;
    writeln!(text, "# TYPE rollbook_cosigned_entries gauge\nrollbook_cosigned_entries {size}")?;
    let seconds = ledger.uncosigned_since().map_or(0, |since| since.until(now).as_secs());
    let about = "How long the last entries have waited for witnesses.";
    writeln!(text, "# HELP rollbook_uncosigned_seconds {about}")?;
    writeln!(text, "# TYPE rollbook_uncosigned_seconds gauge")?;
    writeln!(text, "rollbook_uncosigned_seconds {seconds}")?;
    let about = "Checkpoints that witnesses were asked to sign, by what became of it.";
    writeln!(text, "# HELP rollbook_witness_answers_total {about}")?;
    writeln!(text, "# TYPE rollbook_witness_answers_total counter")?;
    for standing in ledger.witness_standings() {
        let witness = label(&standing.name);
        for (outcome, count) in standing.outcomes {
            let labels = format!("witness=\"{witness}\",outcome=\"{outcome}\"");
            writeln!(text, "rollbook_witness_answers_total{{{labels}}} {count}")?;
        }
    }
    let about = "Timestamps that were asked for, by what became of it.";
    writeln!(text, "# HELP rollbook_timestamps_total {about}")?;
    writeln!(text, "# TYPE rollbook_timestamps_total counter")?;
    for (outcome, count) in ledger.timestamp_outcomes() {
        writeln!(text, "rollbook_timestamps_total{{outcome=\"{outcome}\"}} {count}")?;
    }
    Ok(())
}

/// A name as a label's value is written.
fn label(name: &str) -> String {
    name.replace('\\', "\\\\").replace('"', "\\\"")
}

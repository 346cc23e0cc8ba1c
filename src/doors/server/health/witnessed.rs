//! What is counted of witnesses.

use crate::house::Ledger;
use std::fmt::Write;

/// Writes it, where witnesses are asked.
pub(super) fn write(ledger: &Ledger, text: &mut String) {
    if ledger.is_witnessed() {
        // Writing into a text cannot fail.
        let _ = counted(ledger, text);
    }
}

fn counted(ledger: &Ledger, text: &mut String) -> std::fmt::Result {
    let size = ledger.cosigned().map_or(0, |cosigned| cosigned.checkpoint.size);
    let about = "Entries under the last checkpoint that enough witnesses signed.";
    writeln!(text, "# HELP rollbook_cosigned_entries {about}")?;
    writeln!(text, "# TYPE rollbook_cosigned_entries gauge\nrollbook_cosigned_entries {size}")?;
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
    Ok(())
}

/// A name as a label's value is written.
fn label(name: &str) -> String {
    name.replace('\\', "\\\\").replace('"', "\\\"")
}

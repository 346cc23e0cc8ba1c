//! `rollbook verify`

use super::data::Data;
use super::failure::Failure;
use super::machine::unlock;
use super::output::Output;
use super::wording::count;
use crate::ground::embedded::Options;
use crate::house::verify::{Copy, Report, verify_by};
use clap::Args;
use serde_json::{Value, json};

#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    data: Data,
}

impl Verify {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let report =
            verify_by(&self.data.directory, Options::STANDARD.sled_cache_bytes, &unlock()?)?;
        if output.is_json() {
            output.value(&as_json(&report))?;
        } else {
            tell(&report, output)?;
        }
        output.finish()?;
        if report.is_whole() {
            return Ok(());
        }
        let findings = report.journal.findings_total + report.sled.findings_total;
        Err(Failure::NotWhole { findings, heads_equal: report.heads_equal() })
    }
}

fn tell(report: &Report, output: &mut Output) -> Result<(), Failure> {
    output.line(&report.origin)?;
    for (name, copy) in [("journal", &report.journal), ("sled", &report.sled)] {
        let state = if copy.is_whole() {
            "whole".to_owned()
        } else {
            format!("NOT WHOLE, {}", count(copy.findings_total, "finding"))
        };
        output.line(format_args!("{name}: {state}"))?;
        for finding in &copy.findings {
            output.line(format_args!("  {finding}"))?;
        }
        let more = copy.findings_total - copy.findings.len() as u64;
        if more > 0 {
            output.line(format_args!("  … and {more} more"))?;
        }
        output.line(format_args!("  entries  {} in {} batches", copy.head.size, copy.head.slot))?;
        output.line(format_args!("  head     {}", copy.head.entry))?;
        output.line(format_args!("  root     {}", copy.root))?;
        output.line(format_args!("  values   {} opened, {} erased", copy.opened, copy.erased))?;
    }
    if !report.is_whole() {
        return output.line("FAILED");
    }
    output.line(
        "VERIFIED: every entry was computed again from its stored bytes, and both copies end at one head.",
    )?;
    output.line(
        "Not shown by this: that the history was not cut off or exchanged as a whole; compare the head \
         with one noted elsewhere.",
    )
}

fn as_json(report: &Report) -> Value {
    json!({
        "origin": report.origin,
        "whole": report.is_whole(),
        "heads_equal": report.heads_equal(),
        "journal": copy_as_json(&report.journal),
        "sled": copy_as_json(&report.sled),
    })
}

fn copy_as_json(copy: &Copy) -> Value {
    let findings = copy.findings.iter();
    let findings = findings.map(|it| json!({"seq": it.seq, "fault": it.fault.to_string()}));
    json!({
        "whole": copy.is_whole(),
        "head": {"size": copy.head.size, "hash": copy.head.entry},
        "root": copy.root,
        "values": {"opened": copy.opened, "erased": copy.erased},
        "findings": findings.collect::<Vec<_>>(),
        "findings_total": copy.findings_total,
    })
}

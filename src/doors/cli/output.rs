//! Standard output and standard error, for people and for machines.

use super::failure::Failure;
use crate::words::Timestamp;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use serde_json::json;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

/// Tables with long cells are wrapped at this width where no terminal says how wide it is.
const WIDTH_COLUMNS: u16 = 100;

pub(super) struct Output {
    json: bool,
    stdout: BufWriter<Stdout>,
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        Self { json, stdout: BufWriter::new(io::stdout()) }
    }

    /// Whether a machine reads it.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// Writes a line.
    pub(super) fn line(&mut self, text: impl Display) -> Result<(), Failure> {
        writeln!(self.stdout, "{text}").map_err(Failure::Output)
    }

    /// Writes without ending the line.
    pub(super) fn text(&mut self, text: impl Display) -> Result<(), Failure> {
        write!(self.stdout, "{text}").map_err(Failure::Output)
    }

    /// Writes bytes as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.stdout.write_all(bytes).map_err(Failure::Output)
    }

    /// What writes whole files to standard output.
    pub(super) fn writer(&mut self) -> impl Write {
        &mut self.stdout
    }

    /// Writes a value as one line of JSON.
    pub(super) fn value(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(value).map_err(|error| Failure::Output(error.into()))?;
        self.line(text)
    }

    /// Writes a table; one without rows is left out.
    pub(super) fn table(&mut self, table: &Table) -> Result<(), Failure> {
        if table.row_count() == 0 {
            return Ok(());
        }
        for line in table.lines() {
            self.line(line.trim_end())?;
        }
        Ok(())
    }

    /// Makes sure that everything has left.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        self.stdout.flush().map_err(Failure::Output)
    }

    /// Says something beside the answer. It is not worth failing for.
    pub(super) fn note(&self, kind: &str, message: &str) {
        let mut stderr = io::stderr();
        let _ = if self.json {
            writeln!(stderr, "{}", json!({"note": {"kind": kind, "message": message}}))
        } else {
            writeln!(stderr, "{kind}: {message}")
        };
    }

    /// Whether a person looks at standard error right now.
    pub(super) fn shows_progress(&self) -> bool {
        !self.json && io::stderr().is_terminal()
    }
}

/// A table whose rows stay on one line each.
pub(super) fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(header);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}

/// A table whose long cells are wrapped.
pub(super) fn wrapped<const N: usize>(header: [&str; N]) -> Table {
    let mut table = table(header);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if !io::stdout().is_terminal() {
        table.set_width(WIDTH_COLUMNS);
    }
    table
}

/// A moment as people read it: UTC, to the second. JSON has it to the microsecond.
pub(super) fn moment(time: Timestamp) -> String {
    let text = time.to_string().replacen('T', " ", 1);
    text.split('.').next().unwrap_or_default().to_owned()
}

/// A value that may be absent.
pub(super) fn cell(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

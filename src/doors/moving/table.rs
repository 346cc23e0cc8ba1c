//! A table in a file: CSV with a header (RFC 4180), or NDJSON, one object a line.

use super::cells::{Cells, Fields};
use crate::house::source::Place;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The largest file: all of it stands in memory before the first row is decided.
const FILE_LIMIT_BYTES: u64 = 256 << 20;

/// The longest line of NDJSON.
const LINE_LIMIT_BYTES: u64 = 64 << 10;

/// The columns that a table may have.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Columns {
    /// These and no others: a column that nobody reads is one that somebody misses.
    Only(&'static [&'static str]),
    /// Any; names are read in `camelCase` and in `snake_case`.
    Any,
}

/// How the cells of a table are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Comma-separated values.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// A table cannot be read.
#[derive(Debug, Error)]
pub(crate) enum TableError {
    /// The file cannot be opened or read.
    #[error("{}: {error}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// The operating system's error.
        error: std::io::Error,
    },
    /// The file's name does not say what it is.
    #[error("{}: a list is a file that ends in .csv or .ndjson", .0.display())]
    Form(PathBuf),
    /// Larger than the bound.
    #[error("{}: the file has more than {FILE_LIMIT_BYTES} bytes: divide it", .0.display())]
    TooLarge(PathBuf),
    /// The header cannot be used.
    #[error("{}:1: {problem}", file.display())]
    Header {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// None of the tables is there.
    #[error("{}: there is no {name}.csv and no {name}.ndjson", directory.display())]
    Missing {
        /// Where they were looked for.
        directory: PathBuf,
        /// The table.
        name: &'static str,
    },
}

/// A row, and what it holds or why it cannot be read.
#[derive(Debug)]
pub(crate) struct Row {
    /// Where it stands.
    pub(crate) place: Place,
    /// Its cells.
    pub(crate) cells: Result<Cells, String>,
}

/// What a file's name says of its form.
fn form(file: &Path) -> Result<Form, TableError> {
    match file.extension().and_then(|it| it.to_str()) {
        Some("csv") => Ok(Form::Csv),
        Some("ndjson") => Ok(Form::Ndjson),
        _ => Err(TableError::Form(file.to_owned())),
    }
}

/// Reads a table wholly.
pub(crate) fn read(file: &Path, columns: Columns) -> Result<Vec<Row>, TableError> {
    let form = form(file)?;
    let failed = |error| TableError::Io { file: file.to_owned(), error };
    let opened = File::open(file).map_err(failed)?;
    // Read with a bound also where the file grows meanwhile.
    let mut text = Vec::new();
    let read = opened.take(FILE_LIMIT_BYTES + 1).read_to_end(&mut text).map_err(failed)?;
    if read as u64 > FILE_LIMIT_BYTES {
        return Err(TableError::TooLarge(file.to_owned()));
    }
    match form {
        Form::Csv => csv_rows(file, &text, columns),
        Form::Ndjson => json_rows(file, &text, columns),
    }
}

fn csv_rows(file: &Path, text: &[u8], columns: Columns) -> Result<Vec<Row>, TableError> {
    let unusable = |problem: String| TableError::Header { file: file.to_owned(), problem };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let header = reader.headers().map_err(|_| unusable("the header is not UTF-8".to_owned()))?;
    let mut names: Vec<String> = Vec::new();
    for name in header {
        let name = columns.name(name).map_err(unusable)?;
        if names.contains(&name) {
            return Err(unusable(format!("the column {name} stands there twice")));
        }
        names.push(name);
    }
    let mut rows = Vec::new();
    for record in reader.byte_records() {
        let record = record.map_err(|error| unusable(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let place = Place { file: file.to_owned(), line: usize::try_from(line).unwrap_or(0) };
        let cells = csv_cells(&names, &record);
        rows.push(Row { place, cells });
    }
    Ok(rows)
}

fn csv_cells(names: &[String], record: &csv::ByteRecord) -> Result<Cells, String> {
    if record.len() != names.len() {
        let (found, wanted) = (record.len(), names.len());
        return Err(format!("the row has {found} fields, the header has {wanted}"));
    }
    let mut cells = Cells::new(Form::Csv);
    for (name, cell) in names.iter().zip(record) {
        let text = std::str::from_utf8(cell).map_err(|_| format!("{name} is not UTF-8"))?;
        cells.put(name, text);
    }
    Ok(cells)
}

fn json_rows(file: &Path, text: &[u8], columns: Columns) -> Result<Vec<Row>, TableError> {
    let mut rows = Vec::new();
    for (index, line) in BufReader::new(text).split(b'\n').enumerate() {
        let line = line.map_err(|error| TableError::Io { file: file.to_owned(), error })?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let place = Place { file: file.to_owned(), line: index + 1 };
        rows.push(Row { place, cells: json_cells(&line, columns) });
    }
    Ok(rows)
}

fn json_cells(line: &[u8], columns: Columns) -> Result<Cells, String> {
    if line.len() as u64 > LINE_LIMIT_BYTES {
        return Err(format!("the line has more than {LINE_LIMIT_BYTES} bytes"));
    }
    let Fields(fields) = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let mut cells = Cells::new(Form::Ndjson);
    for (name, value) in fields {
        let name = columns.name(&name)?;
        cells.put_json(&name, value)?;
    }
    Ok(cells)
}

impl Columns {
    /// The name under which a column is known.
    fn name(self, text: &str) -> Result<String, String> {
        match self {
            Self::Only(known) if known.contains(&text) => Ok(text.to_owned()),
            Self::Only(known) => {
                let text: String = text.chars().take(64).collect();
                Err(format!("{text:?} is no column: expected {}", known.join(", ")))
            }
            Self::Any => Ok(camel(text)),
        }
    }
}

/// `created_at` is `createdAt`.
fn camel(text: &str) -> String {
    let mut parts = text.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| {
        let mut letters = part.chars();
        let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
        all + &capital.into_iter().chain(letters).collect::<String>()
    })
}

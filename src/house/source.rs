//! Reading another system's history: files of lines, merged into one stream of source commits.
//!
//! The form is that of the organizations that declare their members in a repository, one JSON
//! object a line:
//!
//! ```json
//! {"seq":7,"time":"2019-01-18T03:14:01Z","org":"acme","action":"member_added","member":"ada",
//!  "role":"admin","previous_role":null,"source":{"repo":"acme/org","commit":"ee0235d…"}}
//! ```
//!
//! `seq` ascends inside a file and is used once across all of them; lines of one commit stand
//! together and share their `time`.

mod line;

use crate::law::command::SourceCommit;
use crate::words::text::TextError;
use crate::words::{Name, Timestamp};
use line::Stated;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The longest line. The longest of the real histories has 500 bytes.
const LINE_LIMIT_BYTES: u64 = 64 * 1024;

/// The most lines of one commit, because a commit is decided as a whole. The largest real one has
/// 3,126.
const COMMIT_LIMIT_LINES: usize = 100_000;

/// Where a line stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// Why a history cannot be read on.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The file cannot be opened or read.
    #[error("{}: {error}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// The operating system's error.
        error: std::io::Error,
    },
    /// A line does not have the form.
    #[error("{place}: {fault}")]
    Line {
        /// Where.
        place: Place,
        /// What is wrong.
        fault: LineFault,
    },
}

/// What is wrong with a line.
#[derive(Debug, Error)]
pub enum LineFault {
    /// Longer than the bound.
    #[error("the line has more than {LINE_LIMIT_BYTES} bytes")]
    TooLong,
    /// Not JSON, or not the fields of a line.
    #[error("not a line of history: {0}")]
    Fields(serde_json::Error),
    /// A text is not what it should be.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The time cannot be read.
    #[error(transparent)]
    Time(#[from] crate::words::time::TimeError),
    /// A field that the action needs is missing, or one that it does not have is there.
    #[error("{action} {needs} {field}")]
    Field {
        /// The action.
        action: &'static str,
        /// "needs" or "has no".
        needs: &'static str,
        /// The field.
        field: &'static str,
    },
    /// A value that the field cannot have.
    #[error("{field} cannot be {value:?}")]
    Value {
        /// The field.
        field: &'static str,
        /// The value.
        value: String,
    },
    /// The order of lines is broken.
    #[error("seq {seq} does not come after {last}")]
    Order {
        /// The line's own.
        seq: u64,
        /// The one before.
        last: u64,
    },
    /// Lines of one commit have two times.
    #[error("commit {commit} has two times: {one} and {other}")]
    TwoTimes {
        /// The commit.
        commit: Name,
        /// The first.
        one: Timestamp,
        /// The other.
        other: Timestamp,
    },
    /// Times go back.
    #[error("commit {commit} happened at {occurred}, before the commit before it ({last})")]
    TimeGoesBack {
        /// The commit.
        commit: Name,
        /// When it happened.
        occurred: Timestamp,
        /// When the one before did.
        last: Timestamp,
    },
    /// More lines than can be decided at once.
    #[error("commit {0} has more than {COMMIT_LIMIT_LINES} lines")]
    CommitTooLong(Name),
}

/// One source commit with the place of each of its lines.
#[derive(Debug)]
pub struct Located {
    /// The commit.
    pub commit: SourceCommit,
    /// Where each line stands, by its seq.
    pub places: BTreeMap<u64, Place>,
}

/// Several files, merged by `seq`.
pub struct History {
    files: Vec<Reader>,
    email_domain: String,
    last: Option<(u64, Timestamp)>,
}

impl History {
    /// Opens the files. `email_domain` stands behind the `@` of everybody's address.
    pub fn open(files: &[PathBuf], email_domain: &str) -> Result<Self, SourceError> {
        let mut readers = Vec::with_capacity(files.len());
        for file in files {
            let mut reader = Reader::open(file)?;
            reader.advance()?;
            readers.push(reader);
        }
        Ok(Self { files: readers, email_domain: email_domain.to_owned(), last: None })
    }

    /// How many bytes of the files have been read, and how many there are.
    pub fn progress_bytes(&self) -> (u64, u64) {
        self.files
            .iter()
            .fold((0, 0), |(read, all), file| (read + file.read_bytes, all + file.bytes))
    }

    /// The next source commit; none when all is read.
    pub fn next_commit(&mut self) -> Result<Option<Located>, SourceError> {
        let Some((place, first)) = self.next_line()? else { return Ok(None) };
        let (repo, name, occurred) = (first.repo.clone(), first.commit.clone(), first.time);
        if let Some((_, last)) = self.last
            && occurred < last
        {
            let fault = LineFault::TimeGoesBack { commit: name, occurred, last };
            return Err(SourceError::Line { place, fault });
        }
        let mut places = BTreeMap::new();
        let mut commit = SourceCommit {
            repo: repo.clone(),
            commit: name.clone(),
            occurred: Some(occurred),
            lines: Vec::new(),
        };
        self.take(&mut commit, &mut places, place, first)?;
        while let Some(index) = self.nearest() {
            let Some((_, next)) = &self.files[index].next else { break };
            if next.source.commit != name.as_str() || next.source.repo != repo.as_str() {
                break;
            }
            let Some((place, line)) = self.next_line()? else { break };
            self.take(&mut commit, &mut places, place, line)?;
        }
        Ok(Some(Located { commit, places }))
    }

    fn take(
        &mut self,
        commit: &mut SourceCommit,
        places: &mut BTreeMap<u64, Place>,
        place: Place,
        stated: Stated,
    ) -> Result<(), SourceError> {
        let located = |fault| SourceError::Line { place: place.clone(), fault };
        if let Some((last, _)) = self.last
            && stated.line.seq <= last
        {
            return Err(located(LineFault::Order { seq: stated.line.seq, last }));
        }
        if let Some(one) = commit.occurred.filter(|occurred| *occurred != stated.time) {
            let other = stated.time;
            return Err(located(LineFault::TwoTimes { commit: stated.commit, one, other }));
        }
        if commit.lines.len() == COMMIT_LIMIT_LINES {
            return Err(located(LineFault::CommitTooLong(stated.commit)));
        }
        self.last = Some((stated.line.seq, stated.time));
        places.insert(stated.line.seq, place);
        commit.lines.push(stated.line);
        Ok(())
    }

    /// The file whose next line comes first.
    fn nearest(&self) -> Option<usize> {
        let seqs = self.files.iter().enumerate();
        seqs.filter_map(|(index, file)| file.next.as_ref().map(|(_, next)| (next.seq, index)))
            .min()
            .map(|(_, index)| index)
    }

    fn next_line(&mut self) -> Result<Option<(Place, Stated)>, SourceError> {
        let Some(index) = self.nearest() else { return Ok(None) };
        let file = &mut self.files[index];
        let Some((place, raw)) = file.next.take() else { return Ok(None) };
        file.advance()?;
        let stated = raw
            .interpret(&self.email_domain)
            .map_err(|fault| SourceError::Line { place: place.clone(), fault })?;
        Ok(Some((place, stated)))
    }
}

/// One file, one line ahead.
struct Reader {
    path: PathBuf,
    lines: BufReader<File>,
    line: usize,
    read_bytes: u64,
    bytes: u64,
    next: Option<(Place, line::Raw)>,
}

impl Reader {
    fn open(path: &Path) -> Result<Self, SourceError> {
        let failed = |error| SourceError::Io { file: path.to_owned(), error };
        let file = File::open(path).map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        let lines = BufReader::new(file);
        Ok(Self { path: path.to_owned(), lines, line: 0, read_bytes: 0, bytes, next: None })
    }

    fn advance(&mut self) -> Result<(), SourceError> {
        let mut text = Vec::new();
        let mut limited = (&mut self.lines).take(LINE_LIMIT_BYTES + 1);
        let read = limited
            .read_until(b'\n', &mut text)
            .map_err(|error| SourceError::Io { file: self.path.clone(), error })?;
        if read == 0 {
            self.next = None;
            return Ok(());
        }
        self.line += 1;
        self.read_bytes += read as u64;
        let place = Place { file: self.path.clone(), line: self.line };
        if read as u64 > LINE_LIMIT_BYTES {
            return Err(SourceError::Line { place, fault: LineFault::TooLong });
        }
        // Without the line feed, so that an error's place lies in the line.
        let text = text.strip_suffix(b"\n").unwrap_or(&text);
        match serde_json::from_slice(text) {
            Ok(raw) => self.next = Some((place, raw)),
            Err(error) => {
                return Err(SourceError::Line { place, fault: LineFault::Fields(error) });
            }
        }
        Ok(())
    }
}

//! What was given for each setting, and by what.

use super::SettingsError;
use super::declared::{ALL, CONFIG, OF_TESTS, PREFIX, Setting};
use super::file::{self, Provider};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// By what a setting was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenBy {
    /// An argument.
    Flag(String),
    /// An environment variable.
    Variable(String),
    /// A line of the file.
    File {
        /// The file.
        path: PathBuf,
        /// Counted from one.
        line: usize,
    },
    /// Nothing: its default holds.
    Default,
}

impl fmt::Display for GivenBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag --{flag}"),
            Self::Variable(variable) => write!(f, "variable {variable}"),
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Everything that was given, as text.
#[derive(Debug, Clone, Default)]
pub struct Given {
    texts: BTreeMap<&'static str, (String, GivenBy)>,
    pub(super) providers: Vec<Provider>,
}

impl Given {
    /// A flag or a variable was given. The first word on a setting holds: ask for flags first.
    pub fn add(&mut self, setting: &Setting, text: String, by: GivenBy) {
        self.texts.entry(setting.key).or_insert((text, by));
    }

    /// Reads the file, if one was named; what was given before holds against it.
    pub fn add_file(&mut self) -> Result<(), SettingsError> {
        let Some((path, _)) = self.texts.get(CONFIG.key) else { return Ok(()) };
        self.add_file_at(&PathBuf::from(path))
    }

    fn add_file_at(&mut self, path: &Path) -> Result<(), SettingsError> {
        let read = file::read(path)?;
        for (setting, text, line) in read.texts {
            self.add(&setting, text, GivenBy::File { path: path.to_owned(), line });
        }
        self.providers = read.providers;
        Ok(())
    }

    /// What was given for a setting, or its default.
    pub(super) fn text(&self, setting: &Setting) -> Option<(&str, GivenBy)> {
        let given = self.texts.get(setting.key).map(|(text, by)| (text.as_str(), by.clone()));
        given.or_else(|| setting.default.map(|text| (text, GivenBy::Default)))
    }
}

/// Refuses variables that look like settings and are none: a misspelt one would be passed over.
pub fn refuse_unknown(variables: impl Iterator<Item = OsString>) -> Result<(), SettingsError> {
    for variable in variables {
        let variable = variable.to_string_lossy();
        let of_tests = OF_TESTS.iter().any(|prefix| variable.starts_with(prefix));
        let mut known = ALL.iter().chain([&CONFIG]);
        if !variable.starts_with(PREFIX)
            || of_tests
            || known.any(|setting| setting.variable() == variable)
        {
            continue;
        }
        return Err(SettingsError::UnknownVariable { variable: variable.into_owned() });
    }
    Ok(())
}

//! What is read from files that hold secrets.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// The longest file of a secret.
const LIMIT_BYTES: u64 = 4096;

/// A text that is never shown.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The first line of a file, which is looked at no further.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let mut text = Zeroizing::new(String::new());
        File::open(path)?.take(LIMIT_BYTES).read_to_string(&mut text)?;
        let line = text.lines().next().unwrap_or_default();
        if line.is_empty() || line.chars().any(char::is_control) {
            return Err(io::Error::other("its first line is empty or holds control characters"));
        }
        Ok(Self(Zeroizing::new(line.to_owned())))
    }

    /// The text, for whoever it is meant for.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// What is debugged ends in logs.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("secret")
    }
}

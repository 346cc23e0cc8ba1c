//! The file of settings: TOML, with the line that each value stands in.

use super::SettingsError;
use super::declared::{ALL, OIDC, Setting};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The longest file. A thousand providers have a quarter of this.
const LIMIT_BYTES: u64 = 1024 * 1024;

/// The most providers; each start reads them all.
const PROVIDERS_LIMIT: usize = 1000;

/// Where providers stand.
const PROVIDERS: &str = "sign_in.oidc";

/// What a file holds.
pub(super) struct Held {
    pub(super) texts: Vec<(Setting, String, usize)>,
    pub(super) providers: Vec<Provider>,
}

/// One `[[sign_in.oidc]]`.
#[derive(Debug, Clone)]
pub(super) struct Provider {
    /// Where it begins.
    pub(super) path: std::path::PathBuf,
    pub(super) line: usize,
    pub(super) texts: Vec<(Setting, String, usize)>,
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Held, SettingsError> {
    let at = |error| SettingsError::File { path: path.to_owned(), error };
    let mut text = String::new();
    let file = File::open(path).map_err(at)?;
    file.take(LIMIT_BYTES + 1).read_to_string(&mut text).map_err(at)?;
    if text.len() as u64 > LIMIT_BYTES {
        return Err(at(std::io::Error::other("it is longer than 1 MiB")));
    }
    let page = Page { path, text: &text };
    let table = DeTable::parse(&text).map_err(|error| SettingsError::Form {
        path: path.to_owned(),
        line: page.line(error.span().unwrap_or_default().start),
        what: error.message().to_owned(),
    })?;
    let mut read = Held { texts: Vec::new(), providers: Vec::new() };
    page.walk("", table.get_ref(), &mut read)?;
    Ok(read)
}

struct Page<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Page<'_> {
    fn line(&self, at: usize) -> usize {
        self.text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
    }

    fn walk(
        &self,
        before: &str,
        table: &DeTable<'_>,
        read: &mut Held,
    ) -> Result<(), SettingsError> {
        for (name, value) in table {
            let (key, line) = (format!("{before}{}", name.get_ref()), self.line(name.span().start));
            if let Some(setting) = ALL.iter().find(|setting| setting.key == key) {
                let line = self.line(value.span().start);
                read.texts.push((*setting, self.plain(setting, value)?, line));
            } else if key == PROVIDERS {
                self.providers(line, value.get_ref(), read)?;
            } else {
                let inside = format!("{key}.");
                let holds = |setting: &Setting| setting.key.starts_with(&inside);
                match value.get_ref() {
                    DeValue::Table(table) if ALL.iter().chain(OIDC).any(holds) => {
                        self.walk(&inside, table, read)?;
                    }
                    _ => return Err(self.unknown(key, line)),
                }
            }
        }
        Ok(())
    }

    fn providers(
        &self,
        line: usize,
        value: &DeValue<'_>,
        read: &mut Held,
    ) -> Result<(), SettingsError> {
        let form = |what: &str| SettingsError::Form {
            path: self.path.to_owned(),
            line,
            what: what.to_owned(),
        };
        let DeValue::Array(list) = value else {
            return Err(form("a provider begins with [[sign_in.oidc]]"));
        };
        if list.len() > PROVIDERS_LIMIT {
            return Err(form("expected at most 1,000 providers"));
        }
        for provider in list.iter() {
            let DeValue::Table(table) = provider.get_ref() else {
                return Err(form("a provider begins with [[sign_in.oidc]]"));
            };
            let mut texts = Vec::new();
            for (name, value) in table {
                let key = format!("{PROVIDERS}.{}", name.get_ref());
                let line = self.line(name.span().start);
                let Some(setting) = OIDC.iter().find(|setting| setting.key == key) else {
                    return Err(self.unknown(key, line));
                };
                texts.push((*setting, self.plain(setting, value)?, line));
            }
            let line = self.line(provider.span().start);
            read.providers.push(Provider { path: self.path.to_owned(), line, texts });
        }
        Ok(())
    }

    fn unknown(&self, key: String, line: usize) -> SettingsError {
        SettingsError::UnknownKey { path: self.path.to_owned(), line, key }
    }

    /// A value as a flag would have it: numbers as they are written, lists with commas.
    fn plain(
        &self,
        setting: &Setting,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<String, SettingsError> {
        let one = |value: &DeValue<'_>| match value {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
            _ => None,
        };
        let text = match value.get_ref() {
            DeValue::Array(list) => {
                let texts: Option<Vec<String>> = list.iter().map(|it| one(it.get_ref())).collect();
                texts.map(|texts| texts.join(","))
            }
            value => one(value),
        };
        text.ok_or_else(|| SettingsError::Wrong {
            key: setting.key,
            by: super::GivenBy::File {
                path: self.path.to_owned(),
                line: self.line(value.span().start),
            },
            accepts: setting.accepts,
        })
    }
}

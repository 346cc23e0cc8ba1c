//! From what was given to settings.

mod witnesses;

use super::declared::*;
use super::file::Provider;
use super::forms::{count, duration, host, line, networks};
use super::{
    Creators, Given, GivenBy, KeyringUnlock, Log, LogForm, LogLevel, Oidc, PublicUrl, Secret,
    Security, Settings, SettingsError, SignUp, Smtp,
};
use crate::doors::accounts::oidc::is_private;
use crate::doors::client::ServerUrl;
use crate::doors::server::limits::Limits;
use crate::doors::server::tls::Tls;
use crate::words::{Email, Slug};
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// How long somebody may stay signed in, and an invitation may be valid (the law's own bound).
const DAYS: RangeInclusive<Duration> = MINUTE..=Duration::from_secs(365 * 24 * 60 * 60);

/// How long a server may wait for somebody.
const WAITS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(10 * 60);

impl Settings {
    /// Reads what was given, and the files that it names.
    pub fn read(given: &Given) -> Result<Self, SettingsError> {
        Ok(Self {
            data: given.value(&DATA, path)?,
            guard: given.optional(&GUARD, path)?,
            witnesses: witnesses::read(given)?,
            timestamps: witnesses::timestamps(given)?,
            unlock: unlock(given)?,
            listen: given.value(&LISTEN, |text| text.parse().ok())?,
            public_url: given.optional(&PUBLIC_URL, public_url)?,
            tls: tls(given)?,
            trusted_proxies: given.value(&TRUSTED_PROXIES, networks)?,
            sign_up: given.value(&SIGN_UP, |text| match text {
                "open" => Some(SignUp::Open),
                "invited" => Some(SignUp::Invited),
                "nobody" => Some(SignUp::Nobody),
                _ => None,
            })?,
            create_organizations: given.value(&CREATE_ORGANIZATIONS, |text| match text {
                "operator" => Some(Creators::Operator),
                "users" => Some(Creators::Users),
                _ => None,
            })?,
            session_lifetime: given.value(&SESSION_LIFETIME, |text| duration(text, DAYS))?,
            invitation_validity: given.value(&INVITATION_VALIDITY, |text| duration(text, DAYS))?,
            smtp: smtp(given)?,
            oidc: providers(given)?,
            log: log(given)?,
            limits: limits(given)?,
        })
    }
}

fn unlock(given: &Given) -> Result<KeyringUnlock, SettingsError> {
    let passphrase = given.secret(&KEYRING_PASSPHRASE_FILE)?;
    let command = given.optional(&KEYRING_COMMAND, path)?;
    if passphrase.is_some() && command.is_some() {
        let what = "expected a passphrase or a command, and not both";
        return Err(given.unusable(&KEYRING_COMMAND, what));
    }
    Ok(KeyringUnlock { passphrase, command })
}

fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

fn public_url(text: &str) -> Option<PublicUrl> {
    let read: ServerUrl = text.parse().ok()?;
    Some(PublicUrl(read.as_str().to_owned()))
}

fn log(given: &Given) -> Result<Log, SettingsError> {
    let level = given.value(&LOG_LEVEL, |text| match text {
        "error" => Some(LogLevel::Error),
        "warn" => Some(LogLevel::Warn),
        "info" => Some(LogLevel::Info),
        "debug" => Some(LogLevel::Debug),
        _ => None,
    })?;
    let form = given.value(&LOG_FORM, |text| match text {
        "text" => Some(LogForm::Text),
        "json" => Some(LogForm::Json),
        _ => None,
    })?;
    Ok(Log { level, form })
}

fn limits(given: &Given) -> Result<Limits, SettingsError> {
    let wait = |setting| given.value(setting, |text| duration(text, WAITS));
    let connections =
        |text: &str| count(text, 1..=65_536).and_then(|number| u32::try_from(number).ok());
    let streams = |text: &str| count(text, 1..=65_536).map(|number| number as usize);
    let exports = |text: &str| count(text, 1..=64).and_then(|number| usize::try_from(number).ok());
    Ok(Limits {
        connections: given.value(&LIMITS_CONNECTIONS, connections)?,
        head: wait(&LIMITS_HEAD)?,
        request: wait(&LIMITS_REQUEST)?,
        grace: wait(&LIMITS_GRACE)?,
        exports: given.value(&LIMITS_EXPORTS, exports)?,
        streams: given.value(&LIMITS_STREAMS, streams)?,
    })
}

fn tls(given: &Given) -> Result<Option<Tls>, SettingsError> {
    let certificate = given.optional(&TLS_CERTIFICATE_FILE, path)?;
    let key = given.optional(&TLS_KEY_FILE, path)?;
    given.together(&TLS_CERTIFICATE_FILE, &TLS_KEY_FILE)?;
    let (Some(certificate), Some(key)) = (certificate, key) else { return Ok(None) };
    let chain = Tls::read_certificates(&certificate)
        .map_err(|error| given.unusable(&TLS_CERTIFICATE_FILE, error))?;
    let tls = Tls::new(chain, &key).map_err(|error| given.unusable(&TLS_KEY_FILE, error))?;
    Ok(Some(tls))
}

fn smtp(given: &Given) -> Result<Option<Smtp>, SettingsError> {
    let at = given.optional(&SMTP_HOST, host)?;
    let security = given.value(&SMTP_SECURITY, |text| match text {
        "tls" => Some(Security::Tls),
        "starttls" => Some(Security::Starttls),
        "none" => Some(Security::None),
        _ => None,
    })?;
    let port = given.optional(&SMTP_PORT, |text| {
        count(text, 1..=65_535).and_then(|number| u16::try_from(number).ok())
    })?;
    let user = given.optional(&SMTP_USER_NAME, line)?;
    let password = given.secret(&SMTP_PASSWORD_FILE)?;
    let from = given.optional(&SMTP_FROM, |text| Email::parse(text).ok())?;
    given.together(&SMTP_HOST, &SMTP_FROM)?;
    given.together(&SMTP_USER_NAME, &SMTP_PASSWORD_FILE)?;
    for setting in [&SMTP_PORT, &SMTP_USER_NAME] {
        given.needs(setting, &SMTP_HOST)?;
    }
    let (Some(host), Some(from)) = (at, from) else { return Ok(None) };
    let login = user.zip(password);
    let is_here = host == "localhost" || host.parse().is_ok_and(|it: IpAddr| it.is_loopback());
    if security == Security::None && login.is_some() && !is_here {
        let what = "expected tls or starttls: the password could be read on its way";
        return Err(given.unusable(&SMTP_SECURITY, what));
    }
    let port = port.unwrap_or(match security {
        Security::Tls => 465,
        Security::Starttls => 587,
        Security::None => 25,
    });
    Ok(Some(Smtp { host, port, security, login, from }))
}

fn providers(given: &Given) -> Result<Vec<Oidc>, SettingsError> {
    let mut read: Vec<Oidc> = Vec::new();
    for provider in &given.providers {
        let one = oidc(provider)?;
        let known =
            |other: &Oidc| (&other.organization, &other.issuer) == (&one.organization, &one.issuer);
        if read.iter().any(known) {
            return Err(SettingsError::Form {
                path: provider.path.clone(),
                line: provider.line,
                what: "this provider of this organization stands above already".to_owned(),
            });
        }
        read.push(one);
    }
    Ok(read)
}

fn oidc(provider: &Provider) -> Result<Oidc, SettingsError> {
    let mut given = Given::default();
    for (setting, text, line) in &provider.texts {
        let by = GivenBy::File { path: provider.path.clone(), line: *line };
        given.add(setting, text.clone(), by);
    }
    let needed = |setting: &Setting| SettingsError::Wrong {
        key: setting.key,
        by: GivenBy::File { path: provider.path.clone(), line: provider.line },
        accepts: setting.accepts,
    };
    let organization = given.optional(&OIDC_ORGANIZATION, |text| {
        // The way back of all providers stands in the place of that one.
        Slug::parse(text).ok().filter(|slug| slug.as_str() != "callback")
    })?;
    let issuer = given.optional(&OIDC_ISSUER, |text| {
        // An issuer has no query (OpenID Connect Discovery § 2).
        (is_private(text) && !text.contains('?')).then(|| text.to_owned())
    })?;
    Ok(Oidc {
        organization: organization.ok_or_else(|| needed(&OIDC_ORGANIZATION))?,
        issuer: issuer.ok_or_else(|| needed(&OIDC_ISSUER))?,
        client_id: given.optional(&OIDC_CLIENT_ID, line)?.ok_or_else(|| needed(&OIDC_CLIENT_ID))?,
        client_secret: given.secret(&OIDC_CLIENT_SECRET_FILE)?,
    })
}

impl Given {
    fn optional<T>(
        &self,
        setting: &Setting,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, SettingsError> {
        let Some((text, by)) = self.text(setting) else { return Ok(None) };
        let wrong = SettingsError::Wrong { key: setting.key, by, accepts: setting.accepts };
        read(text).ok_or(wrong).map(Some)
    }

    /// One that has a default.
    fn value<T>(
        &self,
        setting: &Setting,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, SettingsError> {
        self.optional(setting, read)?.ok_or_else(|| self.unusable(setting, "it is needed"))
    }

    fn secret(&self, setting: &Setting) -> Result<Option<Secret>, SettingsError> {
        let Some(path) = self.optional(setting, path)? else { return Ok(None) };
        let read = |path: &Path| {
            Secret::read(path).map_err(|error| format!("{}: {error}", path.display()))
        };
        read(&path).map(Some).map_err(|error| self.unusable(setting, error))
    }

    fn unusable(&self, setting: &Setting, what: impl std::fmt::Display) -> SettingsError {
        let by = self.text(setting).map_or(GivenBy::Default, |(_, by)| by);
        SettingsError::Unusable { key: setting.key, by, what: what.to_string() }
    }

    fn needs(&self, setting: &Setting, other: &Setting) -> Result<(), SettingsError> {
        if self.text(setting).is_none() || self.text(other).is_some() {
            return Ok(());
        }
        Err(self.unusable(setting, format_args!("it means nothing without {}", other.key)))
    }

    /// Both or neither.
    fn together(&self, one: &Setting, other: &Setting) -> Result<(), SettingsError> {
        self.needs(one, other)?;
        self.needs(other, one)
    }
}

//! Handing a letter to a mail server. Only this file names the library that speaks SMTP.

use super::{Letter, Written};
use crate::doors::settings::{Security, Smtp};
use lettre::address::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};
use std::time::Duration;

/// How long a mail server may take for one step.
const STEP_TIMEOUT: Duration = Duration::from_secs(30);

/// Tells machines that nobody waits for an answer (RFC 3834).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// A mail server, and whom mail comes from.
pub(super) struct Delivery {
    transport: SmtpTransport,
    from: Mailbox,
}

/// Why a letter was not taken. The mail server's own words are not kept: addresses stand in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failed {
    /// Another try may go better.
    ForNow(String),
    /// It stays so.
    ForGood(String),
}

impl Delivery {
    pub(super) fn new(smtp: &Smtp) -> Result<Self, String> {
        let from = smtp.from.as_str().parse::<Address>().map_err(|error| error.to_string())?;
        let parameters = || TlsParameters::new(smtp.host.clone()).map_err(|it| it.to_string());
        let tls = match smtp.security {
            Security::Tls => Tls::Wrapper(parameters()?),
            Security::Starttls => Tls::Required(parameters()?),
            Security::None => Tls::None,
        };
        let mut transport = SmtpTransport::builder_dangerous(&smtp.host)
            .port(smtp.port)
            .tls(tls)
            .timeout(Some(STEP_TIMEOUT));
        if let Some((name, password)) = &smtp.login {
            let credentials = Credentials::new(name.clone(), password.reveal().to_owned());
            transport = transport.credentials(credentials);
        }
        Ok(Self { transport: transport.build(), from: Mailbox::new(None, from) })
    }

    pub(super) fn send(&self, letter: &Letter) -> Result<(), Failed> {
        let unfit = |_| Failed::ForGood("unfit".to_owned());
        let to = letter.to.as_str().parse::<Address>().map_err(unfit)?;
        let Written { subject, text, html } = Written::new(&letter.content);
        let automatic = HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned());
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .message_id(None)
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(text, html))
            .map_err(|_| Failed::ForGood("unfit".to_owned()))?;
        self.transport.send(&message).map(drop).map_err(|error| failed(&error))
    }
}

fn failed(error: &Error) -> Failed {
    let code = error.status().map(|code| code.to_string());
    let code = code.unwrap_or_else(|| kind(error).to_owned());
    // A login that fails (53x) is a setting's fault, not the letter's.
    let is_of_login = code.starts_with("53");
    if error.is_permanent() && !is_of_login { Failed::ForGood(code) } else { Failed::ForNow(code) }
}

fn kind(error: &Error) -> &'static str {
    if error.is_timeout() {
        "timed out"
    } else if error.is_tls() {
        "tls"
    } else if error.is_client() {
        "unfit"
    } else {
        "connection"
    }
}

//! One-time links. The token stands behind the `#`, which browsers send to no server; what has to
//! be known when it comes back is sealed for it.

use super::aside;
use crate::doors::server::Site;
use crate::doors::wire::{LINK, OneTimeToken, Problem, read_token, write_token};
use crate::ground::passes::{Kind, Pass, seal, unseal};
use crate::words::hash::{Drawn, pass_digest};
use crate::words::{Email, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// Long enough for a weekend's mail.
const VERIFIES_FOR: Duration = Duration::from_secs(3 * 24 * 3600);
/// Whoever asks for another password is waiting for it; a mailbox that is read later finds nothing.
const RESETS_FOR: Duration = Duration::from_secs(3600);
/// It is handed over by people.
const HANDED_FOR: Duration = Duration::from_secs(3 * 24 * 3600);

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Purpose {
    /// The account's address is its user's.
    Verify,
    /// The account is to have this address.
    Change,
    /// An account is to begin with an address that somebody else has said to be theirs.
    Claim,
    /// The account is to have another password; the link was sent to its address.
    Reset,
    /// The same; the link was told to somebody who hands it over.
    HandedOver,
}

impl Purpose {
    fn kind(self) -> Kind {
        match self {
            Self::Verify | Self::Change | Self::Claim => Kind::EmailVerification,
            Self::Reset | Self::HandedOver => Kind::PasswordReset,
        }
    }

    fn holds_for(self) -> Duration {
        match self {
            Self::Verify | Self::Change | Self::Claim => VERIFIES_FOR,
            Self::Reset => RESETS_FOR,
            Self::HandedOver => HANDED_FOR,
        }
    }

    /// What the page behind the link does.
    fn name(self) -> &'static str {
        match self {
            Self::Verify | Self::Change => "verify",
            Self::Claim => "claim",
            Self::Reset | Self::HandedOver => "reset",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Detail {
    purpose: Purpose,
    email: Option<String>,
}

/// A link that came back and still holds.
pub(super) struct Returned {
    pub(super) purpose: Purpose,
    /// Where it was sent.
    pub(super) email: Option<Email>,
    pub(super) pass: Pass,
}

/// Where a page of this server begins with something that stays in the browser.
pub(super) fn written(site: &Site, behind: &str) -> OneTimeToken {
    OneTimeToken(format!("{}/link#{behind}", site.url.as_str()))
}

/// Makes a link that rests on what was recorded until `since`.
pub(super) async fn issue(
    site: &Arc<Site>,
    purpose: Purpose,
    user: Option<UserId>,
    since: Timestamp,
    email: Option<&Email>,
) -> Result<(OneTimeToken, Timestamp), Problem> {
    let (token, now, kind) = (site.desk.draw(), (site.now)(), purpose.kind());
    let detail = Detail { purpose, email: email.map(|email| email.as_str().to_owned()) };
    let detail =
        serde_json::to_vec(&detail).map_err(|error| Problem::fault("unwritable", error))?;
    let expires = now.after(purpose.holds_for());
    let pass = Pass {
        kind,
        digest: pass_digest(&token),
        user,
        since,
        created: now,
        last_used: now,
        expires,
        detail: seal(&token, kind, &detail, &mut Drawn::from_seed(&site.desk.draw())),
    };
    let passes = Arc::clone(&site.passes);
    aside(move || passes.issue(pass, now)).await??;
    let token = write_token(LINK, &token);
    Ok((written(site, &format!("{}={token}", purpose.name())), expires))
}

/// Whatever is wrong with a link, it does nothing any more.
pub(super) fn ended() -> Problem {
    let detail = "the link was used, has expired, or something newer took its place: ask for \
                  another one";
    Problem::new(410, "link_ended", detail)
}

/// Looks at a link that came back. It ends with what it does.
pub(super) fn look(site: &Site, kind: Kind, token: &OneTimeToken) -> Result<Returned, Problem> {
    let token = read_token(LINK, &token.0).ok_or_else(ended)?;
    let pass = site.passes.find(kind, &pass_digest(&token), (site.now)()).ok_or_else(ended)?;
    let detail = unseal(&token, kind, &pass.detail).ok_or_else(ended)?;
    let Detail { purpose, email } = serde_json::from_slice(&detail).map_err(|_| ended())?;
    let email = email.map(|email| Email::parse(&email)).transpose().map_err(|_| ended())?;
    Ok(Returned { purpose, email, pass })
}

/// Ends a link that has done what it is for.
pub(super) async fn end(site: &Arc<Site>, pass: &Pass) -> Result<(), Problem> {
    let (passes, now) = (Arc::clone(&site.passes), (site.now)());
    let (kind, digest) = (pass.kind, pass.digest);
    aside(move || passes.end(kind, &digest, now)).await??;
    Ok(())
}

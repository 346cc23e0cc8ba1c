//! Signing in at an organization's own provider: setting out, and coming back.
//!
//! The state names a pass, and what has to be known when it comes back is sealed under a cookie:
//! whoever has the state alone, or another browser, opens nothing. A provider vouches for the
//! members and the invited people of its own organization ([`admission`]), and for nobody else.

mod admission;
mod asking;

pub(super) use asking::Providers;

use super::sign_in::{self, FirstStep};
use super::{aside, links, sessions};
use crate::doors::accounts::oidc::{Fault, Journey, ReturnTo, Vouched};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::cookies::JOURNEY_COOKIE;
use crate::doors::server::reply::Reply;
use crate::doors::wire::{JOURNEY, Parts, Problem, STATE, read_token, write_token};
use crate::ground::passes::{Kind, Pass, seal, unseal};
use crate::words::Timestamp;
use crate::words::hash::{Drawn, pass_digest};
use asking::Provider;
use schemars::JsonSchema;
use serde::Deserialize;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// How long somebody may take to sign in elsewhere.
const JOURNEY_FOR: Duration = Duration::from_secs(10 * 60);

/// Where every provider sends browsers back to.
const CALLBACK: &str = "/v1/sign-in/oidc/callback";

/// Why somebody does not come in.
#[derive(Debug)]
enum Refused {
    Fault(Fault),
    Problem(Problem),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Browsers stand here, and people read what they show: why somebody does not come in is told to
/// the page behind our links, and to the log.
fn told(site: &Site, refused: Refused) -> Reply {
    let code = match refused {
        Refused::Fault(fault) => {
            tracing::info!(why = %fault, "no sign-in by a provider");
            Cow::Borrowed(fault.code())
        }
        Refused::Problem(problem) => {
            tracing::info!(why = %problem.code, "no sign-in by a provider");
            problem.code
        }
    };
    Reply::to(links::written(site, &format!("error={code}")).0)
}

fn callback(site: &Site) -> String {
    format!("{}{CALLBACK}", site.url.as_str())
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingOut {
    /// Where to go once somebody is in: a path of this server.
    #[schemars(regex(pattern = r"^/(?:[!#-.0-;=?-\[\]-~][!#-;=?-\[\]-~]{0,510})?$"))]
    return_to: Option<String>,
    /// Where an organization has several providers.
    issuer: Option<String>,
}

/// Sends a browser to the provider of an organization.
pub(super) async fn set_out(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let SettingOut { return_to, issuer } = call.parameters()?;
    let return_to = return_to.as_deref().map_or(Ok(ReturnTo::default()), str::parse);
    let return_to = return_to.map_err(|error| Problem::wrong("wrong_parameter", error))?;
    let sent = send(&site, &call, return_to, issuer.as_deref()).await;
    Ok(sent.unwrap_or_else(|refused| told(&site, refused)))
}

async fn send(
    site: &Arc<Site>,
    call: &Call,
    return_to: ReturnTo,
    issuer: Option<&str>,
) -> Result<Reply, Refused> {
    let now = (site.now)();
    let provider = site.people.providers.of(call.text("org"), issuer)?;
    admission::organization(&site.ledger.known(), provider.organization())?;
    site.people.paces.set_out(call.network(), now)?;
    let document = provider.document(now).await?;
    let mut drawn = Drawn::from_seed(&site.desk.draw());
    let (state, kind) = (drawn.bytes(), Kind::OidcState);
    // Several windows of one browser set out with one cookie.
    let browser = call.journey_token().copied().unwrap_or_else(|| drawn.bytes());
    let journey = Journey::begin(provider.name().to_owned(), return_to, &mut drawn);
    let place = provider.place(&journey, &document, &callback(site), &write_token(STATE, &state));
    let detail = serde_json::to_vec(&journey).map_err(|error| Problem::fault("fault", error))?;
    let pass = Pass {
        kind,
        digest: pass_digest(&state),
        user: None,
        since: now,
        created: now,
        last_used: now,
        expires: now.after(JOURNEY_FOR),
        detail: seal(&browser, kind, &detail, &mut drawn),
    };
    let passes = Arc::clone(&site.passes);
    aside(move || passes.issue(pass, now)).await?.map_err(Problem::from)?;
    let journey_token = write_token(JOURNEY, &browser);
    let cookie = JOURNEY_COOKIE.write(site.is_secure(), &journey_token, JOURNEY_FOR)?;
    Ok(Reply::to(place).with_cookie(cookie))
}

/// What a provider sends a browser back with; it may say more.
#[derive(Deserialize, JsonSchema)]
pub(super) struct CameBack {
    /// What the browser set out with.
    state: Option<String>,
    /// What the provider gives a token for.
    code: Option<String>,
    /// Who the provider says it is.
    iss: Option<String>,
    /// Why the provider does not vouch for anybody.
    error: Option<String>,
}

/// Lets somebody in who comes back from a provider.
pub(super) async fn come_back(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let arrived = arrive(&site, &call).await;
    Ok(arrived.unwrap_or_else(|refused| told(&site, refused)))
}

async fn arrive(site: &Arc<Site>, call: &Call) -> Result<Reply, Refused> {
    let CameBack { state, code, iss, error } = call.parameters().map_err(|_| Fault::WrongReturn)?;
    let now = (site.now)();
    let journey = ended(site, call, state.as_deref(), now).await?;
    let provider = site.people.providers.named(&journey.provider)?;
    let document = provider.document(now).await?;
    if !document.has_answered(iss.as_deref()) {
        return Err(Fault::WrongReturn.into());
    }
    let code = match (error.as_deref(), code) {
        (None, Some(code)) => code,
        (Some("access_denied"), _) => return Err(Fault::AccessDenied.into()),
        (Some(_), _) => return Err(Fault::ProviderRefused.into()),
        (None, None) => return Err(Fault::WrongReturn.into()),
    };
    let vouched = provider.exchange(&journey, document, code, callback(site), now).await?;
    come_in(site, call, &provider, &vouched, &journey.return_to).await
}

/// Ends what a browser set out with. Of all who come back with one state one goes on; somebody
/// without the cookie neither goes on nor ends it.
async fn ended(
    site: &Arc<Site>,
    call: &Call,
    state: Option<&str>,
    now: Timestamp,
) -> Result<Journey, Refused> {
    let state = state.and_then(|state| read_token(STATE, state)).ok_or(Fault::StateEnded)?;
    let (digest, kind) = (pass_digest(&state), Kind::OidcState);
    let browser = call.journey_token().ok_or(Fault::StateEnded)?;
    let pass = site.passes.find(kind, &digest, now).ok_or(Fault::StateEnded)?;
    let detail = unseal(browser, kind, &pass.detail).ok_or(Fault::StateEnded)?;
    let journey = serde_json::from_slice(&detail).map_err(|_| Fault::StateEnded)?;
    let passes = Arc::clone(&site.passes);
    let taken = aside(move || passes.take(kind, &digest, now)).await?.map_err(Problem::from)?;
    taken.ok_or(Fault::StateEnded)?;
    Ok(journey)
}

async fn come_in(
    site: &Arc<Site>,
    call: &Call,
    provider: &Arc<Provider>,
    vouched: &Vouched,
    return_to: &ReturnTo,
) -> Result<Reply, Refused> {
    let admitted = admission::admit(site, provider.organization(), vouched).await?;
    let (user, since) = (admitted.user, admitted.since);
    let only = Some(admission::organization(&site.ledger.known(), provider.organization())?.0);
    let gone = JOURNEY_COOKIE.clear(site.is_secure())?;
    if site.ledger.known().state.has_second_factor(user) {
        let first = FirstStep { named: admitted.named, only };
        let second = sign_in::ticket(site, user, since, &first).await?;
        let place = links::written(site, &format!("second-factor={}", second.ticket.0));
        return Ok(Reply::to(place.0).with_cookie(gone));
    }
    let session = sessions::begin_in(site, call, user, since, only).await?;
    let place = format!("{}{}", site.url.as_str(), return_to.as_str());
    Ok(Reply::to(place).with_cookie(session).with_cookie(gone))
}

//! The second factor: switched on with a code that shows that the device works, asked for at each
//! sign-in, switched off with both.

use super::passwords::demand as demand_password;
use super::{as_of, aside, done, give, give_because, moment, sessions};
use crate::doors::accounts::totp::{self, RecoveryCode, use_recovery};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::reply::Reply;
use crate::doors::wire::accounts::{
    Code, Confirmed, ConfirmedBoth, RecoveryCodes, RenewedCodes, Setup, Typed,
};
use crate::doors::wire::{OneTimeToken, Problem};
use crate::ground::passes::{Kind, Pass, seal, unseal};
use crate::house::Known;
use crate::law::Refusal;
use crate::law::command::account::SecondFactorWish;
use crate::law::command::{AccountWish, Credential, Secret};
use crate::words::UserId;
use crate::words::hash::{Drawn, pass_digest_of_user, read_base64, write_base64};
use std::sync::Arc;
use std::time::Duration;

/// What devices show beside the code.
const ISSUER: &str = "Rollbook";

/// How long somebody may take to set their device up.
const SETUP_FOR: Duration = Duration::from_secs(30 * 60);

/// What is given as the second factor.
pub(super) enum Second {
    /// A code of the device.
    Code(Typed),
    /// One of the codes for when it is lost.
    Recovery(Typed),
}

fn wrong_code() -> Problem {
    let detail = "that code is not right now, or was used before: wait for the next one";
    Problem::new(401, "wrong_code", detail)
}

/// Demands the second factor of somebody, and uses it up.
pub(super) async fn demand(
    site: &Arc<Site>,
    known: &Known,
    user: UserId,
    second: Second,
) -> Result<(), Problem> {
    let factor = known.state.account(user).and_then(|account| account.second_factor.as_ref());
    let factor = factor.ok_or_else(wrong_code)?;
    match second {
        Second::Code(code) => {
            let secret = factor.secret.as_deref().and_then(totp::Secret::read);
            use_code(site, user, secret.ok_or_else(wrong_code)?, code).await
        }
        Second::Recovery(code) => {
            let before = factor.recovery.clone().ok_or_else(wrong_code)?;
            let digests: Vec<[u8; 32]> = before.split(' ').filter_map(read_base64).collect();
            let left = use_recovery(user, &digests, code.reveal()).ok_or_else(wrong_code)?;
            let left = (!left.is_empty()).then(|| written(&left));
            let change = SecondFactorWish::UseRecovery { before: Secret(before), left };
            let wish = AccountWish::ChangeSecondFactor { user, change };
            match give(site, user, Credential::Outside, wish).await {
                Ok(_) => Ok(()),
                Err(problem) if problem.code == "credentials_changed" => Err(wrong_code()),
                Err(problem) => Err(problem),
            }
        }
    }
}

/// Uses up a code of the device.
async fn use_code(
    site: &Arc<Site>,
    user: UserId,
    secret: totp::Secret,
    code: Typed,
) -> Result<(), Problem> {
    let (passes, now) = (Arc::clone(&site.passes), (site.now)());
    let used = aside(move || {
        let step = totp::check(&secret, code.reveal(), now, passes.used_step(user));
        let Some(step) = step else { return Ok(false) };
        passes.use_step(user, step, totp::forgotten_at(step), now)
    });
    if used.await?? { Ok(()) } else { Err(wrong_code()) }
}

fn written(digests: &[[u8; 32]]) -> Secret {
    let texts: Vec<String> = digests.iter().map(|digest| write_base64(digest)).collect();
    Secret(texts.join(" ").into())
}

/// Fresh recovery codes: as they are told once, and what is kept of them.
fn recovery(site: &Site, user: UserId) -> (Vec<OneTimeToken>, Secret) {
    let codes = RecoveryCode::draw(&mut Drawn::from_seed(&site.desk.draw()));
    let told = codes.iter().map(|code| OneTimeToken(code.text().to_string())).collect();
    let digests: Vec<[u8; 32]> = codes.iter().map(|code| code.digest(user)).collect();
    (told, written(&digests))
}

/// Draws what the device is to share. Nothing is asked for before a code has come from there.
pub(super) async fn begin(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let (user, _) = call.caller()?.signed_in()?;
    let Confirmed { password } = call.body()?;
    let known = site.ledger.known();
    demand_password(&site, &call, &known, user, &password).await?;
    if known.state.has_second_factor(user) {
        return Err(Refusal::SecondFactorOn.into());
    }
    let found = known.state.user(user);
    let account = found.and_then(|it| it.email.clone().or_else(|| it.username.clone()));
    let mut drawn = Drawn::from_seed(&site.desk.draw());
    let secret = totp::Secret::draw(&mut drawn);
    let (now, kind) = ((site.now)(), Kind::SecondFactorSetup);
    let expires_at = now.after(SETUP_FOR);
    let pass = Pass {
        kind,
        digest: pass_digest_of_user(user),
        user: Some(user),
        since: known.at,
        created: now,
        last_used: now,
        expires: expires_at,
        detail: seal(call.session_token()?, kind, secret.as_bytes(), &mut drawn),
    };
    let uri = secret.uri(ISSUER, account.as_deref().unwrap_or_default());
    let (secret, uri) = (secret.text().to_string(), uri.to_string());
    let passes = Arc::clone(&site.passes);
    aside(move || passes.issue(pass, now)).await??;
    let (secret, uri) = (OneTimeToken(secret), OneTimeToken(uri));
    Reply::json(None, &Setup { secret, uri, expires_at })
}

/// Switches it on, in the session that began it: the secret is sealed for that one.
pub(super) async fn confirm(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let caller = call.caller()?;
    let (user, _) = caller.signed_in()?;
    let Code { code, reason } = call.body()?;
    let (digest, now, kind) = (pass_digest_of_user(user), (site.now)(), Kind::SecondFactorSetup);
    let unknown = || {
        let detail = "nothing is being set up in this session: begin anew";
        Problem::new(409, "no_setup", detail)
    };
    let pass = site.passes.find(kind, &digest, now).ok_or_else(unknown)?;
    let secret = unseal(call.session_token()?, kind, &pass.detail).ok_or_else(unknown)?;
    let secret: [u8; 20] = secret.as_slice().try_into().map_err(|_| unknown())?;
    let attempt = site.people.paces.begin_at(user, call.network(), now)?;
    use_code(&site, user, totp::Secret::from_bytes(secret), code).await?;
    attempt.passed();
    let (recovery_codes, recovery) = recovery(&site, user);
    let secret = Secret(write_base64(&secret).into());
    let change = SecondFactorWish::Enable { secret, recovery };
    let wish = AccountWish::ChangeSecondFactor { user, change };
    let receipt = give_because(&site, (user, caller.credential), reason, wish).await?;
    let passes = Arc::clone(&site.passes);
    aside(move || passes.end(kind, &digest, now)).await??;
    let since = moment(&receipt, &site.ledger.known());
    let cookie = sessions::begin_alone(&site, user, since).await?;
    let as_of = as_of(receipt.size);
    let told = RecoveryCodes { as_of, recovery_codes };
    Ok(Reply::json(as_of.seq, &told)?.with_cookie(cookie))
}

pub(super) async fn disable(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let caller = call.caller()?;
    let (user, _) = caller.signed_in()?;
    let ConfirmedBoth { password, code, reason } = call.body()?;
    let known = site.ledger.known();
    demand_password(&site, &call, &known, user, &password).await?;
    if !known.state.has_second_factor(user) {
        return Err(Refusal::SecondFactorOff.into());
    }
    let attempt = site.people.paces.begin_at(user, call.network(), (site.now)())?;
    demand(&site, &known, user, Second::Code(code)).await?;
    attempt.passed();
    let change = SecondFactorWish::Disable;
    let wish = AccountWish::ChangeSecondFactor { user, change };
    done(&give_because(&site, (user, caller.credential), reason, wish).await?)
}

/// Puts other recovery codes in the place of those that are left.
pub(super) async fn renew(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let caller = call.caller()?;
    let (user, _) = caller.signed_in()?;
    let RenewedCodes { password, reason } = call.body()?;
    let known = site.ledger.known();
    demand_password(&site, &call, &known, user, &password).await?;
    let (recovery_codes, recovery) = recovery(&site, user);
    let change = SecondFactorWish::RenewRecovery { recovery };
    let wish = AccountWish::ChangeSecondFactor { user, change };
    let receipt = give_because(&site, (user, caller.credential), reason, wish).await?;
    let as_of = as_of(receipt.size);
    Reply::json(as_of.seq, &RecoveryCodes { as_of, recovery_codes })
}

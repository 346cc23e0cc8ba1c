//! Who comes in by a provider: whom its organization knows, as a member or by an invitation.
//!
//! Whoever runs a provider can make it say any address. So it says nothing about somebody whom its
//! organization does not know, and an invitation, which needs nobody's consent, lets in only
//! whoever belongs nowhere else.

use super::Refused;
use crate::doors::accounts::oidc::{Fault, Vouched};
use crate::doors::server::Site;
use crate::doors::server::accounts::{give, moment};
use crate::doors::settings::SignUp;
use crate::house::Known;
use crate::law::command::{AccountWish, Credential, Person};
use crate::law::state::{InvitationStatus, Organization};
use crate::words::{Email, Name, OrganizationId, Timestamp, UserId};
use std::sync::Arc;

/// Somebody who comes in.
pub(super) struct Admitted {
    pub(super) user: UserId,
    /// What was recorded until then is what it rests on.
    pub(super) since: Timestamp,
    /// By which text tries at them are counted.
    pub(super) named: String,
}

/// What happens to let them in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// They are there, and their address is proven now if it was not before.
    There(UserId),
    /// An account begins; one that only said to have the address loses it.
    Begins,
}

/// The organization whose provider it is.
pub(super) fn organization<'a>(
    known: &'a Known,
    slug: &str,
) -> Result<(OrganizationId, &'a Organization), Fault> {
    let org = known.state.by_slug(slug).ok_or(Fault::NoProvider)?;
    let found = known.state.organization(org).filter(|it| !it.dissolved);
    found.map(|found| (org, found)).ok_or(Fault::NoProvider)
}

fn way(known: &Known, site: &Site, slug: &str, email: &Email) -> Result<Way, Fault> {
    let (org, organization) = organization(known, slug)?;
    let (folded, now) = (email.folded(), (site.now)());
    let is_invited = organization.pending_for(&folded).is_some_and(|(_, invitation)| {
        invitation.status == InvitationStatus::Pending && now < invitation.expires_at
    });
    let may_begin = match site.settings.sign_up {
        SignUp::Open => true,
        SignUp::Invited => is_invited,
        SignUp::Nobody => false,
    };
    let begins = if may_begin { Ok(Way::Begins) } else { Err(Fault::NotKnown) };
    let Some(user) = known.state.by_email(&folded) else { return begins };
    let Some(found) = known.state.user(user) else { return begins };
    let is_member = organization.member(user).is_some();
    let has_password = known.state.account(user).is_some_and(|it| it.password.is_some());
    if !found.verified && has_password {
        // Whose password it is, nobody knows: it must not come to a member's rights by this.
        return if is_member { Err(Fault::AccountUnproven) } else { begins };
    }
    let audits = || known.state.organizations().any(|(_, it)| it.is_auditor(user, now));
    let belongs_elsewhere = || found.organizations.iter().any(|it| *it != org) || audits();
    match (is_member, is_invited) {
        (true, _) => Ok(Way::There(user)),
        (false, true) if belongs_elsewhere() => Err(Fault::BelongsElsewhere),
        (false, true) => Ok(Way::There(user)),
        (false, false) => Err(Fault::NotKnown),
    }
}

/// Lets somebody in for whom the provider of an organization vouches.
pub(super) async fn admit(
    site: &Arc<Site>,
    slug: &str,
    vouched: &Vouched,
) -> Result<Admitted, Refused> {
    let email = Email::parse(vouched.proven_email()?).map_err(|_| Fault::EmailMissing)?;
    let known = site.ledger.known();
    let named = email.folded().to_string();
    let (user, wish) = match way(&known, site, slug, &email)? {
        Way::There(user) => {
            let is_verified = known.state.user(user).is_some_and(|it| it.verified);
            if is_verified && known.state.account(user).is_some() {
                return Ok(Admitted { user, since: known.at, named });
            }
            (user, AccountWish::VerifyEmail { user, email })
        }
        Way::Begins => {
            let user = site.desk.newcomer();
            let name = vouched.name().and_then(|name| Name::parse(name).ok());
            let person = Person { email: Some(email), name, username: None };
            (user, AccountWish::SignUpProven { user, person, password: None })
        }
    };
    let receipt = give(site, user, Credential::Outside, wish).await?;
    Ok(Admitted { user, since: moment(&receipt, &known), named })
}

//! Letters to people, and the links that stand in them.

use super::links::written;
use crate::doors::mail::{Content, Letter, Link};
use crate::doors::server::Site;
use crate::doors::wire::{OneTimeToken, Recorded};
use crate::facts::{Actor, Event};
use crate::house::{Known, Receipt};
use crate::words::{Email, Name, Timestamp, UserId};

/// What a letter with a link is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Occasion {
    /// The address is to be proven.
    Verification,
    /// Another password is asked for.
    PasswordReset,
    /// Somebody tries to make an account that is there already.
    AlreadyKnown,
}

/// Whether mail is sent at all.
pub(super) fn are_sent(site: &Site) -> bool {
    site.mailer.is_on()
}

/// The address of an account as its user wrote it. Another spelling that compares equal may be
/// somebody else's mailbox, so letters to an account never go where a stranger says.
pub(super) fn address_of(known: &Known, user: UserId) -> Option<Email> {
    Email::parse(known.state.user(user)?.email.as_deref()?).ok()
}

/// Sends a letter; it waits for nothing and cannot fail.
pub(super) fn send(
    site: &Site,
    to: &Email,
    occasion: Occasion,
    (link, expires_at): (OneTimeToken, Timestamp),
) {
    let link = read(site, &link);
    let content = match occasion {
        Occasion::Verification => Content::Verification { link, expires_at },
        Occasion::PasswordReset => Content::PasswordReset { link, expires_at },
        Occasion::AlreadyKnown => Content::AlreadyKnown { link, expires_at },
    };
    site.mailer.send(Letter { to: to.clone(), content });
}

/// A link to this server, as letters hold it.
fn read(site: &Site, OneTimeToken(link): &OneTimeToken) -> Link {
    Link::new(&site.url, link.strip_prefix(site.url.as_str()).unwrap_or_default())
}

/// Tells whoever was handed the super admin's role.
pub(in crate::doors::server) fn handed_over(site: &Site, receipt: &Receipt) {
    let moved = receipt.entries.iter().find_map(|entry| match &entry.fact.event {
        Event::SuperAdminTransferred(event) => Some((entry.fact.org, event.to)),
        _ => None,
    });
    let Some((org, user)) = moved.filter(|_| are_sent(site)) else { return };
    let known = site.ledger.known();
    let name = known.state.organization(org).and_then(|it| it.name.clone());
    let organization = name.and_then(|name| Name::parse(&name).ok());
    if let (Some(to), Some(organization)) = (address_of(&known, user), organization) {
        let link = Link::new(&site.url, "/");
        site.mailer.send(Letter { to, content: Content::HandedOver { organization, link } });
    }
}

/// Adds the link to the answer that tells the token of an invitation, and sends it.
pub(in crate::doors::server) fn invited(site: &Site, by: Actor, told: &mut Recorded) {
    let (Some(token), Some(invitation)) = (&told.token, &told.subject.invitation) else { return };
    let (org, id) = (told.heading.organization_id, invitation.invitation_id);
    let OneTimeToken(token) = token;
    let link = written(site, &format!("invitation={org}/{id}/{token}"));
    let known = site.ledger.known();
    let organization = known.state.organization(org);
    let kept = organization.and_then(|organization| organization.invitation(id));
    let to = kept.and_then(|kept| Email::parse(kept.email.as_deref()?).ok());
    let called = organization.and_then(|it| Name::parse(it.name.as_deref()?).ok());
    if let (Some(to), Some(organization)) = (to, called)
        && are_sent(site)
    {
        let name = |user: UserId| Name::parse(known.state.user(user)?.name.as_deref()?).ok();
        let inviter = match by {
            Actor::User(user) => name(user),
            Actor::Operator(_) | Actor::Token(_) | Actor::System(_) => None,
        };
        let (expires_at, link) = (invitation.expires_at, read(site, &link));
        let content = Content::Invitation { organization, inviter, expires_at, link };
        site.mailer.send(Letter { to, content });
    }
    told.link = Some(link);
}

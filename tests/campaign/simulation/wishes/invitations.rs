//! Wishes about invitations.

use super::Wisher;
use crate::simulation::membership::text;
use rollbook::facts::Actor;
use rollbook::law::command::*;
use rollbook::projections::InvitationStatus;
use rollbook::words::{InvitationId, Name, OrganizationId, TeamId, UserId};
use std::time::Duration;

const LASTING_SECONDS: [u64; 9] =
    [0, 1, 60, 3_600, 86_400, 86_400, 604_800, 365 * 86_400, 366 * 86_400];

impl Wisher<'_> {
    pub(super) fn about_invitations(&mut self, org: OrganizationId) -> Action {
        let invitation = self.invitation(org);
        let none = self.told.world.org(org).is_some_and(|org| org.letters.is_empty());
        let kinds = if none && self.chance.percent(80) { 5 } else { 19 };
        match self.chance.below(kinds) {
            0..=4 => self.invites(org),
            5..=6 => {
                let (expires_in, token) = (self.lasting(), self.token());
                Action::ResendInvitation { org, invitation, expires_in, token }
            }
            7 => Action::RevokeInvitation { org, invitation },
            8 => Action::DeclineInvitation { org, invitation, proof: self.proof(org, invitation) },
            9 => Action::ExpireInvitations { org },
            _ => self.accepts(org, invitation),
        }
    }

    fn invites(&mut self, org: OrganizationId) -> Action {
        let teams = match self.chance.below(100) {
            0..=34 => (0..1 + self.chance.below(3)).map(|_| self.team(org)).collect(),
            35 => (0..33).map(|_| TeamId::from_uuid(self.uuid())).collect(),
            _ => vec![],
        };
        let if_pending =
            self.chance.pick(&[IfPending::Refuse, IfPending::Resend, IfPending::Supersede]);
        let waiting: Vec<_> = match self.told.world.org(org) {
            Some(org) => org.waiting().iter().map(|letter| text(&letter.row.email)).collect(),
            None => vec![],
        };
        let again = !waiting.is_empty() && self.chance.percent(30);
        let email = if again {
            let text = &waiting[self.chance.below(waiting.len())];
            rollbook::words::Email::parse(text).unwrap()
        } else {
            self.email()
        };
        let (roles, expires_in, token) = (self.roles(org), self.lasting(), self.token());
        Action::Invite(Invite { org, email, roles, teams, expires_in, if_pending, token })
    }

    fn invitation(&mut self, org: OrganizationId) -> InvitationId {
        let open = self.chance.percent(75);
        let found = self.look(org, |org| {
            let all = org.letters.iter().map(|letter| &letter.row);
            let wanted = all.filter(|row| !open || row.status == InvitationStatus::Pending);
            wanted.map(|row| row.invitation_id).collect()
        });
        found.unwrap_or_else(|| InvitationId::from_uuid(self.uuid()))
    }

    fn lasting(&mut self) -> Duration {
        Duration::from_secs(self.chance.pick(&LASTING_SECONDS))
    }

    fn token(&mut self) -> TokenDigest {
        TokenDigest([u8::try_from(self.chance.below(256)).unwrap(); 32])
    }

    pub(super) fn proof(&mut self, org: OrganizationId, invitation: InvitationId) -> Proof {
        let letter = self.told.world.org(org).and_then(|org| org.letter(invitation));
        match letter.map(|letter| letter.token) {
            Some(token) if self.chance.percent(60) => Proof::Token(token),
            _ if self.chance.percent(80) => Proof::SignedIn,
            _ => Proof::Token(self.token()),
        }
    }

    pub(super) fn accepts(&mut self, org: OrganizationId, invitation: InvitationId) -> Action {
        let mut proof = self.proof(org, invitation);
        let letter = self.told.world.org(org).and_then(|org| org.letter(invitation)).cloned();
        let email = letter.as_ref().and_then(|letter| Some(letter.row.email.text()?.to_owned()));
        let world = &self.told.world;
        let bound = email.and_then(|email| world.by_email(&email)).map(|user| user.id);
        let acceptor = match bound {
            Some(user) if self.chance.percent(85) => Acceptor::User(user),
            _ if self.chance.percent(10) => Acceptor::User(self.user()),
            _ => {
                if let Some(letter) = letter.filter(|_| self.chance.percent(85)) {
                    proof = Proof::Token(letter.token);
                }
                let fresh = UserId::from_uuid(self.uuid());
                let user = if self.chance.percent(92) { fresh } else { self.user() };
                let username = self.chance.percent(30).then(|| self.login());
                let name = self.chance.percent(50).then(|| Name::parse("Newcomer").unwrap());
                Acceptor::Newcomer { user, name, username }
            }
        };
        Action::AcceptInvitation { org, invitation, acceptor, proof, password: None }
    }

    /// Whoever is invited to an address, if anybody is known by it: they may say no.
    pub(super) fn invited(&self, org: OrganizationId, invitation: InvitationId) -> Option<Actor> {
        let letter = self.told.world.org(org)?.letter(invitation)?;
        let user = self.told.world.by_email(letter.row.email.text()?)?;
        Some(Actor::User(user.id))
    }
}

//! The life of an invitation.

use super::rights::{fit, not_the_one_top};
use super::{Code, Trial, unless};
use crate::simulation::membership::{Joining, Letter, Org, Text, What, folded_email, text};
use rollbook::facts::event::RevocationCause;
use rollbook::facts::{Actor, Permission};
use rollbook::law::command::{Acceptor, IfPending, Invite, Person, Proof, TokenDigest};
use rollbook::projections::InvitationStatus;
use rollbook::words::{
    Email, InvitationId, MemberId, Name, OrganizationId, TeamId, Timestamp, UserId, Username,
};
use std::collections::BTreeSet;
use std::time::Duration;

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
const TEAMS_LIMIT: usize = 32;

impl Trial<'_> {
    pub(super) fn invite(&mut self, wish: &Invite) -> Result<(), Code> {
        let org = wish.org;
        let (found, rights) = self.managed(org, Permission::MemberInvite)?;
        fit(&found, &wish.roles)?;
        not_the_one_top(&found, &wish.roles)?;
        rights.may_grant(&found, &wish.roles)?;
        let expires_at = self.lasts(wish.expires_in)?;
        let teams: BTreeSet<TeamId> = wish.teams.iter().copied().collect();
        unless(teams.len() > TEAMS_LIMIT, "too_many_teams")?;
        unless(teams.iter().any(|team| found.team(*team).is_none()), "unknown_team")?;
        unless(self.is_member(&found, wish.email.as_str()), "already_member")?;
        if let Some(letter) = found.waiting_for(wish.email.as_str()) {
            let (invitation, expired_at) = (letter.row.invitation_id, letter.row.expires_at);
            if expired_at <= self.now() {
                self.records(org, What::InvitationExpired { invitation, expired_at })?;
            } else {
                unless(wish.if_pending == IfPending::Refuse, "already_invited")?;
                rights.may_grant(&found, &letter.row.roles)?;
                if wish.if_pending == IfPending::Resend {
                    let token = wish.token;
                    let what = What::InvitationResent { invitation, expires_at, token };
                    return self.records(org, what);
                }
                self.withdraws(org, invitation, RevocationCause::Superseded)?;
            }
        }
        self.has_a_seat(&*self.living(org)?)?;
        let what = What::InvitationSent {
            invitation: InvitationId::from_uuid(self.draws()),
            email: wish.email.shared(),
            roles: wish.roles.clone(),
            teams: teams.into_iter().collect(),
            expires_at,
            token: wish.token,
        };
        self.records(org, what)
    }

    fn lasts(&self, duration: Duration) -> Result<Timestamp, Code> {
        let sensible = (Duration::from_secs(1)..=YEAR).contains(&duration);
        unless(!sensible, "expiry_out_of_range")?;
        Ok(self.now().after(duration))
    }

    fn is_member(&self, org: &Org, email: &str) -> bool {
        self.world.by_email(email).is_some_and(|user| org.member_of(user.id).is_some())
    }

    /// Refuses what cannot be answered any more, with what became of it.
    fn still_waits(&self, letter: &Letter) -> Result<(), Code> {
        match letter.row.status {
            InvitationStatus::Accepted => Err("invitation_accepted"),
            InvitationStatus::Declined => Err("invitation_declined"),
            InvitationStatus::Revoked => Err("invitation_revoked"),
            InvitationStatus::Expired => Err("invitation_expired"),
            InvitationStatus::Pending => {
                unless(letter.row.expires_at <= self.now(), "invitation_expired")
            }
        }
    }

    pub(super) fn resend(
        &mut self,
        org: OrganizationId,
        invitation: InvitationId,
        expires_in: Duration,
        token: TokenDigest,
    ) -> Result<(), Code> {
        let (found, rights) = self.managed(org, Permission::MemberInvite)?;
        let letter = addressed(&found, invitation)?;
        rights.may_grant(&found, &letter.row.roles)?;
        let state = self.still_waits(letter);
        if !matches!(state, Ok(()) | Err("invitation_expired")) {
            return state;
        }
        fit(&found, &letter.row.roles)?;
        unless(self.is_member(&found, &text(&letter.row.email)), "already_member")?;
        let other = found.waiting_for(&letter.address);
        let other = other.filter(|other| other.row.invitation_id != invitation);
        unless(other.is_some_and(|other| self.now() < other.row.expires_at), "already_invited")?;
        if state.is_err() {
            self.has_a_seat(&found)?;
        }
        let expires_at = self.lasts(expires_in)?;
        if let Some(other) = other {
            let (invitation, expired_at) = (other.row.invitation_id, other.row.expires_at);
            self.records(org, What::InvitationExpired { invitation, expired_at })?;
        }
        self.records(org, What::InvitationResent { invitation, expires_at, token })
    }

    pub(super) fn revoke(
        &mut self,
        org: OrganizationId,
        invitation: InvitationId,
    ) -> Result<(), Code> {
        let (found, rights) = self.managed(org, Permission::MemberInvite)?;
        let letter = addressed(&found, invitation)?;
        self.still_waits(letter)?;
        rights.may_grant(&found, &letter.row.roles)?;
        self.withdraws(org, invitation, RevocationCause::Revoked)
    }

    pub(super) fn accept(
        &mut self,
        org: OrganizationId,
        invitation: InvitationId,
        acceptor: &Acceptor,
        proof: Proof,
    ) -> Result<(), Code> {
        let found = self.manageable(org)?;
        let letter = addressed(&found, invitation)?;
        let user = match acceptor {
            Acceptor::User(user) | Acceptor::Newcomer { user, .. } => *user,
        };
        self.is_theirs(letter, user, proof)?;
        let [email, name, username] = self.who_accepts(letter, acceptor, proof)?;
        // What was recorded before took time.
        self.still_waits(letter)?;
        unless(found.member_of(user).is_some(), "already_member")?;
        let taken = found.seats_taken(self.now());
        unless(found.header.seats.is_some_and(|seats| taken > seats as usize), "no_seat_left")?;
        fit(&found, &letter.row.roles)?;
        let teams = letter.row.teams.iter().copied();
        let teams = teams.filter(|team| found.team(*team).is_some()).collect();
        let (member, roles) = (MemberId::from_uuid(self.draws()), letter.row.roles.clone());
        let joining = Joining { member, user, email, name, username, roles };
        self.records(org, What::InvitationAccepted { joining, invitation, teams })
    }

    fn who_accepts(
        &mut self,
        letter: &Letter,
        acceptor: &Acceptor,
        proof: Proof,
    ) -> Result<[Option<Text>; 3], Code> {
        match acceptor {
            Acceptor::User(user) => {
                self.has_the_address(letter, *user)?;
                let known = self.world.user(*user).unwrap().clone();
                Ok([known.email, known.name, known.username])
            }
            Acceptor::Newcomer { user, name, username } => {
                unless(self.world.user(*user).is_some(), "invitation_not_yours")?;
                let email = Email::parse(&text(&letter.row.email)).ok();
                if let (Some(email), Proof::Token(_)) = (&email, proof) {
                    self.takes_unproven(email)?;
                }
                let (name, username) = (name.clone(), username.clone());
                let person = Person { email, name, username };
                self.is_nobody_yet(&person)?;
                let Person { email, name, username } = person;
                Ok([
                    email.as_ref().map(Email::shared),
                    name.as_ref().map(Name::shared),
                    username.as_ref().map(Username::shared),
                ])
            }
        }
    }

    /// An invitation is bound to its address.
    fn has_the_address(&self, letter: &Letter, user: UserId) -> Result<(), Code> {
        let known = self.world.user(user).ok_or("unknown_user")?;
        let own = known.email.as_deref().map(folded_email);
        unless(own.as_ref() != Some(&letter.address), "invitation_not_yours")
    }

    fn is_theirs(&self, letter: &Letter, user: UserId, proof: Proof) -> Result<(), Code> {
        let themselves = match self.actor() {
            Actor::Operator(_) => true,
            Actor::User(actor) => actor == user,
            Actor::Token(_) | Actor::System(_) => false,
        };
        unless(!themselves, "not_yourself")?;
        self.still_waits(letter)?;
        match proof {
            Proof::Token(token) => unless(token != letter.token, "invitation_token_wrong"),
            Proof::SignedIn => {
                self.has_the_address(letter, user)?;
                let proven = self.world.user(user).is_some_and(|user| user.proven);
                let vouched = matches!(self.actor(), Actor::Operator(_));
                unless(!proven && !vouched, "email_unverified")
            }
        }
    }

    pub(super) fn decline(
        &mut self,
        org: OrganizationId,
        invitation: InvitationId,
        proof: Proof,
    ) -> Result<(), Code> {
        let found = self.living(org)?;
        let letter = addressed(&found, invitation)?;
        match self.actor() {
            Actor::User(user) => self.is_theirs(letter, user, proof)?,
            Actor::Operator(_) => {
                self.still_waits(letter)?;
                let wrong = matches!(proof, Proof::Token(token) if token != letter.token);
                unless(wrong, "invitation_token_wrong")?;
            }
            Actor::Token(_) | Actor::System(_) => return Err("not_yourself"),
        }
        self.records(org, What::InvitationDeclined { invitation })
    }

    pub(super) fn expire(&mut self, org: OrganizationId) -> Result<(), Code> {
        let found = self.living(org)?;
        let may = matches!(self.actor(), Actor::System(_) | Actor::Operator(_));
        unless(!may, "operator_only")?;
        let now = self.now();
        for letter in found.waiting().into_iter().filter(|letter| letter.row.expires_at <= now) {
            let (invitation, expired_at) = (letter.row.invitation_id, letter.row.expires_at);
            self.records(org, What::InvitationExpired { invitation, expired_at })?;
        }
        Ok(())
    }
}

/// An invitation to somebody who was not erased.
fn addressed(org: &Org, invitation: InvitationId) -> Result<&Letter, Code> {
    let letter = org.letter(invitation).ok_or("unknown_invitation")?;
    unless(letter.row.email.text().is_none(), "person_erased")?;
    Ok(letter)
}

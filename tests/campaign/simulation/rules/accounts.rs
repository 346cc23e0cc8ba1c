//! What people change of their own accounts, and which organizations hear of it.

use super::{Code, Trial, unless};
use crate::simulation::beside::{Beside, Changes};
use crate::simulation::membership::{Text, User, What, folded_email};
use rollbook::facts::Actor;
use rollbook::law::command::account::{Proven, SecondFactorWish};
use rollbook::law::command::{AccountWish, Credential, Person};
use rollbook::words::{Email, Name, OrganizationId, UserId, Username};

const HERE: OrganizationId = OrganizationId::DEPLOYMENT;

impl Trial<'_> {
    pub(super) fn account(&mut self, wish: &AccountWish) -> Result<(), Code> {
        match wish {
            AccountWish::SignUp { user, person, password: None } => self.signs_up(*user, person),
            AccountWish::SetPassword { user, proves: None, .. } => {
                self.themselves(*user)?;
                self.records(HERE, What::Beside(Beside::PasswordSet { user: *user }))
            }
            AccountWish::VerifyEmail { user, email } => {
                self.themselves(*user)?;
                self.verifies(*user, email)
            }
            AccountWish::ChangeSecondFactor { user, change } => {
                let known = self.themselves(*user)?;
                let on = match change {
                    SecondFactorWish::Enable { .. } => true,
                    SecondFactorWish::Disable => false,
                    other => unreachable!("nobody wishes {other:?} here"),
                };
                unless(on && known.second_factor, "second_factor_on")?;
                unless(!on && !known.second_factor, "second_factor_off")?;
                self.records(HERE, What::Beside(Beside::SecondFactorChanged { user: *user, on }))
            }
            AccountWish::UpdateUser { user, name, username, email } => {
                let email = email.as_ref().map(|(email, proven)| (email, *proven));
                self.updates(*user, name.as_ref(), username.as_ref(), email)
            }
            other => unreachable!("nobody wishes {other:?} here"),
        }
    }

    pub(super) fn no_token(&self) -> Result<(), Code> {
        unless(matches!(self.command.credential, Credential::Token(_)), "session_needed")
    }

    fn is_self(&self, user: UserId) -> Result<(), Code> {
        let own = self.actor() == Actor::User(user);
        unless(!own && !matches!(self.actor(), Actor::Operator(_)), "not_yourself")
    }

    fn themselves(&self, user: UserId) -> Result<User, Code> {
        self.no_token()?;
        self.is_self(user)?;
        self.world.user(user).cloned().ok_or("unknown_user")
    }

    fn signs_up(&mut self, user: UserId, person: &Person) -> Result<(), Code> {
        self.is_self(user)?;
        unless(self.world.user(user).is_some(), "not_yourself")?;
        self.is_nobody_yet(person)?;
        let person = [
            person.email.as_ref().map(Email::shared),
            person.name.as_ref().map(Name::shared),
            person.username.as_ref().map(Username::shared),
        ];
        self.records(HERE, What::Beside(Beside::UserCreated { user, person }))
    }

    fn verifies(&mut self, user: UserId, email: &Email) -> Result<(), Code> {
        let known = self.world.user(user).ok_or("unknown_user")?;
        let own = known.email.as_deref().map(folded_email);
        unless(own != Some(folded_email(email.as_str())), "not_the_email")?;
        if known.proven && known.account {
            return Ok(());
        }
        self.records(HERE, What::Beside(Beside::EmailVerified { user }))
    }

    /// Whoever proves an address takes it from an account that only said it and has a password.
    pub(super) fn takes_unproven(&mut self, email: &Email) -> Result<(), Code> {
        let holder = self.world.by_email(email.as_str()).cloned();
        let Some(holder) = holder.filter(|user| !user.proven && user.password) else {
            return Ok(());
        };
        self.records(HERE, What::Beside(Beside::EmailReleased { user: holder.id }))?;
        self.tells_organizations(holder.id, &[Some([holder.email, None]), None, None])
    }

    fn updates(
        &mut self,
        user: UserId,
        name: Option<&Name>,
        username: Option<&Username>,
        email: Option<(&Email, Proven)>,
    ) -> Result<(), Code> {
        let is = self.themselves(user)?;
        let other = |found: Option<&User>| found.is_some_and(|found| found.id != user);
        if let Some((email, proven)) = email {
            if proven == Proven::Yes && other(self.world.by_email(email.as_str())) {
                self.takes_unproven(email)?;
            }
            unless(other(self.world.by_email(email.as_str())), "email_taken")?;
        }
        let login = username.map(Username::as_str);
        unless(login.is_some_and(|text| other(self.world.by_username(text))), "username_taken")?;
        let becomes = |before: &Option<Text>, after: Option<Text>| {
            let after = after.filter(|after| before.as_ref() != Some(after))?;
            Some([before.clone(), Some(after)])
        };
        let changes: Changes = [
            becomes(&is.email, email.map(|(email, _)| email.shared())),
            becomes(&is.name, name.map(Name::shared)),
            becomes(&is.username, username.map(Username::shared)),
        ];
        unless(changes.iter().all(Option::is_none), "nothing_changes")?;
        let told = changes.clone();
        self.records(HERE, What::Beside(Beside::UserUpdated { user, changes }))?;
        if let Some((email, Proven::Yes)) = email {
            self.verifies(user, email)?;
        }
        self.tells_organizations(user, &told)
    }

    /// Every organization that somebody belongs to, by identifier.
    fn tells_organizations(&mut self, user: UserId, changes: &Changes) -> Result<(), Code> {
        let orgs = self.world.orgs.iter();
        let rows = orgs.filter_map(|org| Some((org.id(), org.member_of(user)?.member_id)));
        let mut rows: Vec<_> = rows.collect();
        rows.sort();
        for (org, member) in rows {
            let changes = changes.clone();
            self.records(org, What::Beside(Beside::MemberUpdated { member, user, changes }))?;
        }
        Ok(())
    }
}

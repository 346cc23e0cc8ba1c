//! Joining without an invitation, changing, and parting.

use super::rights::{fit, not_the_one_top};
use super::{Code, Trial, unless};
use crate::simulation::membership::{Joining, Org, What};
use crate::simulation::roles;
use rollbook::facts::event::{EndCause, RemovalCause, RevocationCause};
use rollbook::facts::{Actor, OrganizationKind, Permission, RoleSet, Roles};
use rollbook::law::command::{Person, Removal};
use rollbook::projections::{MemberRow, MemberStatus};
use rollbook::words::{Email, InvitationId, MemberId, Name, OrganizationId, UserId, Username};

impl Trial<'_> {
    pub(super) fn create_member(
        &mut self,
        org: OrganizationId,
        person: &Person,
        wanted: Option<&Roles>,
    ) -> Result<(), Code> {
        let (found, rights) = self.managed(org, Permission::MemberCreate)?;
        let usual = roles::one(&roles::table(found.set()).joins_as);
        let wanted = wanted.unwrap_or(&usual);
        let fixed = found.set() == RoleSet::Standard;
        unless(fixed && *wanted != usual, "created_members_join_as")?;
        rights.may_grant(&found, wanted)?;
        self.has_a_seat_for(&found, person.email.as_ref().map(Email::as_str))?;
        self.joins_newly(org, person, wanted)
    }

    pub(super) fn add_member(
        &mut self,
        org: OrganizationId,
        user: UserId,
        wanted: Option<&Roles>,
    ) -> Result<(), Code> {
        let (found, rights) = self.managed(org, Permission::MemberAdd)?;
        let usual = roles::one(&roles::table(found.set()).joins_as);
        let wanted = wanted.unwrap_or(&usual);
        rights.may_grant(&found, wanted)?;
        unless(found.member_of(user).is_some(), "already_member")?;
        let email = self.world.user(user).and_then(|user| user.email.clone());
        self.has_a_seat_for(&found, email.as_deref())?;
        self.joins_again(org, user, wanted)
    }

    /// Whoever was promised a seat has one.
    fn has_a_seat_for(&self, org: &Org, email: Option<&str>) -> Result<(), Code> {
        let letter = email.and_then(|email| org.waiting_for(email));
        match letter {
            Some(letter) if self.now() < letter.row.expires_at => Ok(()),
            Some(_) | None => self.has_a_seat(org),
        }
    }

    pub(super) fn has_a_seat(&self, org: &Org) -> Result<(), Code> {
        let taken = org.seats_taken(self.now());
        unless(org.header.seats.is_some_and(|seats| taken >= seats as usize), "no_seat_left")
    }

    /// A user comes to exist with a membership.
    pub(super) fn joins_newly(
        &mut self,
        org: OrganizationId,
        person: &Person,
        wanted: &Roles,
    ) -> Result<(), Code> {
        self.is_nobody_yet(person)?;
        let joining = Joining {
            user: UserId::from_uuid(self.draws()),
            member: MemberId::from_uuid(self.draws()),
            email: person.email.as_ref().map(Email::shared),
            name: person.name.as_ref().map(Name::shared),
            username: person.username.as_ref().map(Username::shared),
            roles: wanted.clone(),
        };
        self.admits(org, joining, true)
    }

    /// A user who exists becomes a member.
    pub(super) fn joins_again(
        &mut self,
        org: OrganizationId,
        user: UserId,
        wanted: &Roles,
    ) -> Result<(), Code> {
        let known = self.world.user(user).ok_or("unknown_user")?.clone();
        let member = MemberId::from_uuid(self.draws());
        let (email, name, username) = (known.email, known.name, known.username);
        let roles = wanted.clone();
        self.admits(org, Joining { member, user, email, name, username, roles }, false)
    }

    pub(super) fn is_nobody_yet(&self, person: &Person) -> Result<(), Code> {
        unless(person.email.is_none() && person.username.is_none(), "address_needed")?;
        let email = person.email.as_ref().map(Email::as_str);
        unless(email.is_some_and(|text| self.world.by_email(text).is_some()), "email_taken")?;
        let login = person.username.as_ref().map(Username::as_str);
        unless(login.is_some_and(|text| self.world.by_username(text).is_some()), "username_taken")
    }

    fn admits(&mut self, org: OrganizationId, joining: Joining, created: bool) -> Result<(), Code> {
        fit(&*self.living(org)?, &joining.roles)?;
        let email = joining.email.clone();
        self.records(org, What::MemberCreated { joining, created })?;
        let found = self.living(org)?;
        let letter = email.as_deref().and_then(|email| found.waiting_for(email));
        letter.map_or(Ok(()), |letter| {
            self.withdraws(org, letter.row.invitation_id, RevocationCause::Joined)
        })
    }

    /// Withdraws an invitation that waits, or says that its time has passed.
    pub(super) fn withdraws(
        &mut self,
        org: OrganizationId,
        invitation: InvitationId,
        cause: RevocationCause,
    ) -> Result<(), Code> {
        let expired_at = self.living(org)?.letter(invitation).unwrap().row.expires_at;
        let what = if expired_at <= self.now() {
            What::InvitationExpired { invitation, expired_at }
        } else {
            What::InvitationRevoked { invitation, cause }
        };
        self.records(org, what)
    }

    pub(super) fn change_roles(
        &mut self,
        org: OrganizationId,
        member: MemberId,
        wanted: &Roles,
    ) -> Result<(), Code> {
        let (found, rights) = self.managed(org, Permission::MemberRole)?;
        let row = found.member(member).ok_or("unknown_member")?;
        fit(&found, wanted)?;
        unless(row.roles == *wanted, "nothing_changes")?;
        not_the_one_top(&found, wanted)?;
        rights.may_touch(&found, &row.roles)?;
        rights.may_grant(&found, wanted)?;
        let (user, before, after) = (row.user_id, row.roles.clone(), wanted.clone());
        self.records(org, What::RoleChanged { member, user, before, after })
    }

    pub(super) fn remove_member(
        &mut self,
        org: OrganizationId,
        member: MemberId,
        cause: Removal,
    ) -> Result<(), Code> {
        let (found, rights) = self.managed(org, Permission::MemberRemove)?;
        let row = found.member(member).ok_or("unknown_member")?;
        rights.may_touch(&found, &row.roles)?;
        let cause = match cause {
            Removal::Removed => RemovalCause::Removed,
            Removal::Deprovisioned => RemovalCause::Deprovisioned,
        };
        self.parts(org, row, cause)
    }

    pub(super) fn leave(&mut self, org: OrganizationId) -> Result<(), Code> {
        let found = self.living(org)?;
        let personal = found.header.kind == OrganizationKind::Personal;
        unless(personal, "personal_organization")?;
        let Actor::User(user) = self.actor() else { return Err("not_yourself") };
        let row = found.member_of(user).ok_or("unknown_member")?;
        self.parts(org, row, RemovalCause::Left)
    }

    fn parts(
        &mut self,
        org: OrganizationId,
        row: &MemberRow,
        cause: RemovalCause,
    ) -> Result<(), Code> {
        self.removes(org, row, cause)?;
        self.takes_back_what_rests_on(org, row.user_id)
    }

    pub(super) fn removes(
        &mut self,
        org: OrganizationId,
        row: &MemberRow,
        cause: RemovalCause,
    ) -> Result<(), Code> {
        let (member, user, roles) = (row.member_id, row.user_id, row.roles.clone());
        self.records(org, What::MemberRemoved { member, user, roles, cause })
    }

    /// Nobody joins on the word of somebody who no longer has one, or comes in by what they know.
    fn takes_back_what_rests_on(&mut self, org: OrganizationId, user: UserId) -> Result<(), Code> {
        let found = self.living(org)?;
        for letter in found.waiting() {
            if letter.sender == Actor::User(user) {
                self.withdraws(org, letter.row.invitation_id, RevocationCause::InviterEnded)?;
            }
        }
        self.ends_tokens_and_keys(org, Some(user), EndCause::MemberEnded)
    }

    pub(super) fn suspend(&mut self, org: OrganizationId, member: MemberId) -> Result<(), Code> {
        let (found, rights) = self.managed(org, Permission::MemberSuspend)?;
        let row = found.member(member).ok_or("unknown_member")?;
        unless(row.status == MemberStatus::Suspended, "member_suspended")?;
        rights.may_touch(&found, &row.roles)?;
        self.records(org, What::MemberSuspended { member, user: row.user_id })?;
        self.takes_back_what_rests_on(org, row.user_id)
    }

    pub(super) fn reactivate(&mut self, org: OrganizationId, member: MemberId) -> Result<(), Code> {
        let (found, rights) = self.managed(org, Permission::MemberSuspend)?;
        let row = found.member(member).ok_or("unknown_member")?;
        unless(row.status == MemberStatus::Active, "member_active")?;
        rights.may_touch(&found, &row.roles)?;
        self.records(org, What::MemberReactivated { member, user: row.user_id })
    }

    pub(super) fn transfer(&mut self, org: OrganizationId, to: MemberId) -> Result<(), Code> {
        let found = self.manageable(org)?;
        let rights = self.rights(&found)?;
        let table = roles::table(found.set());
        rights.need(Permission::OrganizationTransfer)?;
        unless(!table.exactly_one_top, "nothing_to_transfer")?;
        let from = found.at_the_top()[0];
        let row = found.member(to).ok_or("unknown_member")?;
        unless(from.member_id == to, "nothing_changes")?;
        unless(row.status == MemberStatus::Suspended, "member_suspended")?;
        let signs_in = self.world.user(row.user_id).is_some_and(|user| user.signs_in);
        unless(!signs_in, "cannot_sign_in")?;
        let what = What::SuperAdminTransferred {
            from: (from.member_id, from.user_id),
            to: (to, row.user_id),
            becomes: roles::one(&table.joins_as),
            to_before: row.roles.clone(),
        };
        self.records(org, what)
    }
}

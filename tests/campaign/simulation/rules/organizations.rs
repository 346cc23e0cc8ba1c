//! How an organization begins, changes and ends, and the roles it defines.

use super::{Code, Trial, unless};
use crate::simulation::membership::{Org, What, known, text};
use crate::simulation::roles;
use rollbook::facts::event::{EndCause, PermissionSet, RemovalCause, RevocationCause};
use rollbook::facts::{Actor, OrganizationKind, Permission, RoleSet};
use rollbook::law::command::{CreateOrganization, Owner, UpdateOrganization};
use rollbook::projections::{Header, InvitationStatus};
use rollbook::words::{Name, OrganizationId, RoleName, Slug, Timestamp};

impl Trial<'_> {
    pub(super) fn create_organization(&mut self, wish: &CreateOrganization) -> Result<(), Code> {
        match self.actor() {
            Actor::Operator(_) => {}
            Actor::User(user) => {
                let own = matches!(wish.owner, Owner::User(owner) if owner == user);
                unless(!own, "not_yourself")?;
            }
            Actor::Token(_) | Actor::System(_) => return Err("operator_only"),
        }
        let (kind, set) = (wish.kind, wish.role_set);
        let org = self.begins(kind, set, &wish.name, &wish.slug, wish.seats)?;
        let top = roles::one(&roles::table(set).top);
        match &wish.owner {
            Owner::User(user) => self.joins_again(org, *user, &top),
            Owner::Person(person) => self.joins_newly(org, person, &top),
        }
    }

    pub(super) fn begins(
        &mut self,
        kind: OrganizationKind,
        role_set: RoleSet,
        name: &Name,
        slug: &Slug,
        seats: Option<u32>,
    ) -> Result<OrganizationId, Code> {
        let enterprise = role_set == RoleSet::Enterprise;
        let fits = match kind {
            OrganizationKind::Enterprise => enterprise,
            OrganizationKind::Standard => !enterprise,
            OrganizationKind::Personal => role_set == RoleSet::Basic,
        };
        unless(!fits, "role_set_does_not_fit")?;
        unless(self.world.by_slug(slug.as_str()).is_some(), "slug_taken")?;
        unless(seats == Some(0), "no_seat_left")?;
        let organization_id = OrganizationId::from_uuid(self.draws());
        let header = Header {
            organization_id,
            name: known(&name.shared()),
            slug: known(&slug.shared()),
            kind,
            role_set,
            seats,
            second_factor: false,
            created_at: Timestamp::EPOCH,
            certified_at: None,
            dissolved_at: None,
        };
        self.records(organization_id, What::OrganizationCreated(Box::new(header)))?;
        Ok(organization_id)
    }

    pub(super) fn update_organization(&mut self, wish: &UpdateOrganization) -> Result<(), Code> {
        let found = self.living(wish.org)?;
        self.rights(&found)?.need(Permission::OrganizationWrite)?;
        let (is_name, is_slug) = (text(&found.header.name), text(&found.header.slug));
        let name = wish.name.as_ref().map(Name::shared).filter(|name| *name != is_name);
        let slug = wish.slug.as_ref().map(Slug::shared).filter(|slug| *slug != is_slug);
        let seats = wish.seats.filter(|seats| *seats != found.header.seats);
        let second_factor = wish.second_factor.filter(|on| *on != found.header.second_factor);
        let same = name.is_none() && slug.is_none() && seats.is_none();
        unless(same && second_factor.is_none(), "nothing_changes")?;
        let taken = slug.as_deref().is_some_and(|slug| self.world.by_slug(slug).is_some());
        unless(taken, "slug_taken")?;
        let used = found.seats_taken(self.now());
        unless(matches!(seats, Some(Some(seats)) if (seats as usize) < used), "no_seat_left")?;
        let what = What::OrganizationUpdated {
            name: name.map(|after| [is_name, after]),
            slug: slug.map(|after| [is_slug, after]),
            seats: seats.map(|after| [found.header.seats, after]),
            second_factor,
        };
        self.records(wish.org, what)
    }

    pub(super) fn certify(&mut self, org: OrganizationId) -> Result<(), Code> {
        let found = self.living(org)?;
        unless(!matches!(self.actor(), Actor::Operator(_)), "operator_only")?;
        unless(found.header.kind != OrganizationKind::Enterprise, "not_an_enterprise")?;
        unless(found.header.certified_at.is_some(), "nothing_changes")?;
        self.records(org, What::OrganizationCertified)
    }

    /// First what waits, then the members, whoever is at the top last.
    pub(super) fn dissolve(&mut self, org: OrganizationId) -> Result<(), Code> {
        let found = self.living(org)?;
        self.rights(&found)?.need(Permission::OrganizationDissolve)?;
        for letter in found.waiting() {
            let cause = RevocationCause::OrganizationDissolved;
            self.withdraws(org, letter.row.invitation_id, cause)?;
        }
        self.ends_tokens_and_keys(org, None, EndCause::OrganizationDissolved)?;
        let top: Vec<_> = found.at_the_top().iter().map(|row| row.user_id).collect();
        let mut members: Vec<_> = found.members.iter().collect();
        members.sort_by_key(|row| (top.contains(&row.user_id), row.user_id));
        for row in members {
            self.removes(org, row, RemovalCause::OrganizationDissolved)?;
        }
        self.records(org, What::OrganizationDissolved)
    }

    pub(super) fn define(
        &mut self,
        org: OrganizationId,
        role: &RoleName,
        permissions: &PermissionSet,
    ) -> Result<(), Code> {
        let (found, rights) = self.managed(org, Permission::RoleWrite)?;
        unless(found.allows(role).is_some(), "role_name_taken")?;
        unless(!rights.cover(permissions), "role_outranks_actor")?;
        let (role, permissions) = (role.clone(), permissions.clone());
        self.records(org, What::RoleDefined { role, permissions })
    }

    pub(super) fn redefine(
        &mut self,
        org: OrganizationId,
        role: &RoleName,
        permissions: &PermissionSet,
    ) -> Result<(), Code> {
        let (found, rights) = self.managed(org, Permission::RoleWrite)?;
        let before = own_role(&found, role)?;
        unless(before == *permissions, "nothing_changes")?;
        let covered = rights.cover(&before) && rights.cover(permissions);
        unless(!covered, "role_outranks_actor")?;
        let (role, after) = (role.clone(), permissions.clone());
        self.records(org, What::RoleRedefined { role, before, after })
    }

    pub(super) fn retire(&mut self, org: OrganizationId, role: &RoleName) -> Result<(), Code> {
        let (found, rights) = self.managed(org, Permission::RoleWrite)?;
        let permissions = own_role(&found, role)?;
        unless(!rights.cover(&permissions), "role_outranks_actor")?;
        let held = found.members.iter().any(|row| row.roles.contains(role.as_str()));
        let promised = found.letters.iter().map(|letter| &letter.row).any(|row| {
            let open = row.status == InvitationStatus::Pending && self.now() < row.expires_at;
            open && row.roles.contains(role.as_str())
        });
        unless(held || promised, "role_in_use")?;
        self.records(org, What::RoleRetired { role: role.clone(), permissions })
    }
}

fn own_role(org: &Org, role: &RoleName) -> Result<PermissionSet, Code> {
    let built_in = roles::table(org.set()).roles.contains_key(role.as_str());
    unless(built_in, "role_built_in")?;
    Ok(org.custom(role).ok_or("unknown_role")?.permissions.clone())
}

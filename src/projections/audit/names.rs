//! The names that held where something happened.

use super::Concern;
use crate::projections::{OrganizationView, PersonalValue, Place};
use crate::words::{
    ApiKeyId, InvitationId, MemberId, Name, OrganizationId, TeamId, TokenId, UserId,
};

/// The names that held at a place.
pub(super) struct Names<'a> {
    organization: OrganizationId,
    view: Option<&'a OrganizationView>,
    place: Place,
}

impl<'a> Names<'a> {
    /// Those of an organization.
    pub(super) fn of(view: &'a OrganizationView, place: Place) -> Self {
        Self { organization: view.id(), view: Some(view), place }
    }

    /// None, for a chain of which no names are kept.
    pub(super) fn none(organization: OrganizationId) -> Self {
        Self { organization, view: None, place: Place::LAST }
    }

    pub(super) fn username(&self, user: UserId) -> Option<PersonalValue> {
        let members = &self.view?.members;
        members.username(members.latest_of(user, self.place)?, self.place).cloned()
    }

    pub(super) fn organization(&self) -> Concern {
        Concern::Organization { organization_id: self.organization }
    }

    pub(super) fn member(&self, member_id: MemberId, user_id: UserId) -> Concern {
        let person = self.view.and_then(|view| {
            let row = view.members.of_member(member_id)?;
            Some(view.members.person(row, self.place))
        });
        Concern::Member {
            member_id,
            user_id,
            username: person.and_then(|person| person.username.cloned()),
            name: person.and_then(|person| person.name.cloned()),
        }
    }

    /// A user as a member, if they ever were one by then, or else as the auditor they were.
    pub(super) fn user(&self, user_id: UserId) -> Concern {
        let (username, name) = self.view.and_then(|view| self.called(view, user_id)).unzip();
        Concern::User { user_id, username: username.flatten(), name: name.flatten() }
    }

    fn called(
        &self,
        view: &OrganizationView,
        user: UserId,
    ) -> Option<(Option<PersonalValue>, Option<PersonalValue>)> {
        if let Some(row) = view.members.latest_of(user, self.place) {
            let person = view.members.person(row, self.place);
            return Some((person.username.cloned(), person.name.cloned()));
        }
        let person = view.auditors.person(user, self.place)?;
        Some((person.username.clone(), person.name.clone()))
    }

    pub(super) fn invitation(&self, invitation_id: InvitationId) -> Concern {
        let email = self.view.and_then(|view| view.invitations.email(invitation_id)).cloned();
        Concern::Invitation { invitation_id, email }
    }

    pub(super) fn team(&self, team_id: TeamId) -> Concern {
        Concern::Team { team_id, name: self.team_name(team_id).cloned() }
    }

    /// In an import a team may be named before it comes to exist; it has no name then.
    pub(super) fn team_name(&self, team_id: TeamId) -> Option<&'a Name> {
        self.view?.teams.name(team_id, self.place)
    }

    pub(super) fn token(&self, token_id: TokenId) -> Concern {
        let name = self.view.and_then(|view| view.tokens.name(token_id)).cloned();
        Concern::Token { token_id, name }
    }

    pub(super) fn api_key(&self, api_key_id: ApiKeyId) -> Concern {
        let name = self.view.and_then(|view| view.api_keys.name(api_key_id, self.place)).cloned();
        Concern::ApiKey { api_key_id, name }
    }
}

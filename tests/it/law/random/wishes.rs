//! Wishes about organizations, members, invitations, roles and teams.

use super::*;

impl Crowd {
    pub(super) fn begins(&mut self) -> Action {
        let (kind, role_set) = self.chance.pick(&KINDS);
        let slug = self.chance.pick(&SLUGS);
        let seats = self.chance.percent(40).then(|| u32::try_from(self.chance.below(7)).unwrap());
        let owner = match self.chance.pick_any(&self.users) {
            Some(user) if self.chance.percent(70) => Owner::User(user),
            _ => Owner::Person(self.person()),
        };
        let (name, slug) = (Name::parse(slug).unwrap(), Slug::parse(slug).unwrap());
        Action::CreateOrganization(CreateOrganization { kind, role_set, name, slug, seats, owner })
    }

    pub(super) fn certifies(&mut self, org: OrganizationId) -> Action {
        let all = self.world.state.organizations();
        let waiting = all.filter(|(_, found)| {
            found.kind == OrganizationKind::Enterprise && !found.certified && !found.dissolved
        });
        let waiting: Vec<_> = waiting.map(|(org, _)| org).collect();
        Action::CertifyOrganization { org: self.chance.pick_any(&waiting).unwrap_or(org) }
    }

    /// To somebody who joined by an invitation, mostly: only they can sign in.
    fn transfers(&mut self, org: OrganizationId, to: MemberId) -> Action {
        let state = &self.world.state;
        let all = state.organizations().filter(|(_, found)| found.role_set == RoleSet::Enterprise);
        let fit = all.flat_map(|(org, found)| found.members().map(move |member| (org, member)));
        let fit = fit.filter(|(_, (user, _))| state.user(*user).is_some_and(|user| user.signs_in));
        let fit: Vec<_> = fit.map(|(org, (_, member))| (org, member.id)).collect();
        let (org, to) = self.chance.pick_any(&fit).unwrap_or((org, to));
        Action::TransferSuperAdmin { org, to }
    }

    pub(super) fn updates(&mut self, org: OrganizationId) -> Action {
        let slug = self.chance.percent(30).then(|| Slug::parse(self.chance.pick(&SLUGS)).unwrap());
        let seats = self.chance.percent(60).then(|| match self.chance.below(9) {
            0 => None,
            seats => Some(u32::try_from(seats).unwrap()),
        });
        let name = self.chance.percent(30).then(|| self.team_name());
        let second_factor = self.chance.percent(8).then(|| self.chance.percent(30));
        Action::UpdateOrganization(UpdateOrganization { org, name, slug, seats, second_factor })
    }

    pub(super) fn about_members(&mut self, org: OrganizationId, member: MemberId) -> Action {
        let roles = self.roles(org);
        let named = self.chance.percent(50).then(|| roles.clone());
        match self.chance.below(14) {
            0..=2 => Action::CreateMember { org, person: self.person(), roles: named },
            3..=4 => Action::AddMember { org, user: self.user(), roles: named },
            5..=7 => Action::ChangeRoles { org, member, roles },
            8 => Action::RemoveMember { org, member, cause: Removal::Removed },
            9 => Action::RemoveMember { org, member, cause: Removal::Deprovisioned },
            10 => Action::Leave { org },
            11 => Action::SuspendMember { org, member },
            12 => Action::ReactivateMember { org, member },
            _ => self.transfers(org, member),
        }
    }

    pub(super) fn about_invitations(&mut self, org: OrganizationId) -> Action {
        let invitation = self.invitation(org);
        match self.chance.below(12) {
            0..=3 => {
                let teams = if self.chance.percent(30) { vec![self.team(org)] } else { vec![] };
                let if_pending =
                    self.chance.pick(&[IfPending::Refuse, IfPending::Resend, IfPending::Supersede]);
                let (email, roles) = (self.email(), self.roles(org));
                let (expires_in, token) = (self.lasting(), self.link());
                Action::Invite(Invite { org, email, roles, teams, expires_in, if_pending, token })
            }
            4 => {
                let (expires_in, token) = (self.lasting(), self.link());
                Action::ResendInvitation { org, invitation, expires_in, token }
            }
            5 => Action::RevokeInvitation { org, invitation },
            6 => Action::DeclineInvitation { org, invitation, proof: self.proof(org, invitation) },
            7 => Action::ExpireInvitations { org },
            _ => self.accepts(org, invitation),
        }
    }

    fn accepts(&mut self, org: OrganizationId, invitation: InvitationId) -> Action {
        let proof = self.proof(org, invitation);
        let sent =
            self.world.state.organization(org).and_then(|found| found.invitation(invitation));
        let email = sent.and_then(|sent| Email::parse(sent.email.as_deref()?).ok());
        let bound = email.and_then(|email| self.world.state.by_email(&email.folded()));
        let acceptor = match bound {
            Some(user) if self.chance.percent(80) => Acceptor::User(user),
            _ if self.chance.percent(20) => Acceptor::User(self.user()),
            _ => {
                let fresh = UserId::from_uuid(self.world.uuid());
                let user = if self.chance.percent(90) { fresh } else { self.user() };
                let username = self.chance.percent(20).then(|| self.login());
                Acceptor::Newcomer { user, name: None, username }
            }
        };
        let password = self.chance.percent(20).then(|| Secret("hash".into()));
        Action::AcceptInvitation { org, invitation, acceptor, proof, password }
    }

    pub(super) fn about_roles(&mut self, org: OrganizationId) -> Action {
        let role = RoleName::parse(self.chance.pick(&CUSTOM)).unwrap();
        let permissions = self.permissions();
        match self.chance.below(5) {
            0..=1 => Action::DefineRole { org, role, permissions },
            2..=3 => Action::RedefineRole { org, role, permissions },
            _ => Action::RetireRole { org, role },
        }
    }

    pub(super) fn about_teams(&mut self, org: OrganizationId, member: MemberId) -> Action {
        let team = self.team(org);
        let role = self.chance.pick(TeamRole::ALL);
        match self.chance.below(12) {
            0..=2 => {
                let parent = self.chance.percent(50).then(|| self.team(org));
                Action::CreateTeam { org, name: self.team_name(), parent }
            }
            3..=5 => {
                let name = self.chance.percent(30).then(|| self.team_name());
                let other = self.team(org);
                let parent =
                    self.chance.percent(80).then(|| self.chance.percent(80).then_some(other));
                Action::UpdateTeam { org, team, name, parent }
            }
            6 => Action::RemoveTeam { org, team },
            7..=8 => Action::AddTeamMember { org, team, member, role },
            9 => Action::RemoveTeamMember { org, team, member },
            _ => Action::ChangeTeamRole { org, team, member, role },
        }
    }
}

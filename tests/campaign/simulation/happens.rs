//! What a fact makes of the membership before it.

use super::beside::{Held, happens_to_people};
use super::membership::{
    Custom, Deployment, Fact, InTeam, Joining, Letter, Org, Team, Text, User, What, folded_email,
    known,
};
use rollbook::facts::event::RemovalCause;
use rollbook::facts::{Actor, Roles, TeamRole};
use rollbook::projections::{
    InvitationRow, InvitationStatus, Leaving, MemberRow, MemberStatus, Membership, Via,
};
use rollbook::words::{
    CommandId, InvitationId, MemberId, OrganizationId, TeamId, Timestamp, UserId,
};
use std::rc::Rc;

/// By whom and when.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) actor: Actor,
    pub(super) cmd: CommandId,
    /// When it took effect.
    pub(super) at: Timestamp,
}

pub(super) fn happens(world: &mut Deployment, fact: &Fact, frame: Frame) {
    if let Some(source) = &fact.source {
        let key = (source.repo.shared(), source.seq);
        let lines = Rc::make_mut(&mut world.lines);
        lines.insert(key, (source.commit.shared(), frame.cmd));
    }
    match &fact.what {
        What::OrganizationCreated(header) => world.orgs.push(Rc::new(Org {
            header: (**header).clone(),
            size: 0,
            last_effective: frame.at,
            members: vec![],
            ended: vec![],
            customs: vec![],
            letters: vec![],
            teams: vec![],
            ended_teams: Rc::default(),
            held: Held::default(),
        })),
        What::OrganizationUpdated { slug: Some([before, _]), .. } => {
            Rc::make_mut(&mut world.former_slugs).insert(before.clone());
        }
        What::MemberCreated { joining, .. } => meets(world, joining, [false, false]),
        What::InvitationAccepted { joining, .. } => {
            // Whoever joins for themselves had the link, or had proved the address before.
            let proves = matches!(frame.actor, Actor::User(_)) && joining.email.is_some();
            meets(world, joining, [true, proves]);
        }
        What::Beside(beside) => happens_to_people(world, beside),
        What::Published(published) => published.happens(world),
        _ => {}
    }
    if fact.org == OrganizationId::DEPLOYMENT {
        return;
    }
    let org = world.org_mut(fact.org);
    let place = org.size;
    org.size += 1;
    org.last_effective = frame.at;
    org.changes(&fact.what, frame, place);
}

/// Whoever joins is known to the deployment from then on.
fn meets(world: &mut Deployment, joining: &Joining, [signs_in, proven]: [bool; 2]) {
    match world.users.iter_mut().find(|user| user.id == joining.user) {
        Some(user) if (signs_in && !user.signs_in) || (proven && !user.proven) => {
            let user = Rc::make_mut(user);
            user.signs_in |= signs_in;
            user.proven |= proven;
        }
        Some(_) => {}
        None => {
            let (email, name) = (joining.email.clone(), joining.name.clone());
            let user = User::new(joining.user, email, name, joining.username.clone());
            world.users.push(Rc::new(User { signs_in, proven, ..user }));
        }
    }
}

impl Org {
    fn changes(&mut self, what: &What, frame: Frame, place: u64) {
        match what {
            What::OrganizationCreated(_) => self.header.created_at = frame.at,
            What::OrganizationUpdated { name, slug, seats, second_factor } => {
                let header = &mut self.header;
                name.iter().for_each(|[_, after]| header.name = known(after));
                slug.iter().for_each(|[_, after]| header.slug = known(after));
                seats.iter().for_each(|[_, after]| header.seats = *after);
                second_factor.iter().for_each(|on| header.second_factor = *on);
            }
            What::OrganizationCertified => self.header.certified_at = Some(frame.at),
            What::OrganizationDissolved => self.header.dissolved_at = Some(frame.at),
            What::MemberCreated { joining, created } => {
                let via = if *created { Via::Created } else { Via::Added };
                self.joins(joining, via, frame, place);
            }
            What::InvitationAccepted { joining, invitation, teams } => {
                self.answers(*invitation, InvitationStatus::Accepted, frame.at);
                self.letter_mut(*invitation).row.user_id = Some(joining.user);
                self.letter_mut(*invitation).row.member_id = Some(joining.member);
                self.joins(joining, Via::Invited(*invitation), frame, place);
                for team in teams {
                    let (member, user, role) = (joining.member, joining.user, TeamRole::Member);
                    let person = InTeam { member, user, role, joined_at: frame.at };
                    self.team_mut(*team).people.push(person);
                }
            }
            What::RoleChanged { member, after, .. } => self.holds(*member, after, frame.at),
            What::MemberSuspended { member, .. } => {
                self.member_mut(*member).status = MemberStatus::Suspended;
            }
            What::MemberReactivated { member, .. } => {
                self.member_mut(*member).status = MemberStatus::Active;
            }
            What::MemberRemoved { member, user, cause, .. } => {
                self.parts(*member, *user, *cause, frame.at, place);
            }
            What::SuperAdminTransferred { from, to, becomes, .. } => {
                let top = self.member(from.0).unwrap().roles.clone();
                self.holds(from.0, becomes, frame.at);
                self.holds(to.0, &top, frame.at);
            }
            What::RoleDefined { role, permissions } => {
                let (role, permissions) = (role.clone(), permissions.clone());
                self.customs.push(Rc::new(Custom { role, permissions, defined_at: frame.at }));
            }
            What::RoleRedefined { role, after, .. } => {
                let custom = self.customs.iter_mut().find(|custom| custom.role == *role);
                Rc::make_mut(custom.unwrap()).permissions = after.clone();
            }
            What::RoleRetired { role, .. } => self.customs.retain(|custom| custom.role != *role),
            What::Beside(beside) => self.has_beside(beside, frame, place),
            What::Published(_) => {}
            What::PersonalDataErased { invitations } => self.forgets(invitations),
            _ => self.letters_and_teams_change(what, frame, place),
        }
    }

    fn letters_and_teams_change(&mut self, what: &What, frame: Frame, place: u64) {
        match what {
            What::InvitationSent { .. } => self.letters.push(Rc::new(sent(what, frame, place))),
            What::InvitationResent { invitation, expires_at, token } => {
                let letter = self.letter_mut(*invitation);
                letter.row.expires_at = *expires_at;
                letter.row.sends += 1;
                letter.row.status = InvitationStatus::Pending;
                (letter.token, letter.sender) = (*token, frame.actor);
            }
            What::InvitationRevoked { invitation, cause } => {
                self.answers(*invitation, InvitationStatus::Revoked, frame.at);
                self.letter_mut(*invitation).row.cause = Some(*cause);
            }
            What::InvitationDeclined { invitation } => {
                self.answers(*invitation, InvitationStatus::Declined, frame.at);
            }
            What::InvitationExpired { invitation, .. } => {
                self.letter_mut(*invitation).row.status = InvitationStatus::Expired;
            }
            What::TeamCreated { team, name, parent } => self.teams.push(Rc::new(Team {
                id: *team,
                name: name.clone(),
                parent: *parent,
                created_at: frame.at,
                people: vec![],
            })),
            What::TeamUpdated { team, name, parent } => {
                let team = self.team_mut(*team);
                name.iter().for_each(|[_, after]| team.name = after.clone());
                parent.iter().for_each(|[_, after]| team.parent = *after);
            }
            What::TeamRemoved { team, .. } => self.ends(*team),
            What::TeamMemberAdded { team, member, user, role } => {
                let person =
                    InTeam { member: *member, user: *user, role: *role, joined_at: frame.at };
                self.team_mut(*team).people.push(person);
            }
            What::TeamMemberRemoved { team, member, .. } => {
                self.team_mut(*team).people.retain(|person| person.member != *member);
            }
            What::TeamRoleChanged { team, member, after, .. } => {
                let people = self.team_mut(*team).people.iter_mut();
                people.filter(|person| person.member == *member).for_each(|p| p.role = *after);
            }
            other => unreachable!("{other:?} is told elsewhere"),
        }
    }

    fn joins(&mut self, joining: &Joining, via: Via, frame: Frame, place: u64) {
        let shown = |text: &Option<Text>| text.as_ref().map(known);
        self.members.push(Rc::new(MemberRow {
            member_id: joining.member,
            user_id: joining.user,
            username: shown(&joining.username),
            name: shown(&joining.name),
            email: shown(&joining.email),
            roles: joining.roles.clone(),
            status: MemberStatus::Active,
            joined_at: frame.at,
            joined_org_seq: place,
            via,
            added_by: frame.actor,
            role_since: frame.at,
        }));
    }

    fn holds(&mut self, member: MemberId, roles: &Roles, at: Timestamp) {
        let row = self.member_mut(member);
        (row.roles, row.role_since) = (roles.clone(), at);
    }

    fn parts(
        &mut self,
        member: MemberId,
        user: UserId,
        cause: RemovalCause,
        at: Timestamp,
        place: u64,
    ) {
        let row = self.member(member).unwrap().clone();
        self.members.retain(|row| row.member_id != member);
        let left = Some(Leaving { left_at: at, left_org_seq: place, cause });
        self.ended.push(Rc::new(Membership { member: row, left }));
        for team in &mut self.teams {
            if team.role_of(user).is_some() {
                Rc::make_mut(team).people.retain(|person| person.user != user);
            }
        }
    }

    fn ends(&mut self, id: TeamId) {
        let name = self.team(id).unwrap().name.clone();
        Rc::make_mut(&mut self.ended_teams).insert(id, name);
        self.teams.retain(|team| team.id != id);
        for team in self.teams.iter_mut().filter(|team| team.parent == Some(id)) {
            Rc::make_mut(team).parent = None;
        }
    }

    fn answers(&mut self, invitation: InvitationId, status: InvitationStatus, at: Timestamp) {
        let letter = self.letter_mut(invitation);
        (letter.row.status, letter.row.ended_at) = (status, Some(at));
    }

    pub(super) fn member_mut(&mut self, id: MemberId) -> &mut MemberRow {
        Rc::make_mut(self.members.iter_mut().find(|row| row.member_id == id).unwrap())
    }

    fn letter_mut(&mut self, id: InvitationId) -> &mut Letter {
        let letter = self.letters.iter_mut().find(|letter| letter.row.invitation_id == id);
        Rc::make_mut(letter.unwrap())
    }

    fn team_mut(&mut self, id: TeamId) -> &mut Team {
        Rc::make_mut(self.teams.iter_mut().find(|team| team.id == id).unwrap())
    }
}

fn sent(what: &What, frame: Frame, place: u64) -> Letter {
    let What::InvitationSent { invitation, email, roles, teams, expires_at, token } = what else {
        unreachable!("only what was sent")
    };
    let row = InvitationRow {
        invitation_id: *invitation,
        email: known(email),
        roles: roles.clone(),
        teams: teams.clone(),
        status: InvitationStatus::Pending,
        cause: None,
        sent_at: frame.at,
        sent_org_seq: place,
        expires_at: *expires_at,
        inviter: frame.actor,
        sends: 1,
        ended_at: None,
        user_id: None,
        member_id: None,
    };
    Letter { row, address: folded_email(email), token: *token, sender: frame.actor }
}

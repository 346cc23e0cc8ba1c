// How each event moves what is so: as it says, allowed or not; what is not there is left
// alone. A membership is found by its user.

import { userOf } from './state.js';

const MOVES = {
  OrganizationCreated(state, data, { seq }) {
    state.create(data);
    for (const field of ['name', 'slug']) state.hold(field, data[field], seq, `/${field}`);
  },
  OrganizationUpdated(state, data, { seq }) {
    for (const field of ['name', 'slug']) {
      const after = data[field]?.after;
      if (after !== undefined) state.hold(field, after, seq, `/${field}/after`);
    }
    if (data.seats !== undefined) state.seats = data.seats.after;
    if (data.second_factor !== undefined)
      state.asksSecondFactor = data.second_factor.after === true;
  },
  OrganizationCertified(state) {
    state.isCertified = true;
  },
  OrganizationDissolved(state) {
    state.isDissolved = true;
  },
  MemberCreated(state, { user, member, roles }) {
    state.join(user, member, roles);
  },
  RoleChanged(state, { user, after }) {
    if (state.members.has(user)) state.setMember(user, { roles: after });
  },
  SuperAdminTransferred(state, data) {
    const [from, to] = [state.members.get(data.from), state.members.get(data.to)];
    const handed = from?.roles ?? [state.roles.top];
    if (from !== undefined) state.setMember(data.from, { roles: data.becomes });
    if (to !== undefined) state.setMember(data.to, { roles: handed });
  },
  MemberSuspended(state, { user }) {
    if (state.members.has(user)) state.setMember(user, { suspended: true });
  },
  MemberReactivated(state, { user }) {
    if (state.members.has(user)) state.setMember(user, { suspended: false });
  },
  MemberRemoved(state, { user }) {
    if (state.members.has(user)) state.removeMember(user);
  },
  InvitationSent(state, data, { actor, seq }) {
    state.invitations.send(data.invitation, {
      seq,
      roles: data.roles,
      teams: data.teams ?? [],
      expiresAt: data.expires_at,
      inviter: userOf(actor),
    });
  },
  InvitationResent(state, data, { actor }) {
    const change = { expiresAt: data.expires_at, inviter: userOf(actor) };
    state.invitations.resend(data.invitation, change);
  },
  InvitationRevoked(state, { invitation }) {
    state.invitations.end(invitation, 'revoked');
  },
  InvitationDeclined(state, { invitation }) {
    state.invitations.end(invitation, 'declined');
  },
  InvitationExpired(state, { invitation }) {
    state.invitations.end(invitation, 'expired');
  },
  InvitationAccepted(state, { invitation, user, member, roles, teams = [] }) {
    state.invitations.end(invitation, 'accepted');
    state.join(user, member, roles);
    state.accepted.add(user);
    for (const team of teams) state.teams.add(team, user, 'member');
  },
  RoleDefined(state, { role, permissions }) {
    state.roles.custom.set(role, permissions);
  },
  RoleRedefined(state, { role, after }) {
    if (state.roles.custom.has(role)) state.roles.custom.set(role, after);
  },
  RoleRetired(state, { role }) {
    state.roles.custom.delete(role);
  },
  TeamCreated(state, { team, name, parent }) {
    state.teams.create(team, { name, parent });
  },
  TeamUpdated(state, { team, name, parent }) {
    if (state.teams.get(team) === undefined) return;
    if (name?.after !== undefined) state.teams.rename(team, name.after);
    if (parent !== undefined) state.teams.move(team, parent.after);
  },
  TeamRemoved(state, { team }) {
    state.teams.remove(team);
  },
  TeamMemberAdded(state, { team, user, member, role }) {
    if (state.member(user, member) !== undefined) state.teams.add(team, user, role);
  },
  TeamMemberRemoved(state, { team, user }) {
    state.teams.leave(team, user);
  },
  TeamRoleChanged(state, { team, user, after }) {
    const members = state.teams.get(team)?.members;
    if (members?.has(user)) members.set(user, after);
  },
  TokenIssued(state, data, { actor }) {
    const { name, scopes, expires_at: expiresAt } = data;
    state.holdToken(data.token, { name, scopes, expiresAt, issuer: userOf(actor) });
  },
  TokenRevoked(state, { token }) {
    state.dropToken(token);
  },
  AuditorGranted(state, { user, expires_at: expiresAt }) {
    state.auditors.set(user, expiresAt);
  },
  AuditorWithdrawn(state, { user }) {
    state.auditors.delete(user);
  },
  PersonalDataErased(state, { user, invitations = [] }) {
    for (const id of invitations) state.erased.add(id);
    if (user === undefined) return;
    state.erased.add(user);
    state.auditors.delete(user);
  },
  ApiKeyIssued(state, { key, user, member }) {
    if (state.member(user, member) !== undefined) state.addApiKey(key, { user, member });
  },
  ApiKeyRevoked(state, { key, user, member }) {
    const found = state.apiKeys.get(key);
    if (found?.user === user && found.member === member) state.dropApiKey(key);
  },
  LimitsChanged(state, { user, after }) {
    if (state.members.has(user)) state.setMember(user, { limits: after });
  },
};

export function move(state, entry) {
  if (Object.hasOwn(MOVES, entry.type)) MOVES[entry.type](state, entry.data, entry);
}

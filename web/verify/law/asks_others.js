// What events about roles, teams, tokens, keys and auditors ask for.

import { ask, sameList } from './ask.js';
import { memberOf } from './asks_members.js';
import { covers } from './roles.js';
import { microsOf } from '../time.js';

const YEAR = 365n * 24n * 3600n * 1_000_000n;
/** As many tokens are held at once, and as many keys by one member. */
const HELD_AT_MOST = 100;

function custom(state, role) {
  const found = state.roles.custom.get(role);
  ask(found !== undefined, 'unknown_role');
  return found;
}

function teamOf(state, { team }) {
  const found = state.teams.get(team);
  ask(found !== undefined, 'unknown_team');
  return found;
}

/** It fits under a parent. */
function askUnder(state, team, parent) {
  const fault = state.teams.fault(team, parent);
  ask(fault === undefined, fault);
}

const outranks = 'role_outranks_actor';

export const ASKS = {
  RoleDefined(state, { role, permissions }, { rights }) {
    ask(!state.roles.isRole(role), 'role_name_taken');
    ask(covers(rights, permissions), outranks);
  },
  RoleRedefined(state, { role, before, after }, { rights }) {
    ask(sameList(before, custom(state, role)), 'before_differs');
    ask(!sameList(before, after), 'nothing_changes');
    ask(covers(rights, before) && covers(rights, after), outranks);
  },
  RoleRetired(state, { role, permissions }, { rights, now }) {
    const defined = custom(state, role);
    ask(sameList(permissions, defined), 'before_differs');
    ask(covers(rights, defined), outranks);
    const isUsed = state.holders.count(role) > 0 || state.invitations.countOpen(now, role) > 0;
    ask(!isUsed, 'role_in_use');
  },
  TeamCreated(state, { team, name, parent }, { way }) {
    ask(state.teams.get(team) === undefined, 'identifier_taken');
    ask(!state.teams.names.has(name), 'team_name_taken');
    if (parent === undefined) return;
    ask(way.by === 'import' || state.teams.get(parent) !== undefined, 'unknown_team');
    askUnder(state, team, parent);
  },
  TeamUpdated(state, { team, name, parent }) {
    const found = teamOf(state, { team });
    ask(name !== undefined || parent !== undefined, 'nothing_changes');
    if (name !== undefined) {
      ask(name.before === found.name, 'before_differs');
      ask(name.after !== undefined && name.after !== name.before, 'nothing_changes');
      ask(!state.teams.names.has(name.after), 'team_name_taken');
    }
    if (parent === undefined) return;
    ask(parent.before === found.parent, 'before_differs');
    ask(parent.before !== parent.after, 'nothing_changes');
    if (parent.after === undefined) return;
    ask(state.teams.get(parent.after) !== undefined, 'unknown_team');
    askUnder(state, team, parent.after);
  },
  TeamRemoved(state, { team, name }) {
    ask(teamOf(state, { team }).name === name, 'before_differs');
  },
  TeamMemberAdded(state, data) {
    const { members } = teamOf(state, data);
    memberOf(state, data);
    ask(!members.has(data.user), 'already_in_team');
  },
  TeamMemberRemoved(state, data) {
    const { members } = teamOf(state, data);
    memberOf(state, data);
    ask(members.has(data.user), 'not_in_team');
    ask(members.get(data.user) === data.role, 'before_differs');
  },
  TeamRoleChanged(state, data) {
    const { members } = teamOf(state, data);
    memberOf(state, data);
    ask(members.has(data.user), 'not_in_team');
    ask(members.get(data.user) === data.before, 'before_differs');
    ask(data.before !== data.after, 'nothing_changes');
  },
  TokenIssued(state, data, { now }) {
    ask(!state.tokenIds.has(data.token), 'identifier_taken');
    ask(data.scopes.length > 0, 'scope_needed');
    const lasts = microsOf(data.expires_at) - microsOf(now);
    ask(lasts > 0n && lasts <= YEAR, 'expiry_out_of_range');
    ask(state.tokenNames.count(data.name) === 0, 'token_name_taken');
    ask(state.tokens.size < HELD_AT_MOST, 'too_many_tokens');
  },
  TokenRevoked(state, { token }) {
    ask(state.tokens.has(token), 'unknown_token');
  },
  AuditorGranted(state, { user, expires_at: expiresAt }, { now }) {
    ask(!state.erased.has(user), 'person_erased');
    ask(!state.isAuditor(user, now), 'already_auditor');
    ask(expiresAt === undefined || expiresAt > now, 'expiry_out_of_range');
  },
  AuditorWithdrawn(state, { user }) {
    ask(state.auditors.has(user), 'not_an_auditor');
  },
  ExportCreated(state, data, { command, entry }) {
    const { kind, scopes } = command.actorOf(entry);
    ask(kind !== 'token' || scopes.includes('read'), 'token_ended');
  },
  PersonalDataErased(state, { user, invitations = [], organization }) {
    for (const id of invitations) {
      const invitation = state.invitations.get(id);
      ask(invitation !== undefined, 'unknown_invitation');
      ask(!state.erased.has(id), 'person_erased');
      ask(invitation.status !== 'pending', 'follow_up_missing');
    }
    if (user !== undefined) {
      ask(!state.erased.has(user), 'person_erased');
      ask(!state.members.has(user), 'already_member');
    }
    const isOwn = state.kind === 'personal' && state.isDissolved && state.personOf === user;
    ask(isOwn || organization !== true, 'personal_organization');
  },
  AccessTakenOver(state, { user }) {
    ask(state.kind !== 'personal', 'personal_organization');
    ask(!state.erased.has(user), 'person_erased');
    ask(!state.activeTop.has(user), 'nothing_changes');
    ask(!state.members.get(user)?.suspended, 'member_suspended');
  },
  ApiKeyIssued(state, data) {
    ask(!memberOf(state, data).suspended, 'member_suspended');
    ask(!state.apiKeys.has(data.key), 'identifier_taken');
    ask(state.apiKeysOf.count(data.user) < HELD_AT_MOST, 'too_many_api_keys');
  },
  ApiKeyRevoked(state, { key, user, member }) {
    const found = state.apiKeys.get(key);
    ask(found?.user === user && found.member === member, 'unknown_api_key');
  },
};

// What events about invitations ask for.

import { ask, sameList } from './ask.js';
import { microsOf } from '../time.js';

const SECOND = 1_000_000n;
const YEAR = 365n * 24n * 3600n * SECOND;

function invitationOf(state, { invitation }) {
  const found = state.invitations.get(invitation);
  ask(found !== undefined, 'unknown_invitation');
  ask(!state.erased.has(invitation), 'person_erased');
  return found;
}

const isClosed = ({ status }) => ['accepted', 'declined', 'revoked'].includes(status);

/** It is there, nothing ended it, and its time did not pass. */
function openInvitation(state, data, now) {
  const invitation = invitationOf(state, data);
  ask(!isClosed(invitation), 'invitation_closed');
  const expired = invitation.status === 'expired' || invitation.expiresAt <= now;
  ask(!expired, 'invitation_expired');
  return invitation;
}

function askExpiry(expiresAt, { command }) {
  const lasts = microsOf(expiresAt) - microsOf(command.moment);
  ask(lasts >= SECOND && lasts <= YEAR, 'expiry_out_of_range');
}

export const ASKS = {
  InvitationSent(state, data, at) {
    const { roles } = state;
    ask(state.invitations.get(data.invitation) === undefined, 'identifier_taken');
    roles.askFit(data.roles);
    const isTop = roles.isTopHeldOnce && data.roles.includes(roles.top);
    ask(!isTop, 'super_admin_by_transfer_only');
    ask(roles.mayGrant(at.rights, data.roles), 'role_outranks_actor');
    const teams = data.teams ?? [];
    ask(
      teams.every((team) => state.teams.get(team) !== undefined),
      'unknown_team',
    );
    askExpiry(data.expires_at, at);
    ask(state.hasSeat(at.now), 'no_seat_left');
  },
  InvitationResent(state, data, at) {
    const invitation = invitationOf(state, data);
    ask(!isClosed(invitation), 'invitation_closed');
    ask(state.roles.mayGrant(at.rights, invitation.roles), 'role_outranks_actor');
    state.roles.askFit(invitation.roles);
    askExpiry(data.expires_at, at);
    const { status, expiresAt } = invitation;
    const hadExpired = status === 'expired' || expiresAt <= at.command.moment;
    ask(!hadExpired || state.hasSeat(at.now), 'no_seat_left');
  },
  InvitationRevoked(state, data, { now, rights }) {
    const invitation = openInvitation(state, data, now);
    if (!['revoked', 'superseded'].includes(data.cause)) return;
    ask(state.roles.mayGrant(rights, invitation.roles), 'role_outranks_actor');
  },
  InvitationDeclined(state, data, { now }) {
    openInvitation(state, data, now);
  },
  InvitationExpired(state, data, { now }) {
    const invitation = invitationOf(state, data);
    ask(invitation.status === 'pending', 'invitation_closed');
    ask(data.expired_at === invitation.expiresAt, 'before_differs');
    ask(invitation.expiresAt <= now, 'expired_too_early');
  },
  InvitationAccepted(state, data, { now, opened, entry, leave }) {
    const invitation = openInvitation(state, data, now);
    ask(!state.erased.has(data.user), 'person_erased');
    ask(!state.members.has(data.user), 'already_member');
    ask(!state.memberIds.has(data.member), 'identifier_taken');
    ask(data.email !== undefined, 'address_needed');
    const teams = invitation.teams.filter((team) => state.teams.get(team) !== undefined);
    const isSame = sameList(data.roles, invitation.roles) && sameList(data.teams ?? [], teams);
    ask(isSame, 'invitation_differs');
    state.roles.askFit(data.roles);
    ask(state.seats === undefined || state.taken(now) <= state.seats, 'no_seat_left');
    const addresses = [opened(entry.seq, '/email'), opened(invitation.seq, '/email')];
    if (addresses.includes(undefined)) {
      leave('accepted_address');
      return;
    }
    const [theirs, invited] = addresses.map((text) => text.toLowerCase().normalize('NFC'));
    ask(theirs === invited, 'invitation_not_yours');
  },
};

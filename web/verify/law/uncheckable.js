// What no export can show: counted, never passed (events/README.md, "What is counted as not
// checkable").

const RESTS_ON_MEMBER = ['permission', 'top_role', 'maintainer'];

/** The names under which an entry without a fault is counted, of the state before it. */
export function uncheckable(entry, state, { command, way }) {
  const { type, data } = entry;
  const { kind } = command.actorOf(entry);
  const invites = type === 'InvitationSent' || type === 'InvitationResent';
  const isFirst = command.length === 0;
  const isNew = !state.users.has(data.user);
  const lets = (type === 'MemberCreated' && data.via === 'added') || type === 'AuditorGranted';
  const hands = type === 'SuperAdminTransferred' && way.by !== 'follows';
  const given = { AccessTakenOver: data.user, SuperAdminTransferred: hands ? data.to : undefined }[
    type
  ];
  const ends = type === 'InvitationRevoked' && ['superseded', 'joined'].includes(data.cause);
  const counted = {
    credential: isFirst && (kind === 'user' || kind === 'token'),
    operator: isFirst && kind === 'operator',
    source: entry.source !== undefined,
    second_factor: kind === 'user' && state.asksSecondFactor && RESTS_ON_MEMBER.includes(way.by),
    account: type === 'MemberUpdated',
    new_user: type === 'MemberCreated' && data.via === 'created',
    known_user: isNew && (lets || type === 'AccessTakenOver'),
    sign_in: given !== undefined && !state.accepted.has(given),
    invited_address: invites,
    joined_address: type === 'MemberCreated' && state.invitations.pending.size > 0,
    ended_address: ends,
    invitation_proof: type === 'InvitationAccepted' || type === 'InvitationDeclined',
    slug:
      type === 'OrganizationCreated' || (type === 'OrganizationUpdated' && data.slug !== undefined),
  };
  return Object.keys(counted).filter((name) => counted[name]);
}

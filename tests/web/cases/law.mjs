// What the law did not allow (events/README.md, "Replaying the law"). Each history goes on from the
// reference ledger's; everything is linked and signed as it should be.

import { bundleOf } from './base.mjs';
import { insert, later } from '../ledgers.mjs';

const ADA = '4fc26b94-eebc-4006-bcc3-142f9ac0ea76';
const id = (number) => `00000000-0000-4000-a000-${String(number).padStart(12, '0')}`;
const [BEA, CAY] = [id(1), id(2)];
const OPERATOR = 'operator:c99ee8d3-7f6a-4d0c-a1e3-4f1f7f4f7c11';
const sealed = (of) => ({ commit: `${'A'.repeat(43)}=`, of });
const user = (who) => `user:${who}`;

/**
 * Events that are told one behind the other, each a command of its own unless `cmd` says another.
 */
class Telling {
  constructor(entries, ledger) {
    this.ledger = ledger;
    this.org = entries[0].value.org;
    this.members = new Map();
    for (const {
      value: { type, data },
    } of entries) {
      if (type === 'MemberCreated' || type === 'InvitationAccepted')
        this.members.set(data.user, data.member);
    }
  }

  tell(
    type,
    data,
    { actor = user(ADA), about = data.user === undefined ? [] : [data.user], ...rest } = {},
  ) {
    const given = { actor, subjects: about, ...rest };
    insert(this.ledger, this.ledger.length, this.org, type, data, given);
    return this;
  }

  /** Somebody joins. */
  join(who, roles, { via = 'added', ...rest } = {}) {
    const member = id(`9${who.slice(-3)}`);
    this.members.set(who, member);
    return this.tell('MemberCreated', { email: sealed(who), member, roles, user: who, via }, rest);
  }

  /** Something about a member. */
  about(type, who, data = {}, rest = {}) {
    return this.tell(type, { member: this.members.get(who), user: who, ...data }, rest);
  }

  invite(invitation, roles, { days = 7, time, ...rest } = {}) {
    const now = time ?? later(this.ledger.at(-1).value.time, 1);
    const data = {
      email: sealed(invitation),
      expires_at: later(now, days * 86_400_000_000),
      invitation,
      roles,
      token: sealed(invitation),
    };
    return this.tell('InvitationSent', data, { about: [invitation], time, ...rest });
  }
}

/** A history that has one fault, at its last entry unless `back` says how many before it. */
function broken(law, name, tell, { slug = 'harbour', back = 0, corpus = 40 } = {}) {
  return {
    corpus,
    name,
    exit: 1,
    codes: ['law'],
    law,
    make: () => {
      let seq;
      const history = (entries, ledger) => {
        const telling = new Telling(entries, ledger);
        tell(telling);
        seq = ledger.length - 1 - back;
      };
      const made = bundleOf({ history, disclose: () => false }, slug);
      return { made, seq };
    },
  };
}

const allowed = (name, tell, slug) => ({
  ...broken(undefined, name, tell, { slug }),
  corpus: 0,
  exit: 0,
  codes: [],
});
const team = (number, more = {}) => ({ name: `Team ${number}`, team: id(number), ...more });
const TIDE = 'tidepool';
const SOURCE = { commit: 'c', repo: 'tidepool/org', seq: 9000 };

export default [
  allowed('a history that goes on', (it) =>
    it
      .join(BEA, ['member'])
      .about('RoleChanged', BEA, { before: ['member'], after: ['admin', 'member'] })
      .tell('TeamCreated', team(5))
      .about('TeamMemberAdded', BEA, { team: id(5), role: 'maintainer' })
      .join(CAY, ['member'])
      .about('TeamMemberAdded', CAY, { team: id(5), role: 'member' }, { actor: user(BEA) })
      .invite(id(7), ['member'])
      .about('MemberSuspended', CAY)
      .about('MemberReactivated', CAY)
      .about('MemberRemoved', CAY, { cause: 'left', roles: ['member'] }, { actor: user(CAY) }),
  ),
  broken('not_permitted', 'a grant by somebody without authority', (it) =>
    it
      .join(BEA, ['member'])
      .about('RoleChanged', BEA, { before: ['member'], after: ['owner'] }, { actor: user(BEA) }),
  ),
  broken('not_permitted', 'a stranger who makes a team', (it) =>
    it.tell('TeamCreated', team(5), { actor: user(BEA) }),
  ),
  broken('actor_suspended', 'somebody suspended who acts', (it) =>
    it
      .join(BEA, ['admin'])
      .about('MemberSuspended', BEA)
      .tell('TeamCreated', team(5), { actor: user(BEA) }),
  ),
  broken('role_outranks_actor', 'somebody who grants more than they can do', (it) =>
    it.join(BEA, ['admin']).join(CAY, ['owner'], { actor: user(BEA) }),
  ),
  broken('member_outranks_actor', 'somebody who removes who can do more', (it) =>
    it
      .join(CAY, ['owner'])
      .join(BEA, ['admin'])
      .about('MemberRemoved', ADA, { cause: 'removed', roles: ['owner'] }, { actor: user(BEA) }),
  ),
  broken('last_top_role', 'the last owner leaves', (it) =>
    it.join(BEA, ['member']).about('MemberRemoved', ADA, { cause: 'left', roles: ['owner'] }),
  ),
  broken('last_top_role', 'the last owner is suspended', (it) =>
    it.join(BEA, ['admin']).about('MemberSuspended', ADA, {}, { actor: OPERATOR }),
  ),
  broken('actor_kind', 'the clock makes a member', (it) =>
    it.join(BEA, ['member'], { actor: 'system:expiry' }),
  ),
  broken(
    'actor_kind',
    'an import without a source',
    (it) => it.join(BEA, ['member'], { actor: 'system:import' }),
    { slug: TIDE },
  ),
  broken('token_ended', 'a token that was never issued', (it) =>
    it.tell('TeamCreated', team(5), { actor: `token:${id(3)}` }),
  ),
  broken('not_yourself', 'somebody leaves for another', (it) =>
    it.join(BEA, ['member']).about('MemberRemoved', BEA, { cause: 'left', roles: ['member'] }),
  ),
  broken('unknown_member', 'a membership that is not there', (it) =>
    it.tell('MemberSuspended', { member: id(8), user: BEA }),
  ),
  broken('already_member', 'a member who joins again', (it) =>
    it.join(BEA, ['member']).join(BEA, ['member']),
  ),
  broken('identifier_taken', 'a member id of somebody else', (it) =>
    it.join(BEA, ['member']).tell('MemberCreated', {
      email: sealed(CAY),
      member: it.members.get(BEA),
      roles: ['member'],
      user: CAY,
      via: 'added',
    }),
  ),
  broken('unknown_role', 'a role that is not there', (it) => it.join(BEA, ['captain'])),
  broken('before_differs', 'a change from what was not so', (it) =>
    it.join(BEA, ['member']).about('RoleChanged', BEA, { before: ['admin'], after: ['owner'] }),
  ),
  broken('nothing_changes', 'a change that is none', (it) =>
    it.join(BEA, ['member']).about('RoleChanged', BEA, { before: ['member'], after: ['member'] }),
  ),
  broken('second_act', 'two things in one command', (it) =>
    it.tell('TeamCreated', team(5), { cmd: id(50) }).tell('TeamCreated', team(6), { cmd: id(50) }),
  ),
  broken('command_actor', 'two actors in one command', (it) =>
    it
      .join(BEA, ['admin'], { cmd: id(50) })
      .tell('TeamCreated', team(6), { cmd: id(50), actor: OPERATOR }),
  ),
  broken('command_resumed', 'a command that ended before', (it) =>
    it
      .tell('TeamCreated', team(5), { cmd: id(50) })
      .tell('TeamCreated', team(6))
      .tell('TeamCreated', team(7), { cmd: id(50) }),
  ),
  broken('organization_begins_once', 'an organization that begins again', (it) =>
    it.tell(
      'OrganizationCreated',
      { kind: 'standard', name: 'Again', role_set: 'standard', slug: 'again' },
      { about: [it.org] },
    ),
  ),
  broken('event_of_deployment', "an event of the deployment's chain", (it) =>
    it.tell('UserCreated', { email: sealed(BEA), user: BEA }, { actor: user(BEA) }),
  ),
  broken(
    'source_unexpected',
    'a suspension with a source',
    (it) =>
      it
        .join(BEA, ['member'])
        .about('MemberSuspended', BEA, {}, { actor: 'system:import', source: SOURCE }),
    { slug: 'harbour' },
  ),
  broken(
    'source_repeated',
    'a line of a source that came before',
    (it) => it.join(BEA, ['member'], { actor: 'system:import', source: { ...SOURCE, seq: 1 } }),
    { slug: TIDE },
  ),
  broken('team_name_taken', 'two teams of one name', (it) =>
    it.tell('TeamCreated', team(5)).tell('TeamCreated', team(6, { name: 'Team 5' })),
  ),
  broken('team_cycle', 'a team under itself', (it) =>
    it
      .tell('TeamCreated', team(5))
      .tell('TeamCreated', team(6, { parent: id(5) }))
      .tell('TeamUpdated', { team: id(5), parent: { after: id(6) } }),
  ),
  broken('teams_too_deep', 'the seventeenth team', (it) => {
    it.tell('TeamCreated', team(100));
    for (let at = 101; at <= 116; at += 1) it.tell('TeamCreated', team(at, { parent: id(at - 1) }));
  }),
  broken('teams_too_deep', 'a team with eight levels under nine', (it) => {
    for (let at = 100; at < 109; at += 1)
      it.tell('TeamCreated', team(at, at > 100 ? { parent: id(at - 1) } : {}));
    for (let at = 200; at < 208; at += 1)
      it.tell('TeamCreated', team(at, at > 200 ? { parent: id(at - 1) } : {}));
    it.tell('TeamUpdated', { team: id(200), parent: { after: id(108) } });
  }),
  allowed('a team with eight levels under eight', (it) => {
    for (let at = 100; at < 108; at += 1)
      it.tell('TeamCreated', team(at, at > 100 ? { parent: id(at - 1) } : {}));
    for (let at = 200; at < 208; at += 1)
      it.tell('TeamCreated', team(at, at > 200 ? { parent: id(at - 1) } : {}));
    it.tell('TeamUpdated', { team: id(200), parent: { after: id(107) } });
  }),
  broken('role_in_use', 'a role that an invitation names is given up', (it) =>
    it
      .tell('RoleDefined', { role: 'mate', permissions: ['member.read'] })
      .invite(id(7), ['mate'])
      .tell('RoleRetired', { role: 'mate', permissions: ['member.read'] }),
  ),
  broken('role_name_taken', 'a role like a built-in one', (it) =>
    it.tell('RoleDefined', { role: 'admin', permissions: [] }),
  ),
  broken('expiry_out_of_range', 'an invitation for two years', (it) =>
    it.invite(id(7), ['member'], { days: 700 }),
  ),
  broken('invitation_closed', 'an invitation that was revoked, again', (it) =>
    it
      .invite(id(7), ['member'])
      .tell('InvitationRevoked', { cause: 'revoked', invitation: id(7) }, { about: [id(7)] })
      .tell('InvitationDeclined', { invitation: id(7) }, { about: [id(7)], actor: user(BEA) }),
  ),
  broken('expired_too_early', 'an invitation whose time had not passed', (it) => {
    it.invite(id(7), ['member']);
    const { expires_at: expiredAt } = it.ledger.at(-1).value.data;
    it.tell(
      'InvitationExpired',
      { invitation: id(7), expired_at: expiredAt },
      { about: [id(7)], actor: 'system:expiry' },
    );
  }),
  broken('invitation_differs', 'an acceptance with other roles', (it) =>
    it.invite(id(7), ['member']).tell(
      'InvitationAccepted',
      {
        email: sealed(BEA),
        invitation: id(7),
        member: id(8),
        roles: ['owner'],
        user: BEA,
      },
      { about: [BEA, id(7)].sort(), actor: user(BEA) },
    ),
  ),
  broken('follow_up_missing', 'a dissolution with members', (it) =>
    it.tell('OrganizationDissolved', { reason: sealed(it.org) }, { about: [it.org] }),
  ),
  broken('follow_up_missing', 'an invitation outlives its inviter', (it) =>
    it
      .join(BEA, ['owner'])
      .invite(id(7), ['member'], { actor: user(BEA) })
      .about('MemberSuspended', BEA),
  ),
  broken('cause_missing', 'an end that follows from nothing', (it) =>
    it
      .invite(id(7), ['member'])
      .tell('InvitationRevoked', { cause: 'joined', invitation: id(7) }, { about: [id(7)] }),
  ),
  broken('top_role_only', 'a token by somebody else than an owner', (it) =>
    it.join(BEA, ['admin']).tell(
      'TokenIssued',
      {
        digest: sealed(it.org),
        expires_at: later(it.ledger.at(-1).value.time, 1e12),
        holder: 'organization',
        name: 'x',
        scopes: ['read'],
        token: id(9),
      },
      { actor: user(BEA), about: [it.org] },
    ),
  ),
  broken(
    'organization_dissolved',
    'something behind the end',
    (it) => it.tell('TeamCreated', team(5), { actor: OPERATOR }),
    { slug: 'polder' },
  ),
  // Once at the entry, and once behind its command.
  broken(
    ['super_admin_by_transfer_only', 'super_admin_by_transfer_only'],
    'a second super admin',
    (it) =>
      it.about(
        'RoleChanged',
        ADA,
        { before: ['member'], after: ['super_admin'] },
        { actor: OPERATOR },
      ),
    { slug: 'halden' },
  ),
  broken(
    'last_super_admin',
    'the super admin leaves',
    (it) =>
      it.about(
        'MemberRemoved',
        'adbb6f23-b4c6-4c48-beff-4856b9b9dd0d',
        { cause: 'left', roles: ['super_admin'] },
        {
          actor: user('adbb6f23-b4c6-4c48-beff-4856b9b9dd0d'),
        },
      ),
    { slug: 'halden' },
  ),
  broken(
    'personal_organization',
    'a guest in a personal organization',
    (it) => it.join(BEA, ['member']),
    { slug: 'vera-holm' },
  ),
  broken('no_seat_left', 'one more than there are seats', (it) =>
    it
      .tell('OrganizationUpdated', { seats: { after: 2 } }, { about: [it.org] })
      .join(BEA, ['member'])
      .join(CAY, ['member']),
  ),
  broken('not_permitted', 'what a role allowed before it was given up', (it) =>
    it
      .tell('RoleDefined', { role: 'mate', permissions: ['team.write'] })
      .join(BEA, ['mate'])
      .tell('RoleRedefined', { role: 'mate', before: ['team.write'], after: [] })
      .tell('TeamCreated', team(5), { actor: user(BEA) }),
  ),
];

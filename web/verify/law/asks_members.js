// What events about the organization and its members ask for.

import { ask, sameList } from './ask.js';

const isSealed = (value) => typeof value === 'object';
const sameValue = (one, other) => one === other;

function membership(state, user, member) {
  const found = state.member(user, member);
  ask(found !== undefined, 'unknown_member');
  return found;
}

export const memberOf = (state, { user, member }) => membership(state, user, member);

/** `sealed` decides about personal values: whether both were disclosed, and are one. */
function askText(state, at, field, change) {
  const said = [change.before, change.after].filter((value) => value !== undefined);
  const fits = said.every((value) => isSealed(value) === (state.kind === 'personal'));
  ask(fits, 'name_not_sealed');
  const held = state.held.get(field);
  if (state.kind === 'personal') {
    ask(change.before !== undefined, 'before_differs');
    const [before, was] = [
      at.opened(at.entry.seq, `/${field}/before`),
      at.opened(held.seq, held.pointer),
    ];
    if (before === undefined || was === undefined) at.leave('sealed_before');
    else ask(before === was, 'before_differs');
  } else {
    ask(sameValue(change.before, held.value), 'before_differs');
  }
  ask(change.after !== undefined && !sameValue(change.before, change.after), 'nothing_changes');
}

const SETS = {
  enterprise: (set) => set === 'enterprise',
  personal: (set) => set === 'basic',
  standard: (set) => set !== 'enterprise',
};

export const ASKS = {
  OrganizationCreated(state, { kind, role_set: roleSet, seats, name, slug }) {
    ask(SETS[kind](roleSet), 'role_set_does_not_fit');
    ask(seats !== 0, 'no_seat_left');
    const sealed = kind === 'personal';
    ask(isSealed(name) === sealed && isSealed(slug) === sealed, 'name_not_sealed');
  },
  OrganizationUpdated(state, { name, slug, seats, second_factor: factor }, at) {
    const changes = [name, slug, seats, factor];
    ask(
      changes.some((change) => change !== undefined),
      'nothing_changes',
    );
    if (name !== undefined) askText(state, at, 'name', name);
    if (slug !== undefined) askText(state, at, 'slug', slug);
    if (seats !== undefined) {
      ask(seats.before === state.seats, 'before_differs');
      ask(seats.after !== seats.before, 'nothing_changes');
      ask(seats.after === undefined || seats.after >= state.taken(at.now), 'no_seat_left');
    }
    if (factor !== undefined) {
      ask(factor.before === state.asksSecondFactor, 'before_differs');
      ask(factor.after !== undefined && factor.after !== factor.before, 'nothing_changes');
    }
  },
  OrganizationCertified(state, data, { way, command }) {
    ask(state.kind === 'enterprise', 'not_an_enterprise');
    ask(!state.isCertified, 'nothing_changes');
    const isFirst = command.before?.type === 'OrganizationCreated';
    ask(way.by !== 'import' || isFirst, 'cause_missing');
  },
  OrganizationDissolved(state) {
    const left = [state.members, state.invitations.pending, state.tokens, state.apiKeys];
    ask(
      left.every(({ size }) => size === 0),
      'follow_up_missing',
    );
  },
  MemberCreated(state, data, at) {
    const { way, rights } = at;
    const { roles } = state;
    ask(!state.erased.has(data.user), 'person_erased');
    ask(!state.members.has(data.user), 'already_member');
    ask(!state.memberIds.has(data.member), 'identifier_taken');
    const addressed = data.email !== undefined || data.username !== undefined;
    ask(data.via !== 'created' || addressed, 'address_needed');
    roles.askFit(data.roles);
    if (way.by === 'follows') {
      const isFounder = !at.command.takenOver.has(data.user);
      const joins = !isFounder && roles.isTopHeldOnce && roles.isJoinsAsAlone(data.roles);
      ask(roles.isTopAlone(data.roles) || joins, 'roles_do_not_fit');
    }
    if (way.by === 'permission') {
      const isCreated = data.via === 'created' && roles.joinsCreated;
      ask(!isCreated || roles.isJoinsAsAlone(data.roles), 'created_members_join_as');
      ask(roles.mayGrant(rights, data.roles), 'role_outranks_actor');
    }
    if (way.by === 'follows' || state.hasSeat(at.now)) return;
    ask(at.freesSeat(), 'no_seat_left');
  },
  MemberUpdated(state, data, { command, entry }) {
    memberOf(state, data);
    const changes = [data.email, data.name, data.username];
    ask(
      changes.some((change) => change !== undefined),
      'nothing_changes',
    );
    const { kind, user } = command.actorOf(entry);
    const { email, name, username } = data;
    const others = name !== undefined || username !== undefined;
    const releases = !others && email?.before !== undefined && email.after === undefined;
    const isTheirs = kind === 'operator' || kind === 'system:import' || user === data.user;
    ask(isTheirs || releases, 'not_yourself');
  },
  RoleChanged(state, data, { way, rights }) {
    const { roles } = state;
    const member = memberOf(state, data);
    ask(sameList(data.before, member.roles), 'before_differs');
    roles.askFit(data.after);
    ask(!sameList(data.before, data.after), 'nothing_changes');
    if (way.by === 'follows') {
      ask(roles.isTopAlone(data.after), 'roles_do_not_fit');
      return;
    }
    const touchesTop = [...data.before, ...data.after].includes(roles.top);
    ask(!roles.isTopHeldOnce || !touchesTop, 'super_admin_by_transfer_only');
    if (way.by !== 'permission') return;
    ask(roles.mayTouch(rights, data.before), 'member_outranks_actor');
    ask(roles.mayGrant(rights, data.after), 'role_outranks_actor');
  },
  SuperAdminTransferred(state, data) {
    const { roles } = state;
    const from = state.member(data.from, data.from_member);
    const holds = from !== undefined && from.roles.includes(roles.top) && !from.suspended;
    ask(roles.isTopHeldOnce && holds, 'nothing_to_transfer');
    const to = membership(state, data.to, data.to_member);
    ask(data.to !== data.from, 'nothing_changes');
    ask(!to.suspended, 'member_suspended');
    ask(sameList(data.to_before, to.roles), 'before_differs');
    ask(roles.isJoinsAsAlone(data.becomes), 'roles_do_not_fit');
  },
  MemberSuspended(state, data, { rights }) {
    const member = memberOf(state, data);
    ask(!member.suspended, 'member_suspended');
    ask(state.roles.mayTouch(rights, member.roles), 'member_outranks_actor');
  },
  MemberReactivated(state, data, { rights }) {
    const member = memberOf(state, data);
    ask(member.suspended, 'member_active');
    ask(state.roles.mayTouch(rights, member.roles), 'member_outranks_actor');
  },
  MemberRemoved(state, data, { way, rights }) {
    const member = memberOf(state, data);
    ask(sameList(data.roles, member.roles), 'before_differs');
    if (way.by === 'permission' && way.any_of.includes('member.remove')) {
      ask(state.roles.mayTouch(rights, member.roles), 'member_outranks_actor');
    }
    ask(way.by !== 'themselves' || state.kind !== 'personal', 'personal_organization');
  },
  LimitsChanged(state, data, { rights }) {
    const member = memberOf(state, data);
    ask(state.roles.mayTouch(rights, member.roles), 'member_outranks_actor');
    const [before, after] = [JSON.stringify(data.before), JSON.stringify(data.after)];
    ask(before === JSON.stringify(member.limits), 'before_differs');
    ask(before !== after, 'nothing_changes');
  },
};

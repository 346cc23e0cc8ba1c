// Which way an event came about (events/authority.v1.json), and whether its actor could go it.

import { effectiveTime } from '../entry.js';
import { Fault, ask } from './ask.js';
import { ALL } from './roles.js';
import { userOf } from './state.js';

/** Ways that are acts: a command that is no import has one. */
const ACTS = new Set([
  'auditor',
  'maintainer',
  'operator',
  'permission',
  'person',
  'themselves',
  'themselves_or_operator',
  'top_role',
]);

export function isAct(way, entry) {
  return ACTS.has(way.by) && way.leads_to === undefined && entry.source === undefined;
}

/** The ways of an entry that its `data` does not exclude. */
function waysOf(entry, authority) {
  const key = `${entry.type}.v${entry.tv}`;
  const ways = Object.hasOwn(authority.events, key) ? authority.events[key] : [];
  const counts = ({ when = {} }) =>
    Object.entries(when).every(([field, values]) => values.includes(entry.data[field]));
  return { any: ways.length > 0, counting: ways.filter(counts) };
}

export const hasWays = (entry, authority) => waysOf(entry, authority).any;

/** The way of an entry, or the fault that there is none. */
export function wayOf(entry, state, command, authority) {
  const { counting } = waysOf(entry, authority);
  const attempt = (way) => {
    try {
      askManaged(way, state);
      HOLDS[way.by](way, entry, state, command);
      return null;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return error;
    }
  };
  if (entry.source === undefined) return ownWay(counting, attempt);
  ask(isKind(entry, command, 'system:import', 'operator'), 'actor_kind');
  const imports = counting.find(({ by }) => by === 'import' || by === 'account');
  if (imports === undefined) return importedWay(counting, attempt);
  askManaged(imports, state);
  return imports;
}

function importedWay(counting, attempt) {
  const way = counting.find((one) => one.by === 'follows' && attempt(one) === null);
  ask(way !== undefined, 'source_unexpected');
  return way;
}

function ownWay(counting, attempt) {
  for (const way of counting.filter(({ by }) => by === 'follows')) {
    if (attempt(way) === null) return way;
  }
  let first = null;
  for (const way of counting.filter(({ by }) => by !== 'follows' && by !== 'import')) {
    const fault = attempt(way);
    if (fault === null) return way;
    first ??= fault;
  }
  throw first ?? new Fault('cause_missing');
}

function askManaged(way, state) {
  if (!way.managed) return;
  ask(state.kind !== 'personal', 'personal_organization');
  ask(state.kind !== 'enterprise' || state.isCertified, 'organization_not_certified');
}

const isKind = (entry, command, ...kinds) => kinds.includes(command.actorOf(entry).kind);

/** Each asks that its way holds. */
const HOLDS = {
  import() {
    // An entry with a source does not try its ways: it was asked for already.
  },
  follows(way, entry, state, command) {
    ask(follows(way, entry, state, command), 'cause_missing');
  },
  permission(way, entry, state, command) {
    const actor = command.actorOf(entry);
    ask(!actor.kind.startsWith('system:'), 'actor_kind');
    if (actor.rights === ALL) return;
    if (actor.kind === 'token') ask(actor.isTokenHeld, 'token_ended');
    ask(!actor.isSuspended, 'actor_suspended');
    ask(
      way.any_of.some((permission) => actor.rights.has(permission)),
      'not_permitted',
    );
  },
  top_role(way, entry, state, command) {
    const actor = command.actorOf(entry);
    if (actor.kind === 'operator') return;
    ask(actor.kind === 'user', 'actor_kind');
    ask(!actor.isSuspended, 'actor_suspended');
    ask(actor.holdsTop, 'top_role_only');
  },
  maintainer(way, entry, state, command) {
    const { user } = command.actorOf(entry);
    const isActive = user !== undefined && state.members.get(user)?.suspended === false;
    const role = state.teams.get(entry.data.team)?.members.get(user);
    ask(isActive && role === 'maintainer', 'not_permitted');
  },
  auditor(way, entry, state, command) {
    const { user } = command.actorOf(entry);
    ask(user !== undefined && state.isAuditor(user, effectiveTime(entry)), 'not_permitted');
  },
  themselves(way, entry, state, command) {
    const actor = command.actorOf(entry);
    ask(actor.kind === 'user', 'actor_kind');
    ask(actor.user === entry.data.user, 'not_yourself');
  },
  themselves_or_operator(way, entry, state, command) {
    if (!isKind(entry, command, 'operator')) HOLDS.themselves(way, entry, state, command);
  },
  person(way, entry, state, command) {
    ask(isKind(entry, command, 'user', 'operator'), 'actor_kind');
  },
  anybody(way, entry, state, command) {
    ask(isKind(entry, command, 'user', 'token', 'operator'), 'actor_kind');
  },
  operator(way, entry, state, command) {
    ask(isKind(entry, command, 'operator'), 'actor_kind');
  },
  expiry(way, entry, state, command) {
    ask(isKind(entry, command, 'system:expiry', 'operator'), 'actor_kind');
  },
  account(way, entry, state, command) {
    ask(isKind(entry, command, 'user', 'operator'), 'actor_kind');
  },
};

/** Throws where the table names a way that is not known here. */
export function checkWays(authority) {
  for (const [type, ways] of Object.entries(authority.events)) {
    for (const way of ways) {
      const known = ['after', 'any_of', 'by', 'leads_to', 'managed', 'when'];
      const fits =
        Object.hasOwn(HOLDS, way.by) && Object.keys(way).every((key) => known.includes(key));
      if (!fits)
        throw new Error(`${type} has a way that is not known here: ${JSON.stringify(way)}`);
    }
  }
}

function follows({ after }, entry, state, command) {
  if (!after.some((type) => command.types.has(type))) return false;
  const { type, data } = entry;
  const ended = (user) => user !== undefined && command.ended.has(user);
  const invitation = state.invitations.get(data.invitation);
  switch (type) {
    case 'MemberCreated':
      return begins(entry, state, command) || takesOver(data.user, command);
    case 'RoleChanged':
      return takesOver(data.user, command);
    case 'SuperAdminTransferred':
      return takesOver(data.to, command);
    case 'InvitationRevoked':
      if (data.cause === 'joined') return command.before.type === 'MemberCreated';
      return ended(invitation?.inviter);
    case 'InvitationExpired':
      return command.before.type === 'MemberCreated' || ended(invitation?.inviter);
    case 'TokenRevoked':
      return ended(state.tokens.get(data.token)?.issuer);
    case 'ApiKeyRevoked':
      return ended(data.user);
    case 'PersonalDataErased':
      return data.user === undefined ? command.types.has(type) : ended(data.user);
    default:
      return false;
  }
}

const takesOver = (user, command) => command.takenOver.get(user) === false;

function begins(entry, state, command) {
  if (!command.types.has('OrganizationCreated') || state.members.size > 0) return false;
  const user = userOf(entry.actor);
  return user === undefined || user === entry.data.user;
}

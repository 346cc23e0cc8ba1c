// A command: neighbouring entries that share `cmd`. What its actor could do is asked once, of the
// state before its first entry.

import { effectiveTime } from '../entry.js';
import { ALL } from './roles.js';
import { userOf } from './state.js';

const NONE = new Set();

/** Who acts, and what they could do when the command began. */
class Actor {
  constructor(text, state, moment, peopleOnly) {
    this.text = text;
    this.kind = text.startsWith('system:') ? text : text.slice(0, text.indexOf(':'));
    this.user = userOf(text);
    this.rights = NONE;
    this.isSuspended = false;
    this.holdsTop = false;
    this.isTokenHeld = false;
    this.scopes = [];
    if (this.kind === 'operator' || this.kind === 'system:import') this.rights = ALL;
    else if (this.kind === 'token') this.readToken(state, moment, peopleOnly);
    else if (this.kind === 'user') this.readMember(state);
  }

  readToken(state, moment, peopleOnly) {
    const token = state.tokens.get(this.text.slice('token:'.length));
    this.isTokenHeld =
      token !== undefined && token.scopes.includes('write') && token.expiresAt > moment;
    this.scopes = token?.scopes ?? [];
    if (state.roles === null) return;
    this.rights = state.roles.allowed([state.roles.top]);
    for (const permission of peopleOnly) this.rights.delete(permission);
  }

  readMember(state) {
    const member = state.members.get(this.user);
    if (member === undefined) return;
    this.isSuspended = member.suspended;
    this.holdsTop = member.roles.includes(state.roles.top);
    if (!member.suspended) this.rights = state.roles.allowed(member.roles);
  }
}

export class Command {
  constructor(entry, state, authority, resumed) {
    this.cmd = entry.cmd;
    this.moment = effectiveTime(entry);
    this.resumed = resumed;
    this.state = state;
    this.peopleOnly = authority.people_only;
    this.actors = new Map();
    this.hasActed = false;
    this.length = 0;
    /** Types that came in it, and the entry before the one at hand. */
    this.types = new Set();
    this.before = null;
    this.last = null;
    /** user → the entry that ended them */
    this.ended = new Map();
    /** user of an `AccessTakenOver` → whether the top role was given to them since */
    this.takenOver = new Map();
    /** Types of which one is still to come → the first entry that leads to them. */
    this.leading = new Map();
    /** user → the `AccessTakenOver` that waits for them to be given the top role */
    this.takeovers = new Map();
    this.actor = this.actorOf(entry);
  }

  /** Asked at an actor's first entry: in a command that has one, of the state before it. */
  actorOf(entry) {
    const text = entry.actor;
    if (!this.actors.has(text)) {
      this.actors.set(text, new Actor(text, this.state, this.moment, this.peopleOnly));
    }
    return this.actors.get(text);
  }

  /** Keeps what later entries of the command may follow from. */
  take(entry) {
    const { type, data } = entry;
    const isDissolution = data.cause === 'organization_dissolved';
    const ends = type === 'MemberSuspended' || (type === 'MemberRemoved' && !isDissolution);
    if (ends) this.ended.set(data.user, entry);
    if (type === 'AccessTakenOver') this.takenOver.set(data.user, false);
    const given = { MemberCreated: data.roles, RoleChanged: data.after }[type];
    const top = this.state.roles?.top;
    if (given?.includes(top)) this.give(data.user);
    if (type === 'SuperAdminTransferred') this.give(data.to);
    for (const to of this.leading.keys()) if (to.includes(type)) this.leading.delete(to);
    this.types.add(type);
    this.before = entry;
    this.last = entry;
    this.length += 1;
  }

  give(user) {
    if (this.takenOver.has(user)) this.takenOver.set(user, true);
    this.takeovers.delete(user);
  }

  /** Keeps what has to follow in this command from an entry without a fault. */
  follow(entry, { leads_to: to }) {
    // The list itself is the key: it is the one in the table.
    if (to !== undefined && !this.leading.has(to)) this.leading.set(to, entry);
    if (entry.type === 'AccessTakenOver') this.takeovers.set(entry.data.user, entry);
  }
}

// What is so in an organization.

import { Groups } from './groups.js';
import { Invitations } from './invitations.js';
import { Roles } from './roles.js';
import { Teams } from './teams.js';

export class State {
  constructor(roleSets) {
    this.roleSets = roleSets;
    this.roles = null;
    this.kind = null;
    this.isCertified = false;
    this.isDissolved = false;
    this.seats = undefined;
    this.asksSecondFactor = false;
    /** `name` and `slug`: what is held, and the entry and field that it was said in. */
    this.held = new Map();
    /** user → `{ member, roles, suspended, limits }` */
    this.members = new Map();
    this.memberIds = new Set();
    this.holders = new Groups();
    this.activeTop = new Set();
    this.invitations = new Invitations();
    this.teams = new Teams();
    /** Those that are held: id → `{ name, scopes, expiresAt, issuer }`. */
    this.tokens = new Map();
    this.tokenIds = new Set();
    this.tokenNames = new Groups();
    this.tokensOf = new Groups();
    /** user → when the grant ends, if it does */
    this.auditors = new Map();
    /** Those that were not revoked: id → `{ user, member }`. */
    this.apiKeys = new Map();
    this.apiKeysOf = new Groups();
    /** Users that this history let in, and those that accepted an invitation in it. */
    this.users = new Set();
    this.accepted = new Set();
    /** Users and invitations whose values were erased here. */
    this.erased = new Set();
    /** Whom a personal organization's name and slug name: its first member. */
    this.personOf = undefined;
  }

  create({ kind, role_set: roleSet, seats }) {
    this.kind = kind;
    this.roles = new Roles(this.roleSets[`${roleSet}.json`]);
    this.seats = seats;
  }

  hold(field, value, seq, pointer) {
    this.held.set(field, { value, seq, pointer });
  }

  /** The membership of a user, if it is this one. */
  member(user, member) {
    const found = this.members.get(user);
    return found !== undefined && found.member === member ? found : undefined;
  }

  /** Sets what is so of a membership; what follows from it is kept beside. */
  setMember(user, change) {
    const before = this.members.get(user);
    this.forget(user, before);
    const after = { suspended: false, limits: {}, ...before, ...change };
    this.members.set(user, after);
    this.memberIds.add(after.member);
    for (const role of after.roles) this.holders.add(role, user);
    if (after.roles.includes(this.roles.top) && !after.suspended) this.activeTop.add(user);
  }

  forget(user, member) {
    if (member === undefined) return;
    this.members.delete(user);
    this.memberIds.delete(member.member);
    this.activeTop.delete(user);
    for (const role of member.roles) this.holders.delete(role, user);
  }

  join(user, member, roles) {
    this.removeMember(user);
    this.setMember(user, { member, roles });
    this.personOf ??= user;
    this.users.add(user);
  }

  removeMember(user) {
    this.forget(user, this.members.get(user));
    this.teams.leaveAll(user);
  }

  /** Seats that members and open invitations take. */
  taken(now) {
    return this.members.size + this.invitations.countOpen(now);
  }

  hasSeat(now) {
    return this.seats === undefined || this.taken(now) < this.seats;
  }

  /** Whether a grant to read everything holds now. */
  isAuditor(user, now) {
    const until = this.auditors.get(user);
    return this.auditors.has(user) && (until === undefined || until > now);
  }

  holdToken(id, token) {
    this.dropToken(id);
    this.tokens.set(id, token);
    this.tokenIds.add(id);
    this.tokenNames.add(token.name, id);
    this.tokensOf.add(token.issuer, id);
  }

  dropToken(id) {
    const token = this.tokens.get(id);
    if (token === undefined) return;
    this.tokens.delete(id);
    this.tokenNames.delete(token.name, id);
    this.tokensOf.delete(token.issuer, id);
  }

  addApiKey(id, key) {
    this.dropApiKey(id);
    this.apiKeys.set(id, key);
    this.apiKeysOf.add(key.user, id);
  }

  dropApiKey(id) {
    const key = this.apiKeys.get(id);
    if (key === undefined) return;
    this.apiKeys.delete(id);
    this.apiKeysOf.delete(key.user, id);
  }
}

export const userOf = (actor) =>
  actor.startsWith('user:') ? actor.slice('user:'.length) : undefined;

// What roles allow, in one role set with an organization's own roles beside it.

import { ask } from './ask.js';

export class Roles {
  constructor(set) {
    this.top = set.top_role.role;
    this.isTopHeldOnce = set.top_role.held_by === 'exactly_one';
    this.joinsAs = set.joins_as.role;
    this.rule = set.holding.rule;
    /** In this set alone, members who are created hold what everybody joins as. */
    this.joinsCreated = set.role_set === 'standard';
    this.builtIn = new Map(
      set.roles.map((role) => [role.role, new Set(Object.keys(role.permissions))]),
    );
    this.beside = new Set(set.roles.filter(({ beside }) => beside).map(({ role }) => role));
    /** The organization's own, as they were defined last. */
    this.custom = new Map();
  }

  isRole(role) {
    return this.builtIn.has(role) || this.custom.has(role);
  }

  allowed(roles) {
    const allowed = new Set();
    for (const role of roles) {
      const permissions = this.builtIn.get(role) ?? this.custom.get(role) ?? [];
      for (const permission of permissions) allowed.add(permission);
    }
    return allowed;
  }

  coversTop(rights) {
    return covers(rights, this.allowed([this.top]));
  }

  mayGrant(rights, roles) {
    const counted = this.coversTop(rights) ? roles.filter((role) => !this.beside.has(role)) : roles;
    return covers(rights, this.allowed(counted));
  }

  mayTouch(rights, roles) {
    return this.coversTop(rights) || covers(rights, this.allowed(roles));
  }

  /** Whether roles are there and can be held together. */
  askFit(roles) {
    ask(
      roles.every((role) => this.isRole(role)),
      'unknown_role',
    );
    const beside = roles.filter((role) => this.beside.has(role)).length;
    const main = roles.length - beside;
    const fits = {
      one: main === 1 && beside === 0,
      several: roles.length >= 1,
      one_and_beside: main === 1 && beside <= 1,
    }[this.rule];
    ask(fits, 'roles_do_not_fit');
  }

  isTopAlone(roles) {
    return roles.length === 1 && roles[0] === this.top;
  }

  isJoinsAsAlone(roles) {
    return roles.length === 1 && roles[0] === this.joinsAs;
  }
}

/** All rights there are: an operator's, and an import's. */
export const ALL = Symbol('all rights');

export function covers(rights, permissions) {
  if (rights === ALL) return true;
  return [...permissions].every((permission) => rights.has(permission));
}

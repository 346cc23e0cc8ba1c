// The teams of an organization, which stand under one another.

import { Groups } from './groups.js';

export const LEVELS_AT_MOST = 16;
/**
 * Every height above the limit is one: so a change is carried up a bounded way, cycles included.
 */
const TOO_HIGH = LEVELS_AT_MOST + 1;

export class Teams {
  constructor() {
    /**
     * id → `{ name, parent, members: user → role, heights: height → teams below of it, height }`
     */
    this.all = new Map();
    this.names = new Map();
    this.ofUser = new Groups();
    this.below = new Groups();
    /** Parents that teams were created under and that are not there. */
    this.missing = new Groups();
  }

  get(id) {
    return this.all.get(id);
  }

  create(id, { name, parent }) {
    this.remove(id);
    const heights = new Map();
    this.all.set(id, { name, parent: undefined, members: new Map(), heights, height: 1 });
    this.names.set(name, id);
    for (const child of [...this.missing.of(id)]) {
      this.missing.delete(id, child);
      this.attach(child, id);
    }
    if (parent !== undefined) this.attach(id, parent);
  }

  remove(id) {
    const team = this.all.get(id);
    if (team === undefined) return;
    for (const child of [...this.below.of(id)]) this.detach(child);
    this.detach(id);
    for (const user of team.members.keys()) this.ofUser.delete(user, id);
    if (this.names.get(team.name) === id) this.names.delete(team.name);
    this.all.delete(id);
  }

  rename(id, name) {
    const team = this.all.get(id);
    if (this.names.get(team.name) === id) this.names.delete(team.name);
    team.name = name;
    this.names.set(name, id);
  }

  move(id, parent) {
    this.detach(id);
    if (parent !== undefined) this.attach(id, parent);
  }

  attach(id, parent) {
    const team = this.all.get(id);
    team.parent = parent;
    if (this.all.has(parent)) {
      this.below.add(parent, id);
      this.count(parent, team.height, 1);
    } else {
      this.missing.add(parent, id);
    }
  }

  detach(id) {
    const team = this.all.get(id);
    const { parent } = team;
    if (parent === undefined) return;
    team.parent = undefined;
    this.missing.delete(parent, id);
    this.below.delete(parent, id);
    if (this.all.has(parent)) this.count(parent, team.height, -1);
  }

  /** One team more or less of a height stands below a team: carries up what that changes. */
  count(id, height, change) {
    let [at, less, more] = [id, change < 0 ? height : 0, change > 0 ? height : 0];
    while (at !== undefined && this.all.has(at)) {
      const { heights } = this.all.get(at);
      if (less > 0) heights.set(less, (heights.get(less) ?? 0) - 1);
      if (more > 0) heights.set(more, (heights.get(more) ?? 0) + 1);
      const team = this.all.get(at);
      const below = [...heights].filter(([, count]) => count > 0).map(([of]) => of);
      const now = Math.min(Math.max(0, ...below) + 1, TOO_HIGH);
      if (now === team.height) return;
      [less, more] = [team.height, now];
      team.height = now;
      at = team.parent;
    }
  }

  /** Whether a team of some height fits under a parent: why not, or nothing. */
  fault(id, parent) {
    const height = this.all.get(id)?.height ?? 1;
    let above = 0;
    for (let at = parent; at !== undefined && this.all.has(at); at = this.all.get(at).parent) {
      if (at === id) return 'team_cycle';
      above += 1;
      if (above > LEVELS_AT_MOST) return 'teams_too_deep';
    }
    return above + height > LEVELS_AT_MOST ? 'teams_too_deep' : undefined;
  }

  add(id, user, role) {
    if (!this.all.has(id)) return;
    this.all.get(id).members.set(user, role);
    this.ofUser.add(user, id);
  }

  leave(id, user) {
    this.all.get(id)?.members.delete(user);
    this.ofUser.delete(user, id);
  }

  leaveAll(user) {
    for (const id of [...this.ofUser.of(user)]) this.leave(id, user);
  }
}

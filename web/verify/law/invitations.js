// The invitations of an organization. Time only goes forward (the links were checked before), so an
// invitation that has expired is put aside once, and counting the open ones looks at none of them.

import { Groups } from './groups.js';

/** The least of what was put in comes out first. */
class Heap {
  constructor() {
    this.items = [];
  }

  push(item) {
    const { items } = this;
    items.push(item);
    for (let at = items.length - 1; at > 0;) {
      const above = (at - 1) >> 1;
      if (items[above].time <= items[at].time) break;
      [items[above], items[at]] = [items[at], items[above]];
      at = above;
    }
  }

  pop() {
    const { items } = this;
    const [least] = items;
    const last = items.pop();
    if (items.length === 0) return least;
    items[0] = last;
    for (let at = 0; ;) {
      let below = at * 2 + 1;
      if (below + 1 < items.length && items[below + 1].time < items[below].time) below += 1;
      if (below >= items.length || items[at].time <= items[below].time) return least;
      [items[below], items[at]] = [items[at], items[below]];
      at = below;
    }
  }
}

export class Invitations {
  constructor() {
    /** id → `{ seq, roles, teams, expiresAt, inviter, status }` */
    this.all = new Map();
    this.pending = new Set();
    this.byInviter = new Groups();
    this.open = new Set();
    this.openByRole = new Groups();
    this.expiries = new Heap();
  }

  get(id) {
    return this.all.get(id);
  }

  send(id, invitation) {
    this.close(id);
    this.all.set(id, { ...invitation, status: 'pending' });
    this.pending.add(id);
    this.byInviter.add(invitation.inviter, id);
    this.open.add(id);
    for (const role of invitation.roles) this.openByRole.add(role, id);
    this.expiries.push({ time: invitation.expiresAt, id });
  }

  resend(id, change) {
    const invitation = this.all.get(id);
    if (invitation !== undefined) this.send(id, { ...invitation, ...change });
  }

  end(id, status) {
    const invitation = this.all.get(id);
    if (invitation === undefined) return;
    this.close(id);
    invitation.status = status;
  }

  close(id) {
    this.pending.delete(id);
    this.byInviter.delete(this.all.get(id)?.inviter, id);
    this.putAside(id);
  }

  putAside(id) {
    if (!this.open.delete(id)) return;
    for (const role of this.all.get(id).roles) this.openByRole.delete(role, id);
  }

  /** How many are open now; of those that name a role, where one is asked for. */
  countOpen(now, role) {
    const { items } = this.expiries;
    while (items.length > 0 && items[0].time <= now) {
      const { time, id } = this.expiries.pop();
      if (this.all.get(id).expiresAt === time) this.putAside(id);
    }
    return role === undefined ? this.open.size : this.openByRole.count(role);
  }
}

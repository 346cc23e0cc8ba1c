// Things by what they have in common, so that none is looked for among all.

export class Groups {
  constructor() {
    this.groups = new Map();
  }

  add(key, item) {
    if (key === undefined) return;
    if (!this.groups.has(key)) this.groups.set(key, new Set());
    this.groups.get(key).add(item);
  }

  delete(key, item) {
    const group = this.groups.get(key);
    if (group?.delete(item) && group.size === 0) this.groups.delete(key);
  }

  count(key) {
    return this.groups.get(key)?.size ?? 0;
  }

  of(key) {
    return this.groups.get(key) ?? new Set();
  }
}

// The policy: whom the auditor trusts (docs/BUNDLE.md § 6, C2SP tlog-policy).

import { demand, textOf } from './bytes.js';
import { LOG_KEY, WITNESS_KEY, keyOf } from './keys.js';

class Policy {
  constructor() {
    this.logs = [];
    this.witnesses = [];
    /** Groups in the order of their lines: the members of each stand before it. */
    this.groups = [];
    this.names = new Set();
    this.placed = new Set();
    this.quorum = null;
  }

  log(fields) {
    demand(fields.length === 1 || fields.length === 2, 'a log has a key and at most a URL');
    this.logs.push(keyOf(fields[0], LOG_KEY));
  }

  witness(fields) {
    demand(fields.length === 2 || fields.length === 3, 'a witness has a name, a key, a URL');
    const [name, vkey] = fields;
    this.name(name);
    this.witnesses.push({ name, key: keyOf(vkey, WITNESS_KEY) });
  }

  group([name, threshold, ...members]) {
    demand(members.length > 0, 'a group has a name, how many of it, and members');
    for (const member of members) {
      demand(this.names.has(member), `the member ${member} has no line before`);
      demand(!this.placed.has(member), `${member} is a member twice`);
      this.placed.add(member);
    }
    this.name(name);
    const named = { any: 1, all: members.length }[threshold];
    const isNumber = /^[1-9][0-9]{0,3}$/.test(threshold);
    const least = named ?? (isNumber ? Number(threshold) : 0);
    demand(least >= 1 && least <= members.length, `${threshold} is no number of its members`);
    this.groups.push({ name, least, members });
  }

  name(name) {
    demand(name !== 'none' && !this.names.has(name), `the name ${name} is taken`);
    this.names.add(name);
  }

  setQuorum(fields) {
    demand(this.quorum === null, 'there are two quorums');
    demand(fields.length === 1, 'a quorum is one name');
    demand(fields[0] === 'none' || this.names.has(fields[0]), `${fields[0]} has no line before`);
    [this.quorum] = fields;
  }

  check() {
    demand(this.quorum !== null, 'it says no quorum');
    demand(this.logs.length > 0, 'it names no log');
    const spell = (key) => key.bytes.join();
    const logs = new Set(this.logs.map(spell));
    const witnesses = new Set();
    for (const { name, key } of this.witnesses) {
      demand(!logs.has(spell(key)), `the witness ${name} has the key of a log`);
      demand(!witnesses.has(spell(key)), `the witness ${name} has the key of another`);
      witnesses.add(spell(key));
    }
  }
}

/** Reads a policy, or refuses it. */
export function readPolicy(bytes) {
  const policy = new Policy();
  textOf(bytes)
    .split('\n')
    .forEach((line, at) => {
      const [word, ...fields] = line.split(/[ \t]+/).filter((field) => field !== '');
      if (word === undefined || word.startsWith('#')) return;
      try {
        if (word === 'log') policy.log(fields);
        else if (word === 'witness') policy.witness(fields);
        else if (word === 'group') policy.group(fields);
        else if (word === 'quorum') policy.setQuorum(fields);
        else demand(false, `${word} begins no line of a policy`);
      } catch (refused) {
        refused.message = `line ${at + 1}: ${refused.message}`;
        throw refused;
      }
    });
  policy.check();
  return policy;
}

/** Whether witnesses, by name, fill the quorum. */
export function fillsQuorum(policy, witnesses) {
  if (policy.quorum === 'none') return true;
  const seen = new Set(witnesses);
  for (const { name, least, members } of policy.groups) {
    if (members.filter((member) => seen.has(member)).length >= least) seen.add(name);
  }
  return seen.has(policy.quorum);
}

// Replays the law over an organization's entries from its first one on (events/README.md,
// "Replaying the law"): was each actor allowed to do this at that moment, and does each event fit
// what was so?

import { effectiveTime } from './entry.js';
import { Fault, ask } from './law/ask.js';
import { ASKS as INVITATIONS } from './law/asks_invitations.js';
import { ASKS as MEMBERS } from './law/asks_members.js';
import { ASKS as OTHERS } from './law/asks_others.js';
import { Command } from './law/command.js';
import { move } from './law/moves.js';
import { State } from './law/state.js';
import { uncheckable } from './law/uncheckable.js';
import { hasWays, isAct, wayOf } from './law/ways.js';

/** What still happens in an organization that was dissolved. */
const BEHIND_THE_END = ['ExportCreated', 'PersonalDataErased'];

const ASKS = new Map(Object.entries({ ...MEMBERS, ...INVITATIONS, ...OTHERS }));
/** A command of so many entries may have been cut by a crash. */
const LONG_COMMAND = 50;
/** Faults behind which nothing moves: the entry has no place in this chain. */
const OUT_OF_PLACE = ['event_of_deployment', 'organization_begins_once'];

class Replay {
  constructor(entries, { contract, findings, manifest }, opened) {
    this.entries = entries;
    this.authority = contract.authority;
    this.findings = findings;
    this.values = opened;
    /** Whether the history goes on behind what is there, so that its last command may too. */
    this.goesOn = manifest.to < manifest.org_size;
    this.state = new State(contract.roleSets);
    this.command = null;
    this.ended = new Set();
    this.sources = new Map();
    this.counts = new Map();
  }

  run() {
    this.entries.forEach((entry, at) => {
      if (this.command?.cmd !== entry.cmd) this.begin(entry);
      this.entry(entry, at);
      this.command.take(entry);
    });
    if (!this.goesOn) this.end();
  }

  find(entry, code) {
    const why = this.authority.faults[code] ?? 'it was not allowed';
    const detail = `${entry.type} by ${entry.actor}: ${why}`;
    this.findings.add('law', detail, { law: code, seq: entry.seq });
  }

  count(names) {
    for (const name of names) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  begin(entry) {
    this.end();
    const resumed = this.ended.has(entry.cmd);
    this.command = new Command(entry, this.state, this.authority, resumed);
  }

  entry(entry, at) {
    const left = [];
    try {
      const way = this.judge(entry, at, left);
      this.count([...left, ...uncheckable(entry, this.state, { command: this.command, way })]);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.find(entry, error.code);
      if (OUT_OF_PLACE.includes(error.code)) return;
    }
    this.noteSource(entry);
    move(this.state, entry);
  }

  /** The way by which an entry came about; throws the first fault that it has. */
  judge(entry, at, left) {
    const { state, command } = this;
    const { type, data } = entry;
    const isOthers = /^Token/.test(type) && data.holder !== 'organization';
    ask(hasWays(entry, this.authority) && !isOthers, 'event_of_deployment');
    ask((type === 'OrganizationCreated') === (at === 0), 'organization_begins_once');
    // Without its first entry there is nothing that the rest could be asked of.
    ask(at === 0 || state.roles !== null, 'organization_begins_once');
    command.actorOf(entry);
    ask(command.actors.size === 1, 'command_actor');
    ask(!command.resumed || entry.source !== undefined, 'command_resumed');
    ask(!state.isDissolved || BEHIND_THE_END.includes(type), 'organization_dissolved');
    this.askSource(entry);
    const way = wayOf(entry, state, command, this.authority);
    const acts = isAct(way, entry);
    ask(!acts || !command.hasActed, 'second_act');
    ASKS.get(type)?.(state, data, this.around(entry, at, way, left));
    // From here on it has no fault.
    command.hasActed ||= acts;
    command.follow(entry, way);
    return way;
  }

  /** What else an event's own questions may look at. */
  around(entry, at, way, left) {
    const { command } = this;
    return {
      entry,
      way,
      command,
      now: effectiveTime(entry),
      rights: command.actorOf(entry).rights,
      opened: (seq, field) => this.values.get(seq)?.get(field),
      leave: (name) => left.push(name),
      freesSeat: () => this.freesSeat(at),
    };
  }

  /** Whether the entry behind ends an invitation that took a seat when the command began. */
  freesSeat(at) {
    const next = this.entries[at + 1];
    if (next === undefined) return this.goesOn;
    if (next.cmd !== this.command.cmd) return false;
    const isEnd =
      next.type === 'InvitationExpired' ||
      (next.type === 'InvitationRevoked' && next.data.cause === 'joined');
    const invitation = this.state.invitations.get(next.data.invitation);
    return isEnd && invitation?.status === 'pending' && this.command.moment < invitation.expiresAt;
  }

  askSource({ source, occurred, cmd }) {
    if (source === undefined) {
      ask(occurred === undefined, 'source_unexpected');
      return;
    }
    const said = this.sources.get(sourceKey(source));
    const isSame = said === undefined || said.every((one) => one === `${source.commit} ${cmd}`);
    ask(isSame, 'source_repeated');
  }

  /** Keeps at most two things said of one line: with those, any third differs from one of them. */
  noteSource({ source, cmd }) {
    if (source === undefined) return;
    const key = sourceKey(source);
    const said = this.sources.get(key) ?? [];
    const one = `${source.commit} ${cmd}`;
    if (said.length < 2 && !said.includes(one)) said.push(one);
    this.sources.set(key, said);
  }

  /** The end of a command. */
  end() {
    const { command, state } = this;
    if (command === null) return;
    this.ended.add(command.cmd);
    const missing = this.missing(command, state);
    for (const entry of missing.always) this.find(entry, 'follow_up_missing');
    if (missing.unlessCut.length > 0 && command.length >= LONG_COMMAND) this.count(['command_cut']);
    else for (const entry of missing.unlessCut) this.find(entry, 'follow_up_missing');
    if (state.roles === null || state.isDissolved) return;
    const fault = this.standing(state);
    if (fault !== undefined) this.find(command.last, fault);
  }

  missing(command, state) {
    const always = [...command.takeovers.values()];
    const unlessCut = [];
    for (const [to, entry] of command.leading) {
      (to.includes('OrganizationDissolved') ? unlessCut : always).push(entry);
    }
    for (const [user, entry] of command.ended) {
      const left = [state.invitations.byInviter, state.tokensOf, state.apiKeysOf];
      if (left.some((groups) => groups.count(user) > 0)) unlessCut.push(entry);
    }
    return { always, unlessCut };
  }

  /** What has to be so behind every command. */
  standing({ roles, activeTop, holders, teams }) {
    if (roles.isTopHeldOnce) {
      if (activeTop.size === 0) return 'last_super_admin';
      if (holders.count(roles.top) > 1) return 'super_admin_by_transfer_only';
    } else if (activeTop.size === 0) {
      return 'last_top_role';
    }
    return teams.missing.groups.size > 0 ? 'unknown_team' : undefined;
  }
}

const sourceKey = ({ repo, seq }) => `${seq} ${repo}`;

/** Replays the law, where everything before it held. Answers how much nobody can check offline. */
export function checkLaw(bundle, entries, opened) {
  const { manifest, findings, contract } = bundle;
  if (manifest.from !== 0 || findings.hasExit(1)) return 0;
  const replay = new Replay(
    entries.map(({ value }) => value),
    { contract, findings, manifest },
    opened,
  );
  replay.run();
  return [...replay.counts.values()].reduce((sum, count) => sum + count, 0);
}

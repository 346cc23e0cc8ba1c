// An account's members by Cloudflare's own package.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const Cloudflare = createRequire(import.meta.url)("cloudflare");
const { HOST, TOKEN } = process.env;
const client = new Cloudflare({ apiToken: TOKEN, baseURL: `${HOST}/client/v4` });
const all = async (list) => {
  const rows = [];
  for await (const row of list) rows.push(row);
  return rows;
};
const text = (value) => ({ true: "True", false: "False", null: "None" })[value] ?? String(value);
const say = (what, ...values) => console.log(`${what}:`, ...values.map(text));
const texts = (values) => `[${values.map((value) => `'${value}'`).join(", ")}]`;
const failed = async (kind, promise) => {
  const error = await promise.then(() => assert.fail("it was answered"), (error) => error);
  assert(error instanceof kind, String(error));
  return error;
};

const [account] = await all(client.accounts.list());
assert.deepEqual(await client.accounts.get({ account_id: account.id }), account);
say("account", account.name, account.type, account.settings.enforce_twofactor);
const { members, roles } = client.accounts;
const account_id = account.id;

const named = {};
for (const role of await all(roles.list({ account_id, per_page: 5 }))) named[role.name] = role;
const dns = await roles.get(named.dns.id, { account_id });
const { dns_records, waf } = dns.permissions;
say("roles", Object.keys(named).length, dns.name, dns_records.write, waf.write);

for (let number = 0; number < 12; number += 1) {
  const email = `member${number}@acme.example`;
  const status = number % 2 ? "pending" : "accepted";
  const held = [named["minimal-account-access"].id];
  const member = await members.create({ account_id, email, roles: held, status });
  assert.equal(member.status, status);
  assert.equal(member.user.email, email);
}
const listed = await all(members.list({ account_id, per_page: 5 }));
say("listed", listed.length, new Set(listed.map((member) => member.id)).size);
const pending = await all(members.list({ account_id, status: "pending", direction: "desc" }));
say("pending", pending.length, pending[0].email);
const ordered = await all(members.list({ account_id, order: "user.email", per_page: 50 }));
const emails = ordered.map((member) => member.email);
say("in order", emails.join() === [...emails].sort().join());

const first = listed.find((member) => member.email === "member0@acme.example");
const kept = ["dns", "ssl"].map((name) => named[name]);
const names = (member) => texts(member.roles.map((role) => role.name).sort());
const changed = await members.update(first.id, { account_id, roles: kept });
say("changed", changed.id === first.id, names(changed));
const again = await members.update(first.id, { account_id, roles: kept });
say("again", names(again));
assert.deepEqual(await members.get(first.id, { account_id }), changed);
for (const id of [first.id, pending[0].id]) {
  say("gone", (await members.delete(id, { account_id })).id === id);
  const error = await failed(Cloudflare.NotFoundError, members.get(id, { account_id }));
  say("missing", error.errors[0].message);
}

const twice = { account_id, email: "member2@acme.example", roles: [named.dns.id], status: "accepted" };
say("conflict", (await failed(Cloudflare.ConflictError, members.create(twice))).errors[0].message);
const nobody = { account_id, email: "nobody", roles: [named.dns.id] };
const refused = await failed(Cloudflare.BadRequestError, members.create(nobody));
say("refused", refused.error.success, refused.error.result);

const invited = await all(client.memberships.list({ status: "pending" }));
say("invited", texts(invited.map((membership) => membership.account.name)));
const accepted = await client.memberships.update(invited[0].id, { status: "accepted" });
say("accepted", accepted.id === invited[0].id, accepted.status, texts(accepted.roles));
const belongs = await all(client.memberships.list({ order: "account.name", direction: "desc" }));
say("belongs", texts(belongs.map((membership) => membership.account.name)));
say("left", (await client.memberships.delete(accepted.id)).id === accepted.id);
const missing = await failed(Cloudflare.NotFoundError, client.memberships.get(accepted.id));
say("missing", missing.errors[0].message);

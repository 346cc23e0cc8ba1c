// Better Auth with its organization plugin, on SQLite that syncs every commit: what benches/http is
// measured beside. Prints where it listens; `POST /bench/pending?count=N` adds users with a session
// and a pending invitation each, `GET /bench/one` tells what the bench needs to ask.
//
// What slows it and is of no use here is off: counting against guesses, checking origins, telemetry, logs.
import { createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { organization } from "better-auth/plugins";
import Database from "better-sqlite3";

const MEMBERS = 10_000;
const secret = randomBytes(32).toString("hex");
const database = new Database(process.argv[2]);
// Every commit is on the disk when it is answered, as Rollbook's are.
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
const port = Number(process.argv[3] ?? 0);

const options = {
  baseURL: "http://bench.example",
  secret,
  database,
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
  advanced: { disableCSRFCheck: true, disableOriginCheck: true },
  plugins: [organization({ membershipLimit: 10_000_000, invitationLimit: 10_000_000 })],
};
const { runMigrations } = await getMigrations(options);
await runMigrations();
const auth = betterAuth(options);
await auth.$context;

const now = new Date().toISOString();
const later = new Date(Date.now() + 7 * 86_400_000).toISOString();
const insert = (table, row) => {
  const names = Object.keys(row);
  const places = names.map((name) => `@${name}`);
  const columns = names.map((name) => `"${name}"`);
  return database.prepare(`insert into "${table}" (${columns}) values (${places})`).run(row);
};
const user = (id) =>
  insert("user", { id, name: id, email: `${id}@bench.example`, emailVerified: 1, createdAt: now, updatedAt: now });
const member = (id, organizationId, userId, role) =>
  insert("member", { id, organizationId, userId, role, createdAt: now });
const cookie = (userId) => {
  const token = randomBytes(24).toString("base64url");
  insert("session", { id: `s-${userId}`, token, userId, expiresAt: later, createdAt: now, updatedAt: now });
  const signature = createHmac("sha256", secret).update(token).digest("base64");
  return `better-auth.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
};

let owner;
database.transaction(() => {
  for (const org of ["crowd", "guests"]) {
    insert("organization", { id: org, name: org, slug: org, createdAt: now });
  }
  user("owner");
  member("m-owner", "crowd", "owner", "owner");
  member("g-owner", "guests", "owner", "owner");
  owner = cookie("owner");
  for (let number = 1; number < MEMBERS; number++) {
    user(`u-${number}`);
    member(`m-${number}`, "crowd", `u-${number}`, "member");
  }
})();

let pending = 0;
const addPending = database.transaction((count) => {
  const added = [];
  for (let number = 0; number < count; number++) {
    const name = `p-${pending++}`;
    user(name);
    insert("invitation", {
      id: `i-${name}`, organizationId: "guests", email: `${name}@bench.example`, role: "member",
      status: "pending", expiresAt: later, inviterId: "owner", createdAt: now,
    });
    added.push([`i-${name}`, cookie(name)]);
  }
  return added;
});

const body = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
};

const answer = (response, status, headers, bytes) => {
  response.writeHead(status, { ...headers, "content-length": bytes.length });
  response.end(bytes);
};

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://bench.example");
  if (url.pathname.startsWith("/bench/")) {
    const told = url.pathname === "/bench/one" ? { owner } : addPending(Number(url.searchParams.get("count")));
    return answer(response, 200, {}, Buffer.from(JSON.stringify(told)));
  }
  const asked = { method: request.method, headers: request.headers };
  if (request.method === "POST") asked.body = await body(request);
  const answered = await auth.handler(new Request(url, asked));
  const bytes = Buffer.from(await answered.arrayBuffer());
  answer(response, answered.status, Object.fromEntries(answered.headers), bytes);
});
server.keepAliveTimeout = 600_000;
server.listen(port, "127.0.0.1", () => console.log(`127.0.0.1:${server.address().port}`));

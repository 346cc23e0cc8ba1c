// Makes samples/better-auth with better-auth 1.7.25 itself: npm install better-auth@1.7.25 better-sqlite3,
// then node better_auth.mjs, then the commands of docs/IMPORT.md on auth.db. What people did is moved into
// 2025, and some rows are put beside it that a real deployment has.
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { organization, username } from "better-auth/plugins";
import Database from "better-sqlite3";

const db = new Database("auth.db");
const auth = betterAuth({
  database: db,
  secret: "only for this sample, and for nothing else",
  baseURL: "http://localhost:3000",
  emailAndPassword: { enabled: true },
  plugins: [organization({ teams: { enabled: true } }), username()],
});
await (await getMigrations(auth.options)).runMigrations();

const people = {};
const signUp = async (name, email, password, more = {}) => {
  const body = { name, email, password, ...more };
  const { response, headers } = await auth.api.signUpEmail({ body, returnHeaders: true });
  const cookie = headers.get("set-cookie").split(";")[0];
  people[name.split(" ")[0]] = { id: response.user.id, headers: new Headers({ cookie }) };
};
await signUp("Vera Holm", "vera@lantern.example", "correct horse battery", { username: "vera" });
await signUp("Ada Lind", "Ada.Lind@lantern.example", "Zoë's résumé ﬁle");
await signUp("Bo Kraft", "bo@lantern.example", "a third long password");
await signUp("Cy Dahl", "cy@lantern.example", "a fourth long password");
await signUp("Dee Falk", "dee@lantern.example", "a fifth long password");

const { id: organizationId } = await auth.api.createOrganization({
  body: { name: "Lantern Guild", slug: "lantern-guild" },
  headers: people.Vera.headers,
});
const join = (userId, role) => auth.api.addMember({ body: { userId, organizationId, role } });
await join(people.Ada.id, ["admin", "member"]);
await join(people.Bo.id, "member");
await join(people.Cy.id, "member");
await join(people.Dee.id, "member");
const headers = people.Vera.headers;
const team = await auth.api.createTeam({ body: { name: "Core", organizationId }, headers });
await auth.api.addTeamMember({ body: { teamId: team.id, userId: people.Ada.id }, headers });
const email = "new@lantern.example";
await auth.api.createInvitation({ body: { email, role: "member", organizationId }, headers });

for (const table of ["user", "account", "organization", "member", "team", "teamMember"]) {
  db.exec(`update "${table}" set createdAt = '2025-03-0' || rowid || 'T09:00:00.000Z'`);
}
db.exec(`update invitation set createdAt = '2025-04-01T09:00:00.000Z', expiresAt = '2025-04-03T09:00:00.000Z'`);
db.exec(`update "user" set emailVerified = 1 where name in ('Vera Holm', 'Cy Dahl')`);
// Who owns it today is not who joined first.
db.exec(`update member set createdAt = '2025-03-09T09:00:00.000Z' where role = 'owner'`);
db.exec(`update member set role = 'editor' where userId = '${people.Dee.id}'`);
db.exec(`update account set password = '$2b$12$abcdefghijklmnopqrstuu1yT4nZK1bMmvCzQfLeGq9x0aD7hO6Wi'
  where userId = '${people.Cy.id}'`);
db.exec(`insert into account (id, accountId, providerId, userId, createdAt, updatedAt)
  select 'g' || substr(id, 2), '1081', 'google', userId, createdAt, updatedAt from account
  where userId = '${people.Bo.id}'`);

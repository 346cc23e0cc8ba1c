// What somebody writes against the client that is generated from the document: an organization
// begins, somebody is invited, lists are read in parts, and a problem is told by its code.

import createClient from "openapi-fetch";
import type { components, paths } from "./rollbook.js";

type Problem = components["schemas"]["Problem"];
type Member = components["schemas"]["MemberRow"];

const token = process.env["TOKEN"];
const client = createClient<paths>({
  baseUrl: process.env["HOST"] ?? "",
  headers: { Authorization: `Bearer ${token}` },
});

/** What was answered, or the problem as an exception. */
function whole<T>(answer: { data?: T; error?: Problem }): T {
  if (answer.data === undefined) throw new Error(answer.error?.code ?? "no answer");
  return answer.data;
}

const begun = whole(
  await client.POST("/v1/organizations", {
    body: {
      kind: "standard",
      role_set: "standard",
      name: "Acme",
      slug: "acme",
      owner: { email: "ada@acme.example", name: "Ada" },
    },
  }),
);
console.log("begun:", begun.organization?.name, begun.organization?.members);

const params = { path: { org: begun.organization_id } };
for (const email of ["grace@acme.example", "alan@acme.example"]) {
  whole(
    await client.POST("/v1/organizations/{org}/members", {
      params: { ...params, header: { "Idempotency-Key": email } },
      body: { email, roles: ["member"] },
    }),
  );
}
const invited = whole(
  await client.POST("/v1/organizations/{org}/invitations", {
    params,
    body: { email: "edsger@acme.example", roles: ["member"], teams: [], if_pending: "refuse" },
  }),
);
console.log("invited:", invited.invitation?.status, invited.token?.slice(0, 4));

const members: Member[] = [];
let cursor: string | undefined;
let parts = 0;
do {
  const query = cursor === undefined ? { limit: 2 } : { limit: 2, cursor };
  const part = whole(
    await client.GET("/v1/organizations/{org}/members", { params: { ...params, query } }),
  );
  members.push(...part.members);
  cursor = part.next;
  parts += 1;
} while (cursor !== undefined);
console.log("listed:", members.map((member) => member.email).join(" "), "in", parts, "parts");

const again = await client.POST("/v1/organizations", {
  body: {
    kind: "standard",
    role_set: "standard",
    name: "Acme",
    slug: "acme",
    owner: { email: "bea@acme.example" },
  },
});
console.log("refused:", again.response.status, again.error?.code);

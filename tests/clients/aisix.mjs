// Creates a member of the token's organization.
const { HOST, TOKEN, BODY } = process.env;
const response = await fetch(`${HOST}/api/members`, {
  method: "POST",
  headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
  body: BODY,
});
console.log(await response.text());
console.log(response.status);

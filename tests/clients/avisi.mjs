// Adds a member to an organisation.
const { HOST, SLUG, TOKEN, BODY } = process.env;
const response = await fetch(`${HOST}/api/v1/organisations/${SLUG}/members`, {
  method: "POST",
  headers: { Authorization: `Token ${TOKEN}`, "Content-Type": "application/json" },
  body: BODY,
});
console.log(await response.text());
console.log(response.status);

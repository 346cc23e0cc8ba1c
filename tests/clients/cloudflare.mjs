// Makes somebody a member of an account.
const { HOST, ACCOUNT, EMAIL, TOKEN, BODY } = process.env;
const response = await fetch(`${HOST}/client/v4/accounts/${ACCOUNT}/members`, {
  method: "POST",
  headers: { "X-Auth-Email": EMAIL, "X-Auth-Key": TOKEN, "Content-Type": "application/json" },
  body: BODY,
});
console.log(await response.text());
console.log(response.status);

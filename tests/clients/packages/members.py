"""An account's members by Cloudflare's own package, which checks every answer against its types."""
import os
from datetime import datetime

import cloudflare

client = cloudflare.Cloudflare(
    api_token=os.environ["TOKEN"],
    base_url=os.environ["HOST"] + "/client/v4",
    _strict_response_validation=True,
)
[account] = client.accounts.list()
assert isinstance(client.accounts.get(account_id=account.id).created_on, datetime)
print("account:", account.name, account.type, account.settings.enforce_twofactor)
members, roles = client.accounts.members, client.accounts.roles

named = {role.name: role for role in roles.list(account_id=account.id, per_page=5)}
dns = roles.get(named["dns"].id, account_id=account.id)
print("roles:", len(named), dns.name, dns.permissions.dns_records.write, dns.permissions.waf.write)

for number in range(12):
    email = f"member{number}@acme.example"
    status = "pending" if number % 2 else "accepted"
    roles_held = [named["minimal-account-access"].id]
    member = members.create(
        account_id=account.id, email=email, roles=roles_held, status=status
    )
    assert (member.status, member.user.email) == (status, email), member
listed = list(members.list(account_id=account.id, per_page=5))
print("listed:", len(listed), len({member.id for member in listed}))
pending = list(members.list(account_id=account.id, status="pending", direction="desc"))
print("pending:", len(pending), pending[0].email)
ordered = members.list(account_id=account.id, order="user.email", per_page=50)
emails = [member.email for member in ordered]
print("in order:", emails == sorted(emails))

[first] = [member for member in listed if member.email == "member0@acme.example"]
kept = [{"id": named[name].id} for name in ("dns", "ssl")]
changed = members.update(first.id, account_id=account.id, roles=kept)
print("changed:", changed.id == first.id, sorted(role.name for role in changed.roles))
again = members.update(first.id, account_id=account.id, roles=kept)
print("again:", sorted(role.name for role in again.roles))
assert members.get(first.id, account_id=account.id) == changed
for gone in (first.id, pending[0].id):
    print("gone:", members.delete(gone, account_id=account.id).id == gone)
    try:
        members.get(gone, account_id=account.id)
    except cloudflare.NotFoundError as error:
        print("missing:", error.body["errors"][0]["message"])

try:
    members.create(
        account_id=account.id,
        email="member2@acme.example",
        roles=[named["dns"].id],
        status="accepted",
    )
except cloudflare.ConflictError as error:
    print("conflict:", error.body["errors"][0]["message"])
try:
    members.create(account_id=account.id, email="nobody", roles=[named["dns"].id])
except cloudflare.BadRequestError as error:
    print("refused:", error.body["success"], error.body["result"])

invited = list(client.memberships.list(status="pending"))
print("invited:", [membership.account.name for membership in invited])
accepted = client.memberships.update(invited[0].id, status="accepted")
print("accepted:", accepted.id == invited[0].id, accepted.status, accepted.roles)
belongs = list(client.memberships.list(order="account.name", direction="desc"))
print("belongs:", [membership.account.name for membership in belongs])
print("left:", client.memberships.delete(accepted.id).id == accepted.id)
try:
    client.memberships.get(accepted.id)
except cloudflare.NotFoundError as error:
    print("missing:", error.body["errors"][0]["message"])

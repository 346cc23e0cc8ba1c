#!/bin/sh
# Makes somebody a member of an account.
curl --silent --write-out '\n%{http_code}\n' --request POST "$HOST/client/v4/accounts/$ACCOUNT/members" \
    --header "X-Auth-Email: $EMAIL" \
    --header "X-Auth-Key: $TOKEN" \
    --header "Content-Type: application/json" \
    --data "$BODY"

#!/bin/sh
# Creates a member of the token's organization.
curl --silent --write-out '\n%{http_code}\n' --request POST "$HOST/api/members" \
    --header "Authorization: Bearer $TOKEN" \
    --header "Content-Type: application/json" \
    --data "$BODY"

#!/bin/sh
# Adds a member to an organisation.
curl --silent --write-out '\n%{http_code}\n' --request POST "$HOST/api/v1/organisations/$SLUG/members" \
    --header "Authorization: Token $TOKEN" \
    --header "Content-Type: application/json" \
    --data "$BODY"

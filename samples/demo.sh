#!/bin/sh
# Rollbook's main job on a short, invented history: import it, then ask who belonged where, now and
# then, what happened, and whether everything that is stored is whole.
#
# usage: sh samples/demo.sh [DIR]    DIR keeps the ledger; without it everything is removed again.
set -eu
cd "$(dirname "$0")/.."

if [ $# -gt 0 ]; then
    work=$1
    mkdir -p "$work"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi

# Tests say which programs to run; everybody else has them built.
if [ -z "${ROLLBOOK:-}" ]; then
    cargo build --bins
fi

rollbook() {
    printf '\n$ rollbook %s\n' "$*"
    ${ROLLBOOK:-cargo run --quiet --bin rollbook --} "$@"
}

rollbook_verify() {
    printf '\n$ rollbook-verify %s\n' "$*"
    ${ROLLBOOK_VERIFY:-cargo run --quiet --bin rollbook-verify --} "$@"
}

rollbook init --data "$work/ledger" --origin ledger.example/lantern
rollbook import history --data "$work/ledger" --email-domain lantern.example \
    samples/lantern-works.ndjson samples/lantern-works-teams.ndjson
rollbook organizations --data "$work/ledger"

rollbook members --data "$work/ledger" --org lantern-works
rollbook members --data "$work/ledger" --org lantern-works --as-of 2020-06-01
rollbook teams --data "$work/ledger" --org lantern-works --as-of 2020-06-01
rollbook diff --data "$work/ledger" --org lantern-works --from 2020-06-01 --to 2024-12-31
rollbook history --data "$work/ledger" --org lantern-works --member tallow-finch

rollbook verify --data "$work/ledger"
rollbook export --data "$work/ledger" --org lantern-works --format ndjson --output "$work/works.ndjson"
rollbook_verify "$work/works.ndjson"

# A name is altered in the export: it is found, and the entry is named.
sed 's/"value":"tallow-finch"/"value":"yellow-finch"/' "$work/works.ndjson" > "$work/altered.ndjson"
printf '\nWith one name altered:\n'
if rollbook_verify "$work/altered.ndjson"; then
    echo "the alteration was not found" >&2
    exit 1
fi

#!/bin/sh
# Copies what a data directory cannot be built again without, also while a server has it open:
#
#   backup.sh DATA COPY KEYRING
#
# COPY becomes a new directory with the format and the journal, KEYRING a new file with the keyring.
# Keep the two apart, and the keyring's copies for a short time only: each opens again what is erased
# after it was made. Exits 0 when both are there and durable. What was acknowledged before it was
# started is in the copy; docs/OPERATIONS.md says how to prove that, and why nothing else is copied.
set -eu
umask 077
[ $# -eq 3 ] || { echo "usage: backup.sh DATA COPY KEYRING" >&2; exit 2; }
data=$1 copy=$2 keyring=$3
[ -f "$data/FORMAT" ] || { echo "$data is not a data directory: it has no file FORMAT" >&2; exit 2; }
for new in "$copy" "$keyring"; do
    [ ! -e "$new" ] || { echo "$new is there already: a copy is never written over another" >&2; exit 2; }
done
mkdir -p "$copy/journal"
cp "$data/FORMAT" "$copy/FORMAT"
# In the order in which they were written. All but the last stand still; the zeros that the last one
# ends with take no room.
for segment in "$data"/journal/*.segment; do
    cp --sparse=always "$segment" "$copy/journal/"
done
# Last, so that what was erased meanwhile is not in it.
cp "$data/keyring" "$keyring"
sync "$copy"/journal/*.segment "$copy/journal" "$copy/FORMAT" "$copy" "$keyring"

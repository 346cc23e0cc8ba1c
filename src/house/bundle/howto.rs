//! What is told to whoever opens a bundle and has none of our programs.

use super::form::Manifest;

/// The text of `HOWTO.txt`.
pub(super) fn text(manifest: &Manifest) -> String {
    let Manifest { log, org, origin, org_origin, org_size, size, from, to, .. } = manifest;
    format!(
        "This folder holds the history of the organization {org} in the ledger
{log}, org_seq {from} to {to} (of {org_size}; the ledger had {size} entries).

With our programs:   rollbook-verify BUNDLE --policy POLICY
                     verify.html in a browser, offline
Without them, whatever you hold the keys for. Get keys and policy from
somebody you trust, never from whoever gave you this folder:

1. Files as named:      b3sum and sha256sum over each, against manifest.json
2. The statements:      org/checkpoint and global/checkpoint are C2SP signed
                        notes of the logs
                          {org_origin}
                          {origin}
                        any C2SP note verifier checks them with the log's vkey
3. The tree:            org/ is a C2SP tlog-tiles log; RFC 6962 tools lead from
                        its entries to the root in org/checkpoint
4. In the ledger:       global/proofs/*.tlog-proof are C2SP tlog-proofs
5. Since you last saw:  consistency/*.req can be sent to any C2SP witness
                        that knows the size before the dash
6. Chain of entries:    b3sum --derive-key 'rollbook 2026-11 entry v1' FILE
                        over an entry's exact bytes is org_prev of the next
7. When:                openssl ts -verify -data TEXT -in timestamps/NAME.tsr
                        TEXT is the first three lines of global/checkpoint

What each part means is written in docs/BUNDLE.md and events/README.md of
Rollbook; that is all that is needed to write a verifier.
"
    )
}

"""Checks what a ledger published with other people's packages: tracekit-ai and pymerkle.

    proofs.py FOLDER

FOLDER holds `vkey`, `checkpoint`, `old-checkpoint`, `proof` (C2SP tlog-proof), `consistency` (C2SP add-checkpoint) and
`entries/0`, `entries/1`, … Exits 0 when all of it holds, 1 when any of it does not, saying what.
"""

import base64
import pathlib
import sys

import pymerkle
from tracekit import merkle
from tracekit.format.checkpoint import NoteError, open_note


def fail(what):
    print(what)
    sys.exit(1)


def hashes(lines):
    return [base64.b64decode(line, validate=True) for line in lines]


folder = pathlib.Path(sys.argv[1])
vkey = (folder / "vkey").read_text().strip()


def opened(note):
    try:
        return open_note(note, [vkey])
    except NoteError as error:
        fail(f"tracekit: the checkpoint: {error}")


note = (folder / "checkpoint").read_text()
_, size, root, _ = opened(note)
_, old, old_root, _ = opened((folder / "old-checkpoint").read_text())

head, _, proven = (folder / "proof").read_text().partition("\n\n")
first, index, *path = head.split("\n")
if first != "c2sp.org/tlog-proof@v1" or proven != note:
    fail("the proof is of another form or checkpoint")
index = int(index.removeprefix("index "))
entry = (folder / "entries" / str(index)).read_bytes()
if not merkle.verify_inclusion(index, size, merkle.leaf_hash(entry), hashes(path), root):
    fail("tracekit: the entry is not in the log")

head, _, continued = (folder / "consistency").read_text().partition("\n\n")
known, *path = head.split("\n")
if known != f"old {old}" or continued != note:
    fail("the request is of another size or checkpoint")
if not merkle.verify_consistency(old, size, old_root, root, hashes(path)):
    fail("tracekit: the log does not continue the old one")

tree = pymerkle.InmemoryTree(algorithm="sha256")
for place in range(size):
    tree.append_entry((folder / "entries" / str(place)).read_bytes())
if tree.get_state(size) != root or tree.get_state(old) != old_root:
    fail("pymerkle: the entries have another root")
print(f"entry {index} of {size}, behind {old}")

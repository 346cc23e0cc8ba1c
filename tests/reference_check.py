"""A second verifier, written from events/README.md alone: no line of it comes from Rollbook's code.

    reference_check.py EVENTS             checks EVENTS/reference.ndjson and EVENTS/reference/*
    reference_check.py EVENTS EXPORT...   checks exports

Needs Python 3.9 and `pip install blake3`. Prints a line for each finding and one for each file; exits
with 0 when nothing is wrong, 1 otherwise. Section numbers are those of the README.
"""

import base64
import hashlib
import json
import re
import sys
import unicodedata
from datetime import datetime
from pathlib import Path

from blake3 import blake3

ENTRY_LIMIT_BYTES = 8192
NESTING_LIMIT = 16
INTEGER_LIMIT = 1 << 53


class Fault(Exception):
    """Something is wrong with the bytes at hand."""


def demand(condition, fault):
    if not condition:
        raise Fault(fault)


# § "Write a verifier from this": hashes


def derive(context, data):
    return base64.b64encode(blake3(data, derive_key_context=context).digest()).decode()


def prefixed(*parts):
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def chain_hash(line):
    return derive("rollbook 2026-11 entry v1", line)


def genesis(log):
    return derive("rollbook 2026-11 genesis v1", prefixed(log.encode()))


def org_genesis(log, org):
    return derive("rollbook 2026-11 org genesis v1", prefixed(log.encode(), org.encode()))


def commitment(log, seq, field, salt, value):
    parts = prefixed(log.encode(), seq.to_bytes(8, "big"), field.encode(), salt, value.encode())
    return derive("rollbook 2026-11 field v1", parts)


def read_hash(text):
    demand(isinstance(text, str), "a hash is a text")
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Fault(f"{text!r} is no base64") from None
    demand(len(raw) == 32 and base64.b64encode(raw).decode() == text, f"{text!r} is no hash")
    return raw


# § 1: bytes


def canonical(line):
    """Reads one canonical JSON value, and demands that it is written exactly so."""

    def refuse(what):
        raise Fault(f"{what} is not canonical")

    def integer(digits):
        number = int(digits)
        demand(0 <= number < INTEGER_LIMIT, f"{digits} is out of range")
        return number

    try:
        text = line.decode("utf-8")
        value = json.loads(text, parse_int=integer, parse_float=refuse, parse_constant=refuse)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Fault(f"not JSON: {error}") from None
    check_form(value, 0)
    again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    demand(again.encode("utf-8", "surrogatepass") == line, "not the canonical spelling")
    return value


def check_form(value, depth):
    demand(depth <= NESTING_LIMIT, "nested too deep")
    demand(value is not None, "null is never written")
    if isinstance(value, str):
        demand(unicodedata.is_normalized("NFC", value), f"{value!r} is not in normal form C")
    elif isinstance(value, list):
        for item in value:
            check_form(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            demand(key.isascii(), f"the key {key!r} is not ASCII")
            check_form(item, depth + 1)


# JSON Schema, as far as the schemas of the folder use it


class Schemas:
    """The schemas of the folder, by file name."""

    def __init__(self, folder):
        self.folder = folder
        self.read = {}

    def has(self, name):
        return (self.folder / name).is_file()

    def file(self, name):
        if name not in self.read:
            self.read[name] = json.loads((self.folder / name).read_text("utf-8"))
        return self.read[name]

    def check(self, value, name, where="", schema=None):
        schema = self.file(name) if schema is None else schema
        if "$ref" in schema:
            file, _, definition = schema["$ref"].partition("#/$defs/")
            there = file or name
            self.check(value, there, where, self.file(there)["$defs"][definition])
        if "anyOf" in schema:
            fits = any(self.fits(value, name, form) for form in schema["anyOf"])
            demand(fits, f"{where} fits no form")
        if "const" in schema:
            same = value == schema["const"] and type(value) is type(schema["const"])
            demand(same, f"{where} is not {schema['const']!r}")
        if "enum" in schema:
            demand(value in schema["enum"], f"{where} cannot be {value!r}")
        kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
        if "type" in schema:
            fits = isinstance(value, kinds[schema["type"]])
            fits = fits and (schema["type"] == "boolean" or not isinstance(value, bool))
            demand(fits, f"{where} is not of type {schema['type']}")
        if isinstance(value, dict):
            self.check_object(value, name, where, schema)
        elif isinstance(value, list):
            self.check_list(value, name, where, schema)
        elif isinstance(value, str):
            check_text(value, where, schema)
        elif isinstance(value, int):
            least, most = schema.get("minimum", value), schema.get("maximum", value)
            demand(least <= value <= most, f"{where} is out of range")

    def fits(self, value, name, schema):
        try:
            self.check(value, name, "", schema)
        except Fault:
            return False
        return True

    def check_object(self, value, name, where, schema):
        properties = schema.get("properties", {})
        for key in schema.get("required", []):
            demand(key in value, f"{where}/{key} is missing")
        for key, item in value.items():
            if key in properties:
                self.check(item, name, f"{where}/{key}", properties[key])
            else:
                demand(schema.get("additionalProperties", True), f"unknown field {where}/{key}")

    def check_list(self, value, name, where, schema):
        fewest, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
        demand(fewest <= len(value) <= most, f"{where} has {len(value)} elements")
        if schema.get("uniqueItems"):
            # § 1, beyond the schemas: every such list ascends by its bytes.
            written = [item.encode() for item in value if isinstance(item, str)]
            demand(written == sorted(set(written)), f"{where} does not ascend, each once")
        for item in value:
            self.check(item, name, where, schema.get("items", {}))


def check_text(value, where, schema):
    fewest, most = schema.get("minLength", 0), schema.get("maxLength", len(value))
    demand(fewest <= len(value) <= most, f"{where} has {len(value)} characters")
    if "pattern" in schema:
        # `$` is the end of the text in JSON Schema; in Python a line feed may follow it.
        pattern = re.sub(r"\$$", r"\\Z", schema["pattern"])
        demand(re.search(pattern, value), f"{where} cannot be {value!r}")
    if schema.get("format") == "date-time":
        try:
            datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ")
        except ValueError:
            raise Fault(f"{where} {value!r} is no moment") from None


def subjects(entry):
    kind, data = entry["type"], entry["data"]
    if kind == "OrganizationHeadsCommitted":
        found = []
    elif kind.startswith("Organization") or kind in ("ExportCreated", "CheckpointKeyRotated", "LedgerRestored"):
        found = [entry["org"]]
    elif kind == "InvitationAccepted":
        found = [data["invitation"], data["user"]]
    elif kind.startswith("Invitation"):
        found = [data["invitation"]]
    elif kind.startswith("Token"):
        holder = data["holder"].removeprefix("user:")
        found = [entry["org"] if holder == data["holder"] else holder]
    elif kind == "PersonalDataErased":
        own = [entry["org"]] if "reason" in data or "organization" in data else []
        found = [*data.get("invitations", []), *own, *([data["user"]] if "user" in data else [])]
    elif kind == "SuperAdminTransferred":
        found = [data["from"], data["to"]]
    else:
        found = [data["user"]] if "user" in data else []
    return sorted(set(found))


def sealed_fields(data, pointer=""):
    """JSON pointer → (commitment, owner)."""
    found = {}
    for key, value in data.items():
        if isinstance(value, dict):
            if set(value) == {"commit", "of"}:
                found[f"{pointer}/{key}"] = (value["commit"], value["of"])
            else:
                found.update(sealed_fields(value, f"{pointer}/{key}"))
    return found


def read_entry(line, schemas):
    demand(len(line) <= ENTRY_LIMIT_BYTES, "longer than an entry can be")
    entry = canonical(line)
    schemas.check(entry, "entry.v1.schema.json")
    data_schema = f"{entry['type']}.v{entry['tv']}.schema.json"
    demand(schemas.has(data_schema), f"{data_schema} is not there: unknown type or version")
    schemas.check(entry["data"], data_schema, "/data")
    demand(entry["subjects"] == subjects(entry), "the subjects are others")
    occurred = entry.get("occurred", entry["time"])
    demand(occurred <= entry["time"], "it occurred after it was recorded")
    for field, (_, owner) in sealed_fields(entry["data"]).items():
        demand(owner in [entry["org"], *entry["subjects"]], f"{field} belongs to somebody else")
    return entry


# § 3: sealed values


def check_disclosure(disclosure, entry):
    demand(isinstance(disclosure, dict), "a disclosure is an object")
    demand(set(disclosure) == {"field", "of", "salt", "seq", "value"}, "other fields")
    demand(disclosure["seq"] == entry["seq"], "it does not stand behind its entry")
    field = disclosure["field"]
    sealed = sealed_fields(entry["data"])
    demand(isinstance(field, str) and field in sealed, f"nothing is sealed at {field}")
    commit, owner = sealed[field]
    demand(disclosure["of"] == owner, f"{field} belongs to {owner}")
    demand(isinstance(disclosure["value"], str), "a value is a text")
    salt = read_hash(disclosure["salt"])
    opened = commitment(entry["log"], entry["seq"], field, salt, disclosure["value"])
    demand(opened == commit, f"{field} is not what was committed to")


class Owners:
    """Whose values are committed to, and which of them are DISCLOSED, ERASED or WITHHELD."""

    def __init__(self):
        self.commits, self.disclosed, self.erased = [], {}, set()

    def take(self, entry):
        """The faults of an entry's sealed fields; an erasure then covers those before it, too."""
        org, data, faults = entry["org"], entry["data"], []
        for field, (_, owner) in sealed_fields(data).items():
            self.commits.append((org, owner))
            if (org, owner) in self.erased:
                faults.append(f"{field} is sealed for {owner}, who was erased before")
        if entry["type"] == "PersonalDataErased":
            covered = [*data.get("invitations", []), *([data["user"]] if "user" in data else [])]
            covered += [org] if "organization" in data else []
            self.erased.update((org, owner) for owner in covered)
        return faults

    def disclose(self, entry, disclosure):
        owner = (entry["org"], disclosure["of"])
        self.disclosed[owner] = self.disclosed.get(owner, 0) + 1

    def end(self):
        """Who was erased and is disclosed; how many fields are in each of the three states."""
        both = sorted(owner for (_, owner) in self.erased & set(self.disclosed))
        opened = sum(self.disclosed.values())
        erased = sum(owner in self.erased for owner in self.commits)
        erased -= sum(self.disclosed.get(owner, 0) for owner in self.erased)
        withheld = len(self.commits) - opened - erased
        return both, f"{opened} values disclosed, {erased} erased, {withheld} withheld"


# § 4: trees


def leaf_of(line):
    return hashlib.sha256(b"\0" + line).digest()


def root_of(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


# § 2: links


class Links:
    """What the next entry must name."""

    def __init__(self, log):
        self.log = log
        self.seq, self.hash, self.time = -1, genesis(log), ""
        self.orgs = {}

    def check(self, entry, whole):
        """All faults of an entry; `whole` is false when only one organization's entries are there."""
        org = entry["org"]
        org_seq, org_prev, effective = self.orgs.get(org, (0, org_genesis(self.log, org), ""))
        takes_effect = entry.get("occurred", entry["time"])
        neighbours = entry["seq"] == self.seq + 1
        in_place = neighbours if whole else entry["seq"] > self.seq
        checks = [
            (entry["log"] == self.log, "it belongs to another ledger"),
            (in_place, f"seq does not follow {self.seq}"),
            (not neighbours or entry["prev"] == self.hash, "prev is another"),
            (entry["time"] > self.time, f"time is not after {self.time}"),
            (entry["org_seq"] == org_seq, f"org_seq is not {org_seq}"),
            (entry["org_prev"] == org_prev, "org_prev is another"),
            (takes_effect >= effective, f"it took effect before {effective}"),
        ]
        return [fault for holds, fault in checks if not holds]

    def take(self, entry, line):
        self.seq, self.hash, self.time = entry["seq"], chain_hash(line), entry["time"]
        takes_effect = entry.get("occurred", entry["time"])
        self.orgs[entry["org"]] = (entry["org_seq"] + 1, self.hash, takes_effect)


# Files


class File:
    """One file being checked."""

    def __init__(self, path):
        self.path, self.findings = path, 0

    def find(self, line, seq, fault):
        self.findings += 1
        where = f"line {line}" if seq is None else f"line {line} (seq {seq})"
        print(f"{self.path}: {where}: {fault}")

    def lines(self):
        *lines, rest = self.path.read_bytes().split(b"\n")
        if rest:
            self.find(len(lines) + 1, None, "the line is not ended")
            lines.append(rest)
        return enumerate(lines, 1)

    def end(self, said):
        print(f"{self.path.name}: {said}, {self.findings or 'no'} findings")
        return self.findings


def check_ledger(path, schemas):
    """§ "The reference ledger"."""
    file, links, leaves, org_leaves, owners = File(path), None, [], {}, Owners()
    for number, raw in file.lines():
        seq = None
        try:
            line = canonical(raw)
            fields = {"bytes", "chain_hash", "disclosures", "leaf", "org_root", "root"}
            demand(set(line) == fields, "other fields")
            stored = line["bytes"].encode()
            entry = read_entry(stored, schemas)
            seq = entry["seq"]
            links = links or Links(entry["log"])
            for fault in links.check(entry, whole=True):
                file.find(number, seq, fault)
            links.take(entry, stored)
            leaf = leaf_of(stored)
            leaves.append(leaf)
            org_leaves.setdefault(entry["org"], []).append(leaf)
            demand(line["chain_hash"] == links.hash, "the chain hash is another")
            demand(read_hash(line["leaf"]) == leaf, "the leaf is another")
            demand(read_hash(line["root"]) == root_of(leaves), "the root is another")
            org_root = root_of(org_leaves[entry["org"]])
            demand(read_hash(line["org_root"]) == org_root, "the organization's root is another")
            for fault in owners.take(entry):
                file.find(number, seq, fault)
            for disclosure in line["disclosures"]:
                check_disclosure(dict(disclosure, seq=seq), entry)
                owners.disclose(entry, disclosure)
            fields = [disclosure["field"] for disclosure in line["disclosures"]]
            demand(fields == sorted(set(fields)), "disclosures are double or out of order")
        except Fault as fault:
            file.find(number, seq, fault)
    disclosed_all_the_same, counts = owners.end()
    for owner in disclosed_all_the_same:
        file.find(len(leaves), None, f"{owner} was erased, and a value of theirs is disclosed")
    if not counts.endswith(" 0 withheld"):
        file.find(len(leaves), None, f"disclosures are missing: {counts}")
    return file.end(f"{len(leaves)} entries, {counts}")


def check_export(path, schemas):
    """§ 5."""
    file, header, links, entries, owners = File(path), None, None, 0, Owners()
    head, entry, last_field, number = None, None, "", 0
    for number, raw in file.lines():
        seq = None
        try:
            if number == 1:
                header = read_header(raw)
                links = Links(header["log"])
                head = org_genesis(header["log"], header["org"])
            elif raw.startswith(b'{"disclosure":'):
                seq = entry and entry["seq"]
                line = canonical(raw)
                demand(isinstance(line, dict) and set(line) == {"disclosure"}, "other fields")
                demand(entry is not None, "it stands behind no entry")
                check_disclosure(line["disclosure"], entry)
                demand(line["disclosure"]["field"] > last_field, "out of order or double")
                last_field = line["disclosure"]["field"]
                owners.disclose(entry, line["disclosure"])
            else:
                entries += 1
                head, entry, last_field = chain_hash(raw), None, ""
                entry = read_entry(raw, schemas)
                seq = entry["seq"]
                demand(header is not None, "there is no header")
                demand(entry["org"] == header["org"], "it belongs to another organization")
                for fault in links.check(entry, whole=False):
                    file.find(number, seq, fault)
                links.take(entry, raw)
                for fault in owners.take(entry):
                    file.find(number, seq, fault)
        except Fault as fault:
            file.find(number, seq, fault)
    if header is None:
        file.find(number, None, "there is no header")
    else:
        if header["org_size"] != entries:
            file.find(number, None, f"the header says {header['org_size']} entries")
        if header["head"] != head:
            file.find(number, None, "the header names another head")
    disclosed_all_the_same, counts = owners.end()
    for owner in disclosed_all_the_same:
        file.find(number, None, f"{owner} was erased, and a value of theirs is disclosed")
    return file.end(f"{entries} entries, {counts}")


def read_header(raw):
    line = canonical(raw)
    demand(isinstance(line, dict) and set(line) == {"export"}, "the first line is no header")
    header = line["export"]
    fields = {"format", "head", "log", "org", "org_size"}
    demand(isinstance(header, dict) and set(header) == fields, "the header has other fields")
    demand(header["format"] == 1 and header["format"] is not True, "another format")
    read_hash(header["head"])
    texts = isinstance(header["log"], str) and isinstance(header["org"], str)
    demand(texts and isinstance(header["org_size"], int), "the header has other values")
    return header


def main(arguments):
    if not arguments:
        sys.exit(__doc__)
    folder, *exports = map(Path, arguments)
    schemas = Schemas(folder)
    findings = 0
    if not exports:
        findings += check_ledger(folder / "reference.ndjson", schemas)
        exports = sorted((folder / "reference").iterdir())
        demand(exports, "no exports stand beside the reference ledger")
    for path in exports:
        findings += check_export(path, schemas)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

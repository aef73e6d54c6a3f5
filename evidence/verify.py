"""Checks an evidence pack on any machine: `python verify.py pack.zip`. Python 3.8 or later, standard library only.

Prints `OK, n records` (exit code 0), or what was altered first and what was expected there (1); 2 when there is nothing
to check. docs/evidence.md says how a pack is made, and how far that proves anything."""

from __future__ import annotations

import hashlib
import json
import mmap
import struct
import sys
import zlib
from datetime import date, datetime
from typing import Any

FORMAT, CONTEXT = "cadencia-evidence/2", b"cadencia evidence 1\0"
LOCAL, CENTRAL, END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
UTF8, DAY_1980, UNIX, FILE, FILES, MAX_LINE, MAX_SEAL = 0x800, 0x21, 0x314, 0o100644 << 16, 5000, 1 << 24, 1 << 28
HEAD, EPOCH, DAY_0, ALWAYS = struct.Struct(">QqIQ"), 946684800, 730120, "0001-01-01"  # 2000-01-01 in seconds, in days
IDS = "debts address creditor household workplace account"
KEYS = f"n at tenant kind subject attempt event_at event_attr {IDS} key previous digest salt proof seal"
KEPT = "n at tenant kind subject attempt event_at event_attr debts address creditor seal payload"  # once checked
BROKEN = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, struct.error)
WORDS = {"parties": (7, 7), "places": (10, 7), "actors": (13, 15), "purposes": (17, 3)}  # shift, mask in event_attr
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # of Ed25519, RFC 8032
D = -121665 * pow(121666, P - 2, P) % P


class Altered(Exception):  # noqa: N818 - it is what the pack is
    """Where the pack is not as it was sealed, and what was expected there."""


def canonical(value: Any) -> bytes:
    """The one way in which a pack writes a value as JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def headers(name: str, crc: int, size: int, at: int) -> tuple[bytes, bytes]:
    """What stands before a file of a zip, and its line in the directory at the end."""
    common, raw = (20, UTF8, 0, 0, DAY_1980, crc, size, size, len(name)), name.encode("latin-1")
    return LOCAL.pack(b"PK\3\4", *common, 0) + raw, CENTRAL.pack(b"PK\1\2", UNIX, *common, 0, 0, 0, 0, FILE, at) + raw


def ending(lines: list[bytes], at: int) -> bytes:
    """The directory that stands at byte `at`."""
    return b"".join(lines) + END.pack(b"PK\5\6", 0, 0, len(lines), len(lines), sum(map(len, lines)), at, 0)


def unzip(data: Any) -> tuple[dict[str, tuple[int, int]], list[str]]:
    """(file -> its start and end, files whose checksum is wrong). Nothing is unpacked and each byte has one value that
    it may have: there is no room for bombs, paths out of the folder, two files of one name, or anything hidden."""
    lines, spans, wrong, at = [], {}, [], 0  # type: ignore[var-annotated]
    while data[at : at + 4] == b"PK\3\4" and len(lines) < FILES:
        *_, crc, size, _, length, _ = LOCAL.unpack(data[at : at + LOCAL.size].ljust(LOCAL.size, b"\0"))
        start = at + LOCAL.size + length
        name = data[at + LOCAL.size : start].decode("latin-1")
        header, line = headers(name, crc, size, at)
        if data[at:start] != header or name in spans:
            raise Altered(f"{name!r}: its header in the zip was altered, at byte {at}; was the pack packed anew?")
        spans[name] = start, (at := start + size)
        lines.append(line)
        wrong += [name] if at > len(data) or zlib.crc32(memoryview(data)[start:at]) != crc else []
    if data[at : at + len(data)] != ending(lines, at):
        raise Altered(f"zip: altered after {[*spans][-1:]}, byte {at} or later: a directory of {len(lines)} expected")
    return spans, wrong


def signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) is that of the public `key` (32 bytes) on `message`; one of BROKEN if none."""

    def add(one: Any, two: Any) -> Any:
        a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
        c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
        e, f, g, h = b - a, d - c, d + c, b + a
        return e * f % P, g * h % P, f * g % P, e * h % P

    def times(factor: int, point: Any) -> Any:
        half = times(factor >> 1, add(point, point)) if factor else (0, 1, 1, 0)
        return add(half, point) if factor & 1 else half

    def point_of(data: bytes) -> Any:
        y, odd = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
        square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
        for x in (pow(square, (P + 3) // 8, P) * root % P for root in (1, pow(2, (P - 1) // 4, P))):
            if (x * x - square) % P == 0 and y < P and (x or not odd) and len(data) == 32:
                x = P - x if x & 1 != odd else x
                return x, y, 1, x * y % P

    a, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = times(s, point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))), add(r, times(hashed, a))
    same = all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))
    return same and len(signature) == 64 and s < ORDER and times(8, a)[0] != 0  # a key of small order signs anything


def root_of(record: Any, since: int, n: int) -> str:
    """The root of a tree over entries `since` to `n`, of which this record, as store/entry.py lays it out, is one."""
    text = bytes.fromhex(record["previous"]) + HEAD.pack(*[record[one] for one in "n at event_at event_attr".split()])
    texts = [record[name].encode() for name in ("tenant", "kind", "attempt", "key")]
    for part in (*texts[:2], bytes.fromhex(record["subject"]), *texts[2:]):
        text += len(part).to_bytes(4, "big") + part
    debts, address, creditor, *wider = [record[name] for name in IDS.split()]
    for ids in [(*debts, address, creditor), wider][: 1 + any(wider)]:  # the second only where one is stated
        text += len(ids).to_bytes(4, "big") + b"".join(one.to_bytes(8, "big") for one in ids)
    at, last, chain = record["n"] - since, n - since, hashlib.sha256(text + bytes.fromhex(record["digest"])).digest()
    found = hashlib.sha256(b"\0" + chain).digest()
    if not 0 <= at <= last or len(record["proof"]) > 64:
        raise ValueError
    for step in map(bytes.fromhex, record["proof"]):
        left = at & 1 or at == last
        found = hashlib.sha256(b"\1" + (step + found if left else found + step)).digest()
        while left and at and not at & 1:
            at, last = at >> 1, last >> 1
        at, last = at >> 1, last >> 1
    return found.hex() if last == 0 else ""


def read_record(line: bytes, seals: list[Any]) -> Any:
    """One line as a dictionary; `payload` is None if it is not there. Altered says what does not fit."""
    head, _, tail = line.partition(b',"payload":')
    try:
        record, payload = json.loads(head + b"}"), tail[:-1]
        written = json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()
        if written != head + b"}" or " ".join(record) != KEYS or tail[-1:] != b"}":
            raise ValueError
        first = next((i for i, one in enumerate(seals) if one.get("since", 1) <= record["n"] <= one["n"]), None)
        salt, digest, seal = bytes.fromhex(record["salt"]), bytes.fromhex(record["digest"]), seals[record["seal"]]
        root = root_of(record, seal.get("since", 1), seal["n"]) if record["seal"] == first else ""
        if (payload, salt) != (b"null", b"") and hashlib.sha256(salt + payload).digest() != digest:
            raise Altered(f"its payload or salt was altered: SHA-256 {digest.hex()} expected")
        told = json.loads(payload)
        book = {"decision": {"rulebook": (told.get("decision") or {}).get("rulebook")}} if told else told
        record["payload"] = told if record["kind"] in ("reserved", "sealed") else book
    except BROKEN:
        raise Altered("cut off, or not written as a record of a pack is") from None
    if root != seal["root"]:
        raise Altered(f"its plain part, digest or proof was altered: the root {seal['root']} expected")
    return {name: record[name] for name in KEPT.split()}


def read_records(data: Any, file: str, span: Any, seal: Any) -> tuple[list[Any], Any]:
    """The records of a file, and (number, text) of the first that is wrong, or None."""
    out, (at, end) = [], span  # type: ignore[var-annotated]
    for line, n in enumerate(seal["records"][file], 1):
        stop = data.find(b"\n", at, min(end, at + MAX_LINE))
        try:
            record = read_record(data[at:stop] if stop >= 0 else b"", seal["seals"])
            if record["n"] != n:
                raise Altered(f"record {record['n']} stands here: one was left out, put in, doubled or moved")
        except Altered as problem:
            return out, (n, f"{file} line {line} (record {n}): {problem}")
        out.append(record)
        at = stop + 1
    return out, None if at == end else (sys.maxsize, f"{file} line {len(out) + 1}: a record that was put in")


def window_start(cap: Any, at: int, spans: Any) -> int:
    """When the window of a cap begins; `spans` are (from when, seconds ahead of UTC) of a zone. Seconds since 2000."""
    if cap["unit"] in ("seconds", "lifetime"):
        return at - cap["n"] + 1 if cap["unit"] == "seconds" else 0
    day = date.fromordinal((at + [offset for start, offset in spans if start <= at][-1]) // 86400 + DAY_0)
    back = {"civil_days": cap["n"] - 1, "week": day.weekday(), "month": day.day - 1}[cap["unit"]]
    midnight = (day.toordinal() - back - DAY_0) * 86400
    ends = [*(start for start, _ in spans[1:]), sys.maxsize]
    return min(max(span[0], midnight - span[1]) for span, end in zip(spans, ends) if midnight - span[1] < end)  # noqa: B905


def counts(cap: Any, tried: Any, debt: int, event: Any) -> bool:
    """Whether a rule counts this event of an attempt, for the contact `tried` about `debt`; 0 is not stated."""
    attr, same, other = event["event_attr"], cap["same"], ((2, "creditor"), (4, "address"))
    channel, kind, inbound = attr & 7, attr >> 3 & 15, attr >> 19 & 1
    sent = kind == 1 and 2 <= channel <= 5 and cap["kinds"] >> 6 & 1  # a written message counts as delivered
    return bool(
        kind != 15 and (kind == 0 or sent or cap["kinds"] >> kind & 1)  # void counts as nothing, pending as everything
        and cap["channels"] >> channel & 1 and not (cap["other_channels"] and channel == tried["event_attr"] & 7)
        and cap["direction"] in (2, inbound) and not (cap["skip_consented"] and attr >> 20 & 1)
        and all(cap[word] >> (attr >> shift & mask) & 1 for word, (shift, mask) in WORDS.items())
        and (not same & 1 or not debt or not event["debts"] or debt in event["debts"])
        and all(not same & bit or not tried[what] or event[what] in (0, tried[what]) for bit, what in other)
    )  # fmt: skip


def recount(records: list[Any], books: Any) -> list[int]:
    """[counters of reservations that were counted again and agree, those that could not be]; Altered if one differs."""
    persons, tally = {}, [0, 0]  # type: ignore[var-annotated]
    for record in records:
        events = persons.setdefault(record["subject"], {})  # of a consortium several tenants have the same person
        payload = record["payload"] or {}
        told = payload.get("counters") or {} if record["kind"] == "reserved" else {}
        seen = {"before": list(events.values()) if told else (), "after": events.values()}
        if record["event_at"]:
            events[record["attempt"] or record["n"]] = record
        for state, one in [(when, one) for when in seen for one in told.get(when, ())]:
            try:
                decision, book = payload["decision"], books[payload["decision"]["rulebook"]]
                debts = [payload["query"].get("debt"), *payload.get("debts", ())]
                debt = record["debts"][debts.index(one["debt"])] if one.get("debt") else 0
                cap = book["caps"][one["rule"]][payload["versions"].get(one["rule"], ALWAYS)]
                at = int(datetime.fromisoformat(decision["at"].replace("Z", "+00:00")).timestamp()) - EPOCH
                found = [event for event in seen[state] if counts(cap, record, debt, event)]
                starts = [window_start(cap, at, book["zones"][cap["clock"] or zone]) for zone in decision["zones"]]
                used = max(len({e["attempt"] or e["n"] for e in found if e["event_at"] >= start}) for start in starts)
            except BROKEN:
                tally[1] += 1
                continue
            if used != one["used"]:
                both = f"recorded as {one['used']} used {state}, the attempts of this pack give {used}"
                raise Altered(f"record {record['n']}: {one['rule']}: {both}; was one left out?")
            tally[0] += 1
    return tally


def read_seal(text: bytes) -> Any:
    """seal.json with its signatures checked."""
    try:
        seal = json.loads(text)
        whole = canonical(seal) + b"\n" == text and seal["format"] == FORMAT and len(text) < MAX_SEAL
        whole &= seal["seals"] == sorted(seal["seals"], key=lambda one: (one["n"], "since" in one))
        for one in (*seal["seals"], seal):
            body = {name: value for name, value in one.items() if name != "signature"}
            if "key" in one or "signature" in one:
                whole &= signed(bytes.fromhex(one["key"]), CONTEXT + canonical(body), bytes.fromhex(one["signature"]))
    except BROKEN:
        whole = False
    if not whole:
        raise Altered(f"seal.json: altered: not written as a seal of {FORMAT} is, or a signature does not fit its key")
    return seal


def check_rules(books: Any, seal: Any, records: list[Any]) -> None:
    """The rulebooks' hashes, that every rule file is one of theirs, and that no decision was made under another."""
    for name, book in books.items():
        files = sorted((path.encode(), bytes.fromhex(sha)) for path, sha in book["files"].items())
        total = hashlib.sha256(b"".join(len(a).to_bytes(8, "big") + a + (32).to_bytes(8, "big") + b for a, b in files))
        parts = (hashlib.sha256(part.encode()).digest() for part in (total.hexdigest(), book["zone_version"]))
        if name != "sha256:" + hashlib.sha256(b"".join(parts) + bytes.fromhex(book["tables"])).hexdigest():
            raise Altered(f"rulebooks.json: {name}: its files, zone data and tables do not give that hash")
    for file, sha in seal["files"].items():
        if file.endswith(".yaml") and not any(sha in book["files"].values() for book in books.values()):
            raise Altered(f"{file}: of none of the rulebooks that decided")
    for record in records:
        used = ((record["payload"] or {}).get("decision") or {}).get("rulebook")
        if used and used not in books and used not in seal["rulebooks_missing"]:
            raise Altered(f"record {record['n']}: decided under {used}, which is not in rulebooks.json")


def verify(data: Any) -> list[str]:
    """The lines to print of a pack that is as it was sealed; Altered, or one of BROKEN, otherwise."""
    spans, wrong = unzip(data)
    if "seal.json" in wrong or "seal.json" not in spans:
        raise Altered("seal.json: missing, or its checksum is wrong")
    seal = read_seal(data[slice(*spans["seal.json"])])
    read = {file: read_records(data, file, spans.get(file, (0, 0)), seal) for file in seal["records"]}
    for _, fault in sorted(fault for _, fault in read.values() if fault):
        raise Altered(fault)
    for file in sorted({*spans, *seal["files"]} - {"seal.json"}):
        sha = seal["files"].get(file)
        if file not in spans or file in wrong or hashlib.sha256(data[slice(*spans[file])]).hexdigest() != sha:
            raise Altered(f"{file}: altered, missing or put in: SHA-256 {sha} expected")
    records = sorted((one for found, _ in read.values() for one in found), key=lambda one: one["n"])
    told = {one["n"]: one["payload"] for one in records if one["kind"] == "sealed"}
    proven = [(one, [row["n"] for row in records if row["seal"] == i]) for i, one in enumerate(seal["seals"])]
    for one, rows in proven:
        if not rows or ("since" in one and told.get(one["n"] + 1) != one):
            raise Altered(f"seal.json: the seal at entry {one['n']} is not the ledger's, or proves no record here")
    times = (seal[name] for name in ("from", "from" if seal["attempts"] else "to"))  # attempts ask for no time
    since, until = (datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp() for time in times)
    for one in read["before.ndjson"][0]:  # what it withholds counts, and was not asked for
        if not one["event_at"] or (one["tenant"] == seal["tenant"] and since <= one["at"] / 1e6 < until):
            raise Altered(f"record {one['n']}: before.ndjson withholds its payload, which was asked for")
    gone = {(one["tenant"], one["subject"]): one["n"] for one in records if one["kind"] == "erased"}
    bare = [one for f, (rows, _) in read.items() if f != "before.ndjson" for one in rows if one["payload"] is None]
    for one in (one for one in bare if gone.get((one["tenant"], one["subject"]), 0) < one["n"]):
        raise Altered(f"record {one['n']}: its payload is gone, and no later record says that it was erased")
    check_rules(books := json.loads(data[slice(*spans["rulebooks.json"])]), seal, records)
    return [
        f"OK, {len(records)} records",
        f"{len(bare)} of them erased: what is left of each is its place and its digest",
        "{} counters counted again; {} not: a rule with more to it, or no rule file".format(*recount(records, books)),
        *(f"the rulebook {name} is not in this pack" for name in seal["rulebooks_missing"]),
        *(f"{n[0]} to {n[-1]} sealed at entry {s['n']}, root {s['root']}, key {s.get('key')}" for s, n in proven),
        f"signed by {seal['key']}" if "key" in seal else "not signed: compare the root with one that you hold",
    ]


def main(arguments: list[str]) -> int:
    try:
        with open("".join(arguments[:1]), "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            out, code = verify(data), 0
    except OSError as problem:
        out, code = [f"usage: python verify.py pack.zip; it cannot be read: {problem}"], 2
    except (Altered, *BROKEN) as problem:
        out, code = [f"ALTERED {problem if isinstance(problem, Altered) else 'not written as a pack is'}"], 1
    sys.stdout.write("".join(ascii(line)[1:-1] + "\n" for line in out))  # no text of a pack looks like a line
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

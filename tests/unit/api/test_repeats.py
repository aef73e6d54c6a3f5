"""Fields that come twice: the fast scan and the standard library must agree."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.api.repeats import repeated, repeated_slowly

KEYS = st.sampled_from(["a", "b", "é", "a\\", '"', "{", "a:", ""])
VALUES = st.recursive(
    st.one_of(st.none(), st.integers(), st.sampled_from(['"', "\\", '{"a":1,"a":2}', "a", ":"])),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.lists(st.tuples(KEYS, inner), max_size=4).map(tuple)),
    max_leaves=12,
)


def text(value: object, space: str) -> str:
    """JSON in which a tuple of pairs is an object, fields as often as they come."""
    if isinstance(value, tuple):
        pairs = (f"{json.dumps(key, ensure_ascii=False)}{space}:{text(of, space)}" for key, of in value)
        return "{" + f",{space}".join(pairs) + space + "}"
    if isinstance(value, list):
        return "[" + ",".join(text(one, space) for one in value) + "]"
    return json.dumps(value)


@given(VALUES, st.sampled_from(["", " ", "\n\t"]))
def test_the_scan_agrees_with_the_library(value: object, space: str) -> None:
    raw = text(value, space).encode()
    assert repeated(raw) == repeated_slowly(raw)


@given(st.binary(max_size=200))
def test_any_bytes_are_looked_through(raw: bytes) -> None:
    assert repeated(raw) in (True, False) if _is_json(raw) else True


def _is_json(raw: bytes) -> bool:
    try:
        json.loads(raw)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("raw", "twice"),
    [
        (b"", False), (b"{}", False), (b'{"a":1,"a":2}', True), (b'{"a":{"a":1}}', False),
        (b'[{"a":1},{"a":1}]', False),
        (b'{"a":1,"\\u0061":2}', True), (b'{"a":"\\"a\\":1","b":1}', False), (b'{"a":[],"b":{},"a":0}', True),
    ],
)  # fmt: skip
def test_what_counts_as_twice(raw: bytes, twice: bool) -> None:
    assert repeated(raw) is twice


def test_depth_and_number_are_bounded() -> None:
    deep = b'{"a":' * 70 + b"1" + b"}" * 70
    many = json.dumps({str(n): n for n in range(600)}).encode()
    assert not repeated(deep) and not repeated(many)
    assert repeated(many[:-1] + b',"7":1}')
    assert repeated(b"[" * 200_000 + b"]" * 200_000)

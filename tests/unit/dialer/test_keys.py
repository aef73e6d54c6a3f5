"""A key that was used is never taken for a new one."""

from __future__ import annotations

import pytest

from cadencia.dialer.keys import Keys


def test_what_was_added_may_be_there_and_hardly_anything_else() -> None:
    keys = Keys()
    for n in range(2_000):
        keys.add("t", f"k{n}")
    assert all(keys.may_have("t", f"k{n}") for n in range(2_000))
    assert sum(keys.may_have("u", f"k{n}") for n in range(2_000)) == 0
    again = Keys(keys.frozen())
    assert again.may_have("t", "k7") and not again.may_have("tk", "7")
    with pytest.raises(ValueError, match="bytes"):
        Keys(b"")

"""Text that is shown moves nothing and hides nothing, and stays what it was where it can be read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cadencia.rules.visible import visible


@given(st.text())
def test_whatever_is_shown_can_be_printed_and_read_back(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    if text.isprintable():
        assert shown == text


def test_what_would_steer_a_terminal_is_shown_as_its_number() -> None:
    assert visible("a\x1b[2Jñ\n\u202e\U000e0001") == r"a\x1b[2Jñ\n\u202e\U000e0001"

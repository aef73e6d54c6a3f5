"""Free text of a law file cannot break a page."""

from __future__ import annotations

import pytest

from cadencia.pages.markdown import plain, table


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a | b", r"a \| b"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("[x](javascript:y)", r"\[x\](javascript:y)"),
        ("*bold* `code` \\", r"\*bold\* \`code\` " + "\\\\"),
        ("enter consent_time _now_", r"enter consent_time \_now\_"),
        ("two\n  lines", "two lines"),
        ("R&D", "R&amp;D"),
    ],
)
def test_marks_stay_text(text: str, safe: str) -> None:
    assert plain(text) == safe


def test_a_table_has_a_line_under_its_heads() -> None:
    assert list(table(["a", "b"], [["1", "2"]])) == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]

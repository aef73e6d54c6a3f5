"""Text from elsewhere as it may stand in a message: nothing in it moves a cursor, breaks a line or hides."""

from __future__ import annotations


def visible(text: str) -> str:
    """The text with every character that cannot be printed as its number: \\x1b, \\u202a, \\U000e0001."""
    return text if text.isprintable() else "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)

"""What a reader sees of a text that is written in markup or in escapes: tags and comments gone, `&eacute;`, `%C3%A9`
and `\\u00e9` as the letter, words parted at a line's end joined, a run that is shown backwards turned round.

It gives one reading more; the text as written is still read. Every place is traced back to the text as written, and the
time is proportional to its length."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import unescape
from itertools import accumulate

from cadencia.rules.script_text import Traced

#: Signs that show letters in another order than they are written in. Spanish, English and Portuguese need none.
REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")

_MOST_LAYERS = 3  # `&amp;eacute;` is two
_COMMENT = re.compile(r"<!--[\s\S]*?-->")
_WRITTEN = re.compile(
    r"(?P<link>(?:https?://|www\.)\S{3,200})"  # a percent sign belongs to it
    r"|(?P<tag></?[A-Za-z][^<>]*>)"
    r"|(?P<entity>&(?:\#\d{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?)"
    r"|(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<escape>\\(?:u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}))"
    r"|(?P<hyphen>(?<=[^\W\d_])[-\u2010\u2011\u00ac\u00ad]+[ \t]*\n\s*(?=[^\W\d_]))"
    r"|(?P<backwards>\u202e[^\u202c\n]*\u202c?)",
    re.VERBOSE,
)
_TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_PARTING = frozenset("p br div li ul ol td th tr table h1 h2 h3 h4 h5 h6 hr section article blockquote pre".split())
_WITHIN = frozenset("a abbr b bdi bdo big center code del em font i img ins mark q s small span strike strong sub sup "
                    "tt u wbr html body head style".split())  # fmt: skip
#: (offset in the match, character, characters of the match that it stands for)
_Piece = tuple[int, str, int]


def decoded(text: str) -> Traced | None:
    """The text as it is shown; None where that is the text as written."""
    found = Traced(text)
    for _ in range(_MOST_LAYERS):
        before = found
        stop = found.text.rfind("-->") + 3  # behind it no comment ends, and none is looked for
        if stop > 3:
            found = _replaced(found, _COMMENT.finditer(found.text, 0, stop), lambda match: [])
        found = _replaced(found, _WRITTEN.finditer(found.text), _shown)
        if found.text == before.text:
            break
    return None if found.text == text else found


def _replaced(
    traced: Traced, matches: Iterable[re.Match[str]], shown: Callable[[re.Match[str]], list[_Piece] | None]
) -> Traced:
    """With each match as `shown` says; None: as it stands."""
    pieces: list[str] = []
    origins: list[int] = []
    wide = dict(traced.wide)
    done = 0
    for match in matches:
        kept = shown(match)
        if kept is None:
            continue
        pieces.append(traced.text[done : match.start()])
        origins += traced.origins_of(done, match.start())
        for offset, char, width in kept:
            start, last = match.start() + offset, match.start() + offset + width - 1
            pieces.append(char)
            origins.append(traced.origin(start))
            wide[origins[-1]] = max(traced.end(last) - origins[-1], 1)
        done = match.end()
    if not done:
        return traced
    pieces.append(traced.text[done:])
    origins += traced.origins_of(done, len(traced.text))
    return Traced("".join(pieces), origins, wide)


def _shown(match: re.Match[str]) -> list[_Piece] | None:
    kind = match.lastgroup
    return None if kind is None or kind == "link" else _KINDS[kind](match)


def _tag(match: re.Match[str]) -> list[_Piece] | None:
    name = _TAG_NAME.match(match.group())
    tag = name.group(1).lower() if name else ""
    if tag in _PARTING:
        return [(0, " ", len(match.group()))]
    return [] if tag in _WITHIN or _between_letters(match) else None  # else it is a placeholder, or no tag


def _between_letters(match: re.Match[str]) -> bool:
    start, end = match.span()
    before, behind = match.string[max(start - 1, 0) : start], match.string[end : end + 1]
    return (before.isalpha() or before == ">") and (behind.isalpha() or behind == "<")


def _entity(match: re.Match[str]) -> list[_Piece] | None:
    char = unescape(match.group())
    return None if char == match.group() else _one(char, match)


def _one(chars: str, match: re.Match[str]) -> list[_Piece]:
    """What stands for the whole match; half of a surrogate pair is nothing."""
    return [(0, char, len(match.group())) for char in chars if not "\ud800" <= char <= "\udfff"]


def _percent(match: re.Match[str]) -> list[_Piece] | None:
    try:
        chars = bytes.fromhex(match.group().replace("%", "")).decode()
    except UnicodeDecodeError:
        return None
    widths = [3 * len(char.encode()) for char in chars]
    return list(zip(accumulate(widths, initial=0), chars, widths, strict=False))


def _escape(match: re.Match[str]) -> list[_Piece] | None:
    code = int(match.group()[2:].strip("{}"), 16)
    return _one(chr(code), match) if code < 0x110000 else None


def _hyphen(match: re.Match[str]) -> list[_Piece]:
    return []


def _backwards(match: re.Match[str]) -> list[_Piece]:
    pairs = reversed(list(enumerate(match.group())))
    return [(offset, char, 1) for offset, char in pairs if char not in "\u202e\u202c"]


_KINDS: dict[str, Callable[[re.Match[str]], list[_Piece] | None]] = {
    "tag": _tag, "entity": _entity, "percent": _percent, "escape": _escape, "hyphen": _hyphen, "backwards": _backwards,
}  # fmt: skip

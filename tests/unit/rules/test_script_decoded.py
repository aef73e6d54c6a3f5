"""A text as it is shown: markup, escapes, line ends and runs shown backwards undone, and traced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.rules.script_bans import open_finder
from cadencia.rules.script_decoded import decoded
from cadencia.rules.script_text import folded, readings

PLAIN = "llamaremos a su jefe"
SMALL = str.maketrans("abegilmrsuj", "ᴀʙᴇɢɪʟᴍʀsᴜᴊ")


def by_word(mark: str, text: str = PLAIN) -> str:
    return " ".join(mark.join(word) for word in text.split())


def alphabet(first: int) -> str:
    return "".join(chr(first + ord(char) - ord("a")) if char.isalpha() else char for char in PLAIN)


DISGUISED = [
    "llamar&eacute; a su jefe", "llamar&#233; a su jefe", "llamar&#xE9; a su jefe", "llamar&amp;eacute; a su jefe",
    "".join(f"&#{ord(char)};" for char in PLAIN), by_word("<b></b>"), by_word("<!-- -->"), by_word("<x></x>"),
    "<p>llamaremos&nbsp;a&nbsp;su&nbsp;jefe</p>", "".join(f"%{ord(char):02x}" for char in PLAIN),
    "".join(f"\\u{ord(char):04x}" for char in PLAIN), "llama-\nremos a su je-\r\n fe".replace("\r", ""),
    "l.l.a.m.a.r.e.m.o.s a s.u j.e.f.e", "l.l.a.m.a.r.e.m.o.s a su j.e.f.e", by_word("|"), by_word("*"), by_word("/"),
    by_word("'"), by_word("🔥"), by_word("-"), "".join(f"({char})" if char.isalpha() else char for char in PLAIN),
    PLAIN.translate(SMALL), alphabet(0x1F1E6), alphabet(0x1F130), alphabet(0x1F170), alphabet(0x1F150),
    PLAIN.translate(str.maketrans("age", "ɑɡҽ")), PLAIN.replace("j", "ȷ"),
    PLAIN.upper().translate(str.maketrans("AEM", "ᎪᎬᎷ")), "\u202e" + PLAIN[::-1] + "\u202c",
    "\u3164".join(PLAIN), "\u2800".join(PLAIN), PLAIN.replace(" ", "\u2800"),
    "y " + "\u2800".join(PLAIN),
]  # fmt: skip


@pytest.mark.parametrize("text", DISGUISED)
def test_a_disguised_threat_is_found_where_it_is_written(text: str) -> None:
    written = f"Buenos días. Si no paga {text}. Gracias."
    found = [one for one in open_finder("es").offences(written) if one.ban == "third-party-pressure"]
    assert len(found) == 1
    start, end = found[0].start, found[0].end
    assert "Buenos" not in written[start:end]
    assert "Gracias" not in written[start:end]
    assert end - start >= len(text) * 0.8


@pytest.mark.parametrize(
    "text",
    [
        "Pague el 50%de su saldo en https://a.co/?t=llamaremos%20a%20su%20jefe o en <enlace>.",
        "Opciones: a) contado, b) 2 cuotas, c) 3 cuotas, d) 6 cuotas.",
        "Saldo &lt; $200.000 &amp; sin recargo. Sr. {nombre}, <monto> en %(dias)s d&iacute;as.",
        "Consulte C:\\users y el art. 5-\n7 de la ley.",
    ],
)
def test_a_lawful_text_stays_clean(text: str) -> None:
    assert open_finder("es").offences(text) == []


def test_a_text_that_is_shown_as_it_is_written_has_no_other_version() -> None:
    assert decoded("Pague {monto} a <empresa>: 50% y R&D, a < b.") is None


def test_the_place_of_a_word_that_ends_with_an_entity_is_whole() -> None:
    text = "ya llamar&eacute; hoy"
    shown = decoded(text)
    assert shown is not None
    for reading in readings(folded(shown)):
        start = reading.text.index("llamare")
        first, last = reading.place(start, start + len("llamare"))
        assert text[first:last] == "llamar&eacute;"


@given(st.text(alphabet="ab&;#x1<>b/!-%6c\\u0\n\u202e\u202c .", max_size=60))
def test_every_word_of_every_reading_has_a_place_in_the_text(text: str) -> None:
    shown = decoded(text)
    if shown is None:
        return
    assert shown.origins is not None
    assert len(shown.origins) == len(shown.text)
    for reading in readings(folded(shown)):
        start = 0
        for word in reading.text.split():
            start = reading.text.index(word, start)
            if word != "|":
                first, last = reading.place(start, start + len(word))
                assert 0 <= first < last <= len(text)
            start += len(word)

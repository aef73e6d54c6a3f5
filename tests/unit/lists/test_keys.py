"""Equal texts have equal keys and no others do; a name that comes twice is found wherever it came first."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from cadencia.lists.keys import SeenBefore, text_keys


@given(st.lists(st.one_of(st.none(), st.text(max_size=20))))
def test_keys_are_equal_exactly_where_texts_are(texts: list[str | None]):
    texts = [text and unicodedata.normalize("NFC", text) for text in texts]
    keys = text_keys(pa.array(texts, pa.string()))
    assert len({*zip(texts, keys.tolist(), strict=True)}) == len({*texts}) == len({*keys.tolist()})
    assert all((key == 0) == (text is None) for text, key in zip(texts, keys.tolist(), strict=True))


def test_a_slice_has_the_keys_of_its_own_texts():
    whole = pa.array(["alpha", "a text longer than eight bytes", "", "beta"])
    assert text_keys(whole.slice(1, 2)).tolist() == text_keys(pa.array(whole.to_pylist()[1:3])).tolist()


def test_texts_that_differ_only_in_a_late_byte_differ():
    texts = [f"{'x' * 64}{i}" for i in range(1000)] + [f"L{i:07d}" for i in range(100_000)]
    assert len(np.unique(text_keys(pa.array(texts)))) == len(texts)


@given(st.lists(st.lists(st.integers(1, 30), max_size=15), max_size=8))
def test_the_first_line_of_each_key_is_remembered(chunks: list[list[int]]):
    seen, first, line = SeenBefore(), {}, 0
    for chunk in chunks:
        lines = np.arange(line + 1, line + 1 + len(chunk))
        expected = []
        for key, at in zip(chunk, lines.tolist(), strict=True):
            expected.append(first.get(key, 0))
            first.setdefault(key, at)
        assert seen.first_lines(np.array(chunk, np.uint64), lines).tolist() == expected
        line += len(chunk)


def test_an_accent_is_the_same_however_it_is_written():
    composed, apart, plain = text_keys(pa.array(["José", "Jose\u0301", "Jose"])).tolist()
    assert composed == apart != plain

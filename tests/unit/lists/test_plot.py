"""The plot is a readable file, the same for the same report."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from cadencia.lists import ListError, ScreenReport, Settings, screen_file
from cadencia.lists.phrases import phrase
from cadencia.lists.plot import write_plot


@pytest.fixture
def report(tmp_path: Path, engine, at) -> ScreenReport:
    rows = [f"L{i},+{'573001234567' if i % 2 else '34600123456'},{'opt_out' if i % 3 else ''}\n" for i in range(30)]
    (tmp_path / "list.csv").write_text("ref,phone,facts\n" + "".join(rows))
    (tmp_path / "past.csv").write_text("person,at,channel,kind\nL3,2026-05-18T08:00-05:00,call,busy\n")
    files = [str(tmp_path / name) for name in ("list.csv", "out.csv", "past.csv")]
    return screen_file(engine, *files[:2], Settings(at=at), history=files[2])


def test_an_svg_names_its_groups_and_zone(report, tmp_path: Path):
    write_plot(report, str(tmp_path / "a.svg"), language="es")
    write_plot(report, str(tmp_path / "b.svg"), language="es")
    text = (tmp_path / "a.svg").read_text()
    assert all(f"<!-- {label} -->" in text for label in ("CO", "ES", "hora (UTC-05:00)", "Contactos"))
    assert text == (tmp_path / "b.svg").read_text()


def test_by_reason_shows_the_rules_that_open_and_what_is_open_now(report, tmp_path: Path):
    write_plot(report, str(tmp_path / "a.svg"), by="reason")
    text = (tmp_path / "a.svg").read_text()
    assert "<!-- now -->" in text and "<!-- CO.law.cap -->" in text and "optout" not in text


def test_a_png_is_a_png(report, tmp_path: Path):
    write_plot(report, str(tmp_path / "a.PNG"))
    assert (tmp_path / "a.PNG").read_bytes().startswith(b"\x89PNG")


def test_other_names_and_places_are_refused(report, tmp_path: Path):
    with pytest.raises(ListError, match=r"a plot is written as \.png or \.svg"):
        write_plot(report, "curve.gif")
    with pytest.raises(ListError, match="cannot be written"):
        write_plot(report, str(tmp_path / "none" / "a.svg"))


def test_a_small_list_is_counted_in_whole_contacts(tmp_path: Path, engine, at):
    (tmp_path / "list.csv").write_text("ref,phone\nL1,+573001234567\n")
    found = screen_file(engine, str(tmp_path / "list.csv"), str(tmp_path / "out.csv"), Settings(at=at))
    write_plot(found, str(tmp_path / "a.svg"))
    labels = re.findall(r"<!-- (\d+) -->", (tmp_path / "a.svg").read_text())
    assert labels == sorted(set(labels)) and {"0", "1"} <= set(labels)


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_a_title_fits_over_the_axes(report, tmp_path: Path, language: str):
    write_plot(report, str(tmp_path / "a.svg"), language=language)
    title = phrase("curve_title", language)
    lines = [text for text in re.findall(r"<!-- (.*?) -->", (tmp_path / "a.svg").read_text()) if text in title]
    told = [text for text in lines if len(text) > 10]
    assert " ".join(told) == title and max(map(len, told)) <= 60


def test_an_area_too_thin_to_be_seen_is_not_in_the_legend(report, tmp_path: Path):
    curve = report.tally.curve
    for groups in (curve.by_country, curve.by_reason):
        curve.add(groups, "US", np.full(100_000, 3))
    for by in ("country", "reason"):
        write_plot(report, str(tmp_path / "a.svg"), by=by)
        text = (tmp_path / "a.svg").read_text()
        assert "<!-- US -->" in text and "others" not in text and "CO.law.cap" not in text and "<!-- ES -->" not in text

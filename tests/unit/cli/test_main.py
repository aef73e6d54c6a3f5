"""The command line as a whole: its version, and mistakes that are told in one line."""

from __future__ import annotations

import pytest

import cadencia
from cadencia.cli import main


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["--version"])
    assert (raised.value.code, capsys.readouterr().out) == (0, f"cadencia {cadencia.__version__}\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["decide", "--lang", "fr"], "cadencia decide: argument --lang: invalid choice: 'fr'"),
        (["dials"], "cadencia: argument COMMAND: invalid choice: 'dials'"),
        ([], "cadencia: the following arguments are required: COMMAND; see: cadencia --help"),
    ],
)
def test_a_mistake_is_one_line(capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    with pytest.raises(SystemExit) as raised:
        main(words)
    said = capsys.readouterr().err
    assert raised.value.code == 2
    assert said.startswith(told)
    assert said.count("\n") == 1

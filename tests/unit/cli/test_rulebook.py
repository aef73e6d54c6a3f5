"""Every command that decides says the same of law that it cannot decide by."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadencia.cli import main
from cadencia.cli.rulebook import RulebookError, opened_rulebook

AT = ("--at", "2026-05-19T10:00-05:00")
COMMANDS = {
    "decide": ("decide", "--phone", "+573001234567", *AT),
    "cases": ("cases", "{text}"),
    "dial": ("dial", "abandonment", "{text}", "--jurisdiction", "CO", *AT),
    "scripts": ("scripts", "check", "{text}", "--jurisdiction", "CO", "--lang", "es", "--channel", "sms"),
    "screen": ("screen", "{text}", "-o", "{out}", *AT),
    "ledger": ("ledger", "reserve", "--ledger", "{out}", "--secret", "{secret}", "--tenant", "t", "--person", "p",
               "--phone", "+573001234567", "--key", "k"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--root", "{nowhere}"), "nowhere: no such folder; name the one that holds the jurisdiction files"),
        (("--policy", "bold"), "--policy: there is no policy bold; write one of"),
        (("--root", "{bad}"), "the rule files have mistakes; run: cadencia rules check"),
    ],
    ids=["no folder", "no policy", "mistakes"],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_the_same_words_everywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, options: tuple[str, ...], told: str
) -> None:
    places = {name: tmp_path / name for name in ("text", "out", "secret", "nowhere", "bad")}
    places["text"].write_text("hola\n")
    places["secret"].write_text("00" * 32)
    (places["bad"] / "co").mkdir(parents=True)
    (places["bad"] / "co" / "law.yaml").write_text("jurisdiction: CO\n")
    words = [word.format(**places) for word in (*COMMANDS[command], *options)]
    assert main(words) == 2
    assert told in " ".join(capsys.readouterr().err.split())


def test_a_folder_of_law_is_opened() -> None:
    with pytest.raises(RulebookError, match="--root nowhere"):
        opened_rulebook("nowhere")
    assert "CO" in opened_rulebook(None).jurisdictions

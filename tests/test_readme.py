"""Every example of README.md does what it says.

`console` blocks are typed and their output compared; `…` stands for any text within a line, and alone on a line for any
lines. A command that ends otherwise than with 0 says so in its last line, `(exit code 3)`. `pycon` blocks are doctests.
`yaml` blocks stand in a jurisdiction file word for word. `sh` blocks are commands of the checkout; their words exist.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

README = Path(__file__).resolve().parent.parent / "README.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT_CODE = re.compile(r"^\(exit code (\d+)\)$")


class Block(NamedTuple):
    line: int
    text: str


def blocks(language: str) -> list[Block]:
    """The fenced blocks of README in a language, each with its first line's number."""
    text = README.read_text(encoding="utf-8")
    found = (match for match in FENCE.finditer(text) if match[1] == language)
    return [Block(text.count("\n", 0, match.start(2)) + 1, match[2]) for match in found]


def label(block: Block) -> str:
    return f"line-{block.line}"


def steps(block: str) -> list[tuple[str, str, int]]:
    """(command, output, exit code) of a console block. A trailing backslash continues a command."""
    found = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.replace("\\\n", "").partition("\n")
        lines = output.rstrip("\n").split("\n")
        stated = EXIT_CODE.match(lines[-1])
        kept = lines[:-1] if stated else lines
        found.append((command, "\n".join(kept), int(stated[1]) if stated else 0))
    return found


def pattern(output: str) -> re.Pattern[str]:
    """What the output must match in full."""
    lines = []
    for line in output.split("\n"):
        if line.strip() == "…":
            lines.append(r"(?:.*\n)*?")
        else:
            lines.append(".*?".join(re.escape(part.rstrip()) for part in line.split("…")) + r"[ ]*\n")
    return re.compile("".join(lines))


@pytest.fixture
def desk(root: Path, tmp_path: Path) -> Path:
    """A folder like a checkout's, in which examples may write."""
    for name in ("examples", "jurisdictions", "Makefile"):
        (tmp_path / name).symlink_to(root / name)
    (tmp_path / "out").mkdir()
    return tmp_path


@pytest.mark.parametrize("block", blocks("console"), ids=label)
def test_a_console_block_says_what_happens(block: Block, desk: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command, output, code in steps(block.text):
        done = subprocess.run(
            ["bash", "-c", command], cwd=desk, env={**os.environ, "PATH": path, "COLUMNS": "120", "NO_COLOR": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == code, f"{command}\n{done.stdout}"
        said = done.stdout.rstrip("\n") + "\n"
        assert pattern(output).fullmatch(said), f"README.md:{block.line} {command}\nwanted:\n{output}\ngot:\n{said}"


def test_the_python_blocks_say_what_happens(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    # one after the other in one session, as a reader would type them
    session = "\n".join(block.text for block in blocks("pycon"))
    test = doctest.DocTestParser().get_doctest(session, {}, "README", str(README), 0)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=said.append)
    assert test.examples
    assert said == []


@pytest.mark.parametrize("block", blocks("yaml"), ids=label)
def test_a_rule_block_stands_in_a_jurisdiction_file(block: Block, root: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (root / "jurisdictions").rglob("*.yaml")]
    assert any(block.text in text for text in texts)


def test_the_words_of_make_exist(root: Path) -> None:
    said = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(block.text for block in blocks("sh"))))
    assert {"run", "test"} <= said
    for word in said:
        done = subprocess.run(["make", "-n", word], cwd=root, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_links_lead_somewhere(root: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (root / link).exists()] == []


def test_there_are_examples_of_every_sort() -> None:
    assert min(len(blocks(language)) for language in ("console", "pycon", "yaml", "sh")) >= 1


@pytest.mark.parametrize(
    ("output", "said", "fits"),
    [
        ("a … c", "a b c\n", True),
        ("a … c", "a b d\n", False),
        ("first\n…\nlast", "first\nx\ny\nlast\n", True),
        ("first\n…\nlast", "first\nlast\n", True),
        ("first\nlast", "first\nx\nlast\n", False),
        ("100% (a|b)", "100% (a|b)\n", True),
    ],
)
def test_the_comparison_itself(output: str, said: str, fits: bool) -> None:
    assert (pattern(output).fullmatch(said) is not None) == fits


def test_a_block_is_cut_into_steps() -> None:
    assert steps("$ a \\\n  b\nx\n(exit code 3)\n$ c\ny\n") == [("a   b", "x", 3), ("c", "y", 0)]


def test_the_program_on_the_page_of_the_ledger_runs(tmp_path: Path) -> None:
    page = (README.parent / "docs" / "ledger.md").read_text(encoding="utf-8")
    program = page.partition("```python\n")[2].partition("```")[0]
    (tmp_path / "secret.hex").write_text("5a" * 32)
    command = [sys.executable, "-P", "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    moments = [line.split()[2] for line in done.stdout.splitlines() if "+00:00 " in line]
    assert moments[:2] == ["fact", "fact"] and {"decided", "reserved"} & set(moments[2:])

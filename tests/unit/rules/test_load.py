"""Each bad file produces exactly the messages in its first lines; good files load; hostile text never raises."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadencia.rules.lint import lint
from cadencia.rules.load import Loaded, load_holidays_text, load_text, load_tree
from cadencia.rules.model import (
    ChannelLock,
    ContactWindow,
    CoolingOff,
    Dialing,
    FrequencyCap,
    JurisdictionFile,
    Rule,
    Separation,
    Window,
)
from cadencia.rules.policy import with_policies
from cadencia.rules.yaml_reader import MAX_BYTES, MAX_DEPTH, MAX_MISTAKES, MAX_VALUES

FILES = Path(__file__).resolve().parents[2] / "rulefiles"
GOOD = sorted((FILES / "good").glob("*.yaml"))
BAD = sorted((FILES / "bad").glob("*.yaml"))
EXPECT = "# expect: "
TODAY = date(2026, 11, 21)


def problems_of(text: str, name: str) -> list[str]:
    """What reading, and if that passes lint, says of one file; without the path, warnings marked."""
    if name.startswith("child-"):
        path = f"co/{name}.yaml"
        parent, _ = load_text((FILES / "good" / "parent.yaml").read_text("utf-8"), "co/parent.yaml")
        file, problems = load_text(text, path)
        if file is not None and parent is not None:
            problems = lint(Loaded((parent, file), {}, [], {path: text}), today=TODAY)
    elif name.startswith("policy-"):
        file_of_policy = FILES / "bad" / f"{name}.yaml"
        path = file_of_policy.as_posix()
        parent, _ = load_text((FILES / "good" / "parent.yaml").read_text("utf-8"), "co/parent.yaml")
        assert parent is not None
        problems = with_policies(Loaded((parent,), {}, [], {}), FILES, [file_of_policy]).problems
    elif name.startswith("holidays-"):
        path = f"holidays/{name}.yaml"
        calendar, problems = load_holidays_text(text, path)
        if calendar is not None:
            problems = lint(Loaded((), {name: calendar}, [], {path: text}), today=TODAY)
    else:
        path = f"co/{name}.yaml"
        file, problems = load_text(text, path)
        if file is not None:
            problems = lint(Loaded((file,), {}, [], {path: text}), today=TODAY)
    marks = {"error": "", "warning": "(warning) "}
    return [marks[problem.severity] + str(problem).removeprefix(f"{path}:") for problem in problems]


def load_good(text: str) -> JurisdictionFile:
    file, problems = load_text(text, "co/law.yaml")
    assert not problems
    assert file is not None
    return file


def rule_of(body: str) -> Rule:
    """The one rule of a file made around `body`, the lines of a rule."""
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    text = (
        'jurisdiction: "CO"\ntitle: "Law"\ntimezone: person\nholidays: none\nversions:\n  - from: "2023-10-10"\n'
        f"    applies_to: {{channels: [call, sms], actors: [creditor]}}\n"
        f'    rules:\n      a-rule:\n{lines}        cite: "Law, art. 1"\n'
    )
    return load_good(text).versions[0].rules[0]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_gives_exactly_its_messages(path: Path) -> None:
    text = path.read_bytes().decode()
    expected = [line.removeprefix(EXPECT) for line in text.split("\n") if line.startswith(EXPECT)]
    assert expected
    assert problems_of(text, path.stem) == expected


@pytest.mark.parametrize("path", [path for path in GOOD if "holidays-" not in path.stem], ids=lambda path: path.stem)
def test_a_good_file_has_no_problem(path: Path) -> None:
    calendar, none = load_holidays_text((FILES / "good" / "holidays-co.yaml").read_text("utf-8"), "holidays/co.yaml")
    assert calendar is not None and none == []
    file = load_good(path.read_text("utf-8"))
    named = JurisdictionFile(**{**{f: getattr(file, f) for f in file.__struct_fields__}, "path": f"co/{path.name}"})
    unused = [] if file.holidays else ["holidays/co.yaml"]
    assert [problem.path for problem in lint(Loaded((named,), {"co": calendar}, [], {}))] == unused


def test_a_version_is_read_as_written() -> None:
    file = load_good((FILES / "good" / "every-kind.yaml").read_text("utf-8"))
    version = file.versions[0]
    assert (version.from_, version.until, version.known_since) == (date(2023, 10, 10), None, date(2023, 7, 10))
    assert (version.reviewed_by, version.reviewed_on) == ("A. Counsel", date(2026, 11, 21))
    assert len({rule.kind for rule in version.rules}) == 12
    hours = version.rules[0].body
    assert isinstance(hours, ContactWindow)
    assert (hours.thu, hours.fri) == (((420, 1140),), ((420, 720), (840, 1140)))
    assert (hours.sat, hours.sun, hours.holiday) == (((480, 1440),), (), ())
    dialing = version.rules[-1].body
    assert isinstance(dialing, Dialing) and dialing.abandonment is not None
    assert dialing.abandonment.at_most == pytest.approx(0.025)
    assert version.rules[0].reading == "A text over two lines."


def test_a_test_is_read_as_written() -> None:
    tests = load_good((FILES / "good" / "every-kind.yaml").read_text("utf-8")).versions[0].tests
    assert tests[3].after[1] == "Thu 2026-03-05 09:30 call conversation inbound"
    assert tests[9].facts == ("hold", "not consent_visit")
    assert tests[11].dates == {"notice_sent": "2026-03-05"}
    assert tests[12].numbers == {"amount_due": 99.9, "instalments_overdue": 2.0}
    assert tests[13].caller_id == "+576001000"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("day", Window(unit="civil_days", n=1)),
        ("7 civil days", Window(unit="civil_days", n=7)),
        ('"1 civil day"', Window(unit="civil_days", n=1)),
        ("2 clear days", Window(unit="civil_days", n=3)),
        ('"24 hours"', Window(unit="seconds", n=86_400)),
        ("30 minutes", Window(unit="seconds", n=1800)),
        ("week", Window(unit="week")),
        ("month", Window(unit="month")),
        ("5 business days", Window(unit="business_days", n=5)),
        ("lifetime", Window(unit="lifetime")),
        ("{week: undefined}", Window(unit="civil_days", n=7, undefined_week=True)),
    ],
)
def test_windows(written: str, read: Window) -> None:
    cap = rule_of(f"frequency_cap: {{at_most: 1, count: placed, per: {written}}}").body
    gap = rule_of(f"separation: {{at_least: {written}, count: placed}}").body
    pause = rule_of(f"cooling_off: {{after: refusal, lasts: {written}}}").body
    lock = rule_of(f"channel_lock: {{after: placed, lasts: {written}}}").body
    assert isinstance(cap, FrequencyCap) and isinstance(gap, Separation)
    assert isinstance(pause, CoolingOff) and isinstance(lock, ChannelLock)
    assert [cap.per, gap.at_least, pause.lasts, lock.lasts] == [read] * 4


def test_a_rule_has_the_selectors_of_its_version_unless_it_names_its_own() -> None:
    common = rule_of("consent: {requires: [prior_consent]}")
    assert (common.channels, common.actors) == (("call", "sms"), ("creditor",))
    assert common.purposes == ("collections", "servicing")
    own = rule_of("consent: {requires: [prior_consent]}\nchannels: [visit]\npurposes: [marketing]")
    assert (own.channels, own.actors, own.purposes) == (("visit",), ("creditor",), ("marketing",))


def test_windows_line_ends_are_read_and_counted() -> None:
    text = (FILES / "bad" / "channel-voice.yaml").read_text("utf-8")
    assert problems_of(text.replace("\n", "\r\n"), "channel-voice") == problems_of(text, "channel-voice")


def test_limits_are_refused_in_bounded_time() -> None:
    over = load_text("a" * (MAX_BYTES + 1), "co/x.yaml")[1]
    assert [f"over the limit of {MAX_BYTES}" in problem.message for problem in over] == [True]
    deep = load_text("[" * (MAX_BYTES - 1), "co/x.yaml")[1]
    assert [f"limit of {MAX_DEPTH}" in problem.message for problem in deep] == [True]
    many = load_text("- a\n" * (MAX_VALUES + 1), "co/x.yaml")[1]
    assert [f"limit of {MAX_VALUES}" in problem.message for problem in many] == [True]
    keys = load_text("".join(f"k{i}: 1\n" for i in range(MAX_MISTAKES * 2)), "co/x.yaml")[1]
    assert len(keys) == MAX_MISTAKES + 1
    assert any(f"more than {MAX_MISTAKES} mistakes" in problem.message for problem in keys)


GOOD_TEXTS = [path.read_text("utf-8") for path in GOOD]
SNIPPETS = [
    "\t", "&a", "*a", "!x", "<<: ", "---\n", "[", "}", '"', "'", ": ", "- ", "\0", "\ud800", "|", "? ", "#", "%", "\\",
    "99999999999999999999", '"\\UFFFFFFFF"',
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A good file with up to four pieces cut out, doubled or replaced."""
    text = draw(st.sampled_from(GOOD_TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 40)))
        middle = draw(st.one_of(st.sampled_from(SNIPPETS), st.text(max_size=6), st.just(text[start:end] * 2)))
        text = text[:start] + middle + text[end:]
    return text


@settings(max_examples=150, deadline=None)
@given(st.one_of(mutated(), st.text(max_size=200), st.text(alphabet="{}[]:,-?&*!|>'\"%@`# \n\tab01", max_size=80)))
def test_hostile_text_gives_problems_or_a_file_never_an_error(text: str) -> None:
    for file, problems in (load_text(text, "co/x.yaml"), load_holidays_text(text, "holidays/x.yaml")):
        assert (file is None) == bool(problems)
        for problem in problems:
            assert str(problem).isprintable()


def write_tree(root: Path, **files: str) -> None:
    """Files named folder__stem, from the text given."""
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


BASE = (FILES / "good" / "versions.yaml").read_text("utf-8")


def of(code: str, extra: str = "") -> str:
    return BASE.replace('jurisdiction: "CO"', f'jurisdiction: "{code}"\n{extra}')


def test_a_tree_is_read_whole_or_with_what_one_folder_needs(tmp_path: Path) -> None:
    needs = of("IE", 'parents: ["EU"]').replace("holidays: none", 'holidays: "ie"')
    calendar = 'country: "IE"\n'
    write_tree(tmp_path, co__law=BASE, ie__code=needs, eu__layer=of("EU"), holidays__ie=calendar, holidays__co=calendar)
    whole = load_tree(tmp_path)
    assert [file.path for file in whole.files] == ["co/law.yaml", "eu/layer.yaml", "ie/code.yaml"]
    assert (sorted(whole.holidays), whole.problems) == (["co", "ie"], [])
    for only in ("ie", "IE", "IE-D", "ie/code.yaml"):
        part = load_tree(tmp_path, only)
        assert sorted(part.texts) == ["eu/layer.yaml", "holidays/ie.yaml", "ie/code.yaml"]
    assert [str(problem) for problem in load_tree(tmp_path, "xx").problems] == [
        "xx:0: there is no folder xx; write one of co, eu, ie"
    ]


def test_the_digest_changes_with_any_text_and_with_nothing_else(tmp_path: Path) -> None:
    write_tree(tmp_path, co__law=BASE, holidays__co='country: "CO"\n')
    first = load_tree(tmp_path).digest
    assert load_tree(tmp_path).digest == first
    write_tree(tmp_path, holidays__co='country: "CO" # 2026\n')
    second = load_tree(tmp_path).digest
    write_tree(tmp_path, co__law=BASE + "\n")
    assert len({first, second, load_tree(tmp_path).digest}) == 3


def test_files_that_are_not_rule_files_are_problems(tmp_path: Path) -> None:
    write_tree(tmp_path, co__law=BASE)
    (tmp_path / "co" / "latin.yaml").write_bytes('title: "a"\nciudad: "Bogotá"\n'.encode("latin-1"))
    (tmp_path / "co" / "big.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    (tmp_path / "co" / "old.yml").write_text(BASE)
    (tmp_path / "co" / "half.yaml").write_text('jurisdiction: "CO"\n')
    loaded = load_tree(tmp_path)
    assert [file.path for file in loaded.files] == ["co/law.yaml"]
    assert loaded.unread == {"co/latin.yaml": "", "co/big.yaml": "", "co/half.yaml": "CO"}
    messages = [str(problem) for problem in loaded.problems]
    assert "co/latin.yaml:2: byte 0xe1 is not UTF-8; save the file as UTF-8" in messages
    assert f"co/big.yaml:1: the file is over the limit of {MAX_BYTES} bytes; split it into one file a law" in messages
    assert "co/old.yml:0: a file that ends in .yml; name it .yaml" in messages

"""Files in memory are read as those in a folder are."""

from __future__ import annotations

from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.load import load_tree
from cadencia.rules.load_texts import Readings, is_law_path


def test_the_shipped_law_in_memory_is_the_shipped_law() -> None:
    loaded = load_tree(jurisdictions_folder())
    found = Readings().load(loaded.texts)
    assert found == loaded
    assert found.digest == loaded.digest


def test_a_text_is_read_once_and_a_changed_one_anew() -> None:
    folder = load_tree(jurisdictions_folder(), only="co")
    readings = Readings()
    first = readings.load(folder.texts)
    again = readings.load({**folder.texts, "co/ley-2300.yaml": folder.texts["co/ley-2300.yaml"] + "\n# seen\n"})
    kept = {file.path: file for file in first.files}
    assert all((kept[file.path] is file) is (file.path != "co/ley-2300.yaml") for file in again.files)


def test_a_file_with_a_mistake_is_not_loaded_and_says_its_line() -> None:
    folder = load_tree(jurisdictions_folder(), only="co")
    broken = folder.texts["co/ley-2300.yaml"].replace('"07:00-19:00"', '"7:00-19:00"', 1)
    found = Readings().load({**folder.texts, "co/ley-2300.yaml": broken})
    assert found.unread == {"co/ley-2300.yaml": "CO"}
    assert [problem.line > 1 for problem in found.problems if problem.path == "co/ley-2300.yaml"] == [True]


def test_only_names_of_law_are_paths_of_law() -> None:
    assert is_law_path("co/ley-2300.yaml") and is_law_path("holidays/br-sp.yaml") and is_law_path("us/ny/city.yaml")
    for path in ("../co/a.yaml", "co/../a.yaml", "/co/a.yaml", "co/A.yaml", "co/a.yml", "policy/dialing.yaml",
                 "translations/es/co.yaml", "co.yaml", "co/a.yaml\n", "holidays/a/b.yaml"):  # fmt: skip
        assert not is_law_path(path), path

"""The wheel and the sdist build, carry what they must, and work in a clean environment away from the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

#: what lies in a checkout and is no part of the source
NOT_SOURCE = shutil.ignore_patterns(
    ".git", ".venv", "build", "dist", "out", "*.so", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis"
)
ROOMS = ("engine", "rules", "cadencia", "jurisdictions", "policy", "store", "dialer", "evidence", "api")


def run(*command: str | Path, cwd: Path, **more: str) -> str:
    """The output of a command that must succeed; its complaint is the test's."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "CADENCIA_DEBUG")}
    done = subprocess.run(command, cwd=cwd, env={**kept, **more}, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def sdist(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that the checkout's own build is not touched."""
    copy = tmp_path_factory.mktemp("source") / "cadencia"
    shutil.copytree(root, copy, ignore=NOT_SOURCE)
    run(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", "dist", cwd=copy)
    (made,) = (copy / "dist").glob("*.tar.gz")
    return made


def test_setup_of_the_debug_build_has_nothing_to_say(root: Path, tmp_path: Path) -> None:
    """A warning at every build hides the one that matters."""
    copy = tmp_path / "cadencia"
    shutil.copytree(root, copy, ignore=NOT_SOURCE)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "setup.py", "-q", "egg_info"],
        cwd=copy, env={**kept, "CADENCIA_DEBUG": "1"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("", "")


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the unpacked sdist alone: what is missing there is missing here."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(unpacked, filter="data")
    (source,) = unpacked.iterdir()
    # how fast the kernel is does not matter here, how long the build takes does
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", cwd=source, CFLAGS="-O0")
    (made,) = (source / "dist").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def clean_venv(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel in an environment of its own. The dependencies are borrowed: they need no second download."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    venv.EnvBuilder(with_pip=True, symlinks=True).create(folder)
    python = folder / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    # the path alone, not site.addsitedir: the .pth files there would bring the editable install along
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def sources(root: Path, room: str, *suffixes: str) -> set[str]:
    """Files of a room, relative to the room's parent."""
    found = (path for path in (root / room).rglob("*") if path.suffix in suffixes)
    return {str(path.relative_to(root)) for path in found if not any(part.startswith(".") for part in path.parts)}


def test_the_sdist_carries_the_source_and_nothing_built(root: Path, sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "setup.py"}
    for room in ROOMS:
        wanted |= sources(root, room, ".py", ".pyx", ".pxd", ".yaml")
    assert wanted - names == set()
    assert [name for name in names if name.endswith((".so", ".c", ".pyc")) or name.startswith((".venv", "build"))] == []


def test_the_wheel_maps_the_folders_into_one_package(root: Path, wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    found = {name for room in ROOMS for name in sources(root, room, ".py", ".yaml", ".pxd")}
    wanted = {name if name.startswith("cadencia/") else f"cadencia/{name}" for name in found}
    assert wanted - names == set()
    assert {"cadencia/py.typed", "cadencia/engine/py.typed", "cadencia/rules/py.typed"} <= names
    assert {name.split("/")[0] for name in names} == {"cadencia", wheel.name.split("-cp")[0] + ".dist-info"}
    compiled = {re.sub(r"\..*", "", name) for name in names if name.endswith(".so")}
    sources_of = {name for room in ROOMS for name in sources(root, room, ".pyx")}
    assert compiled == {f"cadencia/{name.removesuffix('.pyx')}" for name in sources_of}


def test_the_command_works_from_another_folder(clean_venv: Path, tmp_path: Path) -> None:
    said = run(clean_venv / "bin" / "cadencia", "--help", cwd=tmp_path)
    assert {"screen", "decide", "rules", "cases"} <= set(said.split())


def test_the_installed_package_is_its_own(clean_venv: Path, root: Path, tmp_path: Path) -> None:
    code = (
        "import cadencia, cadencia.engine, importlib.resources as r\n"
        "print(cadencia.__file__)\n"
        "print(cadencia.engine.__file__)\n"
        "print(len(list(r.files('cadencia.jurisdictions').rglob('*.yaml'))))\n"
        "print(cadencia.Engine(cadencia.load_rulebook()).rulebook.hash)\n"
    )
    lines = run(clean_venv / "bin" / "python", "-c", code, cwd=tmp_path, CADENCIA_CACHE=str(tmp_path)).split()
    assert all(Path(line).is_relative_to(clean_venv) for line in lines[:2])
    assert int(lines[2]) == len(sources(root, "jurisdictions", ".yaml")) > 0
    assert len(lines[3]) >= 16


def test_the_versions_agree(root: Path) -> None:
    import cadencia

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == cadencia.__version__
    assert f"## {cadencia.__version__}" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", ["requirements-dev.lock", "requirements-bench.lock"])
def test_a_lock_names_exact_versions_and_no_place(root: Path, lock: str) -> None:
    lines = (root / lock).read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []


def test_the_lock_holds_every_dependency(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for wanted, lock in (
        ([*project["dependencies"], *extras["test"]], "requirements-dev.lock"),
        (extras["bench"], "requirements-bench.lock"),
    ):
        locked = {plain(line.split("==")[0]) for line in (root / lock).read_text(encoding="utf-8").splitlines()}
        assert {plain(re.split(r"[<>=!~]", each)[0]) for each in wanted} <= locked


def plain(name: str) -> str:
    """A distribution's name as an index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()

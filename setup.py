"""Maps each top-level folder into the package `cadencia` and builds the Cython modules. See docs/architecture.md."""

import os
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

ROOT = Path(__file__).resolve().parent
PARTS = ("engine", "rules", "jurisdictions", "policy", "store", "dialer", "evidence", "api")
DEBUG = os.environ.get("CADENCIA_DEBUG") == "1"


def make_shadow() -> Path:
    """A tree of links shaped like the package: Cython finds `from cadencia.engine.x cimport Y` by path only."""
    shadow = ROOT / "build" / "shadow"
    package = shadow / "cadencia"
    package.mkdir(parents=True, exist_ok=True)
    targets = {part: ROOT / part for part in PARTS}
    targets |= {path.name: path for path in (ROOT / "cadencia").iterdir() if path.name != "__pycache__"}
    for name, target in targets.items():
        link = package / name
        if link.is_symlink() and link.readlink() == target:
            continue  # two builds at once must not take the tree from under each other
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    return shadow


SHADOW = make_shadow()
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": DEBUG,
    "wraparound": False,
    "initializedcheck": DEBUG,
    "cdivision": True,
    "embedsignature": True,
    "freethreading_compatible": False,
    "show_performance_hints": False,  # they advise against the very checks of the debug build
}
EXTENSIONS = [
    Extension(
        f"cadencia.{part}.{path.stem}",
        [str(path.relative_to(ROOT))],
        extra_compile_args=["-O0", "-g"] if DEBUG else ["-O3"],
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION")],
    )
    for part in PARTS
    for path in sorted((ROOT / part).glob("_*.pyx"))
]


def packages() -> dict[str, str]:
    """Every package with Python or data in it, and the folder where it lies."""
    places = {}
    for part in ("cadencia", *PARTS):
        name = part if part == "cadencia" else f"cadencia.{part}"
        for folder in (ROOT / part, *sorted(path for path in (ROOT / part).rglob("*") if path.is_dir())):
            inside = folder.relative_to(ROOT / part).parts
            if not any(step.startswith(("_", ".")) for step in inside):  # __pycache__, .compiled
                places[".".join((name, *inside))] = str(folder.relative_to(ROOT))
    return places


PACKAGES = packages()
setup(
    packages=list(PACKAGES),
    package_dir=PACKAGES,
    package_data={"": ["*.yaml", "*.md", "*.pxd", "*.pyi", "*.sql", "*.json", "py.typed"]},
    ext_modules=cythonize(
        EXTENSIONS,
        include_path=[str(SHADOW)],
        compiler_directives=DIRECTIVES,
        build_dir="build/cython-debug" if DEBUG else "build/cython",
        gdb_debug=False,
        quiet=True,  # what is compiled is told by make; mistakes are told all the same
    ),
)

"""Maps each top-level folder into the package `cadencia` and builds the Cython modules. See docs/architecture.md."""

import os
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

ROOT = Path(__file__).resolve().parent
PARTS = ("engine", "rules", "jurisdictions")
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
        if link.is_symlink():
            link.unlink()
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


def packages() -> tuple[list[str], dict[str, str]]:
    """Every folder with Python or data in it, and where it lies."""
    names, places = ["cadencia"], {"cadencia": "cadencia"}
    for folder in sorted(path for path in (ROOT / "cadencia").rglob("*") if path.is_dir() and (path / "__init__.py").exists()):
        names.append("cadencia." + ".".join(folder.relative_to(ROOT / "cadencia").parts))
    for part in PARTS:
        places[f"cadencia.{part}"] = part
        folders = [ROOT / part, *sorted(p for p in (ROOT / part).rglob("*") if p.is_dir() and not p.name.startswith(("_", ".")))]
        for folder in folders:
            name = ".".join(("cadencia", *folder.relative_to(ROOT).parts))
            names.append(name)
            places[name] = str(folder.relative_to(ROOT))
    return names, places


PACKAGES, PACKAGE_DIR = packages()
setup(
    packages=PACKAGES,
    package_dir=PACKAGE_DIR,
    package_data={"": ["*.yaml", "*.md", "*.pxd", "*.json", "py.typed"]},
    ext_modules=cythonize(
        EXTENSIONS,
        include_path=[str(SHADOW)],
        compiler_directives=DIRECTIVES,
        build_dir="build/cython-debug" if DEBUG else "build/cython",
        gdb_debug=False,
    ),
)

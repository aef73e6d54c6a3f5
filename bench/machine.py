"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

from bench.yardstick_c import FLAGS, compiler

PACKAGES = ("numpy", "polars", "zen-engine", "msgspec", "phonenumbers", "pyarrow", "Cython", "tzdata", "holidays")


def describe() -> dict[str, object]:
    """Processor, cores, memory, Python, compiler, versions of ours and of the peers."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "load_before": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "compiler": _first_line([compiler(), "--version"]) + " " + " ".join(FLAGS),
        "peers_not_as_locked": peers_not_as_locked(),
        "versions": {"cadencia": metadata.version("cadencia")} | {name: metadata.version(name) for name in PACKAGES},
    }


def peers_not_as_locked() -> dict[str, str]:
    """Peers whose version is not the one in requirements-bench.lock: figures against them are of another version."""
    lock = Path(__file__).resolve().parent.parent / "requirements-bench.lock"
    pinned = dict(line.split("==") for line in lock.read_text(encoding="utf-8").split() if "==" in line)
    found = {name: metadata.version(name) for name in pinned}
    return {name: f"{found[name]}, locked {version}" for name, version in pinned.items() if found[name] != version}


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    fields = dict(line.replace("\t", "").split(":", 1) for line in reversed(lines) if ":" in line)
    return " ".join((fields.get("model name", platform.processor()) + f" (family {fields.get('cpu family', '?')},"
                     f" model {fields.get('model', '?')})").split())  # fmt: skip


def _first_line(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[0]

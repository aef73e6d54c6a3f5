"""`pytest bench` measures the main paths with pytest-benchmark; `pytest` alone does not collect this folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # read when polars is first imported
sys.path.append(str(Path(__file__).resolve().parent.parent))

"""`pytest bench` measures the main paths with pytest-benchmark; `pytest` alone does not collect this folder."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

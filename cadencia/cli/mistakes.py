"""What a command says when the rule files cannot be used."""

from __future__ import annotations

import shlex
from collections.abc import Sequence


def mistakes_told(problem: Exception, policies: Sequence[str] = ()) -> str:
    """The mistakes with the command that shows all of them, under the policies that were switched on."""
    command = " ".join(["cadencia rules check", *(f"--policy {shlex.quote(str(policy))}" for policy in policies)])
    return f"the rule files have mistakes; run: {command}\n{problem}"

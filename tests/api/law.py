"""A server with the law of one country, small enough to be changed in a test, and the people who change it."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

import msgspec

from cadencia.api.config import Law
from cadencia.rules.cache import jurisdictions_folder
from tests.api.served import Reply, Served, config_of

FILE = "co/ley-2300.yaml"
_fresh = itertools.count()


def served_law(folder: Path, *, postgres: str = "", of: Served | None = None) -> Served:
    """A server over Colombia's law, archive and all; not yet started. of: one whose ledger it shares."""
    root = folder / "law"
    for name in ("co", "holidays"):
        if not (root / name).exists():
            shutil.copytree(jurisdictions_folder() / name, root / name, ignore=lambda at, names: [
                one for one in names if Path(at).name == "holidays" and one != "co.yaml"
            ])  # fmt: skip
    config = config_of(folder, postgres=postgres) if of is None else of.config
    return Served(msgspec.structs.replace(config, law=Law(root=str(root), archive=str(folder / "archive"),
                                                          keeper="demo")))  # fmt: skip


def text() -> str:
    """The law as it is shipped."""
    return (jurisdictions_folder() / FILE).read_text(encoding="utf-8")


class Officer:
    """Somebody with a key of their own."""

    def __init__(self, served: Served, *roles: str, tenant: str = "demo") -> None:
        self.served, self.key = served, served.give(tenant, *roles)

    def post(self, path: str, body: object = None, **headers: str) -> Reply:
        told = {"Idempotency-Key": f"law-{next(_fresh)}", **headers}
        return self.served.ask("POST", path, body, key=self.key, headers=told)

    def get(self, path: str) -> Reply:
        return self.served.ask("GET", path, key=self.key)

    def edit(self, draft: dict[str, Any], **changes: object) -> Reply:
        """Changes a draft as it is now."""
        etag = self.get(f"/v1/drafts/{draft['id']}").headers["etag"]
        return self.served.ask("PATCH", f"/v1/drafts/{draft['id']}", changes, key=self.key,
                               headers={"If-Match": etag})  # fmt: skip

    def draft(self, *changes: tuple[str, str]) -> dict[str, Any]:
        """A new draft with the law's text changed, each (old, new) wherever it stands."""
        changed = text()
        for old, new in changes:
            assert old in changed
            changed = changed.replace(old, new)
        made = self.post("/v1/drafts", {"title": "a change", "files": {FILE: changed}})
        assert made.status == 201, made
        return dict(made.body)

"""A key that asks too often is told when to ask again; others are not touched."""

from __future__ import annotations

from pathlib import Path

import msgspec

from cadencia.api.config import Rates
from tests.api.served import Served, asking, config_of


def test_what_is_left_is_told_and_then_nothing_is(tmp_path: Path) -> None:
    config = msgspec.structs.replace(config_of(tmp_path), rates=Rates(read=2, decide=0))
    server = Served(config).start()
    try:
        one, other = server.give("demo", "producer"), server.give("demo", "producer")
        path = "/v1/events"
        first = server.ask("GET", path, key=one)
        assert first.headers["ratelimit-policy"] == '"read";q=2;w=60'
        assert first.headers["ratelimit"].startswith('"read";r=1;t=')
        server.ask("GET", path, key=one)
        refused = server.ask("GET", path, key=one, headers={"Accept-Language": "es"})
        assert (refused.status, refused.code) == (429, "rate_limited")
        wait = refused.headers["retry-after"]
        assert 1 <= int(wait) <= 30 and f"{wait} segundos" in refused.body["detail"]
        assert refused.headers["ratelimit"].startswith('"read";r=0;')
        assert server.ask("GET", path, key=other).status == 200
        decided = server.ask("POST", "/v1/decisions", asking("p"), key=one)
        assert decided.status == 200 and "ratelimit" not in decided.headers
    finally:
        server.stop()

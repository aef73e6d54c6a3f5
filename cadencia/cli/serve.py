"""`cadencia serve`: the server, from its configuration until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadencia.api.config import Config
    from cadencia.api.main import Machine, Running

_EPILOG = """exit codes: 0 stopped when it was told to · 2 the configuration, the law or the ledger cannot be used"""
_BODY = (
    '{"person": {"id": "p_1", "country": "CO"}, "debt": {"id": "d_1", "creditor": "acme"}, '
    '"address": {"channel": "call", "value": "+573005550123"}}'
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The sub-command."""
    serve = commands.add_parser(
        "serve", help="answer over HTTP", description=__doc__, epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    serve.add_argument("--config", type=Path, metavar="FILE", help="TOML; left out: the environment says all")
    serve.add_argument("--describe-options", action="store_true", help="print docs/config.md and end")
    serve.add_argument("--make-key", metavar="TENANT", help="print a new key for this tenant and end; once only")
    serve.add_argument("--role", action="append", metavar="ROLE", help="of the new key, as often as needed (producer)")
    serve.add_argument("--environment", choices=("test", "live"), default="test", help="of the new key (test)")
    serve.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serves until it is told to stop."""
    # imported here: the other commands do without the packages of the server
    import uvloop

    from cadencia.api.config import ConfigError, page, read_config
    from cadencia.api.logs import to_stream
    from cadencia.store.ledger import LedgerError
    from cadencia.store.records import RecordsError

    if args.describe_options:
        sys.stdout.write(page())
        return 0
    try:
        config = read_config(args.config, os.environ)
        to_stream(sys.stderr, config.log.level)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(config) if args.make_key is None else _make_key(config, args))
    except (ConfigError, LedgerError, RecordsError, OSError) as problem:
        sys.stderr.write(f"cadencia serve: {problem}\n")
        return 2
    return 0


def _machine() -> Machine:
    from cadencia.api.main import Machine
    from cadencia.gates import steady, wall

    return Machine(wall=wall, steady=steady, stopwatch=time.perf_counter, entropy=os.urandom)


async def _make_key(config: Config, args: argparse.Namespace) -> None:
    from cadencia.api.config import ConfigError
    from cadencia.api.main import make_key
    from cadencia.api.roles import ROLES

    roles = tuple(args.role or ("producer",))
    if not args.make_key or set(roles) - set(ROLES):
        raise ConfigError(f"--make-key, --role: a tenant's name, and roles of: {', '.join(ROLES)}")
    sys.stdout.write(await make_key(config, _machine(), args.make_key, args.environment, roles) + "\n")


async def _serve(config: Config) -> None:
    from cadencia import __version__
    from cadencia.api.main import running

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(config, _machine(), __version__) as server:
        _tell(server)
        await stop.wait()


def _tell(server: Running) -> None:
    """Where it listens; the sandbox's key and a first request that works as printed. The key is never shown again."""
    sys.stdout.write(f"listening on {server.address}\n")
    if server.key:
        sys.stdout.write(
            f"curl -s {server.address}/v1/decisions -H 'Authorization: Bearer {server.key}' "
            f"-H 'Content-Type: application/json' -d '{_BODY}'\n"
        )
    sys.stdout.flush()

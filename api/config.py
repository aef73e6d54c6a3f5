"""The configuration of `cadencia serve`: a TOML file, and the environment over it. docs/config.md is made from here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

PREFIX = "CADENCIA_"
_Port = Annotated[int, Meta(ge=0, le=65_535)]
_Rate = Annotated[int, Meta(ge=0, le=100_000_000)]
_Bytes = Annotated[int, Meta(ge=1_024, le=1 << 30)]
_Seconds = Annotated[float, Meta(gt=0, le=3_600)]


class ConfigError(ValueError):
    """The configuration cannot be used: where, what, and what to write."""


def _says(text: str) -> Meta:
    return Meta(description=text)


class _Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Unknown options are refused."""


class Listen(_Section, frozen=True, kw_only=True):
    """Where the server listens."""

    host: Annotated[str, _says("Address to listen on; 0.0.0.0 or :: for all.")] = "127.0.0.1"
    port: Annotated[_Port, _says("TCP port; 0 takes a free one, which is printed.")] = 8080
    unix: Annotated[str, _says("A Unix socket to listen on instead of TCP; its file is the owner's alone.")] = ""
    tls_cert: Annotated[str, _says("Certificate chain in PEM. With it the server speaks HTTPS only.")] = ""
    tls_key: Annotated[str, _says("Private key of the certificate, in PEM.")] = ""


class Ledger(_Section, frozen=True, kw_only=True):
    """Where contacts are recorded, and under which secret."""

    file: Annotated[str, _says("The ledger as a SQLite file, owned by this process; made if it is not there.")] = ""
    postgres: Annotated[str, _says("The ledger on PostgreSQL instead, as libpq takes it; many processes share it.")] = (
        ""
    )
    schema: Annotated[str, _says("Schema of the tables on PostgreSQL.")] = "cadencia"
    secret_file: Annotated[str, _says("File with the ledger's secret, 32 bytes or more in hexadecimal.")]
    consortium: Annotated[str, _says("Name of the consortium whose tenants share counters, as the ledger was begun; "
                                     "empty: each tenant counts alone.")] = ""  # fmt: skip


class Law(_Section, frozen=True, kw_only=True):
    """By which rules it is decided."""

    root: Annotated[str, _says("Folder with jurisdiction files; empty: the shipped law.")] = ""
    policies: Annotated[tuple[str, ...], _says("House policies that are switched on, by name or path.")] = ()
    keeper: Annotated[
        str, _says("Tenant whose people publish rules, and whose publications decide; empty: the sandbox's.")
    ] = ""
    archive: Annotated[str, _says("Folder that keeps the files of every rulebook in use; evidence is made of it.")] = ""


class Limits(_Section, frozen=True, kw_only=True):
    """What one client may take."""

    body_bytes: Annotated[_Bytes, _says("Longest body, unpacked, of a request that is no stream.")] = 1 << 20
    line_bytes: Annotated[int, Meta(ge=512, le=65_536), _says("Longest request line or header.")] = 8_190
    headers: Annotated[int, Meta(ge=16, le=1_000), _says("Most headers of a request.")] = 100
    connections: Annotated[int, Meta(ge=1, le=1_000_000), _says("Most connections at once; more are closed.")] = 10_000
    body_s: Annotated[_Seconds, _says("Seconds for a body to arrive.")] = 20.0
    idle_s: Annotated[_Seconds, _says("Seconds that a connection may be open without a whole request head.")] = 60.0
    unread_bytes: Annotated[_Bytes, _says("Bytes a client may leave unread before it is cut off.")] = 1 << 22
    unread_s: Annotated[_Seconds, _says("Seconds that a client of an event stream may leave it unread.")] = 30.0
    streams: Annotated[int, Meta(ge=1, le=1_000_000), _says("Most event streams at once.")] = 5_000
    stop_s: Annotated[_Seconds, _says("Seconds that requests under way have when the server stops.")] = 20.0


class Rates(_Section, frozen=True, kw_only=True):
    """Requests a minute that one key may make of one server process; 0 is no limit. `RateLimit` says what is left."""

    decide: Annotated[_Rate, _says("Decisions, permits and outcomes.")] = 0
    bulk: Annotated[_Rate, _says("Streams.")] = 0
    read: Annotated[_Rate, _says("All that only reads.")] = 6_000
    change: Annotated[_Rate, _says("Everything else that changes something.")] = 6_000


class Log(_Section, frozen=True, kw_only=True):
    """What is written on standard error, a line of JSON each, without any person in it."""

    level: Annotated[Literal["debug", "info", "warning", "error"], _says("The least that is written.")] = "info"
    requests: Annotated[Literal["all", "problems", "none"], _says("Of which requests there is a line.")] = "problems"


class Events(_Section, frozen=True, kw_only=True):
    """What is told to whoever listens."""

    every_s: Annotated[_Seconds, _says("Seconds between looks at the ledger for new events.")] = 0.5
    keep_days: Annotated[int, Meta(ge=1, le=3_650), _says("Days that events are kept; they may name persons.")] = 30


class Sandbox(_Section, frozen=True, kw_only=True):
    """For trying out. Never beside real contacts."""

    tenant: Annotated[str, _says("Makes a key for this tenant at the start and prints it, once.")] = ""
    clock: Annotated[str, _says("A time with its offset at which time stands; POST /v1/sandbox/clock sets it.")] = ""


class Config(_Section, frozen=True, kw_only=True):
    """All of it, by section."""

    ledger: Ledger
    listen: Listen = Listen()
    law: Law = Law()
    limits: Limits = Limits()
    rates: Rates = Rates()
    log: Log = Log()
    events: Events = Events()
    sandbox: Sandbox = Sandbox()


def read_config(path: Path | None, environment: Mapping[str, str]) -> Config:
    """The file, with what the environment says instead: CADENCIA_LISTEN__PORT=8443 is `port` of `[listen]`.
    ConfigError; OSError when the file cannot be read."""
    told: dict[str, Any] = {}
    if path is not None:
        try:
            told = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            raise ConfigError(f"{path}: {problem}; write TOML, see docs/config.md") from None
    try:
        msgspec.convert(told, Config if not _overrides(environment) else dict[str, dict[str, Any]])
        for name, (section, option) in _overrides(environment).items():
            told.setdefault(section, {})[option] = _value(section, option, environment[name], name)
        config = msgspec.convert(told, Config)
    except msgspec.ValidationError as problem:
        raise ConfigError(f"{path or 'environment'}: {problem}; see docs/config.md for every option") from None
    _check(config, path)
    return config


def _overrides(environment: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Variables that mean an option: two underscores between section and option."""
    found = {}
    for name in environment:
        section, mark, option = name.removeprefix(PREFIX).partition("__")
        if name.startswith(PREFIX) and mark:
            found[name] = (section.lower(), option.lower())
    return found


def _value(section: str, option: str, text: str, name: str) -> object:
    kind = {field.name: field.type for part in _sections() if part[0] == section
            for field in msgspec.structs.fields(part[1])}.get(option)  # fmt: skip
    if kind is None:
        raise ConfigError(f"{name}: there is no option {option} in [{section}]; see docs/config.md")
    try:
        plain = text.split(",") if option == "policies" else text
        return msgspec.convert(plain, kind, strict=False)
    except msgspec.ValidationError as problem:
        raise ConfigError(f"{name}: {problem}; see docs/config.md") from None


def _check(config: Config, path: Path | None) -> None:
    where = path or "environment"
    if bool(config.ledger.file) == bool(config.ledger.postgres):
        raise ConfigError(f"{where}: [ledger] needs exactly one of `file` and `postgres`")
    if bool(config.listen.tls_cert) != bool(config.listen.tls_key):
        raise ConfigError(f"{where}: [listen] tls_cert and tls_key go together; give both or neither")


def _sections() -> list[tuple[str, type[Struct]]]:
    hints = {field.name: field.type for field in msgspec.structs.fields(Config)}
    return [(name, kind) for name, kind in hints.items() if isinstance(kind, type)]


def page() -> str:
    """docs/config.md."""
    lines = [
        "# Configuration of `cadencia serve`", "",
        "A TOML file, named by `--config`. Every option can also be said in the environment, which wins over the file:",
        "`CADENCIA_` with the section, two underscores and the option, as `CADENCIA_LISTEN__PORT=8443`. An option that "
        "is not here is refused.", "",
        "This page is written by `make docs` from `api/config.py`.",
    ]  # fmt: skip
    for name, section in _sections():
        lines += ["", f"## [{name}]", "", str(section.__doc__), "", "| option | default | meaning |"]
        lines.append("| --- | --- | --- |")
        for field in msgspec.structs.fields(section):
            default = "needed" if field.required else f"`{_toml(field.default)}`"
            lines.append(f"| `{field.name}` | {default} | {_meaning(field.type)} |")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _meaning(kind: Any) -> str:
    schema = msgspec.json.schema(kind)
    words = f" One of: {', '.join(schema['enum'])}." if "enum" in schema else ""
    return str(schema["description"]) + words

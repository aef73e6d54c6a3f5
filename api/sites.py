"""Where the server listens: a port, with or without TLS, or a Unix socket that is its owner's alone."""

from __future__ import annotations

import contextlib
import socket
import ssl
import stat
from pathlib import Path

from aiohttp import web

from cadencia.api.config import ConfigError, Listen

_BACKLOG = 1_024
_ALIVE_S = 1.0


async def open_site(runner: web.ServerRunner, listen: Listen) -> str:
    """Listens; gives the address. ConfigError."""
    context = _context(listen) if listen.tls_cert else None
    where = listen.unix or f"{listen.host}:{listen.port}"
    try:
        if listen.unix:
            await web.SockSite(runner, _unix(Path(listen.unix)), ssl_context=context, backlog=_BACKLOG).start()
        else:
            await web.TCPSite(runner, listen.host, listen.port, ssl_context=context, backlog=_BACKLOG).start()
    except OSError as problem:
        raise ConfigError(
            f"[listen] {where}: {problem.strerror or problem}; choose another host, port or path"
        ) from None
    return _address(runner, listen)


def close_site(listen: Listen) -> None:
    """Takes the file of a Unix socket away, if nobody listens on it by now."""
    if listen.unix:
        with contextlib.suppress(OSError, ConfigError):
            _clear(Path(listen.unix))


def _unix(path: Path) -> socket.socket:
    """Bound, and closed to others before it listens."""
    _clear(path)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.bind(str(path))
        path.chmod(0o600)
    except OSError:
        made.close()
        raise
    return made


def _clear(path: Path) -> None:
    """Removes the socket of a server that is gone. ConfigError for any other file and for a server that is not."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(kind):
        raise ConfigError(f"[listen] unix: {path} is a file of another kind; name a path where nothing is")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(_ALIVE_S)
        try:
            asking.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            path.unlink(missing_ok=True)
            return
    raise ConfigError(f"[listen] unix: another process listens on {path}; stop it, or name another path")


def _context(listen: Listen) -> ssl.SSLContext:
    """TLS 1.2 or later."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(listen.tls_cert, listen.tls_key, password=_no_password)
    except (OSError, ValueError) as problem:
        raise ConfigError(
            f"[listen] tls_cert, tls_key: {problem}; give a PEM chain and its own key, without a password"
        ) from None
    return context


def _no_password() -> str:
    """Else a locked key would be asked for on the terminal, and a service has none."""
    raise ValueError("the key is locked by a password")


def _address(runner: web.ServerRunner, listen: Listen) -> str:
    if listen.unix:
        return f"unix:{listen.unix}"
    host, port = runner.addresses[0][:2]
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if listen.tls_cert else 'http'}://{shown}:{port}"

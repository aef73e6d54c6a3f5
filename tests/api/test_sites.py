"""TLS with a given certificate, and a Unix socket that is its owner's alone."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from cadencia.api.config import Config, ConfigError, Listen
from cadencia.client import Client
from tests.api.served import Served, config_of
from tests.api.test_client import call_to

_BEGIN, _END = datetime.datetime(2020, 1, 1), datetime.datetime(2120, 1, 1)


def certificate(folder: Path, *, lock: KeySerializationEncryption | None = None) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that trusts itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "cadencia test")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(_BEGIN).not_valid_after(_END).add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    folder.mkdir(exist_ok=True)
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock or NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    return folder / "cert.pem", folder / "key.pem"


def with_listen(folder: Path, **listen: str) -> Config:
    return msgspec.structs.replace(config_of(folder), listen=Listen(port=0, **listen))


@contextlib.contextmanager
def started(config: Config) -> Iterator[Served]:
    server = Served(config).start()
    try:
        yield server
    finally:
        server.stop()


def test_over_tls_only_whoever_trusts_the_certificate_gets_an_answer(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    with started(with_listen(tmp_path, tls_cert=str(cert), tls_key=str(key))) as server:
        assert server.address.startswith("https://127.0.0.1:")
        trust = ssl.create_default_context(cafile=cert)
        with Client(server.address, server.key, trust=trust) as client:
            assert client.check(call_to("p"))
        with Client(server.address, server.key, attempts=1) as stranger:
            assert not stranger.check(call_to("p"))  # the certificate is nobody's that the system knows
        other, _ = certificate(tmp_path / "other")
        with Client(server.address, server.key, trust=ssl.create_default_context(cafile=other), attempts=1) as wrong:
            assert not wrong.check(call_to("p"))
        plain = server.address.replace("https", "http")
        with Client(plain, server.key, attempts=1) as unencrypted:
            assert not unencrypted.check(call_to("p"))
        with Client(server.address, server.key, trust=trust) as client:
            assert client.check(call_to("p"))  # none of them harmed it


def test_tls_older_than_1_2_is_refused(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    with started(with_listen(tmp_path, tls_cert=str(cert), tls_key=str(key))) as server:
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        with pytest.warns(DeprecationWarning):
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        with socket.create_connection((server.host, server.port), 30) as raw, pytest.raises(ssl.SSLError):
            old.wrap_socket(raw)


def test_a_certificate_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    _, others = certificate(tmp_path / "other")
    _, locked = certificate(tmp_path / "locked", lock=BestAvailableEncryption(b"secret"))
    wrong = ((cert, others), (cert, tmp_path / "none"), (key, key), (tmp_path / "locked" / "cert.pem", locked))
    for chain, secret in wrong:
        with pytest.raises(ConfigError, match=r"tls_cert, tls_key: .*PEM chain"):
            Served(with_listen(tmp_path, tls_cert=str(chain), tls_key=str(secret))).start()


def test_a_unix_socket_is_its_owners_alone_and_goes_with_the_server(tmp_path: Path) -> None:
    path = tmp_path / "s"
    config = with_listen(tmp_path, unix=str(path))
    for _ in range(2):
        with started(config) as server:
            assert server.address == f"unix:{path}"
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            with Client(server.address, server.key) as client:
                assert client.check(call_to("p"))
        assert not path.exists()
    with Client(f"unix:{path}", "test_key", attempts=1) as client:
        assert not client.check(call_to("p"))


def test_the_socket_of_a_server_that_died_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with started(with_listen(tmp_path, unix=str(path))) as server, Client(server.address, server.key) as client:
        assert client.check(call_to("p"))


def test_a_path_that_is_anothers_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="file of another kind"):
        Served(with_listen(tmp_path, unix=str(path))).start()
    assert path.read_text(encoding="utf-8") == "mine"
    busy = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(busy))
        other.listen()
        with pytest.raises(ConfigError, match="another process listens"):
            Served(with_listen(tmp_path, unix=str(busy))).start()
        assert busy.exists()

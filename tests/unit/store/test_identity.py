"""Keyed hashes and payload keys."""

from __future__ import annotations

import os

import pytest

from cadencia.store import identity
from cadencia.store.identity import AlteredError, Pseudonyms, Scope, Vault, owner_of, sealed, unsealed

SECRET, SALT = b"s" * 32, b"t" * 16


def names(secret: bytes = SECRET, scope: Scope = Scope.tenant, name: str = "acme", salt: bytes = SALT) -> Pseudonyms:
    return Pseudonyms(secret, scope, name, salt)


def test_the_same_id_gives_the_same_hashes() -> None:
    one, two = names(), names()
    assert one.subject("CC 52.123.456") == two.subject("CC 52.123.456")
    assert (one.debt("1"), one.address("1"), one.creditor("1")) == (two.debt("1"), two.address("1"), two.creditor("1"))


def test_hashes_have_their_sizes_and_are_of_known_values() -> None:
    # a ledger that was written stays readable: these values never change
    assert names().subject("María").hex() == "fb0a1ae31a08f0f13861100b297378f5"
    assert names().debt("A-1") == 825323483201283451
    assert names().household("H") == 10710595109964525085
    assert names().workplace("W") == 6361034421111989948
    assert names().account("A") == 7572775251558668812


def test_two_ways_to_write_one_letter_are_one_person() -> None:
    assert names().subject("Mari\u0301a") == names().subject("Mar\u00eda")


@pytest.mark.parametrize(
    "other",
    [names(secret=b"x" * 32), names(scope=Scope.consortium), names(name="acme2"), names(salt=b"u" * 16)],
    ids=["secret", "scope", "name", "salt"],
)
def test_another_secret_scope_name_or_salt_gives_another_person(other: Pseudonyms) -> None:
    assert names().subject("p") != other.subject("p")
    assert names().debt("p") != other.debt("p")


def test_agencies_of_one_consortium_share_a_person() -> None:
    one, two = (names(scope=Scope.consortium, name="buro") for _ in range(2))
    assert one.subject("p") == two.subject("p")


def test_kinds_of_ids_do_not_meet() -> None:
    one = names()
    hashes = (one.debt, one.address, one.creditor, one.household, one.workplace, one.account)
    assert len({hashed("1") for hashed in hashes}) == 6


def test_not_stated_is_zero_and_no_id_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (names().debt(None), names().address(None), names().creditor(None)) == (0, 0, 0)
    assert (names().household(None), names().workplace(None), names().account(None)) == (0, 0, 0)
    monkeypatch.setattr(identity, "_hashed", lambda *_: bytes(8))
    assert names().debt("the one in 2^64") == 1


def test_bad_ids_secrets_and_salts_are_refused() -> None:
    with pytest.raises(ValueError, match="the id of a person is empty"):
        names().subject("")
    with pytest.raises(ValueError, match="the id of a debt is empty"):
        names().debt("")
    with pytest.raises(ValueError, match="the secret has 31 bytes"):
        names(secret=b"s" * 31)
    with pytest.raises(ValueError, match="the salt of tenant 'acme' has 3 bytes"):
        names(salt=b"abc")


def test_a_payload_opens_with_its_key_at_its_place_only() -> None:
    vault = Vault(SECRET, os.urandom)
    key, wrapped = vault.new_key("acme", b"p" * 16)
    stored = sealed(key, 7, b"n" * 12, SALT, b'{"name":"Maria"}')
    assert b"Maria" not in stored and SALT not in stored
    assert unsealed(vault.unwrap(wrapped, "acme", b"p" * 16), 7, stored) == (SALT, b'{"name":"Maria"}')
    other, _ = vault.new_key("acme", b"p" * 16)
    for wrong in (lambda: unsealed(key, 8, stored), lambda: unsealed(other, 7, stored),
                  lambda: unsealed(key, 7, stored[:-1]), lambda: unsealed(key, 7, b"")):  # fmt: skip
        with pytest.raises(AlteredError, match="the payload of entry"):
            wrong()


def test_a_wrapped_key_is_its_persons_under_its_secret_only() -> None:
    vault = Vault(SECRET, os.urandom)
    _, wrapped = vault.new_key("acme", b"p" * 16)
    for other, tenant, subject in (
        (vault, "acme", b"q" * 16), (vault, "other", b"p" * 16), (Vault(b"x" * 32, os.urandom), "acme", b"p" * 16),
    ):  # fmt: skip
        with pytest.raises(AlteredError, match="a person's key does not open"):
            other.unwrap(wrapped, tenant, subject)
    assert vault.mark != Vault(b"x" * 32, os.urandom).mark


def test_what_says_that_a_person_was_erased_is_not_the_persons() -> None:
    assert owner_of("erased", b"p" * 16) == b""
    assert owner_of("settled", b"p" * 16) == b"p" * 16

"""The bytes that the chain takes in, laid out in one piece of memory: the hot part of store/entry.py."""
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memcpy

from hashlib import sha256

cdef extern from "Python.h":
    ctypedef struct PyObject
    const char *PyUnicode_AsUTF8AndSize(object text, Py_ssize_t *size) except NULL
    PyObject **PySequence_Fast_ITEMS(object values) noexcept
    object PyObject_Vectorcall(object called, PyObject *const *arguments, size_t positional, object names)

cdef enum:
    NUMBERS = 20  # bytes of at, event_at and event_attr
    LENGTH = 4  # bytes of the length before each text and list
    FRAMED = 6  # tenant, kind, subject, attempt, key, ids
    WIDER = 3  # household, workplace, account
    SALT = 16  # of store/identity.py
    NONCE = 12


cdef char *put32(char *to, uint32_t value) noexcept nogil:
    cdef int byte
    for byte in range(4):
        to[byte] = <char>(value >> (24 - 8 * byte))
    return to + 4


cdef char *put64(char *to, uint64_t value) noexcept nogil:
    cdef int byte
    for byte in range(8):
        to[byte] = <char>(value >> (56 - 8 * byte))
    return to + 8


cdef char *put(char *to, const char *start, Py_ssize_t size) noexcept nogil:
    memcpy(put32(to, <uint32_t>size), start, size)
    return to + LENGTH + size


cdef bytes laid_out(draft, bytes before, bytes number, bytes after):
    """before, number, the plain part, after. OverflowError for a number that no entry has."""
    cdef int64_t at = draft.at
    cdef uint32_t event_at = draft.event_at
    cdef uint64_t event_attr = draft.event_attr, address = draft.address, creditor = draft.creditor, debt
    cdef uint64_t household = draft.household, workplace = draft.workplace, account = draft.account
    # left out when none is stated, as in all entries of before there were any
    cdef bint wider = household != 0 or workplace != 0 or account != 0
    cdef str tenant = draft.tenant, kind = draft.kind, attempt = draft.attempt, key = draft.key
    cdef bytes subject = draft.subject
    cdef tuple debts = draft.debts
    if subject is None or debts is None:
        raise TypeError("an entry without subject or debts; they can be empty")
    cdef Py_ssize_t n_tenant, n_kind, n_attempt, n_key, ids = len(debts) + 2
    cdef const char *c_tenant = PyUnicode_AsUTF8AndSize(tenant, &n_tenant)
    cdef const char *c_kind = PyUnicode_AsUTF8AndSize(kind, &n_kind)
    cdef const char *c_attempt = PyUnicode_AsUTF8AndSize(attempt, &n_attempt)
    cdef const char *c_key = PyUnicode_AsUTF8AndSize(key, &n_key)
    cdef bytes text = PyBytes_FromStringAndSize(
        NULL, len(before) + len(number) + NUMBERS + FRAMED * LENGTH + n_tenant + n_kind + len(subject) + n_attempt
        + n_key + 8 * ids + (LENGTH + 8 * WIDER if wider else 0) + len(after))
    cdef char *to = PyBytes_AS_STRING(text)
    memcpy(to, PyBytes_AS_STRING(before), PyBytes_GET_SIZE(before))
    to += PyBytes_GET_SIZE(before)
    memcpy(to, PyBytes_AS_STRING(number), PyBytes_GET_SIZE(number))
    to = put64(to + PyBytes_GET_SIZE(number), <uint64_t>at)
    to = put64(put32(to, event_at), event_attr)
    to = put(put(to, c_tenant, n_tenant), c_kind, n_kind)
    to = put(to, PyBytes_AS_STRING(subject), PyBytes_GET_SIZE(subject))
    to = put(put(to, c_attempt, n_attempt), c_key, n_key)
    to = put32(to, <uint32_t>ids)
    for debt in debts:
        to = put64(to, debt)
    to = put64(put64(to, address), creditor)
    if wider:
        to = put64(put64(put64(put32(to, WIDER), household), workplace), account)
    memcpy(to, PyBytes_AS_STRING(after), PyBytes_GET_SIZE(after))
    return text


def plain_part(draft):
    """What the chain takes in of a draft, but for the number and the digest: every text and list after its length."""
    return laid_out(draft, b"", b"", b"")


def chained(bytes previous not None, uint64_t n, draft, bytes digest not None):
    """The chain's next hash. No two entries have the same plain part, and all that stands beside it has a fixed
    length: so has the list of wider ids, which is there or is not."""
    cdef char number[8]
    put64(number, n)
    return sha256(laid_out(draft, previous, number[:8], digest)).digest()


def numbered_all(kind, bytes previous not None, uint64_t n, drafts, bytes salts not None):
    """`numbered` of store/entry.py for drafts that follow each other, from number `n` on. kind: its Entry. salts: 16
    bytes for each."""
    if len(salts) != SALT * len(drafts):
        raise ValueError(f"{len(salts)} bytes of salt for {len(drafts)} drafts; {SALT} for each")
    cdef tuple made = ("n", "salt", "digest", "chain")
    cdef tuple fields = tuple([name for name in kind.__struct_fields__ if name not in made]), names = fields + made
    cdef list entries = [], values
    cdef bytes salt, payload, digest
    cdef Py_ssize_t start = 0
    for draft in drafts:
        salt, payload = salts[start:start + SALT], draft.payload
        digest = sha256(salt + payload).digest()
        previous = chained(previous, n, draft, digest)
        values = [getattr(draft, name) for name in fields]
        values += (n, salt, digest, previous)
        entries.append(PyObject_Vectorcall(kind, PySequence_Fast_ITEMS(values), 0, names))
        n, start = n + 1, start + SALT
    return entries


def sealed_all(list keys not None, list entries not None, bytes nonces not None):
    """(number, person, `sealed` of store/identity.py) of each entry. keys: (person, key) of each. nonces: 12 bytes for
    each."""
    if len(nonces) != NONCE * len(entries) or len(keys) != len(entries):
        raise ValueError(f"{len(keys)} keys and {len(nonces)} bytes of nonces for {len(entries)} entries")
    cdef char number[8]
    cdef list rows = []
    cdef bytes nonce
    cdef Py_ssize_t at
    for at in range(len(entries)):
        (person, key), entry = keys[at], entries[at]
        nonce = nonces[at * NONCE:(at + 1) * NONCE]
        put64(number, entry.n)
        rows.append((entry.n, person, nonce + <bytes>key.encrypt(nonce, entry.salt + entry.payload, number[:8])))
    return rows


def sound(draft, frozenset kinds not None, Py_ssize_t max_text, Py_ssize_t max_debts, Py_ssize_t max_payload,
          uint64_t slots):
    """Whether a draft is surely one that a ledger can keep, all its texts being ASCII and short together. If not,
    store/entry.py looks closer."""
    cdef uint64_t number
    cdef str together
    try:
        for number in (draft.address, draft.creditor, draft.household, draft.workplace, draft.account):
            pass
        for number in draft.debts:
            if number == 0:
                return False
        number = <uint32_t>draft.event_at
        number = draft.event_attr
        if number & slots or <int64_t>draft.at < 0:
            return False
        together = draft.tenant + draft.attempt + draft.key
    except (OverflowError, TypeError):
        return False
    return (
        draft.kind in kinds and together.isascii() and len(together) <= max_text and "\0" not in together
        and len(draft.subject) in (0, 16) and len(draft.debts) <= max_debts and 2 <= len(draft.payload) <= max_payload)

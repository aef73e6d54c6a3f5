"""The bytes that the chain takes in, laid out in one piece of memory: the hot part of store/entry.py."""
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memcpy

from hashlib import sha256

cdef extern from "Python.h":
    const char *PyUnicode_AsUTF8AndSize(object text, Py_ssize_t *size) except NULL

cdef enum:
    NUMBERS = 20  # bytes of at, event_at and event_attr
    LENGTH = 4  # bytes of the length before each text and list
    FRAMED = 6  # tenant, kind, subject, attempt, key, ids
    WIDER = 3  # household, workplace, account


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

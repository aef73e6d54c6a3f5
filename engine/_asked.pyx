"""A person's events packed into the 12 bytes of engine/history.py, which is the clear twin: the tests compare them."""
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.datetime cimport (
    PyDateTime_Check, datetime_day, datetime_hour, datetime_minute, datetime_month, datetime_second, datetime_year,
    import_datetime,
)
from libc.stdint cimport int64_t, uint32_t, uint64_t

from datetime import UTC

from cadencia.engine.tables import UNIX_OF_EPOCH
from cadencia.engine.words import Actor, Channel, EventKind, Party, Place, Purpose

import_datetime()

cdef enum:
    # engine/history.py: where each word lies in the attributes
    KIND = 3
    PARTY = 7
    PLACE = 10
    ACTOR = 13
    PURPOSE = 17
    INBOUND = 19
    CONSENTED = 20
    DEBT = 21
    ADDRESS = 29
    CREDITOR = 37
    KIND_INBOUND = 11

cdef dict CHANNELS = {member.name: int(member) for member in Channel}
cdef dict KINDS = {member.name: int(member) for member in EventKind}
cdef dict PARTIES = {member.name: int(member) for member in Party}
cdef dict PLACES = {member.name: int(member) for member in Place}
cdef dict ACTORS = {member.name: int(member) for member in Actor}
cdef dict PURPOSES = {member.name: int(member) for member in Purpose}
cdef object utc = UTC
cdef int64_t unix_of_epoch = UNIX_OF_EPOCH
cdef int64_t never = -(<int64_t>1 << 62)


cdef int64_t seconds_of(object at) except? -1:
    """Seconds since 2000-01-01T00:00:00Z, rounded down; ValueError for a naive time."""
    cdef int64_t year, month, day, era, of_era, of_year
    if not PyDateTime_Check(at):
        raise ValueError("a time needs to be a datetime")
    if at.tzinfo is utc:
        year, month, day = datetime_year(at), datetime_month(at), datetime_day(at)
        year -= month <= 2                                          # civil calendar, H. Hinnant's algorithm
        era = year // 400
        of_era = year - era * 400
        of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
        day = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 730425
        return day * 86400 + datetime_hour(at) * 3600 + datetime_minute(at) * 60 + datetime_second(at)
    if at.tzinfo is None:
        raise ValueError("a time needs its zone or offset")
    return <int64_t>(at.timestamp() // 1) - unix_of_epoch


def seconds(at not None):
    """Seconds since 2000-01-01T00:00:00Z of an aware datetime, rounded down; ValueError for a naive one."""
    return seconds_of(at)


cdef inline uint64_t slot(object name, dict numbers, int limit) except? 0xFFFF:
    """The slot of an id, a new one if it was not seen before; OverflowError when all are taken."""
    if name is None:
        return 0
    found = numbers.get(name)
    if found is None:
        if len(numbers) >= limit:
            raise OverflowError(f"more than {limit} distinct ids on one person")
        found = len(numbers) + 1
        numbers[name] = found
    return found


def pack_events(tuple events not None, dict debts not None, dict addresses not None, dict creditors not None,
                int most_debts, int most_addresses, int most_creditors):
    """(uint32 times, uint64 attributes) as bytes, oldest first. The dictionaries hold the slots given so far and are
    added to. KeyError for an unknown word, ValueError for a time that does not fit, OverflowError for too many ids."""
    cdef Py_ssize_t n = len(events), i
    cdef bytes at_bytes = PyBytes_FromStringAndSize(NULL, n * 4)
    cdef bytes attr_bytes = PyBytes_FromStringAndSize(NULL, n * 8)
    cdef uint32_t* at = <uint32_t*>PyBytes_AS_STRING(at_bytes)
    cdef uint64_t* attr = <uint64_t*>PyBytes_AS_STRING(attr_bytes)
    cdef int64_t when, last = never
    cdef uint64_t kind
    if any_out_of_order(events):
        events = tuple(sorted(events, key=seconds_of_event))
    for i in range(n):
        event = events[i]
        when = seconds_of(event.at)
        if when < 0 or when > 0xFFFFFFFF:
            raise ValueError(f"an event of {event.at.isoformat()} is outside 2000 to 2136")
        kind = KINDS[event.kind]
        at[i] = <uint32_t>when
        attr[i] = (<uint64_t>CHANNELS[event.channel] | kind << KIND | <uint64_t>PARTIES[event.party] << PARTY
                   | <uint64_t>PLACES[event.place] << PLACE | <uint64_t>ACTORS[event.actor] << ACTOR
                   | <uint64_t>PURPOSES[event.purpose] << PURPOSE
                   | <uint64_t>(bool(event.inbound) or kind == KIND_INBOUND) << INBOUND
                   | <uint64_t>bool(event.consented) << CONSENTED
                   | slot(event.debt, debts, most_debts) << DEBT | slot(event.address, addresses, most_addresses) << ADDRESS
                   | slot(event.creditor, creditors, most_creditors) << CREDITOR)
    return at_bytes, attr_bytes


def seconds_of_event(event not None):
    """The time of an event, to sort by."""
    return seconds_of(event.at)


cdef bint any_out_of_order(tuple events) except -1:
    cdef int64_t last = never, when
    for event in events:
        when = seconds_of(event.at)
        if when < last:
            return True
        last = when
    return False

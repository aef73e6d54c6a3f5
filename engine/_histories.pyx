"""Persons' histories in memory: 12 bytes an event, one contiguous ascending block a person, no Python object of either.

One thread at a time. What is kept lies in engine/_persons.pxd, its memory in engine/_arena.pxd.
"""
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset
from cadencia.engine._persons cimport (
    Attempt, INBOUND, MAX_ADDRESSES, MAX_CREDITORS, MAX_DEBTS, NO_MEMORY, NO_SLOT, NOBODY, OK, OVERFLOWN, Person, Persons,
    SEQUENCES, Subject, add_person, append_attempt, attributes, events_of, free_persons, grow_index, make_names, make_room,
    number_of, person_at, remove_attempt, set_kind, times, words_exist,
)

import numpy as np

from cadencia.engine.history import SlotError

cdef enum:
    # engine/words.py: EventKind
    INBOUND_KIND = 11
    VOID_KIND = 15
    FIRST_INDEX = 1 << 10
cdef uint32_t NO_ATTEMPT = <uint32_t>0xFFFFFFFF


class UnknownAttemptError(LookupError):
    """The person, or an attempt of the person with this number, is not in the histories."""


cdef Subject subject_of(bytes subject) except *:
    """ValueError unless it has 16 bytes."""
    cdef Subject out
    if subject is None or len(subject) != 16:
        raise ValueError("a subject is a keyed hash of 16 bytes")
    memcpy(&out, PyBytes_AS_STRING(subject), sizeof(Subject))
    return out


cdef struct Frozen:                 # where each array begins, or goes on
    Subject* subjects
    uint64_t* attr
    uint64_t* names
    uint32_t* n
    uint32_t* dealt
    uint32_t* at
    uint8_t* small                  # debts, addresses, creditors, flags of each person


cdef class Histories:
    """Events by subject (16 bytes): a person's, or of whoever else the rules count for. See engine/histories.py."""

    def __cinit__(self):
        memset(&self.p, 0, sizeof(Persons))
        if grow_index(&self.p, FIRST_INDEX) != OK:
            raise MemoryError()

    def __dealloc__(self):
        free_persons(&self.p)

    cdef int owned(self) except -1:
        if self.busy:
            raise RuntimeError("the histories are in use by another thread: give them one thread")
        return 0

    cdef Person* known(self, bytes subject) except? NULL:
        """NULL when nothing is known of the subject."""
        cdef uint32_t number = number_of(&self.p, subject_of(subject))
        self.owned()
        return NULL if number == NOBODY else person_at(&self.p, number)

    def __len__(self):
        """How many events there are."""
        return self.p.n_events

    @property
    def persons(self):
        """How many subjects were ever added."""
        return self.p.n

    def append(self, bytes subject not None, int64_t at, uint64_t attr, tuple debts not None=(), uint64_t address=0,
               uint64_t creditor=0, *, bint tentative=False):
        """Adds an attempt of this second (since 2000), with the attributes of engine/history.py without slots: an event
        for each debt, at its place in time. Returns its number among the person's attempts, which comes again only when
        no event has it any more. Ids are 64-bit hashes, 0 is not stated.

        SlotError when its ids do not fit, with nothing added. What is not `tentative` has happened: the person is denied
        history_overflow from then on. ValueError for a time or words that no event has."""
        cdef Attempt e
        cdef uint32_t sequence = 0, k
        cdef uint64_t[MAX_DEBTS + 1] ids
        cdef int wrong
        self.owned()
        e.subject = subject_of(subject)
        check_event(at, attr)
        distinct = [debt for debt in dict.fromkeys(debts) if debt]
        e.at, e.attr, e.address, e.creditor = <uint32_t>at, attr, address, creditor
        e.debts, e.n_debts = ids, min(<uint32_t>len(distinct), <uint32_t>MAX_DEBTS + 1)
        for k in range(e.n_debts):
            ids[k] = distinct[k]
        wrong = append_attempt(&self.p, &e, &sequence)
        if wrong == NO_MEMORY:
            raise MemoryError()
        if wrong != OK:
            if not tentative:
                self.known(subject).flags |= OVERFLOWN
            raise SlotError(
                f"more than {MAX_DEBTS} debts, {MAX_ADDRESSES} addresses or {MAX_CREDITORS} creditors on one person"
                if wrong == NO_SLOT else f"more than {SEQUENCES} attempts on one person")
        return sequence

    def extend(self, const uint8_t[:, ::1] subjects, const uint32_t[::1] at, const uint64_t[::1] attr,
               const uint64_t[::1] debt, const uint64_t[::1] address, const uint64_t[::1] creditor):
        """Appends many attempts of one debt each, in this order: the number of each, 0xFFFFFFFF where it did not fit and
        the person is denied history_overflow. ValueError, with nothing added, for a row that is none."""
        cdef int64_t i, n = at.shape[0], bad = -1
        cdef Attempt e
        cdef int wrong = OK
        self.owned()
        if subjects.shape[1] != 16 or not (subjects.shape[0] == attr.shape[0] == debt.shape[0] == address.shape[0]
                                           == creditor.shape[0] == n):
            raise ValueError("columns of one length, and subjects of 16 bytes, are needed")
        out = np.empty(n, np.uint32)
        cdef uint32_t[::1] sequence = out
        self.busy = True
        with nogil:
            for i in range(n):
                if not words_exist(attr[i]):
                    bad = i
                    break
            if bad < 0:
                for i in range(n):
                    memcpy(&e.subject, &subjects[i, 0], sizeof(Subject))
                    e.at, e.attr, e.address, e.creditor = at[i], attr[i], address[i], creditor[i]
                    e.debts, e.n_debts = &debt[i], debt[i] != 0
                    wrong = append_attempt(&self.p, &e, &sequence[i])
                    if wrong == NO_MEMORY:
                        break
                    if wrong != OK:
                        sequence[i] = NO_ATTEMPT
                        person_at(&self.p, number_of(&self.p, e.subject)).flags |= OVERFLOWN
        self.busy = False
        if bad >= 0:
            raise ValueError(f"row {bad}: {attr[bad]:#x} has an unknown word, or bits where slots and sequence go")
        if wrong == NO_MEMORY:
            raise MemoryError()
        return out

    def become(self, bytes subject not None, uint32_t sequence, uint8_t kind):
        """The attempt ended so (a number of engine.words.EventKind), or so after all: how many events changed.
        UnknownAttemptError; ValueError for a kind that is none, or for `inbound` of an attempt that was ours."""
        cdef Person* person = self.known(subject)
        cdef uint32_t first = 0, n = 0 if person is NULL else events_of(person, sequence, &first)
        if n == 0:
            raise UnknownAttemptError(f"no attempt {sequence} of this person is in the histories")
        if kind > 15 or not words_exist(<uint64_t>kind << 3):
            raise ValueError(f"{kind} is no kind of event; see engine/words.py EventKind")
        if kind == INBOUND_KIND and not attributes(person)[first] >> INBOUND & 1:
            raise ValueError("an attempt of ours cannot become a contact that the person began")
        return set_kind(person, sequence, kind)

    def void(self, bytes subject not None, uint32_t sequence):
        """The attempt was released before it was placed: it stays and counts as nothing. UnknownAttemptError."""
        return self.become(subject, sequence, VOID_KIND)

    def remove(self, bytes subject not None, uint32_t sequence):
        """Takes back an attempt that was never recorded: how many events went. The number of the newest attempt is dealt
        again; slots stay dealt. UnknownAttemptError."""
        cdef Person* person = self.known(subject)
        cdef uint32_t n = 0 if person is NULL else remove_attempt(&self.p, person, sequence)
        if n == 0:
            raise UnknownAttemptError(f"no attempt {sequence} of this person is in the histories")
        return n

    def rows(self, bytes subject not None):
        """The subject's events as copies: (uint32 times, uint64 attributes), oldest first; empty when none is known."""
        cdef Person* person = self.known(subject)
        cdef uint32_t n = 0 if person is NULL else person.n
        at, attr = np.empty(n, np.uint32), np.empty(n, np.uint64)
        if n:
            memcpy(<void*><size_t>at.ctypes.data, times(person), <size_t>4 * n)
            memcpy(<void*><size_t>attr.ctypes.data, attributes(person), <size_t>8 * n)
        return at, attr

    def names(self, bytes subject not None):
        """(debts, addresses, creditors): the hashes in the order of their slots, the first has slot 1."""
        cdef Person* person = self.known(subject)
        cdef uint32_t d, a, c, k
        if person is NULL:
            return (), (), ()
        d, a, c = person.debts, person.addresses, person.creditors
        return (tuple([person.names[k] for k in range(d)]), tuple([person.names[k] for k in range(d, d + a)]),
                tuple([person.names[k] for k in range(d + a, d + a + c)]))

    def overflown(self, bytes subject not None):
        """Whether something that happened could not be kept, so that the person is denied history_overflow."""
        cdef Person* person = self.known(subject)
        return person is not NULL and person.flags & OVERFLOWN != 0

    def subjects(self):
        """Every subject that was ever added, in the order of first appearance."""
        cdef uint32_t k
        for k in range(self.p.n):
            yield (<char*>&person_at(&self.p, k).subject)[:16]


    def freeze(self):
        """(persons, events, hashes, bytes): everything as it lies, for `thaw`; engine/checkpoint.py says the layout."""
        cdef uint64_t n_names = 0, of_person, n_persons = self.p.n
        cdef uint32_t k
        cdef Person* person
        cdef Frozen f
        cdef bytes out
        self.owned()
        for k in range(self.p.n):
            person = person_at(&self.p, k)
            n_names += person.debts + person.addresses + person.creditors
        out = PyBytes_FromStringAndSize(NULL, frozen_size(n_persons, self.p.n_events, n_names))
        lay_out(&f, PyBytes_AS_STRING(out), n_persons, self.p.n_events, n_names)
        for k in range(self.p.n):
            person = person_at(&self.p, k)
            of_person = person.debts + person.addresses + person.creditors
            f.subjects[k], f.n[k], f.dealt[k] = person.subject, person.n, person.dealt
            f.small[4 * k], f.small[4 * k + 1] = person.debts, person.addresses
            f.small[4 * k + 2], f.small[4 * k + 3] = person.creditors, person.flags
            if person.n:
                memcpy(f.at, times(person), <size_t>4 * person.n)
                memcpy(f.attr, attributes(person), <size_t>8 * person.n)
            if of_person:
                memcpy(f.names, person.names, 8 * of_person)
            f.at += person.n
            f.attr += person.n
            f.names += of_person
        return n_persons, self.p.n_events, n_names, out

    @staticmethod
    def thaw(const uint8_t[::1] data not None, uint64_t n_persons, uint64_t n_events, uint64_t n_names):
        """Histories of what `freeze` gave. ValueError when it is of another size or not as histories lie."""
        cdef Histories out = Histories()
        cdef Frozen f
        cdef int wrong = 0
        if (n_persons >= NOBODY or n_events >= <uint64_t>1 << 48 or n_names >= <uint64_t>1 << 48
                or <uint64_t>data.shape[0] != frozen_size(n_persons, n_events, n_names)):
            raise ValueError(f"{data.shape[0]} bytes do not hold {n_persons} persons with {n_events} events")
        if n_persons:
            lay_out(&f, <char*>&data[0], n_persons, n_events, n_names)
            with nogil:
                wrong = thaw_all(&out.p, &f, <uint32_t>n_persons, n_events, n_names)
        if wrong == NO_MEMORY:
            raise MemoryError()
        if wrong != OK or out.p.n_events != n_events:
            raise ValueError("a person is there twice, or the events are not oldest first or of another number")
        return out


cdef inline uint64_t frozen_size(uint64_t n_persons, uint64_t n_events, uint64_t n_names) noexcept nogil:
    return 28 * n_persons + 12 * n_events + 8 * n_names


cdef void lay_out(Frozen* f, char* to, uint64_t n_persons, uint64_t n_events, uint64_t n_names) noexcept nogil:
    f.subjects = <Subject*>to
    f.attr = <uint64_t*>(to + 16 * n_persons)
    f.names = f.attr + n_events
    f.n = <uint32_t*>(f.names + n_names)
    f.dealt = f.n + n_persons
    f.at = f.dealt + n_persons
    f.small = <uint8_t*>(f.at + n_events)


cdef int thaw_all(Persons* p, Frozen* f, uint32_t n_persons, uint64_t n_events, uint64_t n_names) noexcept nogil:
    """OK; NO_MEMORY; NO_SLOT for what histories are not like."""
    cdef uint32_t k, i, n, room = FIRST_INDEX, of_names
    cdef Person* person
    while room < <uint32_t>1 << 31 and <uint64_t>room * 7 < <uint64_t>n_persons * 10 + 10:
        room *= 2
    if grow_index(p, room) != OK:
        return NO_MEMORY
    for k in range(n_persons):
        n, of_names = f.n[k], f.small[4 * k] + f.small[4 * k + 1] + f.small[4 * k + 2]
        if n > n_events or of_names > n_names or f.small[4 * k + 2] > MAX_CREDITORS:
            return NO_SLOT
        if number_of(p, f.subjects[k]) != NOBODY:
            return NO_SLOT
        person = add_person(p, f.subjects[k])
        if person is NULL or (n and make_room(p, person, n) != OK) or (of_names and make_names(p, person, of_names) != OK):
            return NO_MEMORY
        person.debts, person.addresses, person.creditors = f.small[4 * k], f.small[4 * k + 1], f.small[4 * k + 2]
        person.n, person.dealt, person.flags = n, f.dealt[k], f.small[4 * k + 3]
        for i in range(1, n):
            if f.at[i] < f.at[i - 1]:
                return NO_SLOT
        if n:
            memcpy(times(person), f.at, <size_t>4 * n)
            memcpy(attributes(person), f.attr, <size_t>8 * n)
        if of_names:
            memcpy(person.names, f.names, 8 * of_names)
        f.at += n
        f.attr += n
        f.names += of_names
        n_events -= n
        n_names -= of_names
        p.n_events += n
    return OK if n_events == 0 and n_names == 0 else NO_SLOT


cdef int check_event(int64_t at, uint64_t attr) except -1:
    if not 0 <= at <= 0xFFFFFFFF:
        raise ValueError(f"an event {at} seconds after 2000-01-01 is outside 2000 to 2136")
    if not words_exist(attr):
        raise ValueError(f"attributes {attr:#x} have an unknown word, or bits where slots and sequence go")
    return 0

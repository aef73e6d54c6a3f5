"""Persons' blocks of events and their side dictionaries: added to, changed in place, freed. Integers and pointers only.

`engine/_persons.pxd` has the layout and how a row points into it; `engine/_histories.pyx` is what Python sees.
"""
from libc.stdint cimport uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy, memmove, memset
from cadencia.engine._arena cimport MOST, N_SIZES, bytes_of, free_arena, give_back, size_for, take

from cadencia.engine.words import Actor, Channel, EventKind, Party, Place, Purpose

cdef uint64_t KIND_BITS = <uint64_t>15 << KIND
#: The words of an event that exist: a mask of them, where the word lies, its bits.
cdef (uint64_t, int, uint64_t)[6] WORDS
for _i, (_vocabulary, _shift, _bits) in enumerate(
        ((Channel, 0, 7), (EventKind, 3, 15), (Party, 7, 7), (Place, 10, 7), (Actor, 13, 15), (Purpose, 17, 3))):
    WORDS[_i] = (sum(1 << int(member) for member in _vocabulary), _shift, _bits)


cdef bint words_exist(uint64_t attr) noexcept nogil:
    """Whether the attributes say known words, and nothing where slots and sequence go."""
    cdef int k
    for k in range(6):
        if not (WORDS[k][0] >> ((attr >> WORDS[k][1]) & WORDS[k][2])) & 1:
            return False
    return attr >> DEBT == 0


cdef int grow_index(Persons* p, uint32_t n) noexcept nogil:
    """The index anew with room for n entries, a power of two."""
    cdef uint64_t* index = <uint64_t*>calloc(n, sizeof(uint64_t))
    cdef uint32_t k
    if index is NULL:
        return NO_MEMORY
    free(p.index)
    p.index, p.mask = index, n - 1
    for k in range(p.n):
        enter(p, k, person_at(p, k).subject)
    return OK


cdef void enter(Persons* p, uint32_t number, Subject subject) noexcept nogil:
    """Puts a person who is not there into the index."""
    cdef uint64_t h = hash_of(subject)
    cdef uint32_t slot = <uint32_t>(h >> 32) & p.mask
    while p.index[slot]:
        slot = (slot + 1) & p.mask
    p.index[slot] = h << 32 | (<uint64_t>number + 1)


cdef Person* add_person(Persons* p, Subject subject) noexcept nogil:
    """A person who is not yet there; NULL when there is no memory."""
    cdef Person* person
    cdef Person** pages
    if (p.n + 1) * <uint64_t>10 > (p.mask + <uint64_t>1) * 7 and grow_index(p, 2 * (p.mask + 1)) != OK:
        return NULL
    if p.n >> PAGE_SHIFT == p.n_pages:
        pages = <Person**>realloc(p.pages, (p.n_pages + 1) * sizeof(Person*))
        if pages is NULL:
            return NULL
        p.pages = pages
        pages[p.n_pages] = <Person*>malloc(PAGE * sizeof(Person))
        if pages[p.n_pages] is NULL:
            return NULL
        p.n_pages += 1
    person = person_at(p, p.n)
    memset(person, 0, sizeof(Person))
    person.subject = subject
    enter(p, p.n, subject)
    p.n += 1
    return person


cdef void free_block(Persons* p, Person* person) noexcept nogil:
    if person.room <= MOST // 12:
        give_back(&p.arena, person.block)
    else:
        free(person.block)


cdef int make_room(Persons* p, Person* person, uint32_t needed) noexcept nogil:
    """A block for so many events, moved into when the old one is too small."""
    cdef uint32_t size = size_for(12 * needed) if needed <= MOST // 12 else N_SIZES
    cdef uint32_t room = bytes_of(size) // 12 if size < N_SIZES else (needed + needed // 4 + 1) & ~<uint32_t>1
    cdef char* block
    if needed <= person.room:
        return OK
    block = <char*>(take(&p.arena, size) if size < N_SIZES else malloc(<size_t>12 * room))
    if block is NULL:
        return NO_MEMORY
    if person.block is not NULL:
        memcpy(block, person.block, <size_t>4 * person.n)
        memcpy(block + <size_t>4 * room, attributes(person), <size_t>8 * person.n)
        free_block(p, person)
    person.block, person.room = block, room
    return OK


cdef int make_names(Persons* p, Person* person, uint32_t more) noexcept nogil:
    """Room for so many more hashes in the side dictionary."""
    cdef uint32_t n = person.debts + person.addresses + person.creditors
    cdef uint32_t size = size_for(8 * (n + more))
    cdef void* names
    if n and size == size_for(8 * n):
        return OK
    names = take(&p.arena, size)
    if names is NULL:
        return NO_MEMORY
    if n:
        memcpy(names, person.names, 8 * n)
        give_back(&p.arena, person.names)
    person.names = <uint64_t*>names
    return OK


cdef int deal(Persons* p, Person* person, const Attempt* e) noexcept nogil:
    """Slots for the ids of an attempt that have none yet: all of them or, when they do not fit, none."""
    cdef uint32_t k, n_new = 0, d = person.debts, a = person.addresses, c = person.creditors
    cdef bint new_address = slot_of(person.names + d, a, e.address) > a
    cdef bint new_creditor = slot_of(person.names + d + a, c, e.creditor) > c
    for k in range(e.n_debts):
        n_new += slot_of(person.names, d, e.debts[k]) > d
    if d + n_new > MAX_DEBTS or a + new_address > MAX_ADDRESSES or c + new_creditor > MAX_CREDITORS:
        return NO_SLOT
    if n_new + new_address + new_creditor == 0:
        return OK
    if make_names(p, person, n_new + new_address + new_creditor) != OK:
        return NO_MEMORY
    if new_creditor:
        person.names[d + a + c] = e.creditor
        person.creditors += 1
    if new_address:
        memmove(person.names + d + a + 1, person.names + d + a, 8 * person.creditors)
        person.names[d + a] = e.address
        person.addresses += 1
    if n_new:
        memmove(person.names + d + n_new, person.names + d, 8 * (person.addresses + person.creditors))
        for k in range(e.n_debts):
            if slot_of(person.names, person.debts, e.debts[k]) > person.debts:
                person.names[person.debts] = e.debts[k]
                person.debts += 1
    return OK


cdef int number_attempt(Person* person, uint32_t* sequence) noexcept nogil:
    """The next of the 2**17 numbers; once they have all been dealt, the next that no event of the person has."""
    cdef uint64_t* used
    cdef uint32_t k, number, tries
    if person.dealt < SEQUENCES:
        sequence[0] = person.dealt
        person.dealt += 1
        return OK
    used = <uint64_t*>calloc(SEQUENCES // 64, sizeof(uint64_t))
    if used is NULL:
        return NO_MEMORY
    for k in range(person.n):
        number = <uint32_t>(attributes(person)[k] >> SEQUENCE) & (SEQUENCES - 1)
        used[number >> 6] |= <uint64_t>1 << (number & 63)
    for tries in range(<uint32_t>SEQUENCES):
        number = (person.dealt + tries) & (SEQUENCES - 1)
        if not (used[number >> 6] >> (number & 63)) & 1:
            break
    else:
        free(used)
        return NO_SEQUENCE
    free(used)
    sequence[0] = number
    person.dealt = SEQUENCES + ((number + 1) & (SEQUENCES - 1))
    return OK


cdef uint32_t place_for(const Person* person, uint32_t at) noexcept nogil:
    """Behind the last event that is not later."""
    cdef const uint32_t* t = times(person)
    cdef uint32_t low = 0, high = person.n, middle
    if high == 0 or t[high - 1] <= at:
        return high
    while low < high:
        middle = low + (high - low) // 2
        if t[middle] <= at:
            low = middle + 1
        else:
            high = middle
    return low


cdef int append_attempt(Persons* p, const Attempt* e, uint32_t* sequence) noexcept nogil:
    """One event a debt, at its place in time; OK, or what went wrong with nothing appended."""
    cdef uint32_t number = number_of(p, e.subject), n = max(<uint32_t>1, e.n_debts), at, k
    cdef Person* person = add_person(p, e.subject) if number == NOBODY else person_at(p, number)
    cdef uint64_t attr, debt
    cdef uint64_t* a
    cdef int wrong
    if person is NULL or make_room(p, person, person.n + n) != OK:
        return NO_MEMORY
    wrong = deal(p, person, e)
    if wrong == OK:
        wrong = number_attempt(person, sequence)
    if wrong != OK:
        return wrong
    a = attributes(person)
    at = place_for(person, e.at)
    if at < person.n:
        memmove(times(person) + at + n, times(person) + at, <size_t>4 * (person.n - at))
        memmove(a + at + n, a + at, <size_t>8 * (person.n - at))
    attr = e.attr | <uint64_t>sequence[0] << SEQUENCE
    attr |= <uint64_t>slot_of(person.names + person.debts, person.addresses, e.address) << ADDRESS
    attr |= <uint64_t>slot_of(person.names + person.debts + person.addresses, person.creditors, e.creditor) << CREDITOR
    for k in range(n):
        debt = slot_of(person.names, person.debts, e.debts[k]) if e.n_debts else 0
        times(person)[at + k] = e.at
        a[at + k] = attr | debt << DEBT
        attr |= <uint64_t>1 << SAME_ATTEMPT | <uint64_t>1 << SAME_CREDITOR
    person.n += n
    p.n_events += n
    return OK


cdef uint32_t events_of(const Person* person, uint32_t sequence, uint32_t* first) noexcept nogil:
    """How many events the attempt has; they lie together from `first` on. What is asked for is mostly new: newest first."""
    cdef const uint64_t* a = attributes(person)
    cdef uint32_t k = person.n, n = 0
    while k > 0 and (a[k - 1] >> SEQUENCE) & (SEQUENCES - 1) != sequence:
        k -= 1
    while k > 0 and (a[k - 1] >> SEQUENCE) & (SEQUENCES - 1) == sequence:
        k -= 1
        n += 1
    first[0] = k
    return n


cdef uint32_t set_kind(Person* person, uint32_t sequence, uint64_t kind) noexcept nogil:
    """How many events the attempt has, all of them now of this kind."""
    cdef uint32_t first, k, n = events_of(person, sequence, &first)
    for k in range(first, first + n):
        attributes(person)[k] = (attributes(person)[k] & ~KIND_BITS) | kind << KIND
    return n


cdef uint32_t remove_attempt(Persons* p, Person* person, uint32_t sequence) noexcept nogil:
    """Takes back an attempt: how many events went. The number of the newest attempt is dealt again; slots stay dealt."""
    cdef uint32_t first = 0, n = events_of(person, sequence, &first), after
    if n == 0:
        return 0
    after = person.n - first - n
    memmove(times(person) + first, times(person) + first + n, <size_t>4 * after)
    memmove(attributes(person) + first, attributes(person) + first + n, <size_t>8 * after)
    person.n -= n
    p.n_events -= n
    if person.dealt <= SEQUENCES and person.dealt == sequence + 1:
        person.dealt -= 1
    return n


cdef void free_persons(Persons* p) noexcept nogil:
    cdef uint32_t k
    for k in range(p.n):
        if person_at(p, k).room > MOST // 12:
            free(person_at(p, k).block)
    for k in range(p.n_pages):
        free(p.pages[k])
    free(p.pages)
    free(p.index)
    free_arena(&p.arena)

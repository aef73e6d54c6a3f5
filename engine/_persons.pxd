# Persons in C: who they are, their block of events, their side dictionary, and a row that points into them.
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from cadencia.engine._arena cimport Arena
from cadencia.engine._decide cimport Row

cdef enum:
    # engine/history.py: the event's attributes and its limits
    KIND = 3
    INBOUND = 19
    DEBT = 21
    ADDRESS = 29
    CREDITOR = 37
    SEQUENCE = 42
    SAME_ATTEMPT = 59
    SAME_CREDITOR = 60
    MAX_DEBTS = 255
    MAX_ADDRESSES = 255
    MAX_CREDITORS = 31
    SEQUENCES = 1 << 17             # attempts of one person that can be told apart
    PAGE_SHIFT = 13
    PAGE = 1 << PAGE_SHIFT          # persons a page
    NOBODY = 0xFFFFFFFF
    OVERFLOWN = 1                   # flag: something that happened could not be kept
    # what went wrong
    OK = 0
    NO_MEMORY = -1
    NO_SLOT = -2
    NO_SEQUENCE = -3

cdef struct Subject:                # 16 bytes as they come
    uint64_t a, b

cdef struct Person:                 # 48 bytes
    Subject subject
    char* block                     # `room` times (uint32), then `room` attributes (uint64); ascending; NULL: none
    uint64_t* names                 # 64-bit hashes in the order of their slots: debts, then addresses, then creditors
    uint32_t n                      # events
    uint32_t room                   # events that fit the block
    uint32_t dealt                  # attempts numbered so far
    uint8_t debts, addresses, creditors
    uint8_t flags

cdef struct Persons:
    Arena arena
    Person** pages
    uint32_t n
    uint32_t n_pages
    uint64_t* index                 # open addressing: the hash's low half << 32 | number of a person + 1; 0 empty
    uint32_t mask
    uint64_t n_events

cdef struct Attempt:                # what is appended
    Subject subject
    uint32_t at
    uint64_t attr                   # without slots and sequence
    const uint64_t* debts           # hashes, no two alike
    uint32_t n_debts
    uint64_t address, creditor      # hashes, 0 not stated

cdef bint words_exist(uint64_t attr) noexcept nogil
cdef int grow_index(Persons* p, uint32_t n) noexcept nogil
cdef Person* add_person(Persons* p, Subject subject) noexcept nogil
cdef int make_room(Persons* p, Person* person, uint32_t needed) noexcept nogil
cdef int make_names(Persons* p, Person* person, uint32_t more) noexcept nogil
cdef int append_attempt(Persons* p, const Attempt* e, uint32_t* sequence) noexcept nogil
cdef uint32_t events_of(const Person* person, uint32_t sequence, uint32_t* first) noexcept nogil
cdef uint32_t set_kind(Person* person, uint32_t sequence, uint64_t kind) noexcept nogil
cdef uint32_t remove_attempt(Persons* p, Person* person, uint32_t sequence) noexcept nogil
cdef void free_persons(Persons* p) noexcept nogil

cdef inline uint64_t hash_of(Subject subject) noexcept nogil:
    """The high half says where in the index the search begins, the low half is kept there."""
    cdef uint64_t h = (subject.a ^ (subject.b * <uint64_t>0x9E3779B97F4A7C15)) * <uint64_t>0xD6E8FEB86659FD93
    return h ^ (h >> 32)

cdef inline Person* person_at(const Persons* p, uint32_t number) noexcept nogil:
    return &p.pages[number >> PAGE_SHIFT][number & (PAGE - 1)]

cdef inline uint32_t number_of(const Persons* p, Subject subject) noexcept nogil:
    """The number of a person; NOBODY."""
    cdef uint64_t h = hash_of(subject), found
    cdef uint32_t slot = <uint32_t>(h >> 32) & p.mask
    cdef Person* person
    while True:                     # ends: the index is never full
        found = p.index[slot]
        if found == 0:
            return NOBODY
        if <uint32_t>(found >> 32) == <uint32_t>h:
            person = person_at(p, <uint32_t>found - 1)
            if person.subject.a == subject.a and person.subject.b == subject.b:
                return <uint32_t>found - 1
        slot = (slot + 1) & p.mask

cdef inline uint32_t likely_number(const Persons* p, uint64_t h) noexcept nogil:
    """The number of a person with this hash, without looking at the person; NOBODY."""
    cdef uint32_t slot = <uint32_t>(h >> 32) & p.mask
    while p.index[slot]:
        if <uint32_t>(p.index[slot] >> 32) == <uint32_t>h:
            return <uint32_t>p.index[slot] - 1
        slot = (slot + 1) & p.mask
    return NOBODY

cdef inline uint32_t* times(const Person* person) noexcept nogil:
    return <uint32_t*>person.block

cdef inline uint64_t* attributes(const Person* person) noexcept nogil:
    return <uint64_t*>(person.block + <size_t>4 * person.room)

cdef inline uint32_t slot_of(const uint64_t* names, uint32_t n, uint64_t name) noexcept nogil:
    """The slot of a hash among n; 0 when it is 0, n + 1 when it is not among them."""
    cdef uint32_t k
    if name == 0:
        return 0
    for k in range(n):
        if names[k] == name:
            return k + 1
    return n + 1

cdef inline bint point_to(const Person* person, uint64_t debt, uint64_t address, uint64_t creditor, Row* q) noexcept nogil:
    """The row asks about this person's events, where they lie; NULL is a person of whom nothing is known. An id that was
    never seen has the slot that it would get. False when the history is larger than can be counted exactly."""
    cdef uint32_t d = debt != 0, a = address != 0, c = creditor != 0
    q.n_events = 0
    if person is not NULL:
        if person.flags & OVERFLOWN:
            return False
        d = slot_of(person.names, person.debts, debt)
        a = slot_of(person.names + person.debts, person.addresses, address)
        c = slot_of(person.names + person.debts + person.addresses, person.creditors, creditor)
        if d > MAX_DEBTS or a > MAX_ADDRESSES or c > MAX_CREDITORS:
            return False
        q.event_at, q.event_attr, q.n_events = times(person), attributes(person), person.n
    q.subject = <uint64_t>d << DEBT | <uint64_t>a << ADDRESS | <uint64_t>c << CREDITOR
    return True

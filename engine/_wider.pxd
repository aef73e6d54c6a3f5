# Histories wider than a person's: under which subject one lies, and what a row's counters find in it. Inline.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy
from cadencia.engine.structs cimport N_WIDER
from cadencia.engine._decide cimport FULL, KNOWN, OWN, Row, Tables, UNSTATED, Wide
from cadencia.engine._persons cimport (
    Attempt, NO_MEMORY, NOBODY, OK, Person, Persons, Subject, append_attempt, number_of, person_at, point_to, remove_attempt,
)

cdef enum:
    # engine/words.py: Wider, Subject, and of Party all but debtor and attorney
    HOUSEHOLD = 0
    BY_DEBT = 1 << 0
    BY_CREDITOR = 1 << 1
    BY_ADDRESS = 1 << 2
    BY_ALL = BY_DEBT | BY_CREDITOR | BY_ADDRESS
    OTHERS = 0b101110
    PARTY_OF = 13                   # engine/batch.py: the packed selectors
    NONE_DEALT = 0xFFFFFFFF         # no attempt has this number

cdef struct Stated:                 # hashes of a contact's ids, 0 not stated
    uint64_t debt, address, creditor
    uint64_t wider[N_WIDER]         # by Wider

cdef inline Subject wide_subject(int kind, uint64_t id) noexcept nogil:
    """As engine/histories.py: wider_subject."""
    cdef Subject out
    cdef uint8_t* to = <uint8_t*>&out
    cdef int k
    memcpy(to, <const char*>"\xffwider", 6)
    to[6], to[7] = <uint8_t>kind, 0
    for k in range(8):
        to[8 + k] = <uint8_t>(id >> (56 - 8 * k))
    return out

cdef inline void point_wide(const Tables* x, const Persons* p, const Stated* ids, Row* q, Wide* wide) noexcept nogil:
    """The row's counters find in `wide` what they count over beside the person's events."""
    cdef uint8_t asked = x.profiles[q.profile].wider, narrows
    cdef uint32_t number
    cdef Row found
    cdef int k
    q.wide = wide
    for k in range(N_WIDER):
        wide[k].state = OWN
        if not (asked >> k) & 1:
            continue
        if ids.wider[k] == 0:
            if k == HOUSEHOLD and (OTHERS >> ((q.selectors >> PARTY_OF) & 7)) & 1:
                wide[k].state = UNSTATED
            continue
        number, narrows = number_of(p, wide_subject(k, ids.wider[k])), x.narrows[k]
        found.event_at, found.event_attr, found.subject = NULL, NULL, 0
        wide[k].state = KNOWN if point_to(
            NULL if number == NOBODY else person_at(p, number), ids.debt if narrows & BY_DEBT else 0,
            ids.address if narrows & BY_ADDRESS else 0, ids.creditor if narrows & BY_CREDITOR else 0, &found) else FULL
        wide[k].event_at, wide[k].event_attr, wide[k].n_events = found.event_at, found.event_attr, found.n_events
        wide[k].subject = found.subject

cdef inline int append_to(Persons* p, Subject subject, uint8_t narrows, const Stated* ids, Attempt* e,
                          uint32_t* sequence) noexcept nogil:
    """The attempt appended to this subject's history, with the ids that its counters are narrowed by; as append_attempt."""
    e.subject = subject
    e.debts, e.n_debts = &ids.debt, (narrows & BY_DEBT) != 0 and ids.debt != 0
    e.address = ids.address if narrows & BY_ADDRESS else 0
    e.creditor = ids.creditor if narrows & BY_CREDITOR else 0
    return append_attempt(p, e, sequence)

cdef inline int append_all(const Tables* x, Persons* p, Subject subject, const Stated* ids, int64_t at, uint64_t attr,
                           uint32_t* sequence, uint32_t* wide) noexcept nogil:
    """The attempt appended to the person's history and to every wider one that some rule counts, its number in each
    (`wide` by Wider, NONE_DEALT where none is). OK, or what went wrong with nothing appended."""
    cdef Attempt e
    cdef Person* person
    cdef int k, wrong
    e.at, e.attr = <uint32_t>at, attr
    wrong = append_to(p, subject, BY_ALL, ids, &e, sequence)
    if wrong != OK or not x.wider:
        return wrong
    for k in range(N_WIDER):
        if wrong == OK and (x.wider >> k) & 1 and ids.wider[k]:
            wrong = append_to(p, wide_subject(k, ids.wider[k]), x.narrows[k], ids, &e, &wide[k])
    if wrong == OK:
        return OK
    remove_attempt(p, person_at(p, number_of(p, subject)), sequence[0])
    sequence[0] = NONE_DEALT
    for k in range(N_WIDER):
        if wide[k] != NONE_DEALT:
            remove_attempt(p, person_at(p, number_of(p, wide_subject(k, ids.wider[k]))), wide[k])
            wide[k] = NONE_DEALT
    return wrong

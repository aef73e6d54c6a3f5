"""Decisions over histories: the kernel's row points into a person's block, and what is allowed is appended to it."""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset
from cadencia.engine.structs cimport Hint, OP_COUNT, Op, Profile, Segment, ZoneTable
from cadencia.engine._clock cimport day_of, offset_index
from cadencia.engine._count cimport count_start, counts, narrow_start
from cadencia.engine._decide cimport Answer, Columns, Known, Row, Tables, answer
from cadencia.engine._facts cimport facts_at, out_of_dates, out_of_gate
from cadencia.engine._fill cimport fill
from cadencia.engine._histories cimport Histories, subject_of
from cadencia.engine._kernel cimport Contact, HoursTable, Kernel, fill_columns
from cadencia.engine._persons cimport (
    Attempt, KIND, NO_MEMORY, NOBODY, OK, Person, Persons, Subject, append_attempt, attributes,
    events_of, hash_of, likely_number, number_of, person_at, point_to, set_kind, times,
)

from cadencia.engine._histories import UnknownAttemptError

cdef enum:
    # engine/words.py: VerdictCode, EventKind, RetryCode
    HISTORY_OVERFLOW = 5
    INVALID_QUERY = 9
    VOID_KIND = 15
    NEEDS_FACT = 2
    # engine/batch.py: the packed selectors
    SEL_ACTOR = 3
    SEL_PURPOSE = 7
    SEL_PARTY = 13
    SEL_PLACE = 16
    # rows between asking for a row's memory and reading it: the index, then the person, then the events
    RING = 32
    TO_INDEX = 24
    TO_PERSON = 16
    TO_EVENTS = 8
cdef extern from *:
    """
    #define CADENCIA_NOT_AN_INSTANT (-((int64_t)1 << 62))
    #define cadencia_fetch(p) __builtin_prefetch(p)
    """
    const int64_t NO_INSTANT "CADENCIA_NOT_AN_INSTANT"
    void fetch "cadencia_fetch"(const void* p) noexcept nogil
cdef uint64_t ALL_RULES = <uint64_t>0xFFFFFFFFFFFFFFFF
cdef uint32_t NO_ATTEMPT = <uint32_t>0xFFFFFFFF
cdef uint64_t CONSENTED = <uint64_t>1 << 20


cdef inline uint64_t reservation(uint32_t selectors) noexcept nogil:
    """The attributes of a pending attempt with these selectors."""
    return (<uint64_t>(selectors & 7) | <uint64_t>((selectors >> SEL_PARTY) & 7) << 7
            | <uint64_t>((selectors >> SEL_PLACE) & 7) << 10 | <uint64_t>((selectors >> SEL_ACTOR) & 15) << 13
            | <uint64_t>((selectors >> SEL_PURPOSE) & 3) << 17)


cdef void deny(Answer* out, uint8_t code) noexcept nogil:
    memset(out, 0, sizeof(Answer))
    out.code, out.retry, out.retry_at = code, NEEDS_FACT, NO_INSTANT


cdef class Prepared:
    """A contact without its history, and the hashes of its ids: asked about for any subject's history, at any instant."""

    def __init__(self, Contact contact not None, uint64_t debt, uint64_t address, uint64_t creditor, bint consented):
        self.contact = contact
        self.debt, self.address, self.creditor = debt, address, creditor
        self.attr = reservation(contact.row.selectors) | (CONSENTED if consented else 0)

    @property
    def attributes(self):
        """What a reservation of this contact is appended with: engine/history.py, kind pending, slots 0."""
        return self.attr

    @property
    def profile(self):
        """The kernel's number of the rules that apply; negative where none can be made."""
        return self.contact.row.profile

    @property
    def code(self):
        """Why the engine itself denies, whatever the history; 0."""
        return self.contact.code


cdef int ask(Prepared c, Person* person, int64_t at, bint want_retry, uint64_t only, int64_t without, Answer* out) except -1:
    """The answer over this person's events, those of the attempt `without` left out (-1: none is)."""
    cdef Tables x = c.contact.kernel.x
    cdef Row q = c.contact.row
    cdef uint32_t first = 0, n = 0
    cdef uint64_t kind = 0
    if c.contact.code:
        deny(out, c.contact.code)
        return 0
    if not point_to(person, c.debt, c.address, c.creditor, &q):
        deny(out, HISTORY_OVERFLOW)
        return 0
    if without >= 0:
        n = events_of(person, <uint32_t>without, &first) if person is not NULL else 0
        if n == 0:
            raise UnknownAttemptError(f"no attempt {without} of this person is in the histories")
        kind = (attributes(person)[first] >> KIND) & 15
        set_kind(person, <uint32_t>without, VOID_KIND)
    q.at = at
    if c.contact.hours is not None:
        x.hours = c.contact.hours.weeks
    answer(&x, &q, want_retry, only, out)
    if n:
        set_kind(person, <uint32_t>without, kind)
    return 0


def verdict(Prepared c not None, Histories h not None, bytes subject not None, int64_t at, int64_t without=-1):
    """(allowed, code, reasons) at this instant. UnknownAttemptError when `without` is no attempt of the subject."""
    cdef Answer a
    ask(c, h.known(subject), at, False, ALL_RULES, without, &a)
    return a.allowed, a.code, a.reasons


def answered(Prepared c not None, Histories h not None, bytes subject not None, int64_t at, bint want_retry=True,
             uint64_t only=ALL_RULES, int64_t without=-1):
    """(allowed, code, reasons, retry_at, retry), of the rules whose bits are in `only`."""
    cdef Answer a
    ask(c, h.known(subject), at, want_retry, only, without, &a)
    return a.allowed, a.code, a.reasons, a.retry_at, a.retry


cdef int append_pending(Persons* p, Subject subject, int64_t at, uint64_t attr, uint64_t debt, uint64_t address,
                        uint64_t creditor, Answer* a, uint32_t* sequence) noexcept nogil:
    """Appends what was allowed; what does not fit after all is denied. OK or NO_MEMORY."""
    cdef Attempt e
    cdef int wrong
    if not 0 <= at <= <int64_t>0xFFFFFFFF:
        deny(a, INVALID_QUERY)
        return OK
    e.subject, e.at, e.attr, e.address, e.creditor = subject, <uint32_t>at, attr, address, creditor
    e.debts, e.n_debts = &debt, debt != 0
    wrong = append_attempt(p, &e, sequence)
    if wrong == NO_MEMORY:
        return NO_MEMORY
    if wrong != OK:
        deny(a, HISTORY_OVERFLOW)
        sequence[0] = NO_ATTEMPT
    return OK


def reserve(Prepared c not None, Histories h not None, bytes subject not None, int64_t at):
    """(allowed, code, reasons, sequence): decided, and if it is allowed a pending attempt appended, in one step. The
    sequence is the attempt's number; -1 when nothing was appended."""
    cdef Answer a
    cdef uint32_t sequence = NO_ATTEMPT
    ask(c, h.known(subject), at, False, ALL_RULES, -1, &a)
    if a.allowed and append_pending(&h.p, subject_of(subject), at, c.attr, c.debt, c.address, c.creditor, &a,
                                    &sequence) != OK:
        raise MemoryError()
    return a.allowed, a.code, a.reasons, -1 if sequence == NO_ATTEMPT else <int64_t>sequence


cdef struct Many:                   # columns of a pass over many rows
    const uint8_t* subjects         # 16 bytes a row
    const uint64_t* debt
    const uint64_t* address
    const uint64_t* creditor
    const uint8_t* consented        # NULL: none is
    uint8_t* allowed
    uint8_t* code
    uint64_t* reasons
    uint32_t* sequence              # NULL: nothing is appended


cdef inline Subject subject_at(const Many* m, int64_t i) noexcept nogil:
    return (<const Subject*>(m.subjects + 16 * i))[0]


cdef int64_t pass_rows(const Tables* x, const Columns* c, Persons* p, const Many* m, int64_t n) noexcept nogil:
    """Each row in order, over what the rows before it left. -1; the row that points outside its columns; -2: no memory.

    Memory is asked for ahead in three steps, as each lies behind the one before: index, person, events."""
    cdef uint32_t ring[RING]
    cdef Row q
    cdef Answer a
    cdef Person* person
    cdef Subject subject
    cdef uint32_t number, sequence
    cdef int64_t i, j, back
    memset(&q, 0, sizeof(Row))
    q.hours = -1
    for i in range(-TO_INDEX, n):
        j = i + TO_INDEX
        if j < n:
            fetch(&p.index[<uint32_t>(hash_of(subject_at(m, j)) >> 32) & p.mask])
        j = i + TO_PERSON
        if 0 <= j < n:
            number = likely_number(p, hash_of(subject_at(m, j)))
            if number != NOBODY:
                person = person_at(p, number)
                fetch(person)
                fetch(&person.flags)                                # a person may lie on two lines of the cache
        j = i + TO_EVENTS
        if 0 <= j < n:
            number = ring[j & (RING - 1)] = number_of(p, subject_at(m, j))
            if number != NOBODY:
                person = person_at(p, number)
                fetch(person.names)
                if person.n:
                    fetch(&times(person)[person.n - 1])
                    fetch(&times(person)[max(<int64_t>0, <int64_t>person.n - 16)])
                    for back in range(1, 20, 6):
                        fetch(&attributes(person)[max(<int64_t>0, <int64_t>person.n - back)])
        if i < 0:
            continue
        if not fill(c, i, &q):
            return i
        subject = subject_at(m, i)
        number = ring[i & (RING - 1)]
        if number == NOBODY:
            number = number_of(p, subject)                          # a row before may have added the person
        person = NULL if number == NOBODY else person_at(p, number)
        sequence = NO_ATTEMPT
        if q.profile < 0 or x.places[q.place].code:
            deny(&a, x.places[q.place].code if x.places[q.place].code else <uint8_t>-q.profile)
        elif not point_to(person, m.debt[i], m.address[i], m.creditor[i], &q):
            deny(&a, HISTORY_OVERFLOW)
        else:
            answer(x, &q, False, ALL_RULES, &a)
            if a.allowed and m.sequence is not NULL:
                if append_pending(
                        p, subject, q.at, reservation(q.selectors) | (CONSENTED if m.consented is not NULL and m.consented[i]
                                                                      else 0),
                        m.debt[i], m.address[i], m.creditor[i], &a, &sequence) != OK:
                    return -2
        m.allowed[i], m.code[i], m.reasons[i] = a.allowed, a.code, a.reasons
        if m.sequence is not NULL:
            m.sequence[i] = sequence
    return -1


def run(Kernel kernel not None, Histories h not None, dict columns not None, HoursTable hours not None,
        const uint8_t[:, ::1] subjects, const uint64_t[::1] debt, const uint64_t[::1] address,
        const uint64_t[::1] creditor, const uint8_t[::1] consented, uint8_t[::1] allowed, uint8_t[::1] code,
        uint64_t[::1] reasons, uint32_t[::1] sequence):
    """Decides rows over the histories, in order; with a column of sequences (not None) what is allowed is appended.
    engine/decider.py checks shapes and types. ValueError for a row that points outside its columns: the rows before it
    are answered, and appended."""
    cdef Tables x = kernel.x
    cdef Columns c
    cdef Many m
    cdef int64_t wrong, n = allowed.shape[0]
    if n == 0:
        return
    h.owned()
    fill_columns(&c, columns, hours)
    m.subjects, m.debt, m.address, m.creditor = &subjects[0, 0], &debt[0], &address[0], &creditor[0]
    m.consented = &consented[0] if consented is not None else NULL
    m.allowed, m.code, m.reasons = &allowed[0], &code[0], &reasons[0]
    m.sequence = &sequence[0] if sequence is not None else NULL
    x.hours = hours.weeks
    x.hints = <Hint*>calloc(max(1, kernel.n_zones), sizeof(Hint))
    if x.hints is NULL:
        raise MemoryError()
    h.busy = True
    with nogil:
        wrong = pass_rows(&x, &c, &h.p, &m, n)
    h.busy = False
    free(x.hints)
    if wrong == -2:
        raise MemoryError()
    if wrong >= 0:
        raise ValueError(f"row {wrong} points outside the places, dated facts or hours of the batch, or has a fact that is none")


cdef uint32_t used_of(const Tables* x, const Op* op, const Row* q, const ZoneTable* own, int64_t t) noexcept nogil:
    """How many events a counter counts at t, in a person's zone or its own."""
    cdef const ZoneTable* z = own if op.clock < 0 else &x.zones[op.clock]
    cdef int32_t i = offset_index(z, t), k
    cdef int64_t start = count_start(x.calendars, op.unit, op.n, op.calendar, z, i, t, day_of(t + z.offsets[i]))
    cdef uint32_t used = 0
    if op.date >= 0 or op.after_first:
        start = narrow_start(op, q, z, i, start)
    for k in range(q.n_events - 1, -1, -1):
        if q.event_at[k] < start:
            break
        used += counts(op, q, q.event_attr[k])
    return used


def tallies(Prepared c not None, Histories h not None, bytes subject not None, int64_t at):
    """(bit, used, at_most) of every counter in force at this instant, in every candidate zone; None when nothing can be
    evaluated: the engine's own denial says why."""
    cdef Tables x = c.contact.kernel.x
    cdef Row q = c.contact.row
    cdef Person* person = h.known(subject)
    cdef const Profile* profile
    cdef const Segment* segment
    cdef const ZoneTable* z
    cdef const Op* op
    cdef Known known
    cdef int32_t k, s, o, day
    cdef list out = []
    if c.contact.code or x.places[q.place].code or not point_to(person, c.debt, c.address, c.creditor, &q):
        return None
    profile = &x.profiles[q.profile]
    known.lo, known.hi, known.known_lo, known.known_hi = q.true_lo, q.true_hi, q.known_lo, q.known_hi
    facts_at(&q, at, &known)
    for k in range(x.places[q.place].n_zones):
        z = &x.zones[x.places[q.place].zones[k]]
        if not 0 <= at < z.ends:
            return None
        day = day_of(at + z.offsets[offset_index(z, at)])
        for s in range(profile.n_segments):
            segment = &profile.segments[s]
            if not segment.from_day <= day < segment.until_day:
                continue
            for o in range(segment.op_from, segment.op_to):
                op = &profile.ops[o]
                if op.type != OP_COUNT or out_of_gate(op, known.lo, known.hi) or (
                        op.gate_date >= 0 and out_of_dates(op, &q, day)):
                    continue
                out.append((op.bit, used_of(&x, op, &q, z, at), op.at_most))
            break
    return out

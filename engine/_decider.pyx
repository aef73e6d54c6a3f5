"""Decisions over histories: the kernel's row points into a person's block, and what is allowed is appended to it."""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset
from cadencia.engine.structs cimport Hint, N_WIDER, OP_COUNT, Op, Profile, Segment, ZoneTable
from cadencia.engine._clock cimport day_of, offset_index
from cadencia.engine._count cimport count_start, counted_over, counts, narrow_start
from cadencia.engine._decide cimport Answer, Columns, KNOWN, Known, Row, Tables, Wide, answer
from cadencia.engine._facts cimport facts_at, out_of_dates, out_of_gate
from cadencia.engine._fill cimport fill
from cadencia.engine._histories cimport Histories, subject_of
from cadencia.engine._kernel cimport Contact, HoursTable, Kernel, fill_columns
from cadencia.engine._persons cimport (
    KIND, NO_MEMORY, NOBODY, OK, Person, Persons, Subject, attributes, events_of, hash_of, likely_number, number_of,
    person_at, point_to, set_kind, times,
)
from cadencia.engine._wider cimport NONE_DEALT, Stated, append_all, point_wide, wide_subject

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

    def __init__(self, Contact contact not None, uint64_t debt, uint64_t address, uint64_t creditor, uint64_t household,
                 uint64_t workplace, uint64_t account, bint consented):
        self.contact = contact
        self.ids = stated(debt, address, creditor, household, workplace, account)
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


cdef inline Stated stated(uint64_t debt, uint64_t address, uint64_t creditor, uint64_t household, uint64_t workplace,
                          uint64_t account) noexcept nogil:
    cdef Stated out
    out.debt, out.address, out.creditor = debt, address, creditor
    out.wider[0], out.wider[1], out.wider[2], out.wider[3], out.wider[4] = household, workplace, address, debt, account
    return out


cdef list voided(Histories h, tuple attempts):
    """These attempts (subject, number) count as nothing now: what they were, for `set_back`."""
    cdef Person* person
    cdef uint32_t first, n
    cdef list out = []
    for subject, sequence in attempts:
        person, first, n = h.known(subject), 0, 0
        if person is not NULL:
            n = events_of(person, sequence, &first)
        if n == 0:
            set_back(h, out)
            raise UnknownAttemptError(f"no attempt {sequence} of this person is in the histories")
        out.append((subject, sequence, (attributes(person)[first] >> KIND) & 15))
        set_kind(person, sequence, VOID_KIND)
    return out


cdef int set_back(Histories h, list was) except -1:
    for subject, sequence, kind in was:
        set_kind(h.known(subject), sequence, kind)
    return 0


cdef int ask(Prepared c, Histories h, bytes subject, int64_t at, bint want_retry, uint64_t only, tuple without,
             Answer* out) except -1:
    """The answer over this subject's events, those of the attempts `without` left out."""
    cdef Tables x = c.contact.kernel.x
    cdef Row q = c.contact.row
    cdef Wide wide[N_WIDER]
    cdef Person* person = h.known(subject)
    cdef list was
    if c.contact.code:
        deny(out, c.contact.code)
        return 0
    if not point_to(person, c.ids.debt, c.ids.address, c.ids.creditor, &q):
        deny(out, HISTORY_OVERFLOW)
        return 0
    if x.profiles[q.profile].wider:
        point_wide(&x, &h.p, &c.ids, &q, wide)
    q.at = at
    if c.contact.hours is not None:
        x.hours = c.contact.hours.weeks
    was = voided(h, without) if without else None
    answer(&x, &q, want_retry, only, out)
    if was:
        set_back(h, was)
    return 0


def verdict(Prepared c not None, Histories h not None, bytes subject not None, int64_t at, tuple without not None=()):
    """(allowed, code, reasons) at this instant. UnknownAttemptError when one of `without`, each a subject and a number,
    is no attempt."""
    cdef Answer a
    ask(c, h, subject, at, False, ALL_RULES, without, &a)
    return a.allowed, a.code, a.reasons


def answered(Prepared c not None, Histories h not None, bytes subject not None, int64_t at, bint want_retry=True,
             uint64_t only=ALL_RULES, tuple without not None=()):
    """(allowed, code, reasons, retry_at, retry), of the rules whose bits are in `only`."""
    cdef Answer a
    ask(c, h, subject, at, want_retry, only, without, &a)
    return a.allowed, a.code, a.reasons, a.retry_at, a.retry


cdef int append_pending(const Tables* x, Persons* p, Subject subject, int64_t at, uint64_t attr, const Stated* ids, Answer* a,
                        uint32_t* sequence, uint32_t* wide) noexcept nogil:
    """Appends what was allowed; what does not fit after all is denied. OK or NO_MEMORY."""
    cdef int wrong
    if not 0 <= at <= <int64_t>0xFFFFFFFF:
        deny(a, INVALID_QUERY)
        return OK
    wrong = append_all(x, p, subject, ids, at, attr, sequence, wide)
    if wrong == NO_MEMORY:
        return NO_MEMORY
    if wrong != OK:
        deny(a, HISTORY_OVERFLOW)
        sequence[0] = NONE_DEALT
    return OK


def reserve(Prepared c not None, Histories h not None, bytes subject not None, int64_t at):
    """(allowed, code, reasons, sequence, wider): decided, and if it is allowed a pending attempt appended, in one step. The
    sequence is the attempt's number, -1 when nothing was appended; `wider` its (subject, number) in each wider history."""
    cdef Answer a
    cdef Tables x = c.contact.kernel.x
    cdef uint32_t sequence = NONE_DEALT
    cdef uint32_t wide[N_WIDER]
    cdef int k
    cdef Subject s
    cdef tuple wider = ()
    for k in range(N_WIDER):
        wide[k] = NONE_DEALT
    ask(c, h, subject, at, False, ALL_RULES, (), &a)
    if a.allowed and append_pending(&x, &h.p, subject_of(subject), at, c.attr, &c.ids, &a, &sequence, wide) != OK:
        raise MemoryError()
    for k in range(N_WIDER):
        if wide[k] != NONE_DEALT:
            s = wide_subject(k, c.ids.wider[k])
            wider += (((<char*>&s)[:16], wide[k]),)
    return a.allowed, a.code, a.reasons, -1 if sequence == NONE_DEALT else <int64_t>sequence, wider


cdef struct Many:                   # columns of a pass over many rows
    const uint8_t* subjects         # 16 bytes a row
    const uint64_t* debt
    const uint64_t* address
    const uint64_t* creditor
    const uint64_t* household       # NULL: not stated, like the next two
    const uint64_t* workplace
    const uint64_t* account
    const uint8_t* consented        # NULL: none is
    uint8_t* allowed
    uint8_t* code
    uint64_t* reasons
    uint32_t* sequence              # NULL: nothing is appended
    uint32_t* wide                  # N_WIDER a row: numbers in the wider histories; NULL when no rule counts any


cdef inline Subject subject_at(const Many* m, int64_t i) noexcept nogil:
    return (<const Subject*>(m.subjects + 16 * i))[0]


cdef inline Stated stated_at(const Many* m, int64_t i) noexcept nogil:
    return stated(m.debt[i], m.address[i], m.creditor[i], m.household[i] if m.household is not NULL else 0,
                  m.workplace[i] if m.workplace is not NULL else 0, m.account[i] if m.account is not NULL else 0)


cdef int64_t pass_rows(const Tables* x, const Columns* c, Persons* p, const Many* m, int64_t n) noexcept nogil:
    """Each row in order, over what the rows before it left. -1; the row that points outside its columns; -2: no memory.

    Memory is asked for ahead in three steps, as each lies behind the one before: index, person, events."""
    cdef uint32_t ring[RING]
    cdef Row q
    cdef Answer a
    cdef Person* person
    cdef Subject subject
    cdef Stated ids
    cdef Wide wide[N_WIDER]
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
        sequence = NONE_DEALT
        ids = stated_at(m, i)
        if q.profile < 0 or x.places[q.place].code:
            deny(&a, x.places[q.place].code if x.places[q.place].code else <uint8_t>-q.profile)
        elif not point_to(person, ids.debt, ids.address, ids.creditor, &q):
            deny(&a, HISTORY_OVERFLOW)
        else:
            if x.profiles[q.profile].wider:
                point_wide(x, p, &ids, &q, wide)
            answer(x, &q, False, ALL_RULES, &a)
            if a.allowed and m.sequence is not NULL:
                if append_pending(
                        x, p, subject, q.at,
                        reservation(q.selectors) | (CONSENTED if m.consented is not NULL and m.consented[i] else 0),
                        &ids, &a, &sequence, m.wide + N_WIDER * i if m.wide is not NULL else NULL) != OK:
                    return -2
        m.allowed[i], m.code[i], m.reasons[i] = a.allowed, a.code, a.reasons
        if m.sequence is not NULL:
            m.sequence[i] = sequence
    return -1


def run(Kernel kernel not None, Histories h not None, dict columns not None, HoursTable hours not None,
        const uint8_t[:, ::1] subjects, const uint64_t[::1] debt, const uint64_t[::1] address,
        const uint64_t[::1] creditor, tuple wider not None, const uint8_t[::1] consented, uint8_t[::1] allowed,
        uint8_t[::1] code, uint64_t[::1] reasons, uint32_t[::1] sequence, uint32_t[:, ::1] wide):
    """Decides rows over the histories, in order; with a column of sequences (not None) what is allowed is appended.
    `wider` are columns of households, workplaces and accounts, or None; with sequences, `wide` (filled with 0xFFFFFFFF) is
    needed where some rule counts over wider histories. engine/decider.py checks shapes and types. ValueError for a row that points outside its columns: the rows before it
    are answered, and appended."""
    cdef Tables x = kernel.x
    cdef Columns c
    cdef Many m
    cdef const uint64_t[::1] household = wider[0], workplace = wider[1], account = wider[2]
    cdef int64_t wrong, n = allowed.shape[0]
    if n == 0:
        return
    h.owned()
    fill_columns(&c, columns, hours)
    m.subjects, m.debt, m.address, m.creditor = &subjects[0, 0], &debt[0], &address[0], &creditor[0]
    m.household = &household[0] if household is not None else NULL
    m.workplace = &workplace[0] if workplace is not None else NULL
    m.account = &account[0] if account is not None else NULL
    m.consented = &consented[0] if consented is not None else NULL
    m.allowed, m.code, m.reasons = &allowed[0], &code[0], &reasons[0]
    m.sequence = &sequence[0] if sequence is not None else NULL
    m.wide = &wide[0, 0] if wide is not None else NULL
    if m.sequence is not NULL and m.wide is NULL and x.wider:
        raise ValueError("a column for the numbers in wider histories is needed")
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
    """(bit, used, at_most, wider) of every counter in force at this instant, in every candidate zone: wider is whose
    events it counted, -1 the person's. A counter of which the history cannot be counted is left out. None when nothing
    can be evaluated: the engine's own denial says why."""
    cdef Tables x = c.contact.kernel.x
    cdef Row q = c.contact.row, other
    cdef Wide wide[N_WIDER]
    cdef Person* person = h.known(subject)
    cdef const Row* counted
    cdef const Profile* profile
    cdef const Segment* segment
    cdef const ZoneTable* z
    cdef const Op* op
    cdef Known known
    cdef int32_t k, s, o, day
    cdef list out = []
    if c.contact.code or x.places[q.place].code or not point_to(person, c.ids.debt, c.ids.address, c.ids.creditor,
                                                                           &q):
        return None
    profile = &x.profiles[q.profile]
    if profile.wider:
        point_wide(&x, &h.p, &c.ids, &q, wide)
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
                        op.gate_date >= 0 and out_of_dates(op, &q, day)) or (
                        op.wider >= 0 and wide[op.wider].state > KNOWN):
                    continue
                counted = counted_over(op, &q, &other)
                out.append((op.bit, used_of(&x, op, counted, z, at), op.at_most, -1 if counted == &q else op.wider))
            break
    return out

# Counting events: which count, since when, and when the one that fills a count no longer does. Inline, integers only.
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from cadencia.engine.structs cimport CalendarTable, MAX_GROUPS, Op, Segment, ZoneTable
from cadencia.engine._clock cimport (
    INFINITE, business_days_back, business_days_on, day_of, day_reached, day_start, first_of_month,
    first_of_next_month, offset_index, weekday_of,
)
from cadencia.engine._decide cimport OWN, Row, Tables, Wide

cdef enum:
    # engine/words.py: WindowUnit
    SECONDS = 0
    CIVIL_DAYS = 1
    WEEK = 2
    MONTH = 3
    BUSINESS_DAYS = 4
    LIFETIME = 5
    # engine/history.py: the event's attributes
    KIND = 3
    PARTY = 7
    PLACE = 10
    ACTOR = 13
    PURPOSE = 17
    SEL_PLACE = 16                  # engine/batch.py
    NO_DATE = -2147483648

cdef extern from *:
    """
    #define CADENCIA_DEBT_BITS ((uint64_t)0xFF << 21)
    #define CADENCIA_ADDRESS_BITS ((uint64_t)0xFF << 29)
    #define CADENCIA_CREDITOR_BITS ((uint64_t)0x1F << 37)
    #define CADENCIA_HIGH_BITS ((uint64_t)0x8080808080808080)
    #if defined(__SSE2__)
    #include <emmintrin.h>
    typedef __m128i cadencia_starts;
    #define CADENCIA_SIGN ((int)0x80000000)     /* SSE2 compares signed: both sides are turned */
    static inline cadencia_starts cadencia_starts_of(const uint32_t* s) {
        return _mm_xor_si128(_mm_loadu_si128((const __m128i*)s), _mm_set1_epi32(CADENCIA_SIGN));
    }
    static inline int cadencia_before(cadencia_starts s, uint32_t at) {
        __m128i a = _mm_set1_epi32((int)(at ^ 0x80000000u));
        return _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpgt_epi32(s, a)));
    }
    #else
    typedef struct { uint32_t s[4]; } cadencia_starts;
    static inline cadencia_starts cadencia_starts_of(const uint32_t* s) {
        cadencia_starts out = {{s[0], s[1], s[2], s[3]}};
        return out;
    }
    static inline int cadencia_before(cadencia_starts s, uint32_t at) {
        return (at < s.s[0]) | (at < s.s[1]) << 1 | (at < s.s[2]) << 2 | (at < s.s[3]) << 3;
    }
    #endif
    """
    ctypedef struct Starts "cadencia_starts":
        pass
    Starts starts_of "cadencia_starts_of"(const uint32_t* starts) noexcept nogil     # of four windows
    int before "cadencia_before"(Starts starts, uint32_t at) noexcept nogil          # bit g: `at` lies before window g
    const uint64_t DEBT_BITS "CADENCIA_DEBT_BITS"
    const uint64_t ADDRESS_BITS "CADENCIA_ADDRESS_BITS"
    const uint64_t CREDITOR_BITS "CADENCIA_CREDITOR_BITS"
    const uint64_t HIGH_BITS "CADENCIA_HIGH_BITS"

cdef inline int32_t date_of(const ZoneTable* z, int64_t t) noexcept nogil:
    """The date whose counting an event at t belongs to: the last one that had begun by t."""
    cdef int32_t i = offset_index(z, t)
    cdef int32_t day = day_of(t + z.offsets[i])
    return day + 1 if day_start(z, i, day + 1) <= t else day

cdef inline bint same_subject(uint64_t a, uint64_t q, uint64_t eq) noexcept nogil:
    """An event that does not say its debt (slot 0), or a query that does not, matches every debt."""
    cdef uint64_t d = (a ^ q) & eq
    if d == 0:
        return True
    if d & DEBT_BITS and a & DEBT_BITS and q & DEBT_BITS:
        return False
    if d & ADDRESS_BITS and a & ADDRESS_BITS and q & ADDRESS_BITS:
        return False
    if d & CREDITOR_BITS and a & CREDITOR_BITS and q & CREDITOR_BITS:
        return False
    return True

cdef inline bint counts(const Op* op, const Row* q, uint64_t a) noexcept nogil:
    if not ((op.kinds_hi if a & 64 else op.kinds_lo) >> (a & 63)) & 1:
        return False
    if a & op.zero or (a & op.one) != op.one:
        return False
    if (a ^ q.subject) & op.eq and not same_subject(a, q.subject, op.eq):
        return False
    if (op.same_place and ((a >> PLACE) ^ (q.selectors >> SEL_PLACE)) & 7 and (a >> PLACE) & 7
            and (q.selectors >> SEL_PLACE) & 7):                    # an unknown place matches every place
        return False
    if op.sets and not ((op.parties >> ((a >> PARTY) & 7)) & (op.places >> ((a >> PLACE) & 7))
                        & (op.actors >> ((a >> ACTOR) & 15)) & (op.purposes >> ((a >> PURPOSE) & 3)) & 1):
        return False
    return True

cdef inline const Row* counted_over(const Op* op, const Row* q, Row* wide) noexcept nogil:
    """The row that a counter counts over: the query's, or `wide` made of it with the events of whom the rule says."""
    cdef const Wide* events
    if op.wider < 0 or q.wide is NULL or q.wide[op.wider].state == OWN:
        return q
    events = &q.wide[op.wider]
    wide[0] = q[0]
    wide.event_at, wide.event_attr, wide.n_events = events.event_at, events.event_attr, events.n_events
    wide.subject = events.subject
    return wide

cdef inline int64_t count_start(const CalendarTable* calendars, int32_t unit, int32_t n, int32_t calendar, const ZoneTable* z,
                                int32_t i, int64_t t, int32_t day) noexcept nogil:
    """The first instant whose events count at t, for a window of n units."""
    if unit == CIVIL_DAYS:
        return day_start(z, i, day - n + 1)
    if unit == SECONDS:
        return t - n + 1
    if unit == WEEK:
        return day_start(z, i, day - weekday_of(day))
    if unit == MONTH:
        return day_start(z, i, first_of_month(day))
    if unit == BUSINESS_DAYS:
        return day_start(z, i, business_days_back(&calendars[calendar], day, n))
    return -INFINITE

cdef inline int64_t narrow_start(const Op* op, const Row* q, const ZoneTable* z, int32_t i, int64_t start) noexcept nogil:
    """The later start of a count that begins with a dated fact or a first event; INFINITE when it has not begun."""
    cdef int32_t k, date
    cdef int64_t since
    if op.date >= 0:
        date = q.dates[op.date] if q.dates is not NULL else NO_DATE
        if date == NO_DATE:
            return INFINITE
        since = day_start(z, i, date)
        if since > start:
            start = since
    if op.after_first:
        for k in range(q.n_events):
            if (op.after_first >> ((q.event_attr[k] >> KIND) & 15)) & 1 and same_subject(q.event_attr[k], q.subject, op.eq):
                since = <int64_t>q.event_at[k] + 1
                return since if since > start else start
        return INFINITE
    return start

cdef inline int64_t kth_newest(const Op* op, const Row* q, int64_t start) noexcept nogil:
    """When the event that fills the count was: the at_most-th newest since start. -1: the count is not full."""
    cdef int32_t k
    cdef uint32_t left = op.at_most
    for k in range(q.n_events - 1, -1, -1):
        if q.event_at[k] < start:
            return -1
        if counts(op, q, q.event_attr[k]):
            left -= 1
            if left == 0:
                return q.event_at[k]
    return -1

cdef inline uint64_t full_counters(const Tables* x, const Segment* s, const Row* q, const ZoneTable* z, int32_t i, int64_t t,
                                   int32_t day) noexcept nogil:
    """Bit 7 of each byte whose counter is full. One pass over the events, no branch on what they are."""
    cdef uint32_t clipped[MAX_GROUPS]
    cdef Starts starts
    cdef int64_t first = INFINITE, start
    cdef const ZoneTable* own
    cdef const uint64_t* by_kind = s.by_kind
    cdef uint64_t total = 0, a, d, dead, subject = q.subject
    cdef uint64_t debt = s.debt_bytes if subject & DEBT_BITS else 0
    cdef uint64_t address = s.address_bytes if subject & ADDRESS_BITS else 0
    cdef uint64_t creditor = s.creditor_bytes if subject & CREDITOR_BITS else 0
    cdef bint others = (address | creditor) != 0
    cdef int32_t g, k, own_day
    clipped[0] = clipped[1] = clipped[2] = clipped[3] = 0
    for g in range(s.n_groups):
        if s.group_clock[g] < 0:
            start = count_start(x.calendars, s.group_unit[g], s.group_n[g], s.group_calendar[g], z, i, t, day)
        else:
            own = &x.zones[s.group_clock[g]]
            k = offset_index(own, t)
            own_day = day_of(t + own.offsets[k])
            start = count_start(x.calendars, s.group_unit[g], s.group_n[g], s.group_calendar[g], own, k, t, own_day)
        first = min(first, start)
        clipped[g] = <uint32_t>max(<int64_t>0, start)               # zone data ends before 2**32
    starts = starts_of(clipped)
    for k in range(q.n_events - 1, -1, -1):
        if q.event_at[k] < first:
            break
        a = q.event_attr[k]
        d = a ^ subject
        dead = debt & -<uint64_t>(((d & DEBT_BITS) != 0) & ((a & DEBT_BITS) != 0))
        if others:
            dead |= address & -<uint64_t>(((d & ADDRESS_BITS) != 0) & ((a & ADDRESS_BITS) != 0))
            dead |= creditor & -<uint64_t>(((d & CREDITOR_BITS) != 0) & ((a & CREDITOR_BITS) != 0))
        total += (by_kind[a & 127] & s.live[before(starts, q.event_at[k])]
                  & s.flag_bytes[((a >> 19) & 3) | ((a >> 57) & 12)] & ~dead)
    return (total + s.bias) & HIGH_BITS

cdef inline int64_t count_opens(const Tables* x, const Op* op, const ZoneTable* z, int64_t t, int64_t event) noexcept nogil:
    """The first instant after t at which the event no longer counts."""
    cdef int32_t date
    if op.unit == SECONDS:
        return event + op.n
    if op.unit == LIFETIME:
        return INFINITE
    date = date_of(z, event)
    if op.unit == CIVIL_DAYS:
        date += op.n
    elif op.unit == WEEK:
        date += 7 - weekday_of(date)
    elif op.unit == MONTH:
        date = first_of_next_month(date)
    else:
        date = business_days_on(&x.calendars[op.calendar], date, op.n)
    return day_reached(z, t, date)

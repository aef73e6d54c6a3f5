# Python's values and columns into the kernel's structs. Inline.
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from cadencia.engine.structs cimport MAX_SPANS, WeekTable
from cadencia.engine._decide cimport Columns, Row, Timed

cdef inline void fill_row(Row* q, int32_t place, int32_t profile, uint32_t selectors, uint64_t true_lo, uint64_t true_hi,
                   uint64_t known_lo, uint64_t known_hi, uint64_t subject, uint64_t caller_bad, bytes event_at,
                   bytes event_attr, bytes dates, bytes numbers, bytes timed):
    """The row points into the byte strings: the caller keeps them for as long as the row."""
    q.place, q.profile, q.selectors = place, profile, selectors
    q.true_lo, q.true_hi = true_lo, true_hi
    q.known_lo, q.known_hi = known_lo | true_lo, known_hi | true_hi
    q.subject, q.caller_bad = subject, caller_bad
    q.event_at = <const uint32_t*><const char*>event_at
    q.event_attr = <const uint64_t*><const char*>event_attr
    q.n_events = len(event_at) // 4
    q.wide = NULL
    q.dates = <const int32_t*><const char*>dates if dates else NULL
    q.numbers = <const double*><const char*>numbers if numbers else NULL
    q.timed = <const Timed*><const char*>timed
    q.n_timed = len(timed) // sizeof(Timed)
    q.hours = -1

cdef inline int fill_week(WeekTable* week, tuple days) except -1:
    cdef int row, k
    for row, spans in enumerate(days):
        if spans is None:
            continue
        if row == 7:
            week.has_holiday = 1
        if len(spans) > MAX_SPANS:
            raise ValueError(f"at most {MAX_SPANS} spans of opening hours a day")
        week.days[row].n = len(spans)
        for k, (start, end) in enumerate(spans):
            week.days[row].spans[k].start, week.days[row].spans[k].end = start, end
    return 0

cdef inline bint fill(const Columns* c, int64_t i, Row* q) noexcept nogil:
    """Row i of the columns; False when it points outside its events, dated facts or hours."""
    q.at = c.at[i]
    q.selectors = c.selectors[i]
    if <uint32_t>c.place[i] >= <uint32_t>c.n_known_places:
        return False
    q.place = c.known_places[c.place[i]]
    q.profile = c.profile[i]
    if c.facts_true is not NULL:
        if (c.facts_true[2 * i] & c.no_fact_lo) | (c.facts_true[2 * i + 1] & c.no_fact_hi):
            return False
        q.true_lo = c.facts_true[2 * i]
        q.true_hi = c.facts_true[2 * i + 1]
    q.known_lo = q.true_lo
    q.known_hi = q.true_hi
    if c.facts_known is not NULL:
        if (c.facts_known[2 * i] & c.no_fact_lo) | (c.facts_known[2 * i + 1] & c.no_fact_hi):
            return False
        q.known_lo |= c.facts_known[2 * i]
        q.known_hi |= c.facts_known[2 * i + 1]
    q.subject = 0
    if c.debt is not NULL:
        q.subject = <uint64_t>c.debt[i] << 21
    if c.address is not NULL:
        q.subject |= <uint64_t>c.address[i] << 29
    if c.creditor is not NULL:
        q.subject |= <uint64_t>(c.creditor[i] & 31) << 37
    if c.caller_bad is not NULL:
        q.caller_bad = c.caller_bad[i]
    if c.dates is not NULL:
        q.dates = c.dates + i * c.n_dates
    if c.numbers is not NULL:
        q.numbers = c.numbers + i * c.n_numbers
    if c.hours is not NULL:
        q.hours = c.hours[i]
        if q.hours >= c.n_hours:
            return False
    if c.event_at is not NULL:
        if not 0 <= c.event_from[i] <= c.event_to[i] <= c.n_events:
            return False
        q.n_events = <int32_t>(c.event_to[i] - c.event_from[i])
        q.event_at = c.event_at + c.event_from[i]
        q.event_attr = c.event_attr + c.event_from[i]
    if c.timed is not NULL:
        if not 0 <= c.timed_from[i] <= c.timed_to[i] <= c.n_timed:
            return False
        q.n_timed = <int32_t>(c.timed_to[i] - c.timed_from[i])
        q.timed = c.timed + c.timed_from[i]
    return True

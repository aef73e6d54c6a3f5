# Python's values into the kernel's structs. Inline.
from libc.stdint cimport int32_t, uint32_t, uint64_t
from cadencia.engine.structs cimport MAX_SPANS, WeekTable
from cadencia.engine._decide cimport Row, Timed

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

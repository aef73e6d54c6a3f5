# Is this instant inside a week of opening hours, and when is the next that is? Inline, integers only.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t
from cadencia.engine.structs cimport CalendarTable, DayHours, WeekTable, ZoneTable
from cadencia.engine._clock cimport DAY_S, INFINITE, day_of, is_holiday, offset_index, weekday_of

cdef enum:
    CLOSED = 0
    OPEN = 1
    UNKNOWN = 2                     # the calendar does not know that day

cdef inline int32_t day_row(const WeekTable* w, const CalendarTable* c, int32_t day) noexcept nogil:
    """Which row of the week the day is: its weekday, 7 for a holiday, -1 if the calendar does not say."""
    cdef int known
    if w.has_holiday and c is not NULL:
        known = is_holiday(c, day)
        if known < 0:
            return -1
        if known:
            return 7
    return weekday_of(day)

cdef inline int window_state(const WeekTable* w, const CalendarTable* c, int32_t day, int32_t second) noexcept nogil:
    cdef int32_t row = day_row(w, c, day)
    cdef int32_t minute = second // 60
    cdef const DayHours* hours
    cdef int k
    if row < 0:
        return UNKNOWN
    # two spans without a branch: an unused one is empty; more are rare
    hours = &w.days[row]
    cdef bint is_open = ((<uint32_t>(minute - hours.spans[0].start) < <uint32_t>(hours.spans[0].end - hours.spans[0].start))
                         | (<uint32_t>(minute - hours.spans[1].start) < <uint32_t>(hours.spans[1].end - hours.spans[1].start)))
    for k in range(2, hours.n):
        is_open |= hours.spans[k].start <= minute < hours.spans[k].end
    return is_open

cdef inline int64_t next_open_local(const WeekTable* w, const CalendarTable* c, int64_t local, int32_t days) noexcept nogil:
    """The first open second of the local timeline at or after `local`, within so many days; INFINITE if none."""
    cdef int32_t day = day_of(local), row, k, d
    cdef int64_t opens, closes
    for d in range(day, day + days + 1):
        row = day_row(w, c, d)
        if row < 0:
            return INFINITE
        for k in range(w.days[row].n):
            opens = <int64_t>d * DAY_S + w.days[row].spans[k].start * 60
            closes = <int64_t>d * DAY_S + w.days[row].spans[k].end * 60
            if local < closes:
                return opens if opens > local else local
    return INFINITE

cdef inline int64_t next_open(const WeekTable* w, const CalendarTable* c, const ZoneTable* z, int64_t t,
                              int32_t days) noexcept nogil:
    """The first open instant at or after t. Offset by offset, so gaps and folds of the clock are exact."""
    cdef int32_t i = offset_index(z, t)
    cdef int64_t at, until = t + <int64_t>days * DAY_S
    while t <= until:
        at = next_open_local(w, c, t + z.offsets[i], days)
        if at == INFINITE:
            at = until + 1
        else:
            at -= z.offsets[i]
        if i + 1 >= z.n or at < z.starts[i + 1]:
            return at if at <= until else INFINITE
        i += 1
        t = z.starts[i]
    return INFINITE

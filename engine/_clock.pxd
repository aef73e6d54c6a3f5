# Local time as integers. Inline, so that every hot module has its own copy without a call.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from cadencia.engine.structs cimport CalendarTable, ZoneTable, ZONE_BUCKET_SHIFT

cdef enum:
    DAY_S = 86400
    WEEKDAY_OF_DAY_0 = 5            # 2000-01-01 was a Saturday, Monday is 0
    DAYS_UP = 18_261_999            # a multiple of seven
    BUSINESS_SCAN = 800             # days looked at for a business day; a year has about 250
cdef extern from *:
    """
    #define CADENCIA_INFINITE ((int64_t)1 << 60)
    """
    const int64_t INFINITE "CADENCIA_INFINITE"                      # "no instant": later than any clock

# Moved up by whole weeks, a day is never negative: one unsigned division, no branch. Enough for 50,000 years each way.
cdef inline int32_t day_of(int64_t local) noexcept nogil:
    return <int32_t>(<uint64_t>(local + <int64_t>DAYS_UP * DAY_S) // DAY_S) - DAYS_UP

cdef inline int32_t weekday_of(int32_t day) noexcept nogil:
    return <int32_t>(<uint32_t>(day + WEEKDAY_OF_DAY_0 + DAYS_UP) % 7)

cdef inline int32_t offset_index(const ZoneTable* z, int64_t t) noexcept nogil:
    """The index of the offset in force at t."""
    cdef int64_t b = t >> ZONE_BUCKET_SHIFT
    cdef int32_t i
    if b < 0:
        b = 0
    elif b >= z.n_buckets:
        b = z.n_buckets - 1
    i = z.bucket[b]
    while i > 0 and z.starts[i] > t:
        i -= 1
    while i + 1 < z.n and z.starts[i + 1] <= t:
        i += 1
    return i

cdef inline int64_t day_start(const ZoneTable* z, int32_t i, int32_t day) noexcept nogil:
    """The first instant at which the local date is `day` or later; i is an offset in force near by."""
    cdef int64_t midnight = <int64_t>day * DAY_S
    cdef int64_t at = midnight - z.offsets[i]
    if at >= z.starts[i] + 2 * DAY_S and (i + 1 >= z.n or at < z.starts[i + 1] - 2 * DAY_S):
        return at
    i = offset_index(z, at)
    while i > 0 and z.starts[i] + z.offsets[i - 1] > midnight:      # the offset before already reached that date
        i -= 1
    while i + 1 < z.n and z.starts[i + 1] + z.offsets[i] <= midnight:
        i += 1
    at = midnight - z.offsets[i]
    return at if at > z.starts[i] else z.starts[i]

cdef inline int64_t day_reached(const ZoneTable* z, int64_t t, int32_t day) noexcept nogil:
    """The first instant at or after t at which the local date is `day` or later."""
    cdef int32_t i = offset_index(z, t)
    cdef int64_t at
    while True:                                                     # ends: the last offset has no end
        at = <int64_t>day * DAY_S - z.offsets[i]
        if at < t:
            at = t
        if at < z.starts[i]:
            at = z.starts[i]
        if i + 1 >= z.n or at < z.starts[i + 1]:
            return at
        i += 1

cdef inline int32_t first_of_month(int32_t day) noexcept nogil:
    """The first day of the month that `day` is in (civil calendar, H. Hinnant's algorithm)."""
    cdef int32_t z = day + 730425                                   # days from 0000-03-01 to 2000-01-01
    cdef int32_t era = (z if z >= 0 else z - 146096) // 146097
    cdef int32_t doe = z - era * 146097
    cdef int32_t yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    cdef int32_t doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    cdef int32_t mp = (5 * doy + 2) // 153
    return day - (doy - (153 * mp + 2) // 5)

cdef inline int32_t first_of_next_month(int32_t day) noexcept nogil:
    return first_of_month(first_of_month(day) + 31)

cdef inline int is_holiday(const CalendarTable* c, int32_t day) noexcept nogil:
    """1 or 0; -1 when the calendar does not know that day."""
    cdef int32_t i = day - c.first
    if i < 0 or i >= c.n:
        return -1
    return (c.bits[i >> 3] >> (i & 7)) & 1

cdef inline bint is_business_day(const CalendarTable* c, int32_t day) noexcept nogil:
    return not (c.weekend >> weekday_of(day)) & 1 and is_holiday(c, day) <= 0

cdef inline int32_t business_days_back(const CalendarTable* c, int32_t day, int32_t n) noexcept nogil:
    """The day of the n-th last business day, `day` included if it is one."""
    cdef int32_t k
    for k in range(BUSINESS_SCAN):
        if is_business_day(c, day - k):
            n -= 1
            if n <= 0:
                return day - k
    return day - BUSINESS_SCAN

cdef inline int32_t business_days_on(const CalendarTable* c, int32_t day, int32_t n) noexcept nogil:
    """The n-th business day after `day`."""
    cdef int32_t k
    for k in range(1, BUSINESS_SCAN):
        if is_business_day(c, day + k):
            n -= 1
            if n <= 0:
                return day + k
    return day + BUSINESS_SCAN

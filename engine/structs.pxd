# C structs that the hot modules share. Times: seconds since 2000-01-01T00:00:00Z; days since then; local minutes.
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef enum:
    N_WIDER = 5                     # engine/words.py: Wider
    MAX_FAST = 8                    # counters of a segment that are counted together, a byte each
    MAX_FAST_EVENTS = 127           # what a byte can count and still be compared in one addition
    MAX_GROUPS = 4                  # distinct windows of the counters counted together
    MAX_SPANS = 8                   # hours of one day: opening and closing at most eight times
    ZONE_BUCKET_SHIFT = 22          # 2**22 s, 48 days: fewer than one change of offset in most buckets
    OP_WINDOW = 0
    OP_COUNT = 1
    OP_FACT = 2
    OP_DATE = 3
    OP_NUMBER = 4
    OP_BAN = 5
    OP_CALLER = 6

cdef struct Span:
    int16_t start                   # first open minute
    int16_t end                     # first closed minute

cdef struct DayHours:
    Span spans[MAX_SPANS]
    int16_t n                       # how many spans the day has

cdef struct WeekTable:
    DayHours days[8]                # Monday .. Sunday, holiday
    uint8_t has_holiday             # 1: days[7] replaces the weekday on a holiday

cdef struct ZoneTable:
    const int64_t* starts           # first instant of each offset; the first is before all time
    const int32_t* offsets          # seconds ahead of UTC
    int32_t n
    uint16_t* bucket                # offset index at the start of each 2**22 s
    int32_t n_buckets
    int64_t ends                    # first instant no longer known

cdef struct CalendarTable:
    const uint8_t* bits             # bit i: day first + i is a holiday
    int32_t first
    int32_t n
    uint8_t weekend                 # bit k: weekday k (Monday 0) is not a business day

cdef struct Op:                     # what every kind reads comes first: one cache line
    uint8_t type                    # OP_…
    uint8_t bit                     # of the rule, in the profile's reasons
    uint8_t gated                   # 1: `when` or `unless` is not empty
    uint8_t unknown_denies
    int32_t week                    # index of the week table
    int32_t calendar                # index, -1 none
    int32_t clock                   # index of a fixed zone, -1: the person's
    uint64_t forb_lo, forb_hi       # fact: none of these may be known true
    uint64_t req_lo, req_hi         # … all of these must be
    uint64_t any_lo, any_hi         # … one of these must be
    uint64_t ref_lo, ref_hi         # … none of these may be known false
    uint64_t when_lo, when_hi       # all of these facts must be known true for the rule to apply
    uint64_t unless_lo, unless_hi   # none of these may be
    uint64_t kinds_lo, kinds_hi     # count: bit (kind << 3 | channel) is counted
    uint64_t eq                     # attribute bits that must equal the query's
    uint64_t zero                   # attribute bits that must be zero
    uint64_t one                    # attribute bits that must be one
    uint16_t actors                 # masks of the events counted, if `sets`
    uint8_t parties
    uint8_t places
    uint8_t purposes
    uint8_t sets                    # 1: the four masks above select
    uint8_t unit                    # WindowUnit
    uint8_t same_place              # 1: the event's place must be the query's
    int8_t wider                    # whose events count: a Wider, -1 the person's
    int8_t fast                     # byte of the segment's joint count, -1: counted by itself
    uint16_t after_first            # mask of kinds that start the count, 0 off
    uint32_t at_most
    int32_t n                       # of the window; of at_least_days for a date; slot of a caller rule
    int32_t n_max                   # at_most_days of a date
    int32_t date                    # index of a date column, -1 off
    double low, high                # number
    int32_t gate_date               # the rule applies only while so many days have passed since this date, -1 off
    int32_t gate_from               # at least
    int32_t gate_to                 # at most

cdef struct Segment:
    int32_t from_day                # first local date
    int32_t until_day               # first local date after
    int32_t op_from
    int32_t fast_from               # from here on the ops are counters counted together, a byte each
    int32_t op_to
    int32_t gated                   # 1: some of them apply only under facts
    int32_t n_groups                # their distinct windows
    int32_t group_unit[MAX_GROUPS]  # WindowUnit, length, calendar and clock of each
    int32_t group_n[MAX_GROUPS]
    int32_t group_calendar[MAX_GROUPS]
    int32_t group_clock[MAX_GROUPS]
    uint64_t live[16]               # by which groups (bit g) an event lies before the window of: bytes that may count it
    uint64_t debt_bytes             # counters for each debt, address, creditor
    uint64_t address_bytes
    uint64_t creditor_bytes
    uint64_t bias                   # 128 - at_most in each byte: added to the counts, bit 7 says "full"
    uint64_t* by_kind               # [128] by kind << 3 | channel: 0x01 in the bytes of the counters that count it
    uint64_t flag_bytes[16]         # by inbound, consented, same attempt, same creditor: bytes that may count it
    uint64_t reasons_lo[16]         # by which of counters 0..3 are full: their bits among the reasons
    uint64_t reasons_hi[16]         # … counters 4..7

cdef struct Profile:
    Segment* segments
    int32_t n_segments
    Op* ops
    int32_t n_ops
    uint8_t wider                   # bit k: some of its counters count over the history of Wider k

cdef struct Hint:                   # the offset of a zone that was last in force, of one run
    int64_t start                   # from this instant
    int64_t end                     # until this one; no more than start when nothing is known yet
    int32_t index

cdef struct PlaceTable:
    int32_t first_zone              # index of the first candidate zone: most places have no other
    int32_t n_zones
    int32_t* zones                  # indices of all of them
    int32_t jurisdictions           # interned set, -1: denied by `code`
    uint8_t code                    # VerdictCode when nothing can be evaluated

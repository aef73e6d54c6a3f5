from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from cadencia.engine.structs cimport CalendarTable, Hint, N_WIDER, PlaceTable, Profile, WeekTable, ZoneTable

cdef struct Timed:
    uint8_t fact                    # bit
    uint8_t value                   # 1 true, 0 false
    int64_t since                   # first second it holds
    int64_t until                   # first second it no longer does

cdef enum:
    # what there is of a history wider than the person's
    OWN = 0                         # its id is not stated: the person's own is counted
    KNOWN = 1
    FULL = 2                        # it is larger than can be counted exactly: denied
    UNSTATED = 3                    # whose it is must be said for this contact: denied

cdef struct Wide:                   # a history that counters count over instead of the person's
    const uint32_t* event_at
    const uint64_t* event_attr
    int32_t n_events
    uint64_t subject                # slots of the query's ids in that history
    uint8_t state                   # OWN, …

cdef struct Row:
    int64_t at                      # the instant asked about
    uint32_t selectors              # packed words, see engine/batch.py
    int32_t place                   # index of the place
    int32_t profile
    int32_t hours                   # week table of the person's own hours, -1 none
    uint64_t true_lo, true_hi       # facts known true
    uint64_t known_lo, known_hi     # facts known at all
    uint64_t subject                # debt, address and creditor slots, at their places in the attributes
    uint64_t caller_bad             # bit of each caller-id rule that the stated number breaks
    const uint32_t* event_at        # the person's events, ascending
    const uint64_t* event_attr
    int32_t n_events
    const Wide* wide                # [N_WIDER] by Wider; NULL: the history that came with the query is counted for all
    const int32_t* dates            # NULL when none is known
    const double* numbers           # NULL when none is known
    const Timed* timed
    int32_t n_timed

cdef struct Answer:
    uint8_t allowed
    uint8_t code                    # VerdictCode
    uint8_t retry                   # RetryCode
    uint64_t reasons
    int64_t retry_at

cdef struct Columns:                # engine/batch.py as pointers; NULL where a column is not given
    const int64_t* at
    const int32_t* place            # index in known_places, which holds indices of Tables.places
    const int32_t* known_places
    int32_t n_known_places
    const int32_t* profile          # negative: a VerdictCode, negated
    const uint32_t* selectors
    const uint64_t* facts_true      # two a row
    const uint64_t* facts_known     # two a row
    uint64_t no_fact_lo, no_fact_hi  # the bits of a row that are no fact
    const int32_t* dates            # n_dates a row
    const double* numbers           # n_numbers a row
    int32_t n_dates, n_numbers
    const uint8_t* debt
    const uint8_t* address
    const uint8_t* creditor
    const int64_t* event_from
    const int64_t* event_to
    const uint32_t* event_at
    const uint64_t* event_attr
    int64_t n_events
    const int32_t* hours
    int32_t n_hours
    const uint64_t* caller_bad
    const int64_t* timed_from
    const int64_t* timed_to
    const Timed* timed
    int64_t n_timed
    uint8_t* allowed                # the answers
    uint8_t* code
    uint64_t* reasons
    int64_t* retry_at
    uint8_t* retry

cdef struct Tables:
    ZoneTable* zones
    WeekTable* weeks
    WeekTable* hours                # the persons' own, of the batch at hand
    CalendarTable* calendars
    PlaceTable* places
    Hint* hints                     # one a zone, of this run; NULL: none are kept
    Profile* profiles
    uint8_t wider                   # bit k: some rule counts over the history of Wider k
    uint8_t narrows[N_WIDER]        # … narrowed to what, a bit a Subject

cdef struct Known:                  # facts at one instant
    uint64_t lo, hi                 # known true
    uint64_t known_lo, known_hi     # known at all

cdef struct Step:                   # one evaluation at one instant
    uint64_t reasons
    uint8_t code
    uint8_t retry                   # worst RetryCode among what never opens by itself
    int64_t next                    # no instant before this one is open

cdef int64_t run_rows(const Tables* x, const Columns* c, int64_t lo, int64_t hi, bint want_retry) noexcept nogil
cdef void answer(const Tables* x, const Row* q, bint want_retry, uint64_t only, Answer* out) noexcept nogil

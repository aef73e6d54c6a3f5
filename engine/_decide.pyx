"""The kernel: one query against one profile, all blocking reasons, and the first instant at which none blocks.

Integers and pointers only. `engine/_kernel.pyx` owns the tables; `engine/reference.py` is the twin.
"""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint64_t
from libc.string cimport memset
from cadencia.engine.structs cimport (
    MAX_FAST_EVENTS, OP_BAN, OP_COUNT, OP_DATE, OP_FACT, OP_NUMBER, OP_WINDOW, Op, Hint, PlaceTable, Profile, Segment, ZoneTable,
)
from cadencia.engine._clock cimport DAY_S, INFINITE, business_days_on, day_of, day_reached, offset_index
from cadencia.engine._count cimport (
    BUSINESS_DAYS, NO_DATE, count_opens, count_start, counted_over, full_counters, kth_newest, narrow_start,
)
from cadencia.engine._facts cimport FAR_DAY, facts_at, out_of_dates, out_of_gate
from cadencia.engine._fill cimport fill
from cadencia.engine._window cimport OPEN, UNKNOWN, next_open, window_state

cdef enum:
    # engine/words.py: VerdictCode, RetryCode, HORIZON_DAYS
    ZONE_AMBIGUOUS = 2
    HISTORY_OVERFLOW = 5
    CALENDAR_ENDED = 7
    ZONE_DATA_ENDED = 8
    HOUSEHOLD_UNKNOWN = 10
    RETRY_AT = 0
    NEVER = 1
    NEEDS_FACT = 2
    BEYOND_HORIZON = 3
    HORIZON_DAYS = 400
    AHEAD = 8                       # rows between asking for a person's events and reading them
    MAX_STEPS = 2000                # of the search for retry_at; each step passes an edge of some rule
cdef extern from *:
    """
    #define CADENCIA_NO_INSTANT (-((int64_t)1 << 62))
    #define CADENCIA_ALL_RULES (~(uint64_t)0)
    #define cadencia_prefetch(p) __builtin_prefetch(p)
    """
    const int64_t NO_INSTANT "CADENCIA_NO_INSTANT"
    const uint64_t ALL_RULES "CADENCIA_ALL_RULES"
    void prefetch "cadencia_prefetch"(const void* p) noexcept nogil


cdef inline bint facts_block(const Op* op, uint64_t lo, uint64_t hi, uint64_t known_lo, uint64_t known_hi,
                             uint8_t* retry) noexcept nogil:
    cdef bint blocks = False
    if (lo & op.forb_lo) or (hi & op.forb_hi) or (known_lo & ~lo & op.ref_lo) or (known_hi & ~hi & op.ref_hi):
        retry[0] = NEVER
        return True
    if (lo & op.req_lo) != op.req_lo or (hi & op.req_hi) != op.req_hi:
        blocks = True
    if (op.any_lo | op.any_hi) and not ((lo & op.any_lo) | (hi & op.any_hi)):
        blocks = True
    if op.unknown_denies and ((op.forb_lo & ~known_lo) or (op.forb_hi & ~known_hi)):
        blocks = True
    if blocks:
        retry[0] = NEEDS_FACT
    return blocks


cdef bint date_blocks(const Tables* x, const Op* op, const Row* q, const ZoneTable* z, int64_t t, int32_t day,
                      int64_t* opens, uint8_t* retry) noexcept nogil:
    cdef int32_t date = q.dates[op.date] if q.dates is not NULL else NO_DATE
    cdef int64_t first
    opens[0] = INFINITE
    if date == NO_DATE:
        retry[0] = NEEDS_FACT
        return op.unknown_denies
    if <int64_t>day - date > op.n_max:
        retry[0] = NEVER
        return True
    if op.n == -(1 << 30):
        return False
    first = <int64_t>date + op.n
    if op.unit == BUSINESS_DAYS and op.n > 0:
        first = business_days_on(&x.calendars[op.calendar], date, op.n)
    if day < first:
        if first < FAR_DAY:                                         # later than that no clock is known
            opens[0] = day_reached(z, t, <int32_t>first)
        return True
    return False


cdef inline bint number_blocks(const Op* op, const Row* q, uint8_t* retry) noexcept nogil:
    cdef double value
    retry[0] = NEEDS_FACT
    if q.numbers is NULL:
        return op.unknown_denies
    value = q.numbers[op.n]
    if value != value:                                              # nan: not known
        return op.unknown_denies
    retry[0] = NEVER
    return value < op.low or value > op.high


cdef inline bint cannot_count(const Op* op, const Row* q, uint8_t* code) noexcept nogil:
    """Whether the history that the rule counts cannot be counted, and why: that code is set unless another is."""
    if q.wide is NULL or q.wide[op.wider].state <= KNOWN:
        return False
    if q.wide[op.wider].state == FULL:
        code[0] = HISTORY_OVERFLOW
    elif code[0] == 0:
        code[0] = HOUSEHOLD_UNKNOWN
    return True


ctypedef fused Asking:
    # Two copies of one step, chosen when it is compiled: the short one does not carry the search for openings.
    uint8_t                         # what blocks now
    uint16_t                        # … and before which instant nothing opens


cdef inline uint64_t joint_reasons(const Tables* x, const Profile* p, const Segment* s, const Row* q, const Known* known,
                                   const ZoneTable* z, int32_t i, int64_t t, int32_t day) noexcept nogil:
    """The reasons of the counters that are counted together."""
    cdef uint64_t full = full_counters(x, s, q, z, i, t, day)
    cdef int32_t k
    if s.gated:
        for k in range(s.fast_from, s.op_to):
            if out_of_gate(&p.ops[k], known.lo, known.hi):
                full &= ~(<uint64_t>0xFF << (8 * p.ops[k].fast))
    full = ((full >> 7) * <uint64_t>0x0102040810204080) >> 56      # one bit a byte, gathered
    return s.reasons_lo[full & 15] | s.reasons_hi[full >> 4]


cdef inline int32_t hinted_index(Hint* hints, int32_t zone, const ZoneTable* z, int64_t t) noexcept nogil:
    """offset_index, remembered: the queries of a run mostly fall between the same two changes of the clock. -1 where the
    zone is not known at t."""
    cdef Hint* hint
    if hints is not NULL:
        hint = &hints[zone]
        if hint.start <= t < hint.end:
            return hint.index
    if t < 0 or t >= z.ends:
        return -1
    if hints is NULL:
        return offset_index(z, t)
    hint.index = offset_index(z, t)
    hint.start = max(<int64_t>0, z.starts[hint.index])
    hint.end = z.starts[hint.index + 1] if hint.index + 1 < z.n else z.ends
    return hint.index


cdef void step_at(const Tables* x, const Row* q, int64_t t, uint64_t only, Step* out, Asking asking) noexcept nogil:
    """Every rule of `only` at the instant t, in every candidate zone."""
    cdef const PlaceTable* place = &x.places[q.place]
    cdef const Profile* profile = &x.profiles[q.profile]
    cdef const ZoneTable* z
    cdef const ZoneTable* own
    cdef const Segment* segment
    cdef const Op* op
    cdef Known known
    cdef Row wide
    cdef const Row* counted
    cdef uint64_t bit, joint, reasons = 0
    cdef int64_t edge = INFINITE, opens, segment_ends, start, event, passed
    cdef int32_t k, s, i, own_i, day, own_day, last, zone
    cdef int state
    cdef uint8_t retry
    cdef bint blocks
    out.reasons = 0
    out.code = 0
    out.retry = 0
    out.next = t
    known.lo, known.hi, known.known_lo, known.known_hi = q.true_lo, q.true_hi, q.known_lo, q.known_hi
    if q.n_timed:
        edge = facts_at(q, t, &known)
    for k in range(place.n_zones):
        zone = place.first_zone if k == 0 else place.zones[k]
        own = &x.zones[zone]
        own_i = hinted_index(x.hints, zone, own, t)
        if own_i < 0:
            out.code = ZONE_DATA_ENDED
            return
        own_day = day_of(t + own.offsets[own_i])
        if q.hours >= 0 and only >> 63:
            stated_hours(x, q, t, own, own_i, own_day, Asking is uint16_t, out)
        segment = NULL
        for s in range(profile.n_segments):
            if profile.segments[s].from_day <= own_day < profile.segments[s].until_day:
                segment = &profile.segments[s]
                break
        if segment is NULL:
            continue
        segment_ends = -1
        joint = 0
        last = segment.fast_from
        if q.n_events > 0:
            if q.n_events > MAX_FAST_EVENTS:
                last = segment.op_to
            elif segment.n_groups:
                joint = joint_reasons(x, profile, segment, q, &known, own, own_i, t, own_day) & only
                reasons |= joint
                if Asking is uint16_t:
                    if joint:
                        last = segment.op_to
        for s in range(segment.op_from, last):
            op = &profile.ops[s]
            bit = <uint64_t>1 << op.bit
            if not only & bit or out_of_gate(op, known.lo, known.hi):
                continue
            if op.gate_date >= 0 and out_of_dates(op, q, own_day):
                continue
            z = own
            i = own_i
            day = own_day
            if op.clock >= 0:
                z = &x.zones[op.clock]
                i = offset_index(z, t)
                day = day_of(t + z.offsets[i])
            opens = INFINITE
            retry = BEYOND_HORIZON
            blocks = False
            if op.type == OP_WINDOW:
                state = window_state(&x.weeks[op.week], &x.calendars[op.calendar] if op.calendar >= 0 else NULL, day,
                                     <int32_t>(t + z.offsets[i] - <int64_t>day * DAY_S))
                blocks = state != OPEN
                if state == UNKNOWN:
                    out.code = CALENDAR_ENDED
                if Asking is uint16_t:
                    if blocks:
                        opens = next_open(&x.weeks[op.week], &x.calendars[op.calendar] if op.calendar >= 0 else NULL,
                                          z, t, HORIZON_DAYS)
            elif op.type == OP_FACT:
                blocks = facts_block(op, known.lo, known.hi, known.known_lo, known.known_hi, &retry)
            elif op.type == OP_COUNT:
                counted = q
                if op.wider >= 0:
                    counted = counted_over(op, q, &wide)
                    blocks = cannot_count(op, q, &out.code)
                    retry = NEEDS_FACT
                if counted.n_events and not blocks:
                    start = count_start(x.calendars, op.unit, op.n, op.calendar, z, i, t, day)
                    if op.date >= 0 or op.after_first:
                        start = narrow_start(op, counted, z, i, start)
                    event = kth_newest(op, counted, start)
                    blocks = event >= 0
                    if Asking is uint16_t:
                        if blocks:
                            opens = count_opens(x, op, z, t, event)
                            retry = NEVER
            elif op.type == OP_DATE:
                blocks = date_blocks(x, op, q, z, t, day, &opens, &retry)
            elif op.type == OP_NUMBER:
                blocks = number_blocks(op, q, &retry)
            elif op.type == OP_BAN:
                blocks = True
                retry = NEVER
            else:
                blocks = (q.caller_bad >> op.n) & 1
                retry = NEVER
            reasons |= bit & -<uint64_t>blocks
            if Asking is uint16_t:
                if blocks:
                    if segment_ends < 0:
                        segment_ends = day_reached(own, t, segment.until_day) if segment.until_day < (1 << 30) else INFINITE
                    opens = min(opens, min(edge, segment_ends))
                    if op.gate_date >= 0 and op.gate_to < FAR_DAY and q.dates is not NULL:
                        passed = <int64_t>q.dates[op.gate_date] + op.gate_to + 1
                        if q.dates[op.gate_date] != NO_DATE and passed < FAR_DAY:
                            opens = min(opens, day_reached(own, t, <int32_t>passed))
                    if opens >= INFINITE and (out.retry == 0 or retry < out.retry):
                        out.retry = retry
                    out.next = max(out.next, opens)
    out.reasons |= reasons


cdef void stated_hours(const Tables* x, const Row* q, int64_t t, const ZoneTable* z, int32_t i, int32_t day, bint want_next,
                       Step* out) noexcept nogil:
    """The hours that the person named, as a rule with the last bit."""
    cdef int64_t opens
    if window_state(&x.hours[q.hours], NULL, day, <int32_t>(t + z.offsets[i] - <int64_t>day * DAY_S)) == OPEN:
        return
    out.reasons |= <uint64_t>1 << 63
    if want_next:
        opens = next_open(&x.hours[q.hours], NULL, z, t, HORIZON_DAYS)
        if opens == INFINITE and out.retry == 0:
            out.retry = BEYOND_HORIZON
        out.next = max(out.next, opens)


cdef bint only_hours(const Tables* x, const Row* q, uint64_t reasons) noexcept nogil:
    """Whether nothing but opening hours blocks: if so, the candidate zones have no open minute in common."""
    cdef const Profile* profile = &x.profiles[q.profile]
    cdef int32_t s
    for s in range(profile.n_ops):
        if (reasons >> profile.ops[s].bit) & 1 and profile.ops[s].type != OP_WINDOW:
            return False
    return True


cdef void answer(const Tables* x, const Row* q, bint want_retry, uint64_t only, Answer* out) noexcept nogil:
    """The verdict at q.at, and the first instant from there on at which nothing of `only` blocks."""
    cdef const PlaceTable* place = &x.places[q.place]
    cdef Step step
    cdef int64_t t = q.at, horizon = q.at + <int64_t>HORIZON_DAYS * DAY_S
    cdef int32_t k
    out.reasons = 0
    out.retry_at = NO_INSTANT
    out.allowed = 0
    out.code = place.code
    out.retry = NEEDS_FACT
    if place.code:
        return
    step_at(x, q, t, only, &step, <uint8_t>0)
    out.reasons = step.reasons
    out.code = step.code
    if step.code == 0 and step.reasons == 0:
        out.allowed = 1
        out.retry = RETRY_AT
        out.retry_at = t
        return
    if step.code and step.code != HOUSEHOLD_UNKNOWN:
        out.retry = BEYOND_HORIZON
        if step.code == HISTORY_OVERFLOW:                           # as of a person's history: nothing was counted
            out.reasons, out.retry = 0, NEEDS_FACT
        return
    if not want_retry:
        out.retry = BEYOND_HORIZON
        return
    step_at(x, q, t, only, &step, <uint16_t>0)
    out.retry = BEYOND_HORIZON
    for k in range(MAX_STEPS):
        if step.next >= INFINITE:
            out.retry = step.retry
            break
        t = step.next
        if t > horizon:
            break
        step_at(x, q, t, only, &step, <uint16_t>0)
        if step.code and step.code != HOUSEHOLD_UNKNOWN:            # which opens when the rule no longer applies
            break
        if step.reasons == 0:
            out.retry = RETRY_AT
            out.retry_at = t
            return
    if out.retry == BEYOND_HORIZON and step.code == 0 and place.n_zones > 1 and only_hours(x, q, out.reasons):
        out.code = ZONE_AMBIGUOUS


cdef int64_t run_rows(const Tables* x, const Columns* c, int64_t lo, int64_t hi, bint want_retry) noexcept nogil:
    """Answers rows lo..hi; returns the row that points outside its columns, -1 if none does. Without want_retry the two
    columns of openings are not touched."""
    cdef Row q
    cdef Answer a
    cdef Step step
    cdef int64_t i, last
    cdef bint is_open
    memset(&q, 0, sizeof(Row))
    q.hours = -1
    for i in range(lo, hi):
        if not fill(c, i, &q):
            return i
        if c.event_at is not NULL and i + AHEAD < hi and 0 < c.event_to[i + AHEAD] <= c.n_events:
            last = c.event_to[i + AHEAD] - 1                        # a person's events may be anywhere in memory, and
            prefetch(&c.event_at[last])                             # the newest are read first
            prefetch(&c.event_attr[last])
            prefetch(&c.event_attr[max(<int64_t>0, last - 8)])
        if q.profile < 0 or x.places[q.place].code:
            c.allowed[i] = 0
            c.code[i] = x.places[q.place].code if x.places[q.place].code else <uint8_t>-q.profile
            c.reasons[i] = 0
            if want_retry:
                c.retry_at[i] = NO_INSTANT
                c.retry[i] = NEEDS_FACT
        elif want_retry:
            answer(x, &q, True, ALL_RULES, &a)
            c.allowed[i], c.code[i], c.reasons[i], c.retry_at[i], c.retry[i] = a.allowed, a.code, a.reasons, a.retry_at, a.retry
        else:
            step_at(x, &q, q.at, ALL_RULES, &step, <uint8_t>0)
            is_open = (step.reasons == 0) & (step.code == 0)
            c.allowed[i] = is_open
            c.code[i] = step.code
            c.reasons[i] = step.reasons
    return -1

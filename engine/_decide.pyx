"""The kernel: one query against one profile, all blocking reasons, and the first instant at which none blocks.

Integers and pointers only. `engine/_kernel.pyx` owns the tables; `engine/reference.py` is the twin.
"""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from cadencia.engine.structs cimport (
    CalendarTable, MAX_FAST_EVENTS, MAX_GROUPS, OP_BAN, OP_CALLER, OP_COUNT, OP_DATE, OP_FACT, OP_NUMBER, OP_WINDOW, Op, PlaceTable, Profile,
    Segment, WeekTable, ZoneTable,
)
from cadencia.engine._clock cimport (
    DAY_S, INFINITE, business_days_back, business_days_on, day_of, day_reached, day_start, first_of_month,
    first_of_next_month, offset_index, weekday_of,
)
from cadencia.engine._window cimport OPEN, UNKNOWN, next_open, window_state

cdef enum:
    # engine/words.py: WindowUnit, VerdictCode, RetryCode, HORIZON_DAYS
    SECONDS = 0
    CIVIL_DAYS = 1
    WEEK = 2
    MONTH = 3
    BUSINESS_DAYS = 4
    LIFETIME = 5
    ZONE_UNKNOWN = 1
    ZONE_AMBIGUOUS = 2
    CALENDAR_ENDED = 7
    ZONE_DATA_ENDED = 8
    RETRY_AT = 0
    NEVER = 1
    NEEDS_FACT = 2
    BEYOND_HORIZON = 3
    HORIZON_DAYS = 400
    MAX_STEPS = 2000                # of the search for retry_at; each step passes an edge of some rule
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
    #define CADENCIA_NO_INSTANT (-((int64_t)1 << 62))
    #define CADENCIA_HIGH_BITS ((uint64_t)0x8080808080808080)
    """
    const uint64_t DEBT_BITS "CADENCIA_DEBT_BITS"
    const uint64_t ADDRESS_BITS "CADENCIA_ADDRESS_BITS"
    const uint64_t CREDITOR_BITS "CADENCIA_CREDITOR_BITS"
    const int64_t NO_INSTANT "CADENCIA_NO_INSTANT"
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


cdef inline int64_t count_start(const Tables* x, const Op* op, const Row* q, const ZoneTable* z, int32_t i, int64_t t,
                                int32_t day) noexcept nogil:
    """The first instant whose events count at t."""
    cdef int64_t start
    if op.unit == CIVIL_DAYS:
        start = day_start(z, i, day - op.n + 1)
    elif op.unit == SECONDS:
        start = t - op.n + 1
    elif op.unit == WEEK:
        start = day_start(z, i, day - weekday_of(day))
    elif op.unit == MONTH:
        start = day_start(z, i, first_of_month(day))
    elif op.unit == BUSINESS_DAYS:
        start = day_start(z, i, business_days_back(&x.calendars[op.calendar], day, op.n))
    else:
        start = -INFINITE
    return start


cdef int64_t narrow_start(const Op* op, const Row* q, const ZoneTable* z, int32_t i, int64_t start) noexcept nogil:
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


cdef inline uint32_t clipped(int64_t t) noexcept nogil:
    cdef int64_t last = 0xFFFFFFFF
    return <uint32_t>max(<int64_t>0, min(t, last))


cdef inline uint64_t full_counters(const Tables* x, const Profile* p, const Segment* s, const Row* q, const ZoneTable* z,
                                   int32_t i, int64_t t, int32_t day) noexcept nogil:
    """Bit 7 of each byte whose counter is full. One pass over the events, no branch on what they are."""
    cdef uint32_t starts[MAX_GROUPS]
    cdef uint32_t never = <uint32_t>0xFFFFFFFF, first = never, at
    cdef const Op* op
    cdef const ZoneTable* own
    cdef uint64_t total = 0, word, a, d, mismatch, subject = q.subject
    cdef int32_t g, k
    for g in range(MAX_GROUPS):
        starts[g] = never
    for g in range(s.n_groups):
        op = &p.ops[s.group_op[g]]
        if op.clock < 0:
            starts[g] = clipped(count_start(x, op, q, z, i, t, day))
        else:
            own = &x.zones[op.clock]
            k = offset_index(own, t)
            starts[g] = clipped(count_start(x, op, q, own, k, t, day_of(t + own.offsets[k])))
        first = min(first, starts[g])
    for k in range(q.n_events - 1, -1, -1):
        at = q.event_at[k]
        if at < first:
            break
        a = q.event_attr[k]
        word = ((s.group_bytes[0] & -<uint64_t>(at >= starts[0])) | (s.group_bytes[1] & -<uint64_t>(at >= starts[1]))
                | (s.group_bytes[2] & -<uint64_t>(at >= starts[2])) | (s.group_bytes[3] & -<uint64_t>(at >= starts[3])))
        word &= s.by_kind[a & 127] & s.flag_bytes[((a >> 19) & 3) | ((a >> 57) & 12)]
        d = a ^ subject
        mismatch = s.debt_bytes & -<uint64_t>(((d & DEBT_BITS) != 0) & ((a & DEBT_BITS) != 0) & ((subject & DEBT_BITS) != 0))
        if s.address_bytes and d & ADDRESS_BITS and a & ADDRESS_BITS and subject & ADDRESS_BITS:
            mismatch |= s.address_bytes
        if s.creditor_bytes and d & CREDITOR_BITS and a & CREDITOR_BITS and subject & CREDITOR_BITS:
            mismatch |= s.creditor_bytes
        total += word & ~mismatch
    return (total + s.bias) & HIGH_BITS


cdef int64_t count_opens(const Tables* x, const Op* op, const ZoneTable* z, int64_t t, int64_t event) noexcept nogil:
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
    cdef int32_t first
    opens[0] = INFINITE
    if date == NO_DATE:
        retry[0] = NEEDS_FACT
        return op.unknown_denies
    if <int64_t>day - date > op.n_max:
        retry[0] = NEVER
        return True
    if op.n == -(1 << 30):
        return False
    first = business_days_on(&x.calendars[op.calendar], date, op.n) if op.unit == BUSINESS_DAYS and op.n > 0 else date + op.n
    if day < first:
        opens[0] = day_reached(z, t, first)
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


ctypedef fused Asking:
    # Two copies of one step, chosen when it is compiled: the short one does not carry the search for openings.
    uint8_t                         # what blocks now
    uint16_t                        # … and before which instant nothing opens


cdef inline bint out_of_gate(const Op* op, uint64_t lo, uint64_t hi) noexcept nogil:
    return op.gated and ((lo & op.when_lo) != op.when_lo or (hi & op.when_hi) != op.when_hi
                         or lo & op.unless_lo or hi & op.unless_hi)


cdef int64_t facts_at(const Row* q, int64_t t, Known* known) noexcept nogil:
    """Adds the dated facts that hold at t; returns the next instant at which one begins or ends."""
    cdef int64_t edge = INFINITE
    cdef uint64_t bit
    cdef int32_t k
    for k in range(q.n_timed):
        if q.timed[k].since > t:
            edge = min(edge, q.timed[k].since)
        elif q.timed[k].until > t:
            edge = min(edge, q.timed[k].until)
            bit = <uint64_t>1 << (q.timed[k].fact & 63)
            if q.timed[k].fact < 64:
                known.known_lo |= bit
                known.lo = known.lo | bit if q.timed[k].value else known.lo & ~bit
            else:
                known.known_hi |= bit
                known.hi = known.hi | bit if q.timed[k].value else known.hi & ~bit
    return edge


cdef inline uint64_t joint_reasons(const Tables* x, const Profile* p, const Segment* s, const Row* q, const Known* known,
                                   const ZoneTable* z, int32_t i, int64_t t, int32_t day) noexcept nogil:
    """The reasons of the counters that are counted together."""
    cdef uint64_t full = full_counters(x, p, s, q, z, i, t, day)
    cdef int32_t k
    if full == 0:
        return 0
    if s.gated:
        for k in range(s.fast_from, s.op_to):
            if out_of_gate(&p.ops[k], known.lo, known.hi):
                full &= ~(<uint64_t>0xFF << (8 * p.ops[k].fast))
    full = ((full >> 7) * <uint64_t>0x0102040810204080) >> 56      # one bit a byte, gathered
    return s.reasons_lo[full & 15] | s.reasons_hi[full >> 4]


cdef void step_at(const Tables* x, const Row* q, int64_t t, uint64_t only, Step* out, Asking asking) noexcept nogil:
    """Every rule of `only` at the instant t, in every candidate zone."""
    cdef const PlaceTable* place = &x.places[q.place]
    cdef const Profile* profile = &x.profiles[q.profile]
    cdef const ZoneTable* z
    cdef const ZoneTable* own
    cdef const Segment* segment
    cdef const Op* op
    cdef Known known
    cdef uint64_t bit, joint, reasons = 0
    cdef int64_t edge = INFINITE, opens, segment_ends, start, event
    cdef int32_t k, s, i, own_i, day, own_day, last
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
        own = &x.zones[place.zones[k]]
        if t < 0 or t >= own.ends:
            out.code = ZONE_DATA_ENDED
            return
        own_i = offset_index(own, t)
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
                if q.n_events:
                    start = count_start(x, op, q, z, i, t, day)
                    if op.date >= 0 or op.after_first:
                        start = narrow_start(op, q, z, i, start)
                    event = kth_newest(op, q, start)
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
    if step.code:
        out.retry = BEYOND_HORIZON
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
        if step.code:
            break
        if step.reasons == 0:
            out.retry = RETRY_AT
            out.retry_at = t
            return
    if out.retry == BEYOND_HORIZON and step.code == 0 and place.n_zones > 1 and only_hours(x, q, out.reasons):
        out.code = ZONE_AMBIGUOUS

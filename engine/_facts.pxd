# Which facts hold at an instant, and whether they or a date keep a rule from applying. Inline.
from libc.stdint cimport int32_t, int64_t, uint64_t
from cadencia.engine.structs cimport Op
from cadencia.engine._clock cimport INFINITE
from cadencia.engine._count cimport NO_DATE
from cadencia.engine._decide cimport Known, Row

cdef enum:
    FAR_DAY = 1 << 28

cdef inline int64_t facts_at(const Row* q, int64_t t, Known* known) noexcept nogil:
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

cdef inline bint out_of_gate(const Op* op, uint64_t lo, uint64_t hi) noexcept nogil:
    return op.gated and ((lo & op.when_lo) != op.when_lo or (hi & op.when_hi) != op.when_hi
                         or lo & op.unless_lo or hi & op.unless_hi)

cdef inline bint out_of_dates(const Op* op, const Row* q, int32_t day) noexcept nogil:
    """Whether the date that the rule looks at says that it does not apply; an unknown date says nothing."""
    cdef int64_t passed
    if q.dates is NULL or q.dates[op.gate_date] == NO_DATE:
        return False
    passed = <int64_t>day - q.dates[op.gate_date]
    return passed < op.gate_from or passed > op.gate_to

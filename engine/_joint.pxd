# Which counters of a segment are counted together, a byte each, and the tables for it. Inline, used when a profile is made.
from libc.stdint cimport uint8_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy
from cadencia.engine.structs cimport MAX_FAST, MAX_FAST_EVENTS, MAX_GROUPS, OP_COUNT, Op, Segment

cdef inline bint is_simple(const Op* op) noexcept nogil:
    return (op.type == OP_COUNT and op.wider < 0 and op.gate_date < 0 and op.at_most <= MAX_FAST_EVENTS
            and not (op.sets or op.same_place or op.after_first or op.date >= 0))

cdef inline uint64_t flag_bits(int flags) noexcept nogil:
    """The attribute bits that a flag index (inbound, consented, same attempt, same creditor) stands for."""
    return <uint64_t>(flags & 3) << 19 | <uint64_t>(flags >> 2) << 59

cdef inline int group_of(const Op* op, Segment* s) noexcept:
    """The group of counters with the same window as this one, a new one if there is room; -1 if there is none."""
    cdef int g
    for g in range(s.n_groups):
        if (s.group_unit[g] == op.unit and s.group_n[g] == op.n and s.group_clock[g] == op.clock
                and s.group_calendar[g] == op.calendar):
            return g
    if s.n_groups == MAX_GROUPS:
        return -1
    s.group_unit[s.n_groups], s.group_n[s.n_groups] = op.unit, op.n
    s.group_clock[s.n_groups], s.group_calendar[s.n_groups] = op.clock, op.calendar
    s.n_groups += 1
    return s.n_groups - 1

cdef inline int part_counters(Op* ops, Segment* s) except -1:
    """Orders the segment's ops: first those that are evaluated one by one, then up to eight simple counters."""
    cdef int n = s.op_to - s.op_from, k, first = 0, n_fast = 0
    cdef Op* sorted_ops = <Op*>calloc(max(1, n), sizeof(Op))
    cdef uint8_t* simple = <uint8_t*>calloc(max(1, n), 1)
    if sorted_ops is NULL or simple is NULL:
        free(sorted_ops)
        free(simple)
        raise MemoryError()
    for k in range(n):
        if n_fast < MAX_FAST and is_simple(&ops[s.op_from + k]) and group_of(&ops[s.op_from + k], s) >= 0:
            simple[k] = 1
            n_fast += 1
    for k in range(n):
        if not simple[k]:
            sorted_ops[first] = ops[s.op_from + k]
            first += 1
    s.fast_from = s.op_from + first
    for k in range(n):
        if simple[k]:
            sorted_ops[first] = ops[s.op_from + k]
            first += 1
    memcpy(&ops[s.op_from], sorted_ops, n * sizeof(Op))
    free(sorted_ops)
    free(simple)
    s.n_groups = 0                  # numbered anew, in the new order
    return 0

cdef inline int join_counters(Op* ops, Segment* s) except -1:
    """Moves the simple counters of the segment to its end, each with a byte of the joint count (_decide.pyx)."""
    cdef Op* op
    cdef int k, kind, flags, fast, group
    cdef uint64_t byte
    s.by_kind = <uint64_t*>calloc(128, sizeof(uint64_t))
    if s.by_kind is NULL:
        raise MemoryError()
    part_counters(ops, s)
    for k in range(s.fast_from, s.op_to):
        op = &ops[k]
        fast = k - s.fast_from
        op.fast = fast
        byte = <uint64_t>0xFF << (8 * fast)
        s.gated |= op.gated
        s.bias |= <uint64_t>(128 - op.at_most) << (8 * fast)
        for kind in range(128):
            if ((op.kinds_hi if kind & 64 else op.kinds_lo) >> (kind & 63)) & 1:
                s.by_kind[kind] |= byte & <uint64_t>0x0101010101010101
        for flags in range(16):
            if not flag_bits(flags) & op.zero and flag_bits(flags) & op.one == op.one:
                s.flag_bytes[flags] |= byte
            if (flags >> (fast & 3)) & 1:
                if fast < 4:
                    s.reasons_lo[flags] |= <uint64_t>1 << op.bit
                else:
                    s.reasons_hi[flags] |= <uint64_t>1 << op.bit
        s.debt_bytes |= byte if op.eq & (<uint64_t>0xFF << 21) else 0
        s.address_bytes |= byte if op.eq & (<uint64_t>0xFF << 29) else 0
        s.creditor_bytes |= byte if op.eq & (<uint64_t>0x1F << 37) else 0
        group = group_of(op, s)
        for flags in range(16):
            if not (flags >> group) & 1:
                s.live[flags] |= byte
    return 0

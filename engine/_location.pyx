"""Which place does this phone number lead to? Digits and array indices only; see rules/places_trie.py for the trie.

A number is accepted exactly when `phonenumbers.is_valid_number` accepts it: the trie holds the whole numbering plans,
not lengths alone, because they join into few thousand nodes. Spaces, dashes, dots, slashes and parentheses are skipped.
"""
import numpy as np

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t

cdef enum:
    LONGEST_TEXT = 64                        # bytes; longer is not a phone number, whatever it holds
    MOST_DIGITS = 20                         # 3 of the calling code and at most 17 behind it
    DEAD = 0
    ROOT = 1
    NO_PLACE = -1
    TRUNK_SHIFT = 24                         # in `lengths`: the trunk digit + 1 lies above the mask of lengths
    LENGTHS_MASK = 0xFFFFFF


cdef int32_t walk(const Trie* trie, const uint8_t* digits, int n) noexcept nogil:
    """The place of an international number, or why it has none."""
    cdef int32_t node = ROOT, plan_node = DEAD, end = NO_PLACE
    cdef int i, national_from = 0
    for i in range(n):
        node = trie.following[node * 10 + digits[i]]
        if node == DEAD:
            break
        if trie.lengths[node]:
            plan_node, national_from = node, i + 1
    if node != DEAD:
        end = trie.ends[node]
    if end >= 0:
        return end
    if plan_node == DEAD:
        return UNKNOWN_COUNTRY if node == DEAD else TOO_SHORT
    if national_from < n and <uint32_t>digits[national_from] + 1 == trie.lengths[plan_node] >> TRUNK_SHIFT:
        end = walk_plan(trie, plan_node, digits + national_from + 1, n - national_from - 1)
        if end >= 0:
            return end                       # people write +44 (0)20
    return why_not(trie.lengths[plan_node], n - national_from)


cdef int32_t walk_plan(const Trie* trie, int32_t node, const uint8_t* digits, int n) noexcept nogil:
    cdef int i
    for i in range(n):
        node = trie.following[node * 10 + digits[i]]
    return trie.ends[node]                   # the dead node leads to itself and ends nowhere


cdef int32_t why_not(uint32_t possible, int national) noexcept nogil:
    possible &= LENGTHS_MASK
    if possible >> national & 1:             # national is at most 24, see walk_home
        return UNASSIGNED
    if not possible >> national:
        return TOO_LONG
    if not possible & ((<uint32_t>1 << national) - 1):
        return TOO_SHORT
    return WRONG_LENGTH


cdef bint begins(const uint8_t* digits, int n, const uint8_t* prefix, int n_prefix) noexcept nogil:
    cdef int i
    if n_prefix == 0 or n <= n_prefix:
        return False
    for i in range(n_prefix):
        if digits[i] != prefix[i]:
            return False
    return True


cdef int32_t walk_after_code(const Trie* trie, const Home* home, const uint8_t* digits, int n) noexcept nogil:
    cdef uint8_t joined[4 + MOST_DIGITS]
    cdef int i
    for i in range(home.n_code):
        joined[i] = home.code[i]
    for i in range(n):
        joined[home.n_code + i] = digits[i]
    return walk(trie, joined, home.n_code + n)


cdef int32_t walk_home(const Trie* trie, const Home* home, const uint8_t* digits, int n) noexcept nogil:
    """The place of a number without +, read as the home country writes it."""
    cdef int32_t found, why = 0
    if begins(digits, n, home.abroad, home.n_abroad):
        found = walk(trie, digits + home.n_abroad, n - home.n_abroad)
        if found >= 0:
            return found
    if begins(digits, n, home.trunk, home.n_trunk):
        found = walk_after_code(trie, home, digits + home.n_trunk, n - home.n_trunk)
        if found >= 0:
            return found
        why = found                          # the trunk digit is rarely part of the number, so this says more
    found = walk_after_code(trie, home, digits, n)
    if found >= 0:
        return found
    if why == 0:
        why = found
    if begins(digits, n, home.code, home.n_code):
        found = walk(trie, digits, n)        # international, with its + lost
        if found >= 0:
            return found
    return why


cdef int32_t read_number(const Trie* trie, const Home* home, const uint8_t* text, int64_t n) noexcept nogil:
    """The place of a number as people write it, or why it has none."""
    cdef uint8_t digits[MOST_DIGITS]
    cdef uint8_t byte
    cdef int count = 0
    cdef bint plus = False, blank = True
    cdef int64_t i
    if n > LONGEST_TEXT:
        return NOT_A_NUMBER
    for i in range(n):
        byte = text[i]
        if c"0" <= byte <= c"9":
            if count == MOST_DIGITS:
                return TOO_LONG
            digits[count] = byte - c"0"
            count += 1
        elif byte == c"+":
            if plus or count:
                return NOT_A_NUMBER
            plus = True
        elif byte == c"-" or byte == c"." or byte == c"(" or byte == c")" or byte == c"/":
            blank = False
        elif byte == 0xC2 and i + 1 < n and text[i + 1] == 0xA0 or byte == 0xA0 and i and text[i - 1] == 0xC2:
            pass                             # a no-break space, which spreadsheets put between groups
        elif byte != c" " and byte != c"\t":
            return NOT_A_NUMBER
    if count == 0:
        return NOT_GIVEN if blank and not plus else NOT_A_NUMBER
    if plus:
        return walk(trie, digits, count)
    if home.n_code == 0:
        return NO_COUNTRY
    return walk_home(trie, home, digits, count)


cdef int copy_digits(str text, uint8_t* into, int room) except -1:
    cdef int i
    if len(text) > room or not (text.isascii() and (text.isdigit() or not text)):
        raise ValueError(f"location tables: {text!r} is not at most {room} digits; compile the rulebook again")
    for i in range(len(text)):
        into[i] = ord(text[i]) - 48
    return len(text)


cdef Home home_of(object plan) except *:
    """A DialPlan of engine/gazetteer.py, or None, as digits."""
    cdef Home home
    home.n_code = home.n_trunk = home.n_abroad = 0
    if plan is not None:
        home.n_code = copy_digits(plan.calling_code, home.code, 4)
        home.n_trunk = copy_digits(plan.trunk, home.trunk, 8)
        home.n_abroad = copy_digits(plan.abroad, home.abroad, 8)
    return home


cdef class PhoneTrie:
    """Answers with a place's index (0 and up) or a reason (below 0). Immutable, so any number of threads may ask."""

    def __cinit__(self, bytes following not None, bytes ends not None, bytes lengths not None):
        nodes = len(ends) // 4
        arrays = [np.frombuffer(raw, "<i4") for raw in (following, ends, lengths)]
        if nodes < 2 or len(arrays[0]) != nodes * 10 or len(arrays[2]) != nodes or (
            arrays[0].min() < 0 or arrays[0].max() >= nodes
        ):
            raise ValueError("location tables: the trie's arrays do not fit together; compile the rulebook again")
        self._arrays = (following, ends, lengths)
        self.trie.following = <const int32_t*><const char*>following
        self.trie.ends = <const int32_t*><const char*>ends
        self.trie.lengths = <const uint32_t*><const char*>lengths

    def place_of(self, bytes text not None, plan=None):
        """One number; `plan` is the DialPlan to read a number without + in."""
        cdef Home home = home_of(plan)
        return read_number(&self.trie, &home, <const uint8_t*><const char*>text, len(text))

    def locate(self, const uint8_t[::1] text, const int64_t[::1] offsets, int32_t[::1] places, plan=None):
        """Number i is text[offsets[i]:offsets[i + 1]]; its answer goes to places[i]. ValueError unless the sizes fit."""
        cdef Home home = home_of(plan)
        cdef int64_t i, first, last, size = text.shape[0], n = places.shape[0]
        cdef const uint8_t* start = &text[0] if size else NULL
        if offsets.shape[0] != n + 1:
            raise ValueError(f"{n} places need {n + 1} offsets, not {offsets.shape[0]}")
        with nogil:
            for i in range(n):
                first, last = offsets[i], offsets[i + 1]
                if not 0 <= first <= last <= size:
                    places[i] = NOT_A_NUMBER
                else:
                    places[i] = read_number(&self.trie, &home, start + first, last - first)

# Where a phone number may be: a trie over the digits of E.164.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t

cdef enum:                                   # why a number has no place; engine/location.py words them
    NOT_GIVEN = -1                           # nothing but blanks
    NOT_A_NUMBER = -2                        # something that is no digit, + or spacing
    NO_COUNTRY = -3                          # no + and no country to read it in
    UNKNOWN_COUNTRY = -4                     # no such calling code
    TOO_SHORT = -5
    TOO_LONG = -6
    WRONG_LENGTH = -7                        # between the least and greatest length, but not one of them
    UNASSIGNED = -8                          # a possible length, but no such number in the country's plan

cdef struct Trie:
    const int32_t* following                 # node * 10 + digit -> node; 0 is dead, 1 the root
    const int32_t* ends                      # node -> place of a number that ends here, or -1
    const uint32_t* lengths                  # node where national digits begin -> bit n < 24: n of them are possible;
                                             # bits 24 and up: the trunk digit + 1, or 0. Other nodes: 0

cdef struct Home:                            # how the country writes its numbers; digits are 0..9
    uint8_t code[4]                          # calling code
    uint8_t trunk[8]                         # dialled before a national number
    uint8_t abroad[8]                        # dialled before an international one
    int n_code, n_trunk, n_abroad            # digits in each; n_code 0: no country given

cdef int32_t walk(const Trie* trie, const uint8_t* digits, int n) noexcept nogil
cdef int32_t read_number(const Trie* trie, const Home* home, const uint8_t* text, int64_t n) noexcept nogil

cdef class PhoneTrie:
    cdef Trie trie
    cdef object _arrays                      # keeps the memory that `trie` points into

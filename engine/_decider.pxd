from libc.stdint cimport uint64_t
from cadencia.engine._kernel cimport Contact

cdef class Prepared:
    cdef Contact contact
    cdef uint64_t debt, address, creditor   # hashes, 0 not stated
    cdef uint64_t attr              # of the reservation, without slots

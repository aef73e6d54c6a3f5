from libc.stdint cimport uint64_t
from cadencia.engine._kernel cimport Contact
from cadencia.engine._wider cimport Stated

cdef class Prepared:
    cdef Contact contact
    cdef Stated ids
    cdef uint64_t attr              # of the reservation, without slots

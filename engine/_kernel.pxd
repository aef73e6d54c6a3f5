from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from cadencia.engine.structs cimport WeekTable
from cadencia.engine._decide cimport Answer, Columns, Row, Tables

cdef class HoursTable:
    cdef WeekTable* weeks
    cdef int n

cdef class Kernel:
    cdef Tables x
    cdef list retired               # capsules of outgrown arrays, as addresses
    cdef list kept                  # bytes that the tables point into
    cdef int n_zones, n_weeks, n_calendars, n_places, n_profiles
    cdef int cap_zones, cap_weeks, cap_calendars, cap_places, cap_profiles
    cdef uint64_t* keys
    cdef int32_t* values
    cdef int n_keys
    cdef void* grown(self, void* old, int n, int* capacity, size_t size) except NULL

cdef class Contact:
    cdef Kernel kernel
    cdef Row row
    cdef HoursTable hours
    cdef tuple kept                 # the byte strings that the row points into
    cdef uint8_t code
    cdef void ask(self, int64_t at, bint want_retry, Answer* out)

cdef int fill_columns(Columns* c, dict columns, HoursTable hours) except -1

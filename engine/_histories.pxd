from cadencia.engine._persons cimport Person, Persons, Subject

cdef class Histories:
    cdef Persons p
    cdef bint busy                  # a pass without the GIL is under way
    cdef int owned(self) except -1
    cdef Person* known(self, bytes subject) except? NULL

cdef Subject subject_of(bytes subject) except *

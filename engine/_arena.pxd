# Memory for many small blocks that grow: slabs of 64 KiB, each cut into blocks of one size. A slab whose blocks were all
# given back serves any size again, so persons who grow together leave nothing behind. Inline.
from libc.stdint cimport uint8_t, uint32_t, uintptr_t
from libc.stdlib cimport free, realloc
from libc.string cimport memset

cdef extern from *:
    """
    #include <stdlib.h>
    #if defined(__linux__)
    #include <sys/mman.h>
    #define cadencia_forget(p, n) ((void)madvise((p), (n), MADV_DONTNEED))
    #else
    #define cadencia_forget(p, n) ((void)(p))
    #endif
    """
    void* aligned_alloc(size_t alignment, size_t size) noexcept nogil
    void forget "cadencia_forget"(void* p, size_t n) noexcept nogil     # whole pages, given back to the system

cdef enum:
    SLAB = 1 << 16                  # bytes, and what a slab's address is a multiple of
    SLABS_AT_ONCE = 64
    KEPT = 256                      # empty slabs that keep their memory
    SYSTEM_PAGE = 1 << 12           # bytes; where the system's are larger nothing is given back to it
    HEAD = 64                       # bytes of a slab before its blocks
    N_SIZES = 32
    MOST = 12288                    # bytes of the largest size; more is asked of the system

cdef struct Slab:
    Slab* next                      # among the slabs of its size with room, or among the empty ones
    Slab* previous
    void* given_back                # the first free block; each holds the address of the next
    uint32_t taken                  # blocks in use
    uint32_t cut                    # blocks ever cut
    uint32_t room                   # blocks that fit
    uint8_t size                    # which size

cdef struct Arena:
    Slab* open[N_SIZES]             # slabs with room
    Slab* empty
    void** chunks
    uint32_t n_chunks
    uint32_t kept                   # slabs emptied and not cut again

cdef inline uint32_t bytes_of(uint32_t size) noexcept nogil:
    """24 to 192 in steps of 24, then four sizes to every doubling."""
    if size < 8:
        return 24 * (size + 1)
    return (<uint32_t>192 << ((size - 8) >> 2)) + (((size - 8) & 3) + 1) * (<uint32_t>48 << ((size - 8) >> 2))

cdef inline uint32_t size_for(uint32_t n_bytes) noexcept nogil:
    """The least size of so many bytes; N_SIZES when there is none."""
    cdef uint32_t size
    if n_bytes <= 192:
        return (max(<uint32_t>1, n_bytes) + 23) // 24 - 1
    size = 8
    while size < N_SIZES and bytes_of(size) < n_bytes:
        size += 1
    return size

cdef inline void join_list(Slab** first, Slab* slab) noexcept nogil:
    slab.next, slab.previous = first[0], NULL
    if first[0] is not NULL:
        first[0].previous = slab
    first[0] = slab

cdef inline void leave_list(Slab** first, Slab* slab) noexcept nogil:
    if slab.previous is NULL:
        first[0] = slab.next
    else:
        slab.previous.next = slab.next
    if slab.next is not NULL:
        slab.next.previous = slab.previous

cdef inline Slab* new_slab(Arena* arena, uint32_t size) noexcept nogil:
    """An empty slab cut for this size, first of those with room; NULL when there is no memory."""
    cdef char* chunk
    cdef void** chunks
    cdef Slab* slab
    cdef int k
    if arena.empty is NULL:
        chunks = <void**>realloc(arena.chunks, (arena.n_chunks + 1) * sizeof(void*))
        if chunks is NULL:
            return NULL
        arena.chunks = chunks
        chunk = <char*>aligned_alloc(SLAB, <size_t>SLAB * SLABS_AT_ONCE)
        if chunk is NULL:
            return NULL
        arena.chunks[arena.n_chunks] = chunk
        arena.n_chunks += 1
        for k in range(SLABS_AT_ONCE - 1, -1, -1):
            join_list(&arena.empty, <Slab*>(chunk + <size_t>k * SLAB))
    slab = arena.empty
    leave_list(&arena.empty, slab)
    arena.kept -= arena.kept > 0
    slab.given_back = NULL
    slab.taken = slab.cut = 0
    slab.room = (SLAB - HEAD) // bytes_of(size)
    slab.size = <uint8_t>size
    join_list(&arena.open[size], slab)
    return slab

cdef inline void* take(Arena* arena, uint32_t size) noexcept nogil:
    """A block of this size, aligned to 8 bytes; NULL when there is no memory."""
    cdef Slab* slab = arena.open[size]
    cdef void* block
    if slab is NULL:
        slab = new_slab(arena, size)
        if slab is NULL:
            return NULL
    if slab.given_back is not NULL:
        block = slab.given_back
        slab.given_back = (<void**>block)[0]
    else:
        block = <char*>slab + HEAD + <size_t>slab.cut * bytes_of(size)
        slab.cut += 1
    slab.taken += 1
    if slab.taken == slab.room:
        leave_list(&arena.open[size], slab)
    return block

cdef inline void give_back(Arena* arena, void* block) noexcept nogil:
    cdef Slab* slab = <Slab*>(<uintptr_t>block & ~<uintptr_t>(SLAB - 1))
    if slab.taken == slab.room:
        join_list(&arena.open[slab.size], slab)
    (<void**>block)[0] = slab.given_back
    slab.given_back = block
    slab.taken -= 1
    if slab.taken == 0:
        leave_list(&arena.open[slab.size], slab)
        join_list(&arena.empty, slab)
        arena.kept += 1
        if arena.kept > KEPT:
            forget(<char*>slab + SYSTEM_PAGE, SLAB - SYSTEM_PAGE)

cdef inline void free_arena(Arena* arena) noexcept nogil:
    cdef uint32_t k
    for k in range(arena.n_chunks):
        free(arena.chunks[k])
    free(arena.chunks)
    memset(arena, 0, sizeof(Arena))

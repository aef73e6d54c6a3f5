"""Does any object of a JSON text have the same key twice? One pass over the bytes; the text need not be well formed."""

from libc.string cimport memcmp

cdef enum:
    MOST_DEPTH = 64
    MOST_KEYS = 512


cdef enum Found:
    NONE = 0
    REPEATED = 1
    UNSURE = 2


cdef struct Span:
    Py_ssize_t start
    Py_ssize_t length


cdef Py_ssize_t string_end(const unsigned char* text, Py_ssize_t at, Py_ssize_t n, bint* escaped) noexcept nogil:
    """The place of the closing quote of a string that begins before `at`; n if there is none."""
    escaped[0] = False
    while at < n and text[at] != 34:
        if text[at] == 92:
            escaped[0] = True
            at += 1
        at += 1
    return at if at < n else n


cdef Found scan(const unsigned char* text, Py_ssize_t n) noexcept nogil:
    cdef Span keys[MOST_KEYS]
    cdef int first[MOST_DEPTH]  # of each open object, its first key; -1 for an array
    cdef int depth = 0, count = 0, i
    cdef Py_ssize_t at = 0, end, after
    cdef bint escaped
    while at < n:
        if text[at] == 34:
            end = string_end(text, at + 1, n, &escaped)
            after = end + 1
            while after < n and (text[after] == 32 or text[after] == 9 or text[after] == 10 or text[after] == 13):
                after += 1
            if after < n and text[after] == 58 and depth and first[depth - 1] >= 0:
                if escaped or count == MOST_KEYS:
                    return UNSURE
                for i in range(first[depth - 1], count):
                    if keys[i].length == end - at and not memcmp(text + keys[i].start, text + at, end - at):
                        return REPEATED
                keys[count] = Span(at, end - at)
                count += 1
            at = end
        elif text[at] == 123 or text[at] == 91:
            if depth == MOST_DEPTH:
                return UNSURE
            first[depth] = count if text[at] == 123 else -1
            depth += 1
        elif (text[at] == 125 or text[at] == 93) and depth:
            depth -= 1
            if first[depth] >= 0:
                count = first[depth]
        at += 1
    return NONE


def repeats(const unsigned char[::1] text not None) -> int:
    """0: no key comes twice in an object; 1: one does; 2: not sure (escaped keys, very deep, very many)."""
    if text.shape[0] == 0:
        return 0
    return scan(&text[0], text.shape[0])

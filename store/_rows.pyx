"""Rows put into SQLite, and looked up there, many at once with the interpreter free for other threads meanwhile.

apsw takes and gives back the interpreter's lock for every row; with a busy loop beside it, each time is a wait. Here a
whole group takes it once. SQLite is apsw's own, found through the interface that SQLite has for its extensions
(sqlite3ext.h: a table of functions whose order never changes, so no header is needed to build this)."""
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.stdint cimport int64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy

import apsw

cdef extern from *:
    """
    #if defined(_WIN32)
    #define CADENCIA_SEEN __declspec(dllexport)
    #else
    #define CADENCIA_SEEN __attribute__((visibility("default")))
    #endif
    static _Thread_local void *cadencia_db;
    static _Thread_local const void *cadencia_api;
    CADENCIA_SEEN int sqlite3_cadenciarows_init(void *db, char **why, const void *api) {
        (void)why;
        cadencia_db = db;
        cadencia_api = api;
        return 0;
    }
    """
    void *cadencia_db
    const void *cadencia_api

cdef extern from "Python.h":
    void *PyErr_Occurred()
    const char *PyUnicode_AsUTF8AndSize(object text, Py_ssize_t *size) except NULL
    unsigned long long PyLong_AsUnsignedLongLongMask(object number) except? 0xFFFFFFFFFFFFFFFF

ctypedef void *Statement
ctypedef int (*BindBytes)(Statement, int, const char *, int, void *) noexcept nogil
ctypedef int (*BindNumber)(Statement, int, int64_t) noexcept nogil
ctypedef int (*Does)(Statement) noexcept nogil
ctypedef const char *(*ColumnBytes)(Statement, int) noexcept nogil
ctypedef int (*ColumnSize)(Statement, int) noexcept nogil
ctypedef int64_t (*ColumnNumber)(Statement, int) noexcept nogil
ctypedef const char *(*Message)(void *) noexcept nogil
ctypedef int (*Says)(void *) noexcept nogil
ctypedef int (*Prepare)(void *, const char *, int, Statement *, const char **) noexcept nogil

cdef enum:  # places in sqlite3_api_routines
    BIND_BLOB = 2
    BIND_INT64 = 5
    BIND_TEXT = 10
    COLUMN_BLOB = 19
    COLUMN_BYTES = 20
    COLUMN_INT64 = 29
    ERRMSG = 53
    FINALIZE = 57
    GET_AUTOCOMMIT = 60
    RESET = 77
    STEP = 94
    PREPARE_V2 = 116
    EXTENDED_ERRCODE = 166

cdef enum:  # of SQLite
    SQLITE_OK = 0
    SQLITE_NOMEM = 7
    SQLITE_TOOBIG = 18
    SQLITE_ROW = 100
    SQLITE_DONE = 101

cdef struct Cell:
    int place  # of the function that binds it: BIND_INT64, BIND_TEXT or BIND_BLOB
    int size  # bytes
    int64_t number
    const char *start  # of the bytes of an object that outlives the call

cdef struct Table:
    Statement statement
    Py_ssize_t rows
    int width

cdef struct Found:
    Py_ssize_t place
    int64_t number
    int size
    char *start  # owned


cdef class Bulk:
    """Statements over one connection, for one thread at a time. `close` before the connection is closed."""

    cdef void *db
    cdef void **api
    cdef object connection  # outlives this
    cdef dict statements

    def __init__(self, connection):
        connection.enable_load_extension(True)
        try:
            connection.load_extension(__file__, "sqlite3_cadenciarows_init")
        finally:
            connection.enable_load_extension(False)
        self.db, self.api = cadencia_db, <void **>cadencia_api
        self.connection, self.statements = connection, {}

    def insert(self, tables, bint commit):
        """Puts rows into tables, in a transaction that is begun if none has, and is committed if asked. tables: pairs
        of a statement with a `?` for each column, and rows (tuples of int, str or bytes; an int beyond 2^63 comes in
        as the negative number of the same 64 bits). apsw.Error, or what the file's VFS raised, if it fails."""
        cdef Py_ssize_t cells = 0, at = 0, count = 0
        cdef Statement begin = self._statement("BEGIN IMMEDIATE"), end = self._statement("COMMIT") if commit else NULL
        cdef Cell *cell
        cdef Table *table
        cdef int code
        for _, rows in tables:
            cells += len(rows) * len(rows[0]) if rows else 0
        cell = <Cell *>malloc(max(cells, 1) * sizeof(Cell))
        table = <Table *>malloc(max(len(tables), 1) * sizeof(Table))
        try:
            if cell is NULL or table is NULL:
                raise MemoryError
            for sql, rows in tables:
                if not rows:
                    continue
                table[count].statement, table[count].rows = self._statement(sql), len(rows)
                table[count].width = len(rows[0])
                count += 1
                for row in rows:
                    if len(row) != table[count - 1].width:
                        raise ValueError(f"{sql}: rows of {table[count - 1].width} columns, one of {len(row)}")
                    for value in row:
                        _measure(value, &cell[at])
                        at += 1
            with nogil:
                code = self._insert(begin, table, count, cell, end)
            self._check(code)
        finally:
            free(cell)
            free(table)

    def find(self, str sql, keys):
        """Of each key (a tuple of int, str or bytes) the first row that is found: (its place among the keys, an int and
        bytes, the columns of the row)."""
        cdef Py_ssize_t at = 0, count = len(keys), number = 0, found = 0, width = len(keys[0]) if keys else 0
        cdef Statement statement = self._statement(sql)
        cdef Cell *cell = <Cell *>malloc(max(count * width, 1) * sizeof(Cell))
        cdef Found *row = <Found *>malloc(max(count, 1) * sizeof(Found))
        cdef int code
        try:
            if cell is NULL or row is NULL:
                raise MemoryError
            for key in keys:
                if len(key) != width:
                    raise ValueError(f"{sql}: keys of {width} columns, one of {len(key)}")
                for value in key:
                    _measure(value, &cell[at])
                    at += 1
            with nogil:
                code = self._find(statement, count, <int>width, cell, row, &found)
            self._check(code)
            return [
                (row[number].place, row[number].number, PyBytes_FromStringAndSize(row[number].start, row[number].size))
                for number in range(found)
            ]
        finally:
            for number in range(found):
                free(row[number].start)
            free(cell)
            free(row)

    def close(self):
        """Lets go of the statements; the connection can be closed."""
        for statement in self.statements.values():
            (<Does>self.api[FINALIZE])(<Statement><size_t>statement)
        self.statements = {}

    cdef Statement _statement(self, str sql) except NULL:
        cdef Statement statement = NULL
        cdef bytes text
        known = self.statements.get(sql)
        if known is None:
            text = sql.encode()
            self._check((<Prepare>self.api[PREPARE_V2])(self.db, text, -1, &statement, NULL))
            known = self.statements[sql] = <size_t>statement
        return <Statement><size_t>known

    cdef int _insert(self, Statement begin, Table *table, Py_ssize_t tables, Cell *cell, Statement end) noexcept nogil:
        cdef Py_ssize_t number, row
        cdef int code = SQLITE_OK
        if (<Says>self.api[GET_AUTOCOMMIT])(self.db):
            code = self._run(begin)
        for number in range(tables):
            for row in range(table[number].rows):
                if code != SQLITE_OK:
                    return code
                code = self._bind(table[number].statement, table[number].width, cell)
                if code == SQLITE_OK:
                    code = self._run(table[number].statement)
                cell += table[number].width
        return self._run(end) if code == SQLITE_OK and end is not NULL else code

    cdef int _find(
        self, Statement statement, Py_ssize_t keys, int width, Cell *cell, Found *row, Py_ssize_t *found
    ) noexcept nogil:
        cdef Py_ssize_t number
        cdef int code = SQLITE_OK
        cdef Found *one
        for number in range(keys):
            code = self._bind(statement, width, cell + number * width)
            if code != SQLITE_OK:
                return code
            code = (<Does>self.api[STEP])(statement)
            if code == SQLITE_ROW:
                one = &row[found[0]]
                one.place, one.number = number, (<ColumnNumber>self.api[COLUMN_INT64])(statement, 0)
                one.size = (<ColumnSize>self.api[COLUMN_BYTES])(statement, 1)
                one.start = <char *>malloc(one.size + 1)
                if one.start is NULL:
                    (<Does>self.api[RESET])(statement)
                    return SQLITE_NOMEM
                memcpy(one.start, (<ColumnBytes>self.api[COLUMN_BLOB])(statement, 1), one.size)
                found[0] += 1
            code = (<Does>self.api[RESET])(statement)  # says again what went wrong, if something did
            if code != SQLITE_OK:
                return code
        return code

    cdef int _bind(self, Statement statement, int width, Cell *cell) noexcept nogil:
        cdef int column, code
        for column in range(width):
            if cell[column].place == BIND_INT64:
                code = (<BindNumber>self.api[BIND_INT64])(statement, column + 1, cell[column].number)
            else:
                code = (<BindBytes>self.api[cell[column].place])(
                    statement, column + 1, cell[column].start, cell[column].size, NULL)
            if code != SQLITE_OK:
                return code
        return SQLITE_OK

    cdef int _run(self, Statement statement) noexcept nogil:
        """One step of what gives no rows."""
        cdef int code = (<Does>self.api[STEP])(statement)
        cdef int again = (<Does>self.api[RESET])(statement)
        return SQLITE_OK if code == SQLITE_DONE else again or code

    cdef int _check(self, int code) except -1:
        if PyErr_Occurred():  # raised inside a VFS or a hook of ours
            return -1
        if code != SQLITE_OK:
            code = (<Says>self.api[EXTENDED_ERRCODE])(self.db) or code
            kind = type(apsw.exception_for(code))
            raise kind((<Message>self.api[ERRMSG])(self.db).decode("utf-8", "replace"))
        return 0


cdef int _measure(object value, Cell *cell) except -1:
    """Where a value lies in memory; it must live until it was bound and used."""
    cdef Py_ssize_t size
    if type(value) is int:
        cell.place, cell.number = BIND_INT64, <int64_t>PyLong_AsUnsignedLongLongMask(value)
        return 0
    if type(value) is bytes:
        cell.place, cell.start, size = BIND_BLOB, PyBytes_AS_STRING(value), PyBytes_GET_SIZE(value)
    else:
        cell.place, cell.start = BIND_TEXT, PyUnicode_AsUTF8AndSize(value, &size)
    if size > 0x7FFFFFFF:
        raise OverflowError("a value of 2 GiB or more")
    cell.size = <int>size
    return 0

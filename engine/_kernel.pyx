"""Owns the compiled tables and runs the kernel over columns without the GIL, or over one query."""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset
from cadencia.engine.structs cimport (
    CalendarTable, Hint, OP_COUNT, Op, PlaceTable, Profile, Segment, WeekTable, ZONE_BUCKET_SHIFT, ZoneTable,
)
from cadencia.engine._fill cimport fill_row, fill_week
from cadencia.engine._joint cimport join_counters
from cadencia.engine._decide cimport Answer, Columns, Row, Tables, Timed, answer, run_rows

cdef enum:
    MAX_KEYS = 1 << 18              # selector combinations remembered; then they are forgotten and found anew
    N_SLOTS = 1 << 19
    MANY_EVENTS = 1 << 30
cdef uint64_t EMPTY = <uint64_t>0xFFFFFFFFFFFFFFFF
cdef uint64_t ALL_RULES = <uint64_t>0xFFFFFFFFFFFFFFFF

cdef class Kernel:
    """The tables. Added to under the caller's lock; a table that grows leaves the old one valid for runs under way."""

    def __cinit__(self):
        self.retired = []
        self.kept = []
        memset(&self.x, 0, sizeof(Tables))
        self.keys = <uint64_t*>malloc(N_SLOTS * sizeof(uint64_t))
        self.values = <int32_t*>malloc(N_SLOTS * sizeof(int32_t))
        if self.keys is NULL or self.values is NULL:
            raise MemoryError()
        memset(self.keys, 0xFF, N_SLOTS * sizeof(uint64_t))

    def __dealloc__(self):
        cdef int k, s
        for k in range(self.n_zones):
            free(self.x.zones[k].bucket)
        for k in range(self.n_places):
            free(self.x.places[k].zones)
        for k in range(self.n_profiles):
            for s in range(self.x.profiles[k].n_segments):
                free(self.x.profiles[k].segments[s].by_kind)
            free(self.x.profiles[k].segments)
            free(self.x.profiles[k].ops)
        free(self.x.zones)
        free(self.x.weeks)
        free(self.x.calendars)
        free(self.x.places)
        free(self.x.profiles)
        free(self.keys)
        free(self.values)
        for address in self.retired or ():
            free(<void*><size_t>address)

    cdef void* grown(self, void* old, int n, int* capacity, size_t size) except NULL:
        """The array with room for one more; the old one lives on until the kernel goes."""
        cdef void* new
        cdef int room
        if n < capacity[0]:
            return old
        room = max(16, 2 * capacity[0])
        new = calloc(room, size)
        if new is NULL:
            raise MemoryError()
        if old is not NULL:
            memcpy(new, old, n * size)
            self.retired.append(<size_t>old)
        capacity[0] = room
        return new

    def add_zone(self, bytes starts not None, bytes offsets not None, int64_t ends):
        """Offsets of one zone (engine/tables.py: Zone); returns its index."""
        cdef ZoneTable* z
        cdef int64_t t
        cdef int32_t b, i = 0
        self.x.zones = <ZoneTable*>self.grown(self.x.zones, self.n_zones, &self.cap_zones, sizeof(ZoneTable))
        z = &self.x.zones[self.n_zones]
        self.kept.append((starts, offsets))
        z.starts = <const int64_t*><const char*>starts
        z.offsets = <const int32_t*><const char*>offsets
        z.n = len(starts) // 8
        z.ends = ends
        z.n_buckets = <int32_t>(ends >> ZONE_BUCKET_SHIFT) + 1
        z.bucket = <uint16_t*>calloc(z.n_buckets, sizeof(uint16_t))
        if z.bucket is NULL:
            raise MemoryError()
        for b in range(z.n_buckets):
            t = <int64_t>b << ZONE_BUCKET_SHIFT
            while i + 1 < z.n and z.starts[i + 1] <= t:
                i += 1
            z.bucket[b] = i
        self.n_zones += 1
        return self.n_zones - 1

    def add_calendar(self, bytes bits not None, int32_t first, int32_t n, uint8_t weekend):
        """Holidays of one calendar; returns its index."""
        cdef CalendarTable* c
        if len(bits) * 8 < n:
            raise ValueError("a calendar's bitmap is shorter than its days")
        self.x.calendars = <CalendarTable*>self.grown(self.x.calendars, self.n_calendars, &self.cap_calendars, sizeof(CalendarTable))
        c = &self.x.calendars[self.n_calendars]
        self.kept.append(bits)
        c.bits = <const uint8_t*><const char*>bits
        c.first = first
        c.n = n
        c.weekend = weekend
        self.n_calendars += 1
        return self.n_calendars - 1

    def add_week(self, tuple days not None):
        """Opening hours as in WindowCheck.days; returns the index of the week table."""
        self.x.weeks = <WeekTable*>self.grown(self.x.weeks, self.n_weeks, &self.cap_weeks, sizeof(WeekTable))
        fill_week(&self.x.weeks[self.n_weeks], days)
        self.n_weeks += 1
        return self.n_weeks - 1

    def add_place(self, list zones not None, int32_t jurisdictions, uint8_t code):
        """Candidate zones (indices) and the interned set of jurisdictions; returns the index of the place."""
        cdef PlaceTable* p
        cdef int k
        self.x.places = <PlaceTable*>self.grown(self.x.places, self.n_places, &self.cap_places, sizeof(PlaceTable))
        p = &self.x.places[self.n_places]
        p.n_zones = len(zones)
        p.first_zone = zones[0] if zones else -1
        p.zones = <int32_t*>calloc(max(1, len(zones)), sizeof(int32_t))
        if p.zones is NULL:
            raise MemoryError()
        for k in range(p.n_zones):
            p.zones[k] = zones[k]
        p.jurisdictions = jurisdictions
        p.code = code
        self.n_places += 1
        return self.n_places - 1

    def add_profile(self, list segments not None, list ops not None):
        """Segments (from_day, until_day, op_from, op_to) and ops (dicts of the fields of structs.pxd: Op)."""
        cdef Profile* p
        cdef int k
        self.x.profiles = <Profile*>self.grown(self.x.profiles, self.n_profiles, &self.cap_profiles, sizeof(Profile))
        p = &self.x.profiles[self.n_profiles]
        p.n_segments = len(segments)
        p.n_ops = len(ops)
        p.segments = <Segment*>calloc(max(1, p.n_segments), sizeof(Segment))
        p.ops = <Op*>calloc(max(1, p.n_ops), sizeof(Op))
        if p.segments is NULL or p.ops is NULL:
            raise MemoryError()
        for k in range(p.n_ops):
            p.ops[k] = ops[k]
            if p.ops[k].type == OP_COUNT and p.ops[k].wider >= 0:
                p.wider |= <uint8_t>1 << p.ops[k].wider
        for k in range(p.n_segments):
            (p.segments[k].from_day, p.segments[k].until_day, p.segments[k].op_from, p.segments[k].op_to) = segments[k]
            join_counters(p.ops, &p.segments[k])
        self.n_profiles += 1
        return self.n_profiles - 1

    def count_wider(self, int kind, uint8_t narrows):
        """Some rule counts over the history of this Wider, and of its events by these bits of Subject."""
        self.x.wider |= <uint8_t>1 << kind
        self.x.narrows[kind] = narrows

    def remember(self, uint64_t key, int32_t profile):
        """From now on the key (jurisdictions << 32 | selectors) has this profile; negative: a VerdictCode, negated."""
        if self.n_keys >= MAX_KEYS:
            memset(self.keys, 0xFF, N_SLOTS * sizeof(uint64_t))
            self.n_keys = 0
        cdef uint32_t slot = hash_of(key)
        while self.keys[slot] != EMPTY and self.keys[slot] != key:     # N_SLOTS > MAX_KEYS: an empty one is there
            slot = (slot + 1) & (N_SLOTS - 1)
        self.n_keys += self.keys[slot] == EMPTY
        self.values[slot] = profile
        self.keys[slot] = key

    def key_of(self, int32_t place, uint32_t selectors):
        """What a profile is remembered under."""
        return <uint64_t><uint32_t>self.x.places[place].jurisdictions << 32 | selectors

    def known(self, uint64_t key):
        """The profile of a key, or None."""
        cdef int32_t found
        return found if look_up(self.keys, self.values, key, &found) else None

    def resolve(self, const int32_t[::1] places, const int32_t[::1] known_places, const uint32_t[::1] selectors,
                int32_t[::1] profile):
        """Fills `profile`; known_places[places[i]] is the kernel's index of a row's place. Returns the keys that nobody
        has remembered yet, at most 4,096. ValueError for a place outside known_places."""
        cdef int64_t i, n = places.shape[0], wrong = -1
        cdef int32_t n_known = <int32_t>known_places.shape[0]
        cdef uint64_t key, last = EMPTY
        cdef int32_t found = 0
        cdef bint known = False
        cdef uint64_t missing[4096]
        cdef int n_missing = 0
        with nogil:
            for i in range(n):
                if <uint32_t>places[i] >= <uint32_t>n_known:
                    wrong = i
                    break
                key = <uint64_t><uint32_t>self.x.places[known_places[places[i]]].jurisdictions << 32 | selectors[i]
                if key != last:
                    known = look_up(self.keys, self.values, key, &found)
                    last = key
                    if not known and n_missing < 4096:
                        missing[n_missing] = key
                        n_missing += 1
                profile[i] = found if known else -1
        if wrong >= 0:
            raise ValueError(f"column place: row {wrong} points outside the {n_known} places")
        return [missing[k] for k in range(n_missing)]

    def run(self, dict columns not None, HoursTable hours not None, int64_t lo, int64_t hi, bint want_retry,
            uint8_t[::1] allowed, uint8_t[::1] code, uint64_t[::1] reasons, int64_t[::1] retry_at, uint8_t[::1] retry):
        """Rows lo..hi of the columns (engine/screening.py checks shapes and types) into the answer columns; the last two
        only with want_retry, else they may be None.
        ValueError for a row that points outside its events, dated facts or hours."""
        cdef Tables x = self.x
        cdef Columns c
        cdef int64_t wrong
        if lo >= hi:
            return
        fill_columns(&c, columns, hours)
        c.allowed, c.code, c.reasons = &allowed[0], &code[0], &reasons[0]
        if want_retry:
            c.retry_at, c.retry = &retry_at[0], &retry[0]
        x.hours = hours.weeks
        x.hints = <Hint*>calloc(max(1, self.n_zones), sizeof(Hint))
        if x.hints is NULL:
            raise MemoryError()
        with nogil:
            wrong = run_rows(&x, &c, lo, hi, want_retry)
        free(x.hints)
        if wrong >= 0:
            raise ValueError(f"row {wrong} points outside the places, events, dated facts or hours of the batch, or has a fact that is none")

    def one(self, int64_t at, int32_t place, int32_t profile, uint32_t selectors, uint64_t true_lo, uint64_t true_hi,
            uint64_t known_lo, uint64_t known_hi, uint64_t subject, uint64_t caller_bad, bytes event_at, bytes event_attr,
            bytes dates, bytes numbers, bytes timed, HoursTable hours, bint want_retry=True, uint64_t only=ALL_RULES):
        """(allowed, code, reasons, retry_at, retry) of one query; the byte strings are native arrays of the columns."""
        cdef Tables x = self.x
        cdef Row q
        cdef Answer a
        fill_row(&q, place, profile, selectors, true_lo, true_hi, known_lo, known_hi, subject, caller_bad, event_at,
                 event_attr, dates, numbers, timed)
        q.at = at
        if hours is not None:
            x.hours = hours.weeks
            q.hours = 0
        answer(&x, &q, want_retry, only, &a)
        return a.allowed, a.code, a.reasons, a.retry_at, a.retry


cdef class Contact:
    """One (person, debt, address) in the kernel's own form, for questions at any instant."""

    def __init__(self, Kernel kernel not None, int32_t place, int32_t profile, uint32_t selectors, uint64_t true_lo,
                 uint64_t true_hi, uint64_t known_lo, uint64_t known_hi, uint64_t subject, uint64_t caller_bad,
                 bytes event_at not None, bytes event_attr not None, bytes dates not None, bytes numbers not None,
                 bytes timed not None, HoursTable hours, uint8_t code):
        self.kernel, self.hours, self.code = kernel, hours, code
        self.kept = (event_at, event_attr, dates, numbers, timed)
        fill_row(&self.row, place, profile, selectors, true_lo, true_hi, known_lo, known_hi, subject, caller_bad,
                 event_at, event_attr, dates, numbers, timed)
        if hours is not None:
            self.row.hours = 0

    def verdict(self, int64_t at):
        """(allowed, code, reasons) at this instant, in seconds since 2000-01-01T00:00:00Z."""
        cdef Answer a
        self.ask(at, False, &a)
        return a.allowed, a.code, a.reasons

    def opening(self, int64_t at):
        """(retry_at, retry) from this instant on: the first second at which nothing blocks, and what a null means."""
        cdef Answer a
        self.ask(at, True, &a)
        return a.retry_at, a.retry

    cdef void ask(self, int64_t at, bint want_retry, Answer* out):
        cdef Tables x = self.kernel.x
        cdef Row q = self.row
        if self.code:
            memset(out, 0, sizeof(Answer))
            out.code, out.retry, out.retry_at = self.code, 2, -(<int64_t>1 << 62)
            return
        q.at = at
        if self.hours is not None:
            x.hours = self.hours.weeks
        answer(&x, &q, want_retry, ALL_RULES, out)


cdef class HoursTable:
    """Week tables of the persons' own hours, for one batch."""

    def __cinit__(self, list weeks not None):
        self.n = len(weeks)
        self.weeks = <WeekTable*>calloc(max(1, len(weeks)), sizeof(WeekTable))
        if self.weeks is NULL:
            raise MemoryError()
        for k, days in enumerate(weeks):
            fill_week(&self.weeks[k], days)

    def __dealloc__(self):
        free(self.weeks)


def timed_bytes(list rows not None):
    """Rows (fact, value, since, until) as the bytes of the kernel's array."""
    cdef bytes out = bytes(len(rows) * sizeof(Timed))
    cdef Timed* to = <Timed*><char*>out
    for k, (fact, value, since, until) in enumerate(rows):
        to[k].fact, to[k].value, to[k].since, to[k].until = fact, value, since, until
    return out


cdef int fill_columns(Columns* c, dict columns, HoursTable hours) except -1:
    """The columns as pointers, without the answers; the caller keeps the arrays."""
    memset(c, 0, sizeof(Columns))
    c.at = <const int64_t*>address_of(columns, "at")
    c.place = <const int32_t*>address_of(columns, "place")
    c.known_places = <const int32_t*>address_of(columns, "known_places")
    c.n_known_places = len(columns["known_places"])
    c.profile = <const int32_t*>address_of(columns, "profile")
    c.selectors = <const uint32_t*>address_of(columns, "selectors")
    c.facts_true = <const uint64_t*>address_of(columns, "facts_true")
    c.facts_known = <const uint64_t*>address_of(columns, "facts_known")
    c.no_fact_lo, c.no_fact_hi = columns["no_fact"]
    c.dates = <const int32_t*>address_of(columns, "dates")
    c.numbers = <const double*>address_of(columns, "numbers")
    c.n_dates = columns["dates"].shape[1] if "dates" in columns else 0
    c.n_numbers = columns["numbers"].shape[1] if "numbers" in columns else 0
    c.debt = <const uint8_t*>address_of(columns, "debt")
    c.address = <const uint8_t*>address_of(columns, "address")
    c.creditor = <const uint8_t*>address_of(columns, "creditor")
    c.event_from = <const int64_t*>address_of(columns, "event_from")
    c.event_to = <const int64_t*>address_of(columns, "event_to")
    c.event_at = <const uint32_t*>address_of(columns, "event_at")
    c.event_attr = <const uint64_t*>address_of(columns, "event_attr")
    c.n_events = len(columns["event_at"]) if "event_at" in columns else 0
    c.hours = <const int32_t*>address_of(columns, "hours")
    c.n_hours = hours.n
    c.caller_bad = <const uint64_t*>address_of(columns, "caller_bad")
    c.timed_from = <const int64_t*>address_of(columns, "timed_from")
    c.timed_to = <const int64_t*>address_of(columns, "timed_to")
    c.timed = <const Timed*>address_of(columns, "timed")
    c.n_timed = len(columns["timed"]) // sizeof(Timed) if "timed" in columns else 0
    return 0


cdef size_t address_of(dict columns, str name) except? 0:
    """Where a column's first value lies, 0 when there is no such column or it is empty. Columns are contiguous."""
    values = columns.get(name)
    if values is None or not values.size:
        return 0
    if not values.flags.c_contiguous:
        raise ValueError(f"column {name} is not contiguous")
    return values.ctypes.data


cdef inline uint32_t hash_of(uint64_t key) noexcept nogil:
    return <uint32_t>((key * <uint64_t>0x9E3779B97F4A7C15) >> 45) & (N_SLOTS - 1)


cdef inline bint look_up(const uint64_t* keys, const int32_t* values, uint64_t key, int32_t* found) noexcept nogil:
    cdef uint32_t slot = hash_of(key)
    cdef int k
    for k in range(N_SLOTS):
        if keys[slot] == key:
            found[0] = values[slot]
            return True
        if keys[slot] == EMPTY:
            return False
        slot = (slot + 1) & (N_SLOTS - 1)
    return False

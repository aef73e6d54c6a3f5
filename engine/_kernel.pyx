"""Owns the compiled tables and runs the kernel over columns without the GIL, or over one query."""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset
from cadencia.engine.structs cimport (
    CalendarTable, Op, PlaceTable, Profile, Segment, WeekTable, ZONE_BUCKET_SHIFT, ZoneTable,
)
from cadencia.engine._fill cimport fill_row, fill_week
from cadencia.engine._joint cimport join_counters
from cadencia.engine._decide cimport Answer, Row, Tables, Timed, answer

cdef extern from *:
    """
    #define cadencia_prefetch(p) __builtin_prefetch(p)
    """
    void prefetch "cadencia_prefetch"(const void* p) noexcept nogil

cdef enum:
    AHEAD = 8                       # rows between asking for a person's events and reading them
    MAX_KEYS = 1 << 18              # selector combinations remembered; then they are forgotten and found anew
    N_SLOTS = 1 << 19
    MANY_EVENTS = 1 << 30
cdef uint64_t EMPTY = <uint64_t>0xFFFFFFFFFFFFFFFF
cdef uint64_t ALL_RULES = <uint64_t>0xFFFFFFFFFFFFFFFF

cdef class Kernel:
    """The tables. Added to under the caller's lock; a table that grows leaves the old one valid for runs under way."""
    cdef Tables x
    cdef list retired               # capsules of outgrown arrays, as addresses
    cdef list kept                  # bytes that the tables point into
    cdef int n_zones, n_weeks, n_calendars, n_places, n_profiles
    cdef int cap_zones, cap_weeks, cap_calendars, cap_places, cap_profiles
    cdef uint64_t* keys
    cdef int32_t* values
    cdef int n_keys

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
        for k in range(p.n_segments):
            (p.segments[k].from_day, p.segments[k].until_day, p.segments[k].op_from, p.segments[k].op_to) = segments[k]
            join_counters(p.ops, &p.segments[k])
        self.n_profiles += 1
        return self.n_profiles - 1

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

    def resolve(self, const int32_t[::1] place, const uint32_t[::1] selectors, int32_t[::1] profile):
        """Fills `profile`; returns the keys that nobody has remembered yet (each once or more), at most 4,096."""
        cdef int64_t i, n = place.shape[0]
        cdef uint64_t key, last = EMPTY
        cdef int32_t found = 0
        cdef bint known = False
        cdef uint64_t missing[4096]
        cdef int n_missing = 0
        with nogil:
            for i in range(n):
                key = <uint64_t><uint32_t>self.x.places[place[i]].jurisdictions << 32 | selectors[i]
                if key != last:
                    known = look_up(self.keys, self.values, key, &found)
                    last = key
                    if not known and n_missing < 4096:
                        missing[n_missing] = key
                        n_missing += 1
                profile[i] = found if known else -1
        return [missing[k] for k in range(n_missing)]

    def run(self, dict columns not None, HoursTable hours not None, int64_t lo, int64_t hi, bint want_retry,
            uint8_t[::1] allowed, uint8_t[::1] code, uint64_t[::1] reasons, int64_t[::1] retry_at, uint8_t[::1] retry):
        """Rows lo..hi of the columns (engine/decide.py checks shapes and types) into the five answer columns."""
        cdef Tables x = self.x
        cdef const int64_t[::1] at = columns["at"]
        cdef const int32_t[::1] place = columns["place"]
        cdef const int32_t[::1] profile = columns["profile"]
        cdef const uint32_t[::1] selectors = columns["selectors"]
        cdef const uint64_t[:, ::1] facts_true = columns.get("facts_true")
        cdef const uint64_t[:, ::1] facts_known = columns.get("facts_known")
        cdef const int32_t[:, ::1] dates = columns.get("dates")
        cdef const double[:, ::1] numbers = columns.get("numbers")
        cdef const uint64_t[::1] subject = columns.get("subject")
        cdef const int64_t[::1] event_from = columns.get("event_from")
        cdef const int64_t[::1] event_to = columns.get("event_to")
        cdef const uint32_t[::1] event_at = columns.get("event_at")
        cdef const uint64_t[::1] event_attr = columns.get("event_attr")
        cdef const int32_t[::1] hours_of = columns.get("hours")
        cdef const uint64_t[::1] caller_bad = columns.get("caller_bad")
        cdef const int64_t[::1] timed_from = columns.get("timed_from")
        cdef const int64_t[::1] timed_to = columns.get("timed_to")
        cdef const uint8_t[::1] timed = columns.get("timed")
        cdef bint has_true = facts_true is not None, has_known = facts_known is not None, has_dates = dates is not None
        cdef bint has_numbers = numbers is not None, has_subject = subject is not None, has_hours = hours_of is not None
        cdef bint has_events = event_at is not None and event_at.shape[0] > 0, has_caller = caller_bad is not None
        cdef bint has_timed = timed is not None and timed.shape[0] > 0
        cdef int64_t i
        cdef Row q
        cdef Answer a
        memset(&q, 0, sizeof(Row))
        q.hours = -1
        x.hours = hours.weeks
        with nogil:
            for i in range(lo, hi):
                if profile[i] < 0:
                    allowed[i] = 0
                    code[i] = <uint8_t>-profile[i]
                    reasons[i] = 0
                    retry_at[i] = -(<int64_t>1 << 62)
                    retry[i] = 2
                    continue
                q.at = at[i]
                q.selectors = selectors[i]
                q.place = place[i]
                q.profile = profile[i]
                if has_true:
                    q.true_lo = facts_true[i, 0]
                    q.true_hi = facts_true[i, 1]
                if has_known:
                    q.known_lo = facts_known[i, 0] | q.true_lo
                    q.known_hi = facts_known[i, 1] | q.true_hi
                else:
                    q.known_lo = q.true_lo
                    q.known_hi = q.true_hi
                if has_subject:
                    q.subject = subject[i]
                if has_caller:
                    q.caller_bad = caller_bad[i]
                if has_hours:
                    q.hours = hours_of[i]
                if has_dates:
                    q.dates = &dates[i, 0]
                if has_numbers:
                    q.numbers = &numbers[i, 0]
                if has_events:
                    if i + AHEAD < hi:              # a person's events are anywhere in memory
                        prefetch(&event_at[event_from[i + AHEAD]])
                        prefetch(&event_attr[event_from[i + AHEAD]])
                    q.n_events = <int32_t>(event_to[i] - event_from[i])
                    if q.n_events > 0:
                        q.event_at = &event_at[event_from[i]]
                        q.event_attr = &event_attr[event_from[i]]
                if has_timed:
                    q.n_timed = <int32_t>(timed_to[i] - timed_from[i])
                    if q.n_timed > 0:
                        q.timed = <const Timed*>&timed[timed_from[i] * sizeof(Timed)]
                answer(&x, &q, want_retry, ALL_RULES, &a)
                allowed[i] = a.allowed
                code[i] = a.code
                reasons[i] = a.reasons
                retry_at[i] = a.retry_at
                retry[i] = a.retry

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
    cdef Kernel kernel
    cdef Row row
    cdef HoursTable hours
    cdef tuple kept                 # the byte strings that the row points into
    cdef uint8_t code

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
    cdef WeekTable* weeks

    def __cinit__(self, list weeks not None):
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


cdef inline uint32_t hash_of(uint64_t key) noexcept nogil:
    return <uint32_t>((key * <uint64_t>0x9E3779B97F4A7C15) >> 45) & (N_SLOTS - 1)


cdef inline bint look_up(const uint64_t* keys, const int32_t* values, uint64_t key, int32_t* found) noexcept nogil:
    cdef uint32_t slot = hash_of(key), k
    for k in range(N_SLOTS):
        if keys[slot] == key:
            found[0] = values[slot]
            return True
        if keys[slot] == EMPTY:
            return False
        slot = (slot + 1) & (N_SLOTS - 1)
    return False

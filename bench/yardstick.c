/* The yardstick by hand: what a C programmer would write who needs this workload and nothing else.
 *
 * One pass over a person's events, newest first, that stops at the oldest day that any rule looks at; inside it nothing
 * branches on an event's contents, which no processor can foretell (that is a quarter off the time). Zones are tables
 * of offsets with the index of the last hit as a hint. Clocks of these zones do not change at midnight, so the
 * start of a day is its midnight under the offset of either side of a change. Nothing is checked, nothing is general.
 * Times are seconds since 2000-01-01T00:00:00Z (a Saturday), days since then, minutes of the local day.
 */
#include <stdint.h>

#define DAY 86400

typedef struct {
    const int64_t *starts;      /* first instant of each offset; the first is before all time */
    const int32_t *offsets;     /* seconds ahead of UTC */
    int32_t n;
    int32_t hint;               /* index last used */
} Zone;

typedef struct {
    int16_t opens[8];           /* Monday .. Sunday, holiday; closed days open at 0 and close at 0 */
    int16_t closes[8];
    const uint8_t *holiday;     /* one byte a day from first_day on */
    int32_t first_day;
    int32_t debt_cap, day_cap, week_cap, cooling_days;
    uint64_t forbidden;
} Law;

enum { HOURS = 1, DEBT_CAP = 2, DAY_CAP = 4, WEEK_CAP = 8, COOLING_OFF = 16, FORBIDDEN = 32 };
enum { INBOUND = 1 << 19, CALL = 0, VOICEMAIL = 1, CONVERSATION = 7, RIGHT_PARTY = 8, REFUSAL = 12, PROMISE = 13 };

/* kinds counted as a conversation */
#define TALKS (1u << CONVERSATION | 1u << RIGHT_PARTY | 1u << REFUSAL | 1u << PROMISE)

static inline int find(Zone *z, int64_t t)
{
    int i = z->hint;
    while (z->starts[i] > t)
        i--;
    while (i + 1 < z->n && z->starts[i + 1] <= t)
        i++;
    z->hint = i;
    return i;
}

static inline int64_t day_start(const Zone *z, int i, int32_t day)
{
    int64_t midnight = (int64_t)day * DAY, at = midnight - z->offsets[i];
    while (at < z->starts[i])
        at = midnight - z->offsets[--i];
    return at;
}

static inline int screen_one(const Law *law, Zone *z, int64_t t, uint64_t facts, uint32_t debt,
                             const uint32_t *event_at, const uint64_t *event_attr, int n)
{
    int i = find(z, t), reasons = 0;
    int64_t local = t + z->offsets[i];
    int32_t day = (int32_t)(local / DAY), minute = (int32_t)(local - (int64_t)day * DAY) / 60;
    int weekday = (day + 5) % 7;
    int row = law->holiday[day - law->first_day] ? 7 : weekday;

    if (minute < law->opens[row] || minute >= law->closes[row])
        reasons |= HOURS;
    if (facts & law->forbidden)
        reasons |= FORBIDDEN;
    if (n == 0)
        return reasons;

    int64_t seven = day_start(z, i, day - 6), today = day_start(z, i, day);
    int64_t week = day_start(z, i, day - weekday), cooling = day_start(z, i, day - law->cooling_days + 1);
    int on_debt = 0, on_day = 0, in_week = 0, cools = 0;
    for (int k = n - 1; k >= 0 && event_at[k] >= seven; k--) {     /* no rule looks further back */
        int64_t at = event_at[k];
        uint64_t a = event_attr[k];
        int outbound = !(a & INBOUND);
        int same_debt = outbound & (((a >> 21) & 255) == debt);
        int talk = outbound & (TALKS >> ((a >> 3) & 15));
        on_day += outbound & (at >= today);
        on_debt += same_debt & ((a & 7) <= VOICEMAIL);
        in_week += talk & (at >= week);
        cools |= talk & same_debt & (at >= cooling);
    }
    if (cools)
        reasons |= COOLING_OFF;
    if (on_debt >= law->debt_cap)
        reasons |= DEBT_CAP;
    if (on_day >= law->day_cap)
        reasons |= DAY_CAP;
    if (in_week >= law->week_cap)
        reasons |= WEEK_CAP;
    return reasons;
}

void screen(const Law *laws, Zone *zones, int64_t n, const int64_t *at, const int32_t *jurisdiction,
            const int32_t *zone, const uint64_t *facts, const uint8_t *debt, const int64_t *event_from,
            const int64_t *event_to, const uint32_t *event_at, const uint64_t *event_attr,
            uint8_t *allowed, uint8_t *reasons)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t from = event_from[i];
        int r = screen_one(&laws[jurisdiction[i]], &zones[zone[i]], at[i], facts[i], debt[i],
                           event_at + from, event_attr + from, (int)(event_to[i] - from));
        reasons[i] = (uint8_t)r;
        allowed[i] = r == 0;
    }
}

"""Makes the example list and history: invented debtors of twelve countries, one line in a hundred broken on purpose.

    python examples/make_portfolio.py [--seed 7] [--lines 10500] [--day 2026-05-18] [--into examples]

The same arguments give the same bytes on every machine. Names are codes. Numbers follow the numbering plans: in the
United States and Canada the 555-01xx block, in Great Britain Ofcom's numbers for drama, elsewhere a 555 inside the
number; nobody should be called on them.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

T = TypeVar("T")
LIST_HEADER = (
    "ref,person,debts,creditor,phones,country,region,postal_code,locality,zone,channel,party,actor,debt_type,stage,"
    "days_past_due,notice_sent,amount_due,instalments_overdue,facts,wanted_hours,unwanted_hours"
).split(",")
HISTORY_HEADER = "person,at,channel,kind,place,debt,creditor,address,direction,consented".split(",")


class City(NamedTuple):
    """Where some of the debtors live: ISO 3166-2, postal code, name, offset in May, templates of numbers."""

    region: str
    postal: str
    name: str
    offset_h: int
    phones: tuple[str, ...]


class Country(NamedTuple):
    """A country's share of the list, its cities and its creditors."""

    code: str
    share: int
    cities: tuple[City, ...]
    creditors: tuple[str, ...]


def city(region: str, postal: str, name: str, offset_h: int, *phones: str) -> City:
    return City(region, postal, name, offset_h, phones)


COUNTRIES = (
    Country("US", 20, (
        city("US-MA", "02108", "Boston", -4, "mobile:+161755501##"),
        city("US-WA", "98101", "Seattle", -7, "mobile:+120655501##"),
        city("US-DC", "20001", "Washington", -4, "mobile:+120255501##"),
        city("US-TX", "75201", "Dallas", -5, "mobile:+121455501##"),
        city("US-TX", "79901", "El Paso", -6, "mobile:+191555501##"),
        city("US-TN", "37902", "Knoxville", -4, "mobile:+186555501##"),
        city("US-TN", "37201", "Nashville", -5, "mobile:+161555501##"),
        city("US-KY", "40202", "Louisville", -4, "mobile:+150255501##"),
        city("US-KY", "42101", "Bowling Green", -5, "mobile:+127055501##"),
        city("US-IN", "46204", "Indianapolis", -4, "mobile:+131755501##"),
        city("US-IN", "46402", "Gary", -5, "mobile:+121955501##"),
        city("US-KS", "67202", "Wichita", -5, "mobile:+131655501##"),
        city("US-NE", "68102", "Omaha", -5, "mobile:+140255501##"),
        city("US-NE", "69361", "Scottsbluff", -6, "mobile:+130855501##"),
        city("US-ND", "58102", "Fargo", -5, "mobile:+170155501##"),
        city("US-SD", "57701", "Rapid City", -6, "mobile:+160555501##"),
        city("US-MI", "48226", "Detroit", -4, "mobile:+131355501##"),
        city("US-ID", "83702", "Boise", -6, "mobile:+120855501##"),
        city("US-AZ", "85003", "Phoenix", -7, "mobile:+160255501##"),
        city("US-NY", "10001", "New York", -4, "mobile:+121255501##"),
    ), ("Harbor Card", "Plainview Medical")),
    Country("CA", 6, (
        city("CA-ON", "M5H 2N2", "Toronto", -4, "mobile:+141655501##"),
        city("CA-ON", "P9N 1A1", "Kenora", -5, "mobile:+180755501##"),
    ), ("Maple Credit",)),
    Country("MX", 14, (
        city("MX-CMX", "06000", "Ciudad de México", -6, "mobile:+5255555#####", "home:+5255555#####"),
        city("MX-BCN", "22000", "Tijuana", -7, "mobile:+52664555####"),
        city("MX-ROO", "77500", "Cancún", -5, "mobile:+52998555####"),
    ), ("Banco Cobalto", "Tienda Norte")),
    Country("CO", 16, (
        city("CO-DC", "110111", "Bogotá", -5, "mobile:+57300555####", "home:+57601555####"),
        city("CO-ANT", "050001", "Medellín", -5, "mobile:+57310555####"),
    ), ("Banco Azul", "Telefónica del Valle")),
    Country("PE", 8, (city("PE-LIM", "15001", "Lima", -5, "mobile:+51955555###", "home:+5115550###"),), ("Caja Sol",)),
    Country("CL", 8, (
        city("CL-RM", "8320000", "Santiago", -4, "mobile:+5699555####"),
        city("CL-MA", "6200000", "Punta Arenas", -3, "mobile:+5699555####"),
    ), ("Retail Andino",)),
    Country("EC", 5, (
        city("EC-P", "170150", "Quito", -5, "mobile:+59399555####"),
        city("EC-W", "200350", "Puerto Ayora", -6, "mobile:+59398555####"),
    ), ("Cooperativa Mitad",)),
    Country("AR", 8, (
        city("AR-C", "C1000", "Buenos Aires", -3, "mobile:+54911555#####", "home:+541145550###"),
        city("AR-X", "X5000", "Córdoba", -3, "mobile:+549351555####"),
    ), ("Banco del Plata",)),
    Country("BR", 10, (
        city("BR-SP", "01001-000", "São Paulo", -3, "mobile:+55119555#####", "home:+551135550###"),
        city("BR-RJ", "20010-000", "Rio de Janeiro", -3, "mobile:+55219555#####"),
        city("BR-AL", "57020-000", "Maceió", -3, "mobile:+55829555#####"),
        city("BR-MG", "30110-000", "Belo Horizonte", -3, "mobile:+55319555#####"),
        city("BR-PA", "66010-000", "Belém", -3, "mobile:+55919555#####"),
        city("BR-AC", "69900-000", "Rio Branco", -5, "mobile:+55689555#####"),
        city("BR-MT", "78005-000", "Cuiabá", -4, "mobile:+55659555#####"),
        city("BR-AM", "69005-000", "Manaus", -4, "mobile:+55929555#####"),
    ), ("Banco Jacarandá",)),
    Country("ES", 8, (
        city("ES-MD", "28001", "Madrid", 2, "mobile:+34655550###", "home:+34915550###"),
        city("ES-GC", "35001", "Las Palmas", 1, "mobile:+34655551###"),
    ), ("Financiera Alameda",)),
    Country("GB", 6, (
        city("GB-LND", "SW1A 1AA", "London", 1, "home:+442079460###"),
        city("GB-MAN", "M1 1AE", "Manchester", 1, "home:+441614960###"),
    ), ("Thistle Loans",)),
    Country("IE", 3, (city("IE-D", "D01 F5P2", "Dublin", 1, "mobile:+35385555####"),), ("Harp Finance",)),
)  # fmt: skip

DEBT_TYPES = ("consumer", "credit_card", "credit_card", "store_credit", "telecom", "medical", "bank_loan")
STAGES = ("administrative", "administrative", "administrative", "extrajudicial", "preventive", "judicial")
FACTS = (
    "opt_out@sms", "opt_out", "dispute", "attorney_represented", "cease_request", "bankruptcy", "consent_time",
    "asked_no_calls", "vulnerable", "do_not_call@call", "employer_prohibits", "!dispute", "prior_consent",
    "hold<2026-06-01T00:00-05:00", "moratorium>2026-05-01T00:00Z<2026-05-31T00:00Z", "deceased", "settled",
)  # fmt: skip
HOURS = ("18:00-20:00", "mon-fri 09:00-12:00;sat 10:00-12:00", "12:00-14:00", "sat-sun 10:00-13:00")
OUTCOMES = (
    "no_answer", "no_answer", "no_answer", "busy", "machine", "voicemail_left", "right_party_contact", "promise",
    "refusal", "wrong_party", "conversation",
)  # fmt: skip


class Maker:
    """Draws from one stream of random numbers, so that the seed alone decides."""

    def __init__(self, seed: int, day: date) -> None:
        self._random = random.Random(seed)
        self._day = day
        self.history: list[str] = []

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def below(self, limit: int) -> int:
        return int(self._random.random() * limit)

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def country(self) -> Country:
        """A country, by share."""
        point = self.below(sum(country.share for country in COUNTRIES))
        for country in COUNTRIES:
            point -= country.share
            if point < 0:
                return country
        raise AssertionError("the shares cover every point")

    def number(self, home: City) -> str:
        """A number of the city, with its type."""
        return "".join(str(self.below(10)) if mark == "#" else mark for mark in self.pick(home.phones))

    def line(self, row: int) -> dict[str, str]:
        """One debtor with everything that is known, and some attempts in the history."""
        country = self.country()
        home = self.pick(country.cities)
        age, person = 1 + self.below(400), f"P{row:06d}"
        notice = self._day - timedelta(days=10 + self.below(110))
        line = {
            "ref": f"L{row:06d}", "person": person, "debts": f"D{row:06d}", "creditor": self.pick(country.creditors),
            "phones": self.number(home), "country": country.code, "region": home.region, "postal_code": home.postal,
            "locality": home.name, "zone": "", "channel": self.pick(("call",) * 8 + ("sms", "email")),
            "party": self.pick(("debtor",) * 14 + ("guarantor", "co_debtor", "third_party")),
            "actor": self.pick(("third_party_collector",) * 4 + ("creditor",)), "debt_type": self.pick(DEBT_TYPES),
            "stage": self.pick(STAGES), "days_past_due": str(age), "notice_sent": notice.isoformat(),
            "amount_due": f"{20 + self.below(500_000) / 100:.2f}", "instalments_overdue": str(1 + age // 30),
            "facts": "written_notice", "wanted_hours": "", "unwanted_hours": "",
        }  # fmt: skip
        self._vary(line, home, country)
        self._remember(line, home)
        return line

    def _vary(self, line: dict[str, str], home: City, country: Country) -> None:
        """What makes real lists untidy: ported numbers, several numbers and debts, gaps, facts, wishes."""
        if country.code == "US" and self.chance(
            0.15
        ):  # a ported mobile: the number of one state, the address of another
            line["phones"] = self.number(self.pick(country.cities))
        if self.chance(0.12):
            line["phones"] += ";" + self.number(home).replace("mobile:", "work:")
        if self.chance(0.10):
            line["debts"] += ";" + line["debts"] + "B"
        if self.chance(0.25):
            line["postal_code"], line["locality"] = "", ""
        if self.chance(0.08):
            line["region"], line["postal_code"], line["locality"] = "", "", ""
        if self.chance(0.10):
            line["facts"] += ";" + self.pick(FACTS)
        if self.chance(0.03):
            line["wanted_hours"] = self.pick(HOURS)
        if self.chance(0.02):
            line["unwanted_hours"] = self.pick(HOURS)
        if self.chance(0.05):
            line["notice_sent"], line["facts"] = "", ""
        if line["channel"] == "email":
            line["phones"] = ""

    def _remember(self, line: dict[str, str], home: City) -> None:
        """Attempts of the last three weeks, in local time, most of them on the first debt and number."""
        attempts = self.pick((0, 0, 1, 1, 2, 3, 5, 8)) if self.chance(0.6) else 0
        number = line["phones"].split(";")[0].partition(":")[2]
        for _ in range(attempts):
            at = datetime.combine(
                self._day - timedelta(days=1 + self.below(21)), time(8 + self.below(11), self.below(60))
            )
            inbound = self.chance(0.03)
            kind = "inbound" if inbound else self.pick(OUTCOMES) if number else "message_delivered"
            event = (
                line["person"], f"{at.isoformat()}{_offset(home.offset_h)}", "call" if number else "email", kind,
                "mobile" if "mobile:" in line["phones"] else "", line["debts"].split(";")[0], line["creditor"], number,
                "inbound" if inbound else "", "true" if self.chance(0.02) else "",
            )  # fmt: skip
            self.history.append(",".join(event))


def _offset(hours: int) -> str:
    return f"{'-' if hours < 0 else '+'}{abs(hours):02d}:00"


def row(line: dict[str, str]) -> bytes:
    """A line as CSV; only `;` separates within a value, so that nothing needs quotes."""
    return ",".join(line[name] for name in LIST_HEADER).encode()


def changed(**values: str) -> Callable[[dict[str, str]], bytes]:
    """A way to break a line: these values instead of its own."""
    return lambda line: row({**line, **values})


#: Every kind of dirt that a list comes with.
DIRT: tuple[Callable[[dict[str, str]], bytes], ...] = (
    lambda line: row(line).rsplit(b",", 2)[0],  # values missing at the end
    lambda line: row(line) + b",extra",
    lambda line: row({**line, "locality": '"Bogota'}),  # a quote that is not closed
    lambda line: row({**line, "locality": ""}).replace(b"written_notice", b"written_\xe9notice"),  # Latin-1
    lambda line: row({**line, "creditor": "Banco\0Azul"}),
    lambda line: row({**line, "creditor": "Banco\rAzul"}),
    changed(ref=""),
    changed(ref="L000001"),  # a name used before
    changed(phones="+57300"),
    changed(phones="unknown"),
    changed(phones="mobile:+573005550101;;home:+576015550101"),
    changed(phones="+9995551234567"),
    changed(phones="3005550101", country=""),  # a national number of no country
    changed(country="COL"),
    changed(zone="America/Bogotta"),
    changed(channel="fax"),
    changed(party="neighbour"),
    changed(actor="bank"),
    changed(debt_type="pawn"),
    changed(days_past_due="-3"),
    changed(days_past_due="12.5"),
    changed(amount_due="-150.00"),
    changed(amount_due="1.250.50"),
    changed(notice_sent="2026-02-30"),
    changed(notice_sent="18/05/2026"),
    changed(facts="written_notice;angry"),
    changed(facts="hold<2026-06-01T00:00"),  # a time without its offset
    changed(facts="dispute;!dispute"),
    changed(wanted_hours="6pm-8pm"),
    changed(unwanted_hours="20:00-08:00"),
)


def dirty_history(day: date) -> list[bytes]:
    """What a history comes with: no offset, the future, unknown words, the same twice, a person of no list."""
    noon, tomorrow = f"{day - timedelta(days=2)}T12:00:00", f"{day + timedelta(days=1)}T12:00:00"
    return [
        f"P000003,{noon},call,no_answer,,,,,,".encode(),
        f"P000004,{tomorrow}-05:00,call,no_answer,,,,,,".encode(),
        f"P000005,{noon}-05:00,call,hung_up,,,,,,".encode(),
        f"P000006,{noon}-05:00,call,no_answer,,,,,,".encode(),
        f"P000006,{noon}-05:00,call,no_answer,,,,,,".encode(),
        f"P999999,{noon}-05:00,call,no_answer,,,,,,".encode(),
    ]


def make(seed: int, lines: int, day: date) -> tuple[bytes, bytes]:
    """The list and the history as files' bytes."""
    maker = Maker(seed, day)
    rows = []
    broken = 0
    for number in range(1, lines + 1):
        line = maker.line(number)
        if number > len(DIRT) and maker.chance(0.01):
            rows.append(DIRT[broken % len(DIRT)](line))
            broken += 1
        else:
            rows.append(row(line))
    events = [event.encode() for event in maker.history]
    history = [",".join(HISTORY_HEADER).encode(), *events, *dirty_history(day)]
    return _file([",".join(LIST_HEADER).encode(), *rows]), _file(history)


def _file(rows: list[bytes]) -> bytes:
    return b"\n".join(rows) + b"\n"


def main() -> None:
    """Writes portfolio.csv and history.csv."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--lines", type=int, default=10_500)
    parser.add_argument("--day", type=date.fromisoformat, default=date(2026, 5, 18))
    parser.add_argument("--into", type=Path, default=Path(__file__).parent)
    args = parser.parse_args()
    portfolio, history = make(args.seed, args.lines, args.day)
    (args.into / "portfolio.csv").write_bytes(portfolio)
    (args.into / "history.csv").write_bytes(history)
    print(f"{args.into}: portfolio.csv, {args.lines:,} lines; history.csv, {len(history.splitlines()) - 1:,} events")


if __name__ == "__main__":
    main()

"""What a postal code says: US ZIP prefix -> state, Canadian prefix -> province, and its zones where they are known.

Where a state has two clocks and the line runs between ZIP areas, the area has one zone; where the line runs through an
area, the area keeps the state's zones. Postal codes of other countries are not read.
"""

from __future__ import annotations

#: First three digits, inclusive ranges.
_STATES = """
    AL 350-369   AK 995-999   AZ 850-865   AR 716-729   CA 900-961   CO 800-816   CT 060-069   DE 197-199
    DC 200-200 202-205 569-569   FL 320-339 341-342 344-344 346-347 349-349   GA 300-319 398-399   HI 967-968
    GU 969-969   ID 832-838   IL 600-629   IN 460-479   IA 500-528   KS 660-679   KY 400-427   LA 700-714
    ME 039-049   MD 206-219   MA 010-027 055-055   MI 480-499   MN 550-567   MS 386-397   MO 630-658   MT 590-599
    NE 680-693   NV 889-898   NH 030-038   NJ 070-089   NM 870-884   NY 005-005 100-149   NC 270-289   ND 580-588
    OH 430-459   OK 730-732 734-749   OR 970-979   PA 150-196   PR 006-007 009-009   RI 028-029   SC 290-299
    SD 570-577   TN 370-385   TX 733-733 750-799 885-885   UT 840-847   VT 050-054 056-059   VA 201-201 220-246
    VI 008-008   WA 980-994   WV 247-268   WI 530-549   WY 820-831
"""
#: ZIP areas that lie in the state of their neighbours: Fishers Island is New York's, American Samoa has one code.
_EXCEPTIONS = {"06390": "US-NY", "96799": "US-AS", "96950": "US-MP", "96951": "US-MP", "96952": "US-MP"}

#: state -> "zone: ZIP ranges" a line. An area not listed here may be on any of its state's zones.
_STATE_ZONES = {
    "AK": "America/Anchorage: 997-999",
    "AZ": "America/Phoenix: 850-859 862-864",
    "FL": """America/Chicago: 325-325
             America/New_York: 320-323 326-349""",
    "ID": """America/Boise: 832-834 836-837
             America/Los_Angeles: 838-838""",
    "IN": """America/Chicago: 463-464 476-477
             America/Indiana/Indianapolis: 460-462 466-474 478-478""",
    "KS": "America/Chicago: 660-676 679-679",
    "KY": """America/Chicago: 420-424
             America/Kentucky/Louisville: 400-400 402-402
             America/New_York: 403-418 425-425""",
    "MI": "America/Detroit: 480-497",
    "ND": "America/Chicago: 580-584",
    "NE": """America/Chicago: 680-689
             America/Denver: 693-693""",
    "NV": "America/Los_Angeles: 889-897",
    "OR": "America/Los_Angeles: 970-978",
    "SD": """America/Chicago: 570-574
             America/Denver: 577-577""",
    "TN": """America/Chicago: 370-372 375-375 380-385
             America/New_York: 374-374 376-376 378-379""",
    "TX": """America/Chicago: 733-733 750-797
             America/Denver: 799-799 885-885""",
}
#: New York City: Manhattan, Staten Island, Bronx, Queens, Brooklyn.
_NEW_YORK_CITY = "100-104 111-114 116-116"
_NEW_YORK_CITY_ALONE = ("11004", "11005")
#: Other names of cities that may have rules of their own, in capitals without spaces.
CITY_NAMES = {"US-NY-NYC": "NEWYORK NEWYORKCITY CITYOFNEWYORK MANHATTAN BROOKLYN BRONX THEBRONX QUEENS STATENISLAND"}

#: Canadian prefix -> province and zones; the longest prefix counts.
_CANADA = {
    "A": "NL America/St_Johns America/Goose_Bay", "A1": "NL America/St_Johns", "A2V": "NL America/Goose_Bay",
    "B": "NS America/Halifax", "C": "PE America/Halifax", "E": "NB America/Moncton",
    "G": "QC America/Toronto America/Halifax America/Blanc-Sablon", "H": "QC America/Toronto",
    "J": "QC America/Toronto",
    "K": "ON America/Toronto", "L": "ON America/Toronto", "M": "ON America/Toronto", "N": "ON America/Toronto",
    "P": "ON America/Toronto America/Winnipeg America/Atikokan", "P3": "ON America/Toronto", "P7": "ON America/Toronto",
    "R": "MB America/Winnipeg", "S": "SK America/Regina America/Edmonton", "S4": "SK America/Regina",
    "S7": "SK America/Regina", "T": "AB America/Edmonton",
    "V": "BC America/Vancouver America/Dawson_Creek America/Fort_Nelson America/Creston America/Edmonton",
    "V3": "BC America/Vancouver", "V4": "BC America/Vancouver", "V5": "BC America/Vancouver",
    "V6": "BC America/Vancouver", "V7": "BC America/Vancouver", "V8": "BC America/Vancouver",
    "V9": "BC America/Vancouver", "X0A": "NU America/Iqaluit", "X0B": "NU America/Cambridge_Bay",
    "X0C": "NU America/Rankin_Inlet America/Resolute", "X0E": "NT America/Edmonton", "X0G": "NT America/Edmonton",
    "X1": "NT America/Edmonton", "Y": "YT America/Whitehorse",
}  # fmt: skip


def postal_areas() -> dict[str, tuple[str, tuple[str, ...], str]]:
    """Keys like "US 325", "CA M" -> (region, zones or () for all of its own, city or ""); longest prefix counts."""
    found: dict[str, tuple[str, tuple[str, ...], str]] = {}
    for state, ranges in _states().items():
        found |= {f"US {area}": (f"US-{state}", (), "") for area in _areas(ranges)}
    for state, table in _STATE_ZONES.items():
        for line in table.split("\n"):
            zone, _, spans = line.strip().partition(": ")
            for area in _areas(spans.split()):
                if f"US {area}" in found:  # 340 lies inside Florida's range, but is the armed forces'
                    found[f"US {area}"] = (f"US-{state}", (zone,), "")
    city = ("US-NY", (), "US-NY-NYC")
    found |= {f"US {area}": city for area in (*_areas(_NEW_YORK_CITY.split()), *_NEW_YORK_CITY_ALONE)}
    found |= {f"US {code}": (region, (), "") for code, region in _EXCEPTIONS.items()}
    for prefix, text in _CANADA.items():
        province, *names = text.split()
        found[f"CA {prefix}"] = (f"CA-{province}", tuple(names), "")
    return found


def _states() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    state = ""
    for word in _STATES.split():
        if "-" in word:
            found[state].append(word)
        else:
            found[state := word] = []
    return found


def _areas(ranges: list[str]) -> list[str]:
    spans = (span.split("-") for span in ranges)
    return [f"{area:03}" for first, last in spans for area in range(int(first), int(last) + 1)]

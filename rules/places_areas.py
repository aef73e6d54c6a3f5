"""What the first national digits say of place: area codes -> regions, and zones where they are fewer than the regions'.

Names of areas come from the geocoder data of `phonenumbers`, which knows new overlays; the rest is written here.
Its time zone data is not used where a table of ours exists: it puts every Russian and Australian mobile on one clock
and gives split areas (850 in Florida) one zone. A mobile of a country whose mobiles have no area gets no area here.
"""

from __future__ import annotations

from typing import NamedTuple

from phonenumbers.geodata import GEOCODE_DATA

from cadencia.rules.places_regions import region_zones


class Area(NamedTuple):
    """Regions (ISO 3166-2) that share the digits, and their candidate zones. `mobile`: mobiles have the area too."""

    regions: tuple[str, ...]
    zones: tuple[str, ...]
    mobile: bool = False


_STATE_NAMES = {
    name: code
    for code, name in (
        entry.split(" ", 1)
        for entry in """AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware
        |DC Washington D.C.|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas
        |KY Kentucky
        |LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri
        |MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina
        |ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota
        |TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington State|WV West Virginia|WI Wisconsin
        |WY Wyoming""".replace("\n        ", "").split("|")
    )
}
_PROVINCES = {
    "Alberta": "AB", "British Columbia": "BC", "British Colombia": "BC", "Manitoba": "MB", "New Brunswick": "NB",
    "Newfoundland and Labrador": "NL", "Nova Scotia": "NS", "Prince Edward Island": "PE", "Northwest Territories": "NT",
    "Nunavut": "NU", "Yukon": "YT", "Ontario": "ON", "Quebec": "QC", "Saskatchewan": "SK", "ON": "ON", "QC": "QC",
}  # fmt: skip
#: Zones of area codes in split states and provinces; an area that is not here may be on any zone of its region.
_NORTH_AMERICA = {
    "America/New_York": "239 305 321 324 352 386 407 561 645 656 689 727 728 754 772 786 813 863 904 941 954 859 865",
    "America/Indiana/Indianapolis": "260 317 463 765",
    "America/Kentucky/Louisville": "502",
    "America/Detroit": "231 248 269 313 517 586 616 734 810 947 989",
    "America/Chicago": "316 913 402 531 615 629 731 901 210 214 254 281 325 346 361 409 430 469 512 682 713 726 737 806"
    " 817 830 832 903 936 940 945 956 972 979",
    "America/Denver": "915",
    "America/Phoenix": "480 520 602 623",
    "America/Los_Angeles": "503 971 702 725",
    "America/Toronto": "226 249 289 343 365 382 416 437 519 548 613 647 683 705 742 753 905 942"
    " 263 354 438 450 468 514 579 819 873",
    "America/Vancouver": "604",
}

#: Area codes that the geocoder data names only exchange by exchange.
_UNNAMED = {"203": "US-CT", "310": "US-CA", "713": "US-TX", "718": "US-NY", "905": "CA-ON"}

_MEXICO_NAMES = {
    "AGS": "AGU", "Aguascalientes": "AGU", "BCN": "BCN", "Baja California": "BCN", "BCS": "BCS",
    "Baja California Sur": "BCS", "CAMP": "CAM", "Campeche": "CAM", "CHIS": "CHP", "Chiapas": "CHP", "CHIH": "CHH",
    "Chihuahua": "CHH", "FD": "CMX", "COAH": "COA", "Coahuila": "COA", "COL": "COL", "Colima": "COL", "DGO": "DUR",
    "Durango": "DUR", "GTO": "GUA", "Guanajuato": "GUA", "GRO": "GRO", "Guerrero": "GRO", "HGO": "HID",
    "Hidalgo": "HID", "JAL": "JAL", "Jalisco": "JAL", "MEX": "MEX", "Estado de Mexico": "MEX", "Mexico": "MEX",
    "Toluca": "MEX", "MICH": "MIC", "Michoacan": "MIC", "Morelia": "MIC", "MOR": "MOR", "Morelos": "MOR",
    "NAY": "NAY", "Nayarit": "NAY", "NL": "NLE", "Nuevo Leon": "NLE", "OAX": "OAX", "Oaxaca": "OAX", "PUE": "PUE",
    "Puebla": "PUE", "QRO": "QUE", "Queretaro": "QUE", "Quintana Roo": "ROO", "SLP": "SLP", "San Luis Potosi": "SLP",
    "Sinaloa": "SIN", "Culiacan": "SIN", "SON": "SON", "Sonora": "SON", "TAB": "TAB", "Tabasco": "TAB",
    "TAMPS": "TAM", "Tamaulipas": "TAM", "TLAX": "TLA", "Tlaxcala": "TLA", "VER": "VER", "Veracruz": "VER",
    "YUC": "YUC", "Yucatan": "YUC", "Merida": "YUC", "ZAC": "ZAC", "Zacatecas": "ZAC", "Tuxtla Gutierrez": "CHP",
}  # fmt: skip
#: Areas without a name there, or whose name says less than we know: the capital's area reaches into its neighbour.
_MEXICO_AREAS = {
    "55": "CMX MEX", "56": "CMX MEX", "427": "QUE MEX", "446": "QUE", "479": "GUA", "597": "MEX", "653": "SON BCN",
    "663": "BCN", "664": "BCN", "770": "MOR", "777": "MOR", "987": "ROO",
}  # fmt: skip
_MEXICO_ZONES = {
    "America/Ciudad_Juarez": "656", "America/Ojinaga": "626", "America/Chihuahua": "614",
    "America/Matamoros": "867 868 877 878 899", "America/Monterrey": "81 844 871 834 833",
}  # fmt: skip

_BRAZIL = """
    SP 11 12 13 14 15 16 17 18 19  RJ 21 22 24  ES 27 28  MG 31 32 33 34 35 37 38  PR 41 42 43 44 45 46  SC 47 48 49
    RS 51 53 54 55  DF 61  GO 61 62 64  TO 63  MT 65 66  MS 67  AC 68  RO 69  BA 71 73 74 75 77  SE 79  PE 81 87  AL 82
    PB 83  RN 84  CE 85 88  PI 86 89  PA 91 93 94  AM 92 97  RR 95  AP 96  MA 98 99
"""
_BRAZIL_ZONES = {"America/Recife": "87", "America/Manaus": "92"}

_ARGENTINA_NAMES = {
    "Buenos Aires": "B", "Catamarca": "K", "Chaco": "H", "Chubut": "U", "Corrientes": "W", "Cosquin/Córdoba": "X",
    "Córdoba": "X", "Entre Ríos": "E", "Formosa": "P", "Jujuy": "Y", "La Pampa": "L", "La Rioja": "F", "Mendoza": "M",
    "Misiones": "N", "Neuquén": "Q", "Río Negro": "R", "Salta": "A", "San Juan": "J", "San Luis": "D",
    "Santa Cruz": "Z", "Santa Fe": "S", "Santiago del Estero": "G", "Tierra del Fuego": "V", "Tucumán": "T",
}  # fmt: skip

_RUSSIA = """
    BU 301  ZAB 302  UD 341  PER 342  SVE 343  TYU 345  KHM 346  BA 347  YAN 349  CHE 351  KGN 352  ORE 353  OMS 381
    TOM 382  NVS 383  KEM 384  ALT 385  AL 388  KK 390  KYA 391  TY 394  IRK 395  KGD 401  SA 411  MAG 413  KAM 415
    AMU 416  KHA 421 426  YEV 426  PRI 423  SAK 424  CHU 427  KRS 471  BEL 472  VOR 473  LIP 474  TAM 475  SMO 481
    TVE 482  BRY 483  KLU 484  YAR 485  ORL 486  TUL 487  RYA 491  VLA 492  IVA 493  KOS 494  MOW 495 499  MOS 495 496
    MOS 498 499  PSK 811  SPE 812  LEN 812 813  KR 814  MUR 815  NGR 816  VLG 817 820  ARK 818  NEN 818  KO 821
    NIZ 831  KIR 833  MO 834  CU 835  ME 836  PNZ 841  ULY 842  TA 843 855  VGG 844  SAR 845  SAM 846 848  KL 847
    AST 851  KDA 861 862  ROS 863  STA 865 879  KB 866  SE 867  CE 871  DA 872  IN 873  AD 877  KC 878
"""

#: calling code -> "region or - for none, zones: national prefixes" a line. `-` says zones only.
_OTHERS = {
    "34": """ES-TF Atlantic/Canary: 822 922
             ES-GC Atlantic/Canary: 828 928
             - Europe/Madrid: 8 9""",
    "351": """PT-30 Atlantic/Madeira: 291
              PT-20 Atlantic/Azores: 292 295 296
              - Europe/Lisbon: 2""",
    "56": """CL-VS America/Santiago Pacific/Easter: 32
             CL-MA America/Punta_Arenas: 61
             CL-AI America/Coyhaique: 67
             CL-RM America/Santiago: 2
             - America/Santiago: 33 34 35 41 42 43 45 51 52 53 55 57 58 63 64 65 71 72 73 75""",
    "593": """- America/Guayaquil: 2 3 4 5 6 7
              - America/Guayaquil Pacific/Galapagos: 52""",
    "64": """- Pacific/Auckland: 4 6 7 9
             - Pacific/Auckland Pacific/Chatham: 3""",
    "61": """- Australia/Sydney Australia/Broken_Hill Australia/Lord_Howe: 2
             - Australia/Melbourne Australia/Hobart: 3
             - Australia/Brisbane Australia/Sydney: 7
             - Australia/Adelaide Australia/Darwin Australia/Broken_Hill Australia/Perth Australia/Eucla: 8
             - Australia/Adelaide Australia/Darwin Australia/Perth Australia/Eucla Australia/Sydney: 8513""",
    "7": "- Europe/Simferopol: 365 869",
}


def areas() -> dict[int, dict[str, Area]]:
    """Calling code -> national prefix -> area."""
    found = {
        1: _north_america(), 52: _mexico(), 54: _argentina(),
        55: _coded("BR", _BRAZIL, _BRAZIL_ZONES, mobile=True), 7: _coded("RU", _RUSSIA, {}),
    }  # fmt: skip
    for calling_code, table in _OTHERS.items():
        plan = found.setdefault(int(calling_code), {})
        for line in table.split("\n"):
            head, _, prefixes = line.strip().partition(": ")
            region, *zones = head.split()
            plan |= dict.fromkeys(prefixes.split(), Area(() if region == "-" else (region,), tuple(zones)))
    return found


def _north_america() -> dict[str, Area]:
    """Area codes of the United States and Canada. The islands are told apart by the numbering plan itself."""
    zones = _by_prefix(_NORTH_AMERICA)
    found = {}
    for digits, names in GEOCODE_DATA.items():
        if len(digits) == 4 and digits[0] == "1" and "en" in names:
            regions = _north_american_regions(names["en"])
            found[digits[1:]] = _area(regions, zones.get(digits[1:]), mobile=True)
    for code, region in _UNNAMED.items():
        found[code] = _area((region,), zones.get(code), mobile=True)
    return {code: area for code, area in found.items() if area.regions}


def _north_american_regions(name: str) -> tuple[str, ...]:
    last = name.rpartition(", ")[2]
    if last in _PROVINCES or last.split("/")[0] in _PROVINCES:
        return tuple(f"CA-{_PROVINCES[part]}" for part in last.split("/"))
    state = _STATE_NAMES.get(last, last if last in _STATE_NAMES.values() else "")
    return (f"US-{state}",) if state else ()


def _mexico() -> dict[str, Area]:
    zones, found = _by_prefix(_MEXICO_ZONES), {}
    for digits, names in GEOCODE_DATA.items():
        if digits.startswith("52"):
            name = (names.get("en") or names.get("es", "")).rpartition(", ")[2]
            states = {_MEXICO_NAMES[part] for part in name.split("/") if part in _MEXICO_NAMES}
            found[digits[2:]] = _area(tuple(f"MX-{s}" for s in sorted(states)), zones.get(digits[2:]), mobile=True)
    for code, text in _MEXICO_AREAS.items():
        found[code] = _area(tuple(f"MX-{state}" for state in text.split()), zones.get(code), mobile=True)
    return {code: area for code, area in found.items() if area.regions}


def _argentina() -> dict[str, Area]:
    found = {}
    for digits, names in GEOCODE_DATA.items():
        name = (names.get("es") or names.get("en", "")).rpartition(", ")[2]
        if digits.startswith("54") and name in _ARGENTINA_NAMES:
            found[digits[2:]] = _area((f"AR-{_ARGENTINA_NAMES[name]}",), None, mobile=True)
    found.pop("1", None)
    found["11"] = _area(("AR-C", "AR-B"), None, mobile=True)  # the capital and Greater Buenos Aires share it
    return found | {f"9{code}": area for code, area in found.items()}  # 9 marks a mobile dialled from abroad


def _coded(country: str, table: str, narrower: dict[str, str], *, mobile: bool = False) -> dict[str, Area]:
    regions: dict[str, list[str]] = {}
    region = ""
    for word in table.split():
        if word.isdigit():
            regions.setdefault(word, []).append(f"{country}-{region}")
        else:
            region = word
    zones = _by_prefix(narrower)
    return {code: _area(tuple(names), zones.get(code), mobile=mobile) for code, names in regions.items()}


def _area(regions: tuple[str, ...], zones: tuple[str, ...] | None, *, mobile: bool = False) -> Area:
    union = dict.fromkeys(zone for region in regions for zone in _REGION_ZONES[region])
    return Area(regions, zones or tuple(union), mobile)


def _by_prefix(table: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {prefix: (zone,) for zone, prefixes in table.items() for prefix in prefixes.split()}


_REGION_ZONES = region_zones()

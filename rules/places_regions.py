"""Which zones a region may be on: ISO 3166-2 code -> IANA zones, for countries with more than one clock.

A region that the border of two zones crosses has both; `rules.places_postal` narrows some of them. Countries that are
not here have one clock, or no table: `rules.places` then takes every zone that the tz database gives the country.
Clocks are those of tz database 2026f.
"""

from __future__ import annotations

#: Countries whose table lists every region: any other code of theirs is a mistake.
COMPLETE = ("US", "CA", "MX", "BR", "AR", "AU", "RU")

#: Zones of the tz database that are not the legal time of the country they are listed under.
NOT_LEGAL_TIME = {"CN": "Asia/Urumqi", "UA": "Europe/Simferopol"}

#: Parts of a country that ISO 3166-1 also gives a code of their own, and the dialling plan too.
TERRITORIES = {"PR": "US-PR", "GU": "US-GU", "VI": "US-VI", "AS": "US-AS", "MP": "US-MP"}

#: country -> "zone zone: region region" a line; `*` is every region not named.
_TABLES = {
    "US": """
        America/New_York: CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV
        America/New_York America/Chicago: FL
        America/Indiana/Indianapolis America/Chicago: IN
        America/New_York America/Kentucky/Louisville America/Chicago: KY
        America/New_York America/Chicago: TN
        America/Detroit America/Menominee: MI
        America/Chicago: AL AR IA IL LA MN MO MS OK WI
        America/Chicago America/Denver: KS ND NE SD TX
        America/Denver: CO MT NM UT WY
        America/Phoenix America/Denver: AZ
        America/Boise America/Los_Angeles: ID
        America/Los_Angeles America/Boise: OR NV
        America/Los_Angeles: CA WA
        America/Anchorage America/Adak: AK
        Pacific/Honolulu: HI
        America/Puerto_Rico: PR
        America/St_Thomas: VI
        Pacific/Guam: GU
        Pacific/Saipan: MP
        Pacific/Pago_Pago: AS
    """,
    "CA": """
        America/St_Johns America/Goose_Bay: NL
        America/Halifax: NS PE
        America/Moncton: NB
        America/Toronto America/Halifax America/Blanc-Sablon: QC
        America/Toronto America/Winnipeg America/Atikokan: ON
        America/Winnipeg: MB
        America/Regina America/Edmonton: SK
        America/Edmonton: AB NT
        America/Vancouver America/Dawson_Creek America/Fort_Nelson America/Creston America/Edmonton: BC
        America/Whitehorse: YT
        America/Iqaluit America/Rankin_Inlet America/Resolute America/Cambridge_Bay: NU
    """,
    "MX": """
        America/Mexico_City: AGU CHP CMX COL GRO GUA HID JAL MEX MIC MOR OAX PUE QUE SLP TAB TLA VER ZAC
        America/Tijuana: BCN
        America/Mazatlan: BCS SIN
        America/Mazatlan America/Bahia_Banderas: NAY
        America/Hermosillo: SON
        America/Chihuahua America/Ciudad_Juarez America/Ojinaga: CHH
        America/Monterrey America/Matamoros: COA NLE TAM
        America/Monterrey: DUR
        America/Merida: CAM YUC
        America/Cancun: ROO
    """,
    "BR": """
        America/Sao_Paulo: DF ES GO MG PR RJ RS SC SP
        America/Bahia: BA
        America/Maceio: AL SE
        America/Recife America/Noronha: PE
        America/Recife: PB
        America/Fortaleza: CE MA PI RN
        America/Belem: AP PA
        America/Araguaina: TO
        America/Cuiaba: MT
        America/Campo_Grande: MS
        America/Porto_Velho: RO
        America/Boa_Vista: RR
        America/Manaus America/Eirunepe: AM
        America/Rio_Branco: AC
    """,
    "AR": """
        America/Argentina/Buenos_Aires: B C
        America/Argentina/Cordoba: E G H N P S W X
        America/Argentina/Salta: A L Q R
        America/Argentina/Tucuman: T
        America/Argentina/La_Rioja: F
        America/Argentina/San_Juan: J
        America/Argentina/Jujuy: Y
        America/Argentina/Catamarca: K U
        America/Argentina/Mendoza: M
        America/Argentina/San_Luis: D
        America/Argentina/Rio_Gallegos: Z
        America/Argentina/Ushuaia: V
    """,
    "CL": """
        America/Santiago Pacific/Easter: VS
        America/Punta_Arenas: MA
        America/Coyhaique: AI
        America/Santiago: *
    """,
    "EC": """
        Pacific/Galapagos: W
        America/Guayaquil: *
    """,
    "ES": """
        Atlantic/Canary: CN GC TF
        Europe/Madrid: *
    """,
    "PT": """
        Atlantic/Azores: 20
        Atlantic/Madeira: 30
        Europe/Lisbon: *
    """,
    "NZ": """
        Pacific/Chatham: CIT
        Pacific/Auckland: *
    """,
    "AU": """
        Australia/Sydney: ACT
        Australia/Sydney Australia/Broken_Hill Australia/Lord_Howe: NSW
        Australia/Melbourne: VIC
        Australia/Brisbane: QLD
        Australia/Hobart: TAS
        Australia/Adelaide: SA
        Australia/Darwin: NT
        Australia/Perth Australia/Eucla: WA
    """,
    "ID": """
        Asia/Jakarta: AC SU SB RI JA SS BE LA BB KR JK JB BT JT YO JI KT
        Asia/Pontianak: KB
        Asia/Makassar: BA NB NT KS KI KU SA ST SN SG SR GO
        Asia/Jayapura: MA MU PA PB PD PE PS PT
        Asia/Jakarta Asia/Makassar Asia/Jayapura: *
    """,
    "RU": """
        Europe/Kaliningrad: KGD
        Europe/Moscow: AD ARK BEL BRY CE CU DA IN IVA KB KC KDA KL KLU KO KOS KR KRS LEN LIP ME MO MOS MOW MUR NEN
        Europe/Moscow: NGR NIZ ORL PNZ PSK ROS RYA SE SMO SPE STA TA TAM TUL TVE VLA VLG VOR YAR
        Europe/Kirov: KIR
        Europe/Volgograd: VGG
        Europe/Samara: SAM UD
        Europe/Astrakhan: AST
        Europe/Saratov: SAR
        Europe/Ulyanovsk: ULY
        Asia/Yekaterinburg: BA CHE KGN KHM ORE PER SVE TYU YAN
        Asia/Omsk: OMS
        Asia/Novosibirsk: NVS
        Asia/Barnaul: AL ALT
        Asia/Tomsk: TOM
        Asia/Novokuznetsk: KEM
        Asia/Krasnoyarsk: KK KYA TY
        Asia/Irkutsk: BU IRK
        Asia/Yakutsk: AMU
        Asia/Chita: ZAB
        Asia/Vladivostok: KHA PRI YEV
        Asia/Magadan: MAG
        Asia/Sakhalin: SAK
        Asia/Kamchatka: KAM
        Asia/Anadyr: CHU
        Asia/Yakutsk Asia/Vladivostok Asia/Srednekolymsk: SA
    """,
}


def region_zones() -> dict[str, tuple[str, ...]]:
    """ISO 3166-2 code -> zones; "ES-*" stands for every region of ES that is not named."""
    found: dict[str, tuple[str, ...]] = {}
    for country, table in _TABLES.items():
        for line in table.split("\n"):
            zones, _, regions = line.strip().partition(": ")
            found |= {f"{country}-{region}": tuple(zones.split()) for region in regions.split()}
    return found

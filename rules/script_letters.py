"""Which Latin letter does a foreign one look like?"""

from __future__ import annotations

from string import ascii_lowercase

#: Capitals apart from small letters, since some look like another letter.
_PAIRS = (
    # Cyrillic, Greek, letters with a stroke
    ("аеорсухіјѕԁһӏкмтнвгпАЕОРСУХІЈЅНКМТВαοερνικτυχβΑΒΕΖΗΙΚΜΝΟΡΤΥΧıŀłøđ",
     "aeopcyxijsdhlkmtnbrnAEOPCYXIJSHKMTBaoepviktuxbABEZHIKMNOPTYXillod"),
    # small capitals
    ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqqrstuvwyz"),
    # Latin beyond the alphabet, more Cyrillic, Armenian
    ("ɑɡȷɩɛʋɐƖƨҽҿԍԛԝѵүօսհոցզքղյ", "agjieualseegqwvyouhngqpnj"),
    # Cherokee; its small letters fold to these
    ("ᎪᏴᏟᎠᎬᏀᎻᏂᎥᎫᏦᏞᎷᏢᎡᏒᏚᎢᏙᏤᎳᏔᎩᎽᏃ", "ABCDEGHHIJKLMPRRSTVVWWYYZ"),
    # Lisu
    ("ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "ABCDEFGHIJKLMNOPRSTUVWXYZ"),
)  # fmt: skip
#: Blocks of twenty-six, A to Z, that have no compatibility form: circled, squared, and of flags.
_ALPHABETS = (0x1F150, 0x1F170, 0x1F1E6)

_LOOKALIKES = {foreign: own for ours in _PAIRS for foreign, own in zip(*ours, strict=True)}
_LOOKALIKES |= {chr(first + n): letter for first in _ALPHABETS for n, letter in enumerate(ascii_lowercase)}


def latin(char: str) -> str:
    """The Latin letter that a character looks like; the character itself if there is none."""
    return _LOOKALIKES.get(char) or _LOOKALIKES.get(char.casefold(), char)

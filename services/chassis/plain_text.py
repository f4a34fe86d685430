"""What a person typed, made fit to be stored and shown on one line.

Decided here: which characters go, and where a text is cut. HTML stays as it is: escaping is the
screen's. Grapheme clusters follow Unicode's rules (UAX 29) as far as `unicodedata` reaches.
"""

import unicodedata
from collections.abc import Iterator

# The longest emoji sequences in use have ten; more marks than that on one letter are vandalism.
CLUSTER_CODE_POINTS = 10
# Longer than any message of Telegram's; keeps a megabyte from costing a second.
READ_CODE_POINTS = 10_000
JOINER = "\u200d"
# Joiners spell emoji and Persian; tag characters spell the flags of England, Scotland and Wales.
KEPT_FORMATS = frozenset({"\u200c", JOINER, *map(chr, range(0xE0020, 0xE0080))})
# Letters and symbols by category that nobody can see.
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def one_line(text: str, clusters: int) -> str:
    """The text in NFC without control, bidirectional and other invisible characters, its spaces
    collapsed, cut after `clusters` grapheme clusters. Empty when nothing visible is left."""
    kept = "".join(character for character in map(_plain, text[:READ_CODE_POINTS]) if character)
    normal = " ".join(unicodedata.normalize("NFC", kept).split())
    while normal and _extends(normal[0]):
        normal = normal[1:].lstrip()
    cut: list[str] = []
    for cluster in grapheme_clusters(normal):
        if len(cut) == clusters:
            break
        cut.append(cluster[:CLUSTER_CODE_POINTS])
    line = "".join(cut).rstrip(" \u200c\u200d")
    return line if any(map(_is_visible, line)) else ""


def grapheme_clusters(text: str) -> Iterator[str]:
    """What a reader takes for one character, one after the other."""
    start = 0
    for index in range(1, len(text)):
        if not _belongs_together(text, start, index):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def _plain(character: str) -> str:
    """The character, a space for any white space, or nothing."""
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    is_hidden = category in {"Cc", "Cs", "Co"} or (category == "Cf")
    return "" if is_hidden and character not in KEPT_FORMATS else character


def _is_visible(character: str) -> bool:
    category = unicodedata.category(character)
    return (category[0] in "LNPS" or category == "Cn") and character not in BLANKS


def _extends(character: str) -> bool:
    """Marks, joiners, tags and skin tones never stand alone."""
    return (
        unicodedata.category(character)[0] == "M"
        or character in KEPT_FORMATS
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def _belongs_together(text: str, start: int, index: int) -> bool:
    """Whether the cluster that began at `start` goes on at `index`."""
    before, after = text[index - 1], text[index]
    if _extends(after):
        return True
    if before == JOINER:
        return unicodedata.category(after) in {"So", "Cn"}
    if _is_flag_letter(before) and _is_flag_letter(after):
        return (index - start) % 2 == 1
    return _hangul(before) + _hangul(after) in {"LL", "LV", "LS", "VV", "VT", "TT", "SV", "ST"}


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _hangul(character: str) -> str:
    """L, V, T for the parts of a Korean syllable, S for a whole one, - for all else."""
    if "\uac00" <= character <= "\ud7a3":
        return "S"
    if not "\u1100" <= character <= "\u11ff":
        return "-"
    return "L" if character < "\u1160" else "V" if character < "\u11a8" else "T"

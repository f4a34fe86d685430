"""Telegram's limits on texts, and how an overlong one is cut without breaking its HTML."""

import re
from html import unescape

TEXT_LIMIT = 4096
"""UTF-16 units of a message as shown, tags and entities not counted."""

CAPTION_LIMIT = 1024
"""The same of the text under a photo."""

TOAST_LIMIT = 200
"""Characters in the answer to a tap."""

_PIECE = re.compile(r"<(/?)([a-z-]+)[^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-z]+);|[^<&]|.", re.DOTALL)


def shown_length(html: str) -> int:
    """UTF-16 units that people see of this HTML."""
    return sum(_units(piece) for piece in _PIECE.finditer(html))


def fitted_html(html: str, limit: int = TEXT_LIMIT) -> str:
    """The same HTML, or its beginning with an ellipsis and its open tags closed."""
    if 2 * len(html) <= limit:
        return html
    if len(html.encode("utf-16-le")) // 2 <= limit or shown_length(html) <= limit:
        return html
    kept: list[str] = []
    open_tags: list[str] = []
    room = limit - 1
    for piece in _PIECE.finditer(html):
        room -= _units(piece)
        if room < 0:
            break
        kept.append(piece[0])
        if piece[2]:
            _note_tag(open_tags, closing=bool(piece[1]), name=piece[2])
    return "".join(kept) + "…" + "".join(f"</{name}>" for name in reversed(open_tags))


def _units(piece: re.Match[str]) -> int:
    return 0 if piece[2] else len(unescape(piece[0]).encode("utf-16-le", "surrogatepass")) // 2


def _note_tag(open_tags: list[str], *, closing: bool, name: str) -> None:
    if not closing:
        open_tags.append(name)
    elif open_tags and open_tags[-1] == name:
        open_tags.pop()

"""A screen as the JSON of a message: text, buttons and keyboards, without whom it goes to.

What exceeds Telegram's limits is a programming fault: rendering.py's `faults` tells it to tests,
here it is cut so that people still get an answer. What comes back again and again (a screen that
is remembered, a keyboard) is made once.
"""

from collections.abc import Sequence
from functools import lru_cache

import msgspec
import structlog
from aiogram.filters.callback_data import CallbackData

from services.gateway.answers import Button, Screen
from services.gateway.fitting import CAPTION_LIMIT, TEXT_LIMIT, fitted_html
from services.gateway.metrics import FITTED

KEYBOARDS = 512
LONGEST_DATA = 64
_PLAIN = frozenset({int, str})
_SENT = "sent"
_REMOVED = b'{"remove_keyboard":true}'

log = structlog.get_logger(__name__)
_encode = msgspec.json.encode


def message_json(screen: Screen) -> bytes:
    """The rest of an object that has begun with the chat: from its first name to its brace."""
    kept: bytes | None = vars(screen).get(_SENT)
    if kept is None:
        kept = vars(screen)[_SENT] = _message(screen)
    return kept


def method(screen: Screen) -> str:
    """What sends it as a new message."""
    return "sendPhoto" if screen.photo else "sendMessage"


def limit(screen: Screen) -> int:
    """UTF-16 units that its text may have."""
    return CAPTION_LIMIT if screen.photo else TEXT_LIMIT


def can_be_sent(button: Button) -> bool:
    """Telegram would not refuse it."""
    if not _is_whole(button):
        return False
    try:
        data = packed(button.data) if isinstance(button.data, CallbackData) else button.data or ""
    except ValueError:
        return False
    return len(data.encode()) <= LONGEST_DATA


def packed(data: CallbackData) -> str:
    """What aiogram's `pack` makes, for numbers and words in a tenth of its time; raises ValueError
    when that is too long."""
    values = vars(data).values()
    if _PLAIN.issuperset(map(type, values)):
        text = ":".join([data.__prefix__, *map(str, values)])
        if text.isascii() and len(text) <= LONGEST_DATA and text.count(":") == len(values):
            return text
    return data.pack()


def tell(part: str) -> None:
    """An answer was cut, or lost a button."""
    FITTED.labels(part).inc()
    log.error("an answer exceeds Telegram's limits and was cut", part=part)


def _message(screen: Screen) -> bytes:
    text = fitted_html(screen.text, limit(screen))
    if text != screen.text:
        tell("text")
    said = _encode(str(text))
    if screen.photo:
        what = b'"photo":' + _encode(screen.photo) + b',"caption":' + said
    else:
        what = b'"text":' + said + b',"link_preview_options":{"is_disabled":true}'
    markup = _markup(screen)
    tail = b',"reply_markup":' + markup + b"}" if markup else b"}"
    return b'"parse_mode":"HTML",' + what + tail


def _markup(screen: Screen) -> bytes:
    if screen.buttons:
        return b'{"inline_keyboard":' + _inline(screen.buttons) + b"}"
    if screen.ask_contact:
        contact = {"text": screen.ask_contact, "request_contact": True}
        return _encode(
            {"keyboard": [[contact]], "resize_keyboard": True, "one_time_keyboard": True}
        )
    if screen.menu:
        return _keyboard(screen.menu)
    return _REMOVED if screen.remove_menu else b""


@lru_cache(KEYBOARDS)
def _keyboard(menu: tuple[tuple[str, ...], ...]) -> bytes:
    keyboard = [[{"text": text} for text in row] for row in menu]
    return _encode({"keyboard": keyboard, "resize_keyboard": True, "is_persistent": True})


def _inline(rows: Sequence[Sequence[Button]]) -> bytes:
    """All buttons in one go, or without those that cannot be sent."""
    try:
        for row in rows:
            for button in row:
                if not _is_whole(button):
                    raise ValueError(button)
        return _encode_buttons(rows)
    except ValueError:
        kept = [list(filter(can_be_sent, row)) for row in rows]
        for _ in range(sum(map(len, rows)) - sum(map(len, kept))):
            tell("button")
        return _encode_buttons(kept)


def _is_whole(button: Button) -> bool:
    """It says something, and a press either brings data or opens a link."""
    return bool(button.text) and (button.url is not None or bool(button.data))


def _as_told(value: object) -> str:
    """What JSON does not know: a button's data, a text that is Html."""
    return packed(value) if isinstance(value, CallbackData) else str(value)


_encode_buttons = msgspec.json.Encoder(enc_hook=_as_told).encode

"""A screen as the JSON of a message: text, buttons and keyboards, without whom it goes to.

What exceeds Telegram's limits is a programming fault: rendering.py's `faults` tells it to tests,
here it is cut so that people still get an answer. What comes back again and again (a screen that
is remembered, a keyboard, a button's data) is made once.
"""

from functools import lru_cache
from typing import Any

import msgspec
import structlog
from aiogram.filters.callback_data import CallbackData

from services.gateway.answers import Button, Screen
from services.gateway.fitting import CAPTION_LIMIT, TEXT_LIMIT, fitted_html
from services.gateway.metrics import FITTED

KEYBOARDS = 512
PACKED = 8192
_REMOVED = b'{"remove_keyboard":true}'

log = structlog.get_logger(__name__)
_encode = msgspec.json.encode


def message_json(screen: Screen) -> bytes:
    """The rest of an object that has begun with the chat: from its first name to its brace."""
    kept = screen.sent
    if kept is None:
        kept = _message(screen)
        object.__setattr__(screen, "sent", kept)
    return kept


def method(screen: Screen) -> str:
    """What sends it as a new message."""
    return "sendPhoto" if screen.photo else "sendMessage"


def limit(screen: Screen) -> int:
    """UTF-16 units that its text may have."""
    return CAPTION_LIMIT if screen.photo else TEXT_LIMIT


def button_json(button: Button) -> bytes:
    """Empty when Telegram would refuse it."""
    kept = button.sent
    if kept is None:
        kept = _button(button)
        object.__setattr__(button, "sent", kept)
    return kept


def _button(button: Button) -> bytes:
    data = _packed(button.data) if button.url is None and button.data is not None else ""
    if data is None or not (button.text and (data or button.url is not None)):
        return b""
    rendered = {"text": str(button.text)}
    rendered |= {"callback_data": data} if button.url is None else {"url": button.url}
    return _encode(rendered | ({"style": button.style.value} if button.style else {}))


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
        rows = b",".join([_row(row) for row in screen.buttons])
        return b'{"inline_keyboard":[' + rows + b"]}"
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


def _row(row: tuple[Button, ...]) -> bytes:
    rendered = []
    for button in row:
        if found := button_json(button):
            rendered.append(found)
        else:
            tell("button")
    return b"[" + b",".join(rendered) + b"]"


def _packed(data: CallbackData) -> str | None:
    """What the button carries; None when it is too long."""
    try:
        return _remembered(type(data), *vars(data).items())
    except ValueError:
        return None


@lru_cache(PACKED)
def _remembered(kind: type[CallbackData], *values: tuple[str, object]) -> str:
    given: dict[str, Any] = dict(values)
    return kind.model_construct(**given).pack()

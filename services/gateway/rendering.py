"""An answer as Bot API calls: which ride in the webhook's response and which go by the sender.

A tap: answerCallbackQuery in the response, its screen by the sender. A message: its one screen in
the response. What exceeds Telegram's limits is a programming fault: `faults` tells it to tests,
here it is cut so that people still get an answer.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import structlog

from services.gateway.answers import Answer, Button, Screen
from services.gateway.fitting import (
    CAPTION_LIMIT,
    TEXT_LIMIT,
    TOAST_LIMIT,
    fitted_html,
    shown_length,
)
from services.gateway.incoming import Incoming, Kind
from services.gateway.metrics import FITTED
from services.gateway.texts import Html

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenUpdate:
    """One call for the sender: a new message, or the edit of one."""

    chat_id: int
    message_id: int | None
    method: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What Telegram is told about one update."""

    body: dict[str, Any] | None = None
    """The method in the webhook's response; None for an empty response."""

    screen: ScreenUpdate | None = None
    """What the sender is to show."""

    def to_json(self) -> str:
        """For a conversation's memory."""
        screen = self.screen and [
            self.screen.chat_id,
            self.screen.message_id,
            self.screen.method,
            self.screen.parameters,
        ]
        return json.dumps([self.body, screen], separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` made; raises ValueError for anything else."""
        body, screen = json.loads(text)
        names = ("chat_id", "message_id", "method", "parameters")
        found = screen and ScreenUpdate(**dict(zip(names, screen, strict=True)))
        return cls(body=body, screen=found or None)


NOTHING = Rendered()


def render(answer: Answer, incoming: Incoming) -> Rendered:
    """The calls that carry out an answer to this update."""
    if incoming.kind is Kind.TAP:
        return Rendered(body=_tap_answer(answer, incoming), screen=_tap_screen(answer, incoming))
    screen = answer.screen or (Screen(text=_escaped(answer.toast)) if answer.toast else None)
    if screen is None or incoming.chat_id is None:
        return NOTHING
    return Rendered(body={"method": _method(screen), **_message(screen, incoming.chat_id)})


def faults(answer: Answer) -> list[str]:
    """What of this answer Telegram would refuse; empty for a good one. For tests."""
    found = []
    if answer.toast and len(answer.toast) > TOAST_LIMIT:
        found.append(f"the toast has {len(answer.toast)} characters")
    if answer.screen:
        if not 0 < (length := shown_length(answer.screen.text)) <= _limit(answer.screen):
            found.append(f"the text has {length} UTF-16 units")
        buttons = [button for row in answer.screen.buttons for button in row]
        found += [f"the button {b.text!r} cannot be sent" for b in buttons if not _button(b)]
    return found


def _tap_answer(answer: Answer, incoming: Incoming) -> dict[str, Any]:
    body: dict[str, Any] = {
        "method": "answerCallbackQuery",
        "callback_query_id": incoming.query_id,
    }
    if answer.toast:
        body["text"] = answer.toast[:TOAST_LIMIT]
        if len(answer.toast) > TOAST_LIMIT:
            _tell("toast")
    if answer.alert:
        body["show_alert"] = True
    return body


def _tap_screen(answer: Answer, incoming: Incoming) -> ScreenUpdate | None:
    screen, chat_id = answer.screen, incoming.chat_id
    if screen is None or chat_id is None:
        return None
    # An edit cannot bring or take a reply keyboard, nor make a text a photo.
    new = screen.menu or screen.ask_contact or screen.remove_menu or screen.photo
    edit = not (answer.fresh or new)
    if not edit or incoming.pressed is None:
        parameters = _message(screen, chat_id)
        return ScreenUpdate(
            chat_id=chat_id, message_id=None, method=_method(screen), parameters=parameters
        )
    parameters = {**_message(screen, chat_id), "message_id": incoming.pressed}
    return ScreenUpdate(
        chat_id=chat_id,
        message_id=incoming.pressed,
        method="editMessageText",
        parameters=parameters,
    )


def _message(screen: Screen, chat_id: int) -> dict[str, Any]:
    text = fitted_html(screen.text, _limit(screen))
    if text != screen.text:
        _tell("text")
    message: dict[str, Any] = {"chat_id": chat_id, "parse_mode": "HTML"}
    if screen.photo:
        message |= {"photo": screen.photo, "caption": text}
    else:
        message |= {"text": text, "link_preview_options": {"is_disabled": True}}
    if markup := _markup(screen):
        message["reply_markup"] = markup
    return message


def _method(screen: Screen) -> str:
    return "sendPhoto" if screen.photo else "sendMessage"


def _limit(screen: Screen) -> int:
    return CAPTION_LIMIT if screen.photo else TEXT_LIMIT


def _markup(screen: Screen) -> dict[str, Any] | None:
    if screen.buttons:
        return {"inline_keyboard": [list(_row(row)) for row in screen.buttons]}
    if screen.ask_contact:
        contact = {"text": screen.ask_contact, "request_contact": True}
        return {"keyboard": [[contact]], "resize_keyboard": True, "one_time_keyboard": True}
    if screen.menu:
        keyboard = [[{"text": text} for text in row] for row in screen.menu]
        return {"keyboard": keyboard, "resize_keyboard": True, "is_persistent": True}
    return {"remove_keyboard": True} if screen.remove_menu else None


def _row(row: tuple[Button, ...]) -> Iterator[dict[str, str]]:
    for button in row:
        if rendered := _button(button):
            yield rendered
        else:
            _tell("button")


def _button(button: Button) -> dict[str, str]:
    """Empty when Telegram would refuse it."""
    rendered = {"text": button.text}
    if button.url is not None:
        rendered["url"] = button.url
    elif button.data is not None:
        try:
            rendered["callback_data"] = button.data.pack()
        except ValueError:
            return {}
    if len(rendered) == 1 or not button.text:
        return {}
    return rendered | ({"style": button.style.value} if button.style else {})


def _tell(part: str) -> None:
    FITTED.labels(part).inc()
    log.error("an answer exceeds Telegram's limits and was cut", part=part)


def _escaped(text: str) -> Html:
    return Html(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))

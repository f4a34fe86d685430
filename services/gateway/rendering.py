"""An answer as Bot API calls: which ride in the webhook's response and which go by the sender.

A tap: answerCallbackQuery in the response, its screen by the sender. A message: its one screen in
the response. Both are made as JSON at once (message_json.py).
"""

from typing import Self

import msgspec
from msgspec import Raw, Struct

from services.gateway.answers import Answer, Screen
from services.gateway.fitting import TOAST_LIMIT, shown_length
from services.gateway.incoming import Incoming, Kind
from services.gateway.message_json import can_be_sent, limit, message_json, method, tell
from services.gateway.texts import Html


class _KeptScreen(Struct, array_like=True):
    chat_id: int
    message_id: int | None
    method: str
    parameters: Raw


class ScreenUpdate(Struct, frozen=True, kw_only=True):
    """One call for the sender: a new message, or the edit of one."""

    chat_id: int
    message_id: int | None
    method: str
    parameters: bytes
    """A JSON object."""

    def kept(self) -> _KeptScreen:
        """For a conversation's memory."""
        return _KeptScreen(self.chat_id, self.message_id, self.method, Raw(self.parameters))

    @classmethod
    def again(cls, kept: _KeptScreen) -> Self:
        """What `kept` was made of."""
        return cls(
            chat_id=kept.chat_id,
            message_id=kept.message_id,
            method=kept.method,
            parameters=bytes(kept.parameters),
        )


class _Kept(Struct, array_like=True):
    body: Raw
    screen: _KeptScreen | None


_NULL = b"null"
_encode = msgspec.json.encode
_decode = msgspec.json.Decoder(_Kept).decode


class Rendered(Struct, frozen=True, kw_only=True):
    """What Telegram is told about one update."""

    body: bytes = b""
    """The method in the webhook's response, as JSON; nothing for an empty response."""

    screen: ScreenUpdate | None = None
    """What the sender is to show."""

    def to_json(self) -> str:
        """For a conversation's memory."""
        screen = self.screen.kept() if self.screen else None
        return _encode(_Kept(Raw(self.body or _NULL), screen)).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` made; raises ValueError for anything else."""
        kept = _decode(text)
        return cls(
            body=body if (body := bytes(kept.body)) != _NULL else b"",
            screen=ScreenUpdate.again(kept.screen) if kept.screen else None,
        )


NOTHING = Rendered()


def render(answer: Answer, incoming: Incoming) -> Rendered:
    """The calls that carry out an answer to this update."""
    if incoming.kind is Kind.TAP:
        return Rendered(body=tap_answer(answer, incoming), screen=_tap_screen(answer, incoming))
    screen = answer.screen or (Screen(text=_escaped(answer.toast)) if answer.toast else None)
    if screen is None or incoming.chat_id is None:
        return NOTHING
    head = b'{"method":"%s","chat_id":%d,' % (method(screen).encode(), incoming.chat_id)
    return Rendered(body=head + message_json(screen))


def faults(answer: Answer) -> list[str]:
    """What of this answer Telegram would refuse; empty for a good one. For tests."""
    found = []
    if answer.toast and len(answer.toast) > TOAST_LIMIT:
        found.append(f"the toast has {len(answer.toast)} characters")
    if answer.screen:
        if not 0 < (length := shown_length(answer.screen.text)) <= limit(answer.screen):
            found.append(f"the text has {length} UTF-16 units")
        buttons = [button for row in answer.screen.buttons for button in row]
        found += [f"the button {b.text!r} cannot be sent" for b in buttons if not can_be_sent(b)]
    return found


def tap_answer(answer: Answer, incoming: Incoming) -> bytes:
    """What ends the turning wheel on the pressed button, and says what happened."""
    body: dict[str, str | bool | None] = {
        "method": "answerCallbackQuery",
        "callback_query_id": incoming.query_id,
    }
    if answer.toast:
        body["text"] = answer.toast[:TOAST_LIMIT]
        if len(answer.toast) > TOAST_LIMIT:
            tell("toast")
    if answer.alert:
        body["show_alert"] = True
    return _encode(body)


def _tap_screen(answer: Answer, incoming: Incoming) -> ScreenUpdate | None:
    screen, chat_id = answer.screen, incoming.chat_id
    if screen is None or chat_id is None:
        return None
    # An edit cannot bring or take a reply keyboard, nor make a text a photo.
    new = screen.menu or screen.ask_contact or screen.remove_menu or screen.photo
    pressed = incoming.pressed
    if answer.fresh or new or pressed is None:
        return ScreenUpdate(
            chat_id=chat_id,
            message_id=None,
            method=method(screen),
            parameters=b'{"chat_id":%d,' % chat_id + message_json(screen),
        )
    head = b'{"chat_id":%d,"message_id":%d,' % (chat_id, pressed)
    return ScreenUpdate(
        chat_id=chat_id,
        message_id=pressed,
        method="editMessageText",
        parameters=head + message_json(screen),
    )


def _escaped(text: str) -> Html:
    return Html(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))

"""Reads the few fields that hot updates need, of bodies as Telegram usually sends them.

Whatever is unusual (long, deep, misshapen, with escapes that no store takes) is left to the
careful reading in incoming.py: this one either agrees with it or does not answer.
"""

import re
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from services.gateway.incoming import Incoming, Kind, nests_little, read_carefully

LONGEST = 4096
"""Bytes; no number in it can be longer than Python reads."""

_ESCAPE = b"\\u"
_NUL_ESCAPE = b"\\u0000"
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_PAIR = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


Id = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
"""What `is_id` takes; anything else is for the careful reading."""


class _Who(Struct):
    id: Id
    is_bot: bool = False
    language_code: str = ""


class _Chat(Struct):
    id: Id
    type: str = ""


class _Message(Struct):
    chat: _Chat | None = None
    who: _Who | None = field(name="from", default=None)
    text: str = ""


class _Under(Struct):
    """The message under which the button was."""

    message_id: Id
    chat: _Chat | None = None
    date: int = 1
    photo: Raw | UnsetType = UNSET


class _Tap(Struct):
    id: str
    who: _Who | None = field(name="from", default=None)
    message: _Under | None = None
    data: str | None = None


class _Update(Struct):
    update_id: Id
    message: _Message | UnsetType = UNSET
    edited_message: Raw | UnsetType = UNSET
    callback_query: _Tap | UnsetType = UNSET


_decode = msgspec.json.Decoder(_Update).decode


def read(body: bytes) -> Incoming:
    """One update. Raises Malformed or NotAnUpdate."""
    return read_quickly(body) or read_carefully(body)


def read_quickly(body: bytes) -> Incoming | None:
    """A usual message or tap; None leaves it to the careful reading."""
    if len(body) > LONGEST or not nests_little(body) or _is_strange(body):
        return None
    try:
        update = _decode(body)
    except msgspec.DecodeError:
        return None
    if update.message is not UNSET:
        return _message(update.update_id, update.message, body)
    if update.edited_message is UNSET and update.callback_query is not UNSET:
        return _tap(update.update_id, update.callback_query, body)
    return None


def _is_strange(body: bytes) -> bool:
    """Not UTF-8, or with what no store takes: NUL, lone surrogates."""
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError:
            return True
    if _ESCAPE not in body:
        return False
    return _NUL_ESCAPE in body or (
        _SURROGATE.search(body) is not None and _SURROGATE.search(_PAIR.sub(b"", body)) is not None
    )


def _message(update_id: int, message: _Message, body: bytes) -> Incoming | None:
    who, chat = message.who, message.chat
    if who is None or chat is None:
        return None
    return Incoming(
        update_id=update_id,
        kind=Kind.MESSAGE,
        raw=body,
        person=who.id,
        from_bot=who.is_bot,
        language_code=who.language_code,
        chat_id=chat.id,
        private=chat.type == "private",
        text=message.text,
    )


def _tap(update_id: int, tap: _Tap, body: bytes) -> Incoming | None:
    who, under = tap.who, tap.message
    if who is None or under is None or under.chat is None:
        return None
    return Incoming(
        update_id=update_id,
        kind=Kind.TAP,
        raw=body,
        person=who.id,
        from_bot=who.is_bot,
        language_code=who.language_code,
        chat_id=under.chat.id,
        private=under.chat.type == "private",
        pressed=under.message_id if under.date != 0 and under.photo is UNSET else None,
        query_id=tap.id,
        data=tap.data or None,
    )

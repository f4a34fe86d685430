"""What Telegram sent, read from the raw body: enough to admit, route and answer it.

Nothing is trusted: depth is checked before parsing, ids are whole numbers of 63 bits, NUL and
lone surrogates are gone from every text before anything else sees it. Usual bodies are read
quickly (quick_reading.py), with the same outcome; the whole of one is parsed here, on demand.
"""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import structlog
from msgspec import Struct

DEPTH_LIMIT = 64
ANONYMOUS_ADMIN = 1087968824
"""The account under which a group's admin writes when he hides behind the group."""

# Strings are skipped whole; possessive quantifiers keep this linear on any input.
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_UNSTORABLE_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ID_LIMIT = 2**63

log = structlog.get_logger(__name__)


class Malformed(Exception):
    """The body is not JSON as we accept it: 400."""


class NotAnUpdate(Exception):
    """The body is JSON, but no update: 200, since sending it again would not help."""


class Kind(StrEnum):
    """What sort of update it is, as far as the gateway cares."""

    MESSAGE = "message"
    EDITED = "edited_message"
    TAP = "callback_query"
    MEMBERSHIP = "my_chat_member"
    OTHER = "other"


class Incoming(Struct, frozen=True, kw_only=True):
    """One update: its numbers, who is behind it, and what he said or pressed. A Struct, which is
    made for each update in a tenth of a dataclass's time."""

    update_id: int
    kind: Kind
    raw: bytes

    person: int | None = None
    """Telegram id of who acts; None when nobody is named."""

    from_bot: bool = False
    language_code: str = ""
    chat_id: int | None = None
    private: bool = False
    text: str = ""
    """A new message's text; empty for anything else."""

    pressed: int | None = None
    """A tap: the message under which the button was, if it can still be edited."""

    query_id: str | None = None
    """A tap: what answerCallbackQuery must name."""

    data: str | None = None
    """A tap: what the button carries."""

    @property
    def anonymous(self) -> bool:
        """True when an admin hides behind his group."""
        return self.person == ANONYMOUS_ADMIN

    @property
    def content(self) -> Mapping[str, Any]:
        """The whole update, parsed and cleaned anew each time it is asked for."""
        return _update(self.raw)


def read_carefully(body: bytes) -> Incoming:
    """Reads any body. Raises Malformed or NotAnUpdate."""
    update = _update(body)
    update_id = _id(update, "update_id")
    kind = next((kind for kind in Kind if kind in update), Kind.OTHER)
    if kind is Kind.OTHER:
        return Incoming(update_id=update_id, kind=kind, raw=body)
    event = _object(update, kind)
    message = event if kind is not Kind.TAP else _optional(event, "message")
    chat = _optional(message, "chat")
    person = _optional(event, "from")
    return Incoming(
        update_id=update_id,
        kind=kind,
        raw=body,
        person=_id(person, "id") if person else None,
        from_bot=person.get("is_bot") is True,
        language_code=_text(person, "language_code"),
        chat_id=_id(chat, "id") if chat else None,
        private=chat.get("type") == "private",
        text=_text(event, "text") if kind is Kind.MESSAGE else "",
        pressed=_pressed(message) if kind is Kind.TAP else None,
        query_id=_query_id(event) if kind is Kind.TAP else None,
        data=_text(event, "data") or None if kind is Kind.TAP else None,
    )


def nests_little(body: bytes) -> bool:
    """It cannot nest too deep, whatever stands where."""
    return body.count(b"[") + body.count(b"{") <= DEPTH_LIMIT


def _update(body: bytes) -> dict[str, Any]:
    update = _clean(body, _parse(body))
    if not isinstance(update, dict):
        raise NotAnUpdate(f"a {type(update).__name__}")
    return update


def _parse(body: bytes) -> object:
    if not body.strip():
        raise Malformed("empty")
    if _depth(body) > DEPTH_LIMIT:
        raise Malformed("too deep")
    try:
        return json.loads(
            body.decode(), object_pairs_hook=_last_wins, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8") from error
    except ValueError as error:
        raise Malformed("not JSON") from error


def _depth(body: bytes) -> int:
    """How deep the body nests, as far as it matters; does not parse it."""
    if nests_little(body):
        return 0
    depth = deepest = 0
    for token in _TOKENS.finditer(body):
        first = token[0][:1]
        if first in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in b"]}":
            depth -= 1
    return deepest


def _last_wins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        log.warning("an update names a key twice; the last one counts")
    return found


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _clean(body: bytes, value: object) -> object:
    """Without what no store takes. It can only come as an escape: cheap when there is none."""
    return _stripped(value) if _UNSTORABLE_ESCAPE.search(body) else value


def _stripped(value: object) -> object:
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [_stripped(item) for item in value]
    if isinstance(value, dict):
        return {_UNSTORABLE.sub("", name): _stripped(item) for name, item in value.items()}
    return value


def _object(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = holder.get(name)
    if not isinstance(value, dict):
        raise NotAnUpdate(f"{name} is no object")
    return value


def _optional(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    return _object(holder, name) if holder.get(name) is not None else {}


def is_id(value: object) -> bool:
    """A whole number that every store takes."""
    return type(value) is int and -_ID_LIMIT <= value < _ID_LIMIT


def _id(holder: Mapping[str, Any], name: str) -> int:
    value = holder.get(name)
    if type(value) is not int or not is_id(value):
        raise NotAnUpdate(f"{name} is no id")
    return value


def _text(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _query_id(event: Mapping[str, Any]) -> str:
    value = event.get("id")
    if not isinstance(value, str):
        raise NotAnUpdate("a tap without id")
    return value


def _pressed(message: Mapping[str, Any]) -> int | None:
    """An inaccessible message carries the date 0 and cannot be edited; a photo has no text that
    could be."""
    editable = message and message.get("date") != 0 and "photo" not in message
    return _id(message, "message_id") if editable else None

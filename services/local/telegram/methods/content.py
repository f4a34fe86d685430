"""What a bot wants to say, checked: text or caption with entities, and the keyboard under it."""

from typing import Any

from services.local.telegram import markup, utf16
from services.local.telegram.detect import with_detected
from services.local.telegram.entities import parse_html
from services.local.telegram.errors import ApiError, bad_request, forbidden
from services.local.telegram.params import Params
from services.local.telegram.store import Json
from services.local.telegram.telegram import Telegram

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024


def addressee(telegram: Telegram, params: Params) -> Json:
    """The chat to write into; raises ApiError where the bot may not write."""
    if not params.has("chat_id"):
        raise bad_request("chat_id is empty")
    chat = known_chat(telegram, params)
    if person := telegram.people.find(chat["id"]):
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if not person.started:
            raise forbidden("bot can't initiate conversation with a user")
    return chat


def known_chat(telegram: Telegram, params: Params) -> Json:
    try:
        chat = telegram.chats.find(params.required("chat_id"))
    except ApiError:
        chat = None
    if chat is None:
        raise bad_request("chat not found")
    return chat


def text(params: Params, *, too_long: str) -> Json:
    """The fields `text` and `entities` of a message."""
    found, entities = formatted(params, "text", "entities")
    if not found:
        raise bad_request("message text is empty")
    if utf16.length(found) > LONGEST_TEXT:
        raise bad_request(too_long)
    return {"text": found} | ({"entities": entities} if entities else {})


def caption(params: Params) -> Json:
    """The fields `caption` and `caption_entities` of a message, none when it has no caption."""
    found, entities = formatted(params, "caption", "caption_entities")
    if utf16.length(found) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    content: Json = {"caption": found} if found else {}
    return content | ({"caption_entities": entities} if entities else {})


def formatted(params: Params, name: str, entities_name: str) -> tuple[str, list[Json]]:
    source, mode = params.text(name) or "", (params.text("parse_mode") or "").lower()
    if mode not in ("", "html"):
        raise bad_request("unsupported parse_mode")
    if mode:
        found, entities = parse_html(source)
    else:
        found, entities = source.strip(), _given(params.structure(entities_name))
    return found, with_detected(found, entities)


def _given(entities: Any) -> list[Json]:
    """Entities the bot gives itself instead of a parse mode."""
    if entities is None:
        return []
    needed = {"type", "offset", "length"}
    if not isinstance(entities, list) or not all(
        isinstance(entity, dict) and needed <= entity.keys() for entity in entities
    ):
        raise bad_request("can't parse entities")
    return entities


def keyboard(params: Params, chat: Json) -> Json | None:
    private = chat["type"] == "private"
    return markup.checked(params.fields("reply_markup"), private=private)


def inline_keyboard(params: Params, chat: Json) -> Json | None:
    """For edits, which may carry no other kind."""
    found = keyboard(params, chat)
    if found and "inline_keyboard" not in found:
        raise bad_request("inline keyboard expected")
    return found

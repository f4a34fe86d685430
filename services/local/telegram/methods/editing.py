"""Changes to messages that are there. Edits share the sending limits, deletions do not."""

from services.local.telegram.errors import bad_request
from services.local.telegram.methods import content
from services.local.telegram.params import Params
from services.local.telegram.store import Json
from services.local.telegram.telegram import Telegram

DELETABLE = 48 * 3600.0
"""Seconds after which a bot can no longer delete a message."""

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def edit_message_text(telegram: Telegram, params: Params) -> Json:
    message = _own(telegram, params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    new = content.text(params, too_long="MESSAGE_TOO_LONG")
    return _edit(telegram, params, message, _without(message, "text", "entities") | new)


def edit_message_caption(telegram: Telegram, params: Params) -> Json:
    message = _own(telegram, params)
    if "photo" not in message:
        raise bad_request("there is no caption in the message to edit")
    new = content.caption(params)
    return _edit(telegram, params, message, _without(message, "caption", "caption_entities") | new)


def edit_message_reply_markup(telegram: Telegram, params: Params) -> Json:
    message = _own(telegram, params)
    return _edit(telegram, params, message, message)


def delete_message(telegram: Telegram, params: Params) -> bool:
    chat = content.known_chat(telegram, params)
    message_id = params.required("message_id")
    message = telegram.chats.fetch(chat["id"], message_id)
    if message is None:
        raise bad_request("message to delete not found")
    is_own = message["from"]["id"] == telegram.bot.id
    too_old = message["date"] + DELETABLE < telegram.clock()
    if too_old or not (is_own or chat["type"] == "private"):
        raise bad_request("message can't be deleted")
    telegram.chats.delete(chat["id"], message_id)
    return True


def _own(telegram: Telegram, params: Params) -> Json:
    """The bot's message to be edited."""
    chat = content.known_chat(telegram, params)
    if not params.has("message_id"):
        raise bad_request("message identifier is not specified")
    message = telegram.chats.fetch(chat["id"], params.required("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != telegram.bot.id:
        raise bad_request("message can't be edited")
    return message


def _edit(telegram: Telegram, params: Params, old: Json, new: Json) -> Json:
    """`new` under the keyboard asked for; an edit without one takes the keyboard away."""
    keyboard = content.inline_keyboard(params, old["chat"])
    edited = _without(new, "reply_markup") | ({"reply_markup": keyboard} if keyboard else {})
    if edited == old:
        raise bad_request(NOT_MODIFIED)
    telegram.limits.spend(old["chat"]["id"])
    edited["edit_date"] = int(telegram.clock())
    telegram.chats.replace(edited)
    return edited


def _without(message: Json, *names: str) -> Json:
    return {key: value for key, value in message.items() if key not in names}

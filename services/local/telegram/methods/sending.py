"""sendMessage, sendPhoto, sendDocument and sendChatAction, under the sending limits."""

from services.local.telegram import files
from services.local.telegram.errors import bad_request
from services.local.telegram.methods import content
from services.local.telegram.params import Params
from services.local.telegram.store import Json
from services.local.telegram.telegram import Telegram


def send_message(telegram: Telegram, params: Params) -> Json:
    chat = content.addressee(telegram, params)
    return _post(telegram, params, chat, content.text(params, too_long="message is too long"))


def send_photo(telegram: Telegram, params: Params) -> Json:
    chat = content.addressee(telegram, params)
    captioned = content.caption(params)
    return _post(telegram, params, chat, {"photo": _photo(telegram, params).photo()} | captioned)


def send_document(telegram: Telegram, params: Params) -> Json:
    chat = content.addressee(telegram, params)
    captioned = content.caption(params)
    return _post(telegram, params, chat, {"document": _document(telegram, params)} | captioned)


def send_chat_action(telegram: Telegram, params: Params) -> bool:
    chat = content.addressee(telegram, params)
    action = params.text("action")
    if not action:
        raise bad_request("wrong parameter action in request")
    telegram.events.publish({"type": "action", "chat": chat["id"], "action": action})
    return True


def _post(telegram: Telegram, params: Params, chat: Json, fields: Json) -> Json:
    keyboard = content.keyboard(params, chat)
    reply = _replied(telegram, params, chat)
    telegram.limits.spend(chat["id"])
    return telegram.chats.post(chat, telegram.bot.user(), reply | fields, keyboard)


def _photo(telegram: Telegram, params: Params) -> files.File:
    """An upload, or a file id that was seen before. Photos from the web are not fetched here."""
    name = params.text("photo") or "photo"
    upload = params.files.get(name.removeprefix("attach://"))
    if upload is not None:
        return files.keep(telegram.store, upload)
    if not params.has("photo"):
        raise bad_request("there is no photo in the request")
    file = files.find(telegram.store, name)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return file


def _document(telegram: Telegram, params: Params) -> Json:
    """An upload, or a file id that was seen before."""
    name = (params.text("document") or "document").removeprefix("attach://")
    upload = params.files.get(name)
    if upload is not None:
        return files.keep_document(telegram.store, params.names[name], upload).document()
    file = files.find(telegram.store, name)
    if file is None:
        raise bad_request("there is no document in the request")
    return file.document()


def _replied(telegram: Telegram, params: Params, chat: Json) -> Json:
    reply = params.fields("reply_parameters") or {}
    message_id = Params(reply).integer("message_id") or params.integer("reply_to_message_id")
    if message_id is None:
        return {}
    message = telegram.chats.fetch(chat["id"], message_id)
    if message:
        message.pop("reply_to_message", None)
        return {"reply_to_message": message}
    if reply.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")

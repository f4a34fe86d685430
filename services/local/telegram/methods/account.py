"""Who the bot is, what it knows of chats and files, its commands, and its answers to presses."""

from typing import Any

from services.local.telegram import files, utf16
from services.local.telegram.errors import bad_request
from services.local.telegram.params import Params
from services.local.telegram.store import Json
from services.local.telegram.telegram import Telegram

LONGEST_ANSWER = 200
MOST_COMMANDS = 100
LONGEST_DESCRIPTION = 512
LONGEST_SHORT_DESCRIPTION = 120


def get_me(telegram: Telegram, params: Params) -> Json:
    return telegram.bot.user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def get_chat(telegram: Telegram, params: Params) -> Json:
    chat = telegram.chats.find(params.required("chat_id"))
    if chat is None:
        raise bad_request("chat not found")
    return chat | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": {}}


def get_file(telegram: Telegram, params: Params) -> Json:
    file = files.find(telegram.store, params.text("file_id") or "")
    if file is None:
        raise bad_request("invalid file_id")
    return file.described() | {"file_path": file.path}


def set_my_commands(telegram: Telegram, params: Params) -> bool:
    commands = params.structure("commands")
    if not isinstance(commands, list) or len(commands) > MOST_COMMANDS:
        raise bad_request("can't parse commands")
    for command in commands:
        if not isinstance(command, dict) or not {"command", "description"} <= command.keys():
            raise bad_request("can't parse BotCommand")
    telegram.store.set_setting(_commands_key(params), commands)
    telegram.events.publish({"type": "commands"})
    return True


def get_my_commands(telegram: Telegram, params: Params) -> Any:
    return telegram.store.setting(_commands_key(params), [])


def delete_my_commands(telegram: Telegram, params: Params) -> bool:
    telegram.store.set_setting(_commands_key(params), [])
    telegram.events.publish({"type": "commands"})
    return True


def set_my_description(telegram: Telegram, params: Params) -> bool:
    return _set_text(telegram, params, "description", LONGEST_DESCRIPTION)


def get_my_description(telegram: Telegram, params: Params) -> Json:
    return _text(telegram, params, "description")


def set_my_short_description(telegram: Telegram, params: Params) -> bool:
    return _set_text(telegram, params, "short_description", LONGEST_SHORT_DESCRIPTION)


def get_my_short_description(telegram: Telegram, params: Params) -> Json:
    return _text(telegram, params, "short_description")


def _set_text(telegram: Telegram, params: Params, name: str, longest: int) -> bool:
    text = params.text(name) or ""
    if utf16.length(text) > longest:
        raise bad_request("DESCRIPTION_TOO_LONG")
    telegram.store.set_setting(_text_key(params, name), text)
    return True


def _text(telegram: Telegram, params: Params, name: str) -> Json:
    """Falls back to what everybody sees, as the real one does."""
    everybody = telegram.store.setting(f"{name}:", "")
    return {name: telegram.store.setting(_text_key(params, name)) or everybody}


def _text_key(params: Params, name: str) -> str:
    return f"{name}:{params.text('language_code') or ''}"


def _commands_key(params: Params) -> str:
    scope = (params.fields("scope") or {}).get("type", "default")
    return f"commands:{scope}:{params.text('language_code') or ''}"


def answer_callback_query(telegram: Telegram, params: Params) -> bool:
    text = params.text("text") or ""
    if utf16.length(text) > LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    answer = {"text": text, "show_alert": params.flag("show_alert"), "url": params.text("url")}
    telegram.presses.answer(params.text("callback_query_id") or "", answer)
    return True

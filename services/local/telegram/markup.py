"""Keyboards, checked as the Bot API checks them before a message leaves."""

from typing import Any

from services.local.telegram.errors import bad_request

INLINE_KINDS = {
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
}
REPLY_KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")
STYLES = {"danger", "success", "primary"}
MOST_BUTTONS = 100


def checked(markup: dict[str, Any] | None, *, private: bool) -> dict[str, Any] | None:
    """The keyboard without its empty rows, or None; raises ApiError 400."""
    if not markup:
        return None
    if not any(kind in markup for kind in REPLY_KINDS):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"], _inline_button)
        return {"inline_keyboard": rows} if rows else None
    if "keyboard" in markup:
        rows = _rows(markup["keyboard"], _reply_button)
        if not private and any("request_contact" in button for row in rows for button in row):
            raise bad_request("phone number can be requested in private chats only")
        return markup | {"keyboard": rows}
    return markup


def _rows(rows: Any, check: Any) -> list[list[dict[str, Any]]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("field of the keyboard must be an Array of Arrays")
    good = [[check(button) for button in row] for row in rows if row]
    if sum(map(len, good)) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    return good


def _inline_button(button: Any) -> dict[str, Any]:
    complaint = "can't parse inline keyboard button: "
    if not isinstance(button, dict) or not _named(button):
        raise bad_request(complaint + "Text must be non-empty")
    kinds = INLINE_KINDS & button.keys()
    if not kinds:
        raise bad_request(complaint + "Text buttons are unallowed in the inline keyboard")
    if len(kinds) > 1:
        raise bad_request(complaint + "exactly one optional field must be used")
    if "callback_data" in button:
        _check_data(button["callback_data"])
    if "url" in button:
        _check_url(button["url"])
    return _styled(button)


def _check_data(data: Any) -> None:
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_url(url: Any) -> None:
    known = ("http://", "https://", "tg://", "t.me/", "ton://")
    if not isinstance(url, str) or not url.startswith(known) or any(map(str.isspace, url)):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _reply_button(button: Any) -> dict[str, Any]:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not _named(button):
        raise bad_request("can't parse keyboard button: Text must be non-empty")
    return _styled({key: value for key, value in button.items() if value not in (False, None)})


def _named(button: dict[str, Any]) -> bool:
    return isinstance(button.get("text"), str) and bool(button["text"].strip())


def _styled(button: dict[str, Any]) -> dict[str, Any]:
    if button.get("style", "primary") not in STYLES:
        raise bad_request("can't parse keyboard button: Invalid button style specified")
    return button

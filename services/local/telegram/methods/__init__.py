"""The Bot API's methods, by name; HTTP and webhook answers both come through `call`.

All are synchronous and validate before they write, so that a call and whatever is committed with
it are one act. getUpdates waits, so it is server.py's.
"""

from collections.abc import Callable
from typing import Any

from services.local.telegram.errors import ApiError
from services.local.telegram.methods import account, editing, sending, webhooks
from services.local.telegram.params import Params
from services.local.telegram.telegram import Telegram

METHODS: dict[str, Callable[[Telegram, Params], Any]] = {
    method.__name__.replace("_", ""): method
    for method in (
        account.get_me,
        account.get_chat,
        account.get_file,
        account.set_my_commands,
        account.get_my_commands,
        account.delete_my_commands,
        account.set_my_description,
        account.get_my_description,
        account.set_my_short_description,
        account.get_my_short_description,
        account.answer_callback_query,
        webhooks.set_webhook,
        webhooks.delete_webhook,
        webhooks.get_webhook_info,
        sending.send_message,
        sending.send_photo,
        sending.send_document,
        sending.send_chat_action,
        editing.edit_message_text,
        editing.edit_message_caption,
        editing.edit_message_reply_markup,
        editing.delete_message,
    )
}
NOT_IN_ANSWERS = ("get", "setwebhook", "deletewebhook", "close", "logout")
"""What Telegram does not carry out when it stands in a webhook's answer."""


def call(telegram: Telegram, name: str, params: Params) -> Any:
    """The method's result; raises ApiError, 404 for an unknown name. Case does not matter."""
    method = METHODS.get(name.lower())
    if method is None:
        raise ApiError(404, "Not Found: method not found")
    with telegram.store.transaction():
        return method(telegram, params)


def may_be_an_answer(name: str) -> bool:
    return not name.lower().startswith(NOT_IN_ANSWERS)

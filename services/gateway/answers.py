"""What a handler answers: a screen, a toast, the conversation's next step; values only.

How an answer becomes Bot API calls is decided in rendering.py, where it goes in delivery.py.
"""

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData
from msgspec import Struct

from services.gateway.conversations import Conversation, Ended

BUTTON_FIELDS = {"data": "callback_data"}
"""What Telegram calls otherwise."""


class Style(StrEnum):
    """A button's colour, by what pressing it means; old Telegram clients show no colour."""

    PRIMARY = "primary"
    SUCCESS = "success"
    DANGER = "danger"


class Button(Struct, frozen=True, kw_only=True, omit_defaults=True, rename=BUTTON_FIELDS):
    """One button under a screen: it either carries data back to us or opens a link. A Struct in
    Telegram's words: a screen has many, and all of them become JSON in one go."""

    text: str
    data: CallbackData | str | None = None
    """What a press brings: the intent, never a toggle. At most 64 bytes when packed; a string is
    packed already (features/ids.py)."""

    url: str | None = None
    style: Style | None = None


class Screen(Struct, frozen=True, kw_only=True, dict=True):
    """One message as the person sees it. Its JSON is kept in its dictionary (message_json.py)."""

    text: str
    """Telegram's HTML; at most 4096 UTF-16 units as shown, 1024 under a photo."""

    photo: str = ""
    """Telegram's file id of a photo: the text is its caption, and it always comes as a new
    message."""

    buttons: tuple[tuple[Button, ...], ...] = ()
    """Rows of buttons under the message. With any, the keyboards below are not sent."""

    menu: tuple[tuple[str, ...], ...] | None = None
    """Rows of the reply keyboard (texts of the menu's keys); None leaves it as it is."""

    ask_contact: str | None = None
    """The label of a one-time button that shares the person's own contact."""

    remove_menu: bool = False
    """Takes the reply keyboard away, for steps in which a text is due."""


class Answer(Struct, frozen=True, kw_only=True):
    """What one update led to."""

    screen: Screen | None = None
    """A tap: replaces the pressed message. A message: is sent as a new one."""

    toast: str | None = None
    """A tap only: what happened, plain text, at most 200 characters."""

    alert: bool = False
    """Shows the toast as a window that must be closed."""

    fresh: bool = False
    """A tap: the screen comes as a new message and the pressed one stays as it is."""

    conversation: Conversation | Ended | None = None
    """Where the conversation goes; None leaves it where it is."""

    forget: bool = False
    """The person was deleted: nothing that is remembered of him stays."""

"""A feature's tables: which input leads to which handler.

Handlers are plain functions of (who asks, arguments) that return an Answer. The order of the
features is one list in dispatcher.py; how aiogram's events become arguments is in adapters.py.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiogram.filters.callback_data import CallbackData

from services.gateway.answers import Answer
from services.gateway.calls import Call, TelegramId


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact that was shared in the chat, by the button or from the address book."""

    phone: str
    telegram_id: TelegramId | None
    """Whose it is; None when Telegram does not say. Anybody's contact can be shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person sent where words were due. A sticker, a voice message and the like: all
    fields are None, and the step asks again."""

    text: str | None = None
    contact: Contact | None = None
    photo: str | None = None
    """The file id of the largest size."""


Asked = Callable[[Call], Awaitable[Answer]]
Commanded = Callable[[Call, str], Awaitable[Answer]]
Heard = Callable[[Call, Said], Awaitable[Answer]]
Tapped = Callable[[Call, Any], Awaitable[Answer]]
"""Its second argument is an instance of the class under which the table holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One thing people can do. Keys must be unique among all features."""

    name: str

    commands: Mapping[str, Commanded] = field(default_factory=dict)
    """By the command's name without the slash; the argument is the rest of the line."""

    deep_links: Mapping[str, Commanded] = field(default_factory=dict)
    """By the prefix of the payload of /start; the argument is the payload after the prefix."""

    menu: Mapping[str, Asked] = field(default_factory=dict)
    """By the text's key; a message that equals the text in any language leads here."""

    taps: Mapping[type[CallbackData], Tapped] = field(default_factory=dict)

    step_taps: Mapping[type[CallbackData], Tapped] = field(default_factory=dict)
    """Buttons that mean something at a conversation's step only: while it is not known where the
    person is, they answer "later"."""

    steps: Mapping[str, Heard] = field(default_factory=dict)
    """By `conversation.step`: a private message while the person is at that step. Commands,
    deep links and the menu's texts come first."""

    otherwise: Heard | None = None
    """A private message that nothing else took. One feature has it."""

    group: Asked | None = None
    """A command in a group. One feature has it; its screen may only hold buttons with links."""

    @property
    def buttons(self) -> Mapping[type[CallbackData], Tapped]:
        """All of them."""
        return {**self.taps, **self.step_taps}

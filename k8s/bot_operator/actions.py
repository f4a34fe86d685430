"""What can be done about a bot. An action is a value: decided in one place, carried out in
another. Each says which condition turns false when it fails."""

from dataclasses import dataclass, field
from typing import ClassVar

from k8s.bot_operator.conditions import Type
from k8s.bot_operator.spec import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWebhook:
    """Never drops what waits."""

    condition: ClassVar[Type] = Type.WEBHOOK
    url: str
    secret: str = field(repr=False)
    max_connections: int
    allowed_updates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteWebhook:
    """Never drops what waits."""

    condition: ClassVar[Type] = Type.WEBHOOK


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMenu:
    """No commands: the language's menu is taken away."""

    condition: ClassVar[Type] = Type.COMMANDS
    language: str
    commands: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDescription:
    """An empty text takes it away."""

    condition: ClassVar[Type] = Type.COMMANDS
    language: str
    text: str
    is_short: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFloor:
    """None gives the field back to whoever wants it."""

    condition: ClassVar[Type] = Type.PRESCALED
    target: Target
    replicas: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The finalizer on (True) or off."""

    condition: ClassVar[Type] = Type.READY
    holds: bool


Action = SetWebhook | DeleteWebhook | SetMenu | SetDescription | SetFloor | Hold

"""Which updates concern us at all, before anybody is asked anything."""

from enum import Enum, auto

from services.gateway.incoming import Incoming, Kind
from services.gateway.shortcuts import command_in


class Concern(Enum):
    """What is to be done with an update."""

    HANDLE = auto()
    IGNORE = auto()
    NAMELESS = auto()
    """A command of an admin who hides behind his group: answered, but nobody can act."""

    REACHABILITY = auto()
    """A person has blocked the bot, or let it in again."""


def concern(incoming: Incoming, username: str) -> Concern:
    """Bots, channels, talk in groups and kinds of updates that we do not know are ignored."""
    if incoming.kind is Kind.OTHER or incoming.person is None:
        return Concern.IGNORE
    if incoming.kind is Kind.MEMBERSHIP:
        return Concern.REACHABILITY if incoming.private else Concern.IGNORE
    if incoming.anonymous and _commands(incoming, username):
        return Concern.NAMELESS
    if incoming.from_bot or incoming.person <= 0:
        return Concern.IGNORE
    if incoming.private or incoming.kind is Kind.TAP or _commands(incoming, username):
        return Concern.HANDLE
    return Concern.IGNORE


def _commands(incoming: Incoming, username: str) -> bool:
    command = command_in(incoming.text)
    return command is not None and command.is_for(username)

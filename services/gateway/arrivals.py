"""One update on its way: what is known of it, and what becomes of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from services.gateway.held_back import HeldBack
from services.gateway.incoming import Incoming
from services.gateway.person_memory import Remembered
from services.gateway.shortcuts import Shortcut


class Outcome(StrEnum):
    """What became of an update, for metrics and traces."""

    DONE = "done"
    IGNORED = "ignored"
    LIMITED = "limited"
    REPEATED = "repeated"
    REFUSED = "refused"
    STALE = "stale"
    LATER = "later"
    BUSY = "busy"
    SENT_BACK = "sent_back"
    UNCONFIRMED = "unconfirmed"
    BROKEN = "broken"
    NOT_AN_UPDATE = "not_an_update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """Who we are in Telegram."""

    bot_id: int
    username: str


class Writing(Struct, kw_only=True):
    """Whether an update's handler has begun to write. `known`: it was held back before."""

    held_back: HeldBack
    update_id: int
    known: bool
    begun: bool = False

    def begin(self) -> None:
        """Raises Busy when too many updates are held back for one more."""
        if not self.begun:
            self.held_back.begin(self.update_id, self.known)
            self.begun = True

    def end(self) -> None:
        """The update is answered."""
        self.held_back.end(self.update_id)


class Arrival(Struct, kw_only=True):
    """One update of a person. The first part is known at the door, the second fills on the way."""

    incoming: Incoming
    person: int
    """The person's Telegram id."""

    raw: bytes
    bot: Bot
    at: datetime
    remembered: Remembered | None
    """None while the cluster is away."""

    shortcut: Shortcut | None
    writing: Writing

    outcome: Outcome = Outcome.DONE
    stepped: bool = False
    """True once the conversation's step has taken the update."""

    unsure: bool = False
    """True when nobody knows whether the person is in a conversation."""

    raised: bool = False
    """True when one of this process's own handlers raised."""

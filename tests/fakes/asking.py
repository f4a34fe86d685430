"""Somebody who asks the gateway for something: a Call with scripted services behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from services.gateway.calls import Call, Person, Role, Services, TelegramId, UserId
from services.gateway.conversations import Conversation
from services.gateway.texts import texts_for
from tests.fakes.scripted_stub import ScriptedStub

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday, two in the afternoon in Tashkent."""


@dataclass(slots=True)
class Desk:
    """The services of one test, and the calls made in front of them."""

    users: ScriptedStub = field(default_factory=ScriptedStub)
    sessions: ScriptedStub = field(default_factory=ScriptedStub)
    entries: ScriptedStub = field(default_factory=ScriptedStub)
    matches: ScriptedStub = field(default_factory=ScriptedStub)
    league: ScriptedStub = field(default_factory=ScriptedStub)
    sides: ScriptedStub = field(default_factory=ScriptedStub)
    teams: ScriptedStub = field(default_factory=ScriptedStub)
    sender: ScriptedStub = field(default_factory=ScriptedStub)
    writes: int = 0

    def begin(self) -> None:
        """A write has begun."""
        self.writes += 1

    def call(self, conversation: Conversation | None = None, **person: Any) -> Call:
        """A call by a player who has signed up, unless `person` says otherwise."""
        asker = somebody(**person)
        services = Services(
            users=cast(Any, self.users),
            sessions=cast(Any, self.sessions),
            entries=cast(Any, self.entries),
            matches=cast(Any, self.matches),
            league=cast(Any, self.league),
            sides=cast(Any, self.sides),
            teams=cast(Any, self.teams),
            sender=cast(Any, self.sender),
        )
        return Call(
            person=asker,
            texts=texts_for(asker.language),
            services=services,
            bot_id=42,
            bot_username="fotbot",
            update_id=1001,
            chat_id=asker.telegram_id,
            message_id=None,
            private=True,
            now=NOW,
            conversation=conversation,
            writes=self,
        )


def somebody(**changed: Any) -> Person:
    """A player who has signed up and reads English."""
    known: dict[str, Any] = {
        "user_id": UserId(7),
        "telegram_id": TelegramId(700),
        "name": "Ali",
        "language": "en",
        "role": Role.PLAYER,
        "phone": "+998901234567",
        "registered": True,
        "language_chosen": True,
    }
    return Person(**{**known, **changed})


def newcomer(**changed: Any) -> dict[str, Any]:
    """Of whom nothing is known yet."""
    unknown = {"name": "", "phone": "", "registered": False, "language_chosen": False}
    return {**unknown, **changed}

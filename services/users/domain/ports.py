"""What the use cases need of a store. A store is bound to one transaction on the primary."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from services.users.domain.records import AuditEntry, Move, WaitingMove
from services.users.domain.user import (
    Admins,
    Language,
    MoveId,
    Standing,
    TelegramId,
    User,
    UserId,
)


class People(Protocol):
    """People as the primary knows them now."""

    async def by_id(self, user_id: UserId) -> User | None:
        """The person, or nothing."""

    async def lock(self, user_id: UserId) -> User | None:
        """The person, unchanged by others until the commit, or nothing."""

    async def by_telegram_id(self, telegram_id: TelegramId) -> User | None:
        """The person behind a Telegram account, locked too, or nothing."""

    async def by_phone(self, phone: str) -> User | None:
        """The person with this phone, or nothing."""

    async def by_telegram_ids(self, telegram_ids: Sequence[TelegramId]) -> list[User]:
        """Those behind these Telegram accounts who exist."""

    async def add_all(self, newcomers: Mapping[TelegramId, Language]) -> list[User]:
        """New people, in any order; who is there already when two come at once, as he is."""

    async def save(self, user: User) -> None:
        """Keep what has changed. Raises PhoneNotAccepted when another person has the phone."""

    async def hand_over(self, giver: User, taker: User) -> None:
        """The giver's Telegram account becomes the taker's; the giver has none any more."""

    async def record(self, actor: UserId, action: str, subject: UserId, note: str = "") -> None:
        """Write into the audit log who did what to whom, and when."""


class Moves(Protocol):
    """Wishes to come back under a new Telegram account."""

    async def ask(self, asker: UserId, person: UserId, phone: str) -> None:
        """A wish of the asker's to be the person; one that waits already speaks of this phone."""

    async def by_id(self, move_id: MoveId) -> Move | None:
        """The wish as it is now, or nothing."""

    async def decide(self, move_id: MoveId, actor: UserId, approved: bool) -> None:
        """Keep what was decided, by whom and when."""


class PeopleReads(Protocol):
    """What is asked about people; may be seconds old unless it says otherwise."""

    async def known(self, since: Mapping[TelegramId, int]) -> dict[TelegramId, bytes]:
        """The people behind Telegram accounts, packed, each as new as his position asks; without
        those whom no copy knows yet."""

    async def standings_now(
        self, user_ids: Sequence[UserId], admins: Admins
    ) -> dict[UserId, Standing]:
        """Of those of the people who exist, as the primary knows them now."""

    async def by_id_now(self, user_id: UserId) -> User | None:
        """The person as the primary knows him now, or nothing."""

    async def by_ids(self, user_ids: Sequence[UserId]) -> list[User]:
        """Those of the people who exist, by id."""

    async def by_name(self, prefix: str, limit: int) -> list[User]:
        """Registered people whose name begins so, in any case, by name."""

    async def organisers(self, admins: Admins) -> list[User]:
        """All organisers and those of the admins whom Fotbot has met, by name."""

    async def reachable(self, after: int, limit: int) -> tuple[list[UserId], int]:
        """A page of the registered whom the bot reaches, by id, and how many there are in all,
        0 behind the first page."""


class Known(Protocol):
    """What is shown of people as such: as the primary knows it now."""

    async def of(self, user_id: UserId) -> Mapping[str, Any] | None:
        """All that is kept of a person, for himself; nothing of who is not there."""

    async def erasures(self, after: int, limit: int) -> list[tuple[int, UserId]]:
        """Who was deleted, with a number that grows with each; those behind `after`, in order."""


class Records(Protocol):
    """What admins look at."""

    async def waiting_moves(self, limit: int) -> list[WaitingMove]:
        """Wishes not decided yet, the oldest first."""

    async def audit(self, limit: int, before: int) -> list[AuditEntry]:
        """Entries with ids smaller than `before`, 0 for no bound; the newest first."""

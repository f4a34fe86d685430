"""What many people's writes to their own profiles need of a store, in one transaction."""

from collections.abc import Sequence
from typing import Protocol

from services.users.domain.user import User, UserId


class PhoneTaken(Exception):
    """Somebody has taken one of the phones since they were looked up."""


class Profiles(Protocol):
    """People by themselves."""

    async def lock(self, user_id: UserId) -> User | None:
        """The person, unchanged by others until the commit, or nothing."""

    async def save(self, user: User) -> None:
        """Keep what has changed. Raises PhoneNotAccepted when another person has the phone."""


class Crowd(Profiles, Protocol):
    """Those who were gathered; what they save is written when all have had their turn."""

    async def gather(self, user_ids: Sequence[UserId], phones: Sequence[str]) -> None:
        """Lock these people, and look up who has the phones that they may want."""

    async def settle(self) -> None:
        """Write what has changed. Raises PhoneTaken."""

"""What a person may see of all that is kept of him."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from services.sessions.domain.values import SessionId, UserId


class Attended(NamedTuple):
    """An evening of his, for a calendar."""

    session_id: SessionId
    venue_name: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    """It will not be, or he is not in it any more."""

    version: int


class Known(Protocol):
    """As the primary knows it now."""

    async def of(self, user_id: UserId) -> tuple[Mapping[str, Any], list[Attended]]:
        """All that is kept of a person, and his evenings, the oldest first."""

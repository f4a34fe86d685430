"""What sessions knows of a person, to himself: a part of LeagueService's servicer."""

from typing import Any

from fotbot.sessions.v1 import league_service_pb2 as messages
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis.exports import document
from services.sessions.domain.known import Attended, Known
from services.sessions.domain.values import UserId


class PrivacyCalls:
    """What LeagueServicer inherits; it sets this one. The actor is the person himself: nobody can
    name another."""

    _known: Known

    async def ExportMine(
        self, request: messages.ExportMineRequest, context: Any
    ) -> messages.ExportMineResponse:
        """All of it."""
        found, evenings = await self._known.of(UserId(request.actor_id))
        return messages.ExportMineResponse(
            document=document(found), evenings=map(_evening, evenings)
        )


def _evening(one: Attended) -> messages.ExportedEvening:
    return messages.ExportedEvening(
        session_id=one.session_id,
        venue_name=one.venue_name,
        starts_at=Timestamp(seconds=int(one.starts_at.timestamp())),
        ends_at=Timestamp(seconds=int(one.ends_at.timestamp())),
        cancelled=one.cancelled,
        version=one.version,
    )

"""All that the services know of a person as two files, which the sender brings to his chat."""

import json
import zlib
from typing import Any

from fotbot.sender.v1 import sender_service_pb2
from fotbot.sender.v1.notice_pb2 import (
    NOTICE_KIND_EXPORT_CALENDAR,
    NOTICE_KIND_EXPORT_DATA,
    Notice,
    NoticeDocument,
    NoticeKind,
)
from fotbot.sessions.v1 import league_service_pb2
from fotbot.teams.v1 import teams_service_pb2
from fotbot.users.v1 import users_service_pb2

from services.gateway.calls import Call
from services.gateway.features.privacy.calendar import calendar

FORMAT = "fotbot-export-1"


async def send_copy(call: Call) -> None:
    """Each service is asked for its part of the person himself; a repeat sends nothing twice."""
    me, services = call.person.user_id, call.services
    users = await services.users.ExportMine(users_service_pb2.ExportMineRequest(actor_id=me))
    sessions = await services.league.ExportMine(league_service_pb2.ExportMineRequest(actor_id=me))
    teams = await services.teams.ExportMine(teams_service_pb2.ExportMineRequest(actor_id=me))
    sender = await services.sender.ExportMine(sender_service_pb2.ExportMineRequest(actor_id=me))
    parts: dict[str, Any] = {"users": users, "sessions": sessions, "teams": teams, "sender": sender}
    whole = {
        "format": FORMAT,
        "made_at": call.now.isoformat(),
        **{name: json.loads(part.document) for name, part in parts.items()},
    }
    evenings = calendar(sessions.evenings, call.bot_username, call.now)
    notices = [
        _notice(call, NOTICE_KIND_EXPORT_DATA, "fotbot.json", "application/json", _written(whole)),
        _notice(call, NOTICE_KIND_EXPORT_CALENDAR, "fotbot.ics", "text/calendar", evenings),
    ]
    await services.sender.SendNotices(sender_service_pb2.SendNoticesRequest(notices=notices))


def _notice(
    call: Call, kind: "NoticeKind.ValueType", name: str, media_type: str, content: bytes
) -> Notice:
    return Notice(
        notice_id=f"export:{call.bot_id}:{call.update_id}:{name}",
        user_id=call.person.user_id,
        kind=kind,
        document=NoticeDocument(
            file_name=name, media_type=media_type, content=zlib.compress(content)
        ),
    )


def _written(whole: dict[str, Any]) -> bytes:
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()

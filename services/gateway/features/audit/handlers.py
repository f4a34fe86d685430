"""Reads what was done: from sessions and from users, each of which keeps its own."""

from collections.abc import Sequence

from fotbot.common.v1.audit_pb2 import AuditEntry
from fotbot.sessions.v1 import league_service_pb2
from fotbot.users.v1 import users_service_pb2

from services.gateway.answers import Answer
from services.gateway.calls import Call, Role
from services.gateway.features.audit import screens
from services.gateway.features.audit.callbacks import OpenAudit, OpenPeopleAudit
from services.gateway.features.names import names

PAGE = 7
"""Entries on one screen."""


async def of_sessions(call: Call, data: OpenAudit) -> Answer:
    request = league_service_pb2.ListAuditRequest(
        actor_id=call.person.user_id,
        session_id=data.session_id,
        page_size=PAGE + 1,
        before_id=data.before_id,
    )
    entries = (await call.services.league.ListAudit(request)).entries
    known = await _names(call, entries[:PAGE])
    is_admin = call.person.role >= Role.ADMIN
    screen = screens.of_sessions(
        entries[:PAGE], known, data, len(entries) > PAGE, call.texts, to_people=is_admin
    )
    return Answer(screen=screen)


async def of_people(call: Call, data: OpenPeopleAudit) -> Answer:
    request = users_service_pb2.ListAuditRequest(
        actor_id=call.person.user_id, page_size=PAGE + 1, before_id=data.before_id
    )
    entries = (await call.services.users.ListAudit(request)).entries
    known = await _names(call, entries[:PAGE])
    screen = screens.of_people(entries[:PAGE], known, data, len(entries) > PAGE, call.texts)
    return Answer(screen=screen)


async def _names(call: Call, entries: Sequence[AuditEntry]) -> dict[int, str]:
    return await names(call, (id_ for e in entries for id_ in (e.actor_id, e.subject_id)))

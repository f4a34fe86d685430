"""What people are told: notices as jobs of the transaction that makes them true.

Of their side they hear a moment later, if it still stands then: an evening whose start meets
somebody's leaving is formed a second time.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from fotbot.sender.v1.notice_pb2 import Notice as NoticeMessage
from fotbot.sender.v1.notice_pb2 import NoticeFacts, NoticeKind, NoticeSession

from services.chassis import telemetry
from services.chassis.db import WriteTransaction
from services.chassis.jobs import Jobs
from services.teams.domain.notices import Notice, SideNotice, TeamNews, TeamNotice

NOTICE = "notice"
SIDE_NOTICE = "side_notice"
SETTLING = timedelta(seconds=2)

_KINDS = {
    TeamNews.JOINED: NoticeKind.NOTICE_KIND_TEAM_JOINED,
    TeamNews.LEFT: NoticeKind.NOTICE_KIND_TEAM_LEFT,
    TeamNews.REMOVED: NoticeKind.NOTICE_KIND_TEAM_REMOVED,
    TeamNews.HANDED_OVER: NoticeKind.NOTICE_KIND_TEAM_HANDED_OVER,
}


class Outbox:
    """Of one transaction."""

    def __init__(self, transaction: WriteTransaction, jobs: Jobs) -> None:
        self._transaction = transaction
        self._jobs = jobs

    async def enqueue(self, notices: Sequence[Notice]) -> None:
        """They are sent if, and only if, the transaction commits."""
        teams = [_of_team(one) for one in notices if isinstance(one, TeamNotice)]
        sides = [_of_side(one) for one in notices if isinstance(one, SideNotice)]
        await self._jobs.enqueue(self._transaction, NOTICE, _packed(teams))
        await self._jobs.enqueue(self._transaction, SIDE_NOTICE, _packed(sides), delay=SETTLING)


def _packed(messages: Sequence[NoticeMessage]) -> list[bytes]:
    return [message.SerializeToString() for message in messages]


def _of_team(notice: TeamNotice) -> NoticeMessage:
    return NoticeMessage(
        # The job keeps it; the same may happen to a person in a team any number of times.
        notice_id=f"teams:{notice.team.id}:{notice.news.value}:{uuid.uuid4().hex}",
        user_id=notice.user_id,
        kind=_KINDS[notice.news],
        traceparent=telemetry.traceparent(),
        facts=NoticeFacts(
            team_id=notice.team.id,
            team_name=notice.team.name,
            other_user_id=notice.other or 0,
            other_name=notice.other_name,
        ),
    )


def _of_side(notice: SideNotice) -> NoticeMessage:
    side = notice.side
    return NoticeMessage(
        notice_id=f"sides:{side.id}:{notice.user_id}",
        user_id=notice.user_id,
        kind=NoticeKind.NOTICE_KIND_SIDE_FORMED,
        # When and where it is, sessions knows.
        session=NoticeSession(session_id=side.session_id),
        traceparent=telemetry.traceparent(),
        facts=NoticeFacts(
            team_id=side.team_id or 0,
            team_name=side.name,
            side_id=side.id,
            side_number=side.number,
            shirt_number=notice.shirt_number,
        ),
    )

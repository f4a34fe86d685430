"""Notices that are due together go to the sender in one call; one that is refused fails alone."""

import asyncio
from typing import Any

import pytest
from fotbot.sender.v1.notice_pb2 import Notice
from fotbot.sender.v1.sender_service_pb2 import SendNoticesRequest, SendNoticesResponse

from services.chassis.errors import Kind, RemoteRefusal, Unanswered
from services.chassis.jobs import Job
from services.chassis.notice_jobs import notice_handler

BAD = "bad"


class Sender:
    """Refuses whatever has the bad one in it; `away` answers nothing."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.away = False

    async def SendNotices(self, request: SendNoticesRequest) -> SendNoticesResponse:
        ids = [notice.notice_id for notice in request.notices]
        self.calls.append(ids)
        await asyncio.sleep(0)
        if self.away:
            raise Unanswered("away")
        if BAD in ids:
            raise RemoteRefusal(Kind.INVALID, "NOTICE_INVALID", {}, "refused")
        return SendNoticesResponse(accepted=len(ids))


def job(notice_id: str) -> Job:
    payload = Notice(notice_id=notice_id).SerializeToString()
    return Job(id=1, kind="notice", payload=payload, attempt=1, traceparent="")


async def handed_over(sender: Any, *ids: str) -> list[BaseException | None]:
    send = notice_handler(sender)
    return await asyncio.gather(*(send(job(each)) for each in ids), return_exceptions=True)


async def test_one_alone_leaves_at_once() -> None:
    sender = Sender()
    assert await handed_over(sender, "a") == [None]
    assert sender.calls == [["a"]]


async def test_those_of_a_moment_go_in_one_call_of_at_most_a_hundred() -> None:
    sender = Sender()
    ids = [str(number) for number in range(150)]
    assert await handed_over(sender, *ids) == [None] * 150
    assert [len(call) for call in sender.calls] == [100, 50]


async def test_one_that_is_refused_fails_alone() -> None:
    sender = Sender()
    first, refused, last = await handed_over(sender, "a", BAD, "b")
    assert (first, last) == (None, None)
    assert isinstance(refused, RemoteRefusal)
    assert refused.reason == "NOTICE_INVALID"
    assert sender.calls == [["a", BAD, "b"], ["a"], [BAD], ["b"]]


async def test_while_the_sender_is_away_each_job_is_told_so() -> None:
    sender = Sender()
    sender.away = True
    outcomes = await handed_over(sender, "a", "b")
    assert [type(outcome) for outcome in outcomes] == [Unanswered, Unanswered]
    assert sender.calls == [["a", "b"]]


async def test_a_refusal_is_the_jobs_own_error() -> None:
    with pytest.raises(RemoteRefusal):
        await notice_handler(Sender())(job(BAD))  # type: ignore[arg-type]

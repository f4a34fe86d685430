"""Somebody writes to many: the text, the preview, the count, how far it is, the stop."""

from typing import Any

import pytest
from fotbot.sender.v1.notice_pb2 import (
    NOTICE_KIND_BROADCAST,
    Notice,
    NoticeFacts,
    NoticeSession,
)
from fotbot.sender.v1.sender_service_pb2 import CountNoticesResponse
from fotbot.sessions.v1 import league_service_pb2 as wire
from fotbot.sessions.v1 import sessions_service_pb2 as sessions

from services.chassis.errors import Unanswered
from services.gateway.answers import Answer
from services.gateway.calls import Call, Role
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.broadcast import handlers
from services.gateway.features.broadcast.callbacks import (
    RefreshBroadcast,
    SendBroadcast,
    StopBroadcast,
    WriteBroadcast,
)
from services.gateway.features.feature import Said
from services.gateway.rendering import faults
from services.gateway.sender.rendering import rendered
from tests.fakes.asking import NOW, Desk
from tests.fakes.evenings import seen


def admin(
    desk: Desk, conversation: Conversation | None = None, people: int = 28, **who: Any
) -> Call:
    answers = desk.league.answers
    answers.setdefault("CountAudience", wire.CountAudienceResponse(people=people))
    answers.setdefault("CreateBroadcast", wire.CreateBroadcastResponse(broadcast=going()))
    desk.sessions.answers.setdefault("GetSession", sessions.GetSessionResponse(session=seen()))
    return desk.call(conversation, **{"role": Role.ADMIN, **who})


def going(
    status: "wire.BroadcastStatus.ValueType" = wire.BROADCAST_STATUS_RUNNING,
    handed: int = 0,
    session_id: int = 0,
) -> wire.Broadcast:
    return wire.Broadcast(
        id=17, session_id=session_id, text="Hello <all>", status=status, total=28, handed=handed
    )


def writing(step: str = "text", session: int = 0, **answers: str) -> Conversation:
    return Conversation(name="broadcast", step=step, data={"session": str(session), **answers})


def text(answer: Answer) -> str:
    assert answer.screen and not faults(answer)
    return answer.screen.text


def labels(answer: Answer) -> list[str]:
    assert answer.screen
    return [button.text for row in answer.screen.buttons for button in row]


async def test_an_admin_is_asked_for_the_text() -> None:
    answer = await handlers.command(admin(Desk()))
    assert answer.conversation == writing()
    assert "A message to everybody" in text(answer)


@pytest.mark.parametrize("role", [Role.PLAYER, Role.ORGANISER])
async def test_others_are_turned_down(role: Role) -> None:
    desk = Desk()
    answer = await handlers.command(admin(desk, role=role))
    assert answer.conversation is ENDED and "🔒" in text(answer)
    # Sessions refuses too, and so has it in the audit.
    assert desk.league.requests == [wire.CountAudienceRequest(actor_id=7)]


async def test_an_organiser_writes_to_his_session_and_sees_which_it_is() -> None:
    desk = Desk()
    answer = await handlers.begun(admin(desk, role=Role.ORGANISER), WriteBroadcast(session_id=12))
    assert answer.conversation == writing(session=12)
    assert "Chilonzor Arena" in text(answer)
    [asked] = desk.league.requests
    assert asked == wire.CountAudienceRequest(actor_id=7, session_id=12)


async def test_where_nobody_is_nothing_is_asked() -> None:
    answer = await handlers.begun(admin(Desk(), people=0), WriteBroadcast(session_id=12))
    assert answer.toast == "There is nobody to send it to." and answer.conversation is None


@pytest.mark.parametrize("session", [0, 12])
async def test_the_preview_is_what_the_sender_will_write(session: int) -> None:
    call = admin(Desk(), writing(session=session))
    answer = await handlers.said(call, Said(text=" Hello <all>\n\n\n\n& welcome "))
    about = seen().session
    notice = Notice(
        kind=NOTICE_KIND_BROADCAST,
        facts=NoticeFacts(text="Hello <all>\n\n& welcome"),
        session=NoticeSession(
            session_id=session,
            venue_name=about.venue.name,
            time_zone=about.venue.time_zone,
            starts_at=about.starts_at.seconds,
            ends_at=about.ends_at.seconds,
        )
        if session
        else None,
    )
    assert rendered(notice, "en", NOW)["text"] in text(answer)
    assert "It goes to 28 people" in text(answer)
    expected = writing("confirm", session, text="Hello <all>\n\n& welcome")
    assert answer.conversation == expected
    assert labels(answer) == ["📣 Send", "✖️ Cancel"]


async def test_another_text_takes_the_place_of_the_first() -> None:
    call = admin(Desk(), writing("confirm", text="First"))
    answer = await handlers.said(call, Said(text="Second"))
    assert answer.conversation == writing("confirm", text="Second")
    assert "First" not in text(answer)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (Said(), "⚠️"),
        (Said(photo="file"), "⚠️"),
        (Said(text=" \u200e\n "), "The text is empty"),
        (Said(text="x" * 3001), "too long"),
        (Said(text="🏆" * 1501), "too long"),
    ],
)
async def test_what_cannot_be_sent_is_asked_again(said: Said, problem: str) -> None:
    desk = Desk()
    answer = await handlers.said(admin(desk, writing("confirm", text="First")), said)
    assert problem in text(answer) and answer.conversation == writing("text", text="First")
    assert desk.writes == 0


@pytest.mark.parametrize("longest", ["x" * 3000, "🏆" * 1500, "<" * 3000])
@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_the_longest_text_fits_into_the_preview(longest: str, language: str) -> None:
    call = admin(Desk(), writing(session=12), language=language)
    answer = await handlers.said(call, Said(text=longest))
    assert text(answer)


async def test_it_is_sent_once_it_was_seen() -> None:
    desk = Desk()
    call = admin(desk, writing("confirm", 12, text="Hello"), role=Role.ORGANISER)
    answer = await handlers.sent(call, SendBroadcast())
    [request] = desk.league.requests
    assert isinstance(request, wire.CreateBroadcastRequest)
    assert (request.session_id, request.text) == (12, "Hello")
    assert request.write.request_id == "tg:42:1001:0"
    assert answer.conversation is ENDED and answer.toast == "📣 On its way"
    assert "Hello &lt;all&gt;" in text(answer)
    assert labels(answer) == ["🔄 Refresh", "⏹ Stop", "« Back"]


@pytest.mark.parametrize("conversation", [None, writing(), Conversation(name="x", step="confirm")])
async def test_a_button_of_another_conversation_sends_nothing(
    conversation: Conversation | None,
) -> None:
    desk = Desk()
    answer = await handlers.sent(admin(desk, conversation), SendBroadcast())
    assert answer.toast and answer.screen is None and desk.writes == 0


async def progress(broadcast: wire.Broadcast, counted: CountNoticesResponse | Exception) -> Answer:
    desk = Desk()
    desk.league.answers["GetBroadcast"] = wire.GetBroadcastResponse(broadcast=broadcast)
    desk.sender.answers["CountNotices"] = counted
    answer = await handlers.refreshed(admin(desk), RefreshBroadcast(broadcast_id=17))
    [asked] = desk.sender.requests
    assert asked.group == "broadcast:17"
    return answer


async def test_what_is_not_handed_over_yet_waits_too() -> None:
    answer = await progress(
        going(handed=10), CountNoticesResponse(waiting=4, delivered=5, undelivered=1)
    )
    assert "Being handed out" in text(answer)
    for line in ("Delivered: 5", "Waiting: 22", "Not delivered: 1"):
        assert line in text(answer)


async def test_one_that_was_handed_over_goes_on_until_all_have_left() -> None:
    done = going(wire.BROADCAST_STATUS_DONE, handed=28)
    answer = await progress(done, CountNoticesResponse(waiting=3, delivered=25))
    assert "Being handed out" in text(answer) and "⏹ Stop" in labels(answer)
    answer = await progress(done, CountNoticesResponse(delivered=27, undelivered=1))
    assert "All of it was sent" in text(answer) and labels(answer) == ["« Back"]


async def test_a_sender_that_says_nothing_costs_only_its_figures() -> None:
    answer = await progress(going(handed=10), Unanswered("away"))
    assert "It goes to 28 people" in text(answer) and "Delivered" not in text(answer)
    assert "⏹ Stop" in labels(answer)


async def test_a_stop_says_what_it_means() -> None:
    desk = Desk()
    stopped = going(wire.BROADCAST_STATUS_STOPPED, handed=10, session_id=12)
    desk.league.answers["StopBroadcast"] = wire.StopBroadcastResponse(broadcast=stopped)
    counted = CountNoticesResponse(delivered=4, undelivered=6)
    desk.sender.answers["CountNotices"] = counted
    answer = await handlers.stopped(admin(desk), StopBroadcast(broadcast_id=17))
    assert "Whom it has not reached" in text(answer) and "Waiting: 0" in text(answer)
    assert labels(answer) == ["« Back"]
    [request] = desk.league.requests
    assert request.broadcast_id == 17 and desk.writes == 1

"""An organiser looks at all sessions by day, and at one of them with what can be done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from fotbot.sessions.v1 import entries_service_pb2 as entries
from fotbot.sessions.v1 import sessions_service_pb2 as wire
from fotbot.sessions.v1.session_pb2 import (
    SESSION_STATUS_CANCELLED,
    SESSION_STATUS_FINISHED,
    SESSION_STATUS_STARTED,
    Session,
    Venue,
)

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.calls import Role, UserId
from services.gateway.conversations import ENDED
from services.gateway.features.by_day import handlers
from services.gateway.features.by_day.callbacks import OpenOrganising, ShowDays
from services.gateway.features.by_day.pages import PAGE
from services.gateway.rendering import faults
from tests.fakes.asking import NOW, Desk
from tests.fakes.evenings import evening, seen


class Pages(Desk):
    """Sessions answered page by page, as the wire does."""

    def __init__(self, sessions: list[Session]) -> None:
        super().__init__()
        self.paged = Paged(sessions)
        self.sessions = cast(Any, self.paged)


class Paged:
    def __init__(self, sessions: list[Session]) -> None:
        self._sessions = sessions
        self.requests: list[wire.ListAllSessionsRequest] = []

    async def ListAllSessions(
        self, request: wire.ListAllSessionsRequest
    ) -> wire.ListAllSessionsResponse:
        self.requests.append(request)
        begin = int(request.page_token or 0)
        end = begin + request.page_size
        token = str(end) if end < len(self._sessions) else ""
        found = self._sessions[begin:end]
        return wire.ListAllSessionsResponse(sessions=found, next_page_token=token)


def organiser(desk: Desk, **person: Any) -> Any:
    known = {"role": Role.ORGANISER, "user_id": UserId(99), **person}
    return desk.call(None, **known)


def labels(answer: Answer) -> list[str]:
    assert answer.screen
    return [button.text for row in answer.screen.buttons for button in row]


def text(answer: Answer) -> str:
    assert answer.screen
    return answer.screen.text


def crowd(count: int) -> list[Session]:
    return [evening(n + 1, starts=NOW + timedelta(hours=n)) for n in range(count)]


async def test_a_player_has_no_such_home_and_sessions_hears_of_his_try() -> None:
    desk = Desk()
    desk.sessions.answers["ListAllSessions"] = RemoteRefusal(Kind.FORBIDDEN, "NOT_ALLOWED", {})
    answer = await handlers.home(desk.call())
    assert [request.actor_id for request in desk.sessions.requests] == [7]  # type: ignore[attr-defined]
    assert text(answer) == "🔒 You are not allowed to do that."


async def test_the_home_asks_for_fourteen_days_from_midnight_on() -> None:
    desk = Pages([])
    answer = await handlers.home(organiser(desk))
    [request] = desk.paged.requests
    assert request.actor_id == 99
    midnight = datetime(2026, 11, 23, 19, tzinfo=UTC)
    assert request.since.ToDatetime(tzinfo=UTC) == midnight
    assert request.until.ToDatetime(tzinfo=UTC) == midnight + timedelta(days=14)
    assert "24 November – 7 December" in text(answer) and "no sessions" in text(answer)
    assert answer.conversation is ENDED


async def test_sessions_are_listed_under_their_days_with_their_states() -> None:
    later = evening(13, starts=NOW + timedelta(days=2), status=SESSION_STATUS_CANCELLED)
    first = evening(12, waitlisted=2)
    answer = await handlers.home(organiser(Pages([first, later])))
    assert text(answer).split("\n\n")[1:] == [
        "📅 <b>Wednesday, 25 November</b>\n20:00–21:30 · Chilonzor Arena · 7/12 · ⏳ 2",
        "📅 <b>Thursday, 26 November</b>\n14:00–15:30 · Chilonzor Arena · 7/12 · ❌",
    ]
    assert labels(answer)[:2] == [
        "Wed, 25 Nov 20:00 · Chilonzor Arena",
        "❌ Thu, 26 Nov 14:00 · Chilonzor Arena",
    ]
    assert answer.screen and answer.screen.buttons[0][0].data == OpenOrganising(session_id=12)


async def test_fourteen_days_back_is_one_press() -> None:
    desk = Pages([])
    answer = await handlers.turned(organiser(desk), ShowDays(span=-1))
    [request] = desk.paged.requests
    assert request.until.ToDatetime(tzinfo=UTC) == datetime(2026, 11, 23, 19, tzinfo=UTC)
    assert "10 November – 23 November" in text(answer)
    assert labels(answer)[:3] == ["« Earlier", "From today", "Later »"]


async def test_pages_go_on_and_back() -> None:
    desk = Pages(crowd(PAGE * 2 + 1))
    first = await handlers.turned(organiser(desk), ShowDays())
    assert "2 »" in labels(first) and "« 1" not in labels(first)
    second = await handlers.turned(organiser(desk), ShowDays(index=1))
    assert {"« 1", "3 »"} <= set(labels(second)) and "page 2" in text(second).lower()
    last = await handlers.turned(organiser(desk), ShowDays(index=2))
    assert "« 2" in labels(last) and "4 »" not in labels(last)


async def test_a_page_that_is_gone_shows_the_last_there_is() -> None:
    answer = await handlers.turned(organiser(Pages(crowd(PAGE + 1))), ShowDays(index=9))
    assert "page 2" in text(answer).lower() and "3 »" not in labels(answer)


async def test_a_far_page_costs_few_calls() -> None:
    desk = Pages(crowd(120))
    await handlers.turned(organiser(desk), ShowDays(index=11))
    assert [request.page_size for request in desk.paged.requests] == [50, 50, 20]


async def test_the_ends_of_time_have_no_way_further() -> None:
    answer = await handlers.turned(organiser(Pages([])), ShowDays(span=26))
    assert "Later »" not in labels(answer)
    answer = await handlers.turned(organiser(Pages([])), ShowDays(span=-260))
    assert "« Earlier" not in labels(answer)


@pytest.mark.parametrize(("role", "more"), [(Role.ORGANISER, False), (Role.ADMIN, True)])
async def test_ways_to_what_is_no_sessions_are_by_role(role: Role, more: bool) -> None:
    shown = set(labels(await handlers.home(organiser(Pages([]), role=role))))
    assert {"🔔 To decide", "⚙️ Settings"} <= shown
    admins = {"📢 Write to everybody", "📜 Who did what", "🔁 Account moves"}
    assert (admins <= shown) is more


def card_desk(session: Session, awaiting: int = 0) -> Desk:
    desk = Desk()
    desk.sessions.answers["GetSession"] = wire.GetSessionResponse(session=seen(session))
    desk.entries.answers["ListEntries"] = entries.ListEntriesResponse(total=awaiting)
    return desk


async def opened(session: Session, awaiting: int = 0, **person: Any) -> Answer:
    call = organiser(card_desk(session, awaiting), **person)
    return await handlers.opened(call, OpenOrganising(session_id=12))


LEAVING = ["« All sessions", "👁 As players see it"]


@pytest.mark.parametrize(
    ("session", "ways"),
    [
        (evening(), ["📝 Entries", "✏️ Edit", "📢 Write to its people", "📜 Who did what"]),
        (
            evening(starts=NOW + timedelta(minutes=59)),
            [
                "▶️ Start",
                "🙋 Who came",
                "📝 Entries",
                "✏️ Edit",
                "📢 Write to its people",
                "📜 Who did what",
            ],
        ),
        (
            evening(starts=NOW - timedelta(hours=1)),
            ["▶️ Start", "🙋 Who came", "📝 Entries", "📢 Write to its people", "📜 Who did what"],
        ),
        (
            evening(status=SESSION_STATUS_STARTED),
            [
                "⚽ Matches and table",
                "📝 Entries",
                "🙋 Who came",
                "📢 Write to its people",
                "📜 Who did what",
            ],
        ),
        (
            evening(status=SESSION_STATUS_FINISHED),
            [
                "⚽ Matches and table",
                "📝 Entries",
                "🙋 Who came",
                "📢 Write to its people",
                "📜 Who did what",
            ],
        ),
        (evening(status=SESSION_STATUS_CANCELLED), ["📝 Entries", "📜 Who did what"]),
    ],
)
async def test_a_card_offers_what_its_status_allows(session: Session, ways: list[str]) -> None:
    assert labels(await opened(session)) == [*ways, *LEAVING]


async def test_a_card_says_how_many_wait_for_a_decision() -> None:
    assert "1 entry waits for your decision" in text(await opened(evening(), 1))
    assert "3 entries wait for your decision" in text(await opened(evening(), 3))
    assert "decision" not in text(await opened(evening(), 0))


async def test_a_card_says_how_a_session_is_set_up() -> None:
    answer = await opened(evening(needs_approval=True, waitlisted=2))
    assert "👕 7 in a side" in text(answer) and "approves every registration" in text(answer)
    assert "Waiting: 2" in text(answer)


async def test_another_organisers_session_can_only_be_looked_at() -> None:
    desk = card_desk(evening())
    answer = await handlers.opened(
        organiser(desk, user_id=UserId(98)), OpenOrganising(session_id=12)
    )
    assert "Another organiser runs this session" in text(answer)
    assert labels(answer) == LEAVING and desk.entries.requests == []


async def test_an_admin_runs_every_session() -> None:
    answer = await opened(evening(), role=Role.ADMIN, user_id=UserId(1))
    assert labels(answer)[0] == "📝 Entries"


async def test_a_forged_button_of_a_player_is_turned_down() -> None:
    answer = await opened(evening(), role=Role.PLAYER)
    assert answer.screen is None and answer.alert and answer.toast


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_the_fullest_page_can_be_sent(language: str) -> None:
    venue = Venue(id=3, name="🏟" * 64, time_zone="Asia/Tashkent")
    sessions = [
        evening(2**63 - 1 - n, venue=venue, waitlisted=99, status=SESSION_STATUS_CANCELLED)
        for n in range(PAGE * 2)
    ]
    answer = await handlers.turned(
        organiser(Pages(sessions), language=language, role=Role.ADMIN), ShowDays(span=-9)
    )
    assert faults(answer) == []
    assert faults(await opened(evening(2**63 - 1, venue=venue), 99, language=language)) == []

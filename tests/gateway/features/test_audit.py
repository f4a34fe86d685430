"""Who did what, read by organisers and admins."""

from __future__ import annotations

from typing import Any

import pytest
from fotbot.common.v1.audit_pb2 import AuditEntry
from fotbot.sessions.v1 import league_service_pb2 as wire
from fotbot.users.v1 import user_pb2, users_service_pb2

from services.gateway.answers import Answer
from services.gateway.calls import Role
from services.gateway.features.audit import handlers, screens
from services.gateway.features.audit.callbacks import OpenAudit, OpenPeopleAudit
from services.gateway.features.audit.handlers import PAGE
from services.gateway.rendering import faults
from services.gateway.texts import texts_for
from tests.fakes.asking import NOW, Desk
from tests.fakes.evenings import stamp

PEOPLE = [user_pb2.Person(id=7, name="<Ali>"), user_pb2.Person(id=8, name="Vali")]


def deed(id_: int = 5, **changed: Any) -> AuditEntry:
    known = {"at": stamp(NOW), "actor_id": 7, "action": "entry.reject", "session_id": 12}
    return AuditEntry(id=id_, **{**known, **changed})


def desk_with(*entries: AuditEntry) -> Desk:
    desk = Desk()
    desk.league.answers["ListAudit"] = wire.ListAuditResponse(entries=entries)
    desk.users.answers["ListAudit"] = users_service_pb2.ListAuditResponse(entries=entries)
    desk.users.answers["ListPeople"] = users_service_pb2.ListPeopleResponse(people=PEOPLE)
    return desk


def text(answer: Answer) -> str:
    assert answer.screen
    return answer.screen.text


def labels(answer: Answer) -> list[str]:
    assert answer.screen
    return [button.text for row in answer.screen.buttons for button in row]


async def test_a_sessions_deeds_are_told_with_names_and_words() -> None:
    desk = desk_with(deed(subject_id=8, note="<late>"), deed(4, action="session.create"))
    answer = await handlers.of_sessions(desk.call(role=Role.ORGANISER), OpenAudit(session_id=12))
    assert text(answer) == (
        "📜 <b>Who did what in this session</b>\n\n"
        "Tue, 24 Nov 14:00 · <b>&lt;Ali&gt;</b>\n"
        "took an entry off · 👤 Vali · “&lt;late&gt;”\n\n"
        "Tue, 24 Nov 14:00 · <b>&lt;Ali&gt;</b>\nopened the session"
    )
    assert labels(answer) == ["« Back"]


async def test_a_deed_newer_than_this_code_is_told_as_it_is() -> None:
    desk = desk_with(deed(action="moon.landing"))
    answer = await handlers.of_sessions(desk.call(), OpenAudit(session_id=12))
    assert "moon.landing" in text(answer)


@pytest.mark.parametrize(
    ("action", "note", "told"),
    [
        ("session.edit", "price 40000 > 0, capacity 12 > 14", "price 40000 &gt; 0, places 12"),
        (
            "session.edit",
            "starts_at 2026-11-25 15:00 > 2026-11-25 16:00",
            "start 25.11.2026 20:00 &gt; 25.11.2026 21:00",
        ),
        ("session.edit", "venue A, B > price", "venue A, B &gt; price"),
        ("session.edit", "starts_at 2026-99-99 15:00", "start 2026-99-99 15:00"),
        ("settings.edit", "payee, default_price", "who is paid, usual price"),
        ("attendance.mark", "came", "“came”"),
        ("attendance.mark", "did not come", "“did not come”"),
        ("entry.reject", "price", "“price”"),
    ],
)
async def test_notes_are_told_in_words_and_by_the_clock(action: str, note: str, told: str) -> None:
    desk = desk_with(deed(action=action, note=note))
    answer = await handlers.of_sessions(desk.call(), OpenAudit(session_id=12))
    assert told in text(answer)


async def test_a_services_own_words_are_told_in_the_readers_language() -> None:
    desk = desk_with(deed(action="attendance.mark", note="did not come"))
    answer = await handlers.of_sessions(desk.call(language="ru"), OpenAudit(session_id=12))
    assert "«не пришёл»" in text(answer)


async def test_all_sessions_deeds_say_which_session() -> None:
    answer = await handlers.of_sessions(desk_with(deed()).call(role=Role.ADMIN), OpenAudit())
    assert "took an entry off · session 12" in text(answer)
    assert labels(answer) == ["👤 Roles and accounts", "« Back"]


async def test_older_deeds_are_a_page_further() -> None:
    desk = desk_with(*[deed(n) for n in range(100, 100 - PAGE - 1, -1)])
    answer = await handlers.of_sessions(desk.call(), OpenAudit(session_id=12))
    assert answer.screen
    oldest = 100 - PAGE + 1
    assert answer.screen.buttons[0][0].data == OpenAudit(session_id=12, before_id=oldest)
    asked = OpenAudit(session_id=12, before_id=50)
    answer = await handlers.of_sessions(desk.call(), asked)
    request = desk.league.requests[-1]
    assert isinstance(request, wire.ListAuditRequest) and request.before_id == 50
    assert labels(answer)[:2] == ["« Newest", "Older »"]


async def test_nothing_done_so_far_is_said() -> None:
    answer = await handlers.of_sessions(desk_with().call(), OpenAudit(session_id=12))
    assert "Nothing so far" in text(answer)


async def test_admins_read_what_was_done_with_people() -> None:
    desk = desk_with(deed(action="role.appoint", session_id=0, subject_id=8))
    answer = await handlers.of_people(desk.call(role=Role.ADMIN), OpenPeopleAudit())
    assert "appointed an organiser · 👤 Vali" in text(answer)
    assert labels(answer) == ["⚽ Of sessions", "« Back"]


async def test_older_deeds_of_people_are_a_page_further() -> None:
    desk = desk_with(*[deed(n) for n in range(100, 100 - PAGE - 1, -1)])
    answer = await handlers.of_people(desk.call(role=Role.ADMIN), OpenPeopleAudit(before_id=200))
    assert labels(answer)[:2] == ["« Newest", "Older »"]


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_every_action_has_words_and_the_fullest_page_can_be_sent(language: str) -> None:
    texts = texts_for(language)
    assert all(texts(key) for key in screens.ACTIONS.values())
    people = [user_pb2.Person(id=n, name="🏟" * 64) for n in (7, 8)]
    desk = desk_with(
        *[deed(2**63 - 1, subject_id=8, note="👨‍👩‍👧‍👦" * 300, session_id=2**63 - 1)] * (PAGE + 1)
    )
    desk.users.answers["ListPeople"] = users_service_pb2.ListPeopleResponse(people=people)
    call = desk.call(role=Role.ADMIN, language=language)
    assert faults(await handlers.of_sessions(call, OpenAudit())) == []
    assert faults(await handlers.of_people(call, OpenPeopleAudit())) == []

"""What players type, share and press in the chat: refused kindly, escaped, and kept once."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from fotbot.sessions.v1.session_pb2 import (
    REGISTRATION_STATUS_CONFIRMED,
    REGISTRATION_STATUS_PENDING,
)

from services.gateway.features.approvals.callbacks import ApproveEntry
from services.gateway.features.create_session.screens import STEPS
from services.gateway.features.edit_session.callbacks import CancelSession
from services.gateway.features.evening.callbacks import StartEvening
from services.gateway.features.organisers.callbacks import Appoint
from services.gateway.features.sessions.callbacks import JoinSession, LeaveSession
from tests.badinput.door import EN, Visitor, bugs, first_line
from tests.badinput.rough_city import Rough
from tests.e2e.league import IDS, league
from tests.e2e.webhook import message, tap, until_done

HOLDING = (REGISTRATION_STATUS_PENDING, REGISTRATION_STATUS_CONFIRMED)
PLACE = re.compile(r"(?:place|number) (\d+)")


@pytest_asyncio.fixture(autouse=True)
async def no_bug(rough: Rough) -> Any:
    """Whatever is said, no process logs an error."""
    before = rough.errors()
    yield
    assert not bugs(rough, before)


@pytest.mark.parametrize(
    "data", [JoinSession(session_id=99_999), JoinSession(session_id=2**63 - 1)]
)
async def test_a_button_of_no_session_is_refused(rough: Rough, data: JoinSession) -> None:
    visitor = Visitor(rough=rough)
    await visitor.signs_up()
    assert await visitor.presses(data) == EN.refusal("SESSION_NOT_FOUND")


async def test_a_forwarded_keyboard_gives_nobody_its_owners_rights(rough: Rough) -> None:
    async with league(rough.city) as made:
        session = await made.session(capacity=5)
        victim, visitor = await made.member(), Visitor(rough=rough)
        await visitor.signs_up()
        for data in (
            CancelSession(session_id=session.id),
            StartEvening(session_id=session.id),
            ApproveEntry(entry_id=1),
            Appoint(user_id=victim.user_id),
        ):
            await visitor.presses(data)
        seen = (await made.seen(session.id, victim)).session
        assert seen.status == session.status


async def test_a_stale_button_says_so_and_changes_nothing(rough: Rough) -> None:
    async with league(rough.city) as made:
        organiser = await made.organiser()
        session = await made.session(capacity=5, organiser=organiser)
        await Visitor(rough=rough, telegram_id=organiser.telegram_id).presses(
            CancelSession(session_id=session.id)
        )
        visitor = Visitor(rough=rough)
        await visitor.signs_up()
        toast = await visitor.presses(JoinSession(session_id=session.id))
        assert toast and not PLACE.search(toast)
        late = tap(visitor.telegram_id, JoinSession(session_id=session.id))
        late["callback_query"]["message"]["date"] = 0
        assert (await visitor.gives(late)).toast == toast
        assert (await made.seen(session.id, organiser)).session.taken == 0


async def test_twenty_presses_are_one_place(rough: Rough) -> None:
    async with league(rough.city) as made:
        session, member = await made.session(capacity=5), await made.member()
        taps = [tap(member.telegram_id, JoinSession(session_id=session.id)) for _ in range(20)]
        await asyncio.gather(*(deliver_all(rough, one) for one in taps))
        assert (await made.seen(session.id, member)).session.taken == 1


async def test_join_and_leave_pressed_together_end_in_one_of_both_orders(rough: Rough) -> None:
    async with league(rough.city) as made:
        session, member = await made.session(capacity=5), await made.member()
        for _ in range(5):
            data = (JoinSession(session_id=session.id), LeaveSession(session_id=session.id))
            await asyncio.gather(*(deliver_all(rough, tap(member.telegram_id, d)) for d in data))
            view = await made.seen(session.id, member)
            assert view.session.taken in (0, 1)
            assert view.session.taken == (view.registration.status in HOLDING)


async def deliver_all(rough: Rough, update: Any) -> Any:
    return await until_done(rough.city.http, rough.city.layout.webhook_url, update)


async def test_a_card_that_is_not_the_persons_own_proves_nothing(rough: Rough) -> None:
    visitor = Visitor(rough=rough)
    await visitor.at_the_phone()
    refused = EN.refusal("CONTACT_NOT_OWN")
    phone = "+998971234567"
    assert refused in await visitor.shares(phone, user_id=visitor.telegram_id + 1)
    assert refused in await visitor.shares(phone, user_id=None)
    assert refused in await visitor.shares(phone, user_id=None, forward_date=1)
    assert await rough.count("SELECT count(*) FROM people WHERE phone = $1", phone) == 0


@pytest.mark.parametrize("phone", ["", "abc", "+", "12", "9" * 40, "+998 90 12", "\u0661\u0662"])
async def test_what_is_no_phone_is_refused(rough: Rough, phone: str) -> None:
    visitor = Visitor(rough=rough)
    await visitor.at_the_phone()
    assert EN.refusal("PHONE_INVALID") in await visitor.shares(phone)


async def test_a_phone_in_any_writing_is_one_phone_and_is_never_logged(rough: Rough) -> None:
    first, second = Visitor(rough=rough), Visitor(rough=rough)
    await first.at_the_phone()
    assert first_line("onboarding.done") in await first.shares("+998 (93) 765-43-21")
    await second.at_the_phone()
    told = await second.shares(
        "\u0669\u0669\u0668\u0669\u0663\u0667\u0666\u0665\u0664\u0663\u0662\u0661"
    )
    assert "could not be accepted" in told
    assert "937654321" not in rough.logged() and "765-43-21" not in rough.logged()


NAMES = {
    "a megabyte": "x" * 900_000,
    "marks": "a" + "\u0301" * 5000,
    "html": "<b>x</b> & <a href='tg://user?id=1'>y</a>",
    "markdown": "*bold* [x](http://evil.example) @all _y_ `z`",
    "sql": "'; DROP TABLE people; -- 100%_\\",
    "control": "red\r\n\x1b[31m\u202e\u2066line",
}


@pytest.mark.parametrize("what", NAMES)
async def test_a_name_of_any_letters_is_short_and_plain_text(rough: Rough, what: str) -> None:
    visitor = Visitor(rough=rough)
    told = await visitor.signs_up(NAMES[what])
    shown = told.removeprefix(first_line("onboarding.done")).splitlines()[0]
    assert len(shown) < 500
    assert set(re.findall(r"<[^>]*>", shown)) <= {"<b>", "</b>"}
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\u2066]", told)
    assert "\x1b[31m" not in rough.logged()


async def ask_session(visitor: Visitor, answers: list[str]) -> str:
    told = await visitor.says("/create")
    for answer in answers:
        told = await visitor.says(answer)
    return told


def step(number: int) -> str:
    return EN("create.title", step=number, steps=len(STEPS))


@pytest.mark.parametrize(
    ("number", "wrong"),
    [
        (2, ["yesterday", "29.02.2027", "31.12.9999", "01.01.2020", "0.0.0", "99.99.9999"]),
        (3, ["25:61", "24:00", "noon", "-1:00", "\u0661\u0662:00"]),
        (4, ["0", "-5", "1.5", "100000", "ten", "\u0665\u0660"]),
        (7, ["-1", "1000000000000", "1.5", "ten", "True", "\u0665"]),
        (8, ["0", "1", "101", "-7", "1.5", "1e2", "\u0661\u0660"]),
    ],
)
async def test_numbers_days_and_times_that_cannot_be_are_asked_again(
    rough: Rough, number: int, wrong: list[str]
) -> None:
    async with league(rough.city) as made:
        organiser = await made.organiser()
    visitor = Visitor(rough=rough, telegram_id=organiser.telegram_id)
    day = datetime.now(UTC) + timedelta(days=20)
    good = [f"Ground {next(IDS)}", f"{day:%d.%m.%Y}", "20:00", "90", "5", "7", "40000", "10"]
    told = await ask_session(visitor, good[: number - 1])
    order = {key: place for place, key in enumerate(STEPS, 1)}
    assert step(number) in told, (told, order)
    for answer in wrong:
        assert step(number) in await visitor.says(answer), answer
    assert step(number + 1) in await visitor.says(good[number - 1])


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": {"file_id": "x", "file_unique_id": "y", "type": "regular", "width": 1,
                     "height": 1, "is_animated": False, "is_video": False}},
        {"voice": {"file_id": "x", "file_unique_id": "y", "duration": 1}},
        {"location": {"latitude": 1.0, "longitude": 2.0}},
        {"dice": {"emoji": "\N{GAME DIE}", "value": 3}},
        {"photo": [{"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}]},
        {"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0,
                  "is_closed": False, "is_anonymous": True, "type": "regular",
                  "allows_multiple_answers": False, "allows_revoting": False,
                  "members_only": False}},
    ],
    ids=lambda content: next(iter(content)),
)  # fmt: skip
async def test_where_words_are_due_anything_else_is_asked_again(
    rough: Rough, content: dict[str, Any]
) -> None:
    visitor = Visitor(rough=rough)
    await visitor.at_the_name()
    assert EN("typed.name") in await visitor.sends(**content)
    assert first_line("onboarding.phone") in await visitor.says("Somebody")


async def test_an_edited_message_is_as_good_as_a_new_one(rough: Rough) -> None:
    visitor = Visitor(rough=rough)
    await visitor.at_the_name()
    edited = message(visitor.telegram_id, "Edited")
    edited["edited_message"] = edited.pop("message")
    told = (await visitor.gives(edited)).body["text"]
    assert first_line("onboarding.phone") in told

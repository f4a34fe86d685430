"""Admins look at who asks for an account of before, and say yes or no."""

from datetime import timedelta
from typing import Any

import pytest
from fotbot.sender.v1 import notice_pb2, sender_service_pb2
from fotbot.users.v1 import user_pb2
from fotbot.users.v1 import users_service_pb2 as wire

from services.chassis.errors import Kind, RemoteRefusal, Unanswered
from services.gateway.answers import Answer
from services.gateway.features.moves import handlers, screens
from services.gateway.features.moves.callbacks import DecideMove, ListMoves, OpenMove
from services.gateway.rendering import faults
from services.gateway.texts import LANGUAGES, texts_for
from tests.fakes.asking import NOW, Desk

VALI = user_pb2.Person(id=3, name="<Vali>", role=user_pb2.ROLE_ORGANISER)


def wish(number: int, **changed: Any) -> user_pb2.AccountMove:
    made = user_pb2.AccountMove(**{"id": number, "person": VALI, "asked_as": "V.", **changed})
    made.asked_at.FromDatetime(NOW - timedelta(days=2))
    return made


def desk(*waiting: user_pb2.AccountMove, **answers: Any) -> Desk:
    made = Desk()
    made.users.answers["ListMoves"] = wire.ListMovesResponse(moves=waiting)
    made.users.answers.update(answers)
    made.sender.answers["SendNotices"] = sender_service_pb2.SendNoticesResponse(accepted=1)
    return made


def text(answer: Answer) -> str:
    assert answer.screen
    return answer.screen.text


def labels(answer: Answer) -> list[str]:
    assert answer.screen
    return [button.text for row in answer.screen.buttons for button in row]


async def test_wishes_are_listed_with_who_was_known_and_who_asks() -> None:
    answer = await handlers.listed(desk(wish(5), wish(6, asked_as="")).call(), ListMoves())
    assert labels(answer) == ["<Vali> ← V.", "<Vali> ← Player", "« Back"]


async def test_without_wishes_the_list_says_so() -> None:
    assert text(await handlers.listed(desk().call(), ListMoves())) == "🔁 No requests are waiting."


async def test_a_wish_is_looked_at_before_it_is_decided() -> None:
    made = desk(wish(5), wish(6))
    answer = await handlers.opened(made.call(), OpenMove(move_id=6))
    assert "<b>&lt;Vali&gt;</b>\n📋 Organiser" in text(answer) and "asked 2 days ago" in text(
        answer
    )
    assert answer.screen
    assert [row[0].data for row in answer.screen.buttons] == [
        DecideMove(move_id=6, approved=True),
        DecideMove(move_id=6, approved=False),
        ListMoves(),
    ]
    assert made.writes == 0


async def test_a_wish_that_is_gone_leads_to_those_that_wait() -> None:
    answer = await handlers.opened(desk(wish(5)).call(), OpenMove(move_id=6))
    assert answer.toast == "This request has been decided already."
    assert labels(answer) == ["<Vali> ← V.", "« Back"]


async def test_after_a_yes_the_person_is_told_where_he_is_now() -> None:
    made = desk(DecideMove=wire.DecideMoveResponse(person=VALI))
    answer = await handlers.decided(made.call(), DecideMove(move_id=6, approved=True))
    [request] = made.sender.requests
    assert isinstance(request, sender_service_pb2.SendNoticesRequest)
    [notice] = request.notices
    assert (notice.notice_id, notice.user_id) == ("move:6", 3)
    assert notice.kind == notice_pb2.NOTICE_KIND_ACCOUNT_MOVED
    assert answer.toast == "✅ <Vali> is at the new account now"


async def test_a_yes_whose_notice_nobody_took_is_not_answered_yet() -> None:
    made = desk(DecideMove=wire.DecideMoveResponse(person=VALI))
    made.sender.answers["SendNotices"] = Unanswered("no answer")
    with pytest.raises(Unanswered):
        await handlers.decided(made.call(), DecideMove(move_id=6, approved=True))


async def test_after_a_no_nobody_is_told() -> None:
    made = desk(DecideMove=wire.DecideMoveResponse(person=VALI))
    answer = await handlers.decided(made.call(), DecideMove(move_id=6, approved=False))
    assert made.sender.requests == [] and answer.toast == "The request is turned down: <Vali>"


@pytest.mark.parametrize("reason", ["MOVE_DECIDED", "MOVE_NOT_FOUND"])
async def test_a_stale_decision_shows_what_still_waits(reason: str) -> None:
    made = desk(wish(5), DecideMove=RemoteRefusal(Kind.CONFLICT, reason, {}))
    answer = await handlers.decided(made.call(), DecideMove(move_id=6, approved=True))
    assert answer.toast and labels(answer) == ["<Vali> ← V.", "« Back"]


@pytest.mark.parametrize("reason", ["NOT_ALLOWED", "MOVE_LAPSED"])
async def test_any_other_refusal_is_told_as_it_is(reason: str) -> None:
    made = desk(DecideMove=RemoteRefusal(Kind.CONFLICT, reason, {}))
    with pytest.raises(RemoteRefusal):
        await handlers.decided(made.call(), DecideMove(move_id=6, approved=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_list_and_card_fit_into_a_message(language: str) -> None:
    person = user_pb2.Person(id=2**62, name="🏟" * 500, role=user_pb2.ROLE_ADMIN)
    wishes = [wish(2**62 + n, person=person, asked_as="🏟" * 500) for n in range(50)]
    texts = texts_for(language)
    for screen in (screens.listing(wishes, texts), screens.card(wishes[0], NOW, texts)):
        assert faults(Answer(screen=screen)) == []

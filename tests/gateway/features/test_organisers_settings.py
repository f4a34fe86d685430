"""An organiser sets who is paid and where, and the price that is offered first."""

from __future__ import annotations

from typing import Any

import pytest
from fotbot.sessions.v1 import league_service_pb2 as wire

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.calls import Role
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Said
from services.gateway.features.settings import handlers
from services.gateway.features.settings.callbacks import ChoosePrice, EditSetting, OpenSettings
from services.gateway.features.settings.router import FEATURE
from services.gateway.rendering import faults
from tests.fakes.asking import Desk

DETAILS = wire.PaymentDetails(payee="<Ali>", requisites="8600 1234\nHumo 9860")


def desk_with(details: wire.PaymentDetails | None = None, price: int = 40_000) -> Desk:
    desk = Desk()
    settings = wire.OrganiserSettings(details=details, default_price=price)
    desk.league.answers["GetOrganiserSettings"] = wire.GetOrganiserSettingsResponse(
        settings=settings
    )
    desk.league.answers["EditOrganiserSettings"] = wire.EditOrganiserSettingsResponse(
        settings=settings
    )
    return desk


def organiser(desk: Desk, step: str = "", **person: Any) -> Any:
    conversation = at(step) if step else None
    return desk.call(conversation, **{"role": Role.ORGANISER, **person})


def at(step: str) -> Conversation:
    return Conversation(name="settings", step=step)


def text(answer: Answer) -> str:
    assert answer.screen
    return answer.screen.text


def edits(desk: Desk) -> list[wire.EditOrganiserSettingsRequest]:
    return [
        request
        for request in desk.league.requests
        if isinstance(request, wire.EditOrganiserSettingsRequest)
    ]


async def test_what_is_set_is_shown_whole() -> None:
    answer = await handlers.opened(organiser(desk_with(DETAILS, 0)), OpenSettings())
    assert text(answer) == (
        "⚙️ <b>My settings</b>\n\n"
        "👤 Who is paid: <b>&lt;Ali&gt;</b>\n\n"
        "💳 Where to pay:\n8600 1234\nHumo 9860\n\n"
        "💰 Usual price: free"
    )


async def test_until_something_is_set_the_leagues_details_are_said_to_hold() -> None:
    answer = await handlers.opened(organiser(desk_with()), OpenSettings())
    assert "not set" in text(answer) and "the league's own details" in text(answer)


@pytest.mark.parametrize("field", ["payee", "requisites", "price"])
async def test_each_can_be_asked_for(field: str) -> None:
    answer = await handlers.asked(organiser(desk_with()), EditSetting(field=field))
    assert answer.conversation == at(field)


async def test_a_forged_field_is_stale() -> None:
    answer = await handlers.asked(organiser(desk_with()), EditSetting(field="role"))
    assert answer.conversation is None and answer.toast


async def test_a_typed_name_is_saved_on_one_line() -> None:
    desk = desk_with(DETAILS)
    answer = await handlers.said(organiser(desk, "payee"), Said(text=" Ali\nValiyev "))
    [request] = edits(desk)
    assert request.payee == "Ali Valiyev" and not request.HasField("requisites")
    assert answer.conversation is ENDED and text(answer).startswith("✅ Saved")


async def test_typed_details_keep_their_lines() -> None:
    desk = desk_with(DETAILS)
    await handlers.said(organiser(desk, "requisites"), Said(text=" 8600\n\n 9860 "))
    [request] = edits(desk)
    assert request.requisites == "8600\n9860" and not request.HasField("payee")


@pytest.mark.parametrize("said", [Said(text="35 000"), Said(text="35000")])
async def test_a_typed_price_is_saved(said: Said) -> None:
    desk = desk_with()
    await handlers.said(organiser(desk, "price"), said)
    [request] = edits(desk)
    assert request.default_price == 35_000


async def test_a_pressed_price_is_saved() -> None:
    desk = desk_with()
    asked = await handlers.asked(organiser(desk), EditSetting(field="price"))
    assert asked.screen and asked.screen.buttons[0][0].data == ChoosePrice(value="40000")
    answer = await handlers.chosen(organiser(desk, "price"), ChoosePrice(value="0"))
    [request] = edits(desk)
    assert request.HasField("default_price") and request.default_price == 0
    assert answer.conversation is ENDED


@pytest.mark.parametrize("step", ["payee", ""])
async def test_a_pressed_price_at_another_step_is_stale(step: str) -> None:
    desk = desk_with()
    answer = await handlers.chosen(organiser(desk, step), ChoosePrice(value="0"))
    assert answer.toast and desk.writes == 0


@pytest.mark.parametrize(
    ("step", "said", "problem"),
    [
        ("payee", Said(), "Type who is paid"),
        ("payee", Said(photo="file"), "Type who is paid"),
        ("requisites", Said(text="x" * 301), "Type where to pay"),
        ("requisites", Said(text="\u200e\n"), "Type where to pay"),
        ("price", Said(text="a lot"), "Type the price"),
        ("price", Said(text="-5"), "Type the price"),
        ("price", Said(), "Type the price"),
    ],
)
async def test_what_cannot_be_set_is_asked_again(step: str, said: Said, problem: str) -> None:
    desk = desk_with()
    answer = await handlers.said(organiser(desk, step), said)
    assert answer.conversation == at(step) and desk.writes == 0
    assert f"⚠️ {problem}" in text(answer)


async def test_a_removed_organisers_conversation_ends() -> None:
    desk = desk_with()
    desk.league.answers["EditOrganiserSettings"] = RemoteRefusal(Kind.FORBIDDEN, "NOT_ALLOWED", {})
    answer = await FEATURE.steps["settings.payee"](organiser(desk, "payee"), Said(text="Ali"))
    assert answer.conversation is ENDED and "not allowed" in text(answer)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_the_longest_settings_can_be_sent(language: str) -> None:
    family = "👨‍👩‍👧‍👦"
    details = wire.PaymentDetails(payee=family * 64, requisites=family * 300)
    call = organiser(desk_with(details, 10_000_000), language=language)
    assert faults(await handlers.opened(call, OpenSettings())) == []
    for field in ("payee", "requisites", "price"):
        assert faults(await handlers.asked(call, EditSetting(field=field))) == []

"""A conversation that can lead nowhere any more ends; one that can goes on."""

import pytest
from fotbot.sessions.v1 import sessions_service_pb2

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.create_session.router import FEATURE as CREATE_SESSION
from services.gateway.features.edit_session.router import FEATURE as EDIT_SESSION
from services.gateway.features.ending import FINAL
from services.gateway.features.feature import Feature, Said
from services.gateway.features.organisers.router import FEATURE as ORGANISERS
from services.gateway.features.teams.router import FEATURE as TEAMS
from services.gateway.texts import texts_for
from tests.fakes.asking import Desk

EDITING = {"session": "12", "zone": "Asia/Tashkent", "minutes": "90"}


@pytest.mark.parametrize(
    ("feature", "step", "method", "reason"),
    [
        (TEAMS, "team.name", "CreateTeam", "ALREADY_CAPTAIN"),
        (ORGANISERS, "organisers.find", "FindPeople", "NOT_ALLOWED"),
        (CREATE_SESSION, "create.venue", "CreateVenue", "NOT_ALLOWED"),
        (EDIT_SESSION, "edit.price", "EditSession", "SESSION_STARTED"),
    ],
)
async def test_a_refusal_that_no_answer_changes_ends_the_conversation(
    feature: Feature, step: str, method: str, reason: str
) -> None:
    desk = refusing(method, reason)
    name, at = step.split(".")
    call = desk.call(Conversation(name=name, step=at, data=EDITING))
    answer = await feature.steps[step](call, Said(text="100"))
    assert answer.conversation is ENDED
    assert answer.screen and answer.screen.text == texts_for("en").refusal(reason)


async def test_a_refusal_of_the_answer_leaves_the_step() -> None:
    call = refusing("EditSession", "CAPACITY_BELOW_TAKEN").call(
        Conversation(name="edit", step="capacity", data=EDITING)
    )
    with pytest.raises(RemoteRefusal):
        await EDIT_SESSION.steps["edit.capacity"](call, Said(text="2"))


def test_every_final_refusal_has_a_text() -> None:
    assert all(texts_for("uz").plain(f"error.{reason}") for reason in FINAL)


def refusing(method: str, reason: str) -> Desk:
    desk = Desk()
    for stub in (desk.users, desk.sessions, desk.teams):
        stub.answers[method] = RemoteRefusal(Kind.CONFLICT, reason, {})
    desk.sessions.answers["ListVenues"] = sessions_service_pb2.ListVenuesResponse()
    return desk

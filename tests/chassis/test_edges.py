"""The table of who may call what: all of the wire is in it; persons speak by the gateway alone."""

from __future__ import annotations

import pytest
from fotbot.sender.v1 import sender_service_pb2
from fotbot.sessions.v1 import (
    entries_service_pb2,
    league_service_pb2,
    matches_service_pb2,
    sessions_import_service_pb2,
    sessions_service_pb2,
)
from fotbot.teams.v1 import sides_service_pb2, teams_import_service_pb2, teams_service_pb2
from fotbot.users.v1 import users_import_service_pb2, users_service_pb2
from google.protobuf.descriptor import MethodDescriptor

from services.chassis import edges
from services.gateway.clients import BATCHED
from services.local.roles import ROLES

FILES = (
    sender_service_pb2,
    entries_service_pb2,
    league_service_pb2,
    matches_service_pb2,
    sessions_import_service_pb2,
    sessions_service_pb2,
    sides_service_pb2,
    teams_import_service_pb2,
    teams_service_pb2,
    users_import_service_pb2,
    users_service_pb2,
)
METHODS: dict[str, MethodDescriptor] = {
    f"{service.full_name}/{method.name}": method
    for file in FILES
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}
OTHERS = [name for name in (*(role.name for role in ROLES), "operator") if name != edges.GATEWAY]
FORWARDED = {"fotbot.teams.v1.SidesService/FormSides", "fotbot.teams.v1.TeamsService/GetTeam"}
"""What sessions asks in the name of the person whose call it serves."""

PERSONS = ("write", "actor_id", "viewer_id", "items")


def speaks_for_a_person(method: str) -> bool:
    fields = METHODS[method].input_type.fields_by_name
    return any(name in fields for name in PERSONS) and not method.endswith("/BatchGetRoles")


def test_every_method_in_the_table_is_on_the_wire() -> None:
    named = edges.NOT_FOR_PEOPLE.union(*edges.BY_ROLE.values())
    assert named <= set(METHODS)
    services = {method.partition("/")[0] for method in METHODS}
    assert services - edges.FOR_PEOPLE == {
        name for name in services if name.endswith("ImportService")
    }


def test_every_role_of_the_system_is_in_the_table_or_calls_nobody() -> None:
    assert set(edges.BY_ROLE) == set(OTHERS) - {"users"}


def test_only_the_gateway_speaks_for_a_person() -> None:
    for role in OTHERS:
        for method in METHODS:
            if edges.may_call(role, method) and speaks_for_a_person(method):
                assert role == "sessions" and method in FORWARDED, (role, method)


def test_what_the_gateway_may_not_call_somebody_else_may() -> None:
    for method in edges.NOT_FOR_PEOPLE:
        assert not edges.may_call(edges.GATEWAY, method)
        assert any(edges.may_call(role, method) for role in OTHERS), method


def test_the_gateway_may_call_all_that_people_do_and_the_batches_of_it() -> None:
    for method in METHODS:
        service, _, name = method.partition("/")
        if "write" in METHODS[method].input_type.fields_by_name and name != "FormSides":
            assert edges.may_call(edges.GATEWAY, method), method
        assert edges.may_call(edges.GATEWAY, method) is not (
            service.endswith("ImportService") or method in edges.NOT_FOR_PEOPLE
        )
    for hot in BATCHED.values():
        for request in hot.values():
            batch = request.DESCRIPTOR.name.removesuffix("Request")
            assert any(method.endswith(f"/{batch}") for method in METHODS)


@pytest.mark.parametrize("role", ["", "admin", "gateway2", "GATEWAY", "move-in", "users"])
def test_a_role_that_is_none_may_call_nothing(role: str) -> None:
    assert not any(edges.may_call(role, method) for method in METHODS)


@pytest.mark.parametrize(
    ("role", "methods"),
    [
        ("operator", {"fotbot.sessions.v1.SessionsService/ListOpenings"}),
        (
            "teams-worker",
            {
                "fotbot.sender.v1.SenderService/SendNotices",
                "fotbot.users.v1.UsersService/ListErasures",
            },
        ),
    ],
)
def test_who_needs_one_method_has_one(role: str, methods: set[str]) -> None:
    assert {method for method in METHODS if edges.may_call(role, method)} == methods

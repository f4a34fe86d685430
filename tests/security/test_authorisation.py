"""Who may do what: role by method by ownership, played to the owning services over gRPC and
Postgres; every method of the wire has its row."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator
from typing import Any

import fotbot
import pytest
import pytest_asyncio
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor

from services.chassis.edges import BY_ROLE, may_call
from services.chassis.errors import RemoteRefusal
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from tests.security import rows_evenings, rows_sessions, rows_teams, rows_users
from tests.security.cast import Cast, Who, cast
from tests.security.land import Land, opened
from tests.security.rows import NOT_ALLOWED, Machine, Row

TABLES = (rows_users, rows_teams, rows_sessions, rows_evenings)
ROWS: list[Row] = [row for table in TABLES for row in table.ROWS]
MACHINES: list[Machine] = [row for table in TABLES for row in table.MACHINES]
PROCESSES = {"gateway", "users", *BY_ROLE}
ACTORS = {"actor_id", "viewer_id", "write"}
AUDITED = {NOT_ALLOWED, "CONTACT_NOT_OWN"}
IMPORTS = [row.method for row in MACHINES if "ImportService/" in row.method]


@pytest_asyncio.fixture(scope="module")
async def land(postgres: PostgresPair, valkey: ValkeyCluster) -> AsyncIterator[Land]:
    async with opened(postgres, valkey.url) as running:
        yield running


def methods() -> Iterator[MethodDescriptor]:
    """All that any of our services can be asked."""
    for module in pkgutil.walk_packages(fotbot.__path__, "fotbot."):
        if module.name.endswith("_service_pb2"):
            services = importlib.import_module(module.name).DESCRIPTOR.services_by_name
            for service in services.values():
                yield from service.methods


def names_an_actor(method: MethodDescriptor) -> bool:
    """Whether the request says who asks, or its items do."""
    fields: dict[str, FieldDescriptor] = dict(method.input_type.fields_by_name)
    if "items" in fields:
        item = fields["items"].message_type.fields_by_name["request"].message_type
        fields |= dict(item.fields_by_name)
    return bool(fields.keys() & ACTORS)


def full(method: MethodDescriptor) -> str:
    return f"{method.containing_service.full_name}/{method.name}"


def test_every_method_has_its_row_and_those_that_name_an_actor_one_by_person() -> None:
    by_person = {full(method) for method in methods() if names_an_actor(method)}
    assert {row.method for row in ROWS} == by_person
    assert {row.method for row in MACHINES} == {full(one) for one in methods()} - by_person


@pytest.mark.parametrize("row", [*ROWS, *MACHINES], ids=str)
def test_only_these_processes_may_bring_it(row: Row | Machine) -> None:
    assert {role for role in PROCESSES if may_call(role, row.method)} == row.callers


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_who_may_do_it_and_nobody_else(land: Land, row: Row) -> None:
    people = await cast(land)
    thing = await row.given(people)
    expected = row.expected()
    await land.refused()
    # Those who are refused first: they change nothing for the others.
    order = sorted(Who, key=lambda who: not expected[who])
    found = {}
    for who in order:
        if row.anew and not expected[who]:
            thing = await row.given(people)
        found[who] = await outcome(people, row.method, row.ask(people, thing, who))
    assert found == expected
    tried = row.method.rpartition("/")[2]
    forbidden = [people.id(who) for who, reason in expected.items() if reason in AUDITED]
    kept = [actor for actor, method in await land.refused() if method == tried]
    assert kept == sorted(forbidden)


@pytest.mark.parametrize("method", IMPORTS)
async def test_nothing_is_moved_in_where_that_is_not_asked_for(land: Land, method: str) -> None:
    [asked] = [one.input_type for one in methods() if full(one) == method]
    module = importlib.import_module(
        asked.file.name.removesuffix(".proto").replace("/", ".") + "_pb2"
    )
    with pytest.raises(RemoteRefusal) as refusal:
        await land.call(method, getattr(module, asked.name)())
    assert refusal.value.reason == "IMPORT_DISABLED"


async def outcome(people: Cast, method: str, request: Any) -> str:
    """Empty for yes, or why not; of a batch of one, its item's."""
    try:
        answer = await people.land.call(method, request)
    except RemoteRefusal as refusal:
        return refusal.reason
    items = getattr(answer, "items", None) if hasattr(request, "items") else None
    return str(items[0].error.reason) if items else ""

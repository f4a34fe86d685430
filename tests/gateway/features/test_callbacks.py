"""The buttons' data: 64 bytes at the most, one prefix each, forgeries refused."""

import importlib
import importlib.util
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from aiogram.filters.callback_data import CallbackData
from hypothesis import given
from hypothesis import strategies as st

from services.gateway import features
from services.gateway.features.feature import Feature
from services.gateway.features.ids import carrying
from services.gateway.features.paying.callbacks import MOST_COUPONS
from services.gateway.features.sessions.callbacks import (
    LAST_PAGE,
    JoinSession,
    OpenSession,
    ShowPage,
)
from services.gateway.features.teams.callbacks import JoinTeam
from services.gateway.message_json import packed
from services.gateway.sender.buttons import OPEN_SESSION

LIMIT = 64


class Word(CallbackData, prefix="w"):
    text: str


EXTREME: dict[str, Any] = {
    "side_id": 2**63 - 1,
    "shirt": 25,
    "session_id": 2**63 - 1,
    "team_id": 2**63 - 1,
    "user_id": 2**63 - 1,
    "broadcast_id": 2**63 - 1,
    "index": LAST_PAGE,
    "token": "x" * 22,
    "code": "en",
    "field": "capacity",
    "step": "capacity",
    "value": str(2**63 - 1),
    "count": MOST_COUPONS,
    "move_id": 2**63 - 1,
    "approved": False,
    "position": "midfielder",
    "number": 25,
    "topic": "registrations",
    "wanted": False,
    "back": True,
    "span": -260,
    "before_id": 2**63 - 1,
    "entry_id": 2**63 - 1,
    "attended": True,
    "not_received": True,
    "match": 999,
    "side": 9,
    "home": 9,
    "away": 9,
    "scorer": 99,
    "assist": 99,
    "player": 99,
    "last": 2**63 - 1,
    "order": "p",
    "career": True,
    "page": "x" * 16,
}


def routers() -> Iterator[Feature]:
    for found in pkgutil.iter_modules(features.__path__):
        if found.ispkg:
            module = importlib.import_module(f"{features.__name__}.{found.name}.router")
            yield module.FEATURE


def callbacks() -> set[type[CallbackData]]:
    modules = [
        importlib.import_module(f"{features.__name__}.{found.name}.callbacks")
        for found in pkgutil.iter_modules(features.__path__)
        if found.ispkg and importlib.util.find_spec(f"{features.__name__}.{found.name}.callbacks")
    ]
    return {
        member
        for module in modules
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, CallbackData) and member.__module__ == module.__name__
    }


def test_data_fits_into_64_bytes_at_the_most_extreme_values() -> None:
    for kind in callbacks():
        packed = kind(**{name: EXTREME[name] for name in kind.model_fields}).pack()
        assert len(packed.encode()) <= LIMIT, kind
        assert kind.unpack(packed).pack() == packed


def test_data_is_packed_as_aiogram_packs_it() -> None:
    for kind in callbacks():
        data = kind(**{name: EXTREME[name] for name in kind.model_fields})
        assert packed(data) == data.pack()


@pytest.mark.parametrize("text", ["", "a:b", "é", "é" * 32, "x" * 64, "x" * 62])
def test_words_are_packed_or_refused_as_aiogram_does(text: str) -> None:
    data = Word(text=text)
    try:
        expected = data.pack()
    except ValueError:
        with pytest.raises(ValueError, match=r"callback data|Separator"):
            packed(data)
    else:
        assert packed(data) == expected


@given(st.integers(1, 2**63 - 1))
def test_an_id_alone_is_packed_without_the_class(id_: int) -> None:
    for kind in callbacks():
        names = list(kind.model_fields)
        if len(names) == 1 and names[0].endswith("_id"):
            given_: dict[str, Any] = {names[0]: id_}
            assert carrying(kind, id_) == kind(**given_).pack()


def test_every_button_leads_to_exactly_one_handler() -> None:
    handled = [kind for feature in routers() for kind in feature.buttons]
    assert len(handled) == len(set(handled))
    assert set(handled) == callbacks()


def test_no_two_buttons_have_the_same_prefix() -> None:
    prefixes = [kind.__prefix__ for kind in callbacks()]
    assert len(prefixes) == len(set(prefixes))


@pytest.mark.parametrize(
    "forged", ["sj:0", "sj:-1", "sj:99999999999999999999", "sj:x", "sj:", "sj"]
)
def test_an_id_that_the_wire_cannot_carry_is_refused(forged: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        JoinSession.unpack(forged)


@pytest.mark.parametrize("forged", ["sl:-1", "sl:200", "sl:١"])
def test_a_page_that_nobody_could_reach_is_refused(forged: str) -> None:
    with pytest.raises(ValueError, match="index"):
        ShowPage.unpack(forged)


@pytest.mark.parametrize("token", ["short", "x" * 23, "x" * 21 + "/", "x" * 21 + "\n"])
def test_an_invitation_of_another_shape_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        JoinTeam.unpack(f"tj:{token}")


def test_commands_links_menus_and_steps_are_claimed_once() -> None:
    for table in ("commands", "deep_links", "menu", "steps"):
        keys = [key for feature in routers() for key in getattr(feature, table)]
        assert len(keys) == len(set(keys)), table


def test_all_commands_are_there() -> None:
    commands = {name for feature in routers() for name in feature.commands}
    told = "start help cancel sessions my team profile top language privacy export delete"
    organising = "create organisers admin broadcast"
    assert commands == {*told.split(), *organising.split()}


def test_a_notices_button_opens_the_session() -> None:
    assert OPEN_SESSION.format(session_id=12) == OpenSession(session_id=12).pack()

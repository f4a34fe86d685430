"""Several persons say, press and share whatever comes to their minds, in any order: after each
step there is an answer, and the state is one that may be."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
from typing import Any
from urllib.parse import urlsplit

import grpc
import pytest
from fotbot.sessions.v1.sessions_service_pb2 import GetSessionRequest, ListMySessionsRequest
from fotbot.sessions.v1.sessions_service_pb2_grpc import SessionsServiceStub
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from services.gateway.features.language.callbacks import ChooseLanguage
from services.gateway.features.sessions.callbacks import JoinSession, LeaveSession, OpenSession
from tests.badinput.amount import SEED, TIMES
from tests.badinput.door import bugs
from tests.badinput.rough_city import Rough
from tests.badinput.score import note
from tests.e2e.city import SECRET
from tests.e2e.league import League, Member, league
from tests.e2e.webhook import HEADER, contact, message, photo, tap
from tests.gateway.features.test_callbacks import callbacks

EXAMPLES, STEPS = 12 * TIMES, 25
CAPACITY = 2
COMMANDS = ("/start", "/sessions", "/my", "/create", "/cancel", "/team", "/profile", "/help",
            "/language", "/admin", "/organisers", "/broadcast", "/top", "/nonsense")  # fmt: skip
TEXTS = (
    "Ali",
    "Tigers",
    "20:00",
    "31.12.2026",
    "10",
    "0",
    "-1",
    "no",
    "yes",
    "x" * 300,
    "<b>",
    "\0",
)
NUMBERS = itertools.count(1)


class Door:
    """The webhook, the session that all look at, and who may be told of, for one run's machines."""

    def __init__(self, rough: Rough, session_id: int, viewer: int) -> None:
        parts = urlsplit(rough.city.layout.webhook_url)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80)
        self._channel = grpc.insecure_channel(rough.city.address("sessions"))
        self._sessions = SessionsServiceStub(self._channel)
        self.session_id, self._viewer = session_id, viewer

    def bring(self, update: dict[str, Any]) -> dict[str, Any]:
        """The method in the answer; there always is one."""
        note("stateful")
        headers = {HEADER: SECRET, "Content-Type": "application/json"}
        self._connection.request("POST", self._path, json.dumps(update), headers)
        response = self._connection.getresponse()
        body = response.read()
        assert response.status == 200, (response.status, update)
        answer: dict[str, Any] = json.loads(body)
        assert answer["method"] in ("answerCallbackQuery", "sendMessage", "sendPhoto"), answer
        return answer

    def check(self) -> None:
        """Nobody too many in, nobody waiting beside a free place, nobody there twice."""
        asked: Any = GetSessionRequest(viewer_id=self._viewer, session_id=self.session_id)
        session = self._sessions.GetSession(asked, timeout=5).session.session
        assert 0 <= session.taken <= CAPACITY
        assert not session.waitlisted or session.taken == CAPACITY
        mine: Any = ListMySessionsRequest(viewer_id=self._viewer)
        views = self._sessions.ListMySessions(mine, timeout=5).sessions
        assert len({view.session.id for view in views}) == len(views)

    def close(self) -> None:
        self._connection.close()
        self._channel.close()


def machine(door: Door, people: list[int]) -> type[RuleBasedStateMachine]:
    """The chat of these people."""
    forged = [kind.__prefix__ for kind in sorted(callbacks(), key=lambda kind: kind.__prefix__)]
    anybody = st.sampled_from(people)

    class Chat(RuleBasedStateMachine):
        seen = Bundle("seen")

        def _bring(self, update: dict[str, Any]) -> dict[str, Any]:
            answer = door.bring(update)
            assert door.bring(update) == answer or answer["method"] == "sendMessage"
            return answer

        @rule(target=seen, person=anybody, text=st.sampled_from(COMMANDS + TEXTS))
        def says(self, person: int, text: str) -> str:
            answer = self._bring(message(person, text))
            rows = answer.get("reply_markup", {}).get("inline_keyboard", [])
            data = [
                button["callback_data"]
                for row in rows
                for button in row
                if "callback_data" in button
            ]
            return data[next(NUMBERS) % len(data)] if data else "x"

        @rule(person=anybody, data=seen)
        def presses_what_somebody_saw(self, person: int, data: str) -> None:
            self._press(person, data)

        @rule(person=anybody, prefix=st.sampled_from(forged), value=st.integers(0, 9))
        def presses_a_forged_button(self, person: int, prefix: str, value: int) -> None:
            self._press(person, f"{prefix}:{value}")

        @rule(person=anybody, kind=st.sampled_from([JoinSession, LeaveSession, OpenSession]))
        def joins_or_leaves(self, person: int, kind: Any) -> None:
            self._press(person, kind(session_id=door.session_id).pack())

        @rule(person=anybody, code=st.sampled_from(["uz", "ru", "en", "xx"]))
        def chooses_a_language(self, person: int, code: str) -> None:
            self._press(person, ChooseLanguage(code=code).pack())

        @rule(person=anybody, of=anybody)
        def shares_a_contact(self, person: int, of: int) -> None:
            self._bring(contact(person, of))

        @rule(person=anybody)
        def sends_a_photo(self, person: int) -> None:
            self._bring(photo(person, "file"))

        def _press(self, person: int, data: str) -> None:
            update = tap(person, OpenSession(session_id=1))
            update["callback_query"]["data"] = data
            assert self._bring(update)["method"] == "answerCallbackQuery"

        @invariant()
        def is_legal(self) -> None:
            door.check()

    return Chat


async def people_of(made: League) -> tuple[Member, list[int]]:
    """An organiser and players who are signed up, and strangers."""
    organiser, player, other = await made.organiser(), await made.member(), await made.member()
    strangers = [(await made.stranger()).telegram_id for _ in range(2)]
    return organiser, [organiser.telegram_id, player.telegram_id, other.telegram_id, *strangers]


async def test_whatever_people_do_they_are_answered_and_the_state_is_legal(rough: Rough) -> None:
    before = rough.errors()
    async with league(rough.city) as made:
        organiser, people = await people_of(made)
        session = await made.session(capacity=CAPACITY)
    door = Door(rough, session.id, organiser.user_id)
    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    kind = seed(SEED)(machine(door, people))
    try:
        await asyncio.to_thread(run_state_machine_as_test, kind, settings=chosen)
    finally:
        door.close()
    if found := bugs(rough, before):
        pytest.fail("\n".join(found[:5]), pytrace=False)

"""The same crowd for people who know locust: `pip install locust`, start the sink, and

    python -m tests.load.sink --port 8081 &
    WEBHOOK_SECRET_FILE=secret SESSIONS=17,18 locust -f tests/load/locustfile.py --host https://...

Each locust user is a person who signs up in the chat, looks at the list, and joins and leaves the
sessions of SESSIONS. What is under test is pointed at the sink as `make load` says.
"""

from __future__ import annotations

import itertools
import os
import random
from pathlib import Path
from typing import Any

from locust import HttpUser, between, task

from services.gateway.features.language.callbacks import ChooseLanguage
from services.gateway.features.sessions.callbacks import JoinSession, LeaveSession
from tests.load.townspeople import FIRST_PERSON, LANGUAGE
from tests.load.updates import fresh_ids, message, tap

HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATH = os.environ.get("WEBHOOK_PATH", "/telegram/webhook")
SESSIONS = [int(number) for number in os.environ.get("SESSIONS", "").split(",") if number]
# Apart from those of `make load`.
PEOPLE = itertools.count(FIRST_PERSON + 10_000_000)
IDS = fresh_ids()


def secret() -> str:
    """From the file that WEBHOOK_SECRET_FILE names, so that no command line shows it."""
    return Path(os.environ["WEBHOOK_SECRET_FILE"]).read_text().strip()


class Player(HttpUser):
    """Somebody with the bot's chat open."""

    wait_time = between(1, 5)

    def on_start(self) -> None:
        """From /start to the menu."""
        self.telegram_id = next(PEOPLE)
        self.client.headers[HEADER] = secret()
        self._bring("/start", self._said("/start"))
        self._bring("language", self._pressed(ChooseLanguage(code=LANGUAGE).pack()))
        self._bring("name", self._said("Locust Player"))
        self._bring("phone", self._contact())

    @task(1)
    def starts(self) -> None:
        """The menu."""
        self._bring("/start", self._said("/start"))

    @task(6)
    def looks(self) -> None:
        """The list."""
        self._bring("/sessions", self._said("/sessions"))

    @task(2)
    def joins(self) -> None:
        """A place, or one in the queue."""
        if SESSIONS:
            data = JoinSession(session_id=random.choice(SESSIONS)).pack()
            self._bring("join", self._pressed(data), "answerCallbackQuery")

    @task(1)
    def leaves(self) -> None:
        """Gives it up."""
        if SESSIONS:
            data = LeaveSession(session_id=random.choice(SESSIONS)).pack()
            self._bring("leave", self._pressed(data), "answerCallbackQuery")

    def _bring(self, name: str, update: dict[str, Any], wanted: str = "") -> None:
        """One request of this name; one without the wanted method in its answer has failed."""
        with self.client.post(PATH, json=update, name=name, catch_response=True) as response:
            if response.status_code != 200:
                response.failure(f"answered {response.status_code}")
            elif wanted not in response.text:
                response.failure(f"no {wanted} in the answer")

    def _said(self, text: str) -> dict[str, Any]:
        update = message(text, self.telegram_id, IDS())
        if not text.startswith("/"):
            del update["message"]["entities"]
        return update

    def _pressed(self, data: str) -> dict[str, Any]:
        return tap(data, self.telegram_id, IDS())

    def _contact(self) -> dict[str, Any]:
        update = message("contact", self.telegram_id, IDS())
        said = update["message"]
        del said["text"], said["entities"]
        said["contact"] = {
            "phone_number": f"99891{self.telegram_id % 10**7:07d}",
            "user_id": self.telegram_id,
            "first_name": "Locust",
        }
        return update

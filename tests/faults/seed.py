"""The city that faults meet: people who have signed up, and for each stage sessions of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.local.stores.postgres import DATABASE
from tests.load.updates import FIRST_PERSON

if TYPE_CHECKING:
    from tests.faults.town import Town

SEED = Path(__file__).parents[1] / "bench" / "seed.sql"
SESSIONS_OF_A_STAGE, PEOPLE_OF_A_STAGE = 10, 1_000
CAPACITY = 20
PRICE = 40_000
# The evening whose sides are drawn may begin within the hour.
EVENING = "starts_at = now() + interval '55 minutes', ends_at = now() + interval '145 minutes'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What one scenario plays with: nobody else's people and sessions."""

    number: int

    @property
    def people(self) -> range:
        """Telegram ids."""
        first = FIRST_PERSON + self.number * PEOPLE_OF_A_STAGE
        return range(first, first + PEOPLE_OF_A_STAGE)

    @property
    def sessions(self) -> range:
        """Their ids: the crowded one, the evening that is played, the one with a price, others."""
        first = 1 + self.number * SESSIONS_OF_A_STAGE
        return range(first, first + SESSIONS_OF_A_STAGE)

    @property
    def crowded(self) -> int:
        """Everybody wants in, and its organiser makes it larger."""
        return self.sessions[0]

    @property
    def evening(self) -> int:
        """Whose sides are drawn in the end."""
        return self.sessions[1]

    @property
    def priced(self) -> int:
        """It costs something."""
        return self.sessions[2]


def organiser_of(stages: int) -> int:
    """Of all sessions: the last person of the last stage, who plays himself nowhere."""
    return FIRST_PERSON + stages * PEOPLE_OF_A_STAGE - 1


async def seed(town: Town, stages: int) -> None:
    """Everything that the stages need."""
    numbers = {
        "first": FIRST_PERSON,
        "people": stages * PEOPLE_OF_A_STAGE,
        "sessions": stages * SESSIONS_OF_A_STAGE,
        "capacity": CAPACITY,
    }
    all_stages = [Stage(number=number) for number in range(stages)]
    evenings = ",".join(str(stage.evening) for stage in all_stages)
    priced = ",".join(str(stage.priced) for stage in all_stages)
    admin = await town.postgres.admin(DATABASE)
    try:
        await admin.execute(SEED.read_text() % numbers)
        await admin.execute(f"UPDATE sessions.sessions SET {EVENING} WHERE id IN ({evenings})")  # noqa: S608
        await admin.execute(f"UPDATE sessions.sessions SET price = {PRICE} WHERE id IN ({priced})")  # noqa: S608
        await admin.execute(
            f"UPDATE users.people SET role = 'organiser' WHERE telegram_id = {organiser_of(stages)}"  # noqa: S608
        )
    finally:
        await admin.close()
    await town.postgres.catch_up()

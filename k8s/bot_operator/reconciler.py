"""One round for one bot: read it, look, decide, write down what is about to happen, do it, tell.

Level-triggered: a round starts from what is, never from what happened, so a round that was cut
off anywhere is mended by the next one.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from k8s.bot_operator import conditions as shown
from k8s.bot_operator import metrics
from k8s.bot_operator.acting import Hands
from k8s.bot_operator.api import ApiFault
from k8s.bot_operator.cluster import Cluster
from k8s.bot_operator.conditions import Conditions, Type, is_false
from k8s.bot_operator.desired import Failures, Plan, plan
from k8s.bot_operator.looking import Eyes
from k8s.bot_operator.memory import memory_from
from k8s.bot_operator.observed import Observed, Problem
from k8s.bot_operator.spec import BadSpec, BotSpec, Target, spec_from
from k8s.bot_operator.telling import Bot, Teller, measure, status_of
from services.chassis import logs

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0

log = logs.logger(__name__)


@dataclass(slots=True, kw_only=True)
class Course:
    """What one bot's rounds have in common; losing it costs a few calls."""

    failures: int = 0
    """Rounds in a row that did not end well."""
    profile_at: datetime | None = None
    """When commands and descriptions were last found in step."""
    profile_of: int = 0
    """The generation of which that was true."""
    uid: str = ""
    """Of the resource; another's under the same name begins anew."""
    target: Target | None = None
    """The autoscaler whose floor is ours on its behalf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """For all bots of the namespace. `every` and `profile_every` are in seconds."""

    cluster: Cluster
    eyes: Eyes
    hands: Hands
    teller: Teller
    clock: Callable[[], datetime]
    every: float
    profile_every: float
    courses: dict[str, Course] = field(default_factory=dict)

    async def round(self, name: str) -> float | None:
        """Seconds until the next one; None when the bot is gone. Never raises for what the API
        server does."""
        course = self.courses.setdefault(name, Course())
        try:
            return await self._round(name, course)
        except ApiFault as fault:
            log.warning("a round was cut off", bot=name, status=fault.status, words=fault.words)
            metrics.RECONCILES.labels("failed").inc()
            return self._after_failure(course, fault.retry_after)

    async def _round(self, name: str, course: Course) -> float | None:
        bot = await self.cluster.bot(name)
        if bot is None:
            await self._forget(name, course)
            return None
        if course.uid not in ("", bot["metadata"]["uid"]):
            await self._forget(name, course)
            course = self.courses[name] = Course()
        course.uid = bot["metadata"]["uid"]
        try:
            spec = spec_from(bot["spec"])
        except BadSpec as fault:
            return await self._refuse(bot, str(fault))
        return await self._reconcile(bot, spec, course)

    async def _refuse(self, bot: Bot, words: str) -> float:
        found = {Type.READY: is_false("InvalidSpec", words)}
        await self.teller.tell(bot, memory_from(status_of(bot)), found)
        metrics.RECONCILES.labels("failed").inc()
        return self.every

    async def _reconcile(self, bot: Bot, spec: BotSpec, course: Course) -> float:
        memory, name = memory_from(status_of(bot)), bot["metadata"]["name"]
        with_profile = self._is_profile_due(bot, course)
        seen = await self.eyes.look(bot, spec, memory, with_profile=with_profile)
        measure(name, spec, memory, seen.observed)
        todo = plan(spec, memory, seen.observed)
        before = todo.before(memory)
        if todo.actions and before != memory:
            bot = await self.teller.note(bot, before)
        course.target = before.target or course.target
        failures = await self.hands.carry_out(
            todo.actions, bot, seen.token, stops_at_failure=todo.is_farewell
        )
        after, found = todo.outcome(before, failures)
        course.target = after.target
        if not todo.is_farewell:
            found = _kept(bot) | found
            self._note_profile(bot, course, found, seen.observed)
        if failures or not todo.is_farewell:
            await self.teller.tell(bot, after, found)
        return self._pause(name, course, todo, failures, seen.observed)

    def _is_profile_due(self, bot: Bot, course: Course) -> bool:
        if course.profile_at is None or course.profile_of != bot["metadata"]["generation"]:
            return True
        return (self.clock() - course.profile_at).total_seconds() >= self.profile_every

    def _note_profile(
        self, bot: Bot, course: Course, found: Conditions, observed: Observed
    ) -> None:
        if observed.profile is not None:
            is_in_step = found[Type.COMMANDS].status is True
            course.profile_at = observed.now if is_in_step else None
            course.profile_of = bot["metadata"]["generation"]

    def _pause(
        self, name: str, course: Course, todo: Plan, failures: Failures, observed: Observed
    ) -> float:
        troubles = [*failures.values(), *_troubles(observed)]
        metrics.RECONCILES.labels("failed" if troubles else "well").inc()
        if troubles:
            return self._after_failure(course, max(one.retry_after for one in troubles))
        course.failures = 0
        metrics.RECONCILED.labels(name).set(observed.now.timestamp())
        asked = todo.again_after()
        return self.every if asked is None else min(self.every, asked)

    def _after_failure(self, course: Course, retry_after: float) -> float:
        """Longer from time to time, and never sooner than the other side asked for."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(course.failures, 10))
        course.failures += 1
        return max(retry_after, pause * random.uniform(0.75, 1.0))

    async def _forget(self, name: str, course: Course) -> None:
        """The bot is gone, and with it what was told of it. A floor that it left is given back:
        it had no finalizer to wait for that, or was gone while a round was under way."""
        if course.target is not None:
            await self.cluster.apply_floor(course.target, None)
        del self.courses[name]
        self.teller.forget(name)
        metrics.RECONCILES.labels("gone").inc()


def _kept(bot: Bot) -> dict[Type, shown.Condition]:
    """What was found earlier and is not looked at each time."""
    before = shown.kept(status_of(bot).get("conditions") or [])
    return {kind: before[kind] for kind in (Type.COMMANDS,) if kind in before}


def _troubles(observed: Observed) -> list[Problem]:
    parts = (
        observed.secrets,
        observed.webhook,
        observed.gateways,
        observed.profile,
        observed.scaler,
        observed.openings,
    )
    return [part for part in parts if isinstance(part, Problem)]

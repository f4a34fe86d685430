"""The real cluster under a patient client: on a loaded machine a tenth of a second is not enough,
and these tests are about what is kept, not about how long it may take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

from redis.asyncio.cluster import ClusterNode, RedisCluster

from services.chassis.cache import Cache, CacheDown
from services.chassis.seeds import seeds
from services.chassis.setting_groups import CacheSettings

PATIENCE_SECONDS = 10.0
AWAY, LOST = "told so by the test", "the answer got lost"

Result = TypeVar("Result")


class PatientCache(Cache):
    """`away` makes every command fail, as without the cluster. `lost` tells of each command in
    turn whether its answer gets lost though it took effect."""

    away = False
    lost: Iterator[bool] = iter(())

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: CacheSettings, service: str) -> AsyncIterator[Self]:
        nodes = seeds(settings.redis_url.get_secret_value())
        commands = RedisCluster(
            startup_nodes=[ClusterNode(seed.host, seed.port) for seed in nodes],
            username=nodes[0].username,
            password=nodes[0].password,
            require_full_coverage=False,
            reinitialize_steps=0,
            max_connections=128,
        )
        await commands.initialize()
        async with cls.over(commands, service, seconds=PATIENCE_SECONDS) as cache:
            yield cache

    async def run(self, command: Awaitable[Result]) -> Result:
        if self.away:
            close = getattr(command, "close", None)
            if close:
                close()
            raise CacheDown(AWAY)
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await command
        if next(self.lost, False):
            raise CacheDown(LOST)
        return answer

    def _ask(self, key: str, words: Any, script: str | None = None) -> asyncio.Future[Any]:
        answer = asyncio.get_running_loop().create_future()
        if self.away:
            answer.set_result(CacheDown(AWAY))
            return answer
        travelling = super()._ask(key, words, script)
        if not next(self.lost, False):
            return travelling
        travelling.add_done_callback(lambda _: answer.set_result(CacheDown(LOST)))
        return answer

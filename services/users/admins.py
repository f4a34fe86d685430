"""Whom ADMIN_TG_IDS names, read again when its file changes: who is taken off is no admin from then
on, and what the cache keeps of him as one is forgotten. Nobody is named where there is nothing."""

import asyncio
from collections.abc import Iterator, Set

from services.chassis import logs
from services.chassis.cache import Cache
from services.chassis.secret_files import POLL_SECONDS, Contents, SecretFiles
from services.users.domain.user import TelegramId
from services.users.settings import UsersSettings, admins_from
from services.users.storage.keys import forget, formerly_named

FIELD = "admin_tg_ids"

log = logs.logger(__name__)


class NamedAdmins(Set[TelegramId]):
    """As the settings have them now."""

    def __init__(self, settings: UsersSettings) -> None:
        path = settings.file_of(FIELD)
        self._named: Set[TelegramId] = settings.admin_tg_ids
        self._files = SecretFiles({FIELD: path} if path else {})
        self._forgetting: set[asyncio.Task[None]] = set()

    def __contains__(self, account: object) -> bool:
        return account in self._named

    def __iter__(self) -> Iterator[TelegramId]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)

    async def follow(self, cache: Cache, every: float = POLL_SECONDS) -> None:
        """For ever: take what the file names. What is no list of ids is logged and not taken."""
        await forget(cache, self._named | await formerly_named(cache, self._named))
        await self._files.follow(lambda contents: self._changed(cache, contents), every)

    def _changed(self, cache: Cache, contents: Contents) -> None:
        before = self._named
        self._named = admins_from((contents[FIELD] or b"").decode())
        log.warning("others are named as admins", admins=len(self._named))
        work = self._settled(cache, before)
        self._forgetting.add(task := asyncio.get_running_loop().create_task(work))
        task.add_done_callback(self._forgetting.discard)

    async def _settled(self, cache: Cache, before: Set[TelegramId]) -> None:
        await formerly_named(cache, self._named)
        await forget(cache, before ^ self._named)

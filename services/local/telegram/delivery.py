"""Brings updates to the webhook by Telegram's rules (Bot API server 10.0).

Order inside a queue, queues in parallel, retries with a growing pause, nothing more loaded while
twice `max_connections` queues wait. Queue keys are given in acts.py, pauses in pace.py.
"""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from services.local.telegram import methods
from services.local.telegram.errors import ApiError
from services.local.telegram.pace import Pace, retry_after
from services.local.telegram.params import Params, parse_body
from services.local.telegram.telegram import Telegram
from services.local.telegram.updates import Update, Webhook

TIMEOUT = 60.0
LONGEST_ANSWER = 1024 * 1024
LOADED_AT_ONCE = 100
HEADER = "X-Telegram-Bot-Api-Secret-Token"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    retry_after: float | None = None
    content_type: str = ""
    body: bytes = b""


@dataclass(slots=True)
class Delivery:
    """`timeout` is how long, in seconds, one attempt may take."""

    telegram: Telegram
    pace: Pace = field(default_factory=Pace)
    timeout: float = TIMEOUT
    _queues: dict[str, deque[Update]] = field(default_factory=dict)
    _loaded: int = 0
    _slots: tuple[int, asyncio.Semaphore] = field(default=(0, asyncio.Semaphore(0)))

    async def run(self) -> None:
        """Until cancelled."""
        limits = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=self.timeout)
        async with (
            aiohttp.ClientSession(connector=limits, timeout=timeout) as http,
            asyncio.TaskGroup() as tasks,
        ):
            while True:
                arrived = self.telegram.updates.arrived.next()
                webhook = await self._webhook()
                self._load(webhook, http, tasks)
                await arrived.wait()

    def _load(
        self, webhook: Webhook, http: aiohttp.ClientSession, tasks: asyncio.TaskGroup
    ) -> None:
        most = 2 * webhook.max_connections
        while len(self._queues) < most:
            updates = self.telegram.updates.after(self._loaded, LOADED_AT_ONCE)
            for update in updates:
                if len(self._queues) >= most:
                    return
                self._loaded = update.id
                if update.queue in self._queues:
                    self._queues[update.queue].append(update)
                else:
                    self._queues[update.queue] = deque([update])
                    tasks.create_task(self._drain(update.queue, http))
            if not updates:
                return

    async def _drain(self, key: str, http: aiohttp.ClientSession) -> None:
        queue = self._queues[key]
        while queue:
            await self._deliver(queue[0], http)
            queue.popleft()
        del self._queues[key]
        self.telegram.updates.arrived.ring()

    async def _deliver(self, update: Update, http: aiohttp.ClientSession) -> None:
        """Try until it is taken, expires or is dropped."""
        failures = 0
        while self.telegram.updates.waits(update):
            webhook = await self._webhook()
            new_webhook = self.telegram.updates.webhook_set.next()
            answer = await self._attempt(webhook, update, http)
            if 200 <= answer.status < 300:
                self._finish(update, answer)
                return
            failures += 1
            pause = self.pace.pause(failures, answer.retry_after)
            # A webhook that is set anew is tried at once, as on the real one.
            with suppress(TimeoutError):
                await asyncio.wait_for(new_webhook.wait(), pause)

    async def _attempt(
        self, webhook: Webhook, update: Update, http: aiohttp.ClientSession
    ) -> _Answer:
        headers = {"Content-Type": "application/json"}
        if webhook.secret:
            headers[HEADER] = webhook.secret
        try:
            async with self._slot(webhook.max_connections):
                answer = await self._post(http, webhook.url, update.body, headers)
        except TimeoutError:
            answer, problem = _Answer(0), "Read timeout expired"
        except (aiohttp.ClientError, OSError) as error:
            answer, problem = _Answer(0), f"Connection failed: {type(error).__name__}"
        else:
            problem = f"Wrong response from the webhook: {answer.status}"
        if not 200 <= answer.status < 300:
            log.info("update %s not delivered: %s", update.id, problem)
            self.telegram.updates.note_error(problem)
        return answer

    async def _post(
        self, http: aiohttp.ClientSession, url: str, body: str, headers: dict[str, str]
    ) -> _Answer:
        async with http.post(url, data=body, headers=headers, allow_redirects=False) as response:
            content = await response.content.read(LONGEST_ANSWER)
            after = retry_after(response.headers.get("Retry-After"))
            return _Answer(
                response.status, after, response.headers.get("Content-Type", ""), content
            )

    def _finish(self, update: Update, answer: _Answer) -> None:
        """Taken: forget the update and carry out the method in the answer, as one act."""
        with self.telegram.store.transaction():
            self.telegram.updates.drop(update.id)
            self._carry_out(update, answer)

    def _carry_out(self, update: Update, answer: _Answer) -> None:
        """The bot never learns how this went; a person reading the log does."""
        if not answer.body:
            return
        try:
            params = parse_body(answer.content_type, answer.body, {})
            name = params.text("method") or ""
            if name and methods.may_be_an_answer(name):
                methods.call(self.telegram, name, Params(params.values))
        except ApiError as error:
            log.warning("the answer to update %s was refused: %s", update.id, error.description)
        except Exception:
            # A fault of a method here must not end the delivery to everybody.
            log.exception("the answer to update %s broke a method", update.id)

    def _slot(self, connections: int) -> asyncio.Semaphore:
        if self._slots[0] != connections:
            self._slots = (connections, asyncio.Semaphore(connections))
        return self._slots[1]

    async def _webhook(self) -> Webhook:
        """The present webhook; while there is none, wait for one."""
        while True:
            changed = self.telegram.updates.webhook_set.next()
            if webhook := self.telegram.updates.webhook():
                return webhook
            await changed.wait()

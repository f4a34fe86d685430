"""The Bot API over HTTP: a method and its parameters in, a verdict out.

The token is in every address, so nothing of an address leaves this module. How the bytes travel is
in lines.py.
"""

from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import msgspec
from pydantic import SecretStr

from services.gateway.sender.documents import Document, form
from services.gateway.sender.lines import Answer, Lines, NoAnswer
from services.gateway.sender.metrics import TOKEN_REFUSED
from services.gateway.sender.verdicts import (
    TOKEN_STATUSES,
    Sent,
    Throttled,
    Unclear,
    Verdict,
    verdict_of,
)

CALL_SECONDS = 10.0


class TelegramSilent(Exception):
    """Telegram has not said who the bot is; the words say why, without the token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """Who the token speaks for."""

    bot_id: int
    username: str


class _Taken(msgspec.Struct):
    """As much as is read of a usual answer, whose result is the whole message."""

    ok: bool


_taken = msgspec.json.Decoder(_Taken).decode
_written = msgspec.json.Encoder().encode


class BotApi:
    """One bot's calls to Telegram, each with a deadline of ten seconds."""

    def __init__(self, lines: Lines, token: SecretStr) -> None:
        self._lines = lines
        self._token = token
        self._heads: dict[str, bytes] = {}
        self._is_refused = False

    @classmethod
    @asynccontextmanager
    async def open(
        cls, address: str, token: SecretStr, call_seconds: float = CALL_SECONDS
    ) -> AsyncIterator[Self]:
        """Keeps connections to Telegram while the block runs."""
        lines = Lines(address, call_seconds)
        try:
            yield cls(lines, token)
        finally:
            lines.close()

    def use(self, token: SecretStr) -> None:
        """From the next call on, this one."""
        self._token = token
        self._heads.clear()

    async def call(self, method: str, parameters: Mapping[str, Any]) -> Verdict:
        """Make one call. Never raises: what goes wrong on the way is Unclear."""
        return await _verdict(self._post(method, parameters))

    async def upload(
        self, method: str, parameters: Mapping[str, Any], document: Document
    ) -> Verdict:
        """Make one call that brings a file. Never raises, as `call`."""
        return await _verdict(self._post_form(method, parameters, document))

    async def get_me(self) -> Bot:
        """Who the bot is. Raises TelegramSilent."""
        try:
            answer = _read(*await self._post("getMe", {}))
        except NoAnswer as error:
            raise TelegramSilent(str(error)) from None
        if isinstance(answer, Unclear):
            raise TelegramSilent(answer.reason)
        verdict = verdict_of(*answer)
        match verdict, answer[1].get("result"):
            case Sent(), {"id": int(bot_id), "username": str(username)}:
                return Bot(bot_id=bot_id, username=username)
            case Throttled(retry_after=seconds), _:
                raise TelegramSilent(f"asked to come back in {seconds:.0f} s")
        raise TelegramSilent(getattr(verdict, "reason", "an answer that names no bot"))

    async def _post(self, method: str, parameters: Mapping[str, Any]) -> tuple[int, bytes]:
        """Raises NoAnswer."""
        head = self._heads.get(method)
        if head is None:
            head = self._heads[method] = self._lines.head(self._path(method))
        return self._noted(await self._lines.post(head, _written(parameters)))

    async def _post_form(
        self, method: str, parameters: Mapping[str, Any], document: Document
    ) -> tuple[int, bytes]:
        """Raises NoAnswer."""
        content_type, body = form(parameters, document)
        head = self._lines.head(self._path(method), content_type)
        return self._noted(await self._lines.post(head, body))

    def _path(self, method: str) -> str:
        return f"/bot{self._token.get_secret_value()}/{method}"

    def _noted(self, answer: Answer) -> Answer:
        self._note_refusal(answer.status in TOKEN_STATUSES)
        return answer

    def _note_refusal(self, is_refused: bool) -> None:
        if is_refused is not self._is_refused:
            self._is_refused = is_refused
            TOKEN_REFUSED.set(is_refused)


async def _verdict(posting: Awaitable[tuple[int, bytes]]) -> Verdict:
    try:
        status, body = await posting
    except NoAnswer as error:
        return Unclear(reason=str(error))
    if status == 200 and _is_taken(body):
        return Sent()
    answer = _read(status, body)
    return answer if isinstance(answer, Unclear) else verdict_of(*answer)


def _is_taken(body: bytes) -> bool:
    try:
        return _taken(body).ok
    except (ValueError, RecursionError):
        return False


def _read(status: int, body: bytes) -> tuple[int, dict[str, Any]] | Unclear:
    """A body that is no JSON object comes from something between Telegram and us."""
    try:
        read = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        read = None
    return (status, read) if isinstance(read, dict) else Unclear(reason=f"{status} without JSON")

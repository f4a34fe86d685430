"""The chat page and the small API under /local that it, tests and load drivers use.

The API is described in the package's docstring. Who may reach all this is decided in guard.py.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from services.local.telegram import files
from services.local.telegram.acts import Acts, summary
from services.local.telegram.errors import ApiError, bad_request
from services.local.telegram.params import Params
from services.local.telegram.people import LARGEST_ID, Person
from services.local.telegram.server import read_params
from services.local.telegram.store import Json
from services.local.telegram.telegram import Telegram

STATIC = Path(__file__).parent / "static"
LONGEST_WAIT = 60.0
HEARTBEAT = 15.0
LONGEST_NAME = 64
Act = Callable[[Acts, Params], Awaitable[Json] | Json]


@dataclass(frozen=True, slots=True)
class Page:
    telegram: Telegram

    def routes(self) -> list[Route | Mount]:
        acts: dict[str, Act] = {
            "say": self._say,
            "press": self._press,
            "contact": self._contact,
            "block": self._block,
            "read": self._read,
        }
        posts = [self._post(f"/local/{{person:int}}/{name}", act) for name, act in acts.items()]
        return [
            Route("/local/state", self.state),
            Route("/local/events", self.events),
            Route("/local/people", self.add_person, methods=["POST"]),
            Route("/local/files/{file_id}", self.file),
            Route("/local/{person:int}/chat", self.chat),
            Route("/local/{person:int}/photo", self.photo, methods=["POST"]),
            *posts,
            Mount("/", StaticFiles(directory=STATIC, html=True)),
        ]

    async def state(self, request: Request) -> Response:
        people = [summary(self.telegram, person) for person in self.telegram.people.everybody()]
        languages = {person["language_code"] or "" for person in people} | {""}
        commands = {language: self._commands(language) for language in languages}
        bot = self.telegram.bot.user()
        return JSONResponse({"bot": bot, "people": people, "commands": commands})

    async def add_person(self, request: Request) -> Response:
        try:
            person = self._added(await read_params(request))
        except ApiError as error:
            return _refusal(error)
        self.telegram.events.publish({"type": "people"})
        return JSONResponse(summary(self.telegram, person), 201)

    def _added(self, params: Params) -> Person:
        first_name, asked = (params.text("first_name") or "").strip(), params.integer("id")
        if not 1 <= len(first_name) <= LONGEST_NAME:
            raise bad_request(f"first_name must have 1-{LONGEST_NAME} characters")
        if asked is not None and not 0 < asked < LARGEST_ID:
            raise bad_request("invalid id specified")
        if asked is not None and self.telegram.people.find(asked):
            raise ApiError(409, "Conflict: there is a person with this id")
        names = ("last_name", "username", "language_code", "phone")
        known: Json = {name: params.text(name) or None for name in names}
        known["started"] = params.flag("started")
        return self.telegram.people.add(first_name, asked, **known)

    async def chat(self, request: Request) -> Response:
        try:
            person, query = self._person(request), Params(request.query_params)
            chat_id, limit = query.integer("chat") or person.id, query.integer("limit") or 200
        except ApiError as error:
            return _refusal(error)
        chats = self.telegram.chats
        if chat_id not in chats.of(person.id):
            return _refusal(ApiError(404, "Not Found: the person has no such chat"))
        found = {"chat": chats.find(chat_id), "messages": chats.history(chat_id, limit)}
        return JSONResponse(found | {"keyboard": chats.keyboard(chat_id)})

    async def photo(self, request: Request) -> Response:
        """The body is the picture itself; chat and caption stand in the query."""
        query = Params(request.query_params)
        try:
            acts = Acts(self.telegram, self._person(request))
            caption, chat_id = query.text("caption") or "", query.integer("chat")
            return JSONResponse(acts.send_photo(await request.body(), caption, chat_id))
        except ApiError as error:
            return _refusal(error)

    async def file(self, request: Request) -> Response:
        file = files.find(self.telegram.store, request.path_params["file_id"])
        if file is None:
            return Response(status_code=404)
        return Response(file.content, media_type=file.mime)

    async def events(self, request: Request) -> Response:
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[str]:
        """A comment at the start says that nothing is missed from now on."""
        listening = self.telegram.events.listen()
        following = asyncio.ensure_future(anext(listening))
        yield ": listening\n\n"
        try:
            while True:
                done, _ = await asyncio.wait({following}, timeout=HEARTBEAT)
                if not done:
                    yield ": still here\n\n"
                    continue
                yield f"data: {json.dumps(following.result())}\n\n"
                following = asyncio.ensure_future(anext(listening))
        except StopAsyncIteration:
            return
        finally:
            following.cancel()

    def _post(self, path: str, act: Act) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                acts = Acts(self.telegram, self._person(request))
                done = act(acts, await read_params(request))
                return JSONResponse(done if isinstance(done, dict) else await done)
            except ApiError as error:
                return _refusal(error)

        return Route(path, endpoint, methods=["POST"])

    def _say(self, acts: Acts, params: Params) -> Json:
        chat_id, reply_to = params.integer("chat"), params.integer("reply_to")
        return acts.say(params.text("text") or "", chat_id, reply_to)

    async def _press(self, acts: Acts, params: Params) -> Json:
        data, message_id = params.text("data") or "", params.required("message_id")
        pressed = acts.press(message_id, data, params.integer("chat"))
        if seconds := params.integer("wait"):
            answer = await self._answer(pressed["callback_query_id"], min(seconds, LONGEST_WAIT))
            return pressed | {"answer": answer}
        return pressed

    async def _answer(self, query_id: str, seconds: float) -> Json | None:
        """The bot's answer to a press; None when none came in time."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    answered = self.telegram.presses.answered.next()
                    if (answer := self.telegram.presses.answer_to(query_id)) is not None:
                        return answer
                    await answered.wait()
        except TimeoutError:
            return None

    def _contact(self, acts: Acts, params: Params) -> Json:
        of = params.integer("of")
        return acts.share_contact(acts.person if of is None else self._known(of))

    def _block(self, acts: Acts, params: Params) -> Json:
        return acts.block(not params.has("blocked") or params.flag("blocked"))

    def _read(self, acts: Acts, params: Params) -> Json:
        chat_id = params.integer("chat")
        self.telegram.chats.read(acts.person.id, acts.person.id if chat_id is None else chat_id)
        return {}

    def _person(self, request: Request) -> Person:
        return self._known(request.path_params["person"])

    def _known(self, person_id: int) -> Person:
        person = self.telegram.people.find(person_id)
        if person is None:
            raise ApiError(404, "Not Found: no such person")
        return person

    def _commands(self, language: str) -> Any:
        """The commands a private chat shows to somebody with this language."""
        store = self.telegram.store
        scopes = ("all_private_chats", "default")
        keys = [f"commands:{scope}:{code}" for scope in scopes for code in (language, "")]
        return next((found for key in keys if (found := store.setting(key))), [])


def _refusal(error: ApiError) -> Response:
    return JSONResponse(error.body(), error.code)

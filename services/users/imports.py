"""People of another bot over gRPC: each row cleaned by the rules for people here, and what the
rules do not take is left out of it. A row is left only when its Telegram account is another's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fotbot.common.v1.import_pb2 import ImportResult
from fotbot.users.v1 import users_import_service_pb2 as wire
from fotbot.users.v1.users_import_service_pb2_grpc import UsersImportServiceServicer
from grpc.aio import ServicerContext

from services.chassis.cache import Cache
from services.chassis.imports import Imports, already_there, left, moment, moved
from services.chassis.plain_text import one_line
from services.users.domain.limits import MAX_ID
from services.users.domain.names import NAME_CLUSTERS
from services.users.domain.phones import e164
from services.users.domain.profile import AGES, SHIRT_NUMBERS
from services.users.domain.refusals import LanguageInvalid, PhoneInvalid
from services.users.domain.user import Language, Position, TelegramId, UserId
from services.users.messages import POSITIONS, language_from
from services.users.storage.imports import KIND, Met, Newcomer, SqlNewcomers

Context = ServicerContext[object, object]

TELEGRAM_TAKEN = "TELEGRAM_TAKEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersImportServicer(UsersImportServiceServicer):
    """The service over its store."""

    imports: Imports
    cache: Cache
    default_language: Language

    async def ImportUsers(
        self, request: wire.ImportUsersRequest, context: Context
    ) -> wire.ImportUsersResponse:
        ids = [user.legacy_id for user in request.users]
        if request.dry_run:
            return wire.ImportUsersResponse(results=await self.imports.foretold(KIND, ids))
        async with self.imports.batch(ids) as batch:
            known = await batch.known(KIND, ids)
            new = {user.legacy_id: user for user in request.users if user.legacy_id not in known}
            newcomers = list(map(self._newcomer, new.values()))
            results = await _take(SqlNewcomers(batch, self.cache), newcomers)
        there = [already_there(*pair) for pair in known.items()]
        return wire.ImportUsersResponse(results=[*there, *results])

    def _newcomer(self, user: wire.ImportedUser) -> Newcomer:
        language, known = _language(user, self.default_language)
        return Newcomer(
            legacy_id=user.legacy_id,
            telegram_id=TelegramId(user.telegram_id) if 0 < user.telegram_id <= MAX_ID else None,
            name=one_line(user.name, NAME_CLUSTERS),
            phone=_phone(user.phone),
            language=language,
            language_known=known,
            age=user.age if user.age in AGES else 0,
            position=_position(user),
            shirt_number=user.shirt_number if user.shirt_number in SHIRT_NUMBERS else 0,
            created_at=_created_at(user),
            account_name=one_line(user.account_name, NAME_CLUSTERS),
        )


async def _take(store: SqlNewcomers, newcomers: Sequence[Newcomer]) -> list[ImportResult]:
    sorted_out = SortedOut(await store.met(newcomers))
    for one in newcomers:
        sorted_out.put(one)
    taken = [
        *await store.complete(sorted_out.known),
        *await store.add(sorted_out.new),
    ]
    return [
        *(moved(row.legacy_id, row.id) for row in taken),
        *(left(one.legacy_id, TELEGRAM_TAKEN) for one in sorted_out.left),
    ]


class SortedOut:
    """Newcomers by what becomes of them. The first with a phone has it, the others come without."""

    def __init__(self, met: Met) -> None:
        self.new: list[Newcomer] = []
        self.known: list[tuple[UserId, Newcomer]] = []
        self.left: list[Newcomer] = []
        self._met = met
        self._phones = set(met.phones)
        self._accounts: set[TelegramId] = set()

    def put(self, one: Newcomer) -> None:
        """Decide on one."""
        person = self._met.people.get(one.telegram_id) if one.telegram_id else None
        if one.telegram_id in self._accounts or person in self._met.images:
            self.left.append(one)
            return
        if one.phone in self._phones:
            one = replace(one, phone="")
        if one.phone:
            self._phones.add(one.phone)
        if one.telegram_id:
            self._accounts.add(one.telegram_id)
        if person is None:
            self.new.append(one)
        else:
            self.known.append((person, one))


def _language(user: wire.ImportedUser, default: Language) -> tuple[Language, bool]:
    try:
        return language_from(user.language), True
    except LanguageInvalid:
        return default, False


def _position(user: wire.ImportedUser) -> Position:
    found = (position for position, number in POSITIONS.items() if number == user.position)
    return next(found, Position.UNTOLD)


def _phone(text: str) -> str:
    try:
        return e164(text)
    except PhoneInvalid:
        return ""


def _created_at(user: wire.ImportedUser) -> datetime:
    if not user.HasField("created_at"):
        return datetime.now(UTC)
    return moment(user.created_at)

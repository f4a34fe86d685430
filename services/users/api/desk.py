"""What all calls stand on: the stores, and the admins' right told in the log when it lacks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fotbot.users.v1.users_service_pb2_grpc import UsersServiceServicer
from grpc.aio import ServicerContext

from services.chassis import logs
from services.chassis.db import Database, WriteTransaction
from services.chassis.once import Once
from services.users.api.steps import Steps
from services.users.domain import roles
from services.users.domain.limits import user_id
from services.users.domain.ports import Known, Moves, People, PeopleReads, Records
from services.users.domain.privacy import Privacy
from services.users.domain.refusals import NotAllowed
from services.users.domain.user import Admins, Language

log = logs.logger(__name__)
Context = ServicerContext[object, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk(UsersServiceServicer):
    """The service's stores; `people`, `moves` and `privacy` bind one to a transaction."""

    database: Database
    once: Once
    steps: Steps
    people: Callable[[WriteTransaction], People]
    moves: Callable[[WriteTransaction], Moves]
    privacy: Callable[[WriteTransaction], Privacy]
    reads: PeopleReads
    records: Records
    known: Known
    admins: Admins
    default_language: Language

    async def require_admin(self, actor_id: int) -> None:
        """Raises NotAllowed."""
        with told_when_refused(actor_id):
            roles.require_admin(await self.reads.by_id_now(user_id(actor_id)), self.admins)


@contextmanager
def told_when_refused(actor_id: int) -> Iterator[None]:
    """Who tries what only admins may is in the log; the audit has him too (refused_acts.py)."""
    try:
        yield
    except NotAllowed:
        log.warning("an act of admins was refused", actor_id=actor_id)
        raise

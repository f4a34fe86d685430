"""LeagueService over the domain: settings of organisers and the audit. Broadcasts are next door."""

from collections.abc import Awaitable, Callable

from fotbot.common.v1.audit_pb2 import AuditEntry
from fotbot.sessions.v1 import league_service_pb2 as messages
from fotbot.sessions.v1.league_service_pb2_grpc import LeagueServiceServicer
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis.db import Database, ReadTransaction, WriteTransaction
from services.chassis.once import Once
from services.sessions import pages
from services.sessions.api.broadcasts import Ask, BroadcastCalls, Context, ReadsOf, StoreOf
from services.sessions.api.privacy import PrivacyCalls
from services.sessions.domain import league
from services.sessions.domain.known import Known
from services.sessions.domain.league import (
    Done,
    League,
    LeagueStore,
    OrganiserSettings,
    PaymentDetails,
    SettingsChange,
)
from services.sessions.domain.providers import PaymentProvider
from services.sessions.domain.values import SessionId, UserId

AUDIT_PAGE = 20

ProviderOf = Callable[[ReadTransaction], PaymentProvider]
LeagueOf = Callable[[ReadTransaction], League]
LeagueStoreOf = Callable[[WriteTransaction], LeagueStore]


class LeagueServicer(BroadcastCalls, PrivacyCalls, LeagueServiceServicer):
    """`ask` tells who a person is; `provider_of` tells through whom players pay; the rest
    is what broadcasts need."""

    def __init__(
        self,
        *,
        once: Once,
        ask: Ask,
        database: Database,
        league_of: LeagueOf,
        league_store: LeagueStoreOf,
        provider_of: ProviderOf,
        broadcast_reads: ReadsOf,
        broadcast_store: StoreOf,
        count_everybody: Callable[[], Awaitable[int]],
        known: Known,
    ) -> None:
        self._once = once
        self._ask = ask
        self._database = database
        self._league_of = league_of
        self._league_store = league_store
        self._provider_of = provider_of
        self._broadcast_reads = broadcast_reads
        self._broadcast_store = broadcast_store
        self._count_everybody = count_everybody
        self._known = known

    async def GetPaymentDetails(
        self, request: messages.GetPaymentDetailsRequest, context: Context
    ) -> messages.GetPaymentDetailsResponse:
        """Where a session's money goes."""
        async with self._database.read() as transaction:
            provider = self._provider_of(transaction)
            details = await provider.how_to_pay(SessionId(request.session_id))
        return messages.GetPaymentDetailsResponse(details=_details(details))

    async def GetOrganiserSettings(
        self, request: messages.GetOrganiserSettingsRequest, context: Context
    ) -> messages.GetOrganiserSettingsResponse:
        """The actor's own."""
        actor = await self._ask(UserId(request.actor_id))
        async with self._database.read() as transaction:
            settings = await league.own_settings(self._league_of(transaction), actor)
        return messages.GetOrganiserSettingsResponse(settings=_settings(settings))

    async def EditOrganiserSettings(
        self, request: messages.EditOrganiserSettingsRequest, context: Context
    ) -> messages.EditOrganiserSettingsResponse:
        """Changes what is set."""
        actor = await self._ask(UserId(request.write.actor_id))
        change = _change(request)

        async def work(transaction: WriteTransaction) -> messages.EditOrganiserSettingsResponse:
            store = self._league_store(transaction)
            settings = await league.change_settings(store, actor, change)
            return messages.EditOrganiserSettingsResponse(settings=_settings(settings))

        return await self._once(
            request.write, request, messages.EditOrganiserSettingsResponse, work
        )

    async def ListAudit(
        self, request: messages.ListAuditRequest, context: Context
    ) -> messages.ListAuditResponse:
        """One page."""
        actor = await self._ask(UserId(request.actor_id))
        size = pages.page_size(request.page_size, AUDIT_PAGE)
        async with self._database.read() as transaction:
            found = await league.what_was_done(
                self._league_of(transaction),
                actor,
                SessionId(request.session_id),
                max(request.before_id, 0),
                size,
            )
        return messages.ListAuditResponse(entries=map(_entry, found))


def _change(request: messages.EditOrganiserSettingsRequest) -> SettingsChange:
    return SettingsChange(
        payee=request.payee if request.HasField("payee") else None,
        requisites=request.requisites if request.HasField("requisites") else None,
        default_price=request.default_price if request.HasField("default_price") else None,
    )


def _settings(value: OrganiserSettings) -> messages.OrganiserSettings:
    return messages.OrganiserSettings(
        details=_details(value.details), default_price=value.default_price
    )


def _details(value: PaymentDetails) -> messages.PaymentDetails:
    return messages.PaymentDetails(payee=value.payee, requisites=value.requisites)


def _entry(done: Done) -> AuditEntry:
    at = Timestamp()
    at.FromDatetime(done.at)
    return AuditEntry(
        id=done.id,
        at=at,
        actor_id=done.actor_id,
        action=done.action,
        session_id=done.session_id,
        subject_id=done.subject_id,
        note=done.note,
    )

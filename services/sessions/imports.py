"""Evenings of another bot over gRPC: which rows came before, and a transaction for those that did
not. What may come in is storage/imports*.py's."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from fotbot.common.v1.import_pb2 import ImportResult
from fotbot.sessions.v1 import sessions_import_service_pb2 as wire
from fotbot.sessions.v1.sessions_import_service_pb2_grpc import SessionsImportServiceServicer
from grpc.aio import ServicerContext

from services.chassis.imports import Batch, Imports, already_there
from services.sessions.storage import imports, imports_entries, imports_matches, imports_payments

Context = ServicerContext[object, object]


class Row(Protocol):
    """What every row of the wire has."""

    legacy_id: str


AnyRow = TypeVar("AnyRow", bound=Row)
Take = Callable[[Batch, Sequence[AnyRow]], Awaitable[list[ImportResult]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsImportServicer(SessionsImportServiceServicer):
    """The service over its store."""

    imports: Imports

    async def ImportSessions(
        self, request: wire.ImportSessionsRequest, context: Context
    ) -> wire.ImportSessionsResponse:
        rows, kind = request.sessions, imports.SESSION
        if request.dry_run:
            return wire.ImportSessionsResponse(results=await self._foretold(kind, rows))
        results = await self._new_ones(kind, rows, imports.take_sessions)
        return wire.ImportSessionsResponse(results=results)

    async def ImportEntries(
        self, request: wire.ImportEntriesRequest, context: Context
    ) -> wire.ImportEntriesResponse:
        rows = request.entries
        if request.dry_run:
            payments = [row.payment_legacy_id for row in rows if row.payment_legacy_id]
            results = [
                *await self._foretold(imports_entries.ENTRY, rows),
                *await self.imports.foretold(imports_payments.PAYMENT, payments),
            ]
            return wire.ImportEntriesResponse(results=results)
        async with self.imports.batch(rows) as batch:
            results = await imports_entries.take_entries(batch, rows)
        return wire.ImportEntriesResponse(results=results)

    async def ImportCoupons(
        self, request: wire.ImportCouponsRequest, context: Context
    ) -> wire.ImportCouponsResponse:
        rows, kind = request.coupons, imports.COUPON
        if request.dry_run:
            return wire.ImportCouponsResponse(results=await self._foretold(kind, rows))
        results = await self._new_ones(kind, rows, imports.take_coupons)
        return wire.ImportCouponsResponse(results=results)

    async def ImportMatches(
        self, request: wire.ImportMatchesRequest, context: Context
    ) -> wire.ImportMatchesResponse:
        rows = request.matches
        if request.dry_run:
            figures = [one for row in rows for one in row.figures]
            results = [
                *await self._foretold(imports_matches.MATCH, rows),
                *await self._foretold(imports_matches.FIGURES, figures),
            ]
            return wire.ImportMatchesResponse(results=results)
        async with self.imports.batch(rows) as batch:
            results = await imports_matches.take_matches(batch, rows)
        return wire.ImportMatchesResponse(results=results)

    async def ImportOpenings(
        self, request: wire.ImportOpeningsRequest, context: Context
    ) -> wire.ImportOpeningsResponse:
        rows = request.openings
        if request.dry_run:
            careers = [row for row in rows if row.HasField("career")]
            tables = [row for row in rows if not row.HasField("career")]
            results = [
                *await self._foretold(imports_matches.CAREER, careers),
                *await self._foretold(imports_matches.TABLE_ROW, tables),
            ]
            return wire.ImportOpeningsResponse(results=results)
        async with self.imports.batch(rows) as batch:
            results = await imports_matches.take_openings(batch, rows)
        return wire.ImportOpeningsResponse(results=results)

    async def SumImported(
        self, request: wire.SumImportedRequest, context: Context
    ) -> wire.SumImportedResponse:
        return wire.SumImportedResponse(
            money_confirmed=await self.imports.total(imports_payments.PAYMENT),
            coupons_available=await self.imports.total(imports.COUPON),
        )

    async def _foretold(self, kind: str, rows: Sequence[Row]) -> list[ImportResult]:
        return await self.imports.foretold(kind, [row.legacy_id for row in rows])

    async def _new_ones(
        self, kind: str, rows: Sequence[AnyRow], take: Take[AnyRow]
    ) -> list[ImportResult]:
        async with self.imports.batch(rows) as batch:
            known = await batch.known(kind, [row.legacy_id for row in rows])
            new = {row.legacy_id: row for row in rows if row.legacy_id not in known}
            results = await take(batch, list(new.values()))
        return [*(already_there(*pair) for pair in known.items()), *results]

"""Registrations, payments and coupons moved."""

from __future__ import annotations

from itertools import chain

from fotbot.common.v1.import_pb2 import ImportResult
from fotbot.sessions.v1 import sessions_import_service_pb2 as wire

from services.local.move_in import entries, evenings, queries
from services.local.move_in.old_bot import Row, number_of, text_of
from services.local.move_in.seats import Seats
from services.local.move_in.step import Step
from services.local.move_in.times import stamped

# Two tables of old registrations whose ids may be the same.
REGISTRATION_PREFIX = "registration:"


class EntriesStep(Step):
    """After sessions and teams."""

    async def entries(self) -> None:
        bar = self.bar("registrations")
        for query, prefix in (
            (queries.ENTRIES, ""),
            (queries.OF_LONELY_MATCHES, REGISTRATION_PREFIX),
        ):
            seats = Seats()
            async for rows in self.old.batches(query):
                await self._some_entries(rows, prefix, seats)
                bar.advance(len(rows))
        async for rows in self.old.batches(queries.LONELY_PAYMENTS):
            for paid in rows:
                self._leave_payment(paid, "NO_REGISTRATION")
        bar.end()

    async def _some_entries(self, rows: list[Row], prefix: str, seats: Seats) -> None:
        players = chain.from_iterable(row["players"] for row in rows)
        people = (one for row in rows for one in (row["userId"], row["captainId"]))
        ids = self.ids(
            chain(people, players),
            (row["teamId"] for row in rows),
            (row["sessionId"] for row in rows),
        )
        messages: list[wire.ImportedEntry] = []
        paid = {row["payment"]["id"]: row["payment"] for row in rows if row["payment"]}
        for row in rows:
            is_coming = self._is_coming(row)
            seated, reason = row, entries.reason_to_leave(row, ids)
            if not reason:
                holds = entries.holds(row, is_coming=is_coming)
                seated, reason = seats.take(row, ids, holds=holds)
            if reason:
                self.report.leave("registrations", row["id"], reason)
            else:
                legacy_id = prefix + row["id"]
                messages.append(entries.entry(seated, ids, legacy_id, is_coming=is_coming))
            if row["payment"] and (reason or entries.payment_left(row["payment"])):
                why = "REGISTRATION_LEFT" if reason else entries.payment_left(row["payment"])
                self._leave_payment(row["payment"], why)
        request, call = wire.ImportEntriesRequest, self.target.sessions.ImportEntries
        results = await self.hand_over(call, request, "entries", messages)
        is_payment = entries.PAYMENT_PREFIX
        of_entries = [one for one in results if not one.legacy_id.startswith(is_payment)]
        of_payments = [one for one in results if one.legacy_id.startswith(is_payment)]
        self.hand_over.settle("registrations", of_entries, prefix)
        self._settle_payments(of_payments, paid)

    def _is_coming(self, row: Row) -> bool:
        time = evenings.when(row["session"], self.clock, self.now)
        return time is not None and time.is_coming(self.now)

    def _settle_payments(self, results: list[ImportResult], paid: dict[str, Row]) -> None:
        for result in results:
            payment = paid[result.legacy_id.removeprefix(entries.PAYMENT_PREFIX)]
            if result.reason:
                self._leave_payment(payment, result.reason)
            elif self.hand_over.dry_run:
                self.report.money_confirmed.new += _confirmed(payment)
        self.hand_over.settle("payments", [one for one in results if not one.reason])

    def _leave_payment(self, payment: Row, reason: str) -> None:
        self.report.leave("payments", payment["id"], reason)
        self.report.money_confirmed.left += _confirmed(payment)

    async def coupons(self) -> None:
        bar = self.bar("coupons")
        async for rows in self.old.batches(queries.COUPONS):
            ids = self.ids(row["userId"] for row in rows)
            used_for = (row.get("sessionRegistrationId") for row in rows)
            entry_ids = self.hand_over.known.ids("registrations", used_for)
            messages = []
            for row in rows:
                if row["userId"] not in ids.users:
                    self._leave_coupon(row, "USER_LEFT")
                    continue
                message = wire.ImportedCoupon(
                    legacy_id=row["id"],
                    user_id=ids.users[row["userId"]],
                    used=not _available(row),
                    entry_id=entry_ids.get(row.get("sessionRegistrationId") or "", 0),
                )
                message.issued_at.FromDatetime(stamped(row.get("issuedAt")) or self.now)
                messages.append(message)
            await self._some_coupons(messages, {row["id"]: row for row in rows})
            bar.advance(len(rows))
        bar.end()

    async def _some_coupons(
        self, messages: list[wire.ImportedCoupon], rows: dict[str, Row]
    ) -> None:
        request, call = wire.ImportCouponsRequest, self.target.sessions.ImportCoupons
        results = await self.hand_over(call, request, "coupons", messages)
        for result in results:
            if result.reason:
                self._leave_coupon(rows[result.legacy_id], result.reason)
            elif self.hand_over.dry_run:
                self.report.coupons_available.new += _available(rows[result.legacy_id])
        self.hand_over.settle("coupons", [one for one in results if not one.reason])

    def _leave_coupon(self, coupon: Row, reason: str) -> None:
        self.report.leave("coupons", coupon["id"], reason)
        self.report.coupons_available.left += _available(coupon)


def _confirmed(payment: Row) -> int:
    return number_of(payment, "amount") if text_of(payment, "status") == "CONFIRMED" else 0


def _available(coupon: Row) -> bool:
    return text_of(coupon, "status") == "AVAILABLE"

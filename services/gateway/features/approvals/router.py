"""Which input leads to an organiser's decisions."""

from services.gateway.features.approvals import attendance, handlers
from services.gateway.features.approvals.callbacks import (
    ApproveEntry,
    AskReason,
    ListAwaiting,
    MarkAttendance,
    OpenAttendance,
    OpenEntries,
    OpenEntry,
    SettleRefund,
)
from services.gateway.features.approvals.handlers import NAME, STEP
from services.gateway.features.ending import ending
from services.gateway.features.feature import Feature
from services.gateway.features.onboarding.gate import signed_up

FEATURE = Feature(
    name="approvals",
    taps={
        ListAwaiting: handlers.awaiting,
        OpenEntries: handlers.entries,
        OpenEntry: handlers.opened,
        ApproveEntry: handlers.approved,
        AskReason: signed_up(handlers.asked_reason),
        SettleRefund: handlers.settled,
        OpenAttendance: attendance.opened,
        MarkAttendance: attendance.marked,
    },
    steps={f"{NAME}.{STEP}": ending(handlers.rejected)},
)

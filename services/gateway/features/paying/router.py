"""Which input leads to paying."""

from services.gateway.features.ending import ending
from services.gateway.features.feature import Feature
from services.gateway.features.paying import handlers, stray
from services.gateway.features.paying.callbacks import OpenPaying, PayWithCoupons, ReceiptFor
from services.gateway.features.paying.handlers import NAME

FEATURE = Feature(
    name="paying",
    taps={OpenPaying: handlers.opened, PayWithCoupons: handlers.used_coupons},
    step_taps={ReceiptFor: ending(stray.chosen)},
    steps={f"{NAME}.receipt": ending(handlers.received), f"{NAME}.which": ending(stray.said)},
)

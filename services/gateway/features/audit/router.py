"""Which input leads to the audit."""

from services.gateway.features.audit import handlers
from services.gateway.features.audit.callbacks import OpenAudit, OpenPeopleAudit
from services.gateway.features.feature import Feature

FEATURE = Feature(
    name="audit",
    taps={OpenAudit: handlers.of_sessions, OpenPeopleAudit: handlers.of_people},
)

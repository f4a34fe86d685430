"""How long this process's certificate is good: read from its file when the metrics are asked for,
so that one that was renewed on the disk is told as renewed."""

import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.chassis import logs
from services.chassis.metrics import CERTIFICATE_EXPIRES, CERTIFICATE_STARTS

# A certificate's validity is two times in a sequence of their own, UTCTime or GeneralizedTime;
# nothing before it has that shape. https://www.rfc-editor.org/rfc/rfc5280#section-4.1
_TIME = rb"(?:\x17\x0d\d{12}Z|\x18\x0f\d{14}Z)"
_VALIDITY = re.compile(rb"\x30[\x1e-\x22](%b)(%b)" % (_TIME, _TIME), re.DOTALL)

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """From when until when, in Unix seconds."""

    starts: float
    expires: float


LONG_PAST = Validity(starts=0.0, expires=0.0)


def tell_expiry(path: str | None) -> None:
    """Export from when until when the certificate at `path` is good; nothing if there is none."""
    if path:
        file = Path(path)
        CERTIFICATE_STARTS.labels("tls").set_function(lambda: _validity(file).starts)
        CERTIFICATE_EXPIRES.labels("tls").set_function(lambda: _validity(file).expires)


def validity(pem: str) -> Validity:
    """Of the first certificate in a PEM text. Raises ValueError for what is none."""
    first = pem[pem.find(ssl.PEM_HEADER) :].partition(ssl.PEM_FOOTER)
    found = _VALIDITY.search(ssl.PEM_cert_to_DER_cert("".join(first[:2])))
    if found is None:
        raise ValueError("a certificate without validity")
    return Validity(starts=_moment(found[1]), expires=_moment(found[2]))


def _moment(encoded: bytes) -> float:
    digits = encoded[2:-1].decode()
    if len(digits) == 12:
        digits = ("19" if digits[:2] >= "50" else "20") + digits
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()


def _validity(path: Path) -> Validity:
    """Long past while it cannot be read."""
    try:
        return validity(path.read_text())
    except (OSError, ValueError) as error:
        log.warning("a certificate cannot be read", error=str(error))
        return LONG_PAST

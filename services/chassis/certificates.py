"""Until when this process's certificate is good: read from its file when the metrics are asked for,
so that a certificate that was renewed on the disk is told as renewed."""

import re
import ssl
from datetime import UTC, datetime
from pathlib import Path

from services.chassis import logs
from services.chassis.metrics import CERTIFICATE_EXPIRES

# A certificate's validity is two times in a sequence of their own, UTCTime or GeneralizedTime;
# nothing before it has that shape. https://www.rfc-editor.org/rfc/rfc5280#section-4.1
_TIME = rb"(?:\x17\x0d(?:\d{12})Z|\x18\x0f(?:\d{14})Z)"
_VALIDITY = re.compile(rb"\x30[\x1e-\x22]" + _TIME + rb"(?P<until>" + _TIME + rb")", re.DOTALL)

log = logs.logger(__name__)


def tell_expiry(path: str | None) -> None:
    """Export the moment at which the certificate at `path` ends; nothing if there is none."""
    if path:
        CERTIFICATE_EXPIRES.labels("tls").set_function(lambda: _expires(Path(path)))


def not_after(pem: str) -> datetime:
    """The end of the first certificate in a PEM text. Raises ValueError for what is none."""
    first = pem[pem.find(ssl.PEM_HEADER) :].partition(ssl.PEM_FOOTER)
    found = _VALIDITY.search(ssl.PEM_cert_to_DER_cert("".join(first[:2])))
    if found is None:
        raise ValueError("a certificate without validity")
    digits = found["until"][2:-1].decode()
    if len(digits) == 12:
        digits = ("19" if digits[:2] >= "50" else "20") + digits
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _expires(path: Path) -> float:
    """Unix seconds; 0, long past, while it cannot be read."""
    try:
        return not_after(path.read_text()).timestamp()
    except (OSError, ValueError) as error:
        log.warning("a certificate cannot be read", error=str(error))
        return 0.0

"""`make audit`: 0 when every finding is answered, 1 when one is open, 2 when it cannot be done."""

from __future__ import annotations

import sys
import sysconfig
from datetime import UTC, datetime
from pathlib import Path

from tests.audit.report import report
from tests.audit.run import audit
from tests.audit.services import PipAudit

ROOT = Path(__file__).parents[2]
TOOL = ROOT / ".venv" / "audit"
BILL = ROOT / ".local" / "sbom.json"


def main() -> int:
    sites = (Path(sysconfig.get_path("purelib")), *TOOL.glob("lib/python*/site-packages"))
    service = PipAudit(program=TOOL / "bin" / "pip-audit")
    try:
        done = audit(ROOT, sites, service, datetime.now(UTC).date())
    except (OSError, ValueError, KeyError) as error:
        print(f"The audit cannot be done: {error!r}", file=sys.stderr)
        return 2
    BILL.parent.mkdir(exist_ok=True)
    BILL.write_text(done.bill)
    print(report(done))
    print(f"The bill of materials (CycloneDX): {BILL.relative_to(ROOT)}")
    return 1 if done.unanswered() else 0


if __name__ == "__main__":
    sys.exit(main())

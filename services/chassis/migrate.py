"""`python -m services.<name>.migrate`: one service's migrations as a command."""

import asyncio
import os
import sys

from services.chassis.migrations import MigrateSettings, MigrationRefused, head, migrate
from services.chassis.settings import SettingsError, load

REFUSED = 3


def main(package: str, schema: str) -> None:
    """Upgrade the schema and say so; exits with 2 when the settings are wrong, with 3 when the
    database is not as it must be for this."""
    try:
        settings = load(MigrateSettings, os.environ)
    except SettingsError as error:
        sys.exit(f"{schema}: {error}")
    try:
        revision = asyncio.run(migrate(settings, package, schema))
    except MigrationRefused as refusal:
        print(f"{schema}: {refusal}", file=sys.stderr)
        sys.exit(REFUSED)
    print(f"{schema}: schema at {revision}")
    if revision != head(package):
        print(f"{schema}: that is newer than this release's {head(package)} and stays as it is")

"""`python -m services.<name>.migrate`: one service's migrations as a command."""

import asyncio
import os
import sys

from services.chassis.migrations import MigrateSettings, head, migrate
from services.chassis.settings import SettingsError, load


def main(package: str, schema: str) -> None:
    """Upgrade the schema and say so; exits with 2 when the settings are wrong."""
    try:
        settings = load(MigrateSettings, os.environ)
    except SettingsError as error:
        sys.exit(f"{schema}: {error}")
    revision = asyncio.run(migrate(settings, package, schema))
    print(f"{schema}: schema at {revision}")
    if revision != head(package):
        print(f"{schema}: that is newer than this release's {head(package)} and stays as it is")

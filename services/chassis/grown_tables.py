"""What a migration does to a table that has grown, while the release before goes on writing to it:
indexes are built beside the writes. For the migrations alone; a new table needs none of this."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# A build waits for whoever writes just now and keeps nobody waiting: it need not give way.
PATIENT, HASTY = "SET lock_timeout = 0", "RESET lock_timeout"


def create_index(
    name: str,
    table: str,
    columns: Sequence[str],
    *,
    unique: bool = False,
    where: str | None = None,
) -> None:
    """CREATE INDEX CONCURRENTLY, in a transaction of its own: what the migration did before is
    committed by it. What an attempt that was cut off left behind is dropped first."""
    with op.get_context().autocommit_block():
        op.execute(PATIENT)
        op.drop_index(name, table, postgresql_concurrently=True, if_exists=True)
        op.create_index(
            name,
            table,
            list(columns),
            unique=unique,
            postgresql_where=None if where is None else sa.text(where),
            postgresql_concurrently=True,
        )
        op.execute(HASTY)

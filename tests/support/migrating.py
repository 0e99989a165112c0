"""A database brought back to an older schema."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from data import engine as engines


def downgraded(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(engines.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.connect().execution_options(writing=True) as conn, conn.begin():
        config.attributes["connection"] = conn
        command.downgrade(config, revision)

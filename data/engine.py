"""From a URL to an engine, and the only place that knows a dialect: upserts, bulk loads, wake-ups, migrations."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable

from data.errors import StoreUnavailable
from data.instants import Instant, to_microseconds

MIGRATIONS: Final = Path(__file__).parent / "migrations"
CHANNEL: Final = "shouwang_change"
ROWS_OF_ONE_STATEMENT: Final = 500  # an SQLite statement has at most 32,766 places for values
DIALECTS: Final[dict[str, Callable[[Table], Any]]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def create(url: str) -> Engine:
    """An engine for an SQLite or PostgreSQL URL. Raises `StoreUnavailable` for any other."""
    try:
        parsed = make_url(url)
        name = parsed.get_backend_name()
    except (ArgumentError, SQLAlchemyError) as error:
        raise StoreUnavailable(
            f"{url!r} is no database URL.", remedy="Set DATABASE_URL to a SQLAlchemy URL or leave it empty."
        ) from error
    if name not in DIALECTS:
        raise StoreUnavailable(f"The database {name!r} is not supported.", remedy=f"Supported: {', '.join(DIALECTS)}.")
    if name == "postgresql":
        engine = create_engine(parsed, pool_size=10, max_overflow=20, pool_pre_ping=True)
        event.listen(engine, "connect", _open_postgresql)
        return engine
    if parsed.database not in (None, "", ":memory:"):
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, pool_size=10, max_overflow=20, connect_args={"timeout": 30, "check_same_thread": False})
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_postgresql(connection: Any, _: Any) -> None:
    # After ten times a statement is planned without its values; ours lean on them (a month or a year, a town or the county).
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.commit()


def _open_sqlite(connection: Any, _: Any) -> None:
    # FULL: an acknowledged message survives a power cut, not only a killed process.
    _set_up(connection, "FULL", "foreign_keys=ON")


def _set_up(connection: Any, synchronous: str, *more: str) -> None:
    # The driver's own transaction handling commits before schema changes and never says BEGIN IMMEDIATE: we do both ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    lasting = f"synchronous={synchronous}"
    for pragma in ("journal_mode=WAL", lasting, *more, "busy_timeout=30000", "cache_size=-64000", "mmap_size=1073741824"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def scratch(path: Path, tables: MetaData) -> Engine:
    """A fresh SQLite database of these tables, without indexes yet, for what can be made again: fast, and gone with a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = {"timeout": 30, "check_same_thread": False}
    unsearched = {"keeps_words": False}
    engine = create_engine(f"sqlite:///{path}", pool_size=10, connect_args=settings, execution_options=unsearched)
    event.listen(engine, "connect", lambda connection, _: _set_up(connection, "OFF"))
    event.listen(engine, "begin", _begin_sqlite)
    with writing(engine) as conn:
        for each in tables.sorted_tables:
            conn.execute(CreateTable(each))
    return engine


def make_indexes(conn: Connection, tables: MetaData) -> None:
    """The indexes of a scratch database, once its rows are there: faster than keeping them while the rows come."""
    for made in tables.sorted_tables:
        for each in sorted(made.indexes, key=lambda index: str(index.name)):
            conn.execute(CreateIndex(each))


def _begin_sqlite(connection: Connection) -> None:
    # A writer that begins as a reader cannot wait for its turn: it fails when another has written meanwhile.
    is_writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection inside one write transaction, committed at the end. Raises `StoreUnavailable` when there is no database."""
    with _connected(engine) as connection:
        last: list[Callable[[], Any]] = []
        connection = connection.execution_options(writing=True, last=last)
        with connection.begin():
            yield connection
            for action in last:
                action()


def at_last(conn: Connection, action: Callable[[], Any]) -> None:
    """Do something as the last of a transaction of `writing`, whatever else is still written in it."""
    conn.get_execution_options()["last"].append(action)


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database from its first read to its end."""
    with _connected(engine) as connection:
        connection = connection.execution_options(reading=True)
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextlib.contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise StoreUnavailable("The database does not answer.", remedy="Start it, or correct DATABASE_URL.") from error
    with connection:
        yield connection


def insert_ignore(conn: Connection, table: Table, rows: Sequence[dict[str, Any]], *, returning: Sequence[str]) -> list[Any]:
    """Insert rows, leaving out those whose key is there already; gives `returning` of the rows that are new."""
    new: list[Any] = []
    for first in range(0, len(rows), ROWS_OF_ONE_STATEMENT):
        statement = _insert(conn, table).values(list(rows[first : first + ROWS_OF_ONE_STATEMENT])).on_conflict_do_nothing()
        new += conn.execute(statement.returning(*(table.c[name] for name in returning)))
    return new


def upsert(
    conn: Connection, table: Table, rows: Sequence[dict[str, Any]], *, keys: Sequence[str], adding: Sequence[str] = ()
) -> None:
    """Insert rows or set the columns of those that are there; the columns in `adding` are added to instead of set.

    Goes to the driver directly: a day of the demo city touches twenty thousand rollup cells.
    """
    if not rows:
        return
    columns = list(rows[0])
    mark = "%s" if conn.dialect.name == "postgresql" else "?"
    changed = [
        f'"{name}" = "{table.name}"."{name}" + excluded."{name}"' if name in adding else f'"{name}" = excluded."{name}"'
        for name in columns
        if name not in keys
    ]
    statement = (
        f'INSERT INTO "{table.name}" ({_quoted(columns)}) VALUES ({", ".join([mark] * len(columns))}) '
        f"ON CONFLICT ({_quoted(keys)}) DO UPDATE SET {', '.join(changed)}"
    )
    cursor = conn.connection.cursor()
    try:
        cursor.executemany(statement, _ready(table, columns, [[row[name] for name in columns] for row in rows]))
    finally:
        cursor.close()


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _insert(conn: Connection, table: Table) -> Any:
    return DIALECTS[conn.dialect.name](table)


def bulk_insert(
    conn: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, are_ready: bool = False
) -> None:
    """Insert many rows as fast as the engine can: COPY on PostgreSQL, the driver's own executemany on SQLite.

    `are_ready` says that instants are microseconds already.
    """
    if not rows:
        return
    ready = rows if are_ready else _ready(table, columns, rows)
    names = _quoted(columns)
    cursor = conn.connection.cursor()
    try:
        if conn.dialect.name == "postgresql":
            with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
                for row in ready:
                    copy.write_row(row)
        else:
            places = ", ".join("?" * len(columns))
            cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', ready)
    finally:
        cursor.close()


def _ready(table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """Rows as the driver takes them: instants as microseconds."""
    places = [place for place, name in enumerate(columns) if isinstance(table.c[name].type, Instant)]
    return [_with_microseconds(row, places) for row in rows] if places else rows


def _with_microseconds(row: Sequence[Any], places: Sequence[int]) -> list[Any]:
    ready = list(row)
    for place in places:
        if ready[place] is not None and not isinstance(ready[place], int):
            ready[place] = to_microseconds(ready[place])
    return ready


def reserve_ids(conn: Connection, table: Table, count: int) -> list[int]:
    """So many fresh ids, ours alone beside other writers. Inside a write transaction only."""
    if conn.dialect.name == "postgresql":
        drawn = f"SELECT nextval(pg_get_serial_sequence('\"{table.name}\"', 'id')) FROM generate_series(1, :count)"
        return [int(each) for each in conn.execute(text(drawn), {"count": count}).scalars()]
    first = int(conn.execute(text(f'SELECT coalesce(max(id), 0) + 1 FROM "{table.name}"')).scalar_one())
    return list(range(first, first + count))


def notify(conn: Connection) -> None:
    """Wake the readers of the change feed when this transaction commits."""
    if conn.dialect.name == "postgresql":
        conn.execute(text(f"NOTIFY {CHANNEL}"))


class Wake:
    """Waits until another transaction may have committed: PostgreSQL is told, SQLite is asked."""

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.raw_connection()
        driver: Any = self._connection.driver_connection
        self._driver = driver
        self._is_postgresql = engine.dialect.name == "postgresql"
        self._version: int | None = None
        if self._is_postgresql:
            driver.autocommit = True
            driver.execute(f"LISTEN {CHANNEL}")

    def wait(self, seconds: float) -> bool:
        """True when something may have been committed since the last call; waits at most `seconds`."""
        if self._is_postgresql:
            return any(True for _ in self._driver.notifies(timeout=seconds, stop_after=1))
        version = self._driver.execute("PRAGMA data_version").fetchone()[0]
        has_changed, self._version = version != self._version, version
        return has_changed

    def close(self) -> None:
        self._connection.invalidate()


def upgrade(engine: Engine) -> None:
    """Bring the schema to this code's version. Raises `StoreUnavailable` when the database is newer than the code."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with _connected(engine) as connection:
        found = _revision(connection)
        if found is not None and found not in known:
            raise StoreUnavailable(
                f"The database is at revision {found}, which this code does not know.", remedy="Run the newer code."
            )
        connection = connection.execution_options(writing=True)
        with connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    with connection.begin():
        try:
            with connection.begin_nested():
                return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        except DBAPIError:
            return None


def size_bytes(conn: Connection) -> int:
    """What the database takes on disk."""
    if conn.dialect.name == "postgresql":
        return int(conn.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    return int(conn.execute(text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")).scalar_one())


def lock(conn: Connection, names: Sequence[str]) -> None:
    """Hold these names against other writers until the commit. SQLite has one writer anyway.

    Taken before any row of what they name, and in one order, so that two writers never wait for each other.
    """
    if names and conn.dialect.name == "postgresql":
        held = "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(CAST(:names AS text[])) AS name"
        conn.execute(text(held), {"names": sorted(set(names))})

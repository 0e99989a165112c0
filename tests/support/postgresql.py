"""A private PostgreSQL cluster for one test session: on a free port, in a temporary folder, gone at the end."""

from __future__ import annotations

import itertools
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from support.ports import free_port


class Cluster:
    """PostgreSQL from Debian. Tests fail without it: an untested engine is not a supported one."""

    def __enter__(self) -> Self:
        self.programs = _programs()
        self.folder = Path(tempfile.mkdtemp(prefix="shouwang-postgresql-"))
        self.port = free_port()
        self.numbers = itertools.count(1)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self.janitor = self._start_janitor()
        self._run("initdb", "-D", str(self.folder / "cluster"), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=200 -c shared_buffers=256MB"
        self._run("pg_ctl", "-D", str(self.folder / "cluster"), "-o", options, "-l", str(self.folder / "log"), "-w", "start")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self.janitor.stdin is not None
        self.janitor.stdin.close()
        self.janitor.wait(60)

    def fresh_url(self, template: str = "template1") -> str:
        """The URL of a new database, a copy of `template`; without one it is empty."""
        return self.url(self.create(f"test_{next(self.numbers)}", template))

    def create(self, name: str, template: str = "template1") -> str:
        """A new database of this name; gives the name."""
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._say(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def _say(self, sentence: str) -> None:
        address = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sentence.encode())

    def _start_janitor(self) -> subprocess.Popen[bytes]:
        # Waits for our end of the pipe to close, so that nothing stays behind even when the tests are killed.
        stop = shlex.join(self._command("pg_ctl", "-D", str(self.folder / "cluster"), "-m", "immediate", "-w", "stop"))
        script = f"cat >/dev/null; {stop}; rm -rf {shlex.quote(str(self.folder))}"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(["sh", "-c", script], cwd="/", stdin=subprocess.PIPE, start_new_session=True, **quiet)

    def _run(self, program: str, *arguments: str) -> None:
        command = self._command(program, *arguments)
        done = subprocess.run(
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"

    def _command(self, program: str, *arguments: str) -> list[str]:
        command = [str(self.programs / program), *arguments]
        # PostgreSQL refuses to run as root.
        return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    assert found, "PostgreSQL is not installed: `make test` installs it (Debian package postgresql)."
    assert int(found[-1].parent.name) >= 15, f"PostgreSQL 15 or newer is needed, {found[-1].parent.name} is installed."
    return found[-1]

"""A private PostgreSQL cluster for one test session: on a free port, in a temporary folder, gone at the end."""

from __future__ import annotations

import getpass
import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

from support.ports import free_port


class Cluster:
    """PostgreSQL from Debian. Tests fail without it: an untested engine is not a supported one."""

    def __enter__(self) -> Cluster:
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        assert programs, "PostgreSQL is not installed: `make test` installs it (Debian package postgresql)."
        self.programs = programs[-1]
        self.folder = Path(tempfile.mkdtemp(prefix="shouwang-postgresql-"))
        self.port = free_port()
        self.numbers = itertools.count(1)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-D", str(self.folder / "cluster"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=200 -c shared_buffers=256MB"
        self._run("pg_ctl", "-D", str(self.folder / "cluster"), "-o", options, "-l", str(self.folder / "log"), "-w", "start")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "cluster"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def fresh_url(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{next(self.numbers)}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name)
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        if getpass.getuser() == "root":
            # PostgreSQL refuses to run as root.
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"

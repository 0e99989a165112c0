"""An Apache Superset of its own for a bench: a virtual environment beside ours, its settings in a folder, its server on a free port."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
from support.ports import free_port

# Superset imports two that it does not ask for, and its own cache does not take what a later flask-caching hands it.
PACKAGES = ("apache-superset==6.1.0", "flask-caching<2.4", "cachetools", "rich")
NAME = "bench"  # of its user, and the password
START_SECONDS = 120
# All else is as Superset comes. Databases of SQLite it refuses unless told otherwise; answers it keeps only where it is told to.
CONFIGURATION = """
SECRET_KEY = "{name}" * 16
SQLALCHEMY_DATABASE_URI = "sqlite:///{home}/superset.sqlite"
PREVENT_UNSAFE_DB_CONNECTIONS = False
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
DATA_CACHE_CONFIG = {{"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 86400}}
"""


class NoSuperset(Exception):
    """Superset did not install, start or let us in; says why."""


@contextmanager
def superset(folder: Path, home: Path) -> Iterator[str]:
    """The address of a server of one process and eight threads, gone on leaving. `folder` is the virtual environment, made where there
    is none; `home` must not exist yet. Raises `NoSuperset`."""
    home.mkdir()
    (home / "superset_config.py").write_text(CONFIGURATION.format(name=NAME, home=home))
    own = {"SUPERSET_CONFIG_PATH": str(home / "superset_config.py"), "SUPERSET_HOME": str(home), "HOME": str(home)}
    environment = {**os.environ, "FLASK_APP": "superset", **own}
    environment.pop("PYTHONPATH", None)  # our packages are not its
    binaries = folder / "bin"
    if not (binaries / "python").exists():
        _run(os.environ, sys.executable, "-m", "venv", folder)
    _run(os.environ, binaries / "python", "-m", "pip", "install", "--quiet", *PACKAGES)
    person = [part for name in ("username", "firstname", "lastname", "password") for part in (f"--{name}", NAME)]
    for command in (["db", "upgrade"], ["fab", "create-admin", *person, "--email", f"{NAME}@example.com"], ["init"]):
        _run(environment, binaries / "superset", *command)
    place = f"127.0.0.1:{free_port()}"
    options = ["-w", "1", "-k", "gthread", "--threads", "8", "--keep-alive", "75", "--timeout", "600", "-b", place]
    command = [str(binaries / "gunicorn"), *options, "superset.app:create_app()"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=home, stdout=log, stderr=log)
    try:
        _wait(f"http://{place}", process, home / "log")
        yield f"http://{place}"
    finally:
        process.terminate()
        process.wait(60)


def _run(environment: Mapping[str, str], *command: str | Path) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-600:]
        raise NoSuperset(f"{' '.join(map(str, command))} ended with {done.returncode}: {said}")


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/health", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    raise NoSuperset(f"it was not there within {START_SECONDS} s: {log.read_text(errors='replace')[-600:]}")

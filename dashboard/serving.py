"""Runs the web server: says where it is once it really is there, and lets go of open streams when told to end."""

from __future__ import annotations

import socket
import sys
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI

from dashboard.live import Live

GRACE_SECONDS: Final = 2


class Server(uvicorn.Server):
    """One worker. Open streams never end by themselves, and uvicorn waits for them before anything is told to stop."""

    def __init__(self, app: FastAPI, stream: Live, host: str, port: int) -> None:
        super().__init__(uvicorn.Config(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=GRACE_SECONDS))
        self.stream = stream
        self.address = f"http://{host}:{port}/wall"

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"{self.address}\n")
            sys.stdout.flush()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.stream.hang_up()
        super().handle_exit(sig, frame)

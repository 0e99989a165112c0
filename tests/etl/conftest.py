"""Fixtures of arrival."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from support.house import NOON, House
from support.posting import AES_KEY, APP_ID, TOKEN
from support.reporting import Case
from support.wechat_server import WeChatServer

from data.city import City
from data.clocks import Clock
from data.regions import Regions
from data.settings import Settings
from etl import gateway
from etl.inbox import Worker


@pytest.fixture
def house(engine: Engine, city: City, regions: Regions, tmp_path: Path) -> Iterator[House]:
    settings = Settings(var=str(tmp_path), wechat_token=TOKEN, wechat_aes_key=AES_KEY, wechat_app_id=APP_ID)
    clock = Clock(NOON)
    worker = Worker(engine, city, regions, clock)
    server = FastAPI()
    server.include_router(gateway.router(engine, city, settings, clock, worker))
    with TestClient(server) as client:
        yield House(client, engine, worker, city)


@pytest.fixture
def case(engine: Engine, city: City, tmp_path: Path) -> Case:
    return Case(engine, city, tmp_path)


@pytest.fixture
def wechat() -> Iterator[WeChatServer]:
    with WeChatServer() as server:
        yield server

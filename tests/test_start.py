"""The start as its users meet it: one line, a few seconds, nothing lost, and a sentence when it cannot."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from support.copying import wait_until
from support.ports import free_port
from support.posting import TOKEN, message_xml, post_message
from support.serving import ROOT, Server

from data.case_keeping import KEPT

SENT = 1_795_490_000


def start_badly(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "VAR": str(folder), "DEMO": "0", **settings}
    return subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.alone
def test_the_start_prints_one_line_with_the_address(tmp_path: Path) -> None:
    port = free_port()
    environment = {"PATH": "/usr/bin:/bin", "VAR": str(tmp_path), "DEMO": "0", "PORT": str(port)}
    with subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(1)
        process.terminate()
        assert (first, process.stdout.read()) == (f"http://127.0.0.1:{port}/wall\n", "")


@pytest.mark.alone
def test_started_again_it_is_up_within_five_seconds_and_has_lost_nothing(serve: Callable[..., Server]) -> None:
    first = serve(WECHAT_TOKEN=TOKEN)
    with httpx.Client(base_url=first.url) as client:
        report = message_xml("steward-1", SENT, "1", MsgType="text", Content="护栏坏了")
        assert post_message(client, report, SENT).text == "success"
    first.kill()
    began = time.monotonic()
    second = serve(WECHAT_TOKEN=TOKEN)
    assert time.monotonic() - began <= 5
    said = httpx.get(f"{second.url}/healthz").json()
    assert sum(said["messages"].values()) == 1


def test_a_copy_in_columns_is_taken_up_by_the_next_server_before_anybody_asks(serve: Callable[..., Server]) -> None:
    first = serve(WECHAT_TOKEN=TOKEN)
    with httpx.Client(base_url=first.url, timeout=30) as client:
        assert post_message(client, message_xml("s", SENT, "1", MsgType="text", Content="护栏坏了"), SENT).text == "success"
        wait_until(lambda: client.get("/healthz").json()["messages"] == {"filed": 1})
        assert not list(Path(first.environment["VAR"]).glob("columns/*"))
        client.get("/analysis-export/area.csv?channel=wechat&urgency=normal").raise_for_status()
    wait_until(lambda: list(Path(first.environment["VAR"]).glob(f"columns/{KEPT}*")))
    (kept,) = Path(first.environment["VAR"]).glob("columns/*")
    first.kill()
    second = serve(WECHAT_TOKEN=TOKEN)
    assert second.process is not None
    mapped = Path(f"/proc/{second.process.pid}/maps")
    wait_until(lambda: kept.name in mapped.read_text())
    assert [kept] == list(kept.parent.iterdir())


def test_the_running_server_says_that_it_is_well(server: Server) -> None:
    said = httpx.get(f"{server.url}/healthz").json()
    assert (said["status"], said["reasons"]) == ("ok", [])
    figures = httpx.get(f"{server.url}/metrics").text
    assert "\nshouwang_up 1.0\n" in figures
    assert httpx.get(f"{server.url}/wall").status_code == 200


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"PORT": "eighty"}, "PORT='eighty'"),
        ({"CITY": "data/cities/nowhere"}, "nowhere"),
        ({"DATABASE_URL": "oracle://nobody@localhost/x"}, "oracle"),
        ({"DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/x"}, "database"),
    ],
)
def test_what_cannot_be_used_stops_the_start_with_one_sentence(tmp_path: Path, settings: dict[str, str], named: str) -> None:
    ended = start_badly(tmp_path, **settings)
    assert ended.returncode == 2
    assert named in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_its_embedded_worker_a_message_is_kept_for_another_to_file(serve: Callable[..., Server]) -> None:
    alone = serve(WECHAT_TOKEN=TOKEN, EMBEDDED_WORKER="0")
    with httpx.Client(base_url=alone.url) as client:
        assert post_message(client, message_xml("s", SENT, "1", MsgType="text", Content="护栏坏了"), SENT).text == "success"
        time.sleep(1.5)
        assert client.get("/healthz").json()["messages"] == {"kept": 1}

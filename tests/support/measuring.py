"""What the benchmarks share: a report to file, the processor time of a server and of a browser, and quantiles."""

from __future__ import annotations

import contextlib
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from data.case_keeping import KEPT


def report(number: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "source": "wechat", "source_ref": f"bench-{number}", "reported_at": now, "reported_precision": "second", "received_at": now,
        "channel_code": "wechat", "reporter_kind_code": "steward", "category_code": "Z.01.01", "urgency_code": "normal",
        "report_text": "道路护栏破损，存在安全隐患", "place_basis_code": "point", "county_code": "330483",
        "township_code": "330483100", "lon": 120.49 + number % 50 / 1000, "lat": 30.74,
    }  # fmt: skip


def processor_seconds(process_id: int) -> float:
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_copying(copies: Path) -> bool:
    """Whether a server is making a copy of its incidents in columns in this folder; one that is whole stays there by another name."""
    return copies.is_dir() and any(not each.name.startswith(KEPT) for each in copies.iterdir())


def quantiles(values: list[float]) -> tuple[str, str]:
    ordered = sorted(values)
    return tuple(f"{ordered[min(len(ordered) - 1, int(len(ordered) * share))]:.0f}" for share in (0.5, 0.99))  # type: ignore[return-value]


def browser_process(browser: Browser) -> int:
    """The process of a browser above all its others."""
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return next(int(each["id"]) for each in told if each["type"] == "browser")


def processes(root: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [root]
    for each in found:
        found += children.get(each, [])
    return found


def processor_seconds_of_all(root: int) -> float:
    """What a process and all below it have used."""
    total = 0.0
    for each in processes(root):
        with contextlib.suppress(OSError):  # it ended meanwhile
            total += processor_seconds(each)
    return total


def share_of_a_core(page: Page, root: int, seconds: float) -> float:
    """What all processes of a page's browser use for so long, of one core."""
    before, started = processor_seconds_of_all(root), time.monotonic()
    page.wait_for_timeout(seconds * 1000)
    return (processor_seconds_of_all(root) - before) / (time.monotonic() - started)

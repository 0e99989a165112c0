"""What the benchmarks share: a report to file, the processor time of a server, and quantiles."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


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


def quantiles(values: list[float]) -> tuple[str, str]:
    ordered = sorted(values)
    return tuple(f"{ordered[min(len(ordered) - 1, int(len(ordered) * share))]:.0f}" for share in (0.5, 0.99))  # type: ignore[return-value]

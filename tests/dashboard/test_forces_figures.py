"""The pictures of the forces, from figures made by hand."""

from __future__ import annotations

from itertools import permutations

from dashboard.figures import forces
from dashboard.i18n import Look
from data.city import City


def test_channels_used_alike_stand_in_one_order_however_they_were_counted(city: City) -> None:
    counted = {
        ("wechat", "steward"): 2,
        ("terminal", "grid_worker"): 2,
        ("hotline", "citizen"): 1,
        ("hotline", "steward"): 1,
        ("web", "citizen"): 3,
    }
    look = Look("zh-CN", city.zone)
    orders = {tuple(row["label"] for row in forces.channels(dict(rows), look)) for rows in permutations(counted.items())}
    assert len(orders) == 1 and len(orders.pop()) == 4

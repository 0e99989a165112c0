"""The definitions of what is to be handled (DOMAIN 1.5). Which holds when and for which use is said in `definitions.yaml`."""

from __future__ import annotations

from data.metrics.registry import Definition, define
from data.vocabulary import Word

D1 = define(
    Definition("D1", Word("D1", "全部应处置", "all that were due"), "DOMAIN 1.5 [9]", ("due",), lambda counts: counts["due"])
)
D2 = define(
    Definition(
        "D2",
        Word("D2", "不含未到期在办", "without those open and not due"),
        "DOMAIN 1.5 [19]",
        ("due", "not_due"),
        lambda counts: counts["due"] - counts["not_due"],
    )
)
D3 = define(
    Definition(
        "D3",
        Word("D3", "不含挂账缓办", "without those suspended with consent"),
        "DOMAIN 1.5 [22]",
        ("due", "suspended"),
        lambda counts: counts["due"] - counts["suspended"],
    )
)
# Rework per case taken on: both ends of the rate are then asked of the cases filed in the period.
R = define(
    Definition(
        "R",
        Word("R", "按立案数", "of those taken on"),
        "DOMAIN 1.5 [19]",
        ("filed",),
        lambda counts: counts["filed"],
        ("rework",),
        {"due_reworked": "filed_reworked"},
    )
)

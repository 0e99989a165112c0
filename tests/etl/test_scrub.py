"""What citizens write of themselves and others does not reach the wall."""

from __future__ import annotations

import time

import pytest

from etl.scrub import LONGEST, scrub


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("打13812345678", "打138****5678"),
        ("打１３８ 1234-5678", "打138****5678"),
        ("打1 3 8 1 2 3 4 5 6 7 8", "打138****5678"),
        ("打138\u200b1234\u00ad5678", "打138****5678"),
        ("打1️3️8️1️2️3️4️5️6️7️8️", "打138****5678"),
        ("打1⃣3⃣8⃣1⃣2⃣3⃣4⃣5⃣6⃣7⃣8⃣", "打138****5678"),
        ("+86 138.1234.5678或13987654321", "138****5678或139****4321"),
        ("打一三八一二三四五六七八", "打*******"),
        ("证330483199001011234", "证[证件号]"),
        ("证33048319900101123x", "证[证件号]"),
        ("证33048319900101123Ｘ", "证[证件号]"),
        ("证330483 19900101 1234", "证[证件号]"),
        ("证330483－19900101－123Ｘ", "证[证件号]"),
        ("证330483900101123", "证[证件号]"),
        ("0573-88112233", "0573-*******"),
        ("（0573）88112233", "（0573-*******"),
        ("0573 8811 2233", "0573-*******"),
        ("电话：88112233", "电话：*******"),
        ("写信 li.si@example.cn 即可", "写信 ***@*** 即可"),
        ("我叫张三丰，住在越丰村", "我叫张*，住在越丰村"),
        ("我叫张伟住在越丰村", "我叫张*住在越丰村"),
        ("联系人：李四 13812345678", "联系人：李* 138****5678"),
        ("联系人欧阳小明", "联系人欧阳*"),
        ("姓名: 濮阿大。", "姓名: 濮*。"),
    ],
)
def test_what_gives_a_person_away_is_masked(written: str, kept: str) -> None:
    assert scrub(written) == kept


@pytest.mark.parametrize(
    "written",
    ["长浜南高速涵洞旁的铁丝网护栏坏了，有安全隐患", "2016-03-15 09:29 越丰村12组3号", "已经3天没人收了，约200斤", "路灯杆号 A-0573",
     "请联系人民路派出所", "12345热线说转城管", "我叫了城管没人来", "120.565000, 30.630000"],
)  # fmt: skip
def test_what_the_field_needs_stays_as_written(written: str) -> None:
    assert scrub(written) == written


def test_a_number_at_the_end_of_a_long_text_is_cut_only_after_it_is_masked() -> None:
    assert scrub("路" * (LONGEST - 5) + "13812345678") == "路" * (LONGEST - 5) + "138**"


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "1-", "a", "a@", "a.", "我叫", "我叫张", "\u200b", "一", "电话", "0", "1\u20e3", "x@x."]
)
def test_a_quarter_of_a_megabyte_of_anything_is_read_quickly(piece: str) -> None:
    start = time.perf_counter()
    scrub(piece * (256 * 1024 // len(piece.encode())))
    assert time.perf_counter() - start < 1

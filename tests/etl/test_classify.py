"""The words of a report propose a category, and say how sure they are."""

from pathlib import Path

import pytest
import yaml

from data.city import City
from etl.classify import propose

DEMO = yaml.safe_load(Path("data/cities/tongxiang/demo.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("words", "category", "condition"),
    [
        ("长浜南高速涵洞旁的铁丝网护栏坏了，有安全隐患", "B.01.04", ""),
        ("小区门口井盖丢失，晚上很危险", "B.01.01", "missing"),
        ("小区门口井盖松动", "B.01.01", ""),
        ("邻居为宅基地争吵", "G.01.01", ""),
        ("有人偷倒渣土", "A.01.02", ""),
    ],
)
def test_words_name_a_category_and_a_condition(city: City, words: str, category: str, condition: str) -> None:
    proposal = propose(city, words)
    assert (proposal.category_code, proposal.condition_code) == (category, condition)
    assert 0 < proposal.certainty <= 1


@pytest.mark.parametrize("words", ["", "hello", "有安全隐患", "<script>"])
def test_words_that_fit_everything_name_nothing(city: City, words: str) -> None:
    assert propose(city, words).category_code == city.settings["other_category"]
    assert propose(city, words).certainty == 0


def test_most_invented_reports_are_proposed_as_what_they_are(city: City) -> None:
    samples = [(code, words) for code, said in DEMO["categories"].items() for words in said["texts"]]
    right = sum(propose(city, words).category_code == code for code, words in samples)
    assert right / len(samples) > 0.95

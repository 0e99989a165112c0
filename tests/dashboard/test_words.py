"""Both languages are complete: the same keys, the same places, and every word the code asks for."""

import json
import re
from pathlib import Path

from dashboard import i18n

CODE = [path for folder in ("dashboard", "layouts", "callbacks") for path in Path(folder).rglob("*.py")]
SCRIPTS = list(Path("dashboard/assets/modules").glob("*.mjs"))


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    zh, en = i18n.words("zh-CN"), i18n.words("en")
    assert zh.keys() == en.keys()
    for key in zh:
        assert set(re.findall(r"\{(\w+)\}", zh[key])) == set(re.findall(r"\{(\w+)\}", en[key])), key


def test_every_word_that_is_asked_for_is_there() -> None:
    asked = {key for path in CODE for key in re.findall(r'\.word\(\s*"([\w.]+)"', path.read_text(encoding="utf-8"))}
    asked |= {key for path in SCRIPTS for key in re.findall(r'words\["([\w.]+)"\]', path.read_text(encoding="utf-8"))}
    assert len(asked) > 30 and asked <= i18n.words("zh-CN").keys()


def test_no_word_is_said_twice_in_a_file() -> None:
    for path in Path("dashboard/words").glob("*.json"):
        pairs = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys))


def test_the_language_of_the_address_is_taken_or_chinese() -> None:
    assert [i18n.language_of(each) for each in (None, "", "en", "zh", "zh-CN", "fr")] == [
        "zh-CN",
        "zh-CN",
        "en",
        "zh-CN",
        "zh-CN",
        "zh-CN",
    ]

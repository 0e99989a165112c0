"""A city's own water, roads and railways, and a sentence for everything about them that does not fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.bases import with_base

from data import base_layers
from data import city as cities
from data.errors import CityError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_base(tmp_path / "city")


def test_a_city_with_a_base_holds_together_and_names_its_files(folder: Path) -> None:
    assert cities.check(folder) == []
    city = cities.load(folder)
    assert [(each["name"], each["kind"]) for each in base_layers.layers(city)] == [
        ("water", "water"),
        ("roads", "road"),
        ("rail", "rail"),
    ]
    assert base_layers.file_of(city, "rail") == folder / "base/rail.geojson"
    assert base_layers.file_of(city, "../city") is None


def test_a_city_without_a_base_has_no_layer() -> None:
    assert base_layers.layers(cities.load(Path("data/cities/tongxiang"))) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("kind: rail", "kind: tram", "layer 3 of base is a 'tram'; kind is one of water, road, rail."),
        ("name: roads", "name: Roads!", "layer 2 of base is called 'Roads!'"),
        ("name: roads", "name: water", "layer 2 of base is the second called water."),
        (", kind: road}", "}", "layer 2 of base needs name, file and kind."),
        ("{zh: 水系 示例, en: example water}", "{zh: 水系}", "layer 1 of base has an attribution without zh and en."),
        ("base/rail.geojson", "base/rails.geojson", "the base file base/rails.geojson is missing."),
        ("base/rail.geojson", "../secret.geojson", "lies outside the city's folder."),
        ("base/roads.geojson", "base/water.geojson", "feature 2 is a Polygon, which is no road."),
        ("base/roads.geojson", "base/base.yaml", "base/base.yaml is no GeoJSON"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(folder: Path, old: str, new: str, sentence: str) -> None:
    path = folder / "city.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(sentence in each for each in cities.check(folder)), cities.check(folder)
    with pytest.raises(CityError):
        cities.load(folder)


def test_coordinates_that_are_no_degrees_are_told(folder: Path) -> None:
    path = folder / "base/rail.geojson"
    path.write_text(path.read_text("utf-8").replace("[120.", "[13360000."), encoding="utf-8")
    assert any("outside the guard box; are its coordinates WGS84" in each for each in cities.check(folder))


def test_a_file_too_large_for_a_wall_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base_layers, "LARGEST_BYTES", 100)
    assert any("Simplify it." in each for each in cities.check(folder))


@pytest.mark.parametrize("said", ["base: rivers\n", "base: {name: x}\n"])
def test_a_base_that_is_no_list_is_told(folder: Path, said: str) -> None:
    text = (folder / "city.yaml").read_text("utf-8")
    (folder / "city.yaml").write_text(text.partition("\nbase:")[0] + "\n" + said, encoding="utf-8")
    assert "city.yaml: base is a list of layers." in cities.check(folder)


def test_an_empty_layer_is_allowed(folder: Path) -> None:
    (folder / "base/rail.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": []}), encoding="utf-8")
    assert cities.check(folder) == []

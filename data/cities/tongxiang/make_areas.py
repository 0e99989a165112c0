"""Makes areas.csv, organisations.csv and boundaries/ of this folder from the public lists named in README.md.

Run once by hand: `python data/cities/tongxiang/make_areas.py FOLDER_OF_THE_LISTS`. Needs pypinyin for
the English names. Same input, same output: every invented point is drawn from the name it belongs to.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from pypinyin import lazy_pinyin
from shapely import MultiPoint, Point, Polygon, intersection, unary_union, voronoi_polygons
from shapely.geometry import mapping, shape

HERE = Path(__file__).parent
COUNTY = "330483"
# Version of the list -> first day its contents are taken to hold; later versions without a change are left out.
VINTAGES = (
    ("2.0.0", "2010-01-01"),
    ("2.1.1", "2017-01-01"),
    ("2.3.1", "2019-01-01"),
    ("2.4.0", "2020-01-01"),
    ("2.6.1", "2022-01-01"),
)
TOWN_ENGLISH = {"街道": "Subdistrict", "镇": "Town"}
CENTRES = {"330483001": (120.56081, 30.63287), "330483003": (120.4965, 30.6000)}  # 凤鸣: west of Wutong, no centre published
NAME_OF_CENTRE = {"Chóngfú": "330483107", "Dama": "330483106", "Gaoqiao": "330483004", "Heshan": "330483104", "Puyuan": "330483101",
                  "Shimen": "330483103", "Tudian": "330483102", "Wuzhen": "330483100", "Zhouquan": "330483105"}  # fmt: skip
READINGS = {"长": "chang", "弄": "long"}  # as place names here are read, where the dictionary takes another reading
ORDINALS = "一二三四五六七八九"


def short(name: str) -> str:
    for suffix in ("居委会", "村委会"):
        name = name.removesuffix(suffix)
    return name[:-1] if name.endswith("村村") else name


def english(name: str, suffix: str) -> str:
    """Pinyin as on road signs: a syllable that begins with a vowel is set off, as in Yong'an."""
    syllables = zip(name, lazy_pinyin(name), strict=True)
    first, *rest = [READINGS.get(character, syllable) for character, syllable in syllables]
    said = first + "".join(f"'{each}" if each[0] in "aeo" else each for each in rest)
    return said.capitalize() + (f" {suffix}" if suffix else "")


def random_of(name: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))


def points_inside(area: Polygon, names: list[str], rounds: int = 12) -> list[tuple[float, float]]:
    """One point per name, spread evenly: Lloyd's relaxation of points drawn from the names."""
    west, south, east, north = area.bounds
    points = []
    for name in names:
        generator = random_of(name)
        while True:
            point = Point(generator.uniform(west, east), generator.uniform(south, north))
            if area.contains(point):
                points.append(point)
                break
    for _ in range(rounds):
        points = [
            cell.centroid if area.contains(cell.centroid) else point
            for cell, point in zip(cells(area, points), points, strict=True)
        ]
    return [(point.x, point.y) for point in points]


def cells(area: Polygon, points: list[Point]) -> list[Polygon]:
    """The Voronoi cell of each point, cut by the area, in the order of the points."""
    if len(points) == 1:
        return [area]
    found = list(voronoi_polygons(MultiPoint(points), extend_to=area.buffer(1)).geoms)
    ordered = []
    for point in points:
        cell = next(each for each in found if each.contains(point))
        ordered.append(intersection(cell, area))
    return ordered


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main(folder: Path) -> None:
    county_shape = shape(json.loads((folder / "tianditu_cgcs2000_330483.geojson").read_text())["features"][0]["geometry"])
    county = max(county_shape.geoms, key=lambda each: each.area) if county_shape.geom_type == "MultiPolygon" else county_shape
    centres = dict(CENTRES)
    for row in read(folder / "geonames_cities500_around_tongxiang.csv"):
        if row["name"] in NAME_OF_CENTRE:
            centres[NAME_OF_CENTRE[row["name"]]] = (float(row["lon"]), float(row["lat"]))
    codes = sorted(centres)
    towns = dict(zip(codes, cells(county, [Point(*centres[code]) for code in codes]), strict=True))

    villages = {first_on: read(folder / f"villages_330483_china-division-{version}.csv") for version, first_on in VINTAGES}
    town_rows = {first_on: read(folder / f"streets_330483_china-division-{version}.csv") for version, first_on in VINTAGES}
    today = {"330483002": "330483100", "330483108": "330483004"}  # 龙翔 went to 乌镇; 高桥 was raised to a street

    # One point per village name and today's town, over all vintages together, so that a village never moves.
    home: dict[str, str] = {}
    for rows in villages.values():
        for row in rows:
            home[short(row["name"])] = today.get(row["streetCode"], row["streetCode"])
    home["西浜村"] = "330483100"
    southern = {short(row["name"]) for row in villages["2010-01-01"] if row["streetCode"] == "330483002"}
    seeds: dict[str, Point] = {}
    for code, town in towns.items():
        names = sorted(name for name, where in home.items() if where == code)
        # 龙翔 lay south of 乌镇, towards 梧桐: its villages take the southern points, so that the old town is one piece.
        points = sorted(points_inside(town, names), key=lambda xy: xy[1]) if code == "330483100" else points_inside(town, names)
        names.sort(key=lambda name: (name not in southern, name))
        seeds |= {name: Point(*xy) for name, xy in zip(names, points, strict=True)}
    renamed = {"小园头村": "小元头村", "湘漾村": "湘洋村", "中夫村": "钟夫村"}
    seeds |= {old: seeds[new] for old, new in renamed.items()}

    areas: list[list[object]] = []
    shapes: dict[str, list[tuple[str, str, Polygon]]] = {
        "county": [(COUNTY, "2010-01-01", county_shape)],
        "township": [],
        "village": [],
        "grid": [],
    }
    areas.append(
        [COUNTY, "county", "city", "", "桐乡市", "Tongxiang", "桐乡市", "2010-01-01", "", county.centroid.x, county.centroid.y]
    )
    open_rows: dict[tuple[str, str], list[object]] = {}
    last_shape: dict[str, Polygon] = {}
    firsts = [first_on for _, first_on in VINTAGES]
    for place, first_on in enumerate(firsts):
        cell_of: dict[str, Polygon] = {}
        by_home: dict[str, list[dict[str, str]]] = {}
        for row in villages[first_on]:
            by_home.setdefault(
                home[short(row["name"])] if short(row["name"]) not in renamed else today.get(row["streetCode"], row["streetCode"]),
                [],
            ).append(row)
        for code, rows in by_home.items():
            for row, cell in zip(rows, cells(towns[code], [seeds[short(row["name"])] for row in rows]), strict=True):
                cell_of[row["code"]] = cell
        now: dict[tuple[str, str], tuple[list[object], Polygon]] = {}
        for row in town_rows[first_on]:
            area = unary_union([cell_of[each["code"]] for each in villages[first_on] if each["streetCode"] == row["code"]])
            kind = "street" if row["name"].endswith("街道") else "town"
            base = row["name"][: -2 if kind == "street" else -1]
            record = [
                row["code"],
                "township",
                kind,
                COUNTY,
                row["name"],
                english(base, TOWN_ENGLISH["街道" if kind == "street" else "镇"]),
                row["name"],
            ]
            now[row["code"], row["name"]] = (record, area)
        for row in villages[first_on]:
            name = short(row["name"])
            kind = "community" if row["name"].endswith("居委会") else "village"
            base = name[:-2] if name.endswith("社区") else name.removesuffix("村")
            record = [
                row["code"],
                "village",
                kind,
                row["streetCode"],
                name,
                english(base, "Community" if kind == "community" else "Village"),
                row["name"],
            ]
            now[row["code"], name] = (record, cell_of[row["code"]])
            count = int(random_of("grids " + name).integers(3, 7))
            grid_names = [f"{name}第{ORDINALS[number]}网格" for number in range(count)]
            inside = [Point(*xy) for xy in points_inside(cell_of[row["code"]], grid_names, rounds=6)]
            for number, (grid_name, cell) in enumerate(zip(grid_names, cells(cell_of[row["code"]], inside), strict=True), start=1):
                code = f"{row['code']}{number:03d}"
                now[code, grid_name] = (
                    [code, "grid", "grid", row["code"], grid_name, f"{english(base, 'Grid')} {number}", grid_name],
                    cell,
                )
        for key in [key for key in open_rows if key not in now]:
            open_rows.pop(key)[8] = (np.datetime64(first_on) - 1).astype(str).item()
            last_shape.pop(key[0], None)
        for key, (record, area) in now.items():
            if key not in open_rows:
                centre = area.representative_point() if not area.contains(area.centroid) else area.centroid
                full = [*record, first_on, "", centre.x, centre.y]
                open_rows[key] = full
                areas.append(full)
            before = last_shape.get(key[0])
            if before is None or before.symmetric_difference(area).area > 1e-9:
                shapes[str(record[1])].append((key[0], first_on, area))
                last_shape[key[0]] = area
    for code, name, en, lon, lat in (("zone-1", "桐乡经济开发区", "Tongxiang Economic Development Zone", 120.5450, 30.5750),
                                     ("zone-2", "濮院针织产业园区", "Puyuan Knitwear Park", 120.6200, 30.6750)):  # fmt: skip
        areas.append([code, "zone", "zone", COUNTY, name, en, name, "2010-01-01", "", lon, lat])

    with (HERE / "areas.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            [
                "area_code",
                "level_code",
                "kind_code",
                "parent_code",
                "name_zh",
                "name_en",
                "official_name",
                "valid_from_on",
                "valid_to_on",
                "lon",
                "lat",
            ]
        )
        writer.writerows([*row[:9], round(float(str(row[9])), 5), round(float(str(row[10])), 5)] for row in areas)
    for level, rows in shapes.items():
        features = [
            {"type": "Feature", "properties": {"area_code": code, "valid_from_on": first_on}, "geometry": rounded(area)}
            for code, first_on, area in rows
        ]
        text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
        (HERE / "boundaries" / f"{level}.geojson").write_text(text + "\n", encoding="utf-8")
    write_organisations(areas)


def rounded(area: Polygon) -> dict[str, object]:
    def trim(value: object) -> object:
        return [trim(each) for each in value] if isinstance(value, list | tuple) else round(float(str(value)), 5)

    geometry = mapping(area)
    return {"type": geometry["type"], "coordinates": trim(geometry["coordinates"])}


def write_organisations(areas: list[list[object]]) -> None:
    departments = [row for row in read(HERE / "organisations.csv") if row["kind_code"] == "department"]
    rows: list[list[object]] = [["center", "center", COUNTY, "市社会治理综合指挥中心", "City Command Centre"]]
    rows += [
        [f"room-{row[0]}", "town_room", row[0], f"{row[4]}综合指挥室", f"{row[5]} command room"]
        for row in areas
        if row[1] == "township"
    ]
    rows += [[row[0], "zone", COUNTY, row[4], row[5]] for row in areas if row[1] == "zone"]
    rows += [list(row.values()) for row in departments]
    with (HERE / "organisations.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["organisation_code", "kind_code", "area_code", "name_zh", "name_en"])
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

// Names on the map: none over another, none over a cluster, none off the map; rather none at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { boxAround, overlaps, placeNames } from "../../dashboard/assets/modules/map-names.mjs";
import { belongs, holds, ringsOf } from "../../dashboard/assets/modules/map-shape.mjs";

const BOX = { width: 800, height: 600 };
const name = (x, y, words = "name") => ({ x, y, name: words, width: 80, height: 26 });
let seed = 3;
function chance() { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648; }

function check(placed, blocks) {
  for (const a of placed) {
    assert.ok(a.left >= 0 && a.top >= 0 && a.right <= BOX.width && a.bottom <= BOX.height, "off the map");
    for (const b of placed) assert.ok(a === b || !overlaps(a, b), "over each other");
    for (const block of blocks) assert.ok(!overlaps(a, block), "over a cluster");
  }
}

test("names with room stand at their places", () => {
  const placed = placeNames([name(100, 100), name(400, 300)], [], [], BOX);
  assert.deepEqual(placed.map(({ x, y }) => [x, y]).sort(), [[100, 100], [400, 300]]);
});

for (const [names, clusters, late] of [[11, 16, 200], [60, 20, 50], [300, 0, 0], [11, 400, 0]]) {
  test(`${names} names among ${clusters} clusters and ${late} late marks never collide`, () => {
    const asked = Array.from({ length: names }, (_, at) => name(BOX.width * chance(), BOX.height * chance(), String(at)));
    const blocks = Array.from({ length: clusters }, () => boxAround({ x: BOX.width * chance(), y: BOX.height * chance() }, 22));
    const marks = Array.from({ length: late }, () => ({ ...boxAround({ x: BOX.width * chance(), y: BOX.height * chance() }, 5), isLate: true }));
    const placed = placeNames(asked, blocks, marks, BOX);
    check(placed, blocks);
    if (names === 11 && clusters === 16) assert.ok(placed.length >= 9);
    if (names === 300) assert.ok(placed.length < 300, "an illegible pile");
    for (const each of placed) assert.ok(marks.filter((mark) => overlaps(each, mark)).length <= 3);
  });
}

test("a name keeps away from a late mark where it can", () => {
  const mark = { ...boxAround({ x: 100, y: 100 }, 5), isLate: true };
  const [placed] = placeNames([name(100, 100)], [], [mark], BOX);
  assert.ok(!overlaps(placed, mark));
});

test("a place whose surroundings are full has no name", () => {
  assert.deepEqual(placeNames([name(100, 100)], [{ left: 0, right: 400, top: 0, bottom: 400 }], [], BOX), []);
});

test("a name is read as its own area's: its middle is in no other and some of it at home", () => {
  const square = (left) => ringsOf({ type: "Polygon", coordinates: [[[left, 0], [left + 100, 0], [left + 100, 100], [left, 100], [left, 0]]] }, ({ lon, lat }) => ({ x: lon, y: lat }));
  const cells = [{ code: "a", rings: square(0) }, { code: "b", rings: square(100) }], box = (x) => ({ left: x - 30, right: x + 30, top: 40, bottom: 60 });
  assert.ok(holds(cells[0].rings, 50, 50) && !holds(cells[0].rings, 150, 50));
  assert.ok(belongs(box(50), "a", cells) && belongs(box(-10), "a", cells));
  assert.ok(!belongs(box(110), "a", cells) && !belongs(box(-60), "a", cells));
});

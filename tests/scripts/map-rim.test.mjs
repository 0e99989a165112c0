// Late marks on the map: each stands alone, none covers a cluster's number or another late one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { grouped, lateSize, numberRadius, radiusOf } from "../../dashboard/assets/modules/map-cluster.mjs";
import { placeLate, rimOf } from "../../dashboard/assets/modules/map-rim.mjs";

const CHANCE = { now: 7 };
function chance() { CHANCE.now = (CHANCE.now * 1103515245 + 12345) % 2147483648; return CHANCE.now / 2147483648; }

// A county of `count` points in a few crowded towns, a share of them late.
function county(count, lateShare, width, height) {
  const towns = Array.from({ length: 9 }, () => ({ x: width * (0.15 + 0.7 * chance()), y: height * (0.15 + 0.7 * chance()) }));
  return Array.from({ length: count }, (_, id) => {
    const town = towns[id % towns.length], spread = width * 0.09;
    return { id, x: town.x + spread * (chance() + chance() - 1), y: town.y + spread * (chance() + chance() - 1), kind: chance() < lateShare ? "late" : chance() < 0.1 ? "risk" : "on-time", urgency: "normal" };
  });
}

function drawn(points, unit, box) {
  const groups = grouped(points, unit);
  return { ...groups, marks: placeLate(groups.late, groups.clusters, unit, box) };
}

for (const [width, height, unit] of [[820, 590, 1], [1640, 1180, 2]]) for (const share of [0.02, 0.12, 0.3]) {
  test(`at ${width} by ${height} with ${share * 100} % late every late one is drawn, and every number stays free`, () => {
    const box = { width, height }, points = county(1800, share, width, height), { late, alone, clusters, marks } = drawn(points, unit, box);
    assert.equal(marks.length, points.filter((point) => point.kind === "late").length);
    assert.equal(late.length + alone.length + clusters.reduce((sum, each) => sum + each.count, 0), points.length);
    for (const mark of marks) for (const cluster of clusters) {
      const apart = Math.hypot(mark.x - cluster.x, mark.y - cluster.y);
      assert.ok(apart >= numberRadius(cluster.count, unit) + 1.3 * mark.size, `a mark lies on the number ${cluster.count}`);
      assert.ok(apart >= radiusOf(cluster.count, unit) - 0.1);
    }
    let close = 0;
    for (let a = 0; a < marks.length; a += 1) for (let b = a + 1; b < marks.length; b += 1) close += Math.hypot(marks[a].x - marks[b].x, marks[a].y - marks[b].y) < marks[a].size * 1.9;
    assert.ok(close <= marks.length * 0.02, `${close} pairs of ${marks.length} late marks cover each other`);
  });
}

test("a late mark over a cluster moves to its rim in the direction in which it lay", () => {
  const cluster = { x: 100, y: 100, count: 40, kind: "on-time" };
  const [mark] = placeLate([{ id: 1, x: 106, y: 100, kind: "late", urgency: "normal" }], [cluster], 1, { width: 400, height: 400 });
  assert.ok(Math.abs(mark.y - 100) < 1e-9 && Math.abs(mark.x - 100 - rimOf(cluster, 1, mark.size)) < 1e-9);
});

test("a late mark that covers nothing stands at its place", () => {
  const [mark] = placeLate([{ id: 1, x: 300, y: 300, kind: "late", urgency: "normal" }], [{ x: 100, y: 100, count: 40 }], 1, { width: 400, height: 400 });
  assert.deepEqual([mark.x, mark.y], [300, 300]);
});

test("late ones at the very same place stand beside each other, the urgent one at the place itself", () => {
  const late = Array.from({ length: 12 }, (_, id) => ({ id, x: 50, y: 50, kind: "late", urgency: id === 7 ? "urgent" : "normal" }));
  const marks = placeLate(late, [], 1, { width: 400, height: 400 });
  assert.deepEqual(marks.filter((mark) => mark.x === 50 && mark.y === 50).map((mark) => mark.id), [7]);
  for (const a of marks) for (const b of marks) assert.ok(a === b || Math.hypot(a.x - b.x, a.y - b.y) >= a.size * 1.9);
});

test("marks of the same points stand where they stood", () => {
  const points = county(900, 0.2, 820, 590), box = { width: 820, height: 590 };
  assert.deepEqual(drawn(points, 1, box).marks, drawn([...points].reverse().sort((a, b) => a.id - b.id), 1, box).marks);
});

test("two hundred late marks are smaller than ten, and no cluster has a late one in it", () => {
  assert.ok(lateSize(200, 1) < lateSize(10, 1) && lateSize(200, 1) > 3.5);
  const { clusters, alone } = grouped(county(1800, 0.2, 820, 590), 1);
  assert.ok(clusters.length > 4 && [...clusters, ...alone].every((each) => each.kind !== "late"));
});

test("circles of clusters do not touch each other", () => {
  const { clusters, alone } = grouped(county(1800, 0.1, 820, 590), 1), all = [...clusters, ...alone];
  for (const a of all) for (const b of all) assert.ok(a === b || Math.hypot(a.x - b.x, a.y - b.y) >= radiusOf(a.count ?? 1, 1) + radiusOf(b.count ?? 1, 1));
});

test("the case in focus stands alone, whatever its state", () => {
  const points = county(900, 0, 820, 590), { late } = grouped(points, 1, 17);
  assert.deepEqual(late.map((each) => each.id), [17]);
});

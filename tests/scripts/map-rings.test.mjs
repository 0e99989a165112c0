// Rings over the map, without a page: how many there are, and that none is kept where nothing changes.
import assert from "node:assert/strict";
import { test } from "node:test";

let time = 0;
const put_off = [];
globalThis.performance = { now: () => time };
globalThis.setTimeout = (action, milliseconds) => put_off.push({ action, at: time + milliseconds });
globalThis.matchMedia = () => ({ matches: false });
globalThis.document = { createElement: () => ({ style: {}, remove() { panel.splice(panel.indexOf(this), 1); } }) };
const { REST_MS, Rings } = await import("../../dashboard/assets/modules/map-rings.mjs");

const panel = [], canvas = { parentElement: { append: (mark) => panel.push(mark) } };
const pass = (milliseconds) => {
  for (const end = time + milliseconds; time < end; time += 10) put_off.splice(0).forEach((each) => (each.at <= time ? each.action() : put_off.push(each)));
};
const ring = (rings, count = 1) => {
  for (let id = 0; id < count; id += 1) rings.hear({ id, lon: id, lat: id }, true);
  rings.open(({ lon, lat }) => ({ x: lon, y: lat }));
};

test("a ring is used again, and no more open at once than can be told apart", () => {
  const rings = new Rings(canvas);
  ring(rings);
  assert.deepEqual([panel.length, panel[0].style.opacity], [1, "1"]);
  pass(2000);
  assert.equal(panel[0].style.opacity, "0");
  ring(rings);
  assert.equal(panel.length, 1);
  ring(rings, 30);
  assert.equal(panel.length, 12);
  rings.leave();
  assert.equal(panel.length, 0);
});

test("where nothing changes for a while there is no ring, and the next change has one", () => {
  const rings = new Rings(canvas);
  ring(rings, 5);
  pass(REST_MS - 10);
  rings.rest();
  assert.equal(panel.length, 5);
  pass(10);
  rings.rest();
  assert.equal(panel.length, 0);
  ring(rings);
  assert.deepEqual([panel.length, panel[0].style.opacity], [1, "1"]);
});

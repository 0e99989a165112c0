// Which changes an incident's page follows, and when its mark on the map moves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { follows, mark } from "../../dashboard/assets/modules/incident-mark.mjs";

test("a page follows its own incident and those it was merged with, and nothing else", () => {
  assert.equal(follows({ kind: "incident", incident: { id: 7 } }, [7, 9]), true);
  assert.equal(follows({ kind: "incident", incident: { id: 9 } }, [7, 9]), true);
  assert.equal(follows({ kind: "incident", incident: { id: 8 } }, [7, 9]), false);
  assert.equal(follows({ kind: "progress", content: {} }, [7]), false);
});

test("the mark is drawn once for a place, moves with it, and goes when there is none", async () => {
  const drawn = [], removed = [], views = [];
  const layer = (name) => ({ addTo() { drawn.push(name); return this; }, remove() { removed.push(name); }, bringToFront() {} });
  globalThis.window = { L: { circleMarker: (place) => layer(place.join(",")), geoJSON: () => layer("grids") } };
  globalThis.fetch = async () => ({ ok: true, json: async () => ({}) });
  const map = { setView: (place, zoom) => views.push([...place, zoom]) };
  const spot = { dataset: { lon: "120.5", lat: "30.7", rough: "", township: "330483100" } };
  await mark(spot, map);
  await mark(spot, map);
  assert.deepEqual([drawn, views], [["30.7,120.5", "grids"], [[30.7, 120.5, 15]]]);
  await mark({ dataset: { ...spot.dataset, lat: "30.8", rough: "1", township: "" } }, map);
  assert.deepEqual([drawn.at(-1), removed, views.at(-1)], ["30.8,120.5", ["30.7,120.5", "grids"], [30.8, 120.5, 14]]);
  await mark(null, map);
  assert.deepEqual(removed.at(-1), "30.8,120.5");
});

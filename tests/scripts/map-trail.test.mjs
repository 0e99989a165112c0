// Where today's reports came from: what the server said, what has been heard since, and nothing of yesterday.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hasAged } from "../../dashboard/assets/modules/map-plan.mjs";
import { Sources, Trail } from "../../dashboard/assets/modules/map-sources.mjs";

const DAY = { from: 1000, until: 9000, points: [[1, 120.1, 30.1, 2000], [2, 120.2, 30.2, 3000]] };
const sources = (content) => ({ known: new Map([["/trail", {}]]), get: () => content });

test("a report heard since is added, one that moved stands at its new place, one without a point is left out", () => {
  const trail = new Trail(sources(DAY));
  trail.hear({ id: 3, lon: 120.3, lat: 30.3, at: 4000 });
  trail.hear({ id: 2, lon: 121, lat: 31, at: 3000 });
  trail.hear({ id: 4, lon: null, lat: null, at: 4000 });
  assert.deepEqual(trail.points("/trail", 5000).map(({ lon, at }) => [lon, at]), [[120.1, 2000], [120.3, 4000], [121, 3000]]);
});

test("a case of an earlier day that changes today leaves no trace", () => {
  const trail = new Trail(sources(DAY));
  trail.hear({ id: 9, lon: 120, lat: 30, at: 500 });
  assert.equal(trail.points("/trail", 5000).length, 2);
});

test("at midnight yesterday's trace is gone and today's is asked for", () => {
  const given = sources(DAY), trail = new Trail(given);
  assert.deepEqual(trail.points("/trail", 9000), []);
  assert.equal(given.known.size, 0);
});

test("without an answer there is no trace, and what is kept has an end", () => {
  const trail = new Trail(sources(null));
  for (let id = 0; id < 6000; id += 1) trail.hear({ id, lon: 120, lat: 30, at: 2000 });
  assert.deepEqual(trail.points("/trail", 5000), []);
  assert.equal(trail.heard.size, 5000);
});

test("an answer is asked for once, and the last one stays when the next fails", async () => {
  const asked = [], answers = [{ ok: true, json: async () => ({ n: 1 }) }, { ok: false }];
  globalThis.fetch = async (address) => { asked.push(address); return answers[Math.min(asked.length, 2) - 1]; };
  let arrived = 0;
  const kept = new Sources(() => { arrived += 1; });
  assert.equal(kept.get("/values"), null);
  kept.get("/values");
  await new Promise(setImmediate);
  assert.deepEqual([kept.get("/values"), asked.length, arrived], [{ n: 1 }, 1, 1]);
  kept.renew();
  kept.get("/values");
  await new Promise(setImmediate);
  assert.deepEqual([kept.get("/values"), asked.length, arrived], [{ n: 1 }, 2, 1]);
});

test("a picture of marks and trail ages when a case becomes late or the trail has faded a step, one of values always", () => {
  const drawnAt = 600_000 * 100, due = drawnAt + 30_000, points = new Map([[1, { state: "handling", due, risk: null }], [2, { state: "handling", due: null }]]);
  const after = (milliseconds, asked = { marks: true }) => hasAged({ points, asked, drawnAt, now: () => drawnAt + milliseconds });
  assert.deepEqual([after(20_000), after(40_000), after(600_000)], [false, true, true]);
  assert.equal(after(0, { choropleth: "reported" }), true);
  assert.equal(hasAged({ points, asked: {}, drawnAt: -Infinity, now: () => drawnAt }), true);
});

// What a tile is in, and since when.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stateOf } from "../../dashboard/assets/modules/freshness.mjs";

const live = { isCut: false, since: 0 };

test("a tile loads until the server has answered for it, then is fresh up to its own limit, then stale", () => {
  const of = (known, now) => stateOf({ wantedAt: 1000, limit: 150_000, ...known }, live, now);
  assert.deepEqual(of({}, 9_000), { state: "loading", since: 1000 });
  assert.deepEqual(of({ asOf: 2000 }, 152_000), { state: "fresh", since: 2000 });
  assert.deepEqual(of({ asOf: 2000 }, 152_001), { state: "stale", since: 2000 });
  assert.deepEqual(of({ asOf: 2000, limit: 900_000 }, 152_001), { state: "fresh", since: 2000 });
});

test("what could not be read has failed, with and without an older picture, however old", () => {
  assert.deepEqual(stateOf({ hasFailed: true, asOf: 5, limit: 1 }, live, 1_000_000), { state: "failed", since: 5 });
  assert.deepEqual(stateOf({ hasFailed: true, asOf: null, limit: 1 }, live, 10), { state: "failed", since: null });
});

test("without its server every tile is cut off since the same moment, whatever it was before", () => {
  const cut = { isCut: true, since: 77 };
  for (const known of [{}, { asOf: 1 }, { hasFailed: true }]) assert.deepEqual(stateOf({ ...known, limit: Infinity }, cut, 100), { state: "cut", since: 77 });
});

test("what the stream draws is as fresh as the link, however long nothing happens", () => {
  assert.equal(stateOf({ asOf: 1, limit: Infinity }, live, 86_400_000).state, "fresh");
});

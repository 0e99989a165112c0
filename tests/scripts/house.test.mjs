import assert from "node:assert/strict";
import { test } from "node:test";
import { at, visit } from "../../dashboard/assets/modules/house.mjs";

test("the present is asked by its own addresses, the past below those of its replay", () => {
  assert.equal(at("/state/330483"), "/state/330483");
  visit("/past/key");
  assert.equal(at("/events?last=7"), "/past/key/events?last=7");
});

// A page that opens is shown once its list and its first figures are there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { veil } from "../../dashboard/assets/modules/stage.mjs";

test("the veil goes with the second of the two, whichever comes first, and what comes again changes nothing", () => {
  for (const [first, second] of [["state", "figures"], ["figures", "state"]]) {
    const wall = { dataset: { veil: "yes" } }, unveil = veil(wall);
    unveil(first);
    unveil(first);
    assert.equal(wall.dataset.veil, "yes");
    unveil(second);
    unveil(first);
    assert.ok(!("veil" in wall.dataset));
  }
});

// A page that opens is shown once its list, its map and its first figures are there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { veil } from "../../dashboard/assets/modules/stage.mjs";

test("the veil goes with the last of the three, whichever comes first, and what comes again changes nothing", () => {
  const parts = ["state", "figures", "map"];
  for (const last of parts) {
    const wall = { dataset: { veil: "yes" } }, unveil = veil(wall);
    for (const part of parts.filter((each) => each !== last)) {
      unveil(part);
      unveil(part);
      assert.equal(wall.dataset.veil, "yes");
    }
    unveil(last);
    unveil(parts[0]);
    assert.ok(!("veil" in wall.dataset));
  }
});

// Whether what the director says runs by itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Conductor } from "../../dashboard/assets/modules/conductor.mjs";

const STATE = { now: 1000, scene: "overview", scene_area: "330483", filters: {}, until: null, dwell: 30000, interruption: null, incidents: {}, next_entry: null };

test("a wall turns while a scene runs out or an incident interrupts, and rests where a scene is held or nothing is known", () => {
  const conductor = new Conductor("330483", new URLSearchParams("scene=overview"), () => 1000);
  const said = (state) => { conductor.director.receive({ ...STATE, ...state }); return conductor.isTurning(); };
  assert.equal(conductor.isTurning(), false, "nothing is known");
  assert.equal(said({}), false, "it is held");
  assert.equal(said({ until: 31000 }), true);
  assert.equal(said({ interruption: { incident: 7, since: 1000, until: null } }), true);
  assert.equal(said({ interruption: null }), false);
});

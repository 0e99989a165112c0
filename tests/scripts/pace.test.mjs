// When the panels' figures are asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Patience } from "../../dashboard/assets/modules/pace.mjs";

function rehearsal() {
  const world = { now: 0, isAwaited: true, asked: [] };
  return { world, patience: new Patience(() => world.isAwaited, (value) => world.asked.push(value), () => world.now) };
}

test("while an answer is on its way nothing is asked; when it is there the newest is, once", () => {
  const { world, patience } = rehearsal();
  patience.ask("scene");
  patience.ask(7);
  assert.deepEqual(world.asked, []);
  world.isAwaited = false;
  patience.release();
  patience.release();
  assert.deepEqual(world.asked, [7]);
  patience.ask(8);
  assert.deepEqual(world.asked, [7, 8]);
});

test("an answer that does not come is not waited for", () => {
  const { world, patience } = rehearsal();
  patience.ask(7);
  world.now = 3000;
  patience.ask(8);
  assert.deepEqual(world.asked, [8]);
});

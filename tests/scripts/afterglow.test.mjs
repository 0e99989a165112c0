// What shows for a moment that something has changed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Afterglow } from "../../dashboard/assets/modules/afterglow.mjs";

function rehearsal(isStill = false) {
  const world = { now: 10_000, due: [], drawn: [] };
  const afterglow = new Afterglow({ now: () => world.now, later: (action, pause) => { world.due.push({ action, at: world.now + pause }); return 1; }, isStill: () => isStill });
  const pass = (milliseconds) => {
    const end = world.now + milliseconds;
    for (let next; (next = world.due.findIndex(({ at }) => at <= end)) >= 0;) {
      const [{ action, at }] = world.due.splice(next, 1);
      world.now = at;
      action();
    }
    world.now = end;
  };
  const start = (key, duration) => afterglow.start(key, duration, (share) => world.drawn.push([key, world.now - 10_000, Math.round(share * 100)]));
  return { world, afterglow, pass, start };
}

test("it begins at once, grows in steps and ends whole within its duration", () => {
  const { world, pass, start } = rehearsal();
  start("ring", 100);
  pass(1000);
  assert.deepEqual(world.drawn, [["ring", 0, 0], ["ring", 48, 48], ["ring", 96, 100]]);
  assert.equal(world.due.length, 0);
});

test("while much changes all of it shares fewer steps, and those of what begins", () => {
  const { world, pass, start } = rehearsal();
  start("first", 260);
  pass(100);
  start("second", 260);
  pass(50);
  start("third", 260);
  pass(5000);
  const steps = new Set(world.drawn.map(([, at]) => at));
  assert.deepEqual([...steps], [0, 48, 96, 100, 150, 260, 340, 390]);
  assert.deepEqual(world.drawn.filter(([, at]) => at === 150), [["first", 150, 58], ["second", 150, 21], ["third", 150, 0]]);
  assert.deepEqual(world.drawn.filter(([, , share]) => share === 100).map(([key]) => key), ["first", "second", "third"]);
  start("later", 96);
  pass(200);
  assert.equal(world.drawn.filter(([key]) => key === "later").length, 3);
});

test("what begins with one change is not much", () => {
  const { world, pass, start } = rehearsal();
  start("row", 100);
  pass(30);
  start("ring", 100);
  pass(1000);
  assert.deepEqual(world.drawn.filter(([key]) => key === "row").map(([, at]) => at), [0, 48, 96]);
  assert.deepEqual(world.drawn.filter(([key]) => key === "ring").map(([, at]) => at), [30, 48, 96]);
});

test("what changes again begins anew, what is ended is not drawn, and nothing moves where motion is not wanted", () => {
  const { world, afterglow, pass, start } = rehearsal();
  start("row", 100);
  pass(90);
  start("row", 100);
  pass(20);
  assert.ok(world.drawn.at(-1)[2] < 50);
  afterglow.end("row");
  const count = world.drawn.length;
  pass(1000);
  assert.equal(world.drawn.length, count);
  const still = rehearsal(true);
  still.start("row", 100);
  still.pass(1000);
  assert.deepEqual(still.world.drawn, []);
});

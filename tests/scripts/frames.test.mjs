// What is drawn together, and how often.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Frames, STORM_PAUSE_MS } from "../../dashboard/assets/modules/frames.mjs";

function rehearsal(context) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const world = { now: 10_000, asked: [], done: [] };
  context.mock.method(performance, "now", () => world.now);
  const frames = new Frames((action) => world.asked.push(action));
  const pass = (milliseconds) => {
    world.now += milliseconds;
    context.mock.timers.tick(milliseconds);
    world.asked.splice(0).forEach((action) => action());
  };
  const part = (name) => ({ ask: () => world.asked.push(() => world.done.push([name, world.now - 10_000])) });
  return { world, frames, pass, list: part("list"), map: part("map") };
}

test("after a rest it is drawn at once, all of it in one frame, each part once", (context) => {
  const { world, frames, pass, list, map } = rehearsal(context);
  [list, map, list].forEach((part) => frames.ask(part));
  pass(0);
  assert.deepEqual(world.done, [["list", 0], ["map", 0]]);
});

test("what comes soon after waits for one frame of all of it, and nothing is left out", (context) => {
  const { world, frames, pass, list, map } = rehearsal(context);
  frames.ask(list);
  pass(0);
  for (let count = 0; count < 5; count += 1) {
    pass(20);
    frames.ask(list);
    frames.ask(map);
  }
  assert.deepEqual(world.done, [["list", 0]]);
  pass(STORM_PAUSE_MS - 100);
  assert.deepEqual(world.done.slice(1), [["list", STORM_PAUSE_MS], ["map", STORM_PAUSE_MS]]);
  pass(10_000);
  assert.equal(world.done.length, 3);
});

test("what is to come after a drawing comes after the one that draws what was asked, also where that waits", (context) => {
  const { world, frames, pass, list } = rehearsal(context), after = (name) => frames.after(() => world.done.push([name, world.now - 10_000]));
  frames.ask(list);
  after("first");
  pass(0);
  pass(30);
  after("second");
  frames.ask(list);
  pass(STORM_PAUSE_MS - 31);
  assert.deepEqual(world.done, [["list", 0], ["first", 0]]);
  pass(1);
  assert.deepEqual(world.done.slice(2), [["list", STORM_PAUSE_MS], ["second", STORM_PAUSE_MS]]);
});

test("it comes also where there is nothing to draw", (context) => {
  const { world, frames, pass } = rehearsal(context);
  frames.after(() => world.done.push("after"));
  pass(0);
  assert.deepEqual(world.done, ["after"]);
});

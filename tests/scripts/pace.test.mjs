// When the panels' figures are asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Patience, Signs, onceAMinute, onceIn } from "../../dashboard/assets/modules/pace.mjs";

function rehearsal() {
  const world = { now: 0, isAwaited: true, asked: [], pressing: [] };
  return { world, patience: new Patience(() => world.isAwaited, (value, isPressing) => { world.asked.push(value); world.pressing.push(isPressing); }, () => world.now) };
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

test("what presses still does when it has waited, and what was asked since goes in its place, once", () => {
  const { world, patience } = rehearsal();
  patience.ask("sign", true);
  patience.ask("change");
  world.isAwaited = false;
  patience.ask("newest");
  patience.release();
  assert.deepEqual([world.asked, world.pressing], [["newest"], [true]]);
  patience.ask("later");
  assert.deepEqual(world.pressing, [true, false]);
});

test("an answer that does not come is not waited for", () => {
  const { world, patience } = rehearsal();
  patience.ask(7);
  world.now = 3000;
  patience.ask(8);
  assert.deepEqual(world.asked, [8]);
});

test("each minute is marked once by the clock that is handed in, and at every look while there is a hurry", () => {
  const marked = [];
  let [now, isInAHurry] = [0, false];
  const minutes = onceAMinute(() => now, (mark) => marked.push(mark), () => isInAHurry);
  const at = (time, hurry = false) => { [now, isInAHurry] = [time, hurry]; minutes(); };
  [59_000, 59_999, 60_000, 79_000, 119_999].forEach((time) => at(time));
  assert.deepEqual(marked, ["m0", "m1"]);
  at(119_999, true);
  at(120_000, true);
  at(120_001);
  assert.deepEqual(marked, ["m0", "m1", "m1", "m2"]);
});

test("what comes often is done once in so many milliseconds, at once after a rest, and the newest is never lost", async (rehearsal) => {
  rehearsal.mock.timers.enable({ apis: ["setTimeout"] });
  const now = rehearsal.mock.method(performance, "now", () => clock), done = [];
  let clock = 10_000;
  const pass = (milliseconds) => { clock += milliseconds; rehearsal.mock.timers.tick(milliseconds); };
  const ask = onceIn(400, (value) => done.push([clock, value]));
  ask(1);
  pass(0);
  [2, 3].forEach(ask);
  pass(399);
  assert.deepEqual(done, [[10_000, 1]]);
  ask(4);
  pass(1);
  assert.deepEqual(done, [[10_000, 1], [10_400, 4]]);
  pass(5000);
  assert.equal(done.length, 2);
  ask(5);
  pass(0);
  assert.deepEqual(done.at(-1), [15_400, 5]);
  now.mock.restore();
});

test("what presses waits less, also where something is waiting already, and the newest goes with it", (rehearsal) => {
  rehearsal.mock.timers.enable({ apis: ["setTimeout"] });
  const now = rehearsal.mock.method(performance, "now", () => clock), done = [];
  let clock = 10_000;
  const pass = (milliseconds) => { clock += milliseconds; rehearsal.mock.timers.tick(milliseconds); };
  const ask = onceIn(2000, (value) => done.push([clock, value]), 700);
  ask("first");
  pass(0);
  ask("second");
  pass(100);
  ask("sign", true);
  ask("third");
  pass(599);
  assert.deepEqual(done, [[10_000, "first"]]);
  pass(1);
  assert.deepEqual(done.at(-1), [10_700, "third"]);
  ask("sign again", true);
  pass(699);
  assert.equal(done.length, 2);
  pass(1);
  assert.deepEqual(done.at(-1), [11_400, "sign again"]);
  pass(10_000);
  assert.equal(done.length, 3);
  now.mock.restore();
});

test("what was done meanwhile waits no more, and the time runs from there", (rehearsal) => {
  rehearsal.mock.timers.enable({ apis: ["setTimeout"] });
  const now = rehearsal.mock.method(performance, "now", () => clock), done = [];
  let clock = 10_000;
  const pass = (milliseconds) => { clock += milliseconds; rehearsal.mock.timers.tick(milliseconds); };
  const ask = onceIn(2000, (value) => done.push([clock, value]));
  ask("first");
  pass(0);
  ask("second");
  pass(900);
  ask.met();
  pass(1900);
  assert.deepEqual(done, [[10_000, "first"]]);
  ask("third");
  pass(99);
  assert.equal(done.length, 1);
  pass(1);
  assert.deepEqual(done.at(-1), [12_900, "third"]);
  now.mock.restore();
});

test("a sign is new once, and again when the case was without it", () => {
  const signs = new Signs(), told = (id, ...kinds) => signs.isNew({ id, signs: kinds.map((kind) => ({ kind, at: 0 })) });
  assert.equal(told(1), false);
  assert.equal(told(1, "unheard"), true);
  assert.equal(told(1, "unheard"), false);
  assert.equal(told(2, "unheard"), true);
  assert.equal(told(1, "unheard", "bounced"), true);
  assert.equal(told(1, "bounced", "unheard"), false);
  assert.equal(told(1, "bounced"), false); // one fell away
  assert.equal(told(1), false);
  assert.equal(told(1, "bounced"), true);
});

test("the signs of a whole state are known, and not new", () => {
  const signs = new Signs();
  signs.setAll([{ id: 1, signs: [{ kind: "unheard" }] }, { id: 2, signs: [] }]);
  assert.deepEqual([1, 2].map((id) => signs.isNew({ id, signs: [{ kind: "unheard" }] })), [false, true]);
});

test("of many cases the oldest told is forgotten", () => {
  const signs = new Signs();
  for (let id = 0; id <= 1000; id += 1) signs.isNew({ id, signs: [{ kind: "unheard" }] });
  assert.equal(signs.told.size, 1000);
  assert.equal(signs.isNew({ id: 1, signs: [{ kind: "unheard" }] }), false);
  assert.equal(signs.isNew({ id: 0, signs: [{ kind: "unheard" }] }), true);
});

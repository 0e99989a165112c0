// When a wall looks at itself, in a world whose time is set.
import assert from "node:assert/strict";
import { test } from "node:test";
import { REST_SECONDS, Rounds } from "../../dashboard/assets/modules/rounds.mjs";

function walled() {
  const wall = { at: 10_250, isResting: false, looks: [], due: [], waiting: null };
  const world = {
    now: () => wall.at + 400, steady: () => wall.at, never: (timer) => { if (wall.waiting?.action === timer) wall.waiting = null; },
    later: (action, ms) => { wall.waiting = { action, at: wall.at + ms }; return action; },
  };
  wall.rounds = new Rounds(world, () => wall.isResting, (isDue) => { wall.looks.push(wall.at); if (isDue(20)) wall.due.push(wall.at); });
  wall.go = (ms) => {
    const until = wall.at + ms;
    while (wall.waiting && wall.waiting.at <= until) { const { action, at } = wall.waiting; Object.assign(wall, { at, waiting: null }); action(); }
    wall.at = until;
  };
  wall.rounds.begin();
  return wall;
}

test("it looks with each second of the clock that is shown", () => {
  const wall = walled();
  wall.go(3_000);
  assert.deepEqual(wall.looks, [10_602, 11_602, 12_602]);
});

test("at rest it looks every few seconds, and with each second once something wakes it", () => {
  const wall = walled();
  wall.isResting = true;
  wall.go(22_000);
  assert.deepEqual(wall.looks, [10_602, 14_602, 19_602, 24_602, 29_602]);
  wall.rounds.wake(); // nothing has changed
  assert.equal(wall.waiting.at, 34_602);
  wall.isResting = false;
  wall.rounds.wake();
  wall.go(2_000);
  assert.deepEqual(wall.looks.slice(5), [32_602, 33_602]);
  wall.rounds.leave();
  wall.go(60_000);
  assert.equal(wall.looks.length, 7);
});

test("whoever wakes what has been left at rest wakes nothing", () => {
  const wall = walled();
  wall.isResting = true;
  wall.go(5_000);
  wall.rounds.leave();
  wall.isResting = false;
  wall.rounds.wake();
  wall.go(60_000);
  assert.equal(wall.looks.length, 2);
});

test("what comes round now and then does so as often at rest as by the second", () => {
  for (const isResting of [false, true]) {
    const wall = walled();
    wall.isResting = isResting;
    wall.go(100_000);
    assert.ok(wall.due.length === 5 || wall.due.length === 6, String(wall.due));
    const apart = wall.due.slice(1).map((at, place) => at - wall.due[place]).slice(1);
    assert.ok(apart.every((ms) => Math.abs(ms - 20_000) <= REST_SECONDS * 1000), String(apart));
  }
});

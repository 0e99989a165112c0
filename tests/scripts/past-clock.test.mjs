import assert from "node:assert/strict";
import { test } from "node:test";
import { PastClock, stepped, written } from "../../dashboard/assets/modules/past-clock.mjs";

const AT = Date.UTC(2026, 8, 30, 0, 0, 0); // eight in the morning in Shanghai

function clockAt(steady) {
  const world = { time: steady, steady: () => world.time };
  return { world, clock: new PastClock(world) };
}

test("it stands until it is told, and then runs at its speed", () => {
  const { world, clock } = clockAt(1000);
  clock.take({ at: AT, speed: 60, playing: true });
  world.time += 2000;
  assert.equal(clock.now(), AT + 120000);
});

test("paused it stands, and goes on from there", () => {
  const { world, clock } = clockAt(0);
  clock.take({ at: AT, speed: 120, playing: false });
  world.time += 5000;
  assert.equal(clock.now(), AT);
  clock.take({ at: AT, speed: 1, playing: true });
  world.time += 1000;
  assert.equal(clock.now(), AT + 1000);
});

test("what arrives a little late does not set it back, a jump does", () => {
  const { world, clock } = clockAt(0);
  clock.take({ at: AT, speed: 60, playing: true });
  world.time += 1300;
  clock.take({ at: AT + 60000, speed: 60, playing: true }); // said 0.3 s ago
  assert.equal(clock.now(), AT + 78000);
  clock.take({ at: AT - 3600000, speed: 60, playing: true });
  assert.equal(clock.now(), AT - 3600000);
});

test("another speed holds at once, from the instant that comes with it", () => {
  const { world, clock } = clockAt(0);
  clock.take({ at: AT, speed: 1, playing: true });
  world.time += 1000;
  clock.take({ at: AT + 1000, speed: 10, playing: true });
  world.time += 1000;
  assert.equal(clock.now(), AT + 11000);
});

test("an instant is written in the county's time, whatever the browser's", () => {
  assert.equal(written(AT + 5000, "Asia/Shanghai"), "2026-09-30T08:00:05");
  assert.equal(written(AT - 8 * 3600000, "Asia/Shanghai"), "2026-09-30T00:00:00");
});

test("speeds go by steps and stop at 1 and 120", () => {
  assert.deepEqual([stepped(1, -1), stepped(1, 1), stepped(60, 1), stepped(120, 1), stepped(45, -1)], [1, 2, 120, 120, 30]);
});

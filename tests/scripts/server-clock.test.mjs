// The server's time in a browser whose own clock is anything.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock, TELLING_MS } from "../../dashboard/assets/modules/server-clock.mjs";

// The server's clock runs with `time`; the machine's is `machineAhead` off; each way of a round trip lasts as the journeys say.
function rehearsal({ machineAhead = 0, ahead = 0, journeys = [[5, 5]] } = {}) {
  const world = { time: 1_000_000, machineAhead, asked: 0, isAway: false };
  const clock = new ServerClock({
    steady: () => world.time - 700_000,
    rest: async () => {},
    machine: () => world.time + world.machineAhead,
    async ask() {
      const [out, back] = journeys[world.asked++ % journeys.length];
      if (world.isAway) throw new Error("away");
      world.time += out;
      const now = world.time + ahead;
      world.time += back;
      return { now, ahead };
    },
  });
  return { world, clock, off: () => clock.now() - (world.time + ahead) };
}

test("half the round trip is taken off, so an even journey leaves no error", async () => {
  const { clock, off } = rehearsal({ journeys: [[300, 300]] });
  await clock.measure();
  assert.equal(off(), 0);
});

test("an uneven journey is never off by more than the half of it, and the shortest of several wins", async () => {
  const { clock, off } = rehearsal({ journeys: [[400, 0], [3, 1], [0, 90], [200, 10]] });
  await clock.measure();
  assert.ok(Math.abs(off()) <= 2, `${off()}`);
});

test("a machine's clock that is wrong changes nothing on the wall and is told, fast or slow", async () => {
  for (const machineAhead of [180_000, -180_000]) {
    const { clock, off } = rehearsal({ machineAhead });
    await clock.measure();
    assert.equal(off(), 0);
    assert.equal(clock.skew(), machineAhead);
  }
});

test("a difference of up to two seconds is not worth telling", async () => {
  for (const [machineAhead, told] of [[TELLING_MS, null], [-TELLING_MS, null], [TELLING_MS + 50, TELLING_MS + 50]]) {
    const { clock } = rehearsal({ machineAhead });
    await clock.measure();
    assert.equal(clock.skew(), told);
  }
});

test("a rehearsal in another year is no fault of the machine's clock", async () => {
  const { clock, off } = rehearsal({ ahead: -300 * 86_400_000 });
  await clock.measure();
  assert.deepEqual([off(), clock.skew()], [0, null]);
});

test("somebody sets the machine's clock while the wall runs: the wall goes on, and says it", async () => {
  const { world, clock, off } = rehearsal();
  await clock.measure();
  world.machineAhead = 3_600_000;
  world.time += 1000;
  assert.deepEqual([off(), clock.skew()], [0, 3_600_000]);
});

test("a poor measurement does not replace a good one, until the good one has grown old", async () => {
  const journeys = [[2, 2], ...Array(8).fill([150, 50])];
  const { world, clock, off } = rehearsal({ journeys });
  await clock.measure();
  world.time += 60_000;
  await clock.measure();
  assert.equal(off(), 0);
  world.time += 1_200_000;
  await clock.measure();
  assert.equal(off(), 50);
});

test("a server whose clock was set is believed at once, and a heartbeat is enough to ask", async () => {
  const { world, clock } = rehearsal();
  await clock.measure();
  const before = world.asked;
  await clock.hear(world.time);
  assert.equal(world.asked, before);
  world.time += 60_000;
  world.asked = 0;
  clock.world.ask = async () => ({ now: world.time + 90_000, ahead: 0 });
  await clock.hear(world.time + 90_000);
  assert.equal(clock.now(), world.time + 90_000);
});

test("a heartbeat tells the time roughly where nothing was measured, and no skew is told from it", async () => {
  const { world, clock } = rehearsal({ machineAhead: 50_000 });
  world.isAway = true;
  await clock.measure();
  assert.equal(clock.now(), world.time + 50_000);
  clock.hear(world.time - 200);
  assert.deepEqual([clock.now(), clock.skew()], [world.time - 200, null]);
  world.isAway = false;
  await clock.measure();
  assert.deepEqual([clock.now(), clock.skew()], [world.time, 50_000]);
});

test("one round is enough to begin with, and the others go on; a server that is away holds nobody up", async () => {
  const { clock, off } = rehearsal({ journeys: [[40, 0], [3, 1], [0, 90], [200, 10]] });
  await clock.begin();
  assert.equal(Math.abs(off()), 20);
  while (clock.isAsking) await new Promise((resume) => setImmediate(resume));
  assert.ok(Math.abs(off()) <= 2, `${off()}`);
  const away = new clock.constructor({ steady: () => 0, machine: () => 7, ask: () => Promise.reject(new Error("away")) });
  await away.begin();
  assert.equal(away.now(), 7);
});

test("an instant that has passed is told again by what is known by now, and the last round settles it", async () => {
  const { world, clock } = rehearsal({ journeys: [[0, 300], [1, 1]] });
  let begun = null;
  clock.world.rest = async () => { begun = [clock.isSettled(), clock.timeAt(world.time - 700_000) - world.time]; };
  const instant = world.time - 700_000;
  await clock.begin();
  await new Promise((resume) => setTimeout(resume));
  assert.deepEqual(begun, [false, -150]);
  assert.deepEqual([clock.isSettled(), clock.timeAt(instant)], [true, 1_000_000]);
});

test("a round that is sure needs no other", async () => {
  for (const [journey, asked] of [[[5, 5], 1], [[5, 6], 4]]) {
    const { world, clock } = rehearsal({ journeys: [journey] });
    await clock.measure();
    assert.deepEqual([world.asked, clock.isSettled()], [asked, true]);
  }
});

test("a server that cannot be asked is no reason to wait for it", async () => {
  const { world, clock } = rehearsal();
  world.isAway = true;
  await clock.begin();
  assert.equal(clock.isSettled(), true);
});

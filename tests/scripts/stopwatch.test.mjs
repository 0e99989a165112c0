// The wall's stopwatch, with frames that come when told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { KEPT, LONGEST_MS, MOST_UNSENT, Stopwatch } from "../../dashboard/assets/modules/stopwatch.mjs";

function rehearsal() {
  const world = { time: 10_000, isHidden: false, away: new Set(), frames: [], painted: [], sent: [], isThere: true, offset: 0, isSettled: true };
  const stopwatch = new Stopwatch({
    steady: () => world.time,
    clock: { timeAt: (steady) => steady + world.offset, isSettled: () => world.isSettled },
    inFrame: (action) => world.frames.push(action),
    afterPaint: (action) => world.painted.push(action),
    isHidden: () => world.isHidden,
    isShown: (id) => !world.away.has(id),
    send: async (body) => { if (world.isThere) world.sent.push(body); return world.isThere; },
  });
  const draw = () => world.frames.splice(0).forEach((action) => action()), paint = () => world.painted.splice(0).forEach((action) => action());
  const frame = (after = 0) => { world.time += after; draw(); paint(); };
  const durations = () => stopwatch.samples.map((sample) => sample.painted - sample.received);
  return { world, stopwatch, draw, paint, frame, durations };
}

const report = (id, received, more = {}) => ({ id, version: 1, at: received - 900, precision: "second", received, committed: received + 20, ...more });

test("a new report keeps its four times, and how precisely the first is known", () => {
  const { stopwatch, frame } = rehearsal();
  stopwatch.hear(report(7, 10_000));
  frame(180);
  assert.deepEqual(stopwatch.samples, [{ id: 7, submitted: 9_100, precision: "second", received: 10_000, committed: 10_020, painted: 10_180 }]);
});

test("one frame times all that came before it", () => {
  const { world, stopwatch, frame, durations } = rehearsal();
  stopwatch.hear(report(1, 10_000));
  world.time += 10;
  stopwatch.hear(report(2, 10_010));
  assert.equal(world.frames.length, 1);
  frame(30);
  assert.deepEqual(durations(), [40, 30]);
});

test("what comes after a frame was drawn and before it is painted is of the next", () => {
  const { world, stopwatch, draw, paint, frame, durations } = rehearsal();
  stopwatch.hear(report(1, 10_000));
  world.time += 30;
  draw();
  stopwatch.hear(report(2, 10_030));
  world.time += 5;
  paint();
  assert.deepEqual(durations(), [35]);
  frame(100);
  assert.deepEqual(durations(), [35, 105]);
});

test("what is no new report, was there before the page, is told again or is not shown is no sample", () => {
  const { world, stopwatch, frame } = rehearsal();
  stopwatch.link(10_100);
  world.time = 10_300;
  world.away.add(5);
  [report(1, 10_200, { version: 2 }), report(2, 9_999, { committed: 10_200 }), report(3, 10_050), report(5, 10_200)].forEach((each) => stopwatch.hear(each));
  frame();
  assert.deepEqual(stopwatch.samples, []);
});

test("a hidden page has no samples, nor what waited for a frame when it was hidden", () => {
  const { world, stopwatch, frame } = rehearsal();
  stopwatch.hear(report(1, 10_000));
  stopwatch.hide();
  frame(50_000);
  world.isHidden = true;
  stopwatch.hear(report(2, world.time));
  frame(10);
  assert.deepEqual([stopwatch.samples, stopwatch.quantile(0.95)], [[], null]);
});

test("what is painted before the server's time is known well is timed when it is", () => {
  const { world, stopwatch, frame, durations } = rehearsal();
  Object.assign(world, { isSettled: false, offset: -100 });
  stopwatch.hear(report(1, 10_010));
  frame(30);
  world.time += 2_000;
  stopwatch.settle();
  assert.deepEqual(durations(), []);
  Object.assign(world, { isSettled: true, offset: 5 });
  stopwatch.settle();
  stopwatch.settle();
  assert.deepEqual(durations(), [25]);
});

test("whether a report is new is told by the time that is known in the end, and by the link it came over", () => {
  const { world, stopwatch, frame, durations } = rehearsal();
  Object.assign(world, { isSettled: false, offset: 500 });
  stopwatch.link(10_000);
  stopwatch.hear(report(1, 10_010));
  stopwatch.hear(report(2, 9_970, { committed: 10_010 })); // received before the page was opened
  stopwatch.hear(report(3, 10_005, { committed: 9_995 }));
  frame(40);
  stopwatch.link(world.time + 100); // another link, of which these have nothing
  Object.assign(world, { isSettled: true, offset: 0 });
  stopwatch.settle();
  assert.deepEqual(durations(), [30]);
});

test("times that cannot be are left out: before it was received, or an hour later", () => {
  const { world, stopwatch, frame, durations } = rehearsal();
  stopwatch.hear(report(1, world.time + 10));
  stopwatch.hear(report(2, world.time, { committed: world.time + 1 }));
  frame();
  stopwatch.hear(report(3, world.time));
  frame(LONGEST_MS + 1);
  stopwatch.hear(report(4, world.time, { committed: world.time }));
  frame(LONGEST_MS);
  assert.deepEqual(durations(), [LONGEST_MS]);
});

test("the figure is the nearest rank over the last two hundred", () => {
  const { world, stopwatch, frame } = rehearsal();
  for (let each = 1; each <= KEPT + 100; each += 1) {
    const received = world.time;
    stopwatch.hear(report(each, received, { committed: received }));
    frame(each);
  }
  assert.equal(stopwatch.samples.length, KEPT);
  // Durations 101 to 300: the 190th of 200 is 290, the 100th 200.
  assert.deepEqual([stopwatch.quantile(0.95), stopwatch.quantile(0.5)], [290, 200]);
});

test("durations are sent once, without a number or a name, and again only when they did not arrive", async () => {
  const { world, stopwatch, frame } = rehearsal();
  await stopwatch.send();
  stopwatch.hear(report(1, 10_000));
  frame(100.04);
  world.isThere = false;
  await stopwatch.send();
  stopwatch.hear(report(2, world.time, { committed: world.time }));
  frame(60);
  world.isThere = true;
  await stopwatch.send();
  await stopwatch.send();
  assert.deepEqual(world.sent, [{ report_to_wall: [100, 60], commit_to_paint: [80, 60] }]);
});

test("a night without a server keeps what the server takes at once, the newest", async () => {
  const { world, stopwatch, frame } = rehearsal();
  world.isThere = false;
  for (let each = 1; each <= MOST_UNSENT + 50; each += 1) { stopwatch.hear(report(each, world.time, { committed: world.time })); frame(1); if (each % 700 === 0) await stopwatch.send(); }
  world.isThere = true;
  await stopwatch.send();
  assert.equal(world.sent[0].report_to_wall.length, MOST_UNSENT);
});
